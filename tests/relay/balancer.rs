//! Clients that come through a load balancer (PROXY protocol, version 2).

use std::net::{IpAddr, SocketAddr};

use testbed::client::Client;
use tokio::time::timeout;
use twinmx::event::Event;

use crate::scene::{INTERNET, NOTES, Scene, message};

const BALANCER: &str = "127.0.0.9";
const STRANGER: &str = "198.51.100.7:40000";

async fn scene(limits: &str) -> Scene {
    Scene::with(|setup| {
        setup.listener = format!("proxy_from = [\"{BALANCER}/32\"]");
        setup.limits = limits.to_owned();
    })
    .await
}

/// The header that a balancer sends of a client.
fn header(client: &str) -> Vec<u8> {
    let client: SocketAddr = client.parse().expect("an address");
    let IpAddr::V4(ip) = client.ip() else {
        panic!("{client}")
    };
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c".to_vec();
    header.extend(ip.octets());
    header.extend([127, 0, 0, 1]);
    header.extend(client.port().to_be_bytes());
    header.extend([0, 25]);
    header
}

async fn through(scene: &Scene, header: &[u8]) -> Client {
    let balancer = BALANCER.parse().expect("an address");
    let client = Client::announced_from(balancer, scene.mx, header).await;
    let mut client = client.expect("a greeting");
    client.ehlo("client.example.net").await.expect("EHLO");
    client
}

async fn delivers(scene: &Scene, client: &mut Client) -> (String, String) {
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
    let outcome = scene.outcome().await;
    (outcome.client.to_string(), outcome.origin.to_string())
}

/// What was said of why this connection was closed.
async fn cut_off(scene: &Scene) -> String {
    let event = scene
        .event(|event| matches!(event, Event::ClientCutOff { .. }))
        .await;
    event.to_string()
}

#[tokio::test]
async fn the_client_behind_it_is_known_by_its_own_address() {
    let scene = scene("").await;
    let mut client = through(&scene, &header(STRANGER)).await;
    let (address, origin) = delivers(&scene, &mut client).await;
    assert_eq!(
        (address.as_str(), origin.as_str()),
        ("198.51.100.7", "internet")
    );
    let got = scene.notes.next_message().await.expect("it arrives");
    let field = String::from_utf8_lossy(&got.content).into_owned();
    assert!(field.contains("[198.51.100.7]"), "{field}");
    assert!(!field.contains(BALANCER), "{field}");
}

/// A network is a proof, behind a balancer as without one; the balancer's own is none of the client's.
#[tokio::test]
async fn the_network_of_the_client_behind_it_counts() {
    let scene = Scene::with(|setup| {
        setup.listener = format!("proxy_from = [\"{BALANCER}/32\", \"{NOTES}/32\"]");
    })
    .await;
    let from_notes = header(&format!("{NOTES}:40000"));
    let mut client = through(&scene, &from_notes).await;
    let delivery = client
        .deliver("nora@contoso.com", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
    assert_eq!(scene.outcome().await.origin, "notes");
    // A balancer in a side's network does not lend it to its clients.
    let balancer = NOTES.parse().expect("an address");
    let client = Client::announced_from(balancer, scene.mx, &header(STRANGER)).await;
    let mut client = client.expect("a greeting");
    client.ehlo("client.example.net").await.expect("EHLO");
    let (_, origin) = delivers(&scene, &mut client).await;
    assert_eq!(origin, "internet");
}

#[tokio::test]
async fn nobody_else_may_say_who_he_is() {
    let scene = scene("early_talkers = \"allow\"").await;
    let source = INTERNET.parse().expect("an address");
    let header = header(&format!("{NOTES}:40000"));
    let client = Client::announced_from(source, scene.mx, &header).await;
    let mut client = client.expect("a greeting");
    // The header was so many bad commands.
    for _ in 0..3 {
        let reply = client.read_reply().await.expect("a reply");
        assert_eq!(reply.code / 100, 5, "{reply:?}");
    }
    drop(client);
    let mut client = scene.client(INTERNET).await;
    assert_eq!(delivers(&scene, &mut client).await.1, "internet");
}

#[tokio::test]
async fn a_balancer_that_says_nothing_or_nonsense_is_closed() {
    let scene = scene("").await;
    let balancer: IpAddr = BALANCER.parse().expect("an address");
    for nonsense in [
        "EHLO client.example.net\r\n",
        "PROXY TCP4 198.51.100.7 127.0.0.1 40000 25\r\n",
    ] {
        let client = Client::announced_from(balancer, scene.mx, nonsense.as_bytes()).await;
        assert!(client.is_err(), "no greeting for {nonsense:?}");
        let why = cut_off(&scene).await;
        assert!(
            why.contains("proxy_from") && why.contains(BALANCER),
            "{why}"
        );
    }
    let silent = Client::open_from(Some(balancer), scene.mx).await;
    let mut silent = silent.expect("a connection");
    let patience = 4 * twinmx::limits::PROXY_HEADER;
    let ending = timeout(patience, silent.ending()).await;
    assert!(ending.is_ok(), "it is closed");
    let why = cut_off(&scene).await;
    assert!(why.contains("within 5 s"), "{why}");
}

#[tokio::test]
async fn its_own_questions_come_from_itself() {
    let scene = scene("").await;
    let health = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
    let mut client = through(&scene, health).await;
    assert_eq!(delivers(&scene, &mut client).await.0, BALANCER);
}

#[tokio::test]
async fn bounds_are_those_of_the_client_behind_it() {
    let scene = scene("connections_per_client = 1").await;
    let _first = through(&scene, &header(STRANGER)).await;
    let _second = through(&scene, &header("198.51.100.8:40000")).await;
    let balancer = BALANCER.parse().expect("an address");
    let third = Client::announced_from(balancer, scene.mx, &header(STRANGER)).await;
    let refused = third.expect_err("one past its bound").to_string();
    assert!(refused.contains("421"), "{refused}");
}
