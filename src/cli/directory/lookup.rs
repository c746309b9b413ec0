//! `twinmx directory lookup`: whose address this is.

use std::io;

use book::{Entry, Reference, Shelf};
use clap::Args;
use mirror::{MirrorError, Proposed};
use routing::{Address, Snapshot};
use serde_json::{Value, json};

use super::{in_force, recipient_json};
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};
use crate::directory::{Kept, KeptSource as Source};

/// Show whose address this is, exactly as written; twinmx route shows what follows
///
/// Ends with 0, 67 if nobody has one of them, 65 if one is no address.
#[derive(Debug, Args)]
pub(super) struct Lookup {
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
        let kept = Kept::open(&config);
        let (mut exit, mut list) = (Exit::Success, Vec::new());
        for text in &self.addresses {
            let (mut answer, found) = look_up(text, &snapshot);
            let said = match Address::parse(text) {
                Ok(address) => said(&address, &kept),
                Err(_) => Ok(Vec::new()),
            };
            match said {
                Ok(said) => answer["sources"] = said.into(),
                Err(error) => return super::unreadable(&error, streams),
            }
            exit = if exit == Exit::BadData || found == Exit::Success {
                exit
            } else {
                found
            };
            if self.json {
                list.push(answer)
            } else {
                show(text, &answer, streams)?
            }
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
        Err(error) => {
            return (
                json!({ "address": text, "error": error.to_string() }),
                Exit::BadData,
            );
        }
    };
    let found = snapshot
        .lookup(&address)
        .and_then(|view| Some((view.found(), view.to_recipient()?)));
    match found {
        Some((found, recipient)) => {
            let recipient = recipient_json(&recipient);
            (
                json!({ "address": text, "as": found.to_string(), "recipient": recipient }),
                Exit::Success,
            )
        }
        None => (
            json!({ "address": text, "recipient": null }),
            Exit::NoSuchUser,
        ),
    }
}

/// What each source says of whoever has the address there.
fn said(address: &Address, kept: &Kept<'_>) -> Result<Vec<Value>, MirrorError> {
    let mut all = Vec::new();
    for source in &kept.sources {
        for part in source.view.with_address(address)? {
            let now = match &part.proposed {
                Proposed::Same => None,
                Proposed::Otherwise(entry) => Some(entry.location.to_string()),
                Proposed::Gone => Some("it is not there any more".to_owned()),
            };
            let entry = match (&part.believed, &part.proposed) {
                (Some(entry), _) => entry,
                (None, Proposed::Otherwise(entry)) => entry,
                (None, Proposed::Same | Proposed::Gone) => continue,
            };
            let addresses: Vec<String> = entry.addresses().map(ToString::to_string).collect();
            all.push(json!({
                "source": source.name(),
                "name": entry.name,
                "kind": format!("{:?}", entry.kind),
                "says": part.believed.as_ref().map(|entry| entry.location.to_string()),
                "not_believed_yet": now,
                "addresses": addresses,
                "members": members(entry, source)?,
            }));
        }
    }
    Ok(all)
}

/// The direct members of a group: their addresses, or what the source calls those that have none.
fn members(entry: &Entry, source: &Source<'_>) -> Result<Option<Vec<String>>, MirrorError> {
    if !entry.kind.is_group() {
        return Ok(None);
    }
    let mut members = Vec::with_capacity(entry.members.len());
    for member in &entry.members {
        let own = match member {
            Reference::Address(address) => Some(address.clone()),
            Reference::Object(_) => source
                .referred(member)?
                .and_then(|entry| entry.addresses().next().cloned()),
        };
        members.push(match (own, member) {
            (Some(address), _) => address.to_string(),
            (None, Reference::Address(address)) => address.to_string(),
            (None, Reference::Object(name)) => name.clone(),
        });
    }
    Ok(Some(members))
}

fn show(text: &str, answer: &Value, streams: &mut Streams<'_>) -> io::Result<()> {
    if let Some(error) = answer["error"].as_str() {
        return writeln!(streams.out, "{}: no address, {error}", text.escape_debug());
    }
    match answer["as"].as_str() {
        Some(found) => writeln!(streams.out, "{text}: {found}")?,
        None => writeln!(streams.out, "{text}: nobody")?,
    }
    for (name, value) in answer["recipient"].as_object().into_iter().flatten() {
        match value {
            Value::Null => {}
            Value::Array(list) if list.is_empty() => {}
            Value::Array(list) => {
                let list: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                writeln!(streams.out, "  {name}: {}", list.join(" "))?;
            }
            value => writeln!(
                streams.out,
                "  {name}: {}",
                value.as_str().unwrap_or_default()
            )?,
        }
    }
    for said in answer["sources"].as_array().into_iter().flatten() {
        let word = |name: &str| said[name].as_str().filter(|word| !word.is_empty());
        let (source, name) = (word("source").unwrap_or_default(), word("name"));
        write!(streams.out, "  {source}:")?;
        if let Some(name) = name {
            write!(streams.out, " {name}")?;
        }
        if let Some(says) = word("says") {
            write!(streams.out, " {says}")?;
        }
        match word("not_believed_yet") {
            Some(now) => writeln!(streams.out, "; not believed yet: {now}")?,
            None => writeln!(streams.out)?,
        }
        if let Some(members) = said["members"].as_array() {
            let members: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
            writeln!(streams.out, "    members: {}", members.join(", "))?;
        }
    }
    Ok(())
}
