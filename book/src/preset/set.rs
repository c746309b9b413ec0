//! A preset's keys, read and replaced one by one.

use super::{Field, Format, Preset, PresetKind, Rule, Scope};
use crate::limits::{PRESET_WORD_OCTETS_MAX, PRESET_WORDS_MAX};
use crate::{DomainPattern, System};

/// Why a key cannot be set.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PresetError {
    /// It is none.
    #[error("`{0}` is no key of a preset")]
    Key(String),
    /// Sources of this kind have no such key.
    #[error("sources of kind {kind} have no `{key}`")]
    Kind {
        /// The key.
        key: String,
        /// The kind.
        kind: PresetKind,
    },
    /// It takes another kind of value.
    #[error("`{key}` takes {wanted}, not `{word}`")]
    Value {
        /// The key.
        key: String,
        /// What stands there.
        word: String,
        /// What should.
        wanted: &'static str,
    },
    /// It takes one word.
    #[error("`{0}` takes one value")]
    One(String),
    /// One past the bound.
    #[error(
        "`{0}` has more than {PRESET_WORDS_MAX} values, or one of more than {PRESET_WORD_OCTETS_MAX} octets"
    )]
    TooMuch(String),
}

impl Preset {
    /// Every key and its values: `filter`, `scope`, the rules, `attributes.X`, `sides.SYSTEM`.
    pub fn lines(&self) -> Vec<(String, Vec<String>)> {
        let filter = self
            .filter
            .iter()
            .map(|filter| ("filter".to_owned(), vec![filter.clone()]));
        let scope = self.scope.iter();
        let scope = scope.map(|scope| ("scope".to_owned(), vec![scope.name().to_owned()]));
        let attributes = self.attributes.iter();
        let attributes = attributes
            .map(|(field, names)| (format!("attributes.{}", field.name()), names.clone()));
        let rules = self.rules.iter();
        let rules = rules.map(|(rule, words)| (rule.name().to_owned(), words.clone()));
        let sides = self.sides.iter();
        let sides = sides.map(|(system, side)| (format!("sides.{system}"), vec![side.clone()]));
        filter
            .chain(scope)
            .chain(rules)
            .chain(attributes)
            .chain(sides)
            .collect()
    }

    /// Every key that sources of this kind have, but for `sides.SYSTEM` with a system of one's own.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let table = self.kind.table();
        let search = table.filter.map(|_| ["filter", "scope"]);
        let rules = self.rules.keys().map(|rule| rule.name().to_owned());
        let fields = Field::ALL
            .iter()
            .map(|(_, name)| format!("attributes.{name}"));
        let sides = System::NAMED.iter().map(|system| format!("sides.{system}"));
        search
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .chain(rules)
            .chain(fields)
            .chain(sides)
    }

    /// The words of a rule, if sources of this kind have it.
    pub fn words(&self, rule: Rule) -> Option<&[String]> {
        self.rules.get(&rule).map(Vec::as_slice)
    }

    /// The attributes that fill a part of an entry.
    pub fn attributes(&self, field: Field) -> &[String] {
        self.attributes.get(&field).map_or(&[], Vec::as_slice)
    }

    /// The systems that have a side, and which.
    pub fn sides(&self) -> impl Iterator<Item = (&System, &str)> {
        self.sides
            .iter()
            .map(|(system, side)| (system, side.as_str()))
    }

    /// The systems that the rules name.
    pub fn systems(&self) -> impl Iterator<Item = (Rule, System)> {
        let rules = self.rules.iter().filter(|(rule, _)| rule.names_system());
        rules.flat_map(|(rule, words)| {
            let words = words.iter().filter_map(|word| match rule.is_mapping() {
                true => word.split_once('=').map(|(_, system)| system.trim()),
                false => Some(word.as_str()),
            });
            words.map(|word| (*rule, System::from(word)))
        })
    }

    /// Replaces what stands under a key of [`Self::keys`]; no words empty it. What is wrong with the words is told first.
    pub fn set(&mut self, key: &str, words: &[&str]) -> Result<(), PresetError> {
        let too_long = words.iter().any(|word| word.len() > PRESET_WORD_OCTETS_MAX);
        if too_long || words.len() > PRESET_WORDS_MAX {
            return Err(PresetError::TooMuch(key.to_owned()));
        }
        let owned = words.iter().map(|word| (*word).to_owned()).collect();
        let no_such_key = || PresetError::Kind {
            key: key.to_owned(),
            kind: self.kind,
        };
        let is_searched = self.kind.table().filter.is_some();
        if matches!(key, "filter" | "scope") && !is_searched {
            return Err(no_such_key());
        } else if key == "filter" {
            self.filter = at_most_one(key, words)?.map(str::to_owned);
        } else if key == "scope" {
            self.scope = at_most_one(key, words)?.map(scope).transpose()?;
        } else if let Some(name) = key.strip_prefix("attributes.") {
            let field = Field::ALL.iter().find(|(_, known)| *known == name);
            let (field, _) = field.ok_or_else(|| PresetError::Key(key.to_owned()))?;
            // A part that was never filled stays as it was.
            if !words.is_empty() || self.attributes.contains_key(field) {
                self.attributes.insert(*field, owned);
            }
        } else if let Some(name) = key.strip_prefix("sides.") {
            match at_most_one(key, words)? {
                Some(side) => self.sides.insert(System::from(name), side.to_owned()),
                None => self.sides.remove(&System::from(name)),
            };
        } else {
            let rule = Rule::ALL.iter().find(|(_, known)| *known == key);
            let (rule, _) = rule.ok_or_else(|| PresetError::Key(key.to_owned()))?;
            rule.check(words)?;
            if !self.rules.contains_key(rule) {
                return Err(no_such_key());
            }
            self.rules.insert(*rule, owned);
            self.read_cloud_domains();
        }
        Ok(())
    }

    pub(super) fn read_cloud_domains(&mut self) {
        let words = self.rules.get(&Rule::CloudDomains);
        let words = words.into_iter().flatten();
        self.cloud_domains = words
            .filter_map(|word| DomainPattern::parse(word))
            .collect();
    }
}

