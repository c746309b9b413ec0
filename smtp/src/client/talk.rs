//! The envelope's commands and the replies to them, pipelined (RFC 2920) or in turn.

use std::collections::VecDeque;

use super::{HopEnvelope, Transfer};
use crate::extension::Capabilities;
use crate::hop_reply::HopReply;
use crate::outgoing::Outgoing;
use crate::reply::Class;

/// What the hop said to an envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvelopeReplies {
    /// To MAIL.
    pub mail: HopReply,
    /// To each RCPT in order; none where MAIL was refused and the hop does not pipeline.
    pub recipients: Vec<HopReply>,
    /// To DATA; `None` for chunks, or where DATA was not said because nothing was accepted.
    pub data: Option<HopReply>,
}

impl EnvelopeReplies {
    fn to_mail(reply: HopReply) -> Self {
        Self {
            mail: reply,
            recipients: Vec::new(),
            data: None,
        }
    }

    fn and(mut self, reply: HopReply, recipients: usize) -> Self {
        match self.recipients.len() < recipients {
            true => self.recipients.push(reply),
            false => self.data = Some(reply),
        }
        self
    }

    /// Whether MAIL, a RCPT and DATA (if it was said) were accepted: the message may be sent to those who were.
    pub fn is_go_ahead(&self) -> bool {
        let positive = |reply: &HopReply| reply.class() == Class::Positive;
        positive(&self.mail)
            && self.recipients.iter().any(positive)
            && (self.data.is_none() || self.is_data_open())
    }

    /// Whether the hop now waits for a message. Without a go-ahead only closing the connection prevents one.
    pub fn is_data_open(&self) -> bool {
        let open = |reply: &HopReply| reply.code.value() == 354;
        self.data.as_ref().is_some_and(open)
    }
}

/// An envelope under way.
#[derive(Debug)]
pub(super) struct Talk {
    transfer: Transfer,
    /// Commands not said yet; all are said at once where the hop pipelines.
    unsaid: VecDeque<String>,
    recipients: usize,
    replies: Option<EnvelopeReplies>,
}

pub(super) enum Heard {
    More(Talk),
    All(EnvelopeReplies, Transfer),
}

impl Talk {
    pub(super) fn begin(
        envelope: &HopEnvelope,
        capabilities: &Capabilities,
        wanted: Transfer,
        out: &mut impl Outgoing,
    ) -> Self {
        let transfer = match wanted {
            Transfer::Chunks if capabilities.chunking && capabilities.pipelining => wanted,
            Transfer::Chunks | Transfer::Data => Transfer::Data,
        };
        let command = |number: usize, line: &mut String| match number < envelope.commands() {
            true => envelope.write(number, capabilities, line),
            false => line.push_str("DATA\r\n"),
        };
        let all = envelope.commands() + usize::from(transfer == Transfer::Data);
        let mut now = String::with_capacity(USUAL_ENVELOPE_OCTETS);
        let mut unsaid = VecDeque::new();
        for number in 0..all {
            if number == 0 || capabilities.pipelining {
                command(number, &mut now);
            } else {
                let mut line = String::new();
                command(number, &mut line);
                unsaid.push_back(line);
            }
        }
        out.put_slice(now.as_bytes());
        Self {
            transfer,
            unsaid,
            recipients: envelope.recipients.len(),
            replies: None,
        }
    }

    pub(super) fn heard(mut self, reply: HopReply, out: &mut impl Outgoing) -> Heard {
        let replies = match self.replies.take() {
            None => EnvelopeReplies::to_mail(reply),
            Some(replies) => replies.and(reply, self.recipients),
        };
        if self.goes_on(&replies) {
            let next = self.unsaid.pop_front().unwrap_or_default();
            out.put_slice(next.as_bytes());
            self.replies = Some(replies);
            return Heard::More(self);
        }
        Heard::All(replies, self.transfer)
    }

    /// Whether more replies are to come, or more is to be said: RCPT after MAIL, DATA after a RCPT.
    fn goes_on(&self, replies: &EnvelopeReplies) -> bool {
        let positive = |reply: &HopReply| reply.class() == Class::Positive;
        let all_recipients = replies.recipients.len() == self.recipients;
        match self.unsaid.is_empty() {
            true => !all_recipients || self.transfer == Transfer::Data && replies.data.is_none(),
            false if all_recipients => replies.recipients.iter().any(positive),
            false => positive(&replies.mail),
        }
    }
}

/// MAIL, one RCPT and DATA with paths of everyday length.
const USUAL_ENVELOPE_OCTETS: usize = 256;
