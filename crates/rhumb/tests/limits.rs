//! Texts that are deep, long or odd: never a panic, never an overflow of the native stack, never slow.

use rhumb::diagnostics::{SyntaxErrorKind, codes};
use rhumb::tree::Expr;
use rhumb::{Completeness, MAX_DEPTH, Options, Parsed, parse};

fn read(text: &str) -> Parsed {
    parse(text, Options::default())
}

fn errors(text: &str) -> Vec<String> {
    let parsed = read(text);
    let wrong = parsed.errors.iter().filter(|error| !error.is_warning());
    wrong.map(|error| error.code().to_string()).collect()
}

/// Everything that nests: what opens, and what closes it again around `1`.
const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("<(", ")>"),
    ("<{", "}>"),
    ("< ", ">"),
    ("f(", ")"),
    ("m[", "]"),
    ("m{", "}"),
    ("#t(", ")"),
    ("- ", ""),
    ("2 ^^ ", ""),
    ("2 | ", ""),
    ("x := ", ""),
    ("[a] ^= ", ""),
    ("[x] -> ", ""),
    ("\"$(", ")\""),
    ("[a .. ", "]"),
    ("{a .. ", "}"),
    ("{[", "] .. 1}"),
    ("<[", "]>"),
    ("[", "] -> 1"),
    ("[a .. [", "]] ^= m"),
    ("{#t(", ") .. 1}"),
    ("a \\/ b /\\ c == d >> e ++ f ** (", ")"),
    ("a => b || c \\/ -[x] -> {", "}"),
];

#[test]
fn a_million_levels_are_one_error_each() {
    for (open, _) in NESTS {
        let levels = if *open == "(" { 1_000_000 } else { 50_000 };
        let text = open.repeat(levels);
        let errors = errors(&text);
        assert!(
            errors.contains(&codes::TOO_DEEP.to_string()),
            "{open}: {errors:?}"
        );
    }
}

/// Half of what a thread of the standard library has, so that there is room for whoever calls.
const STACK: usize = 1 << 20;

#[test]
fn the_limit_itself_fits_half_of_a_thread_s_stack() {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let checked = thread.spawn(read_and_print_at_the_limit).unwrap().join();
    assert!(checked.is_ok());
}

fn read_and_print_at_the_limit() {
    for (open, close) in NESTS {
        // The deepest that is read, and the shallowest that is not; some open two levels at once.
        for levels in [MAX_DEPTH / 3, MAX_DEPTH - 2, MAX_DEPTH + 1] {
            let text = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            let parsed = read(&text);
            // Printing descends as any pass over the tree does.
            let printed = rhumb::tree::print(&parsed.tree);
            assert!(!printed.is_empty() || levels > MAX_DEPTH / 3, "{open}");
        }
    }
}

#[test]
fn a_hundred_levels_of_brackets_are_right() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("f(", ")"),
        ("- ", ""),
        ("\"$(", ")\""),
    ] {
        let text = format!("{}1{}", open.repeat(100), close.repeat(100));
        assert_eq!(errors(&text), [""; 0], "{open}");
    }
}

#[test]
fn chains_of_any_length_are_flat() {
    for operator in [
        "++", "--", "**", "//", "+/", "-/", "&&", "+-", "!!", ">>", "<<", ">=", "<=", "==", "~~",
        "=@", "~@", "=\\", "~\\", "/\\", "\\/", "||", "??", "<>", "|>", "=>", "~>",
    ] {
        // One operator of every loop of the parser is tried at full length.
        let long = matches!(operator, "++" | "??" | "=>" | "~>");
        let count = if long { 100_000 } else { 10_000 };
        let text = format!("x {operator} ").repeat(count) + "x";
        let parsed = read(&text);
        assert!(!parsed.has_errors(), "{operator}");
        let [statement] = *parsed.tree.statements() else {
            panic!("{operator}: one statement");
        };
        let terms = match parsed.tree.expr(statement) {
            Expr::Binary { rest, .. } => rest.len(),
            Expr::Flow { rest, .. } => rest.len(),
            Expr::Conditional { arms } => arms.iter().map(Vec::len).sum::<usize>() - 1,
            _ => 0,
        };
        assert_eq!(terms, count, "{operator}");
    }
    for step in [
        "\\f", "@s", "(1)", "[#]", "[1]", "#t", "^r(1)", "$p", "{1 .. 2}", "\\\\n", "@@m",
    ] {
        let parsed = read(&("x".to_owned() + &step.repeat(20_000)));
        assert!(!parsed.has_errors(), "{step}");
    }
}

