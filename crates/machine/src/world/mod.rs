//! A World: heap, fibers, module instances, legends, limits and grants of one program (docs/design.md §3).
//!
//! The first fields are what handlers touch; the rest is for slow paths. One World runs on one thread at a time and
//! shares nothing with others but register code.

mod alloc;
mod border;
mod border_types;
mod border_values;
pub(crate) mod call;
mod callable;
mod enter;
pub(crate) mod errors;
mod fibers;
mod growth;
mod instance;
mod names;
mod raise;
pub(crate) mod registers;
mod reporting;
mod roots;
mod runs;
mod settings;
mod trace;
mod typed;
mod unwinding;
mod watched;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use lemari::Lemari;

use crate::engine::Shared;
use crate::fault::Counters;
use crate::fiber::{Fiber, FiberId};
use crate::frame::Frame;
use crate::legend::Legends;
use crate::value::Value;

pub use border::SequenceForm;
pub use border_types::{Border, NamedBorder};
pub use border_values::HostShape;
pub use enter::Step;
pub(crate) use fibers::Sleepers;
pub use fibers::Started;
pub use instance::{Answered, FnSlot, ImportSlot, Instance, InstanceState};
pub use names::Names;
pub use raise::RaisedInfo;
pub use registers::{repr_name, static_tag};
pub use reporting::{Late, TestCount, Warning, WarningSink};
pub(crate) use runs::RunRecord;
pub use runs::{RunId, Schedule, Settle};
pub use settings::{EmergencyMode, Limits};
pub use typed::{TYPED_PARAMS, TypedEntry};
pub(crate) use unwinding::unrecorded;
pub use watched::WrittenCell;

/// Bits of the signal word that other threads set.
pub mod signals {
    /// The host's interrupt.
    pub const INTERRUPT: u32 = 1;
    /// The ticker saw the deadline pass.
    pub const DEADLINE: u32 = 2;
}

/// One isolated program. See the module's page.
#[repr(C)]
pub struct World {
    /// Fuel left; negative between a charge and the stop it causes.
    pub(crate) fuel: i64,
    /// Word that other threads set ([`signals`]); points into `signal_owner`.
    pub(crate) signal: *const AtomicU32,
    /// Frame on top of the running fiber.
    pub(crate) frame: *mut Frame,
    /// One past the last frame that may be used without growing.
    pub(crate) frame_end: *mut Frame,
    /// End of the running fiber's registers.
    pub(crate) regs_end: *mut u64,
    /// The instance whose tables the next four fields point at; `u32::MAX` before the first.
    pub(crate) switched: u32,
    /// Function slots of the running instance.
    pub(crate) slots: *mut FnSlot,
    /// Statics of the running instance.
    pub(crate) statics: *mut Value,
    /// Constants of the running instance, [`Value::HOLE`] where none was made yet.
    pub(crate) constants: *const Value,
    /// Legends of the running instance's record types ([`Instance::records`]).
    pub(crate) records: *const u32,
    /// The memory.
    pub(crate) lemari: Lemari,
    /// Registers of the loop dispatcher between handlers.
    pub(crate) spill_r: *mut u64,
    /// Its integer accumulator.
    pub(crate) spill_int: i64,
    /// Its float accumulator.
    pub(crate) spill_float: f64,
    /// Below this address of native stack handlers surface ([`crate::exec::dispatch::Tail`]).
    pub(crate) native_floor: usize,
    /// Bytes of native stack that they may leave behind before.
    pub(crate) native_room: usize,
    /// Where the run goes on after they did; null if they did not.
    pub(crate) surfaced: *const crate::code::Word,
    /// True: the loop dispatcher; false: tail calls where they exist.
    pub(crate) loop_dispatch: bool,

