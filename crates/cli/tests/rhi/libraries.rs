//! Libraries, shelves, anchors, the base library.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::harness::*;

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
    let ended = place.rhi(&["-lang", "id", "a.rh"]);
    assert!(
        ended
            .err
            .contains("panic: modul `a` tidak dapat dipakai: modul itu mengimpor dirinya sendiri lewat {-|b.rh|-}"),
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
