//! Any octets are a stored entry or an error; an entry is stored as it was read.

#![no_main]

use book::Entry;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let Ok(entry) = Entry::from_stored(octets) else {
        return;
    };
    let stored = entry.to_stored().expect("it was within its bounds");
    let again = Entry::from_stored(&stored).expect("what we store is an entry");
    assert_eq!(again, entry);
});
