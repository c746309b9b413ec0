//! Each bound at its limit and one past it.

use super::*;
use crate::client::{Fault, Manner};

#[tokio::test]
async fn a_reply_line_has_its_bound() {
    let check = async |octets: usize, taken: bool| {
        let sink = Sink::start().await.expect("a port");
        let line = [b"250 ".as_slice(), &vec![b'x'; octets - 6], b"\r\n"].concat();
        sink.script(|s| s.on(Stage::Noop, Act::raw(line)));
        let outcome = session(&sink).await.command("NOOP").await;
        assert_eq!(
            matches!(outcome, Ok(ref reply) if reply.code == 250),
            taken,
            "{octets}"
        );
        assert_eq!(
            matches!(
                outcome,
                Err(ClientError {
                    fault: Fault::TooLong,
                    ..
                })
            ),
            !taken,
            "{octets}"
        );
    };
    check(limits::REPLY_LINE_MAX, true).await;
    check(limits::REPLY_LINE_MAX + 1, false).await;
}

#[tokio::test]
async fn a_reply_has_so_many_lines() {
    let check = async |lines: usize, taken: bool| {
        let sink = Sink::start().await.expect("a port");
        sink.script(|s| s.on(Stage::Noop, Act::reply(250, &vec!["x"; lines].join("\n"))));
        let outcome = session(&sink).await.command("NOOP").await;
        assert_eq!(
            outcome.as_ref().ok().map(|r| r.lines.len()),
            taken.then_some(lines)
        );
    };
    check(limits::REPLY_LINES_MAX, true).await;
    check(limits::REPLY_LINES_MAX + 1, false).await;
}

#[tokio::test]
async fn what_a_server_says_before_it_leaves_has_its_bound() {
    let check = async |octets: usize, taken: bool| {
        let sink = Sink::start().await.expect("a port");
        sink.script(|s| s.on(Stage::Noop, Act::raw(vec![b'x'; octets]).then_close()));
        let mut client = session(&sink).await;
        client.send_raw(b"NOOP\r\n").await.expect("taken");
        let ending = client.ending().await;
        assert_eq!(ending.ok().map(|e| e.before.len()), taken.then_some(octets));
    };
    check(limits::READ_AHEAD_MAX, true).await;
    check(limits::READ_AHEAD_MAX + 1, false).await;
}

#[tokio::test]
async fn a_command_line_has_its_bound() {
    let check = async |octets: usize, code: u16| {
        let sink = Sink::start().await.expect("a port");
        let mut client = session(&sink).await;
        let line = format!("NOOP {}", "x".repeat(octets - 7));
        assert_eq!(
            client.command(&line).await.expect("a reply").code,
            code,
            "{octets}"
        );
    };
    check(limits::COMMAND_LINE_MAX, 250).await;
    check(limits::COMMAND_LINE_MAX + 1, 500).await;
}

#[tokio::test]
async fn content_has_its_bound_in_data_and_in_chunks() {
    let check = async |octets: usize, code: u16, kept: usize| {
        let sink = Sink::builder()
            .content_max(10)
            .start()
            .await
            .expect("a port");
        let mut client = session(&sink).await;
        let content = [vec![b'x'; octets - 2], b"\r\n".to_vec()].concat();
        assert_eq!(
            deliver(&mut client, &content).await.expect("a reply"),
            code,
            "{octets}"
        );
        client
            .pipeline(&["MAIL FROM:<>", "RCPT TO:<a@b>"])
            .await
            .expect("two replies");
        client.bdat(&content[..4]).await.expect("a reply");
        assert_eq!(
            client.bdat_last(&content[4..]).await.expect("a reply").code,
            code,
            "{octets}"
        );
        let messages = if code == 250 {
            sink.messages()
        } else {
            sink.refused()
        };
        let seen: Vec<_> = messages
            .iter()
            .map(|m| (m.octets, m.content.len()))
            .collect();
        assert_eq!(seen, [(octets, kept), (octets, kept)]);
    };
    check(10, 250, 10).await;
    check(11, 552, 10).await;
}

#[tokio::test]
async fn kept_octets_have_their_bound() {
    let sink = Sink::builder()
        .kept_octets_max(6)
        .start()
        .await
        .expect("a port");
    let mut client = session(&sink).await;
    for content in [b"a\r\n", b"b\r\n", b"c\r\n"] {
        deliver(&mut client, content).await.expect("a reply");
    }
    let kept: Vec<_> = sink
        .messages()
        .iter()
        .map(|m| (m.octets, m.content.len()))
        .collect();
    assert_eq!(kept, [(3, 3), (3, 3), (3, 0)]);
}

#[tokio::test]
async fn kept_records_have_their_bound() {
    let sink = Sink::builder()
        .kept_records_max(2)
        .start()
        .await
        .expect("a port");
    for _ in 0..3 {
        let mut client = session(&sink).await;
        deliver(&mut client, b"x\r\n").await.expect("a reply");
    }
    assert_eq!((sink.messages().len(), sink.connections().len()), (2, 2));
    assert_eq!((sink.counts().accepted, sink.counts().connections), (3, 3));
    assert_eq!(sink.connections()[0].commands.len(), 2);
}

#[tokio::test]
async fn connections_have_their_bound() {
    let sink = Sink::builder()
        .connections_max(1)
        .start()
        .await
        .expect("a port");
    let first = session(&sink).await;
    let mut second = Client::open(sink.addr()).await.expect("the kernel accepts");
    first.quit().await.expect("a reply");
    second.expect(220).await.expect("its turn has come");
    assert_eq!(sink.counts().connections, 2);
    let departure = sink.departure(0).await.expect("the first was gone before");
    assert_eq!(departure.how, How::Quit);
}

#[tokio::test]
async fn an_idle_client_is_left() {
    let second = std::time::Duration::from_secs(1);
    let sink = Sink::start().await.expect("a port");
    let mut client = session(&sink).await;
    // Paused only to be moved: a clock that runs ahead while octets are on their way would end every wait.
    let wait = async |time: std::time::Duration| {
        tokio::time::pause();
        tokio::time::advance(time).await;
        tokio::time::resume();
    };
    wait(limits::SINK_IDLE - second).await;
    client.command("NOOP").await.expect("still there");
    wait(limits::SINK_IDLE + second).await;
    assert_eq!(
        client.ending().await.expect("an end").manner,
        Manner::Closed
    );
    assert!(matches!(
        sink.departure(0).await.expect("an end").how,
        How::Fault(_)
    ));
}
