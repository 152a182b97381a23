//! The bodies of the library's functions: one program of several files, checked once.
//!
//! A body is found by [`Bodies::body`]. Where it stands is decided by one rule ([`home`]): in the module of its row, `Core'` for
//! a function of no module, a module named like the type with its dot (``.string``) for a property or method, whose body takes
//! the value before the dot first. The second overload of a name is `name'2`, the third `name'3`.
//!
//! A row whose type requires a number has a body for each kind of number that gains by it (`sum'int`, `sum'float`,
//! `sin'float32`) and one for all others, `sum'any`, which takes what it cannot know as its first arguments ([`Numeric`]).
//!
//! The program has no values but functions, so nothing of it runs before a program's first step.
//!
//! Public `Map` and `Set` are the types `map` and `set` of their modules, `Regex` is `regex` and `Match` is `matched` of module
//! `Regex'`; a value of one is a value of the other.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::natives::natives;
use super::{Entry, Made, library};
use crate::check::{CheckOptions, Checked, HostSignature, Loader, check};
use crate::typed::{GlobalId, Index, LibraryId, Operand, Program};

/// What a body for any kind of number is given for its kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Numeric {
    /// `0`
    Zero,
    /// `1`
    One,
    /// `(+)`
    Add,
    /// `(*)`
    Multiply,
    /// `(/)`
    Divide,
}

/// The body of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Body {
    /// The function, in [`Bodies::program`].
    pub global: GlobalId,
    /// What it takes before the arguments of the row.
    pub numeric: &'static [Numeric],
}

/// The library's program and where its bodies are.
#[derive(Debug)]
pub struct Bodies {
    program: Program,
    /// By the innermost module and the name.
    globals: HashMap<(Box<str>, Box<str>), GlobalId>,
}

const FILES: &[(&str, &str)] = &[
    ("array.fsx", include_str!("array.fsx")),
    ("async.fsx", include_str!("async.fsx")),
    ("task.fsx", include_str!("task.fsx")),
    ("char.fsx", include_str!("char.fsx")),
    ("console.fsx", include_str!("console.fsx")),
    ("core.fsx", include_str!("core.fsx")),
    ("file.fsx", include_str!("file.fsx")),
    ("function.fsx", include_str!("function.fsx")),
    ("lazy.fsx", include_str!("lazy.fsx")),
    ("range.fsx", include_str!("range.fsx")),
    ("json.fsx", include_str!("json.fsx")),
    ("list.fsx", include_str!("list.fsx")),
    ("map.fsx", include_str!("map.fsx")),
    ("math.fsx", include_str!("math.fsx")),
    ("methods.fsx", include_str!("methods.fsx")),
    ("option.fsx", include_str!("option.fsx")),
    ("process.fsx", include_str!("process.fsx")),
    ("regex.fsx", include_str!("regex.fsx")),
    ("result.fsx", include_str!("result.fsx")),
    ("seq.fsx", include_str!("seq.fsx")),
    ("set.fsx", include_str!("set.fsx")),
    ("string.fsx", include_str!("string.fsx")),
    ("time.fsx", include_str!("time.fsx")),
    ("url.fsx", include_str!("url.fsx")),
    ("voption.fsx", include_str!("voption.fsx")),
];

/// The file that loads all others.
const MAIN: (&str, &str) = ("library.fsx", include_str!("library.fsx"));

/// Types of natives that programs do not have.
const HOST_TYPES: &str = "type iterator<'a> = Iterator of 'a\ntype date = Date of int\ntype fiber = Fiber of int\ntype fiberBody = Body of int\n";

struct Files;

impl Loader for Files {
    fn load(&mut self, _from: &str, path: &str) -> Result<(String, String), String> {
        FILES
            .iter()
            .find(|file| file.0 == path)
            .map(|file| (file.0.to_owned(), file.1.to_owned()))
            .ok_or_else(|| "the library has no such file".to_owned())
    }
}

