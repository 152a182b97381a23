//! The host's records, cases and options as values of types that plugins declare.

use plugins::{Command, Flow, Host, Key};

use crate::harness::{Folder, faults, host};

const TYPES: &str = "type PluginContext = record { Plugin: text, Version: text }\n\
    type Key = union { Space, Enter }\n\
    type KeyEvent = record { Code: Key, Mods: int }\n\
    type Option params 1 = union { None, Some { Value: var 0 } }\n\
    type Cell = record { Char: char, Foreground: int, Background: int, Flags: int }\n\
    type Color = union { Red, Green, Hex { value: text } }\n\
    type LogLevel = union { Error, Warn, Info, Debug }\n\
    type FocusAction = union { OpenUrl { address: text }, OpenFile { path: text }, Custom { id: text } }\n\
    type Focusable = record { X: int, Y: int, Width: int, Height: int, Label: text, Action: FocusAction }\n\
    type Command = union { ClearOverlays, ShowModal { title: text, items: list[text] } }\n\
    type MenuItem = record { Id: text, Label: text, Description: text }\n";

fn changed(text: &str) -> Flow<String> {
    Flow::Changed(text.to_owned())
}

#[test]
fn a_context_is_a_record_of_the_plugins_own() {
    let folder = Folder::new();
    let body = format!(
        "metadata \"version = \\\"1.2\\\"\\n\"\n{TYPES}fn onOutput(c: PluginContext, line: text) -> text export {{\n load c\n get_slot PluginContext Plugin\n load c\n get_slot PluginContext Version\n load line\n concat 3\n ret\n}}\n"
    );
    let mut host = host([folder.plugin("named", &body)]);
    assert_eq!(host.output("!"), changed("named1.2!"));
    assert_eq!(host.output("?"), changed("named1.2?"));
    assert_eq!(faults(&mut host), Vec::<String>::new());
}

#[test]
fn a_key_is_a_record_of_the_plugins_own() {
    let folder = Folder::new();
    let body = format!(
        "{TYPES}fn onKeyPress(key: KeyEvent) -> bool export {{\n load key\n get_slot KeyEvent Code\n tag_is Key Space\n jump_if_not pass\n load key\n get_slot KeyEvent Mods\n push 2\n i64.eq\n jump_if stop\npass:\n true\n ret\nstop:\n false\n ret\n}}\n"
    );
    let mut host = host([folder.plugin("keys", &body)]);
    let key = |code: &str, mods| Key {
        code: code.to_owned(),
        mods,
    };
    assert_eq!(host.key_press(&key("Space", 2)), Flow::Stopped);
    assert_eq!(host.key_press(&key("Space", 1)), Flow::Pass);
    assert_eq!(host.key_press(&key("Enter", 2)), Flow::Pass);
    assert_eq!(host.key_press(&key("F1", 2)), Flow::Pass, "no such case");
    assert_eq!(faults(&mut host), Vec::<String>::new());
}

#[test]
fn functions_answer_records_and_options_of_the_plugins_own() {
    let folder = Folder::new();
    let body = format!(
        "{TYPES}import cell host \"Term.cell\" (int, int) -> Option[Cell]\nimport line_of host \"Term.line\" (int) -> Option[text]\nimport size host \"Term.size\" () -> (int, int)\nimport lines host \"Term.lines\" (int, int) -> list[text]\n\
         fn onOutput(line: text) export {{\n local found: dyn\n push 1\n push 0\n call_ffi cell\n store found\n load found\n tag_is Option Some\n jump_if_not none\n load found\n get_case Option Some Value\n cast Cell\n get_slot Cell Char\n push '#'\n eq\n jump_if_not none\n\
         push 9\n call_ffi line_of\n tag_is Option None\n jump_if_not none\n call_ffi size\n tuple_get 0\n push 10\n eq\n jump_if_not none\n push 0\n push 5\n call_ffi lines\n intrinsic list.length\n push 2\n eq\n jump_if_not none\n push \"all\"\n ret\nnone:\n unit\n ret\n}}\n"
    );
    let mut host = host([folder.plugin("reads", &body)]);
    host.update_grid(|grid| {
        grid.resize(10, 2);
        grid.set_row(0, &[plugins::Cell::new('a'), plugins::Cell::new('#')]);
    });
    assert_eq!(host.output("x"), changed("all"));
    assert_eq!(faults(&mut host), Vec::<String>::new());
}

