use routing::Domain;

use super::*;
use crate::limits::{PRESET_WORD_OCTETS_MAX, PRESET_WORDS_MAX};

mod any;

/// One shared domain, and a routing domain of the cloud and of Domino each.
pub(super) fn setting() -> Setting {
    let domain = |name| Domain::parse(name).unwrap();
    Setting {
        shared: vec![domain("contoso.com")],
        routing: vec![
            (domain("contoso.mail.onmicrosoft.com"), System::Cloud),
            (domain("domino.contoso.com"), System::Domino),
        ],
    }
}

pub(super) fn object(pairs: &[(&str, &str)]) -> Attributes {
    let mut attributes = Attributes::default();
    for (name, value) in pairs {
        attributes.add(name, value.as_bytes()).unwrap();
    }
    attributes
}

pub(super) fn entry(preset: &Preset, pairs: &[(&str, &str)]) -> (Entry, Vec<Odd>) {
    match preset.read(&object(pairs), &setting()) {
        Record::Entry(entry, odd) => (*entry, odd),
        other => panic!("{pairs:?}: {other:?}"),
    }
}

/// What it is and where, then its routing address.
pub(super) fn place(entry: &Entry) -> String {
    let routing = entry.routing_address.as_ref();
    let routing = routing.map_or(String::new(), |address| format!(" by {address}"));
    format!("{:?} {}{routing}", entry.kind, entry.location)
}

/// Its own addresses, the primary one first.
pub(super) fn addresses(entry: &Entry) -> Vec<String> {
    entry.addresses().map(ToString::to_string).collect()
}

pub(super) fn texts(odd: &[Odd]) -> String {
    odd.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

/// What each kind of source is asked to tell objects apart by.
fn key_of(kind: PresetKind) -> &'static str {
    match kind {
        PresetKind::ActiveDirectory => "objectGUID",
        PresetKind::Domino => "dominounid",
        PresetKind::GroupWise => "nGWGroupWiseID",
        PresetKind::OpenLdap => "entryUUID",
        PresetKind::MicrosoftGraph => "id",
        PresetKind::ExchangeCsv => "Guid",
    }
}

#[test]
fn an_object_needs_a_key_and_an_entry_an_address() {
    for kind in PresetKind::ALL {
        let preset = Preset::of(kind);
        let read = |pairs: &[(&str, &str)]| preset.read(&object(pairs), &setting());
        assert_eq!(read(&[("mail", "a@contoso.com")]), Record::NoKey, "{kind}");
        let key = Key::from_text("4711").unwrap();
        let bare = read(&[(key_of(kind), "4711")]);
        let is_nobody = match &bare {
            Record::Passed(passed, Passed::NoAddress) => *passed == key,
            _ => false,
        };
        assert!(is_nobody, "{kind}: {bare:?}");
    }
}

#[test]
fn a_side_by_name_decides_alone() {
    for kind in PresetKind::ALL {
        let mut preset = Preset::of(kind);
        preset
            .set("attributes.side", &["extensionAttribute5"])
            .unwrap();
        preset.set("attributes.mail", &["mail"]).unwrap();
        let pairs = [
            (key_of(kind), "1"),
            ("mail", "a@contoso.com"),
            ("ExtensionAttribute5", "notes"),
        ];
        let (entry, _) = entry(&preset, &pairs);
        assert_eq!(
            entry.location,
            crate::Location::In(System::Side("notes".into())),
            "{kind}"
        );
    }
}

#[test]
fn every_key_can_be_printed_and_replaced() {
    for kind in PresetKind::ALL {
        let preset = Preset::of(kind);
        let mut again = Preset::of(kind);
        for (key, words) in preset.lines() {
            assert!(preset.keys().any(|known| known == key), "{kind} {key}");
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            again.set(&key, &words).unwrap();
        }
        assert_eq!(again, preset, "{kind}");
        for key in preset.keys() {
            again.set(&key, &[]).unwrap();
        }
        assert!(
            again.lines().iter().all(|(_, words)| words.is_empty()),
            "{kind}"
        );
        assert_eq!(
            (again.filter(), again.requested().len()),
            (None, 0),
            "{kind}"
        );
    }
}

#[test]
fn what_a_key_does_not_take_is_refused() {
    let check = |key: &str, words: &[&str], expected: &str| {
        let error = Preset::of(PresetKind::Domino).set(key, words).unwrap_err();
        assert!(error.to_string().contains(expected), "{key}: {error}");
    };
    check("fliter", &["x"], "no key");
    check("attributes.smell", &["x"], "no key");
    check("filter", &["a", "b"], "one value");
    check("scope", &["deep"], "subtree");
    check("home", &["a", "b"], "one value");
    check("home", &[" "], "a name");
    check("cloud_domains", &["*."], "domains");
    check("name_forms", &["phonetic"], "short-name");
    check("hosts", &["mx1"], "host=system");
    check("preferred_format", &["5"], "0 to 6");
    check("disallowed_formats", &["3"], "a sum");
    check("disallowed_formats", &["64"], "a sum");
    check("licence", &["yes"], "mailbox");
    check(
        "licence",
        &["mailbox"],
        "sources of kind domino have no `licence`",
    );
}

#[test]
fn words_are_bounded() {
    let mut preset = Preset::of(PresetKind::Domino);
    let many = vec!["DOM"; PRESET_WORDS_MAX + 1];
    assert_eq!(preset.set("foreign_domains", &many[1..]), Ok(()));
    assert!(matches!(
        preset.set("foreign_domains", &many),
        Err(PresetError::TooMuch(_))
    ));
    let long = "f".repeat(PRESET_WORD_OCTETS_MAX + 1);
    assert_eq!(preset.set("filter", &[&long[1..]]), Ok(()));
    assert!(matches!(
        preset.set("filter", &[&long]),
        Err(PresetError::TooMuch(_))
    ));
}

#[test]
fn a_system_is_a_side_where_one_is_named() {
    let mut preset = Preset::of(PresetKind::ActiveDirectory);
    preset.set("sides.third-party", &["notes"]).unwrap();
    let check = |system: System, expected: Option<&str>| {
        let side = preset.side_of(&system);
        assert_eq!(side.as_ref().map(SideName::as_str), expected, "{system}");
    };
    check(System::ThirdParty, Some("notes"));
    check(System::Side("printers".into()), Some("printers"));
    check(System::Cloud, None);
}

#[test]
fn each_attribute_is_asked_for_once() {
    let requested = Preset::of(PresetKind::ExchangeCsv);
    let requested = requested.requested();
    let count = |name: &str| requested.iter().filter(|known| **known == name).count();
    assert_eq!(
        (count("DistinguishedName"), count("EmailAddresses")),
        (1, 1)
    );
}
