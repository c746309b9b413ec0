//! Commands that carry more than one, or somebody else's address.

use super::others_are_served;
use crate::scene::{INTERNET, NOTES, Scene, message};

#[tokio::test]
async fn relay_tricks_are_refused_at_rcpt() {
    let scene = Scene::start().await;
    for path in [
        "user%elsewhere.example@contoso.com",
        "elsewhere.example!user@contoso.com",
        "@contoso.com:user@elsewhere.example",
        "user@elsewhere.example@contoso.com",
        "\"user@elsewhere.example\"@contoso.com",
        "user@[192.0.2.1]",
        "user@[127.0.0.1]",
        "user@",
        "@contoso.com",
        "nora@contoso.com\0",
        "nora@cont\u{43e}so.com",
        "user@elsewhere.example",
        "nora@contoso.com.",
        "nora@.contoso.com",
        "nora\"@contoso.com",
        "nora@contoso.com>,<x@elsewhere.example",
    ] {
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        let reply = client.rcpt(path).await.expect("RCPT");
        assert!(
            reply.is_permanent(),
            "{path:?}: {} {}",
            reply.code,
            reply.text()
        );
    }
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn verify_and_expand_tell_nothing() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let known = client.command("VRFY nora@contoso.com").await.expect("VRFY");
    let unknown = client
        .command("VRFY nobody@contoso.com")
        .await
        .expect("VRFY");
    assert_eq!(known, unknown);
    assert_eq!(known.code, 252);
    assert!(
        client
            .command("EXPN staff")
            .await
            .expect("EXPN")
            .is_permanent()
    );
}

#[tokio::test]
async fn a_homograph_of_our_domain_is_not_ours() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client
        .mail_with("a@example.net", "SMTPUTF8")
        .await
        .expect("MAIL");
    for path in [
        "nora@cont\u{43e}so.com",
        "nora@xn--contso-7qf.com",
        "n\u{43e}ra@contoso.com",
    ] {
        let reply = client.rcpt(path).await.expect("RCPT");
        assert!(reply.is_permanent(), "{path:?}: {}", reply.text());
    }
    let fullwidth = client.rcpt("nora@\u{ff43}ontoso.com").await.expect("RCPT");
    assert_eq!(
        fullwidth.code, 250,
        "another spelling of the same name (UTS 46) is the same name"
    );
}

#[tokio::test]
async fn a_line_end_within_a_command_ends_the_session() {
    let scene = Scene::start().await;
    for line in [
        "NOOP\nMAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\n",
        "NOOP\rMAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\n",
        "MAIL FROM:<a@example.net>\nRCPT TO:<nora@contoso.com>\r\nDATA\r\n",
        "EHLO one\nMAIL FROM:<a@example.net>\r\n",
        "MAIL FROM:<\"a\rb\"@example.net>\r\n",
        "MAIL FROM:<a@example.net>\r\r\nDATA\r\n",
    ] {
        let mut client = scene.client(INTERNET).await;
        client.send_raw(line.as_bytes()).await.expect("sent");
        let ending = client.ending().await.expect("it is hung up on");
        let said = String::from_utf8_lossy(&ending.before);
        assert!(
            said.lines().count() == 1 && said.starts_with('5'),
            "{line:?}: {said:?}"
        );
    }
    assert!(scene.nothing_arrived());
    others_are_served(&scene).await;
}

#[tokio::test]
async fn no_octet_of_a_command_becomes_another_command_or_a_field_further_on() {
    let scene = Scene::start().await;
    for (hello, mail, rcpt) in [
        (
            "EHLO a\0b",
            "MAIL FROM:<a@example.net>",
            "RCPT TO:<nora@contoso.com>",
        ),
        (
            "EHLO x) by mx.contoso.com (twinmx-loop 0123456789abcdef",
            "MAIL FROM:<a@example.net>",
            "RCPT TO:<nora@contoso.com>",
        ),
        (
            "EHLO \x1b[31m\u{fc}",
            "MAIL FROM:<a@example.net>",
            "RCPT TO:<nora@contoso.com>",
        ),
        (
            "EHLO a",
            "MAIL FROM:<a\0@example.net>",
            "RCPT TO:<nora@contoso.com>",
        ),
        (
            "EHLO a",
            "MAIL FROM:<a@example.net> ENVID=a+0D+0ARSET",
            "RCPT TO:<nora@contoso.com>",
        ),
        (
            "EHLO a",
            "MAIL FROM:<a@example.net>",
            "RCPT TO:<nora@contoso.com> ORCPT=rfc822;a+0D+0ADATA",
        ),
        (
            "EHLO a",
            "MAIL FROM:<a@example.net>",
            "RCPT TO:<nora@contoso.com>\0",
        ),
        (
            "EHLO a",
            "MAIL FROM:<\"a>\\\"<b\"@example.net>",
            "RCPT TO:<nora@contoso.com>",
        ),
    ] {
        let mut client = scene.client(INTERNET).await;
        client.command(hello).await.expect("EHLO");
        let taken = client.command(mail).await.expect("MAIL").is_positive()
            && client.command(rcpt).await.expect("RCPT").is_positive();
        if !taken {
            continue; // refused: nothing of it goes anywhere
        }
        assert_eq!(
            client.data(&message("x")).await.expect("DATA").code,
            250,
            "{hello:?} {mail:?} {rcpt:?}"
        );
        let got = scene.notes.next_message().await.expect("it arrives");
        let received = got.field("Received").concat();
        assert!(
            received.is_ascii() && !received.contains(['\0', '\x1b']),
            "{received:?}"
        );
        assert_eq!(received.matches("twinmx-loop").count(), 1, "{received:?}");
    }
    for connection in scene.notes.connections() {
        for line in &connection.commands {
            let known = ["EHLO ", "MAIL FROM:<", "RCPT TO:<", "DATA"]
                .iter()
                .any(|verb| line.starts_with(verb));
            assert!(known && !line.contains(['\0', '\r', '\n']), "{line:?}");
        }
    }
}

#[tokio::test]
async fn a_side_relays_for_itself_only_what_is_a_plain_path() {
    let scene = Scene::start().await;
    let mut client = scene.client(NOTES).await;
    client.mail("nora@contoso.com").await.expect("MAIL");
    for path in [
        "@elsewhere.example:x@other.example",
        "x%other.example@elsewhere.example",
        "other.example!x@elsewhere.example",
    ] {
        assert!(
            client.rcpt(path).await.expect("RCPT").is_permanent(),
            "{path}"
        );
    }
}
