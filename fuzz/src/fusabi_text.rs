//! Fusabi's front end: any text is lexed, laid out in blocks, parsed and formatted without a panic; places lie in the text, virtual
//! tokens nest, the formatter is idempotent and keeps the meaning, and a tree has error nodes only where errors were told.

#![no_main]

use fusabi::lex::{TokenKind, lex};
use fusabi::syntax::layout::lay_out;
use fusabi::{Options, format, parse, tree};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for compat in [false, true] {
        let options = Options {
            compat,
            defined: vec!["A".to_owned()],
        };
        let parsed = parse(text, &options);
        let length = parsed.source.text().len() as u32;
        for error in &parsed.errors {
            assert!(error.span.start <= error.span.end && error.span.end <= length, "{error:?}");
        }
        blocks_nest(parsed.source.text(), &options);
        let printed = tree::print(&parsed.tree);
        match format(text, &options) {
            Err(errors) => assert!(!errors.is_empty() && parsed.has_errors()),
            Ok(once) => {
                assert!(!parsed.has_errors());
                let again = parse(&once, &options);
                assert!(!again.has_errors(), "{once}\n{:?}", again.errors);
                assert_eq!(tree::print(&again.tree), printed, "{once}");
                assert_eq!(format(&once, &options).as_ref(), Ok(&once));
            }
        }
    }
});

/// Every block that is opened is closed, and tokens stand in the text one after the other.
fn blocks_nest(text: &str, options: &Options) {
    let lexed = lex(text, options);
    let mut depth = 0_usize;
    for token in lay_out(&lexed.tokens).tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.checked_sub(1).expect("a block was open"),
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    let mut at = 0;
    for token in &lexed.tokens {
        assert!(at <= token.span.start && text.get(token.span.range()).is_some(), "{token:?}");
        at = token.span.end;
    }
}
