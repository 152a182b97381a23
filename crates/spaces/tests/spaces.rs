//! Realms, subscriptions, pins, vassals: order, replies, what is told and what is freed. Both dispatchers.

use std::sync::{Arc, Mutex};

use fzb::tables::TypeId;
use fzb::view::{ExportTarget, Module};
use machine::engine::Shared;
use machine::host::{Answer, Grants, HostFunction};
use machine::value::Value;
use machine::world::{Limits, World};
use spaces::Tuplespaces;

type Log = Arc<Mutex<Vec<String>>>;

fn load(source: &str, loop_dispatch: bool) -> (World, u32, Module, Log) {
    let tables =
        fzb::text::assemble(source).unwrap_or_else(|errors| panic!("{errors:?}\n{source}"));
    let module = Module::from_tables(&tables).expect("a module");
    fzb::verify::module(&module).unwrap_or_else(|refusal| panic!("{refusal}"));
    let engine = Shared::new(loop_dispatch);
    let log: Log = Log::default();
    let sink = log.clone();
    engine.register(HostFunction {
        name: "log".into(),
        params: vec![TypeId::DYN],
        result: TypeId::DYN,
        gives: None,
        names: Vec::new(),
        caps: Vec::new(),
        doc: String::new(),
        cost: 4,
        inline: None,
        call: Box::new(move |world, args| {
            let text = world.display_text(fzb::tables::Lang::Machine, args[0], false)?;
            sink.lock().expect("the log").push(text);
            Ok(Answer::Value(Value::EMPTY))
        }),
    });
    let loaded = engine.add_module(module.clone(), true).expect("memory");
    let mut world = World::new(engine, Limits::strict(), Grants::none()).expect("a World");
    world.set_spaces(Box::new(Tuplespaces::new()));
    let instance = world
        .load(&loaded)
        .unwrap_or_else(|report| panic!("{report}"));
    (world, instance, module, log)
}

fn call(world: &mut World, instance: u32, module: &Module, name: &str) -> Result<String, String> {
    let export = module
        .find_export(name)
        .and_then(|id| module.export(id))
        .expect("an export");
    let ExportTarget::Function(id) = export.target else {
        panic!("not a function")
    };
    let value = world
        .call(instance, id, &[])
        .map_err(|report| report.to_string())?;
    world
        .display_text(fzb::tables::Lang::Machine, value, false)
        .map_err(|_| "display failed".into())
}

/// `main` with both dispatchers, then with a collection at every allocation: its result and the log.
fn run(source: &str) -> (Result<String, String>, Vec<String>) {
    let mut last = None;
    for (loop_dispatch, collect) in [(true, false), (false, false), (true, true)] {
        let (mut world, instance, module, log) = load(source, loop_dispatch);
        world.collect_always(collect);
        let result = call(&mut world, instance, &module, "main");
        let logged = std::mem::take(&mut *log.lock().expect("the log"));
        world.collect();
        assert_eq!(world.fiber_count(), 1, "fibers are left over");
        let found = (result, logged);
        if let Some(before) = &last {
            assert_eq!(before, &found, "loop {loop_dispatch}, collect {collect}");
        }
        last = Some(found);
    }
    last.expect("ran")
}

const HEAD: &str = r#"
module "spaces" lang rhumb
import log host "log" (dyn) -> dyn
static realm: dyn mutable
"#;

/// A handler that logs a word and the first argument of its event, then does `rest`.
fn handler(name: &str, word: &str, rest: &str) -> String {
    format!(
        "fn {name}(e: dyn) {{\n    local n: dyn\n    load e\n    event_arg 0\n    store n\n    pop\n    push \"{word}\"\n    box none\n    call_ffi log\n    pop\n    load n\n    call_ffi log\n    pop\n{rest}}}\n"
    )
}

const NEW: &str = "    new_realm none\n    box none\n    store_static realm\n";
const NOTHING: &str = "    unit\n    ret\n";

