//! What translating a function may take, whatever the file asks for.

use std::fmt::Write as _;

use fzb::view::Module;
use machine::engine::Shared;
use machine::fault::Fault;
use machine::host::Grants;
use machine::world::{Limits, World};

/// A function of some KiB in which every safepoint has a stack map of its own: `locals` locals are assigned one after the
/// other while `height` values stand on the stack.
fn source(locals: usize, height: usize) -> String {
    let mut text = String::from("module \"maps\" lang machine\nfn main() -> dyn {\n");
    for local in 0..locals {
        let _ = writeln!(text, "    local v{local}: dyn");
    }
    for local in 0..locals {
        let _ = write!(
            text,
            "    unit\n    unpack {height} 0\n    list {height}\n    store v{local}\n"
        );
    }
    text + "    unit\n    ret\n}\nentry main\n"
}

fn fault_of(source: &str) -> Option<(Fault, String)> {
    let tables =
        fzb::text::assemble(source).unwrap_or_else(|errors| panic!("{:?}", errors.first()));
    let module = Module::from_tables(&tables).unwrap_or_else(|error| panic!("{error}"));
    fzb::verify::module(&module).unwrap_or_else(|refusal| panic!("{refusal}"));
    let engine = Shared::new(true);
    let loaded = engine.add_module(module, true).expect("memory");
    let mut world = World::new(engine, Limits::plugin(), Grants::none()).expect("a World");
    let report = world.load(&loaded).err()?;
    Some((report.fault, report.message))
}

#[test]
fn stack_maps_that_outgrow_the_code_are_refused() {
    let (fault, message) = fault_of(&source(1000, 2900)).expect("it is refused");
    assert_eq!(fault, Fault::Verify, "{message}");
    assert!(message.contains("stack maps"), "{message}");
    // The same with maps of a usual size runs; its first list has no elements to unpack.
    let (fault, message) = fault_of(&source(100, 3)).expect("it runs into its first unpack");
    assert_ne!(fault, Fault::Verify, "{message}");
}

#[test]
fn a_world_pays_for_the_code_that_it_uses() {
    let source =
        "module \"small\" lang machine\nfn main() -> dyn {\n    unit\n    ret\n}\nentry main\n";
    assert_eq!(fault_of(source), None);
    let tables = fzb::text::assemble(source).expect("it assembles");
    let module = Module::from_tables(&tables).expect("a module");
    let engine = Shared::new(true);
    let loaded = engine.add_module(module, false).expect("memory");
    let limits = Limits {
        memory: 256 << 10,
        ..Limits::plugin()
    };
    let counted: Vec<usize> = (0..2)
        .map(|_| {
            let mut world =
                World::new(engine.clone(), limits.clone(), Grants::none()).expect("a World");
            world
                .load(&loaded)
                .unwrap_or_else(|report| panic!("{report}"));
            world.counters().memory
        })
        .collect();
    // The second World did not translate it, and pays the same.
    assert_eq!(counted.first(), counted.last());
}
