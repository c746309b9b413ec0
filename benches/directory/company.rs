//! Synthetic people in two sources that a gateway's directory reads: one knows everybody, the other those in Notes.

use std::fs;
use std::path::{Path, PathBuf};

use book::{Entry, Key, Location, System};
use routing::Address;
use tempfile::TempDir;
use twinmx::config::Config;

use super::Trouble;

/// Which source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Everybody, with those in Notes as users whose mail goes elsewhere.
    Everybody,
    /// Each second one.
    Notes,
}

impl Source {
    pub(super) const ALL: [Self; 2] = [Self::Notes, Self::Everybody];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Notes => "notes-people",
        }
    }

    /// Its mirror, where the gateway looks for it.
    pub(super) fn mirror(self, home: &Path) -> PathBuf {
        state(home)
            .join("directory")
            .join(format!("{}.sqlite", self.name()))
    }

    /// Whom it knows of so many people.
    pub(super) fn numbers(self, people: u64) -> impl Iterator<Item = u64> {
        let step = match self {
            Self::Everybody => 1,
            Self::Notes => 2,
        };
        (0..people).step_by(step)
    }

    /// What it says of somebody; keys are in no order, as those of real directories.
    pub(super) fn entry(self, number: u64) -> Result<Entry, Trouble> {
        let mut octets = [0; 16];
        octets[..8].copy_from_slice(&mixed(number ^ (self as u64) << 60).to_be_bytes());
        octets[8..].copy_from_slice(&mixed(number ^ 0x5555).to_be_bytes());
        let system = match number % 2 {
            0 => System::Domino,
            _ => System::Cloud,
        };
        let mut entry = Entry::new(Key::from_uuid(&octets), Location::In(system));
        entry.name = format!("CN=Person {number},OU=People,DC=contoso,DC=com");
        entry.display = Some(format!("Person {number}"));
        entry.primary = Some(address(number)?);
        entry.aliases = vec![Address::parse(&format!("p{number}@contoso.com"))?];
        if number % 2 == 1 {
            let routing = format!("person.{number}@contoso.mail.onmicrosoft.com");
            entry.routing_address = Some(Address::parse(&routing)?);
        }
        Ok(entry)
    }
}

/// A directory for one run.
pub(super) fn home(directory: &Path) -> Result<TempDir, Trouble> {
    let mut builder = tempfile::Builder::new();
    Ok(builder.prefix("twinmx-bench-").tempdir_in(directory)?)
}

pub(super) fn state(home: &Path) -> PathBuf {
    home.join("state")
}

pub(super) fn address(number: u64) -> Result<Address, routing::AddressError> {
    Address::parse(&format!("person.{number}@contoso.com"))
}

/// The gateway's configuration: a file of exceptions before both sources, whose servers are not there.
pub(super) fn config(home: &Path) -> Result<Config, Trouble> {
    parsed(home, &text(home))
}

pub(super) fn text(home: &Path) -> String {
    let sources: String = Source::ALL
        .iter()
        .map(|source| {
            format!(
                "[[directory]]\nname = \"{}\"\nkind = \"openldap\"\nserver = [\"ldap://127.0.0.1:1\"]\n\
                 base = [\"dc=contoso,dc=com\"]\nhome = \"domino\"\n",
                source.name()
            )
        })
        .collect();
    let file = exceptions(home);
    text_of(
        home,
        &format!(
            "[[directory]]\nname = \"exceptions\"\nkind = \"csv\"\npath = {file:?}\n{sources}"
        ),
    )
}

/// With these sources.
pub(super) fn configured(home: &Path, sources: &str) -> Result<Config, Trouble> {
    parsed(home, &text_of(home, sources))
}

fn parsed(home: &Path, text: &str) -> Result<Config, Trouble> {
    fs::create_dir_all(state(home))?;
    let loaded = Config::parse(text, "twinmx.toml").map_err(|faults| faults.to_string())?;
    Ok(loaded.config)
}

fn text_of(home: &Path, sources: &str) -> String {
    let state = state(home);
    format!(
        "hostname = \"mx.contoso.com\"\nstate_dir = {state:?}\n\
         [[listener]]\nname = \"mx\"\naddress = \"127.0.0.1:0\"\n\
         [domain.\"contoso.com\"]\npostmaster = \"admin@contoso.com\"\n\
         [side.cloud]\nkind = \"smtp\"\nnext_hop = [\"cloud.contoso.com:25\"]\n\
         routing_domains = [\"contoso.mail.onmicrosoft.com\"]\n\
         [side.exchange]\nkind = \"exchange\"\nnext_hop = [\"ex1.contoso.com:25\"]\n\
         [side.notes]\nkind = \"domino\"\nnext_hop = [\"notes.contoso.com:25\"]\n\
         {sources}[directory.sides]\ncloud = \"cloud\"\n"
    )
}

/// One line more or less, as an administrator would add it.
pub(super) fn write_exceptions(home: &Path, people: &[&str]) -> Result<(), Trouble> {
    let lines: String = people.iter().map(|who| format!("{who},notes\n")).collect();
    let (file, draft) = (exceptions(home), home.join("exceptions.new"));
    fs::write(&draft, format!("address,side\n{lines}"))?;
    Ok(fs::rename(draft, file)?)
}

fn exceptions(home: &Path) -> PathBuf {
    home.join("exceptions.csv")
}

/// SplitMix64: numbers in no order, each once.
pub(super) fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
