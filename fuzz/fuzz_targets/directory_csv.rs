//! Any octets are a listing or an error; problems are bounded; a good line before the octets is read whatever follows,
//! and what is read can be indexed.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use routing::limits::PROBLEMS_KEPT_MAX;
use routing::{Meta, SideName, Snapshot, UnixTime, csv};

const GOOD: &[u8] = b"address,side,aliases\nfirst@contoso.com,cloud,\n";

fuzz_target!(|octets: &[u8]| {
    let source: Arc<str> = "people".into();
    let sides = [SideName::from("cloud"), SideName::from("notes")];
    let _ = csv::read(octets, &source, &sides);
    let listing =
        csv::read(&[GOOD, octets].concat(), &source, &sides).expect("the columns are named");
    assert!(
        listing.problems.len() <= PROBLEMS_KEPT_MAX
            && listing.problems.len() <= listing.problems_total
    );
    assert_eq!(
        listing.recipients[0].recipient.primary.canonical(),
        "first@contoso.com"
    );
    for problem in &listing.problems {
        assert!(!problem.to_string().contains('\n'));
    }
    let people: Vec<_> = listing
        .recipients
        .into_iter()
        .map(|listed| listed.recipient)
        .collect();
    let meta = Meta {
        built_at: UnixTime::from_seconds(1),
        sources: Vec::new(),
    };
    let snapshot =
        Snapshot::build(people.iter().cloned(), meta).expect("the reader keeps to the bounds");
    for person in &people {
        assert!(snapshot.lookup(&person.primary).is_some());
    }
});
