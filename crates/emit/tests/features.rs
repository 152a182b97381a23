//! What the builder offers, one thing at a time: the verifier accepts it, and the code is what was meant.

use emit::{
    Arm, CaseDef, Const, EmitError, FieldDef, FunctionBuilder, ModuleBuilder, Param, Pattern,
    Scopes, Short, Step, Target,
};
use fzb::tables::{Arity, Lang, Tables, TypeId, TypedefKind};
use isa::Op;

type Fill = fn(&mut FunctionBuilder<'_>);

fn verified(tables: &Tables) -> String {
    let module = fzb::Module::from_tables(tables).expect("the rules of files");
    let text = fzb::text::disassemble(tables);
    if let Err(refusal) = fzb::verify::module(&module) {
        panic!("{refusal}\n{text}");
    }
    text
}

/// A module with one function of `dyn` parameters p, q.
fn single(
    lang: Lang,
    flags: u32,
    fill: impl FnOnce(&mut FunctionBuilder<'_>),
) -> Result<Tables, EmitError> {
    let module = ModuleBuilder::new("single", lang);
    let mut signature = module.signature("f", &["p", "q"]);
    signature.flags = flags;
    let id = module.declare(signature);
    let mut f = module.build(id);
    fill(&mut f);
    f.finish()?;
    module.finish()
}

fn ops(tables: &Tables, function: usize) -> Vec<Op> {
    let range = tables.functions[function].code;
    let code = &tables.code[range.start as usize..][..range.len as usize];
    let mut at = 0;
    let mut found = Vec::new();
    while (at as usize) < code.len() {
        let instr = isa::decode(code, at).unwrap();
        found.push(instr.op);
        at = instr.next;
    }
    found
}

fn count(tables: &Tables, op: Op) -> usize {
    ops(tables, 0)
        .into_iter()
        .filter(|found| *found == op)
        .count()
}

#[test]
fn names_are_sorted_and_everything_is_interned() {
    let module = ModuleBuilder::new("m", Lang::Rhumb);
    let (z, a) = (module.name("z"), module.name("a"));
    assert_eq!(module.name("z"), z);
    assert_eq!(module.text("t"), module.text("t"));
    assert_ne!(module.float(0.0), module.float(-0.0));
    let long = module.constant(Const::Decimal(2, vec![5, 0, 0]));
    assert_eq!(long, module.constant(Const::Decimal(2, vec![5])));
    let row = module.row_type(&[(z, TypeId::INT), (a, TypeId::TEXT)]);
    assert_eq!(row, module.row_type(&[(a, TypeId::TEXT), (z, TypeId::INT)]));
    let host = module.import_host(z, &[TypeId::INT], TypeId::DYN, &[a], false);
    assert_eq!(
        host,
        module.import_host(z, &[TypeId::INT], TypeId::DYN, &[a], false)
    );
    let id = module.declare(module.signature("f", &[]));
    module.attribute(id, a, Some(module.int(3)));
    module.doc(id, "what f does");
    let kept = module.static_(z, TypeId::DYN, 0);
    module.export_static("z", kept);
    module.export_function("f", id);
    let mut f = module.build(id);
    let file = module.file("a.rh", [1; 8]);
    f.at(emit::debug::Position {
        file,
        line: 7,
        column: 2,
    });
    f.push_int(1);
    let shown = f.local(TypeId::DYN, Some(a));
    f.store(shown);
    f.load(shown);
    f.get_name(z);
    f.op(Op::CallFfi, &[host.0]);
    f.ret();
    f.finish().unwrap();
    let tables = module.finish().unwrap();
    let text = verified(&tables);
    assert!(text.contains("get_name z"), "{text}");
    assert_eq!(tables.lines.len(), 1);
    assert_eq!((tables.docs.len(), tables.locals.len()), (1, 1));
    let names: Vec<&[u8]> = tables
        .names
        .iter()
        .map(|r| &tables.strings[r.start as usize..][..r.len as usize])
        .collect();
    assert!(names.is_sorted());
}

#[test]
fn operands_are_cast_wherever_they_stand() {
    let tables = single(Lang::Fusabi, 0, |f| {
        f.load(f.param(0));
        f.push_int(2);
        f.op(Op::I64Add, &[]);
        // Three operands, the deepest dyn and the one above it, too.
        f.load(f.param(0));
        f.load(f.param(1));
        f.load(f.param(1));
        f.op(Op::Intrinsic, &[isa::Intrinsic::TextSlice as u32]);
        f.op(Op::Tuple, &[2]);
        f.ret();
    })
    .unwrap();
    verified(&tables);
    assert_eq!(count(&tables, Op::Cast), 4);
}

#[test]
fn what_does_not_fit_is_an_error() {
    let mismatch = single(Lang::Fusabi, 0, |f| {
        f.push_float(1.0);
        f.push_int(1);
        f.op(Op::I64Add, &[]);
        f.ret();
    });
    assert!(
        matches!(mismatch, Err(EmitError::In(_, e)) if matches!(*e, EmitError::Mismatch { .. }))
    );
    let cases: [(&str, Fill); 8] = [
        ("underflow", |f| f.pop()),
        ("falls off", |f| f.unit()),
        ("heights", |f| {
            f.push_bool(true);
            f.open_if();
            f.unit();
            f.close_if();
            f.unit();
            f.ret();
        }),
        ("unbound label", |f| {
            let label = f.label();
            f.jump(label);
        }),
        ("open block", |f| {
            f.open_block();
            f.unit();
            f.ret();
        }),
        ("self without its register", |f| f.op(Op::SelfOp, &[])),
        ("below a try region", |f| {
            f.unit();
            f.open_try();
            f.pop();
            f.begin_catch();
            f.close_try();
            f.ret();
        }),
        ("an unassigned record", |f| {
            let local = f.local(TypeId::REF, None);
            f.load(local);
            f.ret();
        }),
    ];
    for (what, fill) in cases {
        assert!(single(Lang::Rhumb, 0, fill).is_err(), "{what}");
    }
}

#[test]
fn locals_read_before_they_are_assigned_are_neutral() {
    let tables = single(Lang::Morph, 0, |f| {
        let turns = f.open_loop();
        f.load(f.param(0));
        f.op(Op::Truthy, &[]);
        f.break_if_not(turns);
        f.open_block();
        let (fresh, number) = (f.local(TypeId::DYN, None), f.local(TypeId::INT, None));
        let always = f.local(TypeId::INT, None);
        f.push_int(1);
        f.store(always);
        f.load(fresh);
        f.load(number);
        f.load(always);
        f.op(Op::Tuple, &[3]);
        f.store(fresh);
        f.close_block();
        f.close_loop();
        f.unit();
        f.ret();
    })
    .unwrap();
    let text = verified(&tables);
    // Empty for the first and 0 for the second, in the loop; nothing for the third.
    assert_eq!(count(&tables, Op::Unit), 2, "{text}");
    assert_eq!(count(&tables, Op::PushInt), 2, "{text}");
    let all = ops(&tables, 0);
    assert!(
        all.iter()
            .position(|op| *op == Op::JumpIf || *op == Op::JumpIfNot)
            < all.iter().position(|op| *op == Op::Unit)
    );
}

#[test]
fn short_circuits_leave_one_value() {
    for kind in [Short::AndValue, Short::OrValue, Short::Coalesce] {
        let tables = single(Lang::Morph, 0, |f| {
            f.load(f.param(0));
            f.open_short(kind);
            f.push_int(3);
            f.close_short();
            f.ret();
        })
        .unwrap();
        verified(&tables);
        assert_eq!(count(&tables, Op::Box), 1, "{kind:?}");
    }
}

#[test]
fn loops_over_collections_drop_their_iteration() {
    for mode in 0..4 {
        let tables = single(Lang::Morph, 0, |f| {
            f.load(f.param(0));
            let turns = f.open_iter(mode);
            if matches!(mode, 1 | 2) {
                f.pop();
            }
            f.dup();
            f.op(Op::Truthy, &[]);
            f.open_if();
            f.pop();
            f.continue_(turns);
            f.otherwise();
            f.close_if();
            f.op(Op::Truthy, &[]);
            f.open_if();
            f.break_(turns);
            f.otherwise();
            f.load(f.param(1));
            f.ret();
            f.close_if();
            f.close_loop();
            f.unit();
            f.ret();
        })
        .unwrap();
        verified(&tables);
    }
}

#[test]
fn the_ratchet_is_static_where_it_can_be() {
    let ratchet = |fill: &dyn Fn(&mut FunctionBuilder<'_>)| {
        let tables = single(Lang::Rhumb, 0, |f| {
            f.ratchet_local(f.param(0), false);
            fill(f);
            f.load(f.param(0));
            f.ret();
        })
        .unwrap();
        verified(&tables);
        let (posts, jumps) = (count(&tables, Op::Post), count(&tables, Op::JumpIfNot));
        (posts, jumps)
    };
    let assign = |f: &mut FunctionBuilder<'_>, freeze| {
        f.push_int(1);
        let local = f.param(0);
        f.ratchet_store(local, freeze);
        f.pop();
    };
    let if_q = |f: &mut FunctionBuilder<'_>| {
        f.load(f.param(1));
        f.op(Op::Truthy, &[]);
        f.open_if();
    };
    // Mutable, then frozen: no test, no violation.
    assert_eq!(
        ratchet(&|f| {
            assign(f, false);
            assign(f, true);
        }),
        (0, 0)
    );
    // After a freeze: always a violation.
    assert_eq!(
        ratchet(&|f| {
            assign(f, true);
            assign(f, false);
        }),
        (1, 0)
    );
    // Frozen on one way only: the hidden flag decides (one jump is the condition's).
    assert_eq!(
        ratchet(&|f| {
            if_q(f);
            assign(f, true);
            f.close_if();
            assign(f, false);
        }),
        (1, 2)
    );
    // In a loop the second turn is a violation.
    assert_eq!(
        ratchet(&|f| {
            let turns = f.open_loop();
            f.load(f.param(1));
            f.op(Op::Truthy, &[]);
            f.break_if_not(turns);
            assign(f, true);
            f.close_loop();
        })
        .0,
        1
    );
    // A handler may be entered after the freeze in its region.
    assert_eq!(
        ratchet(&|f| {
            f.open_try();
            assign(f, true);
            f.begin_catch();
            f.pop();
            assign(f, false);
            f.close_try();
        }),
        (1, 1)
    );
    // Frozen without a store.
    assert_eq!(
        ratchet(&|f| {
            let p = f.param(0);
            f.ratchet_freeze(p);
            assign(f, false);
        }),
        (1, 0)
    );
}

