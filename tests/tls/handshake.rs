//! The moment between clear text and TLS: what is said before it, instead of it, and in the middle of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use testbed::client::Client;
use testbed::sink::{Act, Stage};
use testbed::tls::ClientTls;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use twinmx::event::Event;
use twinmx::limits;

use crate::scene::{INTERNET, Scene, message, pass};

#[tokio::test]
async fn what_is_sent_before_the_handshake_is_never_answered_inside() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client
        .send_raw(b"STARTTLS\r\nMAIL FROM:<a@example.net>\r\nNOOP\r\n")
        .await
        .expect("sent");
    client.expect(220).await.expect("ready for TLS");
    let mut client = client
        .secure(&ClientTls::unverified("mx.contoso.com"))
        .await
        .expect("the handshake");
    let first = client.ehlo("inside").await.expect("EHLO");
    assert!(
        first.code == 250 && first.lines.len() > 1,
        "the first word inside is the answer to the first one: {first:?}"
    );
    let reply = client
        .command("RCPT TO:<nora@contoso.com>")
        .await
        .expect("RCPT");
    assert_eq!(reply.code, 503, "no transaction was opened in clear");
}

#[tokio::test]
async fn the_handshake_begins_a_session_anew() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    assert_eq!(
        client.command("STARTTLS").await.expect("STARTTLS").code,
        503,
        "not within a transaction"
    );
    client.command("RSET").await.expect("RSET");
    let mut client = client
        .starttls(&ClientTls::unverified("mx.contoso.com"))
        .await
        .expect("the handshake");
    assert_eq!(
        client.mail("a@example.net").await.expect("MAIL").code,
        503,
        "EHLO is forgotten"
    );
    client.ehlo("inside").await.expect("EHLO");
    assert!(!client.offers("STARTTLS"));
    assert_eq!(
        client.command("STARTTLS").await.expect("STARTTLS").code,
        503,
        "no TLS within TLS"
    );
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted());
    let received = scene
        .notes
        .next_message()
        .await
        .expect("it arrives")
        .field("Received")
        .concat();
    assert!(
        received.starts_with("from inside (") && received.contains("with ESMTPS id"),
        "{received}"
    );
}

/// A client that may start its handshake now.
async fn ready(scene: &Scene) -> Client {
    let mut client = scene.client(INTERNET).await;
    assert_eq!(
        client.command("STARTTLS").await.expect("STARTTLS").code,
        220
    );
    client
}

/// A ClientHello (RFC 5246 §7.4.1.2) of this version that offers these cipher suites and nothing else.
fn client_hello(version: [u8; 2], suites: &[[u8; 2]]) -> Vec<u8> {
    let suites = suites.concat();
    let extensions = [
        &[0, 10, 0, 4, 0, 2, 0, 23][..],  // supported_groups: secp256r1
        &[0, 11, 0, 2, 1, 0],             // ec_point_formats: uncompressed
        &[0, 13, 0, 6, 0, 4, 4, 3, 8, 4], // signature_algorithms: ECDSA with P-256, RSA-PSS
    ]
    .concat();
    let body = [
        &version[..],
        &[7; 32],
        &[0],
        &length(suites.len()),
        &suites,
        &[1, 0],
        &length(extensions.len()),
        &extensions,
    ]
    .concat();
    let handshake = [&[1, 0][..], &length(body.len()), &body].concat();
    [&[22, 3, 1][..], &length(handshake.len()), &handshake].concat()
}

fn length(octets: usize) -> [u8; 2] {
    u16::try_from(octets).expect("a short list").to_be_bytes()
}

/// What a handshake that begins so is told: the description in a fatal alert (RFC 5246 §7.2).
async fn alert(scene: &Scene, hello: &[u8]) -> Option<u8> {
    let mut client = ready(scene).await;
    client.send_raw(hello).await.expect("sent");
    let ending = client.ending().await.expect("it is hung up on");
    scene
        .event(|event| matches!(event, Event::ClientTlsFailed { .. }))
        .await;
    match ending.before.as_slice() {
        [21, 3, _, 0, 2, 2, description] => Some(*description),
        _ => None,
    }
}

const ECDSA_AES_128_SHA: [u8; 2] = [0xc0, 0x09];
const RSA_AES_128_SHA: [u8; 2] = [0x00, 0x2f];
const ECDSA_AES_128_GCM: [u8; 2] = [0xc0, 0x2b];
const HANDSHAKE_FAILURE: u8 = 40;
const PROTOCOL_VERSION: u8 = 70;

