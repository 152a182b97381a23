//! What wrong texts are told, in both languages.

use diag::{Catalogue, Lang, Sources, TextOptions, render_text};
use rhumb::diagnostics::SyntaxError;
use rhumb::{Options, parse};

/// Wrong texts; ⏎ is a line end.
const WRONG: &[&str] = &[
    "a b",
    "x + 1",
    "1 ++",
    "1 ++ )",
    "x := ;y",
    "x %= 1⏎~> 2",
    "f(1 2)⏎g(3 4)⏎[1 2]",
    "(1; 2",
    "[1; (2]; 3",
    "x)",
    "\"${[1} $(2]}\"",
    "f(1;⏎  [2; 3⏎",
    "'abc⏎x",
    "\"abc $(1 ++ ",
    "%( never",
    "1.2.3.4; 99999999999999999999; $99999999999",
    "9223372036854775808; -9223372036854775808 ^^ 2; m\\9223372036854775808",
    "1/2/3; 2025/02/30; 25:00:00",
    "+0293/00/00; -2025/00/01",
    "\"a`qb\"; \"`u{110000}\"",
    "a € b",
    "3 := x; f() := 1; ! .= 2; m[#] := 3; (x) := 4; -x := 5; ___ := 6",
    "[1; x ++ 1; 'a'] -> x; [@s .. 1] -> x",
    "[1; m\\a; x ++ 1; &f()] ^= v; x ^= v",
    "[f(1) .. 2; -1 .. 3]",
    "{[#a] .. 1}; #*; [@s[a]]; m#*(x)",
    "<1>; <a ++ b>; <f",
    "<f>>= 3",
    "m\\; m\\(a); m@; # 1; $(1); m\\\\",
    "\\x; ++ 1; .. 1",
    "!\"abc\"",
    "x yes",
    "1,000 ++ 1,000,000; \"costs $5\"; c => x := 1 ~> x := 2; {!|m|1.2}",
    "yes := no",
];

/// Right texts that are advised against. What is said looks at the whole text, and at no wrong one.
const ADVISED: &[&str] = &[
    "m .= [x .. 1; go .. [] -> (h .= [k] -> !\\x; h(1))]; 1|m[#] <> [i] -> i",
    "n := 3; n >> 0 |> (t .= n; n := n -- 1)",
    "run .= [f; x] -> f(x); job .= [] -> 1; run(job; job)",
];

/// Texts that come near those that are advised against.
const RIGHT: &[&str] = &[
    "m .= [x .. 1; go .. [] -> (h .= [k] !> !\\x; h(1))]; h2 .= [k] -> !\\x",
    "xs := [1]; xs <> [x] -> x; 0|xs[#] <> [i] -> i; r := 1|xs[#]",
    "n := 3; n >> 0 |> (t := n; [] -> (u .= 1); n := n -- 1)",
    "run .= [f; x] -> f(x); job .= [] -> 1; run(<job>; job); log(job)",
];

#[test]
fn right_texts_are_told_nothing() {
    for text in RIGHT {
        let parsed = parse(text, Options::default());
        assert_eq!(parsed.errors, [], "{text}");
    }
}

fn show(lang: Lang) -> String {
    let catalogue = Catalogue::for_lang(lang);
    let mut out = String::new();
    for text in WRONG.iter().chain(ADVISED) {
        let text = text.replace('⏎', "\n");
        let parsed = parse(&text, Options::default());
        assert!(!parsed.errors.is_empty(), "{text}");
        let mut sources = Sources::new();
        let file = sources.add("t.rh", parsed.source.text());
        for error in &parsed.errors {
            let diagnostic = error.diagnostic(file);
            assert_eq!(catalogue.faults_of(&diagnostic), [""; 0], "{text}");
            out += &render_text(&diagnostic, catalogue, &sources, TextOptions::default());
        }
        out += &format!("{:?}\n\n", parsed.completeness);
    }
    out
}

#[test]
fn in_english() {
    insta::assert_snapshot!(show(Lang::English));
}

