//! The cloud has the MX and only sides speak to us; a Postfix plays each of them.

use super::*;
use crate::scene::{NOTES, TENANT};

/// A message as the cloud sends it on.
fn from_cloud(id: &str) -> Vec<u8> {
    let tenant = format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n");
    [
        tenant.as_bytes(),
        b"X-MS-Exchange-Organization-AuthAs: Internal\r\n",
        &letter(id),
    ]
    .concat()
}

/// Only sides may speak.
async fn inside(hop: Option<&Postfix>) -> Scene {
    Scene::with(|setup| {
        setup.listener = "require_proof = true".to_owned();
        setup.notes_hops = hop.map(Postfix::address).into_iter().collect();
    })
    .await
}

#[tokio::test]
async fn mail_of_the_cloud_reaches_notes() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().start().await;
    let scene = inside(Some(&notes)).await;
    let (chain, key) = scene
        .notary
        .cloud
        .write_to(scene.dir.path(), "cloud")
        .expect("it is ours");
    let root = scene
        .notary
        .root
        .write_to(scene.dir.path(), "cloud-root")
        .expect("it is ours");
    let cloud = Postfix::builder()
        .relay_to(scene.mx)
        .verify_hop(&root, "mx.contoso.com")
        .client_identity(&chain, &key)
        .start()
        .await;
    cloud
        .submit("carl@contoso.com", &[NORA], &from_cloud("to-notes"))
        .await;
    let stored = notes.stored(1).await.remove(0);
    passed_us(&stored);
    assert_eq!(stored.reverse_path, "carl@contoso.com");
    assert_eq!(stored.forward_paths, [NORA]);
    assert_eq!(
        stored.below_trace(),
        from_cloud("to-notes"),
        "what the cloud says of itself stays"
    );
    assert_eq!(scene.outcome().await.origin, "cloud");
    cloud
        .logged("Verified TLS connection established to", 1)
        .await;

    // A stranger's mail that the cloud passed on, of another tenant: it comes in, and is believed nothing.
    let foreign = String::from_utf8(from_cloud("foreign")).expect("it is ASCII");
    let foreign = foreign.replace(TENANT, "99999999-2222-3333-4444-555555555555");
    cloud
        .submit("x@fabrikam.com", &[NORA], foreign.as_bytes())
        .await;
    let stored = notes.stored(2).await.remove(1);
    assert_eq!(stored.below_trace(), letter("foreign"));
    assert_eq!(scene.outcome().await.origin, "internet");
}

#[tokio::test]
async fn mail_of_notes_reaches_the_cloud() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let scene = inside(None).await;
    let notes = Postfix::builder().relay_to(scene.mx).speaking_from(NOTES);
    let notes = notes.start().await;
    notes.submit(NORA, &[CLEO], &from_cloud("to-cloud")).await;
    notes.logged("status=sent (250 2.0.0 ", 1).await;
    let got = scene.cloud.next_message().await.expect("it arrives");
    assert_eq!(got.recipients(), [CLEO_ROUTED]);
    assert_eq!(
        got.below(2),
        letter("to-cloud"),
        "Notes is no Exchange and says nothing of that kind"
    );
    let outcome = scene.outcome().await;
    assert_eq!(
        (&*outcome.origin, &*outcome.destination),
        ("notes", "cloud")
    );
}

#[tokio::test]
async fn mail_is_not_handed_back_to_the_side_it_came_from() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let scene = inside(None).await;
    let notes = Postfix::builder().relay_to(scene.mx).speaking_from(NOTES);
    let notes = notes.parameter("transport_maps", "inline:{ { example.net = store } }");
    let notes = notes.start().await;
    notes.submit(SENDER, &[NILS], &letter("back")).await;
    let report = notes.stored(1).await.remove(0);
    let text = String::from_utf8_lossy(&report.content).into_owned();
    assert!(text.contains("Status: 5.4.6"), "{text}");
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn strangers_are_refused_before_they_name_anybody() {
    let Some(()) = require(&[Peer::Postfix, Peer::Openssl]) else {
        return;
    };
    let scene = inside(None).await;
    let root = scene
        .notary
        .root
        .write_to(scene.dir.path(), "strangers-root")
        .expect("it is ours");
    let authority = Authority::new("Stranger").await;
    let forged = authority.issue("mail.protection.outlook.com").await;
    let stranger = || {
        Postfix::builder()
            .relay_to(scene.mx)
            .parameter("transport_maps", "inline:{ { example.net = store } }")
    };
    let in_clear = stranger();
    let with_forgery = stranger()
        .verify_hop(&root, "mx.contoso.com")
        .client_identity(&forged.chain, &forged.key);
    for (stranger, status) in [(in_clear, "Status: 5.7.0"), (with_forgery, "Status: 5.7.1")] {
        let stranger = stranger.start().await;
        stranger
            .submit(SENDER, &[NORA], &from_cloud("stranger"))
            .await;
        let report = stranger.stored(1).await.remove(0);
        let text = String::from_utf8_lossy(&report.content).into_owned();
        assert!(text.contains(status), "{text}");
    }
    assert!(scene.nothing_arrived());
}
