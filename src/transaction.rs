//! One message: envelope, plan, body, outcome, reply.
//!
//! A [`Draft`] gathers recipients while the client names them; [`Draft::carry`] takes the body to the next hop while
//! the client waits, and answers with the hop's own word. Nothing is stored: what cannot be handed on now stays with
//! its sender.

mod body;
mod conversion;
mod draft;
mod head;
mod outflow;
mod relay;
mod report;

pub(crate) use draft::Draft;

use std::sync::Arc;

use crate::event::SessionId;
use crate::generation::Generation;
use crate::origin::{Peer, Standing};
use crate::services::Services;

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
