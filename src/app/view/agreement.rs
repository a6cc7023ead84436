//! The agreement that a case is about, by its title.

use schemars::JsonSchema;
use serde::Serialize;

use crate::ids::AgreementId;
use crate::store::organisation::AgreementRow;
use crate::workflow::case::Case;
use crate::workflow::context::AgreementVersion;

/// A version of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AgreementView {
    /// The agreement.
    pub agreement: AgreementId,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
}

impl AgreementView {
    /// The version in force when the case began, and the one by which it is judged, by their titles among those that are known.
    pub(super) fn of(case: &Case, known: &[AgreementRow]) -> (Option<AgreementView>, Option<AgreementView>) {
        let view = |version: &AgreementVersion| {
            let title = known.iter().find(|row| row.version == *version).map(|row| row.title.clone());
            let AgreementVersion { agreement, version } = version.clone();
            AgreementView { title: title.unwrap_or_else(|| format!("{agreement} {version}")), agreement, version }
        };
        let judged_by = case.event.as_ref().and_then(|event| event.agreement.as_ref());
        (case.agreement.as_ref().map(view), judged_by.map(view))
    }
}
