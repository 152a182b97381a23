//! What every rule of the grammar (docs/specs/fusabi.md §1.15) and of the layout makes of a text: snapshots of the tree.

use std::fmt::Write;

use fusabi::{Options, parse, tree};

/// Every line a text of its own, its tree below it; ⏎ is a line end.
fn show(texts: &str) -> String {
    let mut out = String::new();
    for text in texts.trim().lines() {
        let text = text.trim().replace('⏎', "\n");
        let parsed = parse(&text, &Options::default());
        assert!(!parsed.has_errors(), "{text}: {:?}", parsed.errors);
        let printed = tree::print(&parsed.tree);
        writeln!(
            out,
            "{text}\n    {}",
            printed.trim_end().replace('\n', "\n    ")
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
    literals r#"
        1; 0xFFFFFFFFFFFFFFFF; 0o17; 0b11; 1_000; 200uy; -128y; 5s; 7us; 9l; 3u; 3UL; 4L; -9223372036854775808
        1.0; 1.; 1e3; 1.5e-3; 14.0f; 2f; -1.5; 1.0<m>; 2<kg m/s^2>
        'a'; '\n'; '\''; '\065'; '\x41'; 'a'B; "ab"B
        "a\tb\q\065"; @"a\n""b"; """a "b" c"""; ""
        true; false; (); null
        $"a{b}c"; $"%5.2f{x} 100%% {y,-3:00}"; $@"\{a}"; $"""{"q"}"""; $"{{}}"
    "#
    operators r"
        a - b - c; a :: b :: c; a ** b ** c; a @ b @ c; a ^ b
        a + b * c ** d; a = b && c || d; a |> b = c; a < b && b > c
        f a + g b; f -a; f - a; f-a; -f a; !r a; f !r; - -a; a - -1
        a :> b :?> c; a :? b && c; a <- b; r := a + b; a, b, c = d
        (+); ( * ); (=); ((=) k); (|Even|Odd|); (|Int|_|)
        f a b (c d); f(a)(b).c; g f(a); f (a).b; a.b.c(d).[e]; a.[1..]; a.[..2]; a[1..2]; a.[*]; a.[1, 2]
        f<int>(x); A<int>.B; typeof<int>; a<b> c; x < y
    "
    layout "
        let a = b⏎c
        let f x =⏎    a⏎    b
        a⏎|> b⏎|> c
        f a⏎  b⏎    c
        f (fun x ->⏎  a⏎  b) c
        if a then⏎  b⏎else⏎  c
        if a then b⏎elif c then d⏎else e
        if a then b else if c then d else e
        match a with⏎| 1 -> b⏎| 2 ->⏎  c⏎  d⏎e
        match a with⏎| 1 -> match b with⏎       | 2 -> c⏎| 3 -> d
        let a = function⏎| 1 -> b⏎| _ -> c⏎d
        let a = let b = 1 in b⏎c
        let a = 1⏎in a
        try⏎  a⏎with⏎| b -> c⏎d
        try a⏎finally⏎  b⏎c
        [ a⏎  b⏎  c ]
        { A = 1⏎  B = 2 }
        { a with⏎    A = 1⏎    B = 2 }
        a {⏎  let! b = c⏎  return b⏎}⏎d
        let a =⏎  b⏎  + c⏎ |> d
        for a in b do⏎  c⏎  d⏎e
        while a do b⏎c
        let rec a b =⏎  c⏎and d e =⏎  f
        a <-⏎  b⏎c
        type A = list<int>⏎type B = C⏎d
    "
    patterns r#"
        let (a, b), [c; d] = e
        let a :: b :: _ = c⏎let [|a; b|] = c
        match a with | 1 | -2 | 'c' | "s" | true | null | () -> b
        match a with | A | B.C | D e | F(g, h) | I(j = k; l = m) -> n
        match a with | { A = 1; B.C = (d | e) } & f as g -> h
        match a with | :? b as c when c -> d | (e : int list), _ -> f
        match a with | P 1 x -> y
        let f (a: int) { B = b } [c] _ () (D e) = g
        fun struct (a, b) ([<A>] c) -> d
    "#
    types "
        let a : int -> (int -> 'a) list * string[] -> _ = b
        let a : Map<string, A.B<int>> option = b
        let a : {| b: int; c: d |} = e
        let a (b: 'c when 'c : equality) = d
        let a<'b when 'b : comparison> (c: 'b) : struct (int * int) = d
        type A<'a, 'b> = B⏎type 'a C = D
        type A = { B: int; mutable C: string }
        type A = | B | C of int * d: (int * int) | E of f: int list
        type A = B | C⏎type D = E of int⏎type F = G = 0 | H = 1
        type A = int⏎and B = { C: A }
        type A() =⏎  member _.B(c, d) = e⏎  static member F = g
        type A = B with⏎  member x.C = d
        type A with⏎  member x.B = c
        exception A of string * int
    "
    declarations r#"
        module A.B⏎let c = d
        namespace A⏎module B =⏎  let c = 1⏎  module D = let e = 2⏎f
        open A.B⏎open type C
        [<A; B(1)>]⏎[<C>]⏎let d = e
        let inline private (+.) a b = c⏎let mutable d = e
        #load "a.fsx" "b.fsx"⏎#r "c"⏎#nowarn "25"⏎#light
        a;; b;; let c = d
        use a = b
    "#
    expressions r#"
        async { let! a = b in return! c }; seq { 1..2..9 }; a.b { c }; f(1) { yield 2 }
        [a; b]; []; [||]; [1..2]; [for a in b -> c]; [| if a then b |]; [yield! a]; ["a", 1]
        {| a = 1; b = c |}; {| a with b = 1 |}; struct (a, b); { }; f { A = 1 }
        lazy a b; assert (a); upcast a; begin a; b end; do a
        for a = 1 to 2 do b; for c = 2 downto 1 do d
        while a do (if b then break); while c do continue
        a |> fun b -> b, c
        (a : int); (fun (a: int) -> a)
    "#
}

#[test]
fn the_compatibility_switch_separates_by_commas() {
    let options = Options {
        compat: true,
        ..Options::default()
    };
    for (text, printed) in [
        ("[1, 2]", "(list 1 2)\n"),
        ("[|1, 2; 3|]", "(array 1 2 3)\n"),
        ("[(1, 2)]", "(list (paren (tuple 1 2)))\n"),
    ] {
        assert_eq!(tree::print(&parse(text, &options).tree), printed);
        let directive = format!("#fusabi \"compat\"\n{text}");
        let parsed = parse(&directive, &Options::default());
        assert!(parsed.compat);
        assert_eq!(tree::print(&parsed.tree), format!("(#compat)\n{printed}"));
    }
    let parsed = parse("[1, 2]", &Options::default());
    assert_eq!(parsed.errors.len(), 1);
    assert!(parsed.errors[0].is_warning());
}
