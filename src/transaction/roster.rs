//! A group that a client named, and who gets the message in its place.
//!
//! The client is answered for the group alone. Its members are recipients like others from then on; each keeps the groups
//! that led to it. A recipient whom the sender names himself is no member: what he asked for him counts.

use std::collections::HashSet;
use std::sync::Arc;

use routing::{Address, Decision, Expansion, Member, Origin, Snapshot};
use smtp::Reply;
use smtp::envelope::{Notify, OriginalRecipient, RcptTo};
use smtp::path::{ForwardPath, Mailbox};

use super::Sender;
use super::draft::{self, AtRcpt, Draft, Planned};
use crate::deliver::Way;
use crate::event;
use crate::limits::EXPANDED_RECIPIENTS;

/// A group that is expanded in this transaction.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// As the client named it.
    pub(super) rcpt: RcptTo,
    /// Its primary address.
    group: Address,
    /// It is expanded only for senders that its system knows.
    internal_only: bool,
}

impl Named {
    /// Whether the sender wants to hear that it was expanded.
    pub(super) fn wants_success(&self) -> bool {
        matches!(self.rcpt.notify, Some(Notify::On { success: true, .. }))
    }
}

impl Draft {
    /// Who is behind a forward path, if it is a group to be expanded here.
    pub(super) fn expansion(
        &self,
        address: &Address,
        sender: &Sender<'_>,
        snapshot: &Snapshot,
    ) -> Result<Option<Expansion>, AtRcpt> {
        if sender.custody().is_none() {
            return Ok(None); // mail for several sides may have to be kept
        }
        let origin = draft::origin(sender.standing);
        let policy = &sender.generation.policy;
        let expansion = crate::route::expand(address, &origin, snapshot, policy)
            .map_err(|deferral| AtRcpt::decided(&Decision::Defer(deferral)))?;
        let Some(expansion) = expansion else {
            return Ok(None);
        };
        if let Some(stays) = expansion.stays {
            if stays.is_bound() {
                let told = event::group::stays(sender.session, &expansion, stays);
                sender.services.events.emit(told);
            }
            return Ok(None);
        }
        Ok(Some(expansion))
    }

    /// Whether the client named this very group before.
    pub(super) fn has_group(&self, rcpt: &RcptTo) -> bool {
        self.groups.iter().any(|named| named.rcpt.path == rcpt.path)
    }

    /// Puts the members of a group in its place.
    pub(super) fn enroll(
        &mut self,
        rcpt: &RcptTo,
        expansion: Expansion,
        sender: &Sender<'_>,
        snapshot: &Snapshot,
    ) -> Result<(), AtRcpt> {
        if self
            .groups
            .iter()
            .any(|named| named.group == expansion.group)
        {
            return Ok(());
        }
        // Alone every group has room.
        let before = self.count();
        if before > 0 && before + expansion.members.len() > EXPANDED_RECIPIENTS {
            return Err(too_many());
        }
        let left_out: Vec<String> = expansion
            .left_out()
            .map(|(member, refusal)| format!("{}: {refusal}", member.address))
            .collect();
        if !left_out.is_empty() {
            let group = expansion.group.to_string();
            let told = event::group::left_out(sender.session, &group, &left_out);
            sender.services.events.emit(told);
        }
        let mut known = self.known(snapshot);
        let mut enrolled = Vec::new();
        for member in expansion.members {
            if !known.insert(member.address.clone()) {
                continue;
            }
            match Enrolled::of(member, rcpt) {
                Enrolled::Nobody => {}
                Enrolled::Later(planned) => enrolled.push((None, planned)),
                Enrolled::Sent(to, planned) => {
                    let way = self.way_to(&to, &planned.path, sender)?;
                    enrolled.push((Some(way), planned));
                }
            }
        }
        for (way, planned) in enrolled {
            match way {
                Some(way) => draft::add(&mut self.legs, way, planned),
                None => self.undecided.push(planned),
            }
        }
        self.groups.push(Named {
            rcpt: rcpt.clone(),
            group: expansion.group,
            internal_only: expansion.internal_only,
        });
        Ok(())
    }

    /// The sender names somebody himself who is in the message as a member already.
    pub(super) fn claim(&mut self, rcpt: &RcptTo, address: &Address, snapshot: &Snapshot) -> bool {
        if self.groups.is_empty() {
            return false;
        }
        let own = own_address(address, snapshot);
        let legs = self.legs.iter_mut().flat_map(|leg| &mut leg.recipients);
        let mut members = legs.chain(&mut self.undecided);
        let member = members.find(|planned| planned.is_member() && planned.is(&own));
        if let Some(planned) = member {
            planned.rcpt = rcpt.clone();
            planned.through = None;
            return true;
        }
        false
    }

    /// Whether an origin that turns out to be this would have got groups that it may not open.
    pub(super) fn opened_too_much(&self, origin: &Origin) -> bool {
        *origin == Origin::Internet && self.groups.iter().any(|named| named.internal_only)
    }

