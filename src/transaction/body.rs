//! The body as it comes from the client, and what is held back of it.

use authentication::Examination;
use bytes::Bytes;
use smtp::header_scan::{HeaderBlock, HeaderScan, Progress, Strictness};
use smtp::reply::{Answer, Reply};
use smtp::server::{Event, Hello};
use smtp::{Content, LineCheck};

use super::stored::{self, Unread};
use crate::deliver::Known;
use crate::hold::Hold;
use crate::inbound::{Inbound, Lost};
use crate::limits;

/// Why a body came to no good end.
#[derive(Debug)]
pub(super) enum Stop {
    /// It must not go on. The protocol engine reads to its end and answers by itself.
    Fault(Reply),
    /// We refuse it.
    Refuse(Answer),
    /// The client gave the transaction up.
    Reset,
    /// The client is gone.
    Lost(Lost),
}

impl Stop {
    /// What is said of the message where no client is there to hear it.
    pub(super) fn answer(self) -> Answer {
        match self {
            Self::Refuse(answer) => answer,
            Self::Fault(_) | Self::Reset | Self::Lost(_) => Reply::LOCAL_ERROR.into(),
        }
    }
}

impl From<Lost> for Stop {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

/// The stream of content of one message.
#[derive(Debug)]
pub(super) struct Body<'a> {
    inbound: &'a mut Inbound,
    ended: bool,
    octets: u64,
    /// What is found out about it while it streams.
    examination: Option<Box<Examination>>,
}

impl<'a> Body<'a> {
    pub(super) fn new(inbound: &'a mut Inbound) -> Self {
        Self {
            inbound,
            ended: false,
            octets: 0,
            examination: None,
        }
    }

    /// Octets so far.
    pub(super) fn octets(&self) -> u64 {
        self.octets
    }

    /// What was gathered of a message that streamed to its end.
    pub(super) fn examined(&mut self) -> Option<Examination> {
        let examination = self.examination.take().filter(|_| self.ended);
        examination.map(|boxed| *boxed)
    }

    /// What the client said of itself.
    pub(super) fn hello(&self) -> Option<&Hello> {
        self.inbound.server.hello()
    }

    /// The next piece; `None` once the client's terminator came.
    pub(super) async fn next(&mut self) -> Result<Option<Content>, Stop> {
        if self.ended {
            return Ok(None);
        }
        match self.inbound.next().await? {
            Event::Body(content) => {
                self.octets += content.as_bytes().len() as u64;
                if let Some(examination) = &mut self.examination {
                    examination.take(&content);
                }
                Ok(Some(content))
            }
            Event::End => {
                self.ended = true;
                Ok(None)
            }
            Event::Fault(fault) => Err(Stop::Fault(fault.reply())),
            Event::Reset => Err(Stop::Reset),
            Event::Quit => Err(Stop::Lost(Lost::Left)),
            Event::Close => Err(Stop::Lost(Lost::Unruly)),
            event @ (Event::NeedInput
            | Event::Mail(_)
            | Event::Rcpt(_)
            | Event::Begin(_)
            | Event::Refused
            | Event::StartTls) => {
                unreachable!("the engine says no such thing within a message: {event:?}")
            }
        }
    }

    /// Everything up to the first empty line, and what came with it of the rest.
    pub(super) async fn header(
        &mut self,
        strictness: Strictness,
    ) -> Result<(HeaderBlock, HeldBack), Stop> {
        let mut scan = HeaderScan::new(limits::HEADER_BYTES, strictness);
        let refuse = |fault: smtp::header_scan::HeaderFault| Stop::Refuse(fault.reply().into());
        while let Some(content) = self.next().await? {
            match scan.push(content).map_err(refuse)? {
                Progress::More => {}
                Progress::Complete { header, rest } => {
                    let mut held = HeldBack::default();
                    held.take(rest);
                    return Ok((header, held));
                }
            }
        }
        Ok((scan.end().map_err(refuse)?, HeldBack::default()))
    }

    /// Answers the client, wherever in its message it is.
    pub(super) async fn answer(self, answer: Answer) -> Result<(), Lost> {
        if self.ended {
            let (server, out) = self.inbound.answer();
            server.finish(answer, out);
            return Ok(());
        }
        self.inbound.server.refuse_body(answer);
        self.swallow().await
    }

    /// Reads on to the end of a message that is refused; the engine answers it.
    pub(super) async fn swallow(self) -> Result<(), Lost> {
        loop {
            match self.inbound.next().await? {
                Event::Refused | Event::Reset => return Ok(()),
                Event::Quit => return Err(Lost::Left),
                Event::Close => return Err(Lost::Unruly),
                _ => {}
            }
        }
    }
}

