//! Good files: what is written is what is read; layout and determinism.

mod support;

use fzb::header::{HEADER_SIZE, Header, header_flags};
use fzb::layout::{ROOT_SIZE, Table};
use fzb::mutate::{Random, repair};
use fzb::tables::*;
use fzb::view::{Constant, ExportTarget, RecType, Repr, Type};
use fzb::{Checks, Module, Rule, gate, write};

#[test]
fn good_modules_pass_both_kinds_of_checks() {
    for (name, tables) in support::good() {
        let module = Module::from_tables(&tables).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(module.module_name(), name);
        let known = Module::check(module.bytes(), Checks::Known).unwrap();
        assert_eq!(known.hash(), module.hash());
        assert_eq!(known.functions(), tables.functions.len() as u32);
        assert_eq!(known.entry(), module.entry());
        assert_eq!(known.to_tables(), tables);
    }
}

#[test]
fn modules_that_stand_at_an_odd_address_pass() {
    struct Odd(Vec<u8>);
    impl AsRef<[u8]> for Odd {
        fn as_ref(&self) -> &[u8] {
            &self.0[1..]
        }
    }
    let mut file = vec![0];
    file.extend(write::write(&support::rich()).unwrap());
    let module = Module::check(fzb::ModuleBytes::new(Odd(file)), Checks::Full).unwrap();
    assert_eq!(module.module_name(), "rich");
}

#[test]
fn modules_can_be_sent_and_shared() {
    fn sendable<T: Send + Sync + Clone>() {}
    sendable::<Module>();
}

