//! All figures, for programs and for people.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use testbed::figure::short;

use super::step::Step;
use super::{Trouble, machine};

pub(super) struct Results {
    machine: Value,
    /// In the order in which they were measured.
    steps: Vec<Value>,
}

impl Results {
    pub(super) fn new() -> Self {
        Self {
            machine: machine::facts(),
            steps: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, people: u64, step: &Step, mut figures: Value) {
        figures["people"] = json!(people);
        figures["step"] = json!(step.kind());
        eprintln!("  {figures}");
        self.steps.push(figures);
    }

    pub(super) fn json(&self) -> Value {
        json!({ "machine": self.machine, "steps": self.steps })
    }

    pub(super) fn write(&self, out: &Path) -> Result<(), Trouble> {
        fs::create_dir_all(out)?;
        fs::write(out.join("directory.json"), format!("{:#}\n", self.json()))?;
        Ok(fs::write(out.join("directory.md"), self.table())?)
    }

    /// As docs/PERFORMANCE.md has it.
    pub(super) fn table(&self) -> String {
        let mut text = format!("{}\n\n", machine::words(&self.machine));
        let people: Vec<&Value> = self.of("first-read").collect();
        if !people.is_empty() {
            text.push_str(
                "| people | first read s | again s | believed s | built and stored s | a change in force s | restart ms | 1,000 unknown s | mirrors MiB | snapshot MiB |\n\
                 |---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
            );
            for first in &people {
                let count = &first["people"];
                let of = |step: &str, figure: &str| self.figure(step, count, figure);
                let row = [
                    count.as_f64().map_or_else(String::new, short),
                    seconds(of("first-read", "seconds")),
                    seconds(of("read-again", "seconds")),
                    seconds(of("believe", "seconds")),
                    seconds(of("in-force", "seconds")),
                    seconds(of("in-force", "change_seconds")),
                    scaled(of("restart", "seconds"), 1e3),
                    seconds(of("unknown", "seconds")),
                    scaled(of("believe", "mirror_octets"), 1.0 / 1_048_576.0),
                    scaled(of("in-force", "snapshot_octets"), 1.0 / 1_048_576.0),
                ];
                _ = writeln!(text, "| {} |", row.join(" | "));
            }
            text.push_str(
                "\n| people | peak MiB: read | again | believe | build and change | restart |\n\
                 |---:|---:|---:|---:|---:|---:|\n",
            );
            for first in &people {
                let count = &first["people"];
                let peak = |step| scaled(self.figure(step, count, "peak_kib"), 1.0 / 1_024.0);
                let row = [
                    count.as_f64().map_or_else(String::new, short),
                    peak("first-read"),
                    peak("read-again"),
                    peak("believe"),
                    peak("in-force"),
                    peak("restart"),
                ];
                _ = writeln!(text, "| {} |", row.join(" | "));
            }
            text.push_str(
                "\n| people | lookups/s at rest | during a publish | own µs of 16 at rest | during | waits during | longest pause at rest µs | during |\n\
                 |---:|---:|---:|---:|---:|---:|---:|---:|\n",
            );
            for first in &people {
                let count = &first["people"];
                let of = |figure: &str| scaled(self.figure("in-force", count, figure), 1.0);
                let row = [
                    count.as_f64().map_or_else(String::new, short),
                    of("lookups_per_second_at_rest"),
                    of("lookups_per_second"),
                    of("own_us_at_rest"),
                    of("own_us"),
                    of("waits"),
                    of("pause_us_at_rest"),
                    of("pause_us"),
                ];
                _ = writeln!(text, "| {} |", row.join(" | "));
            }
        }
        self.servers(&mut text);
        text
    }

    fn servers(&self, text: &mut String) {
        let all: Vec<&Value> = self.of("samba").chain(self.of("slapd")).collect();
        if all.is_empty() {
            return;
        }
        text.push_str(
            "\n| server | people | read in full s | nothing new ms | 100 changes ms | from start to in force s | a change in force ms | peak MiB |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for step in all {
            let figure = |name: &str| step[name].as_f64();
            let server = match step["step"].as_str() {
                Some("samba") => "Samba AD DC",
                _ => "OpenLDAP",
            };
            if let Some(why) = step["skipped"].as_str() {
                _ = writeln!(text, "| {server} | not measured: {why} | | | | | | |");
                continue;
            }
            let row = [
                server.to_owned(),
                scaled(figure("people"), 1.0),
                seconds(figure("full_read_seconds")),
                scaled(figure("nothing_new_seconds"), 1e3),
                scaled(figure("hundred_changes_seconds"), 1e3),
                seconds(figure("start_to_in_force_seconds")),
                scaled(figure("change_to_in_force_seconds"), 1e3),
                scaled(figure("peak_kib"), 1.0 / 1_024.0),
            ];
            _ = writeln!(text, "| {} |", row.join(" | "));
        }
    }

    fn of<'a>(&'a self, step: &'a str) -> impl Iterator<Item = &'a Value> {
        self.steps.iter().filter(move |one| one["step"] == step)
    }

    fn figure(&self, step: &str, people: &Value, figure: &str) -> Option<f64> {
        let mut steps = self.of(step);
        steps.find(|one| one["people"] == *people)?[figure].as_f64()
    }
}

fn seconds(value: Option<f64>) -> String {
    scaled(value, 1.0)
}

fn scaled(value: Option<f64>, by: f64) -> String {
    value.map_or_else(|| "-".to_owned(), |value| short(value * by))
}
