//! A hop that fails at every stage, in every way, in clear and under TLS: we never say 250 without the hop's, there is
//! never a second copy, and the same mail goes through once the hop is well.

use std::time::Duration;

use testbed::certificates::{Certificate, Leaf};
use testbed::client::Client;
use testbed::message::{Draft, of_size};
use testbed::reply::Reply;
use testbed::sink::{Act, Gate, Stage, StartTls};
use testbed::tls::ServerTls;
use tokio::time::timeout;
use twinmx::limits;

use crate::scene::{INTERNET, Scene, message, pass};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Close,
    Reset,
    Hang,
    Garbage,
    Temporary,
    Permanent,
    Leaving,
}

const FAULTS: [Fault; 7] = [
    Fault::Close,
    Fault::Reset,
    Fault::Hang,
    Fault::Garbage,
    Fault::Temporary,
    Fault::Permanent,
    Fault::Leaving,
];

/// Where the hop fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    At(Stage),
    /// After this many octets of a body.
    Within(usize),
}

impl Fault {
    /// `gate` tells when a hop that hangs has come so far.
    fn act(self, gate: &Gate, place: Where) -> Act {
        match (place, self.plain(gate)) {
            // Whoever speaks in the middle of a body does not take it.
            (Where::Within(_), act)
                if matches!(self, Self::Garbage | Self::Temporary | Self::Permanent) =>
            {
                act.then_close()
            }
            (_, act) => act,
        }
    }

    fn plain(self, gate: &Gate) -> Act {
        match self {
            Self::Close => Act::close(),
            Self::Reset => Act::reset(),
            Self::Hang => Act::hang().after(gate),
            Self::Garbage => Act::raw("\x16\x03\x01 is no reply\r\n"),
            Self::Temporary => Act::reply(451, "4.3.0 later"),
            Self::Permanent => Act::reply(550, "5.7.1 never"),
            Self::Leaving => Act::reply(421, "4.3.2 going down").then_close(),
        }
    }
}

/// Sends one message and reads the reply to its end. Where the hop hangs, its time passes first.
async fn attempt(client: &mut Client, content: &[u8], hang: Option<(&Gate, Duration)>) -> Reply {
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    client.data_raw(content).await.expect("DATA");
    client.send_raw(b".\r\n").await.expect("sent");
    if let Some((gate, patience)) = hang {
        gate.reached(1).await.expect("the hop hangs");
        gate.release();
        pass(patience).await;
    }
    client.read_reply().await.expect("an answer")
}

async fn fail_everywhere(scene: &Scene, places: &[Where], chunking: bool) {
    let mut sent = Vec::new();
    for &place in places {
        for fault in FAULTS {
            let id =
                format!("{place:?}-{fault:?}").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            let content = match place {
                Where::At(Stage::Chunk) | Where::Within(_) => of_size(&id, 300_000).content,
                Where::At(_) => Draft::new(&id).body(b"small\r\n").finish(),
            };
            let gate = Gate::new();
            // What is left of the former round must not serve this one.
            scene.notes.cut_connections().await;
            scene.notes.script(|script| {
                let script = if chunking {
                    script.with("CHUNKING")
                } else {
                    script.without("CHUNKING")
                };
                match place {
                    Where::At(stage) => script.on(stage, fault.act(&gate, place)),
                    Where::Within(octets) => script.within_data(octets, fault.act(&gate, place)),
                }
            });
            let patience = match place {
                Where::At(Stage::End | Stage::Chunk) | Where::Within(_) => limits::HOP_FINAL_REPLY,
                Where::At(_) => ENVELOPE,
            };
            let mut client = scene.client(INTERNET).await;
            let hang = (fault == Fault::Hang).then_some((&gate, patience + Duration::from_secs(1)));
            let reply = attempt(&mut client, &content, hang).await;
            let copies = scene.notes.count([&id]).received;
            assert_eq!(
                usize::from(reply.is_positive()),
                copies,
                "{id}: {} {}",
                reply.code,
                reply.text()
            );
            scene.notes.script(|script| script.behave());
            if copies == 0 {
                let retry = attempt(&mut scene.client(INTERNET).await, &content, None).await;
                assert_eq!(
                    retry.code,
                    250,
                    "{id}, once the hop is well: {}",
                    retry.text()
                );
            }
            sent.push(id);
        }
    }
    let count = scene.notes.count(&sent);
    assert!(count.is_perfect(), "{count:?}");
}

