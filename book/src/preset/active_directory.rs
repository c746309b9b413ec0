//! Active Directory, with Exchange's attributes (msExch…) or without.
//!
//! Where a mailbox is follows from Exchange's type of recipient, the store it names, and the target address. The trap is
//! the mail user (type 128) whose target address is in the shared domain: so Microsoft's plan for coexistence with a
//! third-party system shows people whose mailbox is still there, and AD alone does not say when that has changed.

use super::recipient_type::{RecipientType, Role};
use super::{Field, Passed, Reader, Record, Rule, Table};
use crate::entry::Draft;
use crate::{Kind, Location, Odd, Quoted, System, WhyUnknown};

pub(super) const TABLE: Table = Table {
    filter: Some(
        "(&(|(proxyAddresses=*)(mail=*)(targetAddress=*))(|(objectClass=user)(objectClass=contact)\
         (objectClass=group)(objectClass=publicFolder)(objectClass=msExchDynamicDistributionList)))",
    ),
    attributes: &[
        (Field::Key, &["objectGUID"]),
        (Field::Name, &["distinguishedName"]),
        (Field::Class, &["objectClass"]),
        (Field::Mail, &["mail"]),
        (Field::Addresses, &["proxyAddresses"]),
        (Field::LegacyName, &["legacyExchangeDN"]),
        (Field::Display, &["displayName", "cn"]),
        (Field::Login, &["userPrincipalName"]),
        (Field::Side, &[]),
        (Field::Target, &["targetAddress"]),
        (Field::RecipientType, &["msExchRecipientTypeDetails"]),
        (Field::RemoteType, &["msExchRemoteRecipientType"]),
        (Field::Mailbox, &["homeMDB", "msExchHomeServerName"]),
        (Field::ForwardObject, &["altRecipient"]),
        (Field::ForwardAddress, &["msExchGenericForwardingAddress"]),
        (Field::KeepsCopy, &["deliverAndRedirect"]),
        (Field::Member, &["member"]),
        (Field::Hidden, &["msExchHideFromAddressLists"]),
        (Field::InternalOnly, &["msExchRequireAuthToSendTo"]),
        (Field::AccountControl, &["userAccountControl"]),
        (Field::Deleted, &["isDeleted"]),
        (Field::Version, &["uSNChanged"]),
    ],
    rules: &[
        (Rule::Home, &["exchange"]),
        (Rule::Groups, &[]),
        (Rule::ThirdParty, &["third-party"]),
        (Rule::WithoutMailbox, &[]),
        (Rule::CloudDomains, CLOUD_DOMAINS),
    ],
};

/// Where Exchange Online takes mail for one tenant: worldwide, in the clouds of the United States government, in China.
pub(super) const CLOUD_DOMAINS: &[&str] = &[
    "*.mail.onmicrosoft.com",
    "*.onmicrosoft.com",
    "*.mail.onmicrosoft.us",
    "*.onmicrosoft.us",
    "*.mail.partner.onmschina.cn",
    "*.partner.onmschina.cn",
];

pub(super) fn read(reader: &Reader<'_>) -> Record {
    let mut draft = match reader.begin() {
        Ok(draft) => draft,
        Err(record) => return record,
    };
    let known = recipient_type(reader, &mut draft);
    let role = known.map(|known| known.role);
    if role == Some(Role::System) {
        return Record::Passed(draft.entry.key, Passed::SystemMailbox);
    }
    reader.proxies(&mut draft);
    draft.entry.kind = known.map_or_else(|| kind_of_class(reader), |known| known.kind);
    draft.entry.location = match role {
        Some(Role::Remote) => {
            if reader.text(Field::Mailbox).is_some() {
                draft.note(Odd::RemoteWithMailbox);
            }
            reader.remote(&mut draft)
        }
        Some(Role::Mailbox) => mailbox(reader, &mut draft),
        Some(Role::Group) => reader.group_of_home(),
        Some(Role::Target | Role::Plain | Role::Guest | Role::System) | None => {
            by_signs(reader, &mut draft)
        }
    };
    if draft.entry.kind.is_group() {
        reader.members(&mut draft);
    }
    reader.forwarding(&mut draft);
    let control = reader
        .number(Field::AccountControl, &mut draft)
        .unwrap_or(0);
    draft.entry.flags.disabled =
        control & ACCOUNT_DISABLED != 0 && !draft.entry.kind.is_without_login();
    reader.finish(draft)
}

fn recipient_type(reader: &Reader<'_>, draft: &mut Draft) -> Option<&'static RecipientType> {
    let text = reader.text(Field::RecipientType)?;
    let known = text.parse().ok().and_then(RecipientType::of_number);
    if known.is_none() {
        reader.note_unknown(Field::RecipientType, text, draft);
    }
    known
}

/// Without Exchange's type the class of the object says what it is.
fn kind_of_class(reader: &Reader<'_>) -> Kind {
    match () {
        () if reader.is_of_class("msExchDynamicDistributionList") => Kind::DynamicGroup,
        () if reader.is_of_class("group") => Kind::Group,
        () if reader.is_of_class("contact") => Kind::Contact,
        () if reader.is_of_class("publicFolder") => Kind::PublicFolder,
        () => Kind::User,
    }
}

/// A mailbox here. With a target address, Exchange sends its mail there: that is for Exchange to do, and to be told.
fn mailbox(reader: &Reader<'_>, draft: &mut Draft) -> Location {
    let home = reader.home();
    if let (Some(target), Location::In(system)) = (reader.text(Field::Target), &home) {
        draft.note(Odd::MailboxAndTarget {
            system: system.clone(),
            target: Quoted::new(target),
        });
    }
    home
}

fn by_signs(reader: &Reader<'_>, draft: &mut Draft) -> Location {
    if draft.entry.kind.is_group() {
        return reader.group_of_home();
    }
    if reader.text(Field::Mailbox).is_some() || draft.entry.kind == Kind::PublicFolder {
        return mailbox(reader, draft);
    }
    if let Some(location) = reader.led(draft) {
        return location;
    }
    let remote = reader.number(Field::RemoteType, draft).unwrap_or(0);
    if remote & (REMOTE_PROVISIONED | REMOTE_MIGRATED) != 0 && remote & REMOTE_DEPROVISIONED == 0 {
        draft.note(Odd::RemoteWithoutTarget);
        return Location::In(System::Cloud);
    }
    match draft.entry.kind {
        Kind::Contact => Location::Unknown(WhyUnknown::NoMailbox),
        _ => reader.placed(Rule::WithoutMailbox, WhyUnknown::NoMailbox),
    }
}

/// ADS_UF_ACCOUNTDISABLE of userAccountControl.
const ACCOUNT_DISABLED: u64 = 2;
// msExchRemoteRecipientType. Its other bits speak of archives and of the kind of mailbox.
const REMOTE_PROVISIONED: u64 = 1;
const REMOTE_MIGRATED: u64 = 4;
const REMOTE_DEPROVISIONED: u64 = 8;

#[cfg(test)]
mod tests;
