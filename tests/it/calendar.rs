//! Holidays, working days, periods and due dates.

use chrono::{Datelike, NaiveDate, Weekday};
use proptest::prelude::*;
use samsyn::calendar::{
    Calendar, CalendarError, DayOff, Derivation, EndRule, HolidayKind, Period, PeriodUnit, holidays,
};

/// A date from its ISO text.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A due date in the Swedish calendar, moved off days off.
pub fn due(start: &str, period: &str) -> Derivation {
    Calendar::swedish().due(day(start), period.parse().unwrap(), EndRule::NextWorkingDay).unwrap()
}

fn skipped(derivation: &Derivation) -> Vec<String> {
    derivation.skipped.iter().map(|day| format!("{} {}", day.date, day.reason)).collect()
}

#[test]
fn a_year_has_thirteen_public_holidays_and_three_eves_in_order() {
    for year in 2005..=2100 {
        let days = holidays(year);
        assert!(days.is_sorted_by_key(|holiday| holiday.date));
        let eves: Vec<_> = days.iter().filter(|day| day.kind == HolidayKind::Eve).map(|day| day.name).collect();
        assert_eq!(
            (days.len(), eves.as_slice()),
            (16, ["midsommarafton", "julafton", "nyårsafton"].as_slice()),
            "{year}"
        );
    }
}

