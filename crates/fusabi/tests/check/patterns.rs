//! What patterns leave out and which rules are never reached (§1.7).

use crate::run;

const TYPES: &str = "type T = A | B of int * bool | C of T\ntype R = { P: bool; Q: T }\n";

/// Rules of a `match x with`; an example of what is missing; the rules that are never reached, from 0.
const CASES: &[(&str, Option<&str>, &[usize])] = &[
    ("A -> 1 | B _ -> 2 | C _ -> 3", None, &[]),
    ("A -> 1 | B _ -> 2", Some("C _"), &[]),
    (
        "A -> 1 | B (_, true) -> 2 | C _ -> 3",
        Some("B (_, false)"),
        &[],
    ),
    (
        "C A -> 1 | C (C _) -> 2 | A | B _ -> 3",
        Some("C (B (_, _))"),
        &[],
    ),
    ("_ -> 1 | A -> 2", None, &[1]),
    ("A | B _ -> 1 | B (1, true) -> 2 | C _ -> 3", None, &[1]),
    ("A when true -> 1 | A -> 2 | B _ | C _ -> 3", None, &[]),
    ("A when true -> 1 | B _ | C _ -> 3", Some("A"), &[]),
    ("true -> 1 | false -> 2", None, &[]),
    ("true -> 1", Some("false"), &[]),
    ("1 -> 1 | 2 -> 2", Some("_"), &[]),
    ("1 -> 1 | 1 -> 2 | _ -> 3", None, &[1]),
    ("\"a\" -> 1 | \"b\" -> 2 | \"a\" -> 3 | _ -> 4", None, &[2]),
    ("[] -> 1 | [a] -> 2 | a :: b :: _ -> 3", None, &[]),
    ("[] -> 1 | [a] -> 2", Some("_ :: _ :: _"), &[]),
    ("[] -> 1 | _ :: _ -> 2 | [a; b] -> 3", None, &[2]),
    ("[||] -> 1 | [|_|] -> 2", Some("_"), &[]),
    (
        "(true, _) -> 1 | (_, false) -> 2",
        Some("(false, true)"),
        &[],
    ),
    (
        "{ P = true } -> 1 | { Q = A } -> 2",
        Some("(false, B (_, _))"),
        &[],
    ),
    ("{ P = true } -> 1 | { P = false } -> 2", None, &[]),
    (
        "Some (Ok x) -> 1 | None -> 2 | Some (Error e) -> 3",
        None,
        &[],
    ),
    ("Some (Ok x) -> 1 | None -> 2", Some("Some (Error _)"), &[]),
    (
        "(A | B _), true -> 1 | _, false -> 2",
        Some("(C _, true)"),
        &[],
    ),
];

#[test]
fn what_is_missing_and_what_is_never_reached() {
    for (rules, missing, dead) in CASES {
        let text = format!("{TYPES}let f x = match x with {rules}");
        let checked = run(&text);
        assert!(!checked.has_errors(), "{rules}: {:?}", checked.problems);
        let incomplete = checked
            .problems
            .iter()
            .find(|problem| problem.code.to_string() == "FB0025");
        let example = incomplete.map(|problem| match &problem.args[0].1 {
            diag::Argument::Text(text) => text.clone(),
            other => format!("{other:?}"),
        });
        assert_eq!(example.as_deref(), *missing, "{rules}");
        let redundant: Vec<&str> = checked
            .problems
            .iter()
            .filter(|problem| problem.code.to_string() == "FB0026")
            .map(|problem| &text[problem.span.range()])
            .collect();
        let patterns: Vec<&str> = rules
            .split(" -> ")
            .map(|part| part.split_once(" | ").map_or(part, |(_, pattern)| pattern))
            .collect();
        assert_eq!(redundant.len(), dead.len(), "{rules}: {redundant:?}");
        for (found, &at) in redundant.iter().zip(*dead) {
            assert!(
                patterns[at].ends_with(found) || rules.contains(found),
                "{rules}: {found}"
            );
        }
    }
}

#[test]
fn work_is_bounded() {
    // Columns of booleans with a diagonal of constants take exponential time without a bound.
    let width = 24;
    let mut text = String::from("let f x = match x with\n");
    for at in 0..width {
        let row: Vec<&str> = (0..width)
            .map(|column| if column == at { "true" } else { "_" })
            .collect();
        text.push_str(&format!("        | ({}) -> {at}\n", row.join(", ")));
        let row: Vec<&str> = (0..width)
            .map(|column| if column == at { "false" } else { "_" })
            .collect();
        text.push_str(&format!("        | ({}) -> {at}\n", row.join(", ")));
    }
    let checked = run(&text);
    assert!(!checked.has_errors(), "{:?}", checked.problems);
}
