//! Other people's servers as our next hops.

use testbed::message::Needs;

use super::*;

#[tokio::test]
async fn exim_takes_every_kind_of_message_unchanged() {
    let Some(()) = require(&[Peer::Exim]) else {
        return;
    };
    let notes = Exim::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let mut sent = samples("exim");
    sent.retain(has_body);
    send_all(&scene, &sent).await;
    exactly(&notes.stored(sent.len()).await, &sent);
}

#[tokio::test]
async fn postfix_takes_mail_over_tls_without_proof() {
    let Some(()) = require(&[Peer::Postfix, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Nobody").await;
    let shown = authority.issue("whoever.test").await;
    let notes = Postfix::builder().identity(&shown.chain, &shown.key);
    let notes = notes.start().await;
    let scene = with_notes(notes.address()).await;
    let sent = [
        message::dot_lines("tls-1"),
        message::attachment("tls-2", 200_000),
    ];
    send_all(&scene, &sent).await;
    let stored = notes.stored(sent.len()).await;
    exactly(&stored, &sent);
    for message in stored {
        let trace = message.trace();
        assert!(trace.contains("(using TLSv1.3 "), "{trace}");
        assert!(!trace.contains("verified OK"), "{trace}");
    }
}

#[tokio::test]
async fn a_server_that_offers_next_to_nothing_takes_what_it_can() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let keywords =
        "pipelining, chunking, dsn, enhancedstatuscodes, size, 8bitmime, smtputf8, vrfy, etrn";
    let notes = Postfix::builder().parameter("smtpd_discard_ehlo_keywords", keywords);
    let notes = notes.start().await;
    let scene = with_notes(notes.address()).await;
    let (sent, wide): (Vec<_>, Vec<_>) = samples("old")
        .into_iter()
        .partition(|sample| sample.needs == Needs::Nothing);
    send_all(&scene, &sent).await;
    exactly(&notes.stored(sent.len()).await, &sent);
    let mut client = scene.client(INTERNET).await;
    let wide = wide.iter().filter(|sample| sample.needs == Needs::Utf8);
    for sample in wide {
        let parameters = sample.needs.mail_parameters();
        let refused = client.deliver_with(SENDER, parameters, &[NORA], &sample.content);
        let refused = refused.await.expect("a dialog");
        assert_eq!(refused.verdict().enhanced(), Some("5.6.7"), "{refused:?}");
    }
    // What a server gives us in eight bits we write in seven.
    assert!(client.offers("8BITMIME"));
    let sender = Postfix::builder().relay_to(scene.mx).start().await;
    sender
        .submit(SENDER, &[NORA], &message::latin1("old-8").content)
        .await;
    let stored = notes
        .stored(sent.len() + 1)
        .await
        .pop()
        .expect("there are more");
    let text = String::from_utf8(stored.content).expect("it is ASCII");
    assert!(
        text.contains("quoted-printable") && text.contains("Sch=F6ne"),
        "{text}"
    );
}

#[tokio::test]
async fn opensmtpd_takes_what_it_can_unchanged_and_the_rest_is_refused() {
    let Some(()) = require(&[Peer::OpenSmtpd]) else {
        return;
    };
    let notes = OpenSmtpd::start().await;
    let scene = with_notes(notes.address()).await;
    let (wide, sent): (Vec<_>, Vec<_>) = samples("opensmtpd")
        .into_iter()
        .partition(|sample| sample.needs == Needs::Utf8);
    send_all(&scene, &sent).await;
    exactly(&notes.stored(sent.len()).await, &sent);
    let mut client = scene.client(INTERNET).await;
    for sample in wide {
        let parameters = sample.needs.mail_parameters();
        let refused = client.deliver_with(SENDER, parameters, &[NORA], &sample.content);
        let refused = refused.await.expect("a dialog");
        assert_eq!(refused.verdict().enhanced(), Some("5.6.7"), "{refused:?}");
    }
}

#[tokio::test]
async fn aiosmtpd_takes_every_kind_of_message_unchanged() {
    let Some(()) = require(&[Peer::Aiosmtpd]) else {
        return;
    };
    let notes = Aiosmtpd::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let sent = samples("aiosmtpd");
    send_all(&scene, &sent).await;
    exactly(&notes.stored(sent.len()).await, &sent);
}

#[tokio::test]
async fn aiosmtpd_is_verified_where_that_is_asked_for() {
    let Some(()) = require(&[Peer::Aiosmtpd, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Authority").await;
    for (shown, accepted) in [("notes.test", true), ("other.test", false)] {
        let identity = authority.issue(shown).await;
        let notes = Aiosmtpd::builder().identity(&identity.chain, &identity.key);
        let notes = notes.start().await;
        let scene = Scene::with(|setup| {
            setup.notes_hops = vec![notes.address()];
            let roots = authority.roots();
            setup.notes_tls = format!(
                "mode = \"verify\"\nserver_names = [\"notes.test\"]\ntrust_roots = {roots:?}"
            );
        });
        let scene = scene.await;
        let mut client = scene.client(INTERNET).await;
        let sent = client.deliver(SENDER, &[NORA], &letter("verified")).await;
        assert_eq!(sent.expect("a dialog").is_accepted(), accepted, "{shown}");
        let hop_tls = scene.outcome().await.hop_tls;
        match accepted {
            true => {
                assert_eq!(notes.stored(1).await[0].below_trace(), letter("verified"));
                assert!(hop_tls.contains("TLS"), "{hop_tls}");
            }
            false => assert_eq!(notes.messages(), []),
        }
    }
}

#[tokio::test]
async fn aiosmtpd_as_the_cloud_sees_our_certificate() {
    let Some(()) = require(&[Peer::Aiosmtpd, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Authority").await;
    let (cloud, ours) = tokio::join!(
        authority.issue("mail.protection.outlook.com"),
        authority.issue("gateway.test")
    );
    let hop = Aiosmtpd::builder()
        .identity(&cloud.chain, &cloud.key)
        .demand_certificate(&authority.roots())
        .start()
        .await;
    let scene = Scene::with(|setup| {
        setup.cloud_hops = vec![hop.address()];
        setup.cloud_tls += &format!("\ntrust_roots = {:?}", authority.roots());
        let Identity { chain, key } = &ours;
        setup.more = format!(
            "[[side.cloud.identity]]\norigin = \"any\"\ncertificate = {chain:?}\nprivate_key = {key:?}\n"
        );
    });
    let scene = scene.await;
    let mut client = scene.client(INTERNET).await;
    let sent = client.deliver(SENDER, &[CLEO], &letter("python")).await;
    let sent = sent.expect("a dialog");
    assert!(sent.is_accepted(), "{:?}", sent.verdict());
    let stored = hop.stored(1).await.remove(0);
    assert_eq!(stored.forward_paths, [CLEO_ROUTED]);
    assert_eq!(stored.below_trace(), letter("python"));
}
