//! Programs without errors and the types of their values (docs/specs/fusabi.md §1, §2).

use crate::{codes, run};

/// Text; the types of its values, the last of each name; codes of warnings.
const ACCEPTED: &[(&str, &str, &str)] = &[
    // §2.2 let-polymorphism, defaults of numbers (rulings 20).
    (
        "let id2 x = x\nlet p = (id2 1, id2 \"a\")",
        "id2 : 'a -> 'a; p : int * string",
        "",
    ),
    ("let add a b = a + b", "add : int -> int -> int", ""),
    (
        "let add a b = a + b\nlet r = add 1.0 2.0",
        "add : float -> float -> float; r : float",
        "",
    ),
    (
        "let inline sq x = x * x\nlet a = sq 2.0\nlet b = sq 3",
        "sq : 'a -> 'a when 'a : number; a : float; b : int",
        "",
    ),
    // A module of the user's whose name is a function of the library.
    (
        "module Regex =\n    let f x = x + 1\nlet a = Regex.f 1\nlet b = Regex \"x\"",
        "f : int -> int; a : int; b : Regex",
        "",
    ),
    ("let swap (a, b) = (b, a)", "swap : 'a * 'b -> 'b * 'a", ""),
    (
        "let cmp a b = if a < b then a else b",
        "cmp : 'a -> 'a -> 'a when 'a : comparison",
        "",
    ),
    (
        "let same a b = a = b",
        "same : 'a -> 'a -> bool when 'a : equality",
        "",
    ),
    ("let f (x: 'q) = [x]", "f : 'q -> 'q list", ""),
    // §2.2 value restriction: the first use says what an open value is.
    ("let r = ref []\nr.Value <- [1]", "r : int list ref", ""),
    (
        "let e = []\nlet a = 1 :: e\nlet b = \"x\" :: e",
        "e : 'a list; a : int list; b : string list",
        "",
    ),
    // §1.5 functions: partial application, recursion, groups, `rec` found by itself.
    (
        "let add x y = x * y\nlet twice = add 2",
        "add : int -> int -> int; twice : int -> int",
        "",
    ),
    (
        "let rec even n = n = 0 || odd (n - 1)\nand odd n = n <> 0 && even (n - 1)",
        "even : int -> bool; odd : int -> bool",
        "",
    ),
    (
        "let fact n = if n <= 1 then 1 else n * fact (n - 1)",
        "fact : int -> int",
        "FB0302",
    ),
    (
        "let abs x = if x < 0 then abs (-x) else x",
        "abs : int -> int",
        "",
    ),
    (
        "let f = function 0 -> \"z\" | _ -> \"n\"",
        "f : int -> string",
        "",
    ),
    (
        "let g = (fun x -> x + 1) >> string",
        "g : int -> string",
        "",
    ),
    (
        "let h = List.map ((+) 1) >> List.sum",
        "h : int list -> int",
        "",
    ),
    ("let n = -3 |> abs", "n : int", ""),
    // §1.4 modules, shadowing, stdlib names merged with the user's.
    (
        "module M =\n  let a = 1\n  module N =\n    let b = a + 1\nlet c = M.N.b",
        "a : int; b : int; c : int",
        "",
    ),
    (
        "module Math =\n  let twice x = x * 2\nlet a = Math.twice 2\nlet b = Math.sqrt 2.0",
        "twice : int -> int; a : int; b : float",
        "",
    ),
    (
        "open List\nlet a = map (fun x -> x + 1) [1]",
        "a : int list",
        "",
    ),
    (
        "let x = 1\nlet f () = x\nlet x = \"s\"",
        "x : string; f : unit -> int",
        "",
    ),
    // §1.8 records: declared, structural, rows, copies.
    (
        "type P = { X: int; Y: string }\nlet p = { X = 1; Y = \"a\" }\nlet q = { p with X = 2 }",
        "p : P; q : P",
        "",
    ),
    (
        "let a = { name = \"A\"; age = 3 }",
        "a : {| age: int; name: string |}",
        "",
    ),
    (
        "let name r = r.name\nlet a = name { name = 1 }\nlet b = name {| name = \"x\"; k = 1 |}",
        "name : { name: 'a; .. } -> 'a; a : int; b : string",
        "",
    ),
    (
        "let r = {| a = 1 |}\nlet s = { r with b = \"x\" }",
        "r : {| a: int |}; s : {| a: int; b: string |}",
        "",
    ),
    (
        "type A = { V: int }\ntype B = { V: int; W: int }\nlet get r = r.V\nlet a = get { V = 1 }\nlet b = get { V = 1; W = 2 }",
        "get : { V: 'a; .. } -> 'a; a : int; b : int",
        "",
    ),
    (
        "type I = { N: int }\ntype O = { I: I }\nlet f (o: O) = { o with I.N = 3 }",
        "f : O -> O",
        "",
    ),
    (
        "type Box<'a> = { V: 'a }\nlet a = { V = 1 }\nlet b = { V = a }",
        "a : Box<int>; b : Box<Box<int>>",
        "",
    ),
    // §1.9 unions: positions, names, E3, E4, qualified.
    (
        "type S = | Circle of int | Rect of w: int * h: int | Point\nlet a = Rect(1, 2)\nlet b = Rect(h = 1, w = 2)\nlet f s = match s with Circle r -> r | Rect(w = x) -> x | Point -> 0",
        "a : S; b : S; f : S -> int",
        "",
    ),
    (
        "type R = Rect of int * int\nlet a = Rect 1 2",
        "a : R",
        "FB0303",
    ),
    ("let l = List.map Some [1]", "l : int option list", ""),
    (
        "type Option<'a> = Some of 'a | None\nlet a = List.tryFind (fun x -> x > 1) [1]\nlet b = match a with Some x -> x | None -> 0",
        "a : int option; b : int",
        "",
    ),
    (
        "[<RequireQualifiedAccess>]\ntype C = Red | Green\nlet a = C.Red\nlet f c = match c with C.Red -> 1 | C.Green -> 2",
        "a : C; f : C -> int",
        "",
    ),
    ("type E = | A = 1 | B = 2\nlet e = E.A", "e : E", ""),
    (
        "exception Bad of string\nlet f () = try raise (Bad \"x\") with Bad m -> m | ex -> ex.Message",
        "f : unit -> string",
        "",
    ),
    // §1.10 collections, ranges, comprehensions, E5, E6.
    (
        "let a = [for i in 1..10 do if i % 2 = 0 then yield i * i]",
        "a : int list",
        "",
    ),
    ("let a = [for i in 1..3 -> string i]", "a : string list", ""),
    ("let a = [if true then 1; 2]", "a : int list", ""),
    ("let a = [yield 1; yield! [2; 3]]", "a : int list", ""),
    ("let a = ['a'..'e']", "a : char list", ""),
    (
        "let a = [|1; 2|]\na.[0] <- 3\nlet b = a.[1] <- 4",
        "a : int array; b : int array",
        "",
    ),
    (
        "let a = [|1; 2; 3|].[0..1]\nlet c = \"abc\".[0]",
        "a : int array; c : char",
        "",
    ),
    ("let a = [1; \"x\"; true]", "a : obj list", "FB0304"),
    (
        "let s = [1; 2] |> Seq.map string |> Seq.toList",
        "s : string list",
        "",
    ),
    (
        "let m = Map.ofList [(1, \"a\")]\nfor kv in m do printfn \"%d %s\" kv.Key kv.Value",
        "m : Map<int, string>",
        "",
    ),
    // §1.11 formats, E7.
    ("let f = printfn \"%d-%s\"", "f : int -> string -> unit", ""),
    ("let s = sprintf \"%5.2f %A\" 1.5 [1]", "s : string", ""),
    ("let s = sprintf \"%d %s\" [1; 2]", "s : string", ""),
    ("printfn 3\nprint [1]", "", ""),
    (
        "let x = 1\nlet s = $\"{x} %d{x} {x + 1:0.00}\"",
        "x : int; s : string",
        "",
    ),
    // §1.12 computations.
    (
        "let o = option { let! x = Some 1\n                 return x + 1 }",
        "o : int option",
        "",
    ),
    (
        "let r = result { let! x = Ok 1\n                 if x > 1 then return! Error \"big\" else return x }",
        "r : Result<int, string>",
        "",
    ),
    (
        "let a = async { do! Async.Sleep 1\n                return 2 }",
        "a : Async<int>",
        "",
    ),
    (
        "let a = async { if true then return 1\n                return 2 }",
        "a : Async<int>",
        "FB0305",
    ),
    (
        "let s = seq { for x in [1; 2] do yield x * 2 }",
        "s : int seq",
        "",
    ),
    (
        "type Maybe() =\n  member _.Bind(m, f) = match m with Some x -> f x | None -> None\n  member _.Return x = Some x\nlet maybe = Maybe()\nlet r = maybe { let! a = Some 1\n                let! b = Some \"x\"\n                return (a, b) }",
        "maybe : Maybe; r : (int * string) option",
        "",
    ),
    // §1.13 members, methods, rulings 6.
    (
        "type V = { X: float } with\n          static member (+) (a: V, b: V) = { X = a.X + b.X }\n          member v.Scale(k, j) = { X = v.X * k * j }\n          member v.Len = v.X\n          static member Zero = { X = 0.0 }\nlet a = V.Zero + { X = 1.0 }\nlet b = a.Scale(2.0, 3.0).Len",
        "a : V; b : float",
        "",
    ),
    (
        "let n (s: string) = s.Split(',').Length + s.Length",
        "n : string -> int",
        "",
    ),
    (
        "let a = \"abc\".Substring(1) + \"abc\".Substring(0, 2)",
        "a : string",
        "",
    ),
    (
        "let m = Map.empty |> Map.add \"a\" 1\nlet v = m.TryFind \"a\"\nlet w = m.[\"a\"]",
        "m : Map<string, int>; v : int option; w : int",
        "",
    ),
    ("let s = (3).ToString()", "s : string", ""),
    // §1.14 overloads of the library.
    (
        "let a = Array.get 0 [|1|]\nlet b = Array.get [|\"x\"|] 0",
        "a : int; b : string",
        "",
    ),
    (
        "let m = Map.ofList [(1, \"a\")]\nlet a = Map.map (fun k v -> v + \"b\") m\nlet b = m |> Map.map (fun v -> v + \"b\")",
        "m : Map<int, string>; a : Map<int, string>; b : Map<int, string>",
        "",
    ),
    (
        "let a = String.concat \",\" [\"x\"]\nlet b = String.concat [\"x\"; \"y\"]",
        "a : string; b : string",
        "",
    ),
    (
        "let m = Map.empty () |> Map.add 1 2\nlet p = Math.pi ()",
        "m : Map<int, int>; p : float",
        "",
    ),
    (
        "let f (x: obj) = match x with :? string as s -> s.Length | _ -> 0",
        "f : obj -> int",
        "",
    ),
    (
        "let a = [if true then 1\n         2\n         yield! [3]]",
        "a : int list",
        "",
    ),
    // §1.7 active patterns.
    (
        "let (|Even|Odd|) n = if n % 2 = 0 then Even else Odd\nlet f n = match n with Even -> 0 | Odd -> 1",
        "|Even|Odd| : int -> Choice<unit, unit>; f : int -> int",
        "",
    ),
    (
        "let (|Div|_|) k n = if n % k = 0 then Some (n / k) else None\nlet f n = match n with Div 3 q -> q | _ -> 0",
        "|Div|_| : int -> int -> int option; f : int -> int",
        "",
    ),
];

#[test]
fn types_of_values() {
    for (text, types, warnings) in ACCEPTED {
        let checked = run(text);
        let found = codes(&checked).join(" ");
        assert_eq!(&found, warnings, "{text}\n{:?}", checked.problems);
        if types.is_empty() {
            continue;
        }
        assert!(checked.program.is_some(), "{text}");
        let mut last: Vec<(String, String)> = Vec::new();
        for signature in &checked.signatures {
            let (name, ty) = signature
                .trim_start_matches("val ")
                .split_once(" : ")
                .unwrap();
            match last.iter_mut().find(|known| known.0 == name) {
                Some(known) => known.1 = ty.to_owned(),
                None => last.push((name.to_owned(), ty.to_owned())),
            }
        }
        let found: Vec<String> = last
            .iter()
            .map(|(name, ty)| format!("{name} : {ty}"))
            .collect();
        assert_eq!(&found.join("; "), types, "{text}");
    }
}
