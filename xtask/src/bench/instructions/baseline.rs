//! Counts by path: the agreed ones, and the new ones beside them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

#[derive(Debug, Default, PartialEq)]
pub(super) struct Baseline(BTreeMap<String, u64>);

/// From here on a path is marked.
const GROWTH_PERCENT: u64 = 5;

impl Baseline {
    /// Empty without the file.
    pub(super) fn read(file: &Path) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        match fs::read_to_string(file) {
            Ok(text) => match serde_json::from_str(&text) {
                Ok(counts) => Ok(Self(counts)),
                Err(error) => Err(told(&error)),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(told(&error)),
        }
    }

    pub(super) fn write(&self, file: &Path) -> Result<(), String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = serde_json::to_string_pretty(&self.0).map_err(|error| told(&error))?;
        fs::write(file, text + "\n").map_err(|error| told(&error))
    }

    pub(super) fn insert(&mut self, path: String, count: u64) {
        self.0.insert(path, count);
    }

    /// These, and those of `newer` in their place.
    pub(super) fn with(mut self, newer: Self) -> Self {
        self.0.extend(newer.0);
        self
    }

    /// The table of what was counted now, beside the agreed counts.
    pub(super) fn beside(&self, agreed: &Self) -> String {
        let mut table = format!(
            "{:34} {:>10} {:>10} {:>9}\n",
            "path", "baseline", "now", "change"
        );
        for (path, &now) in &self.0 {
            let before = agreed.0.get(path);
            let change = before.map(|&before| percent(before, now));
            let row = [
                before.map_or_else(|| "-".to_owned(), u64::to_string),
                now.to_string(),
                change.map_or_else(|| "new".to_owned(), |change| format!("{change:+.1} %")),
            ];
            let mark = match before {
                Some(&before) if grew(before, now) => "  GREW",
                Some(_) | None => "",
            };
            writeln!(
                table,
                "{path:34} {:>10} {:>10} {:>9}{mark}",
                row[0], row[1], row[2]
            )
            .expect("a String takes everything");
        }
        table
    }
}

fn grew(before: u64, now: u64) -> bool {
    now.saturating_mul(100) > before.saturating_mul(100 + GROWTH_PERCENT)
}

fn percent(before: u64, now: u64) -> f64 {
    (now as f64 / before.max(1) as f64 - 1.0) * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(counts: &[(&str, u64)]) -> Baseline {
        Baseline(
            counts
                .iter()
                .map(|&(path, count)| (path.to_owned(), count))
                .collect(),
        )
    }

    #[test]
    fn growth_beyond_five_percent_is_marked() {
        let check = |before: &[u64], now, expected: &str| {
            let before: Vec<_> = before.iter().map(|&count| ("data", count)).collect();
            let table = baseline(&[("data", now)]).beside(&baseline(&before));
            let row = table.lines().nth(1).unwrap_or_default();
            let words: Vec<&str> = row.split_whitespace().collect();
            assert_eq!(words.join(" "), expected);
        };
        check(&[1000], 1000, "data 1000 1000 +0.0 %");
        check(&[1000], 1050, "data 1000 1050 +5.0 %");
        check(&[1000], 1051, "data 1000 1051 +5.1 % GREW");
        check(&[1000], 500, "data 1000 500 -50.0 %");
        check(&[], 500, "data - 500 new");
    }

    #[test]
    fn blessing_some_keeps_the_others() {
        let old = baseline(&[("chunk", 1), ("data", 2)]);
        let both = baseline(&[("chunk", 1), ("data", 3)]);
        assert_eq!(old.with(baseline(&[("data", 3)])), both);
    }
}
