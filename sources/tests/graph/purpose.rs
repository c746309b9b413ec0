//! Mailboxes that prove themselves.

use serde_json::json;
use sources::graph::GraphError;
use testbed::graph::Fault;

use super::scene::{Scene, believed, failure, id, licence, proposal, round, user};

async fn scene() -> Scene {
    let mut scene = Scene::new().await;
    scene.access.mailbox_purpose = true;
    scene
}

#[tokio::test]
async fn a_mailbox_is_proven_by_what_it_is_for() {
    let scene = scene().await;
    let tenant = &scene.tenant;
    let synchronised = json!({"assignedPlans": licence(), "onPremisesSyncEnabled": true});
    for (number, more, purpose) in [
        (1, synchronised.clone(), Some("user")),
        (2, synchronised, None),
        (3, json!({"accountEnabled": false}), Some("shared")),
        (4, json!({}), Some("room")),
        (5, json!({}), Some("equipment")),
        (6, json!({}), None),
        (7, json!({"userType": "Guest"}), Some("user")),
    ] {
        tenant.put_user(user(number, more));
        tenant.set_purpose(&id(number), purpose);
    }
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    let believed = believed(&mut mirror);
    let check = |number: usize, expected: Option<&str>| {
        let address = format!("p{number}@contoso.com");
        assert_eq!(
            believed.get(&address).map(String::as_str),
            expected,
            "{address}"
        );
    };
    check(1, Some("User lives in cloud"));
    check(
        2,
        Some("User is not placed: a licence for a mailbox is no proof of one"),
    );
    check(3, Some("Shared lives in cloud"));
    check(4, Some("Room lives in cloud"));
    check(5, Some("Equipment lives in cloud"));
    check(
        6,
        Some("User is not placed: nothing says that it has a mailbox"),
    );
    check(7, None);
    assert_eq!(tenant.count("$batch"), 1);
}

#[tokio::test]
async fn twenty_are_asked_for_together() {
    let scene = scene().await;
    for number in 0..45 {
        scene.tenant.put_user(user(number, json!({})));
        scene.tenant.set_purpose(&id(number), Some("user"));
    }
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(scene.tenant.count("$batch"), 3);
    let placed = believed(&mut mirror);
    assert!(
        placed.values().all(|place| place == "User lives in cloud"),
        "{placed:?}"
    );
    // Nobody changed, and nobody waits.
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(scene.tenant.count("$batch"), 3);
}

#[tokio::test]
async fn who_stands_on_a_page_twice_is_asked_for_once() {
    let scene = scene().await;
    for number in 0..15 {
        scene.tenant.put_user(user(number, json!({})));
        scene.tenant.set_purpose(&id(number), Some("user"));
    }
    scene.tenant.order("users/delta", Fault::Duplicates);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(scene.tenant.count("$batch"), 1);
    assert_eq!(believed(&mut mirror).len(), 15);
}

#[tokio::test]
async fn who_was_licensed_is_found_when_the_mailbox_is_there() {
    let scene = scene().await;
    for number in 0..3 {
        let more = json!({"assignedPlans": licence(), "onPremisesSyncEnabled": true});
        scene.tenant.put_user(user(number, more));
    }
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    // The move is no change that a delta query tells of.
    scene.tenant.set_purpose(&id(1), Some("user"));
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!((proposal(&mirror).moved, proposal(&mirror).lost), (1, 0));
    let places = believed(&mut mirror);
    assert_eq!(places["p1@contoso.com"], "User lives in cloud");
    assert!(places["p2@contoso.com"].contains("no proof"));
    // From then on nobody asks for that one any more, unless it changes; then it stays where it is.
    scene.tenant.put_user(user(
        1,
        json!({"assignedPlans": licence(), "displayName": "New"}),
    ));
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(
        believed(&mut mirror)["p1@contoso.com"],
        "User lives in cloud"
    );
}

#[tokio::test]
async fn a_question_that_was_not_answered_is_asked_again() {
    let scene = scene().await;
    for number in 0..3 {
        scene.tenant.put_user(user(number, json!({})));
        scene.tenant.set_purpose(&id(number), Some("user"));
    }
    scene.tenant.order(&id(1), Fault::throttled("0"));
    scene
        .tenant
        .order(&id(2), Fault::status(401, "InvalidAuthenticationToken"));
    scene.tenant.order("$batch", Fault::status(503, "x"));
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    assert!(scene.tenant.faults_are_over());
    assert_eq!(scene.tenant.count("$batch"), 3);
    assert_eq!(scene.tenant.tokens_given(), 2);
    assert!(
        believed(&mut mirror)
            .values()
            .all(|place| place == "User lives in cloud")
    );
}

#[tokio::test]
async fn nobody_moves_because_an_answer_is_missing() {
    let mut scene = scene().await;
    scene.tenant.put_user(user(1, json!({})));
    scene.tenant.set_purpose(&id(1), Some("user"));
    let mut mirror = scene.mirror();
    round(&mut scene.source(), &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    scene
        .tenant
        .put_user(user(1, json!({"displayName": "New"})));
    scene.access.patience.attempts = 3;
    for _ in 0..3 {
        scene.tenant.order(&id(1), Fault::status(503, "x"));
    }
    let error = failure(&mut scene.source(), &mut mirror).await;
    assert!(matches!(error, GraphError::Busy { .. }), "{error:?}");
    assert!(proposal(&mirror).is_nothing());
    scene.tenant.deny("MailboxSettings.Read");
    let error = failure(&mut scene.source(), &mut mirror).await.to_string();
    assert!(error.contains("MailboxSettings.Read"), "{error}");
    assert!(proposal(&mirror).is_nothing());
}
