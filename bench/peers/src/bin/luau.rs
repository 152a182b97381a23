//! The kernels on Luau through mlua, interpreted or with its native code generator.
//!
//! ```text
//! luau kernels FILE.lua REPETITIONS LABEL [--jit] NAME=INPUT…
//! luau embed [--jit]
//! luau load
//! ```

#![forbid(unsafe_code)]

use std::cell::Cell;
use std::fs;
use std::hint::black_box;
use std::process::ExitCode;
use std::rc::Rc;

use cpu_time::ProcessTime;
use fox_bench_peers::{Failure, LINES, operations_for, time_batch, time_operation};
use mlua::chunk::Compiler;
use mlua::{BorrowedStr, Function, Lua, Table, Variadic};

/// The same four functions as in `embed.c`.
const GUEST: &str = "
local find = string.find
function empty() end
function add2(a, b) return a + b end
function on_line(l) if find(l, 'ERROR', 1, true) then emit(l) end end
function ffi(n) local s = 0; local add = add; for i = 1, n do s = add(s, 1) end return s end
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("luau: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["kernels", file, repetitions, label, "--jit", jobs @ ..] => {
            kernels(file, repetitions.parse()?, label, true, jobs)
        }
        ["kernels", file, repetitions, label, jobs @ ..] => {
            kernels(file, repetitions.parse()?, label, false, jobs)
        }
        ["embed"] => embed("luau", false),
        ["embed", "--jit"] => embed("luau-jit", true),
        ["load"] => load(),
        _ => Err(
            "usage: luau kernels FILE REPETITIONS LABEL [--jit] NAME=INPUT… | embed [--jit] | load"
                .into(),
        ),
    }
}

/// A state at optimisation level 2 whose `os.clock` counts the CPU time of this process: Luau's own counts wall time.
fn state(jit: bool) -> Result<Lua, Failure> {
    let lua = Lua::new();
    lua.set_compiler(compiler());
    lua.enable_jit(jit);
    let start = ProcessTime::now();
    let clock = lua.create_function(move |_, ()| Ok(start.elapsed().as_secs_f64()))?;
    lua.globals().get::<Table>("os")?.set("clock", clock)?;
    Ok(lua)
}

fn compiler() -> Compiler {
    Compiler::new().set_optimization_level(2).set_debug_level(1)
}

fn kernels(
    file: &str,
    repetitions: usize,
    label: &str,
    jit: bool,
    jobs: &[&str],
) -> Result<(), Failure> {
    let lua = state(jit)?;
    // Read-only libraries let Luau use its fast calls for built-ins.
    lua.sandbox(true)?;
    // A sandbox's own collector call only counts.
    let collect = lua.create_function(|lua, _option: String| lua.gc_collect())?;
    lua.globals().set("collectgarbage", collect)?;
    let mut arguments = vec![repetitions.to_string(), label.to_owned()];
    arguments.extend(jobs.iter().map(|job| (*job).to_owned()));
    lua.load(fs::read_to_string(file)?)
        .set_name("kernels")
        .call::<()>(Variadic::from_iter(arguments))?;
    Ok(())
}

fn embed(label: &str, jit: bool) -> Result<(), Failure> {
    let lua = state(jit)?;
    let emitted = Rc::new(Cell::new(0_usize));
    let counter = Rc::clone(&emitted);
    let emit = lua.create_function(move |_, line: BorrowedStr| {
        counter.set(counter.get() + line.len());
        Ok(())
    })?;
    lua.globals().set("emit", emit)?;
    let add = lua.create_function(|_, (a, b): (f64, f64)| Ok(a + b))?;
    lua.globals().set("add", add)?;
    lua.sandbox(true)?;
    lua.load(GUEST).exec()?;
    let guest = lua.globals();
    let empty: Function = guest.get("empty")?;
    let add: Function = guest.get("add2")?;
    let on_line: Function = guest.get("on_line")?;
    let calls_host: Function = guest.get("ffi")?;

    time_operation(
        label,
        "call_empty",
        2_000_000,
        |_| Ok(empty.call::<()>(())?),
    )?;
    time_operation(label, "call_add", 2_000_000, |index| {
        black_box(add.call::<f64>((f64::from(index), 1.0))?);
        Ok(())
    })?;
    let mut turn = LINES.iter().cycle();
    time_operation(label, "handler_error", 1_000_000, |_| {
        Ok(on_line.call::<()>(turn.next().copied().unwrap_or_default())?)
    })?;
    time_batch(label, "native_add", 2_000_000, || {
        black_box(calls_host.call::<f64>(2_000_000)?);
        Ok(())
    })?;
    time_operation(label, "world_new", 50, |_| {
        black_box(Lua::new());
        Ok(())
    })?;
    if emitted.get() == 0 {
        return Err("the ERROR handler never called the host".into());
    }
    Ok(())
}

/// Numbers of functions, chosen for chunks of about 1 KB, 10 KB, 100 KB and 1 MB. A Luau chunk holds at most 32,767
/// closures, so there is none of 10 MB.
const CHUNK_FUNCTIONS: [u32; 4] = [6, 54, 540, 5_200];

fn load() -> Result<(), Failure> {
    for functions in CHUNK_FUNCTIONS {
        let mut source = String::from("local M = {}\n");
        for index in 0..functions {
            source.push_str(&format!(
                "function M.f{index}(a, b) local t = {{}} for i = 1, a do if i % {} == 0 then \
                 t[#t + 1] = b .. \"key{index}\" else t[i] = a * {index} + b end end return t end\n",
                index % 7 + 2
            ));
        }
        source.push_str("return M\n");
        let bytes = compiler().compile(&source)?;
        let lua = state(false)?;
        let count = operations_for(bytes.len());
        time_operation("luau", &format!("open_{}", bytes.len()), count, |_| {
            black_box(lua.load(bytes.as_slice()).into_function()?);
            Ok(())
        })?;
    }
    Ok(())
}
