//! Whatever stands in the file, it is read or refused in words.

use proptest::prelude::*;
use twinmx::config::{Config, Effective};

use super::effective::everything;

/// The sample with parts of it replaced, lost or repeated.
fn damaged() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("\"".to_owned()),
        Just("[".to_owned()),
        Just("]\n".to_owned()),
        Just("\n[side.cloud]\n".to_owned()),
        Just("'ü".to_owned()),
        Just("\u{0}".to_owned()),
        "\\PC{0,8}",
        Just(String::new()),
    ];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, pieces), 1..6);
    edits.prop_map(|edits| {
        edits
            .into_iter()
            .fold(everything(), |mut text, (at, length, piece)| {
                let start = text.floor_char_boundary(at.index(text.len().max(1)));
                let end = text.floor_char_boundary(start + length).max(start);
                text.replace_range(start..end, &piece);
                text
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_is_read_or_refused_in_words(text in damaged()) {
        match Config::parse(&text, "twinmx.toml") {
            Ok(loaded) => {
                let printed = Effective::of(&loaded.config).to_string();
                let again = Config::parse(&printed, "twinmx.toml").map(|loaded| loaded.config);
                prop_assert_eq!(again.expect("what we print is right"), loaded.config);
            }
            Err(faults) => {
                prop_assert!(faults.errors() > 0);
                prop_assert!(faults.to_string().contains("error[TWX-01"), "{}", faults);
            }
        }
    }
}
