//! The only home of operator events: what happened, where, and what to do about it.
//!
//! One line per outcome per recipient, and one per thing an operator should know. Addresses yes, content never.

pub(crate) mod directory;
pub(crate) mod group;
pub(crate) mod log;
pub(crate) mod text;

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use smtp::{Answer, Class};
use tokio::sync::mpsc;

use crate::certificate::Finding;
use crate::clients::Network;
use crate::code::Code;
use crate::firewall::Dropped;
use crate::tls::{Distrust, Negotiated};

/// Where events go. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Events {
    tap: Option<mpsc::UnboundedSender<Event>>,
}

impl Events {
    /// To the log only.
    pub fn to_log() -> Self {
        Self::default()
    }

    /// To the log and to whoever holds the other end: the demonstration and the tests read outcomes here.
    pub fn tapped() -> (Self, mpsc::UnboundedReceiver<Event>) {
        let (tap, events) = mpsc::unbounded_channel();
        (Self { tap: Some(tap) }, events)
    }

    /// Says it.
    pub fn emit(&self, event: Event) {
        event.log();
        if let Some(tap) = &self.tap {
            let _ = tap.send(event); // the listener may have gone; the log has it
        }
    }
}

impl Events {
    /// Says what became of a recipient. Most of it is borrowed: there is one of these for every message.
    pub(crate) fn outcome(&self, outcome: &Outcome<'_>) {
        outcome.log();
        if let Some(tap) = &self.tap {
            let _ = tap.send(Event::Outcome(outcome.to_owned())); // as above
        }
    }
}

