//! The kernels on wasmi: C compiled to wasm32 by clang -O2, so LLVM has already optimised what wasmi interprets.
//!
//! ```text
//! wasmi kernels FILE.wasm REPETITIONS LABEL [--fuel] NAME=INPUT…
//! wasmi embed FILE.wasm
//! wasmi load
//! ```

#![forbid(unsafe_code)]

use std::fs;
use std::hint::black_box;
use std::process::ExitCode;

use fox_bench_peers::{
    Failure, Job, LINES, operations_for, time_batch, time_kernel, time_operation,
};
use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, TypeSection,
    ValType,
};
use wasmi::{Caller, CompilationMode, Config, Engine, Instance, Linker, Module, Store};

/// What the guest reported through `emit`: the sum of lengths, so that the call cannot be optimised away.
#[derive(Default)]
struct Host {
    emitted: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("wasmi: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["kernels", file, repetitions, label, "--fuel", jobs @ ..] => {
            kernels(file, repetitions.parse()?, label, true, jobs)
        }
        ["kernels", file, repetitions, label, jobs @ ..] => {
            kernels(file, repetitions.parse()?, label, false, jobs)
        }
        ["embed", file] => embed(file),
        ["load"] => load(),
        _ => Err(
            "usage: wasmi kernels FILE REPETITIONS LABEL [--fuel] NAME=INPUT… | embed FILE | load"
                .into(),
        ),
    }
}

fn engine(mode: CompilationMode, fuel: bool) -> Engine {
    let mut config = Config::default();
    config.compilation_mode(mode);
    config.consume_fuel(fuel);
    Engine::new(&config)
}

fn instantiate(file: &str, fuel: bool) -> Result<(Store<Host>, Instance), Failure> {
    let engine = engine(CompilationMode::Eager, fuel);
    let module = Module::new(&engine, fs::read(file)?)?;
    let mut linker = Linker::<Host>::new(&engine);
    linker.func_wrap("h", "add", |a: i64, b: i64| -> i64 { a.wrapping_add(b) })?;
    linker.func_wrap(
        "h",
        "emit",
        |mut caller: Caller<'_, Host>, _start: u32, length: u32| {
            caller.data_mut().emitted += u64::from(length);
        },
    )?;
    let mut store = Store::new(&engine, Host::default());
    if fuel {
        store.set_fuel(u64::MAX)?;
    }
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    Ok((store, instance))
}

fn kernels(
    file: &str,
    repetitions: usize,
    label: &str,
    fuel: bool,
    jobs: &[&str],
) -> Result<(), Failure> {
    let (mut store, instance) = instantiate(file, fuel)?;
    for job in jobs {
        let job = Job::parse(job)?;
        let kernel = instance.get_typed_func::<i64, i64>(&store, &job.name)?;
        time_kernel(label, &job.name, repetitions, || {
            Ok(kernel.call(&mut store, black_box(job.input))?)
        })?;
    }
    Ok(())
}

fn embed(file: &str) -> Result<(), Failure> {
    let label = "wasmi";
    let (mut store, instance) = instantiate(file, false)?;
    let empty = instance.get_typed_func::<(), ()>(&store, "empty")?;
    let add = instance.get_typed_func::<(i64, i64), i64>(&store, "add2")?;
    let on_line = instance.get_typed_func::<(u32, u32), ()>(&store, "on_line")?;
    let calls_host = instance.get_typed_func::<i64, i64>(&store, "ffi")?;
    let buffer = instance
        .get_typed_func::<(), u32>(&store, "buf")?
        .call(&mut store, ())?;
    let memory = instance
        .get_memory(&store, "memory")
        .ok_or("the module exports no memory")?;

    time_operation(label, "call_empty", 2_000_000, |_| {
        empty.call(&mut store, ())?;
        Ok(())
    })?;
    time_operation(label, "call_add", 2_000_000, |index| {
        black_box(add.call(&mut store, (i64::from(index), 1))?);
        Ok(())
    })?;
    let mut turn = LINES.iter().cycle();
    time_operation(label, "handler_error", 1_000_000, |_| {
        let line = turn.next().copied().unwrap_or_default();
        memory.write(&mut store, buffer as usize, line.as_bytes())?;
        on_line.call(&mut store, (buffer, line.len() as u32))?;
        Ok(())
    })?;
    time_batch(label, "native_add", 2_000_000, || {
        black_box(calls_host.call(&mut store, 2_000_000)?);
        Ok(())
    })?;
    if store.data().emitted == 0 {
        return Err("the ERROR handler never called the host".into());
    }
    Ok(())
}

/// Numbers of functions, chosen for modules of about 1 KB, 10 KB, 100 KB, 1 MB and 10 MB.
const MODULE_FUNCTIONS: [u32; 5] = [18, 180, 1_770, 17_300, 170_000];

fn load() -> Result<(), Failure> {
    for functions in MODULE_FUNCTIONS {
        let bytes = module_of(functions);
        let name = format!("open_{}", bytes.len());
        for (label, mode) in [
            ("wasmi-lazy", CompilationMode::Lazy),
            ("wasmi-lazy-translation", CompilationMode::LazyTranslation),
            ("wasmi-eager", CompilationMode::Eager),
        ] {
            let engine = engine(mode, false);
            time_operation(label, &name, operations_for(bytes.len()), |_| {
                black_box(Module::new(&engine, &bytes)?);
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// A valid module of `count` functions `(a, b) -> i64`, each a loop that sums `a·k + b` with a constant of its own.
fn module_of(count: u32) -> Vec<u8> {
    let mut types = TypeSection::new();
    types
        .ty()
        .function([ValType::I64, ValType::I64], [ValType::I64]);
    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    for index in 0..count {
        functions.function(0);
        exports.export(&format!("f{index}"), ExportKind::Func, index);
        let mut body = Function::new([(2, ValType::I64)]);
        body.instructions()
            .loop_(BlockType::Empty)
            .local_get(0)
            .i64_const(i64::from(index))
            .i64_mul()
            .local_get(1)
            .i64_add()
            .local_get(2)
            .i64_add()
            .local_set(2)
            .local_get(3)
            .i64_const(1)
            .i64_add()
            .local_tee(3)
            .local_get(0)
            .i64_lt_s()
            .br_if(0)
            .end()
            .local_get(2)
            .end();
        code.function(&body);
    }
    let mut module = wasm_encoder::Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&exports)
        .section(&code);
    module.finish()
}
