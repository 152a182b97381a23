//! Counters a host can read.

use crate::config::EmergencyPolicy;

/// The emergency part's counters. Bytes unless said otherwise.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct EmergencyStats {
    /// The policy in force, arming included.
    pub policy: EmergencyPolicy,
    /// Held now.
    pub bytes: usize,
    /// The most ever held.
    pub peak: usize,
    /// The bound.
    pub bound: usize,
    /// How often a drawer or run was opened there.
    pub openings: u64,
}

/// A reading of all counters. Bytes unless said otherwise.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// The World's limit.
    pub limit: usize,
    /// Counted against the limit now: trays, ordinary drawers and runs, charges.
    pub used: usize,
    /// The most ever counted.
    pub peak: usize,
    /// The part of `used` that was charged for memory outside the reservation.
    pub charged: usize,
    /// Size of each of the two trays; 0 before the first allocation.
    pub tray: usize,
    /// In the write tray now.
    pub tray_used: usize,
    /// Ordinary and emergency drawers open, runs of large objects included (a number).
    pub drawers: usize,
    /// Large objects (a number).
    pub large: usize,
    /// Put into old drawers and not yet known dead.
    pub old: usize,
    /// Live after the last major collection, young objects not included.
    pub live: usize,
    /// Minor collections (a number).
    pub minors: u64,
    /// Major collections (a number).
    pub majors: u64,
    /// Washes in constant time at the end of a call (a number).
    pub washes: u64,
    /// Ever promoted to old drawers.
    pub promoted: u64,
    /// Ever copied from tray to tray.
    pub copied: u64,
    /// Ever moved out of sparse drawers.
    pub evacuated: u64,
    /// Ever allocated.
    pub allocated: u64,
    /// Minor collections that had to scan all old drawers because the remembered list could not grow (a number).
    pub full_scans: u64,
    /// Passes over drawers because the mark stack could not grow (a number).
    pub rescans: u64,
    /// The most drawers that stood open beyond the limit during an evacuation (a number).
    pub evacuation_peak: usize,
    /// Old objects in the remembered list (a number).
    pub remembered: usize,
    /// The emergency part.
    pub emergency: EmergencyStats,
}
