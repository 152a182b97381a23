//! Module instances: statics, link table and caches of one module in one World (docs/specs/machine.md §9).

use std::sync::Arc;

use fzb::tables::{FuncId, ImportKind, NameId, StaticId, TypeId, TypedefId};
use fzb::view::{Module, ModuleHash};

use crate::cache::Cache;
use crate::code::Code;
use crate::engine::{Loaded, NoCode};
use crate::fault::{Fault, Raise};
use crate::host::HostFunction;
use crate::host_memory::boxed;
use crate::value::Value;
use crate::world::World;

/// What calls of a function go through: its code once translated, its caches once it ran here.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct FnSlot {
    /// Null until the first call in this World.
    pub code: *const Code,
    /// One entry per site; null if it has none.
    pub caches: *mut Cache,
}

/// A bound import.
pub enum ImportSlot {
    /// A host function, whose capabilities were granted when it was bound, and what its answers become.
    Host(Arc<HostFunction>, Answered),
    /// A function of another module instance.
    Function {
        /// The instance.
        instance: u32,
        /// Function in its module.
        function: FuncId,
    },
    /// A whole module: `load_module`.
    Module {
        /// The instance, once made.
        instance: Option<u32>,
    },
    /// An optional import of a host function without the grant that it needs; calling it is fault cap.
    Denied {
        /// The host function.
        host: Arc<HostFunction>,
        /// Which of its capabilities is missing.
        capability: usize,
    },
    /// An optional import that nothing provides; calling it is fault import.
    Missing,
}

/// What a host function's answers become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answered {
    /// They are what the module wants.
    AsTheyAre,
    /// Values of a type that the module declares and hosts do not know ([`World::as_declared`]).
    Declared(TypeId),
    /// Values as the host describes them, for a module that says nothing of them ([`World::as_described`]).
    Described,
}

/// How far an instance has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InstanceState {
    /// Linked; its entry has not run.
    Linked,
    /// Its entry is running.
    Entering,
    /// Its entry has run.
    Ready,
    /// Its entry failed.
    Failed,
}

/// A module instance.
pub struct Instance {
    /// The module and its code.
    pub loaded: Arc<Loaded>,
    /// Function slots, by function.
    pub slots: Vec<FnSlot>,
    /// Statics; a hole is not set yet.
    pub statics: Vec<Value>,
    /// True while a static may hold a young value.
    pub dirty: bool,
    /// Frozen bits of statics (policy Rhumb).
    pub frozen: Vec<u64>,
    /// Imports.
    pub imports: Vec<ImportSlot>,
    /// World names by the module's names, + 1; 0 is not looked up yet.
    pub names: Vec<u32>,
    /// Constants as values once used; holes until then. Roots.
    pub constants: Vec<Value>,
    /// Legends of its records by typedef; [`crate::legend::NONE`] for what is no record and what was not made yet.
    pub records: Vec<u32>,
    /// How far it has come.
    pub state: InstanceState,
    /// Result of the entry.
    pub result: Value,
    /// Export map, once asked for; empty until then.
    pub exports: Value,
    /// Cache arrays, by function; owned.
    pub caches: Vec<Box<[Cache]>>,
    /// Type definitions that are the host's by name, as far as they were looked for; an empty name is the union of options.
    pub described: Vec<(String, Option<TypedefId>)>,
}

impl World {
    /// The running frame's instance.
    pub(crate) fn instance(&self) -> &Instance {
        // SAFETY: a frame of the running fiber names an instance that exists as long as the World.
        let index = unsafe { (*self.frame).instance as usize };
        &self.instances[index]
    }

    /// The running frame's instance, to change.
    pub(crate) fn instance_mut(&mut self) -> &mut Instance {
        // SAFETY: as above.
        let index = unsafe { (*self.frame).instance as usize };
        &mut self.instances[index]
    }

    /// The running frame's module.
    pub(crate) fn module(&self) -> Module {
        self.instance().loaded.module.clone()
    }

    /// The World's number of a name of the running module.
    pub(crate) fn name(&mut self, name: u32) -> Raise<u32> {
        // SAFETY: as above.
        let instance = unsafe { (*self.frame).instance };
        self.name_in(instance, name)
    }

    /// The World's number of a name of an instance's module.
    #[inline]
    pub(crate) fn name_in(&mut self, instance: u32, name: u32) -> Raise<u32> {
        let names = self.instances.get(instance as usize).map(|it| &it.names);
        match names.and_then(|names| names.get(name as usize)) {
            Some(&known) if known != 0 => Ok(known - 1),
            _ => self.name_met(instance, name),
        }
    }

    /// The World's number of a name of the running frame's module, if it was asked for before.
    #[inline]
    pub(crate) fn known_name_of(&self, name: u32) -> Option<u32> {
        // SAFETY: as above.
        let instance = unsafe { (*self.frame).instance };
        let names = &self.instances.get(instance as usize)?.names;
        names.get(name as usize)?.checked_sub(1)
    }

