//! Tables that break a rule.

use fzb::Rule;
use fzb::tables::{ConstKind, ConstRec, NONE, Range, TypeKind, TypeRec, TypedefKind};

use super::{Reject, first, plugin, rich};

pub fn files() -> Vec<Reject> {
    let mut files = vec![
        rich("entry", Rule::Entry, "module.entry: found 9", |t| {
            t.entry = 9
        }),
        rich(
            "entry-parameters",
            Rule::EntryShape,
            "2 parameters and 0 captures",
            |t| t.entry = 0,
        ),
        plugin(
            "entry-captures",
            Rule::EntryShape,
            "0 parameters and 1 captures",
            |t| t.functions[3].captures = t.functions[1].captures,
        ),
        rich("utf8", Rule::Encoding, "strings: found byte", |t| {
            t.strings[0] = 0xFF
        }),
        rich("utf8-boundary", Rule::Encoding, "between characters", |t| {
            let text = first(t, ConstKind::Text);
            t.constants[text].p[1] = 3;
        }),
        rich("module-name", Rule::RecordRange, "module.name", |t| {
            t.name.len = 1 << 20
        }),
        rich("metadata", Rule::Attribute, "module.metadata", |t| {
            t.metadata = Range { start: 0, len: 999 }
        }),
        rich("text-size", Rule::TextSize, "at most 16777216", |t| {
            let text = first(t, ConstKind::Text);
            t.constants[text].p[1] = (16 << 20) + 1;
        }),
        rich("bytes-size", Rule::TextSize, ".bytes: found", |t| {
            let bytes = first(t, ConstKind::Bytes);
            t.constants[bytes].p[1] = u32::MAX;
        }),
        rich("names-order", Rule::Names, "names[1]", |t| {
            t.names.swap(0, 1)
        }),
        rich("names-twice", Rule::Names, "names[2]", |t| {
            t.names[2] = t.names[1]
        }),
        rich("name-range", Rule::RecordRange, "names[0]", |t| {
            t.names[0].start = u32::MAX
        }),
        plugin(
            "export-target",
            Rule::ExportTarget,
            "the number of functions",
            |t| t.exports[0].index = 4,
        ),
        plugin(
            "export-static",
            Rule::ExportTarget,
            "the number of statics",
            |t| t.exports[1].index = 1,
        ),
        plugin("export-kind", Rule::ExportTarget, ".kind: found 2", |t| {
            t.exports[0].kind = 2
        }),
        plugin(
            "export-hidden-static",
            Rule::ExportTarget,
            "a static flagged exported",
            |t| t.statics[0].flags = 1,
        ),
        plugin("export-twice", Rule::ExportTwice, "\"each\"", |t| {
            t.exports[1].name = t.exports[0].name
        }),
        plugin("export-order", Rule::ExportTwice, "sorted by name", |t| {
            t.exports.swap(0, 1)
        }),
        plugin("export-name", Rule::RecordIndex, "exports[0].name", |t| {
            t.exports[0].name = NONE
        }),
        plugin(
            "export-hook",
            Rule::ExportHook,
            "0 parameters, expected 1 to 2 for the hook on_output",
            |t| {
                t.functions[0].params = Range::default();
            },
        ),
        rich(
            "constant-order",
            Rule::ConstantOrder,
            "constants[14].elements[0]: found 14",
            |t| {
                let tuple = first(t, ConstKind::Tuple);
                let start = t.constants[tuple].p[0] as usize;
                t.words[start] = tuple as u32;
            },
        ),
        rich(
            "constant-later",
            Rule::ConstantOrder,
            "constants[14].elements[1]",
            |t| {
                let tuple = first(t, ConstKind::Tuple);
                let start = t.constants[tuple].p[0] as usize;
                t.words[start + 1] = 900;
            },
        ),
        rich(
            "constant-no-value",
            Rule::ConstantShape,
            "which is no value",
            |t| {
                let (topics, start) = (first(t, ConstKind::Topics) as u32, t.words.len() as u32);
                t.words.push(topics);
                t.constants.push(ConstRec {
                    kind: ConstKind::List as u32,
                    p: [start, 1, 0, 0],
                });
            },
        ),
        rich(
            "constant-fields",
            Rule::ConstantShape,
            "fields: found 1, expected 2",
            |t| {
                let record = first(t, ConstKind::Record);
                t.constants[record].p[2] = 1;
            },
        ),
        rich(
            "constant-field-type",
            Rule::ConstantShape,
            "expected a value of type int",
            |t| {
                let record = first(t, ConstKind::Record);
                let start = t.constants[record].p[1] as usize;
                t.words[start] = 3;
            },
        ),
        rich(
            "constant-tuple-type",
            Rule::ConstantShape,
            "expected a value of type text",
            |t| {
                let tuple = first(t, ConstKind::Tuple);
                let start = t.constants[tuple].p[0] as usize;
                t.words[start + 1] = 2;
            },
        ),
        rich(
            "constant-width",
            Rule::ConstantShape,
            "sized, expected a value of type 16",
            |t| {
                let sized = first(t, ConstKind::Sized);
                t.constants[sized] = ConstRec {
                    kind: ConstKind::Sized as u32,
                    p: [1, 5, 0, 0],
                };
            },
        ),
        rich(
            "constant-nature",
            Rule::ConstantShape,
            "expected a record",
            |t| {
                let record = first(t, ConstKind::Record);
                t.constants[record].p[0] = 1;
            },
        ),
        rich("constant-tag", Rule::ConstantShape, "tag: found 3", |t| {
            let case = first(t, ConstKind::Case);
            t.constants[case].p[1] = 3;
        }),
        rich(
            "constant-typedef",
            Rule::RecordIndex,
            ".typedef: found 99",
            |t| {
                let case = first(t, ConstKind::Case);
                t.constants[case].p[0] = 99;
            },
        ),
        rich("constant-char", Rule::ConstantChar, "found 0xd800", |t| {
            let char = first(t, ConstKind::Char);
            t.constants[char].p[0] = 0xD800;
        }),
        rich(
            "constant-kind",
            Rule::ConstantValue,
            "kind: found 17",
            |t| t.constants[0].kind = 17,
        ),
        rich(
            "constant-bool",
            Rule::ConstantValue,
            "expected 0 or 1",
            |t| t.constants[1].p[0] = 2,
        ),
        rich(
            "constant-unused",
            Rule::ConstantValue,
            "0 after 2 words",
            |t| t.constants[2].p[3] = 1,
        ),
        rich(
            "constant-sized",
            Rule::ConstantValue,
            "a number of width i32",
            |t| {
                let sized = first(t, ConstKind::Sized);
                t.constants[sized].p[2] = 0;
            },
        ),
        rich(
            "constant-decimal",
            Rule::ConstantValue,
            "the shortest form",
            |t| {
                let decimal = first(t, ConstKind::Decimal);
                let at = t.constants[decimal].p[1] as usize;
                t.bytes[at + 1] = 0;
            },
        ),
        rich(
            "constant-shape-kind",
            Rule::ConstantValue,
            "arguments: found 9",
            |t| {
                let at = t.constants[first(t, ConstKind::Shape)].p[0] as usize;
                t.words[at] = 9;
            },
        ),
        rich(
            "constant-shape-name",
            Rule::RecordIndex,
            "arguments[1]",
            |t| {
                let at = t.constants[first(t, ConstKind::Shape)].p[0] as usize;
                t.words[at + 3] = NONE;
            },
        ),
        rich(
            "constant-topics",
            Rule::ConstantValue,
            "topics: found 3",
            |t| {
                let at = t.constants[first(t, ConstKind::Topics)].p[0] as usize;
                t.words[at] = 3;
            },
        ),
        rich(
            "constant-map",
            Rule::ConstantValue,
            "items: found 3, expected bits",
            |t| {
                let at = t.constants[first(t, ConstKind::MapLit)].p[0] as usize;
                t.words[at + 2] = 3;
            },
        ),
        rich("constant-pairs", Rule::ConstantValue, "groups of 2", |t| {
            let shape = first(t, ConstKind::Shape);
            t.constants[shape].p[1] = 3;
        }),
        rich(
            "type-index",
            Rule::TypeIndex,
            "types[2].args[0]: found 999",
            |t| {
                let at = t.types[2].args.start as usize;
                t.words[at] = 999;
            },
        ),
        rich(
            "type-gap",
            Rule::TypeIndex,
            "found 12, expected a number below 12",
            |t| t.fields[0].ty = 12,
        ),
        rich("type-token", Rule::TypeIndex, "found tok", |t| {
            t.functions[0].result = 11
        }),
        rich(
            "type-cycle",
            Rule::TypeCycle,
            "a type that contains itself",
            |t| t.types[3].arg = 19,
        ),
        rich(
            "type-kind",
            Rule::TypeDefinition,
            "types[0].kind: found 9",
            |t| t.types[0].kind = 9,
        ),
        rich(
            "type-width",
            Rule::TypeDefinition,
            "1 to 8 for sized",
            |t| t.types[0].arg = 0,
        ),
        rich(
            "type-row",
            Rule::TypeDefinition,
            "fields sorted by name",
            |t| {
                let at = t.types[6].args.start as usize;
                t.words.swap(at, at + 2);
            },
        ),
        rich(
            "type-arity",
            Rule::TypeArity,
            "0 arguments, expected 1",
            |t| {
                let named = t
                    .types
                    .iter()
                    .position(|ty| ty.kind == TypeKind::Named as u32)
                    .expect("a named type");
                t.types[named].args.len = 0;
            },
        ),
        rich(
            "type-variable",
            Rule::TypeArity,
            "type variable 1, expected a number below 1",
            |t| {
                let var = t
                    .types
                    .iter()
                    .position(|ty| ty.kind == TypeKind::Var as u32)
                    .expect("a variable");
                t.types[var].arg = 1;
            },
        ),
        rich(
            "typedef-kind",
            Rule::TypeDefinition,
            "typedefs[0].kind",
            |t| t.typedefs[0].kind = 5,
        ),
        rich(
            "typedef-record-cases",
            Rule::TypeDefinition,
            "1 to 1 for record",
            |t| t.typedefs[0].cases.len = 2,
        ),
        rich(
            "typedef-enum-fields",
            Rule::TypeDefinition,
            "at most 0 for enum",
            |t| t.typedefs[1].kind = TypedefKind::Enum as u32,
        ),
        rich(
            "typedef-case-twice",
            Rule::TypeDefinition,
            "each name once",
            |t| t.cases[2].name = t.cases[1].name,
        ),
        rich(
            "typedef-field-flags",
            Rule::TypeDefinition,
            "fields[0].flags: found 3",
            |t| t.fields[0].flags = 3,
        ),
        rich(
            "typedef-cases-range",
            Rule::RecordRange,
            "typedefs[0].cases",
            |t| t.typedefs[0].cases.start = 500,
        ),
        rich("range", Rule::RecordRange, "constants[14].elements", |t| {
            t.constants[14].p[0] = u32::MAX
        }),
        plugin("index", Rule::RecordIndex, "imports[0].name", |t| {
            t.imports[0].name = 400
        }),
        plugin(
            "import-kind",
            Rule::ImportSignature,
            "imports[0].kind",
            |t| t.imports[0].kind = 3,
        ),
        plugin(
            "import-host-module",
            Rule::ImportSignature,
            "imports[0].module",
            |t| t.imports[0].module = 0,
        ),
        plugin(
            "import-module-name",
            Rule::ImportSignature,
            "imports[2].name",
            |t| t.imports[2].name = 0,
        ),
        plugin(
            "import-module-parameters",
            Rule::ImportSignature,
            "none for a module",
            |t| t.imports[2].params = t.imports[0].params,
        ),
        plugin(
            "import-flags",
            Rule::ImportSignature,
            "imports[0].flags",
            |t| t.imports[0].flags = 2,
        ),
        plugin(
            "capability-name",
            Rule::CapabilityName,
            "\"on_Output\"",
            |t| {
                let text = t.names[t.exports[2].name as usize];
                t.strings[text.start as usize + 3] = b'O';
                let at = t.imports[0].caps.start as usize;
                t.words[at] = t.exports[2].name;
            },
        ),
        plugin("static-flags", Rule::Static, "statics[0].flags", |t| {
            t.statics[0].flags = 7
        }),
        rich(
            "function-policy",
            Rule::Function,
            "functions[0].policy",
            |t| t.functions[0].policy = 4,
        ),
        rich(
            "function-arity",
            Rule::Function,
            "functions[0].arity",
            |t| t.functions[0].arity = 4,
        ),
        rich("function-flags", Rule::Function, "known bits only", |t| {
            t.functions[0].flags = 256
        }),
        rich("function-fibers", Rule::Function, "not both", |t| {
            t.functions[0].flags = 32 | 64
        }),
        rich(
            "function-selector",
            Rule::Function,
            "as a selector has",
            |t| t.functions[1].flags = 16,
        ),
        rich("function-no-code", Rule::Function, "no code", |t| {
            t.functions[1].code.len = 0
        }),
        rich(
            "function-shared-code",
            Rule::Function,
            "code of its own",
            |t| t.functions[1].code = t.functions[0].code,
        ),
        rich(
            "function-parameters",
            Rule::FunctionSize,
            "params: found 256",
            |t| t.functions[0].params.len = 512,
        ),
        rich(
            "function-locals",
            Rule::FunctionSize,
            "locals: found",
            |t| t.functions[0].locals.len = 65_535,
        ),
        rich(
            "function-code",
            Rule::FunctionSize,
            "code: found 1048577",
            |t| t.functions[0].code.len = (1 << 20) + 1,
        ),
        rich(
            "function-stack",
            Rule::FunctionSize,
            "max_stack: found 4097",
            |t| t.functions[0].max_stack = 4097,
        ),
        rich(
            "function-code-range",
            Rule::RecordRange,
            "functions[0].code",
            |t| t.functions[0].code.start = 1000,
        ),
        plugin(
            "capture-mode",
            Rule::Capture,
            "0, a value, or 1, a cell",
            |t| {
                let at = t.functions[1].captures.start as usize;
                t.words[at + 1] = 2;
            },
        ),
        plugin("capture-words", Rule::Capture, "found 1 words", |t| {
            t.functions[1].captures.len = 1
        }),
        rich("table-kind", Rule::JumpTable, "tables[0].kind", |t| {
            t.tables[0].kind = 2
        }),
        rich("table-constant", Rule::JumpTable, "expected a text", |t| {
            let at = t.tables[0].entries.start as usize;
            t.words[at] = 0;
        }),
        rich("table-pairs", Rule::JumpTable, "found 1 words", |t| {
            t.tables[0].entries.len = 1
        }),
        rich(
            "table-target",
            Rule::JumpTable,
            "an offset in a function's code",
            |t| {
                let at = t.tables[0].entries.start as usize;
                t.words[at + 1] = 1 << 20;
            },
        ),
        plugin(
            "attribute-name",
            Rule::RecordIndex,
            "attributes[0].name",
            |t| t.attributes[0].name = NONE,
        ),
    ];
    // Attributes carry values; the plugin has none but texts, so one of another kind is added.
    files.push(plugin(
        "attribute-value",
        Rule::Attribute,
        "which is no value",
        |t| {
            t.constants.push(ConstRec {
                kind: ConstKind::Names as u32,
                p: [0; 4],
            });
            t.attributes[0].value = t.constants.len() as u32 - 1;
        },
    ));
    // 70 lists of lists.
    files.push(rich(
        "type-depth",
        Rule::TypeCycle,
        "a deeper nesting",
        |t| {
            for _ in 0..70 {
                let arg = 16 + t.types.len() as u32 - 1;
                t.types.push(TypeRec {
                    kind: TypeKind::List as u32,
                    arg,
                    args: Range::default(),
                });
            }
        },
    ));
    // The same with the deepest first, which is another way through the measuring.
    files.push(rich(
        "type-depth-reversed",
        Rule::TypeCycle,
        "a deeper nesting",
        |t| {
            let first = t.types.len() as u32;
            for i in 0..70 {
                let arg = if i == 69 { 2 } else { 16 + first + i + 1 };
                t.types.push(TypeRec {
                    kind: TypeKind::List as u32,
                    arg,
                    args: Range::default(),
                });
            }
        },
    ));
    // Pairs of pairs: 2^20 parts in 20 records.
    files.push(rich(
        "type-size",
        Rule::TypeCycle,
        "more types when written out",
        |t| {
            for _ in 0..20 {
                let (start, part) = (t.words.len() as u32, 16 + t.types.len() as u32 - 1);
                t.words.extend([part, part]);
                t.types.push(TypeRec {
                    kind: TypeKind::Tuple as u32,
                    arg: 0,
                    args: Range { start, len: 2 },
                });
            }
        },
    ));
    // 600 lists that share 600 words.
    files.push(rich(
        "shared-ranges",
        Rule::RecordRange,
        "ranges that share too many elements",
        |t| {
            let start = t.words.len() as u32;
            t.words.extend([0; 600]);
            for _ in 0..600 {
                t.constants.push(ConstRec {
                    kind: ConstKind::List as u32,
                    p: [start, 600, 0, 0],
                });
            }
        },
    ));
    files
}
