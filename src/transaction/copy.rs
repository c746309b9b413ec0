//! A whole message as it was received, kept until its fate is known: in memory, or in a file of the spool.
//!
//! Writing it takes no custody; only a commit does. A message that everybody took is dropped, and nothing was ever synced.

use std::sync::Arc;

use bytes::Bytes;
use smtp::header_scan::HeaderBlock;
use smtp::{Answer, Content as Judged, LineCheck, Reply};
use spool::{Content, Draft, Reservation, SpoolError};

use super::body::{HeldBack, Rest, Stop};
use super::stored::{Source, StoredContent};
use crate::queue::{Original, Queue};
use crate::{blocking, limits};

/// See the module's text.
#[derive(Debug)]
pub(super) struct Copy {
    header: HeaderBlock,
    /// Behind the header block, as long as it is in memory.
    held: HeldBack,
    octets: u64,
    file: Option<Draft>,
    room: Reservation,
}

impl Copy {
    /// Reads on to the end of the message.
    pub(super) async fn gather(
        queue: &Arc<Queue>,
        header: HeaderBlock,
        held: HeldBack,
        rest: &mut Rest<'_, '_>,
        declared: Option<u64>,
    ) -> Result<Self, Stop> {
        let header_octets = header.clone().into_content().len() as u64;
        let expected = declared.unwrap_or(0).max(limits::HELD_IN_MEMORY as u64);
        let Some(room) = queue.reserve(expected) else {
            return Err(Stop::Refuse(Reply::SPOOL_FULL.into()));
        };
        let mut copy = Self {
            header,
            octets: header_octets + held.octets(),
            held,
            file: None,
            room,
        };
        copy.bound(queue).await?;
        while let Some(piece) = rest.next().await? {
            copy.take(queue, piece).await?;
        }
        if copy.file.is_some() {
            copy.spill(queue).await?;
        }
        Ok(copy)
    }

    pub(super) fn header(&self) -> HeaderBlock {
        self.header.clone()
    }

    /// The message for one leg.
    pub(super) fn content(&self) -> StoredContent {
        let source = self.file.as_ref().map(|file| {
            let (reader, mut at) = (file.reader(), self.header_octets());
            let source: Source = Box::new(move || {
                let octets = reader.read_at(at)?;
                at += octets.len() as u64;
                Ok((!octets.is_empty()).then_some(octets))
            });
            (source, LineCheck::new())
        });
        StoredContent::of(self.held.clone(), self.octets, source)
    }

    /// All of it, if it is in memory.
    pub(super) fn at_hand(&self) -> Option<(HeaderBlock, StoredContent)> {
        let is_here = self.file.is_none();
        is_here.then(|| (self.header(), self.content()))
    }

    /// What a report quotes of it.
    pub(super) fn original(&self) -> Original {
        let pieces = self
            .held
            .pieces()
            .iter()
            .map(|piece| piece.as_bytes().clone());
        let behind = self.file.is_none().then_some(pieces);
        Original::of(&self.header, behind, self.octets)
    }

    /// For the spool. A file is synced here, so that the commit, which others wait for, too, need not.
    pub(super) async fn into_content(self) -> Result<Content, SpoolError> {
        let Some(mut file) = self.file else {
            let header = self.header.clone().into_content().into_bytes();
            return Ok(Content::Pieces(self.octets_in_memory(header)));
        };
        let synced = blocking::spawn(move || file.sync().map(|()| file)).await;
        Ok(Content::File(synced.map_err(|_| SpoolError::Stopped)??))
    }

    fn octets_in_memory(&self, header: Bytes) -> Vec<Bytes> {
        let pieces = self
            .held
            .pieces()
            .iter()
            .map(|piece| piece.as_bytes().clone());
        std::iter::once(header).chain(pieces).collect()
    }

    fn header_octets(&self) -> u64 {
        self.header.clone().into_content().len() as u64
    }

    async fn take(&mut self, queue: &Arc<Queue>, piece: Judged) -> Result<(), Stop> {
        self.octets += piece.len() as u64;
        self.held.take(piece);
        self.bound(queue).await
    }

    async fn bound(&mut self, queue: &Arc<Queue>) -> Result<(), Stop> {
        match self.held.octets() > limits::HELD_IN_MEMORY as u64 {
            true => self.spill(queue).await,
            false => Ok(()),
        }
    }

    /// What is in memory goes to the file.
    async fn spill(&mut self, queue: &Arc<Queue>) -> Result<(), Stop> {
        let taken = std::mem::take(&mut self.held).into_pieces();
        let mut pieces: Vec<Bytes> = taken.into_iter().map(Judged::into_bytes).collect();
        let draft = match self.file.take() {
            Some(draft) => draft,
            None => {
                pieces.insert(0, self.header.clone().into_content().into_bytes());
                queue
                    .spool()
                    .draft(&self.room)
                    .map_err(|error| refused(&error))?
            }
        };
        let written = blocking::spawn(move || {
            let mut draft = draft;
            draft.write(&pieces).map(|()| draft)
        });
        let written = written
            .await
            .map_err(|_| Stop::Refuse(Reply::LOCAL_ERROR.into()))?;
        self.file = Some(written.map_err(|error| refused(&error))?);
        Ok(())
    }
}

fn refused(error: &SpoolError) -> Stop {
    Stop::Refuse(answer(error))
}

/// What the client hears when a message cannot be kept.
pub(super) fn answer(error: &SpoolError) -> Answer {
    match error.is_full() {
        true => Reply::SPOOL_FULL.into(),
        false => Reply::SPOOL_FAILED.into(),
    }
}
