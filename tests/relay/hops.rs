//! Hops with other abilities, and hops on a bad day.

use testbed::client::Delivery;
use testbed::sink::{Act, Gate, How, Place, Sink, Stage};
use twinmx::event::Event;

use crate::scene::{INTERNET, Scene, message};

/// A message for Nora, through a Notes hop that `change` has changed.
async fn deliver(
    change: impl FnOnce(&Sink),
    parameters: &str,
    content: &[u8],
) -> (Scene, Delivery) {
    let scene = Scene::start().await;
    change(&scene.notes);
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver_with("a@example.net", parameters, &["nora@contoso.com"], content)
        .await;
    (scene, delivery.expect("a dialog"))
}

fn verdict(delivery: &Delivery) -> (u16, &str) {
    (
        delivery.verdict().code,
        delivery.verdict().enhanced().unwrap_or_default(),
    )
}

#[tokio::test]
async fn what_a_hop_cannot_take_is_refused_and_never_mangled() {
    let seven_bit = message("plain");
    let large = message(&"0123456789abcdef\r\n".repeat(20_000));
    for (what, keyword, parameters, content, expected) in [
        (
            "too large, declared",
            "SIZE 100000",
            "SIZE=360000",
            &large,
            (552, "5.3.4"),
        ),
        (
            "too large, not declared",
            "SIZE 100000",
            "",
            &large,
            (552, "5.3.4"),
        ),
        (
            "small enough",
            "SIZE 100000",
            "",
            &seven_bit,
            (250, "2.0.0"),
        ),
    ] {
        let change = |notes: &Sink| {
            notes.script(|script| {
                if keyword.starts_with("SIZE") {
                    script.without("SIZE").with(keyword)
                } else {
                    script.without(keyword)
                }
            });
        };
        let (scene, delivery) = deliver(change, parameters, content).await;
        assert_eq!(
            verdict(&delivery),
            expected,
            "{what}: {}",
            delivery.verdict().text()
        );
        assert_eq!(
            scene.notes.messages().len(),
            usize::from(expected.0 == 250),
            "{what}"
        );
    }
}

#[tokio::test]
async fn internationalised_mail_goes_only_where_it_is_understood() {
    for (understands, expected) in [(true, 250), (false, 550)] {
        let scene = Scene::start().await;
        if !understands {
            scene.cloud.script(|script| script.without("SMTPUTF8"));
        }
        let mut client = scene.client(INTERNET).await;
        assert!(client.offers("SMTPUTF8"), "the cloud's preset has it");
        let sender = "j\u{f6}rg@example.net";
        let delivery = client
            .deliver_with(sender, "SMTPUTF8", &["cleo@contoso.com"], &message("x"))
            .await
            .expect("a dialog");
        assert_eq!(
            delivery.verdict().code,
            expected,
            "{}",
            delivery.verdict().text()
        );
        if understands {
            assert_eq!(
                scene
                    .cloud
                    .next_message()
                    .await
                    .expect("it arrives")
                    .reverse_path,
                sender
            );
        } else {
            assert_eq!(delivery.verdict().enhanced(), Some("5.6.7"));
        }
    }
}

#[tokio::test]
async fn what_sides_cannot_do_is_no_longer_offered() {
    let scene = Scene::start().await;
    scene
        .cloud
        .script(|script| script.without("8BITMIME").without("SMTPUTF8"));
    let mut client = scene.client(INTERNET).await;
    assert!(client.offers("SMTPUTF8"), "nothing is known yet");
    assert!(
        client
            .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
            .await
            .expect("a dialog")
            .is_accepted()
    );
    let later = scene.client(INTERNET).await;
    assert!(!later.offers("SMTPUTF8"), "nobody takes it");
    assert!(later.offers("8BITMIME"), "that we can do without them");
}

