//! Grants in part: nothing outside the granted folders is reached, by whatever path.

#![cfg(unix)]

mod support;

use std::os::unix::fs::symlink;

use foxvm::{Capability, Fault, Limits};

use support::{Arg, Place, Runner, settings, text};

/// A tree with a folder `in` that is granted and secrets around it, with ways out in it.
fn tree(name: &str) -> Place {
    let place = Place::new(name);
    std::fs::create_dir_all(place.0.join("in/sub")).unwrap();
    std::fs::create_dir_all(place.0.join("inside-not")).unwrap();
    std::fs::write(place.0.join("in/a.txt"), "mine").unwrap();
    std::fs::write(place.0.join("secret"), "secret").unwrap();
    std::fs::write(place.0.join("inside-not/secret"), "secret").unwrap();
    symlink(place.0.join("secret"), place.0.join("in/absolute")).unwrap();
    symlink("../secret", place.0.join("in/relative")).unwrap();
    symlink("..", place.0.join("in/up")).unwrap();
    symlink("/", place.0.join("in/root")).unwrap();
    symlink("a.txt", place.0.join("in/own")).unwrap();
    symlink("loop", place.0.join("in/loop")).unwrap();
    place
}

fn runner(place: &Place, granted: &[&str]) -> Runner {
    let granted: Vec<Capability> = granted
        .iter()
        .map(|name| Capability::parse(name).unwrap())
        .collect();
    Runner::with(
        "rhumb",
        settings().base(place.0.clone()),
        &granted,
        Limits::plugin(),
    )
}

#[test]
fn no_path_leads_out_of_a_granted_folder() {
    let place = tree("out");
    let whole = format!("fs-read={}", place.path("in"));
    for grant in ["fs-read=in", "fs-read=./in", &whole] {
        // `./in` names the folder by another word than paths do; only the words given lead in.
        let prefix = if grant == "fs-read=./in" {
            "./in"
        } else {
            "in"
        };
        let mut runner = runner(&place, &[grant, "fs-write=in"]);
        let from = |rest: &str| text(format!("{prefix}/{rest}"));
        assert_eq!(runner.of("files.read_text", &[from("a.txt")]), "\"mine\"");
        assert_eq!(runner.of("files.read_text", &[from("own")]), "\"mine\"");
        assert_eq!(
            runner.of("files.read_text", &[from("sub/../a.txt")]),
            "\"mine\""
        );
        for name in [
            "files.read_text",
            "files.read_bytes",
            "files.list",
            "files.exists",
            "files.metadata",
        ] {
            for way in [
                from("absolute"),
                from("relative"),
                from("up/secret"),
                from("root/etc"),
                from("../secret"),
                from("sub/../../secret"),
                text("secret"),
                text("../out"),
                text("/etc/hostname"),
                text("inside-not/secret"),
                text(place.path("secret")),
                text(place.path("inside-not")),
                text(place.path("in/../secret")),
            ] {
                let (fault, message) = runner.fails(name, std::slice::from_ref(&way));
                assert_eq!(fault, Fault::Cap, "{grant} {name} {way:?}: {message}");
                assert!(
                    message.ends_with("--allow fs-read=FOLDER grants one"),
                    "{message}"
                );
                assert!(!message.contains("mine"), "{message}");
            }
        }
        let (fault, _) = runner.fails("files.read_text", &[from("loop")]);
        assert_eq!(fault, Fault::Host);
    }
}

