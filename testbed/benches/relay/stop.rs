//! Whether somebody wants the run to end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};

/// How often we look, while we wait for anything.
pub(super) const PACE: Duration = Duration::from_millis(20);

/// Every wait asks it, so that after SIGINT or SIGTERM everything is put away in good order. The default
/// hears no signals.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    wanted: Arc<AtomicBool>,
}

impl Stop {
    /// Takes over SIGINT, SIGTERM and SIGHUP.
    pub(super) fn watch() -> Result<Self, String> {
        let told = |error: io::Error| format!("signals cannot be watched: {error}");
        let wanted = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&wanted);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .map_err(told)?;
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let guard = runtime.enter();
        let [mut interrupt, mut terminate, mut hangup] = kinds.map(signal);
        drop(guard);
        thread::spawn(move || {
            runtime.block_on(async {
                let (Ok(interrupt), Ok(terminate), Ok(hangup)) =
                    (&mut interrupt, &mut terminate, &mut hangup)
                else {
                    return;
                };
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                    _ = hangup.recv() => {}
                }
                seen.store(true, Ordering::Relaxed);
            });
        });
        Ok(Self { wanted })
    }

    pub(super) fn check(&self) -> Result<(), String> {
        match self.wanted.load(Ordering::Relaxed) {
            true => Err("interrupted".to_owned()),
            false => Ok(()),
        }
    }

    /// Waits for so long.
    pub(super) fn pause(&self, time: Duration) -> Result<(), String> {
        let end = Instant::now() + time;
        loop {
            self.check()?;
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            thread::park_timeout(left.min(PACE));
        }
    }
}
