//! A section of the file, read key by key.
//!
//! Each submodule owns one section: its keys, their defaults and bounds. What is absent takes its default, what is
//! wrong is complained about and replaced by a stand-in, so that one reading finds every fault.

pub(crate) mod accept;
pub(crate) mod arc;
pub(crate) mod directory;
pub(crate) mod dns;
pub(crate) mod domain;
pub(crate) mod format;
pub(crate) mod hop_tls;
pub(crate) mod identity;
pub(crate) mod internet;
pub(crate) mod limits;
pub(crate) mod listener;
pub(crate) mod root;
pub(crate) mod side;
pub(crate) mod spool;
pub(crate) mod upstream;

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::fault::Fault;
use super::key_path::KeyPath;
use super::nearest::nearest;
use super::reading::Reading;
use super::value::{Value, wrong_type};
use crate::code::Code;

/// The keys a section knows.
#[derive(Debug)]
pub struct Keys {
    /// The section as documentation names it: `side.NAME.tls`; empty for the top of the file.
    pub section: &'static str,
    /// Its keys, in the order in which they are shown.
    pub names: &'static [&'static str],
}

/// Every section and key there is.
pub const ALL_KEYS: &[&Keys] = &[
    &root::KEYS,
    &root::TLS_KEYS,
    &root::LOOP_KEYS,
    &arc::KEYS,
    &listener::KEYS,
    &domain::KEYS,
    &root::ROUTING_KEYS,
    &side::KEYS,
    &hop_tls::SIDE_KEYS,
    &identity::KEYS,
    &accept::KEYS,
    &format::KEYS,
    &upstream::KEYS,
    &directory::KEYS,
    &directory::ATTRIBUTE_KEYS,
    &directory::FIELD_KEYS,
    &directory::SIDE_KEYS,
    &internet::KEYS,
    &hop_tls::INTERNET_KEYS,
    &dns::KEYS,
    &limits::KEYS,
    &spool::KEYS,
    &root::CONSOLE_KEYS,
];

/// One table of the file with the keys it may have.
pub(crate) struct Section<'r, 't> {
    pub(crate) reading: &'r mut Reading,
    pub(crate) path: KeyPath,
    keys: &'static Keys,
    /// `None`: the section is absent and every key at its default.
    table: Option<&'t DeTable<'t>>,
    /// Keys that stand here under a misspelt name; they are not missing as well.
    misspelt: Vec<&'static str>,
}

impl<'r, 't> Section<'r, 't> {
    /// Opens a table and complains about every key that it does not know.
    pub(crate) fn open(
        reading: &'r mut Reading,
        path: KeyPath,
        keys: &'static Keys,
        table: Option<&'t DeTable<'t>>,
    ) -> Self {
        let mut misspelt = Vec::new();
        for (key, value) in table.into_iter().flat_map(DeTable::iter) {
            let path = path.key(key.get_ref());
            if keys.names.contains(&key.get_ref().as_ref()) {
                // A table's own place is its header; a value's is the value.
                reading.stands(path, value.span());
            } else {
                misspelt.extend(nearest(key.get_ref(), keys.names.iter().copied()));
                reading.refuse_at(&path, Some(key.span()), unknown(key.get_ref(), keys));
            }
        }
        Self {
            reading,
            path,
            keys,
            table,
            misspelt,
        }
    }

    /// Whether the section stands in the file.
    pub(crate) fn is_present(&self) -> bool {
        self.table.is_some()
    }

    /// Whether the key stands in the file.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// A key that may be absent and then means nothing.
    pub(crate) fn optional<V: Value>(&mut self, key: &'static str) -> Option<V> {
        let value = self.get(key)?;
        let path = self.path.key(key);
        self.take(&path, value)
    }

    /// A key with a default.
    pub(crate) fn or<V: Value>(&mut self, key: &'static str, default: V) -> V {
        self.optional(key).unwrap_or(default)
    }

    /// A key without which the section is useless. `example` shows how it is written.
    pub(crate) fn required<V: Value>(&mut self, key: &'static str, example: &str) -> Option<V> {
        if !self.has(key) {
            self.miss(key, example);
        }
        self.optional(key)
    }

    /// A key with a default and bounds.
    pub(crate) fn bounded<V: Value + PartialOrd + Display>(
        &mut self,
        key: &'static str,
        default: V,
        bounds: RangeInclusive<V>,
    ) -> V {
        let Some(value) = self.optional(key) else {
            return default;
        };
        let path = self.path.key(key);
        self.within(&path, value, &bounds).unwrap_or(default)
    }

