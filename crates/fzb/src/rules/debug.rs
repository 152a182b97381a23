//! Debug tables. A malformed one is not fatal: the module then has no debug tables (fusabi.md §4.4 rule 13).

use super::{Checked, Context, refuse};
use crate::error::Rule;
use crate::layout::Table;
use crate::tables::{FuncId, Range};
use crate::view::Module;

/// Judges all four tables. A refusal here is [`Rule::Debug`] or says what index or range is wrong.
pub(crate) fn check(module: &Module) -> Checked {
    let context = Context::new(module)?;
    for index in 0..module.count(Table::Files) {
        let [start, len, ..] = context.record::<4>(Table::Files, index);
        context.text(Range { start, len }, format_args!("files[{index}].path"))?;
    }
    let mut last = None;
    for index in 0..module.count(Table::Lines) {
        let [func, pc, file, line, _] = context.record(Table::Lines, index);
        let code = module
            .function(FuncId(func))
            .map_or(0, |function| function.code.len());
        if pc as usize >= code {
            return Err(refuse(
                Rule::Debug,
                format_args!("lines[{index}].pc"),
                || {
                    (
                        said!("{}", pc),
                        said!("a number below {}, the end of function {}", code, func),
                    )
                },
            ));
        }
        sorted(&mut last, (func, pc), "lines", index)?;
        context.index(Table::Files, file, format_args!("lines[{index}].file"))?;
        if line == 0 {
            return Err(refuse(
                Rule::Debug,
                format_args!("lines[{index}].line"),
                || (said!("{}", line), said!("1 or more")),
            ));
        }
    }
    let mut last = None;
    for index in 0..module.count(Table::Locals) {
        let [func, local, name] = context.record(Table::Locals, index);
        let count = module
            .function(FuncId(func))
            .map_or(0, |function| function.params + function.locals);
        if local >= count {
            return Err(refuse(
                Rule::Debug,
                format_args!("locals[{index}].local"),
                || {
                    (
                        said!("{}", local),
                        said!("a number below {}, the locals of function {}", count, func),
                    )
                },
            ));
        }
        sorted(&mut last, (func, local), "locals", index)?;
        context.name(name, format_args!("locals[{index}].name"))?;
    }
    let mut last = None;
    for index in 0..module.count(Table::Docs) {
        let [func, start, len] = context.record(Table::Docs, index);
        context.index(Table::Functions, func, format_args!("docs[{index}].func"))?;
        sorted(&mut last, (func, 0), "docs", index)?;
        context.text(Range { start, len }, format_args!("docs[{index}].text"))?;
    }
    Ok(())
}

fn sorted(last: &mut Option<(u32, u32)>, key: (u32, u32), table: &str, index: u32) -> Checked {
    if last.is_some_and(|last| last >= key) {
        return Err(refuse(
            Rule::Debug,
            format_args!("{table}[{index}]"),
            || {
                (
                    said!("{}", format!("{key:?}")),
                    said!("records sorted, each place once"),
                )
            },
        ));
    }
    *last = Some(key);
    Ok(())
}
