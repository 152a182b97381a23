//! Every function of the table: what it comes to, how it fails, and that nothing in the table goes without.

mod cases;
mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use foxvm::{Capability, Engine, ErrorKind, Fault, Limits};
use stdlib::Library;

use cases::{APART, Bad, Good, bad, good};
use support::{Arg, Place, Runner, engine, int, settings, text};

fn place(name: &str) -> Place {
    let place = Place::new(name);
    std::fs::write(place.0.join("a.txt"), "hello").unwrap();
    std::fs::create_dir_all(place.0.join("sub")).unwrap();
    place
}

fn runner(lang: &str, place: &Place) -> Runner {
    Runner::with(
        lang,
        settings().base(place.0.clone()),
        &Capability::all(),
        Limits::plugin(),
    )
}

/// Results are the same in every language (but for what Rhumb has no number for, which these do not make), and nothing is
/// left unrooted while they are made.
#[test]
fn every_function_does_what_it_says() {
    for (lang, always) in [
        ("machine", false),
        ("machine", true),
        ("fusabi", false),
        ("morph", true),
        ("rhumb", false),
        ("rhumb", true),
    ] {
        let place = place(&format!("good-{lang}-{always}"));
        let mut runner = runner(lang, &place);
        runner.world.collect_always(always);
        for Good(name, args, expected) in good() {
            let shown = runner.of(name, &args);
            assert_eq!(shown, expected, "{lang} {name} {args:?}");
        }
    }
}

#[test]
fn every_failure_names_the_function_and_the_reason() {
    for lang in ["machine", "rhumb"] {
        let place = place(&format!("bad-{lang}"));
        std::fs::create_dir_all(place.0.join("full/x")).unwrap();
        let mut runner = runner(lang, &place);
        for Bad(name, args, fault, part) in bad() {
            if lang == "rhumb"
                && args
                    .iter()
                    .any(|arg| matches!(arg, Arg::Float(x) if x.is_nan()))
            {
                continue;
            }
            let (found, message) = runner.fails(name, &args);
            // An error that Rhumb does not catch is a panic of the program.
            let message = message.trim_start_matches("panic: ");
            assert_eq!(found, fault, "{name}: {message}");
            assert!(
                message.contains(part),
                "{name}: {message:?} has no {part:?}"
            );
            assert!(
                message.starts_with(&format!("{name}: ")),
                "{name}: {message:?}"
            );
        }
    }
}

/// An argument of the wrong kind, in every place of every function, is fault type with the function's name in front.
#[test]
fn arguments_of_the_wrong_kind_are_refused() {
    let place = place("kinds");
    let mut runner = runner("machine", &place);
    let mut met = BTreeSet::new();
    let mut all: Vec<(&str, Vec<Arg>)> = good().into_iter().map(|good| (good.0, good.1)).collect();
    all.extend(apart());
    for (name, args) in all {
        for at in 0..args.len() {
            let mut wrong = args.clone();
            wrong[at] = Arg::Strange;
            if TAKES_ALL.contains(&name) {
                runner.call(name, &wrong).unwrap();
                met.insert((name.to_owned(), at));
                continue;
            }
            let (fault, message) = runner.fails(name, &wrong);
            assert_eq!(fault, Fault::Type, "{name} {at}: {message}");
            assert!(message.starts_with(&format!("{name}: ")), "{message:?}");
            assert!(message.contains("resource"), "{message:?}");
            met.insert((name.to_owned(), at));
        }
    }
    for native in runner
        .library
        .table()
        .iter()
        .flat_map(|group| &group.natives)
    {
        for at in 0..native.signature().params.len() {
            assert!(
                met.contains(&(native.name().to_owned(), at)),
                "argument {at} of {} was never wrong",
                native.name()
            );
        }
    }
}

/// Functions whose arguments may be any value.
const TAKES_ALL: [&str; 1] = ["fusabi.message"];

