//! One message for both sides.

use testbed::sink::{Act, Stage};
use twinmx::event::{Event, Fate};

use super::{CARL, CLEO, FROM, NILS, NORA, answered, arrives, is_settled, keeps};
use crate::scene::{INTERNET, Scene, message};

#[tokio::test]
async fn both_sides_get_it_and_nothing_is_kept() {
    let scene = Scene::with(keeps).await;
    let mut client = scene.client(INTERNET).await;
    let sent = message("for everybody");
    let delivery = client.deliver(FROM, &[CLEO, NORA, CARL, NILS], &sent).await;
    let delivery = delivery.expect("a dialog");
    assert!(delivery.is_accepted());
    let at_cloud = arrives(
        &scene.cloud,
        &[
            "cleo@contoso.mail.onmicrosoft.com",
            "carl@contoso.mail.onmicrosoft.com",
        ],
    )
    .await;
    let at_notes = arrives(&scene.notes, &[NORA, NILS]).await;
    assert!(at_cloud.below(1) == sent && at_notes.below(1) == sent);
    for _ in 0..4 {
        let outcome = scene.outcome().await;
        assert_eq!((outcome.result, outcome.queue_id), (Fate::Delivered, None));
    }
    assert_eq!(scene.gateway.waiting(), 0);
    // Neither header names the recipients of the other side.
    assert!(!at_cloud.field("Received")[0].contains("nora"));
}

#[tokio::test]
async fn a_large_one_goes_to_both_from_the_same_copy() {
    let scene = Scene::with(keeps).await;
    let mut client = scene.client(INTERNET).await;
    let sent = message(&"a line of no interest\r\n".repeat(100_000));
    let delivery = client.deliver(FROM, &[CLEO, NORA], &sent).await;
    assert!(delivery.expect("a dialog").is_accepted());
    for sink in [&scene.cloud, &scene.notes] {
        let got = sink.next_message().await.expect("it arrives");
        assert!(got.below(1) == sent);
    }
    assert_eq!(scene.gateway.waiting(), 0);
}

#[tokio::test]
async fn one_side_down_does_not_hold_up_the_other() {
    let scene = Scene::with(keeps).await;
    scene.notes.go_down().await;
    let mut client = scene.client(INTERNET).await;
    for body in ["small".to_owned(), "a line\r\n".repeat(100_000)] {
        let sent = message(&body);
        let delivery = client.deliver(FROM, &[NORA, CLEO], &sent).await;
        let reply = delivery.expect("a dialog").end.expect("a reply");
        assert_eq!(reply.code, 250);
        assert!(reply.lines[0].contains("Kept for delivery"), "{reply:?}");
        let got = arrives(&scene.cloud, &["cleo@contoso.mail.onmicrosoft.com"]).await;
        assert!(got.below(1) == sent);
        let fates = [answered(&scene).await, answered(&scene).await];
        assert_eq!(fates, [Fate::Queued, Fate::Delivered]);
        scene.notes.come_back().await;
        let got = arrives(&scene.notes, &[NORA]).await;
        assert!(got.below(1) == sent);
        let delivered = |event: &Event| match event {
            Event::Outcome(one) => one.queue_id.is_some() && one.result == Fate::Delivered,
            _ => false,
        };
        scene.event(delivered).await;
        is_settled(&scene).await;
        scene.notes.go_down().await;
    }
    assert_eq!(scene.cloud.messages().len(), 2);
    assert_eq!(scene.notes.messages().len(), 2);
}

#[tokio::test]
async fn who_is_deferred_comes_later_and_nobody_gets_it_twice() {
    let scene = Scene::with(keeps).await;
    scene
        .notes
        .script(|script| script.recipient_once(NILS, Act::reply(450, "4.2.1 mailbox busy")));
    let mut client = scene.client(INTERNET).await;
    let sent = message("x");
    let delivery = client.deliver(FROM, &[NORA, NILS], &sent).await;
    assert!(delivery.expect("a dialog").is_accepted());
    let first = arrives(&scene.notes, &[NORA]).await;
    let second = arrives(&scene.notes, &[NILS]).await;
    assert!(first.below(1) == sent && second.below(1) == sent);
    is_settled(&scene).await;
    assert_eq!(scene.notes.messages().len(), 2);
}

#[tokio::test]
async fn what_no_side_takes_stays_with_its_sender() {
    let scene = Scene::with(keeps).await;
    for (cloud, notes, expected) in [
        (550, 550, 550),
        (451, 550, 451),
        (550, 451, 451),
        (451, 451, 451),
    ] {
        for (sink, code) in [(&scene.cloud, cloud), (&scene.notes, notes)] {
            let text = format!("{}.7.1 not today", code / 100);
            sink.script(|script| script.once(Stage::End, Act::reply(code, &text)));
        }
        let mut client = scene.client(INTERNET).await;
        let delivery = client.deliver(FROM, &[CLEO, NORA], &message("x")).await;
        let reply = delivery.expect("a dialog").end.expect("a reply");
        assert_eq!(reply.code, expected, "{cloud} {notes}: {reply:?}");
        assert_eq!(scene.gateway.waiting(), 0);
    }
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn what_one_side_took_is_never_asked_of_the_sender_again() {
    let scene = Scene::with(keeps).await;
    scene
        .cloud
        .script(|script| script.once(Stage::End, Act::reply(451, "4.3.0 later")));
    let mut client = scene.client(INTERNET).await;
    let sent = message("x");
    let delivery = client.deliver(FROM, &[CLEO, NORA], &sent).await;
    assert!(delivery.expect("a dialog").is_accepted());
    arrives(&scene.notes, &[NORA]).await;
    let got = arrives(&scene.cloud, &["cleo@contoso.mail.onmicrosoft.com"]).await;
    assert!(got.below(1) == sent);
    is_settled(&scene).await;
    assert_eq!(scene.notes.messages().len(), 1);
}

/// The client leaves before its message has an end: nobody gets any of it.
#[tokio::test]
async fn half_a_message_goes_to_nobody() {
    let scene = Scene::with(keeps).await;
    let mut client = scene.client(INTERNET).await;
    client.mail(FROM).await.expect("MAIL");
    client.rcpt(CLEO).await.expect("RCPT");
    client.rcpt(NORA).await.expect("RCPT");
    assert_eq!(client.command("DATA").await.expect("DATA").code, 354);
    let body = format!("Subject: x\r\n\r\n{}", "half\r\n".repeat(100_000));
    client.send_raw(body.as_bytes()).await.expect("half of it");
    drop(client);
    let outcome = scene.outcome().await;
    assert_eq!(outcome.result, Fate::Deferred);
    assert!(scene.nothing_arrived());
    assert_eq!(scene.gateway.waiting(), 0);
}
