//! A message on its way to a hop that is not passed on piece by piece as it came: it was held, or it is rewritten.
//!
//! What comes out has been judged by [`LineCheck`], whatever was done to it.

mod made;

pub(super) use made::Made;

use std::collections::VecDeque;

use bytes::Bytes;
use smtp::{BodyFault, Content, LineCheck};
use tokio::sync::OwnedSemaphorePermit;
use transform::seven_bit::Impossible;
use transform::{Chunks, Passage, Report, Segment, Segments, SevenBit};

use super::body::{HeldBack, Rest, Stop};
use crate::converter::{Converter, NotConverted, Room};
use crate::deliver::Known;
use crate::hold::{Hold, HoldError};
use crate::limits;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Outflow {
    /// Our trace field, if it does not stand in the message already.
    lead: Option<Content>,
    store: Store,
    /// Nothing will come from the client any more.
    whole: bool,
    known: Known,
    passage: Option<Passage>,
    seven_bit: Option<SevenBit>,
    passed: Chunks,
    narrowed: Chunks,
    /// What goes on now.
    ready: Content,
    check: LineCheck,
    report: Option<Report>,
    _room: Option<Room>,
    /// As long as the passage holds a part.
    late: Option<OwnedSemaphorePermit>,
}

/// What is here of the message.
#[derive(Debug)]
enum Store {
    Pieces(VecDeque<Bytes>),
    Held(Box<Hold>),
    Made(Box<Chunks>),
}

/// Why the message cannot go on.
#[derive(Debug)]
pub(super) enum Stall {
    Stop(Stop),
    Hold(HoldError),
    Rewrite(NotConverted),
    /// It cannot be had in 7 bit, and the hop takes nothing else.
    Narrow(Impossible),
    /// What was made of it is no message.
    Lines(BodyFault),
}

impl Outflow {
    /// What is held back, and what still comes.
    pub(super) fn of_held_back(held: HeldBack) -> Self {
        let (known, whole) = (held.known(), held.is_whole());
        let pieces = held.into_pieces().into_iter().map(Content::into_bytes);
        Self::new(Store::Pieces(pieces.collect()), whole, known)
    }

    /// What is held, and what still comes.
    pub(super) fn of_hold(hold: Hold) -> Self {
        let known = Known::Part {
            octets: hold.octets(),
            eight_bit: hold.is_eight_bit(),
        };
        Self::new(Store::Held(Box::new(hold)), false, known)
    }

    /// What was made of a whole message.
    pub(super) fn of_made(made: Made, room: Room) -> Self {
        let known = made.known();
        Self {
            _room: Some(room),
            ..Self::new(Store::Made(Box::new(made.into_chunks())), true, known)
        }
    }

    fn new(store: Store, whole: bool, known: Known) -> Self {
        Self {
            lead: None,
            store,
            whole,
            known,
            passage: None,
            seven_bit: None,
            passed: Segments::default().into_chunks(),
            narrowed: Segments::default().into_chunks(),
            ready: Content::default(),
            check: LineCheck::new(),
            report: None,
            _room: None,
            late: None,
        }
    }

    /// Our trace field goes first, and nothing is done to it.
    pub(super) fn led_by(mut self, lead: Content) -> Self {
        let (Known::Whole { octets, .. } | Known::Part { octets, .. }) = &mut self.known;
        *octets += lead.len() as u64;
        self.lead = Some(lead);
        self
    }

    /// What was done before it was held.
    pub(super) fn reporting(mut self, report: Option<Report>) -> Self {
        self.report = report;
        self
    }

    /// TNEF that shows late is converted in its place.
    pub(super) fn through(mut self, passage: Passage) -> Self {
        self.passage = Some(passage);
        self
    }

    /// The hop takes no 8-bit text.
    pub(super) fn in_seven_bit(mut self) -> Self {
        self.seven_bit = Some(SevenBit::new());
        self
    }

    /// What the hop can be told beforehand.
    pub(super) fn known(&self) -> Known {
        self.known
    }

    /// What was done on the way; complete once everything has gone.
    pub(super) fn report(&mut self) -> Option<Report> {
        self.report.take()
    }

