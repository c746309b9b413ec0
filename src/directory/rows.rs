//! From the rows of an exported table to the entries of its mirror.

use book::table::Table;
use book::{Key, Preset, Record, Setting};
use mirror::{Extent, Mirror, MirrorError};
use routing::limits::PROBLEMS_KEPT_MAX;

use super::complaint::Complaint;

/// What a table gave.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pub(super) people: usize,
    /// The first rows with which something is wrong.
    pub(super) complaints: Vec<Complaint>,
    /// All of them.
    pub(super) complaints_total: usize,
}

/// Reads a whole table into a mirror. A table with a row that does not fit its columns is not complete: nobody is gone
/// because of it.
pub(super) fn fill(
    mirror: &mut Mirror,
    table: &Table,
    preset: &Preset,
    setting: &Setting,
) -> Result<Filled, MirrorError> {
    let mut filled = Filled::default();
    let is_whole = table.rows().all(|row| row.is_ok());
    let extent = if is_whole {
        Extent::Full
    } else {
        Extent::Changes
    };
    let mut round = mirror.round(extent)?;
    for row in table.rows() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                filled.note(error.line(), error.to_string());
                continue;
            }
        };
        match preset.read(&row.attributes, setting) {
            Record::Entry(mut entry, oddities) => {
                filled.people += 1;
                for odd in oddities {
                    filled.note(row.line, odd.to_string());
                }
                entry
                    .version
                    .get_or_insert_with(|| format!("line {}", row.line));
                round.put(&entry)?;
            }
            Record::Gone(key) | Record::Passed(key, _) => gone(&mut round, &key, is_whole)?,
            Record::NoKey => {
                let why = "it has none of the columns that tell recipients apart";
                filled.note(row.line, why.to_owned());
            }
        }
    }
    round.finish(None)?;
    Ok(filled)
}

/// Of a whole table whoever is not put is gone anyway.
fn gone(round: &mut mirror::Round<'_>, key: &Key, is_whole: bool) -> Result<(), MirrorError> {
    match is_whole {
        true => Ok(()),
        false => round.gone(key),
    }
}

impl Filled {
    fn note(&mut self, line: u64, what: String) {
        self.complaints_total += 1;
        if self.complaints.len() < PROBLEMS_KEPT_MAX {
            self.complaints.push(Complaint { line, what });
        }
    }
}
