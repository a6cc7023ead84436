//! What claims mean: who, and which commissions at organisations of ours.

use std::collections::BTreeMap;

use samsyn::app::claimed::{At, claimed};
use samsyn::ids::{HsaId, PrincipalId};
use samsyn::oidc::{Claims, Commission};

use crate::support::service::{ANNA, BOARD, FALUN, FOREIGN, REGION, WARD, claims, commission};

fn ours() -> BTreeMap<HsaId, PrincipalId> {
    let known = [(REGION, "region-dalarna"), (WARD, "region-dalarna"), (FALUN, "falun"), (BOARD, "falun")];
    known.into_iter().map(|(id, principal)| (id.parse().unwrap(), PrincipalId::from(principal))).collect()
}

/// Where the claims say that she works: `-` unknown, `elsewhere`, a principal, or commissions `ID@principal`.
fn at(claims: &Claims) -> String {
    match claimed(claims, &ours()).unwrap().at {
        At::Unknown => "-".to_owned(),
        At::Elsewhere => "elsewhere".to_owned(),
        At::Principal(principal) => principal.to_string(),
        At::Commissions(several) => {
            let words = several.iter().map(|one| format!("{}@{}", one.id, one.principal));
            words.collect::<Vec<_>>().join(" ")
        }
    }
}

fn anna(chosen: Commission, all: &[Commission]) -> Claims {
    Claims { commission: chosen, all: all.to_vec(), ..claims(ANNA, "Anna") }
}

fn none() -> Commission {
    Commission::default()
}

#[test]
fn commissions_count_where_their_organisation_is_ours() {
    let (ward, home) =
        (commission("SE1-A", "Avdelningen", REGION), commission("se1-b", "Hemtjänsten", "se2120002239-falun"));
    let away = commission("SE1-C", "Vårdbolaget", FOREIGN);
    let all = [ward.clone(), home.clone(), away.clone(), ward.clone()];
    for (what, claims, means) in [
        ("nothing is said", anna(none(), &[]), "-"),
        ("only a provider", anna(Commission { provider: Some(BOARD.to_owned()), ..none() }, &[]), "falun"),
        ("only a foreign one", anna(Commission { provider: Some(FOREIGN.to_owned()), ..none() }, &[]), "elsewhere"),
        (
            "a provider that is none",
            anna(Commission { provider: Some("falun".to_owned()), ..none() }, &[]),
            "elsewhere",
        ),
        ("only a unit", anna(Commission { unit: Some(WARD.to_owned()), ..none() }, &[]), "region-dalarna"),
        ("one is chosen", anna(ward.clone(), &[]), "SE1-A@region-dalarna"),
        ("one is chosen of several", anna(ward.clone(), &all), "SE1-A@region-dalarna"),
        ("a foreign one is chosen", anna(away.clone(), &all), "elsewhere"),
        ("several", anna(none(), &all), "SE1-A@region-dalarna SE1-B@falun"),
        ("one of ours among them", anna(none(), &[away.clone(), home.clone()]), "SE1-B@falun"),
        ("none of ours", anna(none(), std::slice::from_ref(&away)), "elsewhere"),
        ("one without an id", anna(none(), &[Commission { id: None, ..ward.clone() }]), "elsewhere"),
    ] {
        assert_eq!(at(&claims), means, "{what}");
    }
    let bare = Commission { id: Some("SE1-B".to_owned()), ..none() };
    assert_eq!(at(&anna(bare.clone(), &all)), "SE1-B@falun", "its organisation is said among all");
    assert_eq!(at(&anna(bare, &[])), "elsewhere", "or nowhere");
    let both = Commission { unit: Some(WARD.to_owned()), ..away };
    assert_eq!(at(&anna(both, &[])), "elsewhere", "the provider counts before the unit");
}

#[test]
fn nobody_is_anybody_without_an_hsa_id() {
    let who = |id: &str| claimed(&claims(id, "Anna"), &ours()).map(|claimed| claimed.hsa_id.to_string());
    assert_eq!(who(" se2321000180-anna "), Some(ANNA.to_owned()), "case does not count");
    let longest = format!("SE1-{}", "X".repeat(27));
    assert_eq!(who(&longest), Some(longest.clone()));
    for bad in ["", "SE", "SE-", "SE1-", "SE-1", "NO1-A", "SE1A-A", "SE1-A B", "SE1-Å", "SE1-A-B", &(longest + "X")] {
        assert_eq!(who(bad), None, "{bad}");
    }
    assert_eq!(claimed(&Claims::default(), &ours()), None);
}

#[test]
fn a_name_is_kept_as_it_may_be() {
    let name = |name: Option<&str>| {
        let claims = Claims { name: name.map(str::to_owned), ..claims(ANNA, "") };
        claimed(&claims, &ours()).unwrap().name
    };
    assert_eq!(name(Some("  Anna\n Andersson ")), "Anna Andersson");
    assert_eq!(name(Some(&"a".repeat(300))).len(), 200);
    assert_eq!(name(Some("An\u{202e}na\u{0}")), "Anna");
    for none in [None, Some(" "), Some("Anna 19121212-1212")] {
        assert_eq!(name(none), ANNA, "{none:?}");
    }
    let commission = Commission { name: None, ..commission("SE1-A", "", REGION) };
    let At::Commissions(commissions) = claimed(&anna(commission, &[]), &ours()).unwrap().at else { panic!() };
    assert_eq!(commissions[0].name, "SE1-A");
}
