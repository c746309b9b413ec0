//! What an operator hears of groups.

use routing::{Expansion, Stays};

use super::{Event, SessionId};

/// Members named in one event.
const NAMED: usize = 5;

/// A bound of ours keeps a group from being expanded.
pub(crate) fn stays(session: SessionId, expansion: &Expansion, stays: Stays) -> Event {
    Event::GroupStays {
        session,
        group: expansion.group.to_string(),
        owner: expansion.owner.to_string(),
        why: stays.to_string(),
    }
}

/// Some members get nothing.
pub(crate) fn left_out(session: SessionId, group: &str, members: &[String]) -> Event {
    let mut text = members[..members.len().min(NAMED)].join("; ");
    if members.len() > NAMED {
        text = format!("{text}; and {} more", members.len() - NAMED);
    }
    Event::MembersLeftOut {
        session,
        group: group.to_owned(),
        members: text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_named() {
        let told = |count: usize| {
            let members: Vec<String> = (0..count).map(|number| format!("m{number}")).collect();
            left_out(SessionId(1), "all@contoso.com", &members).to_string()
        };
        assert!(told(NAMED).ends_with("m0; m1; m2; m3; m4"));
        assert!(told(NAMED + 2).ends_with("m4; and 2 more"));
    }
}
