//! `twinmx check` as an administrator calls it.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use twinmx::cli::exit::Exit;
use twinmx::cli::{self, Streams};
use twinmx::config::{Config, Effective};

use super::{BASE, right};

/// Runs one command and returns how it ended, what it said, and what it complained about.
fn run(words: &[&str]) -> (Exit, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        colour: false,
    };
    let exit = cli::run(
        std::iter::once("twinmx")
            .chain(words.iter().copied())
            .map(OsString::from),
        &mut streams,
    );
    (
        exit,
        String::from_utf8(out).expect("text"),
        String::from_utf8(err).expect("text"),
    )
}

/// A configuration beside the files it names.
fn placed(text: &str) -> (TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("people.csv"), "address,side\n").expect("written");
    let path = directory.path().join("twinmx.toml");
    fs::write(&path, text).expect("written");
    (directory, path.display().to_string())
}

#[test]
fn a_right_file_is_called_right() {
    let (_directory, path) = placed(BASE);
    let (exit, out, err) = run(&["check", "--config", &path]);
    assert_eq!(exit, Exit::Success);
    assert_eq!(
        out,
        format!("{path} is right: 1 listener, 1 domain, 1 side, 1 directory source\n")
    );
    assert_eq!(err, "0 errors, 0 warnings\n");
}

#[test]
fn a_wrong_file_ends_with_78() {
    let (_directory, path) = placed("hostname = 7");
    let (exit, out, err) = run(&["check", "--config", &path]);
    assert_eq!(exit.value(), 78);
    assert_eq!(out, "");
    assert!(
        err.contains(&format!("--> {path}:1:12")) && err.ends_with("4 errors, 0 warnings\n"),
        "{err}"
    );
}

#[test]
fn a_file_that_is_not_there_ends_with_78() {
    let (exit, _, err) = run(&["check", "--config", "/nowhere/twinmx.toml"]);
    assert_eq!(exit, Exit::Configuration);
    assert!(
        err.contains("TWX-0101") && err.contains("/nowhere/twinmx.toml"),
        "{err}"
    );
}

#[test]
fn wrong_usage_ends_with_64() {
    for words in [
        &["chekc"][..],
        &["check", "--efective"],
        &[],
        &["check", "file"],
        &["check", "--config"],
    ] {
        let (exit, out, err) = run(words);
        assert_eq!(exit.value(), 64, "{words:?}");
        assert!(out.is_empty() && err.contains("--help"), "{words:?}: {err}");
    }
}

#[test]
fn help_and_version_are_answers() {
    for (word, expected) in [
        ("--help", "check"),
        ("--version", env!("CARGO_PKG_VERSION")),
    ] {
        let (exit, out, err) = run(&[word]);
        assert_eq!(exit, Exit::Success);
        assert!(out.contains(expected) && err.is_empty(), "{out}");
    }
}

#[test]
fn effective_prints_a_configuration_and_every_bound() {
    let (_directory, path) = placed(BASE);
    let (exit, out, _) = run(&["check", "--config", &path, "--effective"]);
    assert_eq!(exit, Exit::Success);
    let config = Config::load(Path::new(&path)).expect("right").config;
    assert!(
        out.starts_with(&Effective::of(&config).to_string()),
        "{out}"
    );
    assert_eq!(
        right(&out).config,
        config,
        "the whole output is a configuration"
    );
    for limit in twinmx::limits::all() {
        let line = out
            .lines()
            .find(|line| line.split_whitespace().nth(1) == Some(limit.name));
        let line = line.unwrap_or_else(|| panic!("{} is missing", limit.name));
        assert!(
            line.ends_with(&format!("= {} {}", limit.value, limit.unit)),
            "{line}"
        );
    }
}

#[test]
fn json_says_the_same() {
    let (_directory, path) = placed(&BASE.replace("kind = \"domino\"", "kind = \"dommino\""));
    let (exit, out, err) = run(&["check", "--config", &path, "--json"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((exit, err.as_str()), (Exit::Configuration, ""));
    assert_eq!((&json["errors"], &json["warnings"]), (&1.into(), &0.into()));
    let one = &json["diagnostics"][0];
    assert_eq!(
        (&one["code"], &one["line"], &one["column"]),
        (&"TWX-0106".into(), &9.into(), &8.into())
    );
    assert_eq!(
        (&one["severity"], &one["label"]),
        (&"error".into(), &"did you mean `domino`?".into())
    );

    let (_directory, path) = placed(BASE);
    let (exit, out, _) = run(&["check", "--config", &path, "--json", "--effective"]);
    let json: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(exit, Exit::Success);
    assert_eq!(json["effective"]["side"]["notes"]["max_connections"], 20);
    assert_eq!(
        json["limits"].as_array().map(Vec::len),
        Some(twinmx::limits::all().len())
    );
}

#[test]
fn a_file_is_at_most_1_mib_of_utf_8() {
    let (directory, path) = placed(BASE);
    let padded = |size: usize| BASE.to_owned() + "#" + &"x".repeat(size - BASE.len() - 1);
    let check = |content: &[u8], expected: Option<&str>| {
        fs::write(&path, content).expect("written");
        let found = Config::load(Path::new(&path)).err();
        let code = found
            .as_ref()
            .and_then(|faults| faults.iter().next())
            .map(|one| one.code.to_string());
        assert_eq!(code.as_deref(), expected, "{} octets", content.len());
    };
    check(padded(1 << 20).as_bytes(), None);
    check(padded((1 << 20) + 1).as_bytes(), Some("TWX-0101"));
    check(format!("\u{feff}{BASE}").as_bytes(), None);
    let utf_16: Vec<u8> = BASE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(
        &[&[0xff, 0xfe], utf_16.as_slice()].concat(),
        Some("TWX-0101"),
    );
    drop(directory);
}