/// A session: one connection of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// What an operator can see.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are named by what they hold")]
#[expect(
    clippy::large_enum_variant,
    reason = "an outcome becomes an event only where somebody reads along"
)]
pub enum Event {
    /// The fate of one recipient of one transaction.
    Outcome(Outcome<'static>),
    /// A client spoke in a way that made us end the connection.
    ClientCutOff {
        session: SessionId,
        client: IpAddr,
        why: String,
    },
    /// A client network asks for many people whom nobody knows; its answers are delayed.
    HarvestSlowed {
        network: Network,
        unknown: u32,
        named: u32,
    },
    /// It went on, and is refused for a while.
    HarvestShut {
        network: Network,
        unknown: u32,
        named: u32,
    },
    /// A client network is beyond one of its rates.
    ClientTooFast {
        network: Network,
        what: &'static str,
    },
    /// A client spoke before the greeting.
    EarlyTalker { network: Network },
    /// Strangers have all sessions that they may have.
    StrangersCrowd { sessions: usize },
    /// The handshake with a client failed.
    ClientTlsFailed {
        session: SessionId,
        client: IpAddr,
        why: String,
    },
    /// A client that would speak for a side showed a certificate that does not prove it.
    ClientDistrusted {
        session: SessionId,
        client: IpAddr,
        side: String,
        why: Distrust,
    },
    /// A client that would be a mail filter of ours showed a certificate that does not prove it.
    UpstreamDistrusted {
        session: SessionId,
        client: IpAddr,
        upstream: String,
        why: Distrust,
    },
    /// A mail filter handed on a message and did not say beyond doubt whom it had it from.
    ClientNotTold {
        session: SessionId,
        transaction: u64,
        upstream: String,
    },
    /// A message with the side's certificate came from another tenant, or from none.
    TenantMismatch {
        session: SessionId,
        side: String,
        found: String,
    },
    /// A hop could not be used.
    HopFailed {
        hop: String,
        side: String,
        why: String,
    },
    /// A hop that must prove itself did not.
    HopDistrusted {
        hop: String,
        side: String,
        why: String,
    },
    /// A hop refused us, not the mail.
    HopRefusesUs {
        hop: String,
        side: String,
        reply: String,
    },
    /// No hop of a side gave a session; for a while nothing is tried.
    SideDown {
        side: String,
        hop: String,
        seconds: u64,
    },
    /// A hop that was down answers again.
    HopBack { hop: String, side: String },
    /// Name servers give no answers.
    NamesUnanswered { name: String, why: String },
    /// They do again.
    NamesAnswered,
    /// DNS names this gateway as the exchanger of a domain that it should deliver to.
    LeadsHere { name: String, side: String },
    /// The same message came to the same decision again.
    LoopBroken {
        session: SessionId,
        path: String,
        side: String,
    },
    /// A group with too many members went to its owner as it is.
    GroupStays {
        session: SessionId,
        group: String,
        owner: String,
        why: String,
    },
    /// A group was expanded, but not for all of its members.
    MembersLeftOut {
        session: SessionId,
        group: String,
        members: String,
    },
    /// A message had TNEF in it, and its side wants MIME.
    Converted {
        session: SessionId,
        transaction: u64,
        side: String,
        what: String,
    },
    /// A message said what its origin may not say there.
    FieldsDropped {
        session: SessionId,
        transaction: u64,
        origin: String,
        destination: String,
        dropped: Dropped,
    },
    /// TNEF that could not be converted went on as it was.
    TnefKept {
        session: SessionId,
        transaction: u64,
        why: String,
    },
    /// Who a message of the internet is from, as far as that could be found out.
    Authenticated {
        session: SessionId,
        transaction: u64,
        from: String,
        record: String,
    },
    /// A message claims a sender of ours, and nothing speaks for it.
    SenderDoubtful {
        session: SessionId,
        client: IpAddr,
        from: String,
    },
    /// A message left without our seal.
    NotSealed {
        session: SessionId,
        transaction: u64,
        why: String,
    },
    /// A message could not be held until it was whole.
    HoldFailed { session: SessionId, why: String },
    /// What a message was rewritten to could not go on.
    RewriteFailed {
        session: SessionId,
        transaction: u64,
        why: String,
    },
    /// The spool could not keep something; what it has is unharmed.
    SpoolFailed { why: String },
    /// What the spool held at the start.
    SpoolOpened { found: String },
    /// Something in the spool was damaged.
    SpoolDamaged { found: String },
    /// A message in custody is left alone until an operator looks at it.
    SetAside { id: String, why: String },
    /// A recipient of a message in custody will not get it; whoever wants to know is told.
    GivenUp {
        id: String,
        to: String,
        expired: bool,
    },
    /// An operator changed a message in custody.
    Steered { id: String, steer: Steer },
    /// Messages of another spool are ours now.
    Adopted {
        from: String,
        messages: u64,
        left: u64,
    },
    /// Operators cannot be listened to.
    ControlFailed { path: PathBuf, why: String },
    /// A file of certificates, keys, roots or lists changed and is in use.
    TlsReloaded,
    /// What is to be said about a certificate of ours, or a list that we go by.
    CertificateFound { file: PathBuf, finding: Finding },
    /// A changed file could not be used; the old one stays in force.
    TlsReloadFailed { why: String },
    /// The configuration was read again and is in force.
    Reloaded { file: PathBuf },
    /// The new configuration is not in force.
    ReloadRefused { file: PathBuf, why: String },
    /// The gateway listens.
    Listening { listener: String, address: String },
    /// A listener stopped accepting for a moment.
    AcceptFailed { listener: String, why: String },
    /// No new sessions; those that are open may end.
    Draining { sessions: usize },
    /// Sessions were still open when the time was up.
    DrainCutShort { sessions: usize },
    /// What the directory area has to say.
    Directory { code: Code, text: String },
}

/// What an operator did with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Steer {
    /// It is tried now.
    Retried,
    /// It is left alone; why, in his words.
    Held(String),
    /// It goes on.
    Released,
    /// It was given up, and its sender is told.
    Bounced,
    /// It was given up, and nobody is told.
    Removed,
}

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

impl fmt::Display for Steer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retried => f.write_str("had it tried at once"),
            Self::Held(why) => write!(f, "put it on hold ({why})"),
            Self::Released => f.write_str("released it"),
            Self::Bounced => f.write_str("gave it back to its sender"),
            Self::Removed => f.write_str("removed it, and nobody is told"),
        }
    }
}

