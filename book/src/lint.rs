//! What is wrong with one entry by itself, or with what two directories say of one person.

use routing::{Address, Domain};

use crate::{Entry, Kind, Location, Reference, Setting, System};

/// What an administrator should look at.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Lint {
    /// Mail goes where none of our systems is.
    #[error("its mail is sent to {address}, outside the domains that lead to a side")]
    RoutingOutside {
        /// The routing or target address.
        address: Address,
    },
    /// Its own system sends its mail away. A migration loses this.
    #[error("its mailbox forwards to {to}, outside the company")]
    ForwardsOutside {
        /// Where to.
        to: Address,
    },
    /// First of the criteria for mail users with a mailbox in a third-party system.
    #[error("its target address {target} is not its primary address in the other system, {there}")]
    TargetIsNotPrimary {
        /// What this directory says.
        target: Address,
        /// What the other system says.
        there: Address,
    },
    /// Second of them.
    #[error("its target address {target} is in a domain that the tenant has not verified")]
    TargetNotVerified {
        /// What this directory says.
        target: Address,
    },
    /// Third of them.
    #[error(
        "its target address {target} is in another domain than its user principal name {login}"
    )]
    TargetNotInLoginDomain {
        /// What this directory says.
        target: Address,
        /// The name it signs in by.
        login: String,
    },
    /// It cannot be shown as a mail user, or its mail would go in a circle.
    #[error("it is a mail user without a target address")]
    NoTarget,
}

/// What is wrong with an entry. `setting` says which domains lead to a side.
pub fn of_entry(entry: &Entry, setting: &Setting) -> Vec<Lint> {
    let mut found = Vec::new();
    let is_outside = |address: &Address| !setting.is_ours(address.domain());
    let elsewhere = match &entry.location {
        // A contact is there to send mail elsewhere.
        Location::External(address) if entry.kind != Kind::Contact => Some(address),
        _ => None,
    };
    let routing = entry.routing_address.as_ref().or(elsewhere);
    if let Some(address) = routing.filter(|address| is_outside(address)) {
        let address = address.clone();
        found.push(Lint::RoutingOutside { address });
    }
    if let Some(Reference::Address(to)) = entry.forward.as_ref().map(|forward| &forward.to)
        && is_outside(to)
    {
        found.push(Lint::ForwardsOutside { to: to.clone() });
    }
    if entry.kind == Kind::MailUser && entry.target.is_none() {
        found.push(Lint::NoTarget);
    }
    found
}

/// The criteria that Microsoft's plan for coexistence with a third-party system sets for the target address of somebody
/// whose mailbox is there ("Plan for third-party email coexistence with Microsoft 365", step 4): the primary address in
/// that system, in a verified domain, in the domain of the user principal name. `there` is the other system's entry.
pub fn of_mail_user(entry: &Entry, there: Option<&Entry>, verified: &[Domain]) -> Vec<Lint> {
    let is_third_party = !matches!(
        entry.system(),
        None | Some(System::Cloud | System::Exchange)
    );
    let Some(target) = entry.target.clone().filter(|_| is_third_party) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if let Some(there) = there
        .and_then(|there| there.primary.clone())
        .filter(|there| *there != target)
    {
        let target = target.clone();
        found.push(Lint::TargetIsNotPrimary { target, there });
    }
    if !verified
        .iter()
        .any(|domain| domain.as_str() == target.domain())
    {
        let target = target.clone();
        found.push(Lint::TargetNotVerified { target });
    }
    let login = entry.login.clone().unwrap_or_default();
    let domain = login.rsplit_once('@').map_or("", |(_, domain)| domain);
    if !domain.eq_ignore_ascii_case(target.domain()) {
        found.push(Lint::TargetNotInLoginDomain { target, login });
    }
    found
}

#[cfg(test)]
mod tests;
