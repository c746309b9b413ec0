//! Groups whose owner cannot reach all of their members.

use testbed::sink::{Act, Message, Sink};
use twinmx::event::{Event, Fate};

use super::reports::part;
use super::{CARL, CLEO, FROM, NILS, NORA, answered, arrives, is_settled, keeps};
use crate::scene::{INTERNET, NOTES, OTHER_TENANT, Scene, Setup, TENANT, message};

const ALL: &str = "all@contoso.com";
const CLEO_THERE: &str = "cleo@contoso.mail.onmicrosoft.com";
const CARL_THERE: &str = "carl@contoso.mail.onmicrosoft.com";

/// People on both sides, and what groups there are: `name,side,members`.
fn people(groups: &[&str]) -> String {
    let mut text = "\
address,side,routing_address,aliases,members
cleo@contoso.com,cloud,cleo@contoso.mail.onmicrosoft.com,cleo.cloud@contoso.com,
carl@contoso.com,cloud,carl@contoso.mail.onmicrosoft.com,,
nora@contoso.com,notes,,nora.notes@contoso.com,
nils@contoso.com,notes,,,
admin@contoso.com,notes,,,
"
    .to_owned();
    for group in groups {
        let (name, rest) = group.split_once(',').expect("a side");
        let (side, members) = rest.split_once(',').expect("members");
        text += &format!("{name}@contoso.com,{side},,,{members}\n");
    }
    text
}

async fn with(groups: &[&str], change: impl FnOnce(&mut Setup)) -> Scene {
    Scene::with(|setup| {
        keeps(setup);
        setup.people = people(groups);
        setup.directory = "group_expansion = \"gateway\"".to_owned();
        change(setup);
    })
    .await
}

async fn scene(groups: &[&str]) -> Scene {
    with(groups, |_| {}).await
}

/// Sends to these, and expects all of it to be taken.
async fn send(scene: &Scene, from: &str, recipients: &[&str]) -> Vec<u8> {
    let mut client = scene.client(from).await;
    let sent = message("for the group");
    let delivery = client.deliver(FROM, recipients, &sent).await;
    let delivery = delivery.expect("a dialog");
    assert!(delivery.is_accepted(), "{delivery:?}");
    sent
}

fn parameters(message: &Message) -> Vec<String> {
    let all = message.forward_paths.iter();
    all.map(|path| path.parameters.join(" ")).collect()
}

fn nothing_at(sink: &Sink) {
    assert!(sink.messages().is_empty());
}

#[tokio::test]
async fn both_sides_get_it_whoever_sends() {
    let scene = scene(&["all,notes,nora@contoso.com;cleo.cloud@contoso.com"]).await;
    for from in [INTERNET, NOTES] {
        let sent = send(&scene, from, &[ALL]).await;
        let at_cloud = arrives(&scene.cloud, &[CLEO_THERE]).await;
        let at_notes = arrives(&scene.notes, &[NORA]).await;
        assert!(at_cloud.below(1) == sent && at_notes.below(1) == sent);
        for message in [at_cloud, at_notes] {
            assert_eq!(message.reverse_path, FROM);
            assert_eq!(parameters(&message), ["ORCPT=rfc822;all@contoso.com"]);
        }
        for _ in 0..2 {
            let outcome = scene.outcome().await;
            assert_eq!(outcome.result, Fate::Delivered);
            assert!(
                outcome.why.starts_with("member of all@contoso.com: "),
                "{outcome:?}"
            );
        }
    }
    is_settled(&scene).await;
}

