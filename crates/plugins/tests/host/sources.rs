//! Plugins in sources that the daemon has a compiler for; here it is a small one: a line `load NAME` puts another file in its
//! place, `error TEXT` is an error at its place, the rest is module text.

use std::path::{Path, PathBuf};
use std::time::Instant;

use diag::{Diagnostic, Lang, Sources, Span, fp};
use foxvm::Engine;
use plugins::{Config, Entry, Failure, Flow, Host, Report, State, discover};

use crate::harness::{Folder, poll_until};

fn compile(engine: &Engine, path: &Path, files: &mut Vec<PathBuf>) -> Result<Vec<u8>, Failure> {
    let mut sources = Sources::new();
    let mut errors = Vec::new();
    let mut text = String::new();
    let mut source = |path: &Path| {
        let read = std::fs::read_to_string(path).unwrap_or_default();
        (sources.add(path.display().to_string(), &read), read)
    };
    let (main, read) = source(path);
    let mut line_of = |file, at: usize, line: &str, text: &mut String| {
        if let Some(message) = line.strip_prefix("error ") {
            let span = Span::new(file, at as u32, (at + line.len()) as u32);
            let error = Diagnostic::error(fp::CONFIG)
                .arg("path", "source")
                .arg("detail", message);
            errors.push(error.primary(span, None));
        } else {
            text.push_str(line);
            text.push('\n');
        }
    };
    let mut at = 0;
    for line in read.lines() {
        match line.strip_prefix("load ") {
            Some(name) => {
                let beside = path.with_file_name(name);
                let (file, read) = source(&beside);
                files.push(beside);
                let mut at = 0;
                for line in read.lines() {
                    line_of(file, at, line, &mut text);
                    at += line.len() + 1;
                }
            }
            None => line_of(main, at, line, &mut text),
        }
        at += line.len() + 1;
    }
    match Failure::of(errors, sources) {
        Some(failure) => Err(failure),
        None => Ok(engine.assemble(&text)?),
    }
}

fn host() -> Host {
    let builder = Host::builder().compiler_of_files("fsx", compile);
    builder.build().unwrap()
}

fn write(folder: &Folder, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn answers(answer: &str) -> String {
    format!(
        "module \"p\" lang machine\nfn onOutput(line: text) -> text export {{\n push \"{answer}\"\n ret\n}}\n"
    )
}

fn entry(path: &Path) -> Entry {
    Entry::new("p", path).grant("output-filtering")
}

fn said(answer: &str) -> Flow<String> {
    Flow::Changed(answer.to_owned())
}

#[test]
fn a_folder_may_hold_sources() {
    let folder = Folder::new();
    write(&folder, "p.fsx", &answers("one"));
    let found = discover(&[folder.path().to_owned()], &["fza", "fzb", "fsx"]);
    assert_eq!(found.len(), 1);
    let config = Config::parse(
        "[[plugin]]\nname = \"p\"\npath = \"p.fsx\"\ngrants = [\"output-filtering\"]\n",
        "plugins.toml",
        folder.path(),
    );
    let mut host = host();
    host.load_all(&config.unwrap());
    assert_eq!(host.output("x"), said("one"));
    // Without a compiler it is no plugin.
    let failure = Host::new()
        .unwrap()
        .load(entry(&folder.path().join("p.fsx")));
    assert_eq!(failure.unwrap_err().diagnostic.code.to_string(), "FC05");
}

#[test]
fn all_errors_of_a_source_are_told_with_their_places() {
    let folder = Folder::new();
    write(&folder, "part.fsx", "\nerror third\n");
    let path = write(
        &folder,
        "p.fsx",
        "error first\nfine\nerror second\nload part.fsx\n",
    );
    let mut host = host();
    let failure = host.load(entry(&path)).unwrap_err();
    assert_eq!(failure.diagnostics().count(), 3);
    let text = failure.to_string();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(
        text.contains("first") && text.contains("second") && text.contains("third"),
        "{text}"
    );
    let reports = host.take_reports();
    let told = reports.iter().find_map(|report| match report {
        Report::Refused { failure, .. } => Some(failure),
        _ => None,
    });
    let told = told.expect("a refusal");
    let lines: Vec<(String, usize)> = told
        .diagnostics()
        .map(|diagnostic| {
            let label = diagnostic.main_label().expect("a place");
            let place = told
                .sources
                .position(label.span.file, label.span.start as usize)
                .expect("a line");
            let name = told.sources.name(label.span.file).unwrap_or_default();
            (
                name.rsplit('/').next().unwrap_or_default().to_owned(),
                place.line,
            )
        })
        .collect();
    let at = |name: &str, line| (name.to_owned(), line);
    assert_eq!(lines, [at("p.fsx", 1), at("p.fsx", 3), at("part.fsx", 2)]);
    assert_eq!(host.state("p"), Some(State::Failed));
    assert!(!failure.message(Lang::Indonesian).is_empty());
}

#[test]
fn a_source_is_compiled_again_when_it_or_what_it_loads_changes() {
    let folder = Folder::new();
    write(&folder, "part.fsx", &answers("one"));
    let path = write(&folder, "p.fsx", "load part.fsx\n");
    let mut host = host();
    host.load(entry(&path)).unwrap();
    assert_eq!(host.output("x"), said("one"));
    let reloaded = |report: &Report| matches!(report, Report::Reloaded { .. });
    write(&folder, "part.fsx", &answers("second"));
    poll_until(&mut host, Instant::now(), reloaded);
    assert_eq!(host.output("x"), said("second"));
    // Errors in it keep the old version, and the file stays watched.
    write(&folder, "part.fsx", "error not yet\nerror nor this\n");
    let told = poll_until(&mut host, Instant::now(), |report| {
        matches!(report, Report::Kept { .. })
    });
    assert!(told.iter().any(|report| matches!(report, Report::Refused { failure, .. } if failure.diagnostics().count() == 2)));
    assert_eq!(host.output("x"), said("second"));
    write(&folder, "part.fsx", &answers("the third"));
    poll_until(
        &mut host,
        Instant::now() + std::time::Duration::from_secs(60),
        reloaded,
    );
    assert_eq!(host.output("x"), said("the third"));
    write(&folder, "p.fsx", &answers("alone"));
    poll_until(&mut host, Instant::now(), reloaded);
    assert_eq!(host.output("x"), said("alone"));
    // What it does not load any more is not waited for.
    std::fs::remove_file(folder.path().join("part.fsx")).unwrap();
    write(&folder, "p.fsx", &answers("still alone"));
    poll_until(&mut host, Instant::now(), reloaded);
    assert_eq!(host.output("x"), said("still alone"));
}

#[test]
fn a_source_that_failed_at_first_is_tried_when_what_it_loads_is_mended() {
    let folder = Folder::new();
    write(&folder, "part.fsx", "error broken\n");
    let path = write(&folder, "p.fsx", "load part.fsx\n");
    let mut host = host();
    assert!(host.load(entry(&path)).is_err());
    write(&folder, "part.fsx", &answers("mended"));
    poll_until(&mut host, Instant::now(), |report| {
        matches!(
            report,
            Report::State {
                to: State::Running,
                ..
            }
        )
    });
    assert_eq!(host.output("x"), said("mended"));
}
