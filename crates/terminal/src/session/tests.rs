//! Sessions with plugins of module text, without a process: time is the test's.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use plugins::Entry;

use super::*;
use crate::glyph::Glyph;
use crate::keys::named;

/// A session whose clock stands until it is moved.
struct Test {
    session: Session,
    now: Instant,
    folder: PathBuf,
}

impl Drop for Test {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Test {
    /// With plugins by name, in order.
    fn new(plugins: &[(&str, &str)]) -> Test {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("terminal-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut host = Host::new().unwrap();
        for (name, body) in plugins {
            let path = folder.join(format!("{name}.fza"));
            std::fs::write(&path, format!("module \"{name}\" lang machine\n{body}")).unwrap();
            let mut entry = Entry::new(*name, path);
            for capability in foxvm::Capability::OF_PLUGINS {
                entry = entry.grant(capability);
            }
            // The machine may be busy.
            entry.bounds.deadline = Some(Duration::from_secs(20));
            if let Err(failure) = host.load(entry) {
                panic!("{failure}");
            }
        }
        let now = Instant::now();
        let settings = Settings {
            size: Size::new(30, 8),
            lang: Lang::English,
            leader: named("ctrl-g"),
        };
        Test {
            session: Session::new(host, settings, now),
            now,
            folder,
        }
    }

    fn writes(&mut self, output: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        let taken = self.session.output(output.as_bytes(), self.now, until);
        assert_eq!(taken, output.len());
    }

    fn types(&mut self, input: &str) {
        self.session.input(input.as_bytes(), self.now);
    }

    fn passes(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
        self.session.tick(self.now);
    }

    fn sent(&mut self) -> String {
        String::from_utf8(self.session.take_for_program()).unwrap()
    }

    /// The rows, without those that are empty at the end.
    fn screen(&self) -> Vec<String> {
        let picture = self.session.picture(true);
        let text = |row: &Vec<Glyph>| row.iter().map(|glyph| glyph.scalar).collect::<String>();
        let mut rows: Vec<String> = picture
            .rows
            .iter()
            .map(|row| text(row).trim_end().to_owned())
            .collect();
        while rows.last().is_some_and(String::is_empty) {
            rows.pop();
        }
        rows
    }

    fn notices(&self) -> Vec<&str> {
        let told = self.session.layers.told.iter();
        told.map(|notice| notice.body.as_str()).collect()
    }
}

/// Stops lines with `hide`, appends to those with `more`.
const FILTER: &str = r#"
fn onOutput(line: text) -> dyn export {
    load line
    push "hide"
    intrinsic text.contains
    jump_if hide
    load line
    push "more"
    intrinsic text.contains
    jump_if more
    unit
    box 0
    ret
hide:
    push false
    box 0
    ret
more:
    load line
    push " and more"
    concat 2
    box 0
    ret
}
"#;

/// Notifies of what a hook got.
fn tells(head: &str, body: &str) -> String {
    format!(
        "import notify host \"notify\" (text) -> unit needs \"ui-overlay\"\n\
         {head} {{\n{body}\n call_ffi notify\n ret\n}}\n"
    )
}

#[test]
fn lines_are_shown_as_plugins_leave_them() {
    let mut test = Test::new(&[("filter", FILTER)]);
    test.writes("one\r\nhide me\r\ntwo more\r\nthree\r\n");
    assert_eq!(test.screen(), ["one", "two more and more", "three"]);
}

#[test]
fn what_was_shown_of_a_line_is_taken_back() {
    let mut test = Test::new(&[("filter", FILTER)]);
    test.writes("before\r\nhi");
    assert_eq!(test.screen(), ["before"]);
    test.passes(20);
    assert_eq!(
        test.screen(),
        ["before", "hi"],
        "a line that rests is shown"
    );
    test.writes("de\r\nmo");
    assert_eq!(test.screen(), ["before"]);
    test.passes(20);
    assert_eq!(test.screen(), ["before", "mo"]);
    test.writes("re, and so long that it wraps");
    test.passes(20);
    test.writes("\r\nlast\r\n");
    assert_eq!(
        test.screen(),
        [
            "before",
            "more, and so long that it wrap",
            "s and more",
            "last"
        ]
    );
}

#[test]
fn full_screen_programs_pass_by() {
    let mut test = Test::new(&[("filter", FILTER)]);
    test.writes("\u{1b}[?1049hhide me\r\nx\u{1b}[?1049lhide me too\r\nleft\r\n");
    assert_eq!(test.screen(), ["left"]);
    test.writes("\u{1b}[?1049hhide me");
    assert_eq!(test.screen(), ["", "hide me"]);
}

#[test]
fn the_line_that_asks_for_a_colour_has_it() {
    let errors = include_str!("../../../../examples/plugins/errors.fza");
    let body = errors.split_once("lang machine").unwrap().1;
    let mut test = Test::new(&[("errors", body)]);
    test.writes("fine\r\nERROR: disk\r\nnext\r\n\u{1b}[mplain\r\n");
    assert_eq!(test.notices(), ["Error detected in terminal"]);
    let picture = test.session.picture(false);
    let color = |row: usize| picture.rows[row][0].style.foreground;
    use crate::glyph::Paint::{Default, Index};
    assert_eq!(
        [color(0), color(1), color(2), color(3)],
        [Default, Index(1), Index(1), Default]
    );
}

#[test]
fn keys_and_input_are_what_plugins_leave_of_them() {
    let keys = r#"
fn onKeyPress(code: text) -> dyn export {
    load code
    push "KeyX"
    intrinsic text.contains
    jump_if stop
    load code
    push "KeyY"
    intrinsic text.contains
    jump_if other
    unit
    box 0
    ret
stop:
    push false
    box 0
    ret
other:
    push "Up"
    box 0
    ret
}
"#;
    let mut test = Test::new(&[("keys", keys)]);
    test.types("axby\u{1b}[A");
    assert_eq!(test.sent(), "ab\u{1b}[A\u{1b}[A");
    test.writes("\u{1b}[?1h");
    test.types("y\u{1b}[A\u{1b}[200~x\u{1b}[201~");
    assert_eq!(
        test.sent(),
        "\u{1b}OA\u{1b}OA\u{1b}[200~x\u{1b}[201~",
        "in the program's mode; a paste is no key"
    );
    let input = "fn onInput(bytes: bytes) -> dyn export {\n push \"all\"\n box 0\n ret\n}\n";
    let mut test = Test::new(&[("input", input)]);
    test.types("something");
    assert_eq!(test.sent(), "all");
}

#[test]
fn keys_behind_the_leader_are_for_plugins() {
    let palette = r#"
import is_leader_key host "is_leader_key" () -> bool needs "input-filtering"
import show host "show_command_palette" () -> unit needs "ui-overlay"
import register host "register_command" (text, text, text) -> dyn needs "command-registration"
import notify host "notify" (text) -> unit needs "ui-overlay"
fn onLoad() -> unit export {
    push "greet"
    push "Say hello"
    push ""
    call_ffi register
    pop
    unit
    ret
}
fn onKeyPress(code: text) -> unit export {
    call_ffi is_leader_key
    jump_if_not done
    call_ffi show
    pop
done:
    unit
    ret
}
fn onRemoteCommand(id: text) -> unit export {
    load id
    call_ffi notify
    ret
}
"#;
    let mut test = Test::new(&[("palette", palette)]);
    test.types(" ");
    assert_eq!(test.sent(), " ");
    test.types("\u{7} ");
    assert_eq!(
        test.sent(),
        "",
        "a key behind the leader is not the program's"
    );
    assert!(test.screen().iter().any(|row| row.contains("Say hello")));
    test.types("\r");
    assert_eq!(test.notices(), ["greet"]);
    assert_eq!(test.sent(), "");
    test.types("\u{7}\u{7}");
    assert_eq!(test.sent(), "\u{7}", "pressed twice it is the program's");
    // In pieces: Escape with a key behind it at once would be Alt.
    ["\u{7}p", "\u{1b}", "x"]
        .into_iter()
        .for_each(|keys| test.types(keys));
    assert_eq!(
        test.sent(),
        "x",
        "the terminal's own palette went by Escape"
    );
}

const COMMANDS: &str = r#"
import notify host "notify" (text) -> unit needs "ui-overlay"
fn onPreCommand(command: text) -> dyn export {
    load command
    call_ffi notify
    pop
    load command
    push "rm"
    intrinsic text.contains
    jump_if stop
    load command
    push "old"
    intrinsic text.contains
    jump_if other
    unit
    box 0
    ret
stop:
    push false
    box 0
    ret
other:
    push "new"
    box 0
    ret
}
fn onPostCommand(command: text, exit: int) -> unit export {
    load command
    push " has run"
    concat 2
    call_ffi notify
    ret
}
"#;

#[test]
fn plugins_decide_about_a_command_line_before_it_runs() {
    let mut test = Test::new(&[("commands", COMMANDS)]);
    test.writes("\u{1b}]133;A\u{7}$ \u{1b}]133;B\u{7}");
    test.types("ls\r");
    assert_eq!(test.sent(), "ls", "Enter waits for the echo");
    test.writes("ls");
    test.passes(5);
    assert_eq!(test.sent(), "");
    test.passes(30);
    assert_eq!(test.sent(), "\r");
    test.writes("\r\n\u{1b}]133;C\u{7}file\r\n\u{1b}]133;D;0\u{7}");
    assert_eq!(
        test.notices(),
        ["ls", "ls has run"],
        "and it is asked about once"
    );
    test.writes("\u{1b}]133;A\u{7}$ \u{1b}]133;B\u{7}rm -r");
    test.types("\rx");
    test.passes(300);
    assert_eq!(
        test.sent(),
        "\u{5}\u{15}x",
        "the line is taken away, and what was typed behind it stays"
    );
    test.writes("\r\u{1b}[K$ \u{1b}]133;B\u{7}old");
    test.types("\r");
    test.passes(300);
    assert_eq!(test.sent(), "\u{5}\u{15}new\r");
}

#[test]
fn a_command_line_that_runs_already_is_interrupted() {
    let mut test = Test::new(&[("commands", COMMANDS)]);
    test.writes("\u{1b}]133;A\u{7}$ \u{1b}]133;B\u{7}rm -r\r\n\u{1b}]133;C\u{7}");
    assert_eq!(test.notices(), ["rm -r"]);
    assert_eq!(test.sent(), "\u{3}");
    test.writes("\u{1b}]133;D;130\u{7}");
    assert_eq!(test.notices(), ["rm -r", "rm -r has run"]);
    // What the shell itself says counts.
    test.writes("\u{1b}]133;C;cmdline=old one\u{7}");
    assert_eq!(test.sent(), "\u{3}new\r");
}

#[test]
fn a_status_bar_takes_a_row_and_gives_it_back() {
    let status = format!(
        "import add host \"add_status_item\" (text, text, int) -> dyn needs \"ui-overlay\"\n\
         import remove host \"remove_status_item\" (text) -> dyn needs \"ui-overlay\"\n\
         fn onLoad() -> unit export {{\n push \"s\"\n push \"ready\"\n push 1\n call_ffi add\n pop\n unit\n ret\n}}\n\
         fn onOutput(line: text) -> unit export {{\n push \"s\"\n call_ffi remove\n pop\n unit\n ret\n}}\n{}",
        tells(
            "fn onResize(columns: int, rows: int) -> unit export",
            " push \"resized\""
        )
    );
    let mut test = Test::new(&[("status", &status)]);
    assert_eq!(test.session.program_size(), Size::new(30, 7));
    assert_eq!(test.session.take_resized(), Some(Size::new(30, 7)));
    assert_eq!(test.notices(), ["resized"]);
    assert_eq!(test.screen().last().map(String::as_str), Some(" ready"));
    test.writes("x\r\n");
    assert_eq!(test.session.take_resized(), Some(Size::new(30, 8)));
    test.session.resize(Size::new(40, 8), test.now);
    assert_eq!(test.session.take_resized(), Some(Size::new(40, 8)));
    assert_eq!(test.notices().len(), 3);
}

#[test]
fn plugins_read_the_grid_as_it_is_before_their_event() {
    let reads = tells(
        "import line host \"term.line\" (int) -> dyn\nfn onOutput(line: text) -> unit export",
        " push 0\n call_ffi line\n cast text",
    );
    let mut test = Test::new(&[("reads", &reads)]);
    test.writes("first\r\nsecond\r\n");
    assert_eq!(test.notices(), ["", "first"]);
}

#[test]
fn cells_themes_and_overlays_are_shown_and_published() {
    let draws = r##"
import cell host "update_cell" (int, int, text) -> bool needs "terminal-control"
import overlay host "draw_overlay" (text, int, int, text, text) -> dyn needs "ui-overlay"
import theme host "apply_theme" (text) -> dyn needs "terminal-control"
import palette host "set_palette_color" (int, text) -> dyn needs "terminal-control"
fn onOutput(line: text) -> unit export {
    push 3
    push 2
    push "Z"
    call_ffi cell
    pop
    push "o"
    push 0
    push 4
    push "above"
    push "bold red on blue"
    call_ffi overlay
    pop
    push "light"
    call_ffi theme
    pop
    push 1
    push "#010203"
    call_ffi palette
    pop
    unit
    ret
}
"##;
    let mut test = Test::new(&[("draws", draws)]);
    test.writes("line\r\n\u{1b}[31mred\u{1b}[m\r\n");
    assert_eq!(test.screen(), ["line", "red", "   Z", "", "above"]);
    test.session.update_grid();
    let cell = test.session.host.read_grid(|grid| grid.cell(0, 1)).unwrap();
    assert_eq!(
        (cell.foreground, cell.background),
        (0xff01_0203, 0xfffa_fafa)
    );
    let there = test.session.host.read_grid(|grid| grid.line(2));
    assert_eq!(there.as_deref(), Some("   Z"));
}

#[test]
fn output_stops_when_its_time_is_over_and_goes_on() {
    let mut test = Test::new(&[("filter", FILTER)]);
    let output = b"a\r\nb\r\nc\r\n";
    let over = Instant::now();
    let taken = test.session.output(output, test.now, over);
    assert_eq!(taken, 3, "one line at least");
    let rest = test.session.output(&output[taken..], test.now, over);
    assert_eq!(rest, 3);
}

#[test]
fn the_last_line_is_the_plugins_too() {
    let mut test = Test::new(&[("filter", FILTER)]);
    test.writes("one\r\nhide");
    test.passes(20);
    test.session.finish(None, test.now);
    assert_eq!(test.screen(), ["one"]);
}

#[test]
fn hints_activate_what_was_registered() {
    let hints = r#"
import register host "nav.register_focusable" (int, int, int, int, text, text) -> dyn needs "ui-overlay"
import enter host "nav.enter_hint_mode" () -> dyn needs "ui-overlay"
import notify host "notify" (text) -> unit needs "ui-overlay"
fn onLoad() -> unit export {
    push 2
    push 1
    push 4
    push 1
    push "first"
    push "custom:hello"
    call_ffi register
    pop
    push 2
    push 2
    push 4
    push 1
    push "second"
    push "open-url:https://example.org/"
    call_ffi register
    pop
    unit
    ret
}
fn onKeyPress(code: text) -> unit export {
    call_ffi enter
    pop
    unit
    ret
}
fn onRemoteCommand(id: text) -> unit export {
    load id
    call_ffi notify
    ret
}
"#;
    let mut test = Test::new(&[("hints", hints)]);
    test.types("\t");
    assert_eq!(test.screen(), ["", "  a", "  b"]);
    test.types("a");
    assert_eq!(test.notices(), ["hello"]);
    test.types("\tb");
    assert_eq!(test.session.opened, ["https://example.org/"]);
}

#[test]
fn titles_bells_themes_and_time_are_told() {
    let mut told = "import notify host \"notify\" (text) -> unit needs \"ui-overlay\"\n\
        import theme host \"apply_theme\" (text) -> dyn needs \"terminal-control\"\n\
        fn onBell() -> unit export {\n push \"dark\"\n call_ffi theme\n pop\n push \"bell\"\n call_ffi notify\n ret\n}\n"
        .to_owned();
    for (hook, parameter) in [("onTitleChange", "title"), ("onThemeChanged", "name")] {
        told.push_str(&format!(
            "fn {hook}({parameter}: text) -> unit export {{\n load {parameter}\n call_ffi notify\n ret\n}}\n"
        ));
    }
    told.push_str(
        "fn onTick(number: int) -> unit export {\n push \"tick\"\n call_ffi notify\n ret\n}\n",
    );
    let mut test = Test::new(&[("told", &told)]);
    test.writes("\u{1b}]0;a title\u{7}\u{1b}]0;a title\u{7}\u{7}\u{7}");
    test.session.last_output = None;
    test.session.tick(test.now);
    assert_eq!(test.notices(), ["a title", "bell", "dark", "tick"]);
    assert_eq!(test.session.colors.name(), "dark");
    test.passes(500);
    test.passes(500);
    assert_eq!(test.notices()[4..], ["tick"]);
}
