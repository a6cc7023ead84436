//! What the pages say on the way through the sign-in service, and of how somebody is signed in.

/// The button to the service of this name.
pub fn sign_in_with(service: &str) -> String {
    format!("Logga in med {service}")
}
/// The other way in.
pub const OR_PASSWORD: &str = "Eller logga in med lösenord";
/// The choice of a commission.
pub const CHOOSE_COMMISSION: &str = "Välj uppdrag";
/// Its question.
pub const WHICH_COMMISSION: &str = "Vilket uppdrag arbetar du i nu?";
/// What it means.
pub const WHICH_COMMISSION_HELP: &str =
    "Du har flera uppdrag. Du arbetar i ett i taget här, och ser bara det som hör till dess organisation.";
/// None was chosen.
pub const NO_COMMISSION: &str = "Välj ett av uppdragen.";
/// How she signed in.
pub const HOW_SIGNED_IN: &str = "Så är du inloggad";
/// With what.
pub const WITH: &str = "Inloggad med";
/// In which commission.
pub const COMMISSION: &str = "Uppdrag";
/// With a password.
pub const WITH_PASSWORD: &str = "lösenord";
/// By a click.
pub const IN_DEMO: &str = "demonstrationens val";
/// Through a service that is configured no more.
pub const WITH_SERVICE: &str = "inloggningstjänsten";
