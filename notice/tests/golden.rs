//! Whole reports, one an action, beside this file. `TWINMX_BLESS=1` writes them anew.

use std::path::PathBuf;
use std::time::Duration;

use notice::{Diagnostic, Failure, Fate, Notice, Recipient};
use smtp::{Enhanced, OriginalRecipient, Xtext};

use crate::scene::{Message, UNTIL, compose, notice, recipient, whole};

fn check(name: &str, recipients: &[Recipient<'_>]) {
    let envelope_id = Xtext::encode(b"QQ+314159");
    let message = Message::usual();
    let composed = compose(&Notice {
        envelope_id: Some(&envelope_id),
        ..notice(&message, recipients)
    });
    let found = String::from_utf8(whole(&composed))
        .expect("UTF-8")
        .replace("\r\n", "\n");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
        .with_extension("eml");
    if std::env::var_os("TWINMX_BLESS").is_some() {
        std::fs::write(&path, &found).expect("it can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("TWINMX_BLESS=1 writes it");
    assert_eq!(found, expected, "{name}");
    let text = part(&found, 1);
    assert!(
        PAGE.contains(text),
        "docs/REPORTS.md shows another text for {name}"
    );
    if name == "failed" {
        let facts = part(&found, 2);
        assert!(PAGE.contains(facts), "docs/REPORTS.md shows other facts");
    }
}

/// What administrators read; its examples are these reports.
const PAGE: &str = include_str!("../../docs/REPORTS.md");

/// A part without its header.
fn part(report: &str, number: usize) -> &str {
    let part = report.split("\n--=_twinmx_report_").nth(number);
    let (_, body) = part
        .and_then(|part| part.split_once("\n\n"))
        .expect("it is there");
    body.trim_end()
}

#[test]
fn a_failure() {
    let original = OriginalRecipient::parse("rfc822;bert+2Bnews@fabrikam.com").expect("an ORCPT");
    let mut bert = recipient("bert@fabrikam.com", Fate::Failed(Failure::Unknown));
    bert.original = Some(&original);
    let mut lists = ["carl@fabrikam.com", "dora@fabrikam.com"].map(|address| {
        recipient(
            address,
            Fate::Failed(Failure::Unreachable {
                after: Duration::from_hours(120),
            }),
        )
    });
    for recipient in &mut lists {
        recipient.remote_mta = None;
        recipient.diagnostic = Some(Diagnostic::Observed(
            "mail.fabrikam.com:25: connection timed out",
        ));
        recipient.status = Enhanced {
            class: 4,
            subject: 4,
            detail: 1,
        };
    }
    check("failed", &[&[bert][..], &lists].concat());
}

#[test]
fn a_delay() {
    let mut bert = recipient("bert@fabrikam.com", Fate::Delayed { until: UNTIL });
    bert.status = Enhanced {
        class: 4,
        subject: 3,
        detail: 2,
    };
    bert.diagnostic = Some(Diagnostic::Reply("451 4.3.2 Please try later"));
    check("delayed", &[bert]);
}

#[test]
fn good_news() {
    for (name, fate) in [("relayed", Fate::Relayed), ("delivered", Fate::Delivered)] {
        let mut bert = recipient("bert@fabrikam.com", fate);
        bert.status = Enhanced {
            class: 2,
            subject: 0,
            detail: 0,
        };
        bert.diagnostic = Some(Diagnostic::Reply("250 2.0.0 Ok"));
        check(name, &[bert]);
    }
}
