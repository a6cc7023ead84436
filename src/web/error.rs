//! The only mapping from what went wrong to a status: problem details (RFC 9457), with a stable English `code` for
//! programs and Swedish words for people.
//!
//! The answer 404 is the same, byte for byte, whether there is no such thing or the actor may not know of it: it names
//! neither a number nor the request. What only the operator may know is logged here, once, and answered with nothing.

use std::error::Error;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use schemars::JsonSchema;
use serde::Serialize;

use super::reply::etag;
use crate::app::AppError;
use crate::app::oidc::OidcRefused;
use crate::store::StoreError;
use crate::texts::problems;
use crate::workflow::rejection::{Class, Reason};

/// The most single reasons that an answer lists.
const MOST_REASONS: usize = 50;
/// After how many seconds it is worth trying again.
const RETRY_AFTER: &str = "2";

/// Why a request is not carried out. Nothing has changed then.
#[derive(Debug)]
pub enum Refusal {
    /// The use case says so.
    App(AppError),
    /// The sign-in service let nobody in, or not so that it can be relied on.
    SignIn(OidcRefused),
    /// There is no valid token.
    Unauthenticated,
    /// There is no such method here; there are these.
    Method(String),
    /// The body is of another type than JSON.
    ContentType,
    /// The body is too large.
    TooLarge,
    /// A file is so large that it is not read to its end.
    FileTooLarge,
    /// The body is not JSON.
    BrokenJson,
    /// One address asks too often.
    TooOften,
    /// A form holds what no browser of ours sends.
    BrokenForm,
    /// A form that does not come from a page of ours, or from one that is too old.
    ForeignForm,
    /// The revision that the actor saw is not given.
    NoIfMatch,
    /// A header cannot be understood.
    Header(&'static str),
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Refusal::App(error)
    }
}

impl From<OidcRefused> for Refusal {
    fn from(refused: OidcRefused) -> Self {
        match refused {
            OidcRefused::App(error) => Refusal::App(error),
            refused => Refusal::SignIn(refused),
        }
    }
}

impl From<Vec<Reason>> for Refusal {
    fn from(reasons: Vec<Reason>) -> Self {
        Refusal::App(AppError::Rejected(reasons.into()))
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Refusal::from(vec![reason])
    }
}

/// A refusal as clients read it (RFC 9457).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Problem {
    /// The kind of problem, as a URI.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem, in Swedish.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What is wrong and what to do, in Swedish.
    pub detail: String,
    /// The kind of problem, stable, for programs.
    pub code: &'static str,
    /// Every single reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Reason>,
    /// The request, by which the operator finds it in the log; none with 404.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// Status, code, and what is told of a kind of problem.