#[tokio::test]
async fn report_parameters_reach_a_hop_that_knows_them_and_no_other() {
    for knows in [true, false] {
        let scene = Scene::start().await;
        if !knows {
            scene.notes.script(|script| script.without("DSN"));
        }
        let mut client = scene.client(INTERNET).await;
        client
            .mail_with("a@example.net", "RET=HDRS ENVID=QQ314159")
            .await
            .expect("MAIL");
        client
            .rcpt_with(
                "nora@contoso.com",
                "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;n@example.net",
            )
            .await
            .expect("RCPT");
        assert_eq!(client.data(&message("x")).await.expect("DATA").code, 250);
        let got = scene.notes.next_message().await.expect("it arrives");
        let has = |list: &[String], wanted: &str| list.iter().any(|one| one == wanted);
        assert_eq!(has(&got.mail_parameters, "RET=HDRS"), knows);
        assert_eq!(has(&got.mail_parameters, "ENVID=QQ314159"), knows);
        assert_eq!(
            has(&got.forward_paths[0].parameters, "NOTIFY=SUCCESS,FAILURE"),
            knows
        );
        assert_eq!(
            has(
                &got.forward_paths[0].parameters,
                "ORCPT=rfc822;n@example.net"
            ),
            knows
        );
    }
}

#[tokio::test]
async fn old_and_odd_hops_are_served() {
    let content = message(&format!(
        "{}\r\n.dots\r\n",
        "0123456789abcdef\r\n".repeat(10_000)
    ));
    type Change = fn(&Sink);
    let changes: [(&str, Change); 4] = [
        ("no pipelining", |notes| {
            notes.script(|script| script.without("PIPELINING"))
        }),
        ("nothing but HELO", |notes| {
            notes.script(|script| script.on(Stage::Ehlo, Act::reply(502, "5.5.1 what?")))
        }),
        ("reply octets one by one", |notes| {
            notes.script(|script| script.split_writes())
        }),
        ("one message a connection", |notes| {
            notes.script(|script| script.messages_per_connection(1))
        }),
    ];
    for (what, change) in changes {
        let (scene, delivery) = deliver(change, "", &content).await;
        assert!(delivery.is_accepted(), "{what}: {:?}", delivery.verdict());
        assert_eq!(
            scene
                .notes
                .next_message()
                .await
                .expect("it arrives")
                .below(1),
            content,
            "{what}"
        );
        let mut client = scene.client(INTERNET).await;
        let again = client
            .deliver("a@example.net", &["nora@contoso.com"], &content)
            .await
            .expect("a dialog");
        assert!(again.is_accepted(), "{what}, once more");
    }
}

/// The first hop misbehaves, the second is there: it takes over or, where the mail itself was judged, it does not.
async fn second_hop(what: &str, change: impl FnOnce(&Sink), takes_over: bool) {
    let (first, second) = (
        Sink::start().await.expect("a hop"),
        Sink::start().await.expect("a hop"),
    );
    change(&first);
    let scene = Scene::with(|setup| {
        setup.notes_hops = vec![first.addr(), second.addr()];
        setup.limits = "hop_envelope = \"5s\"".to_owned();
    })
    .await;
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert_eq!(
        delivery.is_accepted(),
        takes_over,
        "{what}: {:?}",
        delivery.verdict()
    );
    assert_eq!(second.messages().len(), usize::from(takes_over), "{what}");
}

#[tokio::test]
async fn a_hop_that_gives_no_session_is_passed_over_and_a_verdict_is_not() {
    second_hop(
        "421 greeting",
        |hop| hop.script(|s| s.on(Stage::Greeting, Act::reply(421, "4.3.2 busy").then_close())),
        true,
    )
    .await;
    second_hop(
        "554 greeting",
        |hop| hop.script(|s| s.on(Stage::Greeting, Act::reply(554, "5.3.2 no"))),
        true,
    )
    .await;
    second_hop(
        "garbage greeting",
        |hop| hop.script(|s| s.on(Stage::Greeting, Act::raw("SSH-2.0-x\r\n"))),
        true,
    )
    .await;
    second_hop(
        "closed at once",
        |hop| hop.script(|s| s.on(Stage::Greeting, Act::close())),
        true,
    )
    .await;
    second_hop(
        "451 to EHLO",
        |hop| hop.script(|s| s.on(Stage::Ehlo, Act::reply(451, "4.3.0 no"))),
        true,
    )
    .await;
    second_hop(
        "421 to MAIL",
        |hop| hop.script(|s| s.on(Stage::Mail, Act::reply(421, "4.3.2 bye").then_close())),
        true,
    )
    .await;
    second_hop(
        "451 to MAIL",
        |hop| hop.script(|s| s.on(Stage::Mail, Act::reply(451, "4.3.0 no"))),
        false,
    )
    .await;
    second_hop(
        "550 to MAIL",
        |hop| hop.script(|s| s.on(Stage::Mail, Act::reply(550, "5.7.1 no"))),
        false,
    )
    .await;
    second_hop(
        "550 to RCPT",
        |hop| hop.script(|s| s.on(Stage::Rcpt, Act::reply(550, "5.1.1 no"))),
        false,
    )
    .await;
}

