//! 8-bit mail for a hop without 8BITMIME (RFC 6152 §3).

use std::sync::Arc;

use testbed::sink::Message;
use testbed::tnef;

use crate::mime::{leaves, only};
use crate::scene::{INTERNET, Scene, message};

const LATIN: &str = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
                     Content-Transfer-Encoding: 8bit\r\n";

fn letter(text: &str) -> Vec<u8> {
    format!("From: a@example.net\r\nSubject: x\r\n{LATIN}\r\n{text}\r\n").into_bytes()
}

/// How it arrives at a Notes that takes 7 bit only.
async fn narrowed(scene: &Scene, parameters: &str, content: &[u8]) -> Arc<Message> {
    scene.notes.script(|script| script.without("8BITMIME"));
    let mut client = scene.client(INTERNET).await;
    let to = ["nora@contoso.com"];
    let delivery = client.deliver_with("a@example.net", parameters, &to, content);
    let delivery = delivery.await.expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
    scene.notes.next_message().await.expect("it arrives")
}

#[tokio::test]
async fn eight_bit_text_arrives_in_seven_and_says_the_same() {
    let scene = Scene::start().await;
    // Whole in memory, and with what is beyond ASCII only after much has gone.
    let late = format!("{}Gr\u{fc}\u{df}e", "plain\r\n".repeat(20_000));
    for text in ["Gr\u{fc}\u{df}e\r\n.\r\nEnde", &late] {
        for parameters in ["BODY=8BITMIME", ""] {
            let got = narrowed(&scene, parameters, &letter(text)).await;
            assert!(got.content.is_ascii(), "{parameters}");
            assert!(
                got.mail_parameters
                    .iter()
                    .all(|one| !one.starts_with("BODY"))
            );
            let read = only(&got.content, "text/plain").octets;
            let read = String::from_utf8(read).expect("UTF-8");
            assert_eq!(read.trim_end(), text, "{parameters}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_had_in_seven_bit_is_refused_and_nothing_of_it_ends() {
    let scene = Scene::start().await;
    scene.notes.script(|script| script.without("8BITMIME"));
    let signed = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n\
                  --b\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u{fc}\u{df}e\r\n--b--\r\n";
    let late = format!(
        "Subject: x\r\n\r\n{}Gr\u{fc}\u{df}e\r\n",
        "plain\r\n".repeat(20_000)
    );
    for content in [signed, &late] {
        let mut client = scene.client(INTERNET).await;
        let to = ["nora@contoso.com"];
        let delivery = client.deliver("a@example.net", &to, content.as_bytes());
        let delivery = delivery.await.expect("a dialog");
        let verdict = delivery.verdict();
        assert_eq!((verdict.code, verdict.enhanced()), (554, Some("5.6.3")));
    }
    assert!(scene.notes.messages().is_empty());
}

#[tokio::test]
async fn seven_bit_mail_is_left_alone_whatever_its_sender_declared() {
    let scene = Scene::start().await;
    for size in [1, 200_000] {
        for parameters in ["BODY=8BITMIME", "BODY=7BIT", ""] {
            let sent = message(&"plain\r\n".repeat(size / 7 + 1));
            let got = narrowed(&scene, parameters, &sent).await;
            assert!(got.below(1) == sent, "{size} {parameters}");
        }
    }
}

#[tokio::test]
async fn what_was_converted_arrives_in_seven_bit_too() {
    let scene = Scene::start().await;
    let sample = tnef::sample("meeting-japanese");
    let got = narrowed(&scene, "", &sample.eml()).await;
    assert!(got.content.is_ascii());
    assert_eq!(
        only(&got.content, "text/calendar").method.as_deref(),
        Some("REQUEST")
    );
    assert!(leaves(&got.content).len() > 1);
}