#[test]
fn the_view_reads_what_was_written() {
    let module = Module::from_tables(&support::rich()).unwrap();
    let text = |id: NameId| module.name(id).unwrap();
    let constants: Vec<Constant<'_>> = (0..module.constants())
        .map(|i| module.constant(ConstId(i)).unwrap())
        .collect();
    assert_eq!(constants[0], Constant::Empty);
    assert_eq!(constants[2], Constant::Int(7));
    assert_eq!(constants[3], Constant::Float(1f64.to_bits()));
    assert_eq!(constants[4], Constant::Char('é'));
    assert_eq!(
        constants[5],
        Constant::Sized {
            width: 3,
            bits: (-5i64) as u64
        }
    );
    assert_eq!(constants[7], Constant::Text("grüße"));
    assert_eq!(constants[8], Constant::Bytes(&[1, 2, 255]));
    assert!(matches!(constants[9], Constant::Key(name) if text(name) == "loud"));
    assert_eq!(constants[11], Constant::Duration(-1));
    assert_eq!(
        constants[12],
        Constant::Version {
            major: 1,
            minor: 2,
            patch: 3
        }
    );
    assert_eq!(
        constants[13],
        Constant::Decimal {
            scale: 2,
            coefficient: &[0x39, 0x30]
        }
    );
    let Constant::Tuple(tuple) = constants[14] else {
        panic!()
    };
    assert_eq!(tuple.iter().collect::<Vec<_>>(), [2, 7]);
    let Constant::Shape(shape) = constants[20] else {
        panic!("{:?}", constants[20])
    };
    assert_eq!(
        shape
            .iter()
            .map(|(kind, name)| (kind, name.map(text)))
            .nth(1),
        Some((ArgKind::Named, Some("a")))
    );
    assert_eq!(shape.iter().count(), 4);
    let Constant::MapLit(items) = constants[25] else {
        panic!()
    };
    assert_eq!(
        items
            .get(1)
            .map(|(kind, name, flags)| (kind, name.map(text), flags)),
        Some((ItemKind::Named, Some("a"), 1))
    );
    assert!(
        matches!(constants[26], Constant::Class { methods, .. } if methods.iter().map(NameId).map(text).eq(["method"]))
    );

    assert_eq!(module.repr(TypeId::INT), Some(Repr::I64));
    assert_eq!(module.repr(TypeId::UNIT), Some(Repr::Dyn));
    assert_eq!(module.repr(TypeId(12)), None);
    let reprs: Vec<Repr> = (0..module.types())
        .map(|i| module.repr(TypeId(16 + i)).unwrap())
        .collect();
    let row = RecType::of_type(TypeId(22));
    assert_eq!(row.table_type(), Some(TypeId(22)));
    assert_eq!(
        reprs,
        [
            Repr::I64,
            Repr::F64,
            Repr::Rec(RecType::of_type(TypeId(18))),
            Repr::List,
            Repr::Ref,
            Repr::Fn,
            Repr::Rec(row),
            Repr::Dyn,
            Repr::Dyn,
            Repr::Dyn,
            Repr::Dyn
        ]
    );
    assert!(
        matches!(module.type_of(TypeId(21)), Some(Type::Fn { result: TypeId::BOOL, params }) if params.len() == 2)
    );
    let Some(Type::Row(fields)) = module.type_of(TypeId(22)) else {
        panic!()
    };
    assert_eq!(
        fields
            .iter()
            .map(|(name, ty)| (text(name), ty))
            .collect::<Vec<_>>(),
        [("x", TypeId::INT), ("y", TypeId::TEXT)]
    );
    let shape = module.typedef(TypedefId(1)).unwrap();
    assert_eq!(
        (text(shape.name), shape.kind, shape.cases),
        ("Shape", TypedefKind::Union, 3)
    );
    assert_eq!(
        module
            .field(TypedefId(1), 1, 1)
            .map(|field| text(field.name)),
        Some("y")
    );
    assert!(module.field(TypedefId(1), 1, 2).is_none() && module.case(TypedefId(1), 3).is_none());

    let go = module.function(FuncId(0)).unwrap();
    assert_eq!((go.params, go.locals, go.captures, go.tables), (2, 2, 0, 1));
    assert_eq!(
        [0, 1, 2, 3].map(|i| go.local_type(i).unwrap()),
        [TypeId::TEXT, TypeId::DYN, TypeId::INT, TypeId::TOK]
    );
    assert_eq!(go.local_type(4), None);
    assert_eq!(go.param_name(1).map(text), Some("b"));
    assert_eq!(
        go.text_table(0).unwrap().collect::<Vec<_>>(),
        [(ConstId(7), 14)]
    );
    assert!(go.jump_table(0).is_none() && go.text_table(1).is_none());

    assert!(module.has_debug());
    let place = |pc| {
        module
            .line_at(FuncId(0), pc)
            .map(|place| (place.file, place.line, place.column))
    };
    assert_eq!(
        [0, 7, 8, 13, 19].map(|pc| place(pc).unwrap().1),
        [3, 3, 4, 4, 5]
    );
    assert_eq!(place(3), Some(("src/rich.fsx", 3, 2)));
    assert_eq!(module.local_name(FuncId(0), 3), Some("j"));
    assert_eq!(module.local_name(FuncId(0), 0), Some("a"));
    assert_eq!(module.doc(FuncId(0)), Some("Goes."));
    assert_eq!(module.doc(FuncId(1)), None);
}

#[test]
fn links_and_attributes_are_read() {
    let module = Module::from_tables(&support::plugin()).unwrap();
    let export = module
        .export(module.find_export("on_output").unwrap())
        .unwrap();
    assert_eq!(export.target, ExportTarget::Function(FuncId(0)));
    assert_eq!(
        export
            .attributes
            .iter()
            .map(|(name, value)| (module.name(name), value))
            .collect::<Vec<_>>(),
        [(Some("doc"), Some(ConstId(1)))]
    );
    assert!(module.find_export("notify").is_none() && module.find_export("nowhere").is_none());
    let function = module.function(FuncId(0)).unwrap();
    assert_eq!(
        function
            .attributes()
            .unwrap()
            .iter()
            .map(|(_, value)| value)
            .collect::<Vec<_>>(),
        [Some(ConstId(1)), None]
    );
    let import = module.import(ImportId(0)).unwrap();
    assert_eq!(
        (
            import.name.and_then(|name| module.name(name)),
            import.module,
            import.param(0)
        ),
        (Some("notify"), None, Some(TypeId::TEXT))
    );
    assert_eq!(
        import
            .caps
            .iter()
            .map(NameId)
            .map(|cap| module.name(cap))
            .collect::<Vec<_>>(),
        [Some("ui:overlay")]
    );
    assert!(!import.optional && module.import(ImportId(1)).unwrap().optional);
    let hits = module.static_(StaticId(0)).unwrap();
    assert!(hits.is_mutable() && hits.is_exported());
    assert_eq!(
        module.function(FuncId(1)).unwrap().capture(0),
        Some((TypeId::DYN, false))
    );
    assert_eq!(module.metadata(), b"[plugin]\nname = \"errors\"\n");
}

