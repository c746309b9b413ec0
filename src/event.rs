//! The only home of operator events: what happened, where, and what to do about it.
//!
//! One line per outcome per recipient, and one per thing an operator should know. Addresses yes, content never.

pub(crate) mod directory;
pub(crate) mod group;
pub(crate) mod log;
mod outcome;
pub(crate) mod text;
mod words;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use tokio::sync::mpsc;

use crate::certificate::Finding;
use crate::clients::Network;
use crate::code::Code;
use crate::firewall::Dropped;
use crate::tls::Distrust;

pub use outcome::{Fate, Outcome};

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
