//! The whole configuration as it is in force, every default filled in.
//!
//! What is printed is itself a configuration file: reading it again gives the same [`Config`].

mod show;

use std::fmt;

use toml::Value;

use super::Config;
use crate::limits::Limit;

/// A configuration with every key it could have, in the order of the documentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    sections: Vec<Shown>,
}

/// One section: its header, and its keys.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    path: Vec<String>,
    header: Header,
    entries: Vec<(&'static str, Value)>,
}

/// How a section begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    /// The top of the file has none.
    Top,
    /// `[a.b]`
    Table,
    /// `[[a.b]]`
    List,
}

impl Effective {
    /// Everything that is in force with this configuration.
    pub fn of(config: &Config) -> Self {
        Self {
            sections: show::sections(config),
        }
    }

    /// The same as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        let mut root = serde_json::Value::Object(serde_json::Map::new());
        for shown in &self.sections {
            let mut at = &mut root;
            for (depth, name) in shown.path.iter().enumerate() {
                at = step(at, name);
                if shown.header == Header::List && depth + 1 == shown.path.len() {
                    at = append(at);
                }
            }
            for (key, value) in &shown.entries {
                *step(at, key) = json(value);
            }
        }
        root
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, shown) in self.sections.iter().enumerate() {
            let name = shown
                .path
                .iter()
                .map(|part| quoted(part))
                .collect::<Vec<_>>()
                .join(".");
            let gap = if index > 0 { "\n" } else { "" };
            match shown.header {
                Header::Top => {}
                Header::Table => writeln!(f, "{gap}[{name}]")?,
                Header::List => writeln!(f, "{gap}[[{name}]]")?,
            }
            for (key, value) in &shown.entries {
                writeln!(f, "{key} = {value}")?;
            }
        }
        Ok(())
    }
}

/// The bounds that no key changes, as comments below the configuration.
pub fn bounds(limits: &[Limit]) -> String {
    let widest = limits
        .iter()
        .map(|limit| limit.name.len())
        .max()
        .unwrap_or(0);
    let lines = limits.iter().map(|limit| {
        format!(
            "# {:widest$} = {} {}\n",
            limit.name, limit.value, limit.unit
        )
    });
    std::iter::once("# Bounds that no key changes\n".to_owned())
        .chain(lines)
        .collect()
}

fn quoted(part: &str) -> String {
    let bare = !part.is_empty()
        && part
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    if bare {
        part.to_owned()
    } else {
        Value::from(part).to_string()
    }
}

/// The member of an object, or of the last object of a list, made where it is absent.
fn step<'j>(at: &'j mut serde_json::Value, name: &str) -> &'j mut serde_json::Value {
    match at.as_array().map(Vec::len) {
        Some(items @ 1..) => &mut at[items - 1][name],
        _ => &mut at[name],
    }
}

/// A new last element of a list, which is made where it is absent.
fn append(at: &mut serde_json::Value) -> &mut serde_json::Value {
    let mut items = match at.take() {
        serde_json::Value::Array(items) => items,
        _ => Vec::new(),
    };
    items.push(serde_json::Value::Object(serde_json::Map::new()));
    let last = items.len() - 1;
    *at = serde_json::Value::Array(items);
    &mut at[last]
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Boolean(flag) => (*flag).into(),
        Value::Datetime(date) => date.to_string().into(),
        Value::Array(items) => items.iter().map(json).collect(),
        Value::Table(table) => table
            .iter()
            .map(|(key, value)| (key.clone(), json(value)))
            .collect(),
    }
}