#[tokio::test]
async fn versions_and_ciphers_that_protect_nothing_are_not_spoken() {
    let scene = Scene::start().await;
    for (what, version, suites, expected) in [
        ("SSL 3.0", [3, 0], &[RSA_AES_128_SHA][..], PROTOCOL_VERSION),
        (
            "TLS 1.0",
            [3, 1],
            &[ECDSA_AES_128_SHA, RSA_AES_128_SHA],
            PROTOCOL_VERSION,
        ),
        (
            "TLS 1.1",
            [3, 2],
            &[ECDSA_AES_128_SHA, RSA_AES_128_SHA],
            PROTOCOL_VERSION,
        ),
        (
            "no encryption",
            [3, 3],
            &[[0x00, 0x3b], [0xc0, 0x06]],
            HANDSHAKE_FAILURE,
        ),
        (
            "nobody's certificate",
            [3, 3],
            &[[0x00, 0x34], [0xc0, 0x18]],
            HANDSHAKE_FAILURE,
        ),
        (
            "RC4, 3DES, export",
            [3, 3],
            &[[0x00, 0x05], [0x00, 0x0a], [0x00, 0x03]],
            HANDSHAKE_FAILURE,
        ),
        (
            "a static key",
            [3, 3],
            &[RSA_AES_128_SHA, [0x00, 0x9c]],
            HANDSHAKE_FAILURE,
        ),
    ] {
        assert_eq!(
            alert(&scene, &client_hello(version, suites)).await,
            Some(expected),
            "{what}"
        );
    }
    let mut client = ready(&scene).await;
    client
        .send_raw(&client_hello([3, 3], &[ECDSA_AES_128_GCM]))
        .await
        .expect("sent");
    scene
        .client(INTERNET)
        .await
        .quit()
        .await
        .expect("others are served");
    client.abort(); // the same form of hello with a good suite is taken
    let event = scene
        .event(|event| matches!(event, Event::ClientTlsFailed { .. }))
        .await;
    assert!(matches!(event, Event::ClientTlsFailed { why, .. } if !why.contains("alert")));
}

#[tokio::test]
async fn what_is_no_handshake_ends_the_session_and_executes_nothing() {
    let scene = Scene::start().await;
    let random: Vec<u8> = (0..4000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    for garbage in [
        &b"MAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nDATA\r\n\r\n.\r\nQUIT\r\n"[..],
        b"EHLO again\r\n",
        b"\x16\x03\x01\xff\xff\x01\x00",
        b"\x16\x03\x01\x00\x00",
        b"\x15\x03\x01\x00\x02\x02\x28",
        &random,
    ] {
        let mut client = ready(&scene).await;
        client.send_raw(garbage).await.expect("sent");
        let _ = client.half_close().await; // it may be hung up on already
        let ending = client.ending().await.expect("it is hung up on");
        assert!(
            !ending.before.starts_with(b"2") && !ending.before.starts_with(b"5"),
            "{ending:?}"
        );
    }
    assert!(scene.nothing_arrived());
    let delivery = scene
        .client(INTERNET)
        .await
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await;
    assert!(delivery.expect("a dialog").is_accepted());
}

#[tokio::test]
async fn a_handshake_that_stalls_or_breaks_off_is_given_up_and_others_are_served() {
    let scene = Scene::start().await;
    let hello = client_hello([3, 3], &[ECDSA_AES_128_GCM]);
    let mut broken = ready(&scene).await;
    broken.send_raw(&hello[..20]).await.expect("sent");
    broken.abort();
    scene
        .event(|event| matches!(event, Event::ClientTlsFailed { .. }))
        .await;

    let mut stalled = ready(&scene).await;
    stalled.send_raw(&hello[..20]).await.expect("sent");
    let mut silent = ready(&scene).await;
    let delivery = scene
        .client(INTERNET)
        .await
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await;
    assert!(delivery.expect("a dialog").is_accepted());
    pass(limits::CLIENT_HANDSHAKE).await;
    for client in [&mut stalled, &mut silent] {
        let ending = client.ending().await.expect("it is let go");
        assert_eq!(ending.before, b"", "no word in clear any more");
    }
}

#[tokio::test]
async fn what_a_hop_says_in_clear_after_its_220_is_not_heard_inside() {
    let scene = Scene::start().await;
    let injected =
        b"250-evil.example\r\n250 SIZE 10\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 2.0.0 taken\r\n";
    scene
        .cloud
        .script(|script| script.on(Stage::StartTls, Act::normal().followed_by(&injected[..])));
    let mut client = scene.client(INTERNET).await;
    let sent = message("more than ten octets");
    let delivery = client
        .deliver("a@example.net", &["cleo@contoso.com"], &sent)
        .await
        .expect("a dialog");
    assert!(
        delivery.is_accepted(),
        "it is as if nothing had been said: {:?}",
        delivery.verdict()
    );
    let got = scene.cloud.next_message().await.expect("it arrives");
    assert!(got.tls.is_some() && got.below(1) == sent);
}

/// What an odd hop does when the handshake is due.
#[derive(Debug, Clone, Copy)]
enum Oddity {
    Says(&'static [u8]),
    Leaves,
    Stalls,
    /// Shakes hands never and answers commands in clear as if nothing were.
    GoesOnInClear,
}

/// A hop that offers STARTTLS and then does something else. What it hears in clear is kept.
async fn odd_hop(oddity: Oddity) -> (std::net::SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = misbehave(&mut socket, oddity, &ears).await; // whoever called has gone
        }
    });
    (address, heard)
}

