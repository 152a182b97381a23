//! What handlers leave on the native stack is bounded whatever the optimiser makes of them: loops, and functions that are one
//! long block, of instructions with much to do.

use std::fmt::Write;

use fzb::view::{ExportTarget, Module};
use machine::engine::Shared;
use machine::host::Grants;
use machine::value::Value;
use machine::world::{Limits, World};

/// Runs `main` on a thread with a small stack, with each dispatcher, and with a way back to the run loop at every head.
fn runs(source: String, expected: i64) {
    let ran = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(move || {
            for (loop_dispatch, room) in [(false, None), (false, Some(0)), (true, None)] {
                let engine = Shared::new(loop_dispatch);
                let tables = fzb::text::assemble(&source).expect("module text");
                let module = Module::from_tables(&tables).expect("a good module");
                let export = module.find_export("main").and_then(|id| module.export(id));
                let Some(ExportTarget::Function(main)) = export.map(|export| export.target) else {
                    panic!("no main");
                };
                let loaded = engine.add_module(module, false).expect("memory");
                let limits = Limits {
                    fuel: Some(1 << 40),
                    ..Limits::program()
                };
                let mut world = World::new(engine, limits, Grants::none()).expect("a World");
                if let Some(bytes) = room {
                    world.set_native_room(bytes);
                }
                let Ok(instance) = world.load(&loaded) else {
                    panic!("not linked");
                };
                let result = world.call(instance, main, &[]);
                assert_eq!(result.ok().and_then(Value::as_int), Some(expected));
            }
        })
        .expect("a thread")
        .join();
    assert!(ran.is_ok());
}

#[test]
fn a_loop_of_a_million_pushes_and_reads() {
    runs(
        "module \"pushes\" lang rhumb
fn main() export {
    local list, i: dyn
    map_new plain 0
    store list
    push 0
    store i
again:
    load list
    load i
    push_at end
    pop
    load list
    push 1
    get_index
    pop
    load i
    push 1
    add
    store i
    load i
    push 1000000
    lt
    jump_if again
    load i
    ret
}
"
        .to_owned(),
        1_000_000,
    );
}

#[test]
fn a_function_of_a_hundred_thousand_instructions_without_a_jump() {
    let mut source = "module \"straight\" lang rhumb
fn main() export {
    local list: dyn
    map_new plain 0
    store list
"
    .to_owned();
    for number in 0..25_000 {
        let _ = write!(
            source,
            "    load list\n    push {}\n    push_at end\n    pop\n",
            number % 100
        );
    }
    source.push_str("    push 7\n    ret\n}\n");
    runs(source, 7);
}
