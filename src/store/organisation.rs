//! Principals, authorities, units, bodies and agreements, with dates.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::people::known_hsa_id;
use super::schema::{agreement_versions, authorities, bodies, principals, units};
use super::{Db, StoreError};
use crate::authz::PrincipalKind;
use crate::ids::{AgreementId, AuthorityId, BodyId, HsaId, PrincipalId, UnitId};
use crate::texts::order::by_name;
use crate::workflow::context::{AgreementPeriod, AgreementVersion, Agreements, Organisation};

/// A principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Its id.
    pub id: PrincipalId,
    /// Its code: that of the municipality or the county.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Region or municipality.
    pub kind: PrincipalKind,
    /// The series of its case numbers.
    pub series: String,
    /// Its identity in HSA.
    pub hsa_id: Option<HsaId>,
}

/// An authority of a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its id.
    pub id: AuthorityId,
    /// Its principal.
    pub principal: PrincipalId,
    /// Its name.
    pub name: String,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Its identity in HSA.
    pub hsa_id: Option<HsaId>,
}

/// A unit of a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its principal.
    pub principal: PrincipalId,
    /// Its authority.
    pub authority: Option<AuthorityId>,
    /// Its name.
    pub name: String,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Its identity in HSA.
    pub hsa_id: Option<HsaId>,
}

/// A version of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementRow {
    /// Which.
    pub version: AgreementVersion,
    /// Its title.
    pub title: String,
    /// The first day in force.
    pub from: NaiveDate,
    /// The last day in force.
    pub until: Option<NaiveDate>,
}

fn kind_name(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::Region => "region",
        PrincipalKind::Municipality => "municipality",
    }
}

fn kind(name: &str) -> Result<PrincipalKind, StoreError> {
    match name {
        "region" => Ok(PrincipalKind::Region),
        "municipality" => Ok(PrincipalKind::Municipality),
        other => Err(StoreError::Corrupt(format!("a principal is of the unknown kind `{other}`"))),
    }
}

/// The principals, as far as the engine asks.
pub fn principals(db: &mut Db) -> Result<Organisation, StoreError> {
    let kinds: Vec<(String, String)> = principals::table.select((principals::id, principals::kind)).load(db)?;
    let principals = kinds.into_iter().map(|(id, name)| Ok((PrincipalId(id), kind(&name)?)));
    Ok(Organisation { principals: principals.collect::<Result<_, StoreError>>()?, units: Default::default() })
}

/// The principals and units, as far as the engine asks; units that exist on the day.
pub fn load(db: &mut Db, day: NaiveDate) -> Result<Organisation, StoreError> {
    let organisation = principals(db)?;
    let alive = units::valid_from
        .is_null()
        .or(units::valid_from.le(day))
        .and(units::valid_until.is_null().or(units::valid_until.ge(day)));
    let homes: Vec<(String, String)> = units::table.filter(alive).select((units::id, units::principal_id)).load(db)?;
    let units = homes.into_iter().map(|(unit, principal)| (UnitId(unit), PrincipalId(principal))).collect();
    Ok(Organisation { units, ..organisation })
}

/// Every unit that there is or was, with its principal.
pub fn homes(db: &mut Db) -> Result<BTreeMap<UnitId, PrincipalId>, StoreError> {
    let homes: Vec<(String, String)> = units::table.select((units::id, units::principal_id)).load(db)?;
    Ok(homes.into_iter().map(|(unit, principal)| (UnitId(unit), PrincipalId(principal))).collect())
}

/// The principal of a unit that there is or was.
pub fn home(db: &mut Db, unit: &UnitId) -> Result<Option<PrincipalId>, StoreError> {
    let home: Option<String> = units::table.find(&unit.0).select(units::principal_id).get_result(db).optional()?;
    Ok(home.map(PrincipalId))
}

/// Every body.
pub fn bodies(db: &mut Db) -> Result<Vec<BodyId>, StoreError> {
    Ok(bodies::table.select(bodies::id).load::<String>(db)?.into_iter().map(BodyId).collect())
}

/// Every body with its name, by name.
pub fn body_names(db: &mut Db) -> Result<Vec<(BodyId, String)>, StoreError> {
    let mut rows: Vec<(String, String)> = bodies::table.order(bodies::id).load(db)?;
    rows.sort_by_cached_key(|(_, name)| by_name(name));
    Ok(rows.into_iter().map(|(id, name)| (BodyId(id), name)).collect())
}

/// Every principal, by name.
pub fn all_principals(db: &mut Db) -> Result<Vec<Principal>, StoreError> {
    let rows: Vec<PrincipalRow> = principals::table.order(principals::id).load(db)?;
    let mut principals: Vec<_> = rows.into_iter().map(to_principal).collect::<Result<_, _>>()?;
    principals.sort_by_cached_key(|principal: &Principal| by_name(&principal.name));
    Ok(principals)
}

