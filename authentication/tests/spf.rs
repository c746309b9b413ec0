//! SPF and DMARC, as whole verdicts.

use authentication::{DmarcPolicy, Outcome, Through};

use crate::scene::Scene;

const MESSAGE: &[u8] = b"From: ann@example.net\r\nSubject: x\r\n\r\ntext\r\n";

#[tokio::test]
async fn results_of_spf() {
    let scene = Scene::start().await;
    let cases = [
        ("v=spf1 ip4:192.0.2.1 -all", Outcome::Pass),
        ("v=spf1 ip4:192.0.2.2 -all", Outcome::Fail),
        ("v=spf1 ip4:192.0.2.2 ~all", Outcome::SoftFail),
        ("v=spf1 ip4:192.0.2.2 ?all", Outcome::Neutral),
        ("v=spf1 ip4:not.an.address -all", Outcome::PermError),
        ("something else", Outcome::None),
    ];
    for (number, (record, expected)) in cases.into_iter().enumerate() {
        let domain = format!("d{number}.test");
        scene.names.text(&domain, record);
        let verdict = scene.verify(MESSAGE, &format!("a@{domain}")).await;
        let spf = verdict.mail_from.expect("a reverse path");
        assert_eq!((spf.outcome, spf.domain), (expected, domain), "{record}");
    }
}

#[tokio::test]
async fn a_null_reverse_path_leaves_the_name_of_the_client() {
    let scene = Scene::start().await;
    scene
        .names
        .text("client.example.net", "v=spf1 ip4:192.0.2.1 -all");
    scene.names.text("_dmarc.example.net", "v=DMARC1; p=reject");
    let verdict = scene.verify(MESSAGE, "").await;
    assert_eq!(verdict.mail_from, None);
    assert_eq!(verdict.helo.outcome, Outcome::Pass);
    // RFC 9989 §4.4.1: aligned as well.
    assert_eq!(verdict.dmarc.through, Some(Through::Spf), "{verdict}");
}

#[tokio::test]
async fn alignment() {
    for (record, reverse, expected) in [
        ("v=DMARC1; p=reject", "example.net", Outcome::Pass),
        ("v=DMARC1; p=reject", "a.example.net", Outcome::Pass),
        ("v=DMARC1; p=reject; aspf=s", "a.example.net", Outcome::Fail),
        ("v=DMARC1; p=reject", "badexample.net", Outcome::Fail),
        ("v=DMARC1; p=reject", "example.org", Outcome::Fail),
        ("no policy", "example.net", Outcome::None),
    ] {
        let scene = Scene::start().await;
        scene.names.text(reverse, "v=spf1 ip4:192.0.2.1 -all");
        scene.names.text("_dmarc.example.net", record);
        let verdict = scene.verify(MESSAGE, &format!("a@{reverse}")).await;
        assert_eq!(
            verdict.dmarc.outcome, expected,
            "{record} {reverse}: {verdict}"
        );
        let policy = (expected != Outcome::None).then_some(DmarcPolicy::Reject);
        assert_eq!(verdict.dmarc.policy, policy);
    }
}

#[tokio::test]
async fn several_authors_have_no_policy_and_no_pass() {
    let scene = Scene::start().await;
    scene.names.text("example.net", "v=spf1 ip4:192.0.2.1 -all");
    scene.names.text("_dmarc.example.net", "v=DMARC1; p=reject");
    for header in [
        "From: a@example.net, b@example.org\r\n",
        "From: a@example.net\r\nFrom: b@example.org\r\n",
        "From: a@example.net\r\nFrom: b@example.net\r\n",
        "Subject: nobody\r\n",
    ] {
        let message = format!("{header}\r\ntext\r\n");
        let dmarc = scene
            .verify(message.as_bytes(), "a@example.net")
            .await
            .dmarc;
        assert_eq!(
            (dmarc.outcome, &*dmarc.from),
            (Outcome::PermError, ""),
            "{header}"
        );
    }
    let two = b"From: a@example.net, b@example.net\r\n\r\ntext\r\n";
    let dmarc = scene.verify(two, "a@example.net").await.dmarc;
    assert_eq!(dmarc.outcome, Outcome::Pass, "two authors of one domain");
}
