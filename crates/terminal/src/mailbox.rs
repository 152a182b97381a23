//! What reaches the session from other threads. Output waits within a bound: who fills it is held up, and with it, by the
//! system's own buffer, the program that writes. Everything else comes before output, so that keys and signals are heard while
//! a program floods the screen.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Bytes of output that wait: few, since what waits is still shown after Ctrl-C, at the pace of the slowest plugin.
const OUTPUT: usize = 8 << 10;
/// Other events that wait.
const EVENTS: usize = 256;

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Event {
    /// The user typed.
    Input(Vec<u8>),
    /// The user's input has ended.
    InputEnd,
    /// The user's terminal has another size.
    Resized,
    /// A signal to end.
    Signal(i32),
    /// No more output comes.
    OutputEnd,
    /// The program has ended.
    Exited(std::io::Result<std::process::ExitStatus>),
}

#[derive(Debug, Default)]
struct State {
    events: VecDeque<Event>,
    output: VecDeque<Vec<u8>>,
    waiting: usize,
    output_ended: bool,
    closed: bool,
}

/// The box.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    state: Mutex<State>,
    /// Something came.
    came: Condvar,
    /// There is room again.
    room: Condvar,
}

impl Mailbox {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an event in, as soon as there is room; `false` if nobody takes any more.
    pub fn post(&self, event: Event) -> bool {
        let mut state = self.state();
        while state.events.len() >= EVENTS && !state.closed {
            state = self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.events.push_back(event);
        self.came.notify_one();
        !state.closed
    }

    /// Puts output in, as soon as there is room; `false` if nobody takes any more.
    pub fn output(&self, bytes: Vec<u8>) -> bool {
        let mut state = self.state();
        while state.waiting >= OUTPUT && !state.closed {
            state = self
                .room
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting += bytes.len();
        state.output.push_back(bytes);
        self.came.notify_one();
        !state.closed
    }

    /// Says that no more output comes.
    pub fn end_output(&self) {
        let mut state = self.state();
        state.output_ended = true;
        state.events.push_back(Event::OutputEnd);
        self.came.notify_one();
    }

    /// Takes an event.
    pub fn take(&self) -> Option<Event> {
        let event = self.state().events.pop_front();
        self.room.notify_all();
        event
    }

    /// Takes output.
    pub fn take_output(&self) -> Option<Vec<u8>> {
        let mut state = self.state();
        let bytes = state.output.pop_front()?;
        state.waiting = state.waiting.saturating_sub(bytes.len());
        self.room.notify_all();
        Some(bytes)
    }

    /// Has all output been taken, and will none come?
    pub fn drained(&self) -> bool {
        let state = self.state();
        state.output_ended && state.output.is_empty()
    }

    /// Waits until something is there, at most until then.
    pub fn wait(&self, until: Instant) {
        let mut state = self.state();
        while state.events.is_empty() && state.output.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let (again, _) = self
                .came
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner);
            state = again;
        }
    }

    /// Nobody takes anything any more: who waits for room goes on and ends.
    pub fn close(&self) {
        self.state().closed = true;
        self.room.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn output_waits_within_its_bound_and_events_come_first() {
        let mailbox = Arc::new(Mailbox::default());
        let filling = mailbox.clone();
        let thread = std::thread::spawn(move || {
            let mut count = 0;
            while filling.output(vec![b'x'; 4_096]) {
                count += 1;
                assert!(count < 1_000, "the box has no bound");
            }
            count
        });
        let end = Instant::now() + Duration::from_secs(20);
        while mailbox.state().waiting < OUTPUT {
            assert!(Instant::now() < end);
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(20));
        assert!(mailbox.state().waiting <= OUTPUT + 4_096);
        assert!(mailbox.post(Event::Resized));
        assert!(matches!(mailbox.take(), Some(Event::Resized)));
        assert!(mailbox.take_output().is_some());
        mailbox.close();
        assert!(thread.join().unwrap() >= OUTPUT / 4_096);
    }

    #[test]
    fn waiting_ends() {
        let mailbox = Mailbox::default();
        let start = Instant::now();
        mailbox.wait(start + Duration::from_millis(20));
        assert!(start.elapsed() >= Duration::from_millis(20));
        mailbox.end_output();
        mailbox.wait(start + Duration::from_secs(600));
        assert!(mailbox.drained());
    }
}
