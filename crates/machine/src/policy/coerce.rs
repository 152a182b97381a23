//! Conversions (docs/specs/machine.md §4 row 3E; rhumb.md §3.2, §3.14; morph.md §4.2 with rulings Morph 21; fusabi.md
//! §2.2), hooks left aside. What cannot be converted is fault conv.

use std::num::IntErrorKind;

use fzb::tables::Lang;
use isa::Hook;
use numeric::{Number, ParseError};

use crate::fault::{Fault, Raise, Raised};
use crate::host_memory::covered;
use crate::policy::number_text::{self, Literal};
use crate::policy::{mode, promote, temporal, time_text};
use crate::value::{Kind, Value};
use crate::world::World;

/// Targets of `coerce`, by the number in its operand (`isa::table::COERCIONS`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// A number of whatever kind fits.
    Number,
    /// An integer: fractions are cut off.
    Int,
    /// A float.
    Float,
    /// A text.
    Text,
    /// A truth value.
    Bool,
    /// A char.
    Char,
    /// A date.
    Date,
    /// A key.
    Key,
}

impl Target {
    /// The target with that number.
    pub(crate) const fn from_number(number: u32) -> Option<Target> {
        Some(match number {
            0 => Target::Number,
            1 => Target::Int,
            2 => Target::Float,
            3 => Target::Text,
            4 => Target::Bool,
            5 => Target::Char,
            6 => Target::Date,
            7 => Target::Key,
            _ => return None,
        })
    }

    /// The hook that a map answers with.
    pub(crate) const fn hook(self) -> Option<Hook> {
        Some(match self {
            Target::Number => Hook::Number,
            Target::Bool => Hook::Bool,
            Target::Date => Hook::Date,
            Target::Key => Hook::Key,
            _ => return None,
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Target::Number => "number",
            Target::Int => "int",
            Target::Float => "float",
            Target::Text => "text",
            Target::Bool => "bool",
            Target::Char => "char",
            Target::Date => "date",
            Target::Key => "key",
        }
    }
}

/// Marks fresh keys; `OF_MAP` those that stand for a map, whose identity is the rest. Bit 62 belongs to field names.
const FRESH: u64 = 1 << 63;
const OF_MAP: u64 = 1 << 61;

/// The integer of a text `0x…`, `0o…` or `0b…` with a sign before it or not: the bits that its digits say. Nothing for other
/// texts.
fn prefixed(text: &str) -> Option<Result<i64, ParseError>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mark, digits) = digits.strip_prefix('0')?.split_at_checked(1)?;
    let radix = match mark {
        "x" | "X" => 16,
        "o" | "O" => 8,
        "b" | "B" => 2,
        _ => return None,
    };
    // `from_str_radix` takes a sign of its own.
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return Some(Err(ParseError::Syntax));
    }
    Some(match u64::from_str_radix(digits, radix) {
        Ok(bits) if negative => Ok((bits as i64).wrapping_neg()),
        Ok(bits) => Ok(bits as i64),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err(ParseError::TooLarge),
        Err(_) => Err(ParseError::Syntax),
    })
}

impl World {
    /// A value converted. May allocate: the value is stale afterwards.
    pub(crate) fn coerce(&mut self, target: Target, value: Value) -> Raise<Value> {
        match target {
            Target::Number => self.number_from(value),
            Target::Int => self.int_from(value),
            Target::Float => self.float_from(value),
            Target::Text => {
                let text = self.display(value, mode::DISPLAY)?;
                Ok(Value::ticket(Kind::Text, text))
            }
            Target::Bool => self.bool_from(value),
            Target::Char => self.char_from(value),
            Target::Date => self.date_from(value),
            Target::Key => self.key_from(value),
        }
    }

    #[cold]
    fn no_conversion(&mut self, target: Target, value: Value) -> Raised {
        if target == Target::Number && self.date_ns(value).is_some() {
            // A date that a word does not hold is further from the epoch than any duration is long.
            return self.fault(Fault::Range, "the time is out of range");
        }
        let found = self.kind_name(value);
        self.fault_args(
            Fault::Conv,
            format_args!("a value of kind {found} is no {}", target.name()),
        )
    }

    #[cold]
    fn no_number(&mut self, error: ParseError, target: Target) -> Raised {
        match error {
            ParseError::Syntax => self.fault_args(
                Fault::Conv,
                format_args!("the text is no {}", target.name()),
            ),
            // What is too long for any number is too long for 64 bits, which Fusabi catches.
            ParseError::TooLarge if self.policy() == Lang::Fusabi => {
                self.fault(Fault::Ovf, "the integer does not fit 64 bits")
            }
            ParseError::TooLarge => self.fault(Fault::Mem, "number too large"),
        }
    }

