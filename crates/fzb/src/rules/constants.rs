//! Constants: payloads with a meaning, references to lower ones only, records and cases as their type says.
//!
//! A record constant is read with typed instructions and no test, so each of its fields must really be held as the
//! field's type says; that is proved here.

use super::{Checked, Context, refuse};
use crate::error::{FileError, Rule};
use crate::layout::Table;
use crate::phrase::Phrase;
use crate::tables::{ArgKind, ConstKind, EventKind, ItemKind, NONE, Range, TypeId, TypedefKind};
use crate::view::{Constant, Indexes, Repr, Type};

/// The most bytes of a decimal's coefficient (machine.md §1: 2²⁰ bits, and a sign).
const COEFFICIENT_LIMIT: u32 = (1 << 17) + 1;
/// The most digits after a decimal's point.
const SCALE_LIMIT: u32 = 1 << 20;
/// The most arguments of a call shape and items of other lists that an instruction takes from the stack.
const OPERAND_LIMIT: u32 = 65_535;

pub(super) fn check(context: &mut Context<'_>) -> Checked {
    let mut pending = vec![];
    for index in 0..context.module.constants() {
        let [kind, p @ ..] = context.record::<5>(Table::Constants, index);
        let Some(kind) = ConstKind::from_number(kind) else {
            return Err(refuse(
                Rule::ConstantValue,
                format_args!("constants[{index}].kind"),
                || (said!("{}", kind), said!("the number of a kind")),
            ));
        };
        payload(context, index, kind, p, &mut pending)?;
    }
    Ok(())
}

