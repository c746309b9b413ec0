//! Seals of ours before an independent verifier, and seals of others before us.

use authentication::{BodySeal, NotSealed, Outcome, Sealer, limits};

use crate::dkim::record;
use crate::python::{self, KEY};
use crate::scene::{Scene, split};

const MESSAGE: &str = "From: Ann <ann@example.net>\r\nTo: nora@contoso.com\r\nSubject: x\r\n  y\r\n\
                       Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@example.net>\r\n\r\ntext  \r\n \r\n\r\n";
const NOW: i64 = 1_795_341_600;

fn sealer() -> Sealer {
    Sealer::new("contoso.com", "arc", KEY.as_bytes()).expect("a key")
}

async fn scene() -> Scene {
    let scene = Scene::start().await;
    scene.names.text("arc._domainkey.contoso.com", &record());
    scene
        .names
        .text("test._domainkey.forwarder.test", &record());
    scene
}

/// What we make of a message that came as `received` and leaves as `leaving`.
async fn sealed(scene: &Scene, received: &str, leaving: &str) -> Result<String, NotSealed> {
    let verdict = scene.verify(received.as_bytes(), "ann@example.net").await;
    let (header, body) = split(leaving.as_bytes());
    let mut seal = BodySeal::new();
    seal.take(body);
    let set = sealer().seal(header, seal, "mx.contoso.com", &verdict, NOW)?;
    Ok(format!("{set}{leaving}"))
}

/// A set by python3-dkim above `message`.
async fn forwarded(message: &str) -> String {
    let message = format!(
        "Authentication-Results: forwarder.test; spf=pass smtp.mailfrom=x.test\r\n{message}"
    );
    let script = "a = dkim.ARC(message)\n\
                  set = a.sign(b'test', b'forwarder.test', arguments[0], b'forwarder.test', \
                  include_headers=[b'from', b'to', b'subject', b'date', b'message-id'])\n\
                  put(b''.join(set) + message)";
    let out = python::run(script, message.as_bytes(), &[KEY]).await;
    String::from_utf8(out).expect("text")
}

#[tokio::test]
async fn our_seals_verify_elsewhere_also_after_a_change() {
    if !python::is_here() {
        return;
    }
    let scene = scene().await;
    let converted = MESSAGE
        .replace("text", "something else")
        .replace("To: ", "MIME-Version: 1.0\r\nTo: ");
    for leaving in [MESSAGE.to_owned(), converted] {
        let message = sealed(&scene, MESSAGE, &leaving).await.expect("a seal");
        let said = python::arc_verdict(message.as_bytes(), &record()).await;
        assert!(said.starts_with("pass 1 "), "{said}\n{message}");
        let verdict = scene.verify(message.as_bytes(), "").await;
        assert_eq!(verdict.arc.outcome, Outcome::Pass, "{verdict}");
        assert_eq!((verdict.arc.sets, &*verdict.arc.sealer), (1, "contoso.com"));
        let spoilt = message.replace("ann@example.net>\r\nTo", "eve@example.net>\r\nTo");
        let spoilt = spoilt.replace("ann@example.net>\r\nMIME", "eve@example.net>\r\nMIME");
        let said = python::arc_verdict(spoilt.as_bytes(), &record()).await;
        assert!(said.starts_with("fail"), "{said}");
    }
}

#[tokio::test]
async fn a_chain_grows_and_a_broken_one_is_marked() {
    if !python::is_here() {
        return;
    }
    let scene = scene().await;
    let came = forwarded(MESSAGE).await;
    let verdict = scene.verify(came.as_bytes(), "").await;
    assert_eq!(verdict.arc.outcome, Outcome::Pass, "{verdict}\n{came}");
    // It held when it came, whatever became of it here.
    let changed = came.replace("text", "another text");
    let second = sealed(&scene, &came, &changed).await.expect("a seal");
    assert!(
        second.starts_with("ARC-Seal: i=2; a=rsa-sha256; cv=pass;"),
        "{second}"
    );
    let said = python::arc_verdict(second.as_bytes(), &record()).await;
    assert!(said.starts_with("pass 2 "), "{said}\n{second}");
    // It had been broken before it came.
    let broken = sealed(&scene, &changed, &changed).await.expect("a mark");
    assert!(
        broken.starts_with("ARC-Seal: i=2; a=rsa-sha256; cv=fail;"),
        "{broken}"
    );
    let said = python::arc_verdict(broken.as_bytes(), &record()).await;
    assert!(said.contains("ARC-Seal[2] reported failure"), "{said}");
    // Once marked it stays as it is.
    let again = sealed(&scene, &broken, &broken).await;
    assert_eq!(again, Err(NotSealed::Failed));
}

#[tokio::test]
async fn chains_at_the_limit_and_one_past() {
    let scene = scene().await;
    let chain = |last: u32| {
        let sets = (1..=last).map(|i| {
            format!(
                "ARC-Seal: i={i}; a=rsa-sha256; cv=pass; d=a.test; s=s; b=eA==\r\n\
                 ARC-Message-Signature: i={i}; a=rsa-sha256; d=a.test; s=s; h=from; bh=eA==; b=eA==\r\n\
                 ARC-Authentication-Results: i={i}; a.test; none\r\n"
            )
        });
        sets.collect::<String>() + MESSAGE
    };
    let most = limits::ARC_SETS_MAX;
    let below = chain(most - 1);
    assert!(sealed(&scene, &below, &below).await.is_ok());
    let full = chain(most);
    assert_eq!(sealed(&scene, &full, &full).await, Err(NotSealed::TooLong));
    let past = chain(most + 1);
    let verdict = scene.verify(past.as_bytes(), "").await;
    assert_eq!(verdict.arc.outcome, Outcome::Fail);
}

#[tokio::test]
async fn what_cannot_be_sealed() {
    let scene = scene().await;
    let nobody = "Subject: x\r\n\r\ntext\r\n";
    assert_eq!(sealed(&scene, nobody, nobody).await, Err(NotSealed::NoFrom));
    // Half a set is no chain.
    let half = format!("ARC-Seal: i=1; a=rsa-sha256; cv=none; d=a.test; s=s; b=eA==\r\n{MESSAGE}");
    let verdict = scene.verify(half.as_bytes(), "").await;
    assert_eq!(verdict.arc.outcome, Outcome::Fail, "{verdict}");
}
