//! `samsyn import`.

use std::fs;

use crate::support::binary::Binary;
use crate::support::database::{Database, ORGANISATION};

#[test]
fn an_organisation_is_imported_and_once_more_changes_nothing() {
    let database = Database::new();
    let binary = Binary::on(&database);
    insta::assert_snapshot!(binary.refused(&["import", "org.yaml"]).replace(&database.url().to_string(), "DATABASE"), @"error: org.yaml cannot be read: No such file or directory (os error 2)");
    binary.printed(&["migrate"]);
    insta::assert_snapshot!(binary.refused(&["import", "org.yaml"]), @"error: org.yaml cannot be read: No such file or directory (os error 2)");
    fs::write(database.folder().join("org.yaml"), ORGANISATION).unwrap();
    for _ in 0..2 {
        insta::allow_duplicates! {
            insta::assert_snapshot!(binary.printed(&["import", "org.yaml"]).trim_end(), @"16 principals, 35 units, 4 bodies, 1 agreements, 111 people");
        }
    }
    binary.printed(&["token", "create", "mas-falun"]);
}

#[test]
fn everything_that_is_wrong_with_a_file_is_told_with_its_place() {
    let database = Database::new();
    let binary = Binary::on(&database);
    binary.printed(&["migrate"]);
    let said = |text: &str| {
        fs::write(database.folder().join("org.yaml"), text).unwrap();
        let ran = binary.run(&["import", "org.yaml"]);
        assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
        ran.err.trim_end().to_owned()
    };
    insta::assert_snapshot!(said("format: 1\nprincipals:\n  - {id: x, code: \"1\", name: X, kind: county, series: X}\npeople: 3\n"), @r"
    org.yaml:3:39: error[shape/value]: `kind` cannot be `county`, only one of: region, municipality
    org.yaml:4:9: error[shape/type]: `people` must be a list, and this is a number
    error: org.yaml: 2 problems; nothing was imported
    ");
    insta::assert_snapshot!(said("format: 1\nprincipals: [\n"), @r"
    org.yaml:3:1: error[source/yaml]: this is not YAML: while parsing a node, did not find expected node content
    error: org.yaml: 1 problems; nothing was imported
    ");
    let person =
        "people:\n  - {id: p, name: P, memberships: [{role: handler, principal: y}, {role: manager, unit: u}]}\n";
    insta::assert_snapshot!(said(&format!("format: 2\nprincipals: []\n{person}")), @r"
    org.yaml:1:9: error[organisation/unfit]: format 2 is unknown: write 1
    org.yaml:4:36: error[organisation/unfit]: p as handler: name a principal that is in the file
    org.yaml:4:67: error[organisation/unfit]: p as manager: name a unit that is in the file
    error: org.yaml: 3 problems; nothing was imported
    ");
    let homes = "principals:\n  - {id: a, code: \"1\", name: A, kind: region, series: A, units: [{id: u, name: U}]}\n  \
                 - {id: b, code: \"2\", name: B, kind: municipality, series: B}\n";
    let person = "people:\n  - {id: p, name: P, memberships: [{role: manager, principal: b, unit: u}]}\n";
    insta::assert_snapshot!(said(&format!("format: 1\n{homes}{person}")), @r"
    org.yaml:6:36: error[organisation/unfit]: p as manager: the unit is of a: name that principal, or none
    error: org.yaml: 1 problems; nothing was imported
    ");
    let person = "people:\n  - {id: p, name: P, memberships: [{role: handler, principal: a, until: 2026-01-31}, \
                  {role: secretary, body: n, from: 2026-01-31}]}\n  - {id: q, name: Q, memberships: [{role: handler, \
                  principal: a, until: 2026-01-31}, {role: secretary, body: n, from: 2026-02-01}]}\n";
    let bodies = "bodies: [{id: n, name: N}]\n";
    insta::assert_snapshot!(said(&format!("format: 1\n{homes}{bodies}{person}")), @r"
    org.yaml:7:86: error[organisation/unfit]: p as secretary: she is handler then, and nobody acts for both a body and a party
    error: org.yaml: 1 problems; nothing was imported
    ");
    insta::assert_snapshot!(binary.refused(&["token", "create", "p"]), @"error: there is no person p");
}

#[test]
fn hsa_ids_are_each_of_one_and_those_of_people_stay() {
    let database = Database::new();
    let binary = Binary::on(&database);
    binary.printed(&["migrate"]);
    let write = |first: &str, second: &str, person: &str| {
        let (one, two) = ("code: \"1\", name: A, kind: region", "code: \"2\", name: B, kind: municipality");
        let text = format!(
            "format: 1\nprincipals:\n  - {{id: a, series: A, {one}, units: [{{id: u, name: U{first}}}]}}\n  \
             - {{id: b, series: B, {two}{second}}}\npeople:\n  - {{id: p, name: P, memberships: []{person}}}\n"
        );
        fs::write(database.folder().join("org.yaml"), text).unwrap();
    };
    write(", hsa_id: se1-x", ", hsa_id: SE1-X", "");
    insta::assert_snapshot!(binary.run(&["import", "org.yaml"]).err.trim_end(), @r"
    org.yaml:4:5: error[organisation/unfit]: the HSA id SE1-X stands twice
    error: org.yaml: 1 problems; nothing was imported
    ");
    write(", hsa_id: falun", "", "");
    insta::assert_snapshot!(binary.run(&["import", "org.yaml"]).err.trim_end(), @r"
    org.yaml:3:91: error[shape/value]: `hsa_id`: not an HSA id, such as SE2321000180-1A2B
    error: org.yaml: 1 problems; nothing was imported
    ");
    write(", hsa_id: SE1-X", "", ", hsa_id: SE1-P");
    binary.printed(&["import", "org.yaml"]);
    write("", ", hsa_id: SE1-X", "");
    binary.printed(&["import", "org.yaml"]);
    assert_eq!(binary.json(&["user", "list", "--json"])[0]["hsa_id"], "SE1-P", "somebody may have connected it");
    let other = fs::read_to_string(database.folder().join("org.yaml")).unwrap();
    fs::write(database.folder().join("org.yaml"), other.replace("id: p, name: P", "id: q, name: Q, hsa_id: SE1-P"))
        .unwrap();
    insta::assert_snapshot!(binary.refused(&["import", "org.yaml"]), @"error: q: the HSA id SE1-P is that of p");
}
