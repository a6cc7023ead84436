//! `samsyn migrate`, and every way in which there is no database.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;

use crate::support::binary::{Binary, Ran};
use crate::support::database::Database;

#[test]
fn migrate_makes_the_database_and_then_has_nothing_to_do() {
    let database = Database::new();
    let binary = Binary::on(&database);
    let first = binary.json(&["migrate", "--json"]);
    assert_eq!(first.as_array().unwrap().len(), fs::read_dir("migrations/sqlite").unwrap().count());
    assert_eq!(binary.json(&["migrate", "--json"]), serde_json::json!([]));
    assert!(binary.printed(&["migrate"]).ends_with(" is up to date\n"));
}

#[test]
fn the_database_is_a_file_in_the_working_directory_where_none_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::in_folder(folder.path());
    assert!(binary.printed(&["migrate"]).starts_with("sqlite:samsyn.db: migration "));
    assert!(folder.path().join("samsyn.db").is_file());
}

/// What `migrate` says to this address.
fn said(folder: &Path, url: &str) -> String {
    Binary::in_folder(folder).set("DATABASE_URL", url).refused(&["migrate"])
}

#[test]
fn an_address_that_is_none_is_an_error_and_never_another_database() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(said(folder.path(), "mysql://samsyn:hemligt@localhost/samsyn"), @"error: DATABASE_URL has the unknown scheme `mysql`: write sqlite:PATH, or postgres://USER:PASSWORD@HOST/DATABASE");
    insta::assert_snapshot!(said(folder.path(), "postgresql:oops"), @"error: DATABASE_URL has the unknown scheme `postgresql`: write sqlite:PATH, or postgres://USER:PASSWORD@HOST/DATABASE");
    insta::assert_snapshot!(said(folder.path(), "samsyn.db"), @"error: DATABASE_URL has the unknown scheme `samsyn.db`: write sqlite:PATH, or postgres://USER:PASSWORD@HOST/DATABASE");
    insta::assert_snapshot!(said(folder.path(), "sqlite:"), @"error: DATABASE_URL names no file: write sqlite:PATH, such as sqlite:samsyn.db");
    insta::assert_snapshot!(said(folder.path(), "sqlite::memory:"), @"error: DATABASE_URL names no file: write sqlite:PATH, such as sqlite:samsyn.db");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_server_that_does_not_answer_is_told_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(said(folder.path(), "postgres://samsyn:hemligt@127.0.0.1:1/samsyn"), @r#"error: cannot open postgres://127.0.0.1:1/samsyn: connection to server at "127.0.0.1", port 1 failed: Connection refused"#);
}

#[test]
fn a_file_that_cannot_be_used_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(said(folder.path(), "sqlite:gone/samsyn.db"), @"error: cannot open sqlite:gone/samsyn.db: unable to open database file");
    fs::write(folder.path().join("letter.txt"), "Hej! ".repeat(1000)).unwrap();
    insta::assert_snapshot!(said(folder.path(), "sqlite:letter.txt"), @"error: cannot open sqlite:letter.txt: file is not a database");
    insta::assert_snapshot!(said(folder.path(), "sqlite:."), @"error: cannot open sqlite:.: unable to open database file");
}

/// Root may write everywhere, so that the program runs as nobody then, from a copy that everybody can reach.
fn said_to_a_stranger(folder: &Path) -> Ran {
    let reachable = tempfile::tempdir().unwrap();
    protect(reachable.path(), 0o755);
    let program = reachable.path().join("samsyn");
    fs::copy(env!("CARGO_BIN_EXE_samsyn"), &program).unwrap();
    let mut command = std::process::Command::new(&program);
    command.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(folder).env_clear();
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(65_534).gid(65_534);
    }
    command.output().unwrap().into()
}

fn protect(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn without_the_right_to_write_nothing_begins() {
    let folder = tempfile::tempdir().unwrap();
    Binary::in_folder(folder.path()).printed(&["migrate"]);
    let file = folder.path().join("samsyn.db");
    protect(&file, 0o444);
    protect(folder.path(), 0o555);
    let read_only = said_to_a_stranger(folder.path());
    protect(folder.path(), 0o755);
    fs::remove_file(file).unwrap();
    protect(folder.path(), 0o555);
    let unwritable = said_to_a_stranger(folder.path());
    protect(folder.path(), 0o755);
    assert_eq!((read_only.code, unwritable.code), (Some(1), Some(1)));
    insta::assert_snapshot!(read_only.err.trim_end(), @"error: cannot open sqlite:samsyn.db: attempt to write a readonly database");
    insta::assert_snapshot!(unwritable.err.trim_end(), @"error: cannot open sqlite:samsyn.db: unable to open database file");
}

#[test]
fn a_mistyped_name_makes_no_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::in_folder(folder.path()).set("DATABASE_URL", "sqlite:samsynn.db");
    insta::assert_snapshot!(binary.refused(&["log", "verify"]), @"error: there is no database at sqlite:samsynn.db: make one with `samsyn migrate`, or set DATABASE_URL");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::write(folder.path().join("samsynn.db"), "").unwrap();
    insta::assert_snapshot!(binary.refused(&["log", "verify"]), @"error: the database sqlite:samsynn.db is older than this program: run `samsyn migrate`");
}

#[test]
fn wrong_settings_are_told_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Binary::in_folder(folder.path()).set("SAMSYN_LISTEN", "here").set("SAMSYN_MAIL_FRON", "x");
    let ran = binary.run(&["migrate"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ran.err.trim_end(), @r"
    error: SAMSYN_LISTEN: `here` is not an address with a port, such as 127.0.0.1:8080 or [::1]:8080
    SAMSYN_MAIL_FRON: there is no such setting; there are DATABASE_URL, SAMSYN_LISTEN, SAMSYN_PUBLIC_URL, SAMSYN_PROXY, SAMSYN_SMTP_URL, SAMSYN_MAIL_FROM, SAMSYN_MAIL_DIR, SAMSYN_OFFICE_HOURS, SAMSYN_BOUNCE_MAILDIR, SAMSYN_OPERATOR_EMAIL, SAMSYN_METRICS_ADDRESS, SAMSYN_OIDC_ISSUER, SAMSYN_OIDC_CLIENT_ID, SAMSYN_OIDC_CLIENT_SECRET, SAMSYN_OIDC_NAME, SAMSYN_OIDC_SCOPES, SAMSYN_LOG, SAMSYN_LOG_FORMAT
    ");
}