    /// [`World::name_in`] of a name that was not asked for before.
    #[cold]
    fn name_met(&mut self, instance: u32, name: u32) -> Raise<u32> {
        let module = self.instances[instance as usize].loaded.module.clone();
        let Some(text) = module.name(NameId(name)) else {
            return Err(self.fault(Fault::Internal, "a name that does not exist"));
        };
        let id = self.intern(text)?;
        let names = &mut self.instances[instance as usize].names;
        if names.is_empty() {
            let count = module.names() as usize;
            self.charge(count * size_of::<u32>())?;
            let names = &mut self.instances[instance as usize].names;
            if names.try_reserve_exact(count).is_ok() {
                names.resize(count, 0);
            }
        }
        if let Some(slot) = self.instances[instance as usize]
            .names
            .get_mut(name as usize)
        {
            *slot = id + 1;
        }
        Ok(id)
    }

    /// The instance of a loaded module: made and linked on first use; its entry does not run here.
    pub fn instantiate_module(&mut self, loaded: &Arc<Loaded>) -> Raise<u32> {
        let hash: ModuleHash = loaded.module.hash();
        if let Some(index) = self.instance_numbers.get(&hash) {
            return Ok(*index);
        }
        let module = &loaded.module;
        let (functions, statics) = (module.functions() as usize, module.statics() as usize);
        let imports = module.imports() as usize;
        let constants = module.constants() as usize;
        let typedefs = module.typedefs() as usize;
        let bytes = size_of::<Instance>()
            + functions * size_of::<FnSlot>()
            + statics * 16
            + imports * 24
            + constants * 16
            + typedefs * size_of::<u32>();
        self.charge(bytes)?;
        let made = boxed(Instance {
            loaded: loaded.clone(),
            slots: Vec::new(),
            statics: Vec::new(),
            dirty: false,
            frozen: Vec::new(),
            imports: Vec::new(),
            described: Vec::new(),
            names: Vec::new(),
            constants: Vec::new(),
            records: Vec::new(),
            state: InstanceState::Linked,
            result: Value::EMPTY,
            exports: Value::EMPTY,
            caches: Vec::new(),
        });
        let Ok(mut instance) = made else {
            return Err(self.no_host_memory());
        };
        let reserved = instance.slots.try_reserve_exact(functions).is_ok()
            && instance.statics.try_reserve_exact(statics).is_ok()
            && instance.imports.try_reserve_exact(imports).is_ok()
            && instance.constants.try_reserve_exact(constants).is_ok()
            && instance.records.try_reserve_exact(typedefs).is_ok()
            && self.instances.try_reserve(1).is_ok()
            && self.instance_numbers.try_reserve(1).is_ok();
        if !reserved {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        instance.slots.resize(
            functions,
            FnSlot {
                code: std::ptr::null(),
                caches: std::ptr::null_mut(),
            },
        );
        instance.constants.resize(constants, Value::HOLE);
        instance.records.resize(typedefs, crate::legend::NONE);
        for id in 0..statics as u32 {
            let typed = module
                .static_(StaticId(id))
                .and_then(|record| module.repr(record.ty))
                .is_some_and(|repr| !repr.is_dyn());
            instance
                .statics
                .push(if typed { Value::HOLE } else { Value::EMPTY });
        }
        for id in 0..imports as u32 {
            let slot = self.bind_import(module, id)?;
            instance.imports.push(slot);
        }
        let number = self.instances.len() as u32;
        self.instances.push(instance);
        self.instance_numbers.insert(hash, number);
        Ok(number)
    }

    fn bind_import(&mut self, module: &Module, id: u32) -> Raise<ImportSlot> {
        let Some(import) = module.import(fzb::tables::ImportId(id)) else {
            return Err(self.fault(Fault::Import, "an import that does not exist"));
        };
        let name = import
            .name
            .and_then(|name| module.name(name))
            .unwrap_or_default();
        match import.kind {
            ImportKind::Host => {
                let Some(host) = self.engine.host(name) else {
                    if import.optional {
                        return Ok(ImportSlot::Missing);
                    }
                    return Err(self.fault_args(
                        Fault::Import,
                        format_args!("no host function is called {name}"),
                    ));
                };
                let declared = import.params.iter().map(TypeId);
                // Arguments and results cross the border as tagged values, each checked where it is read: a side that
                // says `dyn` fits every type of the other.
                let dynamic = |ty: TypeId| module.repr(ty).is_some_and(|repr| repr.is_dyn());
                let same = |a: TypeId, b: TypeId| {
                    module.repr(a) == module.repr(b) || dynamic(a) || dynamic(b)
                };
                let fits = import.params.len() as usize == host.params.len()
                    && declared.zip(&host.params).all(|(a, b)| same(a, *b))
                    && same(import.result, host.result);
                if !fits {
                    return Err(self.fault_args(
                        Fault::Import,
                        format_args!("the signature of {name} differs from the host's"),
                    ));
                }
                for (capability, cap) in host.caps.iter().enumerate() {
                    if !self.grants.has(cap) {
                        if import.optional {
                            return Ok(ImportSlot::Denied {
                                host: host.clone(),
                                capability,
                            });
                        }
                        return Err(self.fault_args(
                            Fault::Cap,
                            format_args!("{name} needs the capability {cap}, which is not granted"),
                        ));
                    }
                }
                let answered = if host.result != TypeId::DYN {
                    Answered::AsTheyAre
                } else if super::border_types::is_declared(module, import.result) {
                    Answered::Declared(import.result)
                } else if host.gives.is_some() && dynamic(import.result) {
                    Answered::Described
                } else {
                    Answered::AsTheyAre
                };
                Ok(ImportSlot::Host(host, answered))
            }
            ImportKind::Function => {
                let from = import
                    .module
                    .and_then(|name| module.name(name))
                    .unwrap_or_default();
                let Some(loaded) = self.engine.module_named(from) else {
                    if import.optional {
                        return Ok(ImportSlot::Missing);
                    }
                    return Err(
                        self.fault_args(Fault::Import, format_args!("no module is called {from}"))
                    );
                };
                let target = &loaded.module;
                let export = target.find_export(name).and_then(|id| target.export(id));
                let Some(function) = export.and_then(|export| match export.target {
                    fzb::view::ExportTarget::Function(function) => Some(function),
                    fzb::view::ExportTarget::Static(_) => None,
                }) else {
                    return Err(self.fault_args(
                        Fault::Import,
                        format_args!("the module {from} exports no function {name}"),
                    ));
                };
                let Some(record) = target.function(function) else {
                    return Err(self.fault(Fault::Import, "an export without a function"));
                };
                let params = import.params.len();
                let fits = params == record.params
                    && import
                        .params
                        .iter()
                        .map(TypeId)
                        .zip(record.param_types())
                        .all(|(a, b)| module.repr(a) == target.repr(b))
                    && module.repr(import.result) == target.repr(record.result);
                if !fits {
                    return Err(self.fault_args(
                        Fault::Import,
                        format_args!("the signature of {from}.{name} differs"),
                    ));
                }
                let instance = self.instantiate_module(&loaded)?;
                Ok(ImportSlot::Function { instance, function })
            }
            ImportKind::Module => Ok(ImportSlot::Module { instance: None }),
        }
    }

    /// The code of a function of an instance, with its slot filled: verified and translated on first use.
    pub(crate) fn function_slot(&mut self, instance: u32, function: u32) -> Raise<*mut FnSlot> {
        let Some(entry) = self.instances.get_mut(instance as usize) else {
            return Err(self.fault(Fault::Internal, "an instance that does not exist"));
        };
        let Some(slot) = entry.slots.get_mut(function as usize) else {
            return Err(self.fault(Fault::Internal, "a function that does not exist"));
        };
        if !slot.code.is_null() {
            return Ok(slot);
        }
        let engine = self.engine.clone();
        let inline = |name: &str| {
            engine
                .host(name)
                .filter(|host| host.caps.is_empty())
                .and_then(|host| host.inline)
        };
        let loaded = entry.loaded.clone();
        let code = match loaded.code(FuncId(function), &inline) {
            Ok(code) => code,
            Err(NoCode::Refused(why)) => {
                return Err(self.fault_words(Fault::Verify, why));
            }
            Err(NoCode::NoMemory) => return Err(self.no_host_memory()),
        };
        // A World pays for the code that it uses, whoever had it translated first.
        self.charge(code.sites as usize * size_of::<Cache>() + code.bytes())?;
        let entry = &mut self.instances[instance as usize];
        let mut caches: Vec<Cache> = Vec::new();
        if caches.try_reserve_exact(code.sites as usize).is_err()
            || entry.caches.try_reserve(1).is_err()
        {
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        caches.resize(code.sites as usize, Cache::default());
        let entry = &mut self.instances[instance as usize];
        entry.caches.push(caches.into_boxed_slice());
        let array = entry
            .caches
            .last_mut()
            .map_or(std::ptr::null_mut(), |array| array.as_mut_ptr());
        let slot = &mut entry.slots[function as usize];
        // The instance holds the module, which holds the code.
        slot.code = code;
        slot.caches = array;
        Ok(slot)
    }

    /// Makes an instance the running one for handlers.
    #[inline]
    pub(crate) fn switch_instance(&mut self, instance: u32) {
        if self.switched == instance {
            return;
        }
        self.switched = instance;
        let entry = &mut self.instances[instance as usize];
        self.slots = entry.slots.as_mut_ptr();
        self.statics = entry.statics.as_mut_ptr();
        self.constants = entry.constants.as_ptr();
        self.records = entry.records.as_ptr();
    }
}
