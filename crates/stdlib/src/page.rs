//! The page `docs/natives.md`, written from the table.

use std::fmt::Write as _;

use foxvm::Native;

use crate::group::Group;

/// How a function is called: `(text: text, wanted: text) -> int`.
pub fn signature(native: &Native) -> String {
    let signature = native.signature();
    let params: Vec<String> = signature
        .params
        .iter()
        .enumerate()
        .map(|(index, ty)| match native.parameter_names().get(index) {
            Some(name) => format!("{name}: {ty}"),
            None => ty.to_string(),
        })
        .collect();
    format!("({}) -> {}", params.join(", "), signature.result)
}

/// The page of a table.
pub fn page(groups: &[Group]) -> String {
    let mut out = String::from(
        "# Host functions\n\n\
         Written from the table in `crates/stdlib` (`FOX_BLESS=1 cargo test -p stdlib`); `fox natives` lists the same. A module imports one\n\
         by its name and types; `dyn` may stand for any of the types, on either side. The capability is what `--allow` must grant: without\n\
         it the module does not link, or a call of an optional import is fault cap.\n\n\
         Paths that are relative begin at the working folder. `fs-read=DIR` and `fs-write=DIR` grant what lies in DIR and nothing that `..`\n\
         or a link leads out to; `--allow files=DIR` grants both.\n",
    );
    for group in groups {
        let _ = write!(
            out,
            "\n## {}\n{}\n\n| function | types | capability | what it does |\n|---|---|---|---|\n",
            group.name, group.about
        );
        for native in &group.natives {
            let caps = native.capabilities();
            let caps = if caps.is_empty() {
                "–".to_owned()
            } else {
                format!("`{}`", caps.join("` `"))
            };
            let doc: Vec<&str> = native.documentation().lines().map(str::trim).collect();
            let _ = writeln!(
                out,
                "| `{}` | `{}` | {caps} | {} |",
                native.name(),
                signature(native),
                doc.join(" ").replace('|', "\\|")
            );
        }
    }
    out
}