#[test]
fn functions_take_records_and_cases_of_the_plugins_own() {
    let folder = Folder::new();
    let body = format!(
        "{TYPES}import set_color host \"setColor\" (Color) -> unit\nimport log host \"PluginContext.Log\" (LogLevel, text) -> unit\nimport put host \"Term.setCell\" (int, int, Cell) -> bool\nimport focus host \"registerFocusable\" (Focusable) -> Option[text]\nimport queue host \"PluginContext.QueueCommand\" (Command) -> unit\nimport old_cell host \"update_cell\" (int, int, char) -> unit\n\
         fn onOutput(line: text) -> unit export {{\n push \"#102030\"\n case Color Hex\n call_ffi set_color\n pop\n push (case Color Green)\n call_ffi set_color\n pop\n\
         push (case LogLevel Warn)\n push \"hm\"\n call_ffi log\n pop\n\
         push 0\n push 0\n push 'z'\n push 1\n push 2\n push 3\n record Cell\n call_ffi put\n pop\n push 1\n push 0\n push 'y'\n call_ffi old_cell\n pop\n\
         push 1\n push 2\n push 3\n push 4\n push \"go\"\n push \"x\"\n case FocusAction Custom\n record Focusable\n call_ffi focus\n pop\n\
         push \"which\"\n push (list \"a\" \"b\")\n case Command ShowModal\n call_ffi queue\n pop\n unit\n ret\n}}\n"
    );
    let mut host = host([folder.plugin("writes", &body)]);
    host.update_grid(|grid| grid.resize(10, 2));
    assert_eq!(host.output("x"), Flow::Pass);
    let told = host.take_reports();
    assert!(
        told.iter().any(|report| matches!(report, plugins::Report::Log { level, text, .. } if *level == plugins::Level::Warn && text == "hm")),
        "{told:?}"
    );
    assert!(
        !told
            .iter()
            .any(|report| matches!(report, plugins::Report::Fault { .. })),
        "{told:?}"
    );
    let commands: Vec<Command> = host.take_commands().into_iter().map(|(_, c)| c).collect();
    assert!(
        matches!(&commands[..], [Command::SetColor(hex), Command::SetColor(green), Command::SetCell { cell, .. }, Command::SetCell { column: 1, .. }, Command::RegisterFocusable { label, .. }, Command::ShowModal { items, .. }]
            if hex == "#102030" && green == "Green" && cell.scalar() == 'z' && cell.flags == 3 && label == "go" && items == &["a", "b"]),
        "{commands:?}"
    );
}

#[test]
fn items_may_be_records() {
    let folder = Folder::new();
    let body = format!(
        "{TYPES}fn getCommands() -> list[MenuItem] export {{\n push \"go\"\n push \"Go\"\n push \"goes\"\n record MenuItem\n list 1\n ret\n}}\n"
    );
    let mut host = host([folder.plugin("offers", &body)]);
    let found = host.commands();
    assert_eq!(faults(&mut host), Vec::<String>::new());
    assert_eq!(found.len(), 1, "{found:?}");
    let item = &found[0].1;
    assert_eq!(
        (
            item.id.as_str(),
            item.label.as_str(),
            item.description.as_str()
        ),
        ("go", "Go", "goes")
    );
}

#[test]
fn types_that_are_not_the_hosts_are_refused_with_one_paragraph() {
    let folder = Folder::new();
    let context = |fields: &str| {
        format!(
            "type PluginContext = record {{ {fields} }}\nfn onOutput(c: PluginContext, line: text) -> unit export {{\n unit\n ret\n}}\n"
        )
    };
    let cell = |fields: &str, import: &str| {
        format!(
            "type Option params 1 = union {{ None, Some {{ Value: var 0 }} }}\ntype Cell = record {{ {fields} }}\n{import}fn onLoad() -> unit export {{\n unit\n ret\n}}\n"
        )
    };
    let gives = "import f host \"Term.cell\" (int, int) -> Option[Cell]\n";
    let takes = "import f host \"Term.setCell\" (int, int, Cell) -> bool\n";
    let cases = [
        (context("Plugin: int"), "onOutput", "`Plugin: int`"),
        (context("Plugin: text, Secret: text"), "onOutput", "`Secret: text`"),
        (cell("Char: text", gives), "Term.cell", "`Char: text`"),
        (cell("Char: char", takes), "Term.setCell", "no field `Foreground`"),
        (
            "type Color = union { Red, Plaid }\nimport f host \"setColor\" (Color) -> unit\nfn onLoad() -> unit export {\n unit\n ret\n}\n".to_owned(),
            "setColor",
            "a case `Plaid`",
        ),
    ];
    for (body, place, found) in cases {
        let failure = Host::new()
            .unwrap()
            .load(folder.plugin("p", &body))
            .expect_err(place);
        assert_eq!(failure.diagnostic.code.to_string(), "FP16", "{failure}");
        let text = failure.message(diag::Lang::English);
        assert!(text.contains(place) && text.contains(found), "{text}");
        assert!(!text.contains('\n'));
    }
    // Fewer fields are enough where the host makes the value; a type of the plugin's own that stays inside is its own.
    for body in [
        context("Plugin: text"),
        cell("Char: char", gives),
        cell("Char: list", ""),
    ] {
        Host::new()
            .unwrap()
            .load(folder.plugin("p", &body))
            .unwrap();
    }
}

