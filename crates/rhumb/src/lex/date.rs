//! Dates, times and durations (docs/specs/rhumb.md §1.9).

use super::token::{DateComponent, DateLiteral};
use crate::tree::{CalendarDate, ClockTime, Moment};

/// Why something shaped like a date or time is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateError {
    /// No component, or not exactly one at either end, has four digits.
    Year,
    /// The month is not 1 to 12, or the day is not one of that month.
    Day,
    /// Hour, minute or second out of range, or more than nine digits of a second.
    Time,
    /// A duration of more nanoseconds than 64 bits hold.
    Length,
}

/// Three components as they stand.
pub(crate) type Components = [DateComponent; 3];

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Reads `HH:MM:SS[.fraction]`: bytes taken and the time, unchecked except for the fraction's length.
pub(crate) fn read_time(text: &str) -> Option<(usize, Result<ClockTime, DateError>)> {
    let bytes = text.as_bytes();
    let two = |at: usize| -> Option<u8> {
        let pair = text.get(at..at + 2)?;
        (digits(pair) == 2 && !bytes.get(at + 2).is_some_and(u8::is_ascii_digit))
            .then(|| pair.parse().ok())
            .flatten()
    };
    let colon = |at: usize| bytes.get(at) == Some(&b':');
    let (hour, minute, second) = (two(0)?, two(3)?, two(6)?);
    if !colon(2) || !colon(5) {
        return None;
    }
    let fraction = match bytes.get(8) {
        Some(b'.') => digits(&text[9..]),
        _ => 0,
    };
    if fraction == 0 {
        return Some((8, Ok(clock(hour, minute, second, 0))));
    }
    let length = 9 + fraction;
    if fraction > 9 {
        return Some((length, Err(DateError::Time)));
    }
    let mut nanosecond: u32 = text[9..length].parse().unwrap_or(0);
    for _ in fraction..9 {
        nanosecond *= 10;
    }
    Some((length, Ok(clock(hour, minute, second, nanosecond))))
}

const fn clock(hour: u8, minute: u8, second: u8, nanosecond: u32) -> ClockTime {
    ClockTime {
        hour,
        minute,
        second,
        nanosecond,
    }
}

/// Reads digits of a component: bytes taken and the component; none if there are no digits or more than nine.
pub(crate) fn read_digits(text: &str) -> Option<(usize, DateComponent)> {
    let length = digits(text);
    if length == 0 || length > 9 {
        return None;
    }
    let value = text[..length].parse().ok()?;
    Some((length, DateComponent::Digits(value, length as u8)))
}

/// Puts components into order: `Y/M/D`, or `M/D/Y` if only the last has four digits or more.
pub(crate) fn calendar(components: Components) -> Option<Result<CalendarDate, DateError>> {
    use DateComponent::Digits;
    let [
        Digits(a, a_digits),
        Digits(b, b_digits),
        Digits(c, c_digits),
    ] = components
    else {
        return None;
    };
    let (year, month, day) = match (a_digits >= 4, c_digits >= 4) {
        (true, false) => (a, b, c),
        (false, true) => (c, a, b),
        _ => return Some(Err(DateError::Year)),
    };
    if b_digits > 2 {
        return Some(Err(DateError::Day));
    }
    Some(Ok(CalendarDate::Fixed { year, month, day }))
}

/// Whether a fixed moment behind a sign is a duration: a bare time, a year below 1000, or a zero month or day.
pub(crate) const fn is_duration(moment: &Moment) -> bool {
    match moment.date {
        None => true,
        Some(CalendarDate::Fixed { year, month, day }) => year < 1000 || month == 0 || day == 0,
        Some(CalendarDate::Interpolated(_)) => false,
    }
}

/// Checks that a moment exists.
pub(crate) fn check(moment: &Moment) -> Result<(), DateError> {
    if let Some(CalendarDate::Fixed { year, month, day }) = moment.date {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if day == 0 || day > days {
            return Err(DateError::Day);
        }
    }
    check_time(moment.time)
}

/// Checks that a time of day exists.
pub(crate) fn check_time(time: Option<ClockTime>) -> Result<(), DateError> {
    match time {
        Some(t) if t.hour > 23 || t.minute > 59 || t.second > 59 => Err(DateError::Time),
        _ => Ok(()),
    }
}

/// The literal of components and a time that were read.
pub(crate) fn literal(
    components: Option<Components>,
    time: Option<ClockTime>,
) -> Result<DateLiteral, DateError> {
    let date = match components {
        None => None,
        Some(components) => match calendar(components) {
            None => {
                check_time(time)?;
                return Ok(DateLiteral::Interpolated(components, time));
            }
            Some(date) => Some(date?),
        },
    };
    Ok(DateLiteral::Fixed(Moment { date, time }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_two_digits_each() {
        assert_eq!(read_time("12:30:05"), Some((8, Ok(clock(12, 30, 5, 0)))));
        let (length, time) = read_time("12:30:05.25;").unwrap();
        assert_eq!((length, time), (11, Ok(clock(12, 30, 5, 250_000_000))));
        assert_eq!(read_time("12:30:05..1").map(|read| read.0), Some(8));
        assert_eq!(
            read_time("12:30:05.1234567890").unwrap().1,
            Err(DateError::Time)
        );
        for text in [
            "1:30:05",
            "12:30",
            "12:30:5",
            "123:30:05",
            "12:30:055",
            "12::30:05",
        ] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }

    #[test]
    fn the_year_has_four_digits() {
        let read = |text: &str| {
            let parts: Vec<_> = text.split('/').map(|t| read_digits(t).unwrap().1).collect();
            literal(Some([parts[0], parts[1], parts[2]]), None)
        };
        let fixed = |year, month, day| {
            let date = Some(CalendarDate::Fixed { year, month, day });
            Ok(DateLiteral::Fixed(Moment { date, time: None }))
        };
        assert_eq!(read("2025/1/31"), fixed(2025, 1, 31));
        assert_eq!(read("1/31/2025"), fixed(2025, 1, 31));
        assert_eq!(read("0000/00/01"), fixed(0, 0, 1));
        assert_eq!(read("1/2/3"), Err(DateError::Year));
        assert_eq!(read("2025/1/2025"), Err(DateError::Year));
    }

    #[test]
    fn days_must_exist() {
        let check = |year, month, day| {
            let date = Some(CalendarDate::Fixed { year, month, day });
            check(&Moment { date, time: None }).is_ok()
        };
        assert!(check(2024, 2, 29) && check(2000, 2, 29) && check(2025, 12, 31));
        assert!(!check(2025, 2, 29) && !check(1900, 2, 29) && !check(2025, 13, 1));
        assert!(!check(2025, 4, 31) && !check(2025, 0, 1) && !check(2025, 1, 0));
    }
}
