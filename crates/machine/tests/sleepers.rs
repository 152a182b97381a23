//! Coroutines that are started, sleep and are ended (docs/specs/machine.md §10): their order, the World's time, and memory
//! that fails at every step of it.

#![allow(clippy::print_stdout, reason = "the count, shown by `-- --nocapture`")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fzb::tables::TypeId;
use fzb::view::{ExportTarget, Module};
use lemari::Sabotage;
use machine::engine::Shared;
use machine::host::{Answer, Grants, HostBody, HostError, HostFunction};
use machine::value::Value;
use machine::world::{Limits, Settle, Started, World};

const SOURCE: &str = r#"
module "sleepers" lang machine
import log host "log" (dyn) -> dyn
import sleep host "sleep" (dyn) -> dyn
import start host "start" (dyn) -> dyn
import cancel host "cancel" (dyn) -> dyn
fn long(x: dyn) -> dyn {
    local t: tok
    push "long begins"
    box none
    call_ffi log
    pop
    push_try finally last
    push 30
    box none
    call_ffi sleep
    pop
    push "long ends"
    box none
    call_ffi log
    pop
    pop_try
    unit
    ret
last:
    store t
    push "long is tidied up"
    box none
    call_ffi log
    pop
    load t
    end_finally
}
fn short(x: dyn) -> dyn {
    push "short begins"
    box none
    call_ffi log
    pop
    push 10
    box none
    call_ffi sleep
    pop
    push "short ends"
    box none
    call_ffi log
    pop
    push 7
    box none
    ret
}
fn both() -> dyn export {
    local s: dyn
    make_closure long 0
    call_ffi start
    pop
    make_closure short 0
    call_ffi start
    store s
    push "both run"
    box none
    call_ffi log
    pop
    load s
    await
    ret
}
fn ended() -> dyn export {
    local l: dyn
    make_closure long 0
    call_ffi start
    store l
    push 5
    box none
    call_ffi sleep
    pop
    load l
    call_ffi cancel
    pop
    load l
    await
    ret
}
fn itself(x: dyn) -> dyn {
    local t: tok
    push_try finally last
    unit
    call_ffi cancel
    pop
    push "not said"
    box none
    call_ffi log
    pop
    pop_try
    unit
    ret
last:
    store t
    push "tidied up"
    box none
    call_ffi log
    pop
    load t
    end_finally
}
fn own() -> dyn export {
    make_closure itself 0
    call_ffi start
    await
    ret
}
fn probe() -> int export {
    push 41
    push 1
    i64.add
    ret
}
"#;

type Log = Arc<Mutex<Vec<String>>>;

struct Run {
    world: World,
    module: Module,
    instance: u32,
    log: Log,
}

fn host(name: &str, call: HostBody) -> HostFunction {
    HostFunction {
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
    }
}

fn load(loop_dispatch: bool) -> Run {
    let tables = fzb::text::assemble(SOURCE).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let module = Module::from_tables(&tables).unwrap_or_else(|error| panic!("{error}"));
    fzb::verify::module(&module).unwrap_or_else(|refusal| panic!("{refusal}"));
    let engine = Shared::new(loop_dispatch);
    let log = Log::default();
    let sink = log.clone();
    engine.register(host(
        "log",
        Box::new(move |world, args| {
            let text = world.display_text(fzb::tables::Lang::Machine, args[0], false)?;
            sink.lock().expect("the log").push(text);
            Ok(Answer::Value(Value::EMPTY))
        }),
    ));
    engine.register(host(
        "sleep",
        Box::new(|world, args| {
            let time = args[0].as_int().and_then(|time| u64::try_from(time).ok());
            let time = time.ok_or_else(|| HostError::new("no time"))?;
            Ok(Answer::Pending(
                world.sleep_token(Duration::from_millis(time))?,
            ))
        }),
    ));
    engine.register(host(
        "start",
        Box::new(|world, args| {
            Ok(match world.start_coroutine(args[0])? {
                Started::Next(token) => Answer::Pending(token),
                Started::Ready(fiber) => Answer::Value(fiber),
            })
        }),
    ));
    engine.register(host(
        "cancel",
        Box::new(|world, args| {
            let fiber = if args[0].is_empty() {
                world.running_fiber()?
            } else {
                args[0]
            };
            Ok(match world.cancel_fiber(fiber)? {
                Some(token) => Answer::Pending(token),
                None => Answer::Value(Value::EMPTY),
            })
        }),
    ));
    let loaded = engine.add_module(module.clone(), true).expect("memory");
    let mut world = World::new(engine, Limits::strict(), Grants::none())
        .unwrap_or_else(|error| panic!("{error}"));
    let instance = world
        .load(&loaded)
        .unwrap_or_else(|report| panic!("{report}"));
    Run {
        world,
        module,
        instance,
        log,
    }
}

