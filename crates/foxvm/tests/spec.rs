//! The conformance programs of `spec/fzb/`, through the public interface, and their completeness, derived from the
//! instruction table.
//!
//! A program says in comments at its head what it must come to: `; expect:` the display of the entry's result, `; fault:`
//! the code of the fault that ends it, `; output:` a line that it writes (several add up), `; limit: fuel 1000` (memory,
//! depth, fibers, output, deadline), `; canonical: L` and `; display: L` show the result as language L does (canonically),
//! `; test: on` runs it in test mode, `; warning:` a warning that it gives (several add up), `; truth: yes no` sets the truth
//! words, `; grant: NAME`, `; with: FILE` a module of
//! `spec/fzb/with/` that the Engine holds too, `; op: NAME` the instruction that a fault is meant for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use foxvm::{Capability, Context, Dispatch, Engine, Error, Limits};
use fzb::tables::FuncId;
use fzb::view::Checks;
use isa::Op;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec/fzb")
        .join(name)
}

fn programs(name: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder(name))
        .map(|entries| {
            entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect()
        })
        .unwrap_or_default();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "fza"));
    found.sort();
    found
}

/// What a program's head says.
#[derive(Default)]
struct Head {
    expect: Option<String>,
    fault: Option<String>,
    output: Vec<String>,
    limits: Vec<String>,
    grants: Vec<String>,
    ops: Vec<String>,
    with: Vec<String>,
    warnings: Vec<String>,
    shown: Option<(foxvm::Lang, bool)>,
    truth: Option<(String, String)>,
    test: bool,
}

fn language(name: &str) -> Option<foxvm::Lang> {
    use foxvm::Lang::{Fusabi, Machine, Morph, Rhumb};
    [Machine, Fusabi, Morph, Rhumb]
        .into_iter()
        .find(|lang| lang.text() == name)
}

impl Head {
    fn read(source: &str) -> Head {
        let mut head = Head::default();
        for line in source
            .lines()
            .take_while(|line| line.starts_with(';') || line.trim().is_empty())
        {
            let Some((key, value)) = line.trim_start_matches(';').trim_start().split_once(':')
            else {
                continue;
            };
            let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
            match key {
                "expect" => head.expect = Some(value),
                "fault" => {
                    head.fault = Some(
                        value
                            .split_whitespace()
                            .next()
                            .unwrap_or_default()
                            .to_owned(),
                    )
                }
                "output" => head.output.push(value),
                "limit" => head.limits.push(value),
                "grant" => head.grants.push(value),
                "with" => head.with.push(value),
                "warning" => head.warnings.push(value),
                "display" => head.shown = language(&value).map(|lang| (lang, false)),
                "canonical" => head.shown = language(&value).map(|lang| (lang, true)),
                "truth" => {
                    head.truth = value
                        .split_once(' ')
                        .map(|(yes, no)| (yes.to_owned(), no.to_owned()));
                }
                "test" => head.test = value == "on",
                "op" => head.ops.extend(value.split_whitespace().map(str::to_owned)),
                _ => {}
            }
        }
        head
    }

    fn limits(&self) -> Result<Limits, String> {
        let mut limits = Limits {
            deadline: Some(Duration::from_secs(20)),
            ..Limits::plugin()
        };
        for line in &self.limits {
            let (what, amount) = line
                .split_once(' ')
                .ok_or_else(|| format!("limit without amount: {line}"))?;
            let number = || -> Result<u64, String> {
                let end = amount
                    .find(|c: char| !c.is_ascii_digit() && c != '_')
                    .unwrap_or(amount.len());
                let (digits, unit) = amount.split_at(end);
                let factor: u64 = match unit.trim() {
                    "" | "ms" => 1,
                    "K" | "KiB" => 1 << 10,
                    "M" | "MiB" => 1 << 20,
                    other => return Err(format!("unknown unit {other}")),
                };
                digits
                    .replace('_', "")
                    .parse::<u64>()
                    .map(|number| number * factor)
                    .map_err(|error| error.to_string())
            }()?;
            let small = u32::try_from(number).map_err(|error| error.to_string());
            match what {
                "fuel" => limits.fuel = Some(number),
                "memory" => {
                    limits.memory = number as usize;
                    limits.one_allocation = limits.one_allocation.min(number as usize);
                }
                "depth" => limits.depth = small?,
                "fibers" => limits.fibers = small?,
                "output" => limits.output = Some(number),
                "deadline" => limits.deadline = Some(Duration::from_millis(number)),
                other => return Err(format!("unknown limit {other}")),
            }
        }
        Ok(limits)
    }
}