const ENVELOPE: Duration = Duration::from_secs(5);
const STAGES: [Where; 8] = [
    Where::At(Stage::Greeting),
    Where::At(Stage::Ehlo),
    Where::At(Stage::Mail),
    Where::At(Stage::Rcpt),
    Where::At(Stage::Data),
    Where::Within(1000),
    Where::Within(200_000),
    Where::At(Stage::End),
];

#[tokio::test]
async fn in_clear() {
    let scene = Scene::with(|setup| setup.limits = "hop_envelope = \"5s\"".to_owned()).await;
    fail_everywhere(&scene, &STAGES, false).await;
}

#[tokio::test]
async fn under_tls() {
    let scene = Scene::with(|setup| {
        setup.limits = "hop_envelope = \"5s\"".to_owned();
        setup.notes_tls = "mode = \"encrypt\"".to_owned();
    })
    .await;
    let tls = ServerTls::showing(&Certificate::self_signed(&Leaf::new("notes.test")));
    scene
        .notes
        .script(|script| script.starttls(StartTls::Required(tls)));
    fail_everywhere(
        &scene,
        &[&[Where::At(Stage::StartTls)], &STAGES[..]].concat(),
        false,
    )
    .await;
}

#[tokio::test]
async fn within_chunks() {
    let scene = Scene::with(|setup| setup.limits = "hop_envelope = \"5s\"".to_owned()).await;
    fail_everywhere(
        &scene,
        &[
            Where::At(Stage::Chunk),
            Where::Within(1000),
            Where::Within(200_000),
            Where::At(Stage::End),
        ],
        true,
    )
    .await;
}

#[tokio::test]
async fn a_hop_that_takes_no_more_octets_is_left() {
    for chunking in [true, false] {
        let scene = Scene::start().await;
        let gate = Gate::new();
        scene.notes.script(|script| {
            let script = if chunking {
                script
            } else {
                script.without("CHUNKING")
            };
            script.within_data(100_000, Act::stall().after(&gate))
        });
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nora@contoso.com").await.expect("RCPT");
        client
            .data_raw(b"Subject: large\r\n\r\n")
            .await
            .expect("DATA");
        let block = "0123456789abcdef\r\n".repeat(4000);
        // Until every buffer on the way is full.
        while let Ok(sent) = timeout(
            Duration::from_millis(500),
            client.send_raw(block.as_bytes()),
        )
        .await
        {
            sent.expect("the gateway waits for the hop, and reads on when it can");
        }
        gate.reached(1).await.expect("the hop stalls");
        pass(limits::HOP_STALL).await;
        client
            .send_raw(b"\r\n.\r\n")
            .await
            .expect("the gateway reads again");
        let reply = client.read_reply().await.expect("an answer");
        assert_eq!(
            (reply.code, reply.enhanced()),
            (451, Some("4.4.2")),
            "chunking: {chunking}"
        );
        assert!(scene.nothing_arrived());
    }
}

#[tokio::test]
async fn a_hop_that_answers_before_it_was_asked_is_not_believed() {
    for (what, stage, extra) in [
        ("with the go-ahead", Stage::Data, "250 2.0.0 taken\r\n"),
        (
            "twice with the go-ahead",
            Stage::Data,
            "250 2.0.0 taken\r\n250 2.0.0 taken\r\n",
        ),
        (
            "with the greeting",
            Stage::Greeting,
            "250-x\r\n250 PIPELINING\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n",
        ),
        (
            "with EHLO",
            Stage::Ehlo,
            "250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n",
        ),
    ] {
        let scene = Scene::start().await;
        scene.notes.script(|script| {
            script
                .on(stage, Act::normal().followed_by(extra))
                .on(Stage::End, Act::reply(550, "5.7.1 no"))
        });
        let mut client = scene.client(INTERNET).await;
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog");
        assert!(!delivery.is_accepted(), "{what}: {:?}", delivery.verdict());
        assert!(scene.nothing_arrived(), "{what}");
    }
}