/// At RCPT the cloud's certificate counts for everybody who has a mailbox there; only the header tells whose it is.
#[tokio::test]
async fn a_group_of_our_own_people_is_not_opened_for_another_tenant() {
    let groups = ["all,notes,nora@contoso.com;cleo@contoso.com"];
    let scene = with(&groups, |setup| {
        let mut lines = setup.people.lines();
        let head = lines.next().expect("names of columns");
        let rest = lines.map(|line| format!("\n{line},yes"));
        setup.people = format!("{head},internal_only{}", rest.collect::<String>());
    })
    .await;
    let mut client = scene.proven(&scene.notary.cloud).await;
    let of_tenant = |tenant: &str| {
        let field = format!("X-MS-Exchange-CrossTenant-Id: {tenant}\r\n");
        [field.as_bytes(), &message("for the group")].concat()
    };
    let sent = of_tenant(OTHER_TENANT);
    let delivery = client.deliver(FROM, &[ALL], &sent).await;
    assert!(delivery.expect("a dialog").is_accepted());
    arrives(&scene.notes, &[ALL]).await;
    nothing_at(&scene.cloud);
    send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[ALL]).await;
    nothing_at(&scene.cloud);
    let sent = of_tenant(TENANT);
    let delivery = client.deliver(FROM, &[ALL], &sent).await;
    assert!(delivery.expect("a dialog").is_accepted());
    arrives(&scene.notes, &[NORA]).await;
    arrives(&scene.cloud, &[CLEO_THERE]).await;
    is_settled(&scene).await;
}

#[tokio::test]
async fn members_elsewhere_wait_while_the_way_out_is_down() {
    let scene = scene(&["all,notes,nora@contoso.com;cleo@contoso.com;x@example.net"]).await;
    scene.smart_host.go_down().await;
    let sent = send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[NORA]).await;
    arrives(&scene.cloud, &[CLEO_THERE]).await;
    assert_eq!(scene.gateway.waiting(), 1);
    scene.smart_host.come_back().await;
    let got = arrives(&scene.smart_host, &["x@example.net"]).await;
    assert!(got.below(1) == sent);
    is_settled(&scene).await;
}

#[tokio::test]
async fn a_group_of_one_side_stays_with_its_owner() {
    let scene = scene(&["all,notes,nora@contoso.com;nils@contoso.com;x@example.net"]).await;
    send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[ALL]).await;
    // Its owner contradicts us about a group that it could expand.
    let mut client = scene.client(NOTES).await;
    client.mail(FROM).await.expect("MAIL");
    assert_eq!(client.rcpt(ALL).await.expect("RCPT").code, 550);
    nothing_at(&scene.cloud);
    nothing_at(&scene.smart_host);
}

#[tokio::test]
async fn by_default_every_group_stays_with_its_owner() {
    let groups = ["all,notes,nora@contoso.com;cleo@contoso.com"];
    let scene = with(&groups, |setup| setup.directory = String::new()).await;
    send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[ALL]).await;
    nothing_at(&scene.cloud);
}

#[tokio::test]
async fn groups_within_groups_and_loops_reach_everybody_once() {
    let scene = scene(&[
        "all,notes,nora@contoso.com;team@contoso.com;x@example.net",
        "team,notes,nils@contoso.com;all@contoso.com;NORA.notes@contoso.com;core@contoso.com",
        "core,cloud,cleo@contoso.com;team@contoso.com;carl@contoso.com;all@contoso.com",
    ])
    .await;
    send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[NORA, NILS]).await;
    arrives(&scene.cloud, &[CLEO_THERE, CARL_THERE]).await;
    arrives(&scene.smart_host, &["x@example.net"]).await;
    is_settled(&scene).await;
    for sink in [&scene.notes, &scene.cloud, &scene.smart_host] {
        assert_eq!(sink.messages().len(), 1);
    }
}