/// The authorities of a principal, past ones too, by name.
pub fn authorities_of(db: &mut Db, principal: &PrincipalId) -> Result<Vec<Authority>, StoreError> {
    let of = authorities::table.filter(authorities::principal_id.eq(&principal.0));
    let rows = of.order(authorities::id).load::<AuthorityRow>(db)?;
    let mut authorities: Vec<_> = rows.into_iter().map(to_authority).collect::<Result<_, _>>()?;
    authorities.sort_by_cached_key(|authority: &Authority| by_name(&authority.name));
    Ok(authorities)
}

/// The units of a principal, past ones too, by name.
pub fn units_of(db: &mut Db, principal: &PrincipalId) -> Result<Vec<Unit>, StoreError> {
    let of = units::table.filter(units::principal_id.eq(&principal.0));
    let rows = of.order(units::id).load::<UnitRow>(db)?;
    let mut units: Vec<_> = rows.into_iter().map(to_unit).collect::<Result<_, _>>()?;
    units.sort_by_cached_key(|unit: &Unit| by_name(&unit.name));
    Ok(units)
}

/// An authority.
pub fn authority(db: &mut Db, id: &AuthorityId) -> Result<Option<Authority>, StoreError> {
    authorities::table.find(&id.0).get_result::<AuthorityRow>(db).optional()?.map(to_authority).transpose()
}

/// A unit.
pub fn unit(db: &mut Db, id: &UnitId) -> Result<Option<Unit>, StoreError> {
    units::table.find(&id.0).get_result::<UnitRow>(db).optional()?.map(to_unit).transpose()
}

/// Every version of every agreement.
pub fn agreements(db: &mut Db) -> Result<Vec<AgreementRow>, StoreError> {
    let order = (agreement_versions::agreement_id, agreement_versions::valid_from, agreement_versions::version);
    let rows: Vec<(String, String, String, NaiveDate, Option<NaiveDate>)> =
        agreement_versions::table.order(order).load(db)?;
    let row = |(agreement, version, title, from, until)| AgreementRow {
        version: AgreementVersion { agreement: AgreementId(agreement), version },
        title,
        from,
        until,
    };
    Ok(rows.into_iter().map(row).collect())
}

type PrincipalRow = (String, String, String, String, String, Option<String>);
type AuthorityRow = (String, String, String, Option<NaiveDate>, Option<NaiveDate>, Option<String>);
type UnitRow = (String, String, Option<String>, String, Option<NaiveDate>, Option<NaiveDate>, Option<String>);

fn to_principal((id, code, name, kind_of, series, hsa_id): PrincipalRow) -> Result<Principal, StoreError> {
    let hsa_id = hsa_id.as_deref().map(known_hsa_id).transpose()?;
    Ok(Principal { id: PrincipalId(id), code, name, kind: kind(&kind_of)?, series, hsa_id })
}

fn to_authority((id, principal, name, from, until, hsa_id): AuthorityRow) -> Result<Authority, StoreError> {
    let hsa_id = hsa_id.as_deref().map(known_hsa_id).transpose()?;
    Ok(Authority { id: AuthorityId(id), principal: PrincipalId(principal), name, from, until, hsa_id })
}

fn to_unit((id, principal, authority, name, from, until, hsa_id): UnitRow) -> Result<Unit, StoreError> {
    let hsa_id = hsa_id.as_deref().map(known_hsa_id).transpose()?;
    let (principal, authority) = (PrincipalId(principal), authority.map(AuthorityId));
    Ok(Unit { id: UnitId(id), principal, authority, name, from, until, hsa_id })
}

/// A principal.
pub fn principal(db: &mut Db, id: &PrincipalId) -> Result<Option<Principal>, StoreError> {
    principals::table.find(&id.0).get_result(db).optional()?.map(to_principal).transpose()
}

/// The names of everything that has one but people, for the record of changes.
pub fn all_names(db: &mut Db) -> Result<std::collections::BTreeMap<String, String>, StoreError> {
    let mut names = names(db)?;
    names.extend(authorities::table.select((authorities::id, authorities::name)).load::<(String, String)>(db)?);
    Ok(names)
}

/// The principals by the HSA ids of theirs: their own, and those of the authorities and units that exist on the day.
pub fn by_hsa_id(db: &mut Db, day: NaiveDate) -> Result<BTreeMap<HsaId, PrincipalId>, StoreError> {
    let mut known: Vec<(Option<String>, String)> = principals::table
        .filter(principals::hsa_id.is_not_null())
        .select((principals::hsa_id, principals::id))
        .load(db)?;
    let authorities = authorities::table
        .filter(authorities::hsa_id.is_not_null())
        .filter(authorities::valid_from.is_null().or(authorities::valid_from.le(day)))
        .filter(authorities::valid_until.is_null().or(authorities::valid_until.ge(day)));
    known.extend(
        authorities.select((authorities::hsa_id, authorities::principal_id)).load::<(Option<String>, String)>(db)?,
    );
    let units = units::table
        .filter(units::hsa_id.is_not_null())
        .filter(units::valid_from.is_null().or(units::valid_from.le(day)))
        .filter(units::valid_until.is_null().or(units::valid_until.ge(day)));
    known.extend(units.select((units::hsa_id, units::principal_id)).load::<(Option<String>, String)>(db)?);
    let known = known.iter().filter_map(|(id, principal)| Some((id.as_deref()?, principal)));
    known.map(|(id, principal)| Ok((known_hsa_id(id)?, PrincipalId::from(principal.as_str())))).collect()
}

