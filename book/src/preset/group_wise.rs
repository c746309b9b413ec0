//! GroupWise: its own LDAP service, eDirectory, or an export of the administration console.
//!
//! A GroupWise user answers to up to six addresses that follow from user id, post office, domain and names; which of
//! them are taken, a sum of disallowed formats says, and an exclusive Internet domain. They are computed here, so that
//! mail to them is not refused. An address that two people's names give is nobody's there, and must be nobody's here.

use routing::Address;

use super::{Field, Reader, Record, Rule, Table};
use crate::entry::Draft;
use crate::{ForeignAddress, ForeignKind, Kind, Location, Odd, WhyUnknown};

mod format;

pub use format::Format;
use format::Names;

pub(super) const TABLE: Table = Table {
    filter: Some(
        "(|(&(objectClass=person)(|(nGWObjectID=*)(nGWPostOffice=*)(mail=*)))(objectClass=groupWiseResource)\
         (objectClass=groupWiseDistributionList)(objectClass=groupWiseExternalEntity))",
    ),
    attributes: &[
        // The console's export has no identifier but the user's own.
        (
            Field::Key,
            &["nGWGroupWiseID", "GUID", "entryUUID", "User ID", "Name"],
        ),
        (Field::Name, &["dn", "distinguishedName"]),
        (Field::Class, &["objectClass"]),
        (
            Field::Mail,
            &["internetEMailAddress", "mail", "Email Address"],
        ),
        (Field::Addresses, &[]),
        (Field::Display, &["displayName", "fullName"]),
        (Field::Side, &[]),
        (
            Field::UserId,
            &["nGWObjectID", "uid", "cn", "User ID", "Name"],
        ),
        (Field::PostOffice, &["nGWPostOffice", "Post Office"]),
        (Field::MailDomain, &["nGWDomain", "Domain"]),
        (Field::GivenName, &["givenName", "First Name"]),
        (Field::Surname, &["sn", "Last Name"]),
        (Field::PreferredId, &["Preferred Email ID"]),
        (Field::PreferredFormat, &[]),
        (Field::DisallowedFormats, &[]),
        (Field::InternetDomain, &[]),
        (Field::ExclusiveDomain, &[]),
        (Field::Member, &["member"]),
        (Field::Version, &["modifyTimestamp"]),
    ],
    rules: &[
        (Rule::Home, &["groupwise"]),
        (Rule::Groups, &[]),
        (Rule::MovedAway, &[]),
        (Rule::ForeignDomains, &[]),
        (Rule::PreferredFormat, &["2"]),
        (Rule::DisallowedFormats, &["0"]),
        (Rule::CloudDomains, super::active_directory::CLOUD_DOMAINS),
    ],
};

pub(super) fn read(reader: &Reader<'_>) -> Record {
    let mut draft = match reader.begin() {
        Ok(draft) => draft,
        Err(record) => return record,
    };
    draft.entry.kind = match () {
        () if reader.is_of_class("groupWiseDistributionList") => Kind::Group,
        () if reader.is_of_class("groupWiseResource") => Kind::Resource,
        () => Kind::User,
    };
    for text in reader.texts(Field::Mail) {
        let name = reader.name(Field::Mail);
        match (draft.address(name, text), &draft.entry.primary) {
            (Some(address), None) => draft.primary(address),
            (Some(address), Some(_)) => draft.alias(address),
            (None, _) => {}
        }
    }
    reader.proxies_without_mail(&mut draft);
    answers(reader, &mut draft);
    if draft.entry.kind.is_group() {
        reader.members(&mut draft);
    }
    draft.entry.location = place(reader, draft.entry.kind);
    reader.finish(draft)
}

/// A GroupWise domain may stand for another system that mail is handed on to.
fn place(reader: &Reader<'_>, kind: Kind) -> Location {
    let domain = reader.text(Field::MailDomain).map(common_name);
    match domain.and_then(|domain| reader.mapped(Rule::ForeignDomains, domain)) {
        Some(Some(system)) if kind.is_group() => Location::GroupOf(system),
        Some(Some(system)) => Location::In(system),
        Some(None) => reader.placed(Rule::MovedAway, WhyUnknown::MovedAway),
        None if kind.is_group() => reader.group_of_home(),
        None => reader.home(),
    }
}

/// The addresses that follow from its names.
fn answers(reader: &Reader<'_>, draft: &mut Draft) {
    let Some(id) = reader.text(Field::UserId) else {
        return;
    };
    let names = Names {
        id,
        post_office: reader.text(Field::PostOffice).map(common_name),
        domain: reader.text(Field::MailDomain).map(common_name),
        given_name: reader.text(Field::GivenName),
        surname: reader.text(Field::Surname),
    };
    if let Some(name) = names
        .full()
        .and_then(|full| ForeignAddress::new(ForeignKind::GroupWise, &full))
    {
        draft.foreign(name);
    }
    let domains = internet_domains(reader);
    let preferred = preferred_format(reader, draft);
    let disallowed = disallowed(reader, draft);
    let mut locals: Vec<String> = reader
        .text(Field::PreferredId)
        .map(str::to_owned)
        .into_iter()
        .collect();
    let allowed = Format::ALL
        .into_iter()
        .filter(|format| disallowed & format.bit() == 0);
    let (first, rest): (Vec<_>, Vec<_>) = allowed.partition(|format| *format == preferred);
    locals.extend(
        first
            .into_iter()
            .chain(rest)
            .filter_map(|format| names.local_part(format)),
    );
    for domain in domains {
        for local in &locals {
            let Ok(address) = Address::from_parts(local, domain) else {
                continue;
            };
            match draft.entry.primary {
                None => draft.primary(address),
                Some(_) => draft.computed(address),
            }
        }
    }
}

/// Its own Internet domain first. The shared ones too, unless it has one and takes mail there alone.
fn internet_domains<'a>(reader: &Reader<'a>) -> Vec<&'a str> {
    let own = reader.text(Field::InternetDomain);
    let shared = reader.setting.shared.iter().map(|domain| domain.as_str());
    match own {
        Some(own) if reader.says_yes(Field::ExclusiveDomain) => vec![own],
        Some(own) => std::iter::once(own)
            .chain(shared.filter(|domain| !domain.eq_ignore_ascii_case(own)))
            .collect(),
        None => shared.collect(),
    }
}

fn preferred_format(reader: &Reader<'_>, draft: &mut Draft) -> Format {
    let own = reader.number(Field::PreferredFormat, draft);
    let rule = || reader.words(Rule::PreferredFormat).next()?.parse().ok();
    own.and_then(Format::preferred)
        .or_else(|| rule().and_then(Format::preferred))
        .unwrap_or(Format::User)
}

/// The sum of the formats that it does not take. GroupWise cannot do without the full one.
fn disallowed(reader: &Reader<'_>, draft: &mut Draft) -> u64 {
    let own = reader.number(Field::DisallowedFormats, draft);
    let rule = || reader.words(Rule::DisallowedFormats).next()?.parse().ok();
    let sum = own.or_else(rule).unwrap_or(0);
    if sum & Format::Full.bit() != 0 {
        draft.note(Odd::FullFormatDisallowed);
    }
    sum & !Format::Full.bit()
}

/// `cn=po1,ou=gw,o=contoso` is named by its first part.
fn common_name(text: &str) -> &str {
    let first = text.split(',').next().unwrap_or(text);
    let name = first.split_once('=').map_or(text, |(_, name)| name);
    name.trim()
}

#[cfg(test)]
mod tests;
