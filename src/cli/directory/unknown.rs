//! `twinmx directory unknown`: who was asked for and is not known, and who may have been meant.

use std::io;

use clap::Args;
use routing::{Address, UnixTime};
use serde_json::{Value, json};

use super::in_force;
use crate::cli::exit::Exit;
use crate::cli::queue::{ask, beside, unheard};
use crate::cli::{ConfigFile, Streams};
use crate::config::Config;
use crate::control::{Answer, Request, Unheard};
use crate::limits::UNKNOWN_KEPT;
use crate::unknown::{self, Forget, Nearest, Sought, Sum};

/// Show unknown recipients that were refused, the most frequent first, each with the nearest known address
///
/// Also while the gateway does not run. Ends with 0, 65 if what is to be forgotten is no address, 66 if it is not on the
/// list.
#[derive(Debug, Args)]
pub(super) struct Unknown {
    #[command(flatten)]
    file: ConfigFile,
    /// Show so many at most
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Take this address off the list instead of showing it
    #[arg(long, value_name = "ADDRESS", conflicts_with = "limit")]
    forget: Vec<String>,
    /// Begin the list anew instead of showing it
    #[arg(long, conflicts_with_all = ["forget", "limit"])]
    forget_all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An answer, or how the command ends without one.
type Heard<T> = io::Result<Result<T, Exit>>;

impl Unknown {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        if self.forget_all || !self.forget.is_empty() {
            return self.forget(&config, streams);
        }
        let (sum, list) = match listed(&config, self.limit.min(UNKNOWN_KEPT), streams)? {
            Ok(listed) => listed,
            Err(exit) => return Ok(exit),
        };
        let nearest = match list.is_empty() {
            true => Vec::new(),
            false => nearest(&list, &config, streams)?,
        };
        match self.json {
            true => show_json(&sum, &list, &nearest, streams)?,
            false => show(&sum, &list, &nearest, streams)?,
        }
        Ok(Exit::Success)
    }

    fn forget(&self, config: &Config, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let mut addresses = Vec::new();
        for text in &self.forget {
            match Address::parse(text) {
                Ok(address) => addresses.push(address.canonical().to_owned()),
                Err(error) => {
                    writeln!(streams.err, "twinmx: {text}: {error}")?;
                    return Ok(Exit::BadData);
                }
            }
        }
        let (wanted, forget) = match self.forget_all {
            true => (None, Forget::All {}),
            false => (Some(addresses.len() as u64), Forget::Addresses(addresses)),
        };
        let forgotten = match forgotten(config, forget, streams)? {
            Ok(forgotten) => forgotten,
            Err(exit) => return Ok(exit),
        };
        match self.json {
            true => writeln!(streams.out, "{:#}", json!({ "forgotten": forgotten }))?,
            false => writeln!(streams.out, "{forgotten} addresses forgotten")?,
        }
        Ok(match wanted {
            Some(wanted) if wanted != forgotten => Exit::NoInput,
            Some(_) | None => Exit::Success,
        })
    }
}

/// The list: the gateway's, or where it does not run, the one that it left.
fn listed(config: &Config, limit: usize, streams: &mut Streams<'_>) -> Heard<(Sum, Vec<Sought>)> {
    let mut client = match ask(config, &Request::Unknown { limit }) {
        Ok(Some(client)) => client,
        Ok(None) => {
            return match unknown::stored(&config.state_dir, limit) {
                Ok(stored) => Ok(Ok(stored)),
                Err(error) => Ok(Err(unusable(&error, streams)?)),
            };
        }
        Err(error) => return Ok(Err(unheard(&error, config, streams)?)),
    };
    let (mut sum, mut list) = (None, Vec::new());
    loop {
        match (client.hear(), sum) {
            (Ok(Some(Answer::Unknown(said))), None) => sum = Some(said),
            (Ok(Some(Answer::Sought(sought))), Some(_)) => list.push(sought),
            (Ok(None), Some(sum)) => return Ok(Ok((sum, list))),
            (Ok(None), None) => return Ok(Err(unheard(&Unheard::HungUp, config, streams)?)),
            (Ok(Some(answer)), _) => return Ok(Err(beside(&answer, streams)?)),
            (Err(error), _) => return Ok(Err(unheard(&error, config, streams)?)),
        }
    }
}

