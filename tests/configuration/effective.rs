//! What is in force, printed and read again.

use twinmx::config::{ALL_KEYS, Config, Effective};

use super::right;

const EVERYTHING: &str = include_str!("../../config/twinmx.toml");

/// The sample with everything in it that is switched off.
pub(super) fn everything() -> String {
    EVERYTHING
        .lines()
        .map(|line| super::sample::switched_on(line).to_owned() + "\n")
        .collect()
}

#[test]
fn what_is_printed_reads_as_the_same_configuration() {
    for text in [
        &everything(),
        EVERYTHING,
        include_str!("../../config/minimal.toml"),
        super::BASE,
    ] {
        let config = right(text).config;
        let printed = Effective::of(&config).to_string();
        assert_eq!(right(&printed).config, config, "{printed}");
    }
}

#[test]
fn every_key_is_printed() {
    let printed = Effective::of(&right(&everything()).config).to_string();
    for keys in ALL_KEYS {
        for key in keys.names {
            let wanted = format!("\n{key} = ");
            assert!(
                super::sample::is_section(keys.section, key)
                    || format!("\n{printed}").contains(&wanted),
                "{key} of [{}] is missing in {printed}",
                keys.section
            );
        }
    }
}

#[test]
fn json_holds_the_same_values() {
    let config = right(&everything()).config;
    let json = Effective::of(&config).to_json();
    assert_eq!(json["side"]["cloud"]["tls"]["mode"], "mutual");
    assert_eq!(json["side"]["cloud"]["identity"][0]["origin"], "any");
    assert_eq!(json["domain"]["contoso.com"]["unknown_recipient"], "reject");
    assert_eq!(json["directory"][1]["attributes"]["address"], "mail");
    assert_eq!(json["directory"][0]["shrink_max"], 0.05);
    assert_eq!(json["limits"]["recipients"], 1000);
    assert_eq!(json["listener"][0]["address"], "[::]:25");
}

#[test]
fn relative_files_are_meant_beside_the_configuration() {
    let loaded = Config::parse(super::BASE, "/etc/twinmx/twinmx.toml").expect("right");
    assert_eq!(
        loaded.config.directories[0]
            .path()
            .and_then(|path| path.to_str()),
        Some("/etc/twinmx/people.csv")
    );
}
