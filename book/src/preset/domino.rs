//! The LDAP service of HCL Domino.
//!
//! Its `mail` is computed where the Person document has no Internet address: at last it is the hierarchical name with the
//! Notes domain after a `%`, at the host's own domain. Such a value is nobody's address. Domino takes local parts also by
//! short and full names, so that an address unknown here may still be taken there: the rule `name_forms` names them.

use routing::Address;

use super::{Field, Passed, Reader, Record, Rule, Table};
use crate::entry::Draft;
use crate::{Copy, ForeignAddress, ForeignKind, Kind, Location, Odd, Quoted, WhyUnknown};

pub(super) const TABLE: Table = Table {
    filter: Some(
        "(|(objectClass=dominoPerson)(objectClass=dominoGroup)(objectClass=dominoServerMailInDatabase)\
         (objectClass=dominoResource))",
    ),
    attributes: &[
        (Field::Key, &["dominounid"]),
        (Field::Name, &["dn"]),
        (Field::Class, &["objectClass"]),
        (Field::Mail, &["internetaddress", "mail"]),
        (Field::Addresses, &[]),
        (Field::Display, &["displayname", "cn"]),
        (Field::Side, &[]),
        (Field::MailSystem, &["mailsystem"]),
        (Field::Mailbox, &["mailserver"]),
        (Field::MailDomain, &["maildomain"]),
        (Field::Target, &["mailaddress"]),
        (Field::UserId, &["uid"]),
        (Field::FullName, &["fullname", "altfullname"]),
        (Field::GroupType, &["grouptype"]),
        (Field::Member, &["member"]),
        (Field::Version, &["modifytimestamp"]),
    ],
    rules: &[
        (Rule::Home, &["domino"]),
        (Rule::Groups, &[]),
        (Rule::MovedAway, &[]),
        (Rule::ForeignDomains, &[]),
        (Rule::NameForms, &[]),
        (Rule::CloudDomains, super::active_directory::CLOUD_DOMAINS),
    ],
};

pub(super) fn read(reader: &Reader<'_>) -> Record {
    let mut draft = match reader.begin() {
        Ok(draft) => draft,
        Err(record) => return record,
    };
    let is_group = reader.is_of_class("dominoGroup");
    // 0 is for everything and 1 for mail; 2, 3 and 4 are for access, denial and servers.
    if is_group && !matches!(reader.text(Field::GroupType), None | Some("0" | "1")) {
        return Record::Passed(draft.entry.key, Passed::NotForMail);
    }
    addresses(reader, &mut draft);
    draft.entry.kind = match () {
        () if is_group => Kind::Group,
        () if reader.is_of_class("dominoServerMailInDatabase") => Kind::MailInDatabase,
        () if reader.is_of_class("dominoResource") => Kind::Resource,
        () => Kind::User,
    };
    draft.entry.location = match draft.entry.kind {
        Kind::Group => {
            reader.members(&mut draft);
            reader.group_of_home()
        }
        Kind::MailInDatabase | Kind::Resource => reader.home(),
        _ => person(reader, &mut draft),
    };
    reader.finish(draft)
}

fn addresses(reader: &Reader<'_>, draft: &mut Draft) {
    for text in reader.texts(Field::Mail) {
        if let Some(address) = own_address(reader, text, draft) {
            match draft.entry.primary {
                None => draft.primary(address),
                Some(_) => draft.alias(address),
            }
        }
    }
    reader.proxies_without_mail(draft);
    for id in reader.texts(Field::UserId).filter(|id| id.contains('@')) {
        if let Ok(address) = Address::parse(id) {
            draft.alias(address);
        }
    }
    for name in reader.texts(Field::FullName) {
        // A full name may be an Internet address as well as a hierarchical or a common name.
        match Address::parse(name) {
            Ok(address) if reader.setting.is_ours(address.domain()) => draft.alias(address),
            _ => ForeignAddress::new(ForeignKind::Notes, name)
                .into_iter()
                .for_each(|name| draft.foreign(name)),
        }
    }
    name_forms(reader, draft);
}