#[test]
fn long_texts_are_read_in_linear_time() {
    for text in [
        "{".repeat(100_000),
        "{a|".repeat(100_000),
        "[x; ".repeat(100_000),
        ")".repeat(300_000),
        "(]".repeat(100_000),
        "%(".repeat(150_000),
        "x %= 1\n".repeat(50_000),
        "x; %= 1\n".repeat(50_000),
        "'".repeat(300_000),
        "\"$x".repeat(100_000),
        "_+".repeat(150_000),
        "1/".repeat(150_000),
        "$a/".repeat(100_000),
        "-1".repeat(150_000),
        "`".repeat(300_000),
        "1.".repeat(150_000),
        "m\\*.".repeat(100_000),
        "a..".repeat(100_000),
        "\n".repeat(300_000),
        "[a .. b] ^= ".repeat(50_000),
        "\u{301}".repeat(100_000),
    ] {
        let parsed = read(&text);
        assert!(parsed.errors.len() <= 100);
    }
}

#[test]
fn the_depth_error_stands_where_the_limit_is_met() {
    let parsed = read(&"(".repeat(1000));
    let [error] = parsed.errors.as_slice() else {
        panic!("{:?}", parsed.errors);
    };
    assert_eq!(error.kind, SyntaxErrorKind::TooDeep);
    assert_eq!(error.span.start as usize, MAX_DEPTH);
    assert_eq!(parsed.completeness, Completeness::Complete);
}

#[test]
fn incomplete_means_that_more_text_may_mend_it() {
    for text in [
        "(",
        "f(",
        "[1; 2",
        "{ a .. ",
        "x :=",
        "1 ++",
        "\"abc",
        "\"a $(b",
        "%( note",
        "[x] ->",
        "a => b ~>",
        "x\n++",
        "f(1;\n",
        "(\n1\n",
    ] {
        assert_eq!(read(text).completeness, Completeness::Incomplete, "{text}");
    }
    for text in [
        "", "<f", "m\\", "#", "-", "x", "(1 2", ")", "'abc", "x := )", "(1 +", "1 2", "\\x",
        "( ) )", "3 := x",
    ] {
        assert_eq!(read(text).completeness, Completeness::Complete, "{text}");
    }
}

/// What grows without brackets is compiled without native frames, or refused.
#[test]
fn long_chains_compile_or_are_refused() {
    use rhumb::compile::{NoLibraries, Options as Compile, compile};
    let compiled = |text: &str| {
        let parsed = parse(text, Options::default());
        assert!(!parsed.has_errors());
        let options = Compile::new("long", "long.rh", parsed.source.text(), &NoLibraries);
        compile(&parsed.tree, &options).map_err(|problems| problems[0].code())
    };
    let refused = Err(codes::TOO_LARGE);
    assert_eq!(
        compiled(&format!("f{}", "{#a .. 1}".repeat(200_000))).map(|_| ()),
        refused
    );
    assert_eq!(
        compiled(&format!("f{}", " |> 1".repeat(100_000))).map(|_| ()),
        refused
    );
    assert!(compiled(&format!("x{}", " ?? 1".repeat(20_000))).is_ok());
    // The worst of both: brackets as deep as may be, with as many selectors behind each.
    let (open, close) = ("(".repeat(200), format!("){}", "{#a .. 1}".repeat(60)));
    let deepest = compiled(&format!("{open}f{}", close.repeat(200)));
    assert!(deepest.is_ok() || deepest.map(|_| ()) == refused);
    assert!(compiled(&format!("x{}", "{#a .. 1}".repeat(60))).is_ok());
}
