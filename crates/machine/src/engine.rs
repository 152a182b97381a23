//! What all Worlds of an Engine share: loaded modules with their register code, host functions, reservations.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use fzb::tables::FuncId;
use fzb::view::{Module, ModuleHash};
use fzb::{Phrase, said};

use crate::code::Code;
use crate::host::HostFunction;
use crate::host_memory::{NoMemory, boxed, covered, fixed};

/// A module as the Engine holds it: verified on load or on first use, translated per function on first call.
pub struct Loaded {
    /// The module.
    pub module: Module,
    /// Register code by function, once translated.
    pub codes: Box<[OnceLock<Box<Code>>]>,
    /// What the verifier said where it refused (lazy loading).
    pub refused: Mutex<HashMap<u32, Phrase>>,
    /// True if all functions were verified at load.
    pub verified: bool,
}

/// Why a function has no register code.
#[derive(Clone, Debug)]
pub enum NoCode {
    /// The verifier or the translator refused it, for good; why.
    Refused(Phrase),
    /// The host has no memory for it now.
    NoMemory,
}

impl Loaded {
    /// The register code of a function, verifying and translating it if this is its first use.
    ///
    /// # Errors
    /// See [`NoCode`].
    pub fn code(
        &self,
        id: FuncId,
        inline: crate::translate::InlineForms<'_>,
    ) -> Result<&Code, NoCode> {
        let Some(slot) = self.codes.get(id.index()) else {
            return Err(NoCode::Refused(fixed(|| {
                said!("function {} does not exist", id.0)
            })));
        };
        if let Some(code) = slot.get() {
            return Ok(code);
        }
        if let Some(why) = self
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id.0)
        {
            return Err(NoCode::Refused(fixed(|| why.clone())));
        }
        let why = match fzb::verify::function(&self.module, id) {
            Ok(verified) => {
                let bytes = crate::translate::memory(&self.module, id, &verified);
                let made = covered(bytes, || {
                    crate::translate::function(&self.module, id, &verified, inline)
                });
                match made {
                    Ok(Ok(code)) => {
                        let code = boxed(code).map_err(|NoMemory| NoCode::NoMemory)?;
                        return Ok(slot.get_or_init(|| code));
                    }
                    Ok(Err(why)) if why.is_empty() => return Err(NoCode::NoMemory),
                    Ok(Err(why)) => why,
                    Err(NoMemory) => return Err(NoCode::NoMemory),
                }
            }
            Err(refusal) if refusal.is_no_memory() => return Err(NoCode::NoMemory),
            Err(refusal) => fixed(|| Phrase::from(&refusal)),
        };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        // Where there is no room to remember it, it is found again.
        if refused.try_reserve(1).is_ok() {
            refused.insert(id.0, fixed(|| why.clone()));
        }
        Err(NoCode::Refused(why))
    }
}

/// What Worlds share.
pub struct Shared {
    pub(crate) modules: RwLock<HashMap<ModuleHash, Arc<Loaded>>>,
    pub(crate) hosts: RwLock<HashMap<String, Arc<HostFunction>>>,
    pub(crate) pools: Mutex<Vec<Arc<lemari::ReservationPool>>>,
    next_world: AtomicU32,
    /// Dispatcher of new Worlds: true for the loop.
    pub loop_dispatch: bool,
    /// Number of Worlds alive.
    pub worlds: AtomicUsize,
}

impl Shared {
    /// An empty Engine.
    pub fn new(loop_dispatch: bool) -> Arc<Shared> {
        Arc::new(Shared {
            modules: RwLock::default(),
            hosts: RwLock::default(),
            pools: Mutex::default(),
            next_world: AtomicU32::new(1),
            loop_dispatch,
            worlds: AtomicUsize::new(0),
        })
    }

    /// Number of the next World; never 0.
    pub(crate) fn world_number(&self) -> u32 {
        self.next_world.fetch_add(1, Ordering::Relaxed).max(1)
    }

    /// Keys of a World's hashes: from the process's random state, different for each World.
    pub(crate) fn hash_key(&self, world: u32) -> (u64, u64) {
        use std::hash::{BuildHasher, RandomState};
        static KEYS: OnceLock<RandomState> = OnceLock::new();
        let keys = KEYS.get_or_init(RandomState::new);
        (keys.hash_one((world, 0u8)), keys.hash_one((world, 1u8)))
    }

    /// The pool of reservations of a size.
    pub(crate) fn pool(&self, bytes: usize) -> Arc<lemari::ReservationPool> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.iter().find(|pool| pool.bytes() == bytes) {
            return pool.clone();
        }
        let pool = Arc::new(lemari::ReservationPool::new(bytes, 1024));
        pools.push(pool.clone());
        pool
    }

    /// Adds a module that was checked; `verified` says that every function was verified. The same file twice is one.
    ///
    /// # Errors
    /// If the host has no memory for its tables.
    pub fn add_module(&self, module: Module, verified: bool) -> Result<Arc<Loaded>, NoMemory> {
        let mut modules = self.modules.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = modules.get(&module.hash()) {
            return Ok(loaded.clone());
        }
        let count = module.functions() as usize;
        let mut codes = Vec::new();
        codes.try_reserve_exact(count).map_err(|_| NoMemory)?;
        codes.resize_with(count, OnceLock::new);
        modules.try_reserve(1).map_err(|_| NoMemory)?;
        let hash = module.hash();
        let loaded = Loaded {
            codes: codes.into_boxed_slice(),
            module,
            refused: Mutex::default(),
            verified,
        };
        let loaded = fixed(|| Arc::new(loaded));
        modules.insert(hash, loaded.clone());
        Ok(loaded)
    }

    /// The module of that name that was loaded last.
    pub fn module_named(&self, name: &str) -> Option<Arc<Loaded>> {
        let modules = self.modules.read().unwrap_or_else(PoisonError::into_inner);
        modules
            .values()
            .find(|loaded| loaded.module.module_name() == name)
            .cloned()
    }

    /// Registers a host function under its name; a later one replaces an earlier one for modules linked after it.
    pub fn register(&self, function: HostFunction) {
        self.hosts
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(function.name.clone(), Arc::new(function));
    }

    /// The host function of that name.
    pub fn host(&self, name: &str) -> Option<Arc<HostFunction>> {
        self.hosts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// All host functions, by name.
    pub fn all_hosts(&self) -> Vec<Arc<HostFunction>> {
        let mut all: Vec<_> = self
            .hosts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }
}
