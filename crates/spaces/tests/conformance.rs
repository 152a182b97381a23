//! The conformance programs of the selector, space and fiber banks (`spec/fzb/run`), with both dispatchers.

use fzb::view::Module;
use machine::engine::Shared;
use machine::host::Grants;
use machine::world::{Limits, World};
use spaces::Tuplespaces;

fn run(source: &str, loop_dispatch: bool) -> Result<String, String> {
    let tables = fzb::text::assemble(source).map_err(|errors| format!("{errors:?}"))?;
    let module = Module::from_tables(&tables).map_err(|error| error.to_string())?;
    fzb::verify::module(&module).map_err(|refusal| refusal.to_string())?;
    let mut limits = Limits::strict();
    for line in source
        .lines()
        .filter_map(|line| line.strip_prefix("; limit: "))
    {
        match line.split_once(' ') {
            Some(("fuel", n)) => limits.fuel = n.parse().ok(),
            Some(("fibers", n)) => limits.fibers = n.parse().map_err(|_| "a number")?,
            _ => return Err(format!("unknown limit {line}")),
        }
    }
    let engine = Shared::new(loop_dispatch);
    let loaded = engine.add_module(module.clone(), true);
    let mut world =
        World::new(engine, limits, Grants::none()).map_err(|error| error.to_string())?;
    world.set_spaces(Box::new(Tuplespaces::new()));
    let entry = module.entry().ok_or("no entry")?;
    let instance = world
        .instantiate_module(&loaded)
        .map_err(|raised| world.report(raised).to_string())?;
    let value = world
        .call(instance, entry, &[])
        .map_err(|report| report.to_string())?;
    world
        .display_text(value, false)
        .map_err(|raised| world.report(raised).to_string())
}

#[test]
fn programs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/fzb/run");
    let mut count = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the programs") {
        let path = entry.expect("a file").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        if name.starts_with("fiber-iter")
            || ![
                "selector-match_event",
                "selector-event_arg",
                "selector-ret_",
                "space-",
                "fiber-",
            ]
            .iter()
            .any(|bank| name.starts_with(bank))
        {
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("a program");
        count += 1;
        for loop_dispatch in [true, false] {
            let result = run(&source, loop_dispatch);
            let expected = source
                .lines()
                .find_map(|line| line.strip_prefix("; expect: "));
            let fault = source
                .lines()
                .find_map(|line| line.strip_prefix("; fault: "));
            let right = match (expected, fault, &result) {
                (Some(expected), _, Ok(text)) => expected == text,
                (_, Some(fault), Err(text)) => text.starts_with(fault),
                _ => false,
            };
            if !right {
                wrong.push(format!("{name}: {result:?}"));
            }
        }
    }
    assert!(count >= 50, "{count} programs");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
