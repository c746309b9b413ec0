//! What the stored snapshot was built from, noted beside it: with that, what was believed later is known after a start,
//! however the program ended. Without it everybody is gathered first.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use routing::Snapshot;

use super::building::Built;
use crate::config::Config;

/// The note.
#[derive(Debug)]
pub(super) struct Origin {
    file: PathBuf,
    /// All besides the mirrors on which it depends who follows from them.
    rules: u64,
    /// The names of the sources.
    sources: Vec<String>,
}

impl Origin {
    pub(super) fn beside(snapshot: &Path, config: &Config) -> Self {
        let mut name = OsString::from(snapshot.as_os_str());
        name.push(".origin");
        let mut rules = DefaultHasher::new();
        format!("{:?}", config.directories).hash(&mut rules);
        format!("{:?}", config.sides).hash(&mut rules);
        env!("CARGO_PKG_VERSION").hash(&mut rules);
        Self {
            file: name.into(),
            rules: rules.finish(),
            sources: config
                .directories
                .iter()
                .map(|source| source.name.clone())
                .collect(),
        }
    }

    /// Notes it, or that it is not known. It is not brought to the disk: what power takes away is gathered.
    pub(super) fn note(&self, snapshot: &Snapshot, built: Option<&Built>) {
        let _ = match built.filter(|built| built.is_of_mirrors && snapshot.patches() == 0) {
            Some(built) => fs::write(&self.file, self.text(snapshot, built)),
            None => fs::remove_file(&self.file),
        };
    }

    /// What a snapshot was built from.
    pub(super) fn of(&self, snapshot: &Snapshot) -> Option<Built> {
        let text = fs::read_to_string(&self.file).ok()?;
        let mut numbers: Vec<(u64, u64)> = Vec::new();
        for line in text.lines().skip(1) {
            let mut words = line.rsplitn(3, ' ');
            let mut number = || words.next()?.parse::<u64>().ok();
            numbers.push((number()?, number()?));
        }
        let (mirrors, generations) = numbers.into_iter().unzip();
        let built = Built {
            generations,
            mirrors,
            is_of_mirrors: true,
        };
        (self.text(snapshot, &built) == text).then_some(built)
    }

    /// The snapshot and the rules, then each source with its generation and its mirror.
    fn text(&self, snapshot: &Snapshot, built: &Built) -> String {
        let sources = self.sources.iter().zip(&built.generations);
        let sources = sources.zip(&built.mirrors);
        let sources: String = sources
            .map(|((name, generation), mirror)| format!("{name} {generation} {mirror}\n"))
            .collect();
        format!("{} {}\n{sources}", snapshot.identity(), self.rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(more: &str) -> Config {
        let text = format!(
            "hostname = \"mx.c.example\"\n[[listener]]\nname = \"mx\"\naddress = \"127.0.0.1:0\"\n\
             [domain.\"c.example\"]\npostmaster = \"p@c.example\"\n\
             [side.notes]\nkind = \"domino\"\nnext_hop = [\"notes.c.example:25\"]\n\
             [[directory]]\nname = \"people\"\nkind = \"csv\"\npath = \"/people.csv\"\n{more}"
        );
        let parsed = Config::parse(&text, "test.toml");
        parsed.unwrap_or_else(|faults| panic!("{faults}")).config
    }

    #[test]
    fn it_is_known_for_this_snapshot_and_these_rules_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("snapshot");
        let snapshot = Snapshot::never_read();
        let origin = Origin::beside(&file, &config(""));
        assert_eq!(origin.of(&snapshot), None, "nothing was noted");
        let built = Built {
            generations: vec![7],
            mirrors: vec![u64::MAX],
            is_of_mirrors: true,
        };
        origin.note(&snapshot, Some(&built));
        assert_eq!(origin.of(&snapshot), Some(built.clone()));
        assert_eq!(origin.of(&Snapshot::never_read()), None, "another one");
        let other = Origin::beside(&file, &config("move_max = 0.5\n"));
        assert_eq!(other.of(&snapshot), None, "other rules");
        let text = fs::read_to_string(&origin.file).unwrap();
        for damaged in [
            "",
            "x",
            &text[..text.len() - 1],
            &text.replace("7 ", ""),
            &text.replace(' ', "  "),
        ] {
            fs::write(&origin.file, damaged).unwrap();
            assert_eq!(origin.of(&snapshot), None, "{damaged:?}");
        }
        let is_of_mirrors = false;
        for built in [
            None,
            Some(&Built {
                is_of_mirrors,
                ..built
            }),
        ] {
            fs::write(&origin.file, &text).unwrap();
            origin.note(&snapshot, built);
            assert_eq!(origin.of(&snapshot), None);
        }
    }
}