#[test]
fn nothing_is_written_outside_of_a_granted_folder() {
    let place = tree("written");
    let mut runner = runner(&place, &["fs-write=in"]);
    for way in [
        "in/../new",
        "in/up/new",
        "in/root/tmp/fox-new",
        "new",
        "inside-not/new",
    ] {
        for name in ["files.write", "files.append"] {
            let (fault, message) = runner.fails(name, &[text(way), text("x")]);
            assert_eq!(fault, Fault::Cap, "{name} {way}: {message}");
        }
        let (fault, message) = runner.fails("files.make_dir", &[text(format!("{way}/deep"))]);
        assert_eq!(fault, Fault::Cap, "make_dir {way}: {message}");
    }
    for way in ["in/../secret", "in/up/secret", "secret"] {
        let (fault, _) = runner.fails("files.remove", &[text(way)]);
        assert_eq!(fault, Fault::Cap, "{way}");
    }
    // A link that leads out is replaced or removed itself; what it leads to stays.
    runner
        .call("files.write", &[text("in/absolute"), text("own")])
        .unwrap();
    runner.call("files.remove", &[text("in/relative")]).unwrap();
    let (fault, _) = runner.fails("files.append", &[text("in/up/secret"), text("x")]);
    assert_eq!(fault, Fault::Cap);
    assert_eq!(
        std::fs::read_to_string(place.0.join("secret")).unwrap(),
        "secret"
    );
    assert_eq!(
        std::fs::read_to_string(place.0.join("in/absolute")).unwrap(),
        "own"
    );
    assert!(!place.0.join("in/relative").exists());
    // To write is not to read.
    let (fault, message) = runner.fails("files.read_text", &[text("in/a.txt")]);
    assert_eq!(fault, Fault::Cap, "{message}");
    let left: Vec<String> = std::fs::read_dir(place.0.join("in"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".fox-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Readers see the old content or the new one while a file is replaced again and again.
#[test]
fn a_file_is_replaced_whole() {
    let place = tree("whole");
    let path = place.0.join("in/a.txt");
    std::fs::write(&path, "a".repeat(20_000)).unwrap();
    let mut runner = runner(&place, &["fs-write=in"]);
    let reader = std::thread::spawn(move || {
        let mut seen = 0;
        while seen < 300 {
            let content = std::fs::read(&path).unwrap();
            let first = *content.first().expect("never empty");
            assert_eq!(content.len(), 20_000);
            assert!(content.iter().all(|byte| *byte == first));
            seen += 1;
        }
    });
    let mut turn = 0_u8;
    while !reader.is_finished() {
        turn = (turn + 1) % 26;
        let content = String::from(char::from(b'a' + turn)).repeat(20_000);
        runner
            .call("files.write", &[text("in/a.txt"), text(content)])
            .unwrap();
    }
    reader.join().unwrap();
}

#[test]
fn what_never_ends_is_not_read() {
    let mut whole = Runner::new("machine");
    for path in ["/dev/zero", "/dev/tty"] {
        if std::path::Path::new(path).exists() {
            let (fault, message) = whole.fails("files.read_bytes", &[text(path)]);
            assert_eq!(fault, Fault::Host, "{message}");
        }
    }
    let place = tree("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(place.0.join("in/pipe"))
        .status();
    if made.is_ok_and(|status| status.success()) {
        let mut runner = runner(&place, &["fs-read=in", "fs-write=in"]);
        for (name, args) in [
            ("files.read_text", vec![text("in/pipe")]),
            ("files.append", vec![text("in/pipe"), text("x")]),
        ] {
            let (fault, message) = runner.fails(name, &args);
            assert_eq!(fault, Fault::Host, "{message}");
        }
    }
}

#[test]
fn variables_are_granted_by_name() {
    let place = tree("env");
    let mut granted = runner(&place, &["env=CARGO_MANIFEST_DIR"]);
    let shown = granted.of("env.get", &[text("CARGO_MANIFEST_DIR")]);
    assert!(shown.contains("stdlib"), "{shown}");
    let (fault, message) = granted.fails("env.get", &[text("HOME")]);
    assert_eq!(fault, Fault::Cap);
    assert_eq!(
        message.trim_start_matches("panic: "),
        "env.get: the variable HOME was not granted; --allow env=HOME grants it"
    );
    assert_eq!(granted.of("env.args", &[]), r#"["first","zweites"]"#);
    let (fault, _) = granted.fails("env.get", &[Arg::Int(1)]);
    assert_eq!(fault, Fault::Type);
}
