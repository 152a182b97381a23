//! The files of a program, and how they are named.

use std::path::{Component, Path, PathBuf};

use fusabi::check::Loader;

use crate::load::shown;

/// How files are named in a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Naming {
    /// As who called the command sees them: below the working folder without that, else whole.
    Shown,
    /// From the main file's folder: the same on every machine.
    Portable,
}

/// Loaded files: paths begin at the file that names them (docs/specs/fusabi.md §1.4). A file has one name however it is
/// written.
#[derive(Debug)]
pub(crate) struct Files {
    naming: Naming,
    /// The folder that names begin at.
    base: PathBuf,
    /// Names and whole paths of the files so far, the main one first.
    known: Vec<(String, PathBuf)>,
}

impl Files {
    /// The files of a program with that main file. A path that leads nowhere keeps its name.
    pub(crate) fn of(main: &Path, naming: Naming) -> Files {
        let whole = main.canonicalize().unwrap_or_else(|_| main.to_owned());
        let base = match naming {
            Naming::Shown => working_folder(),
            Naming::Portable => whole.parent().unwrap_or(Path::new("")).to_owned(),
        };
        let name = named(naming, &base, &whole);
        Files {
            naming,
            base,
            known: vec![(name, whole)],
        }
    }

    /// The main file's name.
    pub(crate) fn main(&self) -> &str {
        self.known.first().map_or("", |(name, _)| name)
    }

    /// Whole paths of the loaded files, without the main one.
    pub(crate) fn loaded(&self) -> impl Iterator<Item = &Path> {
        self.known.iter().skip(1).map(|(_, path)| path.as_path())
    }

    /// A file's name as messages show it.
    pub(crate) fn shown(&self, name: &str) -> String {
        match self.path(name) {
            Some(path) if self.naming == Naming::Portable => {
                named(Naming::Shown, &working_folder(), path)
            }
            _ => name.to_owned(),
        }
    }

    fn path(&self, name: &str) -> Option<&Path> {
        let found = self.known.iter().find(|(known, _)| known == name);
        found.map(|(_, path)| path.as_path())
    }
}

impl Loader for Files {
    fn load(&mut self, from: &str, path: &str) -> Result<(String, String), String> {
        let from = self.path(from).unwrap_or(Path::new(""));
        let path = from.parent().unwrap_or(Path::new("")).join(path);
        let whole = path.canonicalize().map_err(|error| error.to_string())?;
        if !whole.is_file() {
            return Err("it is no file".to_owned());
        }
        let name = named(self.naming, &self.base, &whole);
        // Also one that cannot be read now: who watches a program's files waits for it.
        if self.path(&name).is_none() {
            self.known.push((name.clone(), whole.clone()));
        }
        let text = std::fs::read_to_string(&whole).map_err(|error| error.to_string())?;
        Ok((name, text))
    }
}

/// The working folder; without one, nothing lies below it.
fn working_folder() -> PathBuf {
    std::env::current_dir()
        .and_then(|folder| folder.canonicalize())
        .unwrap_or_default()
}

fn named(naming: Naming, base: &Path, whole: &Path) -> String {
    match naming {
        Naming::Shown if base.as_os_str().is_empty() => shown(whole),
        Naming::Shown => shown(whole.strip_prefix(base).unwrap_or(whole)),
        Naming::Portable => from(base, whole),
    }
}

/// The way from a folder to a file, with `/` on every system.
fn from(base: &Path, whole: &Path) -> String {
    let common = base
        .components()
        .zip(whole.components())
        .take_while(|(base, whole)| base == whole)
        .count();
    let up = base.components().skip(common).map(|_| "..".to_owned());
    let down = whole.components().skip(common).map(|part| match part {
        Component::Normal(name) => name.to_string_lossy().into_owned(),
        other => other.as_os_str().to_string_lossy().into_owned(),
    });
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::from;
    use std::path::Path;

    #[test]
    fn ways_name_no_folder_above_what_is_common() {
        let way = |base: &str, whole: &str| from(Path::new(base), Path::new(whole));
        assert_eq!(way("/a/b", "/a/b/c.fsx"), "c.fsx");
        assert_eq!(way("/a/b", "/a/b/d/c.fsx"), "d/c.fsx");
        assert_eq!(way("/a/b", "/a/lib/c.fsx"), "../lib/c.fsx");
    }
}
