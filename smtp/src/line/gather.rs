//! What is kept of a piece of input: cut out of it where it is one run, copied only where something was left out or put in.

use std::ops::Range;

use bytes::{Buf, Bytes, BytesMut};

pub(super) struct Gather<'a> {
    wire: &'a [u8],
    run: Range<usize>,
    copied: Option<BytesMut>,
    muted: bool,
}

pub(super) enum Gathered {
    Run(Range<usize>),
    Copied(BytesMut),
}

impl<'a> Gather<'a> {
    pub(super) fn of(wire: &'a [u8]) -> Self {
        Self {
            wire,
            run: 0..0,
            copied: None,
            muted: false,
        }
    }

    /// Keeps nothing.
    pub(super) fn muted() -> Self {
        Self {
            muted: true,
            ..Self::of(&[])
        }
    }

    /// Keeps `length` octets of the wire.
    pub(super) fn keep(&mut self, at: usize, length: usize) {
        if self.muted || length == 0 {
            return;
        }
        match &mut self.copied {
            Some(copied) => copied.extend_from_slice(&self.wire[at..at + length]),
            None if self.run.is_empty() => self.run = at..at + length,
            None if self.run.end == at => self.run.end += length,
            None => self.insert(&self.wire[at..at + length]),
        }
    }

    /// Puts in what is not on the wire at this place.
    pub(super) fn insert(&mut self, octets: &[u8]) {
        if self.muted {
            return;
        }
        let (wire, run) = (self.wire, self.run.clone());
        let copied = self.copied.get_or_insert_with(|| {
            let mut copied = BytesMut::with_capacity(wire.len() + octets.len());
            copied.extend_from_slice(&wire[run]);
            copied
        });
        copied.extend_from_slice(octets);
    }

    pub(super) fn len(&self) -> usize {
        self.copied.as_ref().map_or(self.run.len(), BytesMut::len)
    }

    pub(super) fn finish(self) -> Gathered {
        match self.copied {
            Some(copied) => Gathered::Copied(copied),
            None => Gathered::Run(self.run),
        }
    }
}

impl Gathered {
    pub(super) fn cut_from(self, mut wire: BytesMut) -> Bytes {
        match self {
            Self::Copied(copied) => copied.freeze(),
            Self::Run(run) => {
                wire.truncate(run.end);
                wire.advance(run.start);
                wire.freeze()
            }
        }
    }
}
