//! Archives whose root or tables are not where they may be.

use fzb::Rule;
use fzb::header::HEADER_SIZE;
use fzb::layout::{ROOT_SIZE, Table};
use fzb::mutate::repair;

use super::{Reject, bytes, pair, put, root};

pub fn files() -> Vec<Reject> {
    let minus = |table: Table| {
        move |file: &mut [u8], at: usize| put(file, at + pair(table), (-1_000_000i32) as u32)
    };
    vec![
        bytes(
            "root-cut",
            Rule::ArchiveStructure,
            "bytes of a root",
            |file| {
                file.truncate(HEADER_SIZE + ROOT_SIZE - 4);
                repair(file);
            },
        ),
        bytes(
            "root-alignment",
            Rule::ArchiveAlignment,
            "root: found offset",
            |file| {
                file.insert(HEADER_SIZE, 0);
                repair(file);
            },
        ),
        root(
            "record-magic",
            Rule::ArchiveStructure,
            "module.magic",
            |file, at| file[at] = b'G',
        ),
        root(
            "record-flags",
            Rule::ArchiveStructure,
            "module.flags",
            |file, at| put(file, at + 40, 1),
        ),
        root(
            "record-policy",
            Rule::ArchiveStructure,
            "module.policy",
            |file, at| put(file, at + 28, 4),
        ),
        root(
            "record-version",
            Rule::HeaderRecord,
            "module.version",
            |file, at| put(file, at + 4, 2),
        ),
        root(
            "record-language",
            Rule::HeaderRecord,
            "module.lang",
            |file, at| put(file, at + 24, 1),
        ),
        root(
            "record-min-machine",
            Rule::HeaderRecord,
            "module.min_machine",
            |file, at| put(file, at + 32, 0),
        ),
        bytes(
            "flag-of-exports",
            Rule::HeaderRecord,
            "header.flags & 4",
            |file| file[8] &= !4,
        ),
        bytes(
            "flag-of-debug",
            Rule::HeaderRecord,
            "header.flags & 1",
            |file| file[8] |= 1,
        ),
        root(
            "table-before-payload",
            Rule::ArchiveRange,
            "words: found bytes -",
            minus(Table::Words),
        ),
        root(
            "table-behind-payload",
            Rule::ArchiveRange,
            "functions: found bytes",
            |file, at| put(file, at + pair(Table::Functions), 1 << 30),
        ),
        root(
            "table-in-root",
            Rule::ArchiveRange,
            "code: found bytes",
            |file, at| put(file, at + pair(Table::Code), 0),
        ),
        root(
            "table-length",
            Rule::ArchiveRange,
            "names: found bytes",
            |file, at| put(file, at + pair(Table::Names) + 4, 1 << 19),
        ),
        root(
            "table-alignment",
            Rule::ArchiveAlignment,
            "words: found offset",
            |file, at| {
                let field = at + pair(Table::Words);
                let old =
                    u32::from_le_bytes(file[field..field + 4].try_into().expect("four bytes"));
                put(file, field, old.wrapping_sub(2));
            },
        ),
        root(
            "count-functions",
            Rule::Count,
            "functions: found 65536",
            |file, at| put(file, at + pair(Table::Functions) + 4, 65_536),
        ),
        root(
            "count-constants",
            Rule::Count,
            "constants: found 1048577",
            |file, at| put(file, at + pair(Table::Constants) + 4, (1 << 20) + 1),
        ),
        root(
            "count-imports",
            Rule::Count,
            "imports: found 4097",
            |file, at| put(file, at + pair(Table::Imports) + 4, 4097),
        ),
        root("count-types", Rule::Count, "types: found", |file, at| {
            put(file, at + pair(Table::Types) + 4, u32::MAX)
        }),
        root(
            "order",
            Rule::ArchiveOverlap,
            "types: found bytes 0..0",
            |file, at| {
                // The empty table of types where the payload begins, before the names.
                put(
                    file,
                    at + pair(Table::Types),
                    0u32.wrapping_sub((at - HEADER_SIZE + pair(Table::Types)) as u32),
                );
            },
        ),
        root(
            "overlap",
            Rule::ArchiveOverlap,
            "code: found bytes",
            |file, at| {
                // Code where the strings are.
                let (strings, code) = (at + pair(Table::Strings), at + pair(Table::Code));
                let strings_at =
                    u32::from_le_bytes(file[strings..strings + 4].try_into().expect("four bytes"))
                        .wrapping_add(strings as u32);
                put(
                    file,
                    code,
                    strings_at.wrapping_sub(code as u32).wrapping_add(1),
                );
            },
        ),
    ]
}
