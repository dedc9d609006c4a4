//! Failpoints: places where a test kills the process, as a power cut would. Only development builds have them; in a
//! release they are nothing.

/// Passes a place. With `ZHUANBAN_KILL_AT=n` in the environment the process kills itself at the n-th place it passes.
#[cfg(debug_assertions)]
pub fn pass() {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static KILL_AT: LazyLock<Option<u64>> = LazyLock::new(|| std::env::var("ZHUANBAN_KILL_AT").ok()?.parse().ok());
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let Some(kill_at) = *KILL_AT else { return };
    if PASSED.fetch_add(1, Ordering::SeqCst) + 1 == kill_at {
        let killed = std::process::Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
        // Where there is no `kill`, this comes closest: nothing is unwound, nothing written.
        drop(killed);
        std::process::abort();
    }
}

/// Passes a place.
#[cfg(not(debug_assertions))]
pub fn pass() {}