#[tokio::test]
async fn who_is_named_twice_gets_it_once() {
    let scene = scene(&[
        "all,notes,nora@contoso.com;cleo@contoso.com",
        "some,notes,cleo@contoso.com;carl@contoso.com",
    ])
    .await;
    for named in [
        ["nora.notes@contoso.com", ALL, "some@contoso.com"],
        [ALL, "some@contoso.com", "nora.notes@contoso.com"],
        ["some@contoso.com", "nora.notes@contoso.com", ALL],
        [ALL, "some@contoso.com", NORA],
    ] {
        send(&scene, INTERNET, &named).await;
        let at_notes = scene.notes.next_message().await.expect("it arrives");
        // It is the sender's own word on her that counts.
        assert_eq!(at_notes.forward_paths.len(), 1, "{named:?}");
        assert!(!parameters(&at_notes)[0].contains("all@"), "{named:?}");
        let at_cloud = scene.cloud.next_message().await.expect("it arrives");
        let mut recipients = at_cloud.recipients();
        recipients.sort_unstable();
        assert_eq!(recipients, [CARL_THERE, CLEO_THERE], "{named:?}");
    }
    // The same group twice.
    send(&scene, INTERNET, &[ALL, ALL]).await;
    arrives(&scene.notes, &[NORA]).await;
    arrives(&scene.cloud, &[CLEO_THERE]).await;
    is_settled(&scene).await;
    assert_eq!(scene.notes.messages().len(), 5);
}

#[tokio::test]
async fn what_a_hop_refuses_is_told_as_of_the_group() {
    let scene = scene(&["all,notes,nora@contoso.com;nils@contoso.com;cleo@contoso.com"]).await;
    scene
        .notes
        .script(|script| script.recipient(NILS, Act::reply(550, "5.1.1 Nils has left")));
    send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[NORA]).await;
    arrives(&scene.cloud, &[CLEO_THERE]).await;
    let report = arrives(&scene.smart_host, &[FROM]).await;
    let status = part(&report.content, "message/delivery-status");
    for line in [
        "Original-Recipient: rfc822; all@contoso.com",
        "Final-Recipient: rfc822; nils@contoso.com",
        "Action: failed",
    ] {
        assert!(status.contains(line), "{line} in {status}");
    }
    assert!(!status.contains("nora"), "{status}");
    is_settled(&scene).await;
}

#[tokio::test]
async fn success_is_told_once_for_the_group() {
    let scene = scene(&["all,notes,nora@contoso.com;cleo@contoso.com"]).await;
    for is_down in [false, true] {
        if is_down {
            scene.notes.go_down().await;
        }
        let mut client = scene.client(INTERNET).await;
        client.mail(FROM).await.expect("MAIL");
        let parameters = "NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Everybody@contoso.com";
        client.rcpt_with(ALL, parameters).await.expect("RCPT");
        assert_eq!(client.data(&message("x")).await.expect("DATA").code, 250);
        let report = arrives(&scene.smart_host, &[FROM]).await;
        let status = part(&report.content, "message/delivery-status");
        for line in [
            "Original-Recipient: rfc822; Everybody@contoso.com",
            "Final-Recipient: rfc822; all@contoso.com",
            "Action: expanded",
            "Status: 2.1.5",
        ] {
            assert!(status.contains(line), "{line} in {status}");
        }
        assert!(!status.contains("nora"), "{status}");
        if is_down {
            scene.notes.come_back().await;
        }
        for sink in [&scene.notes, &scene.cloud] {
            let got = sink.next_message().await.expect("it arrives");
            let given = &got.forward_paths[0].parameters;
            assert!(given.contains(&"NOTIFY=FAILURE".to_owned()), "{given:?}");
        }
        is_settled(&scene).await;
    }
    assert_eq!(scene.smart_host.messages().len(), 2, "nothing else is told");
}

#[tokio::test]
async fn a_side_that_is_down_gets_it_later() {
    let mut scene = scene(&["all,notes,nora@contoso.com;nils@contoso.com;cleo@contoso.com"]).await;
    scene.notes.go_down().await;
    let sent = send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.cloud, &[CLEO_THERE]).await;
    let fates = [
        answered(&scene).await,
        answered(&scene).await,
        answered(&scene).await,
    ];
    assert_eq!(fates, [Fate::Queued, Fate::Queued, Fate::Delivered]);
    scene = scene.restarted().await;
    scene.notes.come_back().await;
    let got = arrives(&scene.notes, &[NORA, NILS]).await;
    assert!(got.below(1) == sent);
    assert!(parameters(&got)[0].contains("ORCPT=rfc822;all@contoso.com"));
    let late = scene.outcome().await;
    assert!(
        late.why.starts_with("member of all@contoso.com: "),
        "{late:?}"
    );
    is_settled(&scene).await;
    assert_eq!(scene.cloud.messages().len(), 1);
}