#[test]
fn ratchets_of_cells_and_statics_are_tested_at_run_time() {
    let module = ModuleBuilder::new("m", Lang::Rhumb);
    let mut scopes = Scopes::new();
    let outer = scopes.open_function();
    let label = scopes.declare(None, TypeId::DYN, false).unwrap();
    let inner = scopes.open_function();
    scopes.assign(label);
    scopes.close_function();
    scopes.close_function();
    let plan = std::rc::Rc::new(scopes.finish().unwrap());
    assert!(plan.is_cell(label));
    let kept = module.static_(module.name("s"), TypeId::DYN, 1);
    let id = module.declare(module.signature("outer", &[]));
    let mut signature = module.signature("inner", &[]);
    signature.captures = plan.signature_captures(inner);
    let inner_id = module.declare(signature);
    let mut f = module.build_scoped(inner_id, plan.clone(), inner);
    f.push_int(2);
    f.ratchet_store_var(label, true);
    f.ratchet_store_static(kept, false);
    f.ret();
    f.finish().unwrap();
    let mut f = module.build_scoped(id, plan, outer);
    f.declare_var(label);
    f.make_closure(inner_id, inner);
    f.ret();
    f.finish().unwrap();
    let tables = module.finish().unwrap();
    verified(&tables);
    assert!(
        ops(&tables, 1).contains(&Op::CellStoreR) && ops(&tables, 1).contains(&Op::StoreStaticR)
    );
}

