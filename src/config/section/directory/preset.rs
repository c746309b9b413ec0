//! What the records of a known system mean: its preset, with what the file replaces.

use book::preset::{Field, PresetError};
use book::{Preset, PresetKind, System};
use toml::de::DeValue;

use super::DirectoryKind;
use crate::config::fault::Fault;
use crate::config::section::{Keys, Section};
use crate::config::value::{Value, text, wrong_type};

/// The parts of an entry.
pub(crate) const FIELD_KEYS: Keys = Keys {
    section: "directory.attributes",
    names: &field_names(),
};
/// The systems a source speaks of.
pub(crate) const SIDE_KEYS: Keys = Keys {
    section: "directory.sides",
    names: &System::NAMED_WORDS,
};

/// The keys of `[[directory]]` that a kind has for the sake of its words.
pub(super) fn keys(kind: DirectoryKind) -> Vec<&'static str> {
    match kind {
        DirectoryKind::Csv => Vec::new(),
        DirectoryKind::Ldif => vec!["attributes"],
        DirectoryKind::Preset(kind) => {
            let known: Vec<String> = Preset::of(kind).keys().collect();
            let names = super::KEYS.names.iter().copied();
            names
                .filter(|name| {
                    matches!(*name, "attributes" | "sides") || known.iter().any(|key| key == name)
                })
                .collect()
        }
    }
}

pub(super) fn read(kind: PresetKind, section: &mut Section<'_, '_>) -> Preset {
    let mut preset = Preset::of(kind);
    for key in keys(DirectoryKind::Preset(kind)) {
        if !matches!(key, "attributes" | "sides") {
            replace(&mut preset, key, key, section);
        }
    }
    let mut attributes = section.child("attributes", &FIELD_KEYS);
    for (_, name) in Field::ALL {
        replace(
            &mut preset,
            name,
            &format!("attributes.{name}"),
            &mut attributes,
        );
    }
    let mut sides = section.child("sides", &SIDE_KEYS);
    for name in SIDE_KEYS.names {
        replace(&mut preset, name, &format!("sides.{name}"), &mut sides);
    }
    preset
}

/// Replaces one key of the preset, if it stands in the section.
fn replace(preset: &mut Preset, name: &'static str, key: &str, section: &mut Section<'_, '_>) {
    let Some(Written(words)) = section.optional(name) else {
        return;
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Err(error) = preset.set(key, &words) {
        section.refuse(name, fault(&error));
    }
}

fn fault(error: &PresetError) -> Fault {
    match error {
        PresetError::Value { word, wanted, .. } => Fault::bad(
            format!("`{word}` is not what this key takes"),
            format!("write {wanted}"),
        ),
        PresetError::Key(_)
        | PresetError::Kind { .. }
        | PresetError::One(_)
        | PresetError::TooMuch(_) => Fault::bad(error.to_string(), "see docs/DIRECTORIES.md"),
    }
}

/// One word, a number or a list of words; an empty list takes the preset's own away.
struct Written(Vec<String>);

impl Value for Written {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        match value {
            DeValue::Array(items) => {
                let words = items
                    .iter()
                    .map(|item| text(item.get_ref()).map(str::to_owned));
                words.collect::<Result<_, _>>().map(Self)
            }
            DeValue::Integer(number) => Ok(Self(vec![number.as_str().to_owned()])),
            DeValue::String(text) => Ok(Self(vec![text.to_string()])),
            _ => Err(wrong_type(value, "a text, or a list of texts")),
        }
    }
}

const fn field_names() -> [&'static str; Field::ALL.len()] {
    let mut names = [""; Field::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Field::ALL[at].1;
        at += 1;
    }
    names
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_rule_is_a_key() {
        for (_, name) in book::preset::Rule::ALL {
            assert!(super::super::KEYS.names.contains(name), "{name}");
        }
    }
}
