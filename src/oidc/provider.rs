//! The protocol with one sign-in service. What the service says of itself and its keys are asked for when somebody first
//! signs in, and kept for an hour: a service that is away disturbs nobody else.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::Duration;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenClaims, IdTokenFields, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::http::Http;
use super::{Claims, Commission, OidcError, Secrets, Settings, SignInService};
use crate::clock::Timestamp;

/// How long what the service says of itself is kept.
const KEPT: Duration = Duration::hours(1);

/// The claims of the sector, as they stand in an ID token.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SectorClaims {
    employee_hsa_id: Option<String>,
    #[serde(flatten)]
    commission: CommissionClaims,
    all_commissions: Option<Vec<CommissionClaims>>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommissionClaims {
    commission_hsa_id: Option<String>,
    commission_name: Option<String>,
    health_care_provider_hsa_id: Option<String>,
    health_care_unit_hsa_id: Option<String>,
}

impl AdditionalClaims for SectorClaims {}

impl From<CommissionClaims> for Commission {
    fn from(claims: CommissionClaims) -> Self {
        Commission {
            id: claims.commission_hsa_id,
            name: claims.commission_name,
            provider: claims.health_care_provider_hsa_id,
            unit: claims.health_care_unit_hsa_id,
        }
    }
}

type TokenAnswer = StandardTokenResponse<
    IdTokenFields<
        SectorClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// The library's client, with our claims in the place of none.
type SectorClient = Client<
    SectorClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

type TokenError = RequestTokenError<ureq::Error, StandardErrorResponse<CoreErrorResponseType>>;

/// A sign-in service, reached over the network.
pub struct Provider {
    settings: Settings,
    back: Url,
    http: Http,
    known: Mutex<Option<(Timestamp, Arc<CoreProviderMetadata>)>>,
}

impl Provider {
    /// The service of these settings, which sends browsers back to `back`. Asks it nothing yet.
    pub fn new(settings: Settings, back: Url) -> Provider {
        let http = Http::new(settings.issuer.starts_with("https://"));
        Provider { settings, back, http, known: Mutex::new(None) }
    }

    /// What the service says of itself, asked anew when that was long ago.
    fn metadata(&self, now: Timestamp) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known {
            Some((at, metadata)) if at <= now && now < at + KEPT => Ok(metadata),
            _ => self.ask_for_metadata(now),
        }
    }

    fn ask_for_metadata(&self, now: Timestamp) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let away = |what: String| OidcError::Unavailable(what);
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|error| away(error.to_string()))?;
        let asked = CoreProviderMetadata::discover(&issuer, &|request| self.http.call(request));
        let metadata = Arc::new(asked.map_err(|error| away(chain(&error)))?);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, metadata.clone()));
        Ok(metadata)
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> SectorClient {
        let Settings { client_id, client_secret, .. } = &self.settings;
        let secret = ClientSecret::new(client_secret.clone());
        let client = Client::from_provider_metadata(metadata.clone(), ClientId::new(client_id.clone()), Some(secret));
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method: CoreClientAuthMethod| methods.is_some_and(|methods| methods.contains(&method));
        let in_body = takes(CoreClientAuthMethod::ClientSecretPost) && !takes(CoreClientAuthMethod::ClientSecretBasic);
        let how = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        client.set_auth_type(how).set_redirect_uri(RedirectUrl::from_url(self.back.clone()))
    }
}

impl SignInService for Provider {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn begin(&self, secrets: &Secrets, now: Timestamp) -> Result<String, OidcError> {
        let metadata = self.metadata(now)?;
        let client = self.client(&metadata);
        let Secrets { state, nonce, verifier } = secrets.clone();
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier));
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client.authorize_url(flow, || CsrfToken::new(state), || Nonce::new(nonce));
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        Ok(request.add_scopes(scopes).set_pkce_challenge(challenge).url().0.into())
    }

    fn finish(&self, code: &str, secrets: &Secrets, now: Timestamp) -> Result<Claims, OidcError> {
        let mut metadata = self.metadata(now)?;
        let client = self.client(&metadata);
        let asked = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let asked = asked.map_err(|error| OidcError::Unavailable(error.to_string()))?;
        let asked = asked.set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()));
        let answer = asked.request(&|request| self.http.call(request)).map_err(refused)?;
        let token = answer.id_token().ok_or_else(|| OidcError::Untrue("there is none".to_owned()))?;
        let nonce = Nonce::new(secrets.nonce.clone());
        let mut tries = 0..2;
        loop {
            let client = self.client(&metadata);
            let verifier = client.id_token_verifier().set_time_fn(|| now.utc());
            match token.claims(&verifier, &nonce) {
                Ok(claims) => return Ok(said(claims)),
                // A key that is newer than what we know: asked for once.
                Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
                    if tries.next().is_some() =>
                {
                    metadata = self.ask_for_metadata(now)?;
                }
                Err(error) => return Err(OidcError::Untrue(chain(&error))),
            }
        }
    }
}

fn said(claims: &IdTokenClaims<SectorClaims, CoreGenderClaim>) -> Claims {
    let sector = claims.additional_claims().clone();
    let given = claims.given_name().and_then(|name| name.get(None)).map(|name| name.as_str());
    let family = claims.family_name().and_then(|name| name.get(None)).map(|name| name.as_str());
    let parts: Vec<_> = [given, family].into_iter().flatten().collect();
    let whole = claims.name().and_then(|name| name.get(None)).map(|name| name.to_string());
    Claims {
        employee: sector.employee_hsa_id,
        name: whole.or((!parts.is_empty()).then(|| parts.join(" "))),
        commission: sector.commission.into(),
        all: sector.all_commissions.unwrap_or_default().into_iter().map(Commission::from).collect(),
    }
}

/// What an exchange that failed means. What the service wrote about it may hold anything: only its code is repeated.
fn refused(error: TokenError) -> OidcError {
    match error {
        RequestTokenError::ServerResponse(answer) => OidcError::Refused(answer.error().to_string()),
        RequestTokenError::Request(error) => OidcError::Unavailable(error.to_string()),
        RequestTokenError::Parse(error, _) => {
            OidcError::Untrue(format!("the answer cannot be read at `{}`", error.path()))
        }
        RequestTokenError::Other(what) => OidcError::Untrue(what),
    }
}

/// An error with all its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
