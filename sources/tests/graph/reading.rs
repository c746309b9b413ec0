//! What is read, and how it goes on.

use std::time::Duration;

use serde_json::json;
use sources::Progress;
use testbed::graph::{Fault, Reason};

use super::scene::{Scene, believed, cloud, group, id, licence, proposal, round, user};

#[tokio::test]
async fn users_groups_and_contacts_are_read() {
    let mut scene = Scene::new().await;
    let side = ["onPremisesExtensionAttributes.extensionAttribute1"];
    scene.preset.set("attributes.side", &side).unwrap();
    let tenant = &scene.tenant;
    tenant.put_user(user(
        1,
        json!({"onPremisesExtensionAttributes": {"extensionAttribute1": "notes"}}),
    ));
    tenant.put_user(user(
        2,
        json!({"assignedPlans": licence(), "onPremisesSyncEnabled": true}),
    ));
    tenant.put_user(user(3, json!({"userType": "Guest"})));
    tenant.put_group(group("team", json!({})));
    tenant.put_group(group("access", json!({"mailEnabled": false})));
    tenant.put_contact(json!({"id": id(9), "mail": "x@example.net", "displayName": "X"}));
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    let mut told = Vec::new();
    let mut tell = |progress: Progress| told.push(progress.objects);
    let summary = source.round(&mut mirror, &mut tell).await.unwrap();
    assert!(summary.full);
    assert_eq!((summary.objects, summary.entries, summary.gone), (6, 4, 0));
    assert_eq!(told, [3, 5, 6]);
    let believed = believed(&mut mirror);
    let check = |address: &str, expected: Option<&str>| {
        assert_eq!(
            believed.get(address).map(String::as_str),
            expected,
            "{address}"
        );
    };
    check("p1@contoso.com", Some("User lives in notes"));
    check(
        "p2@contoso.com",
        Some("User is not placed: a licence for a mailbox is no proof of one"),
    );
    check("p3@contoso.com", None);
    check(
        "team@contoso.com",
        Some(&format!("Group is a group of {}", cloud())),
    );
    check("access@contoso.com", None);
    check(
        "x@example.net",
        Some("Contact is elsewhere, at x@example.net"),
    );
    let seen = tenant.seen();
    assert!(
        seen.iter().all(|seen| seen.is_http2 && seen.takes_gzip),
        "{seen:?}"
    );
}

#[tokio::test]
async fn all_pages_are_read_packed_or_not() {
    for zips in [true, false] {
        let scene = Scene::new().await;
        scene.people(25);
        scene.tenant.set_page_size(4);
        scene.tenant.set_zips(zips);
        let (mut source, mut mirror) = (scene.source(), scene.mirror());
        let summary = round(&mut source, &mut mirror).await.unwrap();
        assert_eq!(summary.entries, 25);
        assert_eq!(scene.tenant.count("users/delta"), 7);
        assert_eq!(believed(&mut mirror).len(), 25);
    }
}

#[tokio::test]
async fn only_what_changed_is_read_the_second_time() {
    let scene = Scene::new().await;
    scene.people(10);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(believed(&mut mirror).len(), 10);
    scene.tenant.put_user(user(
        3,
        json!({"proxyAddresses": ["SMTP:new@contoso.com"], "mail": "new@contoso.com"}),
    ));
    scene.tenant.put_user(user(77, json!({})));
    scene.tenant.remove(&id(4), Reason::Changed);
    scene.tenant.remove(&id(5), Reason::Deleted);
    let summary = round(&mut source, &mut mirror).await.unwrap();
    assert!(!summary.full);
    assert_eq!((summary.objects, summary.entries, summary.gone), (4, 2, 2));
    let people = believed(&mut mirror);
    for (address, is_there) in [
        ("new@contoso.com", true),
        ("p3@contoso.com", false),
        ("p4@contoso.com", false),
        ("p5@contoso.com", false),
        ("p6@contoso.com", true),
        ("p77@contoso.com", true),
    ] {
        assert_eq!(people.contains_key(address), is_there, "{address}");
    }
    // One who is restored comes back.
    scene.tenant.put_user(user(4, json!({})));
    round(&mut source, &mut mirror).await.unwrap();
    assert!(believed(&mut mirror).contains_key("p4@contoso.com"));
    let summary = round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(summary.objects, 0);
    assert!(proposal(&mirror).is_nothing());
    assert_eq!(scene.tenant.count("$select="), 3);
}

#[tokio::test]
async fn everything_is_read_again_when_it_is_due() {
    let mut scene = Scene::new().await;
    scene.people(3);
    let mut mirror = scene.mirror();
    round(&mut scene.source(), &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    scene.access.full_every = Some(Duration::from_secs(3600));
    let summary = round(&mut scene.source(), &mut mirror).await.unwrap();
    assert!(!summary.full);
    scene.access.full_every = Some(Duration::ZERO);
    let summary = round(&mut scene.source(), &mut mirror).await.unwrap();
    assert!(summary.full && proposal(&mirror).is_nothing());
}

#[tokio::test]
async fn pages_and_objects_may_come_twice() {
    let scene = Scene::new().await;
    scene.people(12);
    scene.tenant.set_page_size(5);
    scene.tenant.order("$skiptoken", Fault::Replay);
    scene.tenant.order("users/delta?$select", Fault::Duplicates);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    let summary = round(&mut source, &mut mirror).await.unwrap();
    assert!(scene.tenant.faults_are_over());
    assert_eq!(summary.objects, 22);
    assert_eq!(believed(&mut mirror).len(), 12);
    scene
        .tenant
        .put_user(user(3, json!({"displayName": "Changed"})));
    scene.tenant.order("$deltatoken", Fault::Duplicates);
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(proposal(&mirror).changed, 1);
}

#[tokio::test]
async fn what_a_moment_ago_was_different_is_taken_as_it_comes() {
    let scene = Scene::new().await;
    scene.people(4);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    // Deleted and restored between two rounds, and the other way round.
    scene.tenant.remove(&id(1), Reason::Changed);
    scene.tenant.put_user(user(1, json!({})));
    scene
        .tenant
        .put_user(user(2, json!({"displayName": "Changed"})));
    scene.tenant.remove(&id(2), Reason::Changed);
    scene.tenant.put_user(user(9, json!({})));
    scene.tenant.remove(&id(9), Reason::Deleted);
    round(&mut source, &mut mirror).await.unwrap();
    let proposal = proposal(&mirror);
    assert_eq!((proposal.lost, proposal.added, proposal.changed), (1, 0, 0));
}