/// Whoever moves while the message waits is followed, also to the side that the message came from.
#[tokio::test]
async fn a_member_who_moves_is_followed() {
    let groups = ["all,cloud,carl@contoso.com;nora@contoso.com;x@example.net"];
    let scene = with(&groups, |setup| {
        setup.directory += "\nshrink_max = 1.0\nmove_max = 1.0";
    })
    .await;
    scene.cloud.go_down().await;
    send(&scene, NOTES, &[ALL]).await;
    arrives(&scene.notes, &[NORA]).await;
    arrives(&scene.smart_host, &["x@example.net"]).await;
    let moved = people(&groups).replace("carl@contoso.com,cloud", "carl@contoso.com,notes");
    let moved = moved.replace(CARL_THERE, "");
    let carl = routing::Address::parse(CARL).expect("an address");
    scene
        .people(&moved, |snapshot| {
            let side = snapshot.lookup(&carl).and_then(|view| view.side().cloned());
            side.is_some_and(|side| side.as_str() == "notes")
        })
        .await;
    arrives(&scene.notes, &[CARL]).await;
    is_settled(&scene).await;
    nothing_at(&scene.cloud);
}

#[tokio::test]
async fn members_beyond_what_a_hop_takes_at_once_follow() {
    let groups = ["all,notes,nora@contoso.com;nils@contoso.com;admin@contoso.com;cleo@contoso.com"];
    let scene = with(&groups, |setup| {
        setup.notes += "\nrecipients_per_transaction = 1";
    })
    .await;
    let sent = send(&scene, INTERNET, &[ALL, CARL]).await;
    arrives(&scene.cloud, &[CLEO_THERE, CARL_THERE]).await;
    let mut recipients = Vec::new();
    for _ in 0..3 {
        let got = scene.notes.next_message().await.expect("it arrives");
        assert!(got.below(1) == sent);
        recipients.extend(got.recipients().iter().map(ToString::to_string));
    }
    recipients.sort();
    assert_eq!(recipients, ["admin@contoso.com", NILS, NORA]);
    is_settled(&scene).await;
    assert_eq!(scene.notes.messages().len(), 3);
}

#[tokio::test]
async fn a_group_that_is_too_large_goes_to_its_owner() {
    let part = |number: usize| {
        let member = |one: usize| format!("x{}@e.net", number * 600 + one);
        let members: Vec<String> = (0..600).map(member).collect();
        format!("part{number},notes,{}", members.join(";"))
    };
    let mut groups: Vec<String> = (0..2).map(part).collect();
    let parts: Vec<String> = (0..2)
        .map(|number| format!("part{number}@contoso.com"))
        .collect();
    groups.push(format!("all,notes,cleo@contoso.com;{}", parts.join(";")));
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let scene = scene(&groups).await;
    send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[ALL]).await;
    let told = scene
        .event(|event| matches!(event, Event::GroupStays { .. }))
        .await;
    assert!(
        told.to_string().contains("more than 1000 members"),
        "{told}"
    );
    nothing_at(&scene.cloud);
}

