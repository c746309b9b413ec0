//! The table that people read.
//!
//! ```text
//!  #     what                          from → to                         side → side  TLS in → out            result
//!  3  ✓  the cloud writes to Notes     anna.berg@contoso.com             cloud        TLSv1.3                 delivered
//!                                      → bernd.gross@contoso.com         → notes      → TLSv1.3 unverified    250 2.0.0
//!                                      primary address of a recipient in source people
//! ```

use std::time::Duration;

use super::review::{Review, Row};
use crate::event::{Event, Fate, Outcome};

/// How it is written.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    colour: bool,
}

impl Table {
    /// With colours, or without.
    pub fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// The line on top.
    pub fn head(self) -> String {
        let right = columns(["from → to", "side → side", "TLS in → out", "result"]);
        format!(
            "{}\n",
            self.paint(Ink::Bold, &format!("{}{right}", left("#", " ", "what")))
        )
    }

    /// One message, several lines.
    pub fn review(self, review: &Review) -> String {
        let mut what = wrapped(review.what, WHAT).into_iter();
        let mut text = String::new();
        let mut right: Vec<String> = review
            .recipients
            .iter()
            .flat_map(|row| self.row(row))
            .collect();
        for (ink, sentences) in [(Ink::Dim, &review.notices), (Ink::Red, &review.differences)] {
            let lines = sentences
                .iter()
                .flat_map(|sentence| wrapped(sentence, RIGHT));
            right.extend(lines.map(|line| self.paint(ink, &line)));
        }
        let lines = right.len().max(what.len());
        for (index, line) in right
            .into_iter()
            .chain(std::iter::repeat(String::new()))
            .take(lines)
            .enumerate()
        {
            let what = what.next().unwrap_or_default();
            let (number, tick) = match (index, review.is_right()) {
                (0, true) => (review.number.to_string(), self.paint(Ink::Green, "✓")),
                (0, false) => (review.number.to_string(), self.paint(Ink::Red, "✗")),
                _ => (String::new(), " ".to_owned()),
            };
            text.push_str(format!("{}{line}", left(&number, &tick, &what)).trim_end());
            text.push('\n');
        }
        text
    }

    fn row(self, row: &Row) -> Vec<String> {
        let from = if row.from.is_empty() { "<>" } else { &row.from };
        let code: Vec<&str> = row.reply.split(' ').take(2).collect();
        let mut lines = vec![
            columns([
                from,
                &row.origin,
                row.client_tls.unwrap_or("none"),
                &row.result,
            ]),
            columns([
                &format!("→ {}", row.to),
                &format!("→ {}", row.side),
                &format!("→ {}", row.hop_tls),
                &code.join(" "),
            ]),
        ];
        let mut below = wrapped(&row.why, RIGHT);
        if row.result != Fate::Delivered.to_string() {
            below.extend(wrapped(&row.reply, RIGHT));
        }
        lines.extend(below.iter().map(|line| self.paint(Ink::Dim, line)));
        lines
    }

    /// The line below.
    pub fn foot(self, reviews: &[Review], took: Duration) -> String {
        let right = reviews.iter().filter(|review| review.is_right()).count();
        let seconds = took.as_secs_f64();
        let (ink, rest) = match reviews.len() - right {
            0 => (
                Ink::Green,
                "all of them with the outcome they must have".to_owned(),
            ),
            wrong => (
                Ink::Red,
                format!("{wrong} of them with an outcome they must not have"),
            ),
        };
        format!(
            "\n{} in {seconds:.1} s\n",
            self.paint(ink, &format!("{} messages, {rest},", reviews.len()))
        )
    }

    fn paint(self, ink: Ink, text: &str) -> String {
        if self.colour {
            format!("\x1b[{}m{text}\x1b[0m", ink as u8)
        } else {
            text.to_owned()
        }
    }
}

/// Select graphic rendition (ECMA-48 §8.3.117).
#[derive(Debug, Clone, Copy)]
enum Ink {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
}

