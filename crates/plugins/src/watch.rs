//! When a file has changed and is at rest again.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use crate::backoff::Backoff;

/// How long a file must be at rest before it is read.
pub(crate) const DEBOUNCE: Duration = Duration::from_millis(500);

/// What tells two states of a file apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Its number in the file system, and when that last changed anything of it.
    inode: (u64, i64, i64),
}

impl Stamp {
    /// The file now; a missing one has a stamp of its own.
    pub fn of(path: &Path) -> Stamp {
        std::fs::metadata(path).map_or_else(
            |_| Stamp::default(),
            |found| Stamp {
                modified: found.modified().ok(),
                length: found.len(),
                inode: (found.ino(), found.ctime(), found.ctime_nsec()),
            },
        )
    }
}

/// Watches one file by looking at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    /// As it was when it was last read.
    read: Stamp,
    /// As it was seen last, and since when.
    seen: Option<(Stamp, Instant)>,
    pub backoff: Backoff,
}

impl Watch {
    pub fn new(read: Stamp) -> Watch {
        Watch {
            read,
            seen: None,
            backoff: Backoff::default(),
        }
    }

    /// Is the file another than the one that was read, and at rest for long enough? Then it counts as read.
    pub fn ripe(&mut self, stamp: Stamp, now: Instant) -> bool {
        // While a file is replaced there may be none for a moment.
        if stamp == self.read || stamp == Stamp::default() {
            self.seen = None;
            return false;
        }
        match self.seen {
            Some((seen, since)) if seen == stamp => {
                let ripe = now.saturating_duration_since(since) >= self.backoff.pause(DEBOUNCE);
                if ripe {
                    self.read = stamp;
                    self.seen = None;
                }
                ripe
            }
            _ => {
                self.seen = Some((stamp, now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(length: u64) -> Stamp {
        Stamp {
            modified: Some(SystemTime::UNIX_EPOCH),
            length,
            inode: (1, 0, 0),
        }
    }

    #[test]
    fn a_file_is_read_once_when_it_rests() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut watch = Watch::new(stamp(1));
        assert!(!watch.ripe(stamp(1), at(0)));
        assert!(!watch.ripe(stamp(2), at(100)));
        assert!(!watch.ripe(stamp(3), at(400)), "it changed again");
        assert!(!watch.ripe(stamp(3), at(899)));
        assert!(!watch.ripe(Stamp::default(), at(950)), "it is replaced");
        assert!(!watch.ripe(stamp(3), at(1_000)));
        assert!(watch.ripe(stamp(3), at(1_500)));
        assert!(!watch.ripe(stamp(3), at(9_000)));
    }

    #[test]
    fn after_failures_it_rests_longer() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut watch = Watch::new(stamp(1));
        watch.backoff.failed();
        assert!(!watch.ripe(stamp(2), at(0)));
        assert!(!watch.ripe(stamp(2), at(999)));
        assert!(watch.ripe(stamp(2), at(1_000)));
    }
}
