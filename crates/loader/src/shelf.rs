//! Shelves: folders whose books (`.rh` files) share one scope (docs/specs/rhumb.md §7.5).

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::refusal::{self, Refusal, io};

/// Largest source that is read, in bytes.
const LARGEST_BOOK: u64 = 64 << 20;

/// A book.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Book {
    /// Its path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// A version of a shelf.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shelf {
    /// Its books in the order in which they run: by name, the entry last.
    pub books: Vec<Book>,
    /// Is there an entry: a book whose name begins with `+`?
    pub has_entry: bool,
}

impl Shelf {
    /// Reads the books of a folder, not those of folders in it.
    ///
    /// # Errors
    /// Why it cannot be read, or that it has two entries.
    pub fn read(folder: &Path) -> Result<Shelf, Refusal> {
        let mut names = Vec::new();
        let listed = std::fs::read_dir(folder).map_err(|error| io(folder, &error))?;
        for item in listed {
            let item = item.map_err(|error| io(folder, &error))?;
            let path = item.path();
            if is_book(&path) && path.is_file() {
                names.push(path);
            }
        }
        let is_entry = |path: &PathBuf| file_name(path).starts_with('+');
        names.sort_by_cached_key(|path| (is_entry(path), file_name(path)));
        let mut entries = names.iter().filter(|path| is_entry(path));
        let has_entry = entries.next().is_some();
        if let Some(second) = entries.next() {
            return Err(refusal::path(second, "second-entry"));
        }
        let books = names.iter().map(|path| Book::read(path));
        Ok(Shelf {
            books: books.collect::<Result<_, _>>()?,
            has_entry,
        })
    }
}

impl Book {
    /// Reads a book.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(path: &Path) -> Result<Book, Refusal> {
        Ok(Book {
            path: path.to_owned(),
            text: read_text(path)?,
        })
    }
}

/// Reads a file as text.
pub(crate) fn read_text(path: &Path) -> Result<String, Refusal> {
    String::from_utf8(read_bytes(path)?).map_err(|_| refusal::path(path, "no-utf8"))
}

/// Reads a file.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, Refusal> {
    let about = std::fs::metadata(path).map_err(|error| io(path, &error))?;
    // A pipe or a device might never end.
    if !about.is_file() {
        return Err(refusal::path(path, "no-file"));
    }
    if about.len() > LARGEST_BOOK {
        return Err(refusal::path(path, "too-large"));
    }
    std::fs::read(path).map_err(|error| io(path, &error))
}

fn is_book(path: &Path) -> bool {
    let hidden = file_name(path).starts_with('.');
    let ending = path.extension().and_then(|ending| ending.to_str());
    !hidden && matches!(ending, Some("rh" | "rhs" | "rhl" | "rhb"))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// `sha256:…` of a shelf (or of one file as if it were alone in one): over relative path and content of all files that are not hidden, in the order of their paths.
///
/// # Errors
/// Why it cannot be read.
pub fn hash(folder: &Path) -> Result<String, Refusal> {
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    if folder.is_file() {
        files.push((file_name(folder), folder.to_owned()));
        folders.clear();
    }
    while let Some((before, folder)) = folders.pop() {
        let listed = std::fs::read_dir(&folder).map_err(|error| io(&folder, &error))?;
        for item in listed {
            let item = item.map_err(|error| io(&folder, &error))?;
            let name = item.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let kind = item.file_type().map_err(|error| io(&item.path(), &error))?;
            if kind.is_dir() {
                folders.push((format!("{before}{name}/"), item.path()));
            } else if kind.is_file() {
                files.push((format!("{before}{name}"), item.path()));
            }
        }
    }
    files.sort();
    let mut digest = Sha256::new();
    for (name, path) in files {
        digest.update(name.as_bytes());
        digest.update(std::fs::read(&path).map_err(|error| io(&path, &error))?);
    }
    let mut text = "sha256:".to_owned();
    for byte in digest.finalize() {
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text)
}
