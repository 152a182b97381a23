//! The module record.

use super::{Checked, Context, refuse};
use crate::error::Rule;
use crate::gate::Root;
use crate::header::{FORMAT_VERSION, Header, MAGIC, header_flags};
use crate::layout::Table;
use crate::tables::{Lang, NONE};

/// Its constant fields, and what it repeats of the header. Constant work: known files pass it too.
pub(crate) fn check(header: &Header, root: &Root) -> Checked {
    let same = |place: &str, found: u32, expected: u32| {
        if found == expected {
            Ok(())
        } else {
            Err(refuse(Rule::HeaderRecord, format_args!("{place}"), || {
                (said!("{}", found), said!("{}, as in the header", expected))
            }))
        }
    };
    if root.magic != MAGIC {
        return Err(refuse(
            Rule::ArchiveStructure,
            format_args!("module.magic"),
            || {
                (
                    said!("{}", format!("{:?}", root.magic)),
                    said!("{}", format!("{MAGIC:?}")),
                )
            },
        ));
    }
    same("module.version", root.version, FORMAT_VERSION)?;
    same("module.lang", root.lang, header.lang as u32)?;
    same("module.min_machine", root.min_machine, header.min_machine)?;
    let bit = |present: bool, bit: u32| if present { bit } else { 0 };
    let debug = Table::ALL
        .iter()
        .any(|table| table.is_debug() && root.area(*table).len != 0);
    same(
        "header.flags & 1",
        bit(debug, header_flags::DEBUG),
        header.flags & header_flags::DEBUG,
    )?;
    let exports = root.area(Table::Exports).len != 0;
    same(
        "header.flags & 4",
        bit(exports, header_flags::EXPORTS),
        header.flags & header_flags::EXPORTS,
    )?;
    if Lang::from_number(root.policy).is_none() {
        return Err(refuse(
            Rule::ArchiveStructure,
            format_args!("module.policy"),
            || {
                (
                    said!("{}", root.policy),
                    said!("a number from {} to {}", 0, 3),
                )
            },
        ));
    }
    if root.flags != 0 {
        return Err(refuse(
            Rule::ArchiveStructure,
            format_args!("module.flags"),
            || (said!("{}", root.flags), said!("0")),
        ));
    }
    let functions = root.area(Table::Functions).len;
    if root.entry != NONE && root.entry >= functions {
        return Err(refuse(Rule::Entry, format_args!("module.entry"), || {
            (
                said!("{}", root.entry),
                said!(
                    "a number below {}, the number of {}",
                    functions,
                    "functions"
                ),
            )
        }));
    }
    Ok(())
}

/// Its name, version and metadata.
pub(super) fn check_ranges(context: &Context<'_>) -> Checked {
    let root = context.module.root();
    context.text(root.name, format_args!("module.name"))?;
    context.text(root.module_version, format_args!("module.module_version"))?;
    let count = context.module.count(Table::Bytes);
    match root.metadata.start.checked_add(root.metadata.len) {
        Some(end) if end <= count => Ok(()),
        _ => Err(refuse(
            Rule::Attribute,
            format_args!("module.metadata"),
            || {
                (
                    said!("{}", super::Shown(root.metadata).to_string()),
                    said!("a range within 0..{} of {}", count, "bytes"),
                )
            },
        )),
    }
}
