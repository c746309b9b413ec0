//! Clients that go, at every point of a dialog, by a TCP reset, without a word, or with QUIT where it does not belong.

use testbed::client::Client;

use super::others_are_served;
use crate::scene::{INTERNET, Scene, message};

/// How far the client comes before it goes.
const STAGES: usize = 8;

async fn come(scene: &Scene, stage: usize) -> Client {
    let mut client = Client::open(scene.mx).await.expect("a connection");
    let lines: [&[u8]; STAGES - 1] = [
        b"EHLO a\r\n",
        b"MAIL FROM:<a@example.net>\r\n",
        b"RCPT TO:<nora@contoso.com>\r\n",
        b"DATA\r\n",
        b"Subject: x\r\n\r\nhalf a li",
        b"ne\r\n",
        b".\r",
    ];
    for (number, line) in lines.iter().take(stage).enumerate() {
        if number < 5 {
            client
                .read_reply()
                .await
                .expect("the reply to what went before");
        }
        client.send_raw(line).await.expect("sent");
    }
    client
}

#[tokio::test]
async fn a_client_may_go_at_any_stage_and_leaves_nothing_behind() {
    let scene = Scene::start().await;
    for stage in 0..STAGES {
        come(&scene, stage).await.reset().expect("a reset");
        come(&scene, stage).await.abort();
        let mut third = come(&scene, stage).await;
        third.half_close().await.expect("closed");
        third.ending().await.expect("the gateway closes too");
        others_are_served(&scene).await;
        assert_eq!(
            scene.notes.messages().len(),
            stage + 1,
            "only the others' mail arrived, after stage {stage}"
        );
    }
    assert!(
        scene.notes.aborted().is_empty(),
        "a small message that never ended was shown to nobody"
    );
}

#[tokio::test]
async fn goodbye_between_chunks_is_no_end_of_a_message() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    client.bdat(&message("half")).await.expect("a chunk");
    assert_eq!(client.quit().await.expect("QUIT").code, 221);
    others_are_served(&scene).await;
    assert_eq!(scene.notes.messages().len(), 1);
}

#[tokio::test]
async fn a_message_whose_sender_left_after_its_end_is_still_one_message() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    client
        .data_raw(b"Subject: x\r\n\r\nx\r\n.\r\n")
        .await
        .expect("DATA");
    client.reset().expect("a reset");
    // It may have been taken or not; a second copy it must not become.
    others_are_served(&scene).await;
    let copies = scene
        .notes
        .messages()
        .iter()
        .filter(|got| got.below(1) == b"Subject: x\r\n\r\nx\r\n")
        .count();
    assert!(copies <= 1, "{copies} copies");
}
