//! Users, groups and organisational contacts of Microsoft Graph, as `graph_object` gives them.
//!
//! Graph does not tell a mailbox from a mail user. An assigned plan of the service `exchange` is a licence and no proof:
//! people are licensed days before they move. What the mailbox is for (mailboxSettings) proves it, where it was asked.

use super::{Field, Passed, Reader, Record, Rule, Table};
use crate::entry::Draft;
use crate::{Kind, Location, Odd, WhyUnknown};

pub(super) const TABLE: Table = Table {
    filter: None,
    attributes: &[
        (Field::Key, &["id"]),
        (Field::Name, &["id"]),
        (Field::Class, &["@odata.type"]),
        (Field::Mail, &["mail"]),
        (Field::Addresses, &["proxyAddresses"]),
        (Field::Display, &["displayName"]),
        (Field::Login, &["userPrincipalName"]),
        (Field::Side, &[]),
        (Field::RecipientType, &["userType"]),
        (Field::Plans, &["assignedPlans"]),
        (Field::Purpose, &["mailboxSettings.userPurpose"]),
        (Field::Synchronised, &["onPremisesSyncEnabled"]),
        (Field::GroupType, &["groupTypes"]),
        (Field::MailSystem, &["mailEnabled"]),
        (Field::Member, &["members@delta"]),
        (Field::Shown, &["showInAddressList"]),
        (Field::Enabled, &["accountEnabled"]),
        (Field::Deleted, &["@removed", "deletedDateTime"]),
    ],
    rules: &[
        (Rule::Home, &["cloud"]),
        (Rule::Groups, &[]),
        (Rule::Licence, &["nothing"]),
        (Rule::CloudDomains, super::active_directory::CLOUD_DOMAINS),
    ],
};

pub(super) fn read(reader: &Reader<'_>) -> Record {
    let mut draft = match reader.begin() {
        Ok(draft) => draft,
        Err(record) => return record,
    };
    if reader.text(Field::Deleted).is_some() {
        return Record::Gone(draft.entry.key);
    }
    if reader
        .text(Field::RecipientType)
        .is_some_and(|kind| kind.eq_ignore_ascii_case("Guest"))
    {
        return Record::Passed(draft.entry.key, Passed::Guest);
    }
    reader.proxies(&mut draft);
    draft.entry.kind = kind(reader);
    draft.entry.location = match draft.entry.kind {
        Kind::Group if reader.answer(Field::MailSystem) == Some(false) => {
            return Record::Passed(draft.entry.key, Passed::NotForMail);
        }
        Kind::Group => {
            reader.members(&mut draft);
            group(reader)
        }
        Kind::Contact => Location::Unknown(match reader.says_yes(Field::Synchronised) {
            true => WhyUnknown::Synchronised,
            false => WhyUnknown::NoMailbox,
        }),
        _ => user(reader, &mut draft),
    };
    let is_disabled = reader.answer(Field::Enabled) == Some(false);
    draft.entry.flags.disabled = is_disabled && !draft.entry.kind.is_without_login();
    reader.finish(draft)
}

fn kind(reader: &Reader<'_>) -> Kind {
    let is = |class: &str| {
        let texts = reader.texts(Field::Class);
        texts.into_iter().any(|text| {
            text.rsplit('.')
                .next()
                .is_some_and(|own| own.eq_ignore_ascii_case(class))
        })
    };
    match reader.text(Field::Purpose) {
        _ if is("group") => Kind::Group,
        _ if is("orgContact") => Kind::Contact,
        Some("shared") => Kind::Shared,
        Some("room") => Kind::Room,
        Some("equipment") => Kind::Equipment,
        Some("linked") => Kind::Linked,
        _ => Kind::User,
    }
}

/// A group that was synchronised is owned by the directory it came from.
fn group(reader: &Reader<'_>) -> Location {
    match reader.says_yes(Field::Synchronised) {
        true => Location::Unknown(WhyUnknown::Synchronised),
        false => reader.group_of_home(),
    }
}

fn user(reader: &Reader<'_>, draft: &mut Draft) -> Location {
    if let Some("user" | "linked" | "shared" | "room" | "equipment") = reader.text(Field::Purpose) {
        return reader.home();
    }
    let is_licensed = reader.texts(Field::Plans).any(is_mailbox_plan);
    let is_proof = reader.words(Rule::Licence).any(|word| word == "mailbox");
    match (is_licensed, reader.says_yes(Field::Synchronised)) {
        (true, false) if is_proof => reader.placed(Rule::Home, WhyUnknown::UnknownSystem),
        (true, _) => {
            draft.note(Odd::LicenceAlone);
            Location::Unknown(WhyUnknown::LicenceAlone)
        }
        (false, true) => Location::Unknown(WhyUnknown::Synchronised),
        (false, false) => Location::Unknown(WhyUnknown::NoMailbox),
    }
}

/// A plan in use, also in its time of grace. Suspended and locked ones still have their mailbox, but say no more.
fn is_mailbox_plan(plan: &str) -> bool {
    let (service, status) = plan.split_once('/').unwrap_or((plan, ""));
    let in_use = ["enabled", "warning"].contains(&status.to_ascii_lowercase().as_str());
    service.eq_ignore_ascii_case("exchange") && in_use
}

#[cfg(test)]
mod tests;
