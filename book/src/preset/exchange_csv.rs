//! Rows of what Get-Recipient, Get-Mailbox, Get-EXOMailbox and their kin export.
//!
//! One row is one recipient, one cell may hold many addresses: how they are joined depends on who exported them. The rule
//! `home` says whose export it is: `cloud`, or `exchange` for the company's own servers.

use super::recipient_type::{RecipientType, Role};
use super::{Field, Passed, Reader, Record, Rule, Table};
use crate::entry::{Draft, proxy_kind};
use crate::{Kind, Location, Odd, WhyUnknown};

pub(super) const TABLE: Table = Table {
    filter: None,
    attributes: &[
        (
            Field::Key,
            &[
                "Guid",
                "ExternalDirectoryObjectId",
                "ExchangeGuid",
                "DistinguishedName",
                "Identity",
                "PrimarySmtpAddress",
            ],
        ),
        (Field::Name, &["DistinguishedName", "Identity", "Name"]),
        (Field::Mail, &["PrimarySmtpAddress", "WindowsEmailAddress"]),
        (Field::Addresses, &["EmailAddresses"]),
        (Field::LegacyName, &["LegacyExchangeDN"]),
        (Field::Display, &["DisplayName", "Name"]),
        (Field::Login, &["UserPrincipalName", "WindowsLiveID"]),
        (Field::Side, &[]),
        (
            Field::RecipientType,
            &["RecipientTypeDetails", "RecipientType"],
        ),
        (
            Field::Target,
            &[
                "ExternalEmailAddress",
                "RemoteRoutingAddress",
                "TargetAddress",
            ],
        ),
        (Field::ForwardObject, &["ForwardingAddress"]),
        (Field::ForwardAddress, &["ForwardingSmtpAddress"]),
        (Field::KeepsCopy, &["DeliverToMailboxAndForward"]),
        (Field::Hidden, &["HiddenFromAddressListsEnabled"]),
        (Field::InternalOnly, &["RequireSenderAuthenticationEnabled"]),
        (Field::Version, &["WhenChangedUTC", "WhenChanged"]),
    ],
    rules: &[
        (Rule::Home, &["cloud"]),
        (Rule::Groups, &[]),
        (Rule::ThirdParty, &["third-party"]),
        (Rule::CloudDomains, super::active_directory::CLOUD_DOMAINS),
    ],
};

pub(super) fn read(reader: &Reader<'_>) -> Record {
    let mut draft = match reader.begin() {
        Ok(draft) => draft,
        Err(record) => return record,
    };
    let known = recipient_type(reader, &mut draft);
    match known.map(|known| known.role) {
        Some(Role::System) => return Record::Passed(draft.entry.key, Passed::SystemMailbox),
        Some(Role::Guest) => return Record::Passed(draft.entry.key, Passed::Guest),
        _ => {}
    }
    addresses(reader, &mut draft);
    reader.proxies_from_mail(&mut draft);
    draft.entry.kind = known.map_or(Kind::User, |known| known.kind);
    draft.entry.location = match known.map(|known| known.role) {
        Some(Role::Mailbox) => reader.home(),
        Some(Role::Group) => reader.group_of_home(),
        Some(Role::Remote) => reader.remote(&mut draft),
        Some(Role::Target | Role::Plain | Role::Guest | Role::System) | None => {
            let led = reader.led(&mut draft);
            led.unwrap_or(Location::Unknown(WhyUnknown::NoMailbox))
        }
    };
    reader.forwarding(&mut draft);
    reader.finish(draft)
}

/// Both columns may be there. RecipientTypeDetails comes first and says more.
fn recipient_type(reader: &Reader<'_>, draft: &mut Draft) -> Option<&'static RecipientType> {
    let mut texts = reader.texts(Field::RecipientType);
    let known = texts.find_map(RecipientType::of_name);
    if let (None, Some(text)) = (known, reader.text(Field::RecipientType)) {
        reader.note_unknown(Field::RecipientType, text, draft);
    }
    known
}

fn addresses(reader: &Reader<'_>, draft: &mut Draft) {
    for cell in reader.texts(Field::Addresses) {
        if is_unexpanded(cell) {
            let attribute = reader.name(Field::Addresses).to_owned();
            draft.note(Odd::Unexpanded { attribute });
            continue;
        }
        for value in split(cell) {
            draft.proxy(reader.name(Field::Addresses), value);
        }
    }
    reader.legacy_names(draft);
}

/// What PowerShell writes for a list that nobody joined.
fn is_unexpanded(cell: &str) -> bool {
    cell.starts_with("System.")
        || cell.starts_with("Microsoft.Exchange.")
        || cell.starts_with("Deserialized.")
}

/// The addresses of one cell. Blanks, commas and semicolons part them only where an address with a kind follows, because
/// an X.500 name holds such characters itself; addresses without a kind are parted everywhere.
fn split(cell: &str) -> Vec<&str> {
    let cell = cell.trim().trim_start_matches('{').trim_end_matches('}');
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|');
    if !cell
        .split(is_separator)
        .any(|part| proxy_kind(part).is_some())
    {
        return cell
            .split(is_separator)
            .filter(|part| !part.is_empty())
            .collect();
    }
    let mut values = Vec::new();
    let mut start = 0;
    for (place, separator) in cell.char_indices().filter(|(_, c)| is_separator(*c)) {
        let next = place + separator.len_utf8();
        if next > start && begins_address(&cell[next..]) {
            values.push(&cell[start..place]);
            start = next;
        }
    }
    values.push(&cell[start..]);
    let trimmed = values
        .into_iter()
        .map(|value| value.trim_matches(is_separator));
    trimmed.filter(|value| !value.is_empty()).collect()
}

fn begins_address(text: &str) -> bool {
    let is_kind = |(kind, _): (&str, &str)| {
        kind.len() <= 16 && kind.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    proxy_kind(text).is_some_and(is_kind)
}

#[cfg(test)]
mod tests;
