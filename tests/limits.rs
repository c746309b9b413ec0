//! Every bound of the gateway: what is at it passes, what is one past it does not.

mod custody;

use std::time::Duration;

use testbed::client::Client;
use testbed::sink::{Act, Gate, Stage};
use testbed::tls::ClientTls;
use twinmx::limits;

use crate::scene::{INTERNET, Scene, message, pass};

/// The reply at the end of data for this content.
async fn end(client: &mut Client, content: &[u8]) -> (u16, String) {
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], content)
        .await
        .expect("a dialog");
    let reply = delivery.verdict();
    (reply.code, reply.enhanced().unwrap_or_default().to_owned())
}

/// A message of exactly so many octets.
fn sized(octets: usize) -> Vec<u8> {
    let mut content = b"Subject: x\r\n\r\n".to_vec();
    while content.len() + 102 < octets {
        content.extend_from_slice(&[b'x'; 100]);
        content.extend_from_slice(b"\r\n");
    }
    content.resize(octets - 2, b'y');
    content.extend_from_slice(b"\r\n");
    content
}

#[tokio::test]
async fn message_size() {
    const MIB: usize = 1 << 20;
    let scene = Scene::with(|setup| setup.limits = "message_size = \"1 MiB\"".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    assert_eq!(client.keyword("SIZE"), Some("1048576"));
    assert_eq!(
        end(&mut client, &sized(MIB)).await,
        (250, "2.0.0".to_owned())
    );
    assert_eq!(
        end(&mut client, &sized(MIB + 1)).await,
        (552, "5.3.4".to_owned())
    );
    assert_eq!(
        client
            .mail_with("a@example.net", "SIZE=1048576")
            .await
            .expect("MAIL")
            .code,
        250
    );
    client.command("RSET").await.expect("RSET");
    let reply = client
        .mail_with("a@example.net", "SIZE=1048577")
        .await
        .expect("MAIL");
    assert_eq!((reply.code, reply.enhanced()), (552, Some("5.3.4")));
}

#[tokio::test]
async fn header_block() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let header = |octets: usize| {
        let mut content = b"Subject: x\r\n".to_vec();
        while content.len() + 200 < octets {
            content.extend_from_slice(b"X-Filler: ");
            content.extend_from_slice(&[b'x'; 88]);
            content.extend_from_slice(b"\r\n");
        }
        content.extend_from_slice(b"X-Last: ");
        content.resize(octets - 2, b'y');
        content.extend_from_slice(b"\r\n\r\nbody\r\n");
        content
    };
    let at = limits::HEADER_BYTES;
    assert_eq!(end(&mut client, &header(at)).await.0, 250);
    assert_eq!(
        end(&mut client, &header(at + 1)).await,
        (552, "5.3.4".to_owned())
    );
}

#[tokio::test]
async fn received_fields() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let with = |fields: usize| {
        [
            "Received: from a by b; date\r\n".repeat(fields).as_bytes(),
            &message("x"),
        ]
        .concat()
    };
    assert_eq!(
        end(&mut client, &with(limits::RECEIVED_FIELDS)).await.0,
        250
    );
    assert_eq!(
        end(&mut client, &with(limits::RECEIVED_FIELDS + 1)).await,
        (554, "5.4.6".to_owned())
    );
}

#[tokio::test]
async fn recipients() {
    let people: String = (0..=100)
        .map(|n| format!("p{n}@contoso.com,notes,,\n"))
        .collect();
    let scene = Scene::with(|setup| {
        setup.people = format!("address,side,routing_address,aliases\n{people}");
        setup.domain = "postmaster = \"p0@contoso.com\"".to_owned();
        setup.notes = "kind = \"domino\"\nrecipients_per_transaction = 200".to_owned();
        setup.limits = "recipients = 100".to_owned();
    })
    .await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    for n in 0..100 {
        assert_eq!(
            client
                .rcpt(&format!("p{n}@contoso.com"))
                .await
                .expect("RCPT")
                .code,
            250
        );
    }
    let reply = client.rcpt("p100@contoso.com").await.expect("RCPT");
    assert_eq!((reply.code, reply.enhanced()), (452, Some("4.5.3")));
}

#[tokio::test]
async fn recipients_of_one_side() {
    let scene = Scene::with(|setup| {
        setup.notes = "kind = \"domino\"\nrecipients_per_transaction = 1".to_owned()
    })
    .await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    assert_eq!(
        client.rcpt("nora@contoso.com").await.expect("RCPT").code,
        250
    );
    assert_eq!(
        client.rcpt("nils@contoso.com").await.expect("RCPT").code,
        452
    );
}