/// The names of principals, units and bodies, for whoever shows them.
pub fn names(db: &mut Db) -> Result<BTreeMap<String, String>, StoreError> {
    let mut names: Vec<(String, String)> = principals::table.select((principals::id, principals::name)).load(db)?;
    names.extend(units::table.select((units::id, units::name)).load::<(String, String)>(db)?);
    names.extend(bodies::table.select((bodies::id, bodies::name)).load::<(String, String)>(db)?);
    Ok(names.into_iter().collect())
}

/// The same without titles, for whoever asks which is in force.
pub fn agreements_in_time(db: &mut Db) -> Result<Agreements, StoreError> {
    let period = |AgreementRow { version, from, until, .. }| AgreementPeriod { version, from, until };
    Ok(Agreements(agreements(db)?.into_iter().map(period).collect()))
}

/// Whether the database holds an organisation.
pub fn is_empty(db: &mut Db) -> Result<bool, StoreError> {
    Ok(principals::table.count().get_result::<i64>(db)? == 0)
}

/// Brings a principal to what is given.
pub fn keep_principal(db: &mut Db, principal: &Principal) -> Result<(), StoreError> {
    let set = (
        principals::code.eq(&principal.code),
        principals::name.eq(&principal.name),
        principals::kind.eq(kind_name(principal.kind)),
        principals::series.eq(&principal.series),
        principals::hsa_id.eq(principal.hsa_id.as_ref().map(HsaId::as_str)),
    );
    if diesel::update(principals::table.find(&principal.id.0)).set(set).execute(db)? == 0 {
        let values = (principals::id.eq(&principal.id.0), set);
        diesel::insert_into(principals::table).values(values).execute(db)?;
    }
    Ok(())
}

/// Brings an authority to what is given.
pub fn keep_authority(db: &mut Db, authority: &Authority) -> Result<(), StoreError> {
    let set = (
        authorities::principal_id.eq(&authority.principal.0),
        authorities::name.eq(&authority.name),
        authorities::valid_from.eq(authority.from),
        authorities::valid_until.eq(authority.until),
        authorities::hsa_id.eq(authority.hsa_id.as_ref().map(HsaId::as_str)),
    );
    if diesel::update(authorities::table.find(&authority.id.0)).set(set).execute(db)? == 0 {
        let values = (authorities::id.eq(&authority.id.0), set);
        diesel::insert_into(authorities::table).values(values).execute(db)?;
    }
    Ok(())
}

/// Brings a unit to what is given.
pub fn keep_unit(db: &mut Db, unit: &Unit) -> Result<(), StoreError> {
    let set = (
        units::principal_id.eq(&unit.principal.0),
        units::authority_id.eq(unit.authority.as_ref().map(|id| &id.0)),
        units::name.eq(&unit.name),
        units::valid_from.eq(unit.from),
        units::valid_until.eq(unit.until),
        units::hsa_id.eq(unit.hsa_id.as_ref().map(HsaId::as_str)),
    );
    if diesel::update(units::table.find(&unit.id.0)).set(set).execute(db)? == 0 {
        let values = (units::id.eq(&unit.id.0), set);
        diesel::insert_into(units::table).values(values).execute(db)?;
    }
    Ok(())
}

/// Brings a body to what is given.
pub fn keep_body(db: &mut Db, id: &BodyId, name: &str) -> Result<(), StoreError> {
    if diesel::update(bodies::table.find(&id.0)).set(bodies::name.eq(name)).execute(db)? == 0 {
        diesel::insert_into(bodies::table).values((bodies::id.eq(&id.0), bodies::name.eq(name))).execute(db)?;
    }
    Ok(())
}

/// Brings a version of an agreement to what is given.
pub fn keep_agreement(db: &mut Db, row: &AgreementRow) -> Result<(), StoreError> {
    let key = (&row.version.agreement.0, &row.version.version);
    let set = (
        agreement_versions::title.eq(&row.title),
        agreement_versions::valid_from.eq(row.from),
        agreement_versions::valid_until.eq(row.until),
    );
    if diesel::update(agreement_versions::table.find(key)).set(set).execute(db)? == 0 {
        let values =
            (agreement_versions::agreement_id.eq(key.0), agreement_versions::version.eq(key.1), set.0, set.1, set.2);
        diesel::insert_into(agreement_versions::table).values(values).execute(db)?;
    }
    Ok(())
}
