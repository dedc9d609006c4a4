//! How far a long command is: a line on stderr that renews itself, where somebody looks.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// The line is renewed no more often than this.
const PAUSE: Duration = Duration::from_millis(100);

/// Counts steps of a known number.
pub struct Progress {
    all: usize,
    done: usize,
    began: Instant,
    shown: Option<Instant>,
    visible: bool,
}

impl Progress {
    /// Nothing done yet. Without a terminal nothing will be shown.
    pub fn of(all: usize) -> Progress {
        Progress { all, done: 0, began: Instant::now(), shown: None, visible: stderr().is_terminal() }
    }

    /// One more is done.
    pub fn step(&mut self) {
        self.done += 1;
        if !self.visible || self.shown.is_some_and(|at| at.elapsed() < PAUSE) {
            return;
        }
        self.shown = Some(Instant::now());
        // A closed terminal is no reason to stop working.
        let _ = write!(stderr(), "\r{}", line(self.done, self.all, self.began.elapsed()));
    }

    /// Takes the line away, before something else is printed and at the end.
    pub fn clear(&mut self) {
        if self.visible && self.shown.take().is_some() {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

/// `[=====>    ] 120/240  12.5/s`
fn line(done: usize, all: usize, time: Duration) -> String {
    const WIDTH: usize = 30;
    let filled = done * WIDTH / all.max(1);
    let rate = done as f64 / time.as_secs_f64().max(0.001);
    format!("[{:<WIDTH$}] {done}/{all}  {rate:.1}/s", "=".repeat(filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_many_and_how_fast() {
        let half = line(120, 240, Duration::from_secs(10));
        assert_eq!(half, format!("[{}{}] 120/240  12.0/s", "=".repeat(15), " ".repeat(15)));
        assert!(line(0, 0, Duration::ZERO).contains("0/0"));
    }
}
