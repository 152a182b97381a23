//! The conformance programs of `spec/fusabi/` come to what stands in them (`spec/fusabi/README.md`): on both dispatchers, and
//! with a collection at every allocation.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use foxvm::{Capability, Dispatch, Engine, Fault, Limits, Stream};
use fusabi::CompileOptions;
use fusabi::check::{CheckOptions, NoLoader, check};
use stdlib::{Library, Settings};

use crate::harness::Place;

/// How long a program may run.
const LONGEST: Duration = Duration::from_secs(60);

/// How long one may run that collects at every allocation; what takes longer is not judged.
const COLLECTING: Duration = Duration::from_secs(10);

/// What a program says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Claims {
    output: Vec<String>,
    fault: Option<String>,
    needs: Vec<String>,
}

impl Claims {
    fn of(text: &str) -> Claims {
        let mut claims = Claims::default();
        for line in text.lines().map(str::trim_start) {
            if let Some(expected) = line.strip_prefix("// expect: ") {
                claims.output.push(expected.to_owned());
            } else if line == "// expect:" {
                claims.output.push(String::new());
            } else if let Some(message) = line.strip_prefix("// expect-fault: ") {
                claims.fault = Some(message.to_owned());
            } else if let Some(names) = line.strip_prefix("// needs: ") {
                claims
                    .needs
                    .extend(names.split_whitespace().map(str::to_owned));
            }
        }
        claims
    }
}

/// What a run came to.
struct Ran {
    output: Vec<String>,
    fault: Option<String>,
    late: bool,
}

/// How a program is run.
#[derive(Clone, Copy, Default)]
struct How {
    dispatch: Dispatch,
    /// Collect at every allocation.
    collect: bool,
}

fn compiled(name: &str, text: &str) -> Result<Vec<u8>, String> {
    let checked = check(name, text, &mut NoLoader, &CheckOptions::default());
    let Some(program) = &checked.program else {
        return Err(format!("{:?}", checked.problems));
    };
    let options = CompileOptions {
        name: "program",
        ..CompileOptions::default()
    };
    let tables = fusabi::compile(program, &options).map_err(|error| error.to_string())?;
    fzb::write::write(&tables).map_err(|error| error.to_string())
}

fn run(bytes: Vec<u8>, claims: &Claims, folder: &Path, how: How) -> Result<Ran, String> {
    let engine = Engine::builder()
        .dispatch(how.dispatch)
        .build()
        .map_err(|error| error.to_string())?;
    let settings = Settings::new().base(folder).input(std::io::empty());
    let library = Library::new(settings);
    library
        .register(&engine)
        .map_err(|error| error.to_string())?;
    let granted: Vec<Capability> = claims
        .needs
        .iter()
        .map(|name| name.parse().map_err(|_| format!("no capability: {name}")))
        .collect::<Result<_, _>>()?;
    let deadline = Some(if how.collect { COLLECTING } else { LONGEST });
    let limits = Limits {
        deadline,
        ..Limits::program()
    };
    let mut world = engine
        .world(limits, &granted)
        .map_err(|error| error.to_string())?;
    let output = Arc::new(Mutex::new(Vec::new()));
    let sink = output.clone();
    world.set_output(move |stream, bytes| {
        if matches!(stream, Stream::Out) {
            sink.lock().expect("one thread").extend_from_slice(bytes);
        }
        Ok(())
    });
    world.collect_always(how.collect);
    let module = engine.load(bytes).map_err(|error| error.to_string())?;
    // What it started goes on when its main part has ended.
    let ended = world.bind(&module).and_then(|_| world.conclude());
    let output = String::from_utf8_lossy(&output.lock().expect("one thread")).into_owned();
    let mut ran = Ran {
        output: output.lines().map(str::to_owned).collect(),
        fault: None,
        late: false,
    };
    match ended {
        Ok(()) => Ok(ran),
        // `exit` ends a program as an interrupt does.
        Err(_) if library.ended().get().is_some() => Ok(ran),
        Err(error) => match error.fault() {
            Some(report) => {
                ran.late = report.fault == Fault::Deadline;
                ran.fault = Some(report.message.clone());
                Ok(ran)
            }
            None => Err(error.to_string()),
        },
    }
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/fusabi");
    let mut found = Vec::new();
    for folder in [folder.clone(), folder.join("library")] {
        let entries = std::fs::read_dir(&folder).expect("the folder of programs");
        found.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    found.retain(|path| path.extension().is_some_and(|ending| ending == "fsx"));
    found.sort();
    found
}

/// The first line in which two texts differ.
fn difference(expected: &[String], found: &[String]) -> Option<String> {
    let count = expected.len().max(found.len());
    (0..count).find_map(|at| {
        let (expected, found) = (expected.get(at), found.get(at));
        (expected != found).then(|| format!("line {}: {expected:?}, found {found:?}", at + 1))
    })
}

fn judge(claims: &Claims, ran: &Ran) -> Result<(), String> {
    if let Some(difference) = difference(&claims.output, &ran.output) {
        return Err(format!("{difference} (fault: {:?})", ran.fault));
    }
    if claims.fault != ran.fault {
        return Err(format!("{:?}, ended with {:?}", claims.fault, ran.fault));
    }
    Ok(())
}

fn all(name: &str, how: How) {
    let place = Place::new(name);
    let found = programs();
    assert!(found.len() > 30, "{} programs", found.len());
    let mut wrong = Vec::new();
    let mut judged = 0;
    for path in &found {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(path).expect("a readable program");
        let claims = Claims::of(&text);
        let ran = compiled(&file, &text).and_then(|bytes| run(bytes, &claims, &place.0, how));
        let judgement = match &ran {
            Ok(ran) if how.collect && ran.late => continue,
            Ok(ran) => judge(&claims, ran),
            Err(error) => Err(error.clone()),
        };
        judged += 1;
        if let Err(why) = judgement {
            wrong.push(format!("{file}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(judged * 2 > found.len(), "only {judged} were judged");
}

#[test]
fn programs_come_to_what_stands_in_them() {
    all("programs", How::default());
}

#[test]
fn programs_come_to_the_same_on_the_loop_dispatcher() {
    let dispatch = Dispatch::Loop;
    all(
        "loop",
        How {
            dispatch,
            collect: false,
        },
    );
}

#[test]
fn programs_come_to_the_same_with_a_collection_at_every_allocation() {
    let dispatch = Dispatch::default();
    all(
        "collect",
        How {
            dispatch,
            collect: true,
        },
    );
}

#[test]
fn a_program_that_prints_something_else_is_found_out() {
    let text = "// needs: clock\nprintfn \"%d\" 1\n// expect: 2\nfailwith \"this\"\n// expect-fault: that\n";
    let claims = Claims::of(text);
    assert_eq!(claims.needs, ["clock"]);
    assert_eq!(claims.fault.as_deref(), Some("that"));
    let bytes = compiled("p.fsx", text).unwrap();
    let ran = run(bytes, &claims, Path::new("."), How::default()).unwrap();
    assert_eq!(
        judge(&claims, &ran).unwrap_err(),
        "line 1: Some(\"2\"), found Some(\"1\") (fault: Some(\"this\"))"
    );
    let printed = Claims {
        output: vec!["1".to_owned()],
        ..claims
    };
    assert!(judge(&printed, &ran).unwrap_err().contains("this"));
}
