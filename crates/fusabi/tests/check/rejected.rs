//! Programs with errors: their codes, and how they read in both languages.

use crate::{codes, rendered, run};

/// Text, codes.
const REJECTED: &[(&str, &str)] = &[
    ("let a = 1 + 2.0", "FB0501"),
    ("let a = 1 + \"x\"", "FB0501"),
    ("let a = true - false", "FB0505"),
    ("let a = if 1 then 2 else 3", "FB0501"),
    ("let a = if true then 1 else \"x\"", "FB0501"),
    ("let f x = x x", "FB0502"),
    ("let x = 3\nlet a = x 4", "FB0503"),
    ("let f x = x + 1\nlet a = f 1 2", "FB0503"),
    ("let a = (fun x -> x) = (fun x -> x)", "FB0506"),
    ("let a = [id] < [id]", "FB0506"),
    ("let a = lenght [1]", "FB0039"),
    ("let a : strin = \"x\"", "FB0039"),
    ("open Nowhere", "FB0039"),
    ("let a = List.nope [1]", "FB0039"),
    ("let f x = match x with Foo y -> y | _ -> 0", "FB0039"),
    (
        "type P = { X: int }\nlet p = { X = 1 }\nlet a = p.Y",
        "FB0504",
    ),
    ("type P = { X: int }\nlet p = { X = 1 }\np.X <- 2", "FB0508"),
    ("let a = 1\na <- 2", "FB0508"),
    (
        "type P = { X: int; Y: int }\nlet p : P = { X = 1 }",
        "FB0511",
    ),
    (
        "type P = { X: int }\nlet p = { X = 1 }\nlet q = { p with Z = 1 }",
        "FB0504",
    ),
    ("let get r = r.name\nlet a = get {| age = 1 |}", "FB0504"),
    ("let get r = r.name\nlet a = get 3", "FB0504"),
    (
        "type S = A of int * int\nlet f (A x) = x\nlet a = A(1, 2, 3)",
        "FB0509",
    ),
    ("let f (a, a) = a", "FB0037"),
    ("type T = { A: int; A: int }", "FB0037"),
    ("let f x = match x with Some y | None -> 1", "FB0515"),
    ("let a = ref []", "FB0030"),
    ("let f () =\n  let mutable x = 1\n  fun () -> x", "FB0407"),
    ("let s = sprintf \"%d\" \"a\"", "FB0505"),
    ("let s = sprintf \"100 % \" 1", "FB0510"),
    ("let f fmt = sprintf fmt 1", "FB0510"),
    ("let a : Map<int> = Map.empty", "FB0507"),
    ("let a = [let! x = [1]\n         yield x]", "FB0516"),
    ("let b = 3\nlet a = b { return 1 }", "FB0516"),
    ("let a = \"abc\".PadLeft(true)", "FB0512"),
    ("#r \"package\"\nlet a = 1", "FB0519"),
    ("let f a b = a + b\nlet g = f <| f <| 3", "FB0505"),
    ("match 42 with 42 -> 1 | true -> 2 | _ -> 3", "FB0501"),
    ("let rec f x = f (x, x)", "FB0502"),
    (
        "let a = x\nlet b = y\nlet c = 1 + \"z\"",
        "FB0039 FB0039 FB0501",
    ),
];

#[test]
fn codes_of_errors() {
    let mut wrong = Vec::new();
    for (text, expected) in REJECTED {
        let checked = run(text);
        let errors: Vec<String> = checked
            .problems
            .iter()
            .filter(|problem| !problem.warning)
            .map(|problem| problem.code.to_string())
            .collect();
        if &errors.join(" ") != expected || checked.program.is_some() {
            wrong.push(format!(
                "{text}\n  expected {expected}, found {:?}",
                codes(&checked)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn errors_read_well_in_both_languages() {
    let mut all = String::new();
    for lang in [diag::Lang::English, diag::Lang::Indonesian] {
        for (text, _) in REJECTED {
            all.push_str(&rendered(&run(text), lang));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn every_code_stands_in_both_catalogues() {
    for lang in [diag::Lang::English, diag::Lang::Indonesian] {
        for &code in fusabi::check::codes::ALL {
            assert!(
                diag::Catalogue::for_lang(lang).explain(code).is_some(),
                "{code}"
            );
        }
    }
}