#[tokio::test]
async fn a_message_has_no_more_members_than_the_bound() {
    let of = |letter: char, count: usize| {
        let member = |one: usize| format!("{letter}{one}@e.net");
        (0..count).map(member).collect::<Vec<_>>().join(";")
    };
    let mut groups = Vec::new();
    let mut parts = vec!["cleo@contoso.com".to_owned()];
    for letter in "abc".chars() {
        groups.push(format!("part{letter},notes,{}", of(letter, 300)));
        parts.push(format!("part{letter}@contoso.com"));
    }
    groups.push(format!("all,notes,{}", parts.join(";")));
    groups.push(format!("some,notes,carl@contoso.com;{}", of('h', 300)));
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let scene = scene(&groups).await;
    let mut client = scene.client(INTERNET).await;
    client.mail(FROM).await.expect("MAIL");
    assert_eq!(client.rcpt(ALL).await.expect("RCPT").code, 250);
    let reply = client.rcpt("some@contoso.com").await.expect("RCPT");
    assert_eq!((reply.code, reply.enhanced()), (452, Some("4.5.3")));
    // Alone it is taken, and a single recipient still finds room.
    assert_eq!(client.rcpt(NORA).await.expect("RCPT").code, 250);
}

#[tokio::test]
async fn members_whom_nobody_knows_are_left_out_and_told() {
    let scene = scene(&["all,notes,nobody@contoso.com;nora@contoso.com;cleo@contoso.com"]).await;
    send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[NORA]).await;
    arrives(&scene.cloud, &[CLEO_THERE]).await;
    let told = scene
        .event(|event| matches!(event, Event::MembersLeftOut { .. }))
        .await;
    assert!(told.to_string().contains("nobody@contoso.com"), "{told}");
    is_settled(&scene).await;
    nothing_at(&scene.smart_host);
}

#[tokio::test]
async fn members_who_may_become_known_are_waited_for() {
    let groups = ["all,notes,new@contoso.com;nora@contoso.com;cleo@contoso.com"];
    let scene = with(&groups, |setup| {
        setup.domain = setup.domain.replace("reject", "defer");
    })
    .await;
    let sent = send(&scene, INTERNET, &[ALL]).await;
    arrives(&scene.notes, &[NORA]).await;
    arrives(&scene.cloud, &[CLEO_THERE]).await;
    assert_eq!(scene.gateway.waiting(), 1);
    let known = people(&groups) + "new@contoso.com,notes,,,\n";
    scene.people(&known, |snapshot| snapshot.len() == 7).await;
    let got = arrives(&scene.notes, &["new@contoso.com"]).await;
    assert!(got.below(1) == sent);
    is_settled(&scene).await;
}

/// A member's system sends the message to the group again: nobody gets it twice.
#[tokio::test]
async fn a_group_that_comes_back_is_not_expanded_again() {
    let scene = scene(&[
        "all,notes,nora@contoso.com;team@contoso.com",
        "team,notes,cleo@contoso.com",
    ])
    .await;
    send(&scene, INTERNET, &[ALL]).await;
    let at_notes = arrives(&scene.notes, &[NORA]).await;
    let at_cloud = arrives(&scene.cloud, &[CLEO_THERE]).await;
    for (content, group) in [
        (&at_notes.content, ALL),
        (&at_cloud.content, ALL),
        (&at_cloud.content, "team@contoso.com"),
    ] {
        let mut client = scene.client(NOTES).await;
        let delivery = client.deliver(FROM, &[group], content).await;
        let delivery = delivery.expect("a dialog");
        assert_eq!(delivery.verdict().enhanced(), Some("5.4.6"), "{group}");
    }
    assert_eq!(
        (scene.notes.messages().len(), scene.cloud.messages().len()),
        (1, 1)
    );
    is_settled(&scene).await;
}

#[tokio::test]
async fn a_group_that_all_hops_refuse_stays_with_its_sender() {
    let scene = scene(&["all,notes,nora@contoso.com;cleo@contoso.com"]).await;
    scene
        .notes
        .script(|script| script.recipient(NORA, Act::reply(550, "5.1.1 no")));
    scene
        .cloud
        .script(|script| script.recipient(CLEO_THERE, Act::reply(550, "5.1.1 no")));
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver(FROM, &[ALL], &message("x")).await;
    assert_eq!(delivery.expect("a dialog").verdict().code, 550);
    assert_eq!(scene.gateway.waiting(), 0);
    assert!(scene.nothing_arrived());
    let _ = CLEO;
}
