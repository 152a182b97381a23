//! Answers take effect along the chain, in the order of the plugins.

use plugins::{Flow, Key, Report};

use crate::harness::{Folder, IDLE, appends, faults, host};

/// A union of the module's own, as Fusabi's `Action` is.
const ACTION: &str = "type Action = union { Continue, Stop, Modify { text: text }, ModifyBytes { bytes: bytes }, Odd { n: int } }\n";

#[test]
fn each_plugin_sees_what_the_one_before_made() {
    let folder = Folder::new();
    let mut host = host([
        folder.plugin("a", &appends("a")),
        folder.plugin("idle", IDLE),
        folder.plugin("b", &appends("b")),
    ]);
    assert_eq!(host.output("x"), Flow::Changed("xab".to_owned()));
}

#[test]
fn what_nobody_changes_passes() {
    let folder = Folder::new();
    let mut host = host([folder.plugin("idle", IDLE)]);
    assert_eq!(host.output("x"), Flow::Pass);
}

#[test]
fn stop_ends_the_chain_and_takes_the_line_away() {
    let folder = Folder::new();
    let stops = format!(
        "{ACTION}fn onOutput(line: text) export {{\n load line\n push \"secret\"\n intrinsic text.contains\n jump_if stop\n push (case Action Continue)\n ret\nstop:\n push (case Action Stop)\n ret\n}}\n"
    );
    let mut host = host([
        folder.plugin("stops", &stops),
        folder.plugin("a", &appends("!")),
    ]);
    assert_eq!(host.output("a secret"), Flow::Stopped);
    assert_eq!(host.output("open"), Flow::Changed("open!".to_owned()));
    let calls = |host: &mut plugins::Host, at: usize| host.metrics()[at].hooks[0].calls;
    assert_eq!(calls(&mut host, 0), 2);
    assert_eq!(calls(&mut host, 1), 1, "the stopped line never came");
}

#[test]
fn booleans_cases_and_bytes_are_answers() {
    let folder = Folder::new();
    let answers = |name: &str, body: &str| {
        let text = format!("{ACTION}fn onOutput(line: text) export {{\n {body}\n ret\n}}\n");
        folder.plugin(name, &text)
    };
    let cases = [
        ("false", Flow::Stopped),
        ("true", Flow::Pass),
        ("unit", Flow::Pass),
        ("push (case Action Continue)", Flow::Pass),
        (
            "push \"new\"\n case Action Modify",
            Flow::Changed("new".to_owned()),
        ),
        (
            "push b\"new\"\n case Action ModifyBytes",
            Flow::Changed("new".to_owned()),
        ),
        ("push b\"new\"", Flow::Changed("new".to_owned())),
    ];
    for (index, (body, wanted)) in cases.into_iter().enumerate() {
        let mut host = host([answers(&format!("p{index}"), body)]);
        assert_eq!(host.output("old"), wanted, "{body}");
        assert_eq!(faults(&mut host), Vec::<String>::new(), "{body}");
    }
    // What is no answer is told, and the event goes on.
    for body in ["push 7", "push 7\n case Action Odd", "push b\"\\xFF\\xFE\""] {
        let mut host = host([answers("odd", body)]);
        assert_eq!(host.output("old"), Flow::Pass, "{body}");
        assert_eq!(faults(&mut host), ["FP10"], "{body}");
    }
}

#[test]
fn input_and_keys_may_be_changed_and_stopped() {
    let folder = Folder::new();
    let body = "fn onInput(data: bytes) -> bytes export {\n push b\"ls\\n\"\n ret\n}\n\
        fn on_key_press(code: text, mods: int) export {\n load mods\n push 2\n eq\n jump_if stop\n push \"Tab\"\n ret\nstop:\n false\n ret\n}\n";
    let mut host = host([folder.plugin("keys", body)]);
    assert_eq!(host.input(b"rm\n"), Flow::Changed(b"ls\n".to_vec()));
    let key = |mods| Key {
        code: "Space".to_owned(),
        mods,
    };
    let tab = Key {
        code: "Tab".to_owned(),
        mods: 1,
    };
    assert_eq!(host.key_press(&key(1)), Flow::Changed(tab));
    assert_eq!(host.key_press(&key(2)), Flow::Stopped);
}

