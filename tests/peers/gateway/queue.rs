//! A Postfix with a real queue sends; what we defer, it keeps.

use super::*;

#[tokio::test]
async fn a_queue_reaches_notes_octet_for_octet() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let sender = Postfix::builder().relay_to(scene.mx).start().await;
    let sent = samples("queue");
    for sample in &sent {
        sender.submit(SENDER, &[NORA], &sample.content).await;
    }
    let stored = notes.stored(sent.len()).await;
    exactly(&stored, &sent);
    for message in &stored {
        passed_us(message);
        assert_eq!(message.reverse_path, SENDER);
        assert_eq!(message.forward_paths, [NORA]);
    }
    sender.logged("status=sent (250 2.0.0 ", sent.len()).await;
    assert_eq!(sender.queue().await, []);
}

#[tokio::test]
async fn bursts_over_many_connections_arrive_to_the_last_message() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().discard().start().await;
    let scene = with_notes(notes.address()).await;
    let sender = Postfix::builder().relay_to(scene.mx).opportunistic();
    let sender = sender.start().await;
    let burst = |count| Source::new(count, 8).paths(SENDER, NORA).length(10_000);
    let (straight, queued) = tokio::join!(
        burst(200).keep_connections().send(scene.mx),
        burst(200).keep_connections().send(sender.address()),
    );
    straight.succeeded();
    queued.succeeded();
    notes.discarded(400).await;
    sender.logged("status=sent", 200).await;
    assert_eq!(sender.queue().await, []);
    assert_eq!(notes.discard_count(), 400);
    assert_eq!(notes.taken(), 400);
    assert_eq!(sender.log_count("status=deferred"), 0);
    sender.logged("TLS connection established to", 1).await;
}

#[tokio::test]
async fn one_message_for_both_sides_reaches_everybody_once() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let sender = Postfix::builder().relay_to(scene.mx).start().await;
    let everybody = [NORA, CLEO, NILS, "carl@contoso.com"];
    sender.submit(SENDER, &everybody, &letter("both")).await;
    sender.logged("status=sent", everybody.len()).await;
    assert_eq!(sender.queue().await, []);
    // It was put off for one side by the right words, and came again by itself.
    assert!(sender.log_count("452 4.5.3") > 0);

    let mut at_notes: Vec<String> = Vec::new();
    for message in notes.stored(1).await {
        assert_eq!(message.below_trace(), letter("both"));
        at_notes.extend(message.forward_paths);
    }
    at_notes.sort();
    assert_eq!(at_notes, [NILS, NORA]);
    let messages = scene.cloud.messages();
    let mut at_cloud: Vec<&str> = messages.iter().flat_map(|one| one.recipients()).collect();
    at_cloud.sort_unstable();
    assert_eq!(at_cloud, ["carl@contoso.mail.onmicrosoft.com", CLEO_ROUTED]);
}

#[tokio::test]
async fn a_hop_that_is_down_gets_its_mail_once_when_it_is_back() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let address = free_address();
    let scene = with_notes(address).await;
    let sender = Postfix::builder().relay_to(scene.mx).patient();
    let sender = sender.start().await;
    let sent = [
        message::plain("down-1"),
        message::attachment("down-2", 200_000),
    ];
    for sample in &sent {
        sender.submit(SENDER, &[NORA], &sample.content).await;
    }
    sender.logged("status=deferred", sent.len()).await;
    let queue = sender.queue().await;
    assert_eq!(queue.len(), sent.len());
    for waiting in queue {
        assert!(waiting.reason.contains("451 4.4.1"), "{waiting:?}");
    }

    let notes = Postfix::builder().at(address).start().await;
    sender.flush().await;
    exactly(&notes.stored(sent.len()).await, &sent);
    sender.logged("status=sent", sent.len()).await;
    assert_eq!(sender.queue().await, []);
    assert_eq!(notes.taken(), sent.len());
}

