//! The guard against identities. Numbers are made up as the tests run, save two that everybody uses as examples.

use proptest::prelude::*;
use samsyn::personal_number::{contains, find};

/// The date with three more digits and the right check digit, without separators: `19121212` and `121` give
/// `191212121212`.
fn number(date: &str, three: &str) -> String {
    let digits = format!("{date}{three}");
    let sum: u32 = digits[digits.len() - 9..]
        .bytes()
        .map(|byte| u32::from(byte - b'0'))
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// The number with a separator before the last four.
fn parted(date: &str, three: &str, separator: &str) -> String {
    let whole = number(date, three);
    let (date, last) = whole.split_at(whole.len() - 4);
    format!("{date}{separator}{last}")
}

/// What was found, as text.
fn found(text: &str) -> Option<&str> {
    find(text).map(|range| &text[range])
}

#[test]
fn the_test_number_that_everybody_knows() {
    assert_eq!(number("19121212", "121"), "191212121212");
    for text in ["19121212-1212", "191212121212", "121212-1212", "1212121212", "121212+1212"] {
        assert_eq!(found(text), Some(text));
    }
}

#[test]
fn the_range_is_that_of_the_first_number_in_bytes() {
    let text = "Gällde åäö 19121212–1212, sedan 811228-9874.";
    assert_eq!(found(text), Some("19121212–1212"));
    assert_eq!(found("för (811228-9874)."), Some("811228-9874"));
    assert_eq!(found("pnr8112289874hej"), Some("8112289874"));
}

#[test]
fn every_dash_and_space_between_date_and_last_four() {
    let dashes = "-+\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2043}\u{2212}\u{fe58}\u{fe63}\u{ff0d}\u{ff0b}";
    let spaces = " \t\n\u{a0}\u{2009}\u{202f}";
    for c in dashes.chars().chain(spaces.chars()) {
        for date in ["19121212", "121212"] {
            let text = parted(date, "121", &c.to_string());
            assert_eq!(found(&text), Some(text.as_str()), "{c:?}");
        }
    }
}

#[test]
fn what_hands_and_programs_do_to_a_number() {
    for text in [
        "19121212 - 1212",
        "19121212-\n1212",
        "19121212-\r\n1212",
        "1912 1212-1212",
        "1912-12-12-1212",
        "1912-12-12 1212",
        "12 12 12-1212",
        "1912\u{ad}1212-\u{200b}1212",
        "\u{ff11}\u{ff19}\u{ff11}\u{ff12}\u{ff11}\u{ff12}\u{ff11}\u{ff12}-1212",
    ] {
        assert_eq!(found(text), Some(text));
    }
}

#[test]
fn a_coordination_number_has_sixty_more_days() {
    assert!(contains(&parted("19121272", "121", "-")));
    assert!(contains(&parted("121291", "121", "-")));
    assert!(!contains(&parted("121292", "121", "-")), "32 December");
    assert!(!contains(&parted("121260", "121", "-")), "0 December");
    assert!(!contains(&parted("120290", "121", "-")), "30 February");
}

#[test]
fn a_leap_day_counts_where_either_century_had_it() {
    assert!(contains(&parted("000229", "121", "-")), "2000 was a leap year, 1900 not");
    assert!(!contains(&parted("19000229", "121", "-")));
    assert!(contains(&parted("20000229", "121", "-")));
    assert!(!contains(&parted("010229", "121", "-")));
}

#[test]
fn only_the_centuries_of_the_register() {
    for (date, is_one) in [("17991212", false), ("18001212", true), ("20991212", true), ("21001212", false)] {
        assert_eq!(contains(&parted(date, "121", "-")), is_one, "{date}");
    }
}

#[test]
fn what_only_looks_like_a_number() {
    for text in [
        "",
        "19121212-1213", // check digit
        "556677-8899",   // organisation number
        "19121212",      // a date
        "19121212121",   // eleven digits
        "0191212121212", // a longer run
        "1912121212120",
        "19121212-12120",
        "19121212.1212", // separators that are not looked for
        "19121212/1212",
        "19121212   \u{a0}   1212",
        "FALUN-2026-0017",
        "2026-11-02 14:30",
    ] {
        assert_eq!(found(text), None);
    }
}

#[test]
fn a_date_before_a_year_or_an_area_code_is_let_through() {
    // Each first twelve digits have the right check digit, so that only what follows tells them apart.
    let after = |date: &str, three: &str| number(&date.replace('-', ""), three).split_off(8);
    assert_eq!(after("2026-11-03", "202"), "2026");
    assert_eq!(found("2026-11-03–2026-11-05"), None);
    assert_eq!(found("2026-11-03\n2026-11-05"), None);
    assert_eq!(after("2026-11-04", "024"), "0243");
    assert_eq!(found("2026-11-04 0243-73500"), None);
    assert_eq!(found("20261103-2026-11"), Some("20261103-2026"), "written as a number is");
}

fn date_text() -> impl Strategy<Value = String> {
    (1900u32..2026, 1u32..=12, 1u32..=28, prop::bool::ANY, prop::bool::ANY).prop_map(
        |(year, month, day, long, coordination)| {
            let day = if coordination { day + 60 } else { day };
            let date = format!("{year}{month:02}{day:02}");
            if long { date } else { date[2..].to_owned() }
        },
    )
}

proptest! {
    #[test]
    fn every_valid_number_is_found_amid_text(
        date in date_text(),
        three in "[0-9]{3}",
        separator in "[-+ ]?",
        before in "[a-zåäö ]{0,9}[a-zåäö (:]",
        after in "[.,)]?[a-zåäö ]{0,9}",
    ) {
        let one = parted(&date, &three, &separator);
        let text = format!("{before}{one}{after}");
        prop_assert_eq!(found(&text), Some(one.as_str()));
    }

    #[test]
    fn one_wrong_digit_is_no_number(date in date_text(), three in "[0-9]{3}", place in 2usize..10, other in 1u8..10) {
        let mut digits = number(&date, &three).into_bytes();
        let at = digits.len() - place + 1;
        digits[at] = b'0' + (digits[at] - b'0' + other) % 10;
        prop_assert!(!contains(std::str::from_utf8(&digits).unwrap()));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        if let Some(range) = find(&text) {
            prop_assert!(text.get(range).is_some());
        }
    }
}
