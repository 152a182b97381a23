//! Rhumb's front end: any text is lexed, parsed, highlighted, laid out and compiled without a panic; the layout is idempotent
//! and keeps the meaning, the tree's errors are the only ones, and what compiles passes the verifier.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rhumb::compile::{NoLibraries, Options as Compile, compile, known_versions, session_labels};
use rhumb::{Locale, Options, format, highlight, parse, tree};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let parsed = parse(text, Options::default());
    pieces_stand_in_order(text);
    let printed = tree::print(&parsed.tree);
    match format(text, Options::default()) {
        Err(errors) => assert!(!errors.is_empty() && parsed.has_errors()),
        Ok(once) => {
            assert!(!parsed.has_errors());
            let again = parse(&once, Options::default());
            assert!(!again.has_errors(), "{once}\n{:?}", again.errors);
            assert_eq!(tree::print(&again.tree), printed, "{once}");
            assert_eq!(format(&once, Options::default()).as_ref(), Ok(&once));
        }
    }
    if parsed.has_errors() {
        return;
    }
    session_labels(&parsed.tree, &["a".to_owned()]);
    known_versions(&parsed.tree, &[]);
    let normal = parsed.source.text();
    for (strict, session) in [(false, None), (true, Some(&["a".to_owned()][..]))] {
        let options = Compile {
            strict,
            session,
            ..Compile::new("input", "input.rh", normal, &NoLibraries)
        };
        match compile(&parsed.tree, &options) {
            Err(problems) => {
                for problem in problems {
                    let code = problem.code();
                    assert_ne!(code.as_str(), "RH0299", "the compiler's own mistake: {problem:?}");
                    assert!(problem.span.end as usize <= normal.len().max(1), "{problem:?}");
                }
            }
            Ok(tables) => {
                // What is too large for a file is refused there.
                let Ok(bytes) = fzb::write::write(&tables) else {
                    continue;
                };
                let module = fzb::Module::check(bytes, fzb::view::Checks::Full)
                    .expect("a compiled module passes the checks");
                fzb::verify::module(&module).expect("a compiled module passes the verifier");
            }
        }
    }
});

/// Highlighted pieces lie in the text, one after the other.
fn pieces_stand_in_order(text: &str) {
    let mut at = 0;
    for piece in highlight(text, Locale::default()) {
        let (start, end) = (piece.span.start as usize, piece.span.end as usize);
        assert!(at <= start && start <= end, "{start}..{end} behind {at}");
        assert!(text.get(start..end).is_some(), "{start}..{end}");
        at = end;
    }
}
