//! Members of groups: in parts, as changes, in any order.

use serde_json::json;
use testbed::graph::{Fault, Reason};

use super::scene::{Scene, group, group_id, id, members, round};

fn numbers(range: std::ops::Range<usize>) -> Vec<usize> {
    range.collect()
}

fn ids(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(id).collect()
}

#[tokio::test]
async fn a_large_group_comes_in_parts_and_is_put_together() {
    let scene = Scene::new().await;
    scene.tenant.put_group(group("large", json!({})));
    scene.tenant.put_group(group("small", json!({})));
    let all = ids(0..65);
    scene
        .tenant
        .add_members(&group_id("large"), all.iter().map(String::as_str));
    scene
        .tenant
        .add_members(&group_id("small"), [id(1).as_str()]);
    // Two parts on one page, two on pages of their own, and one of them twice.
    scene.tenant.set_page_size(2);
    scene.tenant.order("groups/delta?$skiptoken", Fault::Replay);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    assert!(scene.tenant.count("groups/delta") >= 3);
    assert_eq!(members(&mut mirror, "large"), numbers(0..65));
    assert_eq!(members(&mut mirror, "small"), [1]);
}

#[tokio::test]
async fn several_parts_on_one_page_are_one_group() {
    let scene = Scene::new().await;
    scene.tenant.put_group(group("large", json!({})));
    let all = ids(0..65);
    scene
        .tenant
        .add_members(&group_id("large"), all.iter().map(String::as_str));
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(scene.tenant.count("groups/delta"), 1);
    assert_eq!(members(&mut mirror, "large"), numbers(0..65));
}

#[tokio::test]
async fn members_come_and_go() {
    let scene = Scene::new().await;
    scene.tenant.put_group(group("team", json!({})));
    let all = ids(0..30);
    scene
        .tenant
        .add_members(&group_id("team"), all.iter().map(String::as_str));
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(members(&mut mirror, "team"), numbers(0..30));
    scene.tenant.remove_member(&group_id("team"), &id(3));
    scene
        .tenant
        .add_members(&group_id("team"), [id(99).as_str()]);
    scene.tenant.order("groups/delta", Fault::Duplicates);
    round(&mut source, &mut mirror).await.unwrap();
    let mut expected = numbers(0..30);
    expected.remove(3);
    expected.push(99);
    assert_eq!(members(&mut mirror, "team"), expected);
    // Something else about it changes: its members do not.
    scene
        .tenant
        .put_group(group("team", json!({"displayName": "Team"})));
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(members(&mut mirror, "team"), expected);
    assert_eq!(scene.tenant.count("/members?"), 0);
}

#[tokio::test]
async fn a_full_reading_forgets_who_left_meanwhile() {
    let scene = Scene::new().await;
    scene.people(1);
    scene.tenant.put_group(group("team", json!({})));
    let all = ids(0..30);
    scene
        .tenant
        .add_members(&group_id("team"), all.iter().map(String::as_str));
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    members(&mut mirror, "team");
    scene.tenant.remove_member(&group_id("team"), &id(0));
    scene.tenant.forget_states();
    let summary = round(&mut source, &mut mirror).await.unwrap();
    assert!(summary.full);
    assert_eq!(members(&mut mirror, "team"), numbers(1..30));
}

#[tokio::test]
async fn a_group_that_takes_mail_only_now_has_all_its_members() {
    let scene = Scene::new().await;
    scene.people(1);
    scene
        .tenant
        .put_group(group("team", json!({"mailEnabled": false})));
    let all = ids(0..30);
    scene
        .tenant
        .add_members(&group_id("team"), all.iter().map(String::as_str));
    scene.tenant.set_page_size(12);
    let (mut source, mut mirror) = (scene.source(), scene.mirror());
    round(&mut source, &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    scene.tenant.put_group(group("team", json!({})));
    scene
        .tenant
        .add_members(&group_id("team"), [id(99).as_str()]);
    round(&mut source, &mut mirror).await.unwrap();
    let mut expected = numbers(0..30);
    expected.push(99);
    assert_eq!(members(&mut mirror, "team"), expected);
    assert_eq!(scene.tenant.count("/members?"), 3);
    // And one that was deleted and restored.
    scene.tenant.remove(&group_id("team"), Reason::Changed);
    round(&mut source, &mut mirror).await.unwrap();
    mirror.believe().unwrap();
    scene.tenant.put_group(group("team", json!({})));
    round(&mut source, &mut mirror).await.unwrap();
    assert_eq!(members(&mut mirror, "team"), expected);
}
