//! `format`: the specifications of `printf` (docs/specs/fusabi.md §1.11; rulings.md Fusabi 14, 37, 38).
//!
//! What is written is collected outside the heap, counted, and becomes a text at the end. Values stay in the
//! instruction's registers.

use std::fmt::Write as _;
use std::ops::Range;

use lemari::Ticket;
use numeric::{Number, TextStyle};

use super::Site;
use crate::fault::{Fault, Raise};
use crate::host_memory::fixed;
use crate::value::{Kind, Value, tag};
use crate::world::World;

/// Greatest width or precision.
const FIELD_MAX: u32 = 65_535;

/// One `%…` of a specification.
#[derive(Clone, Copy, Default)]
struct Field {
    zero: bool,
    left: bool,
    plus: bool,
    blank: bool,
    width: u32,
    precision: Option<u32>,
    /// A float is written in its shortest form.
    shortest: bool,
    letter: u8,
}

/// Text that grows fallibly and is counted against the World's memory.
#[derive(Default)]
struct Output {
    bytes: Vec<u8>,
    charged: usize,
}

impl Output {
    /// Room for `more` bytes.
    fn room(&mut self, world: &mut World, more: usize) -> Raise<()> {
        if self.bytes.capacity() - self.bytes.len() >= more {
            return Ok(());
        }
        let grow = more.max(self.bytes.capacity()).max(64);
        world.charge_fuel(more as u64 / 64)?;
        world.charge(grow)?;
        if self.bytes.try_reserve_exact(grow).is_err() {
            world.lemari.refund(grow);
            return Err(world.fault(Fault::Mem, "the host has no memory left"));
        }
        self.charged += grow;
        Ok(())
    }

    fn push(&mut self, world: &mut World, text: &[u8]) -> Raise<()> {
        self.room(world, text.len())?;
        self.bytes.extend_from_slice(text);
        Ok(())
    }

    fn fill(&mut self, world: &mut World, byte: u8, count: usize) -> Raise<()> {
        self.room(world, count)?;
        self.bytes.resize(self.bytes.len() + count, byte);
        Ok(())
    }
}

/// The values that a specification takes, in order.
enum Arguments {
    /// Pairs in registers, as many as the specification takes.
    Registers(*const Value),
    /// Places in `temps` up to an end. A float without a precision is written in its shortest form.
    Temps(Range<usize>),
}

impl Arguments {
    fn next(&mut self, world: &mut World) -> Raise<Value> {
        match self {
            Arguments::Registers(at) => {
                // SAFETY: the promise of `run`; the verifier counted with the same grammar.
                unsafe {
                    let value = at.read();
                    *at = at.add(1);
                    Ok(value)
                }
            }
            Arguments::Temps(places) => match places.next() {
                Some(place) => Ok(world.temps[place]),
                None => Err(world.fault(Fault::Conv, "the format takes more values")),
            },
        }
    }
}

/// The text of a specification and its arguments, which stand at `arguments` as long as this runs.
///
/// # Safety
/// As many pairs as the specification takes stand in live registers at `arguments`.
pub(crate) unsafe fn run(
    world: &mut World,
    specification: &str,
    arguments: *const Value,
) -> Raise<Ticket> {
    made(world, specification, &mut Arguments::Registers(arguments))
}

/// The intrinsic `text.format`.
pub(super) fn listed(world: &mut World, site: Site) -> Raise<()> {
    let specification = world.host_text(site.ticket(0))?;
    let text = world.format_listed(&specification, site.value(1))?;
    site.set_ticket(text);
    Ok(())
}

impl World {
    /// The text of a specification and the values of a list, array or tuple. Fault conv if they are not as many as it
    /// takes, type if the value is no such sequence or one of them does not fit.
    pub(crate) fn format_listed(&mut self, specification: &str, values: Value) -> Raise<Ticket> {
        let mark = self.temps.len();
        let Some(places) = self.spread_for_host(values)? else {
            return Err(self.type_fault("a list of values", values));
        };
        let mut arguments = Arguments::Temps(places);
        let text = made(self, specification, &mut arguments)?;
        if let Arguments::Temps(places) = arguments
            && !places.is_empty()
        {
            return Err(self.fault(Fault::Conv, "the format takes fewer values"));
        }
        self.temps.truncate(mark);
        Ok(text)
    }
}

