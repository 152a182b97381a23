//! The signatures of the standard library, once: the checker, completion and the reference are made from this table.
//!
//! `signatures.txt` is the table; its head says how it is written. What is written in Fusabi stands in the files `*.fsx` here
//! ([`bodies()`]); what those call beyond Fusabi itself in `natives.txt` ([`natives()`]).

mod bodies;
mod natives;

pub use bodies::{Bodies, Body, Numeric, bodies};
pub use natives::{NativeKind, NativeRow, natives};

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::options::Options;
use crate::syntax::parse::{Parsed, parse};
use crate::tree::{Decl, TypeId};
use crate::typed::{Index, LibraryId};

/// How a function of the library is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Made {
    /// Instructions in place of the call.
    Instructions,
    /// Written in Fusabi.
    Fusabi,
}

/// A row of the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// `List`; of a method the type, `.string`; empty for the functions of no module.
    pub module: &'static str,
    /// `map`
    pub name: &'static str,
    /// How it is made.
    pub made: Made,
    /// Its type, as written. Of a method: without the value before the dot.
    pub signature: &'static str,
    /// Its type in [`Library::parsed`].
    pub ty: TypeId,
}

impl Entry {
    /// The type whose method it is.
    #[must_use]
    pub fn receiver(&self) -> Option<&'static str> {
        self.module.strip_prefix('.')
    }
}

/// The library.
#[derive(Debug)]
pub struct Library {
    /// The rows; [`LibraryId`] counts them.
    pub entries: Vec<Entry>,
    /// The tree in which the types of the rows stand.
    pub parsed: Parsed,
    /// First row and number of rows of each name in a module.
    index: HashMap<(&'static str, &'static str), (u32, u32)>,
}

const TABLE: &str = include_str!("signatures.txt");

/// The library; read at the first use.
#[must_use]
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(Library::read)
}

impl Library {
    fn read() -> Self {
        let mut rows = Vec::new();
        let mut text = String::new();
        let mut module = "";
        for line in TABLE.lines() {
            if let Some(name) = line
                .strip_prefix('[')
                .and_then(|line| line.strip_suffix(']'))
            {
                module = name;
                continue;
            }
            let mut words = line.splitn(3, ' ');
            let (Some(name), Some(made), Some(signature)) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let made = match made {
                "inst" => Made::Instructions,
                "fusabi" => Made::Fusabi,
                _ => continue,
            };
            text.push_str("let x : ");
            text.push_str(signature);
            text.push_str(" = 0\n");
            rows.push((module, name, made, signature));
        }
        let parsed = parse(&text, &Options::default());
        let tree = &parsed.tree;
        let types = tree.decls().iter().map(|&decl| match tree.decl(decl) {
            Decl::Let { bindings, .. } => {
                tree.list(bindings).first().and_then(|binding| binding.ty)
            }
            _ => None,
        });
        let mut entries = Vec::with_capacity(rows.len());
        let mut index: HashMap<_, (u32, u32)> = HashMap::new();
        for ((module, name, made, signature), ty) in rows.into_iter().zip(types) {
            let Some(ty) = ty else { continue };
            let at = entries.len() as u32;
            index.entry((module, name)).or_insert((at, 0)).1 += 1;
            entries.push(Entry {
                module,
                name,
                made,
                signature,
                ty,
            });
        }
        Self {
            entries,
            parsed,
            index,
        }
    }

    /// The row.
    #[must_use]
    pub fn get(&self, id: LibraryId) -> Option<&Entry> {
        self.entries.get(id.index())
    }

    /// The rows of that name in that module, none or more: more are overloads.
    #[must_use]
    pub fn find(&self, module: &str, name: &str) -> Vec<LibraryId> {
        let (start, len) = self.index.get(&(module, name)).copied().unwrap_or_default();
        (start..start + len)
            .map(|at| LibraryId::from_index(at as usize))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_has_its_type() {
        let library = library();
        assert_eq!(library.parsed.errors, []);
        let lines = TABLE
            .lines()
            .filter(|line| !(line.is_empty() || line.starts_with('#') || line.starts_with('[')))
            .count();
        assert_eq!(library.entries.len(), lines);
        for entry in &library.entries {
            let span = library.parsed.tree.type_span(entry.ty);
            assert!(
                entry
                    .signature
                    .starts_with(&library.parsed.source.text()[span.range()]),
                "{entry:?}"
            );
        }
    }

    #[test]
    fn overloads_stand_together() {
        let library = library();
        for entry in &library.entries {
            for id in library.find(entry.module, entry.name) {
                assert_eq!(library.get(id).map(|found| found.name), Some(entry.name));
            }
        }
        assert_eq!(library.find("Array", "get").len(), 2);
        assert_eq!(library.find("List", "nothing"), []);
    }
}
