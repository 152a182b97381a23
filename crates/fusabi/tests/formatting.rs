//! What the formatter makes of texts.

use fusabi::{Options, format};

fn formatted(text: &str) -> String {
    format(text, &Options::default()).unwrap()
}

#[test]
fn lines_and_blanks() {
    for (text, expected) in [
        ("let x=1", "let x = 1\n"),
        ("let f x =\n  x+1\n", "let f x =\n    x+1\n"),
        ("f (a,b ,c)\n", "f (a, b, c)\n"),
        ("f  -1\nf(-1)", "f -1\nf(-1)\n"),
        ("[1;2 ;3]", "[1; 2; 3]\n"),
        ("let x: int=1", "let x: int = 1\n"),
        ("xs|>f", "xs |> f\n"),
        ("( *)", "( *)\n"),
        ("\n\n\na\n\n\n\nb\n\n", "a\n\nb\n"),
        ("", ""),
        (
            "match x with\n  | 1 -> a\n  | _ ->\n         b",
            "match x with\n    | 1 -> a\n    | _ ->\n        b\n",
        ),
        (
            "let r =\n  { A = 1\n    B = 2 }",
            "let r =\n    { A = 1\n      B = 2 }\n",
        ),
        ("let v = [\n 1\n 2\n  ]", "let v = [\n    1\n    2\n]\n"),
        ("if a then\n b\nelse\n c", "if a then\n    b\nelse\n    c\n"),
        (
            "let f x =\n  xs\n    |> g\n    |> h x",
            "let f x =\n    xs\n      |> g\n      |> h x\n",
        ),
        (
            "a |> b (fun x ->\n x + 1)",
            "a |> b (fun x ->\n    x + 1)\n",
        ),
    ] {
        assert_eq!(formatted(text), expected, "{text}");
    }
}

#[test]
fn comments_stay() {
    let text = "// head\n\nlet f x = // why\n  // inside\n  x (* y *) + 1\n\n  // last\n// foot\nlet g = 1 // end";
    let expected = "// head\n\nlet f x = // why\n    // inside\n    x (* y *) + 1\n\n    // last\n// foot\nlet g = 1 // end\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn what_conditions_leave_out_is_untouched() {
    let text = "#if A\n  let   x=1\n#else\nlet y=2\n#endif\n";
    assert_eq!(
        formatted(text),
        "#if A\n  let   x=1\n#else\nlet y = 2\n#endif\n"
    );
}

#[test]
fn line_ends_are_those_of_the_first_line() {
    assert_eq!(
        formatted("let x=1\r\nlet y=2\n"),
        "let x = 1\r\nlet y = 2\r\n"
    );
}

#[test]
fn strings_over_several_lines_are_untouched() {
    let text = "let f =\n  g \"a\n   b  \n c\" 1\n";
    assert_eq!(formatted(text), "let f =\n    g \"a\n   b  \n c\" 1\n");
}

#[test]
fn wrong_texts_are_not_formatted() {
    assert!(format("let = ", &Options::default()).is_err());
}