async fn misbehave(
    socket: &mut TcpStream,
    oddity: Oddity,
    ears: &Mutex<Vec<u8>>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 4096];
    socket.write_all(b"220 odd.example\r\n").await?;
    BufReader::new(&mut *socket).lines().next_line().await?;
    socket
        .write_all(b"250-odd.example\r\n250 STARTTLS\r\n")
        .await?;
    BufReader::new(&mut *socket).lines().next_line().await?;
    socket.write_all(b"220 go ahead\r\n").await?;
    if matches!(oddity, Oddity::Leaves) {
        return Ok(());
    }
    loop {
        let octets = socket.read(&mut buffer).await?;
        ears.lock()
            .expect("one task")
            .extend_from_slice(&buffer[..octets]);
        match oddity {
            _ if octets == 0 => return Ok(()),
            Oddity::Says(words) => socket.write_all(words).await?,
            Oddity::GoesOnInClear => socket.write_all(b"250 ok\r\n").await?,
            Oddity::Stalls | Oddity::Leaves => {}
        }
    }
}

#[tokio::test]
async fn a_hop_whose_handshake_goes_wrong_hears_nothing_in_clear() {
    for oddity in [
        Oddity::Leaves,
        Oddity::Stalls,
        Oddity::GoesOnInClear,
        Oddity::Says(b"\x16\x03\x03\x00\x04\x02\x00\x00\x00"),
        Oddity::Says(b"\x15\x03\x03\x00\x02\x02\x28"),
        Oddity::Says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        // A ServerHello of TLS 1.1.
        Oddity::Says(b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x00\x00\x2f\x00"),
    ] {
        let (address, heard) = odd_hop(oddity).await;
        let scene = Scene::with(|setup| {
            setup.cloud_hops = vec![address];
            setup.notes_hops = vec![address];
            setup.limits = "hop_envelope = \"1s\"".to_owned();
        })
        .await;
        let mut client = scene.client(INTERNET).await;
        for to in ["cleo@contoso.com", "nora@contoso.com"] {
            let delivery = client.deliver("a@example.net", &[to], &message("x")).await.expect("a dialog");
            assert_eq!(delivery.verdict().code, 451, "{oddity:?}: {:?}", delivery.verdict());
        }
        let heard = String::from_utf8_lossy(&heard.lock().expect("no task")).to_ascii_uppercase();
        assert!(!heard.contains("MAIL FROM") && !heard.contains("EHLO"), "{oddity:?}: {heard:?}");
    }
}

#[tokio::test]
async fn a_side_that_stalls_does_not_delay_another() {
    let (address, _heard) = odd_hop(Oddity::Stalls).await;
    let scene = Scene::with(|setup| setup.cloud_hops = vec![address]).await;
    let mut stuck = scene.client(INTERNET).await;
    stuck.mail("a@example.net").await.expect("MAIL");
    stuck.rcpt("cleo@contoso.com").await.expect("RCPT");
    stuck
        .data_raw(b"Subject: x\r\n\r\nx\r\n.\r\n")
        .await
        .expect("DATA");
    let others = async {
        for from in [INTERNET, "127.0.0.4", "127.0.0.5"] {
            let delivery = scene
                .client(from)
                .await
                .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
                .await;
            assert!(delivery.expect("a dialog").is_accepted());
        }
    };
    tokio::time::timeout(Duration::from_secs(5), others)
        .await
        .expect("nobody waits for the cloud");
    pass(Duration::from_secs(61)).await;
    let reply = stuck.read_reply().await.expect("an answer");
    assert_eq!(reply.code, 451);
}