#[tokio::test]
async fn a_hop_that_gives_a_verdict_within_the_body_is_not_sent_its_end() {
    for words in [
        "250 2.0.0 taken\r\n",
        "451 4.3.0 later\r\n",
        "550 5.7.1 no\r\n",
        "421 4.3.2 bye\r\n",
    ] {
        let scene = Scene::start().await;
        let gate = Gate::new();
        scene.notes.script(|script| {
            script
                .without("CHUNKING")
                .within_data(100_000, Act::raw(words).after(&gate))
        });
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nora@contoso.com").await.expect("RCPT");
        client
            .data_raw(&message(&"0123456789abcdef\r\n".repeat(20_000)))
            .await
            .expect("DATA");
        gate.reached(1).await.expect("the hop has enough");
        gate.release();
        scene
            .client(INTERNET)
            .await
            .quit()
            .await
            .expect("meanwhile its words arrive");
        client.send_raw(b".\r\n").await.expect("sent");
        let reply = client.read_reply().await.expect("an answer");
        assert_eq!(
            (reply.code, reply.enhanced()),
            (451, Some("4.4.2")),
            "{words:?}: {}",
            reply.text()
        );
        scene.notes.next_aborted().await.expect("it is hung up on");
        assert!(scene.nothing_arrived(), "{words:?}");
    }
}

#[tokio::test]
async fn a_refused_chunk_is_the_last_one_that_the_hop_sees() {
    for (code, text, expected) in [
        (552, "5.3.4 too much", (552, "5.3.4")),
        (452, "4.3.1 no room", (452, "4.3.1")),
    ] {
        let scene = Scene::start().await;
        scene
            .notes
            .script(|script| script.once(Stage::Chunk, Act::reply(code, text)));
        let mut client = scene.client(INTERNET).await;
        let large = message(&"0123456789abcdef\r\n".repeat(1 << 20));
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &large)
            .await
            .expect("a dialog");
        assert_eq!(
            (delivery.verdict().code, delivery.verdict().enhanced()),
            (expected.0, Some(expected.1))
        );
        let chunks = scene.notes.connections()[0]
            .commands
            .iter()
            .filter(|line| line.starts_with("BDAT"))
            .count();
        let most = large.len() / (2 * limits::READ_BYTES);
        assert!(
            chunks < most,
            "{chunks} chunks were sent after the refusal of the first"
        );
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &large)
            .await
            .expect("a dialog");
        assert!(
            delivery.is_accepted(),
            "on a connection that knows nothing of it: {:?}",
            delivery.verdict()
        );
    }
}

#[tokio::test]
async fn a_refusal_that_comes_after_the_end_is_the_verdict_and_the_connection_is_left() {
    let scene = Scene::start().await;
    let late = Act::reply(452, "4.3.1 no room").one_reply_late();
    scene.notes.script(|script| script.on(Stage::Chunk, late));
    let mut client = scene.client(INTERNET).await;
    let large = message(&"0123456789abcdef\r\n".repeat(20_000));
    for expected in [(452, "4.3.1"), (250, "2.0.0")] {
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &large)
            .await
            .expect("a dialog");
        let reply = delivery.verdict();
        assert_eq!((reply.code, reply.enhanced().unwrap_or_default()), expected);
        scene.notes.script(|script| script.behave());
    }
}

#[tokio::test]
async fn a_reply_without_end_is_no_reply_and_its_text_stays_one_line() {
    let endless = "250-more\r\n".repeat(100_000);
    let long = format!("250 {}\r\n", "x".repeat(1 << 20));
    for (what, reply) in [("lines", endless), ("one line", long)] {
        let scene = Scene::start().await;
        scene
            .notes
            .script(|script| script.on(Stage::End, Act::raw(reply)));
        let mut client = scene.client(INTERNET).await;
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog");
        assert_eq!(delivery.verdict().code, 451, "{what}");
    }
    let scene = Scene::start().await;
    scene.notes.script(|script| {
        script.on(
            Stage::End,
            Act::reply(
                550,
                "5.7.1 no\u{7}\u{1b}[31m\n5.7.1 250 2.0.0 taken\n5.7.1 \u{fc}",
            ),
        )
    });
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    let reply = delivery.verdict();
    assert_eq!((reply.code, reply.lines.len()), (550, 1), "{reply:?}");
    assert!(
        reply
            .text()
            .bytes()
            .all(|octet| (b' '..=b'~').contains(&octet)),
        "{reply:?}"
    );
}
