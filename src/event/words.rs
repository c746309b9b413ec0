//! The operator's sentence for each event.

use std::fmt;

use super::Event;

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
