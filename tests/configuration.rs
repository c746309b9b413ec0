//! The configuration: what is read, what is refused, and in which words.

use twinmx::config::Config;

#[test]
fn the_minimal_configuration_is_right_and_gives_no_warning() {
    let loaded = Config::parse(include_str!("../config/minimal.toml"), "minimal.toml")
        .unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(loaded.warnings.iter().count(), 0, "{}", loaded.warnings);
}