    /// What all Worlds of the Engine share.
    pub(crate) engine: Arc<Shared>,
    pub(crate) signal_owner: Arc<AtomicU32>,
    /// Number of this World within its Engine; host handles carry it.
    pub(crate) id: u32,
    /// First register of the frame on top, while a slow path runs.
    pub(crate) running_r: *mut u64,
    /// Argument windows that no stack map covers while a call is being set up: word offset in the running fiber's
    /// registers and number of pairs.
    pub(crate) argument_windows: Vec<(u32, u32)>,
    /// All fibers; `None` is free.
    pub(crate) fibers: Vec<Option<Box<Fiber>>>,
    pub(crate) free_fibers: Vec<u32>,
    /// The running fiber.
    pub(crate) current: FiberId,
    pub(crate) live_fibers: u32,
    /// Module instances.
    #[allow(
        clippy::vec_box,
        reason = "handlers hold the address of an instance's slots and statics owner while the vector grows"
    )]
    pub(crate) instances: Vec<Box<Instance>>,
    /// Their numbers, by their modules.
    pub(crate) instance_numbers: std::collections::HashMap<fzb::ModuleHash, u32>,
    pub(crate) legends: Legends,
    pub(crate) names: Names,
    /// Incremented when a watched map changes; guards delegated lookups.
    pub(crate) lookup_epoch: u32,
    /// Keys of the hashes (SipHash).
    pub(crate) hash_key: (u64, u64),
    /// Next identity hash.
    pub(crate) next_id: u32,
    /// Fiber and frame that answered empty on purpose last (rhumb.md D-21).
    pub(crate) answered: (u32, usize),
    /// Next fresh key.
    pub(crate) next_key: u64,
    /// What was raised and not yet delivered.
    pub(crate) raised: Option<RaisedInfo>,
    /// Traces of what handlers caught, newest last, for `rethrow` and finally.
    pub(crate) caught: std::collections::VecDeque<RaisedInfo>,
    /// Roots of slow paths that hold values across allocations.
    pub(crate) temps: Vec<Value>,
    /// Cells that the host watches.
    pub(crate) watched_cells: watched::WatchedCells,
    /// Bytes that count for `temps`.
    pub(crate) temps_charged: usize,
    /// Handles of the host.
    pub(crate) handles: lemari::handles::Handles,
    /// One-scalar ASCII texts, made on first use (tickets, 0 = not yet).
    pub(crate) ascii: Option<Box<[u32; 128]>>,
    /// The World map that everything finally delegates to (policy Rhumb), or empty.
    pub(crate) world_map: Value,
    /// What the run loop left for whoever started it.
    pub(crate) outcome: Outcome,
    /// Result of a call that needed no frame.
    pub(crate) delivered: Value,
    /// Generation of the newest fiber.
    pub(crate) next_generation: u32,
    /// A fiber's routine is being entered: a generator function's body runs instead of making another fiber.
    pub(crate) starting: bool,
    /// Nested host callbacks.
    pub(crate) reentry: u32,
    pub(crate) limits: Limits,
    pub(crate) deadline: Option<std::time::Instant>,
    pub(crate) fuel_granted: u64,
    pub(crate) fuel_slices: bool,
    pub(crate) depth_left: u32,
    pub(crate) counters: Counters,
    pub(crate) grants: crate::host::Grants,
    pub(crate) resources: crate::host::Resources,
    /// The host's own data.
    pub(crate) host_data: Option<Box<dyn std::any::Any + Send>>,
    /// What libraries of host functions keep, by its type.
    pub(crate) host_states: Vec<(std::any::TypeId, Box<dyn std::any::Any + Send>)>,
    /// Standard output and error of the program.
    pub(crate) output: crate::host::Output,
    /// Warnings, test results, words of the locale.
    pub(crate) reporting: reporting::Reporting,
    /// Where spaces live (crate `spaces`), if the Engine has them.
    pub(crate) spaces: Option<Box<dyn crate::space::Spaces>>,
    /// Who is told what is entered.
    pub(crate) tracer: Option<crate::trace::Tracer>,
    /// Takes what happens in spaces.
    pub(crate) space_tracer: Option<crate::space_trace::SpaceTracer>,
    /// Sabotage: collect at every allocation that may.
    pub(crate) collect_always: bool,
    /// Emissions, selectors and schedules.
    pub(crate) emissions: crate::exec::signals::Emissions,
    /// Named arguments that no parameter of the routine about to be entered takes: a map in `temps`.
    pub(crate) named_rest: Option<usize>,
    /// Closed after an internal error: nothing runs any more.
    pub(crate) closed: bool,
}

/// Why the run loop was left.
#[derive(Default)]
pub(crate) enum Outcome {
    /// It was not.
    #[default]
    None,
    /// The barrier frame returned this.
    Returned(Value),
    /// Something was raised that nothing within the barrier takes; `World::raised` holds it.
    Raised,
    /// Fuel of this slice is used up; goes on at the frame on top.
    OutOfFuel,
    /// No fiber can go on until the host wakes one.
    Parked,
}

// SAFETY: a World is used by one thread at a time (`&mut`); its raw pointers lead into memory that it owns (fibers,
// instances, reservation) or that is immutable and shared (register code, the signal word behind its `Arc`).
unsafe impl Send for World {}