#[tokio::test]
async fn connections_of_one_client() {
    let scene = Scene::with(|setup| setup.limits = "connections_per_client = 2".to_owned()).await;
    let first = scene.client(INTERNET).await;
    let second = scene.client(INTERNET).await;
    let mut third = Client::open(scene.mx).await.expect("a connection");
    let reply = third.read_reply().await.expect("a word");
    assert_eq!((reply.code, reply.enhanced()), (421, Some("4.7.0")));
    drop(second);
    first.quit().await.expect("QUIT");
}

#[tokio::test]
async fn messages_of_one_client() {
    let scene = Scene::with(|setup| setup.limits = "messages_per_client = 2".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    for _ in 0..2 {
        assert_eq!(end(&mut client, &message("x")).await.0, 250);
    }
    // Whom the third is for decides: see tests/hostile/doors.rs.
    assert_eq!(client.mail("a@example.net").await.expect("MAIL").code, 250);
    let reply = client.rcpt("nora@contoso.com").await.expect("RCPT");
    assert_eq!((reply.code, reply.enhanced()), (450, Some("4.7.1")));
}

#[tokio::test]
async fn connections_to_one_side() {
    let gate = Gate::new();
    let scene =
        Scene::with(|setup| setup.notes = "kind = \"domino\"\nmax_connections = 1".to_owned())
            .await;
    scene
        .notes
        .script(|script| script.once(Stage::End, Act::normal().after(&gate)));
    let (mut one, mut two) = (scene.client(INTERNET).await, scene.client(INTERNET).await);
    let (first, second) = (message("x"), message("x"));
    let to = ["nora@contoso.com"];
    let both = async {
        tokio::join!(one.deliver("a@example.net", &to, &first), async {
            gate.reached(1)
                .await
                .expect("the first waits for its reply");
            let delivery = two.deliver("a@example.net", &to, &second);
            tokio::pin!(delivery);
            let waits = tokio::time::timeout(Duration::from_millis(300), &mut delivery)
                .await
                .is_err();
            gate.release();
            (waits, delivery.await)
        })
    };
    let (first, (waits, second)) = both.await;
    assert!(waits, "the second had to wait for the only connection");
    assert!(first.expect("a dialog").is_accepted() && second.expect("a dialog").is_accepted());
    assert_eq!(scene.notes.connections().len(), 1);
}

#[tokio::test]
async fn recipients_of_one_leg() {
    let most = limits::LEG_RECIPIENTS;
    let people: String = (0..=most)
        .map(|n| format!("p{n}@contoso.com,notes,,\n"))
        .collect();
    let scene = Scene::with(|setup| {
        setup.people = format!("address,side,routing_address,aliases\n{people}");
        setup.domain = "postmaster = \"p0@contoso.com\"".to_owned();
        setup.notes = "kind = \"domino\"\nrecipients_per_transaction = 1000".to_owned();
    })
    .await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    let group: Vec<String> = (0..=most)
        .map(|n| format!("RCPT TO:<p{n}@contoso.com>"))
        .collect();
    let replies = client
        .pipeline(&group.iter().map(String::as_str).collect::<Vec<_>>())
        .await
        .expect("RCPT");
    let (last, before) = replies.split_last().expect("many");
    assert!(before.iter().all(|reply| reply.code == 250));
    assert_eq!((last.code, last.enhanced()), (452, Some("4.5.3")));
    assert_eq!(client.data(&message("x")).await.expect("DATA").code, 250);
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .recipients()
            .len(),
        most
    );
}

const MOMENT: Duration = Duration::from_secs(1);