/// What a run came to.
struct Ran {
    result: Result<String, Error>,
    output: String,
    warnings: Vec<String>,
    /// Names of the functions that were entered; empty if it was not traced.
    entered: BTreeSet<String>,
    module: Option<foxvm::Module>,
}

fn engine(dispatch: Dispatch) -> Engine {
    let engine = Engine::builder()
        .dispatch(dispatch)
        .build()
        .expect("no store, no failure");
    let offers = [
        engine.function("console.write", |cx: &mut Context<'_>, text: &str| {
            cx.write(text)
        }),
        engine.function("host.add", |a: i64, b: i64| a.wrapping_add(b)),
        engine.function("host.fail", |cause: &str| -> Result<(), Error> {
            Err(Error::new(cause))
        }),
        engine.function("host.panic", |cause: &str| -> Result<(), Error> {
            panic!("{cause}")
        }),
        engine.function("host.denied", || -> Result<(), Error> {
            Err(Error::host(
                foxvm::Fault::Cap,
                "host.denied needs the capability clock, which was not granted for this",
            ))
        }),
        engine.function(
            "host.call",
            |cx: &mut Context<'_>, callee: foxvm::Value| -> Result<foxvm::Value, Error> {
                cx.call::<(), foxvm::Value>(&callee, ())
            },
        ),
        engine.register(foxvm::Native::new("host.clock", || 0i64).capability("clock")),
    ];
    for offer in offers {
        offer.expect("fixed registrations");
    }
    engine
}

/// How long a program may run that collects at every allocation; what takes longer is not judged.
const COLLECTING: Duration = Duration::from_secs(1);

/// How a program is run.
#[derive(Clone, Copy, Default)]
struct How {
    dispatch: Dispatch,
    /// Note which functions are entered.
    trace: bool,
    /// Collect at every allocation.
    collect: bool,
}

fn run(source: &str, head: &Head, how: How) -> Result<Ran, String> {
    let How {
        dispatch,
        trace,
        collect,
    } = how;
    let engine = engine(dispatch);
    let granted: Vec<Capability> = head
        .grants
        .iter()
        .filter_map(|name| Capability::parse(name))
        .collect();
    if granted.len() != head.grants.len() {
        return Err("a grant that does not exist".to_owned());
    }
    let mut limits = head.limits()?;
    if collect {
        limits.deadline = Some(COLLECTING);
    }
    let mut world = engine
        .world(limits, &granted)
        .map_err(|error| error.to_string())?;
    let output = Arc::new(Mutex::new(Vec::new()));
    let sink = output.clone();
    world.set_output(move |_, bytes| {
        sink.lock().expect("one thread").extend_from_slice(bytes);
        Ok(())
    });
    world.collect_always(collect);
    world.set_test_mode(head.test);
    if let Some((yes, no)) = &head.truth {
        world.set_truth_words(yes, no);
    }
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let heard = warnings.clone();
    world.set_warnings(move |warning| heard.lock().expect("one thread").push(warning.to_string()));
    let entered = Arc::new(Mutex::new(BTreeSet::new()));
    if trace {
        let names = entered.clone();
        world.trace(move |function| {
            names
                .lock()
                .expect("one thread")
                .insert(function.function.clone());
        });
    }
    for name in &head.with {
        let text = std::fs::read_to_string(folder("with").join(name))
            .map_err(|error| error.to_string())?;
        engine
            .assemble(&text)
            .and_then(|bytes| engine.load(bytes))
            .map_err(|error| error.to_string())?;
    }
    let module = engine.assemble(source).and_then(|bytes| engine.load(bytes));
    let kept = module.as_ref().ok().cloned();
    let result = module
        .and_then(|module| world.bind(&module))
        .and_then(|instance| match head.shown {
            Some((lang, canonical)) => world.display_as(lang, instance.result(), canonical),
            None => world.display(instance.result()),
        });
    drop(world);
    let output = String::from_utf8_lossy(&output.lock().expect("one thread")).into_owned();
    let entered = std::mem::take(&mut *entered.lock().expect("one thread"));
    let warnings = std::mem::take(&mut *warnings.lock().expect("one thread"));
    Ok(Ran {
        result,
        output,
        warnings,
        entered,
        module: kept,
    })
}