#[test]
fn every_name_is_found_by_its_text() {
    let module = Module::from_tables(&support::rich()).unwrap();
    for i in 0..module.names() {
        assert_eq!(
            module.find_name(module.name(NameId(i)).unwrap()),
            Some(NameId(i))
        );
    }
    assert_eq!(
        (module.find_name(""), module.find_name("zzz")),
        (None, None)
    );
}

#[test]
fn bad_debug_tables_are_dropped() {
    let break_it: [fn(&mut Tables); 7] = [
        |tables| tables.lines.swap(0, 1),
        |tables| tables.lines[0].pc = 500,
        |tables| tables.lines[0].file = 9,
        |tables| tables.lines[0].func = 77,
        |tables| tables.locals[1].local = 2,
        |tables| tables.docs[0].text.len = 100_000,
        |tables| tables.files[0].path.start = 100_000,
    ];
    for (number, change) in break_it.iter().enumerate() {
        let mut tables = support::rich();
        change(&mut tables);
        let module =
            Module::from_tables(&tables).unwrap_or_else(|error| panic!("{number}: {error}"));
        assert!(!module.has_debug(), "{number}");
        assert_eq!(module.line_at(FuncId(0), 0), None);
        assert_eq!(module.doc(FuncId(0)), None);
        // A parameter's name is the function's own.
        assert_eq!(module.local_name(FuncId(0), 0), Some("a"));
        assert_eq!(module.count(Table::Lines), 0);
    }
}

#[test]
fn without_debug_nothing_else_changes() {
    let tables = support::rich();
    let bare = tables.without_debug();
    let module = Module::from_tables(&bare).unwrap();
    assert!(!module.has_debug());
    assert_eq!(
        Header::read(module.bytes()).unwrap().flags & header_flags::DEBUG,
        0
    );
    let text = |bytes: &[u8], part: &str| {
        bytes
            .windows(part.len())
            .any(|window| window == part.as_bytes())
    };
    let with = write::write(&tables).unwrap();
    assert!(text(&with, "rich.fsx") && text(&with, "Goes."));
    assert!(!text(module.bytes(), "rich.fsx") && !text(module.bytes(), "Goes."));
    assert_eq!(
        (bare.constants.len(), bare.functions.len(), bare.names.len()),
        (
            tables.constants.len(),
            tables.functions.len(),
            tables.names.len()
        )
    );
    assert_eq!(bare.without_debug(), bare);
    let again = write::write(&support::plugin().without_debug()).unwrap();
    assert_eq!(again, write::write(&support::plugin()).unwrap());
}

