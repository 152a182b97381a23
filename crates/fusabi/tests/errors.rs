//! What wrong texts are told, in both languages.

use diag::{Catalogue, Lang, Sources, TextOptions, render_text};
use fusabi::{Completeness, Options, parse};

/// Wrong texts; ⏎ is a line end.
const WRONG: &[&str] = &[
    "let x = 1 2⏎let y = (1 +⏎let z = )⏎z ? y",
    "let f x =⏎let g = 2",
    "let f x =⏎    let y = 2",
    "match x with⏎| 1 => 2⏎| 3 -> 4",
    "if a else b⏎while x do⏎for y on z do a",
    "[1; 2⏎let a = 1⏎(3; [4)",
    "x)",
    "\"abc",
    "(* never",
    "$\"a {b\"",
    "$\"a } b\"; $\"%q{1}\"; $\"%d\"",
    "12abc; 300uy; -129y; 9223372036854775808; 1.5m; 10I",
    "'ab'; '; \"\\uD800\"; \"é€\"B",
    "a € b; ``x",
    "\tlet x = 1",
    "#foo⏎#if⏎#endif⏎#endif⏎#load x",
    "#if A⏎let x = 1",
    "type T = Provider<\"x\">⏎type I =⏎    interface A with⏎    abstract B: int⏎    member x.P with get () = 1",
    "type C() =⏎    inherit B()⏎    let x = 1⏎    member val X = 1⏎let f (x: #seq) = new T()⏎let g ?x = 1",
    "let! x = 1⏎return 2⏎for x in y -> z⏎async { let f = fun x -> return x⏎        return f }",
    "let x = { printfn \"a\"; 1 }",
    "let f x =⏎    open A⏎    type B = int⏎    1⏎namespace C",
    "let f = g (fun x ->⏎        x⏎    y)⏎let h = 2",
    "let f = (a⏎  b)⏎let y =⏎        1⏎    2",
    "break⏎while true do (fun () -> continue) ()",
    "[1, 2]⏎[|a, b|]⏎[1, 2; 3, 4]",
    "type U =⏎    | A⏎    | B = 1⏎type⏎let",
    "let (x = 1⏎let f (a, = 2⏎let g: = 3",
    "exception⏎open⏎module⏎module M =⏎",
    "{ X = 1; Y }⏎{ X = }⏎{| a |}",
    "[<A>]⏎1 +⏎fun ->⏎try a",
];

fn told(text: &str, lang: Lang) -> String {
    let text = text.replace('⏎', "\n");
    let parsed = parse(&text, &Options::default());
    assert!(!parsed.errors.is_empty(), "{text}");
    let mut sources = Sources::new();
    let file = sources.add("input.fsx", parsed.source.text());
    let mut out = String::new();
    for error in &parsed.errors {
        let catalogue = Catalogue::for_lang(lang);
        let options = TextOptions::default();
        out.push_str(&render_text(
            &error.diagnostic(file),
            catalogue,
            &sources,
            options,
        ));
        out.push('\n');
    }
    out
}

fn all(lang: Lang) -> String {
    WRONG
        .iter()
        .map(|text| format!("=== {text}\n{}", told(text, lang)))
        .collect()
}

#[test]
fn in_english() {
    insta::assert_snapshot!(all(Lang::English));
}

#[test]
fn in_indonesian() {
    insta::assert_snapshot!(all(Lang::Indonesian));
}

#[test]
fn every_code_occurs() {
    let deep = "(".repeat(1000);
    let texts = WRONG
        .iter()
        .map(|text| text.replace('⏎', "\n"))
        .chain([deep]);
    let mut seen: Vec<_> = texts
        .flat_map(|text| parse(&text, &Options::default()).errors)
        .map(|error| error.code())
        .collect();
    // A text of 4 GiB is too long for a test.
    seen.push(fusabi::diagnostics::codes::TOO_LONG);
    for code in fusabi::diagnostics::codes::ALL {
        assert!(seen.contains(code), "{code}");
        assert!(
            Catalogue::for_lang(Lang::English)
                .own_entry(*code)
                .is_some(),
            "{code}"
        );
    }
}

#[test]
fn a_prompt_knows_when_more_is_wanted() {
    for (text, completeness) in [
        ("1 + 1", Completeness::Complete),
        ("let f x = x", Completeness::Complete),
        ("let f x =", Completeness::Incomplete),
        ("let f x =\n    let y = 1", Completeness::Incomplete),
        ("f (1,", Completeness::Incomplete),
        ("[ 1\n  2", Completeness::Incomplete),
        ("match x with", Completeness::Incomplete),
        ("match x with\n| 1 ->", Completeness::Incomplete),
        ("if a then", Completeness::Incomplete),
        ("1 +", Completeness::Incomplete),
        ("\"abc", Completeness::Incomplete),
        ("(* c", Completeness::Incomplete),
        ("$\"{a", Completeness::Incomplete),
        ("async {", Completeness::Incomplete),
        ("type T =", Completeness::Incomplete),
        ("try a", Completeness::Incomplete),
        ("fun x ->", Completeness::Incomplete),
        ("#if A", Completeness::Incomplete),
        ("1 2", Completeness::Wrong),
        ("x)", Completeness::Wrong),
        ("let = 1", Completeness::Wrong),
        ("[1, 2]", Completeness::Complete),
    ] {
        let parsed = parse(text, &Options::default());
        assert_eq!(
            parsed.completeness(),
            completeness,
            "{text}: {:?}",
            parsed.errors
        );
    }
}