fn made(world: &mut World, specification: &str, arguments: &mut Arguments) -> Raise<Ticket> {
    let mut output = Output::default();
    let done = write(world, specification, arguments, &mut output);
    let text = match done {
        // Pieces are whole texts, cut nowhere, so the lossy way never changes anything.
        Ok(()) => world.text_new(&String::from_utf8_lossy(&output.bytes)),
        Err(raised) => Err(raised),
    };
    world.lemari.refund(output.charged);
    text
}

fn write(
    world: &mut World,
    specification: &str,
    arguments: &mut Arguments,
    output: &mut Output,
) -> Raise<()> {
    let mut rest = specification.as_bytes();
    while let Some(at) = memchr::memchr(b'%', rest) {
        let (plain, field) = rest.split_at(at);
        output.push(world, plain)?;
        rest = field.get(1..).unwrap_or_default();
        if let [b'%', behind @ ..] = rest {
            output.push(world, b"%")?;
            rest = behind;
            continue;
        }
        let mut field = Field::default();
        while let [flag @ (b'0' | b'-' | b'+' | b' '), behind @ ..] = rest {
            match flag {
                b'0' => field.zero = true,
                b'-' => field.left = true,
                b'+' => field.plus = true,
                _ => field.blank = true,
            }
            rest = behind;
        }
        let width = number(world, &mut rest, arguments)?;
        // A negative width from an argument means the left side, as in C.
        field.left |= width.is_some_and(|width| width < 0);
        field.width = size(world, width.unwrap_or(0).unsigned_abs())?;
        if let [b'.', behind @ ..] = rest {
            rest = behind;
            let precision = number(world, &mut rest, arguments)?.unwrap_or(0);
            field.precision = if precision < 0 {
                None
            } else {
                Some(size(world, precision.unsigned_abs())?)
            };
        }
        let [letter, behind @ ..] = rest else { break };
        field.letter = *letter;
        rest = behind;
        field.shortest = matches!(arguments, Arguments::Temps(_)) && field.precision.is_none();
        let value = arguments.next(world)?;
        one(world, output, field, value)?;
    }
    output.push(world, rest)
}

/// Digits, or `*` and an integer argument.
fn number(world: &mut World, rest: &mut &[u8], arguments: &mut Arguments) -> Raise<Option<i64>> {
    if let [b'*', behind @ ..] = *rest {
        *rest = behind;
        let value = arguments.next(world)?;
        return match value.as_int() {
            Some(number) => Ok(Some(number)),
            None => Err(world.type_fault("an integer", value)),
        };
    }
    let mut found = None;
    while let [digit @ b'0'..=b'9', behind @ ..] = *rest {
        found = Some(
            found
                .unwrap_or(0i64)
                .saturating_mul(10)
                .saturating_add(i64::from(digit - b'0')),
        );
        *rest = behind;
    }
    Ok(found)
}

fn size(world: &mut World, asked: u64) -> Raise<u32> {
    match u32::try_from(asked) {
        Ok(size) if size <= FIELD_MAX => Ok(size),
        _ => Err(world.fault_args(
            Fault::Range,
            format_args!("a width or precision goes up to {FIELD_MAX}, found {asked}"),
        )),
    }
}

/// A number in text, apart from its sign.
struct Digits {
    negative: bool,
    text: String,
}

