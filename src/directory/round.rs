//! One reading of all sources: what each gave, and the snapshot that follows.

use std::path::PathBuf;
use std::sync::Arc;

use routing::{BuildError, Listed, Meta, Problem, Recipient, SideName, Snapshot, SourceRead, UnixTime};

use super::approval::approved;
use super::guard::{Held, judge};
use super::merge::{Conflict, Contribution, merge};
use super::source::{self, Reading, SourceError, Stamp};
use crate::config::{Config, Directory};

/// What came of reading every source.
#[derive(Debug)]
pub(crate) struct Round {
    /// Source by source, in the order of the configuration.
    pub(crate) parts: Vec<Part>,
    /// The first disagreements between records.
    pub(crate) conflicts: Vec<Conflict>,
    /// All of them.
    pub(crate) conflicts_total: usize,
    /// The recipients that follow; the former ones with newer times if nothing else changed.
    pub(crate) snapshot: Result<Snapshot, BuildError>,
    /// Whether the recipients changed.
    pub(crate) changed: bool,
}

/// What came of one source.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: Arc<str>,
    pub(crate) path: PathBuf,
    pub(crate) standing: Standing,
    /// The state of the file before it was read; `None` where it could not even be looked at.
    pub(crate) stamp: Option<Stamp>,
    /// The digest of its content.
    pub(crate) digest: Option<String>,
    /// Recipients in the file.
    pub(crate) people: usize,
    /// The first lines that could not be used.
    pub(crate) problems: Vec<Problem>,
    /// All of them.
    pub(crate) problems_total: usize,
}

/// Whether a source counts as it is now.
#[derive(Debug)]
pub(crate) enum Standing {
    /// It does.
    Read,
    /// It is not believed; what it last gave counts.
    HeldBack(Held),
    /// It gives nothing; what it last gave counts.
    Failed(SourceError),
}

/// Sources believed whatever they lost, besides those approved in the state directory.
pub(crate) type Force<'a> = &'a [String];

impl Round {
    /// Reads everything. `former` is what is in force.
    pub(crate) fn take(config: &Config, former: &Snapshot, now: UnixTime, force: Force) -> Self {
        let sides: Vec<SideName> = config.sides.iter().map(|side| SideName::from(&*side.name)).collect();
        let read = config.directories.iter().map(|source| read_one(source, config, &sides, former, force));
        let (parts, contributions): (Vec<_>, Vec<_>) = read.unzip();
        let merged = merge(contributions, former, now);
        let reads: Vec<SourceRead> = parts.iter().map(|part| part.read_at(former, now)).collect();
        let changed = !is_same(former, &merged.recipients, &reads);
        let snapshot = match changed {
            true => Snapshot::build(merged.recipients, Meta { built_at: now, sources: reads }),
            false => Ok(former.confirmed(&reads)),
        };
        let (conflicts, conflicts_total) = (merged.conflicts, merged.conflicts_total);
        Self { parts, conflicts, conflicts_total, snapshot, changed }
    }
}

impl Part {
    fn read_at(&self, former: &Snapshot, now: UnixTime) -> SourceRead {
        let before = || former.sources().find(|source| source.name == self.name).and_then(|source| source.read_at);
        let read_at = if matches!(self.standing, Standing::Read) { Some(now) } else { before() };
        SourceRead { name: self.name.clone(), read_at }
    }
}

fn read_one(source: &Directory, config: &Config, sides: &[SideName], former: &Snapshot, force: Force) -> (Part, Contribution) {
    let name: Arc<str> = source.name.as_str().into();
    let mut part = Part {
        name: name.clone(),
        path: source.path.clone(),
        standing: Standing::Read,
        stamp: Stamp::of(&source.path).ok(),
        digest: None,
        people: 0,
        problems: Vec::new(),
        problems_total: 0,
    };
    let Reading { digest, mut listing } = match source::read(source, sides) {
        Ok(reading) => reading,
        Err(error) => {
            part.standing = Standing::Failed(error);
            return (part, last_good(name, former));
        }
    };
    part.people = listing.recipients.len();
    (part.problems, part.problems_total) = (std::mem::take(&mut listing.problems), listing.problems_total);
    let believed = force.contains(&source.name) || approved(&config.state_dir, &source.name).as_ref() == Some(&digest);
    part.digest = Some(digest);
    match judge(source, &listing, former) {
        Some(held) if !believed => {
            part.standing = Standing::HeldBack(held);
            (part, last_good(name, former))
        }
        _ => (part, Contribution { source: name, listed: listing.recipients, withheld: listing.withheld }),
    }
}

/// What a source gave when it was last believed.
fn last_good(name: Arc<str>, former: &Snapshot) -> Contribution {
    let own = former.iter().filter(|view| view.source() == Some(&name));
    let listed = own.filter_map(|view| view.to_recipient()).map(|recipient| Listed { line: 0, recipient }).collect();
    Contribution { source: name, listed, withheld: Vec::new() }
}

/// Whether a new snapshot would say nothing new.
fn is_same(former: &Snapshot, recipients: &[Recipient], sources: &[SourceRead]) -> bool {
    former.len() == recipients.len()
        && former.sources().map(|source| source.name).eq(sources.iter().map(|source| source.name.clone()))
        && former.iter().zip(recipients).all(|(view, recipient)| {
            view.to_recipient().is_some_and(|before| before == *recipient && is_spelled_alike(&before, recipient))
        })
}

/// Addresses are equal whatever their spelling, but their spelling is what a hop is told.
fn is_spelled_alike(one: &Recipient, other: &Recipient) -> bool {
    let routing = |recipient: &Recipient| recipient.routing_address.as_ref().map(|address| address.local().to_owned());
    one.primary.local() == other.primary.local() && routing(one) == routing(other)
}