fn check_text(name: &str, text: &str, more: &[HostSignature<'static>]) -> Checked {
    let host: Vec<HostSignature<'static>> = natives()
        .iter()
        .map(|row| HostSignature {
            name: row.name,
            signature: row.signature,
        })
        .chain(more.iter().copied())
        .collect();
    let options = CheckOptions {
        host_types: HOST_TYPES,
        host: &host,
        ..CheckOptions::default()
    };
    check(name, text, &mut Files, &options)
}

/// The bodies; read and checked at the first use. `None` if they have an error, which a test of this crate rules out.
#[must_use]
pub fn bodies() -> Option<&'static Bodies> {
    static BODIES: OnceLock<Option<Bodies>> = OnceLock::new();
    BODIES
        .get_or_init(|| {
            let program = check_text(MAIN.0, MAIN.1, &[]).program?;
            let mut globals = HashMap::new();
            for (id, global) in program.globals.iter() {
                let module = global
                    .modules
                    .last()
                    .map_or("", |&name| program.names.text(name));
                let name = program.names.text(global.name);
                globals.insert((module.into(), name.into()), id);
            }
            Some(Bodies { program, globals })
        })
        .as_ref()
}

/// Module and name of a row's body; `nth` counts the overloads of its name from 0.
fn home(entry: &Entry, nth: usize) -> (&'static str, String) {
    let module = if entry.module.is_empty() {
        "Core'"
    } else {
        entry.module
    };
    let name = if nth == 0 {
        entry.name.to_owned()
    } else {
        format!("{}'{}", entry.name, nth + 1)
    };
    (module, name)
}

/// What the body of a name for any kind of number takes first.
fn numeric(name: &str) -> &'static [Numeric] {
    use Numeric::{Add, Divide, Multiply, One, Zero};
    match name {
        "sum" | "sumBy" => &[Zero, Add],
        "average" | "averageBy" => &[Zero, One, Add, Divide],
        "pown" => &[One, Multiply, Divide],
        _ => &[],
    }
}

impl Bodies {
    /// The program: the library's files without a result.
    #[must_use]
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// A function by its innermost module and its name: `("Core'", "intOfString")`.
    #[must_use]
    pub fn find(&self, module: &str, name: &str) -> Option<GlobalId> {
        self.globals.get(&(module.into(), name.into())).copied()
    }

