//! The host's allocator fails: every allocation that a program causes while it is checked, linked and run is made to fail in
//! turn. Nothing aborts; what was under way ends with a fault for want of memory, or the file is not loaded; and the World
//! goes on to do other work.
//!
//! `cargo test -p machine --test allocations -- --ignored --nocapture` lists the places that allocate without a way to fail.

#![allow(clippy::print_stdout, reason = "the counts, shown by `-- --nocapture`")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Are this thread's allocations counted?
    static ARMED: Cell<bool> = const { Cell::new(false) };
    /// Counted since it was armed.
    static COUNT: Cell<u64> = const { Cell::new(0) };
    /// Which of them fails; 0 for none.
    static FAIL_AT: Cell<u64> = const { Cell::new(0) };
    /// Do all after it fail too?
    static AND_AFTER: Cell<bool> = const { Cell::new(false) };
    /// Told of each when sites are listed.
    static LISTING: Cell<bool> = const { Cell::new(false) };
    /// Bytes that the stretch of work of that number holds (`host_memory::Cover`).
    static HELD: Cell<(u32, isize)> = const { Cell::new((0, 0)) };
    /// Bytes held and bound of the first stretch of work that took more than it said.
    static EXCEEDED: Cell<Option<(isize, usize)>> = const { Cell::new(None) };
}

/// The system's allocator, which fails when this thread's switch says so.
struct Failing;

impl Failing {
    /// One more allocation: does it fail?
    fn refuses(bytes: usize) -> bool {
        if !ARMED.get() {
            return false;
        }
        if let Some(cover) = host_memory::cover() {
            let held = HELD.get();
            let live = if held.0 == cover.number { held.1 } else { 0 } + bytes as isize;
            HELD.set((cover.number, live));
            if live > cover.bytes as isize && EXCEEDED.get().is_none() {
                EXCEEDED.set(Some((live, cover.bytes)));
                unarmed(sites::note_always);
            }
            return false;
        }
        let count = COUNT.get() + 1;
        COUNT.set(count);
        if LISTING.get() {
            unarmed(sites::note);
        }
        let at = FAIL_AT.get();
        at != 0 && (count == at || AND_AFTER.get() && count > at)
    }

    fn gives_back(bytes: usize) {
        if let Some(cover) = host_memory::cover()
            && HELD.get().0 == cover.number
        {
            HELD.set((cover.number, HELD.get().1 - bytes as isize));
        }
    }
}

/// What the allocator itself does allocates outside the test.
fn unarmed<T>(work: impl FnOnce() -> T) -> T {
    let before = ARMED.replace(false);
    let result = work();
    ARMED.set(before);
    result
}

// SAFETY: everything is passed to `System` unchanged, or null is returned, which means that there is no memory. The switch is
// a thread-local without destructor and without lazy initialisation, so that reading it allocates nothing.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if Failing::refuses(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if Failing::refuses(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size > layout.size() && Failing::refuses(size) {
            return std::ptr::null_mut();
        }
        if size > layout.size() {
            Failing::gives_back(layout.size());
        }
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Failing::gives_back(layout.size());
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Failing = Failing;

/// Runs with the switch armed; the result and the number of allocations.
fn armed<T>(fail_at: u64, and_after: bool, work: impl FnOnce() -> T) -> (T, u64) {
    FAIL_AT.set(fail_at);
    AND_AFTER.set(and_after);
    COUNT.set(0);
    ARMED.set(true);
    let result = work();
    ARMED.set(false);
    (result, COUNT.get())
}

/// The listing of places.
mod sites {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    static FOUND: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

    /// Notes who allocates, unless it is something that can fail.
    pub fn note() {
        let trace = std::backtrace::Backtrace::force_capture().to_string();
        if !trace.contains("try_reserve") {
            place(&trace);
        }
    }

    /// Notes who allocates.
    pub fn note_always() {
        place(&std::backtrace::Backtrace::force_capture().to_string());
    }

    fn place(trace: &str) {
        let mut place = Vec::new();
        let mut lines = trace.lines().map(str::trim).peekable();
        while let Some(line) = lines.next() {
            let Some((_, name)) = line.split_once(": ") else {
                continue;
            };
            let Some(at) = lines.peek().filter(|at| at.starts_with("at ")) else {
                continue;
            };
            if at.contains("/rustc/")
                || at.contains("tests/allocations.rs")
                || at.contains("/.rustup/")
            {
                continue;
            }
            place.push(format!("{name} {}", at.trim_start_matches("at ")));
            if place.len() == 3 {
                break;
            }
        }
        *FOUND
            .lock()
            .expect("one thread")
            .entry(place.join("  <-  "))
            .or_default() += 1;
    }

    /// Prints them.
    pub fn print() {
        for (site, count) in FOUND.lock().expect("one thread").iter() {
            println!("{count:6} {site}");
        }
    }
}

