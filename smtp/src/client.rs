//! The client's side of a connection to a hop (RFC 5321 §3, RFC 2920, RFC 3030, RFC 3207).
//!
//! Pull style, as in [`crate::server`]. Invariants: every reply is matched to the command it answers, and one that
//! answers nothing ends the connection; the end of a message is written only by [`Client::terminate`] and
//! [`Client::body_last`]. Held by `fuzz_targets/smtp_client.rs`.

use bytes::BytesMut;

use crate::content::Content;
use crate::extension::Capabilities;
use crate::hop_reply::{HopReply, ReplyError, ReplyReader};
use crate::outgoing::Outgoing;
use crate::reply::{Class, Insert, Reply};
use crate::stuffing::Stuffing;

mod hop_envelope;
mod talk;

pub use hop_envelope::HopEnvelope;
pub use talk::EnvelopeReplies;
use talk::{Heard, Talk};

/// What to do when a hop refuses EHLO for good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HelloPolicy {
    /// The hop is of no use.
    EhloOnly,
    /// Say HELO and do without extensions, TLS among them (RFC 5321 §3.2).
    HeloFallback,
}

/// How a message is handed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transfer {
    /// DATA.
    Data,
    /// BDAT, if the hop offers CHUNKING and PIPELINING; DATA otherwise.
    Chunks,
}

