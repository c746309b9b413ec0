//! What one directory has and another has not, with the line that adds it there.
//!
//! Entries are compared by their own addresses, whichever of them is the primary one. Who asks brings a way to look an
//! address up in the other directory, so that neither has to be in memory.

use std::fmt::Write as _;

use routing::Address;

use crate::cell::cell;
use crate::{Entry, Fix, Kind, Location, PresetKind, Setting, System};

/// What the other directory lacks of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lacks {
    /// None of its addresses is known there.
    Entry,
    /// It is known there, but not by these addresses.
    Addresses(Vec<Address>),
}

/// Compares an entry with the other directory; `None` if nothing is lacking. `knows` says whether an address is anybody's
/// there. What takes no mail here, or is only a pointer to elsewhere, need not be there.
pub fn lacks(entry: &Entry, setting: &Setting, knows: impl Fn(&Address) -> bool) -> Option<Lacks> {
    let ours = entry
        .addresses()
        .filter(|address| setting.is_shared(address.domain()));
    let (known, unknown): (Vec<&Address>, Vec<&Address>) = ours.partition(|address| knows(address));
    match (known.is_empty(), unknown.is_empty()) {
        (_, true) => None,
        (true, false) if matches!(entry.location, Location::Unknown(_)) => None,
        (true, false) => Some(Lacks::Entry),
        (false, false) => Some(Lacks::Addresses(unknown.into_iter().cloned().collect())),
    }
}

/// What adds to a directory of kind `into` what it lacks of an entry; `None` where there is no such line.
pub fn mend(entry: &Entry, lacks: &Lacks, into: PresetKind, setting: &Setting) -> Option<Fix> {
    let primary = entry.primary.as_ref()?;
    match (into, lacks) {
        (PresetKind::ActiveDirectory | PresetKind::ExchangeCsv, Lacks::Entry) => {
            add_entry(entry, primary, setting)
        }
        (PresetKind::ActiveDirectory | PresetKind::ExchangeCsv, Lacks::Addresses(addresses)) => {
            add_addresses(entry, primary, addresses)
        }
        (
            PresetKind::Domino
            | PresetKind::GroupWise
            | PresetKind::OpenLdap
            | PresetKind::MicrosoftGraph,
            _,
        ) => None,
    }
}

/// The header of [`csv_line`].
pub const CSV_HEADER: &str =
    "DisplayName,PrimarySmtpAddress,ExternalEmailAddress,EmailAddresses,Kind\r\n";

/// An entry as a line of a table, for those who mend with a script of their own.
pub fn csv_line(entry: &Entry, setting: &Setting) -> Option<String> {
    let primary = entry.primary.as_ref()?;
    let aliases: Vec<String> = entry
        .aliases
        .iter()
        .map(|alias| format!("smtp:{alias}"))
        .collect();
    let fields = [
        entry
            .display
            .clone()
            .unwrap_or_else(|| primary.local().to_owned()),
        primary.to_string(),
        target(entry, primary, setting).to_string(),
        std::iter::once(format!("SMTP:{primary}"))
            .chain(aliases)
            .collect::<Vec<_>>()
            .join(" "),
        format!("{:?}", entry.kind),
    ];
    let cells: Vec<String> = fields.iter().map(|field| cell(field)).collect();
    Some(format!("{}\r\n", cells.join(",")))
}

/// People have an account in Active Directory that is to be enabled for mail ("Plan for third-party email coexistence
/// with Microsoft 365", step 4); databases and resources have none and become contacts.
fn add_entry(entry: &Entry, primary: &Address, setting: &Setting) -> Option<Fix> {
    let (own, target) = (
        primary.to_string(),
        target(entry, primary, setting).to_string(),
    );
    let is_cloud = entry.system() == Some(&System::Cloud);
    match entry.kind {
        Kind::Group | Kind::DynamicGroup | Kind::PublicFolder => None,
        Kind::User | Kind::Linked | Kind::MailUser if is_cloud => Fix::power_shell(
            "Enable-RemoteMailbox",
            &[("Identity", &own), ("RemoteRoutingAddress", &target)],
        ),
        Kind::Shared | Kind::Room | Kind::Equipment if is_cloud => {
            let name = entry.display.as_deref().unwrap_or(primary.local());
            let switch = match entry.kind {
                Kind::Room => "New-RemoteMailbox -Room",
                Kind::Equipment => "New-RemoteMailbox -Equipment",
                _ => "New-RemoteMailbox -Shared",
            };
            let parameters = [
                ("Name", name),
                ("PrimarySmtpAddress", &own),
                ("RemoteRoutingAddress", &target),
            ];
            Fix::power_shell(switch, &parameters)
        }
        Kind::User | Kind::Linked | Kind::MailUser => {
            let parameters = [
                ("Identity", own.as_str()),
                ("ExternalEmailAddress", &target),
                ("PrimarySmtpAddress", &own),
            ];
            Fix::power_shell("Enable-MailUser", &parameters)
        }
        Kind::Shared
        | Kind::Room
        | Kind::Equipment
        | Kind::Contact
        | Kind::MailInDatabase
        | Kind::Resource => {
            let name = entry.display.as_deref().unwrap_or(primary.local());
            let parameters = [
                ("Name", name),
                ("ExternalEmailAddress", &target),
                ("PrimarySmtpAddress", &own),
            ];
            Fix::power_shell("New-MailContact", &parameters)
        }
    }
}

/// By the attribute: which cmdlet it would be depends on what the other directory made of it.
fn add_addresses(entry: &Entry, primary: &Address, addresses: &[Address]) -> Option<Fix> {
    let known = entry
        .addresses()
        .find(|own| !addresses.contains(own))
        .unwrap_or(primary);
    let mut list = String::new();
    for address in addresses {
        let separator = if list.is_empty() { "" } else { "," };
        write!(
            list,
            "{separator}{}",
            Fix::literal(&format!("smtp:{address}"))?
        )
        .ok()?;
    }
    // The filter is a literal within a literal.
    let filter = Fix::literal(&format!(
        "proxyAddresses -eq {}",
        Fix::literal(&format!("smtp:{known}"))?
    ))?;
    let line =
        format!("Get-ADObject -Filter {filter} | Set-ADObject -Add @{{proxyAddresses={list}}}");
    Fix::line(line)
}

/// The address that leads to where it lives.
fn target(entry: &Entry, primary: &Address, setting: &Setting) -> Address {
    if let Some(known) = &entry.routing_address {
        return known.clone();
    }
    if let Location::External(address) = &entry.location {
        return address.clone();
    }
    let domain = setting
        .routing
        .iter()
        .find(|(_, system)| Some(system) == entry.system());
    let led = domain.and_then(|(domain, _)| primary.with_domain(domain).ok());
    led.unwrap_or_else(|| primary.clone())
}

#[cfg(test)]
mod tests;
