//! The Engine: what Worlds share.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fzb::tables::FuncId;
use fzb::verify::Refusal;
use fzb::view::{Checks, ModuleBytes};
use lemari::mapped::Mapped;
use machine::engine::Shared;
use machine::host_memory::NoMemory;

use crate::Limits;
use crate::capability::Capability;
use crate::error::{Error, ErrorKind};
use crate::host::HostFn;
use crate::module::{Module, function_name};
use crate::native::Native;
use crate::store::{self, Known, LARGEST_FILE, ModuleHash};
use crate::ticker::Ticker;
use crate::world::World;

/// How instructions follow each other. Results are the same; speed differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dispatch {
    /// Handlers call each other in tail position where the build allows it, else a loop.
    #[default]
    Fastest,
    /// A loop.
    Loop,
}

/// Host functions, verified modules and translated code, shared by Worlds and threads. Cloning gives the same Engine.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ticker: Arc<Ticker>,
    known: Known,
    module_bytes: usize,
}

/// Settings of an Engine.
#[derive(Clone, Debug)]
pub struct EngineBuilder {
    dispatch: Dispatch,
    store: Option<PathBuf>,
    module_bytes: usize,
}

impl Default for EngineBuilder {
    fn default() -> EngineBuilder {
        EngineBuilder {
            dispatch: Dispatch::Fastest,
            store: None,
            module_bytes: 1 << 30,
        }
    }
}

impl EngineBuilder {
    /// How instructions follow each other.
    #[must_use]
    pub fn dispatch(mut self, dispatch: Dispatch) -> EngineBuilder {
        self.dispatch = dispatch;
        self
    }

    /// A folder for verified files, made if it does not exist: 0700, for this user's Engines only. Files in it are known
    /// (docs/design.md §6).
    #[must_use]
    pub fn store(mut self, folder: impl Into<PathBuf>) -> EngineBuilder {
        self.store = Some(folder.into());
        self
    }

    /// Bytes of modules that the Engine holds at most; 1 GiB if nothing is said. Beyond it loading fails.
    #[must_use]
    pub fn module_bytes(mut self, bytes: usize) -> EngineBuilder {
        self.module_bytes = bytes;
        self
    }

    /// The Engine.
    ///
    /// # Errors
    /// If the store folder cannot be made, or is not this user's own and closed to others.
    pub fn build(self) -> Result<Engine, Error> {
        let known = Known::new(self.store.clone()).map_err(|error| ErrorKind::Io {
            path: self.store.clone().unwrap_or_default(),
            error,
        })?;
        Ok(self.with(known))
    }

    fn with(self, known: Known) -> Engine {
        Engine(Arc::new(Inner {
            shared: Shared::new(self.dispatch == Dispatch::Loop),
            ticker: Ticker::new(),
            known,
            module_bytes: self.module_bytes,
        }))
    }
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new()
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

impl Engine {
    /// An Engine with default settings: no host function, no store.
    pub fn new() -> Engine {
        EngineBuilder::default().with(Known::without_folder())
    }

    /// An Engine with settings.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// Offers a closure as a host function to modules that are bound later.
    ///
    /// # Errors
    /// None for a closure; see [`Engine::register`].
    pub fn function<Shape, F: HostFn<Shape>>(&self, name: &str, function: F) -> Result<(), Error> {
        self.register(Native::new(name, function))
    }

    /// Offers a host function with its documentation, capabilities and cost, e.g. one made by `#[foxvm::native]`. A later one
    /// of the same name replaces it for modules bound after that.
    ///
    /// # Errors
    /// If a capability does not exist, or the inline form is no intrinsic of the same signature.
    pub fn register(&self, native: Native) -> Result<(), Error> {
        self.0.shared.register(native.into_machine()?);
        Ok(())
    }

    /// All host functions as JSON: `{"v":1,"functions":[…]}`.
    pub fn describe(&self) -> String {
        let functions = self.0.shared.all_hosts();
        crate::describe::describe(functions.iter().map(|function| &**function))
    }

    /// Assembles a module text (`docs/fza.md`) to a file. What it makes is checked like any other file when it is loaded.
    ///
    /// # Errors
    /// [`ErrorKind::Text`] with all mistakes; [`ErrorKind::File`] if the tables break a bound of the format.
    pub fn assemble(&self, source: &str) -> Result<Vec<u8>, Error> {
        let tables = fzb::text::assemble(source).map_err(ErrorKind::Text)?;
        Ok(fzb::write::write(&tables)?)
    }

    /// Loads a file that nobody vouches for: reads, hashes and checks all of it, and verifies every function.
    ///
    /// # Errors
    /// [`ErrorKind::File`] or [`ErrorKind::Refused`] with the rule that it breaks; [`ErrorKind::Resources`] at the Engine's
    /// bound.
    pub fn load(&self, bytes: impl Into<ModuleBytes>) -> Result<Module, Error> {
        self.add(bytes.into(), Checks::Full, true)
    }

    /// Loads a file that the host trusts to be well meant: checks all of it, but verifies each function when it is first
    /// called. A refusal is then fault verify, for the host only; the function stays refused.
    ///
    /// # Errors
    /// As [`Engine::load`], but for refusals.
    pub fn load_lazy(&self, bytes: impl Into<ModuleBytes>) -> Result<Module, Error> {
        self.add(bytes.into(), Checks::Full, false)
    }

