//! One object through the eyes of a preset, and what all presets do alike.

use super::{Field, Passed, Preset, Record, Rule};
use crate::entry::Draft;
use crate::{
    Attributes, Copy, ForeignAddress, ForeignKind, Key, Kind, Location, Odd, Quoted, Setting,
    System, WhyUnknown,
};

/// One object and what it is read by.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) preset: &'a Preset,
    attributes: &'a Attributes,
    pub(super) setting: &'a Setting,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        preset: &'a Preset,
        attributes: &'a Attributes,
        setting: &'a Setting,
    ) -> Self {
        Self {
            preset,
            attributes,
            setting,
        }
    }

    /// The attributes of a field, in the order of the preset.
    fn names(self, field: Field) -> impl Iterator<Item = &'a str> {
        let names = self.preset.attributes.get(&field);
        names.into_iter().flatten().map(String::as_str)
    }

    /// The attribute to name in a complaint.
    pub(super) fn name(self, field: Field) -> &'a str {
        let mut names = self.names(field);
        names
            .find(|name| self.attributes.has(name))
            .unwrap_or(field.name())
    }

    /// All texts of a field.
    pub(super) fn texts(self, field: Field) -> impl Iterator<Item = &'a str> {
        self.names(field)
            .flat_map(move |name| self.attributes.texts(name))
    }

    /// The first text of a field.
    pub(super) fn text(self, field: Field) -> Option<&'a str> {
        self.texts(field).next()
    }

    /// Whether a field says yes or no, in the words of LDAP, PowerShell and JSON.
    pub(super) fn answer(self, field: Field) -> Option<bool> {
        match self.text(field)?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        }
    }

    pub(super) fn says_yes(self, field: Field) -> bool {
        self.answer(field) == Some(true)
    }

    /// The number of a field; one that cannot be read is noted.
    pub(super) fn number(self, field: Field, draft: &mut Draft) -> Option<u64> {
        let text = self.text(field)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.note_unknown(field, text, draft);
        }
        number
    }

    pub(super) fn note_unknown(self, field: Field, text: &str, draft: &mut Draft) {
        draft.note(Odd::UnknownValue {
            attribute: self.name(field).to_owned(),
            text: Quoted::new(text),
        });
    }

    pub(super) fn is_of_class(self, class: &str) -> bool {
        self.texts(Field::Class)
            .any(|own| own.eq_ignore_ascii_case(class))
    }

    pub(super) fn words(self, rule: Rule) -> impl Iterator<Item = &'a str> {
        let words = self.preset.rules.get(&rule);
        words.into_iter().flatten().map(String::as_str)
    }

    pub(super) fn system(self, rule: Rule) -> Option<System> {
        self.words(rule).next().map(System::from)
    }

    /// The system of a word list of the form `NAME` or `NAME=system`; `Some(None)` if the name stands alone.
    pub(super) fn mapped(self, rule: Rule, name: &str) -> Option<Option<System>> {
        self.words(rule).find_map(|word| {
            let (known, system) = match word.split_once('=') {
                Some((known, system)) => (known, Some(System::from(system.trim()))),
                None => (word, None),
            };
            known.trim().eq_ignore_ascii_case(name).then_some(system)
        })
    }

    /// A mailbox of this source's own system.
    pub(super) fn home(self) -> Location {
        self.placed(Rule::Home, WhyUnknown::UnknownSystem)
    }

    /// A group of this source's own system.
    pub(super) fn group_of_home(self) -> Location {
        let system = self
            .system(Rule::Groups)
            .or_else(|| self.system(Rule::Home));
        system.map_or(
            Location::Unknown(WhyUnknown::UnknownSystem),
            Location::GroupOf,
        )
    }

    /// In the system that a rule names, or else not known.
    pub(super) fn placed(self, rule: Rule, otherwise: WhyUnknown) -> Location {
        self.system(rule)
            .map_or(Location::Unknown(otherwise), Location::In)
    }

    /// What every object begins with: its key, its names, and whether it was deleted.
    pub(super) fn begin(self) -> Result<Draft, Record> {
        let mut keys = self.names(Field::Key).flat_map(|name| {
            let values = self.attributes.octets(name);
            values.filter_map(move |value| Key::from_attribute(name, value))
        });
        let key = keys.next().ok_or(Record::NoKey)?;
        if self.says_yes(Field::Deleted) {
            return Err(Record::Gone(key));
        }
        let mut draft = Draft::new(key);
        if let Some(name) = self.text(Field::Name) {
            draft.name(self.name(Field::Name), name);
        }
        if let Some(display) = self.text(Field::Display) {
            draft.display(self.name(Field::Display), display);
        }
        if let Some(login) = self.text(Field::Login) {
            draft.login(self.name(Field::Login), login);
        }
        draft.entry.version = self
            .text(Field::Version)
            .map(|version| version.chars().take(64).collect());
        draft.entry.flags.hidden =
            self.says_yes(Field::Hidden) || self.answer(Field::Shown) == Some(false);
        draft.entry.flags.internal_only = self.says_yes(Field::InternalOnly);
        Ok(draft)
    }

    /// Its addresses, with their kinds and, if none is marked as primary, the one of `mail`.
    pub(super) fn proxies(self, draft: &mut Draft) {
        self.proxies_without_mail(draft);
        self.proxies_from_mail(draft);
    }

    /// The address of `mail`, if none is marked as primary.
    pub(super) fn proxies_from_mail(self, draft: &mut Draft) {
        let Some(mail) = self.text(Field::Mail) else {
            return;
        };
        let Some(mail) = draft.address(self.name(Field::Mail), mail) else {
            return;
        };
        if draft.entry.primary.is_none() {
            draft.primary(mail);
        } else if !draft.entry.addresses().any(|own| *own == mail) {
            draft.note(Odd::MailIsNotOwn { mail });
        }
    }

    /// Its addresses with their kinds alone.
    pub(super) fn proxies_without_mail(self, draft: &mut Draft) {
        for value in self.texts(Field::Addresses) {
            draft.proxy(self.name(Field::Addresses), value);
        }
        self.legacy_names(draft);
    }

    pub(super) fn legacy_names(self, draft: &mut Draft) {
        for name in self.texts(Field::LegacyName) {
            ForeignAddress::new(ForeignKind::X500, name)
                .into_iter()
                .for_each(|name| draft.foreign(name));
        }
    }

    /// Where a mailbox in a system of this company forwards.
    pub(super) fn forwarding(self, draft: &mut Draft) {
        let copy = match self.says_yes(Field::KeepsCopy) {
            true => Copy::Kept,
            false => Copy::NotKept,
        };
        // Exchange looks at the address only where no object is named.
        for field in [Field::ForwardObject, Field::ForwardAddress] {
            if let Some(text) = self.text(field) {
                return draft.forward(self.name(field), text, copy);
            }
        }
    }

    pub(super) fn members(self, draft: &mut Draft) {
        for name in self.names(Field::Member) {
            self.attributes
                .texts(name)
                .for_each(|member| draft.member(member));
            if self.attributes.is_unfinished(name) {
                let attribute = name.to_owned();
                draft.note(Odd::Partial { attribute });
            }
        }
    }

    /// The end of every reading: an explicit side decides alone, and without an address it is no entry.
    pub(super) fn finish(self, mut draft: Draft) -> Record {
        for name in self.preset.attributes.values().flatten() {
            let values = self.attributes.octets(name);
            let is_key = self.names(Field::Key).any(|key| key == name);
            if !is_key
                && values
                    .into_iter()
                    .any(|value| std::str::from_utf8(value).is_err())
            {
                let attribute = name.clone();
                draft.note(Odd::NotText { attribute });
            }
        }
        if let Some(side) = self.text(Field::Side) {
            let system = System::from(side);
            draft.entry.location = match draft.entry.kind.is_group() {
                true => Location::GroupOf(system),
                false => Location::In(system),
            };
        }
        let entry = &mut draft.entry;
        if entry.primary.is_none() && !entry.aliases.is_empty() {
            entry.primary = Some(entry.aliases.remove(0));
        }
        if entry.primary.is_none() {
            return Record::Passed(entry.key.clone(), Passed::NoAddress);
        }
        if entry.kind == Kind::Contact && entry.location == Location::Unknown(WhyUnknown::NoMailbox)
        {
            // A contact stands for an address; where that is not ours, it is where its mail goes.
            if let Some(own) = entry
                .primary
                .clone()
                .filter(|own| !self.setting.is_ours(own.domain()))
            {
                entry.location = Location::External(own);
            }
        }
        Record::Entry(Box::new(draft.entry), draft.oddities.into_vec())
    }
}
