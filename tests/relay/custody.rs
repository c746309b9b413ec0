//! 250 is the hop's own 250, and everything else stays with its sender.

use testbed::sink::{Act, How, Place, Stage};
use twinmx::event::{Event, Fate};

use crate::scene::{INTERNET, Scene, message};

/// What the client hears at the end of data when the hop says `text` with `code`.
async fn final_reply(code: u16, text: &str) -> (u16, String) {
    let scene = Scene::start().await;
    scene
        .notes
        .script(|script| script.on(Stage::End, Act::reply(code, text)));
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    let reply = delivery.end.expect("a reply to the end of data");
    (reply.code, reply.enhanced().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_hops_last_word_is_ours_unless_it_speaks_of_us() {
    for (code, text, expected) in [
        (250, "2.6.0 queued as 4711", (250, "2.0.0")),
        (451, "4.3.0 later", (451, "4.3.0")),
        (452, "4.2.2 mailbox full", (452, "4.2.2")),
        (550, "5.1.10 no such recipient", (550, "5.1.10")),
        (554, "rejected", (554, "5.0.0")),
        (
            550,
            "5.7.64 TenantAttribution; Relay Access Denied",
            (451, "4.7.0"),
        ),
        (530, "5.7.57 not authenticated", (451, "4.7.0")),
    ] {
        let (found, enhanced) = final_reply(code, text).await;
        assert_eq!((found, enhanced.as_str()), expected, "{code} {text}");
    }
}

#[tokio::test]
async fn a_hop_that_is_down_leaves_the_mail_with_its_sender() {
    let scene = Scene::start().await;
    scene.notes.go_down().await;
    let mut client = scene.client(INTERNET).await;
    for _ in 0..3 {
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog");
        let reply = delivery.end.expect("a reply to the end of data");
        assert_eq!((reply.code, reply.enhanced()), (451, Some("4.4.1")));
    }
    scene
        .event(|event| matches!(event, Event::SideDown { .. }))
        .await;
    client.mail("a@example.net").await.expect("MAIL");
    let reply = client.rcpt("nora@contoso.com").await.expect("RCPT");
    assert_eq!(
        (reply.code, reply.enhanced()),
        (451, Some("4.4.1")),
        "an open breaker is answered at RCPT"
    );
    assert_eq!(
        client.rcpt("cleo@contoso.com").await.expect("RCPT").code,
        250,
        "the other side is not concerned"
    );
}

#[tokio::test]
async fn the_next_hop_in_the_list_takes_over() {
    let dead = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a port");
    let second = testbed::sink::Sink::start().await.expect("a second hop");
    let scene = Scene::with(|setup| setup.notes_hops = vec![dead, second.addr()]).await;
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted());
    second.next_message().await.expect("it arrives");
}

#[tokio::test]
async fn some_refused_recipients_are_heard_of_at_the_retry() {
    let scene = Scene::start().await;
    scene.notes.script(|script| {
        script.recipient(
            "nils@contoso.com",
            Act::reply(550, "5.2.1 mailbox disabled"),
        )
    });
    let mut client = scene.client(INTERNET).await;
    let to = ["nora@contoso.com", "nils@contoso.com"];
    let sent = message("x");
    let delivery = client
        .deliver("a@example.net", &to, &sent)
        .await
        .expect("a dialog");
    let reply = delivery.end.expect("a reply to the end of data");
    assert_eq!((reply.code, reply.enhanced()), (451, Some("4.5.3")));
    assert!(scene.notes.messages().is_empty(), "nobody has it yet");

    let retry = client
        .deliver("a@example.net", &to, &sent)
        .await
        .expect("a dialog");
    let codes: Vec<_> = retry
        .recipients
        .iter()
        .map(|reply| (reply.code, reply.enhanced()))
        .collect();
    assert_eq!(codes, [(250, Some("2.1.5")), (550, Some("5.2.1"))]);
    assert!(retry.is_accepted());
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .recipients(),
        ["nora@contoso.com"]
    );

    client.mail("a@example.net").await.expect("MAIL");
    let reply = client.rcpt("nils@contoso.com").await.expect("RCPT");
    assert_eq!(reply.code, 250, "forgotten once the rest went through");
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_leaves_nothing_behind() {
    for (chunking, place) in [(true, Place::BetweenChunks), (false, Place::Data)] {
        let scene = Scene::start().await;
        if !chunking {
            scene.notes.script(|script| script.without("CHUNKING"));
        }
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nora@contoso.com").await.expect("RCPT");
        let half = message(&"half of it\r\n".repeat(20_000));
        client.data_raw(&half).await.expect("DATA");
        scene
            .notes
            .wait_until("the body streams", |book| !book.connections().is_empty())
            .await
            .expect("contact");
        client.abort();
        let aborted = scene
            .notes
            .next_aborted()
            .await
            .expect("the hop is hung up on");
        assert_eq!(aborted.departure.place, place);
        // Replies to chunks that nobody reads any more make the close a reset.
        let how = &aborted.departure.how;
        assert!(
            matches!(how, How::Closed | How::Reset),
            "no dot, no LAST, no QUIT, no RSET, but {how:?}"
        );
        assert!(scene.notes.messages().is_empty());
        assert_eq!(scene.outcome().await.result, Fate::Deferred);
    }
}

#[tokio::test]
async fn a_lost_final_reply_is_temporary() {
    let scene = Scene::start().await;
    scene
        .notes
        .script(|script| script.once(Stage::End, Act::lost().then_close()));
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    let reply = delivery.end.expect("a reply to the end of data");
    assert_eq!((reply.code, reply.enhanced()), (451, Some("4.4.2")));
}

#[tokio::test]
async fn one_connection_carries_many_messages_and_a_dead_one_is_replaced() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    for round in 0..3 {
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog");
        assert!(delivery.is_accepted(), "round {round}");
    }
    assert_eq!(scene.notes.connections().len(), 1);
    scene.notes.cut_connections().await;
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted());
    assert_eq!(scene.notes.messages().len(), 4);
}
