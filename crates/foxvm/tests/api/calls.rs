//! Values over the border, typed handles, handles of values.

use foxvm::{Dispatch, Engine, ErrorKind, Fault, MessageLang, Value};

use crate::harness::*;

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
