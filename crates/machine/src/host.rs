//! The host's side: functions that it offers, grants, resources and output (docs/design.md §8).

use fzb::tables::TypeId;

use crate::fault::{Fault, Raise};
use crate::value::Value;
use crate::world::World;

/// A host function's signature and body. The body gets the arguments as tagged values that stay rooted while it runs.
pub struct HostFunction {
    /// Name under which modules import it, e.g. `console.write`.
    pub name: String,
    /// Types of the parameters: basic types of [`TypeId`].
    pub params: Vec<TypeId>,
    /// Type of the result.
    pub result: TypeId,
    /// What it answers, if that is more than the result's type says: a module's own types are made of it
    /// ([`World::as_described`]).
    pub gives: Option<crate::world::Border>,
    /// Names of the parameters, for documentation; may be empty.
    pub names: Vec<String>,
    /// Capabilities that an importing module must be granted.
    pub caps: Vec<String>,
    /// One line of documentation.
    pub doc: String,
    /// Fuel that a call costs, at least 4.
    pub cost: u32,
    /// An intrinsic that does the same, which the translator puts in its place.
    pub inline: Option<isa::Intrinsic>,
    /// The body.
    pub call: HostBody,
}

/// The body of a host function.
pub type HostBody = Box<dyn Fn(&mut World, &[Value]) -> Result<Answer, HostError> + Send + Sync>;

/// What a host function answers.
pub enum Answer {
    /// A value.
    Value(Value),
    /// The fiber is parked until the host wakes it with this token.
    Pending(u64),
}

/// Why a host function failed.
#[derive(Debug)]
pub enum HostError {
    /// It failed: the message names the cause; the machine adds the function's name. Fault `host` unless it says else.
    Failed {
        /// Which fault.
        fault: Fault,
        /// The cause.
        message: String,
    },
    /// It failed with a code of its own and data for the handler.
    Coded {
        /// Which fault.
        fault: Fault,
        /// Rhumb's code (docs/specs/rhumb.md §3.20), 256 to 999: below lie the numbers of faults.
        code: u16,
        /// The cause.
        message: String,
        /// Data for the handler; current until the next allocation.
        data: Value,
    },
    /// Something was raised in the World (by a callback, by an allocation).
    Raised(crate::fault::Raised),
}

impl HostError {
    /// Fault `host` with a message.
    pub fn new(message: impl Into<String>) -> HostError {
        HostError::Failed {
            fault: Fault::Host,
            message: message.into(),
        }
    }
}

impl From<crate::fault::Raised> for HostError {
    fn from(raised: crate::fault::Raised) -> HostError {
        HostError::Raised(raised)
    }
}

/// Capabilities granted to a World, by name; `name=value` grants a part.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    names: Vec<String>,
    all: bool,
}

impl Grants {
    /// Nothing.
    pub fn none() -> Grants {
        Grants::default()
    }
    /// Everything.
    pub fn all() -> Grants {
        Grants {
            names: Vec::new(),
            all: true,
        }
    }
    /// Adds a capability.
    pub fn grant(&mut self, name: impl Into<String>) {
        self.names.push(name.into());
    }
    /// Takes a capability away; a module linked before may still hold it until its next call.
    pub fn revoke(&mut self, name: &str) {
        self.all = false;
        self.names
            .retain(|granted| granted != name && granted.split('=').next() != Some(name));
    }
    /// True if a capability of that name was granted, whole or in part.
    pub fn has(&self, name: &str) -> bool {
        self.all
            || self
                .names
                .iter()
                .any(|granted| granted == name || granted.split('=').next() == Some(name))
    }
    /// The parts for which a capability was granted (`fs-read=DIR` gives DIR); `None` if it was granted whole.
    pub fn parts(&self, name: &str) -> Option<Vec<&str>> {
        if self.all || self.names.iter().any(|granted| granted == name) {
            return None;
        }
        Some(
            self.names
                .iter()
                .filter_map(|granted| granted.strip_prefix(name)?.strip_prefix('='))
                .collect(),
        )
    }
}

