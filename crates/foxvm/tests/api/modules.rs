//! Files: what is refused, bounds, known ones, Worlds and threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use foxvm::{Engine, ErrorKind, Limits, MessageLang};

use crate::harness::*;

#[test]
fn bad_files_are_refused_with_their_rule() {
    let engine = Engine::new();
    let error = engine.load(vec![]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::File(found) if found.code() == "FV01"));
    assert!(error.to_string().starts_with("FV01: "), "{error}");
    let mut bytes = engine.assemble(ECHO).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    assert!(
        matches!(engine.load(bytes).unwrap_err().kind(), ErrorKind::File(found) if found.code() == "FV10")
    );
    let text = "module \"bad\"\nfn f() -> int {\n unit\n ret\n}\nfn g() export {\n unit\n ret\n}\n";
    let bytes = engine.assemble(text).unwrap();
    let error = engine.load(bytes.clone()).unwrap_err();
    match error.kind() {
        ErrorKind::Refused {
            refusal,
            function,
            instruction,
        } => {
            assert_eq!(
                (refusal.rule, function.as_str(), instruction.as_str()),
                (4, "f", "ret")
            );
        }
        other => panic!("{other:?}"),
    }
    let catalogue = diag::Catalogue::for_lang(MessageLang::English);
    assert_eq!(
        catalogue.faults_of(&error.diagnostic()),
        Vec::<String>::new()
    );
    assert!(engine.load_lazy(bytes).is_ok());
    let mistakes = engine
        .assemble("module \"x\"\nfn f() {\n frob\n ret\n}\n")
        .unwrap_err();
    assert!(matches!(mistakes.kind(), ErrorKind::Text(list) if list[0].line == 3));
}

#[test]
fn the_engine_bounds_modules() {
    let bytes = Engine::new().assemble(ECHO).unwrap();
    let engine = Engine::builder().module_bytes(bytes.len()).build().unwrap();
    let module = engine.load(bytes.clone()).unwrap();
    assert_eq!(module.name(), "echo");
    let other = engine.assemble(LOOP).unwrap();
    assert!(matches!(
        engine.load(other).unwrap_err().kind(),
        ErrorKind::Resources { .. }
    ));
}

#[cfg(unix)]
#[test]
fn kept_modules_are_known() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("foxvm-store-{}", std::process::id()));
    let engine = Engine::builder().store(&folder).build().unwrap();
    let module = load(&engine, ECHO);
    let path = engine.keep(&module).unwrap();
    assert_eq!(
        std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    let fresh = Engine::builder().store(&folder).build().unwrap();
    let known = fresh
        .load_known(module.hash())
        .unwrap()
        .expect("it was kept");
    let by_path = fresh.load_file(&path).unwrap();
    assert_eq!(by_path.bytes(), module.bytes());
    let mut world = fresh.world(Limits::plugin(), &[]).unwrap();
    let echo = world.bind(&known).unwrap();
    assert_eq!(
        echo.function::<(i64,), i64>("int")
            .unwrap()
            .call(&mut world, (3,))
            .unwrap(),
        3
    );
    let other = load(&Engine::new(), LOOP);
    assert!(fresh.load_known(other.hash()).unwrap().is_none());
    assert!(matches!(
        Engine::new().keep(&other).unwrap_err().kind(),
        ErrorKind::Io { .. }
    ));
    assert!(matches!(
        fresh.load_file("/nowhere/at/all.fzb").unwrap_err().kind(),
        ErrorKind::Io { .. }
    ));
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Engine::builder().store(&folder).build().is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn worlds_share_nothing_and_move_between_threads() {
    let engine = Engine::new();
    let total = Arc::new(AtomicI64::new(0));
    let sink = total.clone();
    engine
        .function("host", move |number: i64, _: &str| {
            sink.fetch_add(number, Ordering::Relaxed);
            number
        })
        .unwrap();
    let module = load(&engine, CALLER);
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (engine, module) = (engine.clone(), module.clone());
            std::thread::spawn(move || {
                let mut world = engine.world(Limits::plugin(), &[]).unwrap();
                let caller = world.bind(&module).unwrap();
                let run = caller.function::<(i64, &str), i64>("run").unwrap();
                for _ in 0..500 {
                    assert_eq!(run.call(&mut world, (thread, "t")).unwrap(), thread);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(total.load(Ordering::Relaxed), 500 * (1 + 2 + 3));
}
