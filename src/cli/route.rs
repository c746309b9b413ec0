//! `twinmx route`: where mail for an address would go, and why.

use std::io::{self, BufRead};
use std::sync::Arc;

use clap::Args;
use routing::{
    Address, Decision, Destination, Expansion, Explanation, Origin, Refusal, SideName, explain,
};
use serde_json::{Value, json};

use super::directory::{in_force, recipient_json, snapshot_json};
use super::exit::Exit;
use super::{ConfigFile, Streams};
use crate::config::{Hop, Lookup};
use crate::deliver::Way;
use crate::directory::now;

/// Show where mail for an address goes, and every fact behind it
///
/// Ends with the worst of: 0 delivered, 75 deferred, 67 unknown, 77 refused, 65 not an address.
#[derive(Debug, Args)]
pub struct Route {
    #[command(flatten)]
    file: ConfigFile,
    /// Addresses; "postmaster" is <Postmaster>, "-" reads one a line from standard input
    #[arg(required = true, value_name = "ADDRESS")]
    addresses: Vec<String>,
    /// Where the mail comes from: "internet" or the name of a side
    #[arg(long, value_name = "ORIGIN", default_value = "internet")]
    from: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Route {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let origin = match self.from.as_str() {
            "internet" => Origin::Internet,
            name if config.sides.iter().any(|side| side.name == name) => {
                Origin::Side(SideName::from(name))
            }
            name => {
                let sides: Vec<&str> = config.sides.iter().map(|side| side.name.as_str()).collect();
                writeln!(
                    streams.err,
                    "twinmx: {name} is no side; --from takes internet or one of: {}",
                    sides.join(" ")
                )?;
                return Ok(Exit::Usage);
            }
        };
        let (snapshot, policy, now) = (
            in_force(&config, streams)?,
            crate::route::policy(&config),
            now(),
        );
        let mut answers = Answers {
            ways: Way::all(&config),
            json: self.json.then(Vec::new),
            worst: Exit::Success,
        };
        for text in texts(&self.addresses) {
            let text = text?;
            match path(&text) {
                Ok(path) => answers.explained(
                    &text,
                    &explain(path.as_ref(), &origin, &snapshot, &policy, now),
                    streams,
                )?,
                Err(error) => answers.not_an_address(&text, &error.to_string(), streams)?,
            }
        }
        if let Some(json) = answers.json {
            writeln!(streams.out, "{:#}", Value::Array(json))?;
        }
        Ok(answers.worst)
    }
}

/// The addresses of the command line, with those of standard input in the place of `-`.
fn texts(arguments: &[String]) -> impl Iterator<Item = io::Result<String>> {
    let lines = || {
        io::stdin()
            .lock()
            .lines()
            .filter(|line| !line.as_ref().is_ok_and(|line| line.trim().is_empty()))
    };
    arguments.iter().flat_map(
        move |argument| -> Box<dyn Iterator<Item = io::Result<String>>> {
            if argument == "-" {
                Box::new(lines())
            } else {
                Box::new(std::iter::once(Ok(argument.clone())))
            }
        },
    )
}

/// With or without angle brackets; `None` is `<Postmaster>`.
fn path(text: &str) -> Result<Option<Address>, routing::AddressError> {
    let text = text.trim();
    let text = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'))
        .unwrap_or(text);
    if text.eq_ignore_ascii_case("postmaster") {
        Ok(None)
    } else {
        Address::parse(text).map(Some)
    }
}

struct Answers {
    ways: Vec<Arc<Way>>,
    json: Option<Vec<Value>>,
    worst: Exit,
}

impl Answers {
    fn explained(
        &mut self,
        text: &str,
        explanation: &Explanation,
        streams: &mut Streams<'_>,
    ) -> io::Result<()> {
        self.note(match (&explanation.group, explanation.expanded()) {
            (Some(Err(_)), _) => Exit::TryAgain,
            (_, Some(_)) => Exit::Success,
            (_, None) => exit_for(&explanation.decision),
        });
        let hops = self.looked_up(&explanation.decision);
        let identity = self.identity(explanation);
        match &mut self.json {
            Some(json) => {
                let mut answer = as_json(text, explanation);
                answer["looked_up"] = hops.iter().map(ToString::to_string).collect();
                answer["identity"] = identity.into();
                json.push(answer);
            }
            None => {
                writeln!(streams.out, "{explanation}")?;
                if let Some(identity) = identity {
                    writeln!(streams.out, "  identity   {identity}")?;
                }
                for hop in hops {
                    writeln!(
                        streams.out,
                        "  hosts      {hop}, asked of DNS when it is sent"
                    )?;
                }
            }
        }
        Ok(())
    }

    fn way(&self, to: &Destination) -> Option<&Arc<Way>> {
        let side = match to {
            Destination::Side(side) => Some(side.as_str()),
            Destination::Internet => None,
        };
        self.ways.iter().find(|way| way.side.as_deref() == side)
    }