/// Tables of random numbers; no rule but those of the archive holds for them.
fn random_tables(random: &mut Random) -> Tables {
    fn some<T>(random: &mut Random, make: impl Fn(&mut Random) -> T) -> Vec<T> {
        let count = if random.once_in(4) {
            0
        } else {
            random.below(9)
        };
        (0..count).map(|_| make(random)).collect()
    }
    fn word(random: &mut Random) -> u32 {
        random.bits() as u32
    }
    fn range(random: &mut Random) -> Range {
        Range {
            start: word(random),
            len: word(random),
        }
    }
    Tables {
        magic: word(random).to_le_bytes(),
        version: word(random),
        name: range(random),
        module_version: range(random),
        lang: random.below(4),
        policy: word(random),
        min_machine: word(random),
        entry: word(random),
        flags: word(random),
        metadata: range(random),
        names: some(random, range),
        types: some(random, |r| TypeRec {
            kind: word(r),
            arg: word(r),
            args: range(r),
        }),
        typedefs: some(random, |r| TypedefRec {
            kind: word(r),
            name: word(r),
            cases: range(r),
            params: word(r),
        }),
        cases: some(random, |r| CaseRec {
            name: word(r),
            fields: range(r),
        }),
        fields: some(random, |r| FieldRec {
            name: word(r),
            ty: word(r),
            flags: word(r),
        }),
        constants: some(random, |r| ConstRec {
            kind: word(r),
            p: [word(r), word(r), word(r), word(r)],
        }),
        functions: some(random, |r| FuncRec {
            name: word(r),
            params: range(r),
            result: word(r),
            policy: word(r),
            arity: word(r),
            flags: word(r),
            locals: range(r),
            captures: range(r),
            max_stack: word(r),
            code: range(r),
            tables: range(r),
            attributes: range(r),
        }),
        tables: some(random, |r| TableRec {
            kind: word(r),
            entries: range(r),
        }),
        statics: some(random, |r| StaticRec {
            name: word(r),
            ty: word(r),
            flags: word(r),
        }),
        imports: some(random, |r| ImportRec {
            kind: word(r),
            name: word(r),
            module: word(r),
            params: range(r),
            result: word(r),
            caps: range(r),
            flags: word(r),
        }),
        exports: some(random, |r| ExportRec {
            name: word(r),
            kind: word(r),
            index: word(r),
            attributes: range(r),
        }),
        attributes: some(random, |r| AttrRec {
            name: word(r),
            value: word(r),
        }),
        words: some(random, word),
        strings: some(random, |r| word(r) as u8),
        bytes: some(random, |r| word(r) as u8),
        code: some(random, |r| word(r) as u8),
        files: some(random, |r| FileRec {
            path: range(r),
            hash: [word(r), word(r)],
        }),
        lines: some(random, |r| LineRec {
            func: word(r),
            pc: word(r),
            file: word(r),
            line: word(r),
            column: word(r),
        }),
        locals: some(random, |r| LocalRec {
            func: word(r),
            local: word(r),
            name: word(r),
        }),
        docs: some(random, |r| DocRec {
            func: word(r),
            text: range(r),
        }),
    }
}

