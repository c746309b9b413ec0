//! rfc.txt, the index of the standards we follow.

use std::collections::BTreeSet;
use std::fs;

use super::source::{Source, root};

struct Row<'a> {
    rfc: &'a str,
    file: &'a str,
    status: &'a str,
}

fn row(line: &str) -> Row<'_> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let [rfc, _section, file, status] = columns[..] else {
        panic!("not four columns: {line:?}");
    };
    Row { rfc, file, status }
}

fn rows(index: &str) -> impl Iterator<Item = Row<'_>> {
    let lines = index.lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(row)
}

fn index() -> String {
    fs::read_to_string(root().join("rfc.txt")).expect("rfc.txt stands at the root")
}

/// Numbers after the word, as in "RFC 5321 §4.2".
fn cited(text: &str) -> BTreeSet<String> {
    let numbers = text.split("RFC ").skip(1).map(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest[..digits].to_owned()
    });
    numbers.filter(|number| number.len() >= 3).collect()
}

#[test]
fn every_file_named_is_there() {
    let index = index();
    let mut wrong = Vec::new();
    for Row { rfc, file, status } in rows(&index) {
        let right = match status {
            "done" | "partly" => root().join(file).is_file(),
            "planned" => file == "-",
            "not" => file == "-" || root().join(file).is_file(),
            _ => false,
        };
        if !right {
            wrong.push(format!("{rfc} {file} {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_rfc_cited_is_listed() {
    let index = index();
    let listed: BTreeSet<&str> = rows(&index).map(|row| row.rfc).collect();
    let mut missing = BTreeSet::new();
    for source in Source::all().iter().filter(|source| source.is_rust()) {
        let unlisted = cited(&source.text);
        let unlisted = unlisted
            .into_iter()
            .filter(|rfc| !listed.contains(rfc.as_str()));
        missing.extend(unlisted.map(|rfc| format!("RFC {rfc}, cited in {}", source.path)));
    }
    assert!(missing.is_empty(), "not in rfc.txt: {missing:#?}");
}

#[test]
fn citations_are_found() {
    let found = cited("(RFC 5321 §4.2, RFC 3463.) See RFC 5322");
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["3463", "5321", "5322"]
    );
}
