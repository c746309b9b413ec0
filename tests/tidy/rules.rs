//! Rules about single lines of sources.

use super::source::{Part, Source};

/// A line that must not be where it is.
pub(super) struct Rule {
    saying: &'static str,
    looks_at: fn(&Source) -> bool,
    lines: Lines,
    breaks: fn(&str) -> bool,
}

enum Lines {
    Of(Part),
    OfAllCode,
    All,
}

pub(super) const ALL: &[Rule] = &[
    Rule {
        saying: "the pure crates know no socket, no clock, no runtime",
        looks_at: |source| source.is_in(PURE) && source.is_rust(),
        lines: Lines::Of(Part::Program),
        breaks: |line| {
            has(
                line,
                &[
                    "tokio",
                    "TcpStream",
                    "TcpListener",
                    "UdpSocket",
                    "UnixStream",
                ],
            ) || has(line, &["std::thread", "Instant::now", "SystemTime::now"])
        },
    },
    Rule {
        saying: "only routing reads a file, and only its own",
        looks_at: |source| {
            source.is_in(&[
                "smtp/src",
                "tnef-decoder/src",
                "transform/src",
                "notice/src",
                "book/src",
            ])
        },
        lines: Lines::Of(Part::Program),
        breaks: |line| line.contains("std::fs"),
    },
    Rule {
        saying: "TLS is set up in src/tls and in the testbed",
        looks_at: |source| source.is_rust() && !source.is_in(&["src/tls", "testbed/src", TIDY]),
        lines: Lines::OfAllCode,
        breaks: |line| {
            has(
                line,
                &[
                    "ClientConfig::builder",
                    "ServerConfig::builder",
                    ".dangerous()",
                ],
            ) || has(
                line,
                &["impl ServerCertVerifier", "impl ClientCertVerifier"],
            )
        },
    },
    Rule {
        saying: "replies are worded in smtp/src/reply",
        looks_at: |source| {
            source.is_rust() && !source.is_in(&["smtp/src/reply", "testbed/src", "xtask/src"])
        },
        lines: Lines::Of(Part::Program),
        breaks: is_reply,
    },
    Rule {
        saying: "operators are told things in src/event",
        looks_at: |source| source.is_in(&["src/"]) && !source.is_in(&["src/event"]),
        lines: Lines::Of(Part::Program),
        breaks: |line| line.contains("tracing::"),
    },
    Rule {
        saying: "a test waits for a condition",
        looks_at: |source| source.is_rust() && !source.is_in(&[TIDY]),
        lines: Lines::Of(Part::Tests),
        breaks: |line| line.contains("sleep("),
    },
    Rule {
        saying: "a test is run or it is not there",
        looks_at: |source| source.is_rust() && !source.is_in(&[TIDY]),
        lines: Lines::OfAllCode,
        breaks: |line| line.contains("#[ignore"),
    },
    Rule {
        saying: "no file knows the machine it was written on",
        looks_at: |source| !source.is_in(&[TIDY]),
        lines: Lines::All,
        breaks: |line| ["/root/", "/home/"].iter().any(|path| names(line, path)),
    },
];

const PURE: &[&str] = &[
    "smtp/src",
    "routing/src",
    "tnef-decoder/src",
    "transform/src",
    "notice/src",
];
/// The rules quote what they forbid.
const TIDY: &str = "tests/tidy";

impl Rule {
    pub(super) fn complaints(&self, source: &Source) -> Vec<String> {
        if !(self.looks_at)(source) {
            return Vec::new();
        }
        let lines: Vec<(usize, &str)> = match self.lines {
            Lines::Of(part) => source.code(part).collect(),
            Lines::OfAllCode => {
                let program = source.code(Part::Program);
                program.chain(source.code(Part::Tests)).collect()
            }
            Lines::All => source.lines().collect(),
        };
        let broken = lines.into_iter().filter(|(_, line)| (self.breaks)(line));
        broken
            .map(|(number, _)| format!("{}:{number}: {}", source.path, self.saying))
            .collect()
    }
}

fn has(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.contains(word))
}

/// A path as such, not the end of a longer one.
fn names(line: &str, path: &str) -> bool {
    let before = |at: usize| line[..at].chars().next_back();
    let inside = |c: char| c.is_alphanumeric() || "./~_-}".contains(c);
    line.match_indices(path)
        .any(|(at, _)| !before(at).is_some_and(inside))
}

/// A literal that begins like a reply (RFC 5321 §4.2), and not like a size.
fn is_reply(line: &str) -> bool {
    let begins = |literal: &str| {
        let Some((code, text)) = literal.split_at_checked(3) else {
            return false;
        };
        let class = code.starts_with(['2', '4', '5']);
        let digits = code.bytes().all(|octet| octet.is_ascii_digit());
        let sized = has(text.get(1..4).unwrap_or(""), &["KiB", "MiB", "GiB", "oct"]);
        class && digits && text.starts_with([' ', '-']) && !sized
    };
    line.match_indices('"')
        .any(|(at, _)| begins(&line[at + 1..]))
}

fn complaints(path: &str, text: &str) -> usize {
    let source = Source {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    ALL.iter().map(|rule| rule.complaints(&source).len()).sum()
}

#[test]
fn each_rule_finds_what_it_forbids() {
    let check =
        |path, text, expected| assert_eq!(complaints(path, text), expected, "{path}: {text}");
    check("smtp/src/server.rs", "use tokio::net::TcpStream;", 1);
    check("smtp/src/server.rs", "// tokio is not for us", 0);
    check("smtp/src/path.rs", "use std::net::Ipv6Addr;", 0);
    check("routing/src/decide.rs", "let now = SystemTime::now();", 1);
    check(
        "routing/src/snapshot.rs",
        "let file = std::fs::read(path)?;",
        0,
    );
    check("notice/src/header.rs", "let now = SystemTime::now();", 1);
    check("smtp/src/data.rs", "let file = std::fs::read(path)?;", 1);
    check(
        "src/deliver/hop.rs",
        "let tls = ClientConfig::builder();",
        1,
    );
    check("src/tls/client.rs", "let tls = ClientConfig::builder();", 0);
    check("tests/tls.rs", "let tls = ServerConfig::builder();", 1);
    check("src/session.rs", "out.put(\"421 4.3.2 Closing\");", 1);
    check("src/session.rs", "out.put(b\"250-SIZE\");", 1);
    check("src/config.rs", "let text = \"200 MiB\";", 0);
    check("src/config.rs", "let text = \"150 people\";", 0);
    check("smtp/src/reply/table.rs", "\"250 2.0.0 OK\"", 0);
    check(
        "smtp/src/server.rs",
        "#[cfg(test)]\nlet wire = \"250 OK\";",
        0,
    );
    check("src/session.rs", "tracing::info!(\"hello\");", 1);
    check("src/event/session.rs", "tracing::info!(\"hello\");", 0);
    check("tests/relay.rs", "tokio::time::sleep(PAUSE).await;", 1);
    check("src/retry.rs", "tokio::time::sleep(PAUSE).await;", 0);
    check("src/retry.rs", "#[cfg(test)]\nthread::sleep(PAUSE);", 1);
    check("smtp/src/path.rs", "#[ignore = \"later\"]", 1);
    check("docs/START.md", "see /home/anna/twinmx", 1);
    check("docs/START.md", "see ~/home/network/there", 0);
}
