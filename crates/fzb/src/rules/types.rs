//! Types and type definitions.

use super::nesting::{self, Measure};
use super::{Checked, Context, refuse};
use crate::error::{FileError, Rule};
use crate::layout::Table;
use crate::tables::{Range, TypeId, TypeKind, TypedefKind, field_flags};
use crate::view::Indexes;

/// The most cases of a type definition, and fields of a case: operands are 16 bits wide.
const CASE_LIMIT: u32 = 65_535;
/// The most parameters of a function type, and of a type definition.
const PARAMETER_LIMIT: u32 = 255;

pub(super) fn check(context: &mut Context<'_>) -> Checked {
    for index in 0..context.module.types() {
        entry(context, index)?;
    }
    let measures = nesting::measure(context)?;
    let mut names = vec![];
    for index in 0..context.module.typedefs() {
        typedef(context, index, &measures, &mut names)?;
    }
    for index in 0..context.module.count(Table::Cases) {
        let [name, start, len] = context.record(Table::Cases, index);
        context.name(name, format_args!("cases[{index}].name"))?;
        context.range(
            Table::Fields,
            Range { start, len },
            format_args!("cases[{index}].fields"),
        )?;
    }
    for index in 0..context.module.count(Table::Fields) {
        field(context, index)?;
    }
    Ok(())
}

/// One entry of the type table, without what it refers to.
fn entry(context: &mut Context<'_>, index: u32) -> Checked {
    let [kind, arg, start, len] = context.record(Table::Types, index);
    let Some(kind) = TypeKind::from_number(kind) else {
        return Err(refuse(
            Rule::TypeDefinition,
            format_args!("types[{index}].kind"),
            || {
                (
                    said!("{}", kind),
                    said!("a number below {}", TypeKind::ALL.len()),
                )
            },
        ));
    };
    let args = context.words(Range { start, len }, format_args!("types[{index}].args"))?;
    let arg_is = |limit: u32, least: u32| {
        if (least..=limit).contains(&arg) {
            return Ok(());
        }
        Err(refuse(
            Rule::TypeDefinition,
            format_args!("types[{index}].arg"),
            || {
                (
                    said!("{}", arg),
                    said!("{} to {} for {}", least, limit, kind.text()),
                )
            },
        ))
    };
    let count_is = |least: u32, most: u32, step: u32| {
        if (least..=most).contains(&len) && len % step == 0 {
            return Ok(());
        }
        Err(refuse(
            Rule::TypeDefinition,
            format_args!("types[{index}].args"),
            || {
                (
                    said!("{} words", len),
                    said!(
                        "{} to {} in steps of {} for {}",
                        least,
                        most,
                        step,
                        kind.text()
                    ),
                )
            },
        ))
    };
    let all_types = |words: Indexes<'_>| {
        words
            .iter()
            .enumerate()
            .try_for_each(|(i, ty)| context.ty(ty, format_args!("types[{index}].args[{i}]")))
    };
    match kind {
        TypeKind::Sized => {
            arg_is(isa::table::WIDTHS.len() as u32 - 1, 1)?;
            count_is(0, 0, 1)
        }
        TypeKind::Tuple => {
            arg_is(0, 0)?;
            count_is(1, CASE_LIMIT, 1)?;
            all_types(args)
        }
        TypeKind::List | TypeKind::Array => {
            context.ty(arg, format_args!("types[{index}].arg"))?;
            count_is(0, 0, 1)
        }
        TypeKind::Fn => {
            context.ty(arg, format_args!("types[{index}].arg"))?;
            count_is(0, PARAMETER_LIMIT, 1)?;
            all_types(args)
        }
        TypeKind::Named => {
            context.index(Table::Typedefs, arg, format_args!("types[{index}].arg"))?;
            let [.., params] = context.record::<5>(Table::Typedefs, arg);
            if len != params {
                return Err(refuse(
                    Rule::TypeArity,
                    format_args!("types[{index}].args"),
                    || (said!("{} arguments", len), said!("{}", params)),
                ));
            }
            all_types(args)
        }
        TypeKind::Row => {
            arg_is(0, 0)?;
            count_is(0, 2 * CASE_LIMIT, 2)?;
            let mut last = None;
            for i in 0..len / 2 {
                let (name, ty) = (
                    args.get(2 * i).unwrap_or_default(),
                    args.get(2 * i + 1).unwrap_or_default(),
                );
                context.name(name, format_args!("types[{index}].args[{i}].name"))?;
                context.ty(ty, format_args!("types[{index}].args[{i}].type"))?;
                // Names are sorted, so their indexes are in the order of their texts.
                if last.is_some_and(|last| last >= name) {
                    return Err(refuse(
                        Rule::TypeDefinition,
                        format_args!("types[{index}].args[{i}].name"),
                        || (said!("{}", name), said!("fields sorted by name, each once")),
                    ));
                }
                last = Some(name);
            }
            Ok(())
        }
        TypeKind::Var => {
            arg_is(u32::from(u16::MAX), 0)?;
            count_is(0, 0, 1)
        }
        TypeKind::Opaque => {
            context.name(arg, format_args!("types[{index}].arg"))?;
            count_is(0, 0, 1)
        }
    }
}