fn at_most_one<'w>(key: &str, words: &[&'w str]) -> Result<Option<&'w str>, PresetError> {
    match words {
        [] => Ok(None),
        [word] => Ok(Some(word)),
        [..] => Err(PresetError::One(key.to_owned())),
    }
}

fn scope(word: &str) -> Result<Scope, PresetError> {
    let found = Scope::ALL.into_iter().find(|scope| scope.name() == word);
    found.ok_or_else(|| PresetError::Value {
        key: "scope".to_owned(),
        word: word.to_owned(),
        wanted: "base, one or subtree",
    })
}

impl Rule {
    /// Whether it takes several words.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::CloudDomains | Self::NameForms | Self::Hosts | Self::ForeignDomains
        )
    }

    /// Whether its words are, or end in, the names of systems.
    fn names_system(self) -> bool {
        let places = [
            Self::Home,
            Self::Groups,
            Self::ThirdParty,
            Self::WithoutMailbox,
            Self::MovedAway,
        ];
        places.contains(&self) || self.is_mapping()
    }

    fn is_mapping(self) -> bool {
        matches!(self, Self::Hosts | Self::ForeignDomains)
    }

    fn check(self, words: &[&str]) -> Result<(), PresetError> {
        let (wanted, is_right): (_, fn(&str) -> bool) = match self {
            Self::CloudDomains => ("domains, or *.domain", |word| {
                DomainPattern::parse(word).is_some()
            }),
            Self::NameForms => ("short-name and first-last", |word| {
                ["short-name", "first-last"].contains(&word)
            }),
            Self::Hosts => ("host=system", |word| {
                word.split_once('=')
                    .is_some_and(|(h, s)| !h.is_empty() && !s.is_empty())
            }),
            Self::PreferredFormat => ("a number from 0 to 6 but 5", |word| {
                word.parse().ok().and_then(Format::preferred).is_some()
            }),
            Self::DisallowedFormats => ("a sum of 2, 4, 8, 16 and 32", |word| {
                word.parse::<u8>().is_ok_and(|sum| sum & 1 == 0 && sum < 64)
            }),
            Self::Licence => ("nothing or mailbox", |word| {
                ["nothing", "mailbox"].contains(&word)
            }),
            Self::ForeignDomains
            | Self::Home
            | Self::Groups
            | Self::ThirdParty
            | Self::WithoutMailbox
            | Self::MovedAway => ("a name", |word| !word.trim().is_empty()),
        };
        if !self.is_list() {
            at_most_one(self.name(), words)?;
        }
        match words.iter().find(|word| !is_right(word)) {
            None => Ok(()),
            Some(word) => Err(PresetError::Value {
                key: self.name().to_owned(),
                word: (*word).to_owned(),
                wanted,
            }),
        }
    }
}
