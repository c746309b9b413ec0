//! What was measured, as a table and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use testbed::figure::{Figure, short};

use super::memory::Memory;
use super::set::Set;

#[derive(Debug, Default)]
pub(super) struct Results {
    rows: Vec<Row>,
    pub(super) lzfu: f64,
    pub(super) memory: Memory,
}

/// CPU seconds for a set, round by round.
#[derive(Debug)]
pub(super) struct Row {
    name: String,
    messages: usize,
    octets: usize,
    pub(super) ours: Vec<f64>,
    pub(super) theirs: BTreeMap<&'static str, Vec<f64>>,
}

impl Row {
    pub(super) fn of(set: &Set) -> Self {
        Self {
            name: set.name.clone(),
            messages: set.mails.len(),
            octets: set.octets(),
            ours: Vec::new(),
            theirs: BTreeMap::new(),
        }
    }

    /// In a second of one core.
    fn per_second(&self, amount: usize) -> f64 {
        let seconds = Figure::of(self.ours.iter().copied());
        seconds.map_or(0.0, |seconds| amount as f64 / seconds.median)
    }

    /// How many times as fast as each unpacker, round by round.
    fn times(&self) -> impl Iterator<Item = (&'static str, Option<Figure>)> {
        self.theirs.iter().map(|(name, theirs)| {
            let pairs = theirs.iter().zip(&self.ours);
            (*name, Figure::of(pairs.map(|(theirs, ours)| theirs / ours)))
        })
    }

    fn json(&self) -> Value {
        json!({
            "set": self.name,
            "messages": self.messages,
            "octets": self.octets,
            "megabytes_per_second": self.per_second(self.octets) / 1e6,
            "messages_per_second": self.per_second(self.messages),
            "seconds": self.ours,
            "seconds_of_others": self.theirs,
        })
    }
}

impl Results {
    pub(super) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(super) fn last(&self) -> String {
        self.rows.last().map(line).unwrap_or_default()
    }

    pub(super) fn write(&self, out: &Path) -> Result<(), String> {
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let memory = json!({ "stream": self.memory.stream, "most": self.memory.most });
        let json =
            json!({ "sets": rows, "lzfu_megabytes_per_second": self.lzfu, "memory": memory });
        let mut page =
            "| messages | MB/s in | messages/s | times as fast as |\n|---|---:|---:|---|\n"
                .to_owned();
        self.rows.iter().for_each(|row| page.push_str(&line(row)));
        let (lzfu, memory) = (self.lzfu, self.memory);
        _ = writeln!(
            page,
            "\ncompressed RTF: {lzfu:.0} MB/s of output; memory: {memory}"
        );
        for (name, text) in [("tnef.json", format!("{json:#}\n")), ("tnef.md", page)] {
            let file = out.join(name);
            fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
            println!("written: {}", file.display());
        }
        Ok(())
    }
}

fn line(row: &Row) -> String {
    let times = row.times().map(|(name, figure)| match figure {
        Some(Figure {
            median,
            least,
            most,
        }) => {
            format!(
                "{name} {} ({}-{})",
                short(median),
                short(least),
                short(most)
            )
        }
        None => format!("{name} -"),
    });
    let times: Vec<String> = times.collect();
    format!(
        "| {} ({} of {} KB) | {} | {} | {} |\n",
        row.name,
        row.messages,
        short(row.octets as f64 / 1e3 / row.messages.max(1) as f64),
        short(row.per_second(row.octets) / 1e6),
        short(row.per_second(row.messages)),
        times.join(", "),
    )
}
