//! Programs of a few lines, from text to a result, with both dispatchers.

use fzb::view::Module;
use machine::engine::Shared;
use machine::host::Grants;
use machine::value::Value;
use machine::world::{Limits, World};

fn run(source: &str, function: &str, args: &[Value]) -> Result<Value, String> {
    let mut last = None;
    for loop_dispatch in [true, false] {
        let tables = fzb::text::assemble(source).map_err(|errors| format!("{errors:?}"))?;
        let module = Module::from_tables(&tables).map_err(|error| error.to_string())?;
        fzb::verify::module(&module).map_err(|refusal| refusal.to_string())?;
        let engine = Shared::new(loop_dispatch);
        let loaded = engine.add_module(module.clone(), true).expect("memory");
        let mut world = World::new(engine, Limits::strict(), Grants::none())
            .map_err(|error| error.to_string())?;
        let instance = world.load(&loaded).map_err(|report| report.to_string())?;
        let export = module
            .find_export(function)
            .and_then(|id| module.export(id))
            .ok_or("no such export")?;
        let fzb::view::ExportTarget::Function(id) = export.target else {
            return Err("not a function".into());
        };
        let result = world
            .call(instance, id, args)
            .map_err(|report| report.to_string());
        if let Some(before) = &last {
            assert_eq!(before, &result, "the dispatchers differ");
        }
        last = Some(result);
    }
    last.unwrap_or(Err("never ran".into()))
}

#[test]
fn typed_loop() {
    let source = r#"
module "loop" lang machine
fn sum(n: int) -> int export {
    local i: int
    local s: int
    push 0
    store i
    push 0
    store s
again:
    load i
    load n
    i64.lt
    jump_if_not done
    load s
    load i
    i64.add
    store s
    load i
    push 1
    i64.add
    store i
    jump again
done:
    load s
    ret
}
"#;
    assert_eq!(
        run(source, "sum", &[Value::int(1000)]),
        Ok(Value::int(499_500))
    );
}

#[test]
fn typed_and_dynamic_fib() {
    let source = r#"
module "fib" lang machine
static fib: dyn mutable
fn fib(n: int) -> int export {
    load n
    push 2
    i64.lt
    jump_if_not more
    load n
    ret
more:
    load n
    push 1
    i64.sub
    call fib
    load n
    push 2
    i64.sub
    call fib
    i64.add
    ret
}
fn fibd(n: dyn) -> dyn policy morph arity fill export {
    load n
    push 2
    lt
    jump_if_not more
    load n
    ret
more:
    load_static fib
    load n
    push 1
    sub
    call_closure 1
    load_static fib
    load n
    push 2
    sub
    call_closure 1
    add
    ret
}
fn main() -> dyn {
    make_closure fibd 0
    store_static fib
    unit
    ret
}
entry main
"#;
    assert_eq!(run(source, "fib", &[Value::int(20)]), Ok(Value::int(6765)));
    assert_eq!(run(source, "fibd", &[Value::int(20)]), Ok(Value::int(6765)));
}

#[test]
fn floats_and_faults() {
    let source = r#"
module "f" lang machine
fn area(r: float) -> float export {
    load r
    load r
    f64.mul
    push 3.5
    f64.mul
    ret
}
fn divide(a: int, b: int) -> int export {
    load a
    load b
    i64.div_s
    ret
}
fn guarded(a: int, b: int) -> int export {
    push_try 0 handler
    load a
    load b
    i64.div_s
    pop_try
    ret
handler:
    pop
    push -1
    ret
}
"#;
    assert_eq!(
        run(source, "area", &[Value::float(2.0)]),
        Ok(Value::float(14.0))
    );
    assert_eq!(
        run(source, "divide", &[Value::int(7), Value::int(2)]),
        Ok(Value::int(3))
    );
    assert!(
        run(source, "divide", &[Value::int(7), Value::int(0)])
            .is_err_and(|text| text.starts_with("FX0003"))
    );
    assert_eq!(
        run(source, "guarded", &[Value::int(7), Value::int(0)]),
        Ok(Value::int(-1))
    );
}

#[test]
fn a_panic_of_the_machine_closes_the_world_and_spares_the_host() {
    let source = "module \"p\" lang machine\nfn one() -> int export {\n    push 1\n    ret\n}\n";
    let tables = fzb::text::assemble(source).unwrap_or_else(|errors| panic!("{errors:?}"));
    let module = Module::from_tables(&tables).unwrap_or_else(|error| panic!("{error}"));
    let engine = Shared::new(true);
    let loaded = engine.add_module(module, false).expect("memory");
    let mut world = World::new(engine, Limits::strict(), Grants::none())
        .unwrap_or_else(|error| panic!("{error}"));
    let instance = world
        .load(&loaded)
        .unwrap_or_else(|report| panic!("{report}"));
    // A tracer that panics stands for a bug in a handler: it is called from the same loop.
    world.set_tracer(Some(Box::new(|_| panic!("on purpose"))));
    for _ in 0..2 {
        let report = world.call(instance, fzb::tables::FuncId(0), &[]);
        assert!(report.is_err_and(|report| report.fault == machine::fault::Fault::Internal));
        world.set_tracer(None);
    }
}
