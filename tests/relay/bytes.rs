//! Below our own trace field nothing changes.

use crate::scene::{INTERNET, NOTES, Scene, message};

#[tokio::test]
async fn mail_from_the_internet_reaches_each_side_unchanged() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    for (to, sink) in [
        ("nora@contoso.com", &scene.notes),
        ("cleo@contoso.com", &scene.cloud),
    ] {
        let sent = message("Hello");
        let delivery = client
            .deliver("a@example.net", &[to], &sent)
            .await
            .expect("a dialog");
        assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
        let got = sink.next_message().await.expect("it arrives");
        assert_eq!(got.below(1), sent, "below the first field nothing changes");
        assert_eq!(got.reverse_path, "a@example.net");
    }
}

#[tokio::test]
async fn every_octet_arrives_as_it_was_sent() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let long_line = "x".repeat(5000);
    let large = "0123456789abcdef\r\n".repeat(20_000);
    for body in [
        ".\r\n..\r\n...leading dots\r\n.",
        "trailing blanks   \t\r\n\r\n\r\n",
        &long_line,
        "gr\u{fc}\u{df}e",
        "",
        &large,
    ] {
        let sent = message(body);
        let delivery = client
            .deliver_with(
                "a@example.net",
                "BODY=8BITMIME",
                &["nora@contoso.com"],
                &sent,
            )
            .await;
        assert!(delivery.expect("a dialog").is_accepted());
        assert_eq!(
            scene
                .notes
                .next_message()
                .await
                .expect("it arrives")
                .below(1),
            sent
        );
    }
}

#[tokio::test]
async fn a_body_without_a_final_line_end_keeps_it_so_by_bdat_and_gets_one_by_data() {
    for chunking in [true, false] {
        let scene = Scene::start().await;
        if !chunking {
            scene.notes.script(|script| script.without("CHUNKING"));
        }
        let mut client = scene.client(INTERNET).await;
        let mut sent = message("no end");
        sent.truncate(sent.len() - 2);
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nora@contoso.com").await.expect("RCPT");
        let (first, last) = sent.split_at(40);
        assert_eq!(client.bdat(first).await.expect("a chunk").code, 250);
        assert_eq!(client.bdat_last(last).await.expect("the last").code, 250);
        let got = scene.notes.next_message().await.expect("it arrives");
        if !chunking {
            sent.extend_from_slice(b"\r\n");
        }
        assert_eq!(got.below(1), sent, "chunking {chunking}");
    }
}

#[tokio::test]
async fn our_field_is_first_and_tells_the_way() {
    let scene = Scene::start().await;
    let mut client = scene.client(NOTES).await;
    client
        .deliver("nora@contoso.com", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    let got = scene.cloud.next_message().await.expect("it arrives");
    let (name, value) = got.fields().first().cloned().expect("a field");
    assert_eq!(name, "Received");
    assert!(
        value.contains("from client.example.net ([127.0.0.2])"),
        "{value}"
    );
    assert!(
        value.contains("by mx.contoso.com (twinmx) with ESMTP id "),
        "{value}"
    );
    assert!(value.contains("for <cleo@contoso.com>;"), "{value}");
}

#[tokio::test]
async fn with_two_recipients_neither_is_named() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let to = ["nora@contoso.com", "nils@contoso.com"];
    assert!(
        client
            .deliver("a@example.net", &to, &message("x"))
            .await
            .expect("a dialog")
            .is_accepted()
    );
    let got = scene.notes.next_message().await.expect("it arrives");
    assert_eq!(got.recipients(), to);
    assert!(!got.field("Received")[0].contains("for <"));
}