impl Event {
    /// Its code, where it is something to act on.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Outcome(_)
            | Self::Converted { .. }
            | Self::FieldsDropped { .. }
            | Self::Authenticated { .. }
            | Self::Listening { .. }
            | Self::Draining { .. } => None,
            Self::ClientCutOff { .. } => Some(Code::CLIENT_CUT_OFF),
            Self::HarvestSlowed { .. } => Some(Code::HARVEST_SLOWED),
            Self::HarvestShut { .. } => Some(Code::HARVEST_SHUT),
            Self::ClientTooFast { .. } => Some(Code::CLIENT_TOO_FAST),
            Self::EarlyTalker { .. } => Some(Code::EARLY_TALKER),
            Self::StrangersCrowd { .. } => Some(Code::STRANGERS_CROWD),
            Self::ClientTlsFailed { .. } => Some(Code::CLIENT_TLS_FAILED),
            Self::ClientDistrusted { .. } => Some(Code::CLIENT_DISTRUSTED),
            Self::UpstreamDistrusted { .. } => Some(Code::UPSTREAM_DISTRUSTED),
            Self::ClientNotTold { .. } => Some(Code::CLIENT_NOT_TOLD),
            Self::TenantMismatch { .. } => Some(Code::TENANT_MISMATCH),
            Self::HopFailed { .. } => Some(Code::HOP_FAILED),
            Self::HopDistrusted { .. } => Some(Code::HOP_DISTRUSTED),
            Self::HopRefusesUs { .. } => Some(Code::HOP_REFUSES_US),
            Self::SideDown { .. } => Some(Code::SIDE_DOWN),
            Self::HopBack { .. } => Some(Code::HOP_BACK),
            Self::NamesUnanswered { .. } => Some(Code::NAMES_UNANSWERED),
            Self::NamesAnswered => Some(Code::NAMES_ANSWERED),
            Self::LeadsHere { .. } => Some(Code::LEADS_HERE),
            Self::LoopBroken { .. } => Some(Code::LOOP_BROKEN),
            Self::GroupStays { .. } => Some(Code::GROUP_STAYS),
            Self::MembersLeftOut { .. } => Some(Code::MEMBERS_LEFT_OUT),
            Self::TnefKept { .. } => Some(Code::TNEF_KEPT),
            Self::SenderDoubtful { .. } => Some(Code::SENDER_DOUBTFUL),
            Self::NotSealed { .. } => Some(Code::NOT_SEALED),
            Self::HoldFailed { .. } => Some(Code::HOLD_FAILED),
            Self::RewriteFailed { .. } => Some(Code::REWRITE_FAILED),
            Self::SpoolFailed { .. } => Some(Code::SPOOL_FAILED),
            Self::SpoolOpened { .. } => Some(Code::SPOOL_OPENED),
            Self::SpoolDamaged { .. } => Some(Code::SPOOL_DAMAGED),
            Self::SetAside { .. } => Some(Code::SET_ASIDE),
            Self::GivenUp { .. } => Some(Code::GIVEN_UP),
            Self::Steered { .. } => Some(Code::STEERED),
            Self::Adopted { .. } => Some(Code::ADOPTED),
            Self::ControlFailed { .. } => Some(Code::CONTROL_FAILED),
            Self::TlsReloaded => Some(Code::TLS_RELOADED),
            Self::CertificateFound { finding, .. } => Some(finding.event()),
            Self::TlsReloadFailed { .. } => Some(Code::TLS_RELOAD_FAILED),
            Self::Reloaded { .. } => Some(Code::RELOADED),
            Self::ReloadRefused { .. } => Some(Code::RELOAD_REFUSED),
            Self::AcceptFailed { .. } => Some(Code::ACCEPT_FAILED),
            Self::DrainCutShort { .. } => Some(Code::DRAIN_CUT_SHORT),
            Self::Directory { code, .. } => Some(*code),
        }
    }

    fn is_routine(&self) -> bool {
        matches!(
            self,
            Self::Outcome(_)
                | Self::Converted { .. }
                | Self::FieldsDropped { .. }
                | Self::Authenticated { .. }
                | Self::Listening { .. }
                | Self::Draining { .. }
                | Self::HopBack { .. }
                | Self::NamesAnswered
                | Self::SpoolOpened { .. }
                | Self::Steered { .. }
                | Self::Adopted { left: 0, .. }
                | Self::TlsReloaded
                | Self::CertificateFound {
                    finding: Finding::NotForClients,
                    ..
                }
                | Self::Reloaded { .. }
                | Self::Directory {
                    code: Code::DIRECTORY_CHANGED | Code::SOURCE_BACK | Code::DIRECTORY_FRESH,
                    ..
                }
        )
    }

    fn log(&self) {
        if let Self::Outcome(outcome) = self {
            return outcome.log();
        }
        let code = self.code().map(|code| code.to_string());
        if self.is_routine() {
            tracing::info!(code, "{self}");
        } else {
            tracing::warn!(code, "{self}");
        }
    }
}

