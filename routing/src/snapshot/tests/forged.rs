//! Tables and entries that no build makes, or only by an accident of hashes.

use super::*;

#[test]
fn a_hash_that_collides_finds_nobody() {
    let stranger = address("stranger@contoso.com");
    let snapshot = Snapshot::build([mary()], meta()).unwrap();
    let hash = hash(&snapshot.index.header.secret, &stranger);
    // Mary where the stranger would be, under the stranger's tag.
    let mut page = vec![0; BUCKET];
    bucket::put(&mut page, 0, tag(hash), 0);
    let mut index = Arc::into_inner(snapshot.index).unwrap();
    index.slots = Pages::filled(vec![page], "table");
    assert!(index.find(&stranger).unwrap().is_none());
    assert!(
        index
            .view_if(0, &address("mary@contoso.com"))
            .unwrap()
            .is_some()
    );
    assert!(
        index
            .view_if(0, &address("mary@fabrikam.example"))
            .unwrap()
            .is_none()
    );
}

#[test]
fn an_address_that_another_has_is_not_found_even_if_hashes_collide() {
    let rival = Recipient {
        routing_address: Some(address("mary@contoso.com")),
        aliases: vec![address("MARY@contoso.com")],
        ..person("rival@contoso.com")
    };
    let second = person("Mary@contoso.com");
    let snapshot = Snapshot::build([mary(), rival, second], meta()).unwrap();
    let wanted = address("mary@contoso.com");
    let entries: Vec<usize> = snapshot
        .index
        .entries_from(0)
        .map(|(place, _)| place)
        .collect();
    let led: Vec<bool> = entries
        .iter()
        .map(|place| snapshot.index.view_if(*place, &wanted).unwrap().is_some())
        .collect();
    assert_eq!(led, [true, false, false, false]);
    assert_eq!(snapshot.addresses(), 2);
}

#[test]
fn a_place_where_no_entry_is_gives_an_error() {
    let snapshot = sample();
    let (index, end) = (&snapshot.index, snapshot.index.entries.octets());
    for place in [end, end + 1, PAGE, usize::MAX] {
        assert!(index.entry_at(place).is_err(), "{place}");
    }
    let nobody = Pages::filled(vec![vec![0; 8], Vec::new()], "list of addresses");
    assert!(nobody.from(8).is_err() && nobody.from(PAGE).is_err());
    // A full table in which every slot leads to somebody else ends the search all the same.
    let mut page = vec![0; 2 * BUCKET];
    for number in 0..2 {
        (0..bucket::SLOTS).for_each(|slot| bucket::put(&mut page[number * BUCKET..], slot, 0, 0));
    }
    let mut index = Arc::into_inner(Snapshot::build([mary()], meta()).unwrap().index).unwrap();
    index.slots = Pages::filled(vec![page], "table");
    index.header.octets[Section::Slots as usize] = 2 * BUCKET as u64;
    assert!(
        index
            .find(&address("stranger@contoso.com"))
            .unwrap()
            .is_none()
    );
}
