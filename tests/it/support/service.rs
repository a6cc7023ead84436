//! A sign-in service that says of each code what a test wants it to say. It proves nothing about the protocol: for that,
//! `oidc` asks one that others made.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use samsyn::app::App;
use samsyn::app::organisation;
use samsyn::clock::Timestamp;
use samsyn::ids::HsaId;
use samsyn::oidc::{Claims, Commission, OidcError, Secrets, SignInService};

use super::database::ORGANISATION;

/// The HSA ids of principals in these tests.
pub const REGION: &str = "SE2321000180-REGION";
pub const FALUN: &str = "SE2120002239-FALUN";
/// That of an authority of Falun's, and of a unit of the region's.
pub const BOARD: &str = "SE2120002239-NAMND";
pub const WARD: &str = "SE2321000180-PSYK";
/// One that nobody here has.
pub const FOREIGN: &str = "SE5565594230-1234";
/// Those of the MAS of Falun and of somebody whom nobody here knows.
pub const MAS: &str = "SE2120002239-MAS1";
pub const ANNA: &str = "SE2321000180-ANNA";

/// A service that one can talk to in a test.
#[derive(Default)]
pub struct Service {
    known: Mutex<BTreeMap<String, Result<Claims, OidcError>>>,
    /// The codes that it was asked about.
    pub asked: Mutex<Vec<String>>,
    /// Whether it is away.
    pub away: Mutex<bool>,
}

impl Service {
    /// Says this of whoever comes with the code.
    pub fn says(&self, code: &str, what: Result<Claims, OidcError>) {
        self.known.lock().unwrap().insert(code.to_owned(), what);
    }

    fn here(&self) -> Result<(), OidcError> {
        match *self.away.lock().unwrap() {
            true => Err(OidcError::Unavailable("nobody listens".to_owned())),
            false => Ok(()),
        }
    }
}

impl SignInService for Service {
    fn name(&self) -> &str {
        "provkort"
    }

    fn begin(&self, secrets: &Secrets, _: Timestamp) -> Result<String, OidcError> {
        self.here()?;
        Ok(format!("https://idp.example/auth?state={}", secrets.state))
    }

    fn finish(&self, code: &str, secrets: &Secrets, _: Timestamp) -> Result<Claims, OidcError> {
        self.here()?;
        assert!(secrets.nonce.len() == 64 && secrets.verifier.len() == 64 && secrets.nonce != secrets.verifier);
        self.asked.lock().unwrap().push(code.to_owned());
        let known = self.known.lock().unwrap();
        known.get(code).cloned().unwrap_or_else(|| Err(OidcError::Refused("invalid_grant".to_owned())))
    }
}

/// Gives the application a sign-in service, and HSA ids to the MAS of Falun and to organisations.
pub fn attach(app: &mut App) -> Arc<Service> {
    let service = Arc::new(Service::default());
    app.oidc = Some(service.clone());
    know_hsa_ids(app);
    service
}

/// Gives HSA ids to the MAS of Falun and to organisations.
pub fn know_hsa_ids(app: &App) {
    let mut file = organisation::read("organisation.yaml", ORGANISATION).unwrap();
    let id = |text: &str| Some(text.parse::<HsaId>().unwrap());
    for principal in &mut file.principals {
        match principal.id.as_str() {
            "region-dalarna" => {
                principal.hsa_id = id(REGION);
                principal.units.iter_mut().find(|unit| unit.id.as_str() == "psykiatri-falun").unwrap().hsa_id =
                    id(WARD);
            }
            "falun" => {
                principal.hsa_id = id(FALUN);
                principal.authorities[0].hsa_id = id(BOARD);
            }
            _ => {}
        }
    }
    file.people.iter_mut().find(|person| person.id.as_str() == "mas-falun").unwrap().hsa_id = id(MAS);
    app.import(&file).unwrap();
}

/// Claims of somebody without any commission.
pub fn claims(employee: &str, name: &str) -> Claims {
    Claims { employee: Some(employee.to_owned()), name: Some(name.to_owned()), ..Claims::default() }
}

/// A commission at a provider.
pub fn commission(id: &str, name: &str, provider: &str) -> Commission {
    let text = |text: &str| Some(text.to_owned());
    Commission { id: text(id), name: text(name), provider: text(provider), unit: None }
}