    /// The number that a text is: in Rhumb what the literal is (§1.8), elsewhere an integer, else a float.
    fn parse_number(&mut self, value: Value, target: Target) -> Raise<Number> {
        let bytes = self.text_bytes_len(value.as_ticket());
        self.charge_fuel(numeric::parse_cost(bytes as usize).saturating_sub(1))?;
        let lang = self.policy();
        let text = self.text_str(value.as_ticket())?.trim();
        let literal = if lang == Lang::Rhumb {
            number_text::memory(bytes as usize)
        } else {
            0
        };
        let room = numeric::parse_memory(bytes as usize) + literal;
        let mut decimal = false;
        let parsed = covered(room, || {
            if lang == Lang::Rhumb {
                match number_text::literal(text) {
                    Some(Literal::Integer(digits)) => numeric::parse_integer(&digits, 10),
                    Some(Literal::Decimal(digits)) => {
                        decimal = true;
                        numeric::parse_decimal(&digits).map(Number::Exact)
                    }
                    Some(Literal::Float(digits)) => {
                        numeric::parse_float(&digits, false).map(Number::F64)
                    }
                    None => Err(ParseError::Syntax),
                }
            } else if target == Target::Float {
                numeric::parse_float(text, true).map(Number::F64)
            } else if lang == Lang::Fusabi
                && let Some(number) = prefixed(text)
            {
                number.map(Number::I64)
            } else {
                match numeric::parse_integer(text, 10) {
                    Err(ParseError::Syntax) if target == Target::Number => {
                        numeric::parse_float(text, false).map(Number::F64)
                    }
                    other => other,
                }
            }
        });
        let Ok(parsed) = parsed else {
            return Err(self.no_host_memory());
        };
        match parsed {
            // Integers beyond i64 are for the languages that have them.
            Ok(Number::Exact(value))
                if !decimal
                    && matches!(lang, Lang::Machine | Lang::Fusabi)
                    && value.is_integer() =>
            {
                Err(self.fault(Fault::Ovf, "the integer does not fit 64 bits"))
            }
            Ok(Number::F64(value)) if lang == Lang::Rhumb && !value.is_finite() => {
                Err(self.fault(Fault::Range, "number out of range"))
            }
            Ok(number) => Ok(number),
            Err(error) => Err(self.no_number(error, target)),
        }
    }

    /// What is a number in other words, under policy Rhumb: truth 1 and 0, empty 0, a date the time since the epoch.
    fn rhumb_number(&mut self, value: Value) -> Option<Value> {
        if self.policy() != Lang::Rhumb {
            return None;
        }
        match value.kind() {
            Kind::Bool => Some(Value::int(value.payload as i64)),
            Kind::Empty => Some(Value::int(0)),
            Kind::Date => Some(Value::new(Kind::Duration, 0, 0, value.payload)),
            Kind::Duration => Some(value),
            _ => None,
        }
    }

    fn number_from(&mut self, value: Value) -> Raise<Value> {
        if World::is_number(value) {
            return Ok(value);
        }
        if value.kind() == Kind::Text {
            let number = self.parse_number(value, Target::Number)?;
            return self.number_value(number);
        }
        match self.rhumb_number(value) {
            Some(number) => Ok(number),
            None => Err(self.no_conversion(Target::Number, value)),
        }
    }

    fn int_from(&mut self, value: Value) -> Raise<Value> {
        let lang = self.policy();
        let number = match value.kind() {
            Kind::I64 => return Ok(value),
            Kind::Char if matches!(lang, Lang::Machine | Lang::Fusabi) => {
                return Ok(Value::int(value.payload as i64));
            }
            Kind::Text => self.parse_number(value, Target::Int)?,
            _ => match self.number_of(value)? {
                Some(number) => number,
                None => {
                    return match self.rhumb_number(value) {
                        Some(number) if number.as_int().is_some() => Ok(number),
                        _ => Err(self.no_conversion(Target::Int, value)),
                    };
                }
            },
        };
        let whole = self.number_work(numeric::Operation::Quotient, &number, &number, || {
            numeric::truncate(promote(lang), &number)
        })?;
        match whole {
            // A sized number above i63, or a big one, where integers have 64 bits.
            Ok(Number::Exact(_)) if matches!(lang, Lang::Machine | Lang::Fusabi) => {
                Err(self.fault(Fault::Conv, "the number does not fit 64 bits"))
            }
            Ok(number) => self.number_value(number),
            Err(_) => Err(self.fault(Fault::Conv, "the number is no integer of 64 bits")),
        }
    }

