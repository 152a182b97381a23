//! Deep, long and odd texts: no panic, no overflow of the native stack, time linear in the text.

use fusabi::diagnostics::codes;
use fusabi::tree::{Expr, print};
use fusabi::{Completeness, MAX_DEPTH, Options, Parsed, format, parse};

const DEEP: usize = 100_000;

fn read(text: &str) -> Parsed {
    parse(text, &Options::default())
}

fn too_deep(parsed: &Parsed) -> bool {
    parsed
        .errors
        .iter()
        .any(|error| error.code() == codes::TOO_DEEP)
}

/// What opens something, and what would close it.
const NESTING: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("[|", "|]"),
    ("{ A = ", " }"),
    ("{| A = ", " |}"),
    ("{ a with A = ", " }"),
    ("a { return ", " }"),
    ("begin ", " end"),
    ("f(", ")"),
    ("a.[", "]"),
    ("fun a -> ", ""),
    ("function a -> ", ""),
    ("if a then ", ""),
    ("if a then b else (", ")"),
    ("if ", " then a"),
    ("match a with b -> ", ""),
    ("match ", " with a -> b"),
    ("try ", " with a -> b"),
    ("try a with b -> ", ""),
    ("try a finally ", ""),
    ("while a do ", ""),
    ("while ", " do a"),
    ("for a in b do ", ""),
    ("for a in ", " do b"),
    ("for a = ", " to b do c"),
    ("let a = ", " in a"),
    ("let a b = ", ""),
    ("let rec a b = ", " and c = d"),
    ("use a = ", ""),
    ("lazy ", ""),
    ("- ", ""),
    ("!", ""),
    ("a :: ", "b"),
    ("a ** ", "b"),
    ("a <- ", "b"),
    ("a := ", "b"),
    ("f -", "1"),
    ("$\"{", "}\""),
    ("struct (a, ", ")"),
    ("return ", ""),
    ("a.[b..", "]"),
    ("do ", ""),
    ("a : ", "b"),
    ("a : (", ")"),
    ("a : {| b: ", " |}"),
    ("a : struct (", ")"),
    ("a : b<", ">"),
    ("a : #", ""),
    ("let (", ") = a"),
    ("let [", "] = a"),
    ("let { A = ", "} = a"),
    ("let a :: ", " = a"),
    ("match a with (", ") -> b"),
    ("match a with A(b = ", ") -> b"),
    ("match a with a :: ", " -> b"),
    ("match a with [<A>] ", " -> b"),
    ("match a with struct (", ") -> b"),
    ("module A =\n", ""),
    ("module A = ", ""),
    ("type A = ", ""),
    ("type A() = member b.C = ", ""),
    ("[<A(", ")>] do a"),
    ("[<", ">]"),
    ("(*", "*)"),
    ("#if A\n", "\n#endif"),
    ("``a`` ", ""),
    ("open ", ""),
    ("let a = a { let! b = ", " }"),
];

#[test]
fn everything_nested_a_hundred_thousand_deep() {
    for (open, close) in NESTING {
        for text in [
            open.repeat(DEEP),
            format!("{}x{}", open.repeat(DEEP), close.repeat(DEEP)),
            close.repeat(DEEP),
        ] {
            let parsed = read(&text);
            let _ = print(&parsed.tree);
            let _ = parsed.completeness();
            assert!(
                parsed.errors.len() <= 101,
                "{open}: {}",
                parsed.errors.len()
            );
        }
    }
}

#[test]
fn blocks_nested_by_columns() {
    let mut text = String::new();
    for depth in 0..2000 {
        text.push_str(&" ".repeat(depth));
        text.push_str("if a then\n");
    }
    assert!(too_deep(&read(&text)));
}

#[test]
fn the_limit_is_where_it_says() {
    for (open, close) in [("(", ")"), ("[", "]"), ("f (", ")")] {
        let nested = |depth: usize| format!("{}x{}", open.repeat(depth), close.repeat(depth));
        // Two levels for each bracket: the bracket and the expression in it.
        assert!(!read(&nested(MAX_DEPTH / 2 - 2)).has_errors(), "{open}");
        let parsed = read(&nested(MAX_DEPTH + 1));
        assert_eq!(parsed.errors.len(), 1, "{open}: {:?}", parsed.errors);
        assert!(too_deep(&parsed));
        assert_eq!(parsed.completeness(), Completeness::Wrong);
    }
}

#[test]
fn suffixes_of_types_and_patterns_are_limited() {
    for (head, part) in [("a : int", " list"), ("a : int", "[]"), ("let p", " as q")] {
        let tail = if head.starts_with("let") { " = b" } else { "" };
        let text = |count: usize| format!("{head}{}{tail}", part.repeat(count));
        assert!(
            !read(&text(fusabi::MOST_SUFFIXES)).has_errors(),
            "{head}{part}"
        );
        assert!(
            too_deep(&read(&text(fusabi::MOST_SUFFIXES + 1))),
            "{head}{part}"
        );
    }
}

#[test]
fn what_repeats_has_no_limit() {
    for (part, joint) in [
        ("a", " + "),
        ("a", " |> "),
        ("a", ", "),
        ("a", "; "),
        ("a", " "),
        ("a", "."),
        ("f(a)", ".b"),
        ("a", ".[0]."),
        ("a", "\n"),
        ("let a = b", "\n"),
        ("type A = { B: int }", "\n"),
    ] {
        let text = vec![part; DEEP].join(joint);
        let parsed = read(&text);
        assert!(!parsed.has_errors(), "{joint}: {:?}", parsed.errors);
        assert!(print(&parsed.tree).len() >= DEEP, "{joint}");
    }
    for (open, part, joint, close) in [
        ("let f x =\n", "    let y = x", "\n", "\n    y"),
        ("[", "1", "; ", "]"),
        ("match a with\n", "| 1 -> b", "\n", ""),
        ("match a with\n", "| 1", " ", " -> b"),
        ("if a then b\n", "elif c then d", "\n", ""),
        ("if a then b", " else if c then d", "", ""),
        ("type T =\n", "    | A of int", "\n", ""),
        ("let f : ", "int", " -> ", " = g"),
        ("$\"", "{a}", "b", "\""),
        ("a {\n", "    let! b = c", "\n", "\n    return b }"),
        ("let f ", "a", " ", " = b"),
        ("let ", "f a = b", "\nand ", ""),
    ] {
        let text = format!("{open}{}{close}", vec![part; DEEP].join(joint));
        let parsed = read(&text);
        assert!(!parsed.has_errors(), "{open}{part}: {:?}", parsed.errors);
        assert!(format(&text, &Options::default()).is_ok());
    }
}

#[test]
fn the_left_spine_is_walked_by_a_loop() {
    let text = vec!["a"; DEEP].join(" + ");
    let parsed = read(&text);
    let tree = &parsed.tree;
    let [decl] = tree.decls() else {
        panic!("one declaration")
    };
    let fusabi::tree::Decl::Expr(id) = tree.decl(*decl) else {
        panic!("an expression")
    };
    let spine = tree.left_spine(id);
    assert_eq!(spine.len(), DEEP);
    assert!(matches!(tree.expr(spine[DEEP - 1]), Expr::Name(_)));
}