    /// What goes to the hop next, never so much that its patience is put to the test; `None`: that was all, and the
    /// client's terminator came.
    pub(super) async fn next(
        &mut self,
        rest: &mut Rest<'_, '_>,
        converter: &Converter,
    ) -> Result<Option<Content>, Stall> {
        if self.ready.is_empty() {
            match self.advance(rest, converter).await? {
                Some(content) => self.ready = content,
                None => return Ok(None),
            }
        }
        let (piece, rest) = std::mem::take(&mut self.ready).split_at(limits::READ_BYTES);
        self.ready = rest;
        Ok(Some(piece))
    }

    /// As it is made, in pieces of any size but none.
    async fn advance(
        &mut self,
        rest: &mut Rest<'_, '_>,
        converter: &Converter,
    ) -> Result<Option<Content>, Stall> {
        if let Some(lead) = self.lead.take() {
            return Ok(Some(lead));
        }
        loop {
            if let Some(octets) = self.narrowed.next() {
                return Ok(Some(self.check.pass(octets)?));
            }
            if let Some(octets) = self.passed.next() {
                match &mut self.seven_bit {
                    Some(seven_bit) => {
                        let mut out = Segments::default();
                        seven_bit.push(octets, &mut out);
                        if let Some(fault) = seven_bit.fault() {
                            return Err(Stall::Narrow(fault.clone()));
                        }
                        self.narrowed = out.into_chunks();
                    }
                    None => return Ok(Some(self.check.pass(octets)?)),
                }
            } else if let Some(octets) = self.fetch(rest).await? {
                self.pass(octets, converter).await?;
            } else if let Some(passage) = self.passage.take() {
                self.end_passage(passage, converter).await?;
            } else if let Some(seven_bit) = self.seven_bit.take() {
                let mut out = Segments::default();
                seven_bit.finish(&mut out)?;
                self.narrowed = out.into_chunks();
            } else {
                std::mem::take(&mut self.check).end()?;
                return Ok(None);
            }
        }
    }

    /// What comes next of the message as it is.
    async fn fetch(&mut self, rest: &mut Rest<'_, '_>) -> Result<Option<Bytes>, Stall> {
        let here = match &mut self.store {
            Store::Pieces(pieces) => pieces.pop_front(),
            Store::Held(hold) => hold.next().await?,
            Store::Made(chunks) => chunks.next(),
        };
        if here.is_some() || self.whole {
            return Ok(here);
        }
        let came = rest.next().await?;
        self.whole = came.is_none();
        Ok(came.map(Content::into_bytes))
    }

    async fn pass(&mut self, octets: Bytes, converter: &Converter) -> Result<(), Stall> {
        let Some(mut passage) = self.passage.take() else {
            self.passed = Segments(vec![Segment::Octets(octets)]).into_chunks();
            return Ok(());
        };
        let mut out = Segments::default();
        if passage.may_take_long(&octets) {
            let work = move || {
                passage.push(octets, &mut out);
                (passage, out)
            };
            (passage, out) = converter.run(work).await?;
        } else {
            passage.push(octets, &mut out);
        }
        let holds = passage.may_take_long(&[]);
        match &self.late {
            Some(_) if !holds => self.late = None,
            None if holds => match converter.late() {
                Some(place) => self.late = Some(place),
                None => passage.let_go(&mut out),
            },
            Some(_) | None => {}
        }
        self.passage = Some(passage);
        self.passed = out.into_chunks();
        Ok(())
    }

    async fn end_passage(&mut self, passage: Passage, converter: &Converter) -> Result<(), Stall> {
        let holds = passage.may_take_long(&[]);
        let work = move || {
            let mut out = Segments::default();
            let report = passage.finish(&mut out);
            (report, out)
        };
        let (report, out) = match holds {
            true => converter.run(work).await?,
            false => work(),
        };
        self.passed = out.into_chunks();
        self.report = report;
        Ok(())
    }
}

impl From<Stop> for Stall {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<HoldError> for Stall {
    fn from(error: HoldError) -> Self {
        Self::Hold(error)
    }
}

impl From<NotConverted> for Stall {
    fn from(error: NotConverted) -> Self {
        Self::Rewrite(error)
    }
}

impl From<Impossible> for Stall {
    fn from(fault: Impossible) -> Self {
        Self::Narrow(fault)
    }
}

impl From<BodyFault> for Stall {
    fn from(fault: BodyFault) -> Self {
        Self::Lines(fault)
    }
}
