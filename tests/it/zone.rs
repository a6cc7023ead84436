//! Civil dates and instants, over the changes of clocks.

use chrono::{Duration, NaiveDate, NaiveTime};
use proptest::prelude::*;
use samsyn::calendar::{
    Calendar, OfficeHours, at, end_of_day, local_date, local_minute, start_of_day, working_morning,
};
use samsyn::clock::Timestamp;

use crate::calendar::day;

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn on(date: &str, time: &str) -> String {
    at(day(date), time.parse::<NaiveTime>().unwrap()).to_string()
}

#[test]
fn a_time_that_the_clocks_skip_moves_forward() {
    assert_eq!(on("2026-03-29", "01:59:59"), "2026-03-29T00:59:59.000000Z");
    assert_eq!(on("2026-03-29", "02:00:00"), "2026-03-29T01:00:00.000000Z");
    assert_eq!(on("2026-03-29", "02:30:00"), "2026-03-29T01:30:00.000000Z", "shown as 03:30");
    assert_eq!(on("2026-03-29", "03:00:00"), "2026-03-29T01:00:00.000000Z");
}

#[test]
fn an_instant_is_told_as_the_wall_shows_it() {
    assert_eq!(local_minute(instant("2026-03-28T23:59:59Z")), "2026-03-29 00:59");
    assert_eq!(local_minute(instant("2026-03-29T01:00:00Z")), "2026-03-29 03:00");
}

#[test]
fn of_a_time_shown_twice_it_is_the_first() {
    assert_eq!(on("2026-10-25", "02:30:00"), "2026-10-25T00:30:00.000000Z");
    assert_eq!(on("2026-10-25", "03:00:00"), "2026-10-25T02:00:00.000000Z");
}

#[test]
fn nine_stays_nine_over_a_change_of_clocks() {
    assert_eq!(on("2026-03-28", "09:00:00"), "2026-03-28T08:00:00.000000Z");
    assert_eq!(on("2026-03-29", "09:00:00"), "2026-03-29T07:00:00.000000Z");
}

#[test]
fn days_last_as_long_as_the_clocks_make_them() {
    for (changes, spring, autumn) in
        [(2026, "2026-03-29", "2026-10-25"), (2027, "2027-03-28", "2027-10-31"), (2028, "2028-03-26", "2028-10-29")]
    {
        let hours = |date: &str| (end_of_day(day(date)).utc() - start_of_day(day(date)).utc()).num_hours();
        assert_eq!((hours(spring), hours(autumn)), (23, 25), "{changes}");
    }
}

#[test]
fn the_day_turns_at_midnight_in_sweden() {
    assert_eq!(local_date(instant("2026-07-01T21:59:59.999999Z")), day("2026-07-01"));
    assert_eq!(local_date(instant("2026-07-01T22:00:00Z")), day("2026-07-02"));
    assert_eq!(local_date(instant("2026-12-31T22:59:59Z")), day("2026-12-31"));
    assert_eq!(local_date(instant("2026-12-31T23:00:00Z")), day("2027-01-01"));
}

#[test]
fn reminders_fall_due_on_a_working_morning() {
    let calendar = Calendar::swedish();
    let morning = |date: &str| working_morning(&calendar, day(date)).to_string();
    assert_eq!(morning("2026-11-02"), "2026-11-02T07:00:00.000000Z");
    assert_eq!(morning("2026-06-19"), "2026-06-22T06:00:00.000000Z", "after Midsummer");
}

/// When a mail of each of these instants leaves, with these hours.
fn leaving<const N: usize>(hours: &str, instants: [&str; N]) -> [String; N] {
    let (hours, calendar) = (hours.parse::<OfficeHours>().unwrap(), Calendar::swedish());
    instants.map(|moment| hours.moment(&calendar, instant(moment)).to_string().replace(":00.000000Z", "Z"))
}

#[test]
fn outside_office_hours_a_mail_waits_for_the_next_working_morning() {
    // Friday 23 October 2026, summer time; the clocks are set back on Sunday.
    let autumn =
        ["2026-10-23T04:59Z", "2026-10-23T05:00Z", "2026-10-23T14:59Z", "2026-10-23T15:00Z", "2026-10-25T10:00Z"]
            .map(|moment| moment.replace('Z', ":00Z"));
    let autumn = autumn.each_ref().map(String::as_str);
    let usual =
        ["2026-10-23T06:00Z", "2026-10-23T05:00Z", "2026-10-23T14:59Z", "2026-10-26T07:00Z", "2026-10-26T07:00Z"];
    assert_eq!(leaving("07:00-17:00", autumn), usual);
    assert_eq!(OfficeHours::default(), "07:00-17:00".parse().unwrap());
    // Those who open at nine have their mornings at nine, by the clock on the wall.
    let late =
        ["2026-10-23T07:00Z", "2026-10-23T07:00Z", "2026-10-26T08:00Z", "2026-10-26T08:00Z", "2026-10-26T08:00Z"];
    assert_eq!(leaving("09:00-15:30", autumn), late);
    // Before Easter, with the clocks set forward on the Sunday before.
    let easter = ["2026-03-28T09:00:00Z", "2026-04-02T15:00:00Z", "2026-04-06T09:00:00Z"];
    assert_eq!(leaving("07:00-17:00", easter), ["2026-03-30T06:00Z", "2026-04-07T06:00Z", "2026-04-07T06:00Z"]);
    assert_eq!(leaving("always", easter), ["2026-03-28T09:00Z", "2026-04-02T15:00Z", "2026-04-06T09:00Z"]);
}

#[test]
fn what_are_no_office_hours_is_refused() {
    for wrong in ["", "7", "07:00", "17:00-07:00", "07:00-07:30", "22:00-24:00", "07.00-17.00", "07:00-17:00-18:00"] {
        assert!(wrong.parse::<OfficeHours>().is_err(), "{wrong}");
    }
    assert_eq!("always".parse::<OfficeHours>().unwrap().to_string(), "always");
    assert_eq!("06:30 - 18:00".parse::<OfficeHours>().unwrap().to_string(), "06:30-18:00");
    assert_eq!("always".parse::<OfficeHours>().unwrap().to_string(), "always");
}

#[test]
fn after_the_zone_table_normal_time_holds() {
    assert_eq!(on("2099-07-01", "12:00:00"), "2099-07-01T10:00:00.000000Z");
    assert_eq!(on("2101-07-01", "12:00:00"), "2101-07-01T11:00:00.000000Z");
}

#[test]
fn the_ends_of_chronos_years_do_not_panic() {
    for date in [NaiveDate::MIN, NaiveDate::MAX] {
        let _ = (start_of_day(date), end_of_day(date));
    }
}

proptest! {
    #[test]
    fn an_instant_lies_within_its_day(seconds in 1_104_537_600i64..4_102_444_800) {
        let moment = instant("1970-01-01T00:00:00Z") + Duration::seconds(seconds);
        let date = local_date(moment);
        prop_assert!(start_of_day(date) <= moment && moment < end_of_day(date));
        prop_assert_eq!(local_date(start_of_day(date)), date);
    }
}
