//! The client's side of a connection to a hop (RFC 5321 §3, RFC 2920, RFC 3030).

use bytes::BytesMut;

use crate::content::Content;
use crate::envelope::{MailFrom, RcptTo};
use crate::extension::Capabilities;
use crate::hop_reply::{HopReply, ReplyError};
use crate::reply::Reply;

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

/// The envelope toward a hop. Parameters are written only as far as the hop offers them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HopEnvelope {
    /// MAIL, with `size` set if it is known.
    pub mail: MailFrom,
    /// RCPT, at least one.
    pub recipients: Vec<RcptTo>,
}

impl HopEnvelope {
    /// Why a hop that offers `capabilities` cannot take this envelope.
    pub fn unfit_for(&self, capabilities: &Capabilities) -> Option<Reply> {
        let _ = capabilities;
        None
    }
}

/// What the hop said to an envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvelopeReplies {
    /// To MAIL.
    pub mail: HopReply,
    /// To each RCPT in order; none where MAIL was refused and the hop does not pipeline.
    pub recipients: Vec<HopReply>,
    /// To DATA; `None` for chunks, or where DATA was not sent because nothing was accepted.
    pub data: Option<HopReply>,
}

/// Why the connection is of no use.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClientError {
    /// The greeting was not 220.
    #[error("the hop's greeting was {}", .0.code)]
    Greeting(HopReply),
    /// EHLO, and HELO if it was tried, was refused.
    #[error("the hop refused EHLO with {}", .0.code)]
    Hello(HopReply),
    /// STARTTLS was refused.
    #[error("the hop refused STARTTLS with {}", .0.code)]
    StartTls(HopReply),
    /// A reply to nothing, or one that does not fit the command.
    #[error("the hop said {} out of turn", .0.code)]
    Unexpected(HopReply),
    /// Not SMTP, or too much of it.
    #[error("the hop does not speak SMTP: {0}")]
    Garbage(#[from] ReplyError),
    /// The envelope needs what the hop does not offer; nothing of it was written.
    #[error("the hop cannot take this envelope: {}", .0.text())]
    Unfit(Reply),
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientEvent {
    /// Nothing more in `input`: write `out`, then read.
    NeedInput,
    /// Greeting and EHLO are through (also after [`Client::secured`]).
    Ready(Capabilities),
    /// 220 to STARTTLS; `input` is emptied, so that nothing said in clear is heard inside TLS.
    StartTls,
    /// The connection is of no use; close it. (After [`ClientError::Unfit`] it still is.)
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
    capabilities: Option<Capabilities>,
}

#[expect(unused_variables, missing_docs, reason = "signatures come first")]
impl Client {
    pub fn new(our_name: String, hello: HelloPolicy) -> Self {
        Self { capabilities: None }
    }
    pub fn poll(&mut self, input: &mut BytesMut, out: &mut BytesMut) -> ClientEvent {
        ClientEvent::NeedInput
    }
    pub fn start_tls(&mut self, out: &mut BytesMut) {}
    pub fn secured(&mut self, out: &mut BytesMut) {}
    pub fn begin(&mut self, envelope: &HopEnvelope, transfer: Transfer, out: &mut BytesMut) {}
    pub fn body(&mut self, content: Content, out: &mut BytesMut) {}
    pub fn terminate(&mut self, out: &mut BytesMut) {}
    pub fn body_last(&mut self, content: Content, out: &mut BytesMut) {}
    pub fn reset(&mut self, out: &mut BytesMut) {}
    pub fn quit(&mut self, out: &mut BytesMut) {}
    pub fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }
    pub fn octets_sent(&self) -> u64 {
        0
    }
}
