//! The handshake as OpenSSL sees it.

use super::program::Finished;
use super::*;

/// A handshake that verifies our chain against the scene's root.
async fn handshake(scene: &Scene, more: &[&str]) -> Finished {
    let root = scene
        .notary
        .root
        .write_to(scene.dir.path(), "handshake-root")
        .expect("it is ours");
    let root = root.display().to_string();
    let mut arguments = vec!["-CAfile", &root, "-verify_return_error"];
    arguments.extend(["-verify_hostname", "mx.contoso.com"]);
    arguments.extend(more);
    s_client(scene.mx, &arguments).await
}

#[tokio::test]
async fn both_versions_show_a_whole_chain_and_ask_for_a_certificate() {
    let Some(()) = require(&[Peer::Openssl]) else {
        return;
    };
    let scene = Scene::start().await;
    for (option, version) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let shaken = handshake(&scene, &[option, "-showcerts"]).await;
        let text = shaken.succeeded();
        for part in [
            "Verify return code: 0 (ok)",
            "Verified peername: mx.contoso.com",
            // Asked for, whoever signed it: no hints.
            "Requested Signature Algorithms",
            "No client certificate CA names sent",
            "221 2.0.0 ",
        ] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        assert!(text.contains(&format!("New, {version}")), "{text}");
        let sent = text.matches("BEGIN CERTIFICATE").count();
        assert_eq!(sent, 2, "the leaf and its issuer, and not the root: {text}");
    }
}

#[tokio::test]
async fn what_is_outdated_is_refused() {
    let Some(()) = require(&[Peer::Openssl]) else {
        return;
    };
    let scene = Scene::start().await;
    for (version, ciphers) in [
        ("-tls1", "ALL:@SECLEVEL=0"),
        ("-tls1_1", "ALL:@SECLEVEL=0"),
        // Without forward secrecy, and without authenticated encryption.
        ("-tls1_2", "AES128-GCM-SHA256:AES256-GCM-SHA384"),
        ("-tls1_2", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"),
    ] {
        let refused = handshake(&scene, &[version, "-cipher", ciphers]).await;
        assert!(
            !refused.status.success(),
            "{version} {ciphers}: {refused:?}"
        );
        assert!(
            refused.output.contains("New, (NONE), Cipher is (NONE)"),
            "{refused:?}"
        );
        assert!(
            refused.errors.contains("alert handshake failure"),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn what_is_said_in_clear_before_the_handshake_is_forgotten() {
    let Some(()) = require(&[Peer::Openssl]) else {
        return;
    };
    let scene = Scene::start().await;
    // After its own EHLO and STARTTLS, and no EHLO inside: MAIL comes too early (RFC 3207 §4.2).
    let root = scene
        .notary
        .root
        .write_to(scene.dir.path(), "root-again")
        .expect("it is ours");
    let root = root.display().to_string();
    let input = format!("MAIL FROM:<{SENDER}>\r\nQUIT\r\n");
    let shaken = super::openssl::s_client_saying(scene.mx, &["-CAfile", &root], &input).await;
    assert!(shaken.succeeded().contains("503 5.5.1 "), "{shaken:?}");
}
