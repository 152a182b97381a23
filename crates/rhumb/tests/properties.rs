//! Random texts: nothing panics, the formatter keeps what it is given, and what compiles passes the verifier.

use proptest::prelude::*;
use rhumb::{Options, format, parse, tree};

/// Pieces that texts are made of, blanks and odd ones included.
const PIECES: &[&str] = &[
    "a",
    "b",
    "set-x",
    "🧮",
    "_",
    "*",
    "***",
    "___",
    "!",
    "1",
    "0",
    "1.5",
    "01.5",
    "1.2.3",
    "1.-",
    "10",
    "2025/01/01",
    "12:30:00",
    "+00:05:00",
    "4/1/$a",
    "'t'",
    "\"t\"",
    "\"$a\"",
    "\"x $(a ++ 1) $1\"",
    "`k",
    "$1",
    "?2",
    "yes",
    "no",
    "_++_",
    "_#_",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "<(",
    ")>",
    "<[",
    "]>",
    "<{",
    "}>",
    "<$>",
    "<|>",
    "{!|m|1.2.3}",
    "++",
    "--",
    "**",
    "//",
    "+/",
    "-/",
    "!!",
    "*^",
    "^^",
    "^/",
    "+-",
    "==",
    "~~",
    ">>",
    "<<",
    ">=",
    "<=",
    "/\\",
    "\\/",
    "=@",
    "~@",
    "=\\",
    "~\\",
    "@@",
    "&&",
    "\\\\",
    ".=",
    ":=",
    "^=",
    "=>",
    "~>",
    "|>",
    "<>",
    "||",
    "??",
    "->",
    "!>",
    "+>",
    "$>",
    "..",
    "::",
    "@",
    "\\",
    "#",
    "^",
    "$",
    "|",
    "?",
    ".",
    ":",
    "+",
    "-",
    "=",
    "~",
    "&",
    "/",
    "`",
    ";",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\t",
    "% c\n",
    "%= 1\n",
    "%? x\n",
    "%( c %)",
    "%( c\n d %)",
    "\"",
    "'",
    "%(",
    "[#]",
    "[>]",
    "\\*.e",
    "#t",
    "#t(a)",
    "^(a)",
    "$t(1)",
    "a .. b",
    "a := 1",
    "[a] -> b",
    "[a; .b] ^= c",
    "\u{301}",
];

/// Texts that are right, to be put together by operators, lists and lines.
const RIGHT: &[&str] = &[
    "a",
    "1",
    "'t'",
    "\"x $a\"",
    "m\\f",
    "f(1; a)",
    "[1; a .. 2]",
    "{a .. b; _}",
    "<f>",
    "#t(a)",
    "-a",
    "(a; b)",
    "m[#]",
    "(\na\nb % c\n)",
    "[\n% c\na\n\n\nb .. 1;c]",
    "a %( c %)",
    "f {\n#t .. a; $u :: b\n}",
    "[x] -> x",
    "`k",
    "$1",
    "_",
    "!",
    "x := 1",
    "a => b ~> c",
    "[a; &b] ^= m",
    "<{ .#a; #b .. c }>",
    "1.-",
    "12:30:00",
    "m\\*.e",
    "m[-1]",
    "!\\x",
    "+00:05:00",
];

const JOINS: &[&str] = &[
    ";",
    "\n",
    " ; ",
    "\n\n\n",
    " ++ ",
    "++\n",
    "\n++ ",
    " => ",
    "\n~> ",
    " || ",
    " |\n",
    " % c\n",
    " %= 1\n",
    ";;",
    "; %= 1\n",
    ";; %= 2\n",
    "\n%= 3\n",
    " -- %( c %) ",
    " ++ % c\n",
    "\n% c\n++ ",
    " ** % c\n% d\n",
];

fn check_format(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text, Options::default());
    let Ok(once) = format(text, Options::default()) else {
        prop_assert!(parsed.has_errors());
        return Ok(());
    };
    let printed = tree::print(&parsed.tree);
    prop_assert!(!printed.contains("error"), "{text:?}\n{printed}");
    let again = parse(&once, Options::default());
    prop_assert!(!again.has_errors(), "{text:?}\n{once}\n{:?}", again.errors);
    prop_assert_eq!(&tree::print(&again.tree), &printed, "{:?}\n{}", text, once);
    let twice = format(&once, Options::default()).unwrap_or_default();
    prop_assert_eq!(&twice, &once, "{:?}", text);
    Ok(())
}

/// What has no errors compiles to a module that passes the checks and the verifier, or is refused for what it is.
fn check_compiled(text: &str) -> Result<(), TestCaseError> {
    use rhumb::compile::{NoLibraries, Options as Compile, compile};
    let parsed = parse(text, Options::default());
    if parsed.has_errors() {
        return Ok(());
    }
    let options = Compile::new("p", "p.rh", parsed.source.text(), &NoLibraries);
    match compile(&parsed.tree, &options) {
        Err(problems) => {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                let own = problem.code() == rhumb::diagnostics::codes::COMPILER;
                prop_assert!(!own, "{:?}: {:?}", text, problem);
            }
        }
        Ok(tables) => {
            let bytes = fzb::write::write(&tables)
                .map_err(|error| TestCaseError::fail(format!("{text:?}: {error}")))?;
            let module = fzb::Module::check(bytes, fzb::view::Checks::Full);
            prop_assert!(module.is_ok(), "{:?}: {:?}", text, module.err());
            if let Ok(module) = module {
                let verified = fzb::verify::module(&module);
                prop_assert!(verified.is_ok(), "{:?}: {:?}", text, verified.err());
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn token_soup_never_panics(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        check_format(&pieces.concat())?;
        check_format(&pieces.join(" "))?;
    }

    #[test]
    fn any_text_never_panics(text in "\\PC{0,60}|[ -~\n]{0,60}") {
        check_format(&text)?;
    }

    #[test]
    fn right_texts_are_formatted(
        first in prop::sample::select(RIGHT),
        rest in prop::collection::vec((prop::sample::select(JOINS), prop::sample::select(RIGHT)), 0..8),
        around in 0..5,
    ) {
        let mut text = first.to_owned();
        for (join, right) in rest {
            text += join;
            text += right;
        }
        let text = match around {
            0 => format!("({text})"),
            1 => format!("f(\n{text}\n)"),
            2 => format!("x -> [{text};]"),
            3 => format!("q {{ w .. {text} }}"),
            _ => text,
        };
        check_format(&text)?;
        check_compiled(&text)?;
    }
}
