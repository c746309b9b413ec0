//! Messages on their way in: DATA and BDAT, taken or swallowed.

use bytes::{Buf, BytesMut};

use super::state::{Phase, State};
use super::{Event, Server, Step, over};
use crate::chunk::{self, Chunk, ChunkDecoder};
use crate::content::BodyFault;
use crate::data::{self, DataDecoder};
use crate::limits::SWALLOWED_MARGIN_OCTETS;
use crate::reply::{Answer, Reply};

/// A message that has begun.
#[derive(Debug)]
pub(super) struct Message<D> {
    decoder: D,
    /// The answer to its end, once it is refused.
    verdict: Option<Answer>,
}

impl Message<DataDecoder> {
    pub(super) fn new(server: &Server) -> Self {
        let (newline, size_max) = (
            server.settings.bare_newline,
            server.settings.message_size_max,
        );
        Self {
            decoder: DataDecoder::new(newline, size_max),
            verdict: None,
        }
    }

    pub(super) fn refuse(&mut self, answer: Answer) {
        self.decoder.refuse();
        self.verdict.get_or_insert(answer);
    }
}

impl Message<ChunkDecoder> {
    pub(super) fn new(server: &Server) -> Self {
        let (newline, size_max) = (
            server.settings.bare_newline,
            server.settings.message_size_max,
        );
        Self {
            decoder: ChunkDecoder::new(newline, size_max),
            verdict: None,
        }
    }

    pub(super) fn refuse(&mut self, answer: Answer) {
        self.decoder.refuse();
        self.verdict.get_or_insert(answer);
    }

    pub(super) fn begin(mut self, chunk: Chunk) -> State {
        self.decoder.begin(chunk);
        State::Chunk(self)
    }
}

impl<D> Message<D> {
    fn fault(&mut self, fault: BodyFault) -> Event {
        self.verdict.get_or_insert(fault.reply().into());
        Event::Fault(fault)
    }
}

impl Server {
    pub(super) fn on_data(
        &mut self,
        mut message: Message<DataDecoder>,
        input: &mut BytesMut,
        out: &mut BytesMut,
    ) -> Step {
        let event = match message.decoder.decode(input) {
            data::Decoded::Body(content) => Event::Body(content),
            data::Decoded::Fault(fault) => message.fault(fault),
            data::Decoded::End => return self.on_end(message.verdict, out),
            data::Decoded::NeedInput if self.is_flood(message.decoder.swallowed()) => {
                return over(Reply::TOO_MUCH_REFUSED, out);
            }
            data::Decoded::NeedInput => Event::NeedInput,
        };
        (State::Data(message), Some(event))
    }

    pub(super) fn on_chunk(
        &mut self,
        mut message: Message<ChunkDecoder>,
        input: &mut BytesMut,
        out: &mut BytesMut,
    ) -> Step {
        // The size is known: no need to wait for octets that will not be read.
        if self.is_flood(message.decoder.to_swallow()) {
            return over(Reply::TOO_MUCH_REFUSED, out);
        }
        let event = match message.decoder.decode(input) {
            chunk::Decoded::Body(content) => Event::Body(content),
            chunk::Decoded::Fault(fault) => message.fault(fault),
            chunk::Decoded::ChunkEnd => {
                // Also in a refused message: the verdict is LAST's.
                Answer::from(Reply::CHUNK_TAKEN).write_to(out);
                return (State::Command(Phase::BetweenChunks(message)), None);
            }
            chunk::Decoded::End => return self.on_end(message.verdict, out),
            chunk::Decoded::NeedInput => Event::NeedInput,
        };
        (State::Chunk(message), Some(event))
    }

    fn on_end(&mut self, verdict: Option<Answer>, out: &mut BytesMut) -> Step {
        match verdict {
            None => (State::Ended, Some(Event::End)),
            Some(verdict) => {
                verdict.write_to(out);
                self.tally.message();
                (State::default(), Some(Event::Refused))
            }
        }
    }

    fn is_flood(&self, swallowed: u64) -> bool {
        let max = self.settings.message_size_max;
        swallowed > max.saturating_add(SWALLOWED_MARGIN_OCTETS)
    }
}

/// A chunk that belongs to no message (RFC 3030 §2): its octets are swallowed to the last, then it is answered.
#[derive(Debug)]
pub(super) struct Discard {
    remaining: u64,
    answer: Answer,
    back: Phase,
}

impl Discard {
    pub(super) fn begin(chunk: Chunk, answer: Answer, back: Phase, out: &mut BytesMut) -> Step {
        if chunk.size > SWALLOWED_MARGIN_OCTETS {
            return over(Reply::TOO_MUCH_REFUSED, out);
        }
        let remaining = chunk.size;
        let discard = Self {
            remaining,
            answer,
            back,
        };
        (State::Discard(discard), None)
    }

    pub(super) fn advance(mut self, input: &mut BytesMut, out: &mut BytesMut) -> Step {
        let here = usize::try_from(self.remaining).map_or(input.len(), |n| n.min(input.len()));
        input.advance(here);
        self.remaining -= here as u64;
        match self.remaining {
            0 => {
                self.answer.write_to(out);
                (State::Command(self.back), None)
            }
            _ => (State::Discard(self), Some(Event::NeedInput)),
        }
    }
}
