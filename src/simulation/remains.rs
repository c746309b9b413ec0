//! What is left in the spool at the end of a run.

use bytes::BytesMut;
use spool::{QueueId, Spool};

use super::witness::{header, message_number};
use crate::queue::{Fate, Kept};

/// A message that is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remain {
    pub(super) id: QueueId,
    /// Which of the clients' it is; `None`: a report.
    pub(super) letter: Option<usize>,
    pub(super) content: Vec<u8>,
    /// Why nothing is tried.
    pub(super) hold: Option<String>,
    pub(super) recipients: Vec<(String, Fate)>,
}

impl Remain {
    /// All of them; an error if one cannot be read.
    pub(super) fn all(spool: &Spool) -> Result<Vec<Self>, String> {
        spool
            .ids()
            .into_iter()
            .map(|id| Self::read(spool, id))
            .collect()
    }

    fn read(spool: &Spool, id: QueueId) -> Result<Self, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("{id} cannot be read: {error}");
        let mut stored = spool.read(id).map_err(|error| wrong(&error))?;
        let mut content = BytesMut::new();
        while let Some(octets) = stored.content.next().map_err(|error| wrong(&error))? {
            content.extend_from_slice(&octets);
        }
        let kept = Kept {
            id,
            meta: &stored.meta,
            state: stored.state.as_deref(),
            octets: content.len() as u64,
        };
        let (mail, state) = kept
            .parse()
            .ok_or_else(|| wrong(&"its state makes no sense"))?;
        let recipients = mail.recipients.iter().map(|one| one.forward_path.clone());
        let fates = state.recipients.iter().map(|one| one.fate);
        Ok(Self {
            id,
            letter: message_number(header(&content)),
            content: content.to_vec(),
            hold: state.hold,
            recipients: recipients.zip(fates).collect(),
        })
    }
}