/// Good arguments of the functions that `cases` leaves out.
fn apart() -> Vec<(&'static str, Vec<Arg>)> {
    vec![
        ("exit", vec![int(0)]),
        ("fiber.start", vec![int(0)]),
        ("fiber.running", vec![]),
        ("fiber.cancel", vec![int(0)]),
        ("time.now", vec![]),
        ("time.monotonic", vec![]),
        ("time.parts", vec![Arg::Date(0), text("UTC")]),
        ("time.offset", vec![Arg::Date(0), text("UTC")]),
        ("time.duration", vec![int(0)]),
        ("time.of_milliseconds", vec![int(0)]),
        ("files.metadata", vec![text("a.txt")]),
        ("slip.open", vec![text("lib/a.bin")]),
        ("slip.name", vec![int(0)]),
        ("slip.size", vec![int(0)]),
        ("slip.bytes", vec![int(0)]),
    ]
}

#[test]
fn results_that_no_list_can_hold() {
    let place = place("apart");
    let mut runner = runner("machine", &place);
    let fiber = runner.call("fiber.running", &[]).unwrap();
    assert_eq!(fiber.kind_name(), "fiber");
    let refused = runner
        .call_values("fiber.cancel", std::slice::from_ref(&fiber))
        .expect_err("the host's");
    assert_eq!(
        refused.fault().map(|report| report.fault),
        Some(Fault::State)
    );
    assert_eq!(runner.fails("fiber.start", &[int(1)]).0, Fault::Type);
    let now = runner.call("time.now", &[]).unwrap();
    let foxvm::Date(now) = runner.world.read(&now).unwrap();
    assert!(now > 1_600_000_000_000_000_000);
    let span = |runner: &mut Runner, name, args: &[Arg]| {
        let value = runner.call(name, args).unwrap();
        let foxvm::Span(ns) = runner.world.read(&value).unwrap();
        ns
    };
    let before = span(&mut runner, "time.monotonic", &[]);
    let after = span(&mut runner, "time.monotonic", &[]);
    assert!(before <= after && before >= 0);
    assert_eq!(span(&mut runner, "time.duration", &[int(9)]), 9);
    let date = runner.call("time.of_milliseconds", &[int(-3)]).unwrap();
    assert_eq!(
        runner.world.read::<foxvm::Date>(&date).unwrap().0,
        -3_000_000
    );
    let berlin = [Arg::Date(1_720_000_000_000_000_000), text("Europe/Berlin")];
    assert_eq!(span(&mut runner, "time.offset", &berlin), 7_200_000_000_000);
    let parts = runner.call("time.parts", &berlin).unwrap();
    let member = |runner: &mut Runner, name: &str| {
        let text = runner.world.display(&parts).unwrap();
        assert!(text.contains(name), "{text}");
        text
    };
    for part in [
        "year", "2024", "weekday", "offset", "CEST", "yearday", "185",
    ] {
        member(&mut runner, part);
    }
    let about = runner.call("files.metadata", &[text("a.txt")]).unwrap();
    let about = runner.shown(&about);
    assert!(
        about.starts_with(r#"{"size":5,"kind":"file","modified":"20"#),
        "{about}"
    );
    let (fault, why) = runner.fails("slip.open", &[text("lib/a.bin")]);
    assert_eq!(
        (fault, why.as_str()),
        (Fault::Host, "slip.open: no literal names lib/a.bin")
    );
    runner.library.slips().add("lib/a.bin", vec![1, 0xFF]);
    let slip = runner.call("slip.open", &[text("lib/a.bin")]).unwrap();
    let again = runner.call("slip.open", &[text("lib/a.bin")]).unwrap();
    let mut of = |name, slip: &foxvm::Value| {
        let value = runner
            .call_values(name, std::slice::from_ref(slip))
            .unwrap();
        runner.shown(&value)
    };
    assert_eq!(of("slip.name", &slip), "\"a.bin\"");
    assert_eq!(of("slip.size", &slip), "2");
    assert_eq!(of("slip.bytes", &again), "01ff");
    let (one, other) = (slip.clone(), again);
    assert_eq!(
        runner.world.display(&one).unwrap(),
        runner.world.display(&other).unwrap()
    );
    assert_eq!(
        runner.fails("slip.size", &[int(1)]).1,
        "slip.size: a slip is wanted, not another resource or value"
    );
    assert!(runner.library.ended().get().is_none());
    runner.fails("exit", &[int(3)]);
    assert_eq!(runner.library.ended().get(), Some(3));
}

/// What is read back from parts is the same date, in zones with and without changes of the clocks.
#[test]
fn dates_come_back_from_their_parts() {
    let mut runner = Runner::new("machine");
    for zone in ["UTC", "Asia/Jakarta", "America/New_York", "-03:30"] {
        for day in (-80_000_i64..80_000).step_by(7_919) {
            let ns = day * 86_400_000_000_000 + 12_345_678_901;
            let parts = runner
                .call("time.parts", &[Arg::Date(ns), text(zone)])
                .unwrap();
            let zone_value = runner.value(&text(zone));
            let back = runner
                .call_values("time.of_parts", &[parts, zone_value])
                .unwrap();
            assert_eq!(
                runner.world.read::<foxvm::Date>(&back).unwrap().0,
                ns,
                "{zone}"
            );
        }
    }
}

/// Nothing in the table is untested, undocumented or unnamed; every failure that a function can have is provoked.
#[test]
fn the_table_is_complete() {
    let library = Library::new(settings());
    let mut names = BTreeSet::new();
    let good: BTreeSet<&str> = good().iter().map(|good| good.0).chain(APART).collect();
    for group in library.table() {
        assert!(!group.about.is_empty());
        for native in &group.natives {
            let name = native.name();
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            assert!(good.contains(name), "{name} is never called");
            assert!(
                name == "exit" || name.starts_with(&format!("{}.", group.name)),
                "{name} is not of group {}",
                group.name
            );
            assert!(
                native.documentation().ends_with(['.', '?']),
                "{name} has no sentence"
            );
            assert_eq!(
                native.parameter_names().len(),
                native.signature().params.len(),
                "{name} does not name its parameters"
            );
        }
    }
    for name in good.iter().chain(&APART) {
        assert!(names.contains(*name), "{name} is not in the table");
    }
}

/// Without its capability a function does not link; where the import is optional, the call is fault cap and names the flag.
#[test]
fn what_was_not_granted_is_denied() {
    let library = Library::new(settings());
    let engine: Engine = engine(&library);
    let mut denied = Runner::with("rhumb", settings(), &[], Limits::plugin());
    let mut met = 0;
    for native in library.table().iter().flat_map(|group| &group.natives) {
        let Some(capability) = native.capabilities().first() else {
            continue;
        };
        met += 1;
        let name = native.name();
        let count = native.signature().params.len();
        let (fault, message) = denied.fails(name, &vec![Arg::Empty; count]);
        assert_eq!(fault, Fault::Cap);
        assert_eq!(
            message.trim_start_matches("panic: "),
            format!(
                "{name}: the capability {capability} was not granted; --allow {capability} grants it"
            )
        );
        let mut source = String::from("module \"one\" lang machine\n");
        let types = vec!["dyn"; count].join(", ");
        let _ = writeln!(source, "import one host \"{name}\" ({types}) -> dyn");
        let module = engine.load(engine.assemble(&source).unwrap()).unwrap();
        let mut world = engine.world(Limits::plugin(), &[]).unwrap();
        let error = world.bind(&module).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::ImportDenied { capability: found, .. } if found == capability),
            "{error}"
        );
    }
    assert!(met > 10, "{met} functions need a capability");
}

/// `docs/natives.md` is written from the table: `FOX_BLESS=1 cargo test -p stdlib` rewrites it.
#[test]
fn the_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/natives.md");
    let page = stdlib::page(&Library::new(settings()).table());
    if std::env::var_os("FOX_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page,
        "docs/natives.md is stale: FOX_BLESS=1 renews it"
    );
}
