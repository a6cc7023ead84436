//! The organisation: read from a file, and brought into the database. Importing twice changes nothing; nothing is ever
//! deleted, it ends with a date.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{App, AppError};
use crate::authz::{PrincipalKind, Role, Scope, Seat};
use crate::ids::{AgreementId, AuthorityId, BodyId, PersonId, PrincipalId, UnitId};
use crate::store::organisation::{self, AgreementRow, Authority, Principal, Unit};
use crate::store::people::{self, Membership, Person};
use crate::store::{Db, StoreError};
use crate::workflow::context::AgreementVersion;
use crate::workflow::problem::{Class, Problem, Severity, in_order};
use crate::workflow::source::Segment;
use crate::workflow::{schema, shape, source};

/// An organisation file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationFile {
    /// The format: 1.
    pub format: u32,
    /// Those who signed.
    pub principals: Vec<PrincipalItem>,
    /// The bodies of the ladder.
    #[serde(default)]
    pub bodies: Vec<BodyItem>,
    /// The agreements.
    #[serde(default)]
    pub agreements: Vec<AgreementItem>,
    /// The people.
    #[serde(default)]
    pub people: Vec<PersonItem>,
}

/// A principal.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrincipalItem {
    /// Its id.
    pub id: PrincipalId,
    /// The code of the municipality or county.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Region or municipality.
    pub kind: PrincipalKind,
    /// The series of its case numbers.
    pub series: String,
    /// Those who answer in law.
    #[serde(default)]
    pub authorities: Vec<AuthorityItem>,
    /// Its workplaces.
    #[serde(default)]
    pub units: Vec<UnitItem>,
}

/// An authority.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorityItem {
    /// Its id.
    pub id: AuthorityId,
    /// Its name.
    pub name: String,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

/// A unit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitItem {
    /// Its id.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// The authority that it belongs to.
    pub authority: Option<AuthorityId>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

/// A body.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyItem {
    /// Its id: the name that the workflow files use.
    pub id: BodyId,
    /// Its name.
    pub name: String,
}

/// An agreement.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementItem {
    /// Its id.
    pub id: AgreementId,
    /// Its versions.
    pub versions: Vec<AgreementVersionItem>,
}

/// A version of an agreement.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementVersionItem {
    /// Its name, such as the year.
    pub version: String,
    /// Its title.
    pub title: String,
    /// The first day in force.
    pub from: NaiveDate,
    /// The last day in force.
    pub until: Option<NaiveDate>,
}

/// A person.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonItem {
    /// Her id.
    pub id: PersonId,
    /// Her name.
    pub name: String,
    /// Her address.
    pub email: Option<String>,
    /// Her roles.
    pub memberships: Vec<MembershipItem>,
}

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipItem {
    /// The role.
    pub role: Role,
    /// Her title in it, such as MAS.
    pub title: Option<String>,
    /// The principal.
    pub principal: Option<PrincipalId>,
    /// The authority within it.
    pub authority: Option<AuthorityId>,
    /// The unit; its principal follows.
    pub unit: Option<UnitId>,
    /// The body.
    pub body: Option<BodyId>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

/// What does not fit together in a file whose shape is right.
static UNFIT: Class = Class {
    id: "organisation/unfit",
    severity: Severity::Error,
    what: "An organisation file that names what it does not hold, or something twice.",
};

/// Reads an organisation file.
///
/// # Errors
/// Everything that is wrong with it, each with its place.
pub fn read(name: &str, text: &str) -> Result<OrganisationFile, Vec<Problem>> {
    let schema = schema::strict(schemars::schema_for!(OrganisationFile));
    let (root, file) = shape::typed::<OrganisationFile>(name, source::read(name, text), &schema)?;
    let unfit = unfit(&file).into_iter();
    let problems: Vec<_> = unfit.map(|(path, what)| Problem::new(&UNFIT, name, root.find(&path), what)).collect();
    if problems.is_empty() { Ok(file) } else { Err(in_order(problems)) }
}

/// A place in the file, and what is wrong there.
type Unfit = (Vec<Segment>, String);

/// What does not fit together: ids that nothing has, ids twice, roles held nowhere.
fn unfit(file: &OrganisationFile) -> Vec<Unfit> {
    let mut unfit = Vec::new();
    if file.format != 1 {
        unfit.push((vec!["format".into()], format!("format {} is unknown: write 1", file.format)));
    }
    let principals =
        || (0..).zip(&file.principals).map(|(n, item)| (vec!["principals".into(), Segment::Index(n)], item));
    let authorities = principals().flat_map(|(path, item)| {
        (0..).zip(&item.authorities).map(move |(n, item)| (within(&path, "authorities", n), &item.id.0))
    });
    let units = principals()
        .flat_map(|(path, item)| (0..).zip(&item.units).map(move |(n, item)| (within(&path, "units", n), &item.id.0)));
    unfit.extend(twice("principal", principals().map(|(path, item)| (path, &item.id.0))));
    unfit.extend(twice("series", principals().map(|(path, item)| (path, &item.series))));
    unfit.extend(twice("authority", authorities));
    unfit.extend(twice("unit", units));
    let people = || (0..).zip(&file.people).map(|(n, item)| (vec!["people".into(), Segment::Index(n)], item));
    unfit.extend(twice("person", people().map(|(path, item)| (path, &item.id.0))));
    for (path, person) in people() {
        for (n, membership) in (0..).zip(&person.memberships) {
            let what = unfit_membership(file, person, membership);
            unfit.extend(what.map(|what| (within(&path, "memberships", n), what)));
        }
    }
    unfit
}

fn within(path: &[Segment], key: &str, index: usize) -> Vec<Segment> {
    [path, &[Segment::from(key), Segment::Index(index)]].concat()
}

fn twice<'a>(what: &str, ids: impl Iterator<Item = (Vec<Segment>, &'a String)>) -> Vec<Unfit> {
    let mut seen = std::collections::BTreeSet::new();
    let again = ids.filter(|(_, id)| !seen.insert(id.as_str()));
    again.map(|(path, id)| (path, format!("the {what} {id} stands twice"))).collect()
}

