//! A group, as far as it can be expanded outside of the system that owns it.

use crate::Address;
use crate::limits::GROUP_MEMBERS_MAX;

/// What is known of a group whose owner cannot reach all of its members.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Group {
    /// The addresses of its direct members.
    pub members: Vec<Address>,
    /// Further members, of whom no address is known.
    pub nameless: u32,
    /// It takes mail only from senders that its system knows.
    pub internal_only: bool,
    /// It has more members than are kept; then none is.
    pub too_large: bool,
}

impl Group {
    /// A group of these, each once, in their order.
    pub fn of(members: impl IntoIterator<Item = Address>) -> Self {
        let mut group = Self::default();
        let mut seen = std::collections::HashSet::new();
        for member in members {
            if !seen.insert(member.canonical().to_owned()) {
                continue;
            }
            if group.members.len() == GROUP_MEMBERS_MAX {
                (group.members, group.too_large) = (Vec::new(), true);
                break;
            }
            group.members.push(member);
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_keeps_its_members_at_the_limit_and_none_past_it() {
        let of = |count: usize| {
            let name = |number: usize| Address::parse(&format!("m{number}@contoso.com")).unwrap();
            let twice = (0..count).chain(0..1).map(name);
            let group = Group::of(twice);
            (group.members.len(), group.too_large)
        };
        assert_eq!(of(GROUP_MEMBERS_MAX), (GROUP_MEMBERS_MAX, false));
        assert_eq!(of(GROUP_MEMBERS_MAX + 1), (0, true));
    }
}
