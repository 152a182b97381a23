//! What is written reads back the same.

mod support;

use proptest::prelude::*;
use std::cell::RefCell;

use support::{Arg, Runner, json, text};

thread_local! {
    static RUNNERS: RefCell<Vec<Runner>> = RefCell::new(
        ["machine", "rhumb"].into_iter().map(Runner::new).collect(),
    );
}

/// Does `check` with a World of each form of maps.
fn with(check: impl Fn(&mut Runner)) {
    RUNNERS.with_borrow_mut(|runners| runners.iter_mut().for_each(&check));
}

fn tree() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |x| x.is_finite())
            .prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z0-9狐\"\\\\ ]{0,4}", inner, 0..40)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// What we write is JSON that another reader understands, and what another wrote we understand.
    #[test]
    fn json_comes_back(value in tree(), indent in 0_i64..4) {
        with(|runner| {
            let read = runner.call("json.parse", &[text(value.to_string())]).unwrap();
            let written = runner.call_values("json.write", std::slice::from_ref(&read)).unwrap();
            let written: String = runner.world.read(&written).unwrap();
            assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
            let indent = runner.value(&Arg::Int(indent));
            let pretty = runner.call_values("json.write_pretty", &[read, indent]).unwrap();
            let pretty: String = runner.world.read(&pretty).unwrap();
            assert_eq!(serde_json::from_str::<serde_json::Value>(&pretty).unwrap(), value);
        });
    }

    #[test]
    fn csv_comes_back(
        rows in prop::collection::vec(prop::collection::vec("[a-z,;\"\n\r狐 ]{0,6}", 1..5), 0..6),
        semicolon in any::<bool>(),
    ) {
        let separator = text(if semicolon { ";" } else { "," });
        with(|runner| {
            let table = json(serde_json::to_string(&rows).unwrap());
            let written = runner.call("csv.write", &[table, separator.clone()]).unwrap();
            let separator = runner.value(&separator);
            let read = runner.call_values("csv.parse", &[written, separator]).unwrap();
            let shown = runner.shown(&read);
            assert_eq!(serde_json::from_str::<Vec<Vec<String>>>(&shown).unwrap(), rows);
        });
    }

    #[test]
    fn bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        with(|runner| {
            for (out, back) in [
                ("base64.encode", "base64.decode"),
                ("base64.encode_url", "base64.decode_url"),
                ("hex.encode", "hex.decode"),
            ] {
                let written = runner.call(out, &[Arg::Bytes(bytes.clone())]).unwrap();
                let read = runner.call_values(back, &[written]).unwrap();
                assert_eq!(runner.world.read::<Vec<u8>>(&read).unwrap(), bytes);
            }
        });
    }

    #[test]
    fn texts_come_back(line in ".{0,40}", separator in ".{1,2}") {
        with(|runner| {
            let parts = runner.call("text.split", &[text(line.clone()), text(separator.clone())]).unwrap();
            let between = runner.value(&text(separator.clone()));
            let joined = runner.call_values("text.join", &[parts, between]).unwrap();
            assert_eq!(runner.world.read::<String>(&joined).unwrap(), line);
            for (out, back) in [("text.codes", "text.of_codes"), ("text.bytes", "text.of_bytes"), ("text.reverse", "text.reverse")] {
                let there = runner.call(out, &[text(line.clone())]).unwrap();
                let again = runner.call_values(back, &[there]).unwrap();
                assert_eq!(runner.world.read::<String>(&again).unwrap(), line);
            }
        });
    }

    /// Nothing that reads texts ends in anything but a result or an error, whatever the text.
    #[test]
    fn readers_take_everything(line in "\\PC{0,60}", other in "\\PC{0,10}") {
        with(|runner| {
            for (name, args) in [
                ("json.parse", vec![text(line.clone())]),
                ("csv.parse", vec![text(line.clone()), text(",")]),
                ("base64.decode", vec![text(line.clone())]),
                ("hex.decode", vec![text(line.clone())]),
                ("regex.find_all", vec![text(line.clone()), text(other.clone())]),
                ("regex.replace", vec![text(line.clone()), text("."), text(other.clone())]),
                ("time.of_iso", vec![text(line.clone())]),
                ("time.parse", vec![text(line.clone()), text(other.clone()), text("UTC")]),
                ("time.format", vec![Arg::Date(1), text(line.clone()), text("UTC")]),
                ("time.offset", vec![Arg::Date(1), text(other.clone())]),
            ] {
                if let Err(error) = runner.call(name, &args) {
                    let fault = error.fault().unwrap_or_else(|| panic!("{error}")).fault;
                    assert!(fault.raisable(), "{name} {args:?}: {error}");
                }
            }
        });
    }
}