/// Emits a match whose arms give their number.
fn numbered(f: &mut FunctionBuilder<'_>, arms: Vec<Arm>) {
    let mut matching = f.open_match(arms);
    loop {
        match matching.next(f) {
            Step::Test(_) | Step::Guard(_) => {
                if f.top().is_none() {
                    f.push_bool(true);
                } else {
                    f.op(Op::Truthy, &[]);
                }
            }
            Step::Body(arm) => f.push_int(arm as i64),
            Step::NoMatch => {
                f.push_text("no arm matches");
                f.op(Op::FaultOp, &[isa::Fault::Match as u32]);
            }
            Step::Done => break,
        }
    }
}

fn arm(pattern: Pattern) -> Arm {
    Arm {
        pattern,
        guard: false,
    }
}

#[test]
fn patterns_of_every_kind_are_verified() {
    let module = ModuleBuilder::new("m", Lang::Rhumb);
    let name = |text: &str| module.name(text);
    let field = |text: &str, ty| FieldDef {
        name: module.name(text),
        ty,
        flags: 0,
    };
    let case = |text: &str, fields| CaseDef {
        name: module.name(text),
        fields,
    };
    let shape = module.typedef(
        TypedefKind::Union,
        name("Shape"),
        0,
        vec![
            case("Dot", vec![]),
            case("Circle", vec![field("r", TypeId::FLOAT)]),
            case(
                "Box",
                vec![field("w", TypeId::INT), field("h", TypeId::INT)],
            ),
        ],
    );
    let point = module.typedef(
        TypedefKind::Record,
        name("Point"),
        0,
        vec![case(
            "Point",
            vec![field("x", TypeId::INT), field("y", TypeId::TEXT)],
        )],
    );
    let topics = module.constant(Const::Topics(vec![(
        fzb::tables::EventKind::Signal,
        Some(name("t")),
    )]));
    let any = || Pattern::Any;
    let int = |value| Pattern::Equal(module.int(value));
    let text = |value: &str| Pattern::Equal(module.text(value));
    let dot = |proven| Pattern::Case {
        typedef: shape,
        tag: 0,
        proven,
        fields: vec![],
    };
    let of_box = |w, h| Pattern::Case {
        typedef: shape,
        tag: 2,
        proven: true,
        fields: vec![w, h],
    };
    let seq = |items, more, rest: Option<Pattern>| Pattern::Seq {
        items,
        more,
        rest: rest.map(Box::new),
    };
    let named = |ty| module.named_type(ty, &[]);
    let patterns: Vec<(TypeId, Vec<Pattern>, Op)> = vec![
        (
            named(shape),
            vec![
                of_box(int(1), any()),
                dot(true),
                of_box(any(), int(2)),
                of_box(any(), any()),
            ],
            Op::SwitchTag,
        ),
        (
            TypeId::DYN,
            vec![dot(false), Pattern::CaseName(name("Circle"))],
            Op::CaseIs,
        ),
        (
            named(point),
            vec![
                Pattern::Record(point, vec![(1, text("a")), (0, int(4))]),
                Pattern::Record(point, vec![(1, any()), (0, int(5))]),
            ],
            Op::GetSlot,
        ),
        (
            TypeId::INT,
            (0..6).map(|i| int(i + 10)).collect(),
            Op::Switch,
        ),
        (
            TypeId::INT,
            vec![int(i64::MIN), int(i64::MAX), int(0), int(7)],
            Op::I64Eq,
        ),
        (
            TypeId::TEXT,
            vec![text("a"), text("b"), text("c"), text("a")],
            Op::SwitchText,
        ),
        (
            TypeId::BOOL,
            vec![
                Pattern::Equal(module.constant(Const::Bool(true))),
                Pattern::Equal(module.constant(Const::Bool(false))),
            ],
            Op::JumpIfNot,
        ),
        (TypeId::DYN, vec![int(1), text("a"), int(1)], Op::Eq),
        (
            TypeId::LIST,
            vec![
                Pattern::Nil,
                Pattern::Cons(Box::new(int(1)), Box::new(Pattern::Nil)),
                Pattern::Cons(
                    Box::new(any()),
                    Box::new(Pattern::Cons(Box::new(int(2)), Box::new(any()))),
                ),
            ],
            Op::IsNil,
        ),
        (
            TypeId::DYN,
            vec![
                seq(vec![int(1), any()], false, None),
                seq(vec![int(1)], true, None),
                seq(vec![any()], false, Some(seq(vec![int(3)], false, None))),
            ],
            Op::Rest,
        ),
        (
            TypeId::DYN,
            vec![
                Pattern::Tuple(vec![int(1), any()]),
                Pattern::Tuple(vec![any(), int(2)]),
            ],
            Op::TupleGet,
        ),
        (
            TypeId::DYN,
            vec![
                Pattern::All(vec![
                    Pattern::Field(name("a"), Box::new(int(1))),
                    Pattern::Index(2, Box::new(any())),
                ]),
                Pattern::Field(name("a"), Box::new(text("x"))),
            ],
            Op::TryIndex,
        ),
        (
            TypeId::DYN,
            vec![
                Pattern::Type(TypeId::INT, Box::new(int(4))),
                Pattern::Type(TypeId::TEXT, Box::new(any())),
            ],
            Op::IsType,
        ),
        (
            TypeId::DYN,
            vec![
                Pattern::Event(topics, vec![any(), int(3)]),
                Pattern::Test(0),
            ],
            Op::MatchEvent,
        ),
        (
            TypeId::DYN,
            vec![
                Pattern::Or(vec![int(1), Pattern::Or(vec![text("b"), Pattern::Test(1)])]),
                any(),
            ],
            Op::Truthy,
        ),
    ];
    let wanted: Vec<Op> = patterns.iter().map(|(_, _, op)| *op).collect();
    for (ty, patterns, _) in patterns {
        let mut signature = module.signature("f", &["subject"]);
        signature.params = vec![Param { ty, name: None }];
        let id = module.declare(signature);
        let mut f = module.build(id);
        f.load(f.param(0));
        let kept = f.local(TypeId::DYN, None);
        let last = patterns.len() - 1;
        let arms = patterns
            .into_iter()
            .enumerate()
            .map(|(index, pattern)| Arm {
                pattern: Pattern::All(vec![Pattern::Bind(Target::Local(kept)), pattern]),
                guard: index == last,
            })
            .collect();
        numbered(&mut f, arms);
        f.ret();
        f.finish().unwrap();
    }
    let tables = module.finish().unwrap();
    let text = verified(&tables);
    for (function, op) in wanted.into_iter().enumerate() {
        assert!(
            ops(&tables, function).contains(&op),
            "{op:?} in function {function}\n{text}"
        );
    }
}