fn typedef(
    context: &mut Context<'_>,
    index: u32,
    measures: &[Measure],
    names: &mut Vec<u32>,
) -> Checked {
    let [kind, name, first_case, cases, params] = context.record(Table::Typedefs, index);
    let Some(kind) = TypedefKind::from_number(kind) else {
        return Err(refuse(
            Rule::TypeDefinition,
            format_args!("typedefs[{index}].kind"),
            || {
                (
                    said!("{}", kind),
                    said!("a number below {}", TypedefKind::ALL.len()),
                )
            },
        ));
    };
    context.name(name, format_args!("typedefs[{index}].name"))?;
    context.charge(cases, format_args!("typedefs[{index}].cases"))?;
    context.range(
        Table::Cases,
        Range {
            start: first_case,
            len: cases,
        },
        format_args!("typedefs[{index}].cases"),
    )?;
    let (least, most) = match kind {
        TypedefKind::Record | TypedefKind::Exception => (1, 1),
        TypedefKind::Union | TypedefKind::Enum | TypedefKind::Variant => (1, CASE_LIMIT),
    };
    if !(least..=most).contains(&cases) {
        return Err(refuse(
            Rule::TypeDefinition,
            format_args!("typedefs[{index}].cases"),
            || {
                (
                    said!("{} cases", cases),
                    said!("{} to {} for {}", least, most, kind.text()),
                )
            },
        ));
    }
    if params > PARAMETER_LIMIT {
        return Err(refuse(
            Rule::TypeDefinition,
            format_args!("typedefs[{index}].params"),
            || (said!("{}", params), said!("at most {}", PARAMETER_LIMIT)),
        ));
    }
    names.clear();
    for tag in 0..cases {
        let [name, first_field, fields] = context.record(Table::Cases, first_case + tag);
        if names.try_reserve(1).is_err() {
            return Err(FileError::no_memory());
        }
        names.push(name);
        let place = format_args!("typedefs[{index}].cases[{tag}].fields");
        let most = if kind == TypedefKind::Enum {
            0
        } else {
            CASE_LIMIT
        };
        if fields > most {
            return Err(refuse(Rule::TypeDefinition, place, || {
                (
                    said!("{} fields", fields),
                    said!("at most {} for {}", most, kind.text()),
                )
            }));
        }
        context.charge(fields, place)?;
        context.range(
            Table::Fields,
            Range {
                start: first_field,
                len: fields,
            },
            place,
        )?;
        for i in 0..fields {
            let [_, ty, _] = context.record(Table::Fields, first_field + i);
            let vars = ty
                .checked_sub(TypeId::FIRST_TABLE)
                .and_then(|entry| measures.get(entry as usize))
                .map_or(0, |measure| measure.vars);
            if vars > params {
                let place = format_args!("typedefs[{index}].cases[{tag}].fields[{i}].type");
                return Err(refuse(Rule::TypeArity, place, || {
                    (
                        said!("type variable {}", vars - 1),
                        said!("a number below {}", params),
                    )
                }));
            }
        }
    }
    unique(names, format_args!("typedefs[{index}].cases"))?;
    for tag in 0..cases {
        let [_, first_field, fields] = context.record::<3>(Table::Cases, first_case + tag);
        names.clear();
        if names.try_reserve(fields as usize).is_err() {
            return Err(FileError::no_memory());
        }
        names.extend((0..fields).map(|i| context.record::<3>(Table::Fields, first_field + i)[0]));
        unique(names, format_args!("typedefs[{index}].cases[{tag}].fields"))?;
    }
    Ok(())
}

/// No name twice; sorts `names`.
fn unique(names: &mut [u32], place: std::fmt::Arguments<'_>) -> Checked {
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(refuse(Rule::TypeDefinition, place, || {
            (said!("name {} twice", pair[0]), said!("each name once"))
        })),
        None => Ok(()),
    }
}

fn field(context: &Context<'_>, index: u32) -> Checked {
    let [name, ty, flags] = context.record(Table::Fields, index);
    context.name(name, format_args!("fields[{index}].name"))?;
    context.ty(ty, format_args!("fields[{index}].type"))?;
    let both = field_flags::MUTABLE | field_flags::IMMUTABLE;
    if flags & !(both | field_flags::SUBFIELD) != 0 || flags & both == both {
        return Err(refuse(
            Rule::TypeDefinition,
            format_args!("fields[{index}].flags"),
            || (said!("{}", flags), said!("bits 1 or 2, and 4")),
        ));
    }
    Ok(())
}
