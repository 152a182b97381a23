//! The thread's CPU clock, from the kernel's own account of it (no `unsafe`, no crate for one number).

/// Seconds of CPU time that this thread has used: `/proc/thread-self/schedstat` counts nanoseconds. Elsewhere, wall time
/// since the first call.
pub fn thread_seconds() -> f64 {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    if let Some(nanos) = used.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok()) {
        return nanos as f64 / 1e9;
    }
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64()
}
