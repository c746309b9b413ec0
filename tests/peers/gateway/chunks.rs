//! BDAT (RFC 3030) as others speak it.

use super::*;

#[tokio::test]
async fn exim_sends_chunks_that_arrive_octet_for_octet() {
    let Some(()) = require(&[Peer::Exim, Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let exim = Exim::builder().relay_to(scene.mx).start().await;
    let mut client = testbed::client::Client::connect(exim.address())
        .await
        .expect("a greeting");
    client
        .ehlo("client.example.net")
        .await
        .expect("EHLO is answered");
    let mut sent = samples("chunks");
    sent.retain(has_body);
    sent.push(message::of_size("chunks-large", 3_000_000));
    for sample in &sent {
        let parameters = sample.needs.mail_parameters();
        let given = client.deliver_with(SENDER, parameters, &[NORA], &sample.content);
        assert!(
            given.await.expect("a dialog").is_accepted(),
            "{}",
            sample.what
        );
    }
    exactly(&notes.stored(sent.len()).await, &sent);
    // K: it went in chunks. X: over TLS, as we offer it.
    exim.logged(&["=> nora@contoso.com", " X=TLS1.3", " K C=\"250"])
        .await;
}

#[tokio::test]
async fn postfix_takes_our_chunks_octet_for_octet() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let sent = [
        message::of_size("large-1", 70_000),
        message::attachment("large-2", 400_000),
        message::of_size("large-3", 3_000_000),
    ];
    send_all(&scene, &sent).await;
    exactly(&notes.stored(sent.len()).await, &sent);
    // Postfix tells what was said when the connection ends.
    scene.gateway.drain().await;
    notes.logged(" bdat=", 1).await;
    assert_eq!(notes.log_count(" data="), 0);
}

#[tokio::test]
async fn exim_takes_our_chunks_octet_for_octet() {
    let Some(()) = require(&[Peer::Exim]) else {
        return;
    };
    let notes = Exim::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let sent = [
        message::of_size("large-1", 70_000),
        message::attachment("large-2", 400_000),
        message::of_size("large-3", 3_000_000),
    ];
    send_all(&scene, &sent).await;
    exactly(&notes.stored(sent.len()).await, &sent);
    notes.logged(&["<= sender@example.net", " K S="]).await;
}
