//! The one meter of a World, its emergency switches, the sabotage switch, and the counters.

use crate::config::{EmergencyPolicy, MemError, Sabotage};
use crate::cupboard::Lemari;
use crate::pauses::Pauses;
use crate::roots::Roots;
use crate::stats::{EmergencyStats, Stats};

impl Lemari {
    /// Counts `bytes` of memory outside the reservation (register stacks, tables) against the limit.
    pub fn charge(&mut self, bytes: usize) -> Result<(), MemError> {
        if !self.step() {
            return Err(MemError::Host);
        }
        if bytes > self.config.limit.saturating_sub(self.used) {
            return Err(self.at_limit(bytes));
        }
        self.count(bytes);
        self.charged += bytes;
        Ok(())
    }

    /// As [`Lemari::charge`] where that takes neither a collection nor a look at the sabotage switch; else false, and
    /// nothing has happened.
    #[inline(always)]
    pub fn charge_now(&mut self, bytes: usize) -> bool {
        let fits = !self.sabotaged && bytes <= self.config.limit.saturating_sub(self.used);
        if fits {
            self.count(bytes);
            self.charged += bytes;
        }
        fits
    }

    /// As [`Lemari::charge`], but a major collection (and smaller trays) first if there is no room.
    pub fn charge_or_collect(
        &mut self,
        bytes: usize,
        roots: &mut dyn Roots,
    ) -> Result<(), MemError> {
        if bytes > self.config.limit.saturating_sub(self.used) {
            self.major(roots);
            self.shrink_trays();
        }
        self.charge(bytes)
    }

    /// Takes charged bytes off the meter; more than was charged counts as all of it.
    pub fn refund(&mut self, bytes: usize) {
        let bytes = bytes.min(self.charged);
        self.charged -= bytes;
        self.used -= bytes;
    }

    /// Counts `bytes` outside the reservation against the emergency bound, if the policy in force is not off.
    pub fn charge_emergency(&mut self, bytes: usize) -> Result<(), MemError> {
        if self.policy() == EmergencyPolicy::Off
            || bytes
                > self
                    .config
                    .emergency_bound
                    .saturating_sub(self.emergency_bytes())
        {
            return Err(self.at_limit(bytes));
        }
        if !self.step() {
            return Err(MemError::Host);
        }
        self.emergency_charged += bytes;
        self.emergency_peak = self.emergency_peak.max(self.emergency_bytes());
        Ok(())
    }

    /// Counts an opening outside the reservation (an extra guest drawer) and raises the host's event.
    pub(crate) fn note_emergency_opening(&mut self) {
        self.emergency_openings += 1;
    }

    /// Takes bytes charged with [`Lemari::charge_emergency`] off again.
    pub fn refund_emergency(&mut self, bytes: usize) {
        self.emergency_charged -= bytes.min(self.emergency_charged);
    }

    /// Sets the emergency policy. What is in emergency drawers stays until a major collection finds room for it.
    pub fn set_emergency(&mut self, policy: EmergencyPolicy) {
        self.config.emergency = policy;
    }

    /// A host panic was caught: *automatic* holds (at least) until the end of the call, i.e. the next [`Lemari::wash`].
    pub fn arm_emergency(&mut self) {
        self.armed = true;
    }

    /// Emergency openings since this was last asked: the host's event.
    pub fn take_emergency_events(&mut self) -> u64 {
        let new = self.emergency_openings - self.reported_openings;
        self.reported_openings = self.emergency_openings;
        new
    }

    /// Sets (or with the default, clears) the sabotage switch; counting of steps starts anew.
    pub fn set_sabotage(&mut self, sabotage: Sabotage) {
        self.sabotage = sabotage;
        self.sabotaged = sabotage.is_on();
        self.steps = 0;
        self.granted = 0;
        self.set_end(0);
    }

    /// Steps counted since the sabotage switch was set.
    pub fn sabotage_steps(&self) -> u64 {
        self.steps
    }

    /// One fallible step: false if the sabotage switch says it fails.
    #[inline]
    pub(crate) fn step(&mut self) -> bool {
        if !self.sabotaged {
            return true;
        }
        self.steps += 1;
        let at = self.sabotage.fail_at;
        !(at != 0 && (self.steps == at || (self.sabotage.and_after && self.steps > at)))
    }

    /// All counters.
    pub fn stats(&self) -> Stats {
        Stats {
            limit: self.config.limit,
            used: self.used,
            peak: self.peak,
            charged: self.charged,
            tray: self.tray_cap,
            tray_used: if self.tray_cap == 0 {
                0
            } else {
                self.bump - Self::tray_start(self.tray)
            },
            drawers: (self.ordinary.open + self.emergency.open) as usize,
            large: self.large,
            old: self.old_bytes,
            live: self.live,
            minors: self.minors,
            majors: self.majors,
            washes: self.washes,
            promoted: self.promoted,
            copied: self.copied,
            evacuated: self.evacuated,
            allocated: self.allocated + (self.bump - self.counted_to) as u64,
            full_scans: self.full_scans,
            rescans: self.rescans,
            evacuation_peak: self.evacuation_peak,
            remembered: self.remembered.len(),
            emergency: EmergencyStats {
                policy: self.policy(),
                bytes: self.emergency_bytes(),
                peak: self.emergency_peak,
                bound: self.config.emergency_bound,
                openings: self.emergency_openings,
            },
        }
    }

    /// How long the collections of the trays took, each. A major collection's own part is not in it.
    pub fn minor_pauses(&self) -> &Pauses {
        &self.minor_pauses
    }

    /// How often each tray was washed, by collections and by [`Lemari::wash`].
    pub fn tray_generation(&self) -> u64 {
        self.tray_generation
    }
}
