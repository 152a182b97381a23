//! What the comments at the beginning of a source say of it (docs/specs/fusabi.md §1.1): `// @name v` and `// @name: v`, and
//! lines `Name: v` of a block comment before everything else.

use crate::Parsed;
use crate::lex::CommentKind;

/// What can be said, in the order in which it is written down.
const KEYS: [&str; 9] = [
    "name",
    "version",
    "description",
    "author",
    "homepage",
    "license",
    "api-version",
    "min-scarab-version",
    "capabilities",
];

/// So many lines are looked at.
const LINES: usize = 50;

/// The metadata of a source as TOML, one key a line; empty if its header says nothing. What is said twice counts as it is said
/// first. `capabilities` (a plugin's wishes, separated by commas or blanks) is an array, everything else a string.
#[must_use]
pub fn metadata(parsed: &Parsed) -> String {
    let text = parsed.source.text();
    let end = text
        .split_inclusive('\n')
        .take(LINES)
        .map(str::len)
        .sum::<usize>();
    let code = parsed
        .tokens
        .iter()
        .find(|token| !token.span.range().is_empty())
        .map_or(text.len(), |token| token.span.start as usize);
    let mut found: [Option<&str>; KEYS.len()] = [None; KEYS.len()];
    for comment in &parsed.comments {
        let range = comment.span.range();
        let Some(inside) = text.get(range.start..range.end.min(end)) else {
            break;
        };
        let is_block = comment.kind == CommentKind::Block;
        for line in inside.lines() {
            let line = line.trim_start_matches(|c: char| c.is_whitespace() || "/!(*".contains(c));
            let line = line.strip_suffix("*)").unwrap_or(line).trim_end();
            let said = match line.strip_prefix('@') {
                Some(line) => line.split_once(|c: char| c == ':' || c.is_whitespace()),
                None if is_block && range.start < code => line.split_once(':'),
                None => None,
            };
            let Some((name, value)) = said else { continue };
            let value = value.trim_start();
            let value = value.strip_prefix(':').unwrap_or(value).trim();
            let slot = KEYS
                .iter()
                .position(|key| is_key(name.trim(), key))
                .and_then(|at| found.get_mut(at));
            if let Some(slot @ None) = slot
                && !value.is_empty()
            {
                *slot = Some(value);
            }
        }
    }
    let mut toml = String::new();
    for (key, value) in KEYS.iter().zip(found) {
        let Some(value) = value else { continue };
        toml.push_str(key);
        toml.push_str(" = ");
        if *key == "capabilities" {
            let items: Vec<String> = value
                .split(|c: char| c == ',' || c.is_whitespace())
                .filter(|item| !item.is_empty())
                .map(quoted)
                .collect();
            toml.push_str(&format!("[{}]", items.join(", ")));
        } else {
            toml.push_str(&quoted(value));
        }
        toml.push('\n');
    }
    toml
}

/// `API Version`, `api_version` and `api-version` are one key.
fn is_key(name: &str, key: &str) -> bool {
    name.len() == key.len()
        && name.bytes().zip(key.bytes()).all(|(said, wanted)| {
            let said = if said == b' ' || said == b'_' {
                b'-'
            } else {
                said.to_ascii_lowercase()
            };
            said == wanted
        })
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::metadata;
    use crate::{Options, parse};

    fn said(text: &str) -> String {
        metadata(&parse(text, &Options::default()))
    }

    #[test]
    fn all_forms_are_read() {
        assert_eq!(
            said(
                "#!/usr/bin/fox\n// @name errors\n// @version: 1.2\n/// @author  A \"B\" C\\\nlet x = 1\n"
            ),
            "name = \"errors\"\nversion = \"1.2\"\nauthor = \"A \\\"B\\\" C\\\\\"\n"
        );
        assert_eq!(
            said(
                "(*\n * Name: Git Status\n * API Version: 1.0\n   min_scarab_version: 0.1 *)\nlet x = 1\n"
            ),
            "name = \"Git Status\"\napi-version = \"1.0\"\nmin-scarab-version = \"0.1\"\n"
        );
        assert_eq!(
            said("// @capabilities ui-overlay, terminal-control\n"),
            "capabilities = [\"ui-overlay\", \"terminal-control\"]\n"
        );
    }

    #[test]
    fn what_is_no_header_says_nothing() {
        // Words of the text, unknown keys, a key without a value, a block comment behind code, a line behind the fiftieth.
        assert_eq!(said("// Name: no\n// @param x\n// @name\nlet x = 1\n"), "");
        assert_eq!(said("let x = 1\n(* Name: no *)\n"), "");
        assert_eq!(said(&format!("{}// @name late\n", "\n".repeat(50))), "");
        assert_eq!(said("let s = \"// @name no\"\n"), "");
        // What is said first counts.
        assert_eq!(said("// @name a\n// @name b\n"), "name = \"a\"\n");
    }
}
