//! A new version of a plugin's file, read and verified off to the side.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use diag::{Diagnostic, fc};
use foxvm::{Engine, Error, ErrorKind, Module};

use crate::failure::Failure;

/// Makes a module file of a source; what it reads beside it is put into the list, also if it fails.
pub(crate) type Compile =
    Arc<dyn Fn(&Engine, &Path, &mut Vec<PathBuf>) -> Result<Vec<u8>, Failure> + Send + Sync>;

/// What was read of a plugin.
pub(crate) struct Read {
    pub module: Result<Module, Failure>,
    /// The files that its source loads; `None` if nobody knows.
    pub files: Option<Vec<PathBuf>>,
}

/// Compilers by the ends of file names.
#[derive(Clone, Default)]
pub(crate) struct Compilers(pub Arc<BTreeMap<String, Compile>>);

impl std::fmt::Debug for Compilers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Compilers {
    /// Reads, checks and verifies a plugin's file.
    pub fn read(&self, engine: &Engine, path: &Path) -> Read {
        let mut files = Vec::new();
        let module = self.module(engine, path, &mut files);
        Read {
            module,
            files: Some(files),
        }
    }

    fn module(
        &self,
        engine: &Engine,
        path: &Path,
        files: &mut Vec<PathBuf>,
    ) -> Result<Module, Failure> {
        let end = path.extension().and_then(|end| end.to_str()).unwrap_or("");
        if let Some(compile) = self.0.get(end) {
            return Ok(engine.load(compile(engine, path, files)?)?);
        }
        match end {
            "fza" => {
                let source = std::fs::read_to_string(path).map_err(|error| {
                    Error::from(ErrorKind::Io {
                        path: path.to_owned(),
                        error,
                    })
                })?;
                Ok(engine.load(engine.assemble(&source)?)?)
            }
            "fzb" => Ok(engine.load_file(path)?),
            _ => {
                let mut known = vec![".fza".to_owned(), ".fzb".to_owned()];
                known.extend(self.0.keys().map(|end| format!(".{end}")));
                Err(Diagnostic::error(fc::FILE_KIND)
                    .arg("path", path.display().to_string())
                    .arg("known", known)
                    .into())
            }
        }
    }

    /// The same on a thread of its own.
    pub fn begin(&self, engine: &Engine, path: &Path) -> Result<Loading, Failure> {
        let (send, receive) = sync_channel(1);
        let (compilers, engine, path) = (self.clone(), engine.clone(), path.to_owned());
        let spawned = std::thread::Builder::new()
            .name("foxvm-plugin".to_owned())
            .spawn(move || {
                // Nobody waits any more if the host is gone.
                let _ = send.send(compilers.read(&engine, &path));
            });
        match spawned {
            Ok(_) => Ok(Loading(receive)),
            Err(error) => Err(resources(&error.to_string())),
        }
    }
}

fn resources(cause: &str) -> Failure {
    Diagnostic::error(fc::HOST_RESOURCES)
        .arg("what", "a thread for a plugin")
        .arg("cause", cause)
        .into()
}

/// A file that is being read.
#[derive(Debug)]
pub(crate) struct Loading(Receiver<Read>);

impl Loading {
    /// What came of it, if it is done.
    pub fn done(&self) -> Option<Read> {
        match self.0.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            // A compiler of the embedder's panicked.
            Err(TryRecvError::Disconnected) => Some(Read {
                module: Err(resources("the thread ended")),
                files: None,
            }),
        }
    }
}