use fzb::tables::{ExportId, Lang, TypeId};
use fzb::view::{Checks, ExportTarget, Module};
use machine::engine::Shared;
use machine::fault::FaultReport;
use machine::host::{Answer, Grants, HostFunction};
use machine::host_memory;
use machine::value::Value;
use machine::world::{Limits, Step, World};

/// Faults that want of memory may come to: mem, and depth where a stack cannot grow.
const SHORT: [&str; 2] = ["FX0006", "FX0001"];

/// What a trial came to.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// The file was not loaded.
    Refused(String),
    /// A fault, by its code.
    Fault(String),
    /// The entry's result and those of the exports without parameters, as texts.
    Done(Vec<String>),
}

struct Program {
    name: String,
    file: Vec<u8>,
    /// It has handlers, so a fault for want of memory may turn into any result.
    catches: bool,
}

/// Words of programs that get to see faults.
const CATCHERS: [&str; 6] = ["push_try", "prompt", "fiber", "async", "subscribe", "post"];

fn programs() -> Vec<Program> {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/fzb/run");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of the programs")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| {
            let name = path.file_stem()?.to_string_lossy().into_owned();
            let source = std::fs::read_to_string(&path).ok()?;
            if source.contains("limit: fuel") {
                return None;
            }
            let tables = fzb::text::assemble(&source).ok()?;
            let file = fzb::write::write(&tables).ok()?;
            let catches = CATCHERS.iter().any(|word| source.contains(word));
            Some(Program {
                name,
                file,
                catches,
            })
        })
        .collect()
}

fn engine() -> std::sync::Arc<Shared> {
    let engine = Shared::new(false);
    let dynamic = |name: &str, call: machine::host::HostBody| HostFunction {
        name: name.into(),
        params: vec![TypeId::DYN],
        result: TypeId::DYN,
        gives: None,
        names: Vec::new(),
        caps: Vec::new(),
        doc: String::new(),
        cost: 4,
        inline: None,
        call,
    };
    engine.register(dynamic(
        "host.call",
        Box::new(|world, args| {
            let callee = args.first().copied().unwrap_or(Value::EMPTY);
            world
                .call_back(callee, &[])
                .map(Answer::Value)
                .map_err(Into::into)
        }),
    ));
    engine.register(HostFunction {
        params: vec![TypeId::TEXT],
        result: TypeId::UNIT,
        ..dynamic(
            "console.write",
            Box::new(|world, _| {
                world.write_output(machine::host::Stream::Out, b".")?;
                Ok(Answer::Value(Value::EMPTY))
            }),
        )
    });
    engine
}

fn limits() -> Limits {
    Limits {
        memory: 64 << 20,
        // Programs that recurse to the limit would otherwise take most of the time.
        depth: 300,
        one_allocation: 8 << 20,
        fuel: Some(3_000_000),
        deadline: None,
        ..Limits::plugin()
    }
}

/// Checks, links and runs a program, all under the switch; then sees that the World is usable. What it came to, and the
/// allocations that might have failed.
fn run(program: &Program, fail_at: u64, and_after: bool) -> (Outcome, u64) {
    let engine = engine();
    let mut world = World::new(engine.clone(), limits(), Grants::all()).expect("a World");
    world.set_spaces(Box::new(spaces::Tuplespaces::new()));
    world.set_test_mode(true);
    world.set_warnings(Some(Box::new(|_| ())));
    let bytes = fzb::view::ModuleBytes::from(program.file.clone());
    let (outcome, count) = armed(fail_at, and_after, || work(&engine, &mut world, bytes));
    usable(&engine, &mut world, &program.name, fail_at);
    (outcome, count)
}

/// The canonical text of a value.
fn canonical(world: &mut World, value: Value) -> Result<String, Box<FaultReport>> {
    world
        .display_text(Lang::Machine, value, true)
        .map_err(|raised| world.report(raised))
}

