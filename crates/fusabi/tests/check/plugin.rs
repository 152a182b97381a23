//! The founding document's plugin against declared host functions (founding/fusabi-vm.md, "Example Plugin").

use fusabi::check::{CheckOptions, Checked, HostSignature, NoLoader, check};

const PLUGIN: &str = "\
// plugin.fsx (will be compiled to .fzb)
let onOutput (line: string) =
    if line.Contains(\"ERROR\") then
        notify \"Error detected in terminal\"
        setColor Red

let onKeyPress (key: Key) =
    if key = Space && isLeaderKey() then
        showCommandPalette()
";

fn run(text: &str) -> Checked {
    let host: Vec<HostSignature<'_>> = [
        ("notify", "string -> unit"),
        ("setColor", "Color -> unit"),
        ("isLeaderKey", "unit -> bool"),
        ("showCommandPalette", "unit -> unit"),
        ("Term.size", "unit -> int * int"),
        ("Term.log", "string -> string -> unit"),
    ]
    .into_iter()
    .map(|(name, signature)| HostSignature { name, signature })
    .collect();
    let options = CheckOptions {
        host_types: "type Color = Red | Green | Blue\ntype Key = Space | Enter | Escape",
        host: &host,
        ..CheckOptions::default()
    };
    check("plugin.fsx", text, &mut NoLoader, &options)
}

#[test]
fn the_founding_plugin_is_accepted_as_it_stands() {
    let checked = run(PLUGIN);
    assert!(checked.problems.is_empty(), "{:?}", checked.problems);
    assert_eq!(
        checked.signatures,
        [
            "val onOutput : string -> unit",
            "val onKeyPress : Key -> unit"
        ]
    );
    let program = checked.program.expect("no errors");
    let used: Vec<&str> = program
        .host
        .iter()
        .filter(|(_, function)| function.used)
        .map(|(_, function)| &*function.name)
        .collect();
    assert_eq!(
        used,
        ["notify", "setColor", "isLeaderKey", "showCommandPalette"]
    );
}

#[test]
fn wrong_uses_of_the_host_are_type_errors() {
    for (text, code) in [
        ("notify 3", "FB0501"),
        ("setColor \"Red\"", "FB0501"),
        ("let (a: string, b) = Term.size ()", "FB0501"),
        ("notfy \"x\"", "FB0039"),
        ("Term.sise ()", "FB0039"),
    ] {
        let checked = run(text);
        assert_eq!(
            checked
                .problems
                .first()
                .map(|p| p.code.to_string())
                .as_deref(),
            Some(code),
            "{text}"
        );
    }
}

#[test]
fn host_functions_take_a_tuple_too() {
    assert!(!run("Term.log \"a\" \"b\"\nTerm.log(\"a\", \"b\")").has_errors());
}