#[test]
fn in_indonesian() {
    insta::assert_snapshot!(show(Lang::Indonesian));
}

#[test]
fn every_code_is_provoked_here_or_among_the_limits() {
    let mut seen: Vec<_> = WRONG
        .iter()
        .chain(ADVISED)
        .flat_map(|text| parse(&text.replace('⏎', "\n"), Options::default()).errors)
        .map(|error| error.code())
        .collect();
    seen.push(parse(&"(".repeat(300), Options::default()).errors[0].code());
    // A text of 4 GiB is more than a test should hold.
    seen.push(rhumb::diagnostics::codes::TOO_LONG);
    // What running programs are warned of: `warnings_are_told_in_both_languages` in `crates/cli/tests/rhi/`, and the
    // tests of crate machine.
    {
        use rhumb::diagnostics::codes::*;
        seen.extend([UNCAUGHT, LATE_REPLY, STARVED, PROCESS_FAILED]);
    }
    // Not provoked: a mistake of the compiler.
    seen.push(rhumb::diagnostics::codes::COMPILER);
    seen.extend(compiled("x .= {!|nowhere|1.0.0}"));
    seen.extend(compiled("v := 1.0.0; v := 2.0.0; {!|nowhere|v}"));
    // What only the loader finds: `missing_libraries_are_told_in_both_languages` and `anchors_are_checked_and_filled` in
    // `crates/cli/tests/rhi/`.
    {
        use rhumb::diagnostics::codes::*;
        seen.extend([
            ANCHOR_DIFFERS,
            ANCHOR_MISSING,
            NO_RESOLVER,
            LIBRARY_UNUSABLE,
        ]);
        seen.extend([PATH_UNUSABLE, CATALOG]);
    }
    seen.extend(compiled("nowhere"));
    // More parameters than a function can have.
    let many: Vec<String> = (0..300).map(|number| format!("p{number}")).collect();
    seen.extend(compiled(&format!("f .= [{}] -> 1", many.join("; "))));
    for code in rhumb::diagnostics::codes::ALL {
        assert!(seen.contains(code), "{code}");
    }
}

/// Codes of what the compiler finds in a text without syntax errors.
fn compiled(text: &str) -> Vec<diag::Code> {
    use rhumb::compile::{NoLibraries, Options as Compile, compile};
    let parsed = parse(text, Options::default());
    assert!(!parsed.has_errors());
    let text = parsed.source.text();
    let options = Compile {
        strict: true,
        ..Compile::new("errors", "errors.rh", text, &NoLibraries)
    };
    let problems = compile(&parsed.tree, &options).expect_err("a problem");
    problems.iter().map(|problem| problem.code()).collect()
}

/// What is wrong in one text hides nothing of the next: the errors of both are those of each, unless the first leaves something
/// open.
#[test]
fn no_error_hides_later_ones() {
    let errors = |text: &str| -> Vec<(diag::Code, u32)> {
        let parsed = parse(text, Options::default());
        // Advice on the whole text waits until nothing is wrong in it.
        let errors = parsed.errors.iter().filter(|error| !error.is_warning());
        errors
            .map(|error| (error.code(), error.span.start))
            .collect()
    };
    let texts: Vec<String> = WRONG.iter().map(|text| text.replace('⏎', "\n")).collect();
    let mut compared = 0;
    for first in &texts {
        let open = parse(first, Options::default())
            .errors
            .iter()
            .any(SyntaxError::is_incomplete);
        if open {
            continue;
        }
        for second in &texts {
            let both = format!("{first}\n;{second}");
            let start = (first.len() + 2) as u32;
            let mut expected = errors(first);
            expected.extend(errors(second).iter().map(|(code, at)| (*code, at + start)));
            let mut found = errors(&both);
            expected.sort();
            found.sort();
            for error in &expected {
                assert!(
                    found.contains(error),
                    "{error:?} is hidden in {both:?}: {found:?}"
                );
            }
            compared += 1;
        }
    }
    assert!(compared > 600, "{compared}");
}
