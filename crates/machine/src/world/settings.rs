//! Limits of a World (docs/specs/machine.md §10 "Limit presets").

use std::time::Duration;

/// When the emergency part of the memory may be used (docs/specs/machine.md §8).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EmergencyMode {
    /// Never.
    #[default]
    Off,
    /// After a major collection found no room.
    Automatic,
    /// At once.
    Always,
}

/// What a World may use. Every limit is a fault of its own; `None` means no limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Bytes of memory.
    pub memory: usize,
    /// Bytes of one allocation.
    pub one_allocation: usize,
    /// Bytes of the emergency part.
    pub emergency: usize,
    /// When the emergency part may be used.
    pub emergency_mode: EmergencyMode,
    /// Fuel per call of the host.
    pub fuel: Option<u64>,
    /// Time per call of the host.
    pub deadline: Option<Duration>,
    /// Frames.
    pub depth: u32,
    /// Fibers.
    pub fibers: u32,
    /// Bytes of output.
    pub output: Option<u64>,
    /// Nested host callbacks.
    pub reentry: u32,
}

impl Limits {
    /// The plugin preset with 1 GiB of memory.
    pub fn strict() -> Limits {
        Limits {
            memory: 1 << 30,
            ..Limits::plugin()
        }
    }
    /// A plugin: 64 MiB, 10 M fuel per call, 1 s, 16,384 frames, 1,024 fibers, 1 MiB of output.
    pub fn plugin() -> Limits {
        Limits {
            memory: 64 << 20,
            one_allocation: 100 << 20,
            emergency: 64 << 20,
            emergency_mode: EmergencyMode::Off,
            fuel: Some(10_000_000),
            deadline: Some(Duration::from_secs(1)),
            depth: 16_384,
            fibers: 1_024,
            output: Some(1 << 20),
            reentry: 64,
        }
    }
    /// A program that its user started: 1 GiB, no fuel and time limit, 1,048,576 frames, output without bound.
    pub fn program() -> Limits {
        Limits {
            memory: 1 << 30,
            one_allocation: 1 << 28,
            fuel: None,
            deadline: None,
            depth: 1 << 20,
            fibers: 1_000_000,
            output: None,
            ..Limits::plugin()
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::strict()
    }
}
