//! Fibers that wait for a time. A World's time is its own: it stands still while anything can go on, and when nothing can it
//! moves to when the first of those that sleep goes on. So which of two goes on first depends on how long they sleep and on
//! nothing else, and no program learns the time of day (docs/specs/machine.md §10 "Sleeping").

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::fault::{Fault, Raise, Raised};
use crate::fiber::FiberId;
use crate::value::Value;
use crate::world::{Outcome, World, signals};

/// Tokens from here on are the machine's, those of hosts lie below.
const FIRST_TOKEN: u64 = 1 << 63;
/// What a sleeper counts for, in bytes.
const BYTES: usize = size_of::<Sleeper>();
/// While a call waits, it looks this often whether it is to end.
const LOOK: Duration = Duration::from_millis(5);

/// One that sleeps, in the order in which they go on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sleeper {
    /// When it goes on, in the World's time.
    until: Duration,
    /// Its token: of those that go on at the same time the one that slept first has the smallest.
    token: u64,
    /// Before then on the host's clock it does not go on; `None` if that is beyond what the clock counts.
    not_before: Option<Instant>,
}

/// Those that wait for a time, and the World's time.
#[derive(Default)]
pub(crate) struct Sleepers {
    queue: BinaryHeap<Reverse<Sleeper>>,
    /// The World's time.
    now: Duration,
    /// Tokens given so far.
    given: u64,
    /// Calls do not wait: the host moves the time on.
    driven: bool,
}

impl World {
    /// A token with which the running fiber is to be parked; it goes on when the World's time has moved on by that much.
    ///
    /// # Errors
    /// Fault mem.
    pub fn sleep_token(&mut self, time: Duration) -> Raise<u64> {
        self.thin_sleepers();
        self.charge(BYTES)?;
        let sleepers = &mut self.emissions.sleepers;
        if sleepers.queue.try_reserve(1).is_err() {
            self.lemari.refund(BYTES);
            return Err(self.fault(Fault::Mem, "the host has no memory left"));
        }
        let token = FIRST_TOKEN | sleepers.given;
        sleepers.given = (sleepers.given + 1) & !FIRST_TOKEN;
        sleepers.queue.push(Reverse(Sleeper {
            until: sleepers.now.saturating_add(time),
            token,
            not_before: Instant::now().checked_add(time),
        }));
        Ok(token)
    }

    /// Whether calls wait for those that sleep, as they do at first. If they do not, a call that has to wait ends by fault
    /// state, and the host moves the time on ([`World::advance`]).
    pub fn set_driven(&mut self, driven: bool) {
        self.emissions.sleepers.driven = driven;
    }

    /// Whether calls wait for those that sleep.
    pub fn is_driven(&self) -> bool {
        self.emissions.sleepers.driven
    }

    /// How far the World's time has to move for the next sleeper to go on; `None` if none sleeps.
    pub fn sleeps_until(&mut self) -> Option<Duration> {
        let now = self.emissions.sleepers.now;
        self.next_sleeper()
            .map(|sleeper| sleeper.until.saturating_sub(now))
    }

    /// Moves the World's time on, at most to when the next sleeper goes on, which is then ready. Answers what is left of
    /// `time`; `None` if nobody was woken.
    pub fn advance(&mut self, time: Duration) -> Option<Duration> {
        let to = self.emissions.sleepers.now.saturating_add(time);
        match self.next_sleeper() {
            Some(sleeper) if sleeper.until <= to => {
                self.wake_sleeper();
                Some(to.saturating_sub(sleeper.until))
            }
            _ => {
                self.emissions.sleepers.now = to;
                None
            }
        }
    }

    /// The first of those that sleep still: others have been woken, or ended.
    fn next_sleeper(&mut self) -> Option<Sleeper> {
        while let Some(Reverse(sleeper)) = self.emissions.sleepers.queue.peek().copied() {
            if self.is_asleep(sleeper.token) {
                return Some(sleeper);
            }
            self.emissions.sleepers.queue.pop();
            self.lemari.refund(BYTES);
        }
        None
    }

    fn is_asleep(&self, token: u64) -> bool {
        self.emissions
            .parked
            .get(&token)
            .is_some_and(|(index, generation)| self.fiber_lives(*index, *generation))
    }

    /// Forgets those that sleep no longer, if they are most.
    fn thin_sleepers(&mut self) {
        if self.emissions.sleepers.queue.len() <= 2 * self.emissions.parked.len() + 64 {
            return;
        }
        let mut queue = std::mem::take(&mut self.emissions.sleepers.queue);
        let before = queue.len();
        queue.retain(|Reverse(sleeper)| self.is_asleep(sleeper.token));
        self.lemari
            .refund(before.saturating_sub(queue.len()) * BYTES);
        self.emissions.sleepers.queue = queue;
    }

    /// The first sleeper goes on.
    fn wake_sleeper(&mut self) {
        if let Some(Reverse(sleeper)) = self.emissions.sleepers.queue.pop() {
            self.lemari.refund(BYTES);
            let sleepers = &mut self.emissions.sleepers;
            sleepers.now = sleepers.now.max(sleeper.until);
            self.wake_parked(sleeper.token, Value::EMPTY);
        }
    }

    /// While the run loop has ended because everything waits and somebody sleeps: waits, and goes on. For calls, whose main
    /// fiber is the first one.
    pub(crate) fn run_sleepers(&mut self) {
        while matches!(self.outcome, Outcome::Parked) {
            self.stand_at_main();
            let next = match self.next_sleeper() {
                Some(next) if !self.emissions.sleepers.driven => next,
                _ => return,
            };
            if let Err(Raised(())) = self.wait_until(next.not_before) {
                self.outcome = Outcome::Raised;
                return;
            }
            self.wake_sleeper();
            self.outcome = Outcome::None;
            match self.schedule() {
                Ok(next) => self.run_from(next),
                Err(raised) => {
                    let r = self.running_r;
                    // SAFETY: the frame on top of the running fiber.
                    let next = unsafe { self.raise(raised, r) };
                    self.run_from(next);
                }
            }
        }
    }

    /// The main fiber is the current one, in whatever state it is: the one that ran last may be gone.
    fn stand_at_main(&mut self) {
        let state = match self.fibers.first() {
            Some(Some(main)) => main.state,
            _ => return,
        };
        self.switch_to(FiberId(0));
        self.fiber().state = state;
    }

    /// Waits until the host's clock is there; `None`: for ever.
    fn wait_until(&mut self, end: Option<Instant>) -> Raise<()> {
        loop {
            let asked = self.signal_owner.load(Ordering::Relaxed);
            if asked & signals::INTERRUPT != 0 {
                self.signal_owner
                    .fetch_and(!signals::INTERRUPT, Ordering::Relaxed);
                return Err(self.fault(Fault::Cancel, "interrupted by the host"));
            }
            let now = Instant::now();
            if self.deadline.is_some_and(|deadline| now >= deadline) {
                return Err(self.fault(Fault::Deadline, "the deadline has passed"));
            }
            if end.is_some_and(|end| now >= end) {
                return Ok(());
            }
            let wait = [end, self.deadline]
                .into_iter()
                .flatten()
                .map(|moment| moment.saturating_duration_since(now))
                .fold(LOOK, Duration::min);
            std::thread::sleep(wait);
        }
    }
}