#[test]
fn code_for_patterns_grows_with_their_size_only() {
    // Rows that a decision tree without sharing would repeat.
    let size = |count: i64| {
        let tables = single(Lang::Fusabi, 0, |f| {
            f.load(f.param(0));
            let two = |f: &FunctionBuilder<'_>, value| {
                Pattern::Or(vec![
                    Pattern::Equal(f.module().int(value)),
                    Pattern::Equal(f.module().int(value + 1)),
                ])
            };
            let arms = (0..count)
                .map(|_| arm(Pattern::Tuple((0..count).map(|i| two(f, i)).collect())))
                .collect();
            numbered(f, arms);
            f.ret();
        })
        .unwrap();
        verified(&tables);
        tables.code.len()
    };
    assert!(size(16) < 6 * size(8));
}

#[test]
fn known_functions_take_any_number_of_arguments() {
    let module = ModuleBuilder::new("m", Lang::Fusabi);
    let mut signature = module.signature("add", &["a", "b"]);
    signature.params[0].ty = TypeId::INT;
    let add = module.declare(signature);
    let mut f = module.build(add);
    f.load(f.param(1));
    f.ret();
    f.finish().unwrap();
    for count in 0..5 {
        let id = module.declare(module.signature("caller", &[]));
        let mut f = module.build(id);
        for argument in 0..count {
            f.push_int(argument);
        }
        f.apply(add, count as usize);
        f.ret();
        f.finish().unwrap();
    }
    // Arguments change places at once, and a call in a try region is no tail call.
    let id = module.declare(module.signature("turn", &["a", "b"]));
    let mut f = module.build(id);
    f.load(f.param(1));
    f.load(f.param(0));
    f.store_all(&[f.param(0), f.param(1)]);
    f.open_finally();
    f.load(f.param(0));
    f.tail_call_closure(0);
    f.begin_finally();
    f.close_finally();
    f.finish().unwrap();
    let tables = module.finish().unwrap();
    verified(&tables);
    assert!(ops(&tables, 1).contains(&Op::MakeClosure) && !ops(&tables, 1).contains(&Op::Partial));
    assert!(ops(&tables, 2).contains(&Op::Partial));
    assert_eq!(ops(&tables, 3).last_chunk(), Some(&[Op::Call, Op::Ret]));
    assert!(ops(&tables, 5).contains(&Op::CallClosure));
    assert!(!ops(&tables, 6).contains(&Op::TailCallClosure));
}

