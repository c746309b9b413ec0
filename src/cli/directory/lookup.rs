//! `twinmx directory lookup`: whose address this is.

use std::io;

use clap::Args;
use routing::{Address, Snapshot};
use serde_json::{Value, json};

use super::{in_force, recipient_json};
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};

/// Show whose address this is, exactly as written; twinmx route shows what follows
///
/// Ends with 0, 67 if nobody has one of them, 65 if one is no address.
#[derive(Debug, Args)]
pub struct Lookup {
    #[command(flatten)]
    file: ConfigFile,
    /// Addresses
    #[arg(required = true, value_name = "ADDRESS")]
    addresses: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Lookup {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let snapshot = in_force(&config, streams)?;
        let (mut exit, mut list) = (Exit::Success, Vec::new());
        for text in &self.addresses {
            let (answer, found) = look_up(text, &snapshot);
            exit = if exit == Exit::BadData || found == Exit::Success { exit } else { found };
            if self.json { list.push(answer) } else { show(text, &answer, streams)? }
        }
        if self.json {
            writeln!(streams.out, "{:#}", Value::Array(list))?;
        }
        Ok(exit)
    }
}

fn look_up(text: &str, snapshot: &Snapshot) -> (Value, Exit) {
    let address = match Address::parse(text) {
        Ok(address) => address,
        Err(error) => return (json!({ "address": text, "error": error.to_string() }), Exit::BadData),
    };
    let found = snapshot.lookup(&address).and_then(|view| Some((view.found(), view.to_recipient()?)));
    match found {
        Some((found, recipient)) => {
            let recipient = recipient_json(&recipient);
            (json!({ "address": text, "as": found.to_string(), "recipient": recipient }), Exit::Success)
        }
        None => (json!({ "address": text, "recipient": null }), Exit::NoSuchUser),
    }
}

fn show(text: &str, answer: &Value, streams: &mut Streams<'_>) -> io::Result<()> {
    if let Some(error) = answer["error"].as_str() {
        return writeln!(streams.out, "{}: no address, {error}", text.escape_debug());
    }
    let Some(found) = answer["as"].as_str() else {
        return writeln!(streams.out, "{text}: nobody");
    };
    writeln!(streams.out, "{text}: {found}")?;
    for (name, value) in answer["recipient"].as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::Array(list) if list.is_empty() => {}
            Value::Array(list) => {
                let list: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                writeln!(streams.out, "  {name}: {}", list.join(" "))?;
            }
            value => writeln!(streams.out, "  {name}: {}", value.as_str().unwrap_or_default())?,
        }
    }
    Ok(())
}
