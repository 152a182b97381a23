//! Times in a bounded histogram: four buckets for each doubling, so a quantile is at most a quarter too high.

use std::time::Duration;

/// Buckets: 2 bits behind the leading one, for every place of the leading one.
const BUCKETS: usize = 64 * 4;

/// Times of calls.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    counts: Box<[u32; BUCKETS]>,
    total: u64,
    longest: u64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram {
            counts: Box::new([0; BUCKETS]),
            total: 0,
            longest: 0,
        }
    }
}

impl Histogram {
    /// Counts a time.
    pub fn add(&mut self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(nanoseconds)) {
            *count = count.saturating_add(1);
        }
        self.total = self.total.saturating_add(1);
        self.longest = self.longest.max(nanoseconds);
    }

    /// A time that so many of a thousand calls did not exceed, rounded up to its bucket's end; zero without calls.
    pub fn quantile(&self, thousandths: u64) -> Duration {
        let wanted = self
            .total
            .saturating_mul(thousandths)
            .div_ceil(1_000)
            .max(1);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= wanted {
                return Duration::from_nanos(end(index).min(self.longest));
            }
        }
        Duration::from_nanos(self.longest)
    }

    /// The longest time.
    pub fn longest(&self) -> Duration {
        Duration::from_nanos(self.longest)
    }
}

fn bucket(nanoseconds: u64) -> usize {
    if nanoseconds < 4 {
        return nanoseconds as usize;
    }
    let leading = nanoseconds.ilog2();
    let next = (nanoseconds >> (leading - 2)) & 3;
    (leading * 4) as usize + next as usize
}

/// The greatest time of a bucket.
fn end(bucket: usize) -> u64 {
    if bucket < 4 {
        return bucket as u64;
    }
    let (leading, next) = (bucket / 4, (bucket % 4) as u64);
    if leading < 2 {
        return 3;
    }
    let step = 1_u64 << (leading - 2);
    (4 + next).saturating_mul(step).saturating_add(step - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_lies_within_its_bucket() {
        let mut time = 1_u64;
        while time < u64::MAX / 3 {
            for near in [time - 1, time, time + 1] {
                let at = bucket(near);
                assert!(at < BUCKETS && end(at) >= near, "{near}");
                assert!(end(at) <= near + near / 4 + 1, "{near}: {}", end(at));
            }
            time = time * 3 / 2 + 1;
        }
        assert!(bucket(u64::MAX) < BUCKETS);
    }

    #[test]
    fn quantiles_are_near_the_truth() {
        let mut times = Histogram::default();
        assert_eq!(times.quantile(500), Duration::ZERO);
        for micros in 1..=1_000 {
            times.add(Duration::from_micros(micros));
        }
        let near = |thousandths, micros: u64| {
            let found = times.quantile(thousandths).as_micros() as u64;
            assert!((micros..=micros * 5 / 4).contains(&found), "{found}");
        };
        near(500, 500);
        near(990, 990);
        assert_eq!(times.longest(), Duration::from_millis(1));
    }
}
