//! `samsyn calendar`: the Swedish calendar on the command line, for whoever writes a workflow file or checks a date.
//! Reads no database and no settings.

use std::io::Write;

use chrono::{Datelike, NaiveDate};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::calendar::{Calendar, EndRule, Holiday, HolidayKind, Period, YEARS, holidays, in_words};

/// Arguments of `samsyn calendar`.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    #[command(subcommand)]
    command: CalendarCommand,
}

#[derive(Debug, Subcommand)]
enum CalendarCommand {
    /// Print the public holidays and the three eves of a year, or of several.
    Holidays {
        /// The year, 2005 to 9999.
        #[arg(value_parser = year)]
        year: i32,
        /// The last year, for several years.
        #[arg(value_parser = year)]
        last: Option<i32>,
        /// Print an array of objects with date, name and kind (`public_holiday` or `eve`).
        #[arg(long)]
        json: bool,
    },
    /// Print where a period ends, the due date, and how it came about.
    Due {
        /// The day to count from, such as 2026-11-02. It is not counted itself.
        #[arg(value_parser = date)]
        start: NaiveDate,
        /// 60d (days), 10wd (working days), 2w (weeks), 2m (months), 1y (years); -1m counts backward.
        #[arg(allow_hyphen_values = true)]
        period: Period,
        /// Let the period end on a day off instead of moving it to the next (counted backward: the preceding) working
        /// day.
        #[arg(long)]
        as_counted: bool,
        /// Print an object with start, period, ends, due and sentence.
        #[arg(long)]
        json: bool,
    },
}

/// The answer of `due` in JSON.
#[derive(Serialize)]
struct Due {
    start: NaiveDate,
    period: Period,
    ends: NaiveDate,
    due: NaiveDate,
    sentence: String,
}

/// Prints what was asked for on standard output.
///
/// # Errors
/// When the dates leave the years 2005 to 9999, or standard output cannot be written.
pub fn run(args: CalendarArgs) -> anyhow::Result<()> {
    let text = match args.command {
        CalendarCommand::Holidays { year, last, json } => print_holidays(year, last.unwrap_or(year), json)?,
        CalendarCommand::Due { start, period, as_counted, json } => {
            let rule = if as_counted { EndRule::AsCounted } else { EndRule::NextWorkingDay };
            print_due(start, period, rule, json)?
        }
    };
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

fn print_holidays(first: i32, last: i32, json: bool) -> anyhow::Result<String> {
    anyhow::ensure!(first <= last, "the last year, {last}, is before the first, {first}");
    let days: Vec<Holiday> = (first..=last).flat_map(holidays).collect();
    if json {
        return Ok(serde_json::to_string(&days)?);
    }
    let lines: Vec<String> = days.iter().map(holiday_line).collect();
    Ok(lines.join("\n"))
}

fn holiday_line(day: &Holiday) -> String {
    let eve = if day.kind == HolidayKind::Eve { " (eve)" } else { "" };
    format!("{}  {}, {}{eve}", day.date, in_words(day.date), day.name)
}

fn print_due(start: NaiveDate, period: Period, rule: EndRule, json: bool) -> anyhow::Result<String> {
    let derivation = Calendar::swedish().due(start, period, rule)?;
    let (ends, due, sentence) = (derivation.ends, derivation.due, derivation.sentence());
    if json {
        return Ok(serde_json::to_string(&Due { start, period, ends, due, sentence })?);
    }
    Ok(format!("ends  {ends}\ndue   {due}\n{sentence}"))
}

/// A year that can be counted in.
fn year(text: &str) -> Result<i32, String> {
    text.parse().ok().filter(|year| YEARS.contains(year)).ok_or_else(|| {
        format!(
            "write a year from {} to {}: the holidays are those of the law since 2005, and years have four digits",
            YEARS.start(),
            YEARS.end()
        )
    })
}

/// A date that can be counted from.
fn date(text: &str) -> Result<NaiveDate, String> {
    let date = text.parse::<NaiveDate>().map_err(|_| "write an existing day as year-month-day, such as 2026-11-02")?;
    year(&date.year().to_string()).map(|_| date)
}
