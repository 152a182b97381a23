//! What a host decides about one World's memory, and how memory can be refused.

use crate::ticket::{DRAWER, GRANULE, TRAY_MAX};
use std::fmt;

/// When emergency drawers may be opened (docs/specs/machine.md §8, "Triggers").
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum EmergencyPolicy {
    /// Never: an allocation past the limit is refused.
    #[default]
    Off,
    /// When even a major collection left no room.
    Automatic,
    /// At the limit at once, without the major collection first.
    Always,
}

/// Settings of one Lemari. All sizes in bytes.
#[derive(Copy, Clone, Debug)]
pub struct Config {
    /// The World's limit: trays, old drawers and everything charged to the meter. At least two trays.
    pub limit: usize,
    /// The most that emergency drawers may hold together, on top of the limit.
    pub emergency_bound: usize,
    /// When emergency drawers may be opened.
    pub emergency: EmergencyPolicy,
    /// The largest single allocation; 0 = a quarter of the limit.
    pub one_allocation: usize,
    /// Size of each tray at first, 1 KiB to 4 MiB; rounded up to granules.
    pub tray: usize,
    /// Size up to which trays are doubled while much survives, at most 4 MiB; also never more than an eighth
    /// of the limit each, so that growing trays cannot eat the room they promote into.
    pub tray_max: usize,
    /// Old bytes below which no major collection starts by itself.
    pub major_floor: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            limit: 1 << 30,
            emergency_bound: 64 << 20,
            emergency: EmergencyPolicy::Off,
            one_allocation: 0,
            tray: 64 << 10,
            tray_max: TRAY_MAX,
            major_floor: 4 << 20,
        }
    }
}

impl Config {
    /// The bytes of address space a reservation needs for these settings (docs/specs/machine.md §8, "Reservation").
    pub fn reservation_bytes(&self) -> usize {
        let drawers = self
            .ordinary_drawers()
            .saturating_add(self.emergency_drawers())
            .saturating_add(1);
        drawers.saturating_mul(DRAWER).saturating_add(2 * TRAY_MAX)
    }
    /// Drawers of the evacuation reserve: a sixteenth of the limit, at least 8.
    pub(crate) fn reserve_drawers(&self) -> usize {
        (self.limit / 16 / DRAWER).max(8)
    }
    /// Places for old drawers: those up to the limit, and the reserve.
    pub(crate) fn ordinary_drawers(&self) -> usize {
        (self.limit / DRAWER)
            .saturating_add(1)
            .saturating_add(self.reserve_drawers())
    }
    pub(crate) fn emergency_drawers(&self) -> usize {
        self.emergency_bound / DRAWER
    }
    pub(crate) fn checked(mut self) -> Result<Config, MemError> {
        let round = |bytes: usize| bytes.saturating_add(GRANULE - 1) & !(GRANULE - 1);
        self.tray = round(self.tray.clamp(1024, TRAY_MAX));
        self.tray_max = round(self.tray_max.clamp(self.tray, TRAY_MAX));
        if self.one_allocation == 0 {
            self.one_allocation = self.limit / 4;
        }
        if self.limit < 2 * self.tray {
            return Err(MemError::Settings("the limit is smaller than two trays"));
        }
        if self.reservation_bytes() > (1usize << 32).saturating_mul(GRANULE) {
            return Err(MemError::Settings(
                "limit and emergency bound exceed 64 GiB of tickets",
            ));
        }
        Ok(self)
    }
}

/// Why memory was refused. The machine turns all but `Settings` and `Reservation` into fault mem.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum MemError {
    /// The World's limit (and the emergency bound, if its policy applied) is reached. Bytes.
    Limit {
        /// What was asked for.
        asked: usize,
        /// What is in use.
        used: usize,
        /// The limit.
        limit: usize,
    },
    /// One allocation larger than allowed. Bytes.
    OneAllocation {
        /// What was asked for.
        asked: usize,
        /// The bound.
        bound: usize,
    },
    /// The operating system or the host's allocator refused (or the sabotage switch said so).
    Host,
    /// The reservation is too small for these settings. Bytes.
    Reservation {
        /// What the settings need.
        needed: usize,
        /// What the reservation has.
        has: usize,
    },
    /// Settings that contradict each other.
    Settings(&'static str),
}

impl fmt::Display for MemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MemError::Limit { asked, used, limit } => {
                write!(
                    f,
                    "memory limit: {asked} bytes asked for, {used} of {limit} in use"
                )
            }
            MemError::OneAllocation { asked, bound } => {
                write!(f, "one allocation of {asked} bytes is larger than {bound}")
            }
            MemError::Host => f.write_str("the host refused memory"),
            MemError::Reservation { needed, has } => {
                write!(
                    f,
                    "reservation of {has} bytes is smaller than the {needed} needed"
                )
            }
            MemError::Settings(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for MemError {}

/// Collections forced by the sabotage switch.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum ForcedCollection {
    /// None.
    #[default]
    None,
    /// A minor collection at every `make_room`.
    Minor,
    /// A major collection at every `make_room`.
    Major,
}

/// The sabotage switch: makes rare events frequent, for tests. While any field is set, every allocation goes
/// through `make_room`.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Sabotage {
    /// Fail the n-th fallible step from now on, counted from 1; 0 = none. Steps are allocations, openings of
    /// drawers and trays, and growths of lists, the mark stack and the meter.
    pub fail_at: u64,
    /// Fail all steps from `fail_at` on, not only that one.
    pub and_after: bool,
    /// Collections to force.
    pub collect: ForcedCollection,
    /// Fill a washed tray with 0x1F (a kind that does not exist), so that a forgotten root shows.
    pub poison: bool,
}

impl Sabotage {
    pub(crate) fn is_on(&self) -> bool {
        *self != Sabotage::default()
    }
}
