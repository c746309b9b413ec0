//! Each behaviour of a script, seen from the client.

use super::*;
use crate::client::{Fault, Manner};

async fn scripted(change: impl FnOnce(&mut Script) -> &mut Script) -> Sink {
    Sink::builder()
        .script(change)
        .start()
        .await
        .expect("a port")
}

#[tokio::test]
async fn every_stage_says_what_it_is_told() {
    let check = async |stage: Stage, expected: [u16; 5]| {
        let sink = scripted(|s| s.once(stage, Act::reply(450, "4.7.1 not\nnow"))).await;
        let mut client = Client::open(sink.addr()).await.expect("a connection");
        let greeting = client.read_reply().await.expect("a greeting").code;
        let hello = client.ehlo("c.example").await.expect("a reply").code;
        client.helo("c.example").await.expect("a reply");
        let replies = client
            .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>"])
            .await
            .expect("two replies");
        let end = client.data(b"").await.expect("a reply").code;
        assert_eq!(
            [greeting, hello, replies[0].code, replies[1].code, end],
            expected,
            "{stage:?}"
        );
    };
    check(Stage::Greeting, [450, 250, 250, 250, 250]).await;
    check(Stage::Ehlo, [220, 450, 250, 250, 250]).await;
    check(Stage::Mail, [220, 250, 450, 503, 503]).await;
    check(Stage::Rcpt, [220, 250, 250, 450, 503]).await;
    check(Stage::Data, [220, 250, 250, 250, 450]).await;
    check(Stage::End, [220, 250, 250, 250, 450]).await;
    check(Stage::Helo, [220, 250, 250, 250, 250]).await;
    check(Stage::Noop, [220, 250, 250, 250, 250]).await;
}

#[tokio::test]
async fn acts_of_one_time_come_first_and_in_turn() {
    let sink = scripted(|s| {
        s.once(Stage::End, Act::reply(451, "one"))
            .once(Stage::End, Act::reply(452, "two"))
            .on(Stage::End, Act::reply(554, "always"))
    })
    .await;
    let mut client = session(&sink).await;
    for expected in [451, 452, 554, 554] {
        assert_eq!(
            deliver(&mut client, b"x\r\n").await.expect("a reply"),
            expected
        );
    }
    assert_eq!((sink.refused().len(), sink.messages().len()), (4, 0));
    sink.script(|s| s.behave());
    assert_eq!(deliver(&mut client, b"x\r\n").await.expect("a reply"), 250);
}

#[tokio::test]
async fn recipients_are_judged_one_by_one() {
    let sink = scripted(|s| {
        s.recipient("Gone@contoso.com", Act::reply(550, "5.1.1 unknown"))
            .recipient_once("busy@contoso.com", Act::reply(452, "4.2.2 full"))
    })
    .await;
    let mut client = session(&sink).await;
    let paths = ["gone@contoso.com", "busy@contoso.com", "anna@contoso.com"];
    let delivery = client.deliver("", &paths, b"x\r\n").await.expect("replies");
    assert_eq!(
        delivery
            .recipients
            .iter()
            .map(|r| r.code)
            .collect::<Vec<_>>(),
        [550, 452, 250]
    );
    assert_eq!(delivery.recipients[0].enhanced(), Some("5.1.1"));
    assert!(delivery.is_accepted());
    assert_eq!(next(&sink).await.recipients(), ["anna@contoso.com"]);
    let delivery = client
        .deliver("", &paths[..2], b"x\r\n")
        .await
        .expect("replies");
    assert_eq!(delivery.recipients[1].code, 250);
}

#[tokio::test]
async fn the_offer_is_what_the_script_says() {
    let sink = scripted(|s| {
        s.hostname("old.example")
            .without("CHUNKING")
            .without("size")
            .with("SIZE 10")
            .with("X-OLD")
    })
    .await;
    let client = session(&sink).await;
    assert_eq!(
        client.keywords(),
        [
            "PIPELINING",
            "8BITMIME",
            "SMTPUTF8",
            "DSN",
            "ENHANCEDSTATUSCODES",
            "SIZE 10",
            "X-OLD"
        ]
    );
    sink.script(|s| s.keywords::<String>([]));
    assert_eq!(session(&sink).await.keywords(), <[String; 0]>::default());
}

