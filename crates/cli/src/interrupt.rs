//! Ctrl-C: the first asks the run to stop at its next safe place, the second ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use foxvm::InterruptHandle;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::report::exit;

/// What the watching thread shares with the run.
#[derive(Clone)]
pub struct Interrupts {
    /// The World that runs.
    handle: Arc<Mutex<InterruptHandle>>,
    asked: Arc<AtomicBool>,
    waiting: Arc<AtomicBool>,
}

impl Interrupts {
    /// Watches for the signals from now on, on behalf of a World.
    ///
    /// # Errors
    /// The system's, if it provides no thread or no handler.
    pub fn watch(handle: InterruptHandle) -> std::io::Result<Interrupts> {
        let interrupts = Interrupts {
            handle: Arc::new(Mutex::new(handle)),
            asked: Arc::default(),
            waiting: Arc::default(),
        };
        let shared = interrupts.clone();
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        std::thread::Builder::new()
            .name("fox-signals".to_owned())
            .stack_size(64 << 10)
            .spawn(move || {
                for _ in signals.forever() {
                    // A second signal, or one while the process waits for input: there is nothing to end in an orderly way.
                    if shared.asked.swap(true, Ordering::Relaxed)
                        || shared.waiting.load(Ordering::Relaxed)
                    {
                        std::process::exit(i32::from(exit::INTERRUPTED));
                    }
                    let handle = shared.handle.lock();
                    handle.unwrap_or_else(PoisonError::into_inner).interrupt();
                }
            })?;
        Ok(interrupts)
    }

    /// Watches on behalf of another run from now on: what was asked before does not concern it.
    pub fn turn(&self, handle: InterruptHandle) {
        handle.clear();
        *self.handle.lock().unwrap_or_else(PoisonError::into_inner) = handle;
        self.asked.store(false, Ordering::Relaxed);
    }

    /// Was a stop asked for?
    pub fn asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// Says whether the process waits for input, where a signal may end it at once.
    pub fn wait(&self, waiting: bool) {
        self.waiting.store(waiting, Ordering::Relaxed);
    }
}
