//! What all Worlds of an Engine share: loaded modules with their register code, host functions, reservations.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use fzb::tables::FuncId;
use fzb::view::{Module, ModuleHash};

use crate::code::Code;
use crate::host::HostFunction;

/// A module as the Engine holds it: verified on load or on first use, translated per function on first call.
pub struct Loaded {
    /// The module.
    pub module: Module,
    /// Register code by function, once translated.
    pub codes: Box<[OnceLock<Arc<Code>>]>,
    /// What the verifier said where it refused (lazy loading).
    pub refused: Mutex<HashMap<u32, String>>,
    /// True if all functions were verified at load.
    pub verified: bool,
}

impl Loaded {
    /// The register code of a function, verifying and translating it if this is its first use.
    pub fn code(
        &self,
        id: FuncId,
        inline: crate::translate::InlineForms<'_>,
    ) -> Result<Arc<Code>, String> {
        let slot = self
            .codes
            .get(id.index())
            .ok_or_else(|| format!("function {} does not exist", id.0))?;
        if let Some(code) = slot.get() {
            return Ok(code.clone());
        }
        if let Some(why) = self
            .refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id.0)
        {
            return Err(why.clone());
        }
        let made = fzb::verify::function(&self.module, id)
            .map_err(|refusal| refusal.to_string())
            .and_then(|verified| crate::translate::function(&self.module, id, &verified, inline));
        match made {
            Ok(code) => Ok(slot.get_or_init(|| Arc::new(code)).clone()),
            Err(why) => {
                self.refused
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(id.0, why.clone());
                Err(why)
            }
        }
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
    pub fn add_module(&self, module: Module, verified: bool) -> Arc<Loaded> {
        let mut modules = self.modules.write().unwrap_or_else(PoisonError::into_inner);
        modules
            .entry(module.hash())
            .or_insert_with(|| {
                let count = module.functions() as usize;
                Arc::new(Loaded {
                    codes: (0..count).map(|_| OnceLock::new()).collect(),
                    module,
                    refused: Mutex::default(),
                    verified,
                })
            })
            .clone()
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
