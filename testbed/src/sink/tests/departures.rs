//! The ways a client leaves, and what the sink makes of them.

use super::*;
use crate::certificates::{Authority, Leaf};
use crate::tls::{ClientTls, ServerTls};

#[derive(Debug, Clone, Copy)]
enum Leave {
    Abort,
    Reset,
    Quit,
}

async fn leave(client: Client, leave: Leave) {
    match leave {
        Leave::Abort => client.abort(),
        Leave::Reset => client.reset().expect("reset"),
        Leave::Quit => drop(client.quit().await.expect("a reply")),
    }
}

#[tokio::test]
async fn the_place_and_the_manner_of_a_departure_are_recorded() {
    let check = async |lines: &[&str],
                       octets: &[u8],
                       way: Leave,
                       how: How,
                       place: Place,
                       aborted: Option<&[u8]>| {
        let sink = Sink::start().await.expect("a port");
        let mut client = Client::connect(sink.addr()).await.expect("a greeting");
        client.pipeline(lines).await.expect("replies");
        client.send_raw(octets).await.expect("taken");
        leave(client, way).await;
        let departure = sink.departure(0).await.expect("an end");
        // A reset may outrun octets that were on their way: then only the manner is sure.
        match way {
            Leave::Reset => assert_eq!(departure.how, how, "{lines:?}"),
            Leave::Abort | Leave::Quit => {
                assert_eq!(departure, Departure { how, place }, "{lines:?}");
                let contents: Vec<_> = sink
                    .aborted()
                    .iter()
                    .map(|a| a.message.content.clone())
                    .collect();
                assert_eq!(
                    contents,
                    aborted.map(<[u8]>::to_vec).into_iter().collect::<Vec<_>>(),
                    "{lines:?}"
                );
            }
        }
        assert!(sink.messages().is_empty() && sink.refused().is_empty());
    };
    let begun = ["EHLO c", "MAIL FROM:<>", "RCPT TO:<a@b>"];
    let data = ["EHLO c", "MAIL FROM:<>", "RCPT TO:<a@b>", "DATA"];
    check(&[], b"", Leave::Abort, How::Closed, Place::Greeting, None).await;
    check(
        &["EHLO c"],
        b"",
        Leave::Abort,
        How::Closed,
        Place::Idle,
        None,
    )
    .await;
    check(
        &begun,
        b"",
        Leave::Abort,
        How::Closed,
        Place::Transaction,
        None,
    )
    .await;
    check(
        &begun,
        b"",
        Leave::Quit,
        How::Quit,
        Place::Transaction,
        None,
    )
    .await;
    check(
        &data,
        b"",
        Leave::Abort,
        How::Closed,
        Place::Data,
        Some(b""),
    )
    .await;
    check(
        &data,
        b"part\r\n.\r",
        Leave::Abort,
        How::Closed,
        Place::Data,
        Some(b"part\r\n"),
    )
    .await;
    check(&data, b"part", Leave::Reset, How::Reset, Place::Data, None).await;
    check(
        &begun,
        b"BDAT 10\r\npart",
        Leave::Abort,
        How::Closed,
        Place::Chunk { missing: 6 },
        Some(b"part"),
    )
    .await;
    check(
        &begun,
        b"",
        Leave::Reset,
        How::Reset,
        Place::Transaction,
        None,
    )
    .await;
}

#[tokio::test]
async fn leaving_between_chunks_is_an_abort() {
    let sink = Sink::start().await.expect("a port");
    let mut client = session(&sink).await;
    client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>"])
        .await
        .expect("two replies");
    client.bdat(b"part").await.expect("a reply");
    client.quit().await.expect("a reply");
    let aborted = sink.next_aborted().await.expect("aborted");
    assert_eq!(
        aborted.departure,
        Departure {
            how: How::Quit,
            place: Place::BetweenChunks
        }
    );
    assert_eq!(
        (aborted.message.content.as_slice(), aborted.message.transfer),
        (b"part".as_slice(), Transfer::Bdat)
    );
}

#[tokio::test]
async fn rset_after_content_is_an_abort_and_before_it_is_none() {
    let sink = Sink::start().await.expect("a port");
    let mut client = session(&sink).await;
    client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>", "RSET"])
        .await
        .expect("three replies");
    assert_eq!(sink.aborted().len(), 0);
    client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>"])
        .await
        .expect("two replies");
    client.bdat(b"part").await.expect("a reply");
    client.command("RSET").await.expect("a reply");
    assert_eq!(sink.aborted().len(), 1);
    assert_eq!(deliver(&mut client, b"x\r\n").await.expect("a reply"), 250);
}

#[tokio::test]
async fn cutting_tls_short_differs_from_closing_it() {
    let authority = Authority::new("Root");
    let server = ServerTls::showing(&authority.issue(&Leaf::new("sink.example")));
    let tls = ClientTls::trusting([&authority], "sink.example");
    let sink = Sink::builder()
        .script(|s| s.starttls(StartTls::Offered(server)))
        .start()
        .await
        .expect("a port");
    for (number, how) in [How::Truncated, How::Closed].into_iter().enumerate() {
        let mut client = session(&sink).await.starttls(&tls).await.expect("TLS");
        client
            .pipeline(&["EHLO c", "MAIL FROM:<>", "RCPT TO:<a@b>", "DATA"])
            .await
            .expect("four replies");
        client.send_raw(b"part\r\n").await.expect("taken");
        if how == How::Closed {
            client.half_close().await.expect("close_notify");
        }
        client.abort();
        assert_eq!(
            sink.departure(number).await.expect("an end"),
            Departure {
                how,
                place: Place::Data
            }
        );
    }
}

#[tokio::test]
async fn a_script_acts_within_data() {
    let sink = Sink::start().await.expect("a port");
    let stalled = Gate::new();
    sink.script(|s| {
        s.within_data_once(4, Act::reply(421, "4.3.2 going down").then_close())
            .within_data_once(4, Act::normal().after(&stalled))
    });
    let begin = async || {
        let mut client = session(&sink).await;
        client
            .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>", "DATA"])
            .await
            .expect("three replies");
        client.send_raw(b"ab").await.expect("taken");
        client.send_raw(b"cd").await.expect("taken");
        client
    };
    let mut client = begin().await;
    client
        .expect(421)
        .await
        .expect("in the middle of the message");
    let aborted = sink.next_aborted().await.expect("aborted");
    assert_eq!(
        (
            aborted.departure.how.clone(),
            aborted.message.content.as_slice()
        ),
        (How::BySink, b"abcd".as_slice())
    );
    let mut client = begin().await;
    stalled.reached(1).await.expect("the sink reads no more");
    client
        .send_raw(b"\r\n.\r\n")
        .await
        .expect("taken by the kernel");
    assert!(sink.messages().is_empty());
    stalled.release();
    client.expect(250).await.expect("taken");
    assert_eq!(next(&sink).await.content, b"abcd\r\n");
}