/// An outcome or a notice as it happens, in one line. `None`: not worth one.
pub fn event_line(event: &Event) -> Option<String> {
    match event {
        Event::Outcome(outcome) => Some(outcome_line(outcome)),
        Event::Converted { .. } | Event::FieldsDropped { .. } => Some(event.to_string()),
        notice => notice.code().map(|code| format!("{code}: {notice}")),
    }
}

fn outcome_line(outcome: &Outcome<'_>) -> String {
    let tls = outcome
        .client_tls
        .as_ref()
        .map_or("none", |tls| tls.version);
    format!(
        "{}: <{}> → <{}> at {}, {}, TLS {tls} → {}, {} octets: {}",
        outcome.origin,
        outcome.from,
        outcome.to,
        outcome.destination,
        outcome.why,
        outcome.hop_tls,
        outcome.size,
        outcome.reply
    )
}

fn left(number: &str, tick: &str, what: &str) -> String {
    format!("{number:>2}  {tick}  {what:WHAT$}  ")
}

fn columns([path, side, tls, result]: [&str; 4]) -> String {
    format!("{path:PATH$}  {side:SIDE$}  {tls:TLS$}  {result}")
}

/// Broken at blanks into lines of at most `width`, a longer word alone on its line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

const WHAT: usize = 28;
const PATH: usize = 32;
const SIDE: usize = 11;
const TLS: usize = 22;
const RESULT: usize = 9;
/// Everything right of what it is about.
const RIGHT: usize = PATH + SIDE + TLS + RESULT + 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn review(differences: &[&str]) -> Review {
        Review {
            number: 7,
            what: "a message with a rather long description of itself",
            recipients: vec![Row {
                from: String::new(),
                to: "søren@contoso.com".to_owned(),
                origin: "internet".to_owned(),
                side: "cloud".to_owned(),
                why: "because".to_owned(),
                client_tls: None,
                hop_tls: "TLSv1.3 verified".to_owned(),
                size: 1,
                converted: false,
                result: "delivered".to_owned(),
                reply: "accepted".to_owned(),
            }],
            notices: vec!["TWX-0404: somebody else".to_owned()],
            differences: differences.iter().map(|&text| text.to_owned()).collect(),
        }
    }

    #[test]
    fn columns_stand_under_their_names_and_nothing_is_wider_than_the_table() {
        let table = Table::new(false);
        let text = table.head() + &table.review(&review(&[&"wrong ".repeat(40)]));
        let column = |line: &str, word: &str| line.find(word).map(|at| line[..at].chars().count());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(column(lines[0], "side"), column(lines[2], "→ cloud"));
        assert_eq!(column(lines[0], "result"), column(lines[1], "delivered"));
        assert_eq!(column(lines[0], "TLS"), column(lines[2], "→ TLS"));
        assert_eq!(column(lines[0], "from"), column(lines[2], "→ søren"));
        assert_eq!(column(lines[0], "from"), column(lines[3], "because"));
        assert!(
            lines
                .iter()
                .all(|line| line.chars().count() <= 120 && !line.ends_with(' ')),
            "{text}"
        );
        assert!(
            lines[1].contains("✗") && lines.iter().any(|line| line.contains("wrong wrong")),
            "{text}"
        );
        assert!(text.contains("TWX-0404"), "{text}");
    }

    #[test]
    fn colours_are_there_only_where_they_are_wanted() {
        for colour in [true, false] {
            let table = Table::new(colour);
            let text = table.head()
                + &table.review(&review(&[]))
                + &table.foot(&[review(&[])], Duration::from_secs(1));
            assert_eq!(text.contains('\x1b'), colour, "{text:?}");
            assert!(text.contains("✓") && text.contains("1 messages"), "{text}");
        }
    }

    #[test]
    fn lines_are_broken_at_blanks() {
        for (text, expected) in [
            ("one two three", vec!["one two", "three"]),
            ("1234567 8", vec!["1234567", "8"]),
            ("123456789 a", vec!["123456789", "a"]),
            ("", vec![]),
        ] {
            assert_eq!(wrapped(text, 7), expected, "{text}");
        }
    }
}
