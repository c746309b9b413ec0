//! Signatures by an independent signer.

use authentication::{DkimFault, Outcome, Sealer, limits};

use crate::python::{self, KEY};
use crate::scene::Scene;

const HEADER: &str = "From: Ann <ann@example.net>\r\nTo: nora@contoso.com\r\nSubject: a   b\r\n\tc\r\n\
                      Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.net>\r\n\r\n";

pub(crate) fn record() -> String {
    let sealer = Sealer::new("x.test", "x", KEY.as_bytes()).expect("a key");
    sealer.record()
}

async fn scene() -> Scene {
    let scene = Scene::start().await;
    scene.names.text("test._domainkey.example.net", &record());
    scene
}

#[tokio::test]
async fn signed_bodies_of_every_shape_verify() {
    if !python::is_here() {
        return;
    }
    let scene = scene().await;
    for body in [
        "",
        "\r\n",
        "text\r\n",
        "text \t \r\n with  blanks \r\n",
        "text\r\n\r\n\r\n",
        // What mail-auth 0.13 takes for lines of the relaxed form.
        "text\r\n \r\n",
        "text\r\n\r\n \t\r\n  \r\n\r\n",
        " \t\r\n",
        "\r\n \r\ntext",
    ] {
        for form in [
            "relaxed/relaxed",
            "simple/simple",
            "relaxed/simple",
            "simple/relaxed",
        ] {
            let message =
                python::signed(format!("{HEADER}{body}").as_bytes(), "example.net", form).await;
            let verdict = scene.verify(&message, "ann@example.net").await;
            let found: Vec<_> = verdict.dkim.iter().map(|one| one.outcome).collect();
            assert_eq!(found, [Outcome::Pass], "{form} of {body:?}: {verdict}");
            assert_eq!(verdict.dkim[0].domain, "example.net");
        }
    }
}

#[tokio::test]
async fn what_was_changed_fails_and_says_why() {
    if !python::is_here() {
        return;
    }
    let scene = scene().await;
    let message = python::signed(
        format!("{HEADER}text\r\n").as_bytes(),
        "example.net",
        "relaxed/relaxed",
    )
    .await;
    let text = String::from_utf8(message).expect("text");
    let check = async |changed: String, outcome, fault| {
        let verdict = scene.verify(changed.as_bytes(), "ann@example.net").await;
        let found = (verdict.dkim[0].outcome, verdict.dkim[0].fault);
        assert_eq!(found, (outcome, fault), "{verdict}");
    };
    check(text.clone(), Outcome::Pass, None).await;
    check(
        text.replace("\r\n\r\ntext", "\r\n\r\ntexts"),
        Outcome::Fail,
        Some(DkimFault::Body),
    )
    .await;
    check(
        text.replace("a   b", "ab"),
        Outcome::Fail,
        Some(DkimFault::Signature),
    )
    .await;
    check(
        text.replacen("s=test;", "s=other;", 1),
        Outcome::PermError,
        Some(DkimFault::Key),
    )
    .await;
    check(
        text.replacen("a=rsa-sha256", "a=rsa-sha1", 1),
        Outcome::Policy,
        Some(DkimFault::Algorithm),
    )
    .await;
    check(
        text.replacen("s=test;", "s=test; l=4;", 1),
        Outcome::PermError,
        Some(DkimFault::Length),
    )
    .await;
    check(
        text.replacen("s=test; t=", "s=test; x=1000000000; z=", 1),
        Outcome::Fail,
        Some(DkimFault::Expired),
    )
    .await;
}

#[tokio::test]
async fn a_signature_without_the_author_or_of_another_domain_is_void() {
    if !python::is_here() {
        return;
    }
    let scene = scene().await;
    let message = python::signed(
        format!("{HEADER}text\r\n").as_bytes(),
        "example.net",
        "relaxed/relaxed",
    )
    .await;
    let text = String::from_utf8(message).expect("text");
    let without = text.replace("h=from : ", "h=").replace(" : from;", ";");
    let foreign = text.replace("i=@example.net", "i=@example.org");
    for changed in [without, foreign] {
        assert_ne!(changed, text);
        let verdict = scene.verify(changed.as_bytes(), "").await;
        let found = (verdict.dkim[0].outcome, verdict.dkim[0].fault);
        assert_eq!(
            found,
            (Outcome::PermError, Some(DkimFault::Syntax)),
            "{verdict}"
        );
    }
}

#[tokio::test]
async fn a_broken_signature_does_not_harm_a_good_one() {
    if !python::is_here() {
        return;
    }
    let scene = scene().await;
    let plain = format!("{HEADER}text\r\n");
    let good = python::signed(plain.as_bytes(), "example.net", "relaxed/relaxed");
    let broken = b"DKIM-Signature: v=1; a=odd; d=example.org; s=s\r\n";
    let message = [&broken[..], &good.await].concat();
    let verdict = scene.verify(&message, "").await;
    assert_eq!(verdict.signers().collect::<Vec<_>>(), ["example.net"]);
    assert_eq!(verdict.dkim.len(), 2, "{verdict}");
}

#[tokio::test]
async fn signatures_at_the_limit_and_one_past() {
    let scene = Scene::start().await;
    let signature = |number: usize| {
        format!(
            "DKIM-Signature: v=1; a=rsa-sha256; d=d{number}.test; s=s; h=from; bh=eA==; b=eA==\r\n"
        )
    };
    let most = limits::SIGNATURES_MAX;
    for (count, left_out) in [(most, 0), (most + 1, 1)] {
        let all: String = (0..count).map(signature).collect();
        let verdict = scene
            .verify(format!("{all}{HEADER}text\r\n").as_bytes(), "")
            .await;
        assert_eq!((verdict.dkim.len(), verdict.left_out), (most, left_out));
        assert_eq!(verdict.dkim[0].domain, "d0.test");
    }
}

/// RFC 8463 Appendix A: one message, an Ed25519 and an RSA signature.
#[tokio::test]
async fn the_example_of_rfc_8463() {
    let scene = Scene::start().await;
    scene.names.text(
        "brisbane._domainkey.football.example.com",
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    );
    scene.names.text(
        "test._domainkey.football.example.com",
        "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/\
         J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
    );
    let message = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n \
q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : message-id : from : subject : date;\r\n \
bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n \
Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n\
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n \
q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n date : message-id : from : subject : date;\r\n \
bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n \
DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n\
From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\nSubject: Is dinner ready?\r\n\
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\nMessage-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n\
Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
    let verdict = scene.verify(message.as_bytes(), "").await;
    let found: Vec<_> = verdict.dkim.iter().map(|one| one.outcome).collect();
    assert_eq!(found, [Outcome::Pass, Outcome::Pass], "{verdict}");
}
