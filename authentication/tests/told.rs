//! Verdicts that rely on what another verifier has told.

use authentication::{DmarcPolicy, Outcome, Told};

use crate::scene::Scene;

const MESSAGE: &[u8] = b"From: ann@example.net\r\nSubject: x\r\n\r\ntext\r\n";

/// What is made of a message of a client that SPF does not know, with these results told of it: SPF, DMARC, and
/// how many signatures.
async fn told(results: &str) -> (Outcome, Outcome, usize) {
    let scene = Scene::start().await;
    scene.names.text("example.net", "v=spf1 ip4:192.0.2.9 -all");
    scene.names.text("_dmarc.example.net", "v=DMARC1; p=reject");
    let field = format!(" filter.example; {results}");
    let told = Told::by("filter.example", std::iter::once(field.as_bytes()));
    let client = Some("192.0.2.1".parse().expect("an address"));
    let verdict = scene
        .verify_from(client, Some(&told), MESSAGE, "ann@example.net")
        .await;
    assert_eq!(verdict.told_by.as_deref(), Some("filter.example"));
    assert_eq!(verdict.dmarc.policy, Some(DmarcPolicy::Reject), "{results}");
    let spf = verdict.mail_from.expect("a reverse path");
    (spf.outcome, verdict.dmarc.outcome, verdict.dkim.len())
}

#[tokio::test]
async fn what_is_told_of_this_message_counts_and_nothing_else() {
    use Outcome::{Fail, Pass};

    for (results, expected) in [
        ("spf=pass smtp.mailfrom=example.net", (Pass, Pass, 0)),
        ("spf=pass smtp.mailfrom=ann@EXAMPLE.net", (Pass, Pass, 0)),
        ("spf=pass smtp.mailfrom=other.test", (Fail, Fail, 0)),
        ("spf=temperror smtp.mailfrom=example.net", (Fail, Fail, 0)),
        ("dkim=pass header.d=example.net", (Fail, Pass, 1)),
        ("dkim=pass header.i=@mail.example.net", (Fail, Pass, 1)),
        ("dkim=pass header.d=other.test", (Fail, Fail, 1)),
        ("dkim=pass", (Fail, Fail, 0)),
        (
            "dkim=fail header.d=example.net; dkim=pass header.d=example.net",
            (Fail, Pass, 2),
        ),
        (
            "dkim=pass header.d=example.net; dkim=temperror header.d=x.test",
            (Fail, Fail, 0),
        ),
        ("dmarc=pass header.from=example.net", (Fail, Pass, 0)),
        ("dmarc=pass", (Fail, Pass, 0)),
        ("dmarc=pass header.from=other.test", (Fail, Fail, 0)),
        ("dmarc=temperror header.from=example.net", (Fail, Fail, 0)),
        (
            "spf=pass smtp.mailfrom=example.net; dmarc=fail header.from=example.net",
            (Pass, Fail, 0),
        ),
    ] {
        assert_eq!(told(results).await, expected, "{results}");
    }
}

#[tokio::test]
async fn without_a_client_spf_never_passes_and_never_fails() {
    let scene = Scene::start().await;
    for (record, name) in [("v=spf1 +all", "all.test"), ("v=spf1 -all", "none.test")] {
        scene.names.text(name, record);
        scene.names.text("client.example.net", record);
        let verdict = scene
            .verify_from(None, None, MESSAGE, &format!("a@{name}"))
            .await;
        let spf = verdict.mail_from.expect("a reverse path");
        assert_eq!(spf.outcome, Outcome::TempError, "{name}");
        assert_eq!(verdict.helo.outcome, Outcome::TempError, "{name}");
    }
}

#[tokio::test]
async fn a_failure_that_is_told_where_no_policy_is_known_is_left_open() {
    let scene = Scene::start().await;
    scene
        .names
        .tell("_dmarc.example.net", testbed::nameserver::Told::Failure);
    let client = Some("192.0.2.1".parse().expect("an address"));
    let field = b"filter.example; dmarc=fail header.from=example.net";
    let told = Told::by("filter.example", std::iter::once(&field[..]));
    let verdict = scene.verify_from(client, Some(&told), MESSAGE, "").await;
    assert_eq!(verdict.dmarc.outcome, Outcome::TempError);
    let field = b"filter.example; dmarc=fail (p=reject) header.from=example.net";
    let told = Told::by("filter.example", std::iter::once(&field[..]));
    let verdict = scene.verify_from(client, Some(&told), MESSAGE, "").await;
    assert_eq!(verdict.dmarc.outcome, Outcome::Fail);
}