#[tokio::test]
async fn the_silence_of_a_client() {
    let scene = Scene::with(|setup| setup.limits = "client_idle = \"60s\"".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    pass(60 * MOMENT - MOMENT).await;
    assert_eq!(
        client
            .command("NOOP")
            .await
            .expect("it is still there")
            .code,
        250
    );
    pass(60 * MOMENT).await;
    let reply = client.read_reply().await.expect("a last word");
    assert_eq!((reply.code, reply.enhanced()), (421, Some("4.4.2")));
}

#[tokio::test]
async fn the_handshake_of_a_client() {
    for (wait, open) in [
        (limits::CLIENT_HANDSHAKE - MOMENT, true),
        (limits::CLIENT_HANDSHAKE, false),
    ] {
        let scene = Scene::start().await;
        let mut client = scene.client(INTERNET).await;
        assert_eq!(
            client.command("STARTTLS").await.expect("STARTTLS").code,
            220
        );
        others(&scene).await;
        pass(wait).await;
        let secured = client
            .secure(&ClientTls::unverified("mx.contoso.com"))
            .await;
        assert_eq!(secured.is_ok(), open, "after {wait:?}");
    }
}

#[tokio::test]
async fn the_age_of_a_pooled_connection() {
    let scene = Scene::start().await;
    for (wait, connections) in [
        (Duration::ZERO, 1),
        (limits::POOL_AGE - MOMENT, 1),
        (MOMENT, 2),
    ] {
        pass(wait).await;
        others(&scene).await;
        assert_eq!(
            scene.notes.connections().len(),
            connections,
            "after {wait:?} more"
        );
    }
}

#[tokio::test]
async fn the_time_of_a_final_reply() {
    for (wait, code) in [
        (limits::HOP_FINAL_REPLY - MOMENT, 250),
        (limits::HOP_FINAL_REPLY, 451),
    ] {
        let scene = Scene::start().await;
        let gate = Gate::new();
        scene
            .notes
            .script(|script| script.on(Stage::End, Act::normal().after(&gate)));
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nora@contoso.com").await.expect("RCPT");
        client
            .data_raw(b"Subject: x\r\n\r\nx\r\n.\r\n")
            .await
            .expect("DATA");
        gate.reached(1).await.expect("the hop has it");
        pass(wait).await;
        if code == 250 {
            gate.release();
        }
        assert_eq!(
            client.read_reply().await.expect("an answer").code,
            code,
            "after {wait:?}"
        );
    }
}

#[tokio::test]
async fn the_time_that_a_failing_hop_is_left_alone() {
    let scene = Scene::start().await;
    scene.notes.go_down().await;
    let mut client = scene.client(INTERNET).await;
    for _ in 0..limits::BREAKER_FAILURES {
        assert_eq!(
            end(&mut client, &message("x")).await,
            (451, "4.4.1".to_owned())
        );
    }
    scene.notes.come_back().await;
    client.mail("a@example.net").await.expect("MAIL");
    pass(limits::BREAKER_OPEN - MOMENT).await;
    assert_eq!(
        client.rcpt("nora@contoso.com").await.expect("RCPT").code,
        451
    );
    pass(MOMENT).await;
    assert_eq!(
        client.rcpt("nora@contoso.com").await.expect("RCPT").code,
        250
    );
    assert_eq!(client.data(&message("x")).await.expect("DATA").code, 250);
}

#[tokio::test]
async fn the_time_that_abilities_are_remembered() {
    let scene = Scene::start().await;
    scene.cloud.script(|script| script.without("SMTPUTF8"));
    let mut client = scene.client(INTERNET).await;
    let to_the_cloud = ["cleo@contoso.com"];
    let content = message("x");
    let delivery = client.deliver("a@example.net", &to_the_cloud, &content);
    assert!(delivery.await.expect("a dialog").is_accepted());
    pass(limits::CAPABILITIES_AGE - MOMENT).await;
    assert!(!scene.client(INTERNET).await.offers("SMTPUTF8"));
    pass(MOMENT).await;
    assert!(
        scene.client(INTERNET).await.offers("SMTPUTF8"),
        "what the side is known for stands again"
    );
}

#[tokio::test]
async fn the_time_that_a_refused_recipient_is_remembered() {
    let scene = Scene::start().await;
    scene.notes.script(|script| {
        script.recipient(
            "nils@contoso.com",
            Act::reply(550, "5.2.1 mailbox disabled"),
        )
    });
    let to = ["nora@contoso.com", "nils@contoso.com"];
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &to, &message("x"))
        .await
        .expect("a dialog");
    assert_eq!(delivery.verdict().code, 451);
    for (wait, code) in [(limits::REFUSAL_AGE - MOMENT, 550), (MOMENT, 250)] {
        pass(wait).await;
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        assert_eq!(
            client.rcpt("nils@contoso.com").await.expect("RCPT").code,
            code,
            "after {wait:?} more"
        );
    }
}

async fn others(scene: &Scene) {
    let mut client = scene.client(INTERNET).await;
    assert_eq!(end(&mut client, &message("x")).await.0, 250);
}