#[test]
fn an_assignment_whose_value_nobody_wants_is_one_store() {
    let tables = single(Lang::Rhumb, 0, |f| {
        let local = f.local(TypeId::DYN, None);
        f.op(Load, &[0]);
        f.dup();
        f.store(local);
        f.pop();
        f.op(Load, &[1]);
        f.dup();
        f.store(local);
        f.ret();
    })
    .unwrap();
    verified(&tables);
    use Op::{Dup, Load, Ret, Store};
    assert_eq!(ops(&tables, 0), [Load, Store, Load, Dup, Store, Ret]);
}

#[test]
fn the_peephole_keeps_what_may_fault() {
    let tables = single(Lang::Fusabi, 0, |f| {
        let zero = f.label();
        f.push_int(1);
        f.push_int(2);
        f.op(Op::I64Add, &[]);
        f.pop();
        f.push_int(1);
        f.push_int(0);
        f.op(Op::I64DivS, &[]);
        f.pop();
        f.push_bool(false);
        f.jump_if(zero);
        f.bind(zero);
        f.unit();
        f.ret();
    })
    .unwrap();
    verified(&tables);
    assert_eq!(
        ops(&tables, 0),
        [
            Op::PushInt,
            Op::PushInt,
            Op::I64DivS,
            Op::Pop,
            Op::Unit,
            Op::Ret
        ]
    );
}

