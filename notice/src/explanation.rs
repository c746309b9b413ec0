//! The part for humans (RFC 6522 §3): what happened, to whom, who said what, what to do.
//!
//! Its words are short and plain, for many who read them do not speak English as their first language.

use std::collections::HashMap;

use crate::address;
use crate::fate::{Action, Fate};
use crate::field;
use crate::limits::{
    DIAGNOSTIC_OCTETS_MAX, EXPLAINED_FATES_MAX, EXPLANATION_COLUMNS, LINE_OCTETS_MAX,
    NAMED_RECIPIENTS_MAX, SUBJECT_OCTETS_MAX,
};
use crate::notice::{Diagnostic, Notice, Recipient};
use crate::printable;
use crate::quoted_printable;
use crate::status::host;
use crate::subject;

mod words;

/// The part with its header.
pub(crate) fn explanation(notice: &Notice<'_>) -> Vec<u8> {
    let text = text(notice);
    let is_plain = text.is_ascii() && text.lines().all(|line| line.len() <= LINE_OCTETS_MAX);
    let mut part = Vec::with_capacity(text.len() + 128);
    let charset = if text.is_ascii() { "us-ascii" } else { "utf-8" };
    let kind = format!("text/plain; charset={charset}");
    field::put(&mut part, "Content-Type", &kind);
    match is_plain {
        true => {
            part.extend_from_slice(b"\r\n");
            part.extend_from_slice(text.as_bytes());
        }
        false => {
            field::put(&mut part, "Content-Transfer-Encoding", "quoted-printable");
            part.extend_from_slice(b"\r\n");
            part.extend(quoted_printable::encode(text.as_bytes()));
        }
    }
    part
}

fn text(notice: &Notice<'_>) -> String {
    let mut page = Page::default();
    let own = host(notice.reporting_mta);
    page.paragraph("", &format!("This is the mail system {own}."));
    let told: Vec<(Action, Vec<Group<'_, '_>>)> = Action::ALL
        .map(|action| (action, groups(notice.recipients, action)))
        .into_iter()
        .filter(|(_, groups)| !groups.is_empty())
        .collect();
    for (action, groups) in &told {
        page.paragraph("", &words::opening(*action, members(groups)));
    }
    about(&mut page, notice);
    let mut left = EXPLAINED_FATES_MAX;
    for (action, groups) in &told {
        let (explained, others) = groups.split_at(left.min(groups.len()));
        left -= explained.len();
        for group in explained {
            explain(&mut page, group);
        }
        if !others.is_empty() {
            page.paragraph("", &words::unexplained(*action, members(others)));
        }
    }
    page.paragraph("", words::CLOSING);
    page.text
}

/// Which message it is.
fn about(page: &mut Page, notice: &Notice<'_>) {
    let field = notice.original.field("Subject").unwrap_or_default();
    let subject = subject::for_text(field, SUBJECT_OCTETS_MAX);
    let arrival = printable::line(notice.arrival, SUBJECT_OCTETS_MAX);
    if !subject.is_empty() {
        page.line("  Subject:  ", &subject);
    }
    if !arrival.is_empty() {
        page.line("  Received: ", &arrival);
    }
    page.line("  Size:     ", &words::size(notice.original.octets));
    page.end();
}

/// Recipients that share all that is to be said of them.
type Group<'b, 'a> = Vec<&'b Recipient<'a>>;

/// The recipients of one action, in the order of the envelope.
fn groups<'b, 'a>(recipients: &'b [Recipient<'a>], action: Action) -> Vec<Group<'b, 'a>> {
    let mut groups: Vec<Group<'_, '_>> = Vec::new();
    let mut places = HashMap::new();
    for recipient in recipients.iter().filter(|r| r.fate.action() == action) {
        let shared = (recipient.fate, recipient.remote_mta, recipient.diagnostic);
        let place = *places.entry(shared).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(recipient),
            None => groups.push(vec![recipient]),
        }
    }
    groups
}

fn members(groups: &[Group<'_, '_>]) -> usize {
    groups.iter().map(Vec::len).sum()
}

fn explain(page: &mut Page, group: &[&Recipient<'_>]) {
    let Some(first) = group.first() else { return };
    for recipient in group.iter().take(NAMED_RECIPIENTS_MAX) {
        page.line("* ", &address::shown(recipient.address));
    }
    let unnamed = group.len().saturating_sub(NAMED_RECIPIENTS_MAX);
    if unnamed > 0 {
        page.line("  ", &words::unnamed(unnamed));
    }
    page.end();
    let system = first.remote_mta.map(host).filter(|name| !name.is_empty());
    page.paragraph("  ", &words::happened(&first.fate, system.as_deref()));
    quote(page, first, system.as_deref());
    let advice = words::advice(&first.fate);
    if !advice.is_empty() {
        page.paragraph("  ", advice);
    }
}

/// The words of the other system, marked line by line as not ours.
fn quote(page: &mut Page, recipient: &Recipient<'_>, system: Option<&str>) {
    let (introduction, text) = match (recipient.diagnostic, recipient.fate) {
        (None, _) => return,
        (Some(Diagnostic::Reply(text)), Fate::Failed(_) | Fate::Delayed { .. }) => {
            (words::answered(system), text)
        }
        (Some(Diagnostic::Observed(text)), Fate::Failed(_) | Fate::Delayed { .. }) => {
            (words::observed(system), text)
        }
        // It went well: the words stand in the part for programs.
        (Some(_), Fate::Relayed | Fate::Delivered | Fate::Expanded) => return,
    };
    let lines = printable::lines(text, DIAGNOSTIC_OCTETS_MAX);
    if lines.is_empty() {
        return;
    }
    page.line("  ", &introduction);
    for line in lines {
        page.line("    > ", &line);
    }
    page.end();
}

/// Text that is filled line by line.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// A paragraph and the empty line after it.
    fn paragraph(&mut self, margin: &str, text: &str) {
        self.line(margin, text);
        self.end();
    }

    fn end(&mut self) {
        self.text.push_str("\r\n");
    }

    /// Writes text between blanks onto as many lines as it needs. A mark in the margin comes again on each line if it
    /// is a quotation's.
    fn line(&mut self, margin: &str, text: &str) {
        let again = match margin.trim_start() {
            "> " => margin.to_owned(),
            _ => " ".repeat(margin.len()),
        };
        let mut column = margin.len();
        self.text.push_str(margin);
        for (at, word) in text.split(' ').enumerate() {
            let width = word.chars().count();
            if at > 0 && column + 1 + width > EXPLANATION_COLUMNS {
                self.text.push_str("\r\n");
                self.text.push_str(&again);
                column = again.len();
            } else if at > 0 {
                self.text.push(' ');
                column += 1;
            }
            self.text.push_str(word);
            column += width;
        }
        self.text.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_broken_at_the_limit_and_not_before() {
        let check = |columns: usize, lines: usize| {
            let mut page = Page::default();
            let word = "ü".repeat(columns - "  ".len() - " x".len());
            page.line("  ", &format!("{word} x"));
            assert_eq!(page.text.lines().count(), lines);
        };
        check(EXPLANATION_COLUMNS, 1);
        check(EXPLANATION_COLUMNS + 1, 2);
    }
}
