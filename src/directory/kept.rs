//! What is kept of the sources, for commands that look at them side by side. Nothing is read anew.

use std::path::Path;

use book::{
    Claim, Conflict, Entry, Key, People, PeopleError, Person, PresetKind, Reference, Setting, Shelf,
};
use mirror::{MirrorError, Role, View};
use routing::SideName;

use super::desk::MIRRORS;
use crate::config::{self, Config, GroupExpansion};

/// The sources that were ever read.
#[derive(Debug)]
pub(crate) struct Kept<'c> {
    /// In the order of the configuration, which is their precedence.
    pub(crate) sources: Vec<Source<'c>>,
    /// Those of which nothing can be said, and why.
    pub(crate) missing: Vec<(&'c str, MirrorError)>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Source<'c> {
    directory: &'c config::Directory,
    /// The domains as this source's systems have them.
    pub(crate) setting: Setting,
    pub(crate) view: View,
}

impl<'c> Kept<'c> {
    /// Opens what a running gateway, or `directory sync`, last believed.
    pub(crate) fn open(config: &'c Config) -> Self {
        let mirrors = config.state_dir.join(MIRRORS);
        let (mut sources, mut missing) = (Vec::new(), Vec::new());
        for directory in &config.directories {
            match Source::open(directory, config, &mirrors) {
                Ok(source) => sources.push(source),
                Err(error) => missing.push((directory.name.as_str(), error)),
            }
        }
        Self { sources, missing }
    }

    /// The one of this name.
    pub(crate) fn source(&self, name: &str) -> Option<&Source<'c>> {
        self.sources.iter().find(|source| source.name() == name)
    }

    /// Everybody, as all of them together see it.
    pub(crate) fn people(&self) -> Result<People<'_, Source<'c>>, PeopleError<MirrorError>> {
        People::gather(&self.sources)
    }

    /// Where the sources contradict each other about somebody.
    pub(crate) fn conflicts(&self, person: &Person) -> Vec<Conflict> {
        let source = |(number, _): &(usize, Entry)| &self.sources[*number];
        let sides: Vec<Option<SideName>> = person
            .entries
            .iter()
            .map(|said| source(said).side(&said.1))
            .collect();
        let claims: Vec<Claim<'_>> = person
            .entries
            .iter()
            .zip(&sides)
            .map(|(said, side)| Claim {
                source: source(said).name(),
                kind: source(said).kind(),
                entry: &said.1,
                side: side.as_ref(),
            })
            .collect();
        let winner = person
            .merged
            .winner
            .and_then(|winner| person.entries.get(winner));
        winner.map_or_else(Vec::new, |winner| {
            Conflict::all(&claims, &person.merged, &source(winner).setting)
        })
    }
}

impl<'c> Source<'c> {
    fn open(
        directory: &'c config::Directory,
        config: &Config,
        mirrors: &Path,
    ) -> Result<Self, MirrorError> {
        Ok(Self {
            directory,
            setting: directory.setting(config),
            view: View::open(&mirrors.join(format!("{}.sqlite", directory.name)))?,
        })
    }
}

impl Source<'_> {
    /// Who expands its groups.
    pub(crate) fn group_expansion(&self) -> GroupExpansion {
        self.directory.group_expansion
    }

    /// What another entry means by a reference.
    pub(crate) fn referred(&self, reference: &Reference) -> Result<Option<Entry>, MirrorError> {
        match reference {
            Reference::Object(name) => Ok(self.view.believed_named(name)?.into_iter().next()),
            Reference::Address(address) => {
                let mut found = self.view.believed_with(address, &[Role::Own])?;
                found.next().transpose()
            }
        }
    }
}

impl Shelf for Source<'_> {
    type Error = MirrorError;

    fn name(&self) -> &str {
        &self.directory.name
    }

    fn kind(&self) -> Option<PresetKind> {
        self.directory.preset_kind()
    }

    fn side(&self, entry: &Entry) -> Option<SideName> {
        self.directory.side_of(entry.system()?)
    }

    fn entries(&self) -> Box<dyn Iterator<Item = Result<Entry, MirrorError>> + '_> {
        Box::new(self.view.believed())
    }

    fn entry(&self, key: &Key) -> Result<Option<Entry>, MirrorError> {
        self.view.believed_one(key)
    }
}