#[test]
fn nested_finally_bodies_are_bounded() {
    let build = |depth: usize| {
        single(Lang::Fusabi, 0, |f| {
            for _ in 0..depth {
                f.open_finally();
                f.begin_finally();
            }
            f.load(f.param(0));
            f.call_closure(0);
            f.pop();
            for _ in 0..depth {
                f.close_finally();
            }
            f.unit();
            f.ret();
        })
    };
    verified(&build(6).unwrap());
    assert!(matches!(build(40), Err(EmitError::In(_, e)) if matches!(*e, EmitError::Limit { .. })));
}

#[test]
fn a_return_of_a_record_crosses_finally() {
    let module = ModuleBuilder::new("m", Lang::Fusabi);
    let fields = vec![FieldDef {
        name: module.name("x"),
        ty: TypeId::INT,
        flags: 0,
    }];
    let case = CaseDef {
        name: module.name("P"),
        fields,
    };
    let point = module.typedef(TypedefKind::Record, module.name("P"), 0, vec![case]);
    let mut signature = module.signature("f", &[]);
    signature.result = module.named_type(point, &[]);
    signature.arity = Arity::Exact;
    let id = module.declare(signature);
    let mut f = module.build(id);
    f.push_int(9);
    f.open_finally();
    f.push_int(1);
    f.op(Op::Record, &[point.0]);
    f.ret();
    f.begin_finally();
    f.close_finally();
    f.finish().unwrap();
    verified(&module.finish().unwrap());
}

#[test]
fn a_function_without_code_is_missed() {
    let module = ModuleBuilder::new("m", Lang::Morph);
    let id = module.declare(module.signature("f", &[]));
    assert_eq!(module.finish(), Err(EmitError::Unfinished(id)));
}
