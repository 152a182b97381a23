//! Host functions: commands within their bounds, the grid, settings, the data store.

use plugins::{Cell, Command, Flow, Host};

use crate::harness::{Folder, faults, host};

/// A plugin that answers what a host function answered.
fn answers(imports: &str, body: &str) -> String {
    format!("{imports}\nfn onOutput(line: text) export {{\n{body}\n ret\n}}\n")
}

#[test]
fn the_founding_plugin_notifies_and_turns_colour() {
    let folder = Folder::new();
    let source = std::fs::read_to_string("../../examples/plugins/errors.fza").unwrap();
    let (head, body) = source.split_once("module \"errors\" lang machine").unwrap();
    assert!(head.starts_with(';'));
    let mut host = host([folder.plugin("errors", body)]);
    assert_eq!(host.output("all is well"), Flow::Pass);
    assert!(host.take_commands().is_empty());
    assert_eq!(host.output("an ERROR here"), Flow::Pass);
    let commands: Vec<Command> = host.take_commands().into_iter().map(|(_, c)| c).collect();
    assert!(
        matches!(&commands[..], [Command::Notify { body, .. }, Command::SetColor(color)]
            if body == "Error detected in terminal" && color == "Red"),
        "{commands:?}"
    );
}

#[test]
fn the_grid_is_read_as_a_snapshot_and_written_by_commands() {
    let folder = Folder::new();
    let body = answers(
        "import line_of host \"term.line\" (int) -> dyn\nimport put host \"update_cell\" (int, int, text) -> bool\n",
        " push 1\n push 0\n push \"X\"\n call_ffi put\n pop\n push 99\n push 0\n push \"X\"\n call_ffi put\n jump_if wrong\n push 0\n call_ffi line_of\n ret\nwrong:\n push \"wrote outside\"",
    );
    let mut host = host([folder.plugin("grid", &body)]);
    host.update_grid(|grid| {
        grid.resize(10, 2);
        grid.set_row(0, &[Cell::new('a'), Cell::new('b')]);
    });
    assert_eq!(host.output("x"), Flow::Changed("ab".to_owned()));
    assert_eq!(host.read_grid(|grid| grid.line(0)).as_deref(), Some("ab"));
    assert_eq!(host.take_commands().len(), 1);
    assert_eq!(host.read_grid(|grid| grid.line(0)).as_deref(), Some("aX"));
    let outside = answers(
        "import line_of host \"term.line\" (int) -> dyn\nimport cell_of host \"term.cell\" (int, int) -> dyn\n",
        " push -1\n push 5\n call_ffi cell_of\n pop\n push 7\n call_ffi line_of",
    );
    let mut host = self::host([folder.plugin("outside", &outside)]);
    assert_eq!(host.output("x"), Flow::Pass);
    assert_eq!(faults(&mut host), Vec::<String>::new());
}

#[test]
fn what_is_not_well_formed_or_too_much_is_answered_not_thrown() {
    let folder = Folder::new();
    let draw = |x: i32, id: &str| {
        answers(
            "import draw host \"draw_overlay\" (text, int, int, text, text) -> dyn\n",
            &format!(" push \"{id}\"\n push {x}\n push 0\n push \"t\"\n push \"\"\n call_ffi draw"),
        )
    };
    let mut host = host([folder.plugin("far", &draw(1_000, "a"))]);
    let why = "a coordinate is from 0 to 999".to_owned();
    assert_eq!(host.output("x"), Flow::Changed(why));
    let mut host = self::host([folder.plugin("nameless", &draw(0, ""))]);
    assert_eq!(
        host.output("x"),
        Flow::Changed("a label has 1 to 256 bytes".to_owned())
    );
    assert!(host.take_commands().is_empty());
    assert_eq!(host.metrics()[0].refused_commands, 1);
    // One overlay for each line: the eleventh is refused.
    let many = answers(
        "import draw host \"draw_overlay\" (text, int, int, text, text) -> dyn\n",
        " load line\n push 0\n push 0\n push \"t\"\n push \"\"\n call_ffi draw",
    );
    let mut host = self::host([folder.plugin("many", &many)]);
    for id in 0..10 {
        assert_eq!(host.output(&id.to_string()), Flow::Pass);
    }
    assert_eq!(host.output("10"), Flow::Changed("quota".to_owned()));
    assert_eq!(host.take_commands().len(), 10);
}

#[test]
fn a_flood_of_commands_is_bounded_per_call() {
    let folder = Folder::new();
    let body = "import notify host \"notify\" (text) -> unit\n\
        fn onOutput(line: text) -> unit export {\n local i: int\n push 0\n store i\nagain:\n load i\n push 1000\n i64.lt\n jump_if_not out\n push \"x\"\n call_ffi notify\n pop\n load i\n push 1\n i64.add\n store i\n jump again\nout:\n unit\n ret\n}\n";
    let mut host = host([folder.plugin("floods", body)]);
    host.output("x");
    assert_eq!(host.take_commands().len(), 256);
    assert_eq!(host.metrics()[0].refused_commands, 744);
    // A daemon that takes nothing for long holds no more than its own bound and that of the plugin's list.
    (0..40).for_each(|_| drop(host.output("x")));
    assert_eq!(host.take_commands().len(), 4_096);
    assert_eq!(host.take_commands().len(), 256);
    assert!(host.take_commands().is_empty());
}

