//! Prompts, posts, replies, discards, processes and runs: order, cost and what is freed. Both dispatchers.

use std::sync::{Arc, Mutex};

use fzb::tables::{FuncId, TypeId};
use fzb::view::{ExportTarget, Module};
use machine::engine::{Loaded, Shared};
use machine::host::{Answer, Grants, HostFunction};
use machine::value::Value;
use machine::world::{Limits, Step, World};

/// What a program logged, in order.
type Log = Arc<Mutex<Vec<String>>>;

struct Run {
    world: World,
    instance: u32,
    module: Module,
    log: Log,
}

fn host(name: &str, params: usize, call: machine::host::HostBody) -> HostFunction {
    HostFunction {
        name: name.into(),
        params: vec![TypeId::DYN; params],
        result: TypeId::DYN,
        names: Vec::new(),
        caps: Vec::new(),
        doc: String::new(),
        cost: 4,
        inline: None,
        call,
    }
}

fn load(source: &str, loop_dispatch: bool, limits: Limits) -> Run {
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
    fn function(&self, name: &str) -> FuncId {
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
    fn call(&mut self, name: &str) -> Result<String, String> {
        self.call_with(name, &[])
    }
    fn call_with(&mut self, name: &str, args: &[Value]) -> Result<String, String> {
        let function = self.function(name);
        let value = self
            .world
            .call(self.instance, function, args)
            .map_err(|report| report.to_string())?;
        self.world
            .display_text(fzb::tables::Lang::Machine, value, false)
            .map_err(|_| "display failed".into())
    }
    fn logged(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().expect("the log"))
    }
}

/// Calls `main` of a program with both dispatchers, then with a collection at every allocation: its result and its log.
fn both(source: &str) -> (Result<String, String>, Vec<String>) {
    let mut last = None;
    for (loop_dispatch, collect) in [(true, false), (false, false), (true, true)] {
        let mut run = load(source, loop_dispatch, Limits::strict());
        run.world.collect_always(collect);
        let result = (run.call("main"), run.logged());
        if let Some(before) = &last {
            assert_eq!(before, &result, "loop {loop_dispatch}, collect {collect}");
        }
        // A World of which nothing is left over: only the main fiber lives.
        run.world.collect();
        assert_eq!(run.world.fiber_count(), 1, "fibers are left over");
        last = Some(result);
    }
    last.expect("ran")
}

const HEAD: &str = r#"
module "signals" lang rhumb
import log host "log" (dyn) -> dyn
import back host "back" (dyn) -> dyn
import wait host "wait" (dyn) -> dyn
"#;

/// `f .= [] -> (log("a"); r .= #ask(1); log(r); r ++ 1)` of rhumb.md §5.11.
const ASKS: &str = r#"
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

fn with(parts: &[&str]) -> String {
    let mut text = HEAD.to_owned();
    for part in parts {
        text.push_str(part);
    }
    text
}

fn ok(value: &str) -> Result<String, String> {
    Ok(value.to_owned())
}

/// Main: `f { … }` with the selector `sel` and these flags.
fn prompt(topics: &str, flags: &str) -> String {
    format!(
        "fn main() export {{\n    make_closure f 0\n    make_closure sel 0\n    prompt [{topics}] {flags}\n    ret\n}}\n"
    )
}