fn work(
    engine: &std::sync::Arc<Shared>,
    world: &mut World,
    bytes: fzb::view::ModuleBytes,
) -> Outcome {
    let module = match Module::check(bytes, Checks::Full) {
        Ok(module) => module,
        Err(error) => return unarmed(|| Outcome::Refused(error.to_string())),
    };
    if let Err(refusal) = fzb::verify::module(&module) {
        return unarmed(|| Outcome::Refused(refusal.to_string()));
    }
    let Ok(loaded) = engine.add_module(module.clone(), true) else {
        return unarmed(|| Outcome::Refused("no memory for the module".to_owned()));
    };
    let instance = match world.load(&loaded) {
        Ok(instance) => instance,
        Err(report) => return unarmed(|| Outcome::Fault(report.fault.code())),
    };
    let mut texts = Vec::new();
    let result = world.entry_result(instance);
    match canonical(world, result) {
        Ok(text) => unarmed(|| texts.push(text)),
        Err(report) => return unarmed(|| Outcome::Fault(report.fault.code())),
    }
    for id in 0..module.exports() {
        let Some(ExportTarget::Function(function)) =
            module.export(ExportId(id)).map(|export| export.target)
        else {
            continue;
        };
        if module
            .function(function)
            .is_none_or(|function| function.params != 0)
        {
            continue;
        }
        let result = world.start(instance, function, &[]).and_then(|run| {
            loop {
                match world.step(run, 1000)? {
                    Step::Done(value) => break canonical(world, value),
                    Step::OutOfFuel => {}
                    Step::Parked => {
                        world.cancel(run);
                        break Ok(String::new());
                    }
                }
            }
        });
        match result {
            Ok(text) => unarmed(|| texts.push(text)),
            Err(report) => return unarmed(|| Outcome::Fault(report.fault.code())),
        }
    }
    Outcome::Done(texts)
}

/// The World does other work as if nothing had been.
fn usable(engine: &std::sync::Arc<Shared>, world: &mut World, name: &str, fail_at: u64) {
    thread_local! {
        static PROBE: Module = {
            let tables = fzb::text::assemble(PROBE_SOURCE).unwrap_or_else(|errors| panic!("{errors:#?}"));
            Module::from_tables(&tables).unwrap_or_else(|error| panic!("{error}"))
        };
    }
    let loaded = engine
        .add_module(PROBE.with(Module::clone), true)
        .expect("memory");
    let text = world.load(&loaded).and_then(|instance| {
        let result = world.entry_result(instance);
        canonical(world, result)
    });
    match text {
        Ok(text) => assert_eq!(
            text, PROBE_TEXT,
            "{name} after a failure of allocation {fail_at}"
        ),
        Err(report) => panic!("{name} after a failure of allocation {fail_at}: {report}"),
    }
}

/// What [`PROBE_SOURCE`] comes to.
const PROBE_TEXT: &str = r#"["one"; 2; "three"]"#;
/// Texts, numbers and lists, made and shown.
const PROBE_SOURCE: &str = r#"
module "probe" lang machine
fn main() -> dyn {
    push "one"
    push 1
    push 1
    i64.add
    push "th"
    push "ree"
    concat 2
    list 3
    ret
}
entry main
"#;

/// The most allocations of one program that are made to fail; beyond them every seventh.
const EACH: u64 = 400;

fn every_allocation_fails(and_after: bool) {
    let (mut points, mut short, mut other) = (0u64, 0u64, 0u64);
    let mut wrong = Vec::new();
    let programs = programs();
    assert!(programs.len() > 300, "only {} programs", programs.len());
    for program in &programs {
        let name = &program.name;
        let (clean, _) = run(program, 0, false);
        let mut fail_at = 1;
        loop {
            let tried = std::panic::catch_unwind(|| run(program, fail_at, and_after));
            ARMED.set(false);
            let Ok((outcome, count)) = tried else {
                wrong.push(format!("{name}, allocation {fail_at}: a panic"));
                assert!(wrong.len() < 20, "{}", wrong.join("\n"));
                fail_at += 1;
                continue;
            };
            if let Some((held, bound)) = EXCEEDED.take() {
                sites::print();
                wrong.push(format!("{name}: work that said {bound} bytes holds {held}"));
            }
            if fail_at > count {
                assert_eq!(outcome, clean, "{name}: nothing failed");
                break;
            }
            points += 1;
            match &outcome {
                Outcome::Refused(_) => short += 1,
                Outcome::Fault(code) if SHORT.contains(&code.as_str()) => short += 1,
                // What is no more than a help was left out, a cache was not kept; or the program caught the fault.
                outcome if *outcome == clean || program.catches => other += 1,
                outcome => wrong.push(format!(
                    "{name}, allocation {fail_at}: {outcome:?} instead of {clean:?}"
                )),
            }
            assert!(wrong.len() < 20, "{}", wrong.join("\n"));
            fail_at += if fail_at < EACH { 1 } else { 7 };
        }
    }
    println!(
        "{} programs, {points} failures: {short} ended for want of memory, {other} as without",
        programs.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(points > 10_000, "only {points} points");
}

#[test]
fn every_allocation_may_fail() {
    every_allocation_fails(false);
}

#[test]
fn every_allocation_from_one_on_may_fail() {
    every_allocation_fails(true);
}

#[test]
#[ignore = "a tool for people: lists, decides nothing"]
fn sites_that_cannot_fail() {
    LISTING.set(true);
    for program in programs() {
        run(&program, 0, false);
        if let Some((held, bound)) = EXCEEDED.take() {
            println!(
                "{}: work that said {bound} bytes holds {held}",
                program.name
            );
        }
    }
    sites::print();
}
