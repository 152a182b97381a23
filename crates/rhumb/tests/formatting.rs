//! The formatter's layout.

use rhumb::{Options, format};

#[track_caller]
fn check(text: &str, expected: &str) {
    let formatted = format(text, Options::default()).expect("a right text");
    assert_eq!(formatted, expected);
    assert_eq!(
        format(expected, Options::default()).as_deref(),
        Ok(expected)
    );
}

#[test]
fn blanks() {
    check("x:=1", "x := 1\n");
    check("a++b  **  c", "a ++ b ** c\n");
    check("m \\ f @s [ # ] ( 1 ;2 )", "m\\f@s[#](1; 2)\n");
    check("1 | 5; - x; - - x; a >> - 1", "1|5\n-x\n- -x\na >> -1\n");
    check("f{1..a;_}", "f { 1 .. a; _ }\n");
    check("{ }; [ ]; ( )", "{}\n[]\n()\n");
    check("< f >( 1 ); < ( x ) >; <[a]>", "<f>(1)\n<(x)>\n<[a]>\n");
    check("# t ( 1 ); r # t; ^ ( 1 )", "#t(1)\nr#t\n^(1)\n");
    check("[.a;:b;.@c;&d;@e..1]", "[.a; :b; .@c; &d; @e .. 1]\n");
    check("[x]->x;f!! !", "[x] -> x\nf !! !\n");
    // What must stay apart: a key would swallow what follows, signs would become longer ones.
    check("`k [ 1 ] ; `k ++ 1", "`k[1]\n`k ++ 1\n");
}

/// What stands before a token may decide what it is, also more atoms back than are looked at together.
#[test]
fn wildcard_fields_behind_long_runs() {
    check("a\\*.e#t(a)\\*.e", "a\\*.e#t(a)\\*.e\n");
}

#[test]
fn lines() {
    check("a;b;;c", "a\nb\nc\n");
    check("a\n\n\n\nb", "a\n\nb\n");
    check("\n\na\n\n", "a\n");
    check("", "");
    check("(a;b;)", "(a; b)\n");
    check("(a\nb;c)", "(\n  a\n  b\n  c\n)\n");
    check("f([x] -> (\na\n); 1)", "f([x] -> (\n  a\n); 1)\n");
    check("a\n++ b\n++ c", "a\n  ++ b\n  ++ c\n");
    check("x :=\n1", "x :=\n  1\n");
    check(
        "[\n\na .. 1\n\n\nb .. 2\n\n]",
        "[\n  a .. 1\n\n  b .. 2\n]\n",
    );
    check("(\n)", "()\n");
    check("a\r\nb;c\r\n", "a\r\nb\r\nc\r\n");
}

#[test]
fn comments() {
    check("%!/usr/bin/rhi\na% b", "%!/usr/bin/rhi\na % b\n");
    check("a   % c   \n   % d\nb", "a % c\n% d\nb\n");
    check("(% c\na)", "( % c\n  a\n)\n");
    check("(a\n% c\n)", "(\n  a\n  % c\n)\n");
    check("a %(x%) ++ b", "a %(x%) ++ b\n");
    check("a ++ % c\n% d\nb", "a ++ % c\n  % d\n  b\n");
    check("x := 1;%= 1\n%? y", "x := 1 %= 1\n%? y\n");
    check("x;;%= 1", "x\n%= 1\n");
}

#[test]
fn texts_stay_as_they_are() {
    check(
        "x:=\"a  $( f( 1 ) ) %  b\"",
        "x := \"a  $( f( 1 ) ) %  b\"\n",
    );
    check("\"a\n   b\";c", "\"a\n   b\"\nc\n");
    check("'a  b'", "'a  b'\n");
}

#[test]
fn wrong_texts_are_not_formatted() {
    assert_eq!(
        format("a b", Options::default()).map_err(|errors| errors.len()),
        Err(1)
    );
}
