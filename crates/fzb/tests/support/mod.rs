//! Good modules, built by hand from tables, that the container's tests take apart, break and mutate.
#![allow(dead_code)] // each test binary uses a part

use fzb::tables::{
    ArgKind, Arity, AttrRec, CaseRec, ConstKind, ConstRec, DocRec, EventKind, ExportKind,
    ExportRec, FieldRec, FileRec, FuncRec, ImportKind, ImportRec, ItemKind, Lang, LineRec,
    LocalRec, NONE, Range, StaticRec, TableRec, Tables, TypeId, TypeKind, TypeRec, TypedefKind,
    TypedefRec, field_flags, function_flags, static_flags,
};
use isa::{Op, encode};

/// A case: its name and its fields (name, type, flags).
type Case<'a> = (&'a str, &'a [(&'a str, u32, u32)]);

/// Tables with their pools.
pub struct Build {
    pub tables: Tables,
}

impl Build {
    /// A module with these names, which are sorted here.
    pub fn new(module: &str, names: &[&str]) -> Build {
        let mut build = Build {
            tables: Tables::new(module, Lang::Machine),
        };
        let mut names = names.to_vec();
        names.sort_unstable();
        names.dedup();
        build.tables.names = names.iter().map(|name| build.string(name)).collect();
        build
    }

    pub fn string(&mut self, text: &str) -> Range {
        let start = self.tables.strings.len() as u32;
        self.tables.strings.extend_from_slice(text.as_bytes());
        Range {
            start,
            len: text.len() as u32,
        }
    }

    pub fn words(&mut self, words: &[u32]) -> Range {
        let start = self.tables.words.len() as u32;
        self.tables.words.extend_from_slice(words);
        Range {
            start,
            len: words.len() as u32,
        }
    }

    pub fn byte_string(&mut self, bytes: &[u8]) -> Range {
        let start = self.tables.bytes.len() as u32;
        self.tables.bytes.extend_from_slice(bytes);
        Range {
            start,
            len: bytes.len() as u32,
        }
    }

    pub fn name(&self, text: &str) -> u32 {
        let of = |range: &Range| {
            &self.tables.strings[range.start as usize..(range.start + range.len) as usize]
        };
        self.tables
            .names
            .binary_search_by(|range| of(range).cmp(text.as_bytes()))
            .expect("a name of the module") as u32
    }

    /// A new entry of the type table.
    pub fn ty(&mut self, kind: TypeKind, arg: u32, args: &[u32]) -> u32 {
        let args = self.words(args);
        self.tables.types.push(TypeRec {
            kind: kind as u32,
            arg,
            args,
        });
        TypeId::FIRST_TABLE + self.tables.types.len() as u32 - 1
    }