type Kind = (StatusCode, &'static str, problems::Told);

const NOT_FOUND: Kind = (StatusCode::NOT_FOUND, "not_found", problems::NOT_FOUND);
const FORBIDDEN: Kind = (StatusCode::FORBIDDEN, "forbidden", problems::FORBIDDEN);
const NOT_NOW: Kind = (StatusCode::CONFLICT, "not_possible_now", problems::NOT_NOW);
const INVALID: Kind = (StatusCode::UNPROCESSABLE_ENTITY, "invalid", problems::INVALID);
const STALE: Kind = (StatusCode::PRECONDITION_FAILED, "stale", problems::STALE);
const KEY_REUSED: Kind = (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", problems::KEY_REUSED);
const UNAVAILABLE: Kind = (StatusCode::SERVICE_UNAVAILABLE, "unavailable", problems::UNAVAILABLE);
const INTERNAL: Kind = (StatusCode::INTERNAL_SERVER_ERROR, "internal", problems::INTERNAL);
const UNAUTHENTICATED: Kind = (StatusCode::UNAUTHORIZED, "unauthenticated", problems::UNAUTHENTICATED);
const METHOD: Kind = (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", problems::METHOD);
const CONTENT_TYPE: Kind = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", problems::CONTENT_TYPE);
const TOO_LARGE: Kind = (StatusCode::PAYLOAD_TOO_LARGE, "too_large", problems::TOO_LARGE);
const FILE_TOO_LARGE: Kind = (StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", problems::FILE_TOO_LARGE);
const BROKEN_JSON: Kind = (StatusCode::BAD_REQUEST, "broken_json", problems::BROKEN_JSON);
const TOO_OFTEN: Kind = (StatusCode::TOO_MANY_REQUESTS, "too_often", problems::TOO_OFTEN);
const BROKEN_FORM: Kind = (StatusCode::BAD_REQUEST, "broken_form", problems::BROKEN_FORM);
const FOREIGN_FORM: Kind = (StatusCode::FORBIDDEN, "foreign_form", problems::FOREIGN_FORM);
const NO_IF_MATCH: Kind = (StatusCode::PRECONDITION_REQUIRED, "if_match_required", problems::NO_IF_MATCH);
const HEADER: Kind = (StatusCode::BAD_REQUEST, "malformed_header", problems::HEADER);
const SERVICE_AWAY: Kind = (StatusCode::SERVICE_UNAVAILABLE, "sign_in_service_unavailable", problems::SERVICE_AWAY);
const SIGN_IN_STALE: Kind = (StatusCode::BAD_REQUEST, "sign_in_stale", problems::SIGN_IN_STALE);
const SIGN_IN_DENIED: Kind = (StatusCode::FORBIDDEN, "sign_in_denied", problems::SIGN_IN_DENIED);
const SIGN_IN_UNTRUSTED: Kind = (StatusCode::FORBIDDEN, "sign_in_untrusted", problems::SIGN_IN_UNTRUSTED);
const SIGN_IN_NOBODY: Kind = (StatusCode::FORBIDDEN, "sign_in_without_hsa_id", problems::SIGN_IN_NOBODY);
const SIGN_IN_ELSEWHERE: Kind = (StatusCode::FORBIDDEN, "sign_in_elsewhere", problems::SIGN_IN_ELSEWHERE);
const SIGN_IN_DISABLED: Kind = (StatusCode::FORBIDDEN, "sign_in_disabled", problems::SIGN_IN_DISABLED);

fn sign_in_kind(refused: &OidcRefused) -> Kind {
    match refused {
        OidcRefused::Unavailable(_) => SERVICE_AWAY,
        OidcRefused::Stale => SIGN_IN_STALE,
        OidcRefused::Denied(_) => SIGN_IN_DENIED,
        OidcRefused::Untrusted(_) => SIGN_IN_UNTRUSTED,
        OidcRefused::Nobody => SIGN_IN_NOBODY,
        OidcRefused::Elsewhere => SIGN_IN_ELSEWHERE,
        OidcRefused::Disabled => SIGN_IN_DISABLED,
        OidcRefused::App(_) => INTERNAL,
    }
}

impl Refusal {
    fn kind(&self) -> Kind {
        match self {
            Refusal::App(error) => match error {
                AppError::NotFound => NOT_FOUND,
                AppError::Forbidden => FORBIDDEN,
                AppError::Rejected(rejection) => match rejection.class() {
                    Class::Forbidden => FORBIDDEN,
                    Class::Impossible => NOT_NOW,
                    Class::Invalid => INVALID,
                },
                AppError::Stale { .. } => STALE,
                AppError::KeyReused => KEY_REUSED,
                AppError::Store(StoreError::Unavailable(_) | StoreError::Conflict) => UNAVAILABLE,
                AppError::Store(StoreError::Open(_) | StoreError::Corrupt(_) | StoreError::Internal(_))
                | AppError::Internal(_) => INTERNAL,
            },
            Refusal::SignIn(refused) => sign_in_kind(refused),
            Refusal::Unauthenticated => UNAUTHENTICATED,
            Refusal::Method(_) => METHOD,
            Refusal::ContentType => CONTENT_TYPE,
            Refusal::TooLarge => TOO_LARGE,
            Refusal::FileTooLarge => FILE_TOO_LARGE,
            Refusal::BrokenJson => BROKEN_JSON,
            Refusal::TooOften => TOO_OFTEN,
            Refusal::BrokenForm => BROKEN_FORM,
            Refusal::ForeignForm => FOREIGN_FORM,
            Refusal::NoIfMatch => NO_IF_MATCH,
            Refusal::Header(_) => HEADER,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.kind().0
    }

    /// What the client reads.
    pub fn problem(&self, request_id: &str) -> Problem {
        let (status, code, (title, detail)) = self.kind();
        let mut errors = match self {
            Refusal::App(AppError::Rejected(rejection)) => rejection.reasons.clone(),
            _ => Vec::new(),
        };
        errors.truncate(MOST_REASONS);
        let mut details: Vec<_> = errors.iter().map(|reason| reason.detail.as_str()).collect();
        details.dedup();
        Problem {
            kind: format!("urn:samsyn:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: if details.is_empty() { detail.to_owned() } else { details.join(" ") },
            code,
            errors,
            instance: (status != StatusCode::NOT_FOUND).then(|| request_id.to_owned()),
        }
    }

    /// The answer. What is a fault of ours or of the operator's goes into the log.
    pub fn response(&self, request_id: &str) -> HttpResponse {
        let problem = self.problem(request_id);
        self.log();
        let mut builder = HttpResponseBuilder::new(self.kind().0);
        builder.content_type("application/problem+json");
        match self {
            Refusal::App(AppError::Stale { current }) => {
                builder.insert_header((header::ETAG, etag(*current)));
            }
            Refusal::App(AppError::Store(StoreError::Unavailable(_) | StoreError::Conflict)) => {
                builder.insert_header((header::RETRY_AFTER, RETRY_AFTER));
            }
            Refusal::Unauthenticated => {
                builder.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"samsyn\""));
            }
            Refusal::Method(methods) => {
                builder.insert_header((header::ALLOW, methods.as_str()));
            }
            _ => {}
        }
        builder.body(serde_json::to_string(&problem).unwrap_or_default())
    }

    /// Tells the operator, once, what is a fault of ours or of hers.
    pub fn log(&self) {
        let code = self.kind().1;
        let Refusal::App(error) = self else { return tracing::debug!(code, "refused") };
        match self.kind().0 {
            status if !status.is_server_error() => tracing::debug!(code, %error, "refused"),
            StatusCode::SERVICE_UNAVAILABLE => tracing::warn!(code, error = chain(error), "not available"),
            _ => tracing::error!(code, error = chain(error), "failed"),
        }
    }
}

/// An error with all its causes.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    let mut words: Vec<_> = causes.map(ToString::to_string).collect();
    words.dedup();
    words.join(": ")
}
