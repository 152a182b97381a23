//! When a file has changed and is at rest again.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
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

/// Watches a file, and those that it loads, by looking at them.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    /// The file, then those that it loads.
    files: Vec<PathBuf>,
    /// As they were when they were last read.
    read: Vec<Stamp>,
    /// As they were seen last, and since when.
    seen: Option<(Vec<Stamp>, Instant)>,
    pub backoff: Backoff,
}

impl Watch {
    /// Of a file that is read next.
    pub fn new(path: &Path) -> Watch {
        Watch {
            files: vec![path.to_owned()],
            read: vec![Stamp::of(path)],
            seen: None,
            backoff: Backoff::default(),
        }
    }

    /// The files that were just read beside it, in the place of those before.
    pub fn beside(&mut self, files: Vec<PathBuf>) {
        self.files.truncate(1);
        self.read.truncate(1);
        for file in files {
            if !self.files.contains(&file) {
                self.read.push(Stamp::of(&file));
                self.files.push(file);
            }
        }
    }

    /// Is one of the files another than the one that was read, and are all at rest for long enough? Then they count as read.
    pub fn changed(&mut self, now: Instant) -> bool {
        let stamps = self.files.iter().map(|file| Stamp::of(file)).collect();
        self.ripe(stamps, now)
    }

    fn ripe(&mut self, stamps: Vec<Stamp>, now: Instant) -> bool {
        // While a file is replaced there may be none for a moment. What it loads may go for good, and that is to be told.
        if stamps == self.read || stamps.first() == Some(&Stamp::default()) {
            self.seen = None;
            return false;
        }
        match &self.seen {
            Some((seen, since)) if *seen == stamps => {
                let ripe = now.saturating_duration_since(*since) >= self.backoff.pause(DEBOUNCE);
                if ripe {
                    self.read = stamps;
                    self.seen = None;
                }
                ripe
            }
            _ => {
                self.seen = Some((stamps, now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(length: u64) -> Vec<Stamp> {
        vec![Stamp {
            modified: Some(SystemTime::UNIX_EPOCH),
            length,
            inode: (1, 0, 0),
        }]
    }

    fn watch() -> Watch {
        let mut watch = Watch::new(Path::new("/no/such/file"));
        watch.read = stamp(1);
        watch
    }

    #[test]
    fn a_file_is_read_once_when_it_rests() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut watch = watch();
        assert!(!watch.ripe(stamp(1), at(0)));
        assert!(!watch.ripe(stamp(2), at(100)));
        assert!(!watch.ripe(stamp(3), at(400)), "it changed again");
        assert!(!watch.ripe(stamp(3), at(899)));
        assert!(
            !watch.ripe(vec![Stamp::default()], at(950)),
            "it is replaced"
        );
        assert!(!watch.ripe(stamp(3), at(1_000)));
        assert!(watch.ripe(stamp(3), at(1_500)));
        assert!(!watch.ripe(stamp(3), at(9_000)));
    }

    #[test]
    fn after_failures_it_rests_longer() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut watch = watch();
        watch.backoff.failed();
        assert!(!watch.ripe(stamp(2), at(0)));
        assert!(!watch.ripe(stamp(2), at(999)));
        assert!(watch.ripe(stamp(2), at(1_000)));
    }
}