/// Writes one value.
fn one(world: &mut World, output: &mut Output, field: Field, value: Value) -> Raise<()> {
    match field.letter {
        b'd' | b'i' | b'u' => {
            let digits = whole(world, value, field.letter == b'u')?;
            numeric_field(world, output, field, digits)
        }
        b'x' | b'X' | b'o' => {
            let bits = bits(world, value)?;
            let text = fixed(|| match field.letter {
                b'x' => format!("{bits:x}"),
                b'X' => format!("{bits:X}"),
                _ => format!("{bits:o}"),
            });
            numeric_field(
                world,
                output,
                field,
                Digits {
                    negative: false,
                    text,
                },
            )
        }
        b'f' | b'F' | b'e' | b'E' | b'g' | b'G' | b'M' => {
            let digits = real(world, value, field)?;
            numeric_field(world, output, field, digits)
        }
        b'b' => match value.as_bool() {
            Some(truth) => padded(
                world,
                output,
                field,
                if truth { b"true" } else { b"false" },
                None,
            ),
            None => Err(world.type_fault("a bool", value)),
        },
        b'c' => match value.as_char() {
            Some(scalar) => padded(
                world,
                output,
                field,
                scalar.encode_utf8(&mut [0; 4]).as_bytes(),
                Some(1),
            ),
            None => Err(world.type_fault("a char", value)),
        },
        b's' | b'O' | b'A' => {
            if field.letter == b's' && value.is_empty() {
                // `null` is no text.
                return padded(world, output, field, b"", None);
            }
            let text = match value.tag {
                tag::TEXT if field.letter != b'A' => value.as_ticket(),
                _ => world.display(value, u8::from(field.letter == b'A'))?,
            };
            text_field(world, output, field, text)
        }
        letter => Err(world.fault_args(
            Fault::Type,
            format_args!(
                "%{} calls a function, which a format of the machine's policy does not",
                char::from(letter)
            ),
        )),
    }
}

/// An integer's digits.
fn whole(world: &mut World, value: Value, unsigned: bool) -> Raise<Digits> {
    let digits = |number: i64, unsigned: bool| Digits {
        negative: !unsigned && number < 0,
        text: fixed(|| {
            if unsigned {
                (number as u64).to_string()
            } else {
                number.unsigned_abs().to_string()
            }
        }),
    };
    if let Some(number) = value.as_int() {
        return Ok(digits(number, unsigned));
    }
    if unsigned && value.kind() == Kind::Sized {
        return Ok(Digits {
            negative: false,
            text: bits(world, value).map(|bits| fixed(|| bits.to_string()))?,
        });
    }
    match world.number_of(value)? {
        Some(Number::I64(number)) => Ok(digits(number, false)),
        Some(number @ Number::Exact(_)) => {
            let Number::Exact(exact) = &number else {
                return Err(world.type_fault("an integer", value));
            };
            if !exact.is_integer() {
                return Err(world.type_fault("an integer", value));
            }
            world.charge_fuel(numeric::text_cost(&number))?;
            let mut text = world.with_room(numeric::text_memory(&number), || {
                numeric::exact_text(exact, TextStyle::Morph)
            })?;
            if text.starts_with('-') {
                text.remove(0);
            }
            Ok(Digits {
                negative: exact.is_negative(),
                text,
            })
        }
        _ => Err(world.type_fault("an integer", value)),
    }
}

/// The bits of an integer, in the width of a sized one.
fn bits(world: &mut World, value: Value) -> Raise<u64> {
    match value.kind() {
        Kind::I64 => Ok(value.payload),
        // Widths 1 to 3 are signed and extended to 64 bits: only their own bits are shown.
        Kind::Sized if value.sub() <= 7 => Ok(match value.sub() {
            1 => value.payload & 0xFF,
            2 => value.payload & 0xFFFF,
            3 => value.payload & 0xFFFF_FFFF,
            _ => value.payload,
        }),
        _ => Err(world.type_fault("an integer", value)),
    }
}

/// A number with a fraction.
fn real(world: &mut World, value: Value, field: Field) -> Raise<Digits> {
    let Some(number) = world.number_of(value)? else {
        return Err(world.type_fault("a number", value));
    };
    let room = numeric::memory(numeric::Operation::Quotient, &number, &number);
    let float = world.with_room(room, || numeric::to_f64(&number))?;
    let negative = float.is_sign_negative() && !float.is_nan();
    let size = float.abs();
    if !size.is_finite() {
        return Ok(Digits {
            negative,
            text: fixed(|| String::from(if size.is_nan() { "nan" } else { "infinity" })),
        });
    }
    let precision = field.precision.unwrap_or(6) as usize;
    world.charge_fuel(precision as u64 / 16)?;
    // Digits before the point (at most 309) and behind it, a few times over.
    let text = world.with_room(4096 + 8 * precision, || real_text(size, field, precision))?;
    Ok(Digits { negative, text })
}

