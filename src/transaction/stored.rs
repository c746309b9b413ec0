//! The content of a message that is whole, behind its header block: in memory, or where it has been written.

use bytes::Bytes;
use smtp::{Content, LineCheck, Reply};
use spool::ReadError;

use super::body::{HeldBack, Rest, Stop};
use crate::blocking;

/// See the module's text.
#[derive(Debug)]
pub(crate) struct StoredContent {
    held: HeldBack,
    octets: u64,
    unread: Option<Box<Unread>>,
}

/// What gives the next octets; it may wait for the disk. `None`: that was all.
pub(crate) type Source = Box<dyn FnMut() -> Result<Option<Bytes>, ReadError> + Send>;

/// What is not in memory.
pub(crate) struct Unread {
    source: Source,
    /// What comes from the disk is judged again before it goes anywhere.
    check: LineCheck,
}

impl std::fmt::Debug for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unread(..)")
    }
}

impl StoredContent {
    /// `octets` are those of the whole message; `source` gives what comes behind `pieces`.
    pub(crate) fn new(
        pieces: Vec<Content>,
        octets: u64,
        source: Option<(Source, LineCheck)>,
    ) -> Self {
        let mut held = HeldBack::default();
        for piece in pieces {
            held.take(piece);
        }
        Self::of(held, octets, source)
    }

    /// The same for what was looked at already.
    pub(super) fn of(held: HeldBack, octets: u64, source: Option<(Source, LineCheck)>) -> Self {
        let unread = source.map(|(source, check)| Box::new(Unread { source, check }));
        Self {
            held,
            octets,
            unread,
        }
    }

    /// Octets of the whole message.
    pub(crate) fn octets(&self) -> u64 {
        self.octets
    }

    /// The same in a buffer of its own size: a few octets that were read from a socket keep all of its buffer.
    pub(crate) fn compact(mut self) -> Self {
        self.held.compact();
        self
    }

    /// The same once more, if it is in memory.
    pub(crate) fn again(&self) -> Option<Self> {
        self.unread.is_none().then(|| Self {
            held: self.held.clone(),
            octets: self.octets,
            unread: None,
        })
    }

    /// Its pieces, if they are all in memory.
    pub(crate) fn pieces(&self) -> Option<impl Iterator<Item = Bytes>> {
        let pieces = self
            .held
            .pieces()
            .iter()
            .map(|piece| piece.as_bytes().clone());
        self.unread.is_none().then_some(pieces)
    }

    /// What is here of it, and what comes behind.
    pub(super) fn open(self) -> (HeldBack, Rest<'static, 'static>) {
        let mut held = self.held;
        match self.unread {
            Some(unread) => (held, Rest::Stored(Some(unread))),
            None => {
                held.end();
                (held, Rest::Nothing)
            }
        }
    }
}

/// The next piece, read by a thread that may wait for the disk.
pub(super) async fn next(unread: &mut Option<Box<Unread>>) -> Result<Option<Content>, Stop> {
    let Some(mut taken) = unread.take() else {
        return Ok(None);
    };
    let read = blocking::spawn(move || {
        let octets = (taken.source)();
        (taken, octets)
    });
    let unreadable = || Stop::Refuse(Reply::SPOOL_FAILED.into());
    let (mut taken, octets) = read.await.map_err(|_| unreadable())?;
    match octets.map_err(|_| unreadable())? {
        None => Ok(None),
        Some(octets) => {
            let content = taken.check.pass(octets).map_err(|_| unreadable())?;
            *unread = Some(taken);
            Ok(Some(content))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_keeps_no_buffer_of_a_socket() {
        let buffer = Bytes::from(vec![b'x'; 64 * 1024]);
        let mut check = LineCheck::new();
        let pieces = [buffer.slice(..3), buffer.slice(3..5)];
        let pieces = pieces.map(|piece| check.pass(piece).expect("a line"));
        let content = StoredContent::new(pieces.into(), 5, None);
        assert!(!buffer.is_unique());
        let content = content.compact();
        assert!(buffer.is_unique());
        let kept: Vec<_> = content.pieces().expect("it is in memory").collect();
        assert_eq!(kept.concat(), b"xxxxx");
    }
}
