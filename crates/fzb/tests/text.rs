//! Module text: what it means, what its errors say, and that every module goes through it unchanged.

use fzb::Module;
use fzb::tables::*;
use fzb::text::{assemble, disassemble};

fn ok(source: &str) -> Tables {
    assemble(source).unwrap_or_else(|errors| {
        panic!(
            "{}",
            errors
                .iter()
                .map(|error| format!("{error}\n"))
                .collect::<String>()
        )
    })
}

fn survives(tables: &Tables) -> String {
    let text = disassemble(tables);
    let again = assemble(&text).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"));
    assert!(again == *tables, "{text}");
    text
}

const ERRORS: &str = r#"
module "errors" lang machine            ; header line
import notify host "notify" (text) -> unit needs "ui-overlay"
static counter: int mutable
type Point = record { x: float, y: float mutable }
type Shape = union { Circle { r: float }, Square { side: float },
    Empty }
type Names = list[text]
const big = decimal 12345678901234567890 scale 2
const s1 = shape pos pos named "x" hole spread
const pair = tuple big 1 "x"
file "errors.fsx" hash 0123456789abcdef
fn on_output(line: text) -> unit export {
    local i: int
    capture c: cell
    .line 12:5
    load line
    push "ERROR"
    intrinsic text.contains
    jump_if_not done
    push "Error detected in terminal"
    call_ffi notify
    pop
done:
    unit
    ret
}
fn main() -> dyn {
    push 1.5
    push 'c'
    push b"\x00a"
    push (key "k")
    push s1
    push_int -3
    load_static counter
    cast Names
    switch [a, b]
a:
    push "k"
    switch_text ["x" -> a, "y" -> b]
b:
    case Shape Circle
    get_case Shape Circle r
    set_slot Point y
    set_name "set-x" existing|mutable
    has_hook "_++_"
    call_name_shape foo [pos named x]
    make_closure main 0
    ret
}
entry main
export other = fn on_output attr hook = "k"
"#;

/// What a listing looks like; a change here should be an improvement.
#[test]
fn a_listing_reads_well() {
    let source = "module errors\nimport notify host notify (text) -> unit needs ui\nfn on_output(line: text) -> unit export {\n load line\n push \"ERROR\"\n intrinsic text.contains\n jump_if_not done\n push \"Error\"\n call_ffi notify\n pop\ndone: unit\n ret\n}\n";
    let expected = "module errors lang machine min_machine 1

import notify host notify (text) -> unit needs ui

fn on_output(line: text) -> unit {
    max_stack 2
    load line
    push \"ERROR\"
    intrinsic text.contains
    jump_if_not L29
    push \"Error\"
    call_ffi notify
    pop
L29:
    unit
    ret
}

export on_output = fn on_output
";
    assert_eq!(disassemble(&ok(source)), expected);
}

#[test]
fn the_sample_survives() {
    let tables = ok(ERRORS);
    assert_eq!(tables.functions.len(), 2);
    assert_eq!(tables.functions[0].max_stack, 2);
    assert_eq!(tables.exports.len(), 2);
    let text = survives(&tables);
    assert!(!text.contains("patch"), "{text}");
}

/// A small deterministic generator; the seeds make failures repeatable.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: u32) -> u32 {
        ((self.next() >> 32) % u64::from(limit.max(1))) as u32
    }

    fn range(&mut self, pool: usize) -> Range {
        let start = self.below(pool as u32 + 1);
        Range {
            start,
            len: self.below((pool as u32 - start).min(6) + 1),
        }
    }
}

