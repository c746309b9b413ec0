//! Whether a report is due, what goes into one, and how much of the message it returns (RFC 3461 §4.1, §4.3, §5.2).
//!
//! All of this is for a message with a reverse path. One without is never reported on (RFC 3461 §6.1, RFC 5321
//! §6.1), and [`crate::Notice`] cannot be made for it.

use smtp::{Notify, Ret};

use crate::fate::Action;

/// What a hop's EHLO said of DSN (RFC 3461 §4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hop {
    /// It offers DSN: the duty to report goes on to it.
    ReportsItself,
    /// It does not offer DSN.
    StaysSilent,
}

/// Whether a recipient's sender is to be told. Without NOTIFY a failure is told, and a delay, which RFC 3461 §4.1
/// leaves to us.
pub const fn is_due(notify: Option<Notify>, action: Action) -> bool {
    match (notify, action) {
        (None, Action::Failed | Action::Delayed) => true,
        (None, Action::Relayed | Action::Delivered | Action::Expanded) => false,
        (Some(Notify::Never), _) => false,
        (Some(Notify::On { failure, .. }), Action::Failed) => failure,
        (Some(Notify::On { delay, .. }), Action::Delayed) => delay,
        (
            Some(Notify::On { success, .. }),
            Action::Relayed | Action::Delivered | Action::Expanded,
        ) => success,
    }
}

/// What is due once a hop has answered 250 for a recipient: `relayed` if the sender asked for success and the hop will
/// not report it (RFC 3461 §5.2.2), otherwise nothing.
pub const fn after_relaying(notify: Option<Notify>, hop: Hop) -> Option<Action> {
    match hop {
        Hop::StaysSilent if is_due(notify, Action::Relayed) => Some(Action::Relayed),
        Hop::StaysSilent | Hop::ReportsItself => None,
    }
}

/// Which of the outcomes that one message has now go into one report: failures into one, delays into another, the good
/// news into a third, so that a subject says what all of a report is (RFC 3461 §5.2.8 leaves it to us). Gives the positions of those that are due; no
/// report is empty, and the worst comes first.
pub fn reports(outcomes: impl IntoIterator<Item = (Option<Notify>, Action)>) -> Vec<Vec<usize>> {
    let mut reports = [const { Vec::new() }; 3];
    for (at, (notify, action)) in outcomes.into_iter().enumerate() {
        if is_due(notify, action) {
            reports[match action {
                Action::Failed => 0,
                Action::Delayed => 1,
                Action::Relayed | Action::Delivered | Action::Expanded => 2,
            }]
            .push(at);
        }
    }
    reports
        .into_iter()
        .filter(|report| !report.is_empty())
        .collect()
}

/// How much of the message a report returns. RET counts only where something failed (RFC 3461 §4.3); where it is
/// absent, too, the header has to do: who forges a sender shall not have his content spread by us.
pub fn returned(ret: Option<Ret>, actions: impl IntoIterator<Item = Action>) -> Ret {
    let has_failed = actions.into_iter().any(|action| action == Action::Failed);
    match ret {
        Some(Ret::Full) if has_failed => Ret::Full,
        Some(Ret::Full | Ret::Headers) | None => Ret::Headers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Action::{Delayed, Delivered, Failed, Relayed};

    fn notify(text: &str) -> Option<Notify> {
        (!text.is_empty()).then(|| Notify::parse(text).expect(text))
    }

    #[test]
    fn what_is_told() {
        let check = |asked: &str, due: [bool; 5]| {
            let found = Action::ALL.map(|action| is_due(notify(asked), action));
            assert_eq!(found, due, "{asked}");
        };
        // failed, delayed, relayed, delivered, expanded
        check("", [true, true, false, false, false]);
        check("NEVER", [false; 5]);
        check("FAILURE", [true, false, false, false, false]);
        check("DELAY", [false, true, false, false, false]);
        check("SUCCESS", [false, false, true, true, true]);
        check("FAILURE,DELAY", [true, true, false, false, false]);
        check("SUCCESS,FAILURE,DELAY", [true; 5]);
    }

    #[test]
    fn a_hop_without_dsn_makes_success_ours_to_report() {
        let check = |asked: &str, hop, expected| {
            assert_eq!(
                after_relaying(notify(asked), hop),
                expected,
                "{asked} {hop:?}"
            );
        };
        check("SUCCESS", Hop::StaysSilent, Some(Relayed));
        check("SUCCESS,FAILURE", Hop::StaysSilent, Some(Relayed));
        check("SUCCESS", Hop::ReportsItself, None);
        check("FAILURE,DELAY", Hop::StaysSilent, None);
        check("NEVER", Hop::StaysSilent, None);
        check("", Hop::StaysSilent, None);
    }

    #[test]
    fn what_goes_into_one_report() {
        let check = |outcomes: &[(&str, Action)], expected: &[&[usize]]| {
            let outcomes = outcomes
                .iter()
                .map(|&(asked, action)| (notify(asked), action));
            assert_eq!(reports(outcomes), expected);
        };
        check(&[], &[]);
        check(&[("", Delivered), ("NEVER", Failed)], &[]);
        check(&[("", Failed), ("", Failed)], &[&[0, 1]]);
        check(
            &[
                ("SUCCESS", Relayed),
                ("", Delayed),
                ("", Failed),
                ("SUCCESS", Delivered),
                ("DELAY", Failed),
            ],
            &[&[2], &[1], &[0, 3]],
        );
    }

    #[test]
    fn what_is_returned() {
        let check = |ret, actions: &[Action], expected| {
            assert_eq!(
                returned(ret, actions.iter().copied()),
                expected,
                "{ret:?} {actions:?}"
            );
        };
        check(Some(Ret::Full), &[Failed], Ret::Full);
        check(Some(Ret::Full), &[Delayed, Failed], Ret::Full);
        check(
            Some(Ret::Full),
            &[Delayed, Relayed, Delivered],
            Ret::Headers,
        );
        check(Some(Ret::Headers), &[Failed], Ret::Headers);
        check(None, &[Failed], Ret::Headers);
        check(Some(Ret::Full), &[], Ret::Headers);
    }
}
