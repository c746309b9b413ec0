//! A side that is down, and what is kept for it.

use testbed::sink::{Act, Stage};
use testbed::tnef;
use twinmx::event::{Event, Fate};

use super::{FROM, NILS, NORA, answered, arrives, is_settled, keeps};
use crate::mime::only;
use crate::scene::{INTERNET, NOTES, PEOPLE, Scene, Setup, message};

/// Sends, and expects to hear that it is kept.
async fn is_kept(scene: &Scene, sent: &[u8]) {
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver(FROM, &[NORA], sent).await;
    let reply = delivery.expect("a dialog").end.expect("a reply");
    assert_eq!(reply.code, 250, "{reply:?}");
    assert!(reply.lines[0].contains("Kept for delivery"), "{reply:?}");
}

#[tokio::test]
async fn it_gets_its_mail_when_it_is_back() {
    let scene = Scene::with(keeps).await;
    scene.notes.go_down().await;
    let sent: Vec<_> = (0..5).map(|_| message("x")).collect();
    for one in &sent {
        is_kept(&scene, one).await;
        assert_eq!(answered(&scene).await, Fate::Queued);
    }
    scene.notes.come_back().await;
    let mut got = Vec::new();
    for _ in &sent {
        got.push(arrives(&scene.notes, &[NORA]).await.below(1).to_vec());
    }
    got.sort();
    let mut expected = sent.clone();
    expected.sort();
    assert!(got == expected);
    is_settled(&scene).await;
    assert_eq!(scene.notes.messages().len(), sent.len());
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let mut scene = Scene::with(keeps).await;
    scene.notes.go_down().await;
    let small = message("x");
    let large = message(&"a line\r\n".repeat(300_000));
    is_kept(&scene, &small).await;
    is_kept(&scene, &large).await;
    for _ in 0..2 {
        scene = scene.restarted().await;
        assert_eq!(scene.gateway.waiting(), 2);
    }
    scene.notes.come_back().await;
    let mut got = Vec::new();
    for _ in 0..2 {
        got.push(arrives(&scene.notes, &[NORA]).await.below(1).to_vec());
    }
    got.sort_by_key(Vec::len);
    assert!(got == [small, large]);
    is_settled(&scene).await;
    let scene = scene.restarted().await;
    assert_eq!(scene.gateway.waiting(), 0);
    assert_eq!(scene.notes.messages().len(), 2);
}

#[tokio::test]
async fn who_moved_meanwhile_gets_it_where_he_lives_now() {
    let scene = Scene::with(keeps).await;
    scene.notes.go_down().await;
    let sent = message("x");
    is_kept(&scene, &sent).await;
    let moved = PEOPLE.replace(
        "nora@contoso.com,notes,,nora.notes@contoso.com",
        "nora@contoso.com,cloud,nora@contoso.mail.onmicrosoft.com,nora.notes@contoso.com",
    );
    scene
        .people(&moved, |snapshot| {
            let path = routing::Address::parse(NORA).expect("an address");
            let found = snapshot.lookup(&path);
            found.is_some_and(|found| found.side().is_some_and(|side| side.as_str() == "cloud"))
        })
        .await;
    let got = arrives(&scene.cloud, &["nora@contoso.mail.onmicrosoft.com"]).await;
    assert!(got.below(1) == sent);
    is_settled(&scene).await;
}

/// At RCPT this would be a contradiction between two directories. Here the side did nothing wrong: it asked before.
#[tokio::test]
async fn who_moved_meanwhile_to_where_it_came_from_gets_it_there() {
    let scene = Scene::with(|setup: &mut Setup| {
        keeps(setup);
        setup.directory = "shrink_max = 1.0\nmove_max = 1.0".to_owned();
    })
    .await;
    scene.cloud.go_down().await;
    let sent = message("x");
    let mut client = scene.client(NOTES).await;
    let delivery = client.deliver(NORA, &["carl@contoso.com"], &sent).await;
    let reply = delivery.expect("a dialog").end.expect("a reply");
    assert!(reply.lines[0].contains("Kept for delivery"), "{reply:?}");
    let moved = PEOPLE.replace(
        "carl@contoso.com,cloud,carl@contoso.mail.onmicrosoft.com,",
        "carl@contoso.com,notes,,",
    );
    let carl = routing::Address::parse("carl@contoso.com").expect("an address");
    let lives_in_notes = |snapshot: &routing::Snapshot| {
        let found = snapshot.lookup(&carl);
        found.is_some_and(|found| found.side().is_some_and(|side| side.as_str() == "notes"))
    };
    scene.people(&moved, lives_in_notes).await;
    let got = arrives(&scene.notes, &["carl@contoso.com"]).await;
    assert!(got.below(1) == sent);
    is_settled(&scene).await;
    // A message of now is a contradiction.
    client.mail(NORA).await.expect("MAIL");
    let reply = client.rcpt("carl@contoso.com").await.expect("RCPT");
    assert_eq!((reply.code, reply.enhanced()), (451, Some("4.4.6")));
}

#[tokio::test]
async fn what_is_kept_is_converted_on_its_way_out() {
    let scene = Scene::with(keeps).await;
    scene.notes.go_down().await;
    is_kept(&scene, &tnef::sample("meeting-request").eml()).await;
    scene.notes.come_back().await;
    let got = arrives(&scene.notes, &[NORA]).await;
    only(&got.content, "text/calendar");
}

#[tokio::test]
async fn with_always_everything_is_kept_first() {
    let scene = Scene::with(|setup: &mut Setup| {
        keeps(setup);
        setup.more.push_str("always = true\n");
    })
    .await;
    let sent = message("x");
    is_kept(&scene, &sent).await;
    let got = arrives(&scene.notes, &[NORA]).await;
    assert!(got.below(1) == sent);
    is_settled(&scene).await;
}

#[tokio::test]
async fn with_defer_it_stays_with_its_sender() {
    let scene = Scene::with(|setup: &mut Setup| {
        keeps(setup);
        setup.more.push_str("when_down = \"defer\"\n");
    })
    .await;
    scene.notes.go_down().await;
    for _ in 0..4 {
        let mut client = scene.client(INTERNET).await;
        let delivery = client.deliver(FROM, &[NORA], &message("x")).await;
        assert_eq!(delivery.expect("a dialog").verdict().code, 451);
    }
    assert_eq!(scene.gateway.waiting(), 0);
}

#[tokio::test]
async fn a_lost_final_reply_of_a_single_hop_stays_with_the_sender() {
    let scene = Scene::with(keeps).await;
    scene
        .notes
        .script(|script| script.once(Stage::End, Act::close()));
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver(FROM, &[NILS], &message("x")).await;
    assert_eq!(delivery.expect("a dialog").verdict().code, 451);
    assert_eq!(scene.gateway.waiting(), 0);
}

#[tokio::test]
async fn what_was_refused_and_has_no_sender_is_set_aside() {
    let mut scene = Scene::with(keeps).await;
    scene.notes.go_down().await;
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver("", &[NORA], &message("x")).await;
    assert!(delivery.expect("a dialog").is_accepted());
    scene
        .notes
        .script(|script| script.on(Stage::End, Act::reply(550, "5.7.1 no")));
    scene.notes.come_back().await;
    let told = scene
        .event(|event| matches!(event, Event::SetAside { .. }))
        .await;
    assert_eq!(told.code().map(|code| code.number), Some(604));
    scene = scene.restarted().await;
    assert_eq!(scene.gateway.waiting(), 1, "an operator decides");
    assert!(scene.smart_host.messages().is_empty());
}
