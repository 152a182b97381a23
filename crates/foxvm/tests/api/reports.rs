//! What the host is told: functions entered, panics, assertions, warnings, values shown.

use std::sync::{Arc, Mutex};

use foxvm::{Engine, Fault, Lang, TestCount, Value, World};

use crate::harness::*;

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
