//! Random structured programs on the machine, with both dispatchers: what they give is what the program tree means.

mod program;

use fzb::tables::{FuncId, Lang};
use machine::engine::Shared;
use machine::fault::Fault;
use machine::host::Grants;
use machine::value::Value;
use machine::world::{Limits, World};
use proptest::prelude::*;

/// The result; `None` for what a program may throw.
fn run(tables: &fzb::tables::Tables, loop_dispatch: bool) -> Result<Option<Value>, String> {
    let module = fzb::Module::from_tables(tables).map_err(|error| error.to_string())?;
    fzb::verify::module(&module).map_err(|refusal| refusal.to_string())?;
    let engine = Shared::new(loop_dispatch);
    let loaded = engine.add_module(module, true).expect("memory");
    let mut world =
        World::new(engine, Limits::program(), Grants::none()).map_err(|error| error.to_string())?;
    let instance = world.load(&loaded).map_err(|report| report.to_string())?;
    match world.call(instance, FuncId(0), &[]) {
        Ok(value) => Ok(Some(value)),
        Err(report)
            if matches!(
                report.fault,
                Fault::Zero | Fault::Ovf | Fault::User | Fault::Uncaught
            ) =>
        {
            Ok(None)
        }
        Err(report) => Err(report.to_string()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_machine_gives_what_the_program_means(seed in any::<u64>()) {
        let program = program::generate(seed);
        let tables = program::build(&program, Lang::Fusabi).expect("built");
        let expected = program::eval::run(&program).map(Value::int);
        for loop_dispatch in [true, false] {
            let found = run(&tables, loop_dispatch);
            prop_assert_eq!(&found, &Ok(expected), "seed {}, loop {}", seed, loop_dispatch);
        }
    }
}
