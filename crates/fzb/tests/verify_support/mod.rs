//! Small modules around one function under test: a builder with labels, and a prelude of records to refer to.
#![allow(dead_code)] // each test binary uses a part

use fzb::tables::{
    ArgKind, Arity, CaseRec, ConstKind, ConstRec, EventKind, FieldRec, FuncId, FuncRec, ImportKind,
    ImportRec, ItemKind, Lang, NONE, Range, StaticRec, TableRec, Tables, TypeKind, TypeRec,
    TypedefKind, TypedefRec,
};
use fzb::verify::{self, Refusal, Verified};
use fzb::{Checks, Module};
use isa::{Op, encode};
use std::collections::HashMap;

/// A label's name for the rest of the process. Each is made once and stays reachable, so that a leak checker sees no leak.
pub fn named(name: String) -> &'static str {
    static NAMES: std::sync::Mutex<std::collections::BTreeSet<&'static str>> =
        std::sync::Mutex::new(std::collections::BTreeSet::new());
    let mut names = NAMES.lock().expect("no test panics while it holds it");
    if let Some(known) = names.get(name.as_str()) {
        return known;
    }
    let kept: &'static str = name.leak();
    names.insert(kept);
    kept
}

pub const DYN: u32 = 0;
pub const INT: u32 = 2;
pub const FLOAT: u32 = 3;
pub const BOOL: u32 = 4;
pub const TEXT: u32 = 6;
pub const LIST: u32 = 8;
pub const FN: u32 = 9;
pub const REF: u32 = 10;
pub const TOK: u32 = 11;
/// The record typedef 0 as a type.
pub const RECORD: u32 = 17;

/// Constants of the prelude.
pub mod k {
    pub const INT: u32 = 0;
    pub const TEXT: u32 = 1;
    pub const SHAPE: u32 = 2;
    pub const HOLES: u32 = 3;
    pub const NAMES: u32 = 4;
    pub const SLOTS: u32 = 5;
    pub const TOPICS: u32 = 6;
    pub const FORMAT: u32 = 7;
    pub const MAP: u32 = 8;
    pub const CLASS: u32 = 9;
    pub const BAD_FORMAT: u32 = 10;
    pub const BAD_SLOTS: u32 = 11;
    pub const FLOAT: u32 = 12;
    pub const EMPTY: u32 = 13;
    pub const RECORD: u32 = 14;
    pub const NAMES3: u32 = 15;
}

/// Functions of the prelude; 0 is the one under test.
pub mod f {
    /// (int, dyn) → int.
    pub const INT_DYN: u32 = 1;
    /// Captures an int and a cell.
    pub const CAPTURES: u32 = 2;
    /// A generator with result int.
    pub const GENERATOR: u32 = 3;
    /// () → dyn.
    pub const DYN: u32 = 4;
    /// () → fn.
    pub const FN: u32 = 5;
}

/// Code with labels.
#[derive(Default, Clone)]
pub struct Code {
    pub bytes: Vec<u8>,
    labels: HashMap<&'static str, u32>,
    fixes: Vec<(usize, &'static str)>,
}

pub fn code() -> Code {
    Code::default()
}

impl Code {
    pub fn op(self, op: Op) -> Code {
        self.i(op, &[])
    }

    pub fn i(mut self, op: Op, args: &[u32]) -> Code {
        encode(op, args, &mut self.bytes);
        self
    }

    /// A jump; `before` are the operands before its offset.
    pub fn j(mut self, op: Op, before: &[u32], label: &'static str) -> Code {
        encode(op, before, &mut self.bytes);
        self.fixes.push((self.bytes.len() - 4, label));
        self
    }

    pub fn at(mut self, label: &'static str) -> Code {
        self.labels.insert(label, self.bytes.len() as u32);
        self
    }

    /// Marks the instruction that a refusal should name.
    pub fn bad(self) -> Code {
        self.at("!")
    }

    pub fn int(self) -> Code {
        self.i(Op::PushInt, &[1])
    }