/// An Internet address of the object's own, not one that the LDAP service made up.
fn own_address(reader: &Reader<'_>, text: &str, draft: &mut Draft) -> Option<Address> {
    // Without an Internet address the forwarding address is given as well, often in the cloud's routing domain.
    let is_own_domain = |domain: &str| {
        let system = reader.setting.system_of(domain);
        reader.setting.is_shared(domain)
            || (system.is_some() && system == reader.system(Rule::Home).as_ref())
    };
    let is_computed = |address: &Address| {
        address.local().contains(['%', '/']) || !is_own_domain(address.domain())
    };
    match Address::parse(text) {
        Ok(address) if !is_computed(&address) => Some(address),
        Err(_) if !text.contains(['%', '/']) && text.contains('@') => {
            draft.address(reader.name(Field::Mail), text)
        }
        _ => {
            let text = Quoted::new(text);
            draft.note(Odd::ComputedMail { text });
            None
        }
    }
}

/// Local parts that Domino takes besides the Internet address.
fn name_forms(reader: &Reader<'_>, draft: &mut Draft) {
    let takes = |form: &str| reader.words(Rule::NameForms).any(|word| word == form);
    let mut locals: Vec<String> = Vec::new();
    if takes("short-name") {
        locals.extend(
            reader
                .texts(Field::UserId)
                .filter(|id| !id.contains('@'))
                .map(str::to_owned),
        );
    }
    if takes("first-last") {
        locals.extend(reader.texts(Field::FullName).filter_map(first_last));
    }
    for domain in &reader.setting.shared {
        let parsed = locals.iter().filter(|local| !local.contains(' '));
        let parsed = parsed.filter_map(|local| Address::from_parts(local, domain.as_str()).ok());
        parsed.for_each(|address| draft.computed(address));
    }
}

/// `CN=Anna Berg/O=Contoso` as `Anna_Berg`.
fn first_last(name: &str) -> Option<String> {
    let common = name.split('/').next()?.trim();
    let common = match common.split_once('=') {
        Some((kind, common)) if kind.trim().eq_ignore_ascii_case("cn") => common,
        Some(_) => return None,
        None => common,
    };
    let words: Vec<&str> = common.split_whitespace().collect();
    (!words.is_empty() && !common.contains('@')).then(|| words.join("_"))
}

fn person(reader: &Reader<'_>, draft: &mut Draft) -> Location {
    let foreign = reader.text(Field::MailDomain);
    if let Some(system) = foreign.and_then(|domain| reader.mapped(Rule::ForeignDomains, domain)) {
        forward_target(reader, draft);
        return system.map_or_else(|| moved_away(reader), Location::In);
    }
    let has_mailbox = reader.text(Field::Mailbox).is_some();
    match reader.text(Field::MailSystem) {
        Some("1" | "6") | None if has_mailbox => in_domino(reader, draft),
        Some("1" | "6") | None => match reader.text(Field::Target) {
            Some(_) => elsewhere(reader, draft),
            None => Location::Unknown(WhyUnknown::NoMailbox),
        },
        Some("5") => elsewhere(reader, draft),
        Some("100") => Location::Unknown(WhyUnknown::NoMail),
        Some("2" | "3" | "4") => Location::Unknown(WhyUnknown::OtherMailSystem),
        Some(other) => {
            reader.note_unknown(Field::MailSystem, other, draft);
            Location::Unknown(WhyUnknown::OtherMailSystem)
        }
    }
}

/// With a mail file here. A forwarding address takes all mail away from it, as Domino does it without keeping a copy.
fn in_domino(reader: &Reader<'_>, draft: &mut Draft) -> Location {
    let Some(text) = reader.text(Field::Target) else {
        return reader.home();
    };
    let target = Address::parse(text).ok();
    match target.map(|target| reader.by_target(&target, reader.home(), draft)) {
        Some(Location::In(system)) if draft.entry.routing_address.is_some() => Location::In(system),
        _ => {
            draft.forward(reader.name(Field::Target), text, Copy::NotKept);
            reader.home()
        }
    }
}

/// Set up as a user of Internet mail: the forwarding address is where the mail goes.
fn elsewhere(reader: &Reader<'_>, draft: &mut Draft) -> Location {
    match forward_target(reader, draft) {
        Some(location) => location,
        None => moved_away(reader),
    }
}

fn forward_target(reader: &Reader<'_>, draft: &mut Draft) -> Option<Location> {
    let text = reader.text(Field::Target)?;
    let target = draft.address(reader.name(Field::Target), text)?;
    Some(reader.by_target(&target, moved_away(reader), draft))
}

fn moved_away(reader: &Reader<'_>) -> Location {
    reader.placed(Rule::MovedAway, WhyUnknown::MovedAway)
}

#[cfg(test)]
mod tests;
