use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::*;
use crate::sink::{Act, Sink, Stage};

const SENDER: Sender = Sender {
    from: "a@example.net",
    to: |_| vec!["nora@contoso.com"],
    content: |letter| letter.of_lines(3),
    pause: Duration::ZERO,
};

#[tokio::test]
async fn what_is_answered_is_noted_and_so_is_what_arrives() {
    let hop = Arc::new(Sink::start().await.expect("a hop"));
    hop.script(|script| {
        script
            .once(Stage::End, Act::reply(451, "4.3.0 later"))
            .once(Stage::End, Act::close())
    });
    let acknowledged = Arc::new(Acknowledged::default());
    let arrivals = Arc::new(Arrivals::default());
    let judge = unaltered(0, SENDER.content);
    tokio::spawn(Arc::clone(&arrivals).collect(Arc::clone(&hop), judge));
    let client = tokio::spawn(speak(hop.addr(), SENDER, Arc::clone(&acknowledged)));
    let patience = Duration::from_secs(20);
    let reached = timeout(patience, acknowledged.reached(5)).await;
    reached.expect("the client goes on");
    acknowledged.end();
    client.await.expect("no panic");
    let letters = acknowledged.letters();
    let came = timeout(patience, arrivals.has(&letters)).await;
    came.expect("all arrived");
    assert!(!letters.contains(&Letter(0)), "it was put off");
    assert_eq!(acknowledged.begun(), letters.len() + 2);
    assert_eq!(arrivals.missing(&[Letter(0), Letter(2)]), [Letter(0)]);
    assert_eq!((arrivals.count(), arrivals.extra()), (letters.len(), 0));
    arrivals.note(Letter(2));
    assert_eq!(arrivals.extra(), 1);
}

#[tokio::test]
async fn what_is_altered_and_what_is_no_letter_is_told() {
    let hop = Sink::start().await.expect("a hop");
    let mut client = crate::client::Client::connect(hop.addr())
        .await
        .expect("a hop");
    client.ehlo("client.example.net").await.expect("EHLO");
    let judge = unaltered(1, SENDER.content);
    let whole = (SENDER.content)(Letter(7));
    for (content, expected) in [
        ([b"Received: x\r\n", &whole[..]].concat(), Ok(Letter(7))),
        (
            [b"Received: x\r\n", &whole[..], b"\r\n"].concat(),
            Err("number 7 was altered"),
        ),
        (
            b"Message-ID: <1@mx>\r\nReferences: <7@letters.example.net>\r\n\r\n".to_vec(),
            Err("a message without a number"),
        ),
        (
            b"Subject: x\r\n\r\n".to_vec(),
            Err("a message without a number"),
        ),
    ] {
        let delivery = client.deliver("a@example.net", &["nora@contoso.com"], &content);
        assert!(delivery.await.expect("a dialog").is_accepted());
        let message = hop.next_message().await.expect("it arrives");
        assert_eq!(judge(&message), expected.map_err(str::to_owned));
        let is_mentioned = !message.content.starts_with(b"Subject: x");
        assert_eq!(mentioned(&message), is_mentioned.then_some(Letter(7)));
    }
}
