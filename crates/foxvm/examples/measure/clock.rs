//! The thread's CPU clock.

use rustix::time::{ClockId, clock_gettime};

/// Seconds of CPU time that this thread has used.
pub fn thread_seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
