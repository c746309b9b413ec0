//! The pages of documentation that a table in the code stands behind.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use twinmx::code;
use twinmx::config::ALL_KEYS;

use super::effective::everything;
use super::golden::expect;
use super::sample::{is_section, shown};

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name)
}

const AREAS: &[(u16, &str)] = &[
    (1, "Configuration"),
    (2, "Directory"),
    (3, "TLS and hops"),
    (4, "Sessions and mail"),
    (5, "Lifecycle"),
    (6, "Spool and queue"),
];

#[test]
fn the_page_of_codes_equals_the_table() {
    let mut text = String::from(
        "# Codes\n\nEvery configuration error and every operator event carries one of these codes. A code keeps its meaning.\n\
         The table is `src/code.rs`; a test holds this page to it.\n",
    );
    for (area, title) in AREAS {
        let codes: Vec<&code::Code> = code::ALL
            .iter()
            .filter(|code| code.number / 100 == *area)
            .collect();
        if codes.is_empty() {
            continue;
        }
        write!(
            text,
            "\n## {title}\n\n| code | what it says | what to do |\n|---|---|---|\n"
        )
        .expect("memory");
        for code in codes {
            writeln!(
                text,
                "| {code} | {} | {} |",
                code.title,
                code.advice.replace('|', "\\|")
            )
            .expect("memory");
        }
    }
    expect(&page("ERRORS.md"), &text);
}

/// The part of the page that tells about one section.
fn part<'t>(text: &'t str, section: &str) -> &'t str {
    let headings = match section {
        "" => ["## The top of the file\n".to_owned(), String::new()],
        _ => [
            format!("## `[{section}]`\n"),
            format!("## `[[{section}]]`\n"),
        ],
    };
    let after = headings.iter().find_map(|heading| {
        Some(
            text.split_once(heading.as_str())
                .filter(|_| !heading.is_empty())?
                .1,
        )
    });
    after
        .unwrap_or_else(|| panic!("[{section}] is missing"))
        .split("\n## ")
        .next()
        .expect("split gives one")
}

#[test]
fn the_page_of_keys_knows_every_key() {
    let text = std::fs::read_to_string(page("CONFIGURATION.md")).expect("readable");
    for keys in ALL_KEYS {
        for key in keys.names {
            let known = part(&text, keys.section).contains(&format!("| `{key}` |"));
            assert!(
                known || is_section(keys.section, key),
                "`{key}` is missing under [{}]",
                keys.section
            );
        }
    }
}

#[test]
fn the_page_of_keys_gives_the_defaults_of_the_sample() {
    let text = std::fs::read_to_string(page("CONFIGURATION.md")).expect("readable");
    let sample = everything();
    let mut compared = 0;
    for one in shown(&sample) {
        let row = format!("\n| `{}` | ", one.key);
        let (_, cells) = part(&text, &one.section)
            .split_once(&row)
            .unwrap_or_else(|| panic!("{} is missing", one.key));
        let default = cells.split(" |").next().expect("split gives one");
        match default.strip_prefix('`') {
            Some(value) if one.has_default => {
                assert_eq!(
                    value.trim_end_matches('`'),
                    one.value,
                    "`{}` of [{}]",
                    one.key,
                    one.section
                );
                compared += 1;
            }
            _ => assert!(
                !one.has_default || default == "by kind",
                "`{}` of [{}]: {default}",
                one.key,
                one.section
            ),
        }
    }
    assert!(compared > 30, "only {compared} defaults compared");
}
