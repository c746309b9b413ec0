//! `twinmx check`: is the configuration right, and what is in force with it?

use std::io;

use clap::Args;
use serde_json::{Value, json};

use super::exit::Exit;
use super::{ConfigFile, Streams};
use crate::config::{Config, Diagnostic, Diagnostics, Effective, bounds};
use crate::limits;

/// Check the configuration and the files it names: all faults at once
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    file: ConfigFile,
    /// Print the configuration in force: every default filled in, and every bound
    #[arg(long)]
    effective: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let (config, said) = match Config::load(&self.file.config) {
            Ok(loaded) => (Some(loaded.config), loaded.warnings),
            Err(faults) => (None, faults),
        };
        let effective = config
            .as_ref()
            .filter(|_| self.effective)
            .map(Effective::of);
        if self.json {
            writeln!(streams.out, "{:#}", as_json(&said, effective.as_ref()))?;
        } else {
            streams.show(&said)?;
            match (&config, &effective) {
                (Some(_), Some(effective)) => {
                    write!(streams.out, "{effective}\n{}", bounds(&limits::all()))?
                }
                (Some(config), None) => writeln!(streams.out, "{}", right(&said, config))?,
                (None, _) => {}
            }
        }
        Ok(if config.is_some() {
            Exit::Success
        } else {
            Exit::Configuration
        })
    }
}

fn right(said: &Diagnostics, config: &Config) -> String {
    let count = |number: usize, what: &str| {
        format!("{number} {what}{}", if number == 1 { "" } else { "s" })
    };
    format!(
        "{} is right: {}, {}, {}, {}",
        said.file(),
        count(config.listeners.len(), "listener"),
        count(config.domains.len(), "domain"),
        count(config.sides.len(), "side"),
        count(config.directories.len(), "directory source"),
    )
}

fn as_json(said: &Diagnostics, effective: Option<&Effective>) -> Value {
    let list: Vec<Value> = said.iter().map(|one| diagnostic_json(said, one)).collect();
    let mut all = json!({
        "file": said.file(),
        "errors": said.errors(),
        "warnings": said.warnings(),
        "diagnostics": list,
    });
    if let Some(effective) = effective {
        all["effective"] = effective.to_json();
        all["limits"] = limits::all()
            .iter()
            .map(|limit| json!({ "name": limit.name, "value": limit.value, "unit": limit.unit }))
            .collect();
    }
    all
}

fn diagnostic_json(said: &Diagnostics, one: &Diagnostic) -> Value {
    let place = said.position(one);
    json!({
        "severity": one.severity.to_string(),
        "code": one.code.to_string(),
        "message": one.message,
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
        "label": one.label,
        "note": one.note,
    })
}