fn payload(
    context: &mut Context<'_>,
    index: u32,
    kind: ConstKind,
    p: [u32; 4],
    pending: &mut Vec<(u32, u32)>,
) -> Checked {
    unused(index, kind, p)?;
    let first = Range {
        start: p[0],
        len: p[1],
    };
    let second = Range {
        start: p[1],
        len: p[2],
    };
    match kind {
        ConstKind::Empty
        | ConstKind::Int
        | ConstKind::Float
        | ConstKind::Date
        | ConstKind::Duration
        | ConstKind::Version => Ok(()),
        ConstKind::Bool if p[0] > 1 => Err(value(index, "p[0]", || {
            (said!("{}", p[0]), said!("{} or {}", 0, 1))
        })),
        ConstKind::Bool => Ok(()),
        ConstKind::Char if char::from_u32(p[0]).is_none() => Err(refuse(
            Rule::ConstantChar,
            format_args!("constants[{index}].p[0]"),
            || (said!("{}", format!("{:#x}", p[0])), said!("a scalar value")),
        )),
        ConstKind::Char => Ok(()),
        ConstKind::Sized => sized(index, p[0], u64::from(p[2]) << 32 | u64::from(p[1])),
        ConstKind::Text | ConstKind::Format => context
            .text(first, format_args!("constants[{index}].text"))
            .map(|_| ()),
        ConstKind::Bytes => {
            context.text_size(first, format_args!("constants[{index}].bytes"))?;
            context.range(
                Table::Bytes,
                first,
                format_args!("constants[{index}].bytes"),
            )
        }
        ConstKind::Key => context.name(p[0], format_args!("constants[{index}].p[0]")),
        ConstKind::Decimal => decimal(context, index, p[0], second),
        ConstKind::Tuple | ConstKind::List => elements(context, index, first).map(|_| ()),
        ConstKind::Record => composite(context, index, p[0], 0, second, true, pending),
        ConstKind::Case => composite(
            context,
            index,
            p[0],
            p[1],
            Range {
                start: p[2],
                len: p[3],
            },
            false,
            pending,
        ),
        ConstKind::Shape => {
            let words = groups(context, index, first, 2)?;
            for i in 0..words.len() / 2 {
                let (kind, name) = (
                    ArgKind::from_number(word(words, 2 * i)),
                    word(words, 2 * i + 1),
                );
                match kind {
                    None => {
                        return Err(value(index, "arguments", || {
                            (
                                said!("{}", word(words, 2 * i)),
                                said!("a number from {} to {}", 0, 6),
                            )
                        }));
                    }
                    Some(ArgKind::Named | ArgKind::Fixed) => {
                        context.name(name, format_args!("constants[{index}].arguments[{i}]"))?
                    }
                    Some(_) if name != NONE => {
                        return Err(value(index, "arguments", || {
                            (said!("{}", name), said!("no name but for named arguments"))
                        }));
                    }
                    Some(_) => {}
                }
            }
            Ok(())
        }
        ConstKind::Topics => {
            let words = groups(context, index, first, 2)?;
            for i in 0..words.len() / 2 {
                if EventKind::from_number(word(words, 2 * i)).is_none() {
                    return Err(value(index, "topics", || {
                        (
                            said!("{}", word(words, 2 * i)),
                            said!("a number from {} to {}", 0, 2),
                        )
                    }));
                }
                context.name_or_none(
                    word(words, 2 * i + 1),
                    format_args!("constants[{index}].topics[{i}]"),
                )?;
            }
            Ok(())
        }
        ConstKind::Names => name_list(context, index, first),
        ConstKind::Slots => {
            let words = groups(context, index, first, 1)?;
            match words.iter().find(|slot| *slot >= OPERAND_LIMIT) {
                Some(slot) => Err(value(index, "slots", || {
                    (said!("{}", slot), said!("a number below {}", 65_535))
                })),
                None => Ok(()),
            }
        }
        ConstKind::MapLit => {
            let words = groups(context, index, first, 3)?;
            for i in 0..words.len() / 3 {
                let (kind, name, flags) = (
                    ItemKind::from_number(word(words, 3 * i)),
                    word(words, 3 * i + 1),
                    word(words, 3 * i + 2),
                );
                match kind {
                    None => {
                        return Err(value(index, "items", || {
                            (
                                said!("{}", word(words, 3 * i)),
                                said!("a number from {} to {}", 0, 3),
                            )
                        }));
                    }
                    Some(ItemKind::Named) => {
                        context.name(name, format_args!("constants[{index}].items[{i}]"))?
                    }
                    Some(_) if name != NONE => {
                        return Err(value(index, "items", || {
                            (said!("{}", name), said!("no name but for named items"))
                        }));
                    }
                    Some(_) => {}
                }
                if flags > 7 || flags & 3 == 3 {
                    return Err(value(index, "items", || {
                        (said!("{}", flags), said!("bits 1 or 2, and 4"))
                    }));
                }
            }
            Ok(())
        }
        ConstKind::Class => {
            context.name(p[0], format_args!("constants[{index}].p[0]"))?;
            name_list(context, index, second)
        }
    }
}

/// Words of the payload that the kind does not use are 0.
fn unused(index: u32, kind: ConstKind, p: [u32; 4]) -> Checked {
    let used = match kind {
        ConstKind::Empty => 0,
        ConstKind::Bool | ConstKind::Char | ConstKind::Key => 1,
        ConstKind::Sized | ConstKind::Decimal | ConstKind::Record | ConstKind::Class => 3,
        ConstKind::Case => 4,
        _ => 2,
    };
    match p[used..].iter().find(|word| **word != 0) {
        Some(word) => Err(value(index, "p", || {
            (said!("{}", *word), said!("0 after {} words", used))
        })),
        None => Ok(()),
    }
}

#[cold]
fn value(index: u32, part: &str, words: impl FnOnce() -> (Phrase, Phrase)) -> FileError {
    refuse(
        Rule::ConstantValue,
        format_args!("constants[{index}].{part}"),
        words,
    )
}

fn word(words: Indexes<'_>, at: u32) -> u32 {
    words.get(at).unwrap_or(NONE)
}

/// A number of a fixed width is extended as its type says; an f32 is the f64 of the same number.
fn sized(index: u32, width: u32, bits: u64) -> Checked {
    let fits = match width {
        1 => bits == bits as i8 as u64,
        2 => bits == bits as i16 as u64,
        3 => bits == bits as i32 as u64,
        4 => bits == u64::from(bits as u8),
        5 => bits == u64::from(bits as u16),
        6 => bits == u64::from(bits as u32),
        7 => true,
        8 => {
            let float = f64::from_bits(bits);
            float.is_nan() || f64::from(float as f32).to_bits() == bits
        }
        _ => {
            return Err(value(index, "p[0]", || {
                (said!("{}", width), said!("a width from {} to {}", 1, 8))
            }));
        }
    };
    if fits {
        return Ok(());
    }
    Err(value(index, "p[1]", || {
        (
            said!("{}", format!("{bits:#x}")),
            said!("a number of width {}", isa::table::WIDTHS[width as usize]),
        )
    }))
}

