//! How much waits how long: a row for each side (or sender, or reason), columns of doubling ages.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::listed::Listed;

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum By {
    /// The side that the recipients wait for
    Side,
    /// The domain of the sender
    Sender,
    /// The last reply of the hop, or the reason of the hold
    Reason,
}

/// The table. A message counts once in each row that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ages {
    pub(crate) by: By,
    /// Upper ends of the columns, in minutes; the last column has none.
    pub(crate) minutes: Vec<u64>,
    /// The fullest first.
    pub(crate) rows: Vec<Row>,
    /// Rows that are not named, since there are so many: counted together.
    pub(crate) others: u64,
    /// Every message once.
    pub(crate) total: Row,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) messages: u64,
    pub(crate) held: u64,
    /// One for each column.
    pub(crate) ages: Vec<u64>,
}

/// Counts messages.
#[derive(Debug)]
pub(crate) struct Counting {
    by: By,
    rows: HashMap<String, Row>,
    total: Row,
}

impl Counting {
    pub(crate) fn new(by: By) -> Self {
        Self {
            by,
            rows: HashMap::new(),
            total: Row::new("total"),
        }
    }

    pub(crate) fn count(&mut self, message: &Listed) {
        let column = column(message.age_seconds);
        let held = u64::from(message.hold.is_some());
        self.total.add(column, held);
        let mut names = names(self.by, message);
        names.sort_unstable();
        names.dedup();
        for name in names {
            // Whoever writes from a million domains does not get a million rows.
            if self.rows.len() < ROWS_COUNTED || self.rows.contains_key(&name) {
                let row = self.rows.entry(name.clone());
                row.or_insert_with(|| Row::new(&name)).add(column, held);
            }
        }
    }

    pub(crate) fn table(self) -> Ages {
        let mut rows: Vec<Row> = self.rows.into_values().collect();
        rows.sort_by(|one, other| {
            let fuller = other.messages.cmp(&one.messages);
            fuller.then_with(|| one.name.cmp(&other.name))
        });
        let others = rows.len().saturating_sub(ROWS_SHOWN) as u64;
        rows.truncate(ROWS_SHOWN);
        Ages {
            by: self.by,
            minutes: MINUTES.to_vec(),
            rows,
            others,
            total: self.total,
        }
    }
}

impl Row {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            messages: 0,
            held: 0,
            ages: vec![0; MINUTES.len() + 1],
        }
    }

    fn add(&mut self, column: usize, held: u64) {
        self.messages += 1;
        self.held += held;
        self.ages[column] += 1;
    }
}

fn names(by: By, message: &Listed) -> Vec<String> {
    match by {
        By::Side => message.concerned().map(|one| one.side.clone()).collect(),
        By::Sender => vec![match message.from.rsplit_once('@') {
            Some((_, domain)) => domain.to_lowercase(),
            None => "<>".to_owned(),
        }],
        By::Reason => match &message.hold {
            Some(hold) => vec![first_line(hold)],
            None => message
                .concerned()
                .map(|one| {
                    one.reply
                        .as_deref()
                        .map_or("not tried yet".to_owned(), first_line)
                })
                .collect(),
        },
    }
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(REASON_CHARACTERS).collect()
}

fn column(age_seconds: u64) -> usize {
    let minutes = age_seconds / 60;
    let fits = |end: &u64| minutes < *end;
    MINUTES.iter().position(fits).unwrap_or(MINUTES.len())
}

/// As qshape(1) of Postfix has them.
const MINUTES: [u64; 9] = [5, 10, 20, 40, 80, 160, 320, 640, 1280];
const ROWS_COUNTED: usize = 10_000;
const ROWS_SHOWN: usize = 100;
const REASON_CHARACTERS: usize = 100;

#[cfg(test)]
mod tests {
    use super::super::listed::ListedRecipient;
    use super::super::state::Fate;
    use super::*;

    fn message(from: &str, age_seconds: u64, sides: &[&str]) -> Listed {
        let recipients = sides.iter().map(|side| ListedRecipient {
            to: format!("x@{side}"),
            side: (*side).to_owned(),
            fate: Fate::Waiting,
            attempts: 0,
            next: None,
            next_seconds: None,
            tried: None,
            hop: None,
            reply: None,
        });
        Listed {
            id: String::new(),
            received: String::new(),
            age_seconds,
            from: from.to_owned(),
            octets: 1,
            busy: false,
            hold: None,
            adopted_from: None,
            recipients: recipients.collect(),
        }
    }

    #[test]
    fn a_message_counts_once_in_each_row_and_once_in_the_total() {
        let mut counting = Counting::new(By::Side);
        counting.count(&message("a@x.net", 0, &["notes", "notes", "cloud"]));
        counting.count(&message("a@x.net", 300, &["notes"]));
        let table = counting.table();
        let rows: Vec<_> = table
            .rows
            .iter()
            .map(|row| (&*row.name, row.messages))
            .collect();
        assert_eq!(rows, [("notes", 2), ("cloud", 1)]);
        assert_eq!(table.rows[0].ages[..3], [1, 1, 0]);
        assert_eq!(table.total.messages, 2);
    }

    #[test]
    fn ages_double_from_column_to_column() {
        for (seconds, expected) in [
            (0, 0),
            (299, 0),
            (300, 1),
            (599, 1),
            (600, 2),
            (1280 * 60 - 1, 8),
            (1280 * 60, 9),
            (u64::MAX, 9),
        ] {
            assert_eq!(column(seconds), expected, "{seconds} s");
        }
    }

    #[test]
    fn rows_are_named_up_to_their_bound() {
        for (domains, named, others) in [
            (ROWS_SHOWN, ROWS_SHOWN, 0),
            (ROWS_SHOWN + 1, ROWS_SHOWN, 1),
            (ROWS_COUNTED + 1, ROWS_SHOWN, ROWS_COUNTED - ROWS_SHOWN),
        ] {
            let mut counting = Counting::new(By::Sender);
            for number in 0..domains {
                counting.count(&message(&format!("a@x{number}.net"), 0, &["notes"]));
            }
            let table = counting.table();
            assert_eq!((table.rows.len(), table.others), (named, others as u64));
            assert_eq!(table.total.messages, domains as u64);
        }
    }

    #[test]
    fn senders_go_by_domain_and_reasons_by_their_first_line() {
        let mut reason = message("", 0, &["notes"]);
        reason.recipients[0].reply = Some("451-4.3.2 one\n451 4.3.2 two".to_owned());
        assert_eq!(names(By::Sender, &reason), ["<>"]);
        assert_eq!(names(By::Reason, &reason), ["451-4.3.2 one"]);
        reason.hold = Some("by Nils".to_owned());
        assert_eq!(names(By::Reason, &reason), ["by Nils"]);
        assert_eq!(names(By::Sender, &message("a@X.net", 0, &[])), ["x.net"]);
    }
}