    /// As whose mail the hop will know it, as far as that is known without the message; `None`: it makes no difference there.
    fn identity(&self, explanation: &Explanation) -> Option<&'static str> {
        let Decision::Deliver { to, .. } = &explanation.decision else {
            return None;
        };
        self.way(to).filter(|way| way.tells_apart)?;
        Some(match explanation.origin {
            Origin::Internet => "that for mail of the internet",
            Origin::Side(_) => {
                "that for internal mail, if its reverse path and everybody in From and Sender are of our domains; otherwise that for mail of the internet"
            }
        })
    }

    /// The hops whose hosts DNS will name.
    fn looked_up(&self, decision: &Decision) -> Vec<Hop> {
        let Decision::Deliver { to, path, .. } = decision else {
            return Vec::new();
        };
        let Some(way) = self.way(to) else {
            return Vec::new();
        };
        match way.domain_of(path) {
            Some(domain) => vec![Hop::clone(&domain)],
            None => {
                let hops = way.hops.iter().cloned();
                hops.filter(|hop| hop.lookup == Lookup::Exchangers)
                    .collect()
            }
        }
    }

    fn not_an_address(
        &mut self,
        text: &str,
        error: &str,
        streams: &mut Streams<'_>,
    ) -> io::Result<()> {
        self.note(Exit::BadData);
        match &mut self.json {
            Some(json) => json.push(json!({ "address": text, "error": error })),
            None => writeln!(streams.out, "{}\n  no address {error}", text.escape_debug())?,
        }
        Ok(())
    }

    fn note(&mut self, exit: Exit) {
        if badness(exit) > badness(self.worst) {
            self.worst = exit;
        }
    }
}

fn exit_for(decision: &Decision) -> Exit {
    match decision {
        Decision::Deliver { .. } => Exit::Success,
        Decision::Defer(_) => Exit::TryAgain,
        Decision::Refuse(Refusal::Unknown | Refusal::UnknownThereToo { .. }) => Exit::NoSuchUser,
        Decision::Refuse(
            Refusal::RelayDenied | Refusal::WrongSide { .. } | Refusal::SendOnlySide { .. },
        ) => Exit::NoPermission,
    }
}

/// What is lost for good is worse than what is tried again.
fn badness(exit: Exit) -> u8 {
    match exit {
        Exit::Success => 0,
        Exit::TryAgain => 1,
        Exit::NoSuchUser => 2,
        Exit::NoPermission => 3,
        _ => 4,
    }
}

fn as_json(text: &str, explanation: &Explanation) -> Value {
    let Explanation {
        path,
        origin,
        decision,
        group,
        lookups,
        recipient,
        facts,
    } = explanation;
    let (action, destination, deliver_as, why) = match decision {
        Decision::Deliver { to, path, why } => (
            "deliver",
            Some(to.to_string()),
            Some(path.to_string()),
            why.to_string(),
        ),
        Decision::Refuse(refusal) => ("refuse", None, None, refusal.to_string()),
        Decision::Defer(deferral) => ("defer", None, None, deferral.to_string()),
    };
    let action = match explanation.expanded() {
        Some(_) => "expand",
        None => action,
    };
    let group = match group {
        Some(Ok(expansion)) => group_json(expansion),
        Some(Err(deferral)) => json!({ "unreadable": deferral.to_string() }),
        None => Value::Null,
    };
    let lookups: Vec<Value> = lookups
        .iter()
        .map(|lookup| {
            let (primary, found) = lookup.found.as_ref().map(|(primary, found)| (primary, found.to_string())).unzip();
            json!({ "address": lookup.address, "recipient": primary, "as": found, "taken": lookup.taken })
        })
        .collect();
    json!({
        "address": text,
        "canonical": path.as_ref().map(Address::canonical),
        "from": origin.to_string(),
        "decision": action,
        "destination": destination,
        "path": deliver_as,
        "why": why,
        "group": group,
        "lookups": lookups,
        "recipient": recipient.as_ref().map(recipient_json),
        "directory": snapshot_json(facts.recipients, facts.age, &facts.sources),
    })
}

fn group_json(expansion: &Expansion) -> Value {
    let members: Vec<Value> = expansion
        .members
        .iter()
        .map(|member| {
            let (destination, why) = match &member.decision {
                Decision::Deliver { to, why, .. } => (Some(to.to_string()), why.to_string()),
                Decision::Refuse(refusal) => (None, refusal.to_string()),
                Decision::Defer(deferral) => (None, deferral.to_string()),
            };
            let through: Vec<String> = member.through.iter().map(Address::to_string).collect();
            json!({
                "address": member.address.to_string(),
                "through": through,
                "destination": destination,
                "why": why,
            })
        })
        .collect();
    json!({
        "address": expansion.group.to_string(),
        "owner": expansion.owner.as_str(),
        "stays": expansion.stays.map(|stays| stays.to_string()),
        "members": members,
        "without_address": expansion.nameless,
    })
}