/// Proves the layout that `fzb::layout` describes and the gate assumes: root and every table are where rkyv says, and
/// every byte of every record is what the fields of the tables, in order, little-endian, are.
#[test]
fn the_gate_reads_what_rkyv_reads() {
    let mut random = Random::new(7);
    for _ in 0..500 {
        let tables = random_tables(&mut random);
        let file = write::write(&tables).unwrap();
        let mut payload = rkyv::util::AlignedVec::<16>::new();
        payload.extend_from_slice(&file[HEADER_SIZE..]);
        let root = gate::check(&payload).unwrap();
        let archived = rkyv::access::<ArchivedTables, rkyv::rancor::Error>(&payload).unwrap();
        assert_eq!(size_of::<ArchivedTables>(), ROOT_SIZE);
        assert_eq!(align_of::<ArchivedTables>(), fzb::layout::ALIGN);
        assert_eq!(
            std::ptr::from_ref(archived).addr() - payload.as_ptr().addr(),
            payload.len() - ROOT_SIZE
        );
        assert_eq!(
            (root.magic, root.version, root.name, root.module_version),
            (
                tables.magic,
                tables.version,
                tables.name,
                tables.module_version
            )
        );
        assert_eq!(
            (
                root.lang,
                root.policy,
                root.min_machine,
                root.entry,
                root.flags,
                root.metadata
            ),
            (
                tables.lang,
                tables.policy,
                tables.min_machine,
                tables.entry,
                tables.flags,
                tables.metadata
            )
        );
        let mut seen = 0;
        macro_rules! compare {
            ($($table:ident $field:ident [$($part:expr),*];)*) => {$(
                let area = root.area(Table::$table);
                assert_eq!(area.len as usize, archived.$field.len());
                assert_eq!(area.start as usize, archived.$field.as_ptr().addr() - payload.as_ptr().addr());
                assert_eq!(Table::$table.record_size(), size_of_val(&archived.$field[..]).checked_div(archived.$field.len()).unwrap_or(Table::$table.record_size()));
                let bytes = &payload[area.start as usize..][..area.len as usize * Table::$table.record_size()];
                let expected: Vec<u8> = tables.$field.iter().flat_map(|r| { let mut out = vec![]; $(out.extend($part(r));)* out }).collect();
                assert_eq!(bytes, expected, stringify!($field));
                seen += 1;
            )*};
        }
        let le = |word: u32| word.to_le_bytes();
        let rg = |range: Range| [range.start.to_le_bytes(), range.len.to_le_bytes()].concat();
        compare! {
            Names names [|r: &Range| rg(*r)];
            Types types [|r: &TypeRec| le(r.kind), |r: &TypeRec| le(r.arg), |r: &TypeRec| rg(r.args)];
            Typedefs typedefs [|r: &TypedefRec| le(r.kind), |r: &TypedefRec| le(r.name), |r: &TypedefRec| rg(r.cases), |r: &TypedefRec| le(r.params)];
            Cases cases [|r: &CaseRec| le(r.name), |r: &CaseRec| rg(r.fields)];
            Fields fields [|r: &FieldRec| le(r.name), |r: &FieldRec| le(r.ty), |r: &FieldRec| le(r.flags)];
            Constants constants [|r: &ConstRec| le(r.kind), |r: &ConstRec| r.p.map(u32::to_le_bytes).concat()];
            Functions functions [
                |r: &FuncRec| le(r.name), |r: &FuncRec| rg(r.params), |r: &FuncRec| le(r.result), |r: &FuncRec| le(r.policy),
                |r: &FuncRec| le(r.arity), |r: &FuncRec| le(r.flags), |r: &FuncRec| rg(r.locals), |r: &FuncRec| rg(r.captures),
                |r: &FuncRec| le(r.max_stack), |r: &FuncRec| rg(r.code), |r: &FuncRec| rg(r.tables), |r: &FuncRec| rg(r.attributes)
            ];
            Tables tables [|r: &TableRec| le(r.kind), |r: &TableRec| rg(r.entries)];
            Statics statics [|r: &StaticRec| le(r.name), |r: &StaticRec| le(r.ty), |r: &StaticRec| le(r.flags)];
            Imports imports [
                |r: &ImportRec| le(r.kind), |r: &ImportRec| le(r.name), |r: &ImportRec| le(r.module), |r: &ImportRec| rg(r.params),
                |r: &ImportRec| le(r.result), |r: &ImportRec| rg(r.caps), |r: &ImportRec| le(r.flags)
            ];
            Exports exports [|r: &ExportRec| le(r.name), |r: &ExportRec| le(r.kind), |r: &ExportRec| le(r.index), |r: &ExportRec| rg(r.attributes)];
            Attributes attributes [|r: &AttrRec| le(r.name), |r: &AttrRec| le(r.value)];
            Words words [|r: &u32| le(*r)];
            Strings strings [|r: &u8| [*r]];
            Bytes bytes [|r: &u8| [*r]];
            Code code [|r: &u8| [*r]];
            Files files [|r: &FileRec| rg(r.path), |r: &FileRec| r.hash.map(u32::to_le_bytes).concat()];
            Lines lines [
                |r: &LineRec| le(r.func), |r: &LineRec| le(r.pc), |r: &LineRec| le(r.file), |r: &LineRec| le(r.line), |r: &LineRec| le(r.column)
            ];
            Locals locals [|r: &LocalRec| le(r.func), |r: &LocalRec| le(r.local), |r: &LocalRec| le(r.name)];
            Docs docs [|r: &DocRec| le(r.func), |r: &DocRec| rg(r.text)];
        }
        assert_eq!(seen, Table::COUNT);
    }
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    let mut random = Random::new(11);
    for _ in 0..200 {
        let tables = random_tables(&mut random);
        let first = write::write(&tables).unwrap();
        // Other allocations between, so that no address can show in the file.
        let noise: Vec<Vec<u8>> = (0..random.below(20))
            .map(|size| vec![0xAA; size as usize])
            .collect();
        assert_eq!(first, write::write(&tables.clone()).unwrap());
        drop(noise);
        let bare = tables.without_debug();
        assert_eq!(
            write::write(&bare).unwrap(),
            write::write(&tables.without_debug()).unwrap()
        );
        if tables.has_debug() {
            assert_ne!(first, write::write(&bare).unwrap());
        }
    }
}

