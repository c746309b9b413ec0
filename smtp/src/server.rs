//! The server's side of a session (RFC 5321 §3, §4.1.4).

use bytes::BytesMut;

use crate::content::{BareNewline, BodyFault, Content};
use crate::envelope::{Envelope, MailFrom, RcptTo};
use crate::extension::Offer;
use crate::reply::Answer;

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

/// What the client said of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hello {
    /// The argument of EHLO or HELO: printable ASCII without blanks, parentheses or angle brackets, bounded.
    pub name: String,
    /// EHLO, not HELO.
    pub extended: bool,
}

/// What happened, or what is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// Nothing more in `input`: write `out`, then read.
    NeedInput,
    /// A MAIL: answer with [`Server::accept_mail`] or [`Server::refuse_mail`]. Asked again until then.
    Mail(MailFrom),
    /// A RCPT: answer with [`Server::accept_rcpt`] or [`Server::refuse_rcpt`]. Asked again until then.
    Rcpt(RcptTo),
    /// DATA (354 is in `out`) or the first BDAT (nothing is said yet): the message begins.
    Begin(Envelope),
    /// A piece of the message.
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
    /// The client is out of bounds: write `out` and close.
    Close,
}

/// The rules of the server. Pull style: poll until `NeedInput`, write `out`, read, poll again.
#[derive(Debug)]
pub struct Server {
    settings: Settings,
    hello: Option<Hello>,
}

#[expect(unused_variables, missing_docs, reason = "signatures come first")]
impl Server {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            hello: None,
        }
    }
    pub fn greet(&mut self, out: &mut BytesMut) {}
    pub fn poll(&mut self, input: &mut BytesMut, out: &mut BytesMut) -> Event {
        Event::NeedInput
    }
    pub fn accept_mail(&mut self, out: &mut BytesMut) {}
    pub fn refuse_mail(&mut self, answer: Answer, out: &mut BytesMut) {}
    pub fn accept_rcpt(&mut self, out: &mut BytesMut) {}
    pub fn refuse_rcpt(&mut self, answer: Answer, out: &mut BytesMut) {}
    pub fn refuse_body(&mut self, answer: Answer) {}
    pub fn finish(&mut self, answer: Answer, out: &mut BytesMut) {}
    pub fn close(&mut self, answer: Answer, out: &mut BytesMut) {}
    pub fn secured(&mut self) {}
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    pub fn hello(&self) -> Option<&Hello> {
        self.hello.as_ref()
    }
}
