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
        (".PluginContext.Log", "LogLevel -> string -> unit"),
        (".PluginContext.Size", "unit -> int * int"),
    ]
    .into_iter()
    .map(|(name, signature)| HostSignature { name, signature })
    .collect();
    let options = CheckOptions {
        host_types: "type Color = Red | Green | Blue\ntype Key = Space | Enter | Escape\n\
            [<RequireQualifiedAccess>]\ntype LogLevel = Error | Info\ntype PluginContext = { Plugin: string }",
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

#[test]
fn functions_of_the_host_stand_behind_the_dot_of_its_own_types() {
    let checked = run("\
let onOutput (ctx: PluginContext) (line: string) =
    ctx.Log LogLevel.Info line
    ctx.Log(LogLevel.Error, ctx.Plugin)
    let columns, _ = ctx.Size()
    let log = ctx.Log LogLevel.Info
    log (string columns)
");
    assert!(!checked.has_errors(), "{:?}", checked.problems);
    let program = checked.program.expect("no errors");
    let used: Vec<&str> = program
        .host
        .iter()
        .filter(|(_, function)| function.used)
        .map(|(_, function)| &*function.name)
        .collect();
    assert_eq!(used, ["PluginContext.Log", "PluginContext.Size"]);
}

#[test]
fn such_a_function_is_found_when_the_type_becomes_known_later() {
    let checked = run("let f = fun ctx -> (ctx.Log LogLevel.Info \"x\"; (ctx : PluginContext))");
    assert!(!checked.has_errors(), "{:?}", checked.problems);
    let program = checked.program.expect("no errors");
    assert!(program.host.iter().any(|(_, function)| function.used));
}

#[test]
fn such_a_function_is_called_on_names_only() {
    // The host is not given the value before the dot, so it is not evaluated.
    for (text, code) in [
        (
            "let make () = { Plugin = \"x\" }\n(make ()).Log LogLevel.Info \"x\"",
            Some("FB0504"),
        ),
        ("let f (ctx: PluginContext) = ctx.Nothing", Some("FB0504")),
        ("let f (ctx: PluginContext) = ctx.Log 3", Some("FB0501")),
        (
            "type S = { C: PluginContext }\nlet f (s: S) = s.C.Log LogLevel.Info \"x\"",
            None,
        ),
    ] {
        let checked = run(text);
        let found = checked
            .problems
            .first()
            .map(|problem| problem.code.to_string());
        assert_eq!(found.as_deref(), code, "{text}");
    }
}
