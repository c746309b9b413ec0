//! The configuration: what is read, what is refused, and in which words.

mod any_text;
mod bounds;
mod check;
mod directories;
mod effective;
mod golden;
mod named_files;
mod pages;
mod rules;
mod sample;

use twinmx::config::{Config, Diagnostics, Loaded};

/// A whole correct file to which the tests add what they look at.
const BASE: &str = r#"
hostname = "mx.contoso.com"
[[listener]]
name = "mx"
address = "[::]:25"
[domain."contoso.com"]
postmaster = "admin@contoso.com"
[side.notes]
kind = "domino"
next_hop = ["domino.corp.contoso.com:25"]
[[directory]]
name = "people"
kind = "csv"
path = "people.csv"
"#;

/// Reads `text` and returns the configuration, which must be right.
fn right(text: &str) -> Loaded {
    Config::parse(text, "twinmx.toml").unwrap_or_else(|faults| panic!("{faults}\nin:\n{text}"))
}

/// Reads `text` and returns everything said about it.
fn said(text: &str) -> Diagnostics {
    match Config::parse(text, "twinmx.toml") {
        Ok(loaded) => loaded.warnings,
        Err(faults) => faults,
    }
}

/// The codes and lines said about a text.
fn codes(text: &str) -> Vec<String> {
    said(text).iter().map(|one| one.code.to_string()).collect()
}