#[test]
fn a_reply_in_tail_position() {
    let source = with(&[
        ASKS,
        r#"
fn sel(kind: dyn, e: dyn) flags selector {
    local n: dyn
    load e
    event_arg 0
    store n
    pop
    load n
    call_ffi log
    pop
    load n
    push_int 9
    box none
    add
    reply none 1 tail
}
"#,
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(
        both(&source),
        (ok("11"), vec!["a".into(), "1".into(), "10".into()])
    );
}

/// A selector function over the topic `ask` whose rule is `body`; `n` holds the first argument.
fn selector(body: &str) -> String {
    format!(
        "fn sel(kind: dyn, e: dyn) flags selector {{\n    local n: dyn\n    load e\n    event_arg 0\n    store n\n    pop\n{body}}}\n"
    )
}

#[test]
fn no_reply_discards_what_was_captured() {
    let source = with(&[
        ASKS,
        &selector("    push \"gone\"\n    box none\n    ret\n"),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(both(&source), (ok("gone"), vec!["a".into()]));
}

#[test]
fn a_reply_elsewhere_runs_a_branch_first() {
    let body = r#"
    push_int 5
    box none
    reply none 1 none
    pop
    push "after"
    box none
    call_ffi log
    ret
"#;
    let source = with(&[ASKS, &selector(body), &prompt("signal ask", "none")]);
    assert_eq!(
        both(&source),
        (ok("6"), vec!["a".into(), "5".into(), "after".into()])
    );
}

#[test]
fn replies_fork_under_multi() {
    let source = with(&[
        r#"
fn f() flags thunk {
    local x: dyn
    push_int 0
    box none
    post pick 1 none
    store x
    load x
    push_int 10
    box none
    mul
    ret
}
fn sel(kind: dyn, e: dyn) flags selector {
    local z: dyn
    load kind
    push_int 0
    box none
    eq
    jump_if completion
    push_int 1
    box none
    reply none 1 none
    pop
    push_int 2
    box none
    reply none 1 tail
completion:
    load e
    call_ffi log
    pop
    load e
    ret
}
"#,
        &prompt("completion signal pick", "multi|completes"),
    ]);
    assert_eq!(both(&source), (ok("20"), vec!["10".into(), "20".into()]));
}

#[test]
fn a_second_reply_to_a_one_shot_emission() {
    let twice = "    push_int 1\n    box none\n    reply none 1 none\n    pop\n    push_int 2\n    box none\n    reply none 1 none\n    ret\n";
    let source = with(&[ASKS, &selector(twice), &prompt("signal ask", "none")]);
    // Rhumb: empty, and the result is that of the branch that completed.
    assert_eq!(both(&source).0, ok("2"));
    let source = source.replace(
        "fn sel(kind: dyn, e: dyn) flags selector",
        "fn sel(kind: dyn, e: dyn) policy machine flags selector",
    );
    let (result, _) = both(&source);
    assert!(
        result
            .as_ref()
            .is_err_and(|text| text.starts_with("FX001C")),
        "{result:?}"
    );
}

#[test]
fn named_replies_are_trapped_at_the_emission() {
    let thunk = r#"
fn f() flags thunk {
    local e: dyn
    push_int 3
    box none
    post_trap lost 1 none [signal again signal stop]
    match_event [signal again]
    jump_if again
    match_event [signal stop]
    jump_if stop
    event_arg 0
    swap
    pop
    ret
again:
    event_arg 0
    swap
    pop
    push_int 2
    box none
    mul
    ret
stop:
    pop
    push "no"
    box none
    ret
}
"#;
    let again = selector("    load n\n    reply again 1 named|tail\n");
    let stop = selector("    reply stop 0 named|tail\n");
    let other = selector("    push_int 7\n    box none\n    reply other 1 named|tail\n");
    for (rule, result) in [(again, "6"), (stop, "no"), (other, "7")] {
        assert_eq!(
            both(&with(&[thunk, &rule, &prompt("signal lost", "none")])).0,
            ok(result)
        );
    }
}

/// `gen .= [] -> (#(1); #(2); … #(count))`, summed by a selector that replies in tail position.
fn yielding(count: u32) -> String {
    with(&[&format!(
        r#"
static sum: dyn mutable
fn f() flags thunk {{
    local i: int
    push_int 0
    store i
again:
    load i
    push_int {count}
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    load i
    box none
    post "" 1 none
    pop
    jump again
done:
    load_static sum
    ret
}}
fn sel(kind: dyn, e: dyn) flags selector {{
    load e
    event_arg 0
    load_static sum
    add
    store_static sum
    pop
    reply none 0 tail
}}
fn main() export {{
    push_int 0
    box none
    store_static sum
    make_closure f 0
    make_closure sel 0
    prompt [signal ""] none
    ret
}}
"#
    )])
}

#[test]
fn a_million_yields_need_no_more_room_than_ten() {
    assert_eq!(both(&yielding(10)).0, ok("55"));
    let mut small = load(&yielding(1_000), false, Limits::program());
    assert_eq!(small.call("main"), ok("500500"));
    let before = small.world.counters();
    let mut large = load(&yielding(100_000), false, Limits::program());
    assert_eq!(large.call("main"), ok("5000050000"));
    assert!(large.world.counters().memory_peak < before.memory_peak + (1 << 20));
    assert_eq!(large.world.fiber_count(), 1);
}

/// Posts `count` times from `depth` calls deep.
fn deep(depth: u32, count: u32) -> String {
    with(&[
        &format!(
            r#"
fn f() flags thunk {{
    push_int {depth}
    call down
    ret
}}
fn down(n: int) -> dyn {{
    local i: int
    load n
    push_int 0
    i64.eq
    jump_if bottom
    load n
    push_int 1
    i64.sub
    call down
    ret
bottom:
    push_int 0
    store i
again:
    load i
    push_int {count}
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    post tick 0 none
    pop
    jump again
done:
    load i
    box none
    ret
}}
"#
        ),
        "fn sel(kind: dyn, e: dyn) flags selector {\n    reply none 0 tail\n}\n",
        &prompt("signal tick", "none"),
    ])
}

#[test]
fn posting_costs_the_same_at_any_depth() {
    let mut fuel = Vec::new();
    for depth in [1, 1_000] {
        let mut used = Vec::new();
        for count in [10, 110] {
            let mut run = load(&deep(depth, count), false, Limits::strict());
            assert_eq!(run.call("main"), ok(&count.to_string()));
            used.push(run.world.counters().fuel_used);
        }
        fuel.push(used[1] - used[0]);
    }
    assert_eq!(
        fuel[0], fuel[1],
        "100 posts from 1 and from 1,000 frames deep"
    );
}

#[test]
fn finally_handlers_of_discarded_frames_run() {
    let source = with(&[
        r#"
fn f() flags thunk {
    call inner
    ret
}
fn inner() -> dyn {
    local t: tok
    push_try finally handler
    push_int 1
    box none
    post ask 1 none
    pop_try
    ret
handler:
    store t
    push "cleanup"
    box none
    call_ffi log
    pop
    load t
    end_finally
}
"#,
        &selector(
            "    push \"sel\"\n    box none\n    call_ffi log\n    pop\n    load n\n    ret\n",
        ),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(
        both(&source),
        (ok("1"), vec!["sel".into(), "cleanup".into()])
    );
}

#[test]
fn a_throw_out_of_a_discarded_finally_goes_on_in_the_owner() {
    let source = with(&[
        r#"
fn f() flags thunk {
    local t: tok
    push_try finally handler
    push_int 1
    box none
    post ask 1 none
    pop_try
    ret
handler:
    store t
    push_int 77
    box none
    throw
}
fn main() export {
    local r: dyn
    push_try catch caught
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    pop_try
    ret
caught:
    ret
}
"#,
        &selector("    load n\n    ret\n"),
    ]);
    assert_eq!(both(&source).0, ok("77"));
}

#[test]
fn ret_outer_leaves_through_thunk_and_selector() {
    let thunk = with(&[
        r#"
fn f() flags thunk {
    push_int 4
    box none
    ret_outer
}
fn owner() -> dyn {
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    pop
    push_int 0
    box none
    ret
}
fn main() export {
    call owner
    push_int 100
    box none
    add
    ret
}
"#,
        &selector("    load n\n    ret\n"),
    ]);
    assert_eq!(both(&thunk).0, ok("104"));
    let from_selector = with(&[
        r#"
fn f() flags thunk {
    local t: tok
    push_try finally handler
    push_int 8
    box none
    post ask 1 none
    pop_try
    ret
handler:
    store t
    push "unwound"
    box none
    call_ffi log
    pop
    load t
    end_finally
}
fn owner() -> dyn {
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    pop
    push_int 0
    box none
    ret
}
fn main() export {
    call owner
    push_int 100
    box none
    add
    ret
}
"#,
        &selector("    load n\n    ret_outer\n"),
    ]);
    assert_eq!(both(&from_selector), (ok("108"), vec!["unwound".into()]));
}

#[test]
fn misses_and_peeks_go_on_outward() {
    let source = with(&[
        ASKS,
        r#"
fn inner(kind: dyn, e: dyn) flags selector {
    push "inner"
    box none
    call_ffi log
    pop
    RET
}
fn g() flags thunk {
    make_closure f 0
    make_closure inner 0
    prompt [signal ask] none
    ret
}
fn main() export {
    make_closure g 0
    make_closure sel 0
    prompt [signal ask] none
    ret
}
"#,
        &selector(
            "    push \"outer\"\n    box none\n    call_ffi log\n    pop\n    push_int 5\n    box none\n    reply none 1 tail\n",
        ),
    ]);
    let log = vec!["a".to_owned(), "inner".into(), "outer".into(), "5".into()];
    assert_eq!(
        both(&source.replace("RET", "ret_miss")),
        (ok("6"), log.clone())
    );
    assert_eq!(
        both(&source.replace("RET", "unit\n    ret_peek")),
        (ok("6"), log)
    );
    // Nobody further out: the emitter goes on with empty.
    let alone = with(&[
        "fn f() flags thunk {\n    push_int 1\n    box none\n    post ask 1 none\n    ret\n}\n",
        &selector("    load n\n    ret_peek\n"),
        &prompt("signal ask", "none"),
    ]);
    let (result, _) = both(&alone);
    assert_eq!(
        result,
        both(&with(&["fn main() export {\n    unit\n    ret\n}\n"])).0
    );
}

#[test]
fn faults_of_rhumb_are_resumable_posts() {
    let thunk = "fn f() flags thunk {\n    push_int 1\n    box none\n    push_int 0\n    box none\n    div\n    push_int 5\n    box none\n    add\n    ret\n}\n";
    let restart = selector("    push_int 0\n    box none\n    reply none 1 tail\n");
    assert_eq!(
        both(&with(&[thunk, &restart, &prompt("signal \"***\"", "none")])).0,
        ok("5")
    );
    let code = selector("    load n\n    ret\n");
    assert_eq!(
        both(&with(&[thunk, &code, &prompt("signal \"***\"", "none")])).0,
        ok("400")
    );
    // Faults of another policy are thrown: a prompt may take them, not resume them.
    let thrown = thunk.replace("flags thunk", "policy morph flags thunk");
    assert_eq!(
        both(&with(&[&thrown, &code, &prompt("signal \"***\"", "none")])).0,
        ok("400")
    );
    let (result, _) = both(&with(&[
        &thrown,
        &restart,
        &prompt("signal \"***\"", "none"),
    ]));
    assert!(
        result
            .as_ref()
            .is_err_and(|text| text.starts_with("FX001B")),
        "{result:?}"
    );
    // Nobody took it.
    let (result, _) = both(&with(&[
        thunk,
        "fn sel(kind: dyn, e: dyn) flags selector {\n    ret_miss\n}\n",
        &prompt("signal \"***\"", "none"),
    ]));
    assert!(
        result
            .as_ref()
            .is_err_and(|text| text.starts_with("FX0003")),
        "{result:?}"
    );
}

#[test]
fn a_catch_inside_comes_before_the_prompt() {
    let source = with(&[
        r#"
fn f() flags thunk {
    push_try catch caught
    push_int 1
    box none
    push_int 0
    box none
    div
    pop_try
    ret
caught:
    pop
    push "inside"
    box none
    ret
}
"#,
        &selector("    load n\n    ret\n"),
        &prompt("signal \"***\"", "none"),
    ]);
    assert_eq!(both(&source).0, ok("inside"));
}

#[test]
fn a_post_across_a_host_callback_is_refused() {
    let source = with(&[
        r#"
fn posts() {
    push_int 1
    box none
    post ask 1 none
    ret
}
fn f() flags thunk {
    push_try catch caught
    make_closure posts 0
    box none
    call_ffi back
    pop_try
    ret
caught:
    pop
    push "refused"
    box none
    ret
}
"#,
        &selector("    load n\n    reply none 1 tail\n"),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(both(&source).0, ok("refused"));
    // Inside the callback everything works.
    let inside = with(&[
        r#"
fn f() flags thunk {
    push_int 3
    box none
    post ask 1 none
    ret
}
fn inner() {
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    ret
}
fn main() export {
    make_closure inner 0
    box none
    call_ffi back
    ret
}
"#,
        &selector("    load n\n    push_int 1\n    box none\n    add\n    reply none 1 tail\n"),
    ]);
    assert_eq!(both(&inside).0, ok("4"));
}

const KEEPS: &str = r#"
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

#[test]
fn a_kept_event_parks_its_prompt() {
    let source = with(&[
        KEEPS,
        r#"
fn main() export {
    make_closure replier 0
    fiber_new process
    pop
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] multi|parks
    call_ffi log
    pop
    push "done"
    box none
    ret
}
"#,
    ]);
    assert_eq!(
        both(&source),
        (ok("done"), vec!["replying".into(), "42".into()])
    );
    // Without anybody to reply, it is resumed with empty: the addition then faults.
    let alone = with(&[KEEPS, &prompt("signal ask", "multi|parks")]);
    let mut run = load(&alone, false, Limits::strict());
    assert!(run.call("main").is_err());
    assert_eq!(run.world.schedule_state().starved, 1);
}

const PROCESSES: &str = r#"
fn work() {
    local i: int
    push "start"
    box none
    call_ffi log
    pop
    unit
    await
    pop
    push "end"
    box none
    call_ffi log
    pop
    push_int 7
    box none
    ret
}
fn fails() {
    push_int 13
    box none
    throw
}
fn spins() {
    local i: int
    push_int 0
    store i
again:
    load i
    push_int 20000
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    jump again
done:
    push "spun"
    box none
    call_ffi log
    ret
}
fn slow() {
    push_int 5
    box none
    call_ffi wait
    ret
}
"#;

#[test]
fn processes_run_in_the_order_of_the_ready_queue() {
    let source = with(&[
        PROCESSES,
        r#"
fn main() export {
    local p: dyn
    make_closure work 0
    fiber_new process
    box none
    store p
    unit
    await
    pop
    push "main"
    box none
    call_ffi log
    pop
    load p
    await
    ret
}
"#,
    ]);
    assert_eq!(
        both(&source),
        (ok("7"), vec!["start".into(), "main".into(), "end".into()])
    );
    let failing = with(&[
        PROCESSES,
        r#"
fn main() export {
    push_try catch caught
    make_closure fails 0
    fiber_new process
    box none
    await
    pop_try
    ret
caught:
    ret
}
"#,
    ]);
    assert_eq!(both(&failing).0, ok("13"));
}

#[test]
fn slices_let_others_run() {
    let source = with(&[
        PROCESSES,
        r#"
fn main() export {
    local p: dyn
    make_closure spins 0
    fiber_new process
    box none
    store p
    make_closure work 0
    fiber_new process
    pop
    load p
    await
    ret
}
"#,
    ]);
    let (result, log) = both(&source);
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(log, ["start", "end", "spun"]);
}

#[test]
fn runs_are_stepped_parked_and_woken() {
    let source = with(&[
        PROCESSES,
        "fn main() export {\n    call spins\n    ret\n}\nexport slow = fn slow\n",
    ]);
    for loop_dispatch in [true, false] {
        let mut run = load(&source, loop_dispatch, Limits::strict());
        let main = run.function("main");
        let id = run.world.start(run.instance, main, &[]).expect("started");
        let mut steps = 0;
        loop {
            match run.world.step(id, 5_000).expect("no fault") {
                Step::OutOfFuel => steps += 1,
                Step::Done(_) => break,
                Step::Parked => panic!("nothing parks"),
            }
        }
        assert!(steps >= 20, "{steps}");
        assert_eq!(run.logged(), ["spun"]);
        let slow = run.function("slow");
        let id = run.world.start(run.instance, slow, &[]).expect("started");
        assert!(matches!(run.world.step(id, 1_000), Ok(Step::Parked)));
        assert!(matches!(run.world.step(id, 1_000), Ok(Step::Parked)));
        assert!(!run.world.wake(6, Value::int(1)));
        assert!(run.world.wake(5, Value::int(99)));
        assert!(
            matches!(run.world.step(id, 1_000), Ok(Step::Done(value)) if value.same(Value::int(99)))
        );
        assert!(run.world.step(id, 1).is_err());
        // A plain call cannot wait; the World goes on after it.
        assert!(
            run.call("slow")
                .is_err_and(|text| text.starts_with("FX001B"))
        );
        assert!(run.call("main").is_ok());
        assert_eq!(run.world.fiber_count(), 1);
    }
}

#[test]
fn the_fuel_of_a_run_is_one_whole() {
    let limits = Limits {
        fuel: Some(50_000),
        ..Limits::strict()
    };
    let source = with(&[
        PROCESSES,
        "fn main() export {\n    call spins\n    ret\n}\n",
    ]);
    let mut run = load(&source, false, limits);
    assert!(
        run.call("main")
            .is_err_and(|text| text.starts_with("FX0008"))
    );
    let main = run.function("main");
    let id = run.world.start(run.instance, main, &[]).expect("started");
    let report = loop {
        match run.world.step(id, 7_000) {
            Ok(Step::OutOfFuel) => {}
            Ok(_) => panic!("it cannot end"),
            Err(report) => break report,
        }
    };
    assert_eq!(report.fault, machine::fault::Fault::Fuel);
    assert_eq!(run.world.fiber_count(), 1);
}

const GENERATORS: &str = r#"
static list: dyn mutable
fn gen() flags generator {
    unit
    yield
    ret
}
fn make(count: int) -> dyn export {
    local i: int
    local m: dyn
    map_new list 0
    box none
    store m
    push_int 0
    store i
again:
    load i
    load count
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    load m
    make_closure gen 0
    call_closure 0
    push_at end
    pop
    jump again
done:
    load m
    store_static list
    unit
    ret
}
fn drop() export {
    unit
    store_static list
    unit
    ret
}
fn churn(count: int) -> dyn export {
    local i: int
    push_int 0
    store i
again:
    load i
    load count
    i64.lt
    jump_if_not done
    load i
    push_int 1
    i64.add
    store i
    make_closure gen 0
    call_closure 0
    unit
    resume
    pop
    pop
    jump again
done:
    unit
    ret
}
"#;

#[test]
fn a_hundred_thousand_idle_fibers() {
    let mut run = load(
        &with(&[GENERATORS]),
        false,
        Limits {
            memory: 400 << 20,
            ..Limits::program()
        },
    );
    let made = run.call_with("make", &[Value::int(100_000)]);
    assert!(made.is_ok(), "{made:?}");
    assert_eq!(run.world.fiber_count(), 100_001);
    assert!(run.world.counters().memory < 400 << 20);
    run.world.collect();
    assert_eq!(run.world.fiber_count(), 100_001);
    assert!(run.call("drop").is_ok());
    run.world.collect();
    assert_eq!(run.world.fiber_count(), 1);
}

#[test]
fn unreachable_fibers_make_room_for_new_ones() {
    let mut run = load(
        &with(&[GENERATORS]),
        false,
        Limits {
            fibers: 1_000,
            ..Limits::program()
        },
    );
    assert!(run.call_with("churn", &[Value::int(20_000)]).is_ok());
    assert!(
        run.call_with("make", &[Value::int(2_000)])
            .is_err_and(|text| text.starts_with("FX001F"))
    );
}

#[test]
fn everything_survives_collections_at_every_allocation() {
    for source in [
        with(&[
            ASKS,
            &selector("    load n\n    push_int 9\n    box none\n    add\n    reply none 1 tail\n"),
            &prompt("signal ask", "none"),
        ]),
        with(&[
            KEEPS,
            "fn main() export {\n    make_closure replier 0\n    fiber_new process\n    pop\n    make_closure f 0\n    make_closure sel 0\n    prompt [signal ask] multi|parks\n    ret\n}\n",
        ]),
    ] {
        let mut run = load(&source, false, Limits::strict());
        run.world.collect_always(true);
        let result = run.call("main");
        assert!(
            result
                .as_ref()
                .is_ok_and(|text| text == "11" || text == "42"),
            "{result:?}"
        );
    }
}

#[test]
fn branches_that_are_copied_keep_their_own_selectors() {
    // The inner selector posts `pick` while it handles `ask`; the outer one answers twice: each history goes on with the
    // captured `ask` by itself.
    let source = with(&[
        r#"
fn g() flags thunk {
    push_int 1
    box none
    post ask 1 none
    push_int 100
    box none
    add
    ret
}
fn inner(kind: dyn, e: dyn) flags selector {
    push_int 0
    box none
    post pick 1 none
    ret
}
fn f() flags thunk {
    local v: dyn
    make_closure g 0
    make_closure inner 0
    prompt [signal ask] multi
    store v
    load v
    call_ffi log
    pop
    load v
    ret
}
"#,
        "fn sel(kind: dyn, e: dyn) flags selector {\n    push_int 1\n    box none\n    reply none 1 none\n    pop\n    push_int 2\n    box none\n    reply none 1 none\n    ret\n}\n",
        &prompt("signal pick", "multi"),
    ]);
    assert_eq!(both(&source), (ok("2"), vec!["1".into(), "2".into()]));
}

#[test]
fn a_throw_out_of_a_selector_unwinds_what_it_held() {
    let source = with(&[
        r#"
fn f() flags thunk {
    local t: tok
    push_try finally handler
    push_int 1
    box none
    post ask 1 none
    pop_try
    ret
handler:
    store t
    push "unwound"
    box none
    call_ffi log
    pop
    load t
    end_finally
}
fn main() export {
    push_try catch caught
    make_closure f 0
    make_closure sel 0
    prompt [signal ask] none
    pop_try
    ret
caught:
    ret
}
"#,
        &selector("    push_int 55\n    box none\n    throw\n"),
    ]);
    assert_eq!(both(&source), (ok("55"), vec!["unwound".into()]));
}

#[test]
fn a_discarded_frame_cannot_return_out_of_its_finally() {
    let source = with(&[
        r#"
fn f() flags thunk {
    call inner
    pop
    push "never"
    box none
    call_ffi log
    ret
}
fn inner() -> dyn {
    push_try finally handler
    push_int 1
    box none
    post ask 1 none
    pop_try
    ret
handler:
    pop
    push_int 2
    box none
    ret
}
"#,
        &selector("    load n\n    ret\n"),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(both(&source), (ok("1"), Vec::new()));
}

#[test]
fn signals_pass_through_generators() {
    let source = with(&[
        r#"
fn gen() flags generator {
    push_int 3
    box none
    post ask 1 none
    yield
    pop
    push_int 4
    box none
    post ask 1 none
    ret
}
fn f() flags thunk {
    local g: dyn
    make_closure gen 0
    call_closure 0
    store g
    load g
    unit
    resume
    pop
    load g
    unit
    resume
    pop
    add
    ret
}
"#,
        &selector("    load n\n    load n\n    mul\n    reply none 1 tail\n"),
        &prompt("signal ask", "none"),
    ]);
    assert_eq!(both(&source).0, ok("25"));
}
