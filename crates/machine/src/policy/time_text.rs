//! Dates, durations and versions as texts: ISO 8601 as policy machine shows them, and the forms that `coerce date` reads
//! (docs/specs/rhumb.md §1.9, §3.14 `[/]`, §3.17). The calendar is the proleptic Gregorian one, UTC.

use std::fmt::Write as _;

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Year, month and day of a number of days since 1970-01-01.
fn civil(days: i64) -> (i64, u32, u32) {
    // Days since 0000-03-01, so that leap days end their years; eras of 400 years have 146,097 days.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (
        year_of_era + era * 400 + i64::from(month <= 2),
        month as u32,
        day as u32,
    )
}

/// Days since 1970-01-01; `None` if there is no such day. Years -9999 to 9999.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(-9999..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 {
        return None;
    }
    let year_from_march = if month <= 2 { year - 1 } else { year };
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let era = year_from_march.div_euclid(400);
    let year_of_era = year_from_march.rem_euclid(400);
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    (civil(days) == (year, month as u32, day as u32)).then_some(days)
}

/// Fraction of a second with the fewest of 3, 6 or 9 digits; nothing if it is zero.
fn push_fraction(out: &mut String, ns: i64) {
    if ns == 0 {
        return;
    }
    // Writing to a String cannot fail.
    let _ = if ns % 1_000_000 == 0 {
        write!(out, ".{:03}", ns / 1_000_000)
    } else if ns % 1_000 == 0 {
        write!(out, ".{:06}", ns / 1_000)
    } else {
        write!(out, ".{ns:09}")
    };
}

/// `2025-01-01T12:30:00.5Z`: the fraction with the fewest of 3, 6 or 9 digits.
pub(crate) fn date_text(ns: i128) -> String {
    let day = ns.div_euclid(i128::from(DAY)) as i64;
    let rest = ns.rem_euclid(i128::from(DAY)) as i64;
    let (year, month, day) = civil(day);
    let seconds = rest / SECOND;
    let mut out = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    push_fraction(&mut out, rest % SECOND);
    out.push('Z');
    out
}

/// `P1DT2H3M4.5S`, `-PT0.001S`, `PT0S`.
pub(crate) fn duration_text(ns: i64) -> String {
    let mut out = String::from(if ns < 0 { "-P" } else { "P" });
    let magnitude = ns.unsigned_abs();
    let (second, day) = (SECOND as u64, DAY as u64);
    if magnitude >= day {
        let _ = write!(out, "{}D", magnitude / day);
    }
    let rest = magnitude % day;
    if rest > 0 || magnitude == 0 {
        out.push('T');
        let seconds = rest / second;
        for (count, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
            if count > 0 {
                let _ = write!(out, "{count}{unit}");
            }
        }
        let fraction = (rest % second) as i64;
        if !seconds.is_multiple_of(60) || fraction > 0 || magnitude == 0 {
            let _ = write!(out, "{}", seconds % 60);
            push_fraction(&mut out, fraction);
            out.push('S');
        }
    }
    out
}

/// `1.2.3` of a version's 16, 16 and 32 bits.
pub(crate) fn version_text(packed: u64) -> String {
    format!(
        "{}.{}.{}",
        packed >> 48,
        packed >> 32 & 0xFFFF,
        packed as u32
    )
}

/// Fractions in Rhumb's form: `12:30:00.500`.
fn push_clock(out: &mut String, ns_of_day: i64) {
    let seconds = ns_of_day / SECOND;
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    push_fraction(out, ns_of_day % SECOND);
}

/// Rhumb's date: `2025/01/01@12:30:00.500`; midnight is left out, so is the day of the epoch if the time is not.
pub(crate) fn rhumb_date(ns: i128) -> String {
    let day = ns.div_euclid(i128::from(DAY));
    let rest = ns.rem_euclid(i128::from(DAY)) as i64;
    let mut out = String::new();
    if day != 0 || rest == 0 {
        let (year, month, date) = civil(day as i64);
        let _ = write!(out, "{year:04}/{month:02}/{date:02}");
        if rest != 0 {
            out.push('@');
        }
    }
    if rest != 0 {
        push_clock(&mut out, rest);
    }
    out
}

/// Rhumb's duration: `+0001/02/03@04:05:06.500`, a year of 365 days and a month of 30; groups of zeros are left out.
pub(crate) fn rhumb_duration(ns: i64) -> String {
    let mut out = String::from(if ns < 0 { "-" } else { "+" });
    let magnitude = ns.unsigned_abs();
    let (days, rest) = (magnitude / DAY as u64, (magnitude % DAY as u64) as i64);
    if days > 0 {
        let _ = write!(
            out,
            "{:04}/{:02}/{:02}",
            days / 365,
            days % 365 / 30,
            days % 365 % 30
        );
        if rest > 0 {
            out.push('@');
        }
    }
    if rest > 0 || days == 0 {
        push_clock(&mut out, rest);
    }
    out
}

