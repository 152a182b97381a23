//! The built command `rhi`: running, libraries, test mode, the prompt from a pipe.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// A folder of its own for a test, removed at its end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let path = std::env::temp_dir().join(format!("rhi-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Place(path.canonicalize().unwrap())
    }
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
    fn rhi(&self, words: &[&str]) -> Ended {
        ended(
            self.command(env!("CARGO_BIN_EXE_rhi"), words)
                .output()
                .unwrap(),
        )
    }
    fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(words)
            .current_dir(&self.0)
            .env_remove("RHUMB_LIB")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        command
    }
    /// What the prompt says to lines of its input.
    fn prompt(&self, words: &[&str], input: &str) -> Ended {
        let mut child = self
            .command(env!("CARGO_BIN_EXE_rhi"), words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(input.as_bytes()).unwrap();
        drop(pipe);
        ended(child.wait_with_output().unwrap())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Ended {
    out: String,
    err: String,
    code: i32,
}

fn ended(output: Output) -> Ended {
    Ended {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

#[test]
fn the_console_prints_and_returns() {
    let place = Place::new("console");
    place.file(
        "a.rh",
        "log('hi'; 1; [1; 2]; yes)\nm .= [a .. 5; f .. [] !> !@console\\log('in a map'; !\\a)]\nm\\f\n\
         console\\write('x'; 2)\nconsole\\error('oops')\nlog('y') ++ 'z'\n",
    );
    let ended = place.rhi(&["-last-value", "a.rh"]);
    assert_eq!(ended.out, "hi 1 [1; 2] yes\nin a map 5\nx 2y\n=> 'yz'\n");
    assert_eq!((ended.err.as_str(), ended.code), ("oops\n", 0));
    let fox = ended_of_fox(&place, &["run", "a.rh"]);
    assert_eq!(fox.out, "hi 1 [1; 2] yes\nin a map 5\nx 2y\n");
}

fn ended_of_fox(place: &Place, words: &[&str]) -> Ended {
    ended(
        place
            .command(env!("CARGO_BIN_EXE_fox"), words)
            .output()
            .unwrap(),
    )
}

/// Rulings B55 (the summary is the same for every language) and B56 (the greatest random integer is one of them).
#[test]
fn summaries_are_the_same_everywhere_and_random_ranges_have_both_ends() {
    let place = Place::new("both-ends");
    place.file(
        "a.rh",
        "m := {!|math|-}\nseen := []\ni := 0\ni << 200 |> (i := i ++ 1; seen[m\\int(1; 2)] := 5)\nseen %= [5; 5]\n",
    );
    for lang in ["en-US", "id-ID"] {
        let ended = place.rhi(&["-test", "-lang", lang, "--allow", "random", "a.rh"]);
        assert!(
            ended.out.ends_with("\n1 passed, 0 failed\n"),
            "{}",
            ended.out
        );
    }
}

#[test]
fn the_world_map_does_not_lend_its_subfields_fields() {
    let place = Place::new("world");
    place.file(
        "a.rh",
        "m := []\nm\\log %= ___\nm =\\ 'log' %= no\n[error] ^= m\nerror %= ___\nm@console[?] %= no\n",
    );
    let ended = place.rhi(&["-test", "a.rh"]);
    assert!(ended.out.ends_with("4 passed, 0 failed\n"), "{}", ended.out);
}

#[test]
fn ends_have_their_codes() {
    let place = Place::new("codes");
    place.file("ok.rh", "1");
    place.file("panic.rh", "f .= [] -> ***('no way')\nf()\n");
    place.file("syntax.rh", "x := (1\n");
    place.file("loop.rh", "x := 0\nyes |> (x := x ++ 1)\n");
    place.file("exit.rh", "s .= {!|system|-}\ns\\exit(7)\n");
    place.file("signal.rh", "#nobody(1)\n");
    assert_eq!(place.rhi(&["ok.rh"]).code, 0);
    let panic = place.rhi(&["panic.rh"]);
    assert_eq!(panic.code, 1);
    assert!(
        panic.err.starts_with("panic: no way\n  code 999\n  at "),
        "{}",
        panic.err
    );
    assert!(panic.err.contains("panic.rh:1:"), "{}", panic.err);
    place.file("call.rh", "x := [5]\nx(1; 2)\n");
    let call = place.rhi(&["call.rh"]);
    assert_eq!(call.code, 1);
    assert!(
        call.err
            .starts_with("panic: not callable\n  code 400, data [5]\n  at "),
        "{}",
        call.err
    );
    let syntax = place.rhi(&["syntax.rh"]);
    assert_eq!(syntax.code, 65);
    assert!(syntax.err.contains("RH0002"), "{}", syntax.err);
    let looping = place.rhi(&["loop.rh", "-max-steps", "10000"]);
    assert_eq!(looping.code, 1);
    assert!(looping.err.ends_with("limit: steps\n"), "{}", looping.err);
    place.file(
        "left.rh",
        "saved := []; desk .= <$>\ndesk <> [#come] -> ((#wait; yes |> 1) { #wait .. (saved[>] := $0) })\ndesk#come\nsaved[1]^()\n",
    );
    let left = place.rhi(&["left.rh", "-max-steps", "10000"]);
    assert_eq!(left.code, 1);
    assert!(left.err.ends_with("limit: steps\n"), "{}", left.err);
    let left = place.rhi(&["left.rh", "--timeout", "50ms"]);
    assert_eq!(left.code, 1);
    assert!(left.err.ends_with("limit: time\n"), "{}", left.err);
    assert_eq!(place.rhi(&["exit.rh"]).code, 7);
    assert_eq!(place.rhi(&["-nonsense"]).code, 2);
    assert_eq!(place.rhi(&["absent.rh"]).code, 65);
    let warned = place.rhi(&["signal.rh"]);
    assert_eq!((warned.code, warned.err.contains("#nobody")), (0, true));
    assert_eq!(place.rhi(&["-silent", "signal.rh"]).err, "");
    // Each file runs, and the first failure is the end's.
    let several = place.rhi(&["-last-value", "ok.rh", "panic.rh", "ok.rh"]);
    assert_eq!((several.code, several.out.as_str()), (1, "=> 1\n=> 1\n"));
}

/// Programs that recurse, loop, allocate, print or spawn without end meet a limit, which is named last (rulings B48).
#[test]
fn programs_without_end_meet_their_limits() {
    let place = Place::new("limits");
    let spawn = "r .= <$>; saved := []\nclient .= [] -> #wait\n\
                 r <> [#come] -> (client() { #wait .. (saved[>] := $0) })\nyes |> r#come\n";
    for (program, limit) in [
        ("f .= [n] -> 1 ++ f(n ++ 1)\nf(0)", "depth heap"),
        ("f .= [n] -> (f(n ++ 1) { #a .. 1 })\nf(0)", "depth heap"),
        ("r .= <$>; r <> [#a] -> r#a\nr#a", "depth heap fibers"),
        ("n := 0\nyes |> (n := n ++ 1)", "steps"),
        ("f .= [n] -> f(n ++ 1)\nf(0)", "steps depth"),
        ("m := []\nyes |> (m[>] := [1; 2; 3])", "heap"),
        ("t := 'x'\nyes |> (t := t ++ t)", "heap"),
        (
            "m := []; n := 0\nyes |> (n := n ++ 1; m\\<\"k$n\"> := n)",
            "heap",
        ),
        ("x := 02.-\nyes |> (x := x ** x)", "heap steps"),
        ("m := []\nyes |> (m[>] := <$>)", "heap"),
        ("r .= <$>\nyes |> (r <> [#a] -> 1)", "heap"),
        (
            "yes |> log('0123456789012345678901234567890123456789012345678901234567890123456789')",
            "output steps",
        ),
        (spawn, "heap fibers"),
    ] {
        place.file("endless.rh", program);
        let flags = [
            "-silent",
            "-max-steps",
            "60M",
            "-max-heap",
            "24M",
            "endless.rh",
        ];
        let ended = place.rhi(&flags);
        assert_eq!(ended.code, 1, "{program}: {}", ended.err);
        let last = ended.err.lines().last().unwrap_or_default();
        let met = last.strip_prefix("limit: ").unwrap_or(last);
        assert!(
            limit.split(' ').any(|limit| limit == met),
            "{program}: {}",
            ended.err
        );
    }
    place.file("endless.rh", "f .= [n] -> 1 ++ f(n ++ 1)\nf(0)");
    for (lang, part) in [
        ("en", "calls not shown"),
        ("id", "panggilan tidak ditampilkan"),
    ] {
        let ended = place.rhi(&["-lang", lang, "endless.rh"]);
        assert!(ended.err.contains(part), "{}", ended.err);
        assert!(
            ended.err.contains("start (endless)\nlimit: depth"),
            "{}",
            ended.err
        );
    }
    place.file("endless.rh", "yes |> ___");
    let ended = place.rhi(&[
        "-max-steps",
        "unlimited",
        "--timeout",
        "200ms",
        "endless.rh",
    ]);
    assert!(ended.err.ends_with("limit: time\n"), "{}", ended.err);
    // Those of heap and depth can be caught, the others cannot.
    place.file(
        "caught.rh",
        "f .= [n] -> 1 ++ f(n ++ 1)\nf(0) { #***(c; _; _) .. c }\n",
    );
    assert_eq!(place.rhi(&["-last-value", "caught.rh"]).out, "=> 500\n");
    place.file("caught.rh", "f .= [] -> (yes |> ___)\nf() { #* .. 1 }\n");
    let ended = place.rhi(&["-max-steps", "1M", "caught.rh"]);
    assert!(ended.err.ends_with("limit: steps\n"), "{}", ended.err);
}

#[test]
fn strict_wants_labels_defined() {
    let place = Place::new("strict");
    place.file("a.rh", "f .= [] -> later\nlater := 1\ntypo ?? 3\n");
    assert_eq!(place.rhi(&["a.rh"]).code, 0);
    let ended = place.rhi(&["-strict", "a.rh"]);
    assert_eq!(ended.code, 65);
    assert!(
        ended.err.contains("RH0105") && ended.err.contains("typo"),
        "{}",
        ended.err
    );
    assert!(!ended.err.contains("`later`"), "{}", ended.err);
}

#[test]
fn sources_have_the_truth_words_of_their_locale() {
    let place = Place::new("locale");
    place.file("a.rh", "1 == 1\n");
    place.file("b.rh", "%! rhi -lang fr_FR\noui\n");
    assert_eq!(
        place.rhi(&["-lang", "id-ID", "-last-value", "a.rh"]).out,
        "=> ya\n"
    );
    assert_eq!(place.rhi(&["-last-value", "b.rh"]).out, "=> oui\n");
}

#[test]
fn local_libraries_have_versions_and_share_scopes() {
    let place = Place::new("local");
    place.file(
        "p.rhy",
        "name: demo\nlibraries:\n  geo:\n    path: lib/geo\n",
    );
    place.file("lib/geo/1.0.0/a.rh", "area .= [w; h] -> w ** h\n");
    place.file("lib/geo/1.2.0/a.rh", "area .= [w; h] -> _scaled(w ** h)\n");
    place.file("lib/geo/1.2.0/b.rh", "_scaled .= [x] -> x ** scale\n");
    place.file("lib/geo/1.2.0/+c.rh", "scale .= 10\n");
    place.file("lib/one.rh", "log('one')\nname .= 'one'\n");
    place.file(
        "src/a.rh",
        "new .= {-|geo|1.-}\nold .= {-|lib/geo|1.0.-}\none .= {-|lib/one|-}\nagain .= {-|lib/one.rh|-}\n\
         new\\area(2; 3) %= 60\nold\\area(2; 3) %= 6\nnew\\_scaled %= ___\none\\name %= 'one'\nagain\\name %= 'one'\n",
    );
    let ended = place.rhi(&["-test", "src/a.rh"]);
    assert!(
        ended.out.ends_with("5 passed, 0 failed\n"),
        "{}{}",
        ended.out,
        ended.err
    );
    assert_eq!(
        ended.out.matches("one\n").count(),
        1,
        "loaded once: {}",
        ended.out
    );
    place.file("src/b.rh", "{-|geo|2.-}\n");
    let ended = place.rhi(&["src/b.rh"]);
    assert_eq!(ended.code, 65);
    assert!(
        ended
            .err
            .contains("RH0203]: {-|geo|2.-}: no version fits; there is 1.0.0 and 1.2.0"),
        "{}",
        ended.err
    );
}

#[test]
fn a_shelf_runs_its_entry() {
    let place = Place::new("shelf");
    place.file("s/b.rh", "double .= [x] -> x ** 2\n");
    place.file("s/+main.rh", "log(double(21))\n");
    assert_eq!(place.rhi(&["s"]).out, "42\n");
    place.file("s/+other.rh", "1\n");
    assert_eq!(place.rhi(&["s"]).code, 65);
    place.file("t/a.rh", "1\n");
    assert_eq!(place.rhi(&["t"]).code, 2);
}

#[test]
fn mistakes_in_libraries_have_their_place() {
    let place = Place::new("places");
    place.file("lib/a.rh", "ok .= 1\n");
    place.file("lib/b.rh", "fine .= 2\nf .= [] -> ***('deep')\n");
    place.file("bad.rh", "x := (\n");
    place.file("a.rh", "{-|bad|-}\n");
    place.file("b.rh", "l .= {-|lib|-}\nl\\f()\n");
    let ended = place.rhi(&["a.rh"]);
    assert_eq!(ended.code, 65);
    assert!(ended.err.contains("bad.rh:1:6"), "{}", ended.err);
    assert!(ended.err.contains("a.rh:1:1"), "{}", ended.err);
    let ended = place.rhi(&["b.rh"]);
    assert!(ended.err.contains("lib/b.rh:2:"), "{}", ended.err);
}

#[test]
fn only_running_in_a_circle_is_wrong() {
    let place = Place::new("circle");
    place.file("a.rh", "b .= {-|b|-}\nvalue .= 1\n");
    place.file("b.rh", "a .= {-|a|-}\n");
    let ended = place.rhi(&["a.rh"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .err
            .contains("circular dependency detected: a -> {-|b.rh|-} -> a"),
        "{}",
        ended.err
    );
    place.file("c.rh", "value .= 1\nd .= {-|d|-}\nlog(d\\get())\n");
    place.file("d.rh", "get .= [] -> 5\nlate .= [] -> {-|c|-}\n");
    assert_eq!(place.rhi(&["c.rh"]).out, "5\n");
}

#[test]
fn anchors_are_checked_and_filled() {
    let place = Place::new("anchors");
    let catalog = "libraries:\n  geo:\n    path: lib/geo\n    anchor: ___\n";
    place.file("p.rhy", catalog);
    place.file("lib/geo/a.rh", "x .= 1\n");
    place.file("a.rh", "g .= {-|geo|-}\ng\\x\n");
    let ended = place.rhi(&["a.rh"]);
    assert_eq!(ended.code, 65);
    assert!(ended.err.contains("-sha256"), "{}", ended.err);
    assert_eq!(place.rhi(&["-sha256", "-last-value", "a.rh"]).out, "=> 1\n");
    let filled = std::fs::read_to_string(place.0.join("p.rhy")).unwrap();
    let anchor = filled
        .lines()
        .last()
        .unwrap()
        .trim()
        .strip_prefix("anchor: ")
        .unwrap();
    assert!(
        anchor.starts_with("sha256:") && anchor.len() == 71,
        "{filled}"
    );
    assert_eq!(place.rhi(&["a.rh"]).code, 0);
    place.file("lib/geo/a.rh", "x .= 2\n");
    let ended = place.rhi(&["a.rh"]);
    let expected = format!(
        "anchor is not a match for dependency 'geo' (line 2, col 3): expected '{anchor}' actual 'sha256:"
    );
    assert!(ended.err.contains(&expected), "{}", ended.err);
}

#[test]
fn nothing_outside_of_the_project_is_read() {
    let place = Place::new("outside");
    place.file("secret.txt", "secret");
    place.file("p/p.rhy", "name: p\n");
    place.file("p/.hidden", "hidden");
    place.file("p/note.txt", "note");
    place.file(
        "p/data.json",
        "{\"a\": [1, 2.5, null], \"b\": {\"c\": true}}",
    );
    #[cfg(unix)]
    std::os::unix::fs::symlink("../secret.txt", place.0.join("p/link.txt")).unwrap();
    let run = |literal: &str| {
        place.file("p/a.rh", literal);
        place.rhi(&["-last-value", "p/a.rh"])
    };
    assert_eq!(run("{=|note.txt|-}").out, "=> 'note'\n");
    assert_eq!(
        run("d .= {=|data.json|-}; [d\\a\\2; d\\a\\3; d\\b\\c]").out,
        "=> [2.5; ___; yes]\n"
    );
    for literal in [
        "{=|../secret.txt|-}",
        "{=|/etc/passwd|-}",
        "{=|.hidden|-}",
        "{=|link.txt|-}",
        "{-|../secret.txt|-}",
        "{!|../p|-}",
        "{git|https://example.org/x|1.0.0}",
    ] {
        let ended = run(literal);
        assert_eq!(ended.code, 65, "{literal}: {}", ended.out);
        // `..` makes no library literal of what stands between the braces; all others are refused by the loader.
        let code = match literal {
            _ if literal.contains("..") => "RH0001",
            "{git|https://example.org/x|1.0.0}" => "RH0206",
            _ => "RH0208",
        };
        assert!(ended.err.contains(code), "{literal}: {}", ended.err);
    }
}

/// Why a library cannot be had is told in the user's language, with a code of its own.
#[test]
fn missing_libraries_are_told_in_both_languages() {
    let place = Place::new("reasons");
    place.file(
        "p.rhy",
        "libraries:\n  geo:\n    path: lib/geo\n    anchor: ___\n",
    );
    place.file("lib/geo/1.0.0/a.rh", "x .= 1\n");
    place.file("two/+a.rh", "1\n");
    place.file("two/+b.rh", "1\n");
    place.file("bad.json", "{\n  x");
    place.file("wrong.rh", "x := )\n");
    for (literal, code, english, indonesian) in [
        (
            "{!|nope|-}",
            "RH0201",
            "the base library has console, math",
            "pustaka dasar mempunyai console, math",
        ),
        (
            "{_|nope|-}",
            "RH0201",
            "host functions are in console",
            "fungsi inang ada di console",
        ),
        (
            "{!|math|9.-}",
            "RH0203",
            "no version fits; there is 1.2.0",
            "tidak ada versi yang cocok; yang ada 1.2.0",
        ),
        (
            "{=|bad.json|1.-}",
            "RH0203",
            "a file has no versions",
            "berkas tidak mempunyai versi",
        ),
        (
            "{!|math|v}",
            "RH0203",
            "not known before the program runs which version `v` holds",
            "tidak diketahui versi mana yang dipegang `v`",
        ),
        (
            "{!|math|99999.1.1}",
            "RH0203",
            "`99999.1.1` is no version",
            "`99999.1.1` bukan versi",
        ),
        (
            "{-|geo|1.-}",
            "RH0205",
            "anchor of dependency 'geo' (line 2, col 3) is not computed yet",
            "jangkar dependensi 'geo' (baris 2, kolom 3) belum dihitung",
        ),
        (
            "{git|https://example.org/x|1.0.0}",
            "RH0206",
            "resolver `git` needs the network",
            "penyelesai `git` memerlukan jaringan",
        ),
        (
            "{ours|x|1.0.0}",
            "RH0206",
            "nobody registered the resolver `ours`",
            "tidak ada yang mendaftarkan penyelesai `ours`",
        ),
        (
            "{-|wrong|-}",
            "RH0207",
            "its source has mistakes",
            "naskahnya mengandung kesalahan",
        ),
        (
            "{-|two|-}",
            "RH0208",
            "a shelf has one entry",
            "rak hanya boleh mempunyai satu pintu masuk",
        ),
        (
            "{=|bad.json|-}",
            "RH0208",
            "this is no JSON (line 2, column 3)",
            "ini bukan JSON (baris 2, kolom 3)",
        ),
        (
            "{-|nope|-}",
            "RH0208",
            "nothing is there below",
            "tidak ada apa-apa di situ di bawah",
        ),
        (
            "{=|.hidden|-}",
            "RH0208",
            "a path leads down",
            "jalur mengarah ke bawah",
        ),
    ] {
        place.file("a.rh", literal);
        for (lang, part) in [("en", english), ("id", indonesian)] {
            let ended = place.rhi(&["-lang", lang, "a.rh"]);
            assert_eq!(ended.code, 65, "{literal}");
            assert!(
                ended.err.contains(code) && ended.err.contains(part),
                "{literal}: {}",
                ended.err
            );
            assert!(ended.err.contains("a.rh:1:1"), "{literal}: {}", ended.err);
        }
    }
    place.file("a.rh", "1\n");
    for (catalog, english, indonesian) in [
        (
            "nonsense\n",
            "line 1: expected `name: value`",
            "baris 1: diharapkan `nama: nilai`",
        ),
        (
            "libraries:\n  a:\n  a:\n",
            "line 3: the library `a` is listed twice",
            "baris 3: pustaka `a` didaftar dua kali",
        ),
        (
            "libraries:\n  a:\n    hue: 1\n",
            "line 3: a library has no field `hue`",
            "baris 3: pustaka tidak mempunyai field `hue`",
        ),
    ] {
        place.file("p.rhy", catalog);
        for (lang, part) in [("en", english), ("id", indonesian)] {
            let ended = place.rhi(&["-lang", lang, "a.rh"]);
            assert_eq!(ended.code, 65, "{catalog}");
            assert!(
                ended.err.contains("RH0209") && ended.err.contains(part),
                "{}",
                ended.err
            );
        }
    }
}

/// What running programs are warned of, and what commands cannot do, in the user's language.
#[test]
fn warnings_are_told_in_both_languages() {
    let place = Place::new("warnings");
    place.file("lost.rh", "#lost\n");
    place.file("late.rh", "^late\n");
    for (file, code, english, indonesian) in [
        (
            "lost.rh",
            "[RH0301]",
            "uncaught signal #lost",
            "isyarat #lost tidak tertangkap",
        ),
        (
            "late.rh",
            "[RH0302]",
            "409: there is nothing to reply to",
            "409: tidak ada yang dapat dibalas",
        ),
    ] {
        for (lang, part) in [("en", english), ("id", indonesian)] {
            let ended = place.rhi(&["-lang", lang, file]);
            assert_eq!(ended.code, 0);
            assert!(
                ended.err.contains(code) && ended.err.contains(part),
                "{}",
                ended.err
            );
            assert_eq!(place.rhi(&["-silent", file]).err, "");
        }
    }
    place.file("s/a.rh", "1\n");
    place.file("plain.rh", "x:=1\n");
    for (words, code, english, indonesian) in [
        (
            &["check"][..],
            "FC32",
            "no file is named",
            "tidak ada berkas yang disebut",
        ),
        (
            &["test"][..],
            "FC32",
            "no file to test",
            "tidak ada berkas untuk diuji",
        ),
        (
            &["s"][..],
            "FC32",
            "a shelf without a book",
            "rak tanpa buku",
        ),
        (
            &["babel", "x.ri"][..],
            "FC32",
            "a command that is not there yet",
            "perintah yang belum ada",
        ),
        (
            &["x.ri"][..],
            "FC32",
            "images cannot be resumed yet",
            "citra belum dapat dilanjutkan",
        ),
        (
            &["-test", "plain.rh"][..],
            "FC33",
            "no assertion was executed",
            "tidak ada pernyataan uji",
        ),
        (
            &["check", "nope.rh"][..],
            "FC01",
            "there is no file `nope.rh`",
            "berkas `nope.rh` tidak ada",
        ),
        (
            &["-nope"][..],
            "FC29",
            "`rhi --help` shows",
            "`rhi --help` menampilkan",
        ),
    ] {
        for (lang, part) in [("en", english), ("id", indonesian)] {
            let mut all = vec!["-lang", lang];
            all.extend(words);
            let ended = place.rhi(&all);
            assert!(
                ended.err.contains(code) && ended.err.contains(part),
                "{words:?}: {}",
                ended.err
            );
        }
    }
    for (lang, part) in [
        ("en", "there is nothing to undo"),
        ("id", "tidak ada yang dapat diurungkan"),
    ] {
        let ended = place.prompt(&["-lang", lang], "%:undo\n%:nope\n%:help\n");
        assert!(ended.err.contains(part), "{}", ended.err);
        assert!(ended.err.contains("`%:nope`"), "{}", ended.err);
        assert!(ended.out.contains("%:labels"), "{}", ended.out);
    }
    assert!(
        place
            .rhi(&["explain", "RH0301", "-lang", "id"])
            .out
            .contains("Isyarat")
    );
}

/// At the prompt a label holds its version for the blocks that follow.
#[test]
fn versions_are_held_by_labels_of_earlier_blocks() {
    let place = Place::new("versions");
    place.file("geo/1.0.0/a.rh", "x .= 'old'\n");
    place.file("geo/2.0.0/a.rh", "x .= 'new'\n");
    let ended = place.prompt(
        &[],
        "v .= 1.0.0\n{-|geo|v}\\x\nw := 1.0.0\nw := 2.0.0\n{-|geo|w}\\x\nw .= 2.0.0\n{-|geo|w}\\x\n",
    );
    assert_eq!(
        ended.out,
        "=> 1.0.0\n=> 'old'\n=> 1.0.0\n=> 2.0.0\n=> 2.0.0\n=> 'new'\n"
    );
    assert_eq!(ended.err.matches("RH0203").count(), 1, "{}", ended.err);
}

#[test]
fn the_base_library_can_be_replaced_by_a_folder() {
    let place = Place::new("base");
    place.file("lib/math/2.0.0/a.rh", "answer .= 42\n");
    place.file("lib/own/1.0.0/a.rh", "x .= 'mine'\n");
    place.file(
        "a.rh",
        "m .= {!|math|2.-}; n .= {!|math|1.-}; o .= {!|own|-}; [m\\answer; n\\abs(-3); o\\x]",
    );
    let output = place
        .command(env!("CARGO_BIN_EXE_rhi"), &["-last-value", "a.rh"])
        .env("RHUMB_LIB", place.0.join("lib"))
        .output()
        .unwrap();
    let ended = ended(output);
    assert_eq!(ended.out, "=> [42; 3; 'mine']\n", "{}", ended.err);
}

/// §10.3, rule by rule.
#[test]
fn test_mode_follows_its_rules() {
    let place = Place::new("rules");
    place.file(
        "sub/a.rh",
        "% 1: the text is split at the first further %, both parts trimmed, and never parsed
1 ++ 1 %=   2   %  a sum % more
'a' %= 'a'
'x' %= x % quotes are part of it
% 2: it attaches to the expression that ends before it, also in nested lists, there on each execution
f .= [x] -> (
  x ++ 1 %= 3
  x
)
f(2) %= 2
f(2)
m := [
  a .. 1 %= 1
  f(2) %= 2
]
err := f(2) %= 2
x := 5; %= 5
%? 'alone'
% 3: a failure does not stop the file, and the value flows on
y := (1 %= 2
) ++ 1 %= 2
y %? anything at all %= 9
[1; y] %= [1; 2]
",
    );
    let expected = "Checking assertions in file 'a.rh'...
PASS: 2 (a sum % more)
PASS: 'a'
FAIL: Expected 'x', got ''x'' (quotes are part of it)
PASS: 3
PASS: 2
PASS: 3
PASS: 1
PASS: 3
PASS: 2
PASS: 3
PASS: 2
PASS: 5
FAIL: Expected '2', got '1'
PASS: 2
INSPECT: 2
PASS: [1; 2]
13 passed, 2 failed
";
    for lang in ["en", "id"] {
        let ended = place.rhi(&["-lang", lang, "-test", "sub/a.rh"]);
        assert_eq!(ended.out, expected, "{}", ended.err);
        assert_eq!(ended.code, 1);
    }
    // Outside of test mode both are comments.
    assert_eq!(place.rhi(&["sub/a.rh"]).out, "");
    // 4: a panic fails the file even if its assertions passed, and the line with the counts is last; 5: a warning.
    place.file("p.rh", "1 %= 1\n***('no')\n");
    let ended = place.rhi(&["-test", "p.rh", "sub/a.rh"]);
    assert!(
        ended.out.ends_with("14 passed, 3 failed\n"),
        "{}",
        ended.out
    );
    assert!(ended.err.contains("panic: no"), "{}", ended.err);
    place.file("z.rh", "1\n");
    let ended = place.rhi(&["-test", "z.rh"]);
    assert_eq!(
        (ended.code, ended.out.lines().last()),
        (0, Some("0 passed, 0 failed"))
    );
    assert!(ended.err.contains("FC33"), "{}", ended.err);
    // A file whose warning is turned off.
    assert_eq!(place.rhi(&["-test", "-silent", "z.rh"]).err, "");
}

#[test]
fn assertions_attach_to_members_of_all_lists() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/rhumb/1003-assertions.rh");
    let output = Command::new(env!("CARGO_BIN_EXE_rhi"))
        .arg("-test")
        .arg(file)
        .output()
        .unwrap();
    let ended = ended(output);
    assert!(
        ended.out.ends_with("\n28 passed, 0 failed\n"),
        "{}",
        ended.out
    );
}

/// With `--json` every verb ends with one object, whose exit code is the process's.
#[test]
fn every_verb_answers_with_an_object() {
    let place = Place::new("objects");
    place.file("ok.rh", "1 %= 1\n");
    place.file("bad.rh", "x := (\n");
    place.file("panic.rh", "***('no')\n");
    place.file("loose.rh", "x:=1\n");
    let rhi: &[(&[&str], u8)] = &[
        (&["ok.rh"], 0),
        (&["bad.rh"], 65),
        (&["panic.rh"], 1),
        (&["absent.rh"], 65),
        (&["test", "ok.rh"], 0),
        (&["test", "bad.rh"], 1),
        (&["test", "panic.rh"], 1),
        (&["test"], 2),
        (&["check", "ok.rh"], 0),
        (&["check", "bad.rh", "ok.rh"], 65),
        (&["check"], 2),
        (&["fmt", "ok.rh"], 0),
        (&["fmt", "bad.rh"], 65),
        (&["explain", "RH0001"], 0),
        (&["explain", "RH9999"], 2),
        (&["-nonsense"], 2),
        (&["x.ri"], 2),
    ];
    let fox: &[(&[&str], u8)] = &[
        (&["run", "ok.rh"], 0),
        (&["run", "bad.rh"], 65),
        (&["run", "panic.rh"], 1),
        (&["test", "ok.rh"], 0),
        (&["test", "ok.rh", "panic.rh"], 1),
        (&["check", "ok.rh"], 0),
        (&["fmt", "--check", "loose.rh"], 1),
        (&["explain", "FX0001"], 0),
        (&["test"], 2),
    ];
    let mut cases: Vec<(&str, &[&str], u8)> = Vec::new();
    cases.extend(
        rhi.iter()
            .map(|(words, code)| (env!("CARGO_BIN_EXE_rhi"), *words, *code)),
    );
    cases.extend(
        fox.iter()
            .map(|(words, code)| (env!("CARGO_BIN_EXE_fox"), *words, *code)),
    );
    for (program, words, code) in cases {
        let mut words = words.to_vec();
        words.push("--json");
        let ended = ended(place.command(program, &words).output().unwrap());
        assert_eq!(ended.code, i32::from(code), "{words:?}: {}", ended.err);
        let last = ended.out.lines().last().unwrap_or_default();
        let object: serde_json::Value =
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{words:?}: {error}: {last}"));
        assert_eq!(object["v"], 1, "{words:?}");
        assert_eq!(object["exit"], code, "{words:?}");
        assert_eq!(object["ok"], code == 0, "{words:?}");
    }
    for words in [
        &["--help"][..],
        &["-help"],
        &["test", "--help"],
        &["check", "--help"],
    ] {
        let ended = place.rhi(words);
        assert_eq!(ended.code, 0, "{words:?}: {}", ended.err);
        assert!(ended.out.contains("Usage: rhi"), "{}", ended.out);
    }
    for verb in ["run", "test", "check", "fmt", "explain"] {
        let ended = ended_of_fox(&place, &[verb, "--help"]);
        assert_eq!(ended.code, 0);
        assert!(
            ended.out.contains(&format!("Usage: fox {verb}")),
            "{}",
            ended.out
        );
    }
}

/// What the libraries of the system, the files, the clock, chance and the console do once they may. The working folder is empty.
const GRANTED: &str = r#"
s .= {!|system|-}
s\arguments() %= ['one'; 'two words']
s\variable('RHI_TEST') %= 'set'
s\variable('RHI_NO_SUCH') %= ___
f .= {!|files|-}
f\make-folder('a/b')
f\write('a/b/x.txt'; 'hello')
f\append('a/b/x.txt'; ', fox')
f\read('a/b/x.txt') %= 'hello, fox'
{!|data|-}\hex\write(f\read-bytes('a/b/x.txt')) %= '68656c6c6f2c20666f78'
f\list('a') %= ['b']
f\exists('a/b/x.txt') %= yes
f\exists('a/c') %= no
about .= f\about('a/b/x.txt')
about\size %= 10
about\kind %= 'file'
about\modified >> 2024/01/01 %= yes
f\remove('a/b/x.txt')
f\exists('a/b/x.txt') %= no
(f\read('a/b/x.txt')) { #***(c; _; where) .. "$c $where" } %= '404 a/b/x.txt'
m .= {!|math|-}
m\seed(1)
first .= m\random()
second .= m\int(1; 1000000)
m\seed(1)
m\random() == first %= yes
m\int(1; 1000000) == second %= yes
first >= 0 /\ (first << 1) %= yes
dice .= (1|200) <> (m\int(1; 6))
m\sum(dice <> d -> (d << 1 \/ (d >> 6) => 1 ~> 0)) %= 0
w .= {!|time|-}
w\now() >> 2024/01/01 %= yes
before .= w\monotonic()
w\monotonic() >= before %= yes
k .= {!|console|-}
k\read() %= 'first line'
console\read() %= 'second'
k\read() %= ___
k\error('told') %= 'told'
"#;

#[test]
fn granted_libraries_reach_the_system() {
    let place = Place::new("granted");
    place.file("p/granted.rh", GRANTED);
    let words = ["-A", "-test", "granted.rh", "--", "one", "two words"];
    let mut child = place
        .command(env!("CARGO_BIN_EXE_rhi"), &words)
        .current_dir(place.0.join("p"))
        .env("RHI_TEST", "set")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"first line\nsecond").unwrap();
    drop(pipe);
    let ended = ended(child.wait_with_output().unwrap());
    assert!(
        ended.out.ends_with(" passed, 0 failed\n"),
        "{}{}",
        ended.out,
        ended.err
    );
    assert_eq!(ended.err, "told\n");
}

/// Each name that a library of the bundle exports is called somewhere in the programs that test them.
#[test]
fn every_name_of_the_base_library_is_tested() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut programs = GRANTED.to_owned();
    for entry in std::fs::read_dir(root.join("spec/rhumb")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("base-library") && name.ends_with(".rh") {
            programs.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let mut names = 0;
    for entry in std::fs::read_dir(root.join("crates/rhumb/base")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            let exported = line.split_once(" .= ").or_else(|| line.split_once(" .. "));
            let Some((name, _)) = exported else { continue };
            let name = name.trim();
            if name.starts_with(['_', '%']) || name.contains(' ') {
                continue;
            }
            names += 1;
            // The map `console` is the prelude's word.
            let ways = [
                format!("\\{name}"),
                format!("{name}\\"),
                format!("'{name}'"),
            ];
            let called = ways.iter().any(|way| programs.contains(way));
            assert!(called, "{name} of {} is not tested", path.display());
        }
    }
    assert!(names > 110, "{names}");
}

#[test]
fn test_mode_counts_and_fails() {
    let place = Place::new("test");
    place.file(
        "t/a.rh",
        "1 ++ 1 %= 2 % sum\n1 ++ 1 %= 3\n'x' %? anything\n",
    );
    place.file(
        "t/b.rh",
        "% expect-error 409 cannot assign value to immutable label\nx .= 1\nx %= 1\nx := 2\n",
    );
    place.file(
        "t/c.rh",
        "% expect-output\n%| one\n%|  two\nlog('one')\nlog(' two')\n2 %= 2\n",
    );
    place.file("t/d.rh", "% expect-error RH0002\nx := (\n");
    place.file("t/e.rh", "1\n");
    let ended = place.rhi(&["test", "t"]);
    assert_eq!(
        ended.out,
        "Checking assertions in file 'a.rh'...\nPASS: 2 (sum)\nFAIL: Expected '3', got '2'\nINSPECT: 'x'\n\
         Checking assertions in file 'b.rh'...\nPASS: 1\nPASS: cannot assign value to immutable label (error)\n\
         Checking assertions in file 'c.rh'...\none\n two\nPASS: 2\nPASS: one\\n two (output)\n\
         Checking assertions in file 'd.rh'...\nPASS: RH0002 (error)\n\
         Checking assertions in file 'e.rh'...\n6 passed, 1 failed\n"
    );
    assert_eq!(ended.code, 1);
    assert!(
        ended.err.contains("e.rh: no assertion was executed"),
        "{}",
        ended.err
    );
    let fox = ended_of_fox(&place, &["test", "t/c.rh", "t/d.rh", "--json"]);
    assert_eq!(fox.code, 0);
    let object: serde_json::Value = serde_json::from_str(fox.out.lines().last().unwrap()).unwrap();
    assert_eq!(object["result"]["passed"], 3);
    assert_eq!(object["result"]["failed"], 0);
    place.file("bad.rh", "% expect-error 400\n1\n");
    let ended = place.rhi(&["-test", "bad.rh"]);
    assert!(
        ended
            .out
            .ends_with("FAIL: Expected '400', got 'no error' (error)\n0 passed, 1 failed\n")
    );
    assert_eq!(ended.code, 1);
}

#[test]
fn a_session_keeps_its_labels() {
    let place = Place::new("session");
    let ended = place.prompt(
        &[],
        "x := 5\nf .= [n] -> (\n  n ++ x\n)\nf(3)\nx := 10\nf(1)\nx .= 11\nx := 12\nx\n\
         y := ***('oops')\nx ++ 1\nf(2)\nlog('said')\n%:labels\n%:quit\n",
    );
    assert_eq!(
        ended.out,
        "=> 5\n=> <f>\n=> 8\n=> 10\n=> 11\n=> 11\n=> 11\n=> 12\n=> 13\nsaid\n=> 'said'\nf\nx\ny\n"
    );
    assert!(
        ended.err.contains("cannot assign value to immutable label"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("panic: oops"), "{}", ended.err);
    assert_eq!(ended.code, 0);
}

#[test]
fn entries_are_undone() {
    let place = Place::new("undo");
    let ended = place.prompt(
        &[],
        "x := 1\nf .= [] -> x\nx := 2; y := 3\n%:undo\nx\n%:undo\ny\n%:undo\nf()\n%:undo\n%:undo\nf\n%:undo\n%:undo\nx\n%:undo\n%:undo\n",
    );
    assert_eq!(
        ended.out, "=> 1\n=> <f>\n=> 3\n=> 1\n=> ___\n=> 1\n=> ___\n=> ___\n",
        "{}",
        ended.err
    );
    assert_eq!(
        ended.err.matches("nothing to undo").count(),
        1,
        "{}",
        ended.err
    );
}

/// What a block froze is thawed, what an earlier one froze stays frozen, and routines see it; a block that failed on its way
/// is undone too, and one that did not compile is none.
#[test]
fn undoing_thaws_labels() {
    let place = Place::new("thaw");
    let ended = place.prompt(
        &[],
        "x := 1\nf .= [] -> x\nx .= 2\n%:undo\nx := 5\nf()\n%:undo\nf := 6\n%:undo\n(x := 7; x .= 8; ***('oops'))\n%:undo\nx := )\nf()\nv .= 1.0.0\n%:undo\nv .= 1.2.0\n{!|math|v}\\abs(-4)\n",
    );
    assert_eq!(
        ended.out, "=> 1\n=> <f>\n=> 2\n=> 5\n=> 5\n=> 5\n=> 1.0.0\n=> 1.2.0\n=> 4\n",
        "{}",
        ended.err
    );
    assert_eq!(
        ended
            .err
            .matches("cannot assign value to immutable label")
            .count(),
        1,
        "{}",
        ended.err
    );
}

/// All blocks have one map as `!`.
#[test]
fn the_base_of_a_session_is_kept() {
    let place = Place::new("session-base");
    let ended = place.prompt(
        &[],
        "!\\count := 1\nbump .= [] -> (!\\count := !\\count ++ 1)\n!\\count ++ 10\n!\n",
    );
    assert_eq!(
        ended.out, "=> 1\n=> <bump>\n=> 11\n=> [:count]\n",
        "{}",
        ended.err
    );
}

#[test]
fn mistakes_at_the_prompt_change_nothing() {
    let place = Place::new("mistakes");
    let ended = place.prompt(&[], "x := 1\nx := )\n%:nonsense\nx\nx ++\n");
    assert_eq!(ended.out, "=> 1\n=> 1\n");
    assert!(ended.err.contains("RH00"), "{}", ended.err);
}

#[cfg(unix)]
#[test]
fn an_endless_loop_is_stopped() {
    let place = Place::new("interrupt");
    let mut child = place
        .command(env!("CARGO_BIN_EXE_rhi"), &["--fuel", "unlimited"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"x := 7\nlog('running'); yes |> (x ++ 1)\n")
        .unwrap();
    pipe.flush().unwrap();
    // The loop runs once what stands before it was said, or soon after.
    std::thread::sleep(Duration::from_millis(1500));
    let told = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    std::thread::sleep(Duration::from_millis(500));
    pipe.write_all(b"x\n").unwrap();
    drop(pipe);
    let ended = ended(child.wait_with_output().unwrap());
    assert!(ended.out.ends_with("=> 7\n"), "{}{}", ended.out, ended.err);
    assert_eq!(ended.code, 0);
}

#[test]
fn sources_are_checked_and_laid_out() {
    let place = Place::new("sources");
    let path = place.file("a.rh", "x:=1;y  :=  2\n");
    assert_eq!(ended_of_fox(&place, &["check", "a.rh"]).out, "a.rh: ok\n");
    assert_eq!(ended_of_fox(&place, &["fmt", "--check", "a.rh"]).code, 1);
    assert_eq!(
        ended_of_fox(&place, &["fmt", "a.rh"]).out,
        "a.rh: formatted\n"
    );
    assert_eq!(ended_of_fox(&place, &["fmt", "--check", "a.rh"]).code, 0);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("y := 2"), "{text}");
    place.file("b.rh", "x := (\n");
    assert_eq!(ended_of_fox(&place, &["check", "b.rh"]).code, 65);
    assert_eq!(ended_of_fox(&place, &["fmt", "b.rh"]).code, 65);
    assert_eq!(
        std::fs::read_to_string(place.0.join("b.rh")).unwrap(),
        "x := (\n"
    );
    assert!(
        ended_of_fox(&place, &["explain", "RH0105"])
            .out
            .contains("-strict")
    );
}

#[test]
fn traces_show_what_they_say() {
    let place = Place::new("traces");
    place.file("a.rh", "m .= {!|math|-}\nf .= [n] -> n\nf(m\\abs(-1))\n");
    let err = |flag: &str| place.rhi(&[flag, "a.rh"]).err;
    assert!(
        err("-trace-parser").contains("(.= m (library"),
        "{}",
        err("-trace-parser")
    );
    assert!(err("-trace-bytecode").contains("fn f("));
    assert!(err("-trace-stack").contains("a.f"));
    assert!(err("-trace-frame").contains("a.f"));
    assert!(err("-trace-loader").contains("loader: {!|math|-}: module {!|math|1.2.0}"));
    assert!(err("-trace-space").contains("space: 0 warnings"));
    let output = place
        .command(env!("CARGO_BIN_EXE_rhi"), &["a.rh"])
        .env("RHI_TRACE_LOADER", "1")
        .output()
        .unwrap();
    assert!(ended(output).err.contains("loader: "));
}

/// The programs of `spec/rhumb`, as `rhi test` runs them.
#[test]
fn conformance_programs_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/rhumb");
    let output = Command::new(env!("CARGO_BIN_EXE_rhi"))
        .args(["test", "-silent"])
        .arg(&folder)
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let ended = ended(output);
    let failures: Vec<&str> = ended
        .out
        .lines()
        .filter(|line| line.starts_with("FAIL") || line.starts_with("Checking"))
        .collect();
    assert_eq!(ended.code, 0, "{}\n{}", failures.join("\n"), ended.err);
    assert!(
        ended.out.matches("PASS: ").count() > 500,
        "few assertions were executed"
    );
}