#[test]
fn settings_and_data_are_the_plugins_own() {
    let folder = Folder::new();
    let setting = answers(
        "import config host \"config.get\" (text) -> dyn\n",
        " load line\n call_ffi config",
    );
    let mut entry = folder.plugin("set", &setting);
    entry.settings = vec![("pattern".to_owned(), "ERROR".to_owned())];
    let mut host = host([entry]);
    assert_eq!(host.output("pattern"), Flow::Changed("ERROR".to_owned()));
    assert_eq!(host.output("other"), Flow::Pass);
    let store = "import set host \"data.set\" (text, text) -> bool\nimport get host \"data.get\" (text) -> dyn\n";
    let keep = answers(
        store,
        " push \"k\"\n load line\n call_ffi set\n pop\n push \"k\"\n call_ffi get",
    );
    let read = answers(store, " push \"k\"\n call_ffi get");
    let mut small = folder.plugin("small", &keep);
    small.bounds.data = 100;
    let mut host = self::host([small, folder.plugin("read", &read)]);
    assert_eq!(host.output("abc"), Flow::Changed("abc".to_owned()));
    let long = "y".repeat(200);
    assert_eq!(
        host.output(&long),
        Flow::Changed("abc".to_owned()),
        "it is full"
    );
}

#[test]
fn an_engine_of_the_embedder_brings_its_own_functions() {
    let folder = Folder::new();
    let engine = foxvm::Engine::new();
    engine
        .function("shout", |text: &str| -> String { text.to_uppercase() })
        .unwrap();
    let mut host = Host::builder().engine(engine).build().unwrap();
    let body = answers(
        "import shout host \"shout\" (text) -> text\n",
        " load line\n call_ffi shout",
    );
    host.load(folder.plugin("shouts", &body)).unwrap();
    assert_eq!(host.output("hey"), Flow::Changed("HEY".to_owned()));
}

#[test]
fn wishes_of_the_second_phase_reach_the_daemon() {
    let folder = Folder::new();
    let body = "import style host \"setNavStyle\" (text) -> dyn\nimport keys host \"setNavKeymap\" (text) -> dyn\nimport theme host \"updateTheme\" (list) -> dyn\nimport spawn host \"spawnOverlay\" (text, int, int, int, int, text) -> dyn\nimport place host \"placeImage\" (dyn) -> dyn\nimport gone host \"removeImage\" (text) -> dyn\n\
        type Image = record { Id: text, X: int, Y: int, Columns: int, Rows: int, Width: int, Height: int, Pixels: bytes }\n\
        fn onOutput(line: text) -> unit export {\n push \"vim\"\n call_ffi style\n pop\n push \"emacs\"\n call_ffi keys\n pop\n\
        push \"cursor\"\n push \"#00ff00\"\n tuple 2\n list 1\n call_ffi theme\n pop\n\
        push \"box\"\n push 1\n push 2\n push 30\n push 4\n push \"hello\"\n call_ffi spawn\n pop\n\
        push \"i\"\n push 0\n push 0\n push 1\n push 1\n push 1\n push 2\n push b\"12345678\"\n record Image\n call_ffi place\n pop\n\
        push \"i\"\n call_ffi gone\n pop\n unit\n ret\n}\n";
    let mut host = host([folder.plugin("second", body)]);
    assert_eq!(host.output("x"), Flow::Pass);
    assert_eq!(faults(&mut host), Vec::<String>::new());
    let commands: Vec<Command> = host.take_commands().into_iter().map(|(_, c)| c).collect();
    assert!(
        matches!(&commands[..], [
            Command::SetNavStyle(style),
            Command::SetNavKeymap(keys),
            Command::ThemeUpdate(colors),
            Command::SpawnOverlay { width: 30, text, .. },
            Command::PlaceImage { width: 1, height: 2, pixels, .. },
            Command::RemoveImage(gone),
        ] if style == "vim" && keys == "emacs" && colors == &[("cursor".to_owned(), "#00ff00".to_owned())]
            && text == "hello" && pixels == b"12345678" && gone == "i"),
        "{commands:?}"
    );
}

#[test]
fn a_variable_of_the_environment_is_read_only_if_it_was_granted() {
    let folder = Folder::new();
    let body = answers(
        "import env host \"GetEnv\" (text) -> dyn\n",
        " load line\n call_ffi env",
    );
    let mut host = host([folder.plugin("all", &body).grant("env")]);
    let path = std::env::var("PATH").unwrap();
    assert_eq!(host.output("PATH"), Flow::Changed(path));
    assert_eq!(host.output("NO_SUCH_VARIABLE=\0"), Flow::Pass);
    let mut host = self::host([folder.plugin("one", &body).grant("env=HOME")]);
    assert_eq!(host.output("PATH"), Flow::Pass);
    assert_eq!(faults(&mut host), Vec::<String>::new());
    assert!(
        Host::new()
            .unwrap()
            .load(folder.plugin("none", &body))
            .is_err()
    );
}
