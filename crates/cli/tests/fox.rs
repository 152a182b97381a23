//! The built command: verbs, exit codes, the object of `--json`, languages, grants and limits.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A folder of its own for a test, removed at its end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let path = std::env::temp_dir().join(format!("fox-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Place(path)
    }
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fox"));
    command
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", "C");
    command
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The object on the last line.
    fn object(&self) -> Value {
        let last = self.out.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {last:?}, {}", self.err))
    }
}

fn fox<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Ran {
    command()
        .args(words)
        .stdin(Stdio::null())
        .output()
        .unwrap()
        .into()
}

fn fed<S: AsRef<std::ffi::OsStr>>(words: &[S], input: &[u8]) -> Ran {
    let mut child = command()
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // The command may end without reading all of it.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

const PROGRAM: &str = "module \"program\" lang machine
import write host \"console.write\" (text) -> unit
import oops host \"console.error\" (text) -> unit
import exit host \"exit\" (int) -> unit
file \"src/program.rh\"
fn main() -> unit {\n push \"out\\n\"\n call_ffi write\n pop\n push \"err\\n\"\n call_ffi oops\n ret\n}
fn add(a: int, b: int) -> int export {\n load a\n load b\n i64.add\n ret\n}
fn divide(a: int, b: int) -> int export {\n .line 7:3\n load a\n load b\n i64.div_s\n ret\n}
fn outer(a: int) -> int export {\n load a\n push_int 0\n call divide\n ret\n}
fn end(code: int) -> unit export {\n load code\n call_ffi exit\n ret\n}
fn spin() export {\nagain:\n jump again\n}
fn deep(n: int) -> int export {\n load n\n call deep\n push_int 1\n i64.add\n ret\n}
fn grow() export {\n local t: text\n push \"0123456789\"\n store t\nagain:\n load t\n load t\n concat 2\n store t\n jump again\n}
entry main
";

#[test]
fn run_prints_what_the_program_prints() {
    let place = Place::new("run");
    let file = place.file("p.fza", PROGRAM);
    let ran = fox(&["run", path(&file)]);
    assert_eq!(
        (ran.code, ran.out.as_str(), ran.err.as_str()),
        (0, "out\n", "err\n")
    );
    let ran = fox(&[
        "run",
        path(&file),
        "--entry",
        "add",
        "20",
        "22",
        "--show-result",
    ]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "out\n42\n"));
    let ran = fox(&["run", path(&file), "--json", "--entry", "add", "20", "-5"]);
    let object = ran.object();
    assert_eq!(object["v"], 1);
    assert_eq!(object["ok"], true);
    assert_eq!(object["result"], 15);
    assert_eq!(object["fault"], Value::Null);
    assert_eq!(object["counters"]["host_calls"], 2);
    assert_eq!(ran.out.lines().count(), 2);
}

#[test]
fn exit_codes_pass_through() {
    let place = Place::new("exit");
    let file = place.file("p.fza", PROGRAM);
    for code in [0, 3, 42, 255] {
        let ran = fox(&[
            "run",
            path(&file),
            "--entry",
            "end",
            &code.to_string(),
            "--json",
        ]);
        assert_eq!(ran.code, code, "{}", ran.err);
        assert_eq!(ran.object()["exit"], code);
    }
    let ran = fox(&["run", path(&file), "--entry", "end", "256"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("FX001A"), "{}", ran.err);
}

#[test]
fn faults_say_code_message_function_place_and_trace() {
    let place = Place::new("fault");
    let file = place.file("p.fza", PROGRAM);
    let ran = fox(&["run", path(&file), "--entry", "outer", "1"]);
    assert_eq!(ran.code, 1);
    for part in [
        "error[FX0003]",
        "division or remainder by zero",
        "divide",
        "src/program.rh:7:3",
        "outer",
    ] {
        assert!(ran.err.contains(part), "{part} in {}", ran.err);
    }
    let ran = fox(&[
        "run",
        path(&file),
        "--entry",
        "outer",
        "1",
        "--lang",
        "id-ID",
    ]);
    assert!(ran.err.contains("kesalahan[FX0003]"), "{}", ran.err);
    let object = fox(&["run", path(&file), "--entry", "outer", "1", "--json"]).object();
    assert_eq!(object["ok"], false);
    assert_eq!(object["fault"]["code"], "FX0003");
    assert_eq!(object["fault"]["trace"][0]["function"], "divide");
    assert_eq!(object["fault"]["trace"][0]["line"], 7);
}

#[test]
fn limits_have_flags() {
    let place = Place::new("limits");
    let file = place.file("p.fza", PROGRAM);
    let code = |words: &[&str]| {
        let mut all = vec!["run", path(&file), "--json"];
        all.extend(words);
        let ran = fox(&all);
        assert_eq!(ran.code, 1, "{words:?} {}", ran.err);
        ran.object()["fault"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(code(&["--entry", "spin", "--fuel", "10k"]), "FX0008");
    assert_eq!(code(&["--entry", "spin", "--timeout", "50ms"]), "FX0009");
    assert_eq!(code(&["--entry", "deep", "1", "--depth", "1000"]), "FX0001");
    assert_eq!(code(&["--entry", "grow", "--memory", "8MiB"]), "FX0006");
    for words in [
        ["--fuel", "much"],
        ["--memory", "1"],
        ["--timeout", "soon"],
        ["--depth", "0"],
        ["--allow", "everything"],
    ] {
        let ran = fox(&["run", path(&file), words[0], words[1]]);
        assert_eq!(ran.code, 2, "{words:?}");
        assert!(ran.err.contains("error[FC1"), "{}", ran.err);
    }
}

/// A process that nobody waits for.
#[test]
fn failed_processes_are_warned_of() {
    let place = Place::new("process");
    let file = place.file(
        "p.fza",
        "module \"fails\"
fn bad() {
    push_int 1
    box none
    push_int 0
    box none
    div
    pop
    unit
    ret
}
fn main() {
    make_closure bad 0
    fiber_new process
    pop
    unit
    await
    pop
    unit
    ret
}
entry main
",
    );
    for (lang, part) in [
        ("en", "warning[RH0304]: a process failed: zero"),
        ("id", "peringatan[RH0304]: sebuah proses gagal: zero"),
    ] {
        let ran = fox(&["run", path(&file), "--lang", lang]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains(part), "{}", ran.err);
    }
}

#[test]
fn wrong_words_are_usage() {
    let place = Place::new("usage");
    let file = place.file("p.fza", PROGRAM);
    for (words, code) in [
        (vec!["run", path(&file), "--entry", "add", "1"], "FC11"),
        (vec!["run", path(&file), "--entry", "add", "1", "x"], "FC12"),
        (vec!["run", path(&file), "--entry", "nope"], "FC09"),
        (vec!["run", path(&file), "word"], "FC29"),
        (vec!["run"], "FC29"),
        (vec!["frobnicate"], "FC29"),
        (vec!["explain", "FX9999"], "FC21"),
    ] {
        let mut words = words;
        words.push("--json");
        let ran = fox(&words);
        assert_eq!(ran.code, 2, "{words:?}");
        assert_eq!(ran.object()["fault"]["code"], code, "{words:?}");
    }
    let empty = place.file(
        "empty.fza",
        "module \"empty\"\nfn f() export {\n unit\n ret\n}\n",
    );
    let ran = fox(&["run", path(&empty)]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("FC13") && ran.err.contains("--entry f"),
        "{}",
        ran.err
    );
    for (words, part) in [
        (&["run", "--lang", "id"][..], "belum disebut: <FILE>"),
        (
            &["frobnicate", "--lang", "id"],
            "tidak ada perintah `frobnicate`",
        ),
        (&["--lang", "id"], "perintahnya belum disebut"),
        (&["run"], "missing: <FILE>"),
        (&["frobnicate"], "there is no command `frobnicate`"),
        (&[], "a command is missing"),
    ] {
        let ran = fox(words);
        assert_eq!(ran.code, 2, "{words:?}");
        assert!(ran.err.contains(part), "{words:?}: {}", ran.err);
    }
    let ran = fox(&["--help"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("plug"));
    let ran = fox(&["run", path(&empty), "--lang", "tlh", "--entry", "f"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("warning[FC20]"), "{}", ran.err);
}

#[test]
fn files_that_are_not_good_end_with_65() {
    let place = Place::new("files");
    let none = place.0.join("none.fzb");
    let junk = place.file("junk.fzb", "this is no module");
    let source = place.file("p.fox", "tulis(1)");
    let text = place.file("bad.fza", "module \"bad\"\nfn f() {\n frob\n ret\n}\n");
    let odd = place.file("odd.txt", "hello");
    let wrong = place.file(
        "wrong.fza",
        "module \"wrong\"\nfn f() -> int {\n unit\n ret\n}\nentry f\n",
    );
    for (file, code) in [
        (&none, "FC01"),
        (&junk, "FV01"),
        (&source, "FC08"),
        (&text, "FC26"),
        (&odd, "FC05"),
        (&wrong, "FV54"),
        (&place.0, "FC05"),
    ] {
        let ran = fox(&["run", path(file), "--json"]);
        assert_eq!(ran.code, 65, "{file:?} {}", ran.err);
        if *file != place.0 {
            assert_eq!(ran.object()["fault"]["code"], code, "{file:?}");
        }
    }
    let ran = fox(&["run", path(&text)]);
    assert!(ran.err.contains("bad.fza:3"), "{}", ran.err);
}

#[test]
fn denied_capabilities_name_their_flag() {
    let place = Place::new("denied");
    let file = place.file(
        "d.fza",
        "module \"d\"\nimport write host \"console.write\" (text) -> unit needs clock\nfn f() -> unit {\n push \"x\"\n call_ffi write\n ret\n}\nentry f\n",
    );
    let ran = fox(&["run", path(&file)]);
    assert_eq!(ran.code, 65);
    assert!(
        ran.err.contains("FV38") && ran.err.contains("--allow clock"),
        "{}",
        ran.err
    );
    assert_eq!(fox(&["run", path(&file), "--allow", "clock"]).out, "x");
    assert_eq!(fox(&["run", path(&file), "-A"]).out, "x");
}

#[test]
fn text_goes_to_a_file_and_back() {
    let place = Place::new("asm");
    let file = place.file("p.fza", PROGRAM);
    let made = place.0.join("p.fzb");
    let ran = fox(&["asm", path(&file), "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.object()["result"]["bytes"],
        std::fs::metadata(&made).unwrap().len()
    );
    let again = place.0.join("again.fza");
    assert_eq!(fox(&["disasm", path(&made), "-o", path(&again)]).code, 0);
    let second = place.0.join("second.fzb");
    assert_eq!(fox(&["asm", path(&again), "-o", path(&second)]).code, 0);
    assert_eq!(
        std::fs::read(&made).unwrap(),
        std::fs::read(&second).unwrap()
    );
    assert!(fox(&["disasm", path(&made)]).out.starts_with("module "));
    assert_eq!(fox(&["run", path(&made)]).out, "out\n");
    let ran = fox(&["verify", path(&made), path(&second)]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.out.lines().count(), 2);
    let ran = fox(&["verify", path(&file)]);
    assert_eq!(ran.code, 65);
    assert!(
        ran.err
            .contains("= help: the file is module text: `fox asm ")
    );
    let ran = fox(&["--lang", "id", "verify", path(&file)]);
    assert!(
        ran.err
            .contains("= saran: berkas ini teks modul: `fox asm ")
    );
    let mut bytes = std::fs::read(&made).unwrap();
    assert!(
        !fox(&[
            "verify",
            path(&place.file("other.fzb", "modules are no text\n"))
        ])
        .err
        .contains("fox asm")
    );
    bytes.truncate(100);
    std::fs::write(&second, bytes).unwrap();
    let ran = fox(&["verify", path(&made), path(&second), "--json"]);
    assert_eq!(ran.code, 65);
    assert_eq!(ran.object()["result"][0]["ok"], true);
    assert_eq!(ran.object()["result"][1]["ok"], false);
    assert_eq!(fox(&["asm", path(&file), "-o", path(&file)]).code, 2);
    assert_eq!(
        fox(&["asm", path(&file), "-o", "/nowhere/at/all.fzb"]).code,
        65
    );
}

#[test]
fn codes_are_explained_in_two_languages() {
    let english = fox(&["explain", "fx3"]);
    assert!(english.out.starts_with("FX0003: Division by zero\n"));
    let indonesian = command()
        .args(["explain", "FX0003"])
        .env("LANG", "id_ID.UTF-8")
        .output()
        .unwrap();
    assert!(
        String::from_utf8(indonesian.stdout)
            .unwrap()
            .starts_with("FX0003: Pembagian dengan nol\n")
    );
    assert_eq!(
        fox(&["explain", "FV02", "--json"]).object()["result"]["code"],
        "FV02"
    );
}

#[test]
fn stats_and_trace_go_to_the_standard_error() {
    let place = Place::new("stats");
    let file = place.file("p.fza", PROGRAM);
    let ran = fox(&[
        "run",
        path(&file),
        "--entry",
        "outer",
        "1",
        "--stats",
        "--trace",
    ]);
    for part in [
        "fuel_used",
        "minor_pause_p99",
        "program.main",
        "program.outer",
        "program.divide",
    ] {
        assert!(ran.err.contains(part), "{part} in {}", ran.err);
    }
}

#[test]
fn the_sample_plugin_finds_errors() {
    let place = Place::new("plug");
    let made = place.0.join("errors.fzb");
    let source = examples().join("plugins/errors.fza");
    assert_eq!(fox(&["asm", path(&source), "-o", path(&made)]).code, 0);
    let log = std::fs::read(examples().join("sample.log")).unwrap();
    let text = String::from_utf8(log.clone()).unwrap();
    let errors = text.lines().filter(|line| line.contains("ERROR")).count();
    assert!(errors > 10);
    let ran = fed(&["plug", "run", path(&made), "--json"], &log);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let object = ran.object();
    assert_eq!(object["lines"], text.lines().count());
    assert_eq!(object["notify"], errors);
    assert_eq!(object["set_color"], errors);
    let ran = fed(
        &["plug", "run", path(&made), "--show"],
        b"fine\nERROR 1\nERROR 2",
    );
    assert_eq!(
        ran.out,
        "Error detected in terminal\nError detected in terminal\nlines 3, notify 2, set_color 2\n"
    );
    let ran = fed(
        &["plug", "run", path(&made), "--json"],
        b"ok\n\xFF ERROR\n\n",
    );
    assert_eq!(
        (
            ran.code,
            ran.object()["lines"].clone(),
            ran.object()["notify"].clone()
        ),
        (0, 3.into(), 1.into())
    );
    assert!(ran.err.contains("FC25"), "{}", ran.err);
    // Lines longer than a buffer, and pieces without a line end.
    let mut long = vec![b'x'; 700_000];
    long.extend(b" ERROR\nERROR");
    let ran = fed(&["plug", "run", path(&made), "--json"], &long);
    assert_eq!(
        (
            ran.object()["lines"].clone(),
            ran.object()["notify"].clone()
        ),
        (2.into(), 2.into())
    );
}

#[test]
fn a_plugin_that_must_be_granted_is_granted_by_hand() {
    let place = Place::new("grant");
    let source = std::fs::read_to_string(examples().join("plugins/errors.fza")).unwrap();
    place.file("errors.fza", &source);
    let config = place.file(
        "plugins.toml",
        "[[plugin]]\nname = \"errors\"\npath = \"errors.fza\"\nask-again = true\ngrants = [\"output-filtering\", \"ui-overlay\", \"terminal-control\"]\n",
    );
    let list = || fox(&["plug", "list", path(&config)]);
    let ran = list();
    assert_eq!(ran.code, 65, "{}", ran.err);
    assert_eq!(ran.err.matches("FP17").count(), 1, "{}", ran.err);
    assert_eq!(fox(&["plug", "check", path(&config)]).code, 65);
    assert_eq!(fox(&["plug", "grant", path(&config), "nobody"]).code, 2);
    let ran = fox(&["plug", "grant", path(&config), "errors"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("output-filtering"), "{}", ran.out);
    let ran = list();
    assert_eq!(ran.code, 0, "{}", ran.err);
    place.file("errors.fza", &source.replace("Red", "Blue"));
    let ran = list();
    assert_eq!(ran.code, 65);
    assert!(ran.err.contains("its bytes changed"), "{}", ran.err);
}

#[test]
fn plugins_that_fail_are_switched_off() {
    let place = Place::new("off");
    let bad = place.file("bad.fza", "module \"bad\"\nfn onOutput(l: text) -> unit export {\n push_int 1\n push_int 0\n i64.div_s\n pop\n unit\n ret\n}\n");
    let ran = fed(&["plug", "run", path(&bad), "--json"], b"1\n2\n3\n4\n5\n");
    assert_eq!(ran.code, 1);
    assert_eq!(ran.object()["lines"], 3);
    assert_eq!(ran.object()["failures"], 3);
    assert!(ran.err.contains("FC28"), "{}", ran.err);
    let none = place.file(
        "none.fza",
        "module \"none\"\nfn f() export {\n unit\n ret\n}\n",
    );
    let ran = fed(&["plug", "run", path(&none), "--json"], b"");
    assert_eq!(
        (ran.code, ran.object()["fault"]["code"].as_str()),
        (65, Some("FC27"))
    );
    let other = place.file(
        "other.fza",
        "module \"other\"\nfn on_output(n: int) -> unit export {\n unit\n ret\n}\n",
    );
    assert_eq!(fed(&["plug", "run", path(&other)], b"x\n").code, 65);
}

#[cfg(unix)]
#[test]
fn interrupts_end_with_130() {
    let place = Place::new("interrupt");
    let file = place.file("p.fza", PROGRAM);
    let child = command()
        .args(["run", path(&file), "--entry", "spin", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(600));
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let start = Instant::now();
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(ran.code, 130, "{}", ran.err);
    assert_eq!(ran.object()["fault"]["code"], "FC22");
}

#[test]
fn the_natives_are_listed() {
    let ran = fox(&["natives"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out
            .contains("  files.read_text(path: text) -> text  --allow fs-read\n"),
        "{}",
        ran.out
    );
    let ran = fox(&["natives", "--json"]);
    let object = ran.object();
    let functions = object["result"]["functions"].as_array().unwrap();
    let now = functions
        .iter()
        .find(|function| function["name"] == "time.now")
        .unwrap();
    assert_eq!(now["group"], "time");
    assert_eq!(now["capabilities"][0], "clock");
}

const READER: &str = "module \"reader\" lang machine
import read host \"files.read_text\" (text) -> text optional
import write host \"console.write\" (text) -> unit
fn main() -> unit {
 push \"in/a.txt\"
 call_ffi read
 call_ffi write
 ret
}
fn out() -> unit export {
 push \"secret\"
 call_ffi read
 call_ffi write
 ret
}
entry main
";

#[test]
fn files_are_denied_until_a_flag_grants_them() {
    let place = Place::new("granted");
    std::fs::create_dir_all(place.0.join("in")).unwrap();
    place.file("in/a.txt", "hello");
    place.file("secret", "secret");
    let file = place.file("reader.fza", READER);
    let run = |words: &[&str]| -> Ran {
        command()
            .current_dir(&place.0)
            .args(["run", path(&file)])
            .args(words)
            .output()
            .unwrap()
            .into()
    };
    let denied = run(&[]);
    assert_eq!(denied.code, 1, "{}", denied.err);
    assert!(
        denied.err.contains("FX000A") && denied.err.contains("--allow fs-read"),
        "{}",
        denied.err
    );
    for grant in [
        "files=in",
        "files.read=in",
        "fs-read=in",
        "files",
        "fs-read",
    ] {
        let ran = run(&["--allow", grant]);
        assert_eq!(ran.out, "hello", "{grant}: {}", ran.err);
    }
    let denied = run(&["--allow", "files=in", "--entry", "out"]);
    assert_eq!(denied.code, 1, "{}", denied.err);
    assert!(
        denied
            .err
            .contains("secret lies in no folder that was granted")
            && denied.err.contains("--allow fs-read=FOLDER"),
        "{}",
        denied.err
    );
    assert_eq!(run(&["--allow", "files.write=in"]).code, 1);
    assert_eq!(run(&["--allow", "files=in", "--allow", "nothing"]).code, 2);
}

#[test]
fn programs_read_their_input_and_arguments() {
    let place = Place::new("input");
    let file = place.file(
        "input.fza",
        "module \"input\" lang machine
import line host \"console.read_line\" () -> text
import args host \"env.args\" () -> dyn
import join host \"text.join\" (dyn, text) -> text
import write host \"console.write_line\" (text) -> unit
fn main(first: text, second: text) -> unit export {
 call_ffi line
 call_ffi write
 pop
 call_ffi args
 push \"+\"
 call_ffi join
 call_ffi write
 ret
}
",
    );
    let words = [
        "run",
        path(&file),
        "one",
        "two",
        "--entry",
        "main",
        "--allow",
        "stdin",
        "--allow",
        "env",
    ];
    let ran = fed(&words, b"first line\nsecond\n");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out, "first line\none+two\n");
}

#[test]
fn plugins_of_a_file_are_checked_and_listed() {
    let place = Place::new("plug-list");
    let source = std::fs::read_to_string(examples().join("plugins/errors.fza")).unwrap();
    place.file("errors.fza", &source);
    let good = place.file(
        "plugins.toml",
        "[[plugin]]\nname = \"errors\"\npath = \"errors.fza\"\ngrants = [\"output-filtering\", \"ui-overlay\", \"terminal-control\"]\n",
    );
    let checked = fox(&["plug", "check", path(&good)]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""));
    assert!(
        checked
            .out
            .starts_with("errors: ok, hooks: onOutput, grants: output-filtering")
    );
    let listed = fox(&["plug", "list", path(&good)]);
    assert_eq!(listed.code, 0, "{}", listed.err);
    assert!(
        listed.out.contains("running") && listed.out.contains("onOutput"),
        "{}",
        listed.out
    );
    let listed = fox(&["plug", "list", path(&good), "--json"]);
    let object: Value = serde_json::from_str(listed.out.trim_end()).unwrap();
    assert_eq!(object["result"][0]["state"], "running");
    assert_eq!(object["result"][0]["hooks"][0]["hook"], "onOutput");
    let bare = place.file(
        "bare.toml",
        "[[plugin]]\nname = \"errors\"\npath = \"errors.fza\"\n",
    );
    for verb in ["check", "list"] {
        let refused = fox(&["plug", verb, path(&bare)]);
        assert_eq!(refused.code, 65, "{verb}");
        assert!(
            refused.err.contains("FP05") && refused.err.contains("ui-overlay"),
            "{}",
            refused.err
        );
    }
    let broken = place.file("broken.toml", "[[plugin]]\nname = 3\n");
    let refused = fox(&["plug", "check", path(&broken), "--lang", "id"]);
    assert_eq!(refused.code, 65);
    assert!(refused.err.contains("broken.toml:2"), "{}", refused.err);
    assert_eq!(fox(&["plug", "check", "/nowhere/plugins.toml"]).code, 65);
    let sample = examples().join("plugins/plugins.toml");
    assert_eq!(fox(&["plug", "check", path(&sample)]).code, 0);
    let help = fox(&["plug", "list", "--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("plugins.toml"));
}
