//! Host functions: closures, natives, panics, imports, calling back, building and reading values.

use std::sync::{Arc, Mutex};

use foxvm::{Capability, Context, Engine, Error, ErrorKind, Fault, Limits, Native, Value};

use crate::harness::*;

#[test]
fn closures_are_host_functions() {
    let engine = Engine::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = seen.clone();
    engine
        .function(
            "host",
            move |number: i64, text: &str| -> Result<i64, Error> {
                list.lock().unwrap().push(format!("{number} {text}"));
                if number < 0 {
                    Err(Error::host(Fault::Range, "below zero"))
                } else {
                    Ok(number * 2)
                }
            },
        )
        .unwrap();
    let (mut world, caller) = bound(&engine, CALLER);
    let run = caller.function::<(i64, &str), i64>("run").unwrap();
    assert_eq!(run.call(&mut world, (21, "x")).unwrap(), 42);
    assert_eq!(
        fault_of(&run.call(&mut world, (-1, "y")).unwrap_err()),
        Fault::Range
    );
    assert_eq!(run.call(&mut world, (1, "after")).unwrap(), 2);
    assert_eq!(*seen.lock().unwrap(), ["21 x", "-1 y", "1 after"]);
    assert_eq!(world.counters().host_calls, 3);
}

#[test]
fn panics_of_host_functions_are_faults() {
    let engine = Engine::new();
    let text = |panic: i64, text: &str| -> i64 {
        assert!(panic == 0, "the host said {text}");
        7
    };
    engine.function("host", text).unwrap();
    let (mut world, caller) = bound(&engine, CALLER);
    let run = caller.function::<(i64, &str), i64>("run").unwrap();
    let error = run.call(&mut world, (1, "boom")).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Host);
    assert!(error.to_string().contains("the host said boom"), "{error}");
    assert_eq!(run.call(&mut world, (0, "fine")).unwrap(), 7);
}

#[test]
fn imports_are_checked_when_a_module_is_bound() {
    let engine = Engine::new();
    let module = load(&engine, CALLER);
    let mut world = engine.world(Limits::plugin(), &[]).unwrap();
    assert!(
        matches!(world.bind(&module).unwrap_err().kind(), ErrorKind::ImportUnknown { name } if name == "host")
    );
    engine.function("host", |_: &str| 1i64).unwrap();
    let error = world.bind(&module).unwrap_err();
    assert_eq!(
        error.to_string(),
        "FV37: import differs: `host`: found (text) -> int, expected (int, text) -> int"
    );
    let guarded = Native::new("host", |number: i64, _: &str| number).capability("clock");
    engine.register(guarded).unwrap();
    assert!(
        matches!(world.bind(&module).unwrap_err().kind(), ErrorKind::ImportDenied { capability, .. } if capability == "clock")
    );
    let clock = Capability::parse("clock").unwrap();
    world.grant(&clock);
    let caller = world.bind(&module).unwrap();
    let run = caller.function::<(i64, &str), i64>("run").unwrap();
    assert_eq!(run.call(&mut world, (5, "")).unwrap(), 5);
    world.revoke(&clock);
    assert_eq!(
        fault_of(&run.call(&mut world, (5, "")).unwrap_err()),
        Fault::Cap
    );
    assert!(
        engine
            .register(Native::new("x", || ()).capability("everything"))
            .is_err()
    );
    assert!(
        engine
            .register(Native::new("x", |_: i64| ()).inline("text.contains"))
            .is_err()
    );
}

/// Adds up.
#[foxvm::native(name = "sum", cost = 9)]
fn sum(numbers: Vec<i64>) -> i64 {
    numbers.iter().sum()
}

/// Calls its argument
/// twice.
#[foxvm::native(cap = "clock", cap = "random")]
fn twice(context: &mut Context<'_>, callee: Value, text: &str) -> Result<i64, Error> {
    let first: i64 = context.call::<(&str,), i64>(&callee, (text,))?;
    let second: i64 = context.call::<(&str,), i64>(&callee, (text,))?;
    Ok(first + second)
}

#[test]
fn natives_are_described() {
    let engine = Engine::new();
    engine.register(sum::native()).unwrap();
    engine.register(twice::native()).unwrap();
    assert_eq!(sum(vec![1, 2]), 3);
    let described: serde_json::Value = serde_json::from_str(&engine.describe()).unwrap();
    assert_eq!(
        described,
        serde_json::json!({"v": 1, "functions": [
            {"name": "sum", "names": ["numbers"], "params": ["dyn"], "result": "int", "capabilities": [], "doc": "Adds up.", "cost": 9, "inline": null},
            {"name": "twice", "names": ["callee", "text"], "params": ["dyn", "text"], "result": "int", "capabilities": ["clock", "random"],
             "doc": "Calls its argument\ntwice.", "cost": 4, "inline": null},
        ]})
    );
}

