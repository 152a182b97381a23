//! The public interface: typed handles, conversions, host functions, limits, handles of values, runs, known files.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use foxvm::{
    Capability, Context, Dispatch, Engine, Error, ErrorKind, Fault, Instance, Lang, Limits,
    MessageLang, Module, Native, Step, Suspend, TestCount, Value, World,
};

fn bound(engine: &Engine, source: &str) -> (World, Instance) {
    bound_with(engine, source, Limits::plugin(), &[])
}

fn bound_with(
    engine: &Engine,
    source: &str,
    limits: Limits,
    granted: &[Capability],
) -> (World, Instance) {
    let module = load(engine, source);
    let mut world = engine.world(limits, granted).expect("a world");
    let instance = world.bind(&module).expect("a linked module");
    (world, instance)
}

fn load(engine: &Engine, source: &str) -> Module {
    engine
        .load(engine.assemble(source).expect("module text"))
        .expect("a good module")
}

fn fault_of(error: &Error) -> Fault {
    error
        .fault()
        .unwrap_or_else(|| panic!("no fault: {error}"))
        .fault
}

const ECHO: &str = "module \"echo\" lang machine
fn int(x: int) -> int export {\n load x\n ret\n}
fn float(x: float) -> float export {\n load x\n ret\n}
fn bool(x: bool) -> bool export {\n load x\n ret\n}
fn char(x: char) -> char export {\n load x\n ret\n}
fn text(x: text) -> text export {\n load x\n ret\n}
fn bytes(x: bytes) -> bytes export {\n load x\n ret\n}
fn any(x: dyn) export {\n load x\n ret\n}
fn unit() -> unit export {\n unit\n ret\n}
fn both(a: text, b: text) -> text export {\n load a\n load b\n concat 2\n ret\n}
fn six(a: int, b: text, c: float, d: bool, e: text, f: dyn) export {\n load a\n load b\n load c\n load d\n load e\n load f\n tuple 6\n ret\n}
fn list(x: list) -> int export {\n load x\n intrinsic list.length\n ret\n}
static seven: int exported
export seven = static seven
";

#[test]
fn values_go_in_and_come_out_as_they_were() {
    let engine = Engine::new();
    let (mut world, echo) = bound(&engine, ECHO);
    let int = echo.function::<(i64,), i64>("int").unwrap();
    for number in [0, 1, -1, i64::MIN, i64::MAX] {
        assert_eq!(int.call(&mut world, (number,)).unwrap(), number);
    }
    let float = echo.function::<(f64,), f64>("float").unwrap();
    assert!(float.call(&mut world, (f64::NAN,)).unwrap().is_nan());
    assert_eq!(float.call(&mut world, (-0.5,)).unwrap(), -0.5);
    assert!(
        echo.function::<(bool,), bool>("bool")
            .unwrap()
            .call(&mut world, (true,))
            .unwrap()
    );
    assert_eq!(
        echo.function::<(char,), char>("char")
            .unwrap()
            .call(&mut world, ('🦊',))
            .unwrap(),
        '🦊'
    );
    let text = echo.function::<(&str,), String>("text").unwrap();
    for line in ["", "x", "rubah", "狐狸 🦊", &"long ".repeat(10_000)] {
        assert_eq!(text.call(&mut world, (line,)).unwrap(), line);
    }
    let bytes = echo.function::<(&[u8],), Vec<u8>>("bytes").unwrap();
    assert_eq!(
        bytes.call(&mut world, (&[0, 255, 7],)).unwrap(),
        [0, 255, 7]
    );
    echo.function::<(), ()>("unit")
        .unwrap()
        .call(&mut world, ())
        .unwrap();
    let narrow = echo.function::<(u8,), u8>("int").unwrap();
    assert_eq!(narrow.call(&mut world, (200,)).unwrap(), 200);
    let wide = echo.function::<(i64,), u8>("int").unwrap();
    assert!(matches!(
        wide.call(&mut world, (300,)).unwrap_err().kind(),
        ErrorKind::Conversion { .. }
    ));
    let huge = echo.function::<(u64,), u64>("int").unwrap();
    assert!(huge.call(&mut world, (u64::MAX,)).is_err());
}

