//! Library literals `{R|path|version}` (docs/specs/rhumb.md §1.11).

use super::chars::label_length;
use super::number;
use super::token::Literal;
use crate::tree::{Labels, Library, LibraryVersion, Number, Resolver, Version, VersionPart};

/// Reads the library literal that begins the text, which begins with `{`: bytes taken and the literal. None: it is a selector.
pub(crate) fn read(text: &str, labels: &mut Labels) -> Option<(usize, Library)> {
    // Blanks and labels never reach over a line end, and the path is cut there.
    let line = &text[1..];
    let start = skip_blanks(line, 0);
    let resolver_length = match line.as_bytes().get(start)? {
        b'!' | b'-' | b'=' => 1,
        _ => label_length(&line[start..]),
    };
    let path_start = skip_blanks(line, start + resolver_length);
    if resolver_length == 0 || line.as_bytes().get(path_start) != Some(&b'|') {
        return None;
    }
    let path_end = path_start + 1 + line[path_start + 1..].find(['|', '\n'])?;
    if line.as_bytes().get(path_end) != Some(&b'|') {
        return None;
    }
    let path = line[path_start + 1..path_end].trim();
    let version_start = skip_blanks(line, path_end + 1);
    let (version_length, version) = read_version(&line[version_start..])?;
    let end = skip_blanks(line, version_start + version_length);
    if path.is_empty()
        || line.as_bytes().get(end) != Some(&b'}')
        || path.contains("..")
        || path.contains("::")
    {
        return None;
    }
    let resolver = match &line[start..start + resolver_length] {
        "!" => Resolver::Base,
        "-" => Resolver::Local,
        "=" => Resolver::Resource,
        "_" => Resolver::Native,
        label => Resolver::Named(labels.intern(label)),
    };
    let version = match version {
        Found::Version(version) => version,
        Found::Label(length) => {
            LibraryVersion::Label(labels.intern(&line[version_start..version_start + length]))
        }
    };
    // Two more: the braces; `end` counts from behind the first.
    Some((
        end + 2,
        Library {
            resolver,
            path: path.to_owned(),
            version,
        },
    ))
}

enum Found {
    Version(LibraryVersion),
    Label(usize),
}

fn read_version(text: &str) -> Option<(usize, Found)> {
    if text.starts_with('-') {
        return Some((1, Found::Version(LibraryVersion::Working)));
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        let length = label_length(text);
        return (length > 0).then_some((length, Found::Label(length)));
    }
    let read = number::read(text);
    let written = &text[..read.length];
    let version = match read.value.ok()? {
        Literal::Version(version) => LibraryVersion::Version(version),
        Literal::Number(Number::Integer(major)) => LibraryVersion::Version(Version {
            major: u64::try_from(major).ok()?,
            minor: VersionPart::Any,
            patch: VersionPart::Any,
            suffix: String::new(),
        }),
        // Its digits, not its value: `1.10` is not `1.1`.
        Literal::Number(Number::Float(_) | Number::Decimal(_)) => {
            let (major, minor) = written.split_once(['.', ','])?;
            LibraryVersion::Short {
                major: major.parse().ok()?,
                minor: minor.parse().ok()?,
            }
        }
        _ => return None,
    };
    Some((read.length, Found::Version(version)))
}

fn skip_blanks(text: &str, from: usize) -> usize {
    let rest = &text.as_bytes()[from.min(text.len())..];
    from + rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        let mut labels = Labels::default();
        match read(text, &mut labels) {
            None => "selector".to_owned(),
            Some((length, library)) => {
                let resolver = match library.resolver {
                    Resolver::Named(label) => labels.text(label).to_owned(),
                    other => format!("{other:?}"),
                };
                let version = match library.version {
                    LibraryVersion::Label(label) => format!("label {}", labels.text(label)),
                    LibraryVersion::Version(v) => format!("{} {:?}", v.major, v.minor),
                    other => format!("{other:?}"),
                };
                format!("{resolver} {} {version}{}", library.path, &text[length..])
            }
        }
    }

    #[test]
    fn libraries_and_selectors() {
        for (text, expected) in [
            ("{!|math|1.2.0};", "Base math 1 Number(2);"),
            (
                "{git|https://path.to/repo|0.1.0}",
                "git https://path.to/repo 0 Number(1)",
            ),
            ("{ - | a b | - }", "Local a b Working"),
            ("{_|nat_core|1.-}", "Native nat_core 1 Any"),
            (
                "{=|x.json|1.10}",
                "Resource x.json Short { major: 1, minor: 10 }",
            ),
            ("{!|🧮|v}", "Base 🧮 label v"),
            ("{!|m|3}", "Base m 3 Any"),
            (
                "{ RESOLVER | PATH | VERSION }",
                "RESOLVER PATH label VERSION",
            ),
            ("{x || f}", "selector"),
            ("{n|m || f}", "selector"),
            ("{1|5 .. 'a'}", "selector"),
            ("{a|b .. c|d}", "selector"),
            ("{-|../x|-}", "selector"),
            ("{x .. 1}", "selector"),
            ("{a|b\n|1}", "selector"),
            ("{", "selector"),
            ("{a", "selector"),
            ("{a|", "selector"),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }
}