/// One host resource: closed, listed and revoked by the host; guest code holds {slot, generation} (machine.md Deviations).
pub struct Resource {
    /// Type's number, as in the value's aux.
    pub kind: u32,
    /// What programs see of it, e.g. the name of a file; empty for nothing.
    pub name: String,
    /// What the host keeps.
    pub data: Box<dyn std::any::Any + Send>,
}

/// The World's resource table.
#[derive(Default)]
pub struct Resources {
    slots: Vec<(u32, Option<Resource>)>,
    free: Vec<u32>,
}

impl Resources {
    /// Adds a resource; its value.
    pub fn open(&mut self, resource: Resource) -> Option<Value> {
        let kind = resource.kind;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.try_reserve(1).ok()?;
                self.slots.push((1, None));
                (self.slots.len() - 1) as u32
            }
        };
        let entry = self.slots.get_mut(slot as usize)?;
        entry.1 = Some(resource);
        Some(Value::new(
            crate::value::Kind::Resource,
            0,
            kind,
            u64::from(slot) | u64::from(entry.0) << 32,
        ))
    }
    /// The resource that a value names, if it is open.
    pub fn get(&mut self, value: Value) -> Option<&mut Resource> {
        if value.kind() != crate::value::Kind::Resource {
            return None;
        }
        let (generation, resource) = self.slots.get_mut(value.payload as u32 as usize)?;
        if *generation != (value.payload >> 32) as u32 {
            return None;
        }
        resource
            .as_mut()
            .filter(|resource| resource.kind == value.aux())
    }
    /// The name of the resource that a value names; empty if it is closed or has none.
    pub fn name(&self, value: Value) -> &str {
        let entry = self.slots.get(value.payload as u32 as usize);
        match entry {
            Some((generation, Some(resource))) if *generation == (value.payload >> 32) as u32 => {
                &resource.name
            }
            _ => "",
        }
    }
    /// The open resource of that kind whose data fits.
    pub fn find(&self, kind: u32, fits: impl Fn(&dyn std::any::Any) -> bool) -> Option<Value> {
        let fitting = |(_, resource): &(u32, Option<Resource>)| {
            resource
                .as_ref()
                .is_some_and(|resource| resource.kind == kind && fits(&*resource.data))
        };
        let slot = self.slots.iter().position(fitting)?;
        let (generation, _) = self.slots.get(slot)?;
        Some(Value::new(
            crate::value::Kind::Resource,
            0,
            kind,
            slot as u64 | u64::from(*generation) << 32,
        ))
    }
    /// Closes a resource; true if it was open.
    pub fn close(&mut self, value: Value) -> bool {
        if self.get(value).is_none() {
            return false;
        }
        let slot = value.payload as u32;
        if let Some(entry) = self.slots.get_mut(slot as usize) {
            entry.0 = entry.0.wrapping_add(1);
            entry.1 = None;
            if self.free.try_reserve(1).is_ok() {
                self.free.push(slot);
            }
        }
        true
    }
}

/// Which stream a program writes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Takes what a program writes.
pub type Sink = Box<dyn FnMut(Stream, &[u8]) -> std::io::Result<()> + Send>;

/// Where output goes and how much of it there may be.
pub struct Output {
    /// Takes what is written. An error is fault host.
    pub sink: Sink,
    /// Bytes that may still be written; `None` for no limit.
    pub left: Option<u64>,
}

impl World {
    /// Writes for the program; counts against the output limit (fault output).
    pub fn write_output(&mut self, stream: Stream, bytes: &[u8]) -> Raise<()> {
        if let Some(left) = self.output.left {
            let Some(left) = left.checked_sub(bytes.len() as u64) else {
                return Err(self.fault(Fault::Output, "the output limit is reached"));
            };
            self.output.left = Some(left);
        }
        self.counters.output += bytes.len() as u64;
        match (self.output.sink)(stream, bytes) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fault_args(Fault::Host, format_args!("output failed: {error}"))),
        }
    }
}
