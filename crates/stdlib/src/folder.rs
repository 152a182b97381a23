//! Where paths lead: folders that were granted, and no way out of them.
//!
//! A grant in part (`fs-read=DIR`) is a folder that crate cap-std keeps a program inside of: every step of a path is opened
//! from the folder before it, so that neither `..` nor a link leads out, also if the tree changes meanwhile. A grant of the
//! whole is the file system as the process sees it.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use foxvm::{Context, Error};

use crate::failure;

/// What a path may be used for; the name of the capability.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Read,
    Write,
}

impl Access {
    fn capability(self) -> &'static str {
        match self {
            Access::Read => "fs-read",
            Access::Write => "fs-write",
        }
    }
}

/// A path that may be used.
pub(crate) struct Place {
    /// The folder that it is in, and the way from there; or `None` and a path of the system.
    root: Option<Dir>,
    path: PathBuf,
    /// As the program wrote it, for messages.
    shown: String,
}

/// Longest path, in bytes.
const PATH_BYTES: usize = 4096;

impl Place {
    /// The place of a program's path: relative ones begin at `base`.
    ///
    /// # Errors
    /// Fault cap if it lies in no folder that was granted; range if it can be no path.
    pub(crate) fn find(
        cx: &mut Context<'_>,
        base: &Path,
        text: &str,
        access: Access,
    ) -> Result<Place, Error> {
        cx.work(text.len() * 4)?;
        if text.is_empty() || text.len() > PATH_BYTES || text.contains('\0') {
            return Err(failure::range(format!(
                "a path has 1 to {PATH_BYTES} bytes and none of them is 0"
            )));
        }
        let shown = text.to_owned();
        let base = std::path::absolute(if base.as_os_str().is_empty() {
            Path::new(".")
        } else {
            base
        })
        .map_err(|error| Error::new(error.to_string()))?;
        let path = base.join(text);
        let Some(granted) = cx.parts(access.capability()) else {
            return Ok(Place {
                root: None,
                path,
                shown,
            });
        };
        for folder in granted {
            let folder = base.join(folder);
            // Steps back within the granted folder are cap-std's; one that leads into it from outside is no way in.
            let Ok(rest) = path.strip_prefix(&folder) else {
                continue;
            };
            let root = Dir::open_ambient_dir(&folder, ambient_authority())
                .map_err(|error| Error::new(format!("{}: {error}", folder.display())))?;
            let rest = if rest.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                rest.to_owned()
            };
            return Ok(Place {
                root: Some(root),
                path: rest,
                shown,
            });
        }
        Err(denied(access, &shown))
    }

    /// What the system said of it: nothing of that name is code 404, a way out of the folder is denied, all else code 500.
    pub(crate) fn failed(&self, cx: &mut Context<'_>, access: Access, error: &io::Error) -> Error {
        if self.root.is_some() && escapes(error) {
            return denied(access, &self.shown);
        }
        let failed = Error::new(format!("{}: {error}", self.shown));
        if error.kind() != io::ErrorKind::NotFound {
            return failed;
        }
        match cx.value(self.shown.as_str()) {
            Ok(path) => failed.with_code(404).with_data(path),
            Err(full) => full,
        }
    }

    /// Opens a file for reading.
    pub(crate) fn open(&self) -> io::Result<File> {
        match &self.root {
            Some(root) => root.open(&self.path).map(cap_std::fs::File::into_std),
            None => File::open(&self.path),
        }
    }

    /// Opens a file for writing at its end; makes it if there is none.
    pub(crate) fn open_end(&self) -> io::Result<File> {
        match &self.root {
            Some(root) => root
                .open_with(&self.path, OpenOptions::new().append(true).create(true))
                .map(cap_std::fs::File::into_std),
            None => File::options().append(true).create(true).open(&self.path),
        }
    }

    /// Makes a new file; an error if there is one.
    pub(crate) fn make(&self) -> io::Result<File> {
        match &self.root {
            Some(root) => root
                .open_with(&self.path, OpenOptions::new().write(true).create_new(true))
                .map(cap_std::fs::File::into_std),
            None => File::options()
                .write(true)
                .create_new(true)
                .open(&self.path),
        }
    }

    /// A place beside this one, in the same folder.
    pub(crate) fn beside(&self, name: &str) -> io::Result<Place> {
        // A path that ends in `..` or a root names no file.
        if !matches!(
            self.path.components().next_back(),
            Some(Component::Normal(_))
        ) {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Ok(Place {
            root: self.root.as_ref().map(Dir::try_clone).transpose()?,
            path: self.path.with_file_name(name),
            shown: self.shown.clone(),
        })
    }

    /// Gives what is here the name of `to`, in place of what was there.
    pub(crate) fn rename(&self, to: &Place) -> io::Result<()> {
        match (&self.root, &to.root) {
            (Some(from_root), Some(to_root)) => from_root.rename(&self.path, to_root, &to.path),
            _ => std::fs::rename(&self.path, &to.path),
        }
    }

    /// Makes sure that the folder's entry for this place is on the disk.
    pub(crate) fn sync_folder(&self) -> io::Result<()> {
        let parent = match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        match &self.root {
            Some(root) => root.open(parent)?.sync_all(),
            None => File::open(parent)?.sync_all(),
        }
    }

    /// Removes a file, or a folder that is empty.
    pub(crate) fn remove(&self) -> io::Result<()> {
        let folder = self.about(false)?.folder;
        match (&self.root, folder) {
            (Some(root), true) => root.remove_dir(&self.path),
            (Some(root), false) => root.remove_file(&self.path),
            (None, true) => std::fs::remove_dir(&self.path),
            (None, false) => std::fs::remove_file(&self.path),
        }
    }

    /// Makes a folder and those that it lies in.
    pub(crate) fn make_folder(&self) -> io::Result<()> {
        match &self.root {
            Some(root) => root.create_dir_all(&self.path),
            None => std::fs::create_dir_all(&self.path),
        }
    }

    /// Names in a folder, unordered.
    pub(crate) fn names(&self) -> io::Result<Box<dyn Iterator<Item = io::Result<String>>>> {
        let shown = |name: std::ffi::OsString| name.to_string_lossy().into_owned();
        Ok(match &self.root {
            Some(root) => Box::new(
                root.read_dir(&self.path)?
                    .map(move |entry| entry.map(|entry| shown(entry.file_name()))),
            ),
            None => Box::new(
                std::fs::read_dir(&self.path)?
                    .map(move |entry| entry.map(|entry| shown(entry.file_name()))),
            ),
        })
    }

    /// What is there; with `follow`, behind links.
    pub(crate) fn about(&self, follow: bool) -> io::Result<About> {
        match &self.root {
            Some(root) => {
                let about = if follow {
                    root.metadata(&self.path)?
                } else {
                    root.symlink_metadata(&self.path)?
                };
                Ok(About {
                    size: about.len(),
                    file: about.is_file(),
                    folder: about.is_dir(),
                    modified: about
                        .modified()
                        .ok()
                        .map(cap_std::time::SystemTime::into_std),
                })
            }
            None => {
                let about = if follow {
                    std::fs::metadata(&self.path)?
                } else {
                    std::fs::symlink_metadata(&self.path)?
                };
                Ok(About {
                    size: about.len(),
                    file: about.is_file(),
                    folder: about.is_dir(),
                    modified: about.modified().ok(),
                })
            }
        }
    }
}

/// What the system knows of a place.
pub(crate) struct About {
    /// Bytes.
    pub(crate) size: u64,
    /// A plain file: no folder, device or pipe.
    pub(crate) file: bool,
    /// A folder.
    pub(crate) folder: bool,
    /// When its content changed last, if the system knows.
    pub(crate) modified: Option<std::time::SystemTime>,
}

fn denied(access: Access, path: &str) -> Error {
    let capability = access.capability();
    failure::denied(format!(
        "{path} lies in no folder that was granted; --allow {capability}=FOLDER grants one"
    ))
}

/// Did cap-std refuse a way out of the folder? Then the error is its own, not the system's.
fn escapes(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}
