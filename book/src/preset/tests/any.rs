//! Whatever a source says, it is read.

use proptest::prelude::*;

use super::{key_of, setting};
use crate::preset::{Preset, PresetKind, Record};
use crate::{Attributes, Entry, graph_object};

/// Values that rules turn on, next to anything.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,12}",
        "(?i)(smtp|x500|notes|gwise|sip)?:?[a-z/ =]{0,8}@?(contoso|domino\\.contoso|a\\.mail\\.onmicrosoft)?\\.(com|net)",
        "(true|false|TRUE|exchange/Enabled|UserMailbox|MailUser|RemoteUserMailbox|dominoGroup|group|user)",
        "\\PC{0,30}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_object_is_read(kind in 0..PresetKind::ALL.len(), values in prop::collection::vec((any::<prop::sample::Index>(), value()), 0..24)) {
        let preset = Preset::of(PresetKind::ALL[kind]);
        let names = preset.requested();
        let mut attributes = Attributes::default();
        attributes.add(key_of(preset.kind()), b"4711").unwrap();
        for (name, value) in &values {
            attributes.add(name.get::<&str>(&names), value.as_bytes()).unwrap();
        }
        if let Record::Entry(entry, _) = preset.read(&attributes, &setting()) {
            prop_assert!(entry.primary.is_some());
            prop_assert!(!entry.aliases.contains(entry.primary.as_ref().unwrap()));
            let stored = entry.to_stored().unwrap();
            prop_assert_eq!(Entry::from_stored(&stored).unwrap(), *entry);
        }
    }

    #[test]
    fn any_octets_are_a_table_or_none(octets in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b','), Just(b'\n')], 0..200)) {
        let length = octets.len();
        if let Ok(table) = crate::table::Table::read(octets) {
            prop_assert!(table.rows().count() <= length);
        }
    }

    #[test]
    fn any_json_object_becomes_attributes(text in "\\{(\"(id|mail|@removed|assignedPlans)\":(1|null|\"x\"|\\[\\{\\}, \\[1\\], null\\]|\\{\"reason\":2\\}),)*\"z\":0\\}") {
        let object: serde_json::Value = serde_json::from_str(&text).unwrap();
        let attributes = graph_object::attributes(object.as_object().unwrap());
        prop_assert!(attributes.is_ok());
    }
}