    /// The body of a row. `number` is the kind of the row's number at the place of the call, where it is known.
    #[must_use]
    pub fn body(&self, id: LibraryId, number: Option<Operand>) -> Option<Body> {
        let entry = library().get(id)?;
        if entry.made != Made::Fusabi {
            return None;
        }
        let first = library().find(entry.module, entry.name).first().copied()?;
        let (module, name) = home(entry, id.index().checked_sub(first.index())?);
        if let Some(global) = self.find(module, &name) {
            return Some(Body {
                global,
                numeric: &[],
            });
        }
        let kind = match number {
            Some(Operand::Int) => "int",
            Some(Operand::Float) => "float",
            Some(Operand::Float32) => "float32",
            _ => "any",
        };
        if let Some(global) = self.find(module, &format!("{name}'{kind}")) {
            let numeric = if kind == "any" {
                numeric(entry.name)
            } else {
                &[]
            };
            return Some(Body { global, numeric });
        }
        if let Some(global) = self.find(module, &format!("{name}'any")) {
            return Some(Body {
                global,
                numeric: numeric(entry.name),
            });
        }
        // What is for floats only: one whose width is not known is a `float`.
        let global = self.find(module, &format!("{name}'float"))?;
        Some(Body {
            global,
            numeric: &[],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is wrong, as text.
    fn complaints(checked: &Checked) -> Vec<String> {
        let mut found = Vec::new();
        for (name, parsed) in &checked.files {
            for error in &parsed.errors {
                found.push(format!("{name}: {error:?}"));
            }
        }
        for problem in &checked.problems {
            let (name, parsed) = &checked.files[problem.file.index()];
            let text = parsed.source.text();
            let line = text[..problem.span.range().start].lines().count().max(1);
            let said = text.lines().nth(line - 1).unwrap_or("");
            found.push(format!("{name}:{line}: {said}: {problem:?}"));
        }
        found
    }

    #[test]
    fn the_library_has_neither_errors_nor_warnings() {
        let checked = check_text(MAIN.0, MAIN.1, &[]);
        let found = complaints(&checked);
        assert!(found.is_empty(), "{}", found.join("\n"));
        assert!(bodies().is_some());
    }

    #[test]
    fn the_library_is_functions_only() {
        let program = bodies().expect("the library has no errors").program();
        for (_, global) in program.globals.iter() {
            let name = program.names.text(global.name);
            assert_eq!(global.kind, crate::typed::GlobalKind::Function, "{name}");
        }
    }

    /// A row's type with the library's own types in place of the public ones.
    fn own_types(signature: &str) -> String {
        let mut text = format!(" {signature} ");
        for (public, own) in [
            ("Map<", "Map.map<"),
            ("Set<", "Set.set<"),
            (" Regex ", " Regex'.regex "),
            (" Match ", " Regex'.matched "),
        ] {
            text = text.replace(public, own);
        }
        text.trim().to_owned()
    }

    /// The row's type as its body has it for a kind of number.
    fn of_kind(entry: &Entry, kind: &str) -> String {
        let (ty, requires) = entry
            .signature
            .split_once(" when ")
            .map_or((entry.signature, ""), |(ty, requires)| (ty, requires));
        let letter = requires.split(" : ").next().unwrap_or("").trim();
        match kind {
            "" => entry.signature.to_owned(),
            "any" => {
                let mut text = String::new();
                for part in numeric(entry.name) {
                    match part {
                        Numeric::Zero | Numeric::One => text.push_str(&format!("{letter} -> ")),
                        _ => text.push_str(&format!("({letter} -> {letter} -> {letter}) -> ")),
                    }
                }
                text + ty
            }
            kind => ty.replace(letter, kind),
        }
    }

    #[test]
    fn every_row_has_a_body_of_its_type() {
        let bodies = bodies().expect("the library has no errors");
        let mut text = String::from(MAIN.1);
        let mut count = 0;
        for (at, entry) in library().entries.iter().enumerate() {
            if entry.made != Made::Fusabi {
                continue;
            }
            let id = LibraryId::from_index(at);
            let first = library().find(entry.module, entry.name)[0];
            let (module, name) = home(entry, at - first.index());
            let kinds: Vec<&str> = ["", "int", "float", "float32", "any"]
                .into_iter()
                .filter(|kind| {
                    let full = if kind.is_empty() {
                        name.clone()
                    } else {
                        format!("{name}'{kind}")
                    };
                    bodies.find(module, &full).is_some()
                })
                .collect();
            assert!(!kinds.is_empty(), "{module}.{name} has no body");
            assert!(bodies.body(id, None).is_some(), "{module}.{name}");
            for kind in kinds {
                let full = if kind.is_empty() {
                    name.clone()
                } else {
                    format!("{name}'{kind}")
                };
                let mut signature = own_types(&of_kind(entry, kind));
                let path = match entry.receiver() {
                    Some(receiver) => {
                        let of = match receiver {
                            "list" | "option" | "voption" => format!("'a {receiver}"),
                            "Map" => "Map.map<'k, 'v>".to_owned(),
                            "Set" => "Set.set<'a>".to_owned(),
                            "Regex" => "Regex'.regex".to_owned(),
                            "Match" => "Regex'.matched".to_owned(),
                            "obj" => "'a".to_owned(),
                            other => other.to_owned(),
                        };
                        signature = format!("{of} -> {signature}");
                        format!("Methods.``{module}``.{full}")
                    }
                    None => format!("{module}.{full}"),
                };
                text.push_str(&format!(
                    "let inline body{count} : {signature} = {path}\nlet inline row{count} : {signature} = hole\n"
                ));
                count += 1;
            }
        }
        assert!(count > 500, "{count}");
        let hole = HostSignature {
            name: "hole",
            signature: "'a",
        };
        let checked = check_text("rows.fsx", &text, &[hole]);
        let found = complaints(&checked);
        assert!(found.is_empty(), "{}", found.join("\n"));
        let of = |name: &str| {
            let start = format!("val {name} : ");
            checked
                .signatures
                .iter()
                .find_map(|line| line.strip_prefix(&start))
                .map(str::to_owned)
        };
        for at in 0..count {
            let body = of(&format!("body{at}"));
            assert!(body.is_some(), "body{at}");
            assert_eq!(body, of(&format!("row{at}")));
        }
    }
}
