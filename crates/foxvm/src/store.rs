//! Known files: checked before, and unable to change since (docs/design.md §6). They are mapped, and nothing proportional
//! to their size is done.
//!
//! Three ways to be known: a file of the Engine's store folder (0700, named by hash, written beside and renamed, never
//! modified, put there only after every function was verified); a sealed memory file that this Engine checked; a module
//! that this Engine holds already. The hash in a header alone makes nothing known.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use fzb::view::ModuleBytes;
pub use fzb::view::ModuleHash;
use lemari::mapped::{Mapped, Store as Folder};
use machine::engine::Loaded;

/// Largest file that is read, in bytes: the payload's limit and room for the header.
pub(crate) const LARGEST_FILE: usize = (64 << 20) + (1 << 12);

/// Bytes of a mapped or read file, as modules hold them.
struct Held(Mapped);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

pub(crate) fn bytes_of(mapped: Mapped) -> ModuleBytes {
    ModuleBytes::new(Held(mapped))
}

/// What the Engine knows.
pub(crate) struct Known {
    folder: Option<(Folder, PathBuf)>,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    by_hash: HashMap<ModuleHash, Arc<Loaded>>,
    /// Sealed memory files by device and inode; the module holds the mapping, so the inode is not given to another file.
    sealed: HashMap<(u64, u64), Arc<Loaded>>,
    bytes: usize,
}

impl Known {
    /// Opens the store folder, making it if it does not exist.
    pub(crate) fn new(folder: Option<PathBuf>) -> io::Result<Known> {
        let folder = match folder {
            None => None,
            Some(path) => {
                make_folder(&path)?;
                Some((Folder::open(&path)?, std::fs::canonicalize(&path)?))
            }
        };
        Ok(Known {
            folder,
            tables: Mutex::default(),
        })
    }

    /// Knows only what the Engine holds.
    pub(crate) fn without_folder() -> Known {
        Known {
            folder: None,
            tables: Mutex::default(),
        }
    }

    fn tables(&self) -> std::sync::MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A module that the Engine holds.
    pub(crate) fn held(&self, hash: ModuleHash) -> Option<Arc<Loaded>> {
        self.tables().by_hash.get(&hash).cloned()
    }

    /// Notes a module; false if `bound` bytes of modules would be passed.
    pub(crate) fn note(&self, loaded: &Arc<Loaded>, bound: usize) -> bool {
        let mut tables = self.tables();
        let hash = loaded.module.hash();
        if tables.by_hash.contains_key(&hash) {
            return true;
        }
        let bytes = tables.bytes.saturating_add(loaded.module.bytes().len());
        if bytes > bound {
            return false;
        }
        tables.bytes = bytes;
        tables.by_hash.insert(hash, loaded.clone());
        true
    }

    /// True if loading so many bytes more would pass `bound`.
    pub(crate) fn full(&self, more: usize, bound: usize) -> bool {
        self.tables().bytes.saturating_add(more) > bound
    }

    /// Is this path a file directly in the store folder? Then its name.
    pub(crate) fn name_in_store(&self, path: &Path) -> Option<String> {
        let (_, folder) = self.folder.as_ref()?;
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())?;
        if std::fs::canonicalize(parent).ok()? != *folder {
            return None;
        }
        path.file_name()?.to_str().map(str::to_owned)
    }

    /// Maps a file of the store.
    pub(crate) fn map(&self, name: &str) -> io::Result<Mapped> {
        match &self.folder {
            Some((folder, _)) => folder.map(name),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    /// Name of a module in the store: hash and version of the verifier, so that a later one checks anew.
    pub(crate) fn name_of(hash: ModuleHash) -> String {
        format!("{hash}-{}.fzb", env!("CARGO_PKG_VERSION"))
    }

    /// Writes a verified module into the store: beside its place, synced, renamed.
    pub(crate) fn keep(&self, hash: ModuleHash, bytes: &[u8]) -> io::Result<PathBuf> {
        let Some((_, folder)) = &self.folder else {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "the Engine has no store folder",
            ));
        };
        let place = folder.join(Known::name_of(hash));
        if place.exists() {
            return Ok(place);
        }
        let beside = folder.join(format!(".{}-{}", std::process::id(), Known::name_of(hash)));
        let written = create_own(&beside).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        match written.and_then(|()| std::fs::rename(&beside, &place)) {
            Ok(()) => Ok(place),
            Err(error) => {
                // What is left over is not named like a module; removing it is a courtesy.
                let _ = std::fs::remove_file(&beside);
                Err(error)
            }
        }
    }

    /// The module of a sealed memory file that this Engine checked before.
    pub(crate) fn sealed(&self, identity: (u64, u64)) -> Option<Arc<Loaded>> {
        self.tables().sealed.get(&identity).cloned()
    }

    /// Notes a sealed memory file.
    pub(crate) fn note_sealed(&self, identity: (u64, u64), loaded: &Arc<Loaded>) {
        self.tables().sealed.insert(identity, loaded.clone());
    }
}

/// Device and inode of an open file; `None` where the system has no such thing.
#[cfg(unix)]
pub(crate) fn identity(file: &File) -> io::Result<Option<(u64, u64)>> {
    use std::os::unix::fs::MetadataExt;
    let meta = file.metadata()?;
    Ok(Some((meta.dev(), meta.ino())))
}

#[cfg(not(unix))]
pub(crate) fn identity(_: &File) -> io::Result<Option<(u64, u64)>> {
    Ok(None)
}

#[cfg(unix)]
fn make_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn make_folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(unix)]
fn create_own(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
fn create_own(path: &Path) -> io::Result<File> {
    File::create(path)
}