#[test]
fn compound_values_go_in_and_come_out() {
    let engine = Engine::new();
    for always in [false, true] {
        let (mut world, echo) = bound(&engine, ECHO);
        world.collect_always(always);
        let words: Vec<String> = (0..300).map(|word| format!("word {word}")).collect();
        let any = echo.function::<(Vec<String>,), Vec<String>>("any").unwrap();
        assert_eq!(any.call(&mut world, (words.clone(),)).unwrap(), words);
        let option = echo.function::<(Option<i64>,), Option<i64>>("any").unwrap();
        assert_eq!(option.call(&mut world, (Some(3),)).unwrap(), Some(3));
        assert_eq!(option.call(&mut world, (None,)).unwrap(), None);
        type Deep = (i64, (String, Vec<f64>), Option<bool>);
        let tuple = echo.function::<(Deep,), Deep>("any").unwrap();
        let deep = (1, ("two".to_owned(), vec![3.0, 4.5]), None);
        assert_eq!(tuple.call(&mut world, (deep.clone(),)).unwrap(), deep);
        let list = echo.function::<(Vec<i64>,), i64>("list").unwrap();
        assert_eq!(
            list.call(&mut world, ((0..1_000).collect(),)).unwrap(),
            1_000
        );
        let six = echo.function::<(i64, &str, f64, bool, &str, Vec<String>), (i64, String, f64, bool, String, Vec<String>)>("six").unwrap();
        let (a, b, c, d, e, f) = six
            .call(&mut world, (1, "eins", 2.5, true, "zwei", words.clone()))
            .unwrap();
        assert_eq!(
            (a, b.as_str(), c, d, e.as_str(), f),
            (1, "eins", 2.5, true, "zwei", words)
        );
        assert_eq!(
            echo.function::<(&str, &str), String>("both")
                .unwrap()
                .call(&mut world, ("ab", "cd"))
                .unwrap(),
            "abcd"
        );
    }
}

#[test]
fn signatures_are_checked_once_and_named() {
    let engine = Engine::new();
    let (_, echo) = bound(&engine, ECHO);
    let error = echo.function::<(i64,), ()>("text").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Signature { .. }));
    assert_eq!(
        error.to_string(),
        "FX0004: wrong kind of value in `text`: expected (int) -> unit, found (text) -> text"
    );
    assert!(echo.function::<(), String>("text").is_err());
    assert!(echo.function::<(&str, &str), String>("text").is_err());
    assert!(echo.function::<(&str,), i64>("text").is_err());
    let unknown = echo.function::<(), ()>("nope").unwrap_err();
    assert!(unknown.message(MessageLang::Indonesian).contains("nope"));
    assert!(
        matches!(unknown.kind(), ErrorKind::ExportUnknown { exports, .. } if exports.len() == 12)
    );
    assert!(matches!(
        echo.function::<(), i64>("seven").unwrap_err().kind(),
        ErrorKind::ExportNotFunction { .. }
    ));
}

#[test]
fn both_dispatchers_give_the_same() {
    for dispatch in [Dispatch::Fastest, Dispatch::Loop] {
        let engine = Engine::builder().dispatch(dispatch).build().unwrap();
        let (mut world, echo) = bound(&engine, ECHO);
        assert_eq!(
            echo.function::<(&str,), String>("text")
                .unwrap()
                .call(&mut world, ("same",))
                .unwrap(),
            "same"
        );
    }
}

const CALLER: &str = "module \"caller\" lang machine
import host host \"host\" (int, text) -> int
fn run(n: int, t: text) -> int export {\n load n\n load t\n call_ffi host\n ret\n}
";

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
        "FV37: the host's `host` is (text) -> int, the module expects (int, text) -> int"
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

