//! Mail that goes round comes to an end.

use testbed::client::Delivery;
use twinmx::event::Event;

use crate::program::free_port;
use crate::scene::{INTERNET, Scene, TENANT, message};

/// Two gateways, each the Notes hop of the other.
async fn pair(keys: [&str; 2]) -> [Scene; 2] {
    let ports = [free_port(), free_port()];
    let dir = tempfile::tempdir().expect("a directory");
    let mut scenes = Vec::new();
    for (number, key) in keys.into_iter().enumerate() {
        let file = dir.path().join(format!("{number}.key"));
        std::fs::write(&file, key).expect("a key");
        let scene = Scene::with(|setup| {
            setup.address = ports[number];
            setup.notes_hops = vec![ports[1 - number]];
            setup.more = format!("[loop]\nkey = {:?}", file.display().to_string());
        });
        scenes.push(scene.await);
    }
    scenes.try_into().unwrap_or_else(|_| unreachable!("two"))
}

async fn deliver(scene: &Scene, content: &[u8]) -> Delivery {
    let mut client = scene.client(INTERNET).await;
    client
        .deliver("a@example.net", &["nora@contoso.com"], content)
        .await
        .expect("a dialog")
}

#[tokio::test]
async fn between_two_gateways_that_name_each_other_mail_ends() {
    let (one, other) = (
        "0123456789abcdef0123456789abcdef",
        "fedcba9876543210fedcba9876543210",
    );
    for (keys, breaker) in [([one, one], 1), ([one, other], 0)] {
        let scenes = pair(keys).await;
        let delivery = deliver(&scenes[0], &message("round and round")).await;
        assert_eq!(
            (delivery.verdict().code, delivery.verdict().enhanced()),
            (554, Some("5.4.6")),
            "{:?}",
            delivery.verdict()
        );
        scenes[breaker]
            .event(|event| matches!(event, Event::LoopBroken { .. }))
            .await;
        assert!(scenes.iter().all(Scene::nothing_arrived));
    }
}

#[tokio::test]
async fn what_the_cloud_bounces_back_ends() {
    let scene = Scene::with(|setup| setup.notes = "kind = \"exchange\"".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    client
        .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    let there = scene
        .cloud
        .next_message()
        .await
        .expect("it arrives")
        .content
        .clone();
    let tenant = format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n");
    let back = [tenant.as_bytes(), &there].concat();
    let mut cloud = scene.proven(&scene.notary.cloud).await;
    for (what, content) in [("as it went out", &there), ("as its own", &back)] {
        let delivery = cloud
            .deliver("a@example.net", &["cleo@contoso.com"], content)
            .await
            .expect("a dialog");
        assert!(
            delivery.verdict().is_permanent(),
            "{what}: {:?}",
            delivery.verdict()
        );
    }
    // To another's mailbox it is another decision, and that one goes out once as well.
    for expected in [true, false] {
        let delivery = cloud
            .deliver("a@example.net", &["nora@contoso.com"], &back)
            .await
            .expect("a dialog");
        assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
        let there = scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .content
            .clone();
        let again = cloud
            .deliver("a@example.net", &["nora@contoso.com"], &there)
            .await
            .expect("a dialog");
        assert!(
            again.verdict().is_permanent(),
            "{expected}: {:?}",
            again.verdict()
        );
    }
}

#[tokio::test]
async fn tokens_that_nobody_with_the_key_wrote_stop_nothing() {
    let scene = Scene::start().await;
    let token = |n: usize| format!(" {:016x}", (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let forged: String = (0..90)
        .map(|field| {
            format!(
                "Received: by x (twinmx-loop{});\r\n Thu, 1 Jan 1970 00:00:00 +0000\r\n",
                (0..50).map(|n| token(field * 50 + n)).collect::<String>()
            )
        })
        .collect();
    let sent = [forged.as_bytes(), &message("x")].concat();
    assert!(deliver(&scene, &sent).await.is_accepted());
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .below(1),
        sent
    );
}