/// Why the connection, or what was wanted of it, failed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClientError {
    /// The greeting was not 220.
    #[error("the hop's greeting was {}", .0.code)]
    Greeting(HopReply),
    /// EHLO, and HELO if it was tried, was refused.
    #[error("the hop refused EHLO with {}", .0.code)]
    Hello(HopReply),
    /// STARTTLS was refused; the connection stands, in clear.
    #[error("the hop refused STARTTLS with {}", .0.code)]
    StartTls(HopReply),
    /// A reply to nothing, or one that does not fit the command.
    #[error("the hop said {} out of turn", .0.code)]
    Unexpected(HopReply),
    /// Not SMTP, or too much of it.
    #[error("the hop does not speak SMTP: {0}")]
    Garbage(#[from] ReplyError),
    /// The envelope needs what the hop does not offer. Nothing of it was written; the connection stands.
    #[error("the hop cannot take this envelope: {}", .0.text())]
    Unfit(Reply),
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientEvent {
    /// Nothing more can be done with `input`: write `out`, then read.
    NeedInput,
    /// Greeting and EHLO are through (also after [`Client::secured`]).
    Ready(Capabilities),
    /// 220 to STARTTLS; `input` is emptied, so that nothing said in clear is heard inside TLS.
    StartTls,
    /// Close the connection, except where the error says that it stands.
    Failed(ClientError),
    /// All replies to the envelope.
    Envelope(EnvelopeReplies),
    /// A chunk before the last was refused.
    Chunk(HopReply),
    /// The reply to the whole message.
    Final(HopReply),
    /// RSET is through.
    ResetDone,
    /// 421, or the answer to QUIT: the hop closes.
    Closing(HopReply),
}

/// The rules of the client.
#[derive(Debug)]
pub struct Client {
    name: Insert,
    policy: HelloPolicy,
    capabilities: Option<Capabilities>,
    reader: ReplyReader,
    /// Octets came that answer nothing.
    stray: bool,
    octets_sent: u64,
    state: State,
}

/// Which reply is awaited, if any.
#[derive(Debug)]
enum State {
    Greeting,
    Ehlo,
    Helo,
    Ready,
    StartTls,
    AwaitTls,
    Envelope(Talk),
    /// An envelope that was not written.
    Unfit(Reply),
    Data(Stuffing),
    /// Chunks whose replies have not come.
    Chunks(u64),
    /// The end is written; so many chunks before the last have no reply yet.
    Final(u64),
    Reset,
    Quit,
    Over,
}

impl Client {
    /// A client that waits for the greeting.
    pub fn new(our_name: String, hello: HelloPolicy) -> Self {
        Self {
            name: Insert::new(&our_name),
            policy: hello,
            capabilities: None,
            reader: ReplyReader::new(),
            stray: false,
            octets_sent: 0,
            state: State::Greeting,
        }
    }

    /// Takes replies from `input` until there is something to tell.
    pub fn poll(&mut self, input: &mut BytesMut, out: &mut impl Outgoing) -> ClientEvent {
        if let State::Unfit(reply) = self.state {
            self.state = State::Ready;
            return ClientEvent::Failed(ClientError::Unfit(reply));
        }
        loop {
            if matches!(self.state, State::Over) {
                input.clear();
            }
            self.stray |= !self.state.awaits() && !input.is_empty();
            let reply = match self.reader.poll(input) {
                Ok(Some(reply)) => reply,
                Ok(None) => return ClientEvent::NeedInput,
                Err(error) => return self.fail(error.into()),
            };
            let said = out.waiting();
            let event = self.on_reply(reply, input, out);
            // What is here already cannot be the reply to a command that was not written yet.
            self.stray |= (out.waiting() > said || !self.state.awaits()) && !input.is_empty();
            if let Some(event) = event {
                return event;
            }
        }
    }

    /// Says STARTTLS.
    pub fn start_tls(&mut self, out: &mut impl Outgoing) {
        if self.say("STARTTLS", out) {
            self.state = State::StartTls;
        }
    }

    /// TLS is up: what the hop offered in clear is forgotten, EHLO is said again (RFC 3207 §4.2).
    pub fn secured(&mut self, out: &mut impl Outgoing) {
        if !matches!(self.state, State::AwaitTls) {
            return;
        }
        self.capabilities = None;
        self.reader = ReplyReader::new();
        self.stray = false;
        self.hello("EHLO", State::Ehlo, out);
    }

    /// Opens a transaction: one write where the hop pipelines, one command after the other where not.
    pub fn begin(&mut self, envelope: &HopEnvelope, transfer: Transfer, out: &mut impl Outgoing) {
        let (State::Ready, Some(capabilities)) = (&self.state, &self.capabilities) else {
            return;
        };
        self.octets_sent = 0;
        self.state = match envelope.unfit_for(capabilities) {
            Some(reply) => State::Unfit(reply),
            None => State::Envelope(Talk::begin(envelope, capabilities, transfer, out)),
        };
    }

    /// Writes a piece of the message: only after [`ClientEvent::Envelope`] with a go-ahead.
    pub fn body(&mut self, content: Content, out: &mut impl Outgoing) {
        let octets = content.len() as u64;
        match &mut self.state {
            State::Data(stuffing) => stuffing.write(content, out),
            State::Chunks(awaited) if !content.is_empty() => {
                *awaited += 1;
                out.put_slice(format!("BDAT {octets}\r\n").as_bytes());
                out.put_shared(content.into_bytes());
            }
            _ => return,
        }
        self.octets_sent += octets;
    }

    /// Ends the message.
    pub fn terminate(&mut self, out: &mut impl Outgoing) {
        self.body_last(Content::default(), out);
    }

    /// Writes the last piece of the message and ends it.
    pub fn body_last(&mut self, content: Content, out: &mut impl Outgoing) {
        let octets = content.len() as u64;
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Data(mut stuffing) => {
                stuffing.write(content, out);
                stuffing.end(out);
                State::Final(0)
            }
            State::Chunks(awaited) => {
                out.put_slice(format!("BDAT {octets} LAST\r\n").as_bytes());
                out.put_shared(content.into_bytes());
                State::Final(awaited)
            }
            other => {
                self.state = other;
                return;
            }
        };
        self.octets_sent += octets;
    }

    /// Drops the transaction: between messages, or after an envelope without a go-ahead.
    pub fn reset(&mut self, out: &mut impl Outgoing) {
        if self.say("RSET", out) {
            self.state = State::Reset;
        }
    }

    /// Takes leave. Never within a message: its end would be missing, and the hop could take QUIT for text.
    pub fn quit(&mut self, out: &mut impl Outgoing) {
        if self.say("QUIT", out) {
            self.state = State::Quit;
        }
    }

    /// What the hop offers, once [`ClientEvent::Ready`] came.
    pub fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }

    /// Octets of content written since [`Client::begin`].
    pub fn octets_sent(&self) -> u64 {
        self.octets_sent
    }

    fn on_reply(
        &mut self,
        reply: HopReply,
        input: &mut BytesMut,
        out: &mut impl Outgoing,
    ) -> Option<ClientEvent> {
        let state = std::mem::replace(&mut self.state, State::Over);
        if reply.code.value() == 421 && !matches!(state, State::Greeting) {
            return Some(ClientEvent::Closing(reply));
        }
        if self.stray {
            return Some(self.fail(ClientError::Unexpected(reply)));
        }
        let positive = reply.class() == Class::Positive;
        match state {
            State::Greeting if reply.code.value() != 220 => {
                Some(self.fail(ClientError::Greeting(reply)))
            }
            State::Greeting => {
                self.hello("EHLO", State::Ehlo, out);
                None
            }
            State::Ehlo if positive => Some(self.ready(Capabilities::from_ehlo(&reply))),
            State::Ehlo if self.may_say_helo(&reply) => {
                self.hello("HELO", State::Helo, out);
                None
            }
            State::Helo if positive => Some(self.ready(Capabilities::default())),
            State::Ehlo | State::Helo => Some(self.fail(ClientError::Hello(reply))),
            State::StartTls => Some(self.on_start_tls(reply, input)),
            State::Envelope(talk) => self.on_talk(talk.heard(reply, out)),
            State::Chunks(awaited) if awaited > 0 => {
                self.state = State::Chunks(awaited - 1);
                (!positive).then_some(ClientEvent::Chunk(reply))
            }
            State::Final(0) => {
                self.state = State::Ready;
                Some(ClientEvent::Final(reply))
            }
            State::Final(awaited) => {
                self.state = State::Final(awaited - 1);
                (!positive).then_some(ClientEvent::Chunk(reply))
            }
            State::Reset if positive => {
                self.state = State::Ready;
                Some(ClientEvent::ResetDone)
            }
            State::Quit => Some(ClientEvent::Closing(reply)),
            State::Reset
            | State::Ready
            | State::AwaitTls
            | State::Unfit(_)
            | State::Data(_)
            | State::Chunks(_)
            | State::Over => Some(self.fail(ClientError::Unexpected(reply))),
        }
    }

    fn on_start_tls(&mut self, reply: HopReply, input: &mut BytesMut) -> ClientEvent {
        if reply.code.value() != 220 {
            self.state = State::Ready;
            return ClientEvent::Failed(ClientError::StartTls(reply));
        }
        // Said in clear by whoever is between us and the hop (CVE-2011-0411, the other way round).
        input.clear();
        self.state = State::AwaitTls;
        ClientEvent::StartTls
    }

    fn on_talk(&mut self, heard: Heard) -> Option<ClientEvent> {
        let (state, event) = match heard {
            Heard::More(talk) => (State::Envelope(talk), None),
            Heard::All(replies, transfer) => {
                let state = match transfer {
                    Transfer::Data if replies.is_data_open() => State::Data(Stuffing::default()),
                    Transfer::Chunks if replies.is_go_ahead() => State::Chunks(0),
                    Transfer::Data | Transfer::Chunks => State::Ready,
                };
                (state, Some(ClientEvent::Envelope(replies)))
            }
        };
        self.state = state;
        event
    }

    fn may_say_helo(&self, reply: &HopReply) -> bool {
        self.policy == HelloPolicy::HeloFallback && reply.class() == Class::Permanent
    }

    fn ready(&mut self, capabilities: Capabilities) -> ClientEvent {
        self.capabilities = Some(capabilities);
        self.state = State::Ready;
        ClientEvent::Ready(capabilities)
    }

    fn fail(&mut self, error: ClientError) -> ClientEvent {
        self.state = State::Over;
        ClientEvent::Failed(error)
    }

    fn hello(&mut self, verb: &str, next: State, out: &mut impl Outgoing) {
        out.put_slice(format!("{verb} {}\r\n", self.name).as_bytes());
        self.state = next;
    }

    /// Says a command without argument, where nothing else is going on.
    fn say(&self, verb: &str, out: &mut impl Outgoing) -> bool {
        let ready = matches!(self.state, State::Ready);
        if ready {
            out.put_slice(format!("{verb}\r\n").as_bytes());
        }
        ready
    }
}

impl State {
    fn awaits(&self) -> bool {
        match self {
            Self::Greeting
            | Self::Ehlo
            | Self::Helo
            | Self::StartTls
            | Self::Envelope(_)
            | Self::Final(_)
            | Self::Reset
            | Self::Quit => true,
            Self::Chunks(awaited) => *awaited > 0,
            Self::Ready | Self::AwaitTls | Self::Unfit(_) | Self::Data(_) | Self::Over => false,
        }
    }
}

#[cfg(test)]
mod tests;
