//! Memory that fails: every fallible step of a set of programs is made to fail in turn, and the World must report fault mem
//! (or depth) and be usable afterwards.

#![allow(clippy::print_stdout, reason = "the count, shown by `-- --nocapture`")]

use fzb::view::{ExportTarget, Module};
use lemari::Sabotage;
use machine::engine::Shared;
use machine::host::Grants;
use machine::value::Value;
use machine::world::{Limits, World};

/// Functions that allocate in different ways: lists, arrays, texts, maps, big numbers, closures, fibers, deep calls, errors;
/// stacks whose frames hold what is young, before and after they called; dictionaries of numbers.
const SOURCE: &str = r#"
module "sabotage" lang machine
fn lists() -> dyn export {
    push 1
    push 2
    push 3
    list 3
    push 4
    nil
    cons
    intrinsic list.append
    intrinsic list.reverse
    intrinsic list.to_array
    ret
}
fn arrays() -> dyn export {
    push 2000
    push 7
    arr_new i64
    intrinsic array.copy
    push "text"
    push_at end
    ret
}
fn texts() -> text export {
    push "a text that is long enough to be cut and joined into a rope, again and again"
    dup
    concat 2
    dup
    concat 2
    dup
    concat 2
    dup
    concat 2
    intrinsic text.upper
    push "A"
    push "bb"
    intrinsic text.replace
    ret
}
fn maps() -> dyn export {
    push 1
    push "one"
    push "two"
    push 2
    push 3.5
    push "three and a half"
    map_pairs 3
    intrinsic table.keys
    ret
}
fn numbers() -> dyn policy morph arity fill export {
    push 9223372036854775807
    push 9223372036854775807
    mul
    push 9223372036854775807
    mul
    ret
}
fn add(a: dyn, b: dyn) -> dyn policy machine arity curry {
    load a
    load b
    add
    ret
}
fn closures() -> dyn export {
    make_closure add 0
    push 1
    call_closure 1
    push 2
    call_closure 1
    ret
}
fn count() -> dyn flags generator {
    push 1
    box none
    yield
    ret
}
fn fibers() -> dyn export {
    call count
    unit
    resume
    pop
    ret
}
fn deep(n: int) -> int {
    load n
    push 0
    i64.eq
    jump_if_not more
    push 0
    ret
more:
    load n
    push 1
    i64.sub
    call deep
    push 1
    i64.add
    ret
}
fn calls() -> dyn export {
    push 500
    call deep
    box none
    ret
}
fn errors() -> dyn export {
    push_try catch caught
    push 1
    push 0
    i64.div_s
    pop_try
    box none
    ret
caught:
    get_name "msg"
    ret
}
fn climb(n: dyn) -> dyn policy morph arity fill {
    local a, b, s: dyn
    load n
    array 1 dyn
    store a
    load n
    push 0
    eq
    jump_if_not more
    load a
    push 0
    get_index
    ret
more:
    load n
    push 1
    sub
    call climb
    store s
    load n
    array 1 dyn
    store b
    load s
    load a
    push 0
    get_index
    add
    load b
    push 0
    get_index
    add
    ret
}
fn stacks() -> dyn export {
    push 100
    call climb
    ret
}
fn fall(n: dyn) -> dyn policy morph arity fill {
    local a, b: dyn
    load n
    array 1 dyn
    store a
    load n
    push 0
    eq
    jump_if_not more
    push 1
    push 0
    div
    ret
more:
    load n
    push 20
    eq
    jump_if_not down
    push_try catch caught
    load n
    push 1
    sub
    call fall
    pop_try
    ret
caught:
    pop
    load n
    array 1 dyn
    store b
    push 40
    call climb
    load a
    push 0
    get_index
    add
    load b
    push 0
    get_index
    add
    ret
down:
    load n
    push 1
    sub
    call fall
    load a
    push 0
    get_index
    add
    ret
}
fn falls() -> dyn export {
    push 80
    call fall
    ret
}
fn keys() -> dyn export {
    local m, i: dyn
    map_pairs 0
    store m
    push 0
    store i
again:
    load m
    load i
    load i
    array 1 dyn
    set_index mutable
    load i
    push 3
    add
    store i
    load i
    push 90
    lt
    jump_if again
    load m
    push 3
    del_index
    pop
    load m
    push 0.5
    push "half"
    set_index mutable
    load m
    push 6.0
    push "six"
    set_index mutable
    load m
    ret
}
fn ask(list: dyn) -> dyn {
    local turn: dyn
    push 1
    push "two"
    array 2 dyn
    box none
    iter_new 0
again:
    iter_next 0 out
    store turn
    load list
    load turn
    post pick 1 none
    push_at end
    pop
    jump again
out:
    load list
    ret
}
fn choose() -> dyn flags thunk {
    local list: dyn
    map_new plain 0
    box none
    intrinsic map.draft
    store list
    push 'a'
    push 'b'
    range
    box none
    iter_new 0
again:
    iter_next 0 out
    pop
    load list
    call ask
    pop
    jump again
out:
    load list
    intrinsic map.done
    pop
    load list
    push "last"
    set_name "end" mutable
    load list
    ret
}
static ends: dyn mutable
fn twice(kind: dyn, event: dyn) -> dyn flags selector {
    local choice: dyn
    load kind
    push 0
    eq
    jump_if ended
    load event
    event_arg 0
    store choice
    pop
    load choice
    reply none 1 none
    pop
    load choice
    array 1 dyn
    box none
    reply none 1 none
    ret
ended:
    load_static ends
    load event
    push_at end
    pop
    load event
    ret
}
fn branches() -> dyn export {
    map_new list 0
    box none
    store_static ends
    make_closure choose 0
    make_closure twice 0
    prompt [completion signal pick] multi|completes
    pop
    load_static ends
    ret
}
fn probe() -> int export {
    push 41
    push 1
    i64.add
    ret
}
"#;

