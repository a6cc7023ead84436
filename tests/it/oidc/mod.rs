//! Sign-in by OpenID Connect against a provider that others made (`.ci/oidc`), over HTTP: the program as people run it, and
//! the protocol by itself.

mod flow;
mod provider;
mod traveller;
