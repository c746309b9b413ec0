//! A gate at which a sink holds a reply until a test lets it go.

use tokio::sync::watch;

use super::WaitError;
use crate::deadline::within;

/// A gate, closed at first. Clones are the same gate.
///
/// ```no_run
/// # async fn example(sink: testbed::sink::Sink) -> Result<(), testbed::sink::WaitError> {
/// use testbed::sink::{Act, Gate, Stage};
///
/// let gate = Gate::new();
/// sink.script(|s| s.on(Stage::End, Act::normal().after(&gate)));
/// // ... send a message ...
/// gate.reached(1).await?; // the sink has the whole message, and says nothing
/// gate.release();
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Gate(watch::Sender<Passage>);

#[derive(Debug, Default)]
struct Passage {
    open: bool,
    arrived: usize,
}

impl Gate {
    /// A closed gate.
    #[expect(
        clippy::new_without_default,
        reason = "a default does not say that the gate is closed"
    )]
    pub fn new() -> Self {
        Self(watch::Sender::new(Passage::default()))
    }

    /// Opens it for good.
    pub fn release(&self) {
        self.0.send_modify(|passage| passage.open = true);
    }

    /// Waits until so many sessions in all have come to the gate.
    pub async fn reached(&self, sessions: usize) -> Result<(), WaitError> {
        let mut passage = self.0.subscribe();
        let arrived = within(passage.wait_for(|p| p.arrived >= sessions))
            .await
            .is_ok();
        if arrived {
            return Ok(());
        }
        let so_far = format!("{} came", self.0.borrow().arrived);
        Err(WaitError {
            what: format!("session number {sessions} at the gate"),
            so_far,
        })
    }

    pub(super) fn arrive(&self) {
        self.0.send_modify(|passage| passage.arrived += 1);
    }

    /// Waits until the gate is open.
    pub(super) async fn opened(&self) {
        let mut passage = self.0.subscribe();
        // The sender lives in `self`: the wait ends with the gate open only.
        let _ = passage.wait_for(|p| p.open).await;
    }
}
