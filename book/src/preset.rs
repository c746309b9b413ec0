//! What each kind of source means by its attributes.
//!
//! A preset is data as far as it can be: what to ask for, which attribute is which part of an entry, and the words its
//! rules turn on. All of it can be printed ([`Preset::lines`]) and replaced key by key ([`Preset::set`]). What is left
//! as code is how an entry's place follows, one file a kind.

use std::collections::BTreeMap;
use std::fmt;

use routing::SideName;

use crate::{Attributes, DomainPattern, Entry, Key, Odd, Setting, System};

mod active_directory;
mod domino;
mod exchange_csv;
mod field;
mod group_wise;
mod microsoft_graph;
mod open_ldap;
mod reader;
mod recipient_type;
mod set;
mod target;

pub use field::{Field, Rule};
pub use group_wise::Format;
use reader::Reader;
pub use set::PresetError;

/// The kinds of sources whose words are known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PresetKind {
    /// Active Directory, with Exchange's attributes or without.
    ActiveDirectory,
    /// The LDAP service of HCL Domino.
    Domino,
    /// The LDAP service of GroupWise, eDirectory, or an export of its administration console.
    GroupWise,
    /// OpenLDAP with inetLocalMailRecipient.
    OpenLdap,
    /// Users, groups and contacts of Microsoft Graph.
    MicrosoftGraph,
    /// What Get-Recipient, Get-Mailbox and Get-EXOMailbox export.
    ExchangeCsv,
}

/// What a kind of source means by its attributes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preset {
    kind: PresetKind,
    filter: Option<String>,
    scope: Option<Scope>,
    attributes: BTreeMap<Field, Vec<String>>,
    rules: BTreeMap<Rule, Vec<String>>,
    sides: BTreeMap<System, String>,
    /// The rule `cloud_domains`, read.
    cloud_domains: Vec<DomainPattern>,
}

/// How far below its base an LDAP search goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The base alone.
    Base,
    /// What is directly below it.
    One,
    /// It and all below it.
    Subtree,
}

/// What one object is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Record {
    /// Somebody or something with an address.
    Entry(Box<Entry>, Vec<Odd>),
    /// It was deleted.
    Gone(Key),
    /// Nothing with an address, or nothing for us. If it was an entry before, it is none any more.
    Passed(Key, Passed),
    /// It has no key, so that nothing can be said of it. A source whose objects have none is set up wrongly.
    NoKey,
}

/// Why an object is no entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passed {
    /// It has no address.
    NoAddress,
    /// It is a mailbox or recipient of Exchange's own, which nobody writes to from outside.
    SystemMailbox,
    /// It is a group that takes no mail: of access rights, of servers, of those who may not enter.
    NotForMail,
    /// It is a guest from another organisation.
    Guest,
}

/// The texts of a preset before anybody changes them.
struct Table {
    filter: Option<&'static str>,
    attributes: &'static [(Field, &'static [&'static str])],
    rules: &'static [(Rule, &'static [&'static str])],
}

impl PresetKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::ActiveDirectory,
        Self::Domino,
        Self::GroupWise,
        Self::OpenLdap,
        Self::MicrosoftGraph,
        Self::ExchangeCsv,
    ];

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ActiveDirectory => "active-directory",
            Self::Domino => "domino",
            Self::GroupWise => "groupwise",
            Self::OpenLdap => "openldap",
            Self::MicrosoftGraph => "microsoft-graph",
            Self::ExchangeCsv => "exchange-csv",
        }
    }

    fn table(self) -> &'static Table {
        match self {
            Self::ActiveDirectory => &active_directory::TABLE,
            Self::Domino => &domino::TABLE,
            Self::GroupWise => &group_wise::TABLE,
            Self::OpenLdap => &open_ldap::TABLE,
            Self::MicrosoftGraph => &microsoft_graph::TABLE,
            Self::ExchangeCsv => &exchange_csv::TABLE,
        }
    }
}

impl Preset {
    /// The preset of a kind.
    pub fn of(kind: PresetKind) -> Self {
        let table = kind.table();
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let mut preset = Self {
            kind,
            filter: table.filter.map(str::to_owned),
            scope: table.filter.map(|_| Scope::Subtree),
            attributes: BTreeMap::new(),
            rules: BTreeMap::new(),
            sides: BTreeMap::new(),
            cloud_domains: Vec::new(),
        };
        for (field, names) in table.attributes {
            preset.attributes.insert(*field, owned(names));
        }
        for (rule, words) in table.rules {
            preset.rules.insert(*rule, owned(words));
        }
        preset.read_cloud_domains();
        preset
    }

    /// Whose words these are.
    pub fn kind(&self) -> PresetKind {
        self.kind
    }

    /// The LDAP filter of what is asked for; `None` where there is no such thing.
    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// How far below its base a search goes; `None` where there is no such thing.
    pub fn scope(&self) -> Option<Scope> {
        self.scope
    }

    /// The attributes to ask for, each once. The name of an LDAP entry is none of them: who asks adds it as `dn`.
    pub fn requested(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .attributes
            .values()
            .flatten()
            .map(String::as_str)
            .filter(|name| *name != "dn")
            .collect();
        names.sort_unstable_by_key(|name| name.to_ascii_lowercase());
        names.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        names
    }

    /// The side that stands for a system.
    pub fn side_of(&self, system: &System) -> Option<SideName> {
        match (self.sides.get(system), system) {
            (Some(side), _) => Some(SideName::from(side.as_str())),
            (None, System::Side(name)) => Some(SideName::from(&**name)),
            (None, _) => None,
        }
    }

    /// Reads one object.
    pub fn read(&self, attributes: &Attributes, setting: &Setting) -> Record {
        let reader = Reader::new(self, attributes, setting);
        match self.kind {
            PresetKind::ActiveDirectory => active_directory::read(&reader),
            PresetKind::Domino => domino::read(&reader),
            PresetKind::GroupWise => group_wise::read(&reader),
            PresetKind::OpenLdap => open_ldap::read(&reader),
            PresetKind::MicrosoftGraph => microsoft_graph::read(&reader),
            PresetKind::ExchangeCsv => exchange_csv::read(&reader),
        }
    }
}

impl Scope {
    const ALL: [Self; 3] = [Self::Base, Self::One, Self::Subtree];

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::One => "one",
            Self::Subtree => "subtree",
        }
    }
}

impl fmt::Display for PresetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAddress => "it has no address",
            Self::SystemMailbox => "it is a mailbox of the mail system itself",
            Self::NotForMail => "it is a group that takes no mail",
            Self::Guest => "it is a guest of another organisation",
        })
    }
}

#[cfg(test)]
mod tests;
