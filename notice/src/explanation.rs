//! The part for humans (RFC 6522 §3): what happened, to whom, who said what, what to do.
//!
//! Its words are short and plain, for many who read them do not speak English as their first language.

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
    for action in [
        Action::Failed,
        Action::Delayed,
        Action::Relayed,
        Action::Delivered,
    ] {
        let groups = groups(notice.recipients, action);
        let count = groups.iter().map(Vec::len).sum();
        if count > 0 {
            page.paragraph("", &words::opening(action, count));
        }
    }
    about(&mut page, notice);
    let mut left = EXPLAINED_FATES_MAX;
    for action in [
        Action::Failed,
        Action::Delayed,
        Action::Relayed,
        Action::Delivered,
    ] {
        let groups = groups(notice.recipients, action);
        for group in groups.iter().take(left) {
            explain(&mut page, group);
        }
        let unexplained: usize = groups.iter().skip(left).map(Vec::len).sum();
        if unexplained > 0 {
            page.paragraph("", &words::unexplained(action, unexplained));
        }
        left = left.saturating_sub(groups.len());
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

/// Recipients of one action, those that share all that is to be said of them together, in the order of the envelope.
fn groups<'a, 'b>(recipients: &'b [Recipient<'a>], action: Action) -> Vec<Vec<&'b Recipient<'a>>> {
    let mut groups: Vec<Vec<&Recipient<'_>>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for recipient in recipients.iter().filter(|r| r.fate.action() == action) {
        let key = (
            words::key(&recipient.fate),
            recipient.remote_mta,
            said(recipient),
        );
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(recipient),
            None => groups.push(vec![recipient]),
        }
    }
    groups
}

fn said<'a>(recipient: &Recipient<'a>) -> Option<(bool, &'a str)> {
    recipient.diagnostic.map(|said| match said {
        Diagnostic::Reply(text) => (true, text),
        Diagnostic::Observed(text) => (false, text),
    })
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
        (Some(_), Fate::Relayed | Fate::Delivered) => return,
    };
    let lines = printable::lines(text, DIAGNOSTIC_OCTETS_MAX);
    if lines.is_empty() {
        return;
    }
    page.paragraph("  ", &introduction);
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