#[test]
fn holidays_of_a_year_are_those_of_the_almanac() {
    let listed: Vec<_> = holidays(2026).iter().map(|day| format!("{} {}", day.date, day.name)).collect();
    insta::assert_snapshot!(listed.join("\n"), @r"
    2026-01-01 nyårsdagen
    2026-01-06 trettondedag jul
    2026-04-03 långfredagen
    2026-04-05 påskdagen
    2026-04-06 annandag påsk
    2026-05-01 första maj
    2026-05-14 Kristi himmelsfärdsdag
    2026-05-24 pingstdagen
    2026-06-06 nationaldagen
    2026-06-19 midsommarafton
    2026-06-20 midsommardagen
    2026-10-31 alla helgons dag
    2026-12-24 julafton
    2026-12-25 juldagen
    2026-12-26 annandag jul
    2026-12-31 nyårsafton
    ");
}

#[test]
fn extreme_years_have_no_holidays_rather_than_a_crash() {
    for year in [i32::MIN, -1, 0, i32::MAX] {
        let _ = holidays(year);
    }
    let calendar = Calendar::swedish();
    assert_eq!(calendar.next_working_day(NaiveDate::MAX).year(), NaiveDate::MAX.year());
    assert_eq!(calendar.preceding_working_day(NaiveDate::MIN).year(), NaiveDate::MIN.year());
}

#[test]
fn days_that_only_custom_shortens_are_working_days() {
    let calendar = Calendar::swedish();
    for (date, what) in [("2026-04-02", "skärtorsdag"), ("2026-01-05", "trettondagsafton"), ("2026-04-30", "valborg")]
    {
        assert!(calendar.is_working_day(day(date)), "{what}");
    }
    assert!(calendar.is_working_day(day("2026-05-25")), "annandag pingst until 2004");
}

#[test]
fn a_day_off_says_why() {
    let calendar = Calendar::swedish().with_closing_day(day("2026-05-15"), "klämdag");
    let calendar = calendar.with_closing_day(day("2026-05-16"), "stängt");
    let why = |date: &str| calendar.day_off(day(date)).map(|off| off.reason().to_owned());
    assert_eq!(why("2026-05-13"), None);
    assert_eq!(why("2026-05-14").as_deref(), Some("Kristi himmelsfärdsdag"));
    assert_eq!(calendar.day_off(day("2026-05-15")), Some(DayOff::Closing("klämdag")));
    assert_eq!(calendar.day_off(day("2026-05-16")), Some(DayOff::Saturday), "the weekday goes before the closing day");
    assert_eq!(calendar.day_off(day("2026-05-17")), Some(DayOff::Sunday));
    assert_eq!(why("2026-06-06").as_deref(), Some("nationaldagen"), "the holiday goes before the Saturday");
    assert_eq!(calendar.next_working_day(day("2026-05-14")), day("2026-05-18"));
    assert_eq!(calendar.preceding_working_day(day("2026-05-17")), day("2026-05-13"));
}

#[test]
fn the_researched_vectors_hold() {
    for (start, period, ends, last) in [
        ("2026-11-02", "60d", "2027-01-01", "2027-01-04"),
        ("2026-10-24", "2m", "2026-12-24", "2026-12-28"),
        ("2026-12-31", "2m", "2027-02-28", "2027-03-01"),
        ("2027-05-25", "1m", "2027-06-25", "2027-06-28"),
        ("2026-11-06", "2m", "2027-01-06", "2027-01-07"),
        ("2026-05-07", "30d", "2026-06-06", "2026-06-08"),
        ("2026-03-24", "10d", "2026-04-03", "2026-04-07"),
        ("2027-01-25", "-1m", "2026-12-25", "2026-12-23"),
        ("2027-03-31", "-1m", "2027-02-28", "2027-02-26"),
    ] {
        let derivation = due(start, period);
        assert_eq!((derivation.ends, derivation.due), (day(ends), day(last)), "{period} from {start}");
        let unmoved = Calendar::swedish().due(day(start), period.parse().unwrap(), EndRule::AsCounted).unwrap();
        assert_eq!((unmoved.ends, unmoved.due, unmoved.skipped), (day(ends), day(ends), vec![]));
    }
}

#[test]
fn months_and_years_end_on_the_last_day_where_the_month_is_shorter() {
    for (start, period, ends) in [
        ("2027-01-31", "1m", "2027-02-28"),
        ("2028-01-31", "1m", "2028-02-29"),
        ("2027-02-28", "1m", "2027-03-28"),
        ("2028-02-29", "1y", "2029-02-28"),
        ("2028-02-29", "4y", "2032-02-29"),
        ("2027-02-28", "-1m", "2027-01-28"),
        ("2026-12-31", "-10m", "2026-02-28"),
    ] {
        assert_eq!(due(start, period).ends, day(ends), "{period} from {start}");
    }
}

#[test]
fn the_derivation_keeps_the_days_passed_over() {
    let moved = due("2026-11-02", "60d");
    assert_eq!(skipped(&moved), ["2027-01-01 nyårsdagen", "2027-01-02 lördag", "2027-01-03 söndag"]);
    let notice = due("2027-01-25", "-1m");
    assert_eq!(skipped(&notice), ["2026-12-25 juldagen", "2026-12-24 julafton"]);
    let working_days = due("2026-12-18", "4wd");
    assert_eq!(working_days.due, day("2026-12-28"));
    assert_eq!(skipped(&working_days), ["2026-12-24 julafton", "2026-12-25 juldagen"], "annandag jul is a Saturday");
    assert_eq!(skipped(&due("2026-12-18", "3wd")), Vec::<String>::new());
    assert_eq!(due("2026-12-25", "0wd").due, day("2026-12-28"));
    assert_eq!(Derivation::fixed(day("2026-12-25")).due, day("2026-12-25"), "a date that somebody set stands");
}

#[test]
fn a_derivation_is_the_same_after_json() {
    for derivation in [due("2027-01-25", "-1m"), Derivation::fixed(day("2026-12-25"))] {
        let json = serde_json::to_string(&derivation).unwrap();
        assert_eq!(serde_json::from_str::<Derivation>(&json).unwrap(), derivation);
        assert!(serde_json::from_str::<Derivation>(&json.replacen('{', r#"{"more":1,"#, 1)).is_err());
    }
}

#[test]
fn counting_out_of_the_years_is_refused() {
    let calendar = Calendar::swedish();
    for (start, period) in [
        ("2004-12-31", "1m"),
        ("2005-01-10", "-1m"),
        ("2005-01-10", "-30wd"),
        ("9999-12-30", "2d"),
        ("9999-12-31", "0d"),
        ("9999-12-01", "24000wd"),
    ] {
        let start = day(start);
        let refused = calendar.due(start, period.parse().unwrap(), EndRule::NextWorkingDay);
        assert_eq!(refused, Err(CalendarError::OutOfRange { start }), "{period}");
    }
    assert_eq!(calendar.add_working_days(day("9990-01-01"), i32::MAX), None);
    assert_eq!(calendar.add_working_days(day("2010-01-01"), i32::MIN), None);
}

#[test]
fn what_is_no_period_is_refused_with_what_would_be() {
    for text in ["", "d", "60", "d60", "1.5d", "+1d", "01d", "-0d", "1 d", "1D", "1q", "--1d", "-d", "wd", "٣d"] {
        let error = text.parse::<Period>().unwrap_err();
        assert_eq!(error, CalendarError::NotAPeriod(text.to_owned()));
        assert!(error.to_string().contains("write a whole number and d (days)"));
    }
    for text in ["36526d", "-36526d", "101y", "1201m", "5219w", "25001wd", "99999999999d", "-2147483648d"] {
        assert!(matches!(text.parse::<Period>(), Err(CalendarError::TooLong { .. })), "{text}");
    }
}

#[test]
fn periods_in_swedish() {
    for (text, words) in [
        ("60d", "60 dagar"),
        ("1d", "1 dag"),
        ("10wd", "10 arbetsdagar"),
        ("1w", "1 vecka"),
        ("1m", "1 månad"),
        ("2y", "2 år"),
        ("-1m", "1 månad före"),
        ("0d", "0 dagar"),
    ] {
        assert_eq!(text.parse::<Period>().unwrap().in_words(), words);
    }
}

#[test]
fn the_schema_of_a_period_is_text() {
    let schema = schemars::schema_for!(Period);
    assert_eq!(schema.get("type").unwrap(), "string");
    assert!(schema.get("pattern").is_some());
}

fn any_unit() -> impl Strategy<Value = PeriodUnit> {
    prop::sample::select(vec![
        PeriodUnit::Days,
        PeriodUnit::WorkingDays,
        PeriodUnit::Weeks,
        PeriodUnit::Months,
        PeriodUnit::Years,
    ])
}

fn any_period(most: i32) -> impl Strategy<Value = Period> {
    (-most..most, any_unit()).prop_filter_map("at most a century", |(count, unit)| Period::new(count, unit).ok())
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (day("2005-01-01").num_days_from_ce()..day("2100-12-31").num_days_from_ce())
        .prop_map(|days| NaiveDate::from_num_days_from_ce_opt(days).unwrap())
}

/// Off by the letter of the law, read from the list of holidays alone.
fn is_off(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun) || holidays(date.year()).iter().any(|day| day.date == date)
}

proptest! {
    #[test]
    fn working_days_are_counted_one_by_one(start in any_day(), count in -120i32..120) {
        let answer = Calendar::swedish().add_working_days(start, count);
        prop_assume!(answer.is_some());
        let answer = answer.unwrap();
        let (first, last) = (start.min(answer), start.max(answer));
        let crossed = first.iter_days().take_while(|date| *date <= last);
        let crossed = crossed.filter(|date| *date != start && !is_off(*date));
        prop_assert_eq!(crossed.count(), count.unsigned_abs() as usize);
        prop_assert!(count == 0 || !is_off(answer));
        prop_assert_eq!(answer.cmp(&start), count.cmp(&0));
    }

    #[test]
    fn a_period_is_the_same_after_text_and_json(period in any_period(40_000)) {
        prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
        let json = serde_json::to_string(&period).unwrap();
        prop_assert_eq!(&json, &format!("\"{period}\""));
        prop_assert_eq!(serde_json::from_str::<Period>(&json).unwrap(), period);
    }

    #[test]
    fn a_due_date_is_a_working_day_in_the_direction_of_the_count(start in any_day(), period in any_period(1_000)) {
        let Ok(derivation) = Calendar::swedish().due(start, period, EndRule::NextWorkingDay) else { return Ok(()) };
        let Derivation { ends, due, ref skipped, .. } = derivation;
        prop_assert!(!is_off(due));
        let in_order = if period.count() < 0 { [due, ends, start] } else { [start, ends, due] };
        prop_assert!(in_order.is_sorted());
        prop_assert!((due - ends).num_days().abs() <= 5, "Christmas and a weekend are the longest row");
        prop_assert!(skipped.iter().all(|day| is_off(day.date)));
        prop_assert!(derivation.sentence().ends_with('.'));
    }

    #[test]
    fn no_text_makes_a_period_panic(text in "-?[0-9]{0,20}(d|wd|w|m|y|x)?") {
        let _ = text.parse::<Period>();
    }
}

/// The days that count after the start, up to the due date, less those of the rest: what was there to begin with.
fn counted(calendar: &Calendar, derivation: &Derivation, rest: (NaiveDate, NaiveDate), working: bool) -> usize {
    let days = derivation.start.iter_days().skip(1).take_while(|date| *date <= derivation.due);
    let counts =
        |date: &NaiveDate| !(*date > rest.0 && *date <= rest.1) && (!working || calendar.is_working_day(*date));
    days.filter(counts).count()
}

proptest! {
    #[test]
    fn what_was_left_when_a_count_began_to_rest_is_left_when_it_goes_on(
        start in 0_i64..20_000, length in 1_i32..200, begins in 0_i64..400, rests in 1_i64..400, working: bool,
    ) {
        let calendar = Calendar::swedish();
        let start = day("2010-01-01") + chrono::Duration::days(start);
        let period: Period = format!("{length}{}", if working { "wd" } else { "d" }).parse().unwrap();
        let derivation = calendar.due(start, period, EndRule::AsCounted).unwrap();
        let from = (start + chrono::Duration::days(begins)).min(derivation.due);
        let until = from + chrono::Duration::days(rests);
        let rested = calendar.paused(&derivation, from, until, EndRule::AsCounted).unwrap();
        prop_assert_eq!(counted(&calendar, &rested, (from, until), working), length as usize);
        prop_assert_eq!(&calendar.recounted(&rested, EndRule::AsCounted).unwrap(), &rested);
        // Ended on its first day it has moved nothing, and counts as a rest; ended on its last, nothing changes.
        let at_once = calendar.resumed(&rested, from, EndRule::AsCounted).unwrap();
        prop_assert_eq!((at_once.due, at_once.days_paused()), (derivation.due, 1));
        prop_assert_eq!(&calendar.resumed(&rested, until, EndRule::AsCounted).unwrap(), &rested);
    }
}