/// No padding anywhere may hold what the allocator left there: the bytes are a function of the tables.
#[test]
fn the_bytes_of_the_smallest_module_are_fixed() {
    let file = write::write(&support::small()).unwrap();
    let header = Header::read(&file).unwrap();
    assert_eq!(header.hash.to_string(), "30ed306f4a2c25fb415e568a8f2e2359");
    assert_eq!(file.len(), HEADER_SIZE + header.payload_len as usize);
}

/// A file wrongly claimed to be known gives nonsense or nothing, never a panic.
#[test]
fn wrongly_known_files_are_read_without_a_panic() {
    let mut random = Random::new(5);
    let mut opened = 0;
    for (_, tables) in support::good() {
        let file = write::write(&tables).unwrap();
        for _ in 0..3_000 {
            let mut mutant = fzb::mutate::mutate(&file, &mut random);
            repair(&mut mutant);
            let Ok(module) = Module::check(mutant, Checks::Known) else {
                continue;
            };
            opened += 1;
            read_everything(&module);
        }
    }
    assert!(opened > 5_000, "{opened}");
}

fn read_everything(module: &Module) {
    let edges = |count: u32| (0..count.min(64)).chain([count, count.wrapping_add(1), NONE]);
    for i in edges(module.names()) {
        if let Some(text) = module.name(NameId(i)) {
            let _ = module.find_name(text);
            let _ = module.find_export(text);
        }
    }
    for i in edges(module.types()) {
        let _ = (
            module.type_of(TypeId(i)),
            module.repr(TypeId(16u32.saturating_add(i))),
        );
    }
    for i in edges(module.typedefs()) {
        for tag in [0, 1, 2, NONE] {
            let _ = (
                module.field(TypedefId(i), tag, 0),
                module.field(TypedefId(i), tag, NONE),
            );
        }
    }
    for i in edges(module.constants()) {
        match module.constant(ConstId(i)) {
            Some(Constant::Shape(view)) => drop(view.iter().count()),
            Some(Constant::Topics(view)) => drop(view.iter().count()),
            Some(Constant::MapLit(view)) => drop(view.iter().count()),
            _ => {}
        }
    }
    for i in edges(module.functions()) {
        let id = FuncId(i);
        for pc in [0, 5, NONE] {
            let _ = (
                module.line_at(id, pc),
                module.local_name(id, pc),
                module.doc(id),
            );
        }
        let Some(function) = module.function(id) else {
            continue;
        };
        for i in [0, 1, NONE] {
            let _ = (
                function.local_type(i),
                function.param_name(i),
                function.capture(i),
            );
            let _ = (
                function.jump_table(i).map(Iterator::count),
                function.text_table(i).map(Iterator::count),
            );
        }
        let _ = function
            .attributes()
            .map(|attributes| attributes.iter().count());
        let _ = function.param_types().count();
    }
    for i in edges(module.imports()) {
        let _ = module
            .import(ImportId(i))
            .map(|import| (import.param(0), import.caps.iter().count()));
    }
    for i in edges(module.exports()) {
        let _ = module.export(ExportId(i));
    }
    let _ = (
        module.module_name(),
        module.module_version(),
        module.metadata(),
        module.policy(),
    );
}

