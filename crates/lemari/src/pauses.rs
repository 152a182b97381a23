//! How long collections of the trays stopped a World.

use std::time::Duration;

/// Buckets of an octave: a bucket is at most a quarter wider than what it starts at.
const PARTS: u32 = 4;
/// Binary logarithm of the nanoseconds below which everything is in the first bucket.
const FLOOR: u32 = 8;
/// Octaves that are told apart; 256 ns · 2^16 is 17 ms, and what is longer is in the last bucket.
const OCTAVES: u32 = 16;
const BUCKETS: usize = (OCTAVES * PARTS) as usize + 1;

/// The pauses of one kind of collection: number, sum, the longest, and how they are spread. Wall time: the clock also runs
/// while the operating system has another thread run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pauses {
    total: u64,
    longest: u64,
    /// Pauses by length: bucket 0 is below 2^[`FLOOR`] ns, then [`PARTS`] buckets for each doubling.
    spread: [u32; BUCKETS],
}

impl Default for Pauses {
    fn default() -> Pauses {
        Pauses {
            total: 0,
            longest: 0,
            spread: [0; BUCKETS],
        }
    }
}

impl Pauses {
    /// Counts one.
    pub(crate) fn note(&mut self, pause: Duration) {
        let nanos = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
        self.total = self.total.saturating_add(nanos);
        self.longest = self.longest.max(nanos);
        let count = &mut self.spread[bucket(nanos)];
        *count = count.saturating_add(1);
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.spread.iter().map(|count| u64::from(*count)).sum()
    }

    /// All of them together.
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.total)
    }

    /// The longest; zero if there was none.
    pub fn longest(&self) -> Duration {
        Duration::from_nanos(self.longest)
    }

    /// A bound that `percent` (0 to 100) of the pauses do not exceed: exact to a quarter upwards, never too small. Zero if
    /// there was none.
    pub fn percentile(&self, percent: u32) -> Duration {
        let wanted = (self.count() * u64::from(percent.min(100))).div_ceil(100);
        let mut seen = 0;
        for (index, count) in self.spread.iter().enumerate() {
            seen += u64::from(*count);
            if *count != 0 && seen >= wanted {
                return Duration::from_nanos(end(index).min(self.longest));
            }
        }
        self.longest()
    }

    /// The pauses that were counted after `earlier`, a reading of the same World. The longest is that of all.
    pub fn since(&self, earlier: &Pauses) -> Pauses {
        let mut rest = self.clone();
        rest.total = rest.total.saturating_sub(earlier.total);
        for (count, before) in rest.spread.iter_mut().zip(earlier.spread) {
            *count = count.saturating_sub(before);
        }
        rest
    }
}

/// The bucket of a pause.
fn bucket(nanos: u64) -> usize {
    let Some(octave) = nanos.checked_ilog2().and_then(|log| log.checked_sub(FLOOR)) else {
        return 0;
    };
    if octave >= OCTAVES {
        return BUCKETS - 1;
    }
    let part = (nanos >> (octave + FLOOR - PARTS.ilog2())) as u32 % PARTS;
    (octave * PARTS + part) as usize + 1
}

/// The nanoseconds at which a bucket ends; the last one has no end.
fn end(index: usize) -> u64 {
    match index {
        0 => 1 << FLOOR,
        last if last == BUCKETS - 1 => u64::MAX,
        _ => {
            let (octave, part) = ((index as u32 - 1) / PARTS, (index as u32 - 1) % PARTS);
            u64::from(PARTS + part + 1) << (octave + FLOOR - PARTS.ilog2())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_ends_where_the_next_begins() {
        for index in 0..BUCKETS - 1 {
            assert_eq!(bucket(end(index) - 1), index);
            assert_eq!(bucket(end(index)), index + 1);
        }
        assert_eq!(bucket(0), 0);
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn percentiles_bound_from_above_within_a_quarter() {
        let mut pauses = Pauses::default();
        assert_eq!(pauses.percentile(99), Duration::ZERO);
        for micros in 1..=1000 {
            pauses.note(Duration::from_micros(micros));
        }
        assert_eq!(pauses.count(), 1000);
        assert_eq!(pauses.longest(), Duration::from_millis(1));
        assert_eq!(pauses.total(), Duration::from_micros(500_500));
        for percent in 1..=99 {
            let exact = Duration::from_micros(u64::from(percent) * 10);
            let bound = pauses.percentile(percent);
            assert!(
                bound >= exact && bound <= exact * 5 / 4,
                "{percent}: {bound:?}"
            );
        }
        assert_eq!(pauses.percentile(100), Duration::from_millis(1));
    }

    #[test]
    fn what_came_later_is_told_apart() {
        let mut pauses = Pauses::default();
        pauses.note(Duration::from_millis(9));
        let before = pauses.clone();
        pauses.note(Duration::from_micros(3));
        let later = pauses.since(&before);
        assert_eq!(later.count(), 1);
        assert_eq!(later.total(), Duration::from_micros(3));
        assert!(later.percentile(100) < Duration::from_micros(4));
    }
}
