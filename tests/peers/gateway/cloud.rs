//! A Postfix as the cloud's hop, which takes mail from proven clients alone: mutual TLS with OpenSSL at the other end.

use std::path::Path;

use twinmx::event::Event;

use super::*;

const CLOUD: &str = "mail.protection.outlook.com";

/// It shows the cloud's certificate, and asks for one of the same authority.
async fn cloud(authority: &Authority) -> Postfix {
    let shown = authority.issue(CLOUD).await;
    let hop = Postfix::builder().identity(&shown.chain, &shown.key);
    hop.demand_certificate(&authority.roots()).start().await
}

/// The cloud is `hop`, whose authority has its certificate in `roots`, and this is what we show there.
fn reach(setup: &mut Setup, hop: &Postfix, roots: &Path, identity: &Identity) {
    setup.cloud_hops = vec![hop.address()];
    setup.cloud_tls = format!("server_names = [{CLOUD:?}]\ntrust_roots = {roots:?}");
    let Identity { chain, key } = identity;
    setup.more = format!(
        "[[side.cloud.identity]]\norigin = \"any\"\ncertificate = {chain:?}\nprivate_key = {key:?}\n"
    );
}

#[tokio::test]
async fn the_cloud_verifies_our_certificate_and_we_verify_its() {
    let Some(()) = require(&[Peer::Postfix, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Authority").await;
    let ours = authority.issue("gateway.test").await;
    let hop = cloud(&authority).await;
    let scene = Scene::with(|setup| reach(setup, &hop, &authority.roots(), &ours)).await;
    let sender = Postfix::builder().relay_to(scene.mx).start().await;
    let sent = samples("cloud");
    for sample in &sent {
        sender.submit(SENDER, &[CLEO], &sample.content).await;
    }
    let stored = hop.stored(sent.len()).await;
    exactly(&stored, &sent);
    for message in &stored {
        passed_us(message);
        assert_eq!(message.forward_paths, [CLEO_ROUTED]);
        let trace = message.trace();
        let verified = "(Client CN \"gateway.test\", Issuer \"Authority\" (verified OK))";
        assert!(trace.contains(verified), "{trace}");
        assert!(trace.contains("TLSv1.3"), "{trace}");
    }
    hop.logged("Trusted TLS connection established from", 1)
        .await;
    assert_eq!(hop.log_count("Untrusted TLS connection"), 0);
    assert_eq!(hop.log_count("Anonymous TLS connection"), 0);
    assert!(scene.cloud.messages().is_empty());
}

#[tokio::test]
async fn what_the_cloud_refuses_for_our_certificate_waits_and_arrives_once() {
    let Some(()) = require(&[Peer::Postfix, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Authority").await;
    let stranger = Authority::new("Stranger").await;
    let (wrong, right) = tokio::join!(
        stranger.issue("gateway.test"),
        authority.issue("gateway.test")
    );
    // Whole chains: a leaf alone would be a fault of the configuration.
    let mut whole = std::fs::read(&wrong.chain).expect("the files are ours");
    whole.extend(std::fs::read(stranger.roots()).expect("the files are ours"));
    std::fs::write(&wrong.chain, whole).expect("the files are ours");
    let hop = cloud(&authority).await;
    let scene = Scene::with(|setup| reach(setup, &hop, &authority.roots(), &wrong)).await;
    let sender = Postfix::builder().relay_to(scene.mx).patient();
    let sender = sender.start().await;
    sender.submit(SENDER, &[CLEO], &letter("proof")).await;
    sender.logged("status=deferred", 1).await;
    let queue = sender.queue().await;
    assert_eq!(queue.len(), 1, "{queue:?}");
    assert!(queue[0].reason.contains("said: 451 4."), "{queue:?}");
    hop.logged("Client certificate not trusted", 1).await;
    assert_eq!(hop.log_count("(queue active)"), 0);

    // The administrator puts the right files in their place; nothing is restarted.
    for (from, to) in [(&right.key, &wrong.key), (&right.chain, &wrong.chain)] {
        std::fs::copy(from, to).expect("the files are ours");
    }
    scene
        .event(|event| matches!(event, Event::TlsReloaded))
        .await;
    sender.flush().await;
    let stored = hop.stored(1).await;
    assert_eq!(stored[0].below_trace(), letter("proof"));
    assert!(
        stored[0]
            .trace()
            .contains("Issuer \"Authority\" (verified OK)")
    );
    sender.logged("status=sent", 1).await;
    assert_eq!(sender.queue().await, []);
    assert_eq!(hop.taken(), 1);
}

#[tokio::test]
async fn a_cloud_of_another_authority_sees_no_envelope() {
    let Some(()) = require(&[Peer::Postfix, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Authority").await;
    let stranger = Authority::new("Stranger").await;
    let ours = authority.issue("gateway.test").await;
    let hop = cloud(&stranger).await;
    let scene = Scene::with(|setup| reach(setup, &hop, &authority.roots(), &ours)).await;
    let sender = Postfix::builder().relay_to(scene.mx).patient();
    let sender = sender.start().await;
    sender.submit(SENDER, &[CLEO], &letter("other")).await;
    sender.logged("status=deferred", 1).await;
    let queue = sender.queue().await;
    assert!(queue[0].reason.contains("451 4.7.5"), "{queue:?}");
    hop.logged("disconnect from", 1).await;
    assert_eq!(hop.log_count(" mail="), 0);
}

#[tokio::test]
async fn a_cloud_that_wants_no_certificate_sees_no_envelope() {
    let Some(()) = require(&[Peer::Postfix, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Authority").await;
    let (shown, ours) = tokio::join!(authority.issue(CLOUD), authority.issue("gateway.test"));
    let hop = Postfix::builder().identity(&shown.chain, &shown.key);
    let hop = hop.start().await;
    let scene = Scene::with(|setup| reach(setup, &hop, &authority.roots(), &ours)).await;
    let mut client = scene.client(INTERNET).await;
    let sent = client
        .deliver(SENDER, &[CLEO], &letter("open"))
        .await
        .expect("a dialog");
    assert_eq!(
        (sent.verdict().code, sent.verdict().enhanced()),
        (451, Some("4.7.5"))
    );
    hop.logged("disconnect from", 1).await;
    assert_eq!(hop.log_count(" mail="), 0);
}
