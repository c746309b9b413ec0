//! Any octets are an exported table or an error; each of its rows is read by the presets of exports.

#![no_main]

use book::table::Table;
use book::{Preset, PresetKind, Record, Setting};
use libfuzzer_sys::fuzz_target;
use routing::Domain;

fuzz_target!(|octets: &[u8]| {
    let Ok(table) = Table::read(octets.to_vec()) else {
        return;
    };
    let setting = Setting {
        shared: Domain::parse("contoso.com").into_iter().collect(),
        routing: Vec::new(),
    };
    let presets = [PresetKind::ExchangeCsv, PresetKind::GroupWise].map(Preset::of);
    let mut rows = 0;
    for row in table.rows().flatten() {
        rows += 1;
        assert!(rows <= octets.len(), "a row has at least one octet");
        for preset in &presets {
            if let Record::Entry(entry, _) = preset.read(&row.attributes, &setting) {
                let stored = entry.to_stored().expect("an entry can be stored");
                let again = book::Entry::from_stored(&stored);
                assert_eq!(again.expect("and read"), *entry);
            }
        }
    }
});
