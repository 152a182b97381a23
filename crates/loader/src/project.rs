//! The project that a program belongs to: its root and catalog.

use std::path::{Path, PathBuf};

use crate::catalog::Catalog;
use crate::refusal::{self, Refusal};
use crate::shelf::read_text;

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// The root, with links resolved. Nothing outside of it is read for a literal.
    pub root: PathBuf,
    /// The catalog's file, where there is one.
    pub file: Option<PathBuf>,
    /// The catalog.
    pub catalog: Catalog,
}

impl Project {
    /// No project: nothing is below its root.
    pub fn none() -> Project {
        Project {
            root: PathBuf::new(),
            file: None,
            catalog: Catalog::default(),
        }
    }

    /// The project of a file or folder: its root is the nearest folder from there upwards that holds a `.rhy` file; if there is
    /// none, the working folder.
    ///
    /// # Errors
    /// If the catalog cannot be read or understood, or the working folder does not exist.
    pub fn of(path: &Path) -> Result<Project, Refusal> {
        let full = match path.canonicalize() {
            Ok(full) => full,
            // A pipe has no place: it belongs to the working folder.
            Err(_) if path.exists() => canonical(Path::new("."))?,
            Err(error) => return Err(refusal::io(path, &error)),
        };
        let mut at = if full.is_dir() {
            Some(full.as_path())
        } else {
            full.parent()
        };
        while let Some(folder) = at {
            if let Some(file) = catalog_in(folder) {
                let text = read_text(&file)?;
                let catalog = Catalog::parse(&text)
                    .map_err(|told| Box::new(told.arg("path", file.display().to_string())))?;
                return Ok(Project {
                    root: folder.to_owned(),
                    file: Some(file),
                    catalog,
                });
            }
            at = folder.parent();
        }
        Ok(Project {
            root: canonical(Path::new("."))?,
            file: None,
            catalog: Catalog::default(),
        })
    }

    /// The path below the root (or its source folder) that exists, with links resolved.
    ///
    /// # Errors
    /// If nothing is there, or it leads out of the root.
    pub fn below(&self, path: &str) -> Result<PathBuf, Refusal> {
        if self.root.as_os_str().is_empty() {
            return Err(refusal::named(path, "no-project"));
        }
        let sources = self
            .catalog
            .source
            .as_ref()
            .map(|source| self.root.join(source));
        let places = std::iter::once(self.root.clone()).chain(sources);
        for place in places {
            for ending in ["", ".rh"] {
                let Ok(full) = place.join(format!("{path}{ending}")).canonicalize() else {
                    continue;
                };
                if !full.starts_with(&self.root) {
                    return Err(refusal::named(path, "outside"));
                }
                return Ok(full);
            }
        }
        Err(refusal::named(path, "absent-below"))
    }

    /// A path as names of modules show it: from the root.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}

/// A path with links resolved.
fn canonical(path: &Path) -> Result<PathBuf, Refusal> {
    path.canonicalize()
        .map_err(|error| refusal::io(path, &error))
}

/// The catalog of a folder: its `.rhy` file, the first by name.
fn catalog_in(folder: &Path) -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|item| Some(item.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "rhy") && path.is_file())
        .collect();
    found.sort();
    found.into_iter().next()
}