#[tokio::test]
async fn a_silent_hop_costs_its_budget_and_no_more() {
    let scene = Scene::with(|setup| setup.limits = "hop_envelope = \"1s\"".to_owned()).await;
    scene
        .notes
        .script(|script| script.on(Stage::Greeting, Act::hang()));
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert_eq!(verdict(&delivery), (451, "4.4.1"));
    scene
        .event(|event| matches!(event, Event::HopFailed { .. }))
        .await;
}

#[tokio::test]
async fn when_all_recipients_are_refused_their_replies_decide() {
    for (first, second, expected) in [
        ((550, "5.1.1 no"), (550, "5.2.1 disabled"), (550, "5.1.1")),
        ((550, "5.1.1 no"), (450, "4.2.1 later"), (450, "4.2.1")),
        ((452, "4.2.2 full"), (550, "5.1.1 no"), (452, "4.2.2")),
    ] {
        let scene = Scene::start().await;
        scene.notes.script(|script| {
            script
                .recipient("nora@contoso.com", Act::reply(first.0, first.1))
                .recipient("nils@contoso.com", Act::reply(second.0, second.1))
        });
        let mut client = scene.client(INTERNET).await;
        let to = ["nora@contoso.com", "nils@contoso.com"];
        let delivery = client
            .deliver("a@example.net", &to, &message("x"))
            .await
            .expect("a dialog");
        assert_eq!(verdict(&delivery), expected);
    }
}

#[tokio::test]
async fn a_hop_that_wants_a_body_for_nobody_is_hung_up_on() {
    let change = |notes: &Sink| {
        notes.script(|script| {
            script
                .on(Stage::Rcpt, Act::reply(550, "5.1.1 no"))
                .on(Stage::Data, Act::reply(354, "go on"))
        });
    };
    let (scene, delivery) = deliver(change, "", &message("x")).await;
    assert_eq!(verdict(&delivery), (550, "5.1.1"));
    let departure = scene.notes.departure(0).await.expect("it is left");
    assert!(
        matches!(departure.how, How::Closed | How::Reset),
        "{departure:?}"
    );
    assert_eq!(departure.place, Place::Data, "{departure:?}");
}

#[tokio::test]
async fn a_hop_that_fails_within_the_body_leaves_the_mail_with_its_sender() {
    let content = message(&"0123456789abcdef\r\n".repeat(200_000));
    for chunking in [true, false] {
        let change = |notes: &Sink| {
            notes.script(|script| {
                let script = if chunking {
                    script
                } else {
                    script.without("CHUNKING")
                };
                script.within_data(100_000, Act::reset())
            });
        };
        let (scene, delivery) = deliver(change, "", &content).await;
        assert_eq!(verdict(&delivery), (451, "4.4.2"), "chunking: {chunking}");
        assert!(scene.notes.messages().is_empty());
    }
}

#[tokio::test]
async fn no_octet_of_the_body_goes_before_every_reply_is_in() {
    let gate = Gate::new();
    let scene = Scene::start().await;
    scene.notes.script(|script| {
        script
            .without("CHUNKING")
            .once(Stage::Data, Act::normal().after(&gate))
    });
    let mut client = scene.client(INTERNET).await;
    let sent = message("x");
    let (delivery, ()) = tokio::join!(
        client.deliver("a@example.net", &["nora@contoso.com"], &sent),
        async {
            gate.reached(1).await.expect("DATA has come");
            gate.release();
        }
    );
    assert!(delivery.expect("a dialog").is_accepted());
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .early_octets,
        0
    );
}
