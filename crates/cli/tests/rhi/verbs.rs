//! Verbs, warnings, traces.

use crate::harness::*;

/// What running programs are warned of, and what commands cannot do, in the user's language.
#[test]
fn warnings_are_told_in_both_languages() {
    let place = Place::new("warnings");
    place.file("lost.rh", "#lost\n");
    place.file("late.rh", "^late\n");
    place.file(
        "parked.rh",
        "saved := ___\nf .= [] -> (#ask; 'on')\nf() { #ask .. (saved := $0) }\n",
    );
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
        (
            "parked.rh",
            "[RH0303]",
            "a parked emission goes on without a reply",
            "pancaran yang diparkir berlanjut tanpa balasan",
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
        (
            &["--silnet"][..],
            "FC29",
            "there is no option `--silnet`; there is `--silent`",
            "tidak ada opsi `--silnet`; yang ada `--silent`",
        ),
        (
            &["-seed", "x"][..],
            "FC29",
            "`x` is no value for `--seed <N>`",
            "`x` bukan nilai untuk `--seed <N>`",
        ),
        (
            &["-silent", "-silent"][..],
            "FC29",
            "`--silent` can be given once only",
            "`--silent` hanya boleh disebut sekali",
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

#[test]
fn names_and_types_of_fusabi_are_checked() {
    let place = Place::new("fusabi-types");
    place.file("lib.fsx", "let twice x = x * 2\n");
    place.file("a.fsx", "#load \"lib.fsx\"\nprintfn \"%d\" (twice 21)\n");
    assert_eq!(ended_of_fox(&place, &["check", "a.fsx"]).out, "a.fsx: ok\n");
    place.file(
        "b.fsx",
        "#load \"lib.fsx\"\nlet x: string = twice 4\nlet y = nobody\n",
    );
    for (lang, word) in [("en", "error"), ("id", "kesalahan")] {
        let ended = ended_of_fox(&place, &["--lang", lang, "check", "b.fsx"]);
        assert_eq!(ended.code, 65);
        assert!(
            ended.err.contains(&format!("{word}[FB0501]")) && ended.err.contains("b.fsx:2:"),
            "{}",
            ended.err
        );
        assert!(
            ended.err.contains(&format!("{word}[FB0039]")) && ended.err.contains("b.fsx:3:9"),
            "{}",
            ended.err
        );
    }
    place.file("c.fsx", "#load \"c.fsx\"\n");
    let ended = ended_of_fox(&place, &["check", "c.fsx"]);
    assert!(ended.err.contains("FB0513"), "{}", ended.err);
    place.file("d.fsx", "#load \"none.fsx\"\n");
    let ended = ended_of_fox(&place, &["check", "d.fsx"]);
    assert!(ended.err.contains("FB0514"), "{}", ended.err);
}

#[test]
fn fusabi_is_laid_out_by_its_own_rules() {
    let place = Place::new("fusabi-sources");
    let text = "let f x =   // doubles\n       x*2\nprintfn \"%d\" (f 3)\n";
    let path = place.file("a.fsx", text);
    assert_eq!(ended_of_fox(&place, &["fmt", "--check", "a.fsx"]).code, 1);
    assert_eq!(
        ended_of_fox(&place, &["fmt", "a.fsx"]).out,
        "a.fsx: formatted\n"
    );
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "let f x = // doubles\n    x*2\nprintfn \"%d\" (f 3)\n"
    );
    assert_eq!(ended_of_fox(&place, &["fmt", "--check", "a.fsx"]).code, 0);
    place.file("b.fsx", "let x = (1 +\nlet y = ]\n");
    for (lang, word) in [("en", "error"), ("id", "kesalahan")] {
        let ended = ended_of_fox(&place, &["--lang", lang, "fmt", "b.fsx"]);
        assert_eq!(ended.code, 65);
        assert!(ended.err.contains(&format!("{word}[FB")), "{}", ended.err);
        assert!(ended.err.contains("b.fsx:1:9"), "{}", ended.err);
    }
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
    // Truth words as the locale spells them.
    place.file("words.rh", "x .= oui\nx => 1 ~> non\n");
    let french = place.rhi(&["-lang", "fr-FR", "-trace-parser", "words.rh"]);
    assert!(
        french.err.contains("(.= x oui)") && french.err.contains("  non)"),
        "{}",
        french.err
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

/// The verbs take the flags that concern them.
#[test]
fn checking_and_laying_out_take_their_flags() {
    let place = Place::new("verb-flags");
    place.file("warned.rh", "a := \"costs $5\"\n");
    let plain = place.rhi(&["check", "warned.rh"]);
    assert_eq!(plain.code, 0, "{}", plain.err);
    assert!(plain.err.contains("warning[RH0102]"), "{}", plain.err);
    let silent = place.rhi(&["-silent", "check", "warned.rh"]);
    assert_eq!((silent.code, silent.err.as_str()), (0, ""));
    // What strictness forbids is told as an error, also in the object.
    for arguments in [
        &["-strict", "--json", "check", "warned.rh"][..],
        &["-strict", "--json", "warned.rh"],
    ] {
        let strict = place.rhi(arguments);
        assert_eq!(strict.code, 65, "{}", strict.err);
        assert!(strict.err.contains("error[RH0102]"), "{}", strict.err);
        assert!(!strict.err.contains("warning"), "{}", strict.err);
        let object = strict.out.lines().last().unwrap_or_default();
        assert!(object.contains("\"fault\":{"), "{object}");
    }
    place.file("undefined.rh", "a := nobody\n");
    let strict = place.rhi(&["check", "--strict", "undefined.rh"]);
    assert_eq!(strict.code, 65);
    assert!(strict.err.contains("RH0105"), "{}", strict.err);
    let strict = ended_of_fox(&place, &["check", "--strict", "undefined.rh"]);
    assert_eq!(strict.code, 65, "{}", strict.err);

    place.file("loose.rh", "a:=1\n");
    let checked = place.rhi(&["fmt", "--check", "loose.rh"]);
    assert_eq!(checked.code, 1, "{}", checked.err);
    let kept = std::fs::read_to_string(place.0.join("loose.rh")).unwrap();
    assert_eq!(kept, "a:=1\n");

    for (arguments, said) in [
        (&["explain"][..], "missing: <CODE>"),
        (&["explain", "RH0001", "RH0002"], "`RH0002`"),
    ] {
        let ended = place.rhi(arguments);
        assert_eq!(ended.code, 2, "{}", ended.err);
        assert!(ended.err.contains(said), "{}", ended.err);
    }
}

/// Of a hundred mistakes on it is said that there may be more.
#[test]
fn that_mistakes_are_left_out_is_told() {
    let place = Place::new("many-mistakes");
    for (count, more) in [(99, false), (150, true)] {
        place.file("a.rh", &"x := )\n".repeat(count));
        for (lang, part) in [("en", "further mistakes"), ("id", "kesalahan lain")] {
            let ended = place.rhi(&["-lang", lang, "a.rh"]);
            assert_eq!(ended.err.contains(part), more, "{}", ended.err);
        }
    }
}
