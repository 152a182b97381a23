//! Memory that fails: every fallible step of a set of programs is made to fail in turn, and the World must report fault mem
//! (or depth) and be usable afterwards.

#![allow(clippy::print_stdout, reason = "the count, shown by `-- --nocapture`")]

use fzb::view::{ExportTarget, Module};
use lemari::Sabotage;
use machine::engine::Shared;
use machine::host::Grants;
use machine::value::Value;
use machine::world::{Limits, World};

/// Functions that allocate in different ways: lists, arrays, texts, maps, big numbers, closures, fibers, deep calls, errors.
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
fn probe() -> int export {
    push 41
    push 1
    i64.add
    ret
}
"#;

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
        for name in [
            "lists", "arrays", "texts", "maps", "numbers", "closures", "fibers", "calls", "errors",
        ] {
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

#[test]
fn a_collection_at_every_allocation_changes_nothing() {
    for loop_dispatch in [true, false] {
        for name in [
            "lists", "arrays", "texts", "maps", "numbers", "closures", "fibers", "calls", "errors",
        ] {
            let (mut plain, module, instance) = world(loop_dispatch);
            let expected = call(&mut plain, &module, instance, name)
                .and_then(|value| plain.text_of(value, 1).map_err(|report| report.to_string()));
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
                    .and_then(|value| world.text_of(value, 1).map_err(|report| report.to_string()));
                assert!(result.is_ok(), "{name}: {result:?}");
                assert_eq!(result, expected, "{name} under {collect:?}");
            }
        }
    }
}