/// Tables with sound ranges and, mostly, sound indexes, laid out at random: ranges overlap and leave gaps.
fn random_tables(random: &mut Random) -> Tables {
    let words: Vec<u32> = (0..random.below(60)).map(|_| random.below(8)).collect();
    let strings: Vec<u8> =
        "module.name_1 Größe \"quoted\\\" set-x ; comment\n🦊 fn local Circle r x"
            .bytes()
            .collect();
    let text = |random: &mut Random| loop {
        let range = random.range(strings.len());
        if std::str::from_utf8(&strings[range.start as usize..(range.start + range.len) as usize])
            .is_ok()
        {
            return range;
        }
    };
    let bytes: Vec<u8> = (0..random.below(40)).map(|_| random.next() as u8).collect();
    let mut code = Vec::new();
    let mut spans = vec![Range::default()];
    for _ in 0..random.below(5) {
        let start = code.len() as u32;
        for _ in 0..random.below(12) {
            let op = isa::Op::ALL[random.below(isa::Op::ALL.len() as u32) as usize];
            let args: Vec<u32> = (0..4).map(|_| random.below(7)).collect();
            isa::encode(op, &args, &mut code);
        }
        spans.push(Range {
            start,
            len: code.len() as u32 - start,
        });
    }
    let mut names: Vec<Range> = (0..random.below(8)).map(|_| text(random)).collect();
    let key =
        |range: &Range| strings[range.start as usize..(range.start + range.len) as usize].to_vec();
    names.sort_by_key(key);
    names.dedup_by_key(|range| key(range));
    let name_count = names.len() as u32;
    let mut tables = Tables {
        magic: *b"FZB\0",
        version: 1,
        entry: NONE,
        min_machine: 1,
        ..Tables::default()
    };
    tables.name = text(random);
    tables.module_version = text(random);
    tables.lang = random.below(4);
    tables.policy = random.below(4);
    tables.metadata = random.range(bytes.len());
    let many = |random: &mut Random| 0..random.below(6);
    tables.types = many(random)
        .map(|_| TypeRec {
            kind: random.below(9),
            arg: random.below(20),
            args: random.range(words.len()),
        })
        .collect();
    tables.fields = many(random)
        .map(|_| FieldRec {
            name: random.below(name_count),
            ty: random.below(20),
            flags: random.below(8),
        })
        .collect();
    let fields = tables.fields.len();
    tables.cases = many(random)
        .map(|_| CaseRec {
            name: random.below(name_count),
            fields: random.range(fields),
        })
        .collect();
    let cases = tables.cases.len();
    tables.typedefs = many(random)
        .map(|_| TypedefRec {
            kind: random.below(5),
            name: random.below(name_count),
            cases: random.range(cases),
            params: random.below(3),
        })
        .collect();
    tables.constants = many(random)
        .map(|_| {
            let kind = ConstKind::ALL[random.below(ConstKind::ALL.len() as u32) as usize];
            let words = random.range(words.len());
            let p = match kind {
                ConstKind::Text | ConstKind::Format => [text(random).start, 0, 0, 0],
                ConstKind::Bytes => {
                    let range = random.range(bytes.len());
                    [range.start, range.len, 0, 0]
                }
                ConstKind::Decimal => {
                    let range = random.range(bytes.len());
                    [random.below(9), range.start, range.len, 0]
                }
                ConstKind::Record | ConstKind::Class => {
                    [random.below(4), words.start, words.len, 0]
                }
                ConstKind::Case => [random.below(4), random.below(4), words.start, words.len],
                ConstKind::Int | ConstKind::Float => {
                    [random.next() as u32, random.next() as u32, 0, 0]
                }
                _ => [words.start, words.len, 0, 0],
            };
            ConstRec {
                kind: kind as u32,
                p,
            }
        })
        .collect();
    tables.tables = many(random)
        .map(|_| TableRec {
            kind: random.below(2),
            entries: random.range(words.len()),
        })
        .collect();
    tables.attributes = many(random)
        .map(|_| AttrRec {
            name: random.below(name_count),
            value: if random.below(2) == 0 {
                NONE
            } else {
                random.below(4)
            },
        })
        .collect();
    let (table_count, attributes) = (tables.tables.len(), tables.attributes.len());
    tables.functions = many(random)
        .map(|_| FuncRec {
            name: if random.below(3) == 0 {
                NONE
            } else {
                random.below(name_count)
            },
            params: random.range(words.len()),
            result: random.below(20),
            policy: random.below(4),
            arity: random.below(4),
            flags: random.below(256),
            locals: random.range(words.len()),
            captures: random.range(words.len()),
            max_stack: random.below(10),
            code: spans[random.below(spans.len() as u32) as usize],
            tables: random.range(table_count),
            attributes: random.range(attributes),
        })
        .collect();
    tables.statics = many(random)
        .map(|_| StaticRec {
            name: random.below(name_count),
            ty: random.below(20),
            flags: random.below(4),
        })
        .collect();
    tables.imports = many(random)
        .map(|_| ImportRec {
            kind: random.below(3),
            name: random.below(name_count),
            module: random.below(name_count),
            params: random.range(words.len()),
            result: random.below(20),
            caps: random.range(words.len()),
            flags: random.below(2),
        })
        .collect();
    tables.exports = many(random)
        .map(|_| ExportRec {
            name: random.below(name_count),
            kind: random.below(2),
            index: random.below(4),
            attributes: random.range(attributes),
        })
        .collect();
    tables.files = many(random)
        .map(|_| FileRec {
            path: text(random),
            hash: [random.next() as u32, random.next() as u32],
        })
        .collect();
    tables.lines = many(random)
        .map(|_| LineRec {
            func: random.below(4),
            pc: random.below(30),
            file: random.below(3),
            line: random.below(99),
            column: random.below(99),
        })
        .collect();
    tables.locals = many(random)
        .map(|_| LocalRec {
            func: random.below(4),
            local: random.below(5),
            name: random.below(name_count),
        })
        .collect();
    tables.docs = many(random)
        .map(|_| DocRec {
            func: random.below(4),
            text: text(random),
        })
        .collect();
    tables.names = names;
    tables.words = words;
    tables.strings = strings;
    tables.bytes = bytes;
    tables.code = code;
    tables
}

