//! What every rule of the grammar (docs/specs/rhumb.md §2) makes of a text: snapshots of the tree.

use std::fmt::Write;

use rhumb::{Options, parse, tree};

/// Every line a text of its own, its tree below it.
fn show(texts: &str) -> String {
    let mut out = String::new();
    for text in texts.trim().lines() {
        let text = text.trim().replace("⏎", "\n");
        let parsed = parse(&text, Options::default());
        assert!(!parsed.has_errors(), "{text}: {:?}", parsed.errors);
        writeln!(
            out,
            "{text}\n    {}",
            tree::print(&parsed.tree).trim_end().replace('\n', "\n    ")
        )
        .unwrap();
    }
    out
}

macro_rules! grammar {
    ($($name:ident $texts:literal)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(show($texts));
        }
    )*};
}

grammar! {
    primaries r#"
        0; 10; 007; 1.5; 01.5; 05.-; 1.2.3; 1.-; 1.2.-; 1.0.0-rc1+b7
        2025/12/31; 12/31/2025; 23:59:59.5; 2025/12/31@12:30:00; 2025/12/31 @ 12:30:00; 4/1/$yr; $y/01/$d@00:00:01
        +00:05:00; -00:01:00; +0001/00/00; +0000/00/01@12:00:00; +2025/01/01; -2025/01/01
        9223372036854775807; -9223372036854775807; -9223372036854775808; {-9223372036854775808 .. 1}
        'it`'s'; "a`nb"; ""; `email@domain.com
        x; set-x; favicon.ico; 🧮; ⚙️; हो; _++_; _0_; _`_; ***; empty
        yes; no; ___; _; *; !; $0; $12; ?1; ?0
        <$>; <|>; (); (1; 2); []; [1; 2]; {}; {1}
    "#
    precedence r#"
        a ++ b ** c ^^ d
        a ^^ b ^^ c
        -2 ^^ 2; 2 ^^ -1; 2 *^ 3 ^/ 4
        -1|5; 1|n ++ 1; 1|2|3; 1|-5
        a -- b -- c ++ d
        a ** b // c +/ d -/ e !! f
        a && b +- c
        a >> b ++ 1 == c << d
        a == b ~~ c =@ d ~@ e =\ f ~\ g
        a \/ b /\ c \/ d
        a ?? b || c <> d |> e
        a || b \/ c
        a ++ b == c /\ d \/ e ?? f
        ~a == b; =a /\ ?b; - -x; &m; .x; :x; +x
        -m\f(1); #f(x); ~#f(x)\g
        f !! !
    "#
    arrows r#"
        [] -> 1; [] !> 1; [] +> 1; [] $> 1
        xs <> [i] -> c => a ~> b
        x -> y -> x ++ y
        (a && b) -> c
        <[a; b]> -> a
        1 ++ [x] -> x ++ 2
        :[x] -> y
        when .= cond -> =cond => #()
        node -> task()
        sub\f -> 1; <sub> -> 1
    "#
    parameters r#"
        [a; .b; :c; d .. 1; e :: 2; f ?? 3; .g ?? 4; [h; .i; n..j] ; [k] ?? 5; &rest] -> 0
        [<sub>; <sub>\*; <[a]>; _; *; &_] -> 0
        [#t(x); $here(who); #***; #*; ^r; whole] -> 0
        ['name' .. target; 1 .. m\x; `k .. k ?? 2; 2 .. [a; b]] -> 0
        <[a; b; &c]>
    "#
    conditionals r#"
        a => b
        a ~> b
        a => b ~> c => d ~> e
        a => b => c
        a => b => c ~> d
        a ~> b ~> c
        a ?? b => c || d ~> e
        c => (x := 1) ~> (x := 2)
        c => x := 1
    "#
    assignments r#"
        a .= 1; b := 2; c .. 3; d :: 4
        a := b := c
        m\f .= 1; m@s := 2; m[i] := 3; m[>] .= 4; m[<] := 5; m\f\g@h[1] := 6
        <Point>[!]\print .. 1; f(1)\x := 2; m\<f> := 3; m\1 := 4; m\'a b' := 5; m\`k := 6; m\"a$x" := 7
        _ := 1; * .= 2
        !\f .= 1; !@s := 2; ![>] .= 3
        1|9 <> [i] -> t := t ++ i
        a ++ b := 1
    "#
    destructuring r#"
        [x; y] ^= p1
        [:x; :y] ^= [___; ___]
        [a; .b; :c; n .. t; 4 .. d; `k :: e; 'txt' .. f; 2025/01/01 .. g; 1.2.3 .. h] ^= v
        [n .. m\x; n .. m[1]; n .. m[>]; n .. [a; [b]]; n .. _; _; *; [c]] ^= v
        [<name> .. a; <m\f> .. b; <'a' && b> .. c; <(n ++ 1)> .. d; "a$x" .. e] ^= v
        [@s[a; b]; .@t; :@u; @w .. x; &rest] ^= v
        [a ?? 1; .b ?? 2 ?? 3; n .. t ?? 4; [c] ?? 5] ^= v
        [a] ^= [b] ^= c
    "#
    maps r#"
        [1; x; 'a'; [2]]
        [a .. 1; b :: 2; _==_ .. 3; 1 .. 4; 'a b' .. 5; `k .. 6; 2025/01/01 .. 7; 1.2.- .. 8; yes .. 9]
        [@a .. 1; @b :: 2; @<n> .. 3]
        [.a; :b; .@c; :@d]
        [&m; &f(1)]
        [<e> .. 1; <a ++ b> .. 2; "x$y" .. 3; <"x$y"> .. 4]
        [.a\b; :R(1); -x; .x ++ 1; a ?? b]
        [f .. [x] -> x ++ 1; g .. 2]
        [a .. 1⏎b .. 2⏎⏎]
        [a⏎.. 1; b ..⏎2]
    "#
    steps r#"
        m\f; m\1; m\'a b'; m\`k; m\_++_; m\2025/01/01; m\1.2.3; m\yes; m\***
        m\*; m\*.ext; m\a*; m\_*_; m\* ** 2; m\f**2; m\f*^2
        m\<f>; m\<'a b'>; m\<a ++ b>; m\<(a)>; m@<s>
        m@s; m@s\f; m@'a b'
        m\\name; m\\*.code; m\\*; m\\'a b'; m\\[a; b]; m\\<p>
        m @@ t; m @@ t\f; m @@ [a .. 1]\f
        m#t; m#t(1); m^r; m^r(1); m^(1); m$p; m$p(1; &x; n .. 2)
        f(); f(1; x); f(&m; x .. 1; y :: 2; 'z' .. 3; _); f (x); f(1)(2)
        m[>]; m[<]; m[#]; m[?]; m[@]; m[*]; m[0]; m[.]; m[:]; m[/]; m[$]; m[^]; m[!]; m[+]; m[-]; m[=]; m[~]; m[&]; m[`]
        m[i]; m[i ++ 1]; m[[1]]; m[-1]; m[ > ]; m[⏎i⏎]
        f {1 .. 2}; f() {}; m\f {_}; x { a .. b } { c .. d }
        'a'[#]; 5[^]; (1)[?]; [1]\1; {_}(1); #t(1) { ^r .. 1 }
    "#
    references r#"
        <f>; <m\f>; <f>(1); <R$t>; <$t>; <! >; <!\f>; <$1>; <_>; <***>; <_++_>
        <f>[!]\g; <fs[1]>; m\<f>(1); <f> >> 3; <f> !! b
        <()>; <(1; 2)>; <( x⏎y )>; <($1 ** 2)> { 21 .. _ }
        <"file.png">; <'file.png'>; <"$x.png">
        <{}>; <{ #a .. #b; .#c; :$d(x); #e(x) :: ^f; $g .. ___ }>
    "#
    selectors r#"
        {yes .. 1; no .. 2}
        {1 .. a; 'x' .. b; -1 .. c; `k .. d; 1.2.- .. e; 2025/01/01 .. f; +00:00:01 .. g; ___ .. h; empty .. i}
        {_ .. a; * :: b; x .. c; _}
        {x >> 3 .. a; _ -/ 15 == 0 .. b; * -/ 5 == 0 .. c; f(2) .. d; m\f(1) ++ 1 .. e; ~(x == 1) .. f; ~x == 1 .. g}
        {(f(2)) .. a; a ++ 1 .. b; r\x .. c; (x >> 1) .. d; "a$x" .. e; -x .. f}
        {1|5 .. a; 'a'|x .. b}
        {[x; 2] .. a; [n .. p; .q; :r; @s .. [t]; @u[v]; &w; _; x >> 10; ___] .. b; [] .. c; [.@z] .. d}
        {#t .. a; #t(x; 2; &r; n .. p; .q; :s; [a]) .. b; #* .. c; #*(x) .. d; #(x) .. e; #() .. f; #***(c; m; *) .. g}
        {^t(x) .. a; ^(x) .. b; $t .. c; $empty .. d}
        {a .. x := 1; b .. [y] -> z; c .. #t(1); d :: (1; 2)}
        { a .. 1⏎b⏎.. 2⏎⏎c :: 3; }
    "#
    emissions r#"
        #t; #t(1); #(1); #(!); #(); #***(400; 'm'; d)
        ^r; ^r(1); ^(1); ^()
        $p; $p(1); $p(___)
        x := #ask(1) ++ 2
        saved^(v); room$empty; room$empty('t')
    "#
    texts r#"
        "a $x b"; "$x"; "$x$y"; "Point($x;$y)"; "$who."; "$m\f@s."; "$m\ $m@"
        "$1 $0 $12"; "$(x ++ 1) ${x; y} $()"; "$( f("in $y") )"; "`$x `" `` `u{1F9EE}"; "$ $- 5$"
        "$yes"; "a⏎b"; "$(1⏎2)"
    "#
    libraries r#"
        {!|math|1.2.0}; {git|https://path.to/repo|0.1.0}; {-|a b|-}; {=|x.json|1}; {_|nat_core|1.-}; {!|🧮|v}; {!|m|1.2}
        {x || f}; {a|b .. c}
        u .= {!|math|-}\sin(1)
    "#
    lines r#"
        a;;b;; ;c;
        a⏎⏎b⏎
        a⏎++ b⏎⏎|| c
        a ++⏎b :=⏎c
        a⏎-b⏎#c⏎.d⏎(e)⏎[f]⏎{g}⏎<h>⏎!⏎?1⏎*
        a =>⏎b⏎~> c
        [x]⏎-> y
        f % note⏎(1)
        a %( b⏎c %) ++ d
        a %( x %( y %) z %)
        x -> %( in %) 1 % end
    "#
    metas r#"
        p1 == p2 %= yes
        x := 1; %= 1
        x %= 'a' % a name
        x %? anything % at all
        (a %= 1⏎b) %= 2
        f(a %= 1⏎; [b %= 2⏎c .. d %= 3⏎]⏎)
        {a .. b %= 4⏎}
        x %= 1⏎-2
        a ++ %= 1⏎b
        x;; %= 1
        a⏎%= 1⏎%? 2
        x %( c %) %= 1
    "#
}

/// A text of a file with its tree.
fn program(text: &str) -> String {
    let parsed = parse(text, Options::default());
    assert!(!parsed.has_errors(), "{:?}", parsed.errors);
    tree::print(&parsed.tree)
}

#[test]
fn founding_document() {
    insta::assert_snapshot!("point", program(include_str!("programs/founding-point.rh")));
    insta::assert_snapshot!(
        "vassal",
        program(include_str!("programs/founding-vassal.rh"))
    );
    insta::assert_snapshot!(
        "network",
        program(include_str!("programs/founding-network.rh"))
    );
    insta::assert_snapshot!(
        "fragments",
        program(include_str!("programs/founding-fragments.rh"))
    );
}

#[test]
fn worked_examples() {
    insta::assert_snapshot!(program(include_str!("programs/worked-examples.rh")));
    let page = include_str!("../../../docs/specs/rhumb.md");
    let section = page.split("### 5.11").nth(1).unwrap();
    let section = section.split("## 6.").next().unwrap();
    let fenced: Vec<_> = section.split("```").skip(1).step_by(2).collect();
    assert_eq!(fenced.len(), 4);
    for (index, text) in fenced.iter().enumerate() {
        insta::assert_snapshot!(format!("fenced-{index}"), program(text));
    }
}

#[test]
fn truth_words_are_those_of_the_locale() {
    let french = Options {
        locale: rhumb::Locale::find("fr-FR"),
    };
    let parsed = parse("oui; non; yes", french);
    assert_eq!(tree::print(&parsed.tree), "yes\nno\nyes\n");
    let label = parsed.tree.statements()[2];
    assert!(matches!(parsed.tree.expr(label), tree::Expr::Label(_)));
    let shebang = parse("%!/usr/bin/rhi -lang id_ID\nya; tidak", Options::default());
    assert_eq!(tree::print(&shebang.tree), "yes\nno\n");
    assert_eq!(shebang.locale.tag, "id");
}