#[tokio::test]
async fn a_hop_that_restarts_between_two_messages_loses_neither() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let address = free_address();
    let scene = with_notes(address).await;
    for round in ["before", "after"] {
        let notes = Postfix::builder().at(address).start().await;
        let mut client = scene.client(INTERNET).await;
        let sent = client.deliver(SENDER, &[NORA], &letter(round)).await;
        assert!(sent.expect("a dialog").is_accepted(), "{round}");
        assert_eq!(notes.stored(1).await[0].below_trace(), letter(round));
    }
}

#[tokio::test]
async fn who_is_refused_by_the_hop_is_told_and_nobody_gets_two_copies() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().refuse(NILS, "550 5.1.1 Nobody");
    let notes = notes.start().await;
    let scene = with_notes(notes.address()).await;
    // Reports stay here.
    let sender = Postfix::builder()
        .relay_to(scene.mx)
        .parameter("transport_maps", "inline:{ { example.net = store } }");
    let sender = sender.start().await;
    let sent = letter("partly");
    sender.submit(SENDER, &[NORA, NILS], &sent).await;
    sender.logged("status=bounced", 1).await;
    sender.logged("status=sent (250 2.0.0 ", 1).await;

    let report = sender.stored(1).await.remove(0);
    assert_eq!(report.reverse_path, "");
    assert_eq!(report.forward_paths, [SENDER]);
    let text = String::from_utf8_lossy(&report.content).into_owned();
    assert!(
        text.contains("Final-Recipient: rfc822; nils@contoso.com"),
        "{text}"
    );
    assert!(text.contains("Status: 5.1.1"), "{text}");
    assert!(
        !text.contains("Final-Recipient: rfc822; nora@contoso.com"),
        "{text}"
    );
    let stored = notes.stored(1).await;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].forward_paths, [NORA]);
    assert_eq!(stored[0].below_trace(), sent);
    assert_eq!(notes.taken(), 1);
    assert_eq!(sender.queue().await, []);
}

#[tokio::test]
async fn a_hop_that_takes_two_at_a_time_gets_all_in_the_end() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().parameter("smtpd_recipient_limit", 2);
    let notes = notes.start().await;
    let people = ["a", "b", "c", "d", "e"].map(|name| format!("{name}@contoso.com"));
    let scene = Scene::with(|setup| {
        setup.notes_hops = vec![notes.address()];
        for person in &people {
            setup.people.push_str(&format!("{person},notes,,\n"));
        }
    });
    let scene = scene.await;
    let sender = Postfix::builder().relay_to(scene.mx).start().await;
    let to: Vec<&str> = people.iter().map(String::as_str).collect();
    sender.submit(SENDER, &to, &letter("two")).await;
    sender.logged("status=sent", to.len()).await;
    assert_eq!(sender.queue().await, []);
    let stored = notes.stored(3).await;
    let mut reached: Vec<String> = stored
        .into_iter()
        .flat_map(|one| one.forward_paths)
        .collect();
    reached.sort();
    assert_eq!(reached, people);
}

#[tokio::test]
async fn who_is_refused_by_us_is_told_at_once() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let scene = Scene::start().await;
    let sender = Postfix::builder()
        .relay_to(scene.mx)
        .parameter("transport_maps", "inline:{ { example.net = store } }");
    let sender = sender.start().await;
    let to = ["nobody@contoso.com", NORA, "somebody@elsewhere.example"];
    sender.submit(SENDER, &to, &letter("unknown")).await;
    let report = sender.stored(1).await.remove(0);
    let text = String::from_utf8_lossy(&report.content).into_owned();
    for (who, status) in [(to[0], "5.1.1"), (to[2], "5.7.1")] {
        assert!(
            text.contains(&format!("Final-Recipient: rfc822; {who}")),
            "{text}"
        );
        assert!(text.contains(&format!("Status: {status}")), "{text}");
    }
    sender.logged("status=sent (250 2.0.0 ", 1).await;
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .recipients(),
        [NORA]
    );
    assert_eq!(scene.notes.messages().len(), 1);
}
