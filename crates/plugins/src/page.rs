//! The page `docs/plugin-api.md`, written from the tables.

use std::fmt::Write as _;

use crate::api::{FUNCTIONS, Function, Shape, TYPES};
use crate::hook::Hook;

/// The hooks, types and functions that plugins know, as the page has them.
pub fn page() -> String {
    let mut text = String::from(
        "# Hooks, types and functions of plugins\n\n\
         Written from the tables in `crates/plugins` (`FOX_BLESS=1 cargo test -p plugins --test page`). The checker of Fusabi is told \
         the same tables.\n\n",
    );
    hooks(&mut text);
    types(&mut text);
    functions(&mut text);
    text
}

fn hooks(text: &mut String) {
    text.push_str(
        "## Hooks\n\nEach hook may also have the context among its parameters: see docs/plugins.md.\n\n\
         | hook | also | called with | when | capability | time |\n|---|---|---|---|---|---|\n",
    );
    for hook in Hook::ALL {
        let payload: Vec<&str> = hook.payload().iter().map(|kind| kind.name()).collect();
        let _ = writeln!(
            text,
            "| `{}` | `{}` | ({}) | {} | {} | {} ms |",
            hook.name(),
            hook.snake_name(),
            payload.join(", "),
            hook.about(),
            capabilities(hook.capability()),
            hook.deadline().as_millis()
        );
    }
}

fn types(text: &mut String) {
    text.push_str("\n## Types of Fusabi\n\nEverything here is in scope in a plugin. `Context` is `PluginContext`.\n\n");
    for host in TYPES {
        let _ = writeln!(text, "- **{}**: {}", host.name, host.doc);
        let shown = match host.shape {
            Shape::Record(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, ty)| format!("{name}: {ty}"))
                    .collect();
                format!("{{ {} }}", fields.join("; "))
            }
            Shape::Union { cases, qualified } => {
                let cases: Vec<String> = cases
                    .iter()
                    .map(|(name, fields)| {
                        let fields: Vec<String> = fields
                            .iter()
                            .map(|(name, ty)| format!("{name}: {ty}"))
                            .collect();
                        let name = if qualified {
                            format!("{}.{name}", host.name)
                        } else {
                            (*name).to_owned()
                        };
                        if fields.is_empty() {
                            name
                        } else {
                            format!("{name} of {}", fields.join(" * "))
                        }
                    })
                    .collect();
                cases.join(" | ")
            }
        };
        let _ = writeln!(text, "  `{shown}`");
    }
}

fn functions(text: &mut String) {
    text.push_str(
        "\n## Functions\n\nThe first line of each is its name in Fusabi with its type; `ctx.Log` is called on the context, and every function \
         takes its arguments one by one or as one tuple. The second line is its own name, with the types under which module text imports \
         it (`dyn` also holds a record, a case or an option, which becomes the module's own where it declares one). A `string option` \
         that a wish gives is `None`, or why it was refused.\n",
    );
    let mut group = "";
    for function in FUNCTIONS {
        if group != function.group {
            group = function.group;
            let _ = writeln!(
                text,
                "\n### {group}\n\n| in Fusabi | in module text | capability | what it does |\n|---|---|---|---|"
            );
        }
        row(text, function);
    }
}

fn row(text: &mut String, function: &Function) {
    let native = function.native();
    let signature = native.signature();
    let params: Vec<String> = native
        .parameter_names()
        .iter()
        .zip(&signature.params)
        .map(|(name, ty)| format!("{name}: {ty}"))
        .collect();
    let fusabi: Vec<String> = function
        .fusabi
        .iter()
        .map(|(name, ty)| format!("`{} : {ty}`", name.replace(".PluginContext.", "ctx.")))
        .collect();
    let fusabi = match fusabi.join("<br>") {
        none if none.is_empty() => "–".to_owned(),
        names => names,
    };
    let doc: Vec<&str> = native.documentation().lines().map(str::trim).collect();
    let _ = writeln!(
        text,
        "| {fusabi} | `{}({}) -> {}` | {} | {} |",
        native.name(),
        params.join(", "),
        signature.result,
        capabilities(native.capabilities().iter().map(String::as_str)),
        doc.join(" ")
    );
}

fn capabilities<'c>(names: impl IntoIterator<Item = &'c str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "–".to_owned()
    } else {
        names.join(", ")
    }
}
