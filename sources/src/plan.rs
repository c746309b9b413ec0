//! What is read of a directory, and how often.

use std::time::Duration;

use book::Scope;

use crate::Reading;
use crate::ldap::{Access, Search};

/// What is read of a directory, and how often.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the searches begin. An object below two of them is one object.
    pub bases: Vec<String>,
    /// Objects a page.
    pub page_size: u32,
    /// How often one looks for what is new.
    pub poll: Duration,
    /// How often everything is read, whatever the changes say.
    pub full_every: Duration,
    /// What its objects mean.
    pub reading: Reading,
}

impl Plan {
    /// The search at one of the bases: the preset's filter, scope and attributes, and these attributes as well.
    pub fn search(&self, base: &str, further: &[&str]) -> Search {
        let preset = &self.reading.preset;
        let mut attributes: Vec<String> = Vec::new();
        for name in preset.requested().iter().chain(further) {
            let is_known = attributes
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name));
            if !is_known && is_description(name) {
                attributes.push((*name).to_owned());
            }
        }
        Search {
            base: base.to_owned(),
            scope: preset.scope().unwrap_or(Scope::Subtree),
            filter: preset.filter().unwrap_or("(objectClass=*)").to_owned(),
            attributes,
            controls: Vec::new(),
        }
    }

    /// The attributes that objects are told apart by, for a complaint.
    pub fn key_names(&self) -> String {
        let lines = self.reading.preset.lines().into_iter();
        let key = lines.filter(|(key, _)| key == "attributes.key");
        let names: Vec<String> = key.flat_map(|(_, names)| names).collect();
        names.join(" or ")
    }

    /// All that a mirror's content depends on besides the directory itself. Where it changes, everything is read anew.
    pub fn fingerprint(&self, access: &Access) -> String {
        let mut text = format!("{:?} {:?}", access.servers, self.bases);
        for (key, words) in self.reading.preset.lines() {
            text.push_str(&format!(" {key}={words:?}"));
        }
        text.push_str(&format!(" {:?}", self.reading.setting));
        text
    }
}

/// Whether a name can be asked for (RFC 4512 §2.5): the columns of an export cannot.
fn is_description(name: &str) -> bool {
    let known = |octet: u8| octet.is_ascii_alphanumeric() || b"-;.=*".contains(&octet);
    !name.is_empty() && name.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use book::{Preset, PresetKind, Setting};

    use super::*;

    fn plan(kind: PresetKind) -> Plan {
        Plan {
            bases: vec!["dc=contoso,dc=com".to_owned()],
            page_size: 100,
            poll: Duration::from_secs(60),
            full_every: Duration::from_secs(60),
            reading: Reading {
                preset: Preset::of(kind),
                setting: Setting::default(),
            },
        }
    }

    #[test]
    fn a_search_asks_for_what_the_preset_wants_and_a_server_can_have() {
        let search =
            plan(PresetKind::GroupWise).search("o=contoso", &["modifyTimestamp", "x;range=0-*"]);
        let has = |name: &str| {
            search
                .attributes
                .iter()
                .filter(|known| *known == name)
                .count()
        };
        assert_eq!(has("nGWObjectID"), 1);
        assert_eq!(has("modifyTimestamp"), 1);
        assert_eq!(has("x;range=0-*"), 1);
        assert_eq!(has("Preferred Email ID"), 0);
        assert_eq!(has("dn"), 0);
        assert_eq!(
            (search.base.as_str(), search.scope),
            ("o=contoso", Scope::Subtree)
        );
    }
}
