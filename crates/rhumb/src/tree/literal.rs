//! Numbers, dates, durations and library literals (docs/specs/rhumb.md §1.8, §1.9, §1.11).

use super::ids::{ExprId, LabelId};

/// A number literal, exactly as its kind holds it.
#[derive(Clone, PartialEq, Debug)]
pub enum Number {
    /// `10`; the sign is a prefix operator, so it is never negative but for `-9223372036854775808`, which is one literal.
    Integer(i64),
    /// `1.5`, `1,000.5`, `2,000.-`; finite and not negative.
    Float(f64),
    /// `01.5` is "1.5", `05.-` is "5": ASCII digits with at most one `.`, which has digits on both
    /// sides; the marking zero and group separators are gone.
    Decimal(String),
}

/// One of the last two parts of a version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VersionPart {
    /// That number.
    Number(u64),
    /// `-`: any.
    Any,
}

/// A version literal: `1.2.3`, `1.2.-`, `1.-`, `1.0.0-rc1+b7`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// First part.
    pub major: u64,
    /// Second part; if it is [`VersionPart::Any`], so is the third.
    pub minor: VersionPart,
    /// Third part.
    pub patch: VersionPart,
    /// What follows the third number, with its `-` or `+`: `-rc1+b7`. Empty if nothing does.
    pub suffix: String,
}

/// A date, a time, or both.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// None: 1970/01/01 (§1.9).
    pub date: Option<CalendarDate>,
    /// None: midnight.
    pub time: Option<ClockTime>,
}

/// The three components of a date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CalendarDate {
    /// All written out. In a date literal month and day exist in the Gregorian calendar; in a duration they are counts.
    Fixed {
        /// Year, or years.
        year: u32,
        /// Month from 1, or months.
        month: u32,
        /// Day from 1, or days.
        day: u32,
    },
    /// `4/1/$yr`: at least one component is read at run time; which one is the year is decided then, by digits
    /// (rulings B35): the last if it has four, else the first.
    Interpolated([DatePart; 3]),
}

/// A component of an interpolated date, in the order written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DatePart {
    /// Written out.
    Digits {
        /// Its value.
        value: u32,
        /// How many digits it was written with.
        digits: u8,
    },
    /// `$label`: an [`Expr::Label`](super::Expr::Label).
    Value(ExprId),
}

/// A time of day, or a length of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockTime {
    /// 0 to 23; up to 99 in a duration.
    pub hour: u8,
    /// 0 to 59; up to 99 in a duration.
    pub minute: u8,
    /// 0 to 59; up to 99 in a duration.
    pub second: u8,
    /// 0 to 999,999,999.
    pub nanosecond: u32,
}

impl ClockTime {
    /// Nanoseconds since midnight, or of the length.
    #[must_use]
    pub fn nanoseconds(self) -> i128 {
        let seconds =
            i128::from(self.hour) * 3600 + i128::from(self.minute) * 60 + i128::from(self.second);
        seconds * 1_000_000_000 + i128::from(self.nanosecond)
    }
}

/// A duration literal such as `+00:05:00` or `-0000/00/01`; its date is never interpolated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Duration {
    /// Written with `-`.
    pub negative: bool,
    /// Years, months and days, hours, minutes and seconds.
    pub moment: Moment,
}

impl Duration {
    /// Its length in nanoseconds, a year as 365 days and a month as 30 (docs/specs/rhumb.md §3.16); beyond what 64 bits hold it
    /// is none.
    #[must_use]
    pub fn nanoseconds(&self) -> Option<i64> {
        let days = match &self.moment.date {
            Some(CalendarDate::Fixed { year, month, day }) => {
                i128::from(*year) * 365 + i128::from(*month) * 30 + i128::from(*day)
            }
            _ => 0,
        };
        let time = self.moment.time.map_or(0, ClockTime::nanoseconds);
        let total = days * 86_400_000_000_000 + time;
        i64::try_from(if self.negative { -total } else { total }).ok()
    }
}

/// A library literal `{R|path|version}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Library {
    /// Who finds it.
    pub resolver: Resolver,
    /// Path as written, without blanks around; never empty.
    pub path: String,
    /// Which version.
    pub version: LibraryVersion,
}

/// The first part of a library literal (§7.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolver {
    /// `!`: base library.
    Base,
    /// `-`: local path.
    Local,
    /// `=`: resource shelf.
    Resource,
    /// `_`: native functions of the host.
    Native,
    /// `git` or a resolver that the host registered.
    Named(LabelId),
}

/// The last part of a library literal (§7.5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LibraryVersion {
    /// `-`: the working copy, else the highest.
    Working,
    /// `1.2.3`, `1.2.-`, `1.-`; `1` is read as `1.-`.
    Version(Version),
    /// `1.2`: read as `1.2.-`, with a warning.
    Short {
        /// First number.
        major: u64,
        /// Second number.
        minor: u64,
    },
    /// A label that holds a version.
    Label(LabelId),
}
