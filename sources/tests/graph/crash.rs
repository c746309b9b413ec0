//! Rounds that break off: nothing is lost, nobody is gone, and the next one goes on.

use serde_json::json;
use testbed::graph::Fault;

use super::scene::{Scene, believed, group, group_id, id, in_time, members, proposal, round};

/// Reads, and is gone in the middle of the page with this number.
async fn die_at(scene: &Scene, page: usize) {
    scene
        .tenant
        .order_after(page, "users/delta", Fault::Silence);
    let before = scene.tenant.count("users/delta");
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    let mut silent = |_| {};
    let reading = source.round(&mut mirror, &mut silent);
    let asked = scene.tenant.asked("users/delta", before + page + 1);
    tokio::select! {
        result = in_time(reading) => panic!("{result:?}"),
        result = asked => result.unwrap(),
    }
}

#[tokio::test]
async fn a_first_reading_goes_on_where_it_broke_off() {
    let scene = Scene::new().await;
    scene.people(20);
    scene.tenant.set_page_size(4);
    die_at(&scene, 3).await;
    let mut mirror = scene.mirror();
    assert!(mirror.cursor().unwrap().unwrap().contains("skiptoken"));
    assert_eq!(proposal(&mirror).added, 12);
    let summary = round(&mut scene.source(), &mut mirror).await.unwrap();
    assert!(summary.full);
    // The two pages that were left, and not all five.
    assert_eq!(summary.objects, 8);
    assert_eq!(believed(&mut mirror).len(), 20);
    assert_eq!(scene.tenant.count("users/delta?$select"), 1);
}

#[tokio::test]
async fn a_later_full_reading_that_breaks_off_makes_nobody_gone() {
    let scene = Scene::new().await;
    scene.people(20);
    scene.tenant.set_page_size(4);
    round(&mut scene.source(), &mut scene.mirror())
        .await
        .unwrap();
    scene.mirror().believe().unwrap();
    scene.tenant.forget_states();
    // The question for changes is answered 410; then come the pages.
    die_at(&scene, 3).await;
    let mut mirror = scene.mirror();
    assert!(proposal(&mirror).is_nothing());
    let summary = round(&mut scene.source(), &mut mirror).await.unwrap();
    assert!(summary.full);
    assert!(proposal(&mirror).is_nothing(), "{:?}", proposal(&mirror));
    assert_eq!(scene.tenant.count("users/delta?$select"), 2);
}

#[tokio::test]
async fn a_page_that_is_cut_off_counts_for_nothing() {
    for zips in [true, false] {
        let scene = Scene::new().await;
        scene.people(20);
        scene.tenant.set_page_size(4);
        scene.tenant.set_zips(zips);
        scene.tenant.order_after(2, "users/delta", Fault::Cut);
        let (mut source, mut mirror) = (scene.source(), scene.mirror());
        let error = round(&mut source, &mut mirror)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains("broke the answer off"), "{error}");
        assert_eq!(proposal(&mirror).added, 8);
        assert_eq!(round(&mut source, &mut mirror).await.unwrap().objects, 12);
        assert_eq!(believed(&mut mirror).len(), 20);
    }
}

#[tokio::test]
async fn changes_that_break_off_are_all_read_in_the_end() {
    let scene = Scene::new().await;
    scene.people(20);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    drop(mirror);
    scene.tenant.set_page_size(4);
    for number in 100..120 {
        let user = super::scene::user(number, json!({}));
        scene.tenant.put_user(user);
    }
    die_at(&scene, 2).await;
    let mut mirror = scene.mirror();
    assert_eq!((proposal(&mirror).added, proposal(&mirror).lost), (8, 0));
    let summary = round(&mut scene.source(), &mut mirror).await.unwrap();
    assert_eq!((summary.full, summary.objects), (false, 12));
    assert_eq!(believed(&mut mirror).len(), 40);
}

#[tokio::test]
async fn groups_that_were_not_finished_have_all_members_in_the_end() {
    let scene = Scene::new().await;
    scene.people(2);
    scene.tenant.put_group(group("large", json!({})));
    let all: Vec<String> = (0..90).map(id).collect();
    scene
        .tenant
        .add_members(&group_id("large"), all.iter().map(String::as_str));
    scene.tenant.set_page_size(1);
    scene
        .tenant
        .order_after(2, "groups/delta", Fault::status(400, "BadRequest"));
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap_err();
    drop(mirror);
    let mut mirror = scene.mirror();
    round(&mut scene.source(), &mut mirror).await.unwrap();
    assert_eq!(members(&mut mirror, "large"), (0..90).collect::<Vec<_>>());
    assert_eq!(scene.tenant.count("users/delta?$select"), 1);
}