impl Run {
    fn call(&mut self, name: &str) -> Result<Value, String> {
        let export = self
            .module
            .find_export(name)
            .and_then(|id| self.module.export(id))
            .unwrap_or_else(|| panic!("no export {name}"));
        let ExportTarget::Function(id) = export.target else {
            panic!("{name} is no function")
        };
        self.world
            .call(self.instance, id, &[])
            .map_err(|report| report.to_string())
    }

    fn said(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().expect("the log"))
    }
}

#[test]
fn who_sleeps_shorter_goes_on_first_and_what_is_left_after_the_end() {
    for loop_dispatch in [true, false] {
        let mut run = load(loop_dispatch);
        assert_eq!(run.call("both"), Ok(Value::int(7)));
        assert_eq!(
            run.said(),
            ["long begins", "short begins", "both run", "short ends"]
        );
        assert_eq!(run.world.schedule_state().parked, 1);
        run.world.settle(Settle::Program).expect("nothing fails");
        assert_eq!(run.said(), ["long ends"]);
        assert_eq!(run.world.schedule_state().parked, 0);
    }
}

#[test]
fn the_host_may_move_the_time() {
    let mut run = load(true);
    run.world.set_driven(true);
    // The call itself has to wait, and does not.
    assert!(run.call("both").is_err_and(|text| text.contains("parked")));
    assert_eq!(run.said(), ["long begins", "short begins", "both run"]);
    assert_eq!(run.world.sleeps_until(), Some(Duration::from_millis(10)));
    assert_eq!(run.world.advance(Duration::from_millis(4)), None);
    assert_eq!(run.world.sleeps_until(), Some(Duration::from_millis(6)));
    assert_eq!(
        run.world.advance(Duration::from_millis(8)),
        Some(Duration::from_millis(2))
    );
    run.world.settle(Settle::Call).expect("nothing fails");
    assert_eq!(run.said(), ["short ends"]);
    assert_eq!(run.world.advance(Duration::from_millis(2)), None);
    assert_eq!(run.world.sleeps_until(), Some(Duration::from_millis(18)));
}

#[test]
fn what_is_cancelled_is_tidied_up_and_does_not_go_on() {
    for loop_dispatch in [true, false] {
        let mut run = load(loop_dispatch);
        assert_eq!(run.call("ended"), Ok(Value::EMPTY));
        assert_eq!(run.said(), ["long begins", "long is tidied up"]);
        assert_eq!(run.world.sleeps_until(), None);
        assert_eq!(run.call("own"), Ok(Value::EMPTY));
        assert_eq!(run.said(), ["tidied up"]);
    }
}

#[test]
fn an_interrupt_and_a_deadline_end_the_waiting() {
    let mut run = load(true);
    run.world
        .set_call_limits(None, Some(Duration::from_millis(7)));
    assert!(
        run.call("both")
            .is_err_and(|text| text.contains("deadline"))
    );
    let mut run = load(true);
    run.world.signal_word().fetch_or(
        machine::world::signals::INTERRUPT,
        std::sync::atomic::Ordering::Relaxed,
    );
    assert!(run.call("both").is_err());
    assert_eq!(run.call("probe"), Ok(Value::int(42)));
}

#[test]
fn every_step_may_fail() {
    let mut points = 0;
    for name in ["both", "ended", "own"] {
        for once in [true, false] {
            let mut fail_at = 1;
            loop {
                let mut run = load(true);
                run.world.sabotage(Sabotage {
                    fail_at,
                    and_after: !once,
                    ..Sabotage::default()
                });
                let before = run.world.sabotage_steps();
                let result = run.call(name);
                let settled = run.world.settle(Settle::Program);
                let steps = run.world.sabotage_steps() - before;
                if let Err(text) = &result {
                    // What the coroutine failed by is thrown again in who awaits it.
                    assert!(
                        text.starts_with("FX0006")
                            || text.starts_with("FX0001")
                            || text.starts_with("FX0021 user: the host refused memory")
                            || text.ends_with("there was no memory to say how"),
                        "{name} at step {fail_at}: {text}"
                    );
                }
                run.world.sabotage(Sabotage::default());
                assert_eq!(run.call("probe"), Ok(Value::int(42)), "{name} at {fail_at}");
                let again = run.call(name);
                assert!(
                    again.is_ok(),
                    "{name} after step {fail_at}: {again:?}, {settled:?}"
                );
                points += 1;
                if fail_at > steps || fail_at > 400 {
                    break;
                }
                fail_at += 1;
            }
        }
    }
    println!("{points} points of failure survived");
    assert!(points > 20, "only {points} points");
}