#[tokio::test]
async fn a_gate_holds_the_final_reply() {
    let gate = Gate::new();
    let sink = scripted(|s| s.on(Stage::End, Act::normal().after(&gate))).await;
    let mut client = session(&sink).await;
    client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>", "DATA"])
        .await
        .expect("three replies");
    client.send_raw(b"x\r\n.\r\n").await.expect("taken");
    gate.reached(1).await.expect("the message is in");
    assert!(
        sink.messages().is_empty(),
        "nothing is taken before the gate opens"
    );
    gate.release();
    client.expect(250).await.expect("taken");
    assert_eq!(sink.messages().len(), 1);
}

#[tokio::test]
async fn the_departure_of_a_client_held_at_a_gate_is_noticed() {
    let gate = Gate::new();
    let sink = scripted(|s| s.on(Stage::End, Act::normal().after(&gate))).await;
    let mut client = session(&sink).await;
    client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>", "DATA"])
        .await
        .expect("three replies");
    client.send_raw(b"x\r\n.\r\n").await.expect("taken");
    gate.reached(1).await.expect("the message is in");
    client.abort();
    let departure = sink.departure(0).await.expect("an end");
    assert_eq!(
        departure,
        Departure {
            how: How::Closed,
            place: Place::End
        }
    );
    assert_eq!((sink.refused().len(), sink.messages().len()), (1, 0));
}

#[tokio::test]
async fn a_lost_reply_is_that_of_a_message_taken() {
    let sink = scripted(|s| {
        s.once(Stage::End, Act::lost())
            .once(Stage::End, Act::close())
    })
    .await;
    for taken in [1, 1] {
        let mut client = session(&sink).await;
        let error = deliver(&mut client, b"x\r\n").await.expect_err("no reply");
        assert!(matches!(error.fault, Fault::Closed), "{error}");
        assert_eq!(sink.messages().len(), taken);
    }
    assert_eq!(sink.refused().len(), 1);
}

#[tokio::test]
async fn leaving_acts_leave_as_they_say() {
    let check = async |act: Act, before: &[u8], manner: Manner| {
        let sink = scripted(|s| s.on(Stage::Noop, act)).await;
        let mut client = session(&sink).await;
        client.send_raw(b"NOOP\r\n").await.expect("taken");
        let ending = client.ending().await.expect("an end");
        assert_eq!((ending.before.as_slice(), ending.manner), (before, manner));
        assert_eq!(sink.departure(0).await.expect("an end").how, How::BySink);
    };
    check(Act::close(), b"", Manner::Closed).await;
    check(Act::reset(), b"", Manner::Reset).await;
    check(
        Act::reply(421, "bye").then_close(),
        b"421 bye\r\n",
        Manner::Closed,
    )
    .await;
    check(
        Act::raw(b"22".as_slice()).then_close(),
        b"22",
        Manner::Closed,
    )
    .await;
}

#[tokio::test]
async fn a_hanging_sink_reads_on_and_says_nothing() {
    let sink = scripted(|s| s.on(Stage::Mail, Act::hang())).await;
    let mut client = session(&sink).await;
    client.send_raw(b"MAIL FROM:<>\r\n").await.expect("taken");
    client
        .send_raw(&b"NOOP\r\n".repeat(100_000))
        .await
        .expect("read and forgotten");
    client.half_close().await.expect("closed");
    let ending = client.ending().await.expect("an end");
    assert_eq!((ending.before.len(), ending.manner), (0, Manner::Closed));
    assert_eq!(sink.departure(0).await.expect("an end").how, How::Closed);
}

#[tokio::test]
async fn a_silent_server_is_an_error_that_says_what_was_waited_for() {
    let sink = scripted(|s| s.on(Stage::Mail, Act::stall())).await;
    let mut client = session(&sink).await;
    client.send_raw(b"MAIL FROM:<>\r\n").await.expect("taken");
    sink.wait_until("second command", |book| book.counts().commands == 2)
        .await
        .expect("it has come");
    // From here on everything is silence, and the clock may run ahead.
    tokio::time::pause();
    let error = client.read_reply().await.expect_err("silence");
    assert!(matches!(error.fault, Fault::Silence));
    let sentence = error.to_string();
    assert!(
        sentence.contains("a reply") && sentence.contains("MAIL FROM"),
        "{sentence}"
    );
    let sentence = sink
        .next_message()
        .await
        .expect_err("no message")
        .to_string();
    assert!(
        sentence.contains("no message within 10 s") && sentence.contains("MAIL FROM"),
        "{sentence}"
    );
}