#[test]
fn hosts_call_back() {
    let engine = Engine::new();
    engine.register(twice::native()).unwrap();
    let source = "module \"back\" lang machine
import twice host \"twice\" (dyn, text) -> int needs clock, random
fn length(t: text) -> int {\n load t\n intrinsic text.length\n ret\n}
fn fail(t: text) -> int {\n push_int 1\n push_int 0\n i64.div_s\n ret\n}
fn run(t: text) -> int export {\n make_closure length 0\n load t\n call_ffi twice\n ret\n}
fn bad(t: text) -> int export {\n make_closure fail 0\n load t\n call_ffi twice\n ret\n}
";
    let (mut world, back) = bound_with(&engine, source, Limits::plugin(), &Capability::all());
    for always in [false, true] {
        world.collect_always(always);
        assert_eq!(
            back.function::<(&str,), i64>("run")
                .unwrap()
                .call(&mut world, ("four",))
                .unwrap(),
            8
        );
        let error = back
            .function::<(&str,), i64>("bad")
            .unwrap()
            .call(&mut world, ("",))
            .unwrap_err();
        assert_eq!(fault_of(&error), Fault::Zero);
    }
}

/// Compound values are made and read by host functions without a tree of them, and nothing is left unrooted.
#[test]
fn builders_make_what_walks_read() {
    let engine = Engine::new();
    engine
        .function("made", |cx: &mut Context<'_>| -> Result<Value, Error> {
            let mut made = cx.builder();
            made.push("list")?;
            for number in 0..40 {
                made.push(number)?;
            }
            made.list(40)?;
            made.push("nothing")?;
            made.push(())?;
            made.push("map")?;
            made.push("empty")?;
            made.map(0)?;
            made.map(1)?;
            made.push("date")?;
            made.push(foxvm::Date(5))?;
            made.record(4)?;
            assert_eq!(made.height(), 1);
            made.finish()
        })
        .unwrap();
    engine
        .function(
            "read",
            |cx: &mut Context<'_>, value: Value| -> Result<String, Error> {
                let mut seen = String::new();
                let mut walk = cx.walk(&value, 3)?;
                while let Some(visit) = walk.step()? {
                    seen.push_str(&format!("{visit:?} "));
                }
                Ok(seen)
            },
        )
        .unwrap();
    engine
        .function(
            "unbalanced",
            |cx: &mut Context<'_>| -> Result<Value, Error> {
                let mut made = cx.builder();
                made.push(1)?;
                assert!(made.list(2).is_err());
                made.push(2)?;
                made.finish()
            },
        )
        .unwrap();
    let source = |lang: &str| {
        format!(
            "module \"{lang}\" lang {lang}
import made host \"made\" () -> dyn
import read host \"read\" (dyn) -> text
import unbalanced host \"unbalanced\" () -> dyn
fn both() export {{\n call_ffi made\n call_ffi read\n ret\n}}
fn bad() export {{\n call_ffi unbalanced\n ret\n}}
"
        )
    };
    for lang in ["machine", "rhumb", "morph"] {
        for always in [false, true] {
            let (mut world, instance) = bound(&engine, &source(lang));
            world.collect_always(always);
            let seen = instance.call(&mut world, "both", &[]).unwrap();
            let seen: String = world.read(&seen).unwrap();
            assert!(
                seen.starts_with("Map(4) Text(\"list\") List(40) Number(I64(0)) "),
                "{seen}"
            );
            assert!(
                seen.ends_with("Number(I64(39)) Close Text(\"nothing\") Empty Text(\"map\") Map(1) Text(\"empty\") Map(0) Close Close Text(\"date\") Date(5) Close "),
                "{seen}"
            );
            let error = instance.call(&mut world, "bad", &[]).unwrap_err();
            assert!(
                error.to_string().contains("a builder ended with 2 values"),
                "{error}"
            );
        }
    }
}

/// A host function's own code and data reach handlers; `dyn` stands for every type at the border, and is checked there.
#[test]
fn failures_carry_codes_and_dynamic_imports_are_checked() {
    let engine = Engine::new();
    engine
        .function(
            "find",
            |cx: &mut Context<'_>, name: &str| -> Result<i64, Error> {
                let data = cx.value(name)?;
                Err(Error::new(format!("{name} is not here"))
                    .with_code(404)
                    .with_data(data))
            },
        )
        .unwrap();
    engine.function("number", |number: Value| number).unwrap();
    let (mut world, instance) = bound(
        &engine,
        "module \"codes\" lang machine
import find host \"find\" (dyn) -> dyn
import number host \"number\" (int) -> int
fn caught(x: dyn) export {
    push_try catch handler
    load x
    call_ffi find
    pop_try
    ret
handler:
    ret
}
fn uncaught(x: dyn) export {\n load x\n call_ffi find\n ret\n}
fn typed(x: int) -> int export {\n load x\n call_ffi number\n ret\n}
",
    );
    let word = world.value("word").unwrap();
    let caught = instance
        .call(&mut world, "caught", std::slice::from_ref(&word))
        .unwrap();
    let shown = world.display(&caught).unwrap();
    assert!(shown.contains("word is not here"), "{shown}");
    let error = instance.call(&mut world, "uncaught", &[word]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Host);
    assert_eq!(error.fault().unwrap().message, "find: word is not here");
    let error = instance
        .call(&mut world, "uncaught", &[Value::int(1)])
        .unwrap_err();
    assert_eq!(fault_of(&error), Fault::Type);
    assert_eq!(
        error.fault().unwrap().message,
        "find: expected text, found int"
    );
    let seven = instance
        .call(&mut world, "typed", &[Value::int(7)])
        .unwrap();
    assert_eq!(seven.as_int(), Some(7));
}
