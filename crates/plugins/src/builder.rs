//! Settings of a host.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foxvm::Engine;

use crate::api;
use crate::failure::Failure;
use crate::granted::Granted;
use crate::host::{Base, Host};
use crate::outbox::Outbox;
use crate::reload::{Compile, Compilers};
use crate::room::Surroundings;

/// Settings of a [`Host`].
#[derive(Default)]
pub struct Builder {
    engine: Option<Engine>,
    compilers: BTreeMap<String, Compile>,
    granted: Granted,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Builder")
    }
}

impl Builder {
    /// An Engine with further host functions, e.g. those of crate `stdlib`; the plugins' are added to it.
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Builder {
        self.engine = Some(engine);
        self
    }

    /// A compiler for files with that end, e.g. `fsx`. It runs on a thread of its own when a file changes. All that is wrong
    /// with a source is one [`Failure`] ([`Failure::of`]).
    #[must_use]
    pub fn compiler(
        self,
        end: &str,
        compile: impl Fn(&Engine, &Path) -> Result<Vec<u8>, Failure> + Send + Sync + 'static,
    ) -> Builder {
        self.compiler_of_files(end, move |engine, path, _| compile(engine, path))
    }

    /// The same for a language whose sources load others: the compiler puts the files that it read beside the source into the
    /// list, also if it fails. They are watched as the source is.
    #[must_use]
    pub fn compiler_of_files(
        mut self,
        end: &str,
        compile: impl Fn(&Engine, &Path, &mut Vec<PathBuf>) -> Result<Vec<u8>, Failure>
        + Send
        + Sync
        + 'static,
    ) -> Builder {
        self.compilers.insert(end.to_owned(), Arc::new(compile));
        self
    }

    /// What was granted to the plugins whose entries say `ask-again`. Without it none of them runs.
    #[must_use]
    pub fn granted(mut self, granted: Granted) -> Builder {
        self.granted = granted;
        self
    }

    /// The host.
    ///
    /// # Errors
    /// None in practice: the host functions are fixed.
    pub fn build(self) -> Result<Host, Failure> {
        let engine = self.engine.unwrap_or_default();
        api::offer(&engine)?;
        Ok(Host {
            base: Base {
                engine,
                granted: self.granted,
                compilers: Compilers(Arc::new(self.compilers)),
                surroundings: Surroundings::default(),
            },
            plugins: Vec::new(),
            outbox: Outbox::default(),
        })
    }
}
