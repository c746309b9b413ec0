//! BDAT (RFC 3030): who counts chunks wrong hears commands in a message, or the reverse (CVE-2017-16943, -16944).

use testbed::client::Client;
use twinmx::event::Fate;

use super::others_are_served;
use crate::scene::{INTERNET, Scene, message};

/// A client in the middle of a transaction for Nora.
async fn begun(scene: &Scene) -> Client {
    let mut client = scene.client(INTERNET).await;
    begin(&mut client).await;
    client
}

async fn begin(client: &mut Client) {
    assert_eq!(client.mail("a@example.net").await.expect("MAIL").code, 250);
    assert_eq!(
        client.rcpt("nora@contoso.com").await.expect("RCPT").code,
        250
    );
}

#[tokio::test]
async fn a_chunk_whose_size_cannot_be_known_ends_the_session() {
    let scene = Scene::start().await;
    for argument in [
        "18446744073709551616",
        "99999999999999999999999999",
        "-1",
        "+5",
        "0x10",
        "5x",
        "5 LASTING",
        "5 LAST LAST",
        "5 5",
        "",
        "LAST",
        "LAST 5",
        "1e3",
        "5,0",
        "\u{665}",
    ] {
        let mut client = begun(&scene).await;
        client
            .send_raw(format!("BDAT {argument}\r\nNOOP\r\nQUIT\r\n").as_bytes())
            .await
            .expect("sent");
        let ending = client.ending().await.expect("it is hung up on");
        let said = String::from_utf8_lossy(&ending.before);
        assert!(
            said.lines().count() == 1 && said.starts_with('5'),
            "{argument:?}: {said:?}"
        );
    }
    assert!(scene.nothing_arrived());
    others_are_served(&scene).await;
}