/// A module as the compiler of Fusabi makes it: nothing is declared in imports and parameters, the types stand in the type
/// table by their names.
#[test]
fn a_module_that_declares_no_types_gets_what_it_defines_by_name() {
    let folder = Folder::new();
    let option = TYPES.replace(
        "type Option params 1 = union { None, Some { Value: var 0 } }",
        "type option = union { None, Some { Value: dyn } }",
    );
    let body = format!(
        "{option}import cell host \"Term.cell\" (int, int) -> dyn\nimport line_of host \"Term.line\" (int) -> dyn\nimport tell host \"PluginContext.Notify\" (text, text, dyn) -> dyn\n\
         fn onOutput(c: dyn, line: text) export {{\n push 0\n push 0\n call_ffi cell\n get_case option Some Value\n get_slot Cell Char\n push 'a'\n eq\n jump_if_not no\n push 9\n call_ffi line_of\n tag_is option None\n jump_if_not no\n push \"t\"\n push \"b\"\n push \"warning\"\n call_ffi tell\n unit\n eq\n jump_if_not no\n load c\n get_slot PluginContext Plugin\n ret\nno:\n push \"no\"\n ret\n}}\n\
         fn onKeyPress(key: dyn) -> bool export {{\n load key\n get_slot KeyEvent Code\n tag_is Key Space\n not\n ret\n}}\n"
    );
    let mut host = host([folder.plugin("erased", &body)]);
    host.update_grid(|grid| {
        grid.resize(10, 2);
        grid.set_row(0, &[plugins::Cell::new('a')]);
    });
    assert_eq!(host.output("x"), changed("erased"));
    let key = |code: &str| Key {
        code: code.to_owned(),
        mods: 0,
    };
    assert_eq!(host.key_press(&key("Space")), Flow::Stopped);
    assert_eq!(host.key_press(&key("Enter")), Flow::Pass);
    assert_eq!(
        host.key_press(&key("F1")),
        Flow::Pass,
        "it has no such case"
    );
    assert_eq!(faults(&mut host), Vec::<String>::new());
    // Without the record the key is the case itself.
    let bare = "type Key = union { Space, Enter }\nfn onKeyPress(key: dyn) -> bool export {\n load key\n tag_is Key Space\n not\n ret\n}\n";
    let mut host = self::host([folder.plugin("bare", bare)]);
    assert_eq!(host.key_press(&key("Space")), Flow::Stopped);
    assert_eq!(host.key_press(&key("F1")), Flow::Pass);
    assert_eq!(faults(&mut host), Vec::<String>::new());
}

#[test]
fn a_type_of_the_same_name_is_not_taken_for_the_hosts() {
    let folder = Folder::new();
    let own = "type option = union { None, Some { Value: dyn } }\ntype Cell = record { Prisoners: int }\n";
    let source = |more: &str, lang: &str| {
        let text = format!(
            "module \"p\" lang {lang}\n{own}{more}import cell host \"Term.cell\" (int, int) -> dyn\nfn onOutput(line: text) -> bool export {{\n push 0\n push 0\n call_ffi cell\n tag_is option Some\n ret\n}}\n"
        );
        let path = folder.path().join("p.fza");
        std::fs::write(&path, text).unwrap();
        plugins::Entry::new("p", path).grant("output-filtering")
    };
    // The language of the module says that its types go by their names: then one of them must be the host's.
    let failure = Host::new().unwrap().load(source("", "fusabi")).unwrap_err();
    assert_eq!(failure.diagnostic.code.to_string(), "FP16");
    let theirs = "type Other = record { a: int }\n";
    for (more, lang) in [(theirs, "machine"), ("", "machine")] {
        let mut host = Host::new().unwrap();
        host.load(source(more, lang)).unwrap();
        host.update_grid(|grid| grid.resize(2, 2));
        host.take_reports();
        assert_eq!(host.output("x"), Flow::Pass, "a cell, as the host has it");
        assert_eq!(faults(&mut host), Vec::<String>::new());
    }
}

#[test]
fn bytes_may_be_an_array_of_numbers() {
    let folder = Folder::new();
    let body = "type Action = union { ModifyBytes { bytes: dyn } }\nfn onInput(data: dyn) export {\n push 104\n push 105\n tuple 2\n case Action ModifyBytes\n ret\n}\n";
    let mut host = host([folder.plugin("bytes", body)]);
    assert_eq!(host.input(b"x"), Flow::Changed(b"hi".to_vec()));
    assert_eq!(faults(&mut host), Vec::<String>::new());
}
