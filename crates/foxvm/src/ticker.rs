//! Deadlines: one thread per Engine counts milliseconds while a World with a deadline lives, and sets the signal of those
//! whose time is over (docs/specs/machine.md §10). A call reads no clock: it notes a count.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use machine::world::signals;

/// Length of a tick.
const TICK: Duration = Duration::from_millis(1);
/// "No call is under way".
const IDLE: u64 = u64::MAX;

/// The time of one World's present call.
#[derive(Debug)]
pub(crate) struct Watch {
    /// Tick at which the time is over.
    at: AtomicU64,
    signal: Arc<AtomicU32>,
    ticker: Arc<Ticker>,
    /// Ticks that a call may take; one more than the limit, since a tick may be nearly over when the call begins.
    ticks: u64,
    limit: Duration,
}

impl Watch {
    /// A call begins. The instant is a lower bound of the deadline: the machine checks it when the signal comes, so that a
    /// signal meant for an earlier call stops none.
    #[inline]
    pub(crate) fn arm(&self) -> Instant {
        let now = self.ticker.epoch.load(Ordering::Relaxed);
        self.at
            .store(now.saturating_add(self.ticks), Ordering::Relaxed);
        let elapsed = Duration::from_nanos(self.ticker.elapsed.load(Ordering::Relaxed));
        self.ticker.start + elapsed.saturating_add(self.limit)
    }

    /// The call is over.
    #[inline]
    pub(crate) fn disarm(&self) {
        self.at.store(IDLE, Ordering::Relaxed);
    }
}

/// The ticking thread's state; the thread itself exists only while there is something to watch.
#[derive(Debug)]
pub(crate) struct Ticker {
    epoch: AtomicU64,
    /// Nanoseconds from `start` to the last tick.
    elapsed: AtomicU64,
    start: Instant,
    watched: Mutex<Watched>,
}

#[derive(Debug, Default)]
struct Watched {
    watches: Vec<Arc<Watch>>,
    running: bool,
}

impl Ticker {
    /// A ticker without a thread.
    pub(crate) fn new() -> Arc<Ticker> {
        Arc::new(Ticker {
            epoch: AtomicU64::new(0),
            elapsed: AtomicU64::new(0),
            start: Instant::now(),
            watched: Mutex::default(),
        })
    }

    /// Watches a World's calls. Starts the thread if it does not run.
    ///
    /// # Errors
    /// If the system provides no thread.
    pub(crate) fn watch(
        self: &Arc<Ticker>,
        signal: Arc<AtomicU32>,
        limit: Duration,
    ) -> std::io::Result<Arc<Watch>> {
        let ticks = limit.as_nanos().div_ceil(TICK.as_nanos()).saturating_add(1);
        let watch = Arc::new(Watch {
            at: AtomicU64::new(IDLE),
            signal,
            ticker: self.clone(),
            ticks: u64::try_from(ticks).unwrap_or(IDLE),
            limit,
        });
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        self.note_time();
        if !watched.running {
            let ticker = self.clone();
            std::thread::Builder::new()
                .name("foxvm-ticker".to_owned())
                .stack_size(64 << 10)
                .spawn(move || ticker.run())?;
            watched.running = true;
        }
        watched.watches.push(watch.clone());
        Ok(watch)
    }

    fn note_time(&self) {
        let elapsed = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.elapsed.store(elapsed, Ordering::Relaxed);
    }

    /// The thread: ends when no World with a deadline is left.
    fn run(&self) {
        loop {
            std::thread::sleep(TICK);
            let now = self.epoch.fetch_add(1, Ordering::Relaxed) + 1;
            self.note_time();
            let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
            // The list holds one reference; a World that is gone holds no other.
            watched.watches.retain(|watch| Arc::strong_count(watch) > 1);
            for watch in &watched.watches {
                // Set again at every tick until the call is over, for the World takes a signal that came too early back.
                if watch.at.load(Ordering::Relaxed) <= now {
                    watch.signal.fetch_or(signals::DEADLINE, Ordering::Relaxed);
                }
            }
            if watched.watches.is_empty() {
                watched.running = false;
                return;
            }
        }
    }
}
