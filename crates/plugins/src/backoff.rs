//! Longer and longer pauses after failures.

use std::time::Duration;

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60);

/// Doubles with every failure in a row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// The pause before the next try, where one without failures would wait so long.
    pub fn pause(self, usual: Duration) -> Duration {
        let factor = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        usual.saturating_mul(factor).min(LONGEST.max(usual))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let usual = Duration::from_millis(500);
        let mut pause = Backoff::default();
        assert_eq!(pause.pause(usual), usual);
        pause.failed();
        assert_eq!(pause.pause(usual), usual * 2);
        pause.failed();
        assert_eq!(pause.pause(usual), usual * 4);
        (0..100).for_each(|_| pause.failed());
        assert_eq!(pause.pause(usual), LONGEST);
        pause.succeeded();
        assert_eq!(pause.pause(usual), usual);
    }
}