#[tokio::test]
async fn replies_split_into_octets_are_read_whole() {
    let sink = scripted(|s| s.split_writes()).await;
    let mut client = session(&sink).await;
    assert!(client.offers("PIPELINING"));
    assert_eq!(deliver(&mut client, b"x\r\n").await.expect("a reply"), 250);
}

#[tokio::test]
async fn a_late_reply_comes_with_the_next() {
    let sink = scripted(|s| {
        s.on(Stage::Mail, Act::normal().one_reply_late())
            .on(Stage::Noop, Act::normal().followed_by(b"250 unasked\r\n"))
    })
    .await;
    let mut client = session(&sink).await;
    let replies = client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>"])
        .await
        .expect("two replies");
    assert_eq!(
        replies.iter().map(|r| r.enhanced()).collect::<Vec<_>>(),
        [Some("2.1.0"), Some("2.1.5")]
    );
    client.command("NOOP").await.expect("a reply");
    assert_eq!(
        client.read_reply().await.expect("another one").text(),
        "unasked"
    );
}

#[tokio::test]
async fn only_so_many_messages_a_connection() {
    let sink = scripted(|s| s.messages_per_connection(1)).await;
    let mut client = session(&sink).await;
    assert_eq!(deliver(&mut client, b"x\r\n").await.expect("a reply"), 250);
    assert_eq!(client.mail("").await.expect("a reply").code, 421);
    assert_eq!(
        client.ending().await.expect("an end").manner,
        Manner::Closed
    );
}

#[tokio::test]
async fn a_refused_chunk_breaks_the_transaction() {
    let sink = scripted(|s| s.once(Stage::Chunk, Act::reply(552, "5.3.4 too much"))).await;
    let mut client = session(&sink).await;
    client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>"])
        .await
        .expect("two replies");
    assert_eq!(client.bdat(b"x").await.expect("a reply").code, 552);
    assert_eq!(
        client.bdat_last(b"QUIT\r\n").await.expect("a reply").code,
        503
    );
    assert_eq!(client.command("RSET").await.expect("a reply").code, 250);
    assert_eq!(
        sink.next_aborted().await.expect("aborted").departure.how,
        How::GivenUp
    );
}

#[tokio::test]
async fn it_goes_down_and_comes_back_on_the_same_port() {
    let sink = Sink::start().await.expect("a port");
    let mut client = session(&sink).await;
    for round in 0..3 {
        sink.go_down().await;
        assert_eq!(
            client.ending().await.expect("an end").manner,
            Manner::Reset,
            "round {round}"
        );
        let error = Client::connect(sink.addr()).await.expect_err("refused");
        assert!(
            matches!(&error.fault, Fault::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused),
            "{error}"
        );
        sink.come_back().await;
        client = session(&sink).await;
    }
    sink.refuse_connections().await;
    assert_eq!(
        deliver(&mut client, b"x\r\n")
            .await
            .expect("open connections go on"),
        250
    );
    assert_eq!(sink.counts().open, 1);
}

#[tokio::test]
async fn lax_rules_split_a_smuggled_message() {
    let sink = scripted(|s| s.end_of_data(EndOfData::AnyLf)).await;
    let mut client = session(&sink).await;
    client
        .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>"])
        .await
        .expect("two replies");
    let smuggled = b"one\n.\nMAIL FROM:<x@y>\r\nRCPT TO:<a@b>\r\nDATA\r\ntwo\r\n.\r\n";
    client.data_raw(smuggled).await.expect("a 354");
    for expected in [250, 250, 250, 354, 250] {
        client.expect(expected).await.expect("a reply");
    }
    assert_eq!(next(&sink).await.content, b"one\n");
    assert_eq!(next(&sink).await.reverse_path, "x@y");
}
