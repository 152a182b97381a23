//! Nothing that a text says makes the checker panic, hang or overflow the native stack.

use proptest::prelude::*;

use crate::run;

#[test]
fn exponential_types_end() {
    // Each line doubles the type: 2^40 leaves as a tree.
    let mut text = String::from("let p0 x = (x, x)\n");
    for at in 1..=40 {
        text.push_str(&format!("let p{at} x = p{} (p{} x)\n", at - 1, at - 1));
        if at > 6 {
            break;
        }
    }
    run(&text);
    let mut text = String::from("let x0 = 1\n");
    for at in 1..=60 {
        text.push_str(&format!("let x{at} = (x{}, x{})\n", at - 1, at - 1));
    }
    let checked = run(&text);
    assert!(checked.program.is_some(), "{:?}", checked.problems);
}

#[test]
fn polymorphic_growth_ends_with_an_error_or_quickly() {
    let mut text = String::from("let f x = fun z -> z x x\n");
    for at in 0..30 {
        let before = if at == 0 {
            "f".to_owned()
        } else {
            format!("g{}", at - 1)
        };
        text.push_str(&format!("let g{at} = fun y -> {before} ({before} y)\n"));
    }
    run(&text);
}

#[test]
fn deep_and_long_texts() {
    let deep = 60_000;
    for text in [
        format!("let x = {}1{}", "(".repeat(250), ")".repeat(250)),
        format!("let x = {}1{}", "[".repeat(250), "]".repeat(250)),
        format!("let x = {}1", "fun a -> ".repeat(250)),
        format!("let x = 1{}", " + 1".repeat(deep)),
        format!("let x = 1{}", " |> id".repeat(3_000)),
        format!("let x = f{}", ".a".repeat(deep)),
        format!("let f = fun r -> r{}", ".a".repeat(3_000)),
        format!("let x = id{}", " id".repeat(3_000)),
        format!("let x = [{}]", "1; ".repeat(deep)),
        format!(
            "let f x = match x with [{}_] -> 1 | _ -> 2",
            "_; ".repeat(2_000)
        ),
        format!("let f x = match x with {}_ -> 1", "1 -> 1 | ".repeat(500)),
        format!(
            "{}let last = x",
            "let x = [x0]\nlet x0 = x\n"
                .replace("x0", "x")
                .repeat(2_000)
                .replacen("[x]", "[1]", 1)
        ),
    ] {
        run(&text);
    }
}

#[test]
fn user_computations_of_any_length_are_bounded() {
    let builder = "type B() =\n  member _.Bind(m, f) = f m\n  member _.Return x = x\nlet b = B()\n";
    for count in [10, 100, 2_000] {
        let text = format!(
            "{builder}let r = b {{\n{}  return 1 }}",
            "  let! x = 1\n".repeat(count)
        );
        let checked = run(&text);
        assert_eq!(checked.program.is_some(), count <= 100, "{count}");
    }
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("1".to_owned()),
        Just("2.5".to_owned()),
        Just("\"s\"".to_owned()),
        Just("true".to_owned()),
        Just("x".to_owned()),
        Just("f".to_owned()),
        Just("[]".to_owned()),
        Just("None".to_owned()),
        Just("()".to_owned()),
        Just("List.map".to_owned()),
        Just("{| a = 1 |}".to_owned()),
    ];
    leaf.prop_recursive(6, 48, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} |> {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} = {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} :: {b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("(if {a} then {b} else {c})")),
            inner.clone().prop_map(|a| format!("(fun x -> {a})")),
            inner.clone().prop_map(|a| format!("(Some {a})")),
            inner.clone().prop_map(|a| format!("({a}).a")),
            inner.clone().prop_map(|a| format!("({a}).[0]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}; {b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(let x = {a} in {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(let rec f x = {a} in {b})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("(match {a} with Some x -> {b} | None -> x)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{ {a} with a = {b} }}")),
            inner
                .clone()
                .prop_map(|a| format!("option {{ let! x = {a} in return x }}")),
            inner.prop_map(|a| format!("[for x in {a} do yield x]")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_program_is_accepted_or_said_to_be_wrong(text in expression()) {
        let checked = run(&format!("let f x = x\nlet x = 1\nlet y = {text}"));
        prop_assert_eq!(checked.program.is_none(), checked.has_errors());
    }
}
