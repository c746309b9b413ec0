//! What holds for any recipients and any octets.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// A few names that resemble each other: many claims to the same address.
fn any_address() -> impl Strategy<Value = Address> {
    let local = prop_oneof!["[ab]{1,2}", "[aA\u{c4}\u{e4}]{1,2}", "a\\+[ab]", "a{253}"];
    let domain = prop_oneof![Just("x.example"), Just("y.example"), Just("b.x.example")];
    (local, domain).prop_filter_map("no address", |(local, domain)| {
        Address::from_parts(&local, domain).ok()
    })
}

fn any_recipient() -> impl Strategy<Value = Recipient> {
    let (aliases, routing) = (
        proptest::collection::vec(any_address(), 0..4),
        proptest::option::of(any_address()),
    );
    (
        any_address(),
        aliases,
        routing,
        proptest::option::of(any::<u64>()),
    )
        .prop_map(|(primary, aliases, routing_address, moved_at)| Recipient {
            aliases,
            routing_address,
            moved_at: moved_at.map(at),
            ..Recipient::new(primary, "cloud".into(), "people")
        })
}

/// What every address must lead to: the number of a recipient.
fn expected(people: &[Recipient]) -> HashMap<Address, (usize, Found)> {
    let mut map = HashMap::new();
    for (number, person) in people.iter().enumerate() {
        map.entry(person.primary.clone())
            .or_insert((number, Found::Primary));
        for alias in &person.aliases {
            map.entry(alias.clone()).or_insert((number, Found::Alias));
        }
    }
    for (number, person) in people.iter().enumerate() {
        if let Some(address) = &person.routing_address {
            map.entry(address.clone())
                .or_insert((number, Found::RoutingAddress));
        }
    }
    map
}

proptest! {
    #[test]
    fn any_octets_are_a_snapshot_or_an_error(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&octets);
        let mut image = image(&sample());
        image.truncate(HEADER);
        image.extend_from_slice(&octets);
        let _ = read(&image);
    }

    #[test]
    fn octets_under_a_right_checksum_end_no_search_in_a_panic(
        slots in proptest::collection::vec(0_u8..40, 2 * BUCKET),
        entries in proptest::collection::vec(prop_oneof![0_u8..12, any::<u8>()], 0..200),
    ) {
        let mut index = Arc::into_inner(sample().index).unwrap();
        index.header.octets[Section::Slots as usize] = slots.len() as u64;
        (index.slots, index.entries) = (Pages::filled(vec![slots], "table"), Pages::filled(vec![entries], "list of addresses"));
        let snapshot = Snapshot { index: Arc::new(index), patch: None, read_at: Arc::new([]) };
        for place in 0..200 {
            let _ = snapshot.index.view_if(place, &address("mary@contoso.com"));
        }
        let _ = snapshot.find(&address("mary@contoso.com"));
        prop_assert!(snapshot.iter().filter_map(|view| view.to_recipient()).count() <= 200);
    }

    #[test]
    fn what_a_map_finds_the_snapshot_finds(
        people in proptest::collection::vec(any_recipient(), 0..40),
        others in proptest::collection::vec(any_address(), 0..40),
    ) {
        let expected = expected(&people);
        let built = Snapshot::build(people.clone(), meta()).unwrap();
        let stored = read(&image(&built)).unwrap();
        for snapshot in [built, stored] {
            prop_assert_eq!(snapshot.addresses(), expected.len());
            for asked in expected.keys().chain(&others) {
                let found = snapshot.find(asked).unwrap().map(|view| (view.to_recipient().unwrap(), view.found()));
                let wanted = expected.get(asked).map(|(number, found)| (people[*number].clone(), *found));
                prop_assert_eq!(found, wanted, "{}", asked);
            }
            prop_assert_eq!(snapshot.iter().filter_map(|view| view.to_recipient()).collect::<Vec<_>>(), people.clone());
        }
    }
}
