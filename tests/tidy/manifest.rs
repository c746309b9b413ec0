//! Which crate may build upon which, and what all of them share.

use std::fs;

use super::source::root;

fn manifest(package: &str) -> toml::Table {
    let path = root().join(package).join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{package}: {error}"));
    text.parse()
        .unwrap_or_else(|error| panic!("{package}: {error}"))
}

/// Names under all kinds of dependencies.
fn dependencies(manifest: &toml::Table) -> Vec<String> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = kinds
        .iter()
        .filter_map(|kind| manifest.get(*kind)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

fn members() -> Vec<String> {
    let workspace = manifest("");
    let members = workspace["workspace"]["members"].as_array();
    let members = members.expect("the workspace lists its members");
    let name = |member: &toml::Value| member.as_str().expect("by name").to_owned();
    // The root is one without being listed.
    let root = std::iter::once(String::new());
    root.chain(members.iter().map(name)).collect()
}

#[test]
fn crates_know_only_what_they_may() {
    let never = |package: &str, forbidden: &[&str]| {
        let found = dependencies(&manifest(package));
        let found: Vec<_> = found
            .iter()
            .filter(|n| forbidden.contains(&n.as_str()))
            .collect();
        assert!(found.is_empty(), "{package} builds upon {found:?}");
    };
    let shell = [
        "twinmx",
        "testbed",
        "tokio",
        "rustls",
        "tokio-rustls",
        "tracing",
    ];
    for pure in ["smtp", "routing", "tnef-decoder", "notice", "book"] {
        never(pure, &shell);
    }
    never("smtp", &["routing", "tnef-decoder", "notice"]);
    never("routing", &["smtp", "tnef-decoder"]);
    never("tnef-decoder", &["smtp", "routing"]);
    // What it is told of an envelope comes in the words of smtp.
    never("notice", &["routing", "tnef-decoder", "transform"]);
    let pure = ["twinmx", "tokio", "rustls", "tokio-rustls", "tracing"];
    never("transform", &[&pure[..], &["smtp", "routing"]].concat());
    // What people are is a matter of directories alone.
    never(
        "book",
        &["smtp", "tnef-decoder", "transform", "mirror", "sources"],
    );
    // It keeps what it is given, and asks nobody for it.
    never("mirror", &[&shell[..], &["sources", "smtp"]].concat());
    never("sources", &["twinmx", "tracing", "smtp", "transform"]);
    // It stores octets: it waits for nobody and knows no protocol.
    let of_mail = ["smtp", "routing", "tnef-decoder", "transform"];
    never("spool", &[&shell[..], &of_mail].concat());
    // They build in seconds.
    never("benches", &shell);
    // It must not share a mistake with what it tests.
    never("testbed", &["smtp", "routing", "tnef-decoder", "twinmx"]);
}

#[test]
fn the_chores_build_in_seconds() {
    assert_eq!(dependencies(&manifest("xtask")), ["serde_json"]);
}

#[test]
fn no_fuzz_target_is_forgotten() {
    let fuzz = manifest("fuzz");
    let programs = fuzz["bin"].as_array().expect("it has programs");
    let listed: Vec<&str> = programs.iter().filter_map(|p| p["path"].as_str()).collect();
    let targets = root().join("fuzz/fuzz_targets");
    let mut forgotten = Vec::new();
    for entry in fs::read_dir(targets).expect("it is there") {
        let name = entry.expect("it can be read").file_name();
        let name = name.to_str().expect("our names are plain").to_owned();
        let seeds = root().join("fuzz/seeds").join(name.trim_end_matches(".rs"));
        let path = format!("fuzz_targets/{name}");
        if !listed.contains(&path.as_str()) || !seeds.is_dir() {
            forgotten.push(name);
        }
    }
    let fault = "no program in fuzz/Cargo.toml or no seeds";
    assert!(forgotten.is_empty(), "{fault}: {forgotten:?}");
}

#[test]
fn no_crate_may_hold_unsafe_code() {
    let workspace = manifest("");
    let level = &workspace["workspace"]["lints"]["rust"]["unsafe_code"];
    assert_eq!(level.as_str(), Some("forbid"));
    for member in members() {
        let lints = manifest(&member)["lints"]["workspace"].as_bool();
        assert_eq!(lints, Some(true), "{member} keeps the workspace's lints");
    }
}

#[test]
fn modules_are_named_after_what_they_hold() {
    let vague = [
        "mod", "utils", "util", "common", "helpers", "helper", "manager", "handler", "misc",
    ];
    for source in super::Source::all() {
        let name = source
            .path
            .rsplit('/')
            .next()
            .and_then(|name| name.strip_suffix(".rs"));
        let is_vague = name.is_some_and(|name| vague.contains(&name));
        assert!(
            !is_vague,
            "{} says nothing about what it holds",
            source.path
        );
    }
}
