//! The project's catalog: a `.rhy` file with the libraries that literals may name by an alias.
//!
//! ```yaml
//! lang: en-US
//! source: src
//! libraries:
//!   geometry:
//!     path: lib/geometry
//!     anchor: sha256:0f3c…
//! ```
//!
//! Two blanks indent; `%` and `#` at the beginning of a line are comments. Nothing else of YAML is understood, so that the file
//! can be read and changed (`-sha256`) without losing anything in it.

use crate::refusal::{Refusal, catalog as wrong};

/// Anchor that was not computed yet.
const UNKNOWN: &str = "___";

/// A library that the project depends on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dependency {
    /// Its alias.
    pub name: String,
    /// Line of the alias in the catalog, from 1.
    pub line: usize,
    /// Column of the alias, from 1.
    pub column: usize,
    /// Path below the project's root; the alias if nothing is said.
    pub path: String,
    /// `sha256:…`; nothing if it was not computed yet.
    pub anchor: Option<String>,
    /// Line of the anchor, from 1, where one is written.
    anchor_line: Option<usize>,
}

/// The catalog.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Catalog {
    /// Locale of the project's sources.
    pub lang: Option<String>,
    /// Folder of sources, below the root.
    pub source: Option<String>,
    /// Libraries.
    pub libraries: Vec<Dependency>,
}

impl Catalog {
    /// Reads a catalog.
    ///
    /// # Errors
    /// The first line that is not understood (`RH0209`, without the argument `path`).
    pub fn parse(text: &str) -> Result<Catalog, Refusal> {
        let mut catalog = Catalog::default();
        let mut in_libraries = false;
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with(['%', '#']) {
                continue;
            }
            let unindented = line.trim_start_matches(' ');
            if unindented.starts_with(char::is_whitespace) {
                return Err(wrong(number, "indent").into());
            }
            let indent = line.len() - unindented.len();
            let Some((key, value)) = trimmed.split_once(':') else {
                return Err(wrong(number, "pair").into());
            };
            let (key, value) = (key.trim(), value.trim());
            match (indent, key) {
                (0, "libraries") if value.is_empty() => in_libraries = true,
                (0, _) => {
                    in_libraries = false;
                    match key {
                        "lang" => catalog.lang = Some(value.to_owned()),
                        "source" => catalog.source = Some(value.to_owned()),
                        // Names, authors, licences and the like are for people.
                        _ => {}
                    }
                }
                (2, name) if in_libraries => {
                    if catalog.find(name).is_some() {
                        return Err(wrong(number, "twice").arg("name", name).into());
                    }
                    catalog.libraries.push(Dependency {
                        name: name.to_owned(),
                        line: number,
                        column: 3,
                        path: if value.is_empty() { name } else { value }.to_owned(),
                        anchor: None,
                        anchor_line: None,
                    });
                }
                (4, field) if in_libraries => {
                    let Some(library) = catalog.libraries.last_mut() else {
                        return Err(wrong(number, "no-library").into());
                    };
                    match field {
                        "path" => library.path = value.to_owned(),
                        "anchor" => {
                            library.anchor = (value != UNKNOWN).then(|| value.to_owned());
                            library.anchor_line = Some(number);
                        }
                        _ => return Err(wrong(number, "field").arg("field", field).into()),
                    }
                }
                _ => return Err(wrong(number, "indent").into()),
            }
        }
        Ok(catalog)
    }

    /// The library of an alias.
    pub fn find(&self, name: &str) -> Option<&Dependency> {
        self.libraries.iter().find(|library| library.name == name)
    }
}

impl Dependency {
    /// Does the catalog ask for an anchor that was not computed yet?
    pub fn lacks_anchor(&self) -> bool {
        self.anchor_line.is_some() && self.anchor.is_none()
    }

    /// The catalog's text with this library's anchor filled in.
    pub fn anchored(&self, text: &str, anchor: &str) -> String {
        let mut changed = String::with_capacity(text.len() + anchor.len());
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if Some(index + 1) == self.anchor_line {
                changed.push_str(&line.replacen(UNKNOWN, anchor, 1));
            } else {
                changed.push_str(line);
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "% ours\nname: demo\nsource: src\nlibraries:\n  geo:\n    path: lib/geo\n    anchor: ___\n  other:\n";

    #[test]
    fn libraries_have_paths_and_anchors() {
        let catalog = Catalog::parse(TEXT).unwrap();
        assert_eq!(catalog.source.as_deref(), Some("src"));
        let geo = catalog.find("geo").unwrap();
        assert_eq!((geo.line, geo.column), (5, 3));
        assert_eq!(geo.path, "lib/geo");
        assert!(geo.lacks_anchor());
        let other = catalog.find("other").unwrap();
        assert_eq!(other.path, "other");
        assert!(!other.lacks_anchor());
        let filled = geo.anchored(TEXT, "sha256:00");
        let catalog = Catalog::parse(&filled).unwrap();
        let geo = catalog.find("geo").unwrap();
        assert_eq!(geo.anchor.as_deref(), Some("sha256:00"));
        assert_eq!(filled.replace("sha256:00", "___"), TEXT);
    }

    #[test]
    fn mistakes_have_their_line() {
        for (text, line) in [
            ("libraries:\n  a:\n    colour: red\n", 3_usize),
            ("libraries:\n  a:\n  a:\n", 3),
            ("nonsense\n", 1),
            ("libraries:\n   a:\n", 2),
            ("libraries:\n\ta:\n", 2),
        ] {
            let error = Catalog::parse(text).unwrap_err();
            let told = error.args.get("line");
            assert_eq!(told, Some(&diag::Argument::from(line)), "{text}: {error:?}");
        }
    }
}