/// Compares with the head.
fn judged(head: &Head, ran: &Ran) -> Result<(), String> {
    match (&ran.result, &head.fault) {
        (Ok(shown), None) => {
            if let Some(expected) = &head.expect
                && expected != shown
            {
                return Err(format!("expected {expected}, shows {shown}"));
            }
            if head.expect.is_none() && head.output.is_empty() {
                return Err("says neither expect, nor fault, nor output".to_owned());
            }
        }
        (Ok(shown), Some(code)) => return Err(format!("expected fault {code}, shows {shown}")),
        (Err(error), expected) => {
            let found = error.fault().map_or_else(
                || error.diagnostic().code.to_string(),
                |report| report.fault.code(),
            );
            if expected.as_deref() != Some(found.as_str()) {
                return Err(format!("expected {expected:?}, ended with {error}"));
            }
        }
    }
    let lines: Vec<&str> = ran.output.lines().collect();
    if !head.output.is_empty()
        && lines != head.output.iter().map(String::as_str).collect::<Vec<_>>()
    {
        return Err(format!(
            "expected output {:?}, wrote {lines:?}",
            head.output
        ));
    }
    if !head.warnings.is_empty() && head.warnings != ran.warnings {
        return Err(format!(
            "expected warnings {:?}, gave {:?}",
            head.warnings, ran.warnings
        ));
    }
    Ok(())
}

