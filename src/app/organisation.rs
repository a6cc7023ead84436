//! The organisation: read from a file, and brought into the database. Importing twice changes nothing; nothing is ever
//! deleted, it ends with a date.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::roles::{Places, held_apart};
use super::{App, AppError, changes};
use crate::authz::{PrincipalKind, Role};
use crate::ids::{AgreementId, AuthorityId, BodyId, HsaId, PersonId, PrincipalId, UnitId};
use crate::store::organisation::{self, AgreementRow, Authority, Principal, Unit};
use crate::store::people::{self, Person};
use crate::store::{Db, StoreError};
use crate::workflow::context::AgreementVersion;
use crate::workflow::definition::COUNTY;
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
    /// Its identity in HSA, by which the sign-in service names it.
    pub hsa_id: Option<HsaId>,
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
    /// Its identity in HSA, by which the sign-in service names it.
    pub hsa_id: Option<HsaId>,
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
    /// Its identity in HSA, by which the sign-in service names it.
    pub hsa_id: Option<HsaId>,
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
    /// Her identity in HSA, by which the sign-in service knows her.
    pub hsa_id: Option<HsaId>,
    /// Her roles.
    pub memberships: Vec<MembershipItem>,
}

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipItem {
    /// The role.
    #[schemars(schema_with = "Role::any")]
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
    /// What she may decide in it by delegation, in one line.
    pub delegation: Option<String>,
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
        (0..).zip(&item.authorities).map(move |(n, item)| (within(&path, "authorities", n), item.id.as_str()))
    });
    let units = principals().flat_map(|(path, item)| {
        (0..).zip(&item.units).map(move |(n, item)| (within(&path, "units", n), item.id.as_str()))
    });
    let reserved = principals().filter(|(_, item)| item.id.as_str() == COUNTY);
    unfit.extend(reserved.map(|(path, _)| {
        (
            [path, vec!["id".into()]].concat(),
            format!("`{COUNTY}` is taken: it stands for all in the county; give it another id"),
        )
    }));
    unfit.extend(twice("principal", principals().map(|(path, item)| (path, item.id.as_str()))));
    unfit.extend(twice("series", principals().map(|(path, item)| (path, item.series.as_str()))));
    unfit.extend(twice("authority", authorities));
    unfit.extend(twice("unit", units));
    unfit.extend(twice("HSA id", hsa_ids(file)));
    let people = || (0..).zip(&file.people).map(|(n, item)| (vec!["people".into(), Segment::Index(n)], item));
    unfit.extend(twice("person", people().map(|(path, item)| (path, item.id.as_str()))));
    let places = places_in(file);
    for (path, person) in people() {
        let mut held = Vec::new();
        for (n, item) in (0..).zip(&person.memberships) {
            let membership = places.membership(&person.id, item);
            let apart = || held_apart(&person.id, &held, &membership);
            let what = places.unfit(&person.id, item).or_else(apart);
            unfit.extend(what.map(|what| (within(&path, "memberships", n), what)));
            held.push(membership);
        }
    }
    unfit
}

fn within(path: &[Segment], key: &str, index: usize) -> Vec<Segment> {
    [path, &[Segment::from(key), Segment::Index(index)]].concat()
}

/// The HSA ids in a file, of organisations and of people.
fn hsa_ids(file: &OrganisationFile) -> impl Iterator<Item = (Vec<Segment>, &str)> {
    let principals = (0..).zip(&file.principals).flat_map(|(n, item)| {
        let path = vec!["principals".into(), Segment::Index(n)];
        let authorities = (0..).zip(&item.authorities).map(|(n, item)| ("authorities", n, &item.hsa_id));
        let units = (0..).zip(&item.units).map(|(n, item)| ("units", n, &item.hsa_id));
        let inner: Vec<_> = authorities.chain(units).map(|(key, n, id)| (within(&path, key, n), id)).collect();
        inner.into_iter().chain([(path, &item.hsa_id)])
    });
    let people = (0..).zip(&file.people);
    let people = people.map(|(n, item)| (vec!["people".into(), Segment::Index(n)], &item.hsa_id));
    principals.chain(people).filter_map(|(path, id)| Some((path, id.as_ref()?.as_str())))
}

fn twice<'a>(what: &str, ids: impl Iterator<Item = (Vec<Segment>, &'a str)>) -> Vec<Unfit> {
    let mut seen = std::collections::BTreeSet::new();
    let again = ids.filter(|(_, id)| !seen.insert(*id));
    again.map(|(path, id)| (path, format!("the {what} {id} stands twice"))).collect()
}

fn places_in(file: &OrganisationFile) -> Places {
    let units =
        file.principals.iter().flat_map(|item| item.units.iter().map(|unit| (unit.id.clone(), item.id.clone())));
    Places {
        principals: file.principals.iter().map(|item| item.id.clone()).collect(),
        homes: units.collect(),
        bodies: file.bodies.iter().map(|item| item.id.clone()).collect(),
        whereabouts: "in the file",
    }
}

impl App {
    /// Brings the organisation to what the file says, all or nothing.
    ///
    /// # Errors
    /// Where the database refuses.
    pub fn import(&self, file: &OrganisationFile) -> Result<(), AppError> {
        let (places, now) = (places_in(file), self.now());
        self.store.write(|db| {
            changes::registers_moved(db, now)?;
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
                keep_person(db, &places, person)?;
            }
            self.publish_what_never_was(db)
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
        hsa_id: item.hsa_id.clone(),
    };
    organisation::keep_principal(db, &principal)?;
    for authority in &item.authorities {
        let authority = Authority {
            id: authority.id.clone(),
            principal: item.id.clone(),
            name: authority.name.clone(),
            from: authority.from,
            until: authority.until,
            hsa_id: authority.hsa_id.clone(),
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
            hsa_id: unit.hsa_id.clone(),
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

fn keep_person(db: &mut Db, places: &Places, item: &PersonItem) -> Result<(), AppError> {
    let (id, name, email, hsa_id) = (item.id.clone(), item.name.clone(), item.email.clone(), item.hsa_id.clone());
    if let Some(hsa_id) = &hsa_id
        && let Some(other) = people::of_hsa_id(db, hsa_id)?.filter(|other| other.id != id)
    {
        return Err(AppError::Internal(format!("{id}: the HSA id {hsa_id} is that of {}", other.id)));
    }
    people::keep_person(db, &Person { id, name, email, hsa_id })?;
    for membership in &item.memberships {
        let membership = places.membership(&item.id, membership);
        if let Some(what) = held_apart(&item.id, &people::memberships(db, &item.id)?, &membership) {
            return Err(AppError::Internal(what));
        }
        people::keep_membership(db, &membership)?;
    }
    Ok(())
}
