//! Which tokens a text falls apart into: every note on munching of docs/specs/rhumb.md §1.

use rhumb::lex::{TokenKind, lex};

/// Tokens parted by blanks; a line end that is a token is `⏎`.
fn tokens(text: &str) -> String {
    let lexed = lex(text);
    let shown: Vec<_> = lexed
        .tokens
        .iter()
        .filter(|token| token.kind != TokenKind::End)
        .map(|token| match token.kind {
            TokenKind::Newline => "⏎",
            _ => &text[token.span.range()],
        })
        .collect();
    shown.join(" ")
}

#[test]
fn signs_are_as_long_as_they_can_be() {
    for (text, expected) in [
        // §1.4
        ("<$>", "<$>"),
        ("<|>", "<|>"),
        ("< $>", "< $>"),
        ("___", "___"),
        ("____", "____"),
        ("***", "***"),
        ("a***", "a ***"),
        ("a**b", "a ** b"),
        ("a*^b", "a *^ b"),
        ("a+-5", "a +- 5"),
        ("a+/b-/c", "a +/ b -/ c"),
        ("a^/b^^c", "a ^/ b ^^ c"),
        ("<f> >> 3", "< f > >> 3"),
        ("<f>>3", "< f >> 3"),
        (")>>", ") >>"),
        (")>", ") >"),
        ("]>", "] >"),
        ("}>", "} >"),
        ("<(x)>[!]", "< ( x ) > [ ! ]"),
        ("a->b", "a -> b"),
        ("n-->m", "n -- > m"),
        ("x$>y", "x $> y"),
        ("f!!!", "f !! !"),
        ("=\\x~\\y=@z~@w", "=\\ x ~\\ y =@ z ~@ w"),
        ("/\\\\/", "/\\ \\/"),
        ("m\\\\x", "m \\\\ x"),
        ("a|||b", "a || | b"),
        ("a|>b", "a |> b"),
        ("??1", "?? 1"),
        ("...", ".. ."),
        ("a:::b", "a :: : b"),
        ("#***(c)", "# *** ( c )"),
        ("#*(c)", "# * ( c )"),
        ("[>][<][`][/]", "[ > ] [ < ] [ ` ] [ / ]"),
        // §1.5
        ("a..1", "a .. 1"),
        ("n--1", "n -- 1"),
        ("x->y", "x -> y"),
        ("q.=1", "q .= 1"),
        ("set-x", "set-x"),
        ("x-1", "x-1"),
        ("m.1", "m.1"),
        ("foo-", "foo -"),
        // §1.6
        ("_++_", "_++_"),
        ("_ ++ _", "_ ++ _"),
        ("_[]_", "_ [ ] _"),
        ("_1_2", "_1_2"),
        ("x\\_*_", "x \\ _*_"),
        // §1.7
        ("`a .. 1", "`a .. 1"),
        ("`a..1", "`a .. 1"),
        ("`email@domain.com;", "`email@domain.com ;"),
        ("[`a;`b]", "[ `a ; `b ]"),
        ("m\\`k\\x", "m \\ `k \\ x"),
        // §1.8
        ("1..5", "1 .. 5"),
        ("1.5.x", "1.5 . x"),
        ("10.-", "10.-"),
        ("2,000.-", "2,000.-"),
        ("1.2.3-rc1+b7", "1.2.3-rc1+b7"),
        ("1--2", "1 -- 2"),
        // §1.9
        ("2025/1/1", "2025/1/1"),
        ("2025//1", "2025 // 1"),
        ("4/1/$yr", "4/1/$yr"),
        ("$yr/4/1", "$yr/4/1"),
        ("$yr", "$ yr"),
        ("2025/1/1 @ 12:00:00", "2025/1/1 @ 12:00:00"),
        ("2025/1/1@x", "2025/1/1 @ x"),
        ("-00:05:00", "-00:05:00"),
        ("--00:05:00", "-- 00:05:00"),
        ("- 00:05:00", "- 00:05:00"),
        ("+2025/01/01", "+ 2025/01/01"),
        ("-0000/00/01", "-0000/00/01"),
        // §3.6
        ("$1?2$x?y", "$1 ?2 $ x ? y"),
        ("$12", "$12"),
        // §1.10
        ("'a`'b' c", "'a`'b' c"),
        ("\"$x;\"", "\" $x ; \""),
        ("\"$x\\y@z.\"", "\" $x \\ y @ z . \""),
        ("\"$(\"a\")b\"", "\" $( \" a \" ) b \""),
        ("\"${[}]}\"", "\" ${ [ } ]} \""),
        ("\"5$ `$x\"", "\" 5$ `$x \""),
        // §1.2
        ("a %( b %( c %) d %) e", "a e"),
        ("a % (b", "a"),
        ("a %= (b", "a"),
        // §1.11
        ("{!|a b|1.2.3}", "{!|a b|1.2.3}"),
        ("{x || f}", "{ x || f }"),
    ] {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn line_ends_are_tokens_where_they_end_an_expression() {
    for (text, expected) in [
        ("a\nb", "a ⏎ b"),
        ("a\n\n\nb\n", "a ⏎ b ⏎"),
        ("\n\na", "a"),
        ("a ++\nb", "a ++ b"),
        ("a @@\nb", "a @@ b"),
        ("a ->\nb ..\nc ::\nd .=\ne", "a -> b .. c :: d .= e"),
        ("a % c\n% d\nb", "a ⏎ b"),
        ("a % c\n% d\n|| b", "a || b"),
        ("a %= 1\n|| b", "a ⏎ || b"),
        ("a ++ %= 1\nb", "a ++ b"),
        ("a\n%= 1\n|| b", "a || b"),
        ("a;\nb", "a ; ⏎ b"),
        ("(\na\n)", "( ⏎ a ⏎ )"),
        ("\"a\nb\"\nc", "\" a\nb \" ⏎ c"),
    ] {
        assert_eq!(tokens(text), expected, "{text}");
    }
    let pure = "++ -- ** // +/ -/ *^ ^^ ^/ == ~~ >> << >= <= /\\ \\/ =@ ~@ =\\ ~\\ && !! => ~> |> <> || ?? | \
                .= := ^= .. :: -> !> +> +-";
    for sign in pure.split_whitespace() {
        assert_eq!(tokens(&format!("a\n{sign} b")), format!("a {sign} b"));
        assert_eq!(tokens(&format!("a {sign}\nb")), format!("a {sign} b"));
    }
    for sign in "( [ { < \\ @ # ^ $ . : + - = ~ & ? !".split_whitespace() {
        let first = tokens(&format!("a\n{sign} b"));
        assert!(first.starts_with("a ⏎ "), "{sign}: {first}");
    }
}
