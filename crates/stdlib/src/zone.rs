//! Time zones, and dates as crate jiff has them.

use std::sync::OnceLock;

use foxvm::{Date, Error};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};

use crate::failure;

/// Longest name of a zone, in bytes.
const NAME_BYTES: usize = 64;

/// The zone of a name: `UTC`, a name of the time zone database, or an offset such as `+07:00`.
pub(crate) fn zone(name: &str) -> Result<TimeZone, Error> {
    let unknown = || failure::range(format!("there is no time zone {}", shown(name)));
    if name.len() > NAME_BYTES {
        return Err(unknown());
    }
    if name.eq_ignore_ascii_case("UTC") {
        return Ok(TimeZone::UTC);
    }
    if let Some(offset) = offset(name) {
        return Ok(TimeZone::fixed(offset));
    }
    // The zones built in, whatever the system has: the same program gives the same dates everywhere.
    static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
    ZONES
        .get_or_init(TimeZoneDatabase::bundled)
        .get(name)
        .map_err(|_| unknown())
}

/// A name in a message, cut to what may be read.
fn shown(name: &str) -> String {
    name.chars().take(NAME_BYTES).collect()
}

/// `+HH:MM` or `-HH:MM`.
fn offset(name: &str) -> Option<jiff::tz::Offset> {
    let (sign, rest) = match name.as_bytes().first()? {
        b'+' => (1, name.get(1..)?),
        b'-' => (-1, name.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |text: &str| {
        (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<i32>().ok())
            .flatten()
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    if minutes > 59 {
        return None;
    }
    jiff::tz::Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// A date as a moment; every date of 64-bit nanoseconds is one.
pub(crate) fn moment(ns: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(ns)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The date of a moment: within 64-bit nanoseconds, 1677 to 2262.
pub(crate) fn date(moment: Timestamp) -> Result<Date, Error> {
    i64::try_from(moment.as_nanosecond())
        .map(Date)
        .map_err(|_| failure::range("the date lies outside the years 1677 to 2262"))
}

/// A date seen in a zone.
pub(crate) fn seen(ns: i64, name: &str) -> Result<Zoned, Error> {
    Ok(moment(ns).to_zoned(zone(name)?))
}

/// A date as ISO 8601 has it, in UTC, with as many digits of the second as it has.
pub(crate) fn iso(ns: i64) -> String {
    moment(ns).to_string()
}