impl Outcome<'_> {
    fn to_owned(&self) -> Outcome<'static> {
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

    fn log(&self) {
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

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outcome(outcome) => {
                write!(
                    f,
                    "<{}> to <{}>: {} ({})",
                    outcome.from, outcome.to, outcome.result, outcome.why
                )
            }
            Self::ClientCutOff {
                session,
                client,
                why,
            } => write!(f, "session {session} from {client} was ended: {why}"),
            Self::HarvestSlowed {
                network,
                unknown,
                named,
            } => write!(
                f,
                "client {network} asked for {unknown} unknown recipients of {named}; answers to more of them are delayed"
            ),
            Self::HarvestShut {
                network,
                unknown,
                named,
            } => write!(
                f,
                "client {network} asked for {unknown} unknown recipients of {named}; it is refused for {} minutes",
                crate::limits::HARVEST_SHUT.as_secs() / 60
            ),
            Self::ClientTooFast { network, what } => {
                write!(f, "client {network} has too many {what} in this minute")
            }
            Self::EarlyTalker { network } => {
                write!(f, "client {network} spoke before it was greeted")
            }
            Self::StrangersCrowd { sessions } => write!(
                f,
                "strangers have {sessions} sessions, as many as they may; more of them are refused"
            ),
            Self::ClientTlsFailed {
                session,
                client,
                why,
            } => {
                write!(
                    f,
                    "session {session}: the TLS handshake with {client} failed: {why}"
                )
            }
            Self::UpstreamDistrusted {
                session,
                client,
                upstream,
                why,
            } => {
                write!(
                    f,
                    "session {session}: {client} does not speak for upstream {upstream}: {why}"
                )
            }
            Self::ClientNotTold {
                session,
                transaction,
                upstream,
            } => {
                write!(
                    f,
                    "message {session}.{transaction}: no Received field of upstream {upstream} says where it came from"
                )
            }
            Self::ClientDistrusted {
                session,
                client,
                side,
                why,
            } => {
                write!(
                    f,
                    "session {session}: {client} does not speak for side {side}: {why}"
                )
            }
            Self::TenantMismatch {
                session,
                side,
                found,
            } => {
                write!(
                    f,
                    "session {session}: mail with the certificate of side {side} is treated as the internet's: {found}"
                )
            }
            Self::HopFailed { hop, side, why } => {
                write!(f, "hop {hop} of side {side} cannot be used: {why}")
            }
            Self::HopDistrusted { hop, side, why } => {
                write!(f, "hop {hop} of side {side} is not trusted: {why}")
            }
            Self::HopRefusesUs { hop, side, reply } => {
                write!(
                    f,
                    "hop {hop} of side {side} refuses us, not the mail; its reply: {reply}"
                )
            }
            Self::SideDown { side, hop, seconds } => {
                write!(
                    f,
                    "hop {hop} of side {side} gave no session; it is tried again in {seconds} s"
                )
            }
            Self::HopBack { hop, side } => write!(f, "hop {hop} of side {side} answers again"),
            Self::NamesUnanswered { name, why } => write!(
                f,
                "names cannot be looked up, {} of them one after the other, {name} last: {why}",
                crate::limits::DNS_FAILURES
            ),
            Self::NamesAnswered => f.write_str("names can be looked up again"),
            Self::LeadsHere { name, side } => write!(
                f,
                "the exchangers of {name}, on the way to {side}, are this gateway itself; nothing is delivered there"
            ),
            Self::LoopBroken {
                session,
                path,
                side,
            } => {
                write!(
                    f,
                    "session {session}: mail to <{path}> came back to be sent to side {side} again; the loop was broken"
                )
            }
            Self::GroupStays {
                session,
                group,
                owner,
                why,
            } => write!(
                f,
                "session {session}: group <{group}> goes to side {owner} as it is, though its members may live elsewhere: {why}"
            ),
            Self::MembersLeftOut {
                session,
                group,
                members,
            } => write!(
                f,
                "session {session}: group <{group}> was expanded without some of its members: {members}"
            ),
            Self::Converted {
                session,
                transaction,
                side,
                what,
            } => {
                write!(
                    f,
                    "message {session}.{transaction} was converted for side {side}: {what}"
                )
            }
            Self::FieldsDropped {
                session,
                transaction,
                origin,
                destination,
                dropped,
            } => write!(
                f,
                "message {session}.{transaction} goes to {destination} without {dropped}, which {origin} may not say there"
            ),
            Self::TnefKept {
                session,
                transaction,
                why,
            } => {
                write!(
                    f,
                    "message {session}.{transaction}: TNEF went on as it was: {why}"
                )
            }
            Self::Authenticated {
                session,
                transaction,
                from,
                record,
            } => write!(f, "message {session}.{transaction} from <{from}>: {record}"),
            Self::SenderDoubtful {
                session,
                client,
                from,
            } => write!(
                f,
                "session {session}: a message of {client} from <{from}> claims a sender of ours, and nothing speaks for it"
            ),
            Self::NotSealed {
                session,
                transaction,
                why,
            } => write!(
                f,
                "message {session}.{transaction} left without our seal: {why}"
            ),
            Self::HoldFailed { session, why } => {
                write!(f, "session {session}: a message could not be held: {why}")
            }
            Self::RewriteFailed {
                session,
                transaction,
                why,
            } => {
                write!(
                    f,
                    "message {session}.{transaction} stays with its sender, what was made of it cannot go on: {why}"
                )
            }
            Self::SpoolFailed { why } => {
                write!(
                    f,
                    "a message could not be kept, or its state not noted: {why}"
                )
            }
            Self::SpoolOpened { found } => write!(f, "the spool is open: {found}"),
            Self::SpoolDamaged { found } => {
                write!(
                    f,
                    "the spool was damaged, what could be read is in use: {found}"
                )
            }
            Self::SetAside { id, why } => {
                write!(
                    f,
                    "message {id} is on hold until somebody looks at it: {why}"
                )
            }
            Self::GivenUp { id, to, expired } => {
                let why = match expired {
                    true => "it was tried for as long as is allowed",
                    false => "it was refused",
                };
                write!(f, "message {id} will not be delivered to <{to}>: {why}")
            }
            Self::Steered { id, steer } => write!(f, "message {id}: an operator {steer}"),
            Self::Adopted {
                from,
                messages,
                left,
            } => write!(
                f,
                "{messages} messages of the spool {from} are ours now, {left} were left there"
            ),
            Self::ControlFailed { path, why } => {
                write!(f, "no operator is heard on {}: {why}", path.display())
            }
            Self::TlsReloaded => {
                f.write_str("changed certificates, keys, roots or lists are in use")
            }
            Self::CertificateFound { file, finding } => {
                write!(f, "{}: {finding}", file.display())
            }
            Self::TlsReloadFailed { why } => write!(
                f,
                "changed certificates were not taken, the former stay in use: {why}"
            ),
            Self::Reloaded { file } => write!(f, "configuration {} is in force", file.display()),
            Self::ReloadRefused { file, why } => {
                write!(
                    f,
                    "configuration {} was not taken, the former stays in force: {why}",
                    file.display()
                )
            }
            Self::Listening { listener, address } => write!(f, "listener {listener} on {address}"),
            Self::AcceptFailed { listener, why } => {
                write!(f, "listener {listener} could not accept: {why}")
            }
            Self::Draining { sessions } => write!(f, "draining: {sessions} sessions may end"),
            Self::DrainCutShort { sessions } => {
                write!(f, "{sessions} sessions were still open and were closed")
            }
            Self::Directory { text, .. } => f.write_str(text),
        }
    }
}
