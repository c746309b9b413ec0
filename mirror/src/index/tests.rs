use std::collections::BTreeSet;

use book::{ForeignAddress, Key, Kind, Location, Reference, System};
use routing::Address;

use super::*;
use crate::sample::{Place, address, key, person, read};
use crate::{Extent, Mirror, MirrorError, View};

/// Rows of the index.
fn rows(connection: &Connection) -> BTreeSet<(i64, String)> {
    let mut statement = connection
        .prepare("SELECT handle, key FROM handles")
        .unwrap();
    let rows = statement.query_map([], |row| {
        Ok((
            row.get(0)?,
            Short::read(row.get_ref(1)?).unwrap().to_string(),
        ))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn keys_with(mirror: &Mirror, text: &str, roles: &[Role]) -> Vec<String> {
    let address = address(text);
    let found = mirror.view().believed_with(&address, roles).unwrap();
    found.map(|entry| entry.unwrap().key.to_string()).collect()
}

#[test]
fn each_address_leads_in_its_role_alone() {
    let mut mirror = Place::new().open();
    let mut anna = person("anna");
    anna.aliases.push(address("a@c.example"));
    anna.computed.push(address("berg@c.example"));
    anna.routing_address = Some(address("anna@n.example"));
    let name = ForeignAddress::parse("X500:/o=c/cn=anna").unwrap();
    anna.foreign.push(name.clone());
    read(&mut mirror, Extent::Full, &[anna, person("ben")]);
    assert!(keys_with(&mirror, "a@c.example", &[Role::Own]).is_empty());
    mirror.believe().unwrap();
    let all = [
        ("anna@c.example", Role::Own),
        ("A@C.example", Role::Own),
        ("berg@c.example", Role::Computed),
        ("anna@n.example", Role::Routing),
    ];
    for (text, wanted) in all {
        for role in Role::ADDRESSES {
            let expected: &[&str] = if role == wanted { &["anna"] } else { &[] };
            assert_eq!(keys_with(&mirror, text, &[role]), expected, "{text}");
        }
        assert_eq!(keys_with(&mirror, text, &Role::ADDRESSES), ["anna"]);
    }
    let name = Address::of_foreign(&name);
    let found = mirror.view().believed_with(&name, &[Role::Foreign]);
    assert_eq!(found.unwrap().count(), 1);
    // What is proposed is not believed.
    read(&mut mirror, Extent::Full, &[person("ben")]);
    assert_eq!(keys_with(&mirror, "a@c.example", &[Role::Own]), ["anna"]);
    mirror.believe().unwrap();
    assert!(keys_with(&mirror, "a@c.example", &[Role::Own]).is_empty());
    assert_eq!(rows(mirror.view().connection()).len(), 1);
}

#[test]
fn names_and_keys_lead_to_entries_and_members_to_groups() {
    let mut mirror = Place::new().open();
    let mut anna = person("anna");
    anna.name = "CN=Anna,OU=People".into();
    let mut group = Entry::new(key("all"), Location::GroupOf(System::Cloud));
    group.kind = Kind::Group;
    group.members = vec![
        Reference::Object("cn=anna,ou=people".into()),
        Reference::Object("CARL".into()),
        Reference::Address(address("ben@c.example")),
    ];
    let people = [anna.clone(), person("ben"), person("carl"), person("dora")];
    read(&mut mirror, Extent::Full, &people);
    read(&mut mirror, Extent::Changes, std::slice::from_ref(&group));
    mirror.believe().unwrap();
    let named = |name: &str| mirror.view().believed_named(name).unwrap();
    assert_eq!(named("cn=ANNA,ou=people"), [anna.clone()]);
    assert_eq!(named("Ben"), [person("ben")]);
    assert!(named("nobody").is_empty() && named("").is_empty());
    let groups = |entry: &Entry| mirror.view().groups_with(entry).unwrap();
    for (entry, is_member) in people.iter().zip([true, true, true, false]) {
        let expected = if is_member {
            vec![group.clone()]
        } else {
            Vec::new()
        };
        assert_eq!(groups(entry), expected, "{}", entry.key);
    }
}

/// The index as it would be made anew.
fn made_anew(mirror: &Mirror) -> BTreeSet<(i64, String)> {
    let view = mirror.view();
    let numbers = Numbers::of(view.connection()).unwrap();
    let entries = view.believed().map(Result::unwrap);
    let of_entry = |entry: Entry| -> Vec<(i64, String)> {
        let numbers = numbers.of_entry(&entry).into_iter();
        numbers
            .map(|number| (number, entry.key.to_string()))
            .collect()
    };
    entries.flat_map(of_entry).collect()
}

#[test]
fn the_index_is_what_is_believed_whatever_happened() {
    let mut mirror = Place::new().open();
    let mut numbers = crate::sample::Numbers(11);
    let mut cases = 0;
    for _ in 0..300 {
        let mut round = mirror.round(Extent::Changes).unwrap();
        for _ in 0..=numbers.below(4) {
            let name = numbers.below(9);
            let uuid = Key::from_uuid(&[name as u8; 16]);
            let key = if name > 4 {
                uuid
            } else {
                key(&format!("k{name}"))
            };
            let mut entry = Entry::new(key, Location::In(System::Domino));
            let mut some = || {
                let count = numbers.below(3);
                let local = |_| address(&format!("n{}@c.example", numbers.below(6)));
                (0..count).map(local).collect::<Vec<_>>()
            };
            (entry.aliases, entry.computed) = (some(), some());
            (entry.primary, entry.routing_address) = (some().pop(), some().pop());
            match numbers.below(3) {
                0 => round.gone(&entry.key).unwrap(),
                _ => round.put(&entry).unwrap(),
            }
        }
        round.finish(None).unwrap();
        mirror.believe().unwrap();
        assert_eq!(rows(mirror.view().connection()), made_anew(&mirror));
        cases += 1;
    }
    assert_eq!(cases, 300);
}

/// A file as version 1 left it.
fn older(place: &Place) -> MirrorError {
    let connection = Connection::open(place.file()).unwrap();
    connection
        .execute_batch(
            "DROP TABLE handles; DROP TABLE changes; DELETE FROM meta WHERE name = 'secret'; PRAGMA user_version = 1",
        )
        .unwrap();
    View::open(&place.file()).unwrap_err()
}

#[test]
fn an_older_file_gets_its_index_when_it_is_next_written() {
    let place = Place::new();
    let mut mirror = place.open();
    read(&mut mirror, Extent::Full, &[person("anna"), person("ben")]);
    mirror.believe().unwrap();
    drop(mirror);
    let refused = older(&place);
    assert!(matches!(refused, MirrorError::Older { found: 1 }) && !refused.is_damage());
    let mirror = place.open();
    assert_eq!(keys_with(&mirror, "ben@c.example", &[Role::Own]), ["ben"]);
    assert_eq!(rows(mirror.view().connection()), made_anew(&mirror));
    assert_eq!(mirror.facts().unwrap().generation, 1);
    assert_eq!(mirror.view().changed_since(0).unwrap(), None);
    assert_eq!(mirror.view().changed_since(1).unwrap(), Some(Vec::new()));
    assert!(View::open(&place.file()).is_ok());
}

#[test]
fn a_damaged_secret_is_noticed() {
    let place = Place::new();
    let mut mirror = place.open();
    read(&mut mirror, Extent::Full, &[person("anna")]);
    mirror.believe().unwrap();
    drop(mirror);
    for sql in [
        "UPDATE meta SET value = zeroblob(20) WHERE name = 'secret'",
        "DELETE FROM meta WHERE name = 'secret'",
    ] {
        let connection = Connection::open(place.file()).unwrap();
        connection.execute_batch(sql).unwrap();
        let view = View::open(&place.file()).unwrap();
        let anna = address("anna@c.example");
        let found = view.believed_with(&anna, &[Role::Own]);
        assert!(found.map(drop).unwrap_err().is_damage());
    }
}