#[test]
fn handles_belong_to_one_world_and_survive_collections() {
    let engine = Engine::new();
    let (mut world, echo) = bound(&engine, ECHO);
    let (mut other, _) = bound(&engine, ECHO);
    let value = world.value("kept").unwrap();
    let any = echo.function::<(&Value,), Value>("any").unwrap();
    let again = any.call(&mut world, (&value,)).unwrap();
    world.collect();
    assert_eq!(world.read::<String>(&again).unwrap(), "kept");
    assert!(matches!(
        other.read::<String>(&again).unwrap_err().kind(),
        ErrorKind::Handle(_)
    ));
    assert!(matches!(
        any.call(&mut other, (&value,)).unwrap_err().kind(),
        ErrorKind::Foreign("function")
    ));
    assert!(echo.call(&mut other, "any", &[Value::int(1)]).is_err());
    let sent = std::thread::spawn(move || drop(value));
    sent.join().unwrap();
    assert_eq!(again.kind_name(), "text");
    assert_eq!(world.display(&again).unwrap(), "kept");
    assert_eq!(
        echo.call(&mut world, "int", &[Value::int(4)])
            .unwrap()
            .as_int(),
        Some(4)
    );
    assert_eq!(
        fault_of(&echo.call(&mut world, "int", &[again]).unwrap_err()),
        Fault::Type
    );
}

const LOOP: &str = "module \"loop\" lang machine
fn spin() export {\nagain:\n jump again\n}
fn count(n: int) -> int export {\n local i: int\n push_int 0\n store i\nagain:\n load i\n load n\n i64.lt\n jump_if_not out\n load i\n push_int 1\n i64.add\n store i\n jump again\nout:\n load i\n ret\n}
fn deep(n: int) -> int export {\n load n\n push_int 1\n i64.add\n call deep\n push_int 1\n i64.add\n ret\n}
fn grow() export {\n local t: text\n push \"0123456789\"\n store t\nagain:\n load t\n load t\n concat 2\n store t\n jump again\n}
";

#[test]
fn limits_end_calls_and_the_world_lives_on() {
    let engine = Engine::new();
    let limits = Limits {
        fuel: Some(100_000),
        depth: 100,
        memory: 4 << 20,
        ..Limits::plugin()
    };
    let (mut world, spin) = bound_with(&engine, LOOP, limits, &[]);
    let error = spin.call(&mut world, "spin", &[]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Fuel);
    let error = spin.call(&mut world, "deep", &[Value::int(0)]).unwrap_err();
    assert_eq!(fault_of(&error), Fault::Depth);
    assert!(error.fault().unwrap().trace.len() >= 64);
    assert_eq!(
        error.diagnostic().trace.frames.first().unwrap().function,
        "deep"
    );
    assert_eq!(
        fault_of(&spin.call(&mut world, "grow", &[]).unwrap_err()),
        Fault::Mem
    );
    let count = spin.function::<(i64,), i64>("count").unwrap();
    assert_eq!(count.call(&mut world, (1_000,)).unwrap(), 1_000);
}

#[test]
fn deadlines_and_interrupts_stop_typed_and_general_calls() {
    let engine = Engine::new();
    let limits = Limits {
        fuel: None,
        deadline: Some(Duration::from_millis(30)),
        ..Limits::plugin()
    };
    let (mut world, spin) = bound_with(&engine, LOOP, limits, &[]);
    let typed = spin.function::<(), Value>("spin").unwrap();
    for _ in 0..3 {
        let start = Instant::now();
        assert_eq!(
            fault_of(&typed.call(&mut world, ()).unwrap_err()),
            Fault::Deadline
        );
        assert!(
            start.elapsed() >= Duration::from_millis(25),
            "{:?}",
            start.elapsed()
        );
        assert!(start.elapsed() < Duration::from_secs(5));
        assert_eq!(
            fault_of(&spin.call(&mut world, "spin", &[]).unwrap_err()),
            Fault::Deadline
        );
    }
    // Short calls never meet the deadline of an earlier one.
    let count = spin.function::<(i64,), i64>("count").unwrap();
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(120) {
        assert_eq!(count.call(&mut world, (100,)).unwrap(), 100);
    }
    let (mut world, spin) = bound_with(
        &engine,
        LOOP,
        Limits {
            fuel: None,
            deadline: None,
            ..Limits::plugin()
        },
        &[],
    );
    let handle = world.interrupt_handle();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        handle.interrupt();
    });
    assert_eq!(
        fault_of(&spin.call(&mut world, "spin", &[]).unwrap_err()),
        Fault::Cancel
    );
    thread.join().unwrap();
}

