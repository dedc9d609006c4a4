//! Being asked to stop: once means finish what is under way, twice means now.

use std::io;
use std::thread;

use tokio::sync::watch;

/// Whether stopping was asked for. Clones see the same.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// Asks for it.
#[derive(Debug)]
pub struct Stopper(watch::Sender<bool>);

impl Stopper {
    /// Asks to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// A way to be stopped, and the one who may.
    pub fn new() -> (Stopper, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Stop(receiver))
    }

    /// Stopped by Ctrl-C, or by the signal with which a service is ended. The second one ends the process on the spot,
    /// which loses nothing: everything on disk is whole at any time.
    pub fn on_signals() -> io::Result<Stop> {
        let (stopper, stop) = Stop::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async {
                if signal().await.is_ok() {
                    stopper.stop();
                    drop(signal().await);
                    std::process::exit(130);
                }
            });
        })?;
        Ok(stop)
    }

    /// Whether it is time.
    pub fn is_on(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is time; for ever where nobody can ask any more.
    pub async fn wait(&mut self) {
        if self.0.wait_for(|on| *on).await.is_err() {
            std::future::pending().await
        }
    }
}

#[cfg(unix)]
async fn signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut end = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = end.recv() => Ok(()),
        pressed = tokio::signal::ctrl_c() => pressed,
    }
}

#[cfg(not(unix))]
async fn signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