fn forgotten(config: &Config, forget: Forget, streams: &mut Streams<'_>) -> Heard<u64> {
    let request = Request::Forget {
        forget: forget.clone(),
    };
    let heard = match ask(config, &request) {
        Ok(Some(mut client)) => client.hear(),
        Ok(None) => {
            return match unknown::forget_stored(&config.state_dir, &forget) {
                Ok(count) => Ok(Ok(count as u64)),
                Err(error) => Ok(Err(unusable(&error, streams)?)),
            };
        }
        Err(error) => Err(error),
    };
    match heard {
        Ok(Some(Answer::Forgotten { addresses })) => Ok(Ok(addresses)),
        Ok(Some(answer)) => Ok(Err(beside(&answer, streams)?)),
        Ok(None) => Ok(Err(unheard(&Unheard::HungUp, config, streams)?)),
        Err(error) => Ok(Err(unheard(&error, config, streams)?)),
    }
}

fn unusable(error: &unknown::Unusable, streams: &mut Streams<'_>) -> io::Result<Exit> {
    writeln!(
        streams.err,
        "twinmx: the list of unknown recipients: {error}"
    )?;
    Ok(match error {
        unknown::Unusable::Io(_) => Exit::InputOutput,
        unknown::Unusable::Version | unknown::Unusable::Damaged => Exit::BadData,
    })
}

fn nearest(
    list: &[Sought],
    config: &Config,
    streams: &mut Streams<'_>,
) -> io::Result<Vec<Option<Nearest>>> {
    let snapshot = in_force(config, streams)?;
    let parsed = |sought: &Sought| Address::parse(&quoted(&sought.address)).ok();
    let addresses: Vec<Option<Address>> = list.iter().map(parsed).collect();
    let wanted: Vec<Address> = addresses.iter().flatten().cloned().collect();
    let mut found = unknown::find(&wanted, &snapshot).into_iter();
    let nearest = addresses.iter().map(|address| match address {
        Some(_) => found.next().flatten(),
        None => None,
    });
    Ok(nearest.collect())
}

/// As it is written in an envelope: the list has local parts without their quotes.
fn quoted(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) if Address::parse(address).is_err() => {
            let local = local.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{local}\"@{domain}")
        }
        Some(_) | None => address.to_owned(),
    }
}

fn show(
    sum: &Sum,
    list: &[Sought],
    nearest: &[Option<Nearest>],
    streams: &mut Streams<'_>,
) -> io::Result<()> {
    for (sought, nearest) in list.iter().zip(nearest) {
        let (count, address) = (counted(sought), sought.address.escape_debug());
        let last = UnixTime::from_seconds(sought.last);
        write!(streams.out, "{count:>8}  {address}  last {last}, ")?;
        match &sought.networks[..] {
            [network] if !sought.more_networks => write!(streams.out, "from {network}")?,
            networks => {
                let more = if sought.more_networks {
                    "more than "
                } else {
                    ""
                };
                write!(streams.out, "from {more}{} networks", networks.len())?;
            }
        }
        match nearest {
            Some(Nearest { address, likeness }) => {
                writeln!(streams.out, "; nearest: {address} ({likeness})")?;
            }
            None => writeln!(streams.out)?,
        }
    }
    let (since, requests) = (UnixTime::from_seconds(sum.since), sum.requests);
    writeln!(
        streams.out,
        "{requests} requests for unknown recipients were refused since {since}; {} addresses are on the list",
        sum.addresses
    )?;
    match sum.displaced {
        0 => Ok(()),
        displaced => writeln!(
            streams.out,
            "{displaced} times an address made room for another, none of them with more than {} requests",
            sum.displaced_at_most
        ),
    }
}

/// Exact, or between which two.
fn counted(sought: &Sought) -> String {
    match sought.missed {
        0 => sought.count.to_string(),
        missed => format!("{}-{}", sought.count, sought.count + missed),
    }
}

fn show_json(
    sum: &Sum,
    list: &[Sought],
    nearest: &[Option<Nearest>],
    streams: &mut Streams<'_>,
) -> io::Result<()> {
    let text = |seconds: u64| UnixTime::from_seconds(seconds).to_string();
    let one = |(sought, nearest): (&Sought, &Option<Nearest>)| {
        json!({
            "address": sought.address,
            "count": sought.count,
            "count_at_most": sought.count + sought.missed,
            "hours": sought.hours,
            "since": text(sought.since),
            "last": text(sought.last),
            "networks": sought.networks,
            "more_networks": sought.more_networks,
            "nearest": nearest.as_ref().map(|nearest| json!({
                "address": nearest.address,
                "likeness": nearest.likeness.word(),
            })),
        })
    };
    let list: Vec<Value> = list.iter().zip(nearest).map(one).collect();
    let json = json!({
        "since": text(sum.since),
        "requests": sum.requests,
        "addresses": sum.addresses,
        "displaced": sum.displaced,
        "displaced_at_most": sum.displaced_at_most,
        "unknown": list,
    });
    writeln!(streams.out, "{json:#}")
}
