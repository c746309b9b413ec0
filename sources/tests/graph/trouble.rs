//! Answers that are none, late ones, and states that were lost.

use std::time::{Duration, Instant, SystemTime};

use serde_json::json;
use sources::SourceError;
use sources::graph::GraphError;
use sources::limits::PAGE_OCTETS_MAX;
use testbed::graph::Fault;

use super::scene::{Scene, believed, failure, group, proposal, round, user};

#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_says() {
    let scene = Scene::new().await;
    scene.people(3);
    let soon = SystemTime::now() + Duration::from_secs(2);
    let at_date = Fault::Status {
        status: 503,
        code: "ServiceUnavailable".to_owned(),
        retry_after: Some(httpdate::fmt_http_date(soon)),
    };
    scene.tenant.order("users/delta", Fault::throttled("1"));
    scene.tenant.order("groups/delta", at_date);
    scene
        .tenant
        .order("contacts/delta", Fault::status(504, "GatewayTimeout"));
    let begin = Instant::now();
    round(&mut scene.source(), &mut scene.mirror())
        .await
        .unwrap();
    // The date may have lost its part of a second.
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert!(SystemTime::now() >= soon - Duration::from_secs(1));
    for stream in ["users", "groups", "contacts"] {
        assert_eq!(
            scene.tenant.count(&format!("{stream}/delta")),
            2,
            "{stream}"
        );
    }
}

#[tokio::test]
async fn a_server_that_stays_busy_ends_the_round() {
    let mut scene = Scene::new().await;
    scene.people(3);
    let mut mirror = scene.mirror();
    scene.tenant.order("users/delta", Fault::throttled("1200"));
    let mut source = scene.source();
    let error = round(&mut source, &mut mirror).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1200)));
    assert_eq!(scene.tenant.count("users/delta"), 1);
    scene.access.patience.attempts = 3;
    for _ in 0..3 {
        scene
            .tenant
            .order("users/delta", Fault::status(503, "ServiceUnavailable"));
    }
    let error = failure(&mut scene.source(), &mut mirror).await;
    assert!(
        matches!(error, GraphError::Busy { after: None, .. }),
        "{error:?}"
    );
    assert_eq!(scene.tenant.count("users/delta"), 4);
}

#[tokio::test]
async fn a_lost_state_is_read_anew_from_where_the_server_says() {
    let scene = Scene::new().await;
    scene.people(6);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    scene.tenant.put_user(user(99, json!({})));
    let origin = scene.tenant.origin();
    for (location, asked) in [
        (
            Some(format!(
                "{origin}/v1.0/users/delta?$select=id,mail,proxyAddresses,displayName,userPrincipalName,accountEnabled,userType&$x=1"
            )),
            "$x=1",
        ),
        (None, "users/delta?$select"),
        // A place of another host is none.
        (
            Some("https://graph.example/v1.0/users/delta".to_owned()),
            "users/delta?$select",
        ),
    ] {
        scene
            .tenant
            .order("users/delta?$deltatoken", Fault::Gone { location });
        let before = scene.tenant.count(asked);
        let summary = round(&mut source, &mut mirror).await.unwrap();
        assert!(summary.full);
        assert_eq!(scene.tenant.count(asked), before + 1, "{asked}");
        assert_eq!(proposal(&mirror).lost, 0);
    }
    assert_eq!(believed(&mut mirror).len(), 7);
}

#[tokio::test]
async fn somebody_who_went_while_the_state_was_lost_is_gone() {
    let scene = Scene::new().await;
    scene.people(6);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    scene
        .tenant
        .remove(&super::scene::id(2), testbed::graph::Reason::Deleted);
    scene.tenant.forget_states();
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(proposal(&mirror).lost, 1);
}

#[tokio::test]
async fn a_server_that_always_begins_again_ends_the_round() {
    let scene = Scene::new().await;
    scene.people(6);
    for _ in 0..3 {
        scene
            .tenant
            .order("users/delta", Fault::Gone { location: None });
    }
    let error = failure(&mut scene.source(), &mut scene.mirror()).await;
    assert!(matches!(error, GraphError::Resyncs), "{error:?}");
    assert_eq!(scene.tenant.count("users/delta"), 3);
}