#[test]
fn a_key_may_be_a_case_of_the_plugins_own_union() {
    let folder = Folder::new();
    let body = "type Key = union { Escape, Space, Odd { n: int } }\n\
        fn onKeyPress(key: Key) -> bool export {\n load key\n tag_is Key Space\n not\n ret\n}\n";
    let mut host = host([folder.plugin("keys", body)]);
    let key = |code: &str| Key {
        code: code.to_owned(),
        mods: 0,
    };
    assert_eq!(host.key_press(&key("Space")), Flow::Stopped);
    assert_eq!(host.key_press(&key("Escape")), Flow::Pass);
    assert_eq!(host.key_press(&key("Odd")), Flow::Pass, "it has a field");
    assert_eq!(host.key_press(&key("F1")), Flow::Pass, "it has none");
    assert_eq!(faults(&mut host), Vec::<String>::new());
}

#[test]
fn hooks_are_found_by_attribute_and_get_their_context() {
    let folder = Folder::new();
    let body = "import log host \"log\" (text, dyn) -> unit\n\
        fn whatever(line: text, ctx: dyn) -> unit export {\n attr OnOutput\n push \"warn\"\n load ctx\n get_name Plugin\n call_ffi log\n pop\n push \"warn\"\n load line\n call_ffi log\n ret\n}\n\
        fn done(exit: int, command: text) -> unit export {\n attr OnPostCommand\n push \"info\"\n load command\n call_ffi log\n ret\n}\n\
        fn chosen() -> unit export {\n attr OnCommand = \"greet\"\n push \"info\"\n push \"greeted\"\n call_ffi log\n ret\n}\n";
    let mut host = host([folder.plugin("named", body)]);
    assert_eq!(host.output("hello"), Flow::Pass);
    host.post_command("make", 2);
    host.remote_command("named", "greet").unwrap();
    host.remote_command("named", "other").unwrap();
    let log: Vec<String> = host
        .take_reports()
        .into_iter()
        .filter_map(|report| match report {
            Report::Log { text, .. } => Some(text),
            Report::Fault { why, .. } => panic!("{why:?}"),
            _ => None,
        })
        .collect();
    assert_eq!(log, ["named", "hello", "make", "greeted"]);
}

#[test]
fn a_record_of_functions_is_a_plugin_too() {
    let folder = Folder::new();
    let body = "type Plugin = record { onOutput: fn }\nfn plugin() export {\n make_closure shout 0\n record Plugin\n ret\n}\n\
        fn shout(line: text) -> text {\n load line\n push \"!\"\n concat 2\n ret\n}\n";
    let mut host = host([folder.plugin("record", body)]);
    assert_eq!(host.output("hey"), Flow::Changed("hey!".to_owned()));
    // Held by a static in place of answered by a function.
    let body = body
        .replace(
            "fn plugin() export {",
            "static plugin: dyn mutable exported\nexport plugin = static plugin\nentry main\nfn main() {",
        )
        .replace("record Plugin\n", "record Plugin\n store_static plugin\n unit\n");
    let mut host = self::host([folder.plugin("held", &body)]);
    assert_eq!(host.output("hey"), Flow::Changed("hey!".to_owned()));
}

#[test]
fn commands_and_status_are_asked_for() {
    let folder = Folder::new();
    let body = "fn getCommands() export {\n push (list \"one\" \"two\")\n ret\n}\n\
        fn onStatusBar() -> text export {\n push \"3 jobs\"\n ret\n}\n";
    let mut host = host([folder.plugin("offers", body)]);
    let commands: Vec<(String, String)> = host
        .commands()
        .into_iter()
        .map(|(plugin, item)| (plugin, item.id))
        .collect();
    let of = |id: &str| ("offers".to_owned(), id.to_owned());
    assert_eq!(commands, [of("one"), of("two")]);
    assert_eq!(
        host.status_bar(),
        [("offers".to_owned(), "3 jobs".to_owned())]
    );
    assert_eq!(faults(&mut host), Vec::<String>::new());
}
