use book::{Preset, PresetKind, Setting};

use super::*;
use crate::Reading;

fn source(server: &str, key: &str) -> Result<ActiveDirectory, SourceError> {
    let mut preset = Preset::of(PresetKind::ActiveDirectory);
    preset.set("attributes.key", &[key]).unwrap();
    let access = Access {
        servers: vec![Server::parse(server).unwrap()],
        start_tls: false,
        server_name: None,
        tls: None,
        login: None,
        patience: crate::ldap::Patience::default(),
    };
    let plan = Plan {
        bases: Vec::new(),
        page_size: 100,
        poll: Duration::from_secs(60),
        full_every: Duration::from_secs(24 * 60 * 60),
        reading: Reading {
            preset,
            setting: Setting::default(),
        },
    };
    ActiveDirectory::new(access, plan, ChangeBy::Usn)
}

#[test]
fn what_cannot_work_is_told_at_once() {
    assert!(source("ldaps://dc1.contoso.com", "objectguid").is_ok());
    for server in [
        "ldaps://dc1.contoso.com:3269",
        "ldap://dc1.contoso.com:3268",
    ] {
        let error = source(server, "objectGUID").unwrap_err().to_string();
        assert!(error.contains("global catalogue"), "{error}");
    }
    let error = source("ldaps://dc1.contoso.com", "mail").unwrap_err();
    assert!(error.to_string().contains("objectGUID"), "{error}");
}

#[test]
fn ways_to_ask_have_names() {
    for way in [ChangeBy::Usn, ChangeBy::DirSync] {
        assert_eq!(ChangeBy::of_name(way.name()), Some(way));
    }
    assert_eq!(ChangeBy::of_name("syncrepl"), None);
}

#[test]
fn only_a_place_of_this_database_is_gone_on_from() {
    let source = source("ldaps://dc1.contoso.com", "objectGUID").unwrap();
    let controller = Controller {
        invocation: book::Key::from_guid(&[1; 16]),
        usn: 100,
        domain: "DC=contoso,DC=com".to_owned(),
        bases: Vec::new(),
        notifies: true,
    };
    let check = |guid: u8, usn: u64, expected: bool| {
        let invocation = book::Key::from_guid(&[guid; 16]);
        let place = Place::Usn { invocation, usn };
        let cursor = Cursor { place, full_at: 0 };
        assert_eq!(
            source.goes_on(&cursor, &controller),
            expected,
            "{guid} {usn}"
        );
    };
    check(1, 100, true);
    check(1, 0, true);
    check(1, 101, false);
    check(2, 50, false);
    let cookie = vec![1];
    let place = Place::DirSync { cookie };
    assert!(!source.goes_on(&Cursor { place, full_at: 0 }, &controller));
}
