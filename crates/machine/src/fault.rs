//! Faults on their way: what was raised, and what the host gets (docs/specs/machine.md §7).

pub use isa::Fault;

/// Proof that the World holds something raised: the error type of everything that may fault. It carries nothing, so
/// that raising allocates nothing; [`crate::world::World::raise`] takes it.
#[derive(Debug)]
#[must_use]
pub struct Raised(pub(crate) ());

/// Result of an operation that may raise.
pub type Raise<T> = Result<T, Raised>;

/// A place in a trace. Names have at most 256 bytes, and none where the host has no memory for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceFrame {
    /// Function's name, or `#n`.
    pub function: String,
    /// Module's name.
    pub module: String,
    /// Source file, if the debug section tells.
    pub file: Option<String>,
    /// Line, 1-based; 0 if unknown.
    pub line: u32,
    /// Column, 1-based; 0 if unknown.
    pub column: u32,
    /// Offset in the function's file code.
    pub pc: u32,
    /// Language of the function.
    pub lang: fzb::tables::Lang,
}

/// The World's counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Fuel used since the World was made.
    pub fuel_used: u64,
    /// Bytes that count against the memory limit now.
    pub memory: usize,
    /// The most that ever counted.
    pub memory_peak: usize,
    /// Bytes allocated in all.
    pub allocated: u64,
    /// Collections of the trays.
    pub minor_collections: u64,
    /// Collections of everything.
    pub major_collections: u64,
    /// Washes in constant time.
    pub washes: u64,
    /// Host functions called.
    pub host_calls: u64,
    /// Deepest call depth reached.
    pub max_depth: u32,
    /// Fibers made.
    pub fibers: u64,
    /// Bytes of output.
    pub output: u64,
    /// Faults that reached the host.
    pub faults: u64,
}

/// What the host gets when a run ends badly.
#[derive(Clone, Debug)]
pub struct FaultReport {
    /// Which fault.
    pub fault: Fault,
    /// Message, in English or as the program gave it; its first 4 KiB.
    pub message: String,
    /// The message as words that have translations, where the machine said it with such and no program changed it.
    pub words: Option<Box<fzb::Phrase>>,
    /// Innermost first; at most 64 inner and 64 outer frames.
    pub trace: Vec<TraceFrame>,
    /// Frames left out between them.
    pub omitted: u32,
    /// Counters when it was raised.
    pub counters: Counters,
    /// What Rhumb knows of it, if a function of Rhumb raised it and a program could have caught it.
    pub panic: Option<Box<Panic>>,
}

/// An error `#***(code; msg; data)` of Rhumb that nobody caught (docs/specs/rhumb.md §3.20, §5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// Its code: 400 to 999, or a library's own from 1000 on.
    pub code: i64,
    /// Its message, as the report's without `panic: ` before it.
    pub message: String,
    /// Canonical text of its data.
    pub data: String,
}

impl std::fmt::Display for FaultReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.fault.code(),
            self.fault.name(),
            self.message
        )
    }
}
impl std::error::Error for FaultReport {}