#[test]
fn tables_laid_out_in_any_way_survive() {
    let cases = 1500;
    for seed in 1..=cases {
        let mut tables = random_tables(&mut Random(seed * 0x9E37_79B9));
        survives(&tables);
        // Laid out in the canonical way the same module survives too.
        if let Some(laid_out) = fzb::text::layout::canonical(&tables) {
            survives(&laid_out);
            assert!(fzb::text::layout::canonical(&laid_out).as_ref() == Some(&laid_out));
        }
        // So do damaged tables.
        let mut random = Random(seed);
        for _ in 0..3 {
            let wild = random.next() as u32;
            match random.below(8) {
                0 => tables.entry = wild,
                1 => tables
                    .constants
                    .iter_mut()
                    .for_each(|record| record.kind = wild % 50),
                2 => tables
                    .functions
                    .iter_mut()
                    .for_each(|record| record.code.len = wild >> random.below(32)),
                3 => tables.names.reverse(),
                4 => tables.types.iter_mut().for_each(|record| record.arg = wild),
                5 => tables
                    .strings
                    .iter_mut()
                    .step_by(7)
                    .for_each(|byte| *byte = wild as u8),
                6 => tables
                    .code
                    .iter_mut()
                    .step_by(5)
                    .for_each(|byte| *byte = wild as u8),
                _ => tables
                    .typedefs
                    .iter_mut()
                    .for_each(|record| record.cases.start = wild),
            }
            survives(&tables);
        }
    }
}

#[test]
fn any_source_gives_tables_or_errors() {
    let pieces: Vec<&str> = ERRORS
        .split_inclusive([' ', '\n', '(', '[', '"', '{', '}'])
        .collect();
    let mut random = Random(77);
    let mut failed = 0;
    for _ in 0..3000 {
        let mut source: String = ERRORS.to_owned();
        for _ in 0..1 + random.below(4) {
            let mut at = random.below(source.len() as u32) as usize;
            while !source.is_char_boundary(at) {
                at -= 1;
            }
            match random.below(3) {
                0 => source.truncate(at.max(1)),
                1 => source.insert_str(at, pieces[random.below(pieces.len() as u32) as usize]),
                _ => {
                    let end = source[at..]
                        .find([' ', '\n'])
                        .map_or(source.len(), |n| at + n);
                    source.replace_range(at..end, "");
                }
            }
        }
        match assemble(&source) {
            Ok(tables) => drop(survives(&tables)),
            Err(errors) => {
                failed += 1;
                assert!(!errors.is_empty());
                for error in errors {
                    assert!(
                        error.line >= 1
                            && error.column >= 1
                            && error.span.start <= error.span.end
                            && error.span.end <= source.len()
                    );
                    assert!(!error.message.is_empty());
                }
            }
        }
    }
    assert!(failed > 1000);
}

#[test]
fn deep_and_long_sources_use_no_native_stack() {
    let deep = format!(
        "module \"x\"\nstatic s: {}int{}\n",
        "list[".repeat(200_000),
        "]".repeat(200_000)
    );
    let tables = ok(&deep);
    assert_eq!(tables.types.len(), 200_000);
    assert!(
        assemble(&format!(
            "module \"x\"\nconst c = {}\n",
            "(".repeat(500_000)
        ))
        .is_err()
    );
    assert!(
        assemble(&format!(
            "module \"x\"\nfn f() {{ push {} }}\n",
            "[".repeat(500_000)
        ))
        .is_err()
    );
    assert!(
        assemble(&format!(
            "module \"x\"\nstatic s: {}\n",
            "fn(".repeat(500_000)
        ))
        .is_err()
    );
}

