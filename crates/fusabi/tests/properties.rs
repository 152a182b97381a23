//! Random texts: nothing panics, every span lies in the text, the formatter keeps what it is given.

use fusabi::lex::{TokenKind, lex};
use fusabi::tree::{Span, print};
use fusabi::{Options, format, parse};
use proptest::prelude::*;

/// Pieces that texts are made of, blanks and odd ones included.
const PIECES: &[&str] = &[
    "a",
    "B",
    "f",
    "x'",
    "_",
    "``a b``",
    "1",
    "0xFF",
    "1.5",
    "2uy",
    "1..5",
    "'c'",
    "'a",
    "\"t\"",
    "@\"v\"",
    "\"\"\"q\"\"\"",
    "$\"{",
    "}\"",
    "$\"a %d{",
    ",5",
    ":0.0",
    "(",
    ")",
    "[",
    "]",
    "[|",
    "|]",
    "{",
    "}",
    "{|",
    "|}",
    "[<",
    ">]",
    "()",
    "(*)",
    "(*",
    "*)",
    "// c\n",
    "+",
    "-",
    " -",
    "*",
    "/",
    "**",
    "=",
    "==",
    "<>",
    "<",
    ">",
    "<=",
    "|>",
    "<|",
    ">>",
    "&&",
    "||",
    "&",
    "::",
    ":=",
    "<-",
    "->",
    ":",
    ":>",
    ":?",
    ":?>",
    "@",
    "^",
    "!",
    "~~~",
    ",",
    ";",
    ";;",
    ".",
    "..",
    ".[",
    "|",
    "?",
    "#",
    "let",
    "let!",
    "rec",
    "and",
    "and!",
    "in",
    "use",
    "use!",
    "fun",
    "function",
    "match",
    "match!",
    "with",
    "when",
    "if",
    "then",
    "else",
    "elif",
    "while",
    "for",
    "to",
    "downto",
    "do",
    "do!",
    "done",
    "try",
    "finally",
    "return",
    "return!",
    "yield",
    "yield!",
    "lazy",
    "assert",
    "begin",
    "end",
    "type",
    "of",
    "member",
    "static",
    "override",
    "module",
    "namespace",
    "open",
    "exception",
    "mutable",
    "inline",
    "private",
    "struct",
    "new",
    "null",
    "true",
    "upcast",
    "as",
    "break",
    "continue",
    "async",
    "seq",
    "#load",
    "#if A\n",
    "#else\n",
    "#endif\n",
    "#fusabi",
    "\n",
    "\n ",
    "\n  ",
    "\n    ",
    "\n        ",
    "\t",
    "é",
    "€",
    "\\",
    "`",
    "\"",
    "'",
];

const PROGRAM: &str = include_str!("programs/tour.fsx");

/// What holds for every text.
fn check(text: &str) -> Result<(), TestCaseError> {
    let options = Options::default();
    let parsed = parse(text, &options);
    let length = parsed.source.text().len() as u32;
    let lies_in = |span: Span| span.start <= span.end && span.end <= length;
    for error in &parsed.errors {
        prop_assert!(lies_in(error.span), "{:?}", error);
    }
    let tree = &parsed.tree;
    let printed = print(tree);
    prop_assert!(
        parsed.has_errors() || !printed.contains("(error"),
        "{}",
        printed
    );
    match format(text, &options) {
        Err(errors) => prop_assert!(!errors.is_empty() && parsed.has_errors()),
        Ok(once) => {
            prop_assert!(!parsed.has_errors());
            let again = parse(&once, &options);
            prop_assert!(!again.has_errors(), "{}\n{:?}", once, again.errors);
            prop_assert_eq!(print(&again.tree), printed);
            prop_assert_eq!(format(&once, &options), Ok(once.clone()));
        }
    }
    tokens_balance(parsed.source.text())
}

/// Virtual tokens nest.
fn tokens_balance(text: &str) -> Result<(), TestCaseError> {
    let lexed = lex(text, &Options::default());
    let mut depth = 0_i64;
    let laid_out = fusabi::syntax::layout::lay_out(&lexed.tokens);
    for token in &laid_out.tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth -= 1,
            _ => {}
        }
        prop_assert!(depth >= 0);
    }
    prop_assert_eq!(depth, 0);
    let mut at = 0;
    for token in &lexed.tokens {
        prop_assert!(at <= token.span.start && token.span.start <= token.span.end);
        prop_assert!(text.get(token.span.range()).is_some());
        at = token.span.end;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC*") {
        check(&text)?;
    }

    #[test]
    fn texts_of_pieces(pieces in prop::collection::vec((prop::sample::select(PIECES), any::<bool>()), 0..60)) {
        let text: String = pieces.iter().flat_map(|(piece, blank)| [*piece, if *blank { " " } else { "" }]).collect();
        check(&text)?;
    }

    #[test]
    fn mutated_programs(
        cut in any::<prop::sample::Index>(),
        length in 0_usize..12,
        piece in prop::sample::select(PIECES),
        other in any::<prop::sample::Index>(),
    ) {
        let characters: Vec<char> = PROGRAM.chars().collect();
        let at = cut.index(characters.len());
        let mut text: String = characters[..at].iter().collect();
        text.push_str(piece);
        text.extend(&characters[(at + length).min(characters.len())..]);
        check(&text)?;
        let end = other.index(characters.len());
        let ends_early: String = characters[..end].iter().collect();
        check(&ends_early)?;
    }
}
