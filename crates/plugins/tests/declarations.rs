//! The checker of Fusabi takes the host's types and functions as the table has them.

use fusabi::check::{CheckOptions, Checked, HostSignature, NoLoader, check};

fn checked(text: &str) -> Checked {
    let types = plugins::api::types_text();
    let host: Vec<HostSignature<'_>> = plugins::api::declarations()
        .into_iter()
        .map(|declared| HostSignature {
            name: declared.name,
            signature: declared.signature,
        })
        .collect();
    let options = CheckOptions {
        host_types: &types,
        host: &host,
        ..CheckOptions::default()
    };
    check("plugin.fsx", text, &mut NoLoader, &options)
}

fn imports(text: &str) -> Vec<String> {
    let checked = checked(text);
    assert!(
        !checked.has_errors(),
        "{text}: {:?} {:?}",
        checked.problems,
        checked.files
    );
    let program = checked.program.expect("no errors");
    program
        .host
        .iter()
        .filter(|(_, function)| function.used)
        .map(|(_, function)| function.name.to_string())
        .collect()
}

#[test]
fn the_founding_plugin_is_accepted_as_it_stands() {
    let found = imports(
        "\
// plugin.fsx (will be compiled to .fzb)
let onOutput (line: string) =
    if line.Contains(\"ERROR\") then
        notify \"Error detected in terminal\"
        setColor Red

let onKeyPress (key: Key) =
    if key = Space && isLeaderKey() then
        showCommandPalette()
",
    );
    let wanted = ["notify", "setColor", "isLeaderKey", "showCommandPalette"];
    assert_eq!(found.len(), wanted.len());
    assert!(wanted.iter().all(|name| found.iter().any(|it| it == name)));
}

#[test]
fn every_function_can_be_named_and_has_its_type() {
    for declared in plugins::api::declarations() {
        let text = match declared.name.strip_prefix(".PluginContext.") {
            Some(method) => format!(
                "let f (ctx: PluginContext) = ctx.{method}\nlet g (ctx: Context) : {} = ctx.{method}",
                declared.signature
            ),
            None => format!("let f : {} = {}", declared.signature, declared.name),
        };
        assert_eq!(imports(&text), [declared.import()], "{text}");
    }
}

#[test]
fn what_the_specification_writes_of_the_host_is_accepted() {
    for text in [
        "[<OnOutput>]\nlet on_output (ctx: PluginContext) (line: string) =\n    ctx.Log Info \"m\"\n    ctx.Log(LogLevel.Info, \"m\")\n    ctx.Notify \"title\" line NotifyLevel.Warning\n    Continue",
        "let onInput (bytes: byte array) = if bytes.Length > 3 then Stop else ModifyBytes bytes",
        "let onOutput (line: string) = if line = \"\" then Stop else Modify(line + \"!\")",
        "let onKeyPress (key: KeyEvent) = if key.Code = Space && key.Mods = 16 then Stop else Continue",
        "let onLoad (ctx: Context) : Result<unit, string> = if Config.Get \"mode\" = \"\" then Error \"no mode\" else Ok ()",
        "let getCommands () = [ { Id = \"go\"; Label = \"Go\"; Description = \"\" } ]",
        "let onResize (columns: int) (rows: int) =\n    match Term.cell 0 0 with\n    | Some cell -> Term.setCell 1 1 { cell with Char = '#' } |> ignore\n    | None -> ()",
        "let f () = registerFocusable { X = 0; Y = 1; Width = 2; Height = 3; Label = \"a\"; Action = OpenUrl \"http://x\" }",
        "let f (ctx: Context) = ctx.QueueCommand (DrawOverlay(id = \"a\", x = 1, y = 2, text = \"t\", style = \"\"))",
        "let home = match GetEnv \"HOME\" with Some home -> home | None -> \"\"",
    ] {
        imports(text);
    }
}
