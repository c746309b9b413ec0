//! `config/twinmx.toml` shows every key, each at its default.

use twinmx::config::ALL_KEYS;

use super::{effective::everything, right};

/// `#key = value` and `#[section]` are switched off; `# A sentence.` is a comment.
pub(super) fn switched_on(line: &str) -> &str {
    match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => rest,
        _ => line,
    }
}

/// One `key = value` of the sample.
pub(super) struct Shown<'t> {
    line: usize,
    pub(super) section: String,
    pub(super) key: &'t str,
    pub(super) value: &'t str,
    pub(super) has_default: bool,
}

/// Every key the sample shows, with the section it stands in as [`ALL_KEYS`] names it.
pub(super) fn shown(text: &str) -> Vec<Shown<'_>> {
    let (mut section, mut comment, mut found) = (String::new(), String::new(), Vec::new());
    for (line, content) in text.lines().enumerate() {
        if let Some(words) = content.strip_prefix("# ") {
            comment.push_str(words);
            continue;
        }
        if content.starts_with('[') {
            section = section_name(content.trim_matches(['[', ']']));
        } else if let Some((key, value)) = content.split_once(" = ") {
            assert!(
                !comment.is_empty(),
                "line {}: `{key}` has no sentence",
                line + 1
            );
            found.push(Shown {
                line,
                section: section.clone(),
                key,
                value,
                has_default: !comment.contains("No default."),
            });
        }
        comment.clear();
    }
    found
}

fn section_name(header: &str) -> String {
    let parts: Vec<&str> = header.split('.').collect();
    match parts.as_slice() {
        ["domain", ..] => "domain.\"NAME\"".to_owned(),
        ["side", _, rest @ ..] => [&["side", "NAME"], rest].concat().join("."),
        ["upstream", _] => "upstream.NAME".to_owned(),
        _ => header.to_owned(),
    }
}

#[test]
fn the_sample_is_right_as_it_stands_and_with_everything_switched_on() {
    let loaded = right(include_str!("../../config/twinmx.toml"));
    assert_eq!(loaded.warnings.iter().count(), 0, "{}", loaded.warnings);
    // What is switched on then need not have an effect.
    right(&everything());
}

#[test]
fn the_minimal_configuration_is_right_and_gives_no_warning() {
    let loaded = right(include_str!("../../config/minimal.toml"));
    assert_eq!(loaded.warnings.iter().count(), 0, "{}", loaded.warnings);
}

/// Whether a key of a section is a section itself.
pub(super) fn is_section(section: &str, key: &str) -> bool {
    let path = if section.is_empty() {
        key.to_owned()
    } else {
        format!("{section}.{key}")
    };
    ALL_KEYS
        .iter()
        .any(|other| other.section == path || other.section.starts_with(&format!("{path}.")))
}

#[test]
fn every_key_is_shown() {
    let text = everything();
    let shown = shown(&text);
    for keys in ALL_KEYS {
        for key in keys.names {
            let is_shown = shown
                .iter()
                .any(|one| one.section == keys.section && one.key == *key);
            assert!(
                is_shown || is_section(keys.section, key),
                "`{key}` of [{}] is not shown",
                keys.section
            );
        }
    }
}

#[test]
fn every_value_shown_is_the_default_or_says_that_there_is_none() {
    let text = everything();
    let whole = right(&text).config;
    let shown = shown(&text);
    assert!(shown.len() > 60, "only {} keys found", shown.len());
    for one in shown {
        let without: String = text
            .lines()
            .enumerate()
            .filter(|(line, _)| *line != one.line)
            .map(|(_, content)| content.to_owned() + "\n")
            .collect();
        let same = twinmx::config::Config::parse(&without, "twinmx.toml")
            .is_ok_and(|loaded| loaded.config == whole);
        assert_eq!(
            same,
            one.has_default,
            "line {}: `{}` of [{}]",
            one.line + 1,
            one.key,
            one.section
        );
    }
}
