//! How a sink behaves.

use std::collections::{BTreeMap, VecDeque};

use super::{Act, EndOfData};
use crate::tls::ServerTls;

/// The behaviour of a sink. At first it accepts everything, in clear, and offers what modern servers do.
#[derive(Debug, Clone)]
pub struct Script {
    pub(super) hostname: String,
    pub(super) keywords: Vec<String>,
    pub(super) starttls: StartTls,
    pub(super) end_of_data: EndOfData,
    pub(super) split_writes: bool,
    pub(super) messages_per_connection: Option<usize>,
    plans: BTreeMap<Stage, Plan>,
    recipients: BTreeMap<String, Plan>,
    within_data: VecDeque<Within>,
    always_within_data: Option<Within>,
}

/// A moment at which a sink has something to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The connection has come.
    Greeting,
    /// EHLO.
    Ehlo,
    /// HELO.
    Helo,
    /// STARTTLS; normal is 220 and the handshake.
    StartTls,
    /// MAIL.
    Mail,
    /// RCPT for which [`Script::recipient`] says nothing.
    Rcpt,
    /// DATA.
    Data,
    /// A BDAT chunk that is not the last has come.
    Chunk,
    /// The message has come to its end: the terminator, or the last chunk.
    End,
    /// RSET.
    Rset,
    /// NOOP.
    Noop,
    /// QUIT.
    Quit,
}

/// Whether TLS is offered (RFC 3207).
#[derive(Debug, Clone)]
pub enum StartTls {
    /// It is not.
    Absent,
    /// It is.
    Offered(ServerTls),
    /// Without it there is no mail: 530.
    Required(ServerTls),
}

/// What happens at one stage: first these acts, one each, then always that one.
#[derive(Debug, Clone, Default)]
struct Plan {
    once: VecDeque<Act>,
    always: Option<Act>,
}

/// An act after so many octets of content.
#[derive(Debug, Clone)]
pub(super) struct Within {
    pub(super) octets: usize,
    pub(super) act: Act,
}

impl Script {
    /// The name in the greeting and in the EHLO reply.
    pub fn hostname(&mut self, name: &str) -> &mut Self {
        name.clone_into(&mut self.hostname);
        self
    }

    /// Offers exactly these EHLO keywords (and STARTTLS, if there is TLS).
    pub fn keywords<S: Into<String>>(&mut self, lines: impl IntoIterator<Item = S>) -> &mut Self {
        self.keywords = lines.into_iter().map(Into::into).collect();
        self
    }

    /// Does not offer this keyword.
    pub fn without(&mut self, keyword: &str) -> &mut Self {
        self.keywords.retain(|line| {
            !line
                .split(' ')
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case(keyword))
        });
        self
    }

    /// Offers this line too, in place of one with the same keyword.
    pub fn with(&mut self, line: &str) -> &mut Self {
        self.without(line.split(' ').next().unwrap_or(line));
        self.keywords.push(line.to_owned());
        self
    }

    /// Whether TLS is offered.
    pub fn starttls(&mut self, starttls: StartTls) -> &mut Self {
        self.starttls = starttls;
        self
    }

    /// What always happens at a stage.
    pub fn on(&mut self, stage: Stage, act: Act) -> &mut Self {
        self.plans.entry(stage).or_default().always = Some(act);
        self
    }

    /// What happens the next time at a stage; several are taken in turn.
    pub fn once(&mut self, stage: Stage, act: Act) -> &mut Self {
        self.plans.entry(stage).or_default().once.push_back(act);
        self
    }

    /// What always happens at RCPT with this path.
    pub fn recipient(&mut self, path: &str, act: Act) -> &mut Self {
        self.recipients
            .entry(path.to_lowercase())
            .or_default()
            .always = Some(act);
        self
    }

    /// What happens the next time at RCPT with this path.
    pub fn recipient_once(&mut self, path: &str, act: Act) -> &mut Self {
        self.recipients
            .entry(path.to_lowercase())
            .or_default()
            .once
            .push_back(act);
        self
    }

    /// What always happens when so many octets of content have come and the message has not ended. Normal says nothing.
    pub fn within_data(&mut self, octets: usize, act: Act) -> &mut Self {
        self.always_within_data = Some(Within { octets, act });
        self
    }

    /// As [`Self::within_data`], for the next message only; several are taken in turn.
    pub fn within_data_once(&mut self, octets: usize, act: Act) -> &mut Self {
        self.within_data.push_back(Within { octets, act });
        self
    }

    /// What it takes for the end of data.
    pub fn end_of_data(&mut self, rule: EndOfData) -> &mut Self {
        self.end_of_data = rule;
        self
    }

    /// Writes each octet on its own.
    pub fn split_writes(&mut self) -> &mut Self {
        self.split_writes = true;
        self
    }

    /// Answers the MAIL after so many messages with 421 and closes.
    pub fn messages_per_connection(&mut self, messages: usize) -> &mut Self {
        self.messages_per_connection = Some(messages);
        self
    }

    /// Behaves at every stage again; what is offered stays.
    pub fn behave(&mut self) -> &mut Self {
        self.plans.clear();
        self.recipients.clear();
        self.within_data.clear();
        self.always_within_data = None;
        self.messages_per_connection = None;
        self.split_writes = false;
        self.end_of_data = EndOfData::CrLf;
        self
    }

    pub(super) fn take(&mut self, stage: Stage) -> Act {
        self.plans
            .get_mut(&stage)
            .and_then(Plan::take)
            .unwrap_or_else(Act::normal)
    }

    /// What is done here every time, whatever is done once before.
    pub(super) fn always(&self, stage: Stage) -> Option<Act> {
        self.plans.get(&stage)?.always.clone()
    }

    pub(super) fn take_recipient(&mut self, path: &str) -> Act {
        let own = self
            .recipients
            .get_mut(&path.to_lowercase())
            .and_then(Plan::take);
        own.unwrap_or_else(|| self.take(Stage::Rcpt))
    }

    pub(super) fn take_within_data(&mut self) -> Option<Within> {
        self.within_data
            .pop_front()
            .or_else(|| self.always_within_data.clone())
    }
}

impl Default for Script {
    fn default() -> Self {
        Self {
            hostname: "sink.example".to_owned(),
            keywords: KEYWORDS.iter().map(|&line| line.to_owned()).collect(),
            starttls: StartTls::Absent,
            end_of_data: EndOfData::CrLf,
            split_writes: false,
            messages_per_connection: None,
            plans: BTreeMap::new(),
            recipients: BTreeMap::new(),
            within_data: VecDeque::new(),
            always_within_data: None,
        }
    }
}

impl StartTls {
    pub(super) fn tls(&self) -> Option<&ServerTls> {
        match self {
            Self::Absent => None,
            Self::Offered(tls) | Self::Required(tls) => Some(tls),
        }
    }
}

impl Plan {
    fn take(&mut self) -> Option<Act> {
        self.once.pop_front().or_else(|| self.always.clone())
    }
}

const KEYWORDS: &[&str] = &[
    "PIPELINING",
    "SIZE 157286400",
    "8BITMIME",
    "SMTPUTF8",
    "DSN",
    "CHUNKING",
    "ENHANCEDSTATUSCODES",
];
