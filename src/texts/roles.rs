//! What the roles are called.

/// `authz::Role::Employee`.
pub const EMPLOYEE: &str = "medarbetare";
/// `authz::Role::Handler`.
pub const HANDLER: &str = "behörig handläggare";
/// `authz::Role::Investigator`.
pub const INVESTIGATOR: &str = "utredare";
/// `authz::Role::Manager`.
pub const MANAGER: &str = "chef";
/// `authz::Role::Management`.
pub const MANAGEMENT: &str = "tjänsteledning";
/// `authz::Role::Registrar`.
pub const REGISTRAR: &str = "registrator";
/// `authz::Role::Secretary`.
pub const SECRETARY: &str = "nätverkssekreterare";
/// `authz::Role::Administrator`.
pub const ADMINISTRATOR: &str = "systemadministratör";
/// `authz::Role::Auditor`.
pub const AUDITOR: &str = "revisor";
/// `authz::Role::DataProtection`.
pub const DATA_PROTECTION: &str = "dataskyddsombud";
/// `authz::Role::Archivist`.
pub const ARCHIVIST: &str = "arkivansvarig";