    /// Loads a file by its path: mapped if it lies in the store folder, else read and checked as [`Engine::load`] does.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be read, else as [`Engine::load`].
    pub fn load_file(&self, path: impl AsRef<Path>) -> Result<Module, Error> {
        let path = path.as_ref();
        let io = |error| {
            Error::from(ErrorKind::Io {
                path: path.to_owned(),
                error,
            })
        };
        if let Some(name) = self.0.known.name_in_store(path) {
            let mapped = self.0.known.map(&name).map_err(io)?;
            return self.add(store::bytes_of(mapped), Checks::Known, false);
        }
        let file = File::open(path).map_err(io)?;
        let mapped = Mapped::read(&file, LARGEST_FILE).map_err(io)?;
        self.load(store::bytes_of(mapped))
    }

    /// The module of that hash from the store folder, or one that the Engine holds; `None` if neither has it.
    ///
    /// # Errors
    /// [`ErrorKind::File`] if the file's header or archive is not as it was written.
    pub fn load_known(&self, hash: ModuleHash) -> Result<Option<Module>, Error> {
        if let Some(loaded) = self.0.known.held(hash) {
            return Ok(Some(Module::new(loaded)));
        }
        match self.0.known.map(&Known::name_of(hash)) {
            Ok(mapped) => {
                let module = self.add(store::bytes_of(mapped), Checks::Known, false)?;
                // A file under a wrong name is somebody's mistake, not the module that was asked for.
                Ok((module.hash() == hash).then_some(module))
            }
            Err(_) => Ok(None),
        }
    }

    /// Loads a memory file that is sealed against writing, growing and shrinking: checked in full the first time, mapped
    /// and known from then on.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it is not sealed, else as [`Engine::load`].
    pub fn load_sealed(&self, file: &File) -> Result<Module, Error> {
        let io = |error| {
            Error::from(ErrorKind::Io {
                path: PathBuf::from("memory file"),
                error,
            })
        };
        let identity = store::identity(file).map_err(io)?;
        if let Some(loaded) = identity.and_then(|identity| self.0.known.sealed(identity)) {
            return Ok(Module::new(loaded));
        }
        let mapped = Mapped::sealed(file).map_err(io)?;
        let module = self.load(store::bytes_of(mapped))?;
        // Only if this very mapping is held does the inode stay taken; an equal module may come from elsewhere.
        if let Some(identity) = identity
            && module.loaded.verified
        {
            self.0.known.note_sealed(identity, &module.loaded);
        }
        Ok(module)
    }

    /// Puts a module into the store folder, so that later Engines open it as a known file; its path. All its functions are
    /// verified first if they were not.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be written or there is no store, [`ErrorKind::Refused`].
    pub fn keep(&self, module: &Module) -> Result<PathBuf, Error> {
        if !module.loaded.verified {
            verify_all(module.file())?;
        }
        let path = |error| {
            Error::from(ErrorKind::Io {
                path: PathBuf::from(Known::name_of(module.hash())),
                error,
            })
        };
        self.0
            .known
            .keep(module.hash(), module.bytes())
            .map_err(path)
    }

    /// A World with limits and grants. Its memory is reserved, not committed.
    ///
    /// # Errors
    /// [`ErrorKind::Resources`] if the system has no address space left.
    pub fn world(&self, limits: Limits, capabilities: &[Capability]) -> Result<World, Error> {
        World::new(self, limits, capabilities)
    }

    fn add(&self, bytes: ModuleBytes, checks: Checks, verify: bool) -> Result<Module, Error> {
        let inner = &self.0;
        let bound = || {
            Error::from(ErrorKind::Resources {
                what: "room for another module",
                cause: format!(
                    "the Engine holds at most {} bytes of modules",
                    inner.module_bytes
                ),
            })
        };
        if inner.known.full(bytes.as_slice().len(), inner.module_bytes) {
            return Err(bound());
        }
        let module = fzb::Module::check(bytes, checks)?;
        let held = inner.known.held(module.hash());
        if let Some(loaded) = held.filter(|loaded| loaded.verified || !verify) {
            // The same contents were checked before; only this file's own checks, which it passed, were left to do.
            return Ok(Module::new(loaded));
        }
        if verify {
            verify_all(&module)?;
        }
        let loaded = inner
            .shared
            .add_module(module, verify || checks == Checks::Known)
            .map_err(|NoMemory| ErrorKind::Resources {
                what: "memory for a module",
                cause: "the host has none left".to_owned(),
            })?;
        if !inner.known.note(&loaded, inner.module_bytes) {
            return Err(bound());
        }
        Ok(Module::new(loaded))
    }
}

fn verify_all(module: &fzb::Module) -> Result<(), Error> {
    fzb::verify::module(module).map_err(|refusal| refused(module, refusal))
}

pub(crate) fn refused(module: &fzb::Module, refusal: Refusal) -> Error {
    let id: FuncId = refusal.function;
    let instruction = module
        .function(id)
        .and_then(|function| function.code.get(refusal.offset as usize).copied())
        .and_then(isa::Op::from_byte)
        .map_or_else(String::new, |op| op.info().name.to_owned());
    ErrorKind::Refused {
        function: function_name(module, id),
        refusal,
        instruction,
    }
    .into()
}