#[tokio::test]
async fn a_chunk_that_is_too_large_is_refused_before_it_is_read() {
    let scene = Scene::with(|setup| setup.limits = "message_size = \"1 MiB\"".to_owned()).await;
    for size in [
        "18446744073709551615",
        "9223372036854775808",
        "1000000000000",
    ] {
        let mut client = begun(&scene).await;
        client
            .send_raw(format!("BDAT {size} LAST\r\n").as_bytes())
            .await
            .expect("sent");
        let ending = client.ending().await.expect("nobody reads so much");
        assert!(
            ending.before.starts_with(b"5") || ending.before.starts_with(b"421"),
            "{size}: {ending:?}"
        );
    }
    let mut client = begun(&scene).await;
    let reply = client
        .bdat_last(&vec![b'x'; (1 << 20) + 1])
        .await
        .expect("swallowed to its end");
    assert_eq!((reply.code, reply.enhanced()), (552, Some("5.3.4")));
    assert_eq!(
        client.command("NOOP").await.expect("NOOP").code,
        250,
        "no octet of the chunk was taken for a command"
    );
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn chunks_of_nothing_are_chunks() {
    let scene = Scene::start().await;
    let mut client = begun(&scene).await;
    let sent = message("x");
    assert_eq!(client.bdat(b"").await.expect("BDAT 0").code, 250);
    assert_eq!(client.bdat(&sent).await.expect("BDAT").code, 250);
    assert_eq!(client.bdat(b"").await.expect("BDAT 0").code, 250);
    assert_eq!(client.bdat_last(b"").await.expect("BDAT 0 LAST").code, 250);
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

#[tokio::test]
async fn a_chunk_after_the_last_is_swallowed_whole() {
    let scene = Scene::start().await;
    let mut client = begun(&scene).await;
    assert_eq!(
        client.bdat_last(&message("x")).await.expect("LAST").code,
        250
    );
    let inner = b"MAIL FROM:<boss@contoso.com>\r\nRCPT TO:<nora@contoso.com>\r\n";
    assert_eq!(client.bdat_last(inner).await.expect("one answer").code, 503);
    assert_eq!(client.bdat(inner).await.expect("one answer").code, 503);
    assert_eq!(client.command("NOOP").await.expect("NOOP").code, 250);
    assert_eq!(scene.notes.messages().len(), 1);
}

#[tokio::test]
async fn between_chunks_there_is_no_other_way_to_end_a_message() {
    let scene = Scene::start().await;
    for (command, code) in [
        ("DATA", 503),
        ("MAIL FROM:<b@example.net>", 503),
        ("RCPT TO:<nils@contoso.com>", 503),
        ("STARTTLS", 503),
        ("NOOP", 250),
    ] {
        let mut client = begun(&scene).await;
        let sent = message("x");
        assert_eq!(client.bdat(&sent).await.expect("a chunk").code, 250);
        assert_eq!(
            client.command(command).await.expect("an answer").code,
            code,
            "{command}"
        );
        assert_eq!(client.bdat_last(b"more\r\n").await.expect("LAST").code, 250);
        let got = scene.notes.next_message().await.expect("it arrives");
        assert_eq!(got.below(1), [sent.as_slice(), b"more\r\n"].concat());
        assert_eq!(got.recipients(), ["nora@contoso.com"]);
    }
    for command in ["RSET", "EHLO again"] {
        let mut client = begun(&scene).await;
        assert_eq!(
            client
                .bdat(&message("dropped"))
                .await
                .expect("a chunk")
                .code,
            250
        );
        assert_eq!(client.command(command).await.expect("an answer").code, 250);
        assert_eq!(
            client.bdat_last(b"rest\r\n").await.expect("an answer").code,
            503,
            "{command} ended the transaction"
        );
        begin(&mut client).await;
        let sent = message("whole");
        assert_eq!(client.bdat_last(&sent).await.expect("LAST").code, 250);
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
async fn a_declared_size_that_lies_does_no_harm() {
    let scene = Scene::start().await;
    for (declared, body) in [
        (1, "0123456789abcdef\r\n".repeat(20_000)),
        (10_000_000, "x".to_owned()),
    ] {
        for chunked in [false, true] {
            let mut client = scene.client(INTERNET).await;
            let sent = message(&body);
            assert_eq!(
                client
                    .mail_with("a@example.net", &format!("SIZE={declared}"))
                    .await
                    .expect("MAIL")
                    .code,
                250
            );
            client.rcpt("nora@contoso.com").await.expect("RCPT");
            let reply = if chunked {
                client.bdat_last(&sent).await
            } else {
                client.data(&sent).await
            };
            assert_eq!(reply.expect("an answer").code, 250, "SIZE={declared}");
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
}

/// How a client leaves within a chunk.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Leaving {
    Abort,
    HalfClose,
    Reset,
}

#[tokio::test]
async fn a_message_that_is_cut_off_is_never_delivered() {
    let scene = Scene::start().await;
    let small = message("x");
    let large = message(&"0123456789abcdef\r\n".repeat(20_000));
    for content in [&small, &large] {
        for leaving in [Leaving::Abort, Leaving::HalfClose, Leaving::Reset] {
            for tls in [false, true] {
                for head in ["BDAT", "BDAT LAST", "BETWEEN", "DATA"] {
                    let mut client = if tls {
                        scene.proven(&scene.notary.cloud).await
                    } else {
                        scene.client(INTERNET).await
                    };
                    begin(&mut client).await;
                    let size = content.len();
                    match head {
                        "BDAT" => client
                            .send_raw(
                                &[format!("BDAT {}\r\n", size + 1).as_bytes(), content].concat(),
                            )
                            .await
                            .expect("sent"),
                        "BDAT LAST" => client
                            .send_raw(
                                &[format!("BDAT {} LAST\r\n", size + 1).as_bytes(), content]
                                    .concat(),
                            )
                            .await
                            .expect("sent"),
                        "BETWEEN" => client.bdat(content).await.map(drop).expect("a chunk"),
                        _ => client.data_raw(content).await.map(drop).expect("DATA"),
                    }
                    match leaving {
                        Leaving::Abort => client.abort(),
                        Leaving::HalfClose => {
                            client.half_close().await.expect("close");
                            client.ending().await.expect("the end");
                        }
                        Leaving::Reset => client.reset().expect("reset"),
                    }
                    let outcome = scene.outcome().await;
                    assert_eq!(
                        outcome.result,
                        Fate::Deferred,
                        "{head} {leaving:?} tls: {tls}: {}",
                        outcome.reply
                    );
                    assert!(scene.nothing_arrived(), "{head} {leaving:?} tls: {tls}");
                }
            }
        }
    }
    scene
        .notes
        .wait_until("every hop connection is left", |book| {
            book.counts().open == 0
        })
        .await
        .expect("hung up");
    others_are_served(&scene).await;
}
