//! What people and programs see, in both languages.

use diag::{
    Argument, Catalogue, Code, Diagnostic, Frame, JsonDiagnostic, Lang, Message, Sources, Span,
    TextOptions, Trace, fc, fv, is_hazardous, json_line, render_json, render_line, render_text,
};
use insta::assert_snapshot;
use proptest::prelude::*;

const SOURCE: &str = "fungsi bagi(a, b) maka\n\tkembali a / b\nakhir\n\ntulis(bagi(1, 0))\n";

fn frame(function: &str, line: u32, column: u32) -> Frame {
    Frame {
        function: function.to_owned(),
        file: Some("hitung.fox".to_owned()),
        line,
        column,
        language: "morph".into(),
    }
}

/// A fault with source, labels, advice and trace.
fn fault() -> (Sources, Diagnostic) {
    let mut sources = Sources::new();
    let file = sources.add("hitung.fox", SOURCE);
    let at = u32::try_from(SOURCE.find("a / b").expect("it is there")).expect("small");
    let call = u32::try_from(SOURCE.find("bagi(1").expect("it is there")).expect("small");
    let diagnostic = Diagnostic::error(Code::fault(3))
        .arg("function", "bagi")
        .primary(Span::new(file, at, at + 5), None)
        .label(Span::new(file, call, call + 10), "label.here")
        .note(
            Message::new("note.counters")
                .arg("fuel", 12_345)
                .arg("memory", 3 << 19),
        )
        .help(Message::new("help.explain").arg("code", "FX0003"))
        .trace(Trace {
            frames: vec![frame("bagi", 2, 10), frame("", 5, 0)],
            omitted: 1200,
            omitted_at: 1,
        });
    (sources, diagnostic)
}

/// A finding of the verifier: no source at hand.
fn finding() -> Diagnostic {
    Diagnostic::error(fv::RULE_STACK)
        .arg("function", "main")
        .arg("offset", 0)
        .arg("instruction", "add")
        .arg("expected", 2)
        .arg("found", 0)
        .reason("underflow")
}

fn both(show: impl Fn(&Catalogue) -> String) -> String {
    Lang::ALL
        .map(|lang| format!("{}:\n{}", lang.tag(), show(Catalogue::for_lang(lang))))
        .join("\n")
}

#[test]
fn text_with_source() {
    let (sources, diagnostic) = fault();
    assert_snapshot!(both(|catalogue| render_text(
        &diagnostic,
        catalogue,
        &sources,
        TextOptions::default()
    )));
}

#[test]
fn text_with_source_in_colour() {
    let (sources, diagnostic) = fault();
    let options = TextOptions {
        color: true,
        width: 80,
    };
    let text = render_text(
        &diagnostic,
        Catalogue::for_lang(Lang::English),
        &sources,
        options,
    );
    assert_snapshot!(text.replace('\u{1b}', "^["));
}

#[test]
fn text_without_source() {
    let diagnostic = finding();
    let denied = Diagnostic::error(fc::DENIED)
        .arg("function", "Clock.now")
        .arg("capability", "clock")
        .help(Message::new("help.allow").arg("flag", "--allow clock"))
        .trace(vec![Frame {
            file: None,
            ..frame("main", 0, 0)
        }]);
    let sources = Sources::new();
    let options = TextOptions::default();
    assert_snapshot!(both(|catalogue| {
        render_text(&diagnostic, catalogue, &sources, options)
            + &render_text(&denied, catalogue, &sources, options)
    }));
    let colour = TextOptions {
        color: true,
        ..options
    };
    let text = render_text(
        &diagnostic,
        Catalogue::for_lang(Lang::English),
        &sources,
        colour,
    );
    assert!(text.starts_with("\u{1b}[1m\u{1b}[91merror[FV54]\u{1b}[0m"));
}