    /// A list; absent is empty.
    pub(crate) fn list<V: Value>(&mut self, key: &'static str) -> Vec<V> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let path = self.path.key(key);
        let DeValue::Array(items) = value else {
            self.reading
                .refuse(&path, wrong_type(value, "a list in square brackets"));
            return Vec::new();
        };
        let mut taken = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = path.index(index);
            self.reading.stands(path.clone(), item.span());
            taken.extend(self.take::<V>(&path, item.get_ref()));
        }
        taken
    }

    /// A list with a default.
    pub(crate) fn list_or<V: Value>(&mut self, key: &'static str, default: Vec<V>) -> Vec<V> {
        if self.has(key) {
            self.list(key)
        } else {
            default
        }
    }

    /// A file; a relative name is meant beside the configuration file.
    pub(crate) fn file(&mut self, key: &'static str) -> Option<PathBuf> {
        let written: String = self.optional(key)?;
        Some(self.reading.beside(&written))
    }

    /// Complains about a value beyond its bounds.
    pub(crate) fn within<V: PartialOrd + Display>(
        &mut self,
        path: &KeyPath,
        value: V,
        bounds: &RangeInclusive<V>,
    ) -> Option<V> {
        if bounds.contains(&value) {
            return Some(value);
        }
        let (least, most) = (bounds.start(), bounds.end());
        let fault = Fault::new(
            Code::OUT_OF_BOUNDS,
            format!("`{path}` is {value}, which is outside its bounds"),
        )
        .label(format!("must be {least} to {most}"));
        self.reading.refuse(path, fault);
        None
    }

    /// The section within this one, present or not.
    pub(crate) fn child(&mut self, key: &'static str, keys: &'static Keys) -> Section<'_, 't> {
        let path = self.path.key(key);
        let table = self.get(key).and_then(|value| self.table_of(&path, value));
        Section::open(self.reading, path, keys, table)
    }

    /// The names of the tables under `key`, in the order of the file: `[side.NAME]`.
    pub(crate) fn names(&mut self, key: &'static str) -> Vec<(&'t str, &'t DeTable<'t>)> {
        let path = self.path.key(key);
        let Some(table) = self.get(key).and_then(|value| self.table_of(&path, value)) else {
            return Vec::new();
        };
        let mut found: Vec<(Range<usize>, &str, &DeTable<'_>)> = Vec::new();
        for (name, value) in table {
            let path = path.key(name.get_ref());
            self.reading
                .stands(path.clone(), header(name.span(), value.span()));
            if let Some(inner) = self.table_of(&path, value.get_ref()) {
                found.push((name.span(), name.get_ref(), inner));
            }
        }
        found.sort_by_key(|(place, ..)| place.start);
        found
            .into_iter()
            .map(|(_, name, table)| (name, table))
            .collect()
    }

    /// The tables of a list: `[[listener]]`.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<(KeyPath, &'t DeTable<'t>)> {
        let path = self.path.key(key);
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            let fault = wrong_type(value, "a list of sections")
                .note(format!("write its header in double brackets: [[{path}]]"));
            self.reading.refuse(&path, fault);
            return Vec::new();
        };
        let mut found = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let path = path.index(index);
            self.reading.stands(path.clone(), item.span());
            found.extend(
                self.table_of(&path, item.get_ref())
                    .map(|table| (path, table)),
            );
        }
        found
    }

    /// Complains that a key is missing.
    pub(crate) fn miss(&mut self, key: &'static str, example: &str) {
        let path = self.path.key(key);
        let fault = Fault::new(Code::MISSING_KEY, format!("`{path}` is missing"))
            .note(format!("add it, for example: {example}"));
        if self.misspelt.contains(&key) {
            self.reading.stands_broken(&path);
        } else {
            self.reading.miss(&self.path, &path, fault);
        }
    }

    /// Refuses the value of a key of this section.
    pub(crate) fn refuse(&mut self, key: &'static str, fault: Fault) {
        let path = self.path.key(key);
        self.reading.refuse(&path, fault);
    }

    fn take<V: Value>(&mut self, path: &KeyPath, value: &DeValue<'_>) -> Option<V> {
        V::read(value)
            .map_err(|fault| self.reading.refuse(path, fault))
            .ok()
    }

    fn table_of(&mut self, path: &KeyPath, value: &'t DeValue<'t>) -> Option<&'t DeTable<'t>> {
        let table = value.as_table();
        if table.is_none() {
            self.reading.refuse(path, wrong_type(value, "a section"));
        }
        table
    }

    fn get(&self, key: &'static str) -> Option<&'t DeValue<'t>> {
        debug_assert!(
            self.keys.names.contains(&key),
            "[{}] does not list {key}",
            self.keys.section
        );
        self.table?.get(key).map(|value| value.get_ref())
    }
}

/// `[side.notes.tls]` stands for `side.notes` too, where that has no header of its own.
fn header(name: Range<usize>, table: Range<usize>) -> Range<usize> {
    if table.is_empty() { name } else { table }
}

fn unknown(written: &str, keys: &Keys) -> Fault {
    let section = if keys.section.is_empty() {
        "at the top of the file".to_owned()
    } else {
        format!("in [{}]", keys.section)
    };
    let fault = Fault::new(Code::UNKNOWN_KEY, format!("no key `{written}` {section}"));
    if let Some(near) = nearest(written, keys.names.iter().copied()) {
        return fault.label(format!("did you mean `{near}`?"));
    }
    let elsewhere = ALL_KEYS
        .iter()
        .find(|other| !other.section.is_empty() && other.names.contains(&written));
    match elsewhere {
        Some(other) => fault.label(format!("this key belongs in [{}]", other.section)),
        None => fault
            .label("unknown")
            .note(format!("keys here: {}", keys.names.join(", "))),
    }
}