/// The text of a size that is finite.
fn real_text(size: f64, field: Field, precision: usize) -> String {
    let mut text = String::new();
    // A `String` takes what is written; digits are bounded by the precision.
    let _ = match field.letter {
        b'f' | b'F' if field.shortest => {
            write!(text, "{}", numeric::float_text(size, TextStyle::Fusabi))
        }
        b'f' | b'F' => write!(text, "{size:.precision$}"),
        b'e' | b'E' => {
            let plain = format!("{size:.precision$e}");
            let (mantissa, exponent) = plain.split_once('e').unwrap_or((&plain, "0"));
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let sign = if exponent < 0 { '-' } else { '+' };
            write!(text, "{mantissa}e{sign}{:02}", exponent.unsigned_abs())
        }
        b'M' if field.precision.is_none() => {
            write!(text, "{}", numeric::float_text(size, TextStyle::Fusabi))
        }
        _ => write!(text, "{}", general(size, precision.max(1))),
    };
    if matches!(field.letter, b'E' | b'G') {
        text.make_ascii_uppercase();
    }
    text
}

/// At most `digits` significant digits, without zeroes at the end; an exponent where the plain form would be long.
fn general(size: f64, digits: usize) -> String {
    let scientific = format!("{size:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let trimmed = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    if (-4..digits as i64).contains(&exponent) {
        let places = (digits as i64 - 1 - exponent).max(0) as usize;
        return trimmed(&format!("{size:.places$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(mantissa), exponent.unsigned_abs())
}

/// A number with its sign, padded: zeroes stand between sign and digits.
fn numeric_field(
    world: &mut World,
    output: &mut Output,
    field: Field,
    digits: Digits,
) -> Raise<()> {
    let sign: &[u8] = match (digits.negative, field.plus, field.blank) {
        (true, ..) => b"-",
        (_, true, _) => b"+",
        (_, _, true) => b" ",
        _ => b"",
    };
    let missing = (field.width as usize).saturating_sub(sign.len() + digits.text.len());
    // Names of what is no number get no zeroes.
    let counted = digits.text.starts_with(|c: char| c.is_ascii_hexdigit());
    let zeroes = field.zero && !field.left && counted;
    if !field.left && !zeroes {
        output.fill(world, b' ', missing)?;
    }
    output.push(world, sign)?;
    if zeroes {
        output.fill(world, b'0', missing)?;
    }
    output.push(world, digits.text.as_bytes())?;
    if field.left {
        output.fill(world, b' ', missing)?;
    }
    Ok(())
}

/// A short text, padded; `scalars` if it has not one per byte.
fn padded(
    world: &mut World,
    output: &mut Output,
    field: Field,
    text: &[u8],
    scalars: Option<usize>,
) -> Raise<()> {
    let missing = (field.width as usize).saturating_sub(scalars.unwrap_or(text.len()));
    if !field.left {
        output.fill(world, b' ', missing)?;
    }
    output.push(world, text)?;
    if field.left {
        output.fill(world, b' ', missing)?;
    }
    Ok(())
}

/// A text of the heap, padded.
fn text_field(world: &mut World, output: &mut Output, field: Field, text: Ticket) -> Raise<()> {
    let place = world.temp(Value::ticket(Kind::Text, text))?;
    world.text_flatten(place)?;
    let (bytes, scalars) = (
        world.text_bytes_len(world.temps[place].as_ticket()),
        world.text_scalars(world.temps[place].as_ticket()),
    );
    world.charge_fuel(u64::from(bytes) / 64)?;
    let missing = (field.width as usize).saturating_sub(scalars as usize);
    output.room(world, bytes as usize + missing)?;
    if !field.left {
        output.fill(world, b' ', missing)?;
    }
    // There is room, so nothing is charged, and what is copied does not move.
    output.bytes.extend_from_slice(
        world
            .text_str_unrooted(world.temps[place].as_ticket())
            .unwrap_or_default()
            .as_bytes(),
    );
    if field.left {
        output.fill(world, b' ', missing)?;
    }
    world.temps.truncate(place);
    Ok(())
}
