//! Clients that cost time or places: each is cut off, and others are served meanwhile.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use testbed::client::Client;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;
use twinmx::event::Event;
use twinmx::limits;

use super::others_are_served;
use crate::scene::{INTERNET, Scene, pass};

const SCANNER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));

#[tokio::test]
async fn a_line_without_an_end_is_cut_off() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let flood = vec![b'x'; 1 << 20];
    let mut sent = 0;
    while sent < 64 && client.send_raw(&flood).await.is_ok() {
        sent += 1;
    }
    assert!(sent < 64, "64 MB of one command line were read");
    scene
        .event(|event| matches!(event, Event::ClientCutOff { .. }))
        .await;
    others_are_served(&scene).await;
}

#[tokio::test]
async fn bad_commands_come_to_an_end() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let mut last = 0;
    for _ in 0..1000 {
        match client.command("NONSENSE").await {
            Ok(reply) => last = reply.code,
            Err(_) => break,
        }
    }
    assert_eq!(last, 421);
    scene
        .event(|event| matches!(event, Event::ClientCutOff { .. }))
        .await;
    others_are_served(&scene).await;
}

#[tokio::test]
async fn a_silent_client_is_let_go() {
    let scene = Scene::with(|setup| setup.limits = "client_idle = \"1s\"".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    let reply = client.read_reply().await.expect("a last word");
    assert_eq!((reply.code, reply.enhanced()), (421, Some("4.4.2")));
}

#[tokio::test]
async fn a_slow_drip_is_silence() {
    let scene = Scene::with(|setup| setup.limits = "client_idle = \"2s\"".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    client.data_raw(b"Subject: x\r\n\r\n").await.expect("DATA");
    let mut drip = tokio::time::interval(Duration::from_millis(50));
    let mut drops = 0;
    while drops < 400 && client.send_raw(b"x").await.is_ok() {
        drip.tick().await;
        drops += 1;
    }
    assert!(
        drops < 400,
        "20 s of dripping were allowed where 2 s of silence are"
    );
    assert!(scene.nothing_arrived());
    others_are_served(&scene).await;
}

#[tokio::test]
async fn a_drip_of_commands_and_of_chunks_is_silence_too() {
    let scene = Scene::with(|setup| setup.limits = "client_idle = \"1s\"".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    let mut drip = tokio::time::interval(Duration::from_millis(50));
    let mut drops = 0;
    while drops < 200 && client.send_raw(b"N").await.is_ok() {
        drip.tick().await;
        drops += 1;
    }
    assert!(
        drops < 200,
        "10 s of one command were allowed where 1 s of silence is"
    );

    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    let mut chunks = 0;
    while chunks < 200 && client.bdat(b"x").await.is_ok_and(|reply| reply.code == 250) {
        drip.tick().await;
        chunks += 1;
    }
    assert!(
        chunks < 200,
        "10 s of chunks of one octet were allowed where 1 s of silence is"
    );
    assert!(scene.nothing_arrived());
    others_are_served(&scene).await;
}

#[tokio::test]
async fn who_guesses_addresses_is_cut_off_and_learns_nothing_from_the_replies() {
    // Without the bound by network the one of the session remains.
    let scene = Scene::with(|setup| setup.limits = "unknown_per_client = 0".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    let (mut refused, mut texts) = (0, std::collections::BTreeSet::new());
    let group: Vec<String> = (0..500)
        .map(|n| format!("RCPT TO:<guess{n}@contoso.com>"))
        .collect();
    let group: Vec<&str> = group.iter().map(String::as_str).collect();
    while let Ok(replies) = client.pipeline(&group).await {
        refused += replies.len();
        texts.extend(replies.into_iter().map(|reply| (reply.code, reply.text())));
        assert!(refused <= 20_000, "guessing comes to no end");
    }
    assert_eq!(texts.len(), 1, "one reply for every guess: {texts:?}");
    scene
        .event(|event| matches!(event, Event::ClientCutOff { .. }))
        .await;
    others_are_served(&scene).await;
}

#[tokio::test]
async fn hundreds_of_idle_connections_keep_nobody_out_and_end_by_themselves() {
    let scene = Scene::with(|setup| {
        setup.limits = "client_idle = \"2s\"\nconnections_per_client = 300".to_owned();
    })
    .await;
    let mut idle = Vec::new();
    for _ in 0..300 {
        idle.push(
            Client::open_from(Some(SCANNER), scene.mx)
                .await
                .expect("a connection"),
        );
    }
    others_are_served(&scene).await;
    let mut last = Client::open_from(Some(SCANNER), scene.mx)
        .await
        .expect("a connection");
    assert_eq!(
        last.read_reply().await.expect("a word").code,
        421,
        "one too many of one client"
    );
    for client in &mut idle {
        let ending = client.ending().await.expect("it is let go");
        assert!(
            String::from_utf8_lossy(&ending.before).contains("421 4.4.2"),
            "{ending:?}"
        );
    }
    others_are_served(&scene).await;
    let mut again = Client::open_from(Some(SCANNER), scene.mx)
        .await
        .expect("a connection");
    assert_eq!(
        again.read_reply().await.expect("a greeting").code,
        220,
        "their places are free again"
    );
}

#[tokio::test]
async fn who_reads_no_replies_is_cut_off() {
    let scene = Scene::with(|setup| {
        setup.limits = "client_idle = \"1s\"\nearly_talkers = \"allow\"".to_owned();
    })
    .await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let mut deaf = socket.connect(scene.mx).await.expect("a connection");
    deaf.write_all(b"EHLO a\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\n")
        .await
        .expect("sent");
    let flood = "BDAT 0\r\n".repeat(4096);
    let cut = async {
        // At some point it takes no more, and then it hangs up.
        while deaf.write_all(flood.as_bytes()).await.is_ok() {}
    };
    tokio::time::timeout(Duration::from_secs(20), cut)
        .await
        .expect("it is cut off");
    let event = scene
        .event(|event| matches!(event, Event::ClientCutOff { .. }))
        .await;
    let Event::ClientCutOff { why, .. } = event else {
        unreachable!()
    };
    assert!(
        why.contains("did not read our replies") || why.contains("errors"),
        "{why}"
    );
    others_are_served(&scene).await;
}

#[tokio::test]
async fn a_session_without_end_comes_to_its_end() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let step = Duration::from_secs(240); // below the idle time
    for _ in 0..limits::SESSION.as_secs() / step.as_secs() {
        assert_eq!(client.command("NOOP").await.expect("NOOP").code, 250);
        pass(step).await;
    }
    let last = client.read_reply().await.expect("a last word");
    assert_eq!(last.code, 421, "{last:?}");
}
