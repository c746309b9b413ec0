//! A person with swaks tries it out.

use std::path::PathBuf;

use testbed::certificates::Leaf;

use super::program::Finished;
use super::*;
use crate::scene::TENANT;

/// One attempt from the internet to `to`, the message on standard input.
async fn attempt(scene: &Scene, to: &str, more: &[&str]) -> Finished {
    let mut arguments = vec!["--from", SENDER, "--to", to];
    arguments.extend(more);
    swaks(scene.mx, &arguments, b"").await
}

/// PEM files of a certificate of the cloud's, and of the root, which issued it itself: swaks shows a
/// leaf without its chain.
fn files(scene: &Scene) -> [PathBuf; 3] {
    let notary = &scene.notary;
    let cloud = notary.root.issue(&Leaf::new("mail.protection.outlook.com"));
    let (chain, key) = cloud
        .write_to(scene.dir.path(), "person")
        .expect("it is ours");
    let root = notary
        .root
        .write_to(scene.dir.path(), "person-root")
        .expect("it is ours");
    [chain, key, root]
}

#[tokio::test]
async fn mail_goes_through_in_clear_pipelined_and_over_tls() {
    let Some(()) = require(&[Peer::Swaks]) else {
        return;
    };
    let scene = Scene::start().await;
    for (words, protocol, tls) in [
        (vec![], "ESMTP", false),
        (vec!["--pipeline"], "ESMTP", false),
        (vec!["--protocol", "SMTP"], "SMTP", false),
        (vec!["--tls"], "ESMTPS", true),
        (vec!["--tls", "--pipeline"], "ESMTPS", true),
        (vec!["--tls", "--tls-protocol", "tlsv1_2"], "ESMTPS", true),
    ] {
        let sent = attempt(&scene, NORA, &words).await;
        assert!(
            sent.succeeded().contains(" 250 2.0.0 "),
            "{words:?}: {sent:?}"
        );
        let outcome = scene.outcome().await;
        assert_eq!(
            (&*outcome.origin, outcome.client_tls.is_some()),
            ("internet", tls)
        );
        let got = scene.notes.next_message().await.expect("it arrives");
        assert_eq!(got.recipients(), [NORA]);
        assert!(
            got.field("Received")[0].contains(&format!(" with {protocol} id ")),
            "{words:?}"
        );
    }
}

#[tokio::test]
async fn the_clouds_certificate_with_our_tenant_proves_the_cloud() {
    let Some(()) = require(&[Peer::Swaks]) else {
        return;
    };
    let scene = Scene::start().await;
    let [chain, key, root] = files(&scene).map(|path| path.display().to_string());
    let tls = ["--tls", "--tls-cert", &chain, "--tls-key", &key];
    let verified = ["--tls-verify", "--tls-ca-path", &root];
    let tenant = format!("X-MS-Exchange-CrossTenant-Id: {TENANT}");
    for (tenant, origin) in [(Some(&tenant), "cloud"), (None, "internet")] {
        let mut words = [&tls[..], &verified].concat();
        words.extend(tenant.iter().flat_map(|field| ["--add-header", field]));
        attempt(&scene, NORA, &words).await.succeeded();
        assert_eq!(scene.outcome().await.origin, origin);
        let got = scene.notes.next_message().await.expect("it arrives");
        let kept = got.field("X-MS-Exchange-CrossTenant-Id");
        assert_eq!(kept.len(), usize::from(tenant.is_some()), "{kept:?}");
    }
}

#[tokio::test]
async fn an_attachment_arrives_as_it_was_sent() {
    let Some(()) = require(&[Peer::Swaks]) else {
        return;
    };
    let scene = Scene::start().await;
    let octets: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    let file = scene.dir.path().join("data.bin");
    std::fs::write(&file, octets).expect("the directory is ours");
    let attachment = format!("@{}", file.display());
    let words = [
        "--attach-type",
        "application/octet-stream",
        "--attach",
        &attachment,
    ];
    attempt(&scene, NORA, &words).await.succeeded();
    let got = scene.notes.next_message().await.expect("it arrives");
    let printed = attempt(&scene, NORA, &[&words[..], &["--dump-mail"]].concat()).await;
    // Its boundary and Message-ID are new each time; what is encoded is not.
    let encoded = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| line.len() == 76 && !line.contains(' '));
        lines.map(str::to_owned).collect()
    };
    let came = encoded(&String::from_utf8_lossy(&got.content));
    assert_eq!(
        came.len(),
        1754,
        "100,000 octets in base 64, but the last line"
    );
    assert_eq!(came, encoded(printed.succeeded()));
}

#[tokio::test]
async fn refusals_can_be_told_apart() {
    let Some(()) = require(&[Peer::Swaks]) else {
        return;
    };
    let scene = Scene::with(|setup| setup.limits += "\nmessage_size = \"64 KiB\"").await;
    let large = "x".repeat(70_000);
    // swaks(1): 24 is no recipient, 26 the message.
    for (to, words, code, reply) in [
        ("nobody@contoso.com", vec![], 24, "<** 550 5.1.1 "),
        ("somebody@elsewhere.example", vec![], 24, "<** 550 5.7.1 "),
        ("printer@contoso.com", vec![], 24, "<** 550 5.4.4 "),
        (
            NORA,
            vec!["--data", "no field\\n\\nbody"],
            26,
            "<** 550 5.6.0 ",
        ),
        (NORA, vec!["--body", &large], 26, "<** 552 5.3.4 "),
    ] {
        let refused = attempt(&scene, to, &words).await;
        assert_eq!(refused.code(), Some(code), "{to}: {refused:?}");
        assert!(refused.output.contains(reply), "{to}: {refused:?}");
    }
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn nobody_may_say_that_he_is_somebody_else() {
    let Some(()) = require(&[Peer::Swaks]) else {
        return;
    };
    let scene = Scene::start().await;
    for (words, code) in [
        (vec!["--xclient-addr", "127.0.0.2"], 33),
        (
            vec![
                "--auth",
                "PLAIN",
                "--auth-user",
                "a",
                "--auth-password",
                "b",
            ],
            28,
        ),
    ] {
        let refused = attempt(&scene, NORA, &words).await;
        assert_eq!(refused.code(), Some(code), "{refused:?}");
        assert!(!refused.output.contains("250-XCLIENT"), "{refused:?}");
        assert!(!refused.output.contains("250-AUTH"), "{refused:?}");
    }
    // The header of a proxy is a line that we do not know.
    let words = ["--proxy-version", "1", "--proxy-family", "TCP4"];
    let addresses = ["--proxy-source", "127.0.0.2", "--proxy-source-port", "1"];
    let to = ["--proxy-dest", "127.0.0.1", "--proxy-dest-port", "25"];
    let refused = attempt(&scene, CLEO, &[&words[..], &addresses, &to].concat()).await;
    assert!(!refused.status.success(), "{refused:?}");
    assert!(scene.nothing_arrived());
}
