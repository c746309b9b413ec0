//! The server's side of a session: what may be said when, and what is answered (RFC 5321 §3, §4.1.4).
//!
//! Pull style: [`Server::poll`] takes what it can from the input and gives one event; replies gather in the output, so
//! that a pipelined group (RFC 2920) is answered in one write. Invariants: every command gets one reply, in order, every
//! message one verdict, a 421 is the last word, and nothing depends on how the input was cut. Held by `fuzz_targets/smtp_session.rs`.

use bytes::BytesMut;

use crate::command::reader::{CommandReader, LineError};
use crate::content::{BareNewline, BodyFault, Content};
use crate::envelope::{Envelope, MailFrom, RcptTo};
use crate::extension::Offer;
use crate::reply::{self, Answer, Insert, Reply};

mod message;
mod state;
mod tally;
mod transaction;

use state::{Phase, State};
use tally::{Merit, Tally};

pub use crate::command::Hello;

/// What the server is told of the house it speaks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Our name, in the greeting and in the reply to EHLO.
    pub hostname: String,
    /// The extensions offered.
    pub offer: Offer,
    /// Recipients taken in one transaction; more get 452 (RFC 5321 §4.5.3.1.10).
    pub recipients_max: usize,
    /// What happens to a bare CR or LF in a message.
    pub bare_newline: BareNewline,
    /// Octets of a message; more are refused.
    pub message_size_max: u64,
}

/// What happened, or what is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Nothing more can be done with `input`: write `out`, then read.
    NeedInput,
    /// A MAIL: answer with [`Server::accept_mail`] or [`Server::refuse_mail`]. Asked again until then.
    Mail(MailFrom),
    /// A RCPT: answer with [`Server::accept_rcpt`] or [`Server::refuse_rcpt`]. Asked again until then.
    Rcpt(RcptTo),
    /// DATA (354 is in `out`) or the first BDAT (nothing is said yet): the message begins.
    Begin(Envelope),
    /// A piece of the message, not larger than its input (twice that where bare newlines are normalised).
    Body(Content),
    /// The message is complete and without fault: answer with [`Server::finish`]. Said again until then.
    End,
    /// The message is refused: no octet of it may be used. The server reads on to its end and answers by itself.
    Fault(BodyFault),
    /// The end of a refused message came and is answered.
    Refused,
    /// RSET, EHLO or HELO dropped a transaction.
    Reset,
    /// 220 is in `out`, `input` is emptied: write, shake hands, call [`Server::secured`].
    StartTls,
    /// QUIT: write `out` and close.
    Quit,
    /// Out of bounds: write `out` and close.
    Close,
}

/// The rules of the server.
#[derive(Debug)]
pub struct Server {
    settings: Settings,
    channel: Channel,
    hello: Option<Hello>,
    /// What the last hello was offered: it holds until the next, whatever becomes of the settings (RFC 5321 §4.1.1.1).
    offered: Offer,
    reader: CommandReader,
    tally: Tally,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Channel {
    Clear,
    Tls,
}

/// The state after a step, and the event to give, if any.
type Step = (State, Option<Event>);

impl Server {
    /// A server at the beginning of a connection.
    pub fn new(settings: Settings) -> Self {
        Self {
            offered: settings.offer,
            settings,
            channel: Channel::Clear,
            hello: None,
            reader: CommandReader::default(),
            tally: Tally::default(),
            state: State::default(),
        }
    }

    /// Writes the greeting.
    pub fn greet(&mut self, out: &mut BytesMut) {
        reply::write_greeting(&Insert::new(&self.settings.hostname), out);
    }

    /// Takes what it can from `input` until there is something to tell.
    pub fn poll(&mut self, input: &mut BytesMut, out: &mut BytesMut) -> Event {
        loop {
            let (state, event) = match std::mem::take(&mut self.state) {
                State::AskMail(mail) => {
                    let event = Event::Mail(mail.clone());
                    (State::AskMail(mail), Some(event))
                }
                State::AskRcpt(draft, rcpt) => {
                    let event = Event::Rcpt(rcpt.clone());
                    (State::AskRcpt(draft, rcpt), Some(event))
                }
                State::Data(message) => self.on_data(message, input, out),
                State::Chunk(message) => self.on_chunk(message, input, out),
                State::Discard(discard) => discard.advance(input, out),
                State::Ended => (State::Ended, Some(Event::End)),
                State::AwaitTls => (State::AwaitTls, Some(Event::StartTls)),
                State::Over(event) => (State::Over(event.clone()), Some(event)),
                State::Command(phase) => self.next_command(phase, input, out),
            };
            self.state = state;
            if let Some(event) = event {
                return event;
            }
        }
    }

