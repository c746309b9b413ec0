//! Any octets are a listing or an error; problems are bounded; a good entry after them is read whatever came before.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use routing::limits::PROBLEMS_KEPT_MAX;
use routing::{SideName, ldif};

const GOOD: &[u8] = b"\n\ndn: cn=last\nmail: last@contoso.com\ntwinmxSide: cloud\n";

fuzz_target!(|octets: &[u8]| {
    let source: Arc<str> = "people".into();
    let sides = [SideName::from("cloud"), SideName::from("notes")];
    let map = ldif::Attributes {
        address: "mail".into(),
        side: "twinmxSide".into(),
        routing_address: "mailRoutingAddress".into(),
        aliases: vec!["mailLocalAddress".into(), "proxyAddresses".into()],
        default_side: None,
    };
    let _ = ldif::read(octets, &source, &sides, &map);
    // After "#" the octets cannot begin with a byte order mark, which would change how the good entry reads.
    let listing = ldif::read(&[b"#", octets, GOOD].concat(), &source, &sides, &map);
    let Ok(listing) = listing else {
        return assert!(octets.contains(&0), "UTF-16 is the only excuse");
    };
    assert!(
        listing.problems.len() <= PROBLEMS_KEPT_MAX
            && listing.problems.len() <= listing.problems_total
    );
    for problem in &listing.problems {
        assert!(!problem.to_string().contains('\n'));
    }
    let last = listing
        .recipients
        .last()
        .map(|listed| listed.recipient.primary.canonical().to_owned());
    assert!(last.as_deref() == Some("last@contoso.com") || octets.contains(&0));
});