    pub fn raw(mut self, bytes: &[u8]) -> Code {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub fn times(self, count: usize, part: impl Fn(Code) -> Code) -> Code {
        (0..count).fold(self, |code, _| part(code))
    }

    pub fn label(&self, label: &str) -> u32 {
        *self
            .labels
            .get(label)
            .unwrap_or_else(|| panic!("no label {label}"))
    }

    fn finished(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        for (at, label) in &self.fixes {
            let offset = self.label(label).wrapping_sub(*at as u32 + 4);
            bytes[*at..*at + 4].copy_from_slice(&offset.to_le_bytes());
        }
        bytes
    }
}

/// The function under test.
#[derive(Clone)]
pub struct Fun {
    pub code: Code,
    pub params: Vec<u32>,
    pub locals: Vec<u32>,
    pub captures: Vec<(u32, u32)>,
    pub result: u32,
    pub flags: u32,
    pub policy: Lang,
    pub max_stack: u32,
    pub entry: bool,
    /// Labels of its jump table 0, and of its text table 1.
    pub jumps: Vec<&'static str>,
    pub texts: Vec<&'static str>,
}

pub fn fun(code: Code) -> Fun {
    Fun {
        code,
        params: vec![],
        locals: vec![],
        captures: vec![],
        result: DYN,
        flags: 0,
        policy: Lang::Machine,
        max_stack: 8,
        entry: false,
        jumps: vec![],
        texts: vec![],
    }
}

impl Fun {
    pub fn params(mut self, types: &[u32]) -> Fun {
        self.params = types.to_vec();
        self
    }
    pub fn locals(mut self, types: &[u32]) -> Fun {
        self.locals = types.to_vec();
        self
    }
    pub fn captures(mut self, captures: &[(u32, u32)]) -> Fun {
        self.captures = captures.to_vec();
        self
    }
    pub fn result(mut self, ty: u32) -> Fun {
        self.result = ty;
        self
    }
    pub fn flags(mut self, flags: u32) -> Fun {
        self.flags = flags;
        self
    }
    pub fn policy(mut self, policy: Lang) -> Fun {
        self.policy = policy;
        self
    }
    pub fn max_stack(mut self, height: u32) -> Fun {
        self.max_stack = height;
        self
    }
    pub fn entry(mut self) -> Fun {
        self.entry = true;
        self
    }
    pub fn jumps(mut self, labels: &[&'static str]) -> Fun {
        self.jumps = labels.to_vec();
        self
    }
    pub fn texts(mut self, labels: &[&'static str]) -> Fun {
        self.texts = labels.to_vec();
        self
    }

    pub fn tables(&self) -> Tables {
        let mut build = Build::prelude();
        build.function(self);
        if self.entry {
            build.tables.entry = 0;
        }
        let other = |code: Code| fun(code).max_stack(2);
        build.function(
            &other(code().i(Op::Load, &[0]).op(Op::Ret))
                .params(&[INT, DYN])
                .result(INT),
        );
        build.function(&other(code().op(Op::Unit).op(Op::Ret)).captures(&[(INT, 0), (DYN, 1)]));
        build.function(&other(code().int().op(Op::Ret)).result(INT).flags(32));
        build.function(&other(code().op(Op::Unit).op(Op::Ret)));
        build.function(&other(code().i(Op::MakeClosure, &[f::DYN, 0]).op(Op::Ret)).result(FN));
        build.tables
    }

    /// The module; what the rules on tables refuse is opened as a known file, since the verifier must not rely on them.
    pub fn module(&self) -> Module {
        let tables = self.tables();
        Module::from_tables(&tables)
            .or_else(|_| Module::check(fzb::write::write(&tables)?, Checks::Known))
            .unwrap_or_else(|error| panic!("{error:?}"))
    }

    pub fn verify(&self) -> Result<Verified, Refusal> {
        verify::function(&self.module(), FuncId(0))
    }

    /// Verifies, or panics with the refusal.
    #[track_caller]
    pub fn accepted(&self) -> Verified {
        self.verify().unwrap_or_else(|refusal| panic!("{refusal}"))
    }
}

struct Build {
    tables: Tables,
}

impl Build {
    fn words(&mut self, words: &[u32]) -> Range {
        let start = self.tables.words.len() as u32;
        self.tables.words.extend_from_slice(words);
        Range {
            start,
            len: words.len() as u32,
        }
    }

    fn string(&mut self, text: &str) -> Range {
        let start = self.tables.strings.len() as u32;
        self.tables.strings.extend_from_slice(text.as_bytes());
        Range {
            start,
            len: text.len() as u32,
        }
    }

    fn constant(&mut self, kind: ConstKind, p: [u32; 4]) {
        self.tables.constants.push(ConstRec {
            kind: kind as u32,
            p,
        });
    }

    fn prelude() -> Build {
        let mut build = Build {
            tables: Tables::new("test", Lang::Machine),
        };
        build.tables.names = ["a", "b", "c", "d"]
            .iter()
            .map(|name| build.string(name))
            .collect();
        let pair = build.words(&[INT, INT]);
        let none = Range::default();
        build.tables.types = vec![
            TypeRec {
                kind: TypeKind::Tuple as u32,
                arg: 0,
                args: pair,
            },
            TypeRec {
                kind: TypeKind::Named as u32,
                arg: 0,
                args: none,
            },
            TypeRec {
                kind: TypeKind::Named as u32,
                arg: 1,
                args: none,
            },
        ];
        let field = |name, ty| FieldRec { name, ty, flags: 1 };
        build.tables.fields = vec![
            field(0, INT),
            field(1, DYN),
            field(2, FN),
            field(0, INT),
            field(0, INT),
        ];
        let case = |name, start, len| CaseRec {
            name,
            fields: Range { start, len },
        };
        build.tables.cases = vec![case(0, 0, 3), case(1, 3, 0), case(2, 3, 1), case(2, 4, 1)];
        let typedef = |kind: TypedefKind, name, start, len| TypedefRec {
            kind: kind as u32,
            name,
            cases: Range { start, len },
            params: 0,
        };
        build.tables.typedefs = vec![
            typedef(TypedefKind::Record, 0, 0, 1),
            typedef(TypedefKind::Union, 1, 1, 2),
            typedef(TypedefKind::Record, 2, 3, 1),
        ];
        build.tables.statics = vec![
            StaticRec {
                name: 0,
                ty: DYN,
                flags: 1,
            },
            StaticRec {
                name: 1,
                ty: INT,
                flags: 1,
            },
        ];
        let import = |kind: ImportKind, name, module, params| ImportRec {
            kind: kind as u32,
            name,
            module,
            params,
            result: 1,
            caps: none,
            flags: 0,
        };
        let text = build.words(&[TEXT]);
        build.tables.imports = vec![
            import(ImportKind::Host, 0, NONE, text),
            import(ImportKind::Module, NONE, 1, none),
        ];

        build.constant(ConstKind::Int, [7, 0, 0, 0]);
        let text = build.string("seven");
        build.constant(ConstKind::Text, [text.start, text.len, 0, 0]);
        let list = |build: &mut Build, kind, words: &[u32]| {
            let range = build.words(words);
            build.constant(kind, [range.start, range.len, 0, 0]);
        };
        let [positional, hole] = [ArgKind::Positional as u32, ArgKind::Hole as u32];
        list(&mut build, ConstKind::Shape, &[positional, NONE]);
        list(
            &mut build,
            ConstKind::Shape,
            &[positional, NONE, hole, NONE],
        );
        list(&mut build, ConstKind::Names, &[0]);
        list(&mut build, ConstKind::Slots, &[0]);
        list(
            &mut build,
            ConstKind::Topics,
            &[EventKind::Signal as u32, 0],
        );
        let format = build.string("%d of %*d");
        build.constant(ConstKind::Format, [format.start, format.len, 0, 0]);
        list(
            &mut build,
            ConstKind::MapLit,
            &[
                ItemKind::Positional as u32,
                NONE,
                0,
                ItemKind::Computed as u32,
                NONE,
                1,
            ],
        );
        let methods = build.words(&[1]);
        build.constant(ConstKind::Class, [0, methods.start, methods.len, 0]);
        let format = build.string("%q");
        build.constant(ConstKind::Format, [format.start, format.len, 0, 0]);
        list(&mut build, ConstKind::Slots, &[9]);
        build.constant(ConstKind::Float, [0, 0, 0, 0]);
        build.constant(ConstKind::Empty, [0; 4]);
        let fields = build.words(&[k::INT]);
        build.constant(ConstKind::Record, [2, fields.start, fields.len, 0]);
        list(&mut build, ConstKind::Names, &[0, 1, 2]);
        build
    }

    fn function(&mut self, fun: &Fun) {
        let params: Vec<u32> = fun.params.iter().flat_map(|ty| [*ty, NONE]).collect();
        let captures: Vec<u32> = fun
            .captures
            .iter()
            .flat_map(|(ty, mode)| [*ty, *mode])
            .collect();
        let [params, captures, locals] =
            [&params, &captures, &fun.locals].map(|words| self.words(words));
        let start = self.tables.code.len() as u32;
        self.tables.code.extend_from_slice(&fun.code.finished());
        let first = self.tables.tables.len() as u32;
        let jumps: Vec<u32> = fun
            .jumps
            .iter()
            .map(|label| fun.code.label(label))
            .collect();
        let texts: Vec<u32> = fun
            .texts
            .iter()
            .flat_map(|label| [k::TEXT, fun.code.label(label)])
            .collect();
        for (kind, words) in [(0, jumps), (1, texts)] {
            let entries = self.words(&words);
            self.tables.tables.push(TableRec { kind, entries });
        }
        self.tables.functions.push(FuncRec {
            name: NONE,
            params,
            result: fun.result,
            policy: fun.policy as u32,
            arity: Arity::Exact as u32,
            flags: fun.flags,
            locals,
            captures,
            max_stack: fun.max_stack,
            code: Range {
                start,
                len: self.tables.code.len() as u32 - start,
            },
            tables: Range {
                start: first,
                len: 2,
            },
            attributes: Range::default(),
        });
    }
}