    /// Takes the sender: 250.
    pub fn accept_mail(&mut self, out: &mut BytesMut) {
        self.state = match std::mem::take(&mut self.state) {
            State::AskMail(mail) => {
                Answer::from(Reply::SENDER_OK).write_to(out);
                State::collect(mail)
            }
            other => other,
        };
    }

    /// Refuses the sender.
    pub fn refuse_mail(&mut self, answer: Answer, out: &mut BytesMut) {
        self.state = match std::mem::take(&mut self.state) {
            State::AskMail(_) => {
                answer.write_to(out);
                self.tally.sender_refused();
                State::default()
            }
            other => other,
        };
    }

    /// Takes the recipient: 250.
    pub fn accept_rcpt(&mut self, out: &mut BytesMut) {
        self.state = match std::mem::take(&mut self.state) {
            State::AskRcpt(draft, rcpt) => {
                Answer::from(Reply::RECIPIENT_OK).write_to(out);
                self.tally.progress();
                State::Command(Phase::Collect(draft.with(rcpt)))
            }
            other => other,
        };
    }

    /// Refuses the recipient.
    pub fn refuse_rcpt(&mut self, answer: Answer, out: &mut BytesMut) {
        self.state = match std::mem::take(&mut self.state) {
            State::AskRcpt(draft, _) => {
                answer.write_to(out);
                self.tally.count(Merit::Refused);
                State::Command(Phase::Collect(draft))
            }
            other => other,
        };
    }

    /// Refuses the message that has begun: nothing more of it is given out, and its end gets this answer (unless a
    /// fault in it has decided already).
    pub fn refuse_body(&mut self, answer: Answer) {
        match &mut self.state {
            State::Data(message) => message.refuse(answer),
            State::Chunk(message) | State::Command(Phase::BetweenChunks(message)) => {
                message.refuse(answer);
            }
            State::Command(Phase::Idle | Phase::Collect(_))
            | State::AskMail(_)
            | State::AskRcpt(..)
            | State::Discard(_)
            | State::Ended
            | State::AwaitTls
            | State::Over(_) => {}
        }
    }

    /// Answers the end of the message.
    pub fn finish(&mut self, answer: Answer, out: &mut BytesMut) {
        if matches!(self.state, State::Ended) {
            answer.write_to(out);
            self.tally.message();
            self.state = State::default();
        }
    }

    /// Ends the session for reasons of the house (idle, busy, going down): the answer is written, and from here on
    /// there is only [`Event::Close`].
    pub fn close(&mut self, answer: Answer, out: &mut BytesMut) {
        answer.write_to(out);
        self.state = State::Over(Event::Close);
    }

    /// TLS is up: everything said in clear is forgotten, the EHLO too (RFC 3207 §4.2).
    pub fn secured(&mut self) {
        self.channel = Channel::Tls;
        self.hello = None;
        self.reader = CommandReader::default();
        self.state = State::default();
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes the settings. A message that has begun is read under the old ones, and what EHLO has offered stays
    /// offered until the next EHLO.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// What the client said of itself, on this side of TLS.
    pub fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }

    fn next_command(&mut self, phase: Phase, input: &mut BytesMut, out: &mut BytesMut) -> Step {
        if self.tally.is_exhausted() {
            return over(Reply::TOO_MANY_ERRORS, out);
        }
        match self.reader.next(input) {
            Ok(None) => (State::Command(phase), Some(Event::NeedInput)),
            Ok(Some(line)) => self.on_line(phase, &line, input, out),
            Err(LineError::TooLong) => self.stay(phase, Reply::LINE_TOO_LONG, Merit::Bad, out),
            Err(LineError::BareNewline) => over(Reply::BARE_NEWLINE_IN_COMMAND, out),
            Err(LineError::Flood) => over(Reply::TOO_MANY_ERRORS, out),
        }
    }

    /// A reply, and everything else as it was.
    fn stay(&mut self, phase: Phase, reply: Reply, merit: Merit, out: &mut BytesMut) -> Step {
        Answer::from(reply).write_to(out);
        self.tally.count(merit);
        (State::Command(phase), None)
    }
}

/// A last reply.
fn over(reply: Reply, out: &mut BytesMut) -> Step {
    Answer::from(reply).write_to(out);
    (State::Over(Event::Close), Some(Event::Close))
}