/// Unsigned digits, at most `most` of them.
fn digits(text: &str, most: usize) -> Option<i64> {
    if text.is_empty() || text.len() > most || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// The date that a text names: ISO 8601 (`2025-01-01`, `2025-01-01T12:30:00.5+01:00`) or Rhumb's literal
/// (`2025/01/01@12:30:00`, `12:30:00` alone on the day of the epoch); without a zone UTC, without a time midnight. Years
/// -9999 to 9999; `None` for anything else.
pub(crate) fn parse_date(text: &str) -> Option<i128> {
    let text = text.trim();
    if text.as_bytes().get(2) == Some(&b':') {
        return parse_clock(text).map(i128::from);
    }
    let (day, clock) = match text.split_once(['T', 't', '@', ' ']) {
        // Blanks may stand around Rhumb's `@`.
        Some((day, clock)) => (day.trim_end(), Some(clock.trim_start_matches(['@', ' ']))),
        None => (text, None),
    };
    let (negative, day) = day
        .strip_prefix('-')
        .map_or((false, day), |rest| (true, rest));
    let separator = if day.contains('/') { '/' } else { '-' };
    let mut parts = day.split(separator);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    // The year is the component with four digits (Rhumb writes it first or last).
    let (year, month, date) = if first.len() == 4 {
        (first, second, third)
    } else {
        (third, first, second)
    };
    if year.len() != 4 {
        return None;
    }
    let year = digits(year, 4)?;
    let days = days(
        if negative { -year } else { year },
        digits(month, 2)?,
        digits(date, 2)?,
    )?;
    let clock = match clock {
        Some(clock) => parse_clock(clock)?,
        None => 0,
    };
    Some(i128::from(days) * i128::from(DAY) + i128::from(clock))
}

/// `HH:MM[:SS[.fraction]][Z|±HH[:MM]]` as nanoseconds after midnight UTC.
fn parse_clock(text: &str) -> Option<i64> {
    let (clock, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let offset = match zone.as_bytes().first() {
        None => 0,
        Some(b'Z' | b'z') if zone.len() == 1 => 0,
        Some(sign @ (b'+' | b'-')) => {
            let body = zone.get(1..)?;
            let (hours, minutes) = match body.split_once(':') {
                Some((hours, minutes)) => (hours, minutes),
                None if body.len() == 4 => body.split_at_checked(2)?,
                None => (body, "0"),
            };
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        Some(_) => return None,
    };
    let mut parts = clock.split(':');
    let (hours, minutes) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let (seconds, fraction) = match parts.next() {
        None => (0, 0),
        Some(text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let mut ns = 0;
            if !fraction.is_empty() {
                let scale = 9usize.checked_sub(fraction.len())?;
                ns = digits(fraction, 9)? * 10i64.pow(scale as u32);
            }
            (digits(whole, 2)?, ns)
        }
    };
    if parts.next().is_some() || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    Some((hours * 3600 + minutes * 60 + seconds - offset) * SECOND + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_round_trip() {
        for ns in [
            0,
            1,
            -1,
            i64::MAX,
            i64::MIN,
            951_782_400 * SECOND,
            -62_135 * SECOND,
            123_456_789,
        ] {
            assert_eq!(
                parse_date(&date_text(i128::from(ns))),
                Some(i128::from(ns)),
                "{}",
                date_text(i128::from(ns))
            );
        }
        for day in (-100_000..100_000).step_by(97) {
            let ns = day * DAY;
            assert_eq!(parse_date(&date_text(i128::from(ns))), Some(i128::from(ns)));
        }
    }

    #[test]
    fn date_texts() {
        assert_eq!(date_text(0), "1970-01-01T00:00:00Z");
        assert_eq!(
            date_text(i128::from(1_735_734_600 * SECOND + 500_000_000)),
            "2025-01-01T12:30:00.500Z"
        );
        let half_past = i128::from(1_735_734_600 * SECOND);
        assert_eq!(parse_date("2025/01/01@12:30"), Some(half_past));
        assert_eq!(parse_date("1/1/2025 @ 12:30:00"), Some(half_past));
        assert_eq!(parse_date("00:00:01"), Some(i128::from(SECOND)));
        assert_eq!(parse_date("2025-01-01T13:30:00+01:00"), Some(half_past));
        assert_eq!(parse_date("2025-02-29"), None);
        assert!(parse_date("9999-01-01").is_some_and(|ns| ns > i128::from(i64::MAX)));
        assert_eq!(parse_date("2025-01-01T25:00"), None);
    }

    #[test]
    fn rhumb_texts() {
        let date = |ns: i64| rhumb_date(i128::from(ns));
        assert_eq!(date(0), "1970/01/01");
        assert_eq!(
            date(1_735_734_600 * SECOND + 500_000_000),
            "2025/01/01@12:30:00.500"
        );
        assert_eq!(date(1_735_689_600 * SECOND), "2025/01/01");
        assert_eq!(date(3_600 * SECOND), "01:00:00");
        assert_eq!(date(-1), "1969/12/31@23:59:59.999999999");
        assert_eq!(rhumb_duration(0), "+00:00:00");
        assert_eq!(rhumb_duration(300 * SECOND), "+00:05:00");
        assert_eq!(rhumb_duration(-60 * SECOND), "-00:01:00");
        assert_eq!(rhumb_duration(365 * DAY), "+0001/00/00");
        assert_eq!(rhumb_duration(DAY + DAY / 2), "+0000/00/01@12:00:00");
        assert_eq!(
            rhumb_duration(395 * DAY + 1_000_000),
            "+0001/01/00@00:00:00.001"
        );
    }

    #[test]
    fn duration_texts() {
        assert_eq!(duration_text(0), "PT0S");
        assert_eq!(
            duration_text(DAY + 3_723 * SECOND + 500_000_000),
            "P1DT1H2M3.500S"
        );
        assert_eq!(duration_text(-1_000_000), "-PT0.001S");
        assert_eq!(duration_text(i64::MIN), "-P106751DT23H47M16.854775808S");
        assert_eq!(duration_text(2 * DAY), "P2D");
    }
}
