//! Two sources that contradict each other about somebody, said so that an administrator can mend it.

use std::fmt;

use routing::Address;

use crate::{Claim, Fix, Kind, Location, Merged, PresetKind, Setting, Standing, System};

/// One source against the one that decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// Of whom.
    pub address: Address,
    /// Who decides, and what it says.
    pub winner: (String, Location),
    /// Who says otherwise, and what.
    pub loser: (String, Location),
    /// What it is.
    pub what: What,
    /// What to do about the loser. It follows the winner: where that is wrong, the order of the sources is.
    pub fix: Option<Fix>,
}

/// What kind of contradiction it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// Its mailbox moved, and this directory still points to where it was.
    StillPointsBack,
    /// Both have a mailbox for it.
    TwoMailboxes,
    /// It says that mail goes to an address elsewhere.
    SentElsewhere,
    /// They name different sides.
    Sides,
}

impl Conflict {
    /// The contradictions among the claims that gave `merged`.
    pub fn all(claims: &[Claim<'_>], merged: &Merged, setting: &Setting) -> Vec<Self> {
        let Some(winner) = merged.winner.and_then(|winner| claims.get(winner)) else {
            return Vec::new();
        };
        let contradicts =
            |standing: &Standing| matches!(standing, Standing::Overruled | Standing::NoMailbox);
        let losers = claims.iter().zip(&merged.standings);
        let losers = losers.filter(|(_, standing)| contradicts(standing));
        losers
            .filter_map(|(loser, _)| Self::between(winner, loser, setting))
            .collect()
    }

    fn between(winner: &Claim<'_>, loser: &Claim<'_>, setting: &Setting) -> Option<Self> {
        let address = winner
            .entry
            .addresses()
            .chain(loser.entry.addresses())
            .next()?
            .clone();
        let said = |claim: &Claim<'_>| (claim.source.to_owned(), claim.entry.location.clone());
        let what = what(winner, loser);
        Some(Self {
            winner: said(winner),
            loser: said(loser),
            what,
            fix: fix(&address, what, winner, loser, setting),
            address,
        })
    }
}

/// Whether a source is the mail system itself, which knows its own mailboxes.
fn is_of(claim: &Claim<'_>, system: &System) -> bool {
    match claim.kind {
        Some(PresetKind::Domino) => *system == System::Domino,
        Some(PresetKind::GroupWise) => *system == System::GroupWise,
        Some(PresetKind::ActiveDirectory) => *system == System::Exchange,
        Some(PresetKind::MicrosoftGraph | PresetKind::ExchangeCsv) => {
            matches!(system, System::Cloud | System::Exchange)
        }
        Some(PresetKind::OpenLdap) | None => false,
    }
}

fn what(winner: &Claim<'_>, loser: &Claim<'_>) -> What {
    let owns = |claim: &Claim<'_>| claim.system().is_some_and(|system| is_of(claim, system));
    match &loser.entry.location {
        Location::External(_) => What::SentElsewhere,
        _ if owns(loser) && owns(winner) => What::TwoMailboxes,
        _ if loser.kind.is_some() && !owns(loser) => What::StillPointsBack,
        _ => What::Sides,
    }
}

fn fix(
    address: &Address,
    what: What,
    winner: &Claim<'_>,
    loser: &Claim<'_>,
    setting: &Setting,
) -> Option<Fix> {
    let target = target(address, winner, setting);
    match (loser.kind?, what) {
        (PresetKind::ActiveDirectory | PresetKind::ExchangeCsv, What::TwoMailboxes) => {
            Some(Fix::ByHand(format!(
                "two mailboxes take mail for {address}: move what came to the one in {} and disable it",
                loser.system()?
            )))
        }
        (PresetKind::ActiveDirectory, _) => in_active_directory(address, &target?, winner, loser),
        (PresetKind::ExchangeCsv, _) => set_mail_user(address, &target?, loser),
        (PresetKind::Domino, _) => {
            let (dn, target) = (&loser.entry.name, target?.to_string());
            Fix::ldif(dn, &[("mailsystem", "5"), ("mailaddress", &target)])
                .filter(|_| !dn.is_empty())
        }
        (PresetKind::OpenLdap, _) => {
            let (dn, target) = (&loser.entry.name, target?.to_string());
            Fix::ldif(dn, &[("mailRoutingAddress", &target)]).filter(|_| !dn.is_empty())
        }
        (PresetKind::GroupWise, _) => Some(Fix::ByHand(format!(
            "in GroupWise, forward {address} to {} or remove its mailbox",
            target?
        ))),
        (PresetKind::MicrosoftGraph, _) => None,
    }
}

/// The address that leads to the winner's system alone, or else the one in the shared domain.
fn target(address: &Address, winner: &Claim<'_>, setting: &Setting) -> Option<Address> {
    if let Some(known) = &winner.entry.routing_address {
        return Some(known.clone());
    }
    let system = winner.system()?;
    let leads_there = |own: &&Address| setting.system_of(own.domain()) == Some(system);
    if let Some(own) = winner.entry.addresses().find(leads_there) {
        return Some(own.clone());
    }
    let mut routing = setting.routing.iter();
    match routing.find(|(_, known)| known == system) {
        Some((domain, _)) => address.with_domain(domain).ok(),
        // A mail user in a shared domain is how Active Directory shows somebody of a third-party system.
        None if *system != System::Cloud => Some(address.clone()),
        None => None,
    }
}

/// Exchange's own cmdlets keep type and target address together; without Exchange's type there is only the attribute.
fn in_active_directory(
    address: &Address,
    target: &Address,
    winner: &Claim<'_>,
    loser: &Claim<'_>,
) -> Option<Fix> {
    let entry = loser.entry;
    if matches!(entry.kind, Kind::MailUser | Kind::Contact) {
        return set_mail_user(address, target, loser);
    }
    if entry.kind.is_group() {
        return None;
    }
    if loser.system() == Some(&System::Cloud) {
        return Some(Fix::ByHand(format!(
            "it is a remote mailbox in Active Directory: run Disable-RemoteMailbox for {address}, then Enable-MailUser \
             with the external address {target}"
        )));
    }
    let (identity, routing) = (address.to_string(), target.to_string());
    if winner.system() == Some(&System::Cloud) && entry.target.is_none() {
        let parameters = [
            ("Identity", identity.as_str()),
            ("RemoteRoutingAddress", &routing),
        ];
        return Fix::power_shell("Enable-RemoteMailbox", &parameters);
    }
    Fix::target_address(&entry.name, target)
}

fn set_mail_user(address: &Address, target: &Address, loser: &Claim<'_>) -> Option<Fix> {
    let cmdlet = match loser.entry.kind {
        Kind::MailUser => "Set-MailUser",
        Kind::Contact => "Set-MailContact",
        _ => return None,
    };
    let (identity, target) = (address.to_string(), target.to_string());
    Fix::power_shell(
        cmdlet,
        &[("Identity", &identity), ("ExternalEmailAddress", &target)],
    )
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (winner, loser) = (&self.winner, &self.loser);
        write!(
            f,
            "{}: {}. {} {}, which counts; {} {}",
            self.address, self.what, winner.0, winner.1, loser.0, loser.1
        )
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StillPointsBack => "a directory points to where the mailbox is not",
            Self::TwoMailboxes => "two systems have a mailbox for it",
            Self::SentElsewhere => "a directory sends its mail elsewhere",
            Self::Sides => "two sources name different sides",
        })
    }
}

#[cfg(test)]
mod tests;
