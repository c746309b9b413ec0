//! Any local part holds a name of another world or none; a name that is found is found again when it is written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use routing::encapsulated::{Encapsulated, decode, encode};
use routing::{Address, ForeignAddress};

fuzz_target!(|local: &str| {
    let Some(found) = decode(local) else {
        return;
    };
    let Encapsulated::Foreign(name) = found else {
        return;
    };
    let again = ForeignAddress::parse(&name.to_string()).expect("what we write is a name");
    assert_eq!(again, name, "a form to look up is a form of itself");
    if let Some(written) = encode(name.kind().address_type(), name.lookup()) {
        assert_eq!(decode(&written), Some(Encapsulated::Foreign(name.clone())));
    }
    if let Ok(address) = Address::from_parts(local, "contoso.com") {
        assert_eq!(address.foreign(), Some(Address::of_foreign(&name)));
        assert_eq!(address.local(), local);
    }
});