fn listen(topics: &str, name: &str, flags: &str) -> String {
    format!(
        "    load_static realm\n    make_closure {name} 0\n    box none\n    subscribe [{topics}] {flags}\n    pop\n"
    )
}

fn post(topic: &str, value: u32) -> String {
    format!(
        "    load_static realm\n    push_int {value}\n    box none\n    post {topic} 1 receiver\n"
    )
}

fn pin(topic: &str, value: u32) -> String {
    format!(
        "    load_static realm\n    push_int {value}\n    box none\n    write {topic} 1 receiver\n    pop\n"
    )
}

fn main_of(parts: &[&str]) -> String {
    let mut text = "fn main() export {\n".to_owned();
    for part in parts {
        text.push_str(part);
    }
    text.push_str("    ret\n}\n");
    text
}

fn program(functions: &[&str], main: &[&str]) -> String {
    format!("{HEAD}{}{}", functions.concat(), main_of(main))
}

#[test]
fn handlers_run_in_order_and_the_first_reply_counts() {
    let source = program(
        &[
            &handler("one", "one", NOTHING),
            &handler(
                "two",
                "two",
                "    push_int 20\n    box none\n    reply none 1 none\n    ret\n",
            ),
            &handler(
                "three",
                "three",
                "    push_int 30\n    box none\n    reply none 1 tail\n",
            ),
        ],
        &[
            NEW,
            &listen("signal ask", "one", "none"),
            &listen("signal ask signal other", "two", "none"),
            &listen("signal", "three", "peeks"),
            &post("ask", 5),
        ],
    );
    let log = ["one", "5", "two", "5", "three", "5"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(run(&source), (Ok("20".into()), log));
}

#[test]
fn peeks_let_a_signal_go_on_to_prompts_further_out() {
    let selector = "fn sel(kind: dyn, e: dyn) flags selector {\n    push \"prompt\"\n    box none\n    call_ffi log\n    pop\n    push_int 9\n    box none\n    reply none 1 tail\n}\n";
    let thunk = |flags: &str| {
        format!(
            "fn f() flags thunk {{\n{NEW}{}{}    ret\n}}\n",
            listen("signal ask", "one", flags),
            post("ask", 1)
        )
    };
    let call = "    make_closure f 0\n    make_closure sel 0\n    prompt [signal ask] none\n";
    // The realm is made within the prompt: what goes on from it reaches the prompt.
    let source = program(
        &[&handler("one", "one", NOTHING), selector, &thunk("peeks")],
        &[call],
    );
    assert_eq!(
        run(&source),
        (
            Ok("9".into()),
            ["one", "1", "prompt"].map(str::to_owned).to_vec()
        )
    );
    let source = program(
        &[&handler("one", "one", NOTHING), selector, &thunk("none")],
        &[call],
    );
    assert_eq!(run(&source).1, ["one", "1"]);
    // A realm made outside: the prompt is not on the way.
    let outside = format!("fn f() flags thunk {{\n{}    ret\n}}\n", post("ask", 1));
    let source = program(
        &[&handler("one", "one", NOTHING), selector, &outside],
        &[NEW, &listen("signal ask", "one", "peeks"), call],
    );
    assert_eq!(run(&source).1, ["one", "1"]);
}

#[test]
fn pins_are_told_replaced_and_retracted() {
    let retract = "    load_static realm\n    write here 0 receiver|retract_own\n    pop\n";
    let source = program(
        &[
            &handler("come", "come", NOTHING),
            // A departure's argument is the event that is gone.
            &handler("gone", "gone", NOTHING).replacen(
                "    event_arg 0\n",
                "    event_arg 0\n    swap\n    pop\n    event_arg 0\n",
                1,
            ),
        ],
        &[
            NEW,
            &pin("here", 1),
            // A late subscriber hears what is pinned at once.
            &listen("proclamation here", "come", "none"),
            &listen("proclamation empty", "gone", "none"),
            &pin("here", 1),
            &pin("here", 2),
            &pin("there", 3),
            retract,
            retract,
            "    load_static realm\n    read_pins there\n    len\n    box none\n",
        ],
    );
    let log = ["come", "1", "gone", "1", "come", "2", "gone", "2"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(run(&source), (Ok("1".into()), log));
}

#[test]
fn own_subscriptions_are_removed() {
    let source = program(
        &[&handler("one", "one", NOTHING)],
        &[
            NEW,
            &listen("signal ask", "one", "none"),
            "    load_static realm\n    unit\n    subscribe [signal ask] none\n    pop\n",
            &post("ask", 5),
        ],
    );
    assert!(run(&source).1.is_empty());
}

#[test]
fn a_prompt_sees_proclamations_of_its_call() {
    let source = program(
        &[
            "fn f() flags thunk {\n    push_int 4\n    box none\n    write status 1 none\n    pop\n    push_int 11\n    box none\n    ret\n}\n",
            "fn sel(kind: dyn, e: dyn) flags selector {\n    load kind\n    call_ffi log\n    pop\n    load e\n    event_arg 0\n    swap\n    pop\n    call_ffi log\n    ret\n}\n",
        ],
        &["    make_closure f 0\n    make_closure sel 0\n    prompt [proclamation status] none\n"],
    );
    assert_eq!(
        run(&source),
        (Ok("11".into()), ["2", "4"].map(str::to_owned).to_vec())
    );
}

#[test]
fn vassals_let_through_what_their_rules_say() {
    let rules = "fn rules(e: dyn) {\n    load e\n    event_arg 0\n    swap\n    pop\n    post get 1 none\n    reply none 1 tail\n}\n";
    let wrap = "    make_closure rules 0\n    make_vassal [signal get]\n    box none\n    load_static realm\n    apply_vassal\n    box none\n    store_static realm\n";
    let functions = [
        &*handler(
            "one",
            "one",
            "    push_int 7\n    box none\n    reply none 1 tail\n",
        ),
        rules,
    ];
    let before = [NEW, &listen("signal get signal put", "one", "none"), wrap].concat();
    let source = program(&functions, &[&before, &post("get", 1)]);
    assert_eq!(
        run(&source),
        (Ok("7".into()), ["one", "1"].map(str::to_owned).to_vec())
    );
    let source = program(&functions, &[&before, &post("put", 1)]);
    assert!(run(&source).1.is_empty(), "no rule: blocked");
}

#[test]
fn run_in_waits_and_posts_to_the_realm() {
    let source = program(
        &[
            &handler(
                "one",
                "one",
                "    push_int 5\n    box none\n    reply none 1 tail\n",
            ),
            "fn body() {\n    push_int 2\n    box none\n    post ask 1 none\n    push_int 1\n    box none\n    add\n    ret\n}\n",
        ],
        &[
            NEW,
            &listen("signal ask", "one", "none"),
            "    load_static realm\n    make_closure body 0\n    run_in\n",
        ],
    );
    assert_eq!(
        run(&source),
        (Ok("6".into()), ["one", "2"].map(str::to_owned).to_vec())
    );
}

#[test]
fn what_is_no_realm_is_refused() {
    for instruction in [
        "    push_int 1\n    box none\n    unit\n    subscribe [signal a] none\n",
        "    push_int 1\n    box none\n    read_pins a\n    box none\n",
        "    push_int 1\n    box none\n    push_int 2\n    box none\n    write a 1 receiver\n",
        "    new_realm none\n    box none\n    new_realm none\n    box none\n    apply_vassal\n    box none\n",
    ] {
        let (result, _) = run(&program(&[], &[instruction]));
        assert!(
            result
                .as_ref()
                .is_err_and(|text| text.starts_with("FX0004")),
            "{instruction} {result:?}"
        );
    }
}

#[test]
fn unreachable_realms_are_freed() {
    let source = format!(
        "{HEAD}{}fn main() export {{\n{NEW}{}{}    unit\n    ret\n}}\nfn drop() export {{\n    unit\n    store_static realm\n    unit\n    ret\n}}\n",
        handler("one", "one", NOTHING),
        listen("signal ask", "one", "none"),
        pin("here", 1),
    );
    let (mut world, instance, module, _) = load(&source, false);
    for _ in 0..100 {
        assert!(call(&mut world, instance, &module, "main").is_ok());
    }
    world.collect();
    let held = world
        .spaces_mut::<Tuplespaces>()
        .expect("the spaces")
        .count();
    assert!(held <= 3, "{held}");
    assert!(call(&mut world, instance, &module, "drop").is_ok());
    world.collect();
    assert!(
        world
            .spaces_mut::<Tuplespaces>()
            .expect("the spaces")
            .count()
            <= 1
    );
}

/// The bytes counted after a first call of `turn`, and after many.
fn counted(functions: &[&str], begin: &[&str], turn: &[&str]) -> (usize, usize) {
    let mut source = program(functions, &[&begin.concat(), "    unit\n"]);
    source.push_str("fn turn() export {\n");
    for part in turn {
        source.push_str(part);
    }
    source.push_str("    unit\n    ret\n}\n");
    let (mut world, instance, module, _) = load(&source, false);
    call(&mut world, instance, &module, "main").expect("main");
    let mut bytes = [0; 2];
    for (times, counted) in [20, 2_000].into_iter().zip(&mut bytes) {
        for _ in 0..times {
            call(&mut world, instance, &module, "turn").expect("a turn");
        }
        world.collect();
        world.collect();
        *counted = world.counters().memory;
    }
    (bytes[0], bytes[1])
}

#[test]
fn what_is_given_back_is_not_counted_any_more() {
    let one = handler("one", "one", NOTHING);
    let topics = "signal a signal b signal c proclamation d proclamation e";
    let remove = "    load_static realm\n    unit\n    subscribe [signal a] none\n    pop\n";
    let (few, many) = counted(&[&one], &[NEW], &[&listen(topics, "one", "none"), remove]);
    assert_eq!(few, many, "subscriptions");
    // Through a vassal, with the spaces that it takes.
    let rules = "fn rules(e: dyn) {\n    unit\n    ret\n}\n";
    let wrap = "    make_closure rules 0\n    make_vassal [signal a proclamation d]\n    box none\n    load_static realm\n    apply_vassal\n    box none\n    store_static realm\n";
    let (few, many) = counted(
        &[&one, rules],
        &[NEW, wrap],
        &[&listen(topics, "one", "none"), remove],
    );
    assert_eq!(few, many, "subscriptions through a vassal");
    let retract = "    load_static realm\n    write d 0 receiver|retract_own\n    pop\n";
    let (few, many) = counted(
        &[&one],
        &[NEW],
        &[
            &pin("d", 1),
            &pin("d", 2),
            retract,
            &pin("e", 3),
            "    load_static realm\n    write e 0 receiver|retract_own\n    pop\n",
        ],
    );
    assert_eq!(few, many, "proclamations");
}

#[test]
fn handlers_that_stay_are_not_counted_when_they_have_gone() {
    let stays = "fn stays(kind: dyn, e: dyn) flags selector {\n    local now: dyn\n    local gone: bool\n    jump turn\nturn:\n    map_lit []\n    load e\n    next_event\n    store now\n    load now\n    match_event [proclamation \"empty\"]\n    store gone\n    pop\n    load gone\n    jump_if left\n    jump turn\nleft:\n    unit\n    ret\n}\n";
    let listens = listen("proclamation d", "stays", "none");
    let retract = "    load_static realm\n    write d 0 receiver|retract_own\n    pop\n";
    let (few, many) = counted(&[stays], &[NEW, &listens], &[&pin("d", 1), retract]);
    assert_eq!(few, many, "departed");
    let remove = "    load_static realm\n    unit\n    subscribe [signal a] none\n    pop\n";
    let (few, many) = counted(&[stays], &[NEW], &[&listens, &pin("d", 1), remove, retract]);
    assert_eq!(few, many, "their subscription removed");
}
