//! `docs/errors.md`, from the English catalogue.

use crate::catalogue::Catalogue;
use crate::code::Family;
use crate::lang::Lang;

/// The page, whole: a table of codes with titles and messages for every family that has any.
#[must_use]
pub fn reference_page() -> String {
    let catalogue = Catalogue::for_lang(Lang::English);
    let mut page = String::from(
        "<!-- Generated from crates/diag/catalog/en/*.cat: FOX_BLESS=1 cargo test -p diag. Do not edit. -->\n\
         # Errors\n\n\
         Every message of FoxVM has a code. `fox explain CODE` says more about each: what it means, why it happens, \
         what to do. Words in braces are filled in; what stands between `{[` and `]}` appears only when it is known.\n",
    );
    for family in Family::ALL {
        let heading = match family {
            Family::Fault => "Faults of a running program (FX)",
            Family::File => "Files and the verifier (FV)",
            Family::Command => "The command line (FC)",
            Family::Plugin => "The plugin host (FP)",
            Family::Fusabi => "Fusabi (FB)",
            Family::Rhumb => "Rhumb (RH)",
            Family::Morph => "Morph (MF)",
        };
        let mut rows = String::new();
        for code in catalogue.codes().filter(|code| code.family() == family) {
            let Some(entry) = catalogue.entry(code) else {
                continue;
            };
            rows.push_str(&format!(
                "| {code} | {} | {} |\n",
                cell(entry.title()),
                cell(entry.field("message").unwrap_or(""))
            ));
        }
        if !rows.is_empty() {
            page.push_str(&format!(
                "\n## {heading}\n\n| code | title | message |\n|---|---|---|\n{rows}"
            ));
        }
    }
    page
}

/// Text of a table cell: a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