fn run_all(how: How) {
    let mut wrong = Vec::new();
    let all = programs("run");
    assert!(!all.is_empty(), "no programs");
    for path in &all {
        let source = std::fs::read_to_string(path).expect("a readable program");
        let head = Head::read(&source);
        let ran = run(&source, &head, how);
        let late = |ran: &Ran| {
            let fault = ran.result.as_ref().err().and_then(Error::fault);
            fault.is_some_and(|report| report.fault == foxvm::Fault::Deadline)
        };
        if how.collect && ran.as_ref().is_ok_and(late) {
            continue;
        }
        let judged = ran.and_then(|ran| judged(&head, &ran));
        if let Err(why) = judged {
            wrong.push(format!(
                "{}: {why}",
                path.file_name().unwrap_or_default().to_string_lossy()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} programs:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}

#[test]
fn programs_come_to_what_they_say() {
    run_all(How::default());
}

#[test]
fn programs_come_to_the_same_on_the_loop_dispatcher() {
    run_all(How {
        dispatch: Dispatch::Loop,
        ..How::default()
    });
}

#[test]
fn programs_come_to_the_same_with_a_collection_at_every_allocation() {
    run_all(How {
        collect: true,
        ..How::default()
    });
}

/// Instructions of a function, in order.
fn instructions(file: &fzb::Module, id: FuncId) -> Vec<(u32, Op)> {
    let Some(function) = file.function(id) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut at = 0;
    while let Ok(instruction) = isa::decode(function.code, at) {
        found.push((at, instruction.op));
        at = instruction.next;
    }
    found
}

/// Reachable instructions of the functions of a module that were entered.
fn executed(ran: &Ran) -> BTreeSet<Op> {
    let mut ops = BTreeSet::new();
    let Some(module) = &ran.module else {
        return ops;
    };
    let file = fzb::Module::check(module.bytes(), Checks::Full).expect("it was loaded");
    for (index, info) in module.functions().iter().enumerate() {
        if !ran.entered.contains(&info.name) {
            continue;
        }
        let id = FuncId(index as u32);
        let verified = fzb::verify::function(&file, id).expect("it was verified");
        for (at, op) in instructions(&file, id) {
            if verified
                .blocks
                .iter()
                .any(|block| block.start <= at && at < block.end)
            {
                ops.insert(op);
            }
        }
    }
    ops
}

/// The instruction at which a fault was raised, as its trace says.
fn raised_at(ran: &Ran) -> Option<Op> {
    let Err(error) = &ran.result else { return None };
    let frame = error.fault()?.trace.first()?;
    let module = ran.module.as_ref()?;
    let file = fzb::Module::check(module.bytes(), Checks::Full).ok()?;
    let index = module
        .functions()
        .iter()
        .position(|info| info.name == frame.function)?;
    instructions(&file, FuncId(index as u32))
        .into_iter()
        .find(|(at, _)| *at == frame.pc)
        .map(|(_, op)| op)
}

#[test]
fn every_instruction_is_executed_and_every_fault_of_the_table_provoked() {
    let mut done: BTreeSet<Op> = BTreeSet::new();
    let mut provoked: BTreeMap<Op, BTreeSet<String>> = BTreeMap::new();
    for path in programs("run") {
        let source = std::fs::read_to_string(&path).expect("a readable program");
        let head = Head::read(&source);
        let Ok(ran) = run(
            &source,
            &head,
            How {
                dispatch: Dispatch::Loop,
                trace: true,
                collect: false,
            },
        ) else {
            continue;
        };
        if judged(&head, &ran).is_err() {
            continue;
        }
        match &head.fault {
            None => done.extend(executed(&ran)),
            Some(fault) => {
                let named = head.ops.iter().filter_map(|name| Op::from_name(name));
                for op in named.chain(raised_at(&ran)) {
                    provoked.entry(op).or_default().insert(fault.clone());
                }
            }
        }
    }
    let idle: Vec<&str> = Op::ALL
        .iter()
        .filter(|op| !done.contains(op))
        .map(|op| op.info().name)
        .collect();
    let mut missing = Vec::new();
    for op in Op::ALL {
        for fault in op.info().faults {
            if !provoked
                .get(op)
                .is_some_and(|faults| faults.contains(&fault.code()))
            {
                missing.push(format!("{} {}", op.info().name, fault.name()));
            }
        }
    }
    assert!(
        idle.is_empty() && missing.is_empty(),
        "never executed by a positive program ({}): {}\nnever provoked ({}): {}",
        idle.len(),
        idle.join(", "),
        missing.len(),
        missing.join(", ")
    );
}

/// A module whose only function is one instruction on an empty stack, with nothing behind it. Whatever the instruction
/// is, it breaks a rule there: it takes what nobody put, names what does not exist, or the code goes on behind it.
fn alone(op: Op, immediate: u32) -> String {
    let mut code = Vec::new();
    isa::encode(op, &[immediate; 4], &mut code);
    let bytes: Vec<String> = code.iter().map(|byte| format!("0x{byte:02X}")).collect();
    format!(
        "module \"refused\"\nfn f() {{\n    max_stack 8\n    .bytes {}\n}}\n",
        bytes.join(" ")
    )
}

fn refusal(source: &str) -> Option<fzb::verify::Refusal> {
    let tables = fzb::text::assemble(source).ok()?;
    let file = fzb::Module::check(fzb::write::write(&tables).ok()?, Checks::Full).ok()?;
    (0..file.functions()).find_map(|id| fzb::verify::function(&file, FuncId(id)).err())
}

/// One rejected file per instruction, in `spec/fzb/reject/op/`. `FOX_BLESS=1` writes those that are missing.
#[test]
fn every_instruction_has_a_file_that_is_refused_because_of_it() {
    let place = folder("reject/op");
    let mut wrong = Vec::new();
    for op in Op::ALL {
        let path = place.join(format!("{}.fza", op.info().name));
        if !path.exists() && std::env::var_os("FOX_BLESS").is_some() {
            // `tail_call` of the function itself is the one that zeros make right.
            let refused = [0, u32::MAX]
                .into_iter()
                .map(|immediate| alone(*op, immediate))
                .find_map(|source| Some((refusal(&source)?, source)));
            let Some((found, source)) = refused else {
                wrong.push(format!("{}: accepted", op.info().name));
                continue;
            };
            std::fs::create_dir_all(&place).expect("a folder");
            let head = format!(
                "; expect {} at {}\n; `{}` alone, on an empty stack.\n",
                found.code(),
                found.offset,
                op.info().name
            );
            std::fs::write(&path, head + &source).expect("a file");
        }
        let Ok(source) = std::fs::read_to_string(&path) else {
            wrong.push(format!("{}: no file", op.info().name));
            continue;
        };
        let Some(found) = refusal(&source) else {
            wrong.push(format!("{}: accepted", op.info().name));
            continue;
        };
        let expected = format!("; expect {} at {}", found.code(), found.offset);
        if source.lines().next() != Some(expected.as_str()) {
            wrong.push(format!("{}: {expected}", op.info().name));
        }
        let tables = fzb::text::assemble(&source).expect("it was assembled");
        let file = fzb::Module::check(
            fzb::write::write(&tables).expect("it was written"),
            Checks::Full,
        )
        .expect("it was checked");
        if !instructions(&file, found.function)
            .iter()
            .any(|(at, other)| *at == found.offset && other == op)
        {
            wrong.push(format!(
                "{}: refused because of another instruction",
                op.info().name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
