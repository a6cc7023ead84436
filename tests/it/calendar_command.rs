//! `samsyn calendar`, run as people run it.

use std::process::{Command, Output};

use serde_json::Value;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_samsyn")).arg("calendar").args(args).output().unwrap()
}

fn printed(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The line that says what was wrong.
fn refused(args: &[&str]) -> String {
    let output = run(args);
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap().lines().next().unwrap().to_owned()
}

#[test]
fn due_prints_the_end_the_moved_day_and_the_sentence() {
    insta::assert_snapshot!(printed(&["due", "2026-11-02", "60d"]), @r"
    ends  2027-01-01
    due   2027-01-04
    60 dagar från måndag 2 november 2026 slutar fredag 1 januari 2027 (nyårsdagen), som inte är en arbetsdag, därför måndag 4 januari 2027.
    ");
}

#[test]
fn due_in_json_has_its_five_keys() {
    for args in [["due", "2027-01-25", "-1m", "--json"], ["due", "--json", "2027-01-25", "-1m"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(printed(&args), @r#"{"start":"2027-01-25","period":"-1m","ends":"2026-12-25","due":"2026-12-23","sentence":"1 månad före måndag 25 januari 2027 är fredag 25 december 2026 (juldagen), som inte är en arbetsdag, inte heller 24 december (julafton), därför arbetsdagen innan, onsdag 23 december 2026."}"#);
        }
    }
}

#[test]
fn due_can_stay_where_the_count_ends() {
    assert!(printed(&["due", "2026-11-02", "60d", "--as-counted"]).contains("due   2027-01-01"));
}

#[test]
fn holidays_of_one_year_or_several() {
    let of = |args: &[&str]| serde_json::from_str::<Vec<Value>>(&printed(args)).unwrap();
    let year = of(&["holidays", "2027", "--json"]);
    assert_eq!(year[0], serde_json::json!({"date": "2027-01-01", "name": "nyårsdagen", "kind": "public_holiday"}));
    assert_eq!(of(&["holidays", "2005", "2100", "--json"]).len(), 96 * 16);
    assert!(printed(&["holidays", "2027"]).contains("2027-06-25  fredag 25 juni 2027, midsommarafton (eve)\n"));
}

#[test]
fn what_is_wrong_is_named_with_what_is_accepted() {
    insta::assert_snapshot!(refused(&["due", "2026-11-31", "1d"]), @"error: invalid value '2026-11-31' for '<START>': write an existing day as year-month-day, such as 2026-11-02");
    insta::assert_snapshot!(refused(&["due", "2026-11-02", "1.5d"]), @"error: invalid value '1.5d' for '<PERIOD>': `1.5d` is not a period: write a whole number and d (days), wd (working days), w (weeks), m (months) or y (years), such as 60d, 10wd, 2w, 2m, 1y, or -1m to count backward");
    insta::assert_snapshot!(refused(&["due", "2026-11-02", "300y"]), @"error: invalid value '300y' for '<PERIOD>': the period 300y is too long: at most 100y, about a hundred years");
    insta::assert_snapshot!(refused(&["due", "9999-12-30", "1d"]), @"error: counting from 9999-12-30 leaves the years 2005 to 9999: the holidays are those of the law since 2005, and years have four digits");
    insta::assert_snapshot!(refused(&["holidays", "2004"]), @"error: invalid value '2004' for '<YEAR>': write a year from 2005 to 9999: the holidays are those of the law since 2005, and years have four digits");
    insta::assert_snapshot!(refused(&["holidays", "2027", "2026"]), @"error: the last year, 2026, is before the first, 2027");
}