const PROGRAMS: [&str; 13] = [
    "lists", "arrays", "texts", "maps", "numbers", "closures", "fibers", "calls", "errors",
    "stacks", "falls", "keys", "branches",
];

fn world(loop_dispatch: bool) -> (World, Module, u32) {
    let tables = fzb::text::assemble(SOURCE).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let module = Module::from_tables(&tables).unwrap_or_else(|error| panic!("{error}"));
    fzb::verify::module(&module).unwrap_or_else(|refusal| panic!("{refusal}"));
    let engine = Shared::new(loop_dispatch);
    let loaded = engine.add_module(module.clone(), true).expect("memory");
    let mut world = World::new(engine, Limits::strict(), Grants::none())
        .unwrap_or_else(|error| panic!("{error}"));
    let instance = world
        .load(&loaded)
        .unwrap_or_else(|report| panic!("{report}"));
    (world, module, instance)
}

fn call(world: &mut World, module: &Module, instance: u32, name: &str) -> Result<Value, String> {
    let export = module
        .find_export(name)
        .and_then(|id| module.export(id))
        .unwrap_or_else(|| panic!("no export {name}"));
    let ExportTarget::Function(id) = export.target else {
        panic!("{name} is no function")
    };
    world
        .call(instance, id, &[])
        .map_err(|report| report.to_string())
}

#[test]
fn every_step_may_fail() {
    let mut points = 0;
    for loop_dispatch in [true, false] {
        for name in PROGRAMS {
            for once in [true, false] {
                let mut fail_at = 1;
                loop {
                    let (mut world, module, instance) = world(loop_dispatch);
                    world.sabotage(Sabotage {
                        fail_at,
                        and_after: !once,
                        ..Sabotage::default()
                    });
                    let before = world.sabotage_steps();
                    let result = call(&mut world, &module, instance, name);
                    let steps = world.sabotage_steps() - before;
                    if let Err(text) = &result {
                        assert!(
                            text.starts_with("FX0006") || text.starts_with("FX0001"),
                            "{name} at step {fail_at}: {text}"
                        );
                    }
                    world.sabotage(Sabotage::default());
                    assert_eq!(
                        call(&mut world, &module, instance, "probe"),
                        Ok(Value::int(42)),
                        "{name} at step {fail_at}"
                    );
                    let again = call(&mut world, &module, instance, name);
                    assert!(
                        again.is_ok(),
                        "{name} after a failure at step {fail_at}: {again:?}"
                    );
                    points += 1;
                    if fail_at > steps || fail_at > 400 {
                        break;
                    }
                    fail_at += 1;
                }
            }
        }
    }
    println!("{points} points of failure survived");
    assert!(points > 100, "only {points} points");
}

/// The canonical text of a value.
fn canonical(world: &mut World, value: Value) -> Result<String, String> {
    world
        .display_text(fzb::tables::Lang::Machine, value, true)
        .map_err(|raised| world.report(raised).to_string())
}

#[test]
fn programs_answer_what_they_should() {
    let (mut world, module, instance) = world(false);
    let mut answer = |name: &str| {
        call(&mut world, &module, instance, name).and_then(|value| canonical(&mut world, value))
    };
    assert_eq!(
        answer("stacks"),
        Ok((2 * (1..=100).sum::<i64>()).to_string())
    );
    let caught = 2 * (1..=40).sum::<i64>() + 2 * 20;
    assert_eq!(
        answer("falls"),
        Ok((caught + (21..=80).sum::<i64>()).to_string())
    );
    let keys = answer("keys").unwrap_or_default();
    assert!(
        keys.contains("6: \"six\"") && keys.contains("0.5: \"half\""),
        "{keys}"
    );
    assert!(
        !keys.contains(" 3: ") && keys.contains("87: [87]"),
        "{keys}"
    );
    let branches = answer("branches").unwrap_or_default();
    assert_eq!(branches.matches("end").count(), 16, "{branches}");
}

#[test]
fn a_collection_at_every_allocation_changes_nothing() {
    for loop_dispatch in [true, false] {
        for name in PROGRAMS {
            let (mut plain, module, instance) = world(loop_dispatch);
            let expected = call(&mut plain, &module, instance, name)
                .and_then(|value| canonical(&mut plain, value));
            for collect in [
                lemari::ForcedCollection::Minor,
                lemari::ForcedCollection::Major,
            ] {
                let (mut world, module, instance) = world(loop_dispatch);
                world.sabotage(Sabotage {
                    collect,
                    poison: true,
                    ..Sabotage::default()
                });
                let result = call(&mut world, &module, instance, name)
                    .and_then(|value| canonical(&mut world, value));
                assert!(result.is_ok(), "{name}: {result:?}");
                assert_eq!(result, expected, "{name} under {collect:?}");
            }
        }
    }
}