#[test]
fn labels_in_two_files() {
    let mut sources = Sources::new();
    let user = sources.add("user.fza", "import \"m\" f\ncall f\n");
    let module = sources.add("m.fza", "export f\n");
    let diagnostic = Diagnostic::error(fv::IMPORT_MODULE)
        .arg("module", "m")
        .arg("name", "g")
        .reason("export")
        .label(Span::new(module, 7, 8), "label.here")
        .primary(Span::new(user, 7, 10), None);
    assert_snapshot!(both(|catalogue| render_text(
        &diagnostic,
        catalogue,
        &sources,
        TextOptions::default()
    )));
}

#[test]
fn one_line() {
    let (sources, diagnostic) = fault();
    let lists = Diagnostic::warning(fc::LANG_VALUE)
        .arg("value", "tlh")
        .arg("known", ["en", "id"].as_slice());
    let traced = Diagnostic::error(Code::fault(8))
        .arg("limit", 10_000_000)
        .trace(vec![frame("putar", 7, 0)]);
    assert_snapshot!(both(|catalogue| {
        [&diagnostic, &finding(), &lists, &traced]
            .map(|d| render_line(d, catalogue, &sources))
            .join("\n")
    }));
}

#[test]
fn json() {
    let (sources, diagnostic) = fault();
    let english = Catalogue::for_lang(Lang::English);
    let text = render_json(&diagnostic, english, &sources);
    assert!(!text.contains('\n'));
    let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_snapshot!(serde_json::to_string_pretty(&value).expect("it was JSON"));
    let embedded = serde_json::to_value(JsonDiagnostic::new(&finding(), english, &sources));
    let embedded = embedded.expect("it has a JSON form");
    assert_eq!(embedded["args"]["reason"], "underflow");
    assert_eq!(embedded["args"]["expected"], 2);
    assert_eq!(
        embedded["message"],
        "function `main`, offset 0: stack underflow: `add` takes 2 values, the stack holds 0"
    );
}

#[test]
fn diagnostics_are_checked_against_their_declarations() {
    let english = Catalogue::for_lang(Lang::English);
    let none: [String; 0] = [];
    assert_eq!(english.faults_of(&finding()), none);
    assert_eq!(english.faults_of(&fault().1), none);
    let wrong = Diagnostic::error(fc::FILE_NOT_FOUND)
        .arg("file", 3)
        .help("help.nothing");
    assert_eq!(
        english.faults_of(&wrong),
        [
            "`path` is missing",
            "`file` is not declared",
            "no message `help.nothing`"
        ]
    );
    let wrong = Diagnostic::error(fc::FILE_NOT_FOUND).arg("path", 3);
    assert_eq!(english.faults_of(&wrong), ["`path` is not Text"]);
    let wrong = finding().reason("nothing");
    assert_eq!(english.faults_of(&wrong), ["`reason` is not Key"]);
}

#[test]
fn what_no_catalogue_knows_is_shown_bare() {
    let unknown = Diagnostic::error(Code::new("RH9999"))
        .arg("name", "a\u{1b}b")
        .arg("list", ["x", "y"].as_slice())
        .help(Message::new("help.odd").arg("n", 1));
    let english = Catalogue::for_lang(Lang::English);
    let text = render_text(&unknown, english, &Sources::new(), TextOptions::default());
    assert_eq!(
        text,
        "error[RH9999]: name = a\\u{1b}b, list = x, y\n  = help: help.odd: n = 1\n"
    );
    let missing = Diagnostic::error(fc::FILE_NOT_FOUND);
    assert_eq!(english.message(&missing), "there is no file `{path}`");
}

