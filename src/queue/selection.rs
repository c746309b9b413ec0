//! Which messages an operator means.

use serde::{Deserialize, Serialize};
use spool::QueueId;

use super::listed::Listed;

/// Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Selection {
    /// Empty: any.
    pub(crate) ids: Vec<String>,
    pub(crate) side: Option<String>,
    pub(crate) sender: Option<String>,
    pub(crate) recipient: Option<String>,
    /// In the last reply or the reason of a hold.
    pub(crate) reason: Option<String>,
    /// Seconds.
    pub(crate) older_than: Option<u64>,
    pub(crate) younger_than: Option<u64>,
    pub(crate) held: bool,
    /// Whoever means every message must say so.
    pub(crate) all: bool,
}

impl Selection {
    /// Whether anything was said of what is meant.
    pub(crate) fn is_said(&self) -> bool {
        *self != Self::default()
    }

    /// The names given; those that are none are the other list.
    pub(crate) fn ids(&self) -> (Vec<QueueId>, Vec<String>) {
        let (mut ids, mut unknown) = (Vec::new(), Vec::new());
        for text in &self.ids {
            match text.parse() {
                Ok(id) => ids.push(id),
                Err(_) => unknown.push(text.clone()),
            }
        }
        ids.sort_unstable();
        ids.dedup();
        (ids, unknown)
    }

    /// Whether the filters take a message. Its name is not looked at.
    pub(crate) fn takes(&self, message: &Listed) -> bool {
        let sender = |pattern: &String| match pattern.as_str() {
            "<>" => message.from.is_empty(),
            pattern => matches(pattern, &message.from),
        };
        let recipient = |pattern: &String| {
            let mut all = message.recipients.iter();
            all.any(|one| matches(pattern, &one.to))
        };
        let side = |name: &String| message.concerned().any(|one| one.side == *name);
        let reason = |pattern: &String| {
            let mut said = message.concerned().filter_map(|one| one.reply.as_deref());
            let hold = message.hold.as_deref();
            hold.is_some_and(|hold| contains(pattern, hold))
                || said.any(|reply| contains(pattern, reply))
        };
        self.side.as_ref().is_none_or(side)
            && self.sender.as_ref().is_none_or(sender)
            && self.recipient.as_ref().is_none_or(recipient)
            && self.reason.as_ref().is_none_or(reason)
            && self.older_than.is_none_or(|age| message.age_seconds >= age)
            && self
                .younger_than
                .is_none_or(|age| message.age_seconds < age)
            && (!self.held || message.hold.is_some())
    }
}

/// A pattern with `*` or `?` is all of the text, another one any part of it.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.contains(['*', '?']) {
        true => is_like(&folded(pattern), &folded(text)),
        false => contains(pattern, text),
    }
}

fn contains(part: &str, text: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn folded(text: &str) -> Vec<char> {
    text.to_lowercase().chars().collect()
}

/// In a time that grows with the product of the lengths, whatever the pattern.
fn is_like(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    // After the last star, and where its part of the text ends.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), star) {
            (Some('*'), _) => {
                p += 1;
                star = Some((p, t));
            }
            (Some(&one), _) if one == '?' || one == text[t] => {
                p += 1;
                t += 1;
            }
            (_, Some((after, end))) => {
                p = after;
                t = end + 1;
                star = Some((after, t));
            }
            (_, None) => return false,
        }
    }
    pattern[p..].iter().all(|one| *one == '*')
}

#[cfg(test)]
mod tests {
    use super::super::listed::ListedRecipient;
    use super::super::state::Fate;
    use super::*;

    fn message() -> Listed {
        let recipient = |to: &str, side: &str, fate, reply: Option<&str>| ListedRecipient {
            to: to.to_owned(),
            side: side.to_owned(),
            fate,
            attempts: 1,
            next: None,
            next_seconds: None,
            tried: None,
            hop: None,
            reply: reply.map(str::to_owned),
        };
        Listed {
            id: QueueId::from_number(7).to_string(),
            received: String::new(),
            age_seconds: 600,
            from: "Anna@Example.net".to_owned(),
            octets: 1,
            busy: false,
            hold: None,
            adopted_from: None,
            recipients: vec![
                recipient(
                    "nora@contoso.com",
                    "notes",
                    Fate::Waiting,
                    Some("451 4.3.2 Later"),
                ),
                recipient("cleo@contoso.com", "cloud", Fate::Delivered, Some("250 ok")),
            ],
        }
    }

    #[test]
    fn each_filter_takes_what_it_says() {
        let check = |selection: Selection, expected: bool| {
            assert_eq!(selection.takes(&message()), expected, "{selection:?}");
        };
        let said = |text: &str| Some(text.to_owned());
        let any = Selection::default;
        check(any(), true);
        for (side, expected) in [("notes", true), ("cloud", false), ("note", false)] {
            let side = said(side);
            check(Selection { side, ..any() }, expected);
        }
        for (sender, expected) in [
            ("anna@", true),
            ("*@example.net", true),
            ("?nna@example.net", true),
            ("*@example", false),
            ("<>", false),
            ("bob", false),
        ] {
            let sender = said(sender);
            check(Selection { sender, ..any() }, expected);
        }
        for (recipient, expected) in [("NORA", true), ("cleo@*", true), ("nils", false)] {
            let recipient = said(recipient);
            check(Selection { recipient, ..any() }, expected);
        }
        for (reason, expected) in [("4.3.2 later", true), ("250", false)] {
            let reason = said(reason);
            check(Selection { reason, ..any() }, expected);
        }
        for (age, expected) in [(599, true), (600, true), (601, false)] {
            let older_than = Some(age);
            check(
                Selection {
                    older_than,
                    ..any()
                },
                expected,
            );
            let younger_than = Some(age);
            check(
                Selection {
                    younger_than,
                    ..any()
                },
                !expected,
            );
        }
        check(
            Selection {
                held: true,
                ..any()
            },
            false,
        );
        let (side, sender) = (said("notes"), said("bob"));
        check(
            Selection {
                side,
                sender,
                ..any()
            },
            false,
        );
    }

    #[test]
    fn a_held_message_and_the_null_sender_are_found() {
        let held = Listed {
            hold: Some("by Nils".to_owned()),
            from: String::new(),
            ..message()
        };
        let said = |text: &str| Some(text.to_owned());
        for selection in [
            Selection {
                held: true,
                ..Selection::default()
            },
            Selection {
                reason: said("nils"),
                ..Selection::default()
            },
            Selection {
                sender: said("<>"),
                ..Selection::default()
            },
        ] {
            assert!(selection.takes(&held), "{selection:?}");
        }
    }

    #[test]
    fn patterns_cover_all_of_the_text() {
        let check = |pattern: &str, text: &str, expected| {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        };
        check("*", "", true);
        check("a*b*c", "aXbYbZc", true);
        check("a*b*c", "aXbYbZ", false);
        check("**a", "ba", true);
        check("a?", "a", false);
        check("GR?N", "grün", true);
        check(&"*a".repeat(30), &"a".repeat(29), false);
    }

    #[test]
    fn names_are_told_from_what_is_none() {
        let id = QueueId::from_number(77);
        let selection = Selection {
            ids: vec![
                id.to_string().to_lowercase(),
                "x".to_owned(),
                id.to_string(),
            ],
            ..Selection::default()
        };
        assert!(selection.is_said());
        assert!(!Selection::default().is_said());
        assert_eq!(selection.ids(), (vec![id], vec!["x".to_owned()]));
    }
}