    /// A new type definition with these cases.
    pub fn typedef(
        &mut self,
        kind: TypedefKind,
        name: &str,
        params: u32,
        cases: &[Case<'_>],
    ) -> u32 {
        let first_case = self.tables.cases.len() as u32;
        for (case, fields) in cases {
            let start = self.tables.fields.len() as u32;
            for (field, ty, flags) in *fields {
                let name = self.name(field);
                self.tables.fields.push(FieldRec {
                    name,
                    ty: *ty,
                    flags: *flags,
                });
            }
            let name = self.name(case);
            self.tables.cases.push(CaseRec {
                name,
                fields: Range {
                    start,
                    len: fields.len() as u32,
                },
            });
        }
        let cases = Range {
            start: first_case,
            len: cases.len() as u32,
        };
        let name = self.name(name);
        self.tables.typedefs.push(TypedefRec {
            kind: kind as u32,
            name,
            cases,
            params,
        });
        self.tables.typedefs.len() as u32 - 1
    }

    pub fn constant(&mut self, kind: ConstKind, p: &[u32]) -> u32 {
        let mut payload = [0; 4];
        payload[..p.len()].copy_from_slice(p);
        self.tables.constants.push(ConstRec {
            kind: kind as u32,
            p: payload,
        });
        self.tables.constants.len() as u32 - 1
    }

    pub fn text(&mut self, text: &str) -> u32 {
        let range = self.string(text);
        self.constant(ConstKind::Text, &[range.start, range.len])
    }

    pub fn list_constant(&mut self, kind: ConstKind, words: &[u32]) -> u32 {
        let range = self.words(words);
        self.constant(kind, &[range.start, range.len])
    }

    /// A function; `code` is a list of instructions.
    pub fn function(
        &mut self,
        name: &str,
        params: &[(u32, &str)],
        result: TypeId,
        locals: &[u32],
        code: &[(Op, &[u32])],
    ) -> u32 {
        let name = self.name(name);
        let pairs: Vec<u32> = params
            .iter()
            .flat_map(|(ty, name)| [*ty, self.name(name)])
            .collect();
        let params = self.words(&pairs);
        let locals = self.words(locals);
        let start = self.tables.code.len() as u32;
        for (op, args) in code {
            encode(*op, args, &mut self.tables.code);
        }
        let none = Range::default();
        self.tables.functions.push(FuncRec {
            name,
            params,
            result: result.0,
            policy: Lang::Machine as u32,
            arity: Arity::Exact as u32,
            flags: 0,
            locals,
            captures: none,
            max_stack: 8,
            code: Range {
                start,
                len: self.tables.code.len() as u32 - start,
            },
            tables: none,
            attributes: none,
        });
        self.tables.functions.len() as u32 - 1
    }

    pub fn export(&mut self, name: &str, kind: ExportKind, index: u32, attributes: Range) {
        let name = self.name(name);
        self.tables.exports.push(ExportRec {
            name,
            kind: kind as u32,
            index,
            attributes,
        });
        self.tables.exports.sort_by_key(|export| export.name);
    }
}

const DYN: u32 = TypeId::DYN.0;
const INT: u32 = TypeId::INT.0;
const TEXT: u32 = TypeId::TEXT.0;
const BOOL: u32 = TypeId::BOOL.0;

/// A module without anything but an entry that ends.
pub fn small() -> Tables {
    let mut build = Build::new("small", &["main"]);
    build.tables.entry = build.function(
        "main",
        &[],
        TypeId::DYN,
        &[],
        &[(Op::Unit, &[]), (Op::Halt, &[])],
    );
    build.tables
}

/// Loops over typed integers, calls, branches, a jump table.
pub fn numbers() -> Tables {
    let mut build = Build::new("numbers", &["main", "sum", "n", "pick", "total"]);
    // while i < n: total += i; i += 1
    let sum = build.function(
        "sum",
        &[(INT, "n")],
        TypeId::INT,
        &[INT, INT],
        &[
            (Op::PushInt, &[0]),
            (Op::Store, &[1]),
            (Op::PushInt, &[0]),
            (Op::Store, &[2]),
            // Offset 20.
            (Op::Load, &[1]),
            (Op::Load, &[0]),
            (Op::I64Lt, &[]),
            (Op::JumpIfNot, &[32]),
            (Op::Load, &[2]),
            (Op::Load, &[1]),
            (Op::I64Add, &[]),
            (Op::Store, &[2]),
            (Op::Load, &[1]),
            (Op::PushInt, &[1]),
            (Op::I64Add, &[]),
            (Op::Store, &[1]),
            (Op::Jump, &[(-53i32) as u32]),
            (Op::Load, &[2]),
            (Op::Ret, &[]),
        ],
    );
    let targets = build.words(&[14, 20]);
    build.tables.tables.push(TableRec {
        kind: 0,
        entries: targets,
    });
    let pick = build.function(
        "pick",
        &[(INT, "n")],
        TypeId::INT,
        &[],
        &[
            (Op::Load, &[0]),
            (Op::Switch, &[0]),
            (Op::PushInt, &[(-1i32) as u32]),
            (Op::Ret, &[]),
            (Op::PushInt, &[10]),
            (Op::Ret, &[]),
            (Op::PushInt, &[20]),
            (Op::Ret, &[]),
        ],
    );
    build.tables.functions[pick as usize].tables = Range { start: 0, len: 1 };
    build.tables.entry = build.function(
        "main",
        &[],
        TypeId::INT,
        &[],
        &[
            (Op::PushInt, &[100]),
            (Op::Call, &[sum]),
            (Op::PushInt, &[1]),
            (Op::Call, &[pick]),
            (Op::I64AddCk, &[]),
            (Op::Halt, &[]),
        ],
    );
    build.export("sum", ExportKind::Function, sum, Range::default());
    build.tables
}

/// A plugin: host functions, a hook, a closure, a try region, a static.
pub fn plugin() -> Tables {
    let mut build = Build::new(
        "plugin",
        &[
            "line",
            "notify",
            "on_output",
            "count",
            "ui:overlay",
            "main",
            "inner",
            "each",
            "hits",
            "helper",
            "lib",
            "doc",
            "word",
        ],
    );
    let params = build.words(&[TEXT]);
    let caps = build.words(&[build.name("ui:overlay")]);
    let [notify, helper, lib] = ["notify", "helper", "lib"].map(|name| build.name(name));
    build.tables.imports.push(ImportRec {
        kind: ImportKind::Host as u32,
        name: notify,
        module: NONE,
        params,
        result: DYN,
        caps,
        flags: 0,
    });
    build.tables.imports.push(ImportRec {
        kind: ImportKind::Function as u32,
        name: helper,
        module: lib,
        params,
        result: BOOL,
        caps: Range::default(),
        flags: 1,
    });
    build.tables.imports.push(ImportRec {
        kind: ImportKind::Module as u32,
        name: NONE,
        module: lib,
        params: Range::default(),
        result: DYN,
        caps: Range::default(),
        flags: 1,
    });
    let hits = build.name("hits");
    build.tables.statics.push(StaticRec {
        name: hits,
        ty: DYN,
        flags: static_flags::MUTABLE | static_flags::EXPORTED,
    });
    let word = build.text("ERROR");
    let contains = isa::Intrinsic::TextContains as u32;
    // if contains(line, "ERROR") then notify(line)
    let on_output = build.function(
        "on_output",
        &[(TEXT, "line")],
        TypeId::UNIT,
        &[],
        &[
            (Op::Load, &[0]),
            (Op::Push, &[word]),
            (Op::Intrinsic, &[contains]),
            (Op::JumpIfNot, &[11]),
            (Op::Load, &[0]),
            (Op::CallFfi, &[0]),
            (Op::Pop, &[]),
            (Op::Unit, &[]),
            (Op::Ret, &[]),
        ],
    );
    let inner = build.function(
        "inner",
        &[(DYN, "line")],
        TypeId::DYN,
        &[],
        &[
            (Op::LoadCap, &[0]),
            (Op::Load, &[0]),
            (Op::Add, &[]),
            (Op::StoreStatic, &[0]),
            (Op::LoadStatic, &[0]),
            (Op::Ret, &[]),
        ],
    );
    let captures = build.words(&[DYN, 0]);
    build.tables.functions[inner as usize].captures = captures;
    let each = build.function(
        "each",
        &[(DYN, "count")],
        TypeId::DYN,
        &[],
        &[
            // A try region around a call of the closure; the handler gives empty.
            (Op::PushTry, &[0, 17]),
            (Op::Load, &[0]),
            (Op::MakeClosure, &[inner, 1]),
            (Op::PushInt, &[2]),
            (Op::CallClosure, &[1]),
            (Op::PopTry, &[]),
            (Op::Ret, &[]),
            (Op::Pop, &[]),
            (Op::Unit, &[]),
            (Op::Ret, &[]),
        ],
    );
    // load 5 + make_closure 6 + push_int 5 + box... all between push_try and the handler.
    fix_try(&mut build.tables, each);
    build.tables.functions[each as usize].arity = Arity::Loose as u32;
    build.tables.functions[each as usize].flags = function_flags::REST;
    let value = build.text("counts lines with ERROR");
    let name = build.name("doc");
    build.tables.attributes.push(AttrRec { name, value });
    build.tables.attributes.push(AttrRec { name, value: NONE });
    build.tables.functions[on_output as usize].attributes = Range { start: 0, len: 2 };
    build.export(
        "on_output",
        ExportKind::Function,
        on_output,
        Range { start: 0, len: 1 },
    );
    build.export(
        "each",
        ExportKind::Function,
        each,
        Range { start: 1, len: 1 },
    );
    build.export("hits", ExportKind::Static, 0, Range::default());
    build.tables.entry = build.function(
        "main",
        &[],
        TypeId::DYN,
        &[],
        &[
            (Op::PushInt, &[0]),
            (Op::Box, &[0]),
            (Op::StoreStatic, &[0]),
            (Op::Unit, &[]),
            (Op::Halt, &[]),
        ],
    );
    build.tables.metadata = build.byte_string(b"[plugin]\nname = \"errors\"\n");
    build.tables
}

/// Sets the first `push_try` of a function to lead to the instruction after its first `ret`.
fn fix_try(tables: &mut Tables, function: u32) {
    let range = tables.functions[function as usize].code;
    let code = &mut tables.code[range.start as usize..(range.start + range.len) as usize];
    let (mut at, mut base) = (0, None);
    while let Ok(instr) = isa::decode(code, at) {
        at = instr.next;
        match (instr.op, base) {
            (Op::PushTry, None) => base = Some(instr.next),
            (Op::Ret, Some(base)) => {
                code[base as usize - 4..base as usize].copy_from_slice(&(at - base).to_le_bytes());
                return;
            }
            _ => {}
        }
    }
}

/// Every kind of type, type definition and constant, and every debug table.
pub fn rich() -> Tables {
    let mut build = Build::new(
        "rich",
        &[
            "Point", "x", "y", "Shape", "Circle", "radius", "Square", "Empty", "Colour", "Red",
            "Green", "Failure", "why", "Box", "value", "Tree", "Leaf", "Node", "handle", "main",
            "go", "a", "b", "loud", "Klass", "method", "i", "j",
        ],
    );
    let sized = build.ty(TypeKind::Sized, 3, &[]);
    let f32 = build.ty(TypeKind::Sized, 8, &[]);
    let pair = build.ty(TypeKind::Tuple, 0, &[INT, TEXT]);
    build.ty(TypeKind::List, pair, &[]);
    build.ty(TypeKind::Array, sized, &[]);
    build.ty(TypeKind::Fn, BOOL, &[INT, pair]);
    let row = [build.name("x"), INT, build.name("y"), TEXT];
    build.ty(TypeKind::Row, 0, &row);
    let var = build.ty(TypeKind::Var, 0, &[]);
    let handle = build.name("handle");
    build.ty(TypeKind::Opaque, handle, &[]);
    let point = build.typedef(
        TypedefKind::Record,
        "Point",
        0,
        &[("Point", &[("x", INT, 0), ("y", pair, field_flags::MUTABLE)])],
    );
    let shape = build.typedef(
        TypedefKind::Union,
        "Shape",
        0,
        &[
            ("Circle", &[("radius", sized, 0)]),
            ("Square", &[("x", TypeId::FLOAT.0, 0), ("y", f32, 0)]),
            ("Empty", &[]),
        ],
    );
    build.typedef(
        TypedefKind::Enum,
        "Colour",
        0,
        &[("Red", &[]), ("Green", &[])],
    );
    build.typedef(
        TypedefKind::Exception,
        "Failure",
        0,
        &[("Failure", &[("why", TEXT, 0)])],
    );
    let boxed = build.typedef(
        TypedefKind::Variant,
        "Box",
        1,
        &[("Box", &[("value", var, 0)])],
    );
    build.ty(TypeKind::Named, boxed, &[INT]);
    // A type that contains itself through its definition.
    let tree = build.typedef(
        TypedefKind::Union,
        "Tree",
        0,
        &[("Leaf", &[]), ("Node", &[])],
    );
    let tree_type = build.ty(TypeKind::Named, tree, &[]);
    let value = build.name("value");
    build.tables.fields.push(FieldRec {
        name: value,
        ty: tree_type,
        flags: 0,
    });
    build.tables.cases.last_mut().expect("a case").fields = Range {
        start: build.tables.fields.len() as u32 - 1,
        len: 1,
    };

    build.constant(ConstKind::Empty, &[]);
    build.constant(ConstKind::Bool, &[1]);
    let int = build.constant(ConstKind::Int, &[7, 0]);
    let float = build.constant(ConstKind::Float, &[0, 0x3FF0_0000]);
    build.constant(ConstKind::Char, &['é' as u32]);
    let minus = build.constant(ConstKind::Sized, &[3, (-5i32) as u32, u32::MAX]);
    let half = build.constant(ConstKind::Sized, &[8, 0, 0x3FE0_0000]);
    let text = build.text("grüße");
    let bytes = build.byte_string(&[1, 2, 255]);
    build.constant(ConstKind::Bytes, &[bytes.start, bytes.len]);
    let name = build.name("loud");
    build.constant(ConstKind::Key, &[name]);
    build.constant(ConstKind::Date, &[1, 2]);
    build.constant(ConstKind::Duration, &[u32::MAX, u32::MAX]);
    build.constant(ConstKind::Version, &[3, 0x0001_0002]);
    let coefficient = build.byte_string(&[0x39, 0x30]);
    build.constant(ConstKind::Decimal, &[2, coefficient.start, coefficient.len]);
    let tuple = build.list_constant(ConstKind::Tuple, &[int, text]);
    build.list_constant(ConstKind::List, &[int, tuple, text]);
    let fields = build.words(&[int, tuple]);
    build.constant(ConstKind::Record, &[point, fields.start, fields.len]);
    let fields = build.words(&[minus]);
    build.constant(ConstKind::Case, &[shape, 0, fields.start, fields.len]);
    let fields = build.words(&[float, half]);
    build.constant(ConstKind::Case, &[shape, 1, fields.start, fields.len]);
    build.constant(ConstKind::Case, &[shape, 2, 0, 0]);
    let (a, b) = (build.name("a"), build.name("b"));
    build.list_constant(
        ConstKind::Shape,
        &[
            ArgKind::Positional as u32,
            NONE,
            ArgKind::Named as u32,
            a,
            ArgKind::Spread as u32,
            NONE,
            ArgKind::Hole as u32,
            NONE,
        ],
    );
    build.list_constant(
        ConstKind::Topics,
        &[
            EventKind::Completion as u32,
            NONE,
            EventKind::Signal as u32,
            a,
            EventKind::Proclamation as u32,
            b,
        ],
    );
    build.list_constant(ConstKind::Names, &[a, b]);
    build.list_constant(ConstKind::Slots, &[0, 1]);
    let format = build.string("%d of %s");
    build.constant(ConstKind::Format, &[format.start, format.len]);
    build.list_constant(
        ConstKind::MapLit,
        &[
            ItemKind::Positional as u32,
            NONE,
            0,
            ItemKind::Named as u32,
            a,
            1,
            ItemKind::Computed as u32,
            NONE,
            2,
        ],
    );
    let methods = build.words(&[build.name("method")]);
    let class = build.name("Klass");
    build.constant(ConstKind::Class, &[class, methods.start, methods.len]);

    let entries = build.words(&[text, 16]);
    build.tables.tables.push(TableRec { kind: 1, entries });
    let go = build.function(
        "go",
        &[(TEXT, "a"), (DYN, "b")],
        TypeId::INT,
        &[INT, TypeId::TOK.0],
        // 0 load, 5 switch_text, 8 push_int, 13 ret? (14), 14 push_int, 19 ret
        &[
            (Op::Load, &[0]),
            (Op::SwitchText, &[0]),
            (Op::PushInt, &[1]),
            (Op::Ret, &[]),
            (Op::PushInt, &[2]),
            (Op::Ret, &[]),
        ],
    );
    let second = 5 + 3 + 5 + 1;
    build.tables.words[entries.start as usize + 1] = second;
    build.tables.functions[go as usize].tables = Range { start: 0, len: 1 };
    build.tables.entry = build.function(
        "main",
        &[],
        TypeId::TEXT,
        &[],
        &[(Op::Push, &[text]), (Op::Halt, &[])],
    );

    let path = build.string("src/rich.fsx");
    build.tables.files.push(FileRec { path, hash: [1, 2] });
    for (pc, line) in [(0, 3), (8, 4), (14, 5)] {
        build.tables.lines.push(LineRec {
            func: go,
            pc,
            file: 0,
            line,
            column: 2,
        });
    }
    build.tables.lines.push(LineRec {
        func: go + 1,
        pc: 0,
        file: 0,
        line: 9,
        column: 1,
    });
    let (i, j) = (build.name("i"), build.name("j"));
    build.tables.locals.push(LocalRec {
        func: go,
        local: 2,
        name: i,
    });
    build.tables.locals.push(LocalRec {
        func: go,
        local: 3,
        name: j,
    });
    let doc = build.string("Goes.");
    build.tables.docs.push(DocRec {
        func: go,
        text: doc,
    });
    build.tables
}

/// All good modules with their names.
pub fn good() -> Vec<(&'static str, Tables)> {
    vec![
        ("small", small()),
        ("numbers", numbers()),
        ("plugin", plugin()),
        ("rich", rich()),
    ]
}