fn errors(source: &str) -> Vec<String> {
    assemble(source)
        .expect_err("this source has errors")
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn errors_have_places_and_say_what_was_expected() {
    let source = "module \"m\" lang klingon\nstatic s: strin\nfn f(a: int) -> int {\n    lod a\n    load b\n    jump nowhere\n    case S Circle\n}\ntype S = union { A }\nentry g\n";
    assert_eq!(
        errors(source)[0],
        "1:17: expected a language: machine, fusabi, morph, rhumb"
    );
    let source = source.replace(" lang klingon", "");
    assert_eq!(
        errors(&source),
        [
            "2:11: unknown type `strin`",
            "4:5: unknown instruction `lod`; is `load` meant?",
            "5:10: unknown local `b`",
            "6:10: unknown label `nowhere`",
            "7:12: that type has no case `Circle`",
            "10:7: unknown function `g`",
        ]
    );
    assert_eq!(
        errors(""),
        ["1:1: expected `module \"name\"` as the first line"]
    );
    assert_eq!(
        errors("module \"m\"\nfn f() {\n ret\nfn g() { ret }\nentry f\n"),
        ["2:4: function `f` is not closed by `}`"]
    );
    assert_eq!(
        errors("module \"m\"\nconst a = b\nconst b = 1\nconst c = tuple b d\n").len(),
        2
    );
    assert_eq!(
        errors("module \"m\"\nfn f() {\nx: unit\nx: ret\n}\nfn f() { ret }\n"),
        [
            "4:1: label `x` is defined twice",
            "6:4: `f` is declared twice"
        ]
    );
    assert_eq!(
        errors("module \"m\"\nfn f() {\n push \"é\\q\"\n}")[0],
        "3:7: unknown escape; there are \\n \\t \\r \\0 \\\\ \\\" \\' \\u{…} and, in bytes, \\xHH"
    );
}

#[test]
fn order_of_text_does_not_matter_for_names() {
    let tables = ok(
        "module m\nentry main\nexport z = fn main\nexport a = static s\nfn main() { call helper\n ret }\nfn helper() { load_static s\n ret }\nstatic s: T\ntype T = list[P]\ntype P = record { x: T }\n",
    );
    assert_eq!(
        (tables.entry, tables.functions.len(), tables.types.len()),
        (0, 2, 2)
    );
    let names: Vec<&[u8]> = tables
        .names
        .iter()
        .map(|range| &tables.strings[range.start as usize..(range.start + range.len) as usize])
        .collect();
    assert!(names.is_sorted());
    assert!(tables.exports.is_sorted_by_key(|export| export.name));
    survives(&tables);
}

#[test]
fn stack_heights_are_found() {
    let height =
        |body: &str| ok(&format!("module m\nfn f(a: dyn) {{\n{body}\n}}\n")).functions[0].max_stack;
    assert_eq!(height("unit\nret"), 1);
    assert_eq!(height("push 1\npush 2\npush 3\ntuple 3\nret"), 3);
    assert_eq!(
        height("load a\niter_new values\nl: iter_next single end\npop\njump l\nend: unit\nret"),
        2
    );
    assert_eq!(
        height("load a\niter_new indexed\nl: iter_next pair end\npop\npop\njump l\nend: unit\nret"),
        3
    );
    assert_eq!(
        height("push_try catch h\nunit\npop_try\nret\nh: dup\ndup\npop\npop\nret"),
        3
    );
    assert_eq!(
        height("load a\nload a\nload a\ncall_shape [pos named x]\nret"),
        3
    );
    assert_eq!(
        height("push 1\nswitch [x, y]\nx: unit\nret\ny: unit\nunit\nunit\nret"),
        3
    );
    assert_eq!(height("max_stack 9\nunit\nret"), 9);
}

/// The `fza` blocks of the reference.
fn examples() -> Vec<String> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fza.md"))
        .expect("docs/fza.md");
    page.split("\n```fza\n")
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap_or("").to_owned())
        .collect()
}

#[test]
fn the_examples_of_the_reference_are_sound_files() {
    let examples = examples();
    assert!(examples.len() >= 8, "{}", examples.len());
    for example in examples {
        let tables = ok(&example);
        let module =
            Module::from_tables(&tables).unwrap_or_else(|error| panic!("{example}\n{error:?}"));
        let text = survives(&tables);
        assert!(
            example.contains("\npatch ") || !text.contains("patch "),
            "{text}"
        );
        // The file goes through the text byte for byte.
        let again = fzb::write::write(&ok(&disassemble(&module.to_tables())))
            .expect("it was a file before");
        assert_eq!(again, module.bytes());
    }
}

#[test]
fn every_keyword_of_the_reference_is_used_by_an_example() {
    let all = examples().join("\n");
    let words = [
        "module", "metadata", "name", "type", "const", "static", "import", "fn", "export", "entry",
        "file", "patch",
    ];
    let kinds = ConstKind::ALL
        .iter()
        .map(|kind| kind.text())
        .filter(|kind| !["bool", "int", "char", "text", "bytes"].contains(kind));
    let body = [
        "local",
        "capture",
        "max_stack",
        "attr",
        "table",
        ".line",
        ".local",
        ".doc",
        ".bytes",
        "switch",
        "switch_text",
    ];
    for word in words.into_iter().chain(kinds).chain(body) {
        assert!(
            all.split(|c: char| c.is_whitespace() || "()[],".contains(c))
                .any(|found| found == word),
            "no example shows `{word}`"
        );
    }
}
