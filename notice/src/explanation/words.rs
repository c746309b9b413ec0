//! The sentences of the explanation.

use std::borrow::Cow;
use std::time::Duration;

use crate::fate::{Action, Failure, Fate};
use crate::limits::HOST_OCTETS_MAX;
use crate::printable;

/// What all of it is about.
pub(super) fn opening(action: Action, count: usize) -> String {
    let whom = match count {
        1 => "one recipient".to_owned(),
        _ => format!("{count} recipients"),
    };
    match action {
        Action::Failed => format!("Your message could not be delivered to {whom}."),
        Action::Delayed => format!(
            "Your message is not yet delivered to {whom}. You need not send it again: we go on trying."
        ),
        Action::Relayed => {
            format!("Your message for {whom} was handed to a system that gives no confirmations.")
        }
        Action::Delivered => format!("Your message was delivered to {whom}."),
        Action::Expanded if count == 1 => {
            "Your message for a group was sent to its members.".into()
        }
        Action::Expanded => format!("Your message for {count} groups was sent to their members."),
    }
}

/// What happened to a recipient.
pub(super) fn happened(fate: &Fate<'_>, system: Option<&str>) -> String {
    match *fate {
        Fate::Failed(failure) => failed(failure).into_owned(),
        Fate::Delayed { until } => match printable::line(until, HOST_OCTETS_MAX) {
            until if until.is_empty() => "We could not deliver it so far.".into(),
            until => format!("We could not deliver it so far. We try until {until}."),
        },
        Fate::Relayed => format!(
            "{} has taken the message. It does not tell us more, so you will get no message from us when it arrives.",
            match system {
                Some(name) => format!("The next mail system ({name})"),
                None => "The next mail system".to_owned(),
            }
        ),
        Fate::Delivered => "The message is in the mailbox.".into(),
        Fate::Expanded => {
            "This is a group. Its members get the message in its place. If one of them cannot get it, we tell you."
                .into()
        }
    }
}

fn failed(failure: Failure) -> Cow<'static, str> {
    match failure {
        Failure::Unknown => "The other mail system does not know this address.".into(),
        Failure::Full => "The mailbox is full. It can take no more messages now.".into(),
        Failure::TooLarge => "The message is too large for the other mail system.".into(),
        Failure::Policy => {
            "The other mail system did not accept the message, because one of its rules forbids it. Such rules are made \
             against unwanted mail, or they say who may write to an address."
                .into()
        }
        Failure::Refused => "The other mail system did not accept the message.".into(),
        Failure::Expired { after } => format!(
            "We tried for {}, but the other mail system did not take the message. We do not try any longer.",
            duration(after)
        )
        .into(),
        Failure::Unreachable { after } => format!(
            "We tried for {}, but we could not reach the other mail system. We do not try any longer.",
            duration(after)
        )
        .into(),
        Failure::Loop => {
            "The message came back to us again and again, because mail systems do not agree where this mailbox is. So \
             we stopped it."
                .into()
        }
        Failure::WrongSide => {
            "Two mail systems share the addresses of this domain, and each of them says that this mailbox is in the \
             other one. So we stopped the message."
                .into()
        }
        Failure::Unconvertible => {
            "The other mail system cannot take this kind of message, and we could not change it into one that it takes."
                .into()
        }
        Failure::Removed => "An administrator took the message out of the queue. It will not be delivered.".into(),
    }
}

/// What to do now.
pub(super) fn advice(fate: &Fate<'_>) -> &'static str {
    let Fate::Failed(failure) = fate else {
        return "";
    };
    match failure {
        Failure::Unknown => {
            "What you can do: look for typing errors in the address and send the message again. If the address is right, \
             ask the recipient in another way, for example by telephone."
        }
        Failure::Full => {
            "What you can do: send the message again later, or tell the recipient in another way that the mailbox is full."
        }
        Failure::TooLarge => {
            "What you can do: send it again with smaller files or fewer files, or send a link to the files."
        }
        Failure::Policy | Failure::Refused => {
            "What you can do: read the answer of the other system, it often names the reason. If you do not understand \
             it, show this report to your administrator, or ask the recipient in another way."
        }
        Failure::Expired { .. } | Failure::Unreachable { .. } => {
            "What you can do: send the message again later. If it is urgent, tell the recipient in another way."
        }
        Failure::Loop | Failure::WrongSide => {
            "What you can do: show this report to your administrator, or to the administrator of the recipient. Your \
             message itself is not the reason."
        }
        Failure::Unconvertible => {
            "What you can do: send it again as a simple message, without special formatting and with common types of \
             files."
        }
        Failure::Removed => "What you can do: ask your administrator before you send it again.",
    }
}

/// Before the words of another system.
pub(super) fn answered(system: Option<&str>) -> String {
    match system {
        Some(name) => format!("The other mail system ({name}) said:"),
        None => "The other mail system said:".into(),
    }
}

/// Before what we saw ourselves.
pub(super) fn observed(system: Option<&str>) -> String {
    match system {
        Some(name) => format!("The last problem, with the mail system {name}:"),
        None => "The last problem was:".into(),
    }
}

/// For those of a fate that are too many to be named.
pub(super) fn unnamed(count: usize) -> String {
    format!("and {count} more. The technical part of this report names all of them.")
}

/// For fates that are too many to be explained.
pub(super) fn unexplained(action: Action, count: usize) -> String {
    format!(
        "There are {count} more recipients ({}). The technical part of this report names all of them.",
        action.as_str()
    )
}

/// `2.5 MB`.
pub(super) fn size(octets: u64) -> String {
    match octets {
        0..1_000 => format!("{octets} bytes"),
        1_000..1_000_000 => format!("{} KB", octets / 1_000),
        _ => format!("{}.{} MB", octets / 1_000_000, octets % 1_000_000 / 100_000),
    }
}

/// Days, hours or minutes, the largest of which there are two; what is over is dropped.
fn duration(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    let (count, unit) = match minutes {
        0 | 1 => return "a minute".into(),
        2..120 => (minutes, "minutes"),
        120..2880 => (minutes / 60, "hours"),
        _ => (minutes / 1440, "days"),
    };
    format!("{count} {unit}")
}

/// The last words.
pub(super) const CLOSING: &str = "The other parts of this report are for mail programs and administrators: the \
    technical facts, and your message or its first lines. This report was written by a program. Please do not answer \
    it.";
