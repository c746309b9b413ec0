//! One message: envelope, plan, body, outcome, reply.
//!
//! A [`Draft`] gathers recipients while the client names them; [`Draft::carry`] takes the body to the next hop while
//! the client waits, and answers with the hop's own word. Nothing is stored: what cannot be handed on now stays with
//! its sender.

mod body;
mod conversion;
mod copy;
mod courier;
mod custody;
mod draft;
mod head;
mod outflow;
mod relay;
mod report;
mod roster;
mod sealing;
mod stored;
mod vetting;

pub(crate) use courier::{Courier, Letter, Word};
pub(crate) use draft::{Draft, Leg, Planned};
pub(crate) use report::{answer_to, conversion as tell_conversion};
pub(crate) use roster::why_member;
pub(crate) use stored::{Source, StoredContent};

use std::sync::Arc;

use crate::config::WhenDown;
use crate::event::SessionId;
use crate::generation::Generation;
use crate::origin::{Peer, Standing};
use crate::queue::Queue;
use crate::services::Services;

impl Sender<'_> {
    /// Where messages can be kept: only where reports about them have a way out.
    fn custody(&self) -> Option<&Arc<Queue>> {
        let has_way_out = self.generation.config.internet.is_some();
        self.services.queue.get().filter(|_| has_way_out)
    }

    /// What cannot be delivered now is kept.
    fn keeps_when_down(&self) -> bool {
        self.custody().is_some() && self.generation.config.spool.when_down == WhenDown::Spool
    }
}

/// Whose message this is and what may be used to carry it.
#[derive(Debug)]
pub(crate) struct Sender<'a> {
    pub(crate) session: SessionId,
    pub(crate) transaction: u64,
    pub(crate) peer: &'a Peer,
    pub(crate) standing: &'a Standing,
    pub(crate) generation: &'a Arc<Generation>,
    pub(crate) services: &'a Arc<Services>,
}
