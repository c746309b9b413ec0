//! Any text is an address or an error; an address reads the same when it is written, and folds once and for all.

#![no_main]

use libfuzzer_sys::fuzz_target;
use routing::{Address, Domain};

fuzz_target!(|text: &str| {
    if let Ok(domain) = Domain::parse(text) {
        assert_eq!(Domain::parse(domain.as_str()).as_ref(), Ok(&domain));
    }
    let Ok(address) = Address::parse(text) else {
        return;
    };
    let written = address.to_string();
    let again = Address::parse(&written).expect("what we write is an address");
    assert_eq!(
        (again.local(), again.canonical()),
        (address.local(), address.canonical())
    );
    let folded = Address::from_parts(address.folded_local(), address.domain());
    // A name of another world has a canonical form that nobody can write.
    if let Ok(folded) = folded
        && !address.is_foreign()
    {
        assert_eq!(
            folded.canonical(),
            address.canonical(),
            "folding twice is folding once"
        );
    }
    assert_eq!(address.is_foreign(), address.foreign().is_some());
    if let Some(base) = address.without_plus_tag() {
        let tag = address.plus_tag().expect("it had one");
        let tagged = base.with_plus_tag(tag).expect("it was not too long");
        assert_eq!(tagged.canonical(), address.canonical());
    }
    assert!(!written.contains(['\r', '\n', '\0']));
});
