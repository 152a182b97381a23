//! New versions of files take the old one's place with its state, or do not.

use std::time::Instant;

use plugins::{Flow, Host, Report, State};

use crate::harness::{Folder, THROWS, faults, host, poll_until};

/// Counts lines, and keeps the count as a text of so many dots. `mark` tells the versions apart.
fn counting(mark: &str, more: &str) -> String {
    format!(
        "static dots: text mutable\n\
         fn main() {{\n push \"\"\n store_static dots\n unit\n ret\n}}\n\
         fn onOutput(line: text) -> text export {{\n load_static dots\n push \".\"\n concat 2\n store_static dots\n push \"{mark}\"\n load_static dots\n concat 2\n ret\n}}\n\
         fn saveState() -> text export {{\n load_static dots\n ret\n}}\n\
         fn restoreState(state: text) -> unit export {{\n load state\n store_static dots\n unit\n ret\n}}\n\
         {more}entry main\n"
    )
}

fn changed(text: &str) -> Flow<String> {
    Flow::Changed(text.to_owned())
}

#[test]
fn a_new_version_goes_on_with_the_state_of_the_old() {
    let folder = Folder::new();
    let mut host = host([folder.plugin("counts", &counting("a", ""))]);
    assert_eq!(host.output("x"), changed("a."));
    folder.write("counts", &counting("bb", ""));
    let start = Instant::now();
    host.poll(start);
    assert_eq!(host.output("x"), changed("a.."), "not before it rests");
    poll_until(&mut host, start, |report| {
        matches!(report, Report::Reloaded { .. })
    });
    assert_eq!(host.output("x"), changed("bb..."));
    assert_eq!(host.metrics()[0].reloads, 1);
}

#[test]
fn a_version_that_fails_is_not_taken_and_says_why() {
    let folder = Folder::new();
    let mut host = host([folder.plugin("counts", &counting("a", ""))]);
    host.output("x");
    let refuses = "type Result = union { Ok, Error { why: text } }\n\
        fn onLoad() export {\n push \"not today\"\n case Result Error\n ret\n}\n";
    let broken = [
        ("no module text".to_owned(), "FC26"),
        (
            counting(
                "b",
                "import fly host \"fly\" () -> unit\nfn f() {\n call_ffi fly\n ret\n}\n",
            ),
            "FP06",
        ),
        (counting("b", refuses), "not today"),
        (
            counting(
                "b",
                "fn onLoad() -> unit export {\nagain:\n jump again\n}\n",
            ),
            "FX0008",
        ),
    ];
    for (text, wanted) in broken {
        folder.write("counts", &text);
        let failure = host.reload("counts").expect_err(wanted);
        assert!(failure.to_string().contains(wanted), "{wanted}: {failure}");
        let kept = host.take_reports().into_iter().any(
            |report| matches!(report, Report::Kept { why, .. } if why.code.to_string() == "FP13"),
        );
        assert!(kept, "{wanted}");
        let metrics = host.metrics();
        assert!(
            metrics[0]
                .not_taken
                .as_ref()
                .is_some_and(|why| why.contains(wanted))
        );
        assert_eq!((metrics[0].reloads, metrics[0].state), (0, State::Running));
    }
    assert_eq!(host.output("x"), changed("a.."), "the old one went on");
    folder.write("counts", &counting("b", ""));
    host.reload("counts").unwrap();
    assert_eq!(host.output("x"), changed("b..."));
    assert_eq!(host.metrics()[0].not_taken, None);
}

#[test]
fn the_old_version_is_told_and_the_data_store_stays() {
    let folder = Folder::new();
    let body = |say: &str| {
        format!(
            "import set host \"data.set\" (text, text) -> bool\nimport get host \"data.get\" (text) -> dyn\nimport notify host \"notify\" (text) -> unit\n\
             fn onOutput(line: text) export {{\n push \"k\"\n call_ffi get\n push \"k\"\n load line\n call_ffi set\n pop\n ret\n}}\n\
             fn onUnload() -> unit export {{\n push \"bye {say}\"\n call_ffi notify\n ret\n}}\n\
             fn onLoad() -> unit export {{\n push \"hello {say}\"\n call_ffi notify\n ret\n}}\n"
        )
    };
    let mut host = host([folder.plugin("keeps", &body("one"))]);
    assert_eq!(host.output("first"), Flow::Pass);
    folder.write("keeps", &body("two"));
    host.reload("keeps").unwrap();
    assert_eq!(host.output("second"), changed("first"));
    let said: Vec<String> = host
        .take_commands()
        .into_iter()
        .filter_map(|(_, command)| match command {
            plugins::Command::Notify { body, .. } => Some(body),
            _ => None,
        })
        .collect();
    assert_eq!(said, ["hello one", "bye one", "hello two"]);
    assert_eq!(faults(&mut host), Vec::<String>::new());
}

#[test]
fn a_mended_plugin_is_switched_on_again() {
    let folder = Folder::new();
    let mut host = host([folder.plugin("mended", THROWS)]);
    (0..3).for_each(|_| drop(host.output("x")));
    assert_eq!(host.state("mended"), Some(State::Suspended));
    folder.write("mended", &counting("m", ""));
    poll_until(&mut host, Instant::now(), |report| {
        matches!(report, Report::Reloaded { .. })
    });
    assert_eq!(host.state("mended"), Some(State::Running));
    assert_eq!(host.output("x"), changed("m."));
}

#[test]
fn a_plugin_that_failed_is_tried_again_when_its_file_changes() {
    let folder = Folder::new();
    let mut host = Host::new().unwrap();
    assert!(host.load(folder.plugin("late", "nonsense")).is_err());
    assert_eq!(host.state("late"), Some(State::Failed));
    folder.write("late", &counting("m", ""));
    poll_until(&mut host, Instant::now(), |report| {
        matches!(
            report,
            Report::State {
                to: State::Running,
                ..
            }
        )
    });
    assert_eq!(host.output("x"), changed("m."));
}
