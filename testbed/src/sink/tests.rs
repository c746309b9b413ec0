//! Client against sink: what one does, the other sees.

mod behaviour;
mod bounds;
mod departures;
mod tls;

use std::sync::Arc;

use super::*;
use crate::client::{Client, ClientError};
use crate::reply::Reply;

/// A session that has said EHLO.
async fn session(sink: &Sink) -> Client {
    let mut client = Client::connect(sink.addr()).await.expect("a greeting");
    client
        .ehlo("client.example")
        .await
        .expect("a reply to EHLO");
    client
}

/// Delivers one message and returns the code of the reply that decided.
async fn deliver(client: &mut Client, content: &[u8]) -> Result<u16, ClientError> {
    let delivery = client
        .deliver("sender@fabrikam.com", &["anna@contoso.com"], content)
        .await?;
    Ok(delivery.verdict().code)
}

async fn next(sink: &Sink) -> Arc<Message> {
    sink.next_message().await.expect("a message")
}

#[tokio::test]
async fn a_message_arrives_as_it_was_sent() {
    let sink = Sink::start().await.expect("a port");
    let mut client = session(&sink).await;
    assert_eq!(client.keyword("SIZE"), Some("157286400"));
    assert!(client.offers("pipelining") && !client.offers("STARTTLS"));
    client
        .mail_with("sender@fabrikam.com", "BODY=8BITMIME SIZE=9")
        .await
        .expect("a reply");
    client
        .rcpt_with("\"a>b\"@contoso.com", "NOTIFY=NEVER")
        .await
        .expect("a reply");
    client.rcpt("Otto@Contoso.com").await.expect("a reply");
    let content = b".\r\n..x\r\n\xff\r\n\r\n".repeat(10_000);
    assert_eq!(client.data(&content).await.expect("a reply").code, 250);
    let message = next(&sink).await;
    assert_eq!(message.reverse_path, "sender@fabrikam.com");
    assert_eq!(message.mail_parameters, ["BODY=8BITMIME", "SIZE=9"]);
    assert_eq!(
        message.recipients(),
        ["\"a>b\"@contoso.com", "Otto@Contoso.com"]
    );
    assert_eq!(message.forward_paths[0].parameters, ["NOTIFY=NEVER"]);
    assert_eq!(
        (
            message.hello.as_str(),
            message.transfer,
            message.tls.is_none()
        ),
        ("client.example", Transfer::Data, true)
    );
    assert!(message.content == content, "the content differs");
    assert_eq!(client.quit().await.expect("a reply").code, 221);
    let departure = sink.departure(0).await.expect("an end");
    assert_eq!(
        departure,
        Departure {
            how: How::Quit,
            place: Place::Idle
        }
    );
}

#[tokio::test]
async fn a_client_comes_from_the_address_it_was_told() {
    let sink = Sink::start().await.expect("a port");
    let source = [127, 0, 0, 9].into();
    let mut client = Client::connect_from(source, sink.addr())
        .await
        .expect("a greeting");
    assert_eq!(
        client.greeting().map(Reply::text).as_deref(),
        Some("sink.example ESMTP")
    );
    client.helo("c").await.expect("a reply");
    deliver(&mut client, b"x\r\n").await.expect("a reply");
    let message = next(&sink).await;
    assert_eq!(
        (message.peer.ip(), message.peer),
        (source, client.local_addr().expect("connected"))
    );
}

#[tokio::test]
async fn chunks_arrive_as_they_were_sent() {
    let sink = Sink::start().await.expect("a port");
    let mut client = session(&sink).await;
    client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<anna@contoso.com>"])
        .await
        .expect("two replies");
    assert_eq!(
        client
            .bdat(b"Subject: x\r\n\r\n.\r\n")
            .await
            .expect("a reply")
            .code,
        250
    );
    assert_eq!(client.bdat(b"").await.expect("a reply").code, 250);
    assert_eq!(
        client
            .bdat_last(b"QUIT\r\n\0no final newline")
            .await
            .expect("a reply")
            .code,
        250
    );
    let message = next(&sink).await;
    assert_eq!(
        message.content,
        b"Subject: x\r\n\r\n.\r\nQUIT\r\n\0no final newline"
    );
    assert_eq!(
        (message.transfer, message.reverse_path.as_str()),
        (Transfer::Bdat, "")
    );
}

#[tokio::test]
async fn pipelined_commands_are_answered_in_order_and_noted() {
    let sink = Sink::start().await.expect("a port");
    let mut client = session(&sink).await;
    let lines = ["MAIL FROM:<a@b>", "RCPT TO:<c@d>", "NOOP", "WHAT", "DATA"];
    let replies = client.pipeline(&lines).await.expect("five replies");
    assert_eq!(
        replies.iter().map(|r| r.code).collect::<Vec<_>>(),
        [250, 250, 250, 500, 354]
    );
    client.send_raw(b"x\r\n.\r\n").await.expect("taken");
    client.expect(250).await.expect("taken");
    let connection = &sink.connections()[0];
    assert_eq!(
        connection.commands,
        ["EHLO client.example"]
            .into_iter()
            .chain(lines)
            .collect::<Vec<_>>()
    );
    assert_eq!(next(&sink).await.early_octets, 0);
    // All five may come in one segment or in several: at least it is never more than four.
    assert!(connection.pipelined <= 4, "{}", connection.pipelined);
}

#[tokio::test]
async fn content_sent_before_the_354_is_noted() {
    let sink = Sink::start().await.expect("a port");
    let gate = Gate::new();
    sink.script(|s| s.on(Stage::Data, Act::normal().after(&gate)));
    let mut client = session(&sink).await;
    client
        .pipeline(&["MAIL FROM:<a@b>", "RCPT TO:<c@d>"])
        .await
        .expect("two replies");
    client.send_raw(b"DATA\r\n").await.expect("taken");
    gate.reached(1).await.expect("the sink holds the 354");
    client.send_raw(b"early\r\n").await.expect("taken");
    // The sink reads ahead at the gate; a second connection's whole dialog proves that it had its turn.
    let mut other = session(&sink).await;
    other.command("NOOP").await.expect("a reply");
    gate.release();
    client.expect(354).await.expect("at last");
    client.send_raw(b".\r\n").await.expect("taken");
    client.expect(250).await.expect("taken");
    let message = next(&sink).await;
    assert_eq!(
        (message.early_octets, message.content.as_slice()),
        (7, b"early\r\n".as_slice())
    );
}

#[tokio::test]
async fn stamped_messages_are_counted() {
    use crate::stamp::stamped;
    let sink = Sink::counting().start().await.expect("a port");
    let mut client = session(&sink).await;
    let whole = |id: &str| stamped(id, b"Subject: x\r\n\r\nbody\r\n");
    let mut changed = whole("c");
    changed[55] ^= 1;
    for content in [whole("a"), whole("b"), whole("b"), changed, whole("d")] {
        assert_eq!(deliver(&mut client, &content).await.expect("a reply"), 250);
    }
    let count = sink.count(["a", "b", "c", "e"]);
    let list = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let expected = Count {
        received: 2,
        lost: list(&["c", "e"]),
        duplicate: list(&["b"]),
        damaged: list(&["c"]),
        strange: list(&["d"]),
    };
    assert_eq!(count, expected);
    assert!(!count.is_perfect());
    assert!(
        sink.messages().is_empty() && sink.connections().is_empty(),
        "a counting sink keeps nothing"
    );
    assert_eq!(sink.counts().accepted, 5);
}