fn unfit_membership(file: &OrganisationFile, person: &PersonItem, membership: &MembershipItem) -> Option<String> {
    let who = format!("{} as {}", person.id, membership.role);
    let known_principal = |id: &PrincipalId| file.principals.iter().any(|item| item.id == *id);
    let known_body = |id: &BodyId| file.bodies.iter().any(|item| item.id == *id);
    let known_unit = |id: &UnitId| home_of(file, id).is_some();
    let wanting = match membership.role.scope() {
        Scope::Body => (!membership.body.as_ref().is_some_and(known_body)).then_some("a body that is in the file"),
        Scope::Unit => (!membership.unit.as_ref().is_some_and(known_unit)).then_some("a unit that is in the file"),
        Scope::Principal | Scope::Own => {
            let at_unit = membership.unit.as_ref().is_some_and(known_unit);
            let at_principal = membership.principal.as_ref().is_some_and(known_principal);
            (!at_unit && !at_principal).then_some("a principal that is in the file")
        }
    };
    let elsewhere = membership.unit.as_ref().and_then(|unit| home_of(file, unit)).filter(|home| {
        let named = membership.principal.as_ref();
        named.is_some_and(|named| named != home)
    });
    match (wanting, elsewhere) {
        (Some(what), _) => Some(format!("{who}: name {what}")),
        (None, Some(home)) => Some(format!("{who}: the unit is of {home}: name that principal, or none")),
        (None, None) => None,
    }
}

impl App {
    /// Brings the organisation to what the file says, all or nothing.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn import(&self, file: &OrganisationFile) -> Result<(), AppError> {
        self.store.write(|db| {
            for principal in &file.principals {
                keep_principal(db, principal)?;
            }
            for body in &file.bodies {
                organisation::keep_body(db, &body.id, &body.name)?;
            }
            for agreement in &file.agreements {
                keep_agreement(db, agreement)?;
            }
            for person in &file.people {
                keep_person(db, file, person)?;
            }
            Ok(())
        })
    }
}

fn keep_principal(db: &mut Db, item: &PrincipalItem) -> Result<(), StoreError> {
    let principal = Principal {
        id: item.id.clone(),
        code: item.code.clone(),
        name: item.name.clone(),
        kind: item.kind,
        series: item.series.clone(),
    };
    organisation::keep_principal(db, &principal)?;
    for authority in &item.authorities {
        let authority = Authority {
            id: authority.id.clone(),
            principal: item.id.clone(),
            name: authority.name.clone(),
            from: authority.from,
            until: authority.until,
        };
        organisation::keep_authority(db, &authority)?;
    }
    for unit in &item.units {
        let unit = Unit {
            id: unit.id.clone(),
            principal: item.id.clone(),
            authority: unit.authority.clone(),
            name: unit.name.clone(),
            from: unit.from,
            until: unit.until,
        };
        organisation::keep_unit(db, &unit)?;
    }
    Ok(())
}

fn keep_agreement(db: &mut Db, item: &AgreementItem) -> Result<(), StoreError> {
    for version in &item.versions {
        let row = AgreementRow {
            version: AgreementVersion { agreement: item.id.clone(), version: version.version.clone() },
            title: version.title.clone(),
            from: version.from,
            until: version.until,
        };
        organisation::keep_agreement(db, &row)?;
    }
    Ok(())
}

fn keep_person(db: &mut Db, file: &OrganisationFile, item: &PersonItem) -> Result<(), StoreError> {
    let person = Person { id: item.id.clone(), name: item.name.clone(), email: item.email.clone() };
    people::keep_person(db, &person)?;
    for membership in &item.memberships {
        let home = membership.unit.as_ref().and_then(|unit| home_of(file, unit));
        let seat = Seat {
            role: membership.role,
            principal: membership.principal.clone().or(home),
            authority: membership.authority.clone(),
            unit: membership.unit.clone(),
            body: membership.body.clone(),
        };
        let (id, person) = (membership_id(item, &seat, membership.from), item.id.clone());
        let title = membership.title.clone();
        let (from, until) = (membership.from, membership.until);
        people::keep_membership(db, &Membership { id, person, seat, title, from, until })?;
    }
    Ok(())
}

/// What makes it the same membership in another import: who, which role, where, since when.
fn membership_id(person: &PersonItem, seat: &Seat, from: Option<NaiveDate>) -> String {
    let places = [
        seat.principal.as_ref().map(|id| &id.0),
        seat.authority.as_ref().map(|id| &id.0),
        seat.unit.as_ref().map(|id| &id.0),
        seat.body.as_ref().map(|id| &id.0),
    ];
    let places: Vec<_> = places.into_iter().flatten().map(String::as_str).collect();
    let from = from.map(|from| from.to_string()).unwrap_or_default();
    format!("{}/{}/{}/{from}", person.id, seat.role, places.join("+"))
}

fn home_of(file: &OrganisationFile, unit: &UnitId) -> Option<PrincipalId> {
    let holds = |principal: &&PrincipalItem| principal.units.iter().any(|item| item.id == *unit);
    file.principals.iter().find(holds).map(|principal| principal.id.clone())
}