/// What comes behind the content that is here.
#[derive(Debug)]
pub(super) enum Rest<'b, 'a> {
    /// From the client.
    Client(&'b mut Body<'a>),
    /// From where it was written.
    Stored(Option<Box<Unread>>),
    /// From where it was held until it was whole; it is judged again before it goes anywhere.
    Held(Box<Hold>, Box<LineCheck>),
    /// Nothing: all of it is here.
    Nothing,
}

impl Rest<'_, '_> {
    /// The next piece; `None`: that was all.
    pub(super) async fn next(&mut self) -> Result<Option<Content>, Stop> {
        match self {
            Self::Client(body) => body.next().await,
            Self::Stored(unread) => stored::next(unread).await,
            Self::Held(hold, check) => {
                let broken = || Stop::Refuse(Reply::LOCAL_ERROR.into());
                match hold.next().await.map_err(|_| broken())? {
                    Some(octets) => check.pass(octets).map(Some).map_err(|_| broken()),
                    None => Ok(None),
                }
            }
            Self::Nothing => Ok(None),
        }
    }
}

impl Rest<'_, '_> {
    /// Looks at what comes from the client, as it comes.
    pub(super) fn examine(&mut self, examination: Examination) {
        if let Self::Client(body) = self {
            body.examination = Some(Box::new(examination));
        }
    }
}

/// Content that has not gone anywhere yet.
#[derive(Debug, Default, Clone)]
pub(super) struct HeldBack {
    pieces: Vec<Content>,
    octets: usize,
    eight_bit: bool,
    whole: bool,
}

impl HeldBack {
    pub(super) fn take(&mut self, content: Content) {
        let octets = content.as_bytes();
        self.octets += octets.len();
        self.eight_bit |= !octets.is_ascii();
        if !octets.is_empty() {
            self.pieces.push(content);
        }
        // Octets that come one by one must not cost a piece each.
        if self.pieces.len() > limits::HOLD_BACK_PIECES {
            self.compact();
        }
    }

    /// All in one buffer of its own size.
    pub(super) fn compact(&mut self) {
        self.pieces = vec![Content::join(&self.pieces)];
    }

    /// Puts `content` (the header block as it goes on) before the rest.
    pub(super) fn lead_with(&mut self, content: Content) {
        let rest = std::mem::take(&mut self.pieces);
        self.take(content);
        self.pieces.extend(rest);
    }

    /// Holds back until there is enough, or all of it.
    pub(super) async fn fill(&mut self, rest: &mut Rest<'_, '_>) -> Result<(), Stop> {
        while self.has_room() {
            match rest.next().await? {
                Some(content) => self.take(content),
                None => {
                    self.end();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether more may be held back.
    pub(super) fn has_room(&self) -> bool {
        self.octets < limits::HOLD_BACK_BYTES
    }

    pub(super) fn octets(&self) -> u64 {
        self.octets as u64
    }

    /// Nothing more will come.
    pub(super) fn end(&mut self) {
        self.whole = true;
    }

    /// What is held back, in its order.
    pub(super) fn pieces(&self) -> &[Content] {
        &self.pieces
    }

    /// The same in one piece.
    pub(super) fn join(&mut self) -> Bytes {
        if self.pieces.len() != 1 {
            self.compact();
        }
        self.pieces[0].as_bytes().clone()
    }

    pub(super) fn known(&self) -> Known {
        let (octets, eight_bit) = (self.octets as u64, self.eight_bit);
        if self.whole {
            Known::Whole {
                octets,
                eight_bit,
                ends_with_crlf: self.ends_with_crlf(),
            }
        } else {
            Known::Part { octets, eight_bit }
        }
    }

    /// A last line without its end can only come by BDAT.
    fn ends_with_crlf(&self) -> bool {
        let mut tail = self
            .pieces
            .iter()
            .rev()
            .flat_map(|piece| piece.as_bytes().iter().rev());
        self.pieces.is_empty() || (tail.next() == Some(&b'\n') && tail.next() == Some(&b'\r'))
    }

    /// Whether nothing more will come.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(super) fn into_pieces(self) -> Vec<Content> {
        self.pieces
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use smtp::BareNewline;
    use smtp::data::{DataDecoder, Decoded};

    use super::*;

    #[test]
    fn one_piece_too_many_makes_one_of_all() {
        let mut decoder = DataDecoder::new(BareNewline::Refuse, 1 << 20);
        let mut held = HeldBack::default();
        for number in 1..=limits::HOLD_BACK_PIECES + 1 {
            let Decoded::Body(content) = decoder.decode(&mut BytesMut::from("x")) else {
                unreachable!("an octet of text")
            };
            held.take(content);
            let expected = if number <= limits::HOLD_BACK_PIECES {
                number
            } else {
                1
            };
            assert_eq!(held.pieces.len(), expected, "after {number} pieces");
        }
        assert_eq!(held.pieces[0].len(), limits::HOLD_BACK_PIECES + 1);
    }
}