#[test]
fn hostile_text_cannot_drive_the_terminal() {
    let hostile = "x\u{1b}]0;owned\u{7}\u{9b}2J\r\n\u{202e}y";
    let mut sources = Sources::new();
    let file = sources.add(hostile, format!("ok\n{hostile}\nafter\r\n"));
    for (start, end) in [(0, 0), (3, 5), (4, 30), (0, 99)] {
        let diagnostic = Diagnostic::error(Code::fault(0x21))
            .arg("text", hostile)
            .primary(
                Span::new(file, start, end),
                Some(Message::new("label.here")),
            )
            .help(Message::new("help.similar").arg("name", hostile))
            .note(Message::new("no.such.key").arg("t", Argument::List(vec![hostile.to_owned()])))
            .trace(vec![Frame {
                function: hostile.to_owned(),
                file: Some(hostile.to_owned()),
                ..frame("", 1, 1)
            }]);
        for lang in Lang::ALL {
            let catalogue = Catalogue::for_lang(lang);
            for shown in [
                render_text(&diagnostic, catalogue, &sources, TextOptions::default()),
                render_text(
                    &diagnostic,
                    catalogue,
                    &Sources::new(),
                    TextOptions::default(),
                ),
                render_line(&diagnostic, catalogue, &sources),
                render_json(&diagnostic, catalogue, &sources),
            ] {
                let bad = shown.chars().find(|c| is_hazardous(*c) && *c != '\n');
                assert_eq!(bad, None, "{shown}");
            }
        }
        let text = render_text(
            &diagnostic,
            Catalogue::for_lang(Lang::English),
            &sources,
            TextOptions::default(),
        );
        assert!(text.contains(r"x\u{1b}]0;owned\u{7}\u{9b}2J"), "{text}");
    }
}

#[test]
fn json_lines_are_safe_and_exact() {
    let hostile = "\u{9b}2J \u{7f} \u{202e} \u{e0001} \u{1b} é 👩‍💻";
    let line = json_line(&[hostile]).expect("texts are JSON");
    assert!(!line.chars().any(is_hazardous), "{line}");
    let back: Vec<String> = serde_json::from_str(&line).expect("it is JSON");
    assert_eq!(back, [hostile]);
}

#[test]
fn what_is_too_long_to_draw_is_named_by_its_place() {
    for text in ["x".repeat(5_000), "é\n".repeat(1 << 20)] {
        let mut sources = Sources::new();
        let end = u32::try_from(text.len()).expect("small");
        let file = sources.add("big.fox", text);
        let diagnostic = Diagnostic::error(Code::fault(3))
            .primary(Span::new(file, 0, 1), None)
            .label(Span::new(file, end - 1, end), "label.here");
        let text = render_text(
            &diagnostic,
            Catalogue::for_lang(Lang::English),
            &sources,
            TextOptions::default(),
        );
        let head = "error[FX0003]: division or remainder by zero\n --> big.fox:1:1\n --> big.fox:";
        assert!(text.starts_with(head), "{text}");
        assert!(text.ends_with(": here\n"), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Any source and any spans, however odd: nothing panics, also not inside the excerpt's
    /// drawing (a panic there would be replaced by the plain form, which has no gutter).
    #[test]
    fn odd_spans_on_odd_sources_are_drawn(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "a", "bc ", "\n", "\r\n", "\r", "\t", "é", "日本", "👩‍💻", "\u{301}", "\u{1b}", "\u{202e}", "\0", "   ",
            ]),
            0..40,
        ),
        spans in prop::collection::vec((0u32..120, 0u32..120, any::<bool>()), 1..6),
        width in 0usize..140,
        color in any::<bool>(),
    ) {
        let mut sources = Sources::new();
        let file = sources.add("f.fox", pieces.concat());
        let mut diagnostic = Diagnostic::warning(Code::fault(4));
        for (start, end, primary) in spans {
            let span = Span::new(file, start, end);
            diagnostic = if primary {
                diagnostic.primary(span, None)
            } else {
                diagnostic.label(span, "label.here")
            };
        }
        let catalogue = Catalogue::for_lang(Lang::Indonesian);
        let text = render_text(&diagnostic, catalogue, &sources, TextOptions { color, width });
        prop_assert!(text.contains("f.fox:"), "{text}");
        prop_assert!(text.contains('|'), "not drawn: {text}");
        let json = render_json(&diagnostic, catalogue, &sources);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    }
}