    fn float_from(&mut self, value: Value) -> Raise<Value> {
        let number = match value.kind() {
            Kind::F64 => return Ok(value),
            Kind::Text => self.parse_number(value, Target::Float)?,
            _ => match self.number_of(value)? {
                Some(number) => number,
                None => match self.rhumb_number(value).and_then(Value::as_int) {
                    Some(integer) => Number::I64(integer),
                    None => return Err(self.no_conversion(Target::Float, value)),
                },
            },
        };
        let float = self.number_work(numeric::Operation::Quotient, &number, &number, || {
            numeric::to_f64(&number)
        })?;
        if self.policy() == Lang::Rhumb && !float.is_finite() {
            return Err(self.fault(Fault::Range, "number out of range"));
        }
        Ok(Value::float(float))
    }

    fn bool_from(&mut self, value: Value) -> Raise<Value> {
        match self.policy() {
            Lang::Rhumb => {
                let no = self.is_blank(value)
                    || (value.kind() == Kind::Map && self.is_bare_map(value.as_ticket()));
                Ok(Value::bool(!no))
            }
            Lang::Morph => {
                let truth = self.truthy(value)?;
                Ok(Value::bool(truth))
            }
            Lang::Machine | Lang::Fusabi => match value.kind() {
                Kind::Bool => Ok(value),
                Kind::Text => {
                    let truth = match self.text_str(value.as_ticket())?.trim() {
                        text if text.eq_ignore_ascii_case("true") => Some(true),
                        text if text.eq_ignore_ascii_case("false") => Some(false),
                        _ => None,
                    };
                    match truth {
                        Some(truth) => Ok(Value::bool(truth)),
                        None => Err(self.fault(Fault::Conv, "the text is no bool")),
                    }
                }
                _ => Err(self.no_conversion(Target::Bool, value)),
            },
        }
    }

    fn char_from(&mut self, value: Value) -> Raise<Value> {
        match value.kind() {
            Kind::Char => Ok(value),
            Kind::Text => {
                let mut chars = self.text_str(value.as_ticket())?.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => Ok(Value::char(c)),
                    _ => Err(self.fault(Fault::Conv, "the text is not one scalar")),
                }
            }
            Kind::I64 | Kind::Sized => {
                let scalar = self
                    .number_of(value)?
                    .and_then(|number| numeric::to_i64(&number).ok());
                match scalar
                    .and_then(|scalar| u32::try_from(scalar).ok())
                    .and_then(char::from_u32)
                {
                    Some(c) => Ok(Value::char(c)),
                    None => Err(self.fault(Fault::Conv, "the number is no scalar value")),
                }
            }
            _ => Err(self.no_conversion(Target::Char, value)),
        }
    }

    /// Integers are Unix milliseconds, floats and decimals seconds, durations time since the epoch; texts are read.
    fn date_from(&mut self, value: Value) -> Raise<Value> {
        if self.date_ns(value).is_some() {
            return Ok(value);
        }
        let ns = match value.kind() {
            Kind::Duration => Some(i128::from(value.payload as i64)),
            Kind::Text => time_text::parse_date(self.text_str(value.as_ticket())?),
            _ => {
                let Some(number) = self.number_of(value)? else {
                    return Err(self.no_conversion(Target::Date, value));
                };
                let ns =
                    self.number_work(numeric::Operation::Quotient, &number, &number, || {
                        temporal::scalar_ns(&number)
                    })?;
                match ns {
                    Ok(ns) => Some(i128::from(ns)),
                    Err(_) => return Err(self.fault(Fault::Conv, "the number is no date")),
                }
            }
        };
        match ns {
            Some(ns) => self.date_value(ns),
            None => Err(self.fault(Fault::Conv, "the text is no date")),
        }
    }

    /// A text gives its key, a map the same fresh key each time, anything else a fresh one.
    fn key_from(&mut self, value: Value) -> Raise<Value> {
        let payload = match value.kind() {
            Kind::Key => return Ok(value),
            Kind::Text => {
                let name = self.intern_text(value.as_ticket())?;
                u64::from(name)
            }
            Kind::Map | Kind::Realm | Kind::Vassal => {
                FRESH | OF_MAP | u64::from(self.map_identity(value.as_ticket()))
            }
            _ => {
                let key = self.next_key;
                self.next_key = key.wrapping_add(1);
                FRESH | (key & (OF_MAP - 1))
            }
        };
        Ok(Value::new(Kind::Key, 0, 0, payload))
    }

    /// The number of the name that a text is, interned if it is new.
    pub(crate) fn intern_text(&mut self, text: lemari::Ticket) -> Raise<u32> {
        let mark = self.temps.len();
        self.push_temps(&[Value::ticket(Kind::Text, text)])?;
        let bytes = self.text_bytes_len(self.temps[mark].as_ticket()) as usize;
        self.charge_fuel(bytes as u64 / 64)?;
        self.charge(bytes)?;
        let text = self.temps[mark].as_ticket();
        // Interning may collect while the text is read, so it reads a copy.
        let copy = self.host_text(text);
        let name = copy.and_then(|copy| self.intern(&copy));
        self.lemari.refund(bytes);
        self.temps.truncate(mark);
        name
    }
}