#[test]
fn runs_go_on_in_slices() {
    let engine = Engine::new();
    let (mut world, count) = bound_with(
        &engine,
        LOOP,
        Limits {
            deadline: None,
            ..Limits::plugin()
        },
        &[],
    );
    let mut run = count
        .start::<(i64,)>(&mut world, "count", (10_000,))
        .unwrap();
    let mut slices = 0;
    let result = loop {
        match run.step(&mut world, 1_000).unwrap() {
            Step::Done(value) => break value,
            Step::OutOfFuel => slices += 1,
            Step::Parked => panic!("nothing parks here"),
        }
    };
    assert_eq!(result.as_int(), Some(10_000));
    assert!(slices > 10, "{slices}");
    assert!(run.step(&mut world, 10).is_err());
    assert!(count.start::<()>(&mut world, "count", ()).is_err());
}

#[test]
fn a_parked_run_goes_on_with_the_answer() {
    let engine = Engine::new();
    engine
        .function("host", |number: i64, _: &str| -> Suspend<i64> {
            if number == 0 {
                Suspend::Later(77)
            } else {
                Suspend::Now(1)
            }
        })
        .unwrap();
    let (mut world, caller) = bound(&engine, CALLER);
    let mut run = caller
        .start::<(i64, &str)>(&mut world, "run", (0, "x"))
        .unwrap();
    assert!(matches!(run.step(&mut world, 1_000).unwrap(), Step::Parked));
    assert!(!run.wake(&mut world, 78, 0i64).unwrap());
    assert!(run.wake(&mut world, 77, 99i64).unwrap());
    match run.step(&mut world, 1_000).unwrap() {
        Step::Done(value) => assert_eq!(value.as_int(), Some(99)),
        other => panic!("{other:?}"),
    }
    // A plain call cannot wait.
    let plain = caller.function::<(i64, &str), i64>("run").unwrap();
    assert!(plain.call(&mut world, (0, "")).is_err());
    assert_eq!(plain.call(&mut world, (1, "")).unwrap(), 1);
}

#[test]
fn bad_files_are_refused_with_their_rule() {
    let engine = Engine::new();
    let error = engine.load(vec![]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::File(found) if found.code() == "FV01"));
    assert!(error.to_string().starts_with("FV01: "), "{error}");
    let mut bytes = engine.assemble(ECHO).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    assert!(
        matches!(engine.load(bytes).unwrap_err().kind(), ErrorKind::File(found) if found.code() == "FV10")
    );
    let text = "module \"bad\"\nfn f() -> int {\n unit\n ret\n}\nfn g() export {\n unit\n ret\n}\n";
    let bytes = engine.assemble(text).unwrap();
    let error = engine.load(bytes.clone()).unwrap_err();
    match error.kind() {
        ErrorKind::Refused {
            refusal,
            function,
            instruction,
        } => {
            assert_eq!(
                (refusal.rule, function.as_str(), instruction.as_str()),
                (4, "f", "ret")
            );
        }
        other => panic!("{other:?}"),
    }
    let catalogue = diag::Catalogue::for_lang(MessageLang::English);
    assert_eq!(
        catalogue.faults_of(&error.diagnostic()),
        Vec::<String>::new()
    );
    assert!(engine.load_lazy(bytes).is_ok());
    let mistakes = engine
        .assemble("module \"x\"\nfn f() {\n frob\n ret\n}\n")
        .unwrap_err();
    assert!(matches!(mistakes.kind(), ErrorKind::Text(list) if list[0].line == 3));
}