fn decimal(context: &Context<'_>, index: u32, scale: u32, range: Range) -> Checked {
    if scale > SCALE_LIMIT {
        return Err(value(index, "p[0]", || {
            (
                said!("{}", scale),
                said!("at most {} digits after the point", SCALE_LIMIT),
            )
        }));
    }
    context.range(
        Table::Bytes,
        range,
        format_args!("constants[{index}].coefficient"),
    )?;
    if range.len > COEFFICIENT_LIMIT {
        return Err(value(index, "coefficient", || {
            (
                said!("{} bytes", range.len),
                said!("at most {}", COEFFICIENT_LIMIT),
            )
        }));
    }
    // Shortest form: the last byte is not what the sign of the one before it says already; zero is one byte or none.
    let redundant = match context.module.byte_range(range).unwrap_or_default() {
        [.., before, last] => {
            (*last == 0 && before & 0x80 == 0) || (*last == 0xFF && before & 0x80 != 0)
        }
        _ => false,
    };
    if redundant {
        Err(value(index, "coefficient", || {
            (
                said!("a last byte that repeats the sign"),
                said!("the shortest form"),
            )
        }))
    } else {
        Ok(())
    }
}

/// A range of words in groups of `size`.
fn groups<'a>(
    context: &mut Context<'a>,
    index: u32,
    range: Range,
    size: u32,
) -> Result<Indexes<'a>, FileError> {
    let words = context.words(range, format_args!("constants[{index}].range"))?;
    if words.len() % size != 0 || words.len() / size > OPERAND_LIMIT {
        return Err(value(index, "range", || {
            (
                said!("{} words", words.len()),
                said!("groups of {}, at most {}", size, OPERAND_LIMIT),
            )
        }));
    }
    Ok(words)
}

fn name_list(context: &mut Context<'_>, index: u32, range: Range) -> Checked {
    let words = groups(context, index, range, 1)?;
    words
        .iter()
        .enumerate()
        .try_for_each(|(i, name)| context.name(name, format_args!("constants[{index}].names[{i}]")))
}

/// Elements are lower constants that are values.
fn elements<'a>(
    context: &mut Context<'a>,
    index: u32,
    range: Range,
) -> Result<Indexes<'a>, FileError> {
    let words = context.words(range, format_args!("constants[{index}].elements"))?;
    for (i, element) in words.iter().enumerate() {
        let place = format_args!("constants[{index}].elements[{i}]");
        if element >= index {
            return Err(refuse(Rule::ConstantOrder, place, || {
                (said!("{}", element), said!("a number below {}", index))
            }));
        }
        let [kind, ..] = context.record::<5>(Table::Constants, element);
        if kind > ConstKind::Case as u32 {
            return Err(refuse(Rule::ConstantShape, place, || {
                (
                    said!("constant {}, which is no value", element),
                    said!("a value"),
                )
            }));
        }
    }
    Ok(words)
}

