//! `twinmx queue shape`: how much waits how long.

use std::io;

use clap::Args;
use serde_json::json;

use super::choice::{Choice, misnamed};
use super::list::each;
use super::words::Plain;
use super::{ask, beside, unheard};
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};
use crate::control::{Answer, Request};
use crate::queue::{Ages, By, Counting, Row};

/// Count messages by side and age
///
/// A row for each side, columns of doubling ages in minutes. Also while the gateway does not run.
#[derive(Debug, Args)]
pub(super) struct Shape {
    #[command(flatten)]
    choice: Choice,
    /// What a row stands for
    #[arg(long, value_enum, default_value = "side")]
    by: By,
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Shape {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let selection = self.choice.selection(false);
        if misnamed(&selection, streams)? {
            return Ok(Exit::NoInput);
        }
        let request = Request::Shape {
            by: self.by,
            selection: selection.clone(),
        };
        let table = match ask(&config, &request) {
            Ok(Some(mut client)) => match client.hear() {
                Ok(Some(Answer::Ages(table))) => table,
                Ok(Some(answer)) => return beside(&answer, streams),
                Ok(None) => Counting::new(self.by).table(),
                Err(error) => return unheard(&error, &config, streams),
            },
            Ok(None) => {
                let mut counting = Counting::new(self.by);
                let exit = each(&config, &selection, streams, |listed, _| {
                    counting.count(listed);
                    Ok(())
                })?;
                if exit != Exit::Success {
                    return Ok(exit);
                }
                counting.table()
            }
            Err(error) => return unheard(&error, &config, streams),
        };
        match self.json {
            true => writeln!(streams.out, "{:#}", json!(table))?,
            false => show(&table, streams)?,
        }
        Ok(Exit::Success)
    }
}

fn show(table: &Ages, streams: &mut Streams<'_>) -> io::Result<()> {
    let names = table.rows.iter().map(|row| row.name.chars().count());
    let width = names.max().unwrap_or(0).clamp(NAME_MIN, NAME_MAX);
    let ends = table.minutes.iter().map(ToString::to_string);
    let last = table.minutes.last().map(|end| format!("{end}+"));
    let ends: String = ends.chain(last).map(|end| format!("{end:>7}")).collect();
    writeln!(
        streams.out,
        "{:width$}{:>8}{ends}{:>7}",
        "", "TOTAL", "HELD"
    )?;
    for row in std::iter::once(&table.total).chain(&table.rows) {
        show_row(row, width, streams)?;
    }
    match table.others {
        0 => Ok(()),
        others => writeln!(streams.out, "and {others} more rows"),
    }
}

fn show_row(row: &Row, width: usize, streams: &mut Streams<'_>) -> io::Result<()> {
    let name: String = Plain(&row.name).to_string().chars().take(width).collect();
    let ages: String = row.ages.iter().map(|count| format!("{count:>7}")).collect();
    writeln!(
        streams.out,
        "{name:width$}{:>8}{ages}{:>7}",
        row.messages, row.held
    )
}

const NAME_MIN: usize = 10;
const NAME_MAX: usize = 60;
