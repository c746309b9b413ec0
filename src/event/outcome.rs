//! What became of one recipient of one message.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use smtp::{Answer, Class};

use super::SessionId;
use crate::tls::Negotiated;

/// One recipient, one line.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    /// The client's session.
    pub session: SessionId,
    /// The transaction's number within the session.
    pub transaction: u64,
    /// The message's name in the queue, if it came from there.
    pub queue_id: Option<Cow<'a, str>>,
    /// The client.
    pub client: IpAddr,
    /// `internet` or the side that proved itself.
    pub origin: Cow<'a, str>,
    /// The mail filter that handed it on.
    pub upstream: Option<Cow<'a, str>>,
    /// Reverse path, empty for null.
    pub from: Cow<'a, str>,
    /// Forward path as the sender gave it.
    pub to: Cow<'a, str>,
    /// Where it went or would have gone.
    pub destination: Cow<'a, str>,
    /// The reason of the decision or of the refusal.
    pub why: Cow<'a, str>,
    /// Which hop took or refused it.
    pub hop: Option<Cow<'a, str>>,
    /// TLS from the client.
    pub client_tls: Option<Negotiated>,
    /// TLS to the hop, or why there was none.
    pub hop_tls: Cow<'a, str>,
    /// As which of ours the hop knows the mail, where it is shown one certificate for internal mail and another for the
    /// rest: `sides`, or `internet` and why.
    pub identity: Option<Cow<'a, str>>,
    /// Octets of content, as it came.
    pub size: u64,
    /// Whether TNEF in it became MIME.
    pub converted: bool,
    /// What became of it.
    pub result: Fate,
    /// Our reply to the client.
    pub reply: Cow<'a, str>,
}

/// What became of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The hop took it.
    Delivered,
    /// It is ours now, and is delivered later.
    Queued,
    /// It stays with its sender, or in the queue, and is tried again.
    Deferred,
    /// It stays with its sender for good, or its sender is told.
    Refused,
}

impl Fate {
    /// What a reply makes of it.
    pub(crate) fn of(answer: &Answer) -> Self {
        match answer.class() {
            Class::Positive => Self::Delivered,
            Class::Permanent => Self::Refused,
            Class::Transient | Class::Intermediate => Self::Deferred,
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delivered => "delivered",
            Self::Queued => "queued",
            Self::Deferred => "deferred",
            Self::Refused => "refused",
        })
    }
}

impl Outcome<'_> {
    pub(super) fn to_owned(&self) -> Outcome<'static> {
        let own = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
        Outcome {
            session: self.session,
            transaction: self.transaction,
            queue_id: self.queue_id.as_ref().map(own),
            client: self.client,
            origin: own(&self.origin),
            upstream: self.upstream.as_ref().map(own),
            from: own(&self.from),
            to: own(&self.to),
            destination: own(&self.destination),
            why: own(&self.why),
            hop: self.hop.as_ref().map(own),
            client_tls: self.client_tls.clone(),
            hop_tls: own(&self.hop_tls),
            identity: self.identity.as_ref().map(own),
            size: self.size,
            converted: self.converted,
            result: self.result,
            reply: own(&self.reply),
        }
    }

    pub(super) fn log(&self) {
        tracing::info!(
            session = %self.session,
            transaction = self.transaction,
            queue_id = self.queue_id.as_deref(),
            client = %self.client,
            origin = &*self.origin,
            upstream = self.upstream.as_deref(),
            from = &*self.from,
            to = &*self.to,
            destination = &*self.destination,
            hop = self.hop.as_deref(),
            client_tls = self.client_tls.as_ref().map(|tls| tls.version),
            hop_tls = &*self.hop_tls,
            identity = self.identity.as_deref(),
            size = self.size,
            converted = self.converted.then_some(true),
            result = %self.result,
            reply = &*self.reply,
            why = &*self.why,
            "mail {}",
            self.result
        );
    }
}
