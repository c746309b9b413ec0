//! One socket is passed to the gateway, and every thread of it takes connections from it.

use testbed::client::Client;
use testbed::sink::Sink;

use super::*;

#[tokio::test]
async fn a_passed_socket_is_served_like_one_of_its_own() {
    // Python plays systemd here.
    let Some(()) = require(&[Peer::Smtplib]) else {
        return;
    };
    let notes = Sink::start().await.expect("a sink");
    let address = free_address();
    let gateway = Twinmx::activated(address, notes.addr()).await;
    let mut clients = Vec::new();
    for number in 0..32 {
        let mut client = Client::connect(address).await.expect("a greeting");
        client.ehlo("client.example.net").await.expect("EHLO");
        let content = format!("Subject: {number}\r\n\r\nx\r\n");
        let delivery = client.deliver(SENDER, &[NORA], content.as_bytes()).await;
        assert!(delivery.expect("a dialog").is_accepted(), "{number}");
        clients.push(client); // all of them at once
    }
    assert_eq!(notes.messages().len(), 32);
    drop(clients);
    gateway.end();
}