#[test]
fn the_engine_bounds_modules() {
    let bytes = Engine::new().assemble(ECHO).unwrap();
    let engine = Engine::builder().module_bytes(bytes.len()).build().unwrap();
    let module = engine.load(bytes.clone()).unwrap();
    assert_eq!(module.name(), "echo");
    let other = engine.assemble(LOOP).unwrap();
    assert!(matches!(
        engine.load(other).unwrap_err().kind(),
        ErrorKind::Resources { .. }
    ));
}

#[cfg(unix)]
#[test]
fn kept_modules_are_known() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("foxvm-store-{}", std::process::id()));
    let engine = Engine::builder().store(&folder).build().unwrap();
    let module = load(&engine, ECHO);
    let path = engine.keep(&module).unwrap();
    assert_eq!(
        std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    let fresh = Engine::builder().store(&folder).build().unwrap();
    let known = fresh
        .load_known(module.hash())
        .unwrap()
        .expect("it was kept");
    let by_path = fresh.load_file(&path).unwrap();
    assert_eq!(by_path.bytes(), module.bytes());
    let mut world = fresh.world(Limits::plugin(), &[]).unwrap();
    let echo = world.bind(&known).unwrap();
    assert_eq!(
        echo.function::<(i64,), i64>("int")
            .unwrap()
            .call(&mut world, (3,))
            .unwrap(),
        3
    );
    let other = load(&Engine::new(), LOOP);
    assert!(fresh.load_known(other.hash()).unwrap().is_none());
    assert!(matches!(
        Engine::new().keep(&other).unwrap_err().kind(),
        ErrorKind::Io { .. }
    ));
    assert!(matches!(
        fresh.load_file("/nowhere/at/all.fzb").unwrap_err().kind(),
        ErrorKind::Io { .. }
    ));
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Engine::builder().store(&folder).build().is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn worlds_share_nothing_and_move_between_threads() {
    let engine = Engine::new();
    let total = Arc::new(AtomicI64::new(0));
    let sink = total.clone();
    engine
        .function("host", move |number: i64, _: &str| {
            sink.fetch_add(number, Ordering::Relaxed);
            number
        })
        .unwrap();
    let module = load(&engine, CALLER);
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (engine, module) = (engine.clone(), module.clone());
            std::thread::spawn(move || {
                let mut world = engine.world(Limits::plugin(), &[]).unwrap();
                let caller = world.bind(&module).unwrap();
                let run = caller.function::<(i64, &str), i64>("run").unwrap();
                for _ in 0..500 {
                    assert_eq!(run.call(&mut world, (thread, "t")).unwrap(), thread);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(total.load(Ordering::Relaxed), 500 * (1 + 2 + 3));
}

#[test]
fn plugin_calls_that_leave_garbage_keep_the_heap_flat() {
    let engine = Engine::new();
    let (mut world, echo) = bound(&engine, ECHO);
    let both = echo.function::<(&str, &str), i64>("both");
    assert!(both.is_err());
    let unit = echo.function::<(&str,), String>("text").unwrap();
    let line = "x".repeat(1_000);
    for _ in 0..200 {
        unit.call(&mut world, (&line,)).unwrap();
    }
    let early = world.counters().memory;
    for _ in 0..20_000 {
        unit.call(&mut world, (&line,)).unwrap();
    }
    assert_eq!(world.counters().memory, early);
    assert!(
        world.counters().washes > 19_000,
        "{}",
        world.counters().washes
    );
}

#[test]
fn entered_functions_are_told() {
    let engine = Engine::new();
    let (mut world, echo) = bound(&engine, LOOP);
    let told = Arc::new(Mutex::new(Vec::new()));
    let list = told.clone();
    world.trace(move |entered| {
        list.lock()
            .unwrap()
            .push((entered.function.clone(), entered.depth))
    });
    echo.call(&mut world, "count", &[Value::int(5)]).unwrap();
    world.untrace();
    echo.call(&mut world, "count", &[Value::int(5)]).unwrap();
    assert_eq!(*told.lock().unwrap(), [("count".to_owned(), 1)]);
}

const RHUMB: &str = "module \"rhumb\" lang rhumb
fn panics() export {
    push 404
    box none
    push \"no such book\"
    box none
    push \"a/b\"
    box none
    post \"***\" 3 none
    ret
}
fn zero() export {
    push 1
    push 0
    floor_div
    ret
}
fn tested() export {
    push true
    assert_eq \"yes\" first
    assert_eq \"no\" second
    ret
}
fn unheard() export {
    post nobody 0 none
    ret
}
";

#[test]
fn an_uncaught_error_of_rhumb_is_a_panic_with_code_and_data() {
    let (mut world, rhumb) = bound(&Engine::new(), RHUMB);
    for (name, code, message, data, fault) in [
        ("panics", 404, "no such book", "'a/b'", Fault::User),
        ("zero", 400, "division by zero", "___", Fault::Zero),
    ] {
        let error = rhumb.call(&mut world, name, &[]).expect_err("a panic");
        let report = error.fault().expect("a fault");
        let panic = report.panic.as_deref().expect("a panic of Rhumb");
        assert_eq!(report.fault, fault);
        assert_eq!(report.message, format!("panic: {message}"));
        assert_eq!(
            (panic.code, panic.message.as_str(), panic.data.as_str()),
            (code, message, data)
        );
        assert_eq!(report.trace[0].function, name);
    }
}

#[test]
fn assertions_count_in_test_mode_only() {
    let (mut world, rhumb) = bound(&Engine::new(), RHUMB);
    let output = Arc::new(Mutex::new(Vec::new()));
    let sink = output.clone();
    world.set_output(move |_, bytes| {
        sink.lock().expect("one thread").extend_from_slice(bytes);
        Ok(())
    });
    rhumb.call(&mut world, "tested", &[]).expect("true");
    assert_eq!(world.test_count(), TestCount::default());
    world.set_test_mode(true);
    rhumb.call(&mut world, "tested", &[]).expect("true");
    let count = world.test_count();
    assert_eq!((count.passed, count.failed), (1, 1));
    assert_eq!(
        String::from_utf8_lossy(&output.lock().expect("one thread")),
        "PASS: yes (first)\nFAIL: Expected 'no', got 'yes' (second)\n"
    );
}

#[test]
fn warnings_are_heard_or_counted() {
    let (mut world, rhumb) = bound(&Engine::new(), RHUMB);
    rhumb.call(&mut world, "unheard", &[]).expect("empty");
    assert_eq!(world.warnings(), 1);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = heard.clone();
    world.set_warnings(move |warning| sink.lock().expect("one thread").push(warning.to_string()));
    rhumb.call(&mut world, "unheard", &[]).expect("empty");
    assert_eq!(
        *heard.lock().expect("one thread"),
        ["uncaught signal #nobody"]
    );
}

#[test]
fn values_are_shown_as_a_language_shows_them() {
    let (mut world, _) = bound(&Engine::new(), ECHO);
    let value = world.value(true).expect("a value");
    let shown = |world: &mut World, lang, canonical| {
        world.display_as(lang, &value, canonical).expect("a text")
    };
    assert_eq!(shown(&mut world, Lang::Machine, false), "true");
    assert_eq!(shown(&mut world, Lang::Rhumb, true), "yes");
    world.set_truth_words("ndiyo", "hapana");
    assert_eq!(shown(&mut world, Lang::Rhumb, true), "ndiyo");
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
