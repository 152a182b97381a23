//! Literals (docs/specs/rhumb.md §1.8, §1.9, §1.10).

use std::str::FromStr;

use dashu_int::IBig;
use emit::Const;
use fzb::tables::TypeId;
use isa::Op;

use crate::tree::{
    CalendarDate, ClockTime, DatePart, Duration, Expr, ExprId, Moment, Number, Version, VersionPart,
};

use super::code::{Code, Want};

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

impl Code<'_> {
    /// A literal's value.
    pub fn literal(&mut self, id: ExprId) {
        let tree = self.tree();
        match tree.expr(id) {
            Expr::Number(number) => self.number(number, false),
            Expr::Version(version) => self.version(version),
            Expr::Date(moment) => self.moment(moment),
            Expr::Duration(duration) => self.duration(duration),
            Expr::Text(text) => self.f.push_text(text),
            Expr::Key(label) => {
                let name = self.name(*label);
                let key = self.module().constant(Const::Key(name));
                self.f.push(key);
            }
            _ => self.f.unit(),
        }
    }

    /// A number; `negative` with its sign changed.
    pub fn number(&mut self, number: &Number, negative: bool) {
        match number {
            Number::Integer(value) => {
                self.f.push_int(if negative { -*value } else { *value });
            }
            Number::Float(value) => self.f.push_float(if negative { -*value } else { *value }),
            Number::Decimal(digits) => {
                let scale = digits.split_once('.').map_or(0, |(_, rest)| rest.len());
                let whole: String = digits.chars().filter(|c| *c != '.').collect();
                let value = IBig::from_str(&whole).unwrap_or(IBig::ZERO);
                let value = if negative { -value } else { value };
                let constant = Const::Decimal(scale as u32, value.to_le_bytes().into_vec());
                let constant = self.module().constant(constant);
                self.f.push(constant);
            }
        }
    }

    /// A version. Those with wildcards, suffixes or large parts are not packed: they are read from their text.
    pub fn version(&mut self, version: &Version) {
        let part = |part: VersionPart| match part {
            VersionPart::Number(number) => Some(number),
            VersionPart::Any => None,
        };
        let packed = (version.suffix.is_empty())
            .then(|| {
                Some((
                    u16::try_from(version.major).ok()?,
                    u16::try_from(part(version.minor)?).ok()?,
                    u32::try_from(part(version.patch)?).ok()?,
                ))
            })
            .flatten();
        match packed {
            Some((major, minor, patch)) => {
                let constant = self.module().constant(Const::Version(major, minor, patch));
                self.f.push(constant);
            }
            None => {
                self.f.push_text(&version_text(version));
                self.f
                    .op(Op::Intrinsic, &[isa::Intrinsic::VersionOfText as u32]);
                self.f.coerce(TypeId::DYN);
            }
        }
    }

    /// A date.
    pub fn moment(&mut self, moment: &Moment) {
        let time = moment.time.map_or(0, ClockTime::nanoseconds);
        match &moment.date {
            None => self.date(time),
            Some(CalendarDate::Fixed { year, month, day }) => {
                let days = days_from_civil(i64::from(*year), *month, *day);
                self.date(i128::from(days) * DAY + time);
            }
            Some(CalendarDate::Interpolated(parts)) => {
                let mut pieces = 0;
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        self.f.push_text("/");
                        pieces += 1;
                    }
                    match part {
                        DatePart::Digits { value, digits } => {
                            let digits = usize::from(*digits);
                            self.f.push_text(&format!("{value:0digits$}"));
                        }
                        DatePart::Value(id) => {
                            self.dynamic(*id, Want::Value);
                            self.f.op(Op::Display, &[0]);
                        }
                    }
                    pieces += 1;
                }
                if let Some(time) = &moment.time {
                    self.f.push_text(&format!("@{}", time_text(*time)));
                    pieces += 1;
                }
                self.f.op(Op::Concat, &[pieces]);
                self.coerce_to_date();
            }
        }
    }

    fn date(&mut self, nanoseconds: i128) {
        match i64::try_from(nanoseconds) {
            Ok(value) => {
                let constant = self.module().constant(Const::Date(value));
                self.f.push(constant);
            }
            Err(_) => {
                // Beyond what a word holds: the machine reads it from its text.
                let days = nanoseconds.div_euclid(DAY);
                let rest = nanoseconds.rem_euclid(DAY);
                let (year, month, day) = civil_from_days(days as i64);
                let seconds = rest / SECOND;
                let text = format!(
                    "{year:04}/{month:02}/{day:02}@{:02}:{:02}:{:02}.{:09}",
                    seconds / 3600,
                    seconds / 60 % 60,
                    seconds % 60,
                    rest % SECOND
                );
                self.f.push_text(&text);
                self.coerce_to_date();
            }
        }
    }

    fn coerce_to_date(&mut self) {
        let number = isa::table::COERCIONS
            .iter()
            .position(|name| *name == "date")
            .unwrap_or(0);
        self.f.coerce(TypeId::DYN);
        self.f.op(Op::Coerce, &[number as u32]);
    }

    fn duration(&mut self, duration: &Duration) {
        // Longer ones are no literals.
        let length = duration.nanoseconds().unwrap_or_default();
        let constant = self.module().constant(Const::Duration(length));
        self.f.push(constant);
    }
}

fn time_text(time: ClockTime) -> String {
    format!(
        "{:02}:{:02}:{:02}.{:09}",
        time.hour, time.minute, time.second, time.nanosecond
    )
}

/// A version as it is written.
pub(super) fn version_text(version: &Version) -> String {
    let mut text = version.major.to_string();
    match (version.minor, version.patch) {
        (VersionPart::Any, _) => text.push_str(".-"),
        (VersionPart::Number(minor), VersionPart::Any) => text.push_str(&format!(".{minor}.-")),
        (VersionPart::Number(minor), VersionPart::Number(patch)) => {
            text.push_str(&format!(".{minor}.{patch}"));
        }
    }
    text.push_str(&version.suffix);
    text
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
/// algorithms").
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = i64::from((month + 9) % 12);
    let of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day, as [`days_from_civil`] counts them.
fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::{civil_from_days, days_from_civil};

    #[test]
    fn days_and_dates_agree() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2000, 3, 1), 11_017);
        for days in (-1_000_000..4_000_000).step_by(997) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }
}
