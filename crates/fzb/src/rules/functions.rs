//! Functions, their jump and text tables, and attributes. What their code says is the verifier's.

use super::{Checked, Context, refuse};
use crate::error::Rule;
use crate::layout::Table;
use crate::phrase::Phrase;
use crate::tables::{Arity, ConstKind, Lang, NONE, Range, function_flags};

/// The most bytes of one function's code.
const CODE_LIMIT: u32 = 1 << 20;
/// The most parameters.
const PARAMETER_LIMIT: u32 = 255;
/// The most locals with the parameters, and the most captures.
const LOCAL_LIMIT: u32 = 65_535;
/// The greatest operand stack height that a function may declare.
const STACK_LIMIT: u32 = 4_096;

pub(super) fn check(context: &mut Context<'_>) -> Checked {
    let mut code_left = context.module.count(Table::Code);
    for index in 0..context.module.count(Table::Tables) {
        table(context, index)?;
    }
    for index in 0..context.module.count(Table::Attributes) {
        let [name, value] = context.record(Table::Attributes, index);
        attribute(context, index, name, value)?;
    }
    for index in 0..context.module.functions() {
        function(context, index, &mut code_left)?;
    }
    if let Some(entry) = context.module.entry() {
        let [_, _, params, .., captures, _, _, _, _, _, _, _] =
            context.record::<18>(Table::Functions, entry.0);
        if params != 0 || captures != 0 {
            return Err(refuse(
                Rule::EntryShape,
                format_args!("functions[{}]", entry.0),
                || {
                    (
                        said!("{} parameters and {} captures", params / 2, captures / 2),
                        said!("none, as it is the entry"),
                    )
                },
            ));
        }
    }
    Ok(())
}

fn function(context: &mut Context<'_>, index: u32, code_left: &mut u32) -> Checked {
    let [
        name,
        params_start,
        params_len,
        result,
        policy,
        arity,
        flags,
        locals_start,
        locals_len,
        captures_start,
        captures_len,
        max_stack,
        code_start,
        code_len,
        tables_start,
        tables_len,
        attributes_start,
        attributes_len,
    ] = context.record(Table::Functions, index);
    context.name_or_none(name, format_args!("functions[{index}].name"))?;
    let size = |part: &str, found: u32, most: u32| {
        if found <= most {
            Ok(())
        } else {
            Err(refuse(
                Rule::FunctionSize,
                format_args!("functions[{index}].{part}"),
                || (said!("{}", found), said!("at most {}", most)),
            ))
        }
    };
    let wrong = |part: &str, words: &dyn Fn() -> (Phrase, Phrase)| {
        Err(refuse(
            Rule::Function,
            format_args!("functions[{index}].{part}"),
            words,
        ))
    };

    size("params", params_len / 2, PARAMETER_LIMIT)?;
    let params = context.words(
        Range {
            start: params_start,
            len: params_len,
        },
        format_args!("functions[{index}].params"),
    )?;
    if params_len % 2 != 0 {
        return wrong("params", &|| {
            (
                said!("{} words", params_len),
                said!("pairs of a type and a name"),
            )
        });
    }
    for i in 0..params_len / 2 {
        context.ty(
            params.get(2 * i).unwrap_or(NONE),
            format_args!("functions[{index}].params[{i}].type"),
        )?;
        context.name_or_none(
            params.get(2 * i + 1).unwrap_or(NONE),
            format_args!("functions[{index}].params[{i}].name"),
        )?;
    }
    context.ty(result, format_args!("functions[{index}].result"))?;
    if Lang::from_number(policy).is_none() {
        return wrong("policy", &|| {
            (said!("{}", policy), said!("a number from {} to {}", 0, 3))
        });
    }
    if Arity::from_number(arity).is_none() {
        return wrong("arity", &|| {
            (said!("{}", arity), said!("a number from {} to {}", 0, 3))
        });
    }
    if flags & !function_flags::ALL != 0 {
        return wrong("flags", &|| {
            (said!("{}", format!("{flags:#x}")), said!("known bits only"))
        });
    }
    let fibers = function_flags::GENERATOR | function_flags::ASYNC;
    if flags & fibers == fibers {
        return wrong("flags", &|| {
            (
                said!("{}", format!("{flags:#x}")),
                said!("generator or async, not both"),
            )
        });
    }
    if flags & function_flags::SELECTOR != 0 && params_len != 4 {
        return wrong("params", &|| {
            (
                said!("{} parameters", params_len / 2),
                said!("the kind and the subject, as a selector has"),
            )
        });
    }

    size(
        "locals",
        locals_len.saturating_add(params_len / 2),
        LOCAL_LIMIT,
    )?;
    let locals = context.words(
        Range {
            start: locals_start,
            len: locals_len,
        },
        format_args!("functions[{index}].locals"),
    )?;
    for (i, ty) in locals.iter().enumerate() {
        context.local_ty(ty, format_args!("functions[{index}].locals[{i}]"))?;
    }
    size("captures", captures_len / 2, LOCAL_LIMIT)?;
    let captures = context.words(
        Range {
            start: captures_start,
            len: captures_len,
        },
        format_args!("functions[{index}].captures"),
    )?;
    if captures_len % 2 != 0 {
        return Err(refuse(
            Rule::Capture,
            format_args!("functions[{index}].captures"),
            || {
                (
                    said!("{} words", captures_len),
                    said!("pairs of a type and a mode"),
                )
            },
        ));
    }
    for i in 0..captures_len / 2 {
        context.ty(
            captures.get(2 * i).unwrap_or(NONE),
            format_args!("functions[{index}].captures[{i}].type"),
        )?;
        let mode = captures.get(2 * i + 1).unwrap_or(NONE);
        if mode > 1 {
            return Err(refuse(
                Rule::Capture,
                format_args!("functions[{index}].captures[{i}].mode"),
                || (said!("{}", mode), said!("0, a value, or 1, a cell")),
            ));
        }
    }

    size("max_stack", max_stack, STACK_LIMIT)?;
    size("code", code_len, CODE_LIMIT)?;
    context.range(
        Table::Code,
        Range {
            start: code_start,
            len: code_len,
        },
        format_args!("functions[{index}].code"),
    )?;
    if code_len == 0 {
        return wrong("code", &|| {
            (said!("no code"), said!("an instruction at least"))
        });
    }
    // Functions that share code would make verifying a file take longer than its size says.
    match code_left.checked_sub(code_len) {
        Some(left) => *code_left = left,
        None => {
            return wrong("code", &|| {
                (
                    said!("code that other functions have too"),
                    said!("code of its own"),
                )
            });
        }
    }
    context.charge(tables_len, format_args!("functions[{index}].tables"))?;
    context.range(
        Table::Tables,
        Range {
            start: tables_start,
            len: tables_len,
        },
        format_args!("functions[{index}].tables"),
    )?;
    size("tables", tables_len, LOCAL_LIMIT)?;
    for i in 0..tables_len {
        // The verifier looks at every target of every table of the function.
        let [_, _, entries] = context.record(Table::Tables, tables_start + i);
        context.charge(entries, format_args!("functions[{index}].tables[{i}]"))?;
    }
    let attributes = Range {
        start: attributes_start,
        len: attributes_len,
    };
    context.range(
        Table::Attributes,
        attributes,
        format_args!("functions[{index}].attributes"),
    )
}

