//! The text for humans.

use std::time::Duration;

use notice::limits::{
    DIAGNOSTIC_OCTETS_MAX, EXPLAINED_FATES_MAX, EXPLANATION_COLUMNS, NAMED_RECIPIENTS_MAX,
};
use notice::{Diagnostic, Failure, Fate, Recipient};

use crate::reader::Report;
use crate::scene::{Message, UNTIL, compose, notice, recipient, whole};

fn text(recipients: &[Recipient<'_>]) -> String {
    let message = Message::usual();
    let raw = whole(&compose(&notice(&message, recipients)));
    Report::read(&raw).text()
}

/// With each paragraph on one line.
fn sentences(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_fate_has_its_words() {
    let check = |fate: Fate<'_>, expected: &[&str]| {
        let text = sentences(&text(&[recipient("b@x.example", fate)]));
        for words in expected {
            assert!(text.contains(words), "{fate:?}: {text}");
        }
    };
    let after = Duration::from_hours;
    let failed = |failure, words: &[&str]| check(Fate::Failed(failure), words);
    failed(
        Failure::Unknown,
        &["does not know this address", "typing errors"],
    );
    failed(
        Failure::Full,
        &["The mailbox is full", "send the message again later"],
    );
    failed(Failure::TooLarge, &["too large", "smaller files"]);
    failed(
        Failure::Policy,
        &["one of its rules forbids it", "read the answer"],
    );
    failed(
        Failure::Refused,
        &["did not accept the message.", "read the answer"],
    );
    failed(
        Failure::Expired { after: after(120) },
        &["We tried for 5 days", "did not take"],
    );
    failed(
        Failure::Unreachable { after: after(47) },
        &["We tried for 47 hours", "could not reach"],
    );
    failed(
        Failure::Unreachable {
            after: Duration::from_mins(90),
        },
        &["for 90 minutes"],
    );
    failed(
        Failure::Unreachable {
            after: Duration::ZERO,
        },
        &["for a minute"],
    );
    failed(
        Failure::Loop,
        &["came back to us again and again", "your administrator"],
    );
    failed(
        Failure::WrongSide,
        &["says that this mailbox is in the other one"],
    );
    failed(
        Failure::Unconvertible,
        &["cannot take this kind of message", "simple message"],
    );
    failed(
        Failure::Removed,
        &["An administrator took the message out of the queue"],
    );
    check(
        Fate::Delayed { until: UNTIL },
        &[
            "You need not send it again",
            "until Thu, 26 Nov 2026 10:00:00 +0100",
        ],
    );
    check(
        Fate::Relayed,
        &[
            "gives no confirmations",
            "(mail.fabrikam.com) has taken the message",
        ],
    );
    check(
        Fate::Delivered,
        &["Your message was delivered to one recipient."],
    );
}

#[test]
fn the_words_of_a_hop_are_quoted_line_by_line() {
    let mut bert = recipient("b@x.example", Fate::Failed(Failure::Refused));
    let long = "word ".repeat(40);
    let said =
        format!("550-5.7.1 No.\r\n\r\n* carl@x.example\r\n550 5.7.1 {long}\u{1b}[31m\u{202e}");
    bert.diagnostic = Some(Diagnostic::Reply(&said));
    let text = text(&[bert]);
    let begin = text
        .find("The other mail system (mail.fabrikam.com) said:")
        .expect("it says who");
    let quoted: Vec<&str> = text[begin..]
        .lines()
        .skip(1)
        .take_while(|l| !l.is_empty())
        .collect();
    assert_eq!(
        quoted[..2],
        ["    > 550-5.7.1 No.", "    > * carl@x.example"]
    );
    assert!(
        quoted.len() > 4 && quoted.iter().all(|line| line.starts_with("    > ")),
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.len() <= EXPLANATION_COLUMNS),
        "{text}"
    );
    assert_eq!(text.matches("* carl").count(), 1);
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn what_a_hop_said_is_cut_at_its_bound() {
    let check = |octets: usize, whole: bool| {
        let said = "x".repeat(octets);
        let mut bert = recipient("b@x.example", Fate::Failed(Failure::Refused));
        bert.diagnostic = Some(Diagnostic::Reply(&said));
        let text = text(&[bert]);
        let quoted: String = text.matches('x').collect();
        assert_eq!(
            quoted.len() - "b@x.example".matches('x').count() >= octets,
            whole
        );
        assert_eq!(text.contains("x..."), !whole);
    };
    check(DIAGNOSTIC_OCTETS_MAX, true);
    check(DIAGNOSTIC_OCTETS_MAX + 1, false);
}

#[test]
fn recipients_with_one_fate_stand_together_up_to_a_bound() {
    let check = |count: usize, more: Option<&str>| {
        let addresses: Vec<String> = (0..count).map(|n| format!("r{n}@x.example")).collect();
        let fate = Fate::Failed(Failure::Full);
        let recipients: Vec<_> = addresses.iter().map(|a| recipient(a, fate)).collect();
        let text = text(&recipients);
        assert_eq!(text.matches("The mailbox is full.").count(), 1);
        assert_eq!(text.matches("* r").count(), count.min(NAMED_RECIPIENTS_MAX));
        assert_eq!(text.contains("more. The technical part"), more.is_some());
        assert!(text.contains(more.unwrap_or_default()), "{text}");
        assert!(text.contains(&format!("could not be delivered to {count} recipients.")));
    };
    check(NAMED_RECIPIENTS_MAX, None);
    check(NAMED_RECIPIENTS_MAX + 1, Some("and 1 more."));
}

#[test]
fn fates_are_explained_up_to_a_bound() {
    let check = |count: usize, more: bool| {
        let said: Vec<String> = (0..count).map(|n| format!("550 no {n}")).collect();
        let recipients: Vec<_> = said
            .iter()
            .map(|said| Recipient {
                diagnostic: Some(Diagnostic::Reply(said)),
                ..recipient("b@x.example", Fate::Failed(Failure::Refused))
            })
            .collect();
        let text = text(&recipients);
        assert_eq!(
            text.matches("> 550 no").count(),
            count.min(EXPLAINED_FATES_MAX)
        );
        assert_eq!(text.contains("There are 1 more recipients (failed)."), more);
    };
    check(EXPLAINED_FATES_MAX, false);
    check(EXPLAINED_FATES_MAX + 1, true);
}

#[test]
fn several_actions_are_told_apart_the_worst_first() {
    let recipients = [
        recipient("good@x.example", Fate::Relayed),
        recipient("bad@x.example", Fate::Failed(Failure::Full)),
    ];
    let text = sentences(&text(&recipients));
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words}: {text}"))
    };
    assert!(at("could not be delivered to one recipient") < at("gives no confirmations"));
    assert!(at("* bad@x.example") < at("* good@x.example"));
}

#[test]
fn the_message_is_named() {
    let text = text(&[recipient("b@x.example", Fate::Failed(Failure::Full))]);
    assert!(text.contains("  Subject:  The budget\r\n"), "{text}");
    assert!(text.contains("  Received: Sat, 21 Nov 2026 10:00:00 +0100\r\n"));
}
