//! The client of a session, as far as the bounds for clients concern it: may it go on, and how soon is it answered?
//!
//! Postmasters and abuse desks of our domains are always there to be written to (RFC 5321 §4.5.1, RFC 2142 §2). Whom a
//! message is for is known only after MAIL, so a client that has sent too many is heard on: its MAIL is taken, and
//! everybody but these is refused at RCPT. They count neither as recipients nor as unknown.

use routing::Address;
use smtp::path::ForwardPath;
use smtp::reply::{Answer, Reply};

use crate::clients::{Conduct, Regard, Seat};
use crate::config::{Config, EarlyTalkers, Limits};
use crate::event::{Event, Events};
use crate::inbound::Pace;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Guest {
    seat: Seat,
    regard: Regard,
    messages: Messages,
    events: Events,
}

/// Whether its network may send more in this minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Messages {
    Open,
    Spent,
}

/// Whom it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Anybody,
    /// Somebody who has to be there to be written to, whatever else the client has done.
    Postmaster,
}

impl Guest {
    pub(super) fn new(seat: Seat, regard: Regard, events: Events) -> Self {
        Self {
            seat,
            regard,
            messages: Messages::Open,
            events,
        }
    }

    /// It has shown something, or the configuration is another.
    pub(super) fn meet(&mut self, regard: Regard) {
        self.regard = regard;
    }

    /// It has proven with a certificate that it is a side, or a filter in front of us.
    pub(super) fn prove(&mut self) {
        self.seat.prove();
    }

    /// It spoke before it was greeted.
    pub(super) fn early(&mut self) {
        let event = self.seat.early();
        self.tell(event);
    }

    /// MAIL.
    pub(super) fn mails(&mut self, limits: &Limits) {
        self.messages = Messages::Open;
        if self.regard != Regard::Stranger {
            return;
        }
        if let Err((_, event)) = self.seat.message(limits) {
            self.messages = Messages::Spent;
            self.tell(event.map(|event| *event));
        }
    }

    /// RCPT, before anybody is looked up.
    pub(super) fn names(&mut self, path: &ForwardPath, config: &Config) -> Result<Named, Reply> {
        if self.regard != Regard::Stranger {
            return Ok(Named::Anybody);
        }
        let is_duty = is_duty(path, config);
        match self.messages {
            Messages::Open if is_duty => return Ok(Named::Postmaster),
            Messages::Spent if is_duty && self.seat.duty() => return Ok(Named::Postmaster),
            Messages::Spent => return Err(Reply::TOO_FAST),
            Messages::Open => {}
        }
        match self.seat.recipient(&config.limits) {
            Ok(()) => Ok(Named::Anybody),
            Err((reply, event)) => {
                self.tell(event.map(|event| *event));
                Err(reply)
            }
        }
    }

    /// The recipient was taken.
    pub(super) fn was_taken(&mut self) {
        if self.regard == Regard::Stranger {
            self.seat.taken();
        }
    }

    /// It was not: how it is told so.
    pub(super) fn was_refused(
        &mut self,
        named: Named,
        answer: &Answer,
        pace: Pace,
        limits: &Limits,
    ) -> Conduct {
        // Only our own directory says so in these words.
        let is_unknown = *answer == Answer::from(Reply::UNKNOWN_RECIPIENT);
        if self.regard != Regard::Stranger || named == Named::Postmaster || !is_unknown {
            return Conduct::Free;
        }
        let weight = match (pace, limits.early_talkers) {
            (Pace::Ahead, EarlyTalkers::Refuse) => 2,
            (Pace::Ahead, EarlyTalkers::Allow) | (Pace::InStep, _) => 1,
        };
        let (conduct, event) = self.seat.unknown(weight, limits);
        self.tell(event);
        conduct
    }

    fn tell(&self, event: Option<Event>) {
        if let Some(event) = event {
            self.events.emit(event);
        }
    }
}

fn is_duty(path: &ForwardPath, config: &Config) -> bool {
    let ForwardPath::Mailbox(mailbox) = path else {
        return true; // <Postmaster>
    };
    let local = mailbox.local_part();
    if !DUTIES.iter().any(|duty| local.eq_ignore_ascii_case(duty)) {
        return false;
    }
    let address = Address::from_parts(local, mailbox.domain());
    let is_ours = |address: Address| {
        let mut ours = config.domains.iter();
        ours.any(|domain| domain.name == address.domain())
    };
    address.is_ok_and(is_ours)
}

const DUTIES: [&str; 2] = ["postmaster", "abuse"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postmasters_and_abuse_desks_of_ours_have_to_be_there() {
        let text = include_str!("../../config/minimal.toml");
        let mut config = Config::parse(text, "minimal.toml")
            .expect("it is right")
            .config;
        config.domains[0].name = "xn--bcher-kva.example".to_owned();
        let check = |path: &str, expected| {
            let path = ForwardPath::parse(path).expect("a path");
            assert_eq!(is_duty(&path, &config), expected, "{path}");
        };
        check("Postmaster", true);
        check("postmaster@xn--bcher-kva.example", true);
        check("PostMaster@XN--BCHER-KVA.example", true);
        check("ABUSE@b\u{fc}cher.example", true);
        check("abuse@elsewhere.example", false);
        check("abuser@xn--bcher-kva.example", false);
        check("postmaster+x@xn--bcher-kva.example", false);
    }
}