    /// A message with groups has room for so many more whom the client names.
    pub(super) fn has_room(&self) -> Result<(), AtRcpt> {
        match !self.groups.is_empty() && self.count() >= EXPANDED_RECIPIENTS {
            true => Err(too_many()),
            false => Ok(()),
        }
    }

    fn count(&self) -> usize {
        self.recipients().count() + self.undecided.len()
    }

    /// Everybody who is in the message already.
    fn known(&self, snapshot: &Snapshot) -> HashSet<Address> {
        let all = self.recipients().chain(&self.undecided);
        all.filter_map(|planned| {
            let address = planned.address.as_ref()?;
            Some(match planned.is_member() {
                true => address.clone(),
                false => own_address(address, snapshot),
            })
        })
        .collect()
    }
}

fn too_many() -> AtRcpt {
    AtRcpt {
        destination: "none".to_owned(),
        why: "with the members of its groups the message would have too many recipients".to_owned(),
        answer: Reply::TOO_MANY_RECIPIENTS.into(),
    }
}

/// What becomes of a member.
enum Enrolled {
    Nobody,
    Later(Planned),
    Sent(routing::Destination, Planned),
}

impl Enrolled {
    fn of(member: Member, rcpt: &RcptTo) -> Self {
        let Member {
            address,
            through,
            decision,
        } = member;
        let Ok(mailbox) = Mailbox::parse(&address.to_string()) else {
            return Self::Nobody; // nothing could be said of it in a command
        };
        let planned = |path: Address, why: &dyn std::fmt::Display| Planned {
            rcpt: named_for(mailbox, rcpt),
            why: why_member(&through, why),
            address: Some(address.clone()),
            path,
            through: Some(Arc::clone(&through)),
        };
        match decision {
            Decision::Deliver { to, path, why } => Self::Sent(to, planned(path, &why)),
            Decision::Defer(deferral) => Self::Later(planned(address.clone(), &deferral)),
            Decision::Refuse(_) => Self::Nobody,
        }
    }
}

/// What is said of a member: which group it is in, and what follows for itself.
pub(crate) fn why_member(through: &[Address], why: &dyn std::fmt::Display) -> String {
    let groups: Vec<String> = through.iter().rev().map(Address::to_string).collect();
    format!("member of {}: {why}", groups.join(" in "))
}

/// The RCPT of a member in place of its group's. The sender hears of the group itself that it was expanded, so no member
/// is to tell of its success; a failure is told as one of the group he wrote to (RFC 3461 §5.2.7.3).
fn named_for(mailbox: Mailbox, group: &RcptTo) -> RcptTo {
    let notify = group.notify.map(|notify| match notify {
        Notify::On {
            failure: false,
            delay: false,
            ..
        }
        | Notify::Never => Notify::Never,
        Notify::On { failure, delay, .. } => Notify::On {
            success: false,
            failure,
            delay,
        },
    });
    let orcpt = group.orcpt.clone().or_else(|| match &group.path {
        ForwardPath::Mailbox(own) => Some(OriginalRecipient::of(own)),
        ForwardPath::Postmaster => None,
    });
    RcptTo {
        path: ForwardPath::Mailbox(mailbox),
        notify,
        orcpt,
    }
}

/// The primary address of whoever has an address.
fn own_address(address: &Address, snapshot: &Snapshot) -> Address {
    let view = snapshot.lookup(address);
    let primary = view.and_then(|view| view.primary());
    primary.unwrap_or_else(|| address.clone())
}

impl Planned {
    /// Whether a group led to it, and not its sender.
    pub(crate) fn is_member(&self) -> bool {
        self.through.is_some()
    }

    fn is(&self, own: &Address) -> bool {
        self.address.as_ref() == Some(own)
    }
}

/// The way of a leg has room for another recipient.
pub(super) fn has_room(way: &Way, recipients: usize) -> bool {
    recipients < way.recipients.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_member_is_to_report() {
        let check = |asked: &str, expected: &str| {
            let group = RcptTo {
                path: ForwardPath::parse("all@contoso.com").expect("a path"),
                notify: Notify::parse(asked),
                orcpt: None,
            };
            let mailbox = Mailbox::parse("nora@contoso.com").expect("a mailbox");
            let member = named_for(mailbox, &group);
            let notify = member.notify.map(|notify| notify.to_string());
            assert_eq!(notify.as_deref().unwrap_or(""), expected, "{asked}");
            let orcpt = member.orcpt.map(|orcpt| orcpt.to_string());
            assert_eq!(orcpt.as_deref(), Some("rfc822;all@contoso.com"));
        };
        check("", "");
        check("NEVER", "NEVER");
        check("SUCCESS", "NEVER");
        check("SUCCESS,FAILURE", "FAILURE");
        check("SUCCESS,FAILURE,DELAY", "FAILURE,DELAY");
        check("DELAY", "DELAY");
    }

    #[test]
    fn the_groups_are_told_from_within() {
        let group = |text: &str| Address::parse(text).expect("an address");
        let through = [group("all@contoso.com"), group("team@contoso.com")];
        let expected = "member of team@contoso.com in all@contoso.com: x";
        assert_eq!(why_member(&through, &"x"), expected);
    }
}
