//! OpenLDAP and other directories with inetLocalMailRecipient (draft-lachman-laser-ldap-mail-routing).
//!
//! `mailRoutingAddress` is the address that mail is sent on to, `mailHost` the host that takes it. Which host is which
//! system, the rule `hosts` says.

use super::{Field, Reader, Record, Rule, Table};
use crate::entry::Draft;
use crate::{Kind, Location, WhyUnknown};

pub(super) const TABLE: Table = Table {
    filter: Some("(|(mail=*)(mailLocalAddress=*))"),
    attributes: &[
        (Field::Key, &["entryUUID"]),
        (Field::Name, &["entryDN", "dn"]),
        (Field::Class, &["objectClass"]),
        (Field::Mail, &["mail"]),
        (
            Field::Addresses,
            &["mailLocalAddress", "mailAlternateAddress"],
        ),
        (Field::Display, &["displayName", "cn"]),
        (Field::Login, &["uid"]),
        (Field::Side, &["twinmxSide"]),
        (Field::Target, &["mailRoutingAddress"]),
        (Field::MailHost, &["mailHost"]),
        (Field::Member, &["member", "uniqueMember"]),
        (Field::Version, &["entryCSN"]),
    ],
    rules: &[
        (Rule::Home, &[]),
        (Rule::Groups, &[]),
        (Rule::Hosts, &[]),
        (Rule::CloudDomains, super::active_directory::CLOUD_DOMAINS),
    ],
};

pub(super) fn read(reader: &Reader<'_>) -> Record {
    let mut draft = match reader.begin() {
        Ok(draft) => draft,
        Err(record) => return record,
    };
    mail(reader, &mut draft);
    reader.proxies_without_mail(&mut draft);
    draft.entry.kind = match ["groupOfNames", "groupOfUniqueNames", "groupOfMembers"] {
        classes if classes.iter().any(|class| reader.is_of_class(class)) => Kind::Group,
        _ => Kind::User,
    };
    if draft.entry.kind.is_group() {
        reader.members(&mut draft);
        draft.entry.location = reader.group_of_home();
    } else {
        draft.entry.location = place(reader, &mut draft);
    }
    reader.finish(draft)
}

/// `mail` may have several values here: the first is the primary address.
fn mail(reader: &Reader<'_>, draft: &mut Draft) {
    for text in reader.texts(Field::Mail) {
        match (
            draft.address(reader.name(Field::Mail), text),
            &draft.entry.primary,
        ) {
            (Some(address), None) => draft.primary(address),
            (Some(address), Some(_)) => draft.alias(address),
            (None, _) => {}
        }
    }
}

fn place(reader: &Reader<'_>, draft: &mut Draft) -> Location {
    let host = reader.text(Field::MailHost);
    let by_host = host
        .and_then(|host| reader.mapped(Rule::Hosts, host))
        .flatten()
        .map(Location::In);
    let target = reader.text(Field::Target);
    let target = target.and_then(|text| draft.address(reader.name(Field::Target), text));
    match (by_host, target) {
        (Some(host), target) => {
            draft.entry.target.clone_from(&target);
            draft.entry.routing_address = target;
            host
        }
        (None, Some(target)) => {
            let shared = reader.placed(Rule::Home, WhyUnknown::NoMailbox);
            reader.by_target(&target, shared, draft)
        }
        (None, None) if host.is_some() => reader.placed(Rule::Home, WhyUnknown::UnknownSystem),
        (None, None) => reader.placed(Rule::Home, WhyUnknown::NoMailbox),
    }
}

#[cfg(test)]
mod tests;
