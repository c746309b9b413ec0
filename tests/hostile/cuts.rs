//! What a message is does not depend on how the network cut it.

use crate::scene::{INTERNET, Scene};

#[tokio::test]
async fn glued_transactions_are_separate_messages() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let one = "MAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nBDAT 20 LAST\r\nSubject: one\r\n\r\none\r\n";
    let two = "MAIL FROM:<b@example.net>\r\nRCPT TO:<nils@contoso.com>\r\nBDAT 20 LAST\r\nSubject: two\r\n\r\ntwo\r\n";
    let three = "QUIT\r\n";
    let [one, two] = [one, two].map(|text| {
        let (head, body) = text.split_once("LAST\r\n").expect("a chunk");
        format!(
            "{}LAST\r\n{body}",
            head.replace("20", &body.len().to_string())
        )
    });
    client
        .send_raw(format!("{one}{two}{three}").as_bytes())
        .await
        .expect("sent");
    for expected in [250, 250, 250, 250, 250, 250, 221] {
        assert_eq!(client.read_reply().await.expect("a reply").code, expected);
    }
    let messages = scene.notes.messages();
    let seen: Vec<_> = messages
        .iter()
        .map(|got| (got.reverse_path.as_str(), got.recipients()[0]))
        .collect();
    assert_eq!(
        seen,
        [
            ("a@example.net", "nora@contoso.com"),
            ("b@example.net", "nils@contoso.com")
        ]
    );
}

/// Dialogs as they go over the wire; what follows DATA does not wait for the 354.
const DIALOGS: &[(&str, &str)] = &[
    (
        "DATA",
        "EHLO a\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nRCPT TO:<nobody@contoso.com>\r\nDATA\r\n\
         Subject: x\r\nX: folded\r\n\tonce\r\n\r\n..dots\r\n...\r\n\r\n.\r\n\
         MAIL FROM:<b@example.net>\r\nRCPT TO:<nils@contoso.com>\r\nDATA\r\n\r\n.\r\nQUIT\r\n",
    ),
    (
        "BDAT",
        "EHLO a\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nBDAT 13\r\nSubject: x\r\n\rBDAT 1\r\n\nBDAT 0\r\n\
         BDAT 9 LAST\r\n.\r\nQUIT\r\nMAIL FROM:<b@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nBDAT 0 LAST\r\nQUIT\r\n",
    ),
    (
        "refused",
        "EHLO a\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nDATA\r\nSubject: x\r\n\r\nbare\nline\r\n.\r\n\
         MAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nBDAT 7\r\nx\ry\r\n.\nBDAT 5 LAST\r\nRSET\rNONSENSE\r\nRSET\r\n\
         MAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nDATA\r\nSubject: x\r\n\r\ntaken\r\n.\r\nQUIT\r\n",
    ),
];

/// What the client heard (codes) and what arrived, for a dialog sent in these pieces.
async fn outcome<'a>(
    scene: &Scene,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> (Vec<String>, Vec<String>) {
    let before = scene.notes.messages().len();
    let mut client = testbed::client::Client::connect(scene.mx)
        .await
        .expect("a greeting");
    for piece in pieces {
        if client.send_raw(piece).await.is_err() {
            break;
        }
        // The gateway runs on this thread: it is given the time to read this piece before the next is sent.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }
    let ending = client.ending().await.expect("the end");
    let heard = String::from_utf8_lossy(&ending.before)
        .lines()
        .map(|line| line.chars().take(9).collect())
        .collect();
    let arrived = scene.notes.messages()[before..]
        .iter()
        .map(|got| {
            format!(
                "{} {:?} {:?}",
                got.reverse_path,
                got.recipients(),
                String::from_utf8_lossy(got.below(1))
            )
        })
        .collect();
    (heard, arrived)
}

#[tokio::test]
async fn every_dialog_comes_to_the_same_however_it_is_cut() {
    // A recipient that nobody knows, so often from one address, would be a harvest.
    let scene = Scene::with(|setup| {
        setup.limits = "new_connections_per_client = 0\nunknown_per_client = 0".to_owned();
    })
    .await;
    for (name, dialog) in DIALOGS {
        let wire = dialog.as_bytes();
        let glued = outcome(&scene, [wire].into_iter()).await;
        let messages = if *name == "refused" { 1 } else { 2 };
        assert_eq!(glued.1.len(), messages, "{name}: {glued:#?}");
        for size in [1, 2, 3, 5, 64] {
            assert_eq!(
                outcome(&scene, wire.chunks(size)).await,
                glued,
                "{name} in pieces of {size}"
            );
        }
        for at in 1..wire.len() {
            let (first, second) = wire.split_at(at);
            assert_eq!(
                outcome(&scene, [first, second].into_iter()).await,
                glued,
                "{name} cut at {at}"
            );
        }
    }
}

#[tokio::test]
async fn a_client_that_speaks_before_the_greeting_is_answered_in_order() {
    let scene = Scene::with(|setup| setup.limits = "early_talkers = \"allow\"".to_owned()).await;
    let mut client = testbed::client::Client::open(scene.mx)
        .await
        .expect("a connection");
    client
        .send_raw(b"EHLO a\r\nNOOP\r\nQUIT\r\n")
        .await
        .expect("sent");
    for expected in [220, 250, 250, 221] {
        assert_eq!(client.read_reply().await.expect("a reply").code, expected);
    }
}
