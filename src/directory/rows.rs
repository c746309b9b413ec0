//! From the rows of an exported table to the entries of its mirror.

use std::collections::HashMap;

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
    let mut named: HashMap<Key, u32> = HashMap::new();
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
                let times = named.entry(entry.key.clone()).or_default();
                *times += 1;
                if *times > 1 {
                    let why = format!("{} tells another row apart, too", entry.key);
                    filled.note(row.line, why);
                    entry.key = another(&entry.key, *times);
                }
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

/// The key of a row that says the same of itself as one before: nobody is lost for that.
fn another(key: &Key, times: u32) -> Key {
    Key::from_text(&format!("{key}#{times}")).unwrap_or_else(|| key.clone())
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

#[cfg(test)]
mod tests {
    use book::PresetKind;
    use routing::Domain;

    use super::*;

    const HEAD: &str = "User ID,First Name,Last Name,Post Office,Domain,Email Address\n";
    const ANNA: &str = "ABerg,Anna,Berg,PO1,DOM,aberg@contoso.com\n";
    const BEN: &str = "BCarl,Ben,Carl,PO1,DOM,bcarl@contoso.com\n";

    /// Fills a mirror with one table after the other; gives what the last one said, and who is known then.
    fn filled(tables: &[&str]) -> (Filled, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let mut mirror = Mirror::open(&dir.path().join("m.sqlite"), "").unwrap();
        let setting = Setting {
            shared: Domain::parse("contoso.com").into_iter().collect(),
            routing: Vec::new(),
        };
        let preset = Preset::of(PresetKind::GroupWise);
        let mut last = Filled::default();
        for rows in tables {
            let table = Table::read(format!("{HEAD}{rows}").into_bytes()).unwrap();
            last = fill(&mut mirror, &table, &preset, &setting).unwrap();
            mirror.believe().unwrap();
        }
        let known = mirror.view().believed();
        let known = known.map(|entry| entry.unwrap().addresses().next().unwrap().to_string());
        (last, known.collect())
    }

    #[test]
    fn who_is_in_no_whole_table_is_gone() {
        let both = format!("{ANNA}{BEN}");
        let (said, known) = filled(&[&both, ANNA]);
        assert_eq!((said.people, said.complaints_total), (1, 0));
        assert_eq!(known, ["aberg@contoso.com"]);
    }

    #[test]
    fn a_table_with_a_broken_row_makes_nobody_unknown() {
        let both = format!("{ANNA}{BEN}");
        let broken = format!("{ANNA}BCarl,Ben\n");
        let (said, known) = filled(&[&both, &broken]);
        assert_eq!(known, ["aberg@contoso.com", "bcarl@contoso.com"]);
        let complaint = said.complaints[0].to_string();
        assert_eq!(complaint, "line 3: 2 fields, but there are 6 columns");
    }

    #[test]
    fn two_rows_of_one_name_are_both_there() {
        let twice = format!("{ANNA}{}", BEN.replace("BCarl", "ABERG"));
        let (said, known) = filled(&[&twice]);
        assert_eq!(known, ["aberg@contoso.com", "bcarl@contoso.com"]);
        assert!(said.complaints[0].what.contains("tells another row apart"));
    }

    #[test]
    fn no_more_complaints_are_kept_than_can_be_read() {
        let rows = |count: usize| "x\n".repeat(count);
        let (said, _) = filled(&[&rows(PROBLEMS_KEPT_MAX)]);
        assert_eq!(said.complaints.len(), PROBLEMS_KEPT_MAX);
        let (said, _) = filled(&[&rows(PROBLEMS_KEPT_MAX + 1)]);
        assert_eq!(
            (said.complaints.len(), said.complaints_total),
            (PROBLEMS_KEPT_MAX, PROBLEMS_KEPT_MAX + 1)
        );
    }
}
