//! Dates, durations and time zones.

use std::sync::OnceLock;
use std::time::Instant;

use foxvm::{Context, Date, Error, Native, Span, Value};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;

use crate::failure;
use crate::gather::{Gather, too_long};
use crate::zone::{date, iso, moment, seen, zone};

/// Longest form of a date, in bytes.
const FORM_BYTES: usize = 1024;

pub(crate) fn natives() -> Vec<Native> {
    vec![
        now::native(),
        monotonic::native(),
        format::native(),
        parse::native(),
        to_iso::native(),
        of_iso::native(),
        parts::native(),
        of_parts::native(),
        offset::native(),
        unix::native(),
        of_unix::native(),
        milliseconds::native(),
        of_milliseconds::native(),
        nanoseconds::native(),
        duration::native(),
    ]
}

/// The date and time now.
#[foxvm::native(name = "time.now", cap = "clock")]
fn now() -> Result<Date, Error> {
    date(Timestamp::now())
}

/// Time since some moment before, which never goes backwards: for measuring.
#[foxvm::native(name = "time.monotonic", cap = "clock")]
fn monotonic() -> Span {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    let since = FIRST.get_or_init(Instant::now).elapsed();
    Span(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

fn form_of(cx: &mut Context<'_>, form: &str) -> Result<(), Error> {
    if form.len() > FORM_BYTES {
        return Err(failure::range(format!(
            "a form has at most {FORM_BYTES} bytes"
        )));
    }
    cx.work(form.len() * 16)
}

/// Takes what a form writes, up to a bound: widths in a form may be large.
struct Bounded(Gather);

impl jiff::fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> Result<(), jiff::Error> {
        if self.0.len() + text.len() > 64 * FORM_BYTES {
            return Err(jiff::Error::from_args(format_args!("too long")));
        }
        self.0
            .push(text)
            .map_err(|_| jiff::Error::from_args(format_args!("too long")))
    }
}

/// A date in a time zone, written by a form as strftime has it: %Y-%m-%d %H:%M:%S, %A, %B, %j, %z, %Q.
#[foxvm::native(name = "time.format", cost = 16)]
fn format(cx: &mut Context<'_>, date: Date, form: &str, zone: &str) -> Result<String, Error> {
    form_of(cx, form)?;
    let seen = seen(date.0, zone)?;
    let mut made = Bounded(Gather::new(cx));
    match strtime::BrokenDownTime::from(&seen).format(form, &mut made) {
        Ok(()) => Ok(made.0.finish()),
        Err(_) if made.0.len() + 1 > 64 * FORM_BYTES => Err(too_long(64 * FORM_BYTES)),
        Err(error) => Err(failure::conv(error.to_string())),
    }
}

/// The date that a text gives by a form as strptime has it. A text without an offset is taken in the time zone, one without
/// a time at midnight.
#[foxvm::native(name = "time.parse", cost = 16)]
fn parse(cx: &mut Context<'_>, text: &str, form: &str, zone_name: &str) -> Result<Date, Error> {
    form_of(cx, form)?;
    cx.work(text.len())?;
    let zone = zone(zone_name)?;
    let wrong = |error: jiff::Error| failure::conv(error.to_string());
    let read = strtime::BrokenDownTime::parse(form, text).map_err(wrong)?;
    match read.to_timestamp() {
        Ok(moment) => return date(moment),
        Err(error) if read.offset().is_some() => return Err(wrong(error)),
        Err(_) => {}
    }
    let day = read.to_date().map_err(wrong)?;
    let clock = match read.to_time() {
        Ok(clock) => clock,
        Err(error) if read.hour().is_some() => return Err(wrong(error)),
        Err(_) => jiff::civil::Time::midnight(),
    };
    let local = DateTime::from_parts(day, clock);
    date(
        zone.to_ambiguous_zoned(local)
            .compatible()
            .map_err(wrong)?
            .timestamp(),
    )
}

/// A date as ISO 8601 has it, in UTC.
#[foxvm::native(name = "time.iso")]
fn to_iso(date: Date) -> String {
    iso(date.0)
}

/// The date of an ISO 8601 text with an offset or Z.
#[foxvm::native(name = "time.of_iso", cost = 8)]
fn of_iso(cx: &mut Context<'_>, text: &str) -> Result<Date, Error> {
    cx.work(text.len())?;
    let read: Timestamp = text
        .parse()
        .map_err(|error: jiff::Error| failure::conv(error.to_string()))?;
    date(read)
}

/// A date's parts in a time zone: year, month, day, hour, minute, second, nanosecond, weekday (1 is Monday), yearday, offset
/// (a duration) and zone (its abbreviation).
#[foxvm::native(name = "time.parts", cost = 16)]
fn parts(cx: &mut Context<'_>, date: Date, zone: &str) -> Result<Value, Error> {
    let seen = seen(date.0, zone)?;
    let numbers = [
        ("year", i64::from(seen.year())),
        ("month", i64::from(seen.month())),
        ("day", i64::from(seen.day())),
        ("hour", i64::from(seen.hour())),
        ("minute", i64::from(seen.minute())),
        ("second", i64::from(seen.second())),
        ("nanosecond", i64::from(seen.subsec_nanosecond())),
        ("weekday", i64::from(seen.weekday().to_monday_one_offset())),
        ("yearday", i64::from(seen.day_of_year())),
    ];
    let mut made = cx.builder();
    for (name, number) in numbers {
        made.push(name)?;
        made.push(number)?;
    }
    made.push("offset")?;
    made.push(Span(i64::from(seen.offset().seconds()) * SECOND))?;
    made.push("zone")?;
    let abbreviation = seen.time_zone().to_offset_info(seen.timestamp());
    made.push(abbreviation.abbreviation())?;
    made.record(numbers.len() + 2)?;
    made.finish()
}

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// The date of parts, as `time.parts` gives them, in a time zone. Only year is needed; month and day are else 1, the others 0. A
/// time that a change of the clocks leaves out or repeats is taken as calendars do: later, or the first.
#[foxvm::native(name = "time.of_parts", cost = 16)]
fn of_parts(cx: &mut Context<'_>, parts: Value, zone_name: &str) -> Result<Date, Error> {
    let zone = zone(zone_name)?;
    if parts.kind_name() != "map" {
        return Err(failure::kind(format!(
            "expected a map of parts, found {}",
            parts.kind_name()
        )));
    }
    let mut read = |name: &str, usual: Option<i64>, least: i64, most: i64| -> Result<i64, Error> {
        let number = match cx.member(&parts, name)? {
            Some(value) if !value.is_empty() => cx.read::<i64>(&value)?,
            _ => usual.ok_or_else(|| failure::kind(format!("the parts have no {name}")))?,
        };
        if (least..=most).contains(&number) {
            Ok(number)
        } else {
            Err(failure::range(format!(
                "{name} lies between {least} and {most}, not {number}"
            )))
        }
    };
    let year = read("year", None, -9999, 9999)?;
    let month = read("month", Some(1), 1, 12)?;
    let day = read("day", Some(1), 1, 31)?;
    let hour = read("hour", Some(0), 0, 23)?;
    let minute = read("minute", Some(0), 0, 59)?;
    let second = read("second", Some(0), 0, 59)?;
    let nanosecond = read("nanosecond", Some(0), 0, SECOND - 1)?;
    let wrong = |error: jiff::Error| failure::range(error.to_string());
    // All of them were found in range, so that the narrowing keeps them.
    let local = DateTime::new(
        year as i16,
        month as i8,
        day as i8,
        hour as i8,
        minute as i8,
        second as i8,
        nanosecond as i32,
    )
    .map_err(wrong)?;
    let found = zone.to_ambiguous_zoned(local).compatible().map_err(wrong)?;
    date(found.timestamp())
}

/// How far a time zone is ahead of UTC at a date, as a duration.
#[foxvm::native(name = "time.offset", cost = 8)]
fn offset(date: Date, zone_name: &str) -> Result<Span, Error> {
    let offset = zone(zone_name)?.to_offset(moment(date.0));
    Ok(Span(i64::from(offset.seconds()) * SECOND))
}

/// Whole seconds from 1970-01-01 UTC to a date, rounded down.
#[foxvm::native(name = "time.unix")]
fn unix(date: Date) -> i64 {
    date.0.div_euclid(SECOND)
}

/// The date so many seconds after 1970-01-01 UTC.
#[foxvm::native(name = "time.of_unix")]
fn of_unix(seconds: i64) -> Result<Date, Error> {
    seconds
        .checked_mul(SECOND)
        .map(Date)
        .ok_or_else(|| failure::range("the date lies outside the years 1677 to 2262"))
}

/// Nanoseconds of a millisecond.
const MILLISECOND: i64 = 1_000_000;

/// Whole milliseconds from 1970-01-01 UTC to a date, rounded down.
#[foxvm::native(name = "time.milliseconds")]
fn milliseconds(date: Date) -> i64 {
    date.0.div_euclid(MILLISECOND)
}

/// The date so many milliseconds after 1970-01-01 UTC.
#[foxvm::native(name = "time.of_milliseconds")]
fn of_milliseconds(milliseconds: i64) -> Result<Date, Error> {
    milliseconds
        .checked_mul(MILLISECOND)
        .map(Date)
        .ok_or_else(|| failure::range("the date lies outside the years 1677 to 2262"))
}

/// A duration's nanoseconds.
#[foxvm::native(name = "time.nanoseconds")]
fn nanoseconds(duration: Span) -> i64 {
    duration.0
}

/// The duration of so many nanoseconds.
#[foxvm::native(name = "time.duration")]
fn duration(nanoseconds: i64) -> Span {
    Span(nanoseconds)
}