#[tokio::test]
async fn nothing_where_there_were_people_is_no_truth() {
    for pages in [0, 1] {
        let scene = Scene::new().await;
        scene.people(6);
        scene.tenant.put_group(group("team", json!({})));
        scene.tenant.set_page_size(3);
        let (mut source, mut mirror) = (scene.source(), scene.mirror());
        round(&mut source, &mut mirror).await.unwrap();
        mirror.believe().unwrap();
        scene.tenant.forget_states();
        scene
            .tenant
            .order_after(0, "users/delta?$select", Fault::Nothing);
        let error = failure(&mut source, &mut mirror).await;
        assert!(
            matches!(error, GraphError::Empty { before: 6 }),
            "{error:?}"
        );
        assert!(proposal(&mirror).is_nothing());
        // The second time, too, and after a restart.
        if pages == 1 {
            scene.tenant.order("users/delta?$select", Fault::Nothing);
            let error = failure(&mut scene.source(), &mut mirror).await;
            assert!(
                matches!(error, GraphError::Empty { before: 6 }),
                "{error:?}"
            );
        }
        let summary = round(&mut source, &mut mirror).await.unwrap();
        assert_eq!((summary.full, summary.entries), (true, 7));
        assert!(proposal(&mirror).is_nothing());
    }
}

#[tokio::test]
async fn half_of_the_people_is_proposed_and_not_believed() {
    let scene = Scene::new().await;
    scene.people(20);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    scene.tenant.forget_states();
    scene.tenant.order("users/delta?$select", Fault::Half);
    round(&mut source, &mut mirror).await.unwrap();
    let found = proposal(&mirror);
    assert_eq!((found.people, found.lost), (20, 10));
    assert_eq!(mirror.facts().unwrap().entries, 20);
    // The next reading finds them again.
    scene.tenant.forget_states();
    round(&mut source, &mut mirror).await.unwrap();
    assert!(proposal(&mirror).is_nothing());
}

#[tokio::test]
async fn answers_that_are_none_are_told() {
    let scene = Scene::new().await;
    scene.people(20);
    scene.tenant.set_page_size(4);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    scene.tenant.order_after(2, "users/delta", Fault::Garbage);
    failure(&mut source, &mut mirror).await;
    let elsewhere = "https://graph.example/v1.0/users/delta?$skiptoken=x".to_owned();
    let circle = format!("{}/v1.0/users/delta?$skiptoken=x", scene.tenant.origin());
    for (fault, expected) in [
        (Fault::Garbage, "the answer cannot be understood"),
        (
            Fault::NextAt(elsewhere.clone()),
            "it was not followed, and no token was sent there",
        ),
        (
            Fault::NextAt(circle.replace("https:", "http:")),
            "it was not followed",
        ),
        (Fault::Redirect(elsewhere), "redirects with status 302"),
        (Fault::Bomb(PAGE_OCTETS_MAX), "cannot be understood"),
        (
            Fault::Bomb(PAGE_OCTETS_MAX + 1),
            "more than 33554432 octets",
        ),
        (Fault::Bomb(64 << 20), "more than 33554432 octets"),
        (
            Fault::status(400, "Request_BadRequest"),
            "Request_BadRequest: Ordered.",
        ),
        (
            Fault::status(404, "Request_ResourceNotFound"),
            "knows no delta query",
        ),
    ] {
        scene.tenant.order("users/delta", fault.clone());
        let error = failure(&mut source, &mut mirror).await.to_string();
        assert!(error.contains(expected), "{fault:?}: {error}");
        assert!(!error.contains("skiptoken"), "{error}");
    }
    assert!(scene.tenant.faults_are_over());
    let summary = round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(summary.objects, 12);
    assert_eq!(believed(&mut mirror).len(), 20);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
    let mut scene = Scene::new().await;
    scene.people(2);
    scene.access.patience.answer = Duration::from_millis(500);
    scene.tenant.order("groups/delta", Fault::Silence);
    let mut mirror = scene.mirror();
    let error = failure(&mut scene.source(), &mut mirror).await;
    assert!(matches!(error, GraphError::Silent { .. }), "{error:?}");
    scene.access.patience.answer = Duration::from_secs(60);
    scene.access.patience.round = Duration::from_millis(500);
    scene.tenant.order("groups/delta", Fault::Silence);
    let error = round(&mut scene.source(), &mut mirror).await.unwrap_err();
    assert!(matches!(error, SourceError::Endless { .. }), "{error:?}");
    scene.access.patience.round = Duration::from_secs(60);
    round(&mut scene.source(), &mut mirror).await.unwrap();
    assert_eq!(believed(&mut mirror).len(), 2);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let scene = Scene::new().await;
    scene.people(2);
    for (permission, what) in [
        ("OrgContact.Read.All", "organisational contacts"),
        ("Group.Read.All", "groups"),
        ("User.Read.All", "users"),
    ] {
        scene.tenant.deny(permission);
        let error = failure(&mut scene.source(), &mut scene.mirror())
            .await
            .to_string();
        assert!(
            error.contains(permission) && error.contains(what),
            "{error}"
        );
    }
}