/// A record or case: the type definition's nature, tag, number of fields, and how each field is held.
fn composite(
    context: &mut Context<'_>,
    index: u32,
    typedef: u32,
    tag: u32,
    range: Range,
    record: bool,
    pending: &mut Vec<(u32, u32)>,
) -> Checked {
    context.index(
        Table::Typedefs,
        typedef,
        format_args!("constants[{index}].typedef"),
    )?;
    let [kind, _, first_case, cases, _] = context.record(Table::Typedefs, typedef);
    if (kind == TypedefKind::Record as u32) != record {
        let nature = TypedefKind::from_number(kind).map_or("?", TypedefKind::text);
        let expected = if record {
            term!("a record")
        } else {
            term!("a union, enum, exception or variant")
        };
        return Err(refuse(
            Rule::ConstantShape,
            format_args!("constants[{index}].typedef"),
            || (said!("{}", nature), expected.into()),
        ));
    }
    if tag >= cases {
        return Err(refuse(
            Rule::ConstantShape,
            format_args!("constants[{index}].tag"),
            || (said!("{}", tag), said!("a number below {}", cases)),
        ));
    }
    let words = elements(context, index, range)?;
    let [_, first_field, fields] = context.record(Table::Cases, first_case + tag);
    if words.len() != fields {
        return Err(refuse(
            Rule::ConstantShape,
            format_args!("constants[{index}].fields"),
            || (said!("{}", words.len()), said!("{}", fields)),
        ));
    }
    for (i, element) in words.iter().enumerate() {
        let [_, ty, _] = context.record(Table::Fields, first_field + i as u32);
        fits(
            context,
            element,
            ty,
            pending,
            format_args!("constants[{index}].fields[{i}]"),
        )?;
    }
    Ok(())
}

/// Is that constant held as that type says? Tuples are compared part by part, from a list of what is still to compare.
fn fits(
    context: &mut Context<'_>,
    constant: u32,
    ty: u32,
    pending: &mut Vec<(u32, u32)>,
    place: std::fmt::Arguments<'_>,
) -> Checked {
    pending.clear();
    if pending.try_reserve(1).is_err() {
        return Err(FileError::no_memory());
    }
    pending.push((constant, ty));
    while let Some((constant, ty)) = pending.pop() {
        context.charge(1, place)?;
        let module = context.module;
        let id = TypeId(ty);
        let (Some(repr), Some(found), Some(wanted)) = (
            module.repr(id),
            module.constant(crate::tables::ConstId(constant)),
            module.type_of(id),
        ) else {
            return Err(refuse(Rule::ConstantShape, place, || {
                (
                    said!("constant {}", constant),
                    said!("a value of type {}", ty),
                )
            }));
        };
        let good = match (found, wanted) {
            (Constant::Sized { width, .. }, Type::Sized(expected)) => width == expected,
            (_, Type::Sized(_)) => false,
            (Constant::Tuple(elements), Type::Tuple(types)) if elements.len() == types.len() => {
                context.charge(types.len(), place)?;
                if pending.try_reserve(types.len() as usize).is_err() {
                    return Err(FileError::no_memory());
                }
                pending.extend(elements.iter().zip(types.iter()));
                true
            }
            (
                Constant::Record { typedef, .. },
                Type::Named {
                    typedef: expected, ..
                },
            ) => typedef == expected,
            (
                Constant::Case { typedef, .. },
                Type::Named {
                    typedef: expected, ..
                },
            ) => typedef == expected,
            (_, Type::Named { .. }) => false,
            (Constant::Empty, Type::Basic(TypeId::UNIT)) => true,
            (_, Type::Basic(TypeId::UNIT)) => false,
            (found, _) => match repr {
                Repr::Dyn => true,
                Repr::I64 => matches!(found, Constant::Int(_)),
                Repr::F64 => matches!(found, Constant::Float(_)),
                Repr::Bool => matches!(found, Constant::Bool(_)),
                Repr::Char => matches!(found, Constant::Char(_)),
                Repr::Text => matches!(found, Constant::Text(_)),
                Repr::Bytes => matches!(found, Constant::Bytes(_)),
                Repr::List => matches!(found, Constant::List(_)),
                // No constant is a row, a function, a bare heap value or a completion.
                Repr::Rec(_) | Repr::Fn | Repr::Ref | Repr::Tok => false,
            },
        };
        if !good {
            let kind = module
                .constant_kind(crate::tables::ConstId(constant))
                .map_or("?", ConstKind::text);
            return Err(refuse(Rule::ConstantShape, place, || {
                (
                    said!("constant {} of kind {}", constant, kind),
                    said!(
                        "a value of type {}",
                        TypeId::BASIC
                            .get(ty as usize)
                            .map_or_else(|| format!("{ty}"), |name| (*name).into())
                    ),
                )
            }));
        }
    }
    Ok(())
}