fn table(context: &mut Context<'_>, index: u32) -> Checked {
    let [kind, start, len] = context.record(Table::Tables, index);
    if kind > 1 {
        return Err(refuse(
            Rule::JumpTable,
            format_args!("tables[{index}].kind"),
            || (said!("{}", kind), said!("{} or {}", 0, 1)),
        ));
    }
    let entries = context.words(
        Range { start, len },
        format_args!("tables[{index}].entries"),
    )?;
    let text = kind == 1;
    for (i, target) in entries.iter().enumerate() {
        if (!text || i % 2 == 1) && target >= CODE_LIMIT {
            return Err(refuse(
                Rule::JumpTable,
                format_args!("tables[{index}].entries[{i}]"),
                || (said!("{}", target), said!("an offset in a function's code")),
            ));
        }
    }
    if !text {
        return Ok(());
    }
    if len % 2 != 0 {
        return Err(refuse(
            Rule::JumpTable,
            format_args!("tables[{index}].entries"),
            || {
                (
                    said!("{} words", len),
                    said!("pairs of a constant and a target"),
                )
            },
        ));
    }
    for (i, constant) in entries.iter().step_by(2).enumerate() {
        context.index(
            Table::Constants,
            constant,
            format_args!("tables[{index}].entries[{i}].constant"),
        )?;
        let [kind, ..] = context.record::<5>(Table::Constants, constant);
        if kind != ConstKind::Text as u32 {
            let place = format_args!("tables[{index}].entries[{i}].constant");
            return Err(refuse(Rule::JumpTable, place, || {
                (
                    said!("constant {} of another kind", constant),
                    said!("a text"),
                )
            }));
        }
    }
    Ok(())
}

fn attribute(context: &Context<'_>, index: u32, name: u32, value: u32) -> Checked {
    context.name(name, format_args!("attributes[{index}].name"))?;
    if value == NONE {
        return Ok(());
    }
    context.index(
        Table::Constants,
        value,
        format_args!("attributes[{index}].value"),
    )?;
    let [kind, ..] = context.record::<5>(Table::Constants, value);
    if kind > ConstKind::Case as u32 {
        return Err(refuse(
            Rule::Attribute,
            format_args!("attributes[{index}].value"),
            || {
                (
                    said!("constant {}, which is no value", value),
                    said!("a value"),
                )
            },
        ));
    }
    Ok(())
}
