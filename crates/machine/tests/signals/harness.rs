//! Programs of the tests: how they are loaded and run, and what several of them begin with.

use std::sync::{Arc, Mutex};

use fzb::tables::{FuncId, TypeId};
use fzb::view::{ExportTarget, Module};
use machine::engine::{Loaded, Shared};
use machine::host::{Answer, Grants, HostFunction};
use machine::value::Value;
use machine::world::{Limits, World};

/// What a program logged, in order.
pub type Log = Arc<Mutex<Vec<String>>>;

pub struct Run {
    pub world: World,
    pub instance: u32,
    pub module: Module,
    pub log: Log,
}

pub fn host(name: &str, params: usize, call: machine::host::HostBody) -> HostFunction {
    HostFunction {
        name: name.into(),
        params: vec![TypeId::DYN; params],
        result: TypeId::DYN,
        gives: None,
        names: Vec::new(),
        caps: Vec::new(),
        doc: String::new(),
        cost: 4,
        inline: None,
        call,
    }
}

pub fn load(source: &str, loop_dispatch: bool, limits: Limits) -> Run {
    let tables = fzb::text::assemble(source).unwrap_or_else(|errors| panic!("{errors:?}"));
    let module = Module::from_tables(&tables).expect("a module");
    fzb::verify::module(&module).unwrap_or_else(|refusal| panic!("{refusal}"));
    let engine = Shared::new(loop_dispatch);
    let log: Log = Log::default();
    let sink = log.clone();
    engine.register(host(
        "log",
        1,
        Box::new(move |world, args| {
            let text = world.display_text(fzb::tables::Lang::Machine, args[0], false)?;
            sink.lock().expect("the log").push(text);
            Ok(Answer::Value(Value::EMPTY))
        }),
    ));
    engine.register(host(
        "back",
        1,
        Box::new(|world, args| Ok(Answer::Value(world.call_back(args[0], &[])?))),
    ));
    engine.register(host(
        "wait",
        1,
        Box::new(|_, args| Ok(Answer::Pending(args[0].as_int().unwrap_or(0) as u64))),
    ));
    let loaded: Arc<Loaded> = engine.add_module(module.clone(), true).expect("memory");
    let mut world = World::new(engine, limits, Grants::none()).expect("a World");
    let instance = world
        .load(&loaded)
        .unwrap_or_else(|report| panic!("{report}"));
    Run {
        world,
        instance,
        module,
        log,
    }
}

impl Run {
    pub fn function(&self, name: &str) -> FuncId {
        let export = self
            .module
            .find_export(name)
            .and_then(|id| self.module.export(id))
            .expect("an export");
        match export.target {
            ExportTarget::Function(id) => id,
            ExportTarget::Static(_) => panic!("not a function"),
        }
    }
    pub fn call(&mut self, name: &str) -> Result<String, String> {
        self.call_with(name, &[])
    }
    pub fn call_with(&mut self, name: &str, args: &[Value]) -> Result<String, String> {
        let function = self.function(name);
        let value = self
            .world
            .call(self.instance, function, args)
            .map_err(|report| report.to_string())?;
        self.world
            .display_text(fzb::tables::Lang::Machine, value, false)
            .map_err(|_| "display failed".into())
    }
    pub fn logged(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().expect("the log"))
    }
}

/// Calls `main` of a program with both dispatchers, with tail calls that go back to the run loop at every head, and with a
/// collection at every allocation: its result and its log.
pub fn both(source: &str) -> (Result<String, String>, Vec<String>) {
    let mut last = None;
    for (loop_dispatch, collect, room) in [
        (true, false, None),
        (false, false, None),
        (false, false, Some(0)),
        (true, true, None),
    ] {
        let mut run = load(source, loop_dispatch, Limits::strict());
        run.world.collect_always(collect);
        if let Some(bytes) = room {
            run.world.set_native_room(bytes);
        }
        let result = (run.call("main"), run.logged());
        if let Some(before) = &last {
            assert_eq!(
                before, &result,
                "loop {loop_dispatch}, collect {collect}, room {room:?}"
            );
        }
        // A World of which nothing is left over: only the main fiber lives.
        run.world.collect();
        assert_eq!(run.world.fiber_count(), 1, "fibers are left over");
        last = Some(result);
    }
    last.expect("ran")
}

pub const HEAD: &str = r#"
module "signals" lang rhumb
import log host "log" (dyn) -> dyn
import back host "back" (dyn) -> dyn
import wait host "wait" (dyn) -> dyn
"#;

/// `f .= [] -> (log("a"); r .= #ask(1); log(r); r ++ 1)` of rhumb.md §5.11.
pub const ASKS: &str = r#"
fn f() flags thunk {
    local r: dyn
    push "a"
    box none
    call_ffi log
    pop
    push_int 1
    box none
    post ask 1 none
    store r
    load r
    call_ffi log
    pop
    load r
    push_int 1
    box none
    add
    ret
}
"#;

pub fn with(parts: &[&str]) -> String {
    let mut text = HEAD.to_owned();
    for part in parts {
        text.push_str(part);
    }
    text
}

pub fn ok(value: &str) -> Result<String, String> {
    Ok(value.to_owned())
}

/// Main: `f { … }` with the selector `sel` and these flags.
pub fn prompt(topics: &str, flags: &str) -> String {
    format!(
        "fn main() export {{\n    make_closure f 0\n    make_closure sel 0\n    prompt [{topics}] {flags}\n    ret\n}}\n"
    )
}

/// A selector function over the topic `ask` whose rule is `body`; `n` holds the first argument.
pub fn selector(body: &str) -> String {
    format!(
        "fn sel(kind: dyn, e: dyn) flags selector {{\n    local n: dyn\n    load e\n    event_arg 0\n    store n\n    pop\n{body}}}\n"
    )
}

pub const KEEPS: &str = r#"
static kept: dyn mutable
fn f() flags thunk {
    push_int 1
    box none
    post ask 1 none
    push_int 1
    box none
    add
    ret
}
fn sel(kind: dyn, e: dyn) flags selector {
    keep_event
    store_static kept
    unit
    ret
}
fn replier() {
    push "replying"
    box none
    call_ffi log
    pop
    load_static kept
    push_int 41
    box none
    reply none 1 target
    ret
}
"#;
