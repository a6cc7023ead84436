//! How a due date explains itself: one Swedish sentence for each kind.

use insta::assert_snapshot;
use samsyn::calendar::{Calendar, Derivation, EndRule, in_words};

use crate::calendar::{day, due};

fn sentence(start: &str, period: &str) -> String {
    due(start, period).sentence()
}

#[test]
fn a_date_has_its_weekday() {
    assert_snapshot!(in_words(day("2026-11-02")), @"måndag 2 november 2026");
    assert_snapshot!(in_words(day("2028-02-29")), @"tisdag 29 februari 2028");
}

#[test]
fn a_date_that_somebody_set() {
    assert_snapshot!(Derivation::fixed(day("2026-11-02")).sentence(), @"Datumet är bestämt till måndag 2 november 2026.");
}

#[test]
fn a_count_that_ends_on_a_working_day() {
    assert_snapshot!(sentence("2026-11-02", "1d"), @"1 dag från måndag 2 november 2026 slutar tisdag 3 november 2026.");
    assert_snapshot!(sentence("2026-11-02", "2w"), @"2 veckor från måndag 2 november 2026 slutar måndag 16 november 2026.");
    assert_snapshot!(sentence("2026-11-02", "1m"), @"1 månad från måndag 2 november 2026 slutar onsdag 2 december 2026.");
    assert_snapshot!(sentence("2026-11-02", "1y"), @"1 år från måndag 2 november 2026 slutar tisdag 2 november 2027.");
    assert_snapshot!(sentence("2026-11-02", "0d"), @"Samma dag, måndag 2 november 2026.");
}

#[test]
fn a_count_that_is_moved_forward() {
    assert_snapshot!(sentence("2026-11-02", "60d"), @"60 dagar från måndag 2 november 2026 slutar fredag 1 januari 2027 (nyårsdagen), som inte är en arbetsdag, därför måndag 4 januari 2027.");
    assert_snapshot!(sentence("2026-11-02", "12d"), @"12 dagar från måndag 2 november 2026 slutar lördag 14 november 2026, som inte är en arbetsdag, därför måndag 16 november 2026.");
    assert_snapshot!(sentence("2026-03-24", "10d"), @"10 dagar från tisdag 24 mars 2026 slutar fredag 3 april 2026 (långfredagen), som inte är en arbetsdag, inte heller 5 april (påskdagen) eller 6 april (annandag påsk), därför tisdag 7 april 2026.");
    assert_snapshot!(sentence("2026-12-24", "0d"), @"Samma dag, torsdag 24 december 2026 (julafton), som inte är en arbetsdag, inte heller 25 december (juldagen) eller 26 december (annandag jul), därför måndag 28 december 2026.");
}

#[test]
fn a_count_that_stays_on_a_day_off() {
    let derivation = Calendar::swedish().due(day("2026-11-02"), "60d".parse().unwrap(), EndRule::AsCounted).unwrap();
    assert_snapshot!(derivation.sentence(), @"60 dagar från måndag 2 november 2026 slutar fredag 1 januari 2027.");
}

#[test]
fn a_notice_counted_backward() {
    assert_snapshot!(sentence("2027-02-25", "-1m"), @"1 månad före torsdag 25 februari 2027 är måndag 25 januari 2027.");
    assert_snapshot!(sentence("2027-01-25", "-1m"), @"1 månad före måndag 25 januari 2027 är fredag 25 december 2026 (juldagen), som inte är en arbetsdag, inte heller 24 december (julafton), därför arbetsdagen innan, onsdag 23 december 2026.");
    assert_snapshot!(sentence("2027-03-31", "-1m"), @"1 månad före onsdag 31 mars 2027 är söndag 28 februari 2027, som inte är en arbetsdag, därför arbetsdagen innan, fredag 26 februari 2027.");
}

#[test]
fn a_count_of_working_days() {
    assert_snapshot!(sentence("2026-11-02", "10wd"), @"10 arbetsdagar från måndag 2 november 2026 slutar måndag 16 november 2026.");
    assert_snapshot!(sentence("2026-12-18", "4wd"), @"4 arbetsdagar från fredag 18 december 2026 slutar måndag 28 december 2026, då 24 december (julafton) och 25 december (juldagen) inte räknas.");
    assert_snapshot!(sentence("2027-01-11", "-3wd"), @"3 arbetsdagar före måndag 11 januari 2027 är tisdag 5 januari 2027, då 6 januari (trettondedag jul) inte räknas.");
}

#[test]
fn a_long_count_of_working_days_sums_up() {
    assert_snapshot!(sentence("2026-01-02", "300wd"), @"300 arbetsdagar från fredag 2 januari 2026 slutar måndag 15 mars 2027, då 6 januari (trettondedag jul), 3 april (långfredagen), 6 april (annandag påsk), 1 maj (första maj), 14 maj (Kristi himmelsfärdsdag), 19 juni (midsommarafton), 24 december (julafton), 25 december (juldagen), 31 december (nyårsafton), 1 januari (nyårsdagen) med flera inte räknas.");
}

#[test]
fn a_closing_day_is_named() {
    let calendar = Calendar::swedish().with_closing_day(day("2026-05-15"), "klämdag");
    let derivation = calendar.due(day("2026-05-01"), "2w".parse().unwrap(), EndRule::NextWorkingDay).unwrap();
    assert_snapshot!(derivation.sentence(), @"2 veckor från fredag 1 maj 2026 slutar fredag 15 maj 2026 (klämdag), som inte är en arbetsdag, därför måndag 18 maj 2026.");
}