#[test]
fn a_signed_flag_is_refused_by_name() {
    let mut file = write::write(&support::small()).unwrap();
    file[8] |= header_flags::SIGNED as u8;
    assert_eq!(
        Module::check(file, Checks::Known).unwrap_err().rule,
        Rule::Signature
    );
}

/// The gate accepts no archive that rkyv's checked access refuses, and the other way round, beyond the gate's bounds on
/// numbers of records: so deleting either would change nothing.
#[test]
fn gate_and_rkyv_accept_the_same_archives() {
    let mut random = Random::new(3);
    let (mut accepted, mut refused) = (0, 0);
    for (_, tables) in support::good() {
        let file = write::write(&tables).unwrap();
        for _ in 0..10_000 {
            let mutant = fzb::mutate::mutate(&file, &mut random);
            let mut payload = rkyv::util::AlignedVec::<16>::new();
            payload.extend_from_slice(mutant.get(HEADER_SIZE..).unwrap_or_default());
            let gate = gate::check(&payload).map(|_| ());
            let rkyv = rkyv::access::<ArchivedTables, rkyv::rancor::Error>(&payload).map(|_| ());
            match (gate, rkyv) {
                (Ok(()), Ok(())) => accepted += 1,
                (Err(error), Err(_)) => refused += u32::from(error.rule != Rule::Count),
                (Err(error), Ok(())) => assert_eq!(error.rule, Rule::Count),
                (Ok(()), Err(error)) => panic!("the gate accepts what rkyv refuses: {error}"),
            }
        }
    }
    assert!(accepted > 1_000 && refused > 1_000, "{accepted} {refused}");
}

/// 64 levels are the most, from whichever end the table begins.
#[test]
fn types_nest_up_to_their_limit() {
    for (levels, good) in [
        (62, true),
        (63, true),
        (64, false),
        (65, false),
        (1000, false),
    ] {
        for deepest_first in [true, false] {
            let mut tables = support::small();
            for i in 0..levels {
                let arg = match (deepest_first, i) {
                    (true, 0) => TypeId::INT.0,
                    (true, _) => TypeId::FIRST_TABLE + i - 1,
                    (false, _) if i == levels - 1 => TypeId::INT.0,
                    (false, _) => TypeId::FIRST_TABLE + i + 1,
                };
                tables.types.push(TypeRec {
                    kind: TypeKind::List as u32,
                    arg,
                    args: Range::default(),
                });
            }
            let result = Module::from_tables(&tables).map(|_| ());
            assert_eq!(
                result.as_ref().err().map(|error| error.rule),
                (!good).then_some(Rule::TypeCycle),
                "{levels} {deepest_first}"
            );
        }
    }
}

/// A cycle of any length, also one that is reached from elsewhere first.
#[test]
fn endless_types_are_refused() {
    for length in [1, 2, 7, 40] {
        let mut tables = support::small();
        let start = tables.words.len() as u32;
        tables
            .words
            .extend([TypeId::INT.0, TypeId::FIRST_TABLE + length]);
        tables.types.push(TypeRec {
            kind: TypeKind::Tuple as u32,
            arg: 0,
            args: Range { start, len: 2 },
        });
        for i in 1..=length {
            let arg = TypeId::FIRST_TABLE + if i == 1 { length } else { i - 1 };
            tables.types.push(TypeRec {
                kind: TypeKind::Array as u32,
                arg,
                args: Range::default(),
            });
        }
        assert_eq!(
            Module::from_tables(&tables).unwrap_err().rule,
            Rule::TypeCycle,
            "{length}"
        );
    }
}
