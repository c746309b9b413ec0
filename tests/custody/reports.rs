//! What senders are told.

use testbed::sink::{Act, Stage};

use super::{CLEO, FROM, NILS, NORA, arrives, is_settled, keeps};
use crate::mime::{fields, leaves};
use crate::scene::{INTERNET, Scene, message};

/// The text of the part of this type.
pub(crate) fn part(content: &[u8], media_type: &str) -> String {
    let leaves = leaves(content);
    let found = leaves.iter().find(|leaf| leaf.media_type == media_type);
    let found = found.unwrap_or_else(|| panic!("no {media_type} in {leaves:?}"));
    String::from_utf8_lossy(&found.octets).into_owned()
}

#[tokio::test]
async fn a_refusal_beside_an_acceptance_is_reported_to_the_sender() {
    let scene = Scene::with(keeps).await;
    scene
        .notes
        .script(|script| script.recipient(NILS, Act::reply(550, "5.1.1 Nils has left")));
    let mut client = scene.client(INTERNET).await;
    client
        .mail_with(FROM, "ENVID=QQ314159 RET=HDRS")
        .await
        .expect("MAIL");
    client.rcpt(NORA).await.expect("RCPT");
    client
        .rcpt_with(NILS, "ORCPT=rfc822;nils+2Bold@contoso.com")
        .await
        .expect("RCPT");
    let sent = message("x");
    assert_eq!(client.data(&sent).await.expect("DATA").code, 250);
    arrives(&scene.notes, &[NORA]).await;
    let report = arrives(&scene.smart_host, &[FROM]).await;
    assert_eq!(report.reverse_path, "", "nobody is told of a report");
    let status = part(&report.content, "message/delivery-status");
    for line in [
        "Reporting-MTA: dns; mx.contoso.com",
        "Original-Envelope-Id: QQ314159",
        "Original-Recipient: rfc822; nils+old@contoso.com",
        "Final-Recipient: rfc822; nils@contoso.com",
        "Action: failed",
        "Status: 5.1.1",
    ] {
        let has = |text: &str| text.replace("; ", ";").contains(&line.replace("; ", ";"));
        assert!(has(&status), "{line} in {status}");
    }
    assert!(status.contains("Nils has left"), "{status}");
    assert!(part(&report.content, "text/plain").contains("Nils has left"));
    assert_eq!(fields(&report.content, "Auto-Submitted").len(), 1);
    is_settled(&scene).await;
    assert_eq!(scene.smart_host.messages().len(), 1);
}

#[tokio::test]
async fn who_never_wants_to_know_is_not_told() {
    let scene = Scene::with(keeps).await;
    scene
        .notes
        .script(|script| script.recipient(NILS, Act::reply(550, "5.1.1 no")));
    let mut client = scene.client(INTERNET).await;
    client.mail(FROM).await.expect("MAIL");
    client.rcpt(NORA).await.expect("RCPT");
    client.rcpt_with(NILS, "NOTIFY=NEVER").await.expect("RCPT");
    assert_eq!(client.data(&message("x")).await.expect("DATA").code, 250);
    arrives(&scene.notes, &[NORA]).await;
    is_settled(&scene).await;
    assert!(scene.smart_host.messages().is_empty());
}

#[tokio::test]
async fn a_sender_of_ours_is_told_on_his_side() {
    let scene = Scene::with(keeps).await;
    scene
        .cloud
        .script(|script| script.once(Stage::End, Act::reply(554, "5.7.1 policy")));
    scene.notes.go_down().await;
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver(NORA, &[CLEO, NILS], &message("x")).await;
    assert!(delivery.expect("a dialog").is_accepted());
    scene.notes.come_back().await;
    let mut recipients = Vec::new();
    for _ in 0..2 {
        let got = scene.notes.next_message().await.expect("it arrives");
        recipients.push((got.recipients().join(","), got.reverse_path.clone()));
    }
    recipients.sort();
    assert_eq!(
        recipients,
        [
            (NILS.to_owned(), NORA.to_owned()),
            (NORA.to_owned(), String::new())
        ]
    );
    is_settled(&scene).await;
}

#[tokio::test]
async fn a_hop_that_reports_nothing_is_reported_on() {
    let scene = Scene::with(keeps).await;
    for (keyword, reports) in [(true, 0), (false, 1)] {
        if !keyword {
            scene.notes.script(|script| script.without("DSN"));
            scene.notes.cut_connections().await;
        }
        let mut client = scene.client(INTERNET).await;
        client.mail(FROM).await.expect("MAIL");
        client
            .rcpt_with(NORA, "NOTIFY=SUCCESS")
            .await
            .expect("RCPT");
        assert_eq!(client.data(&message("x")).await.expect("DATA").code, 250);
        arrives(&scene.notes, &[NORA]).await;
        is_settled(&scene).await;
        assert_eq!(scene.smart_host.messages().len(), reports);
    }
    let report = &scene.smart_host.messages()[0];
    assert!(part(&report.content, "message/delivery-status").contains("Action: relayed"));
}

/// What only Exchange systems tell each other does not leave with a report.
#[tokio::test]
async fn a_report_quotes_no_internal_fields() {
    let scene = Scene::with(keeps).await;
    scene
        .notes
        .script(|script| script.recipient(NILS, Act::reply(550, "5.1.1 no")));
    let mut client = scene.proven(&scene.notary.cloud).await;
    let mut sent = format!(
        "X-MS-Exchange-CrossTenant-Id: {}\r\nX-MS-Exchange-Organization-AuthAs: Internal\r\n",
        crate::scene::TENANT
    )
    .into_bytes();
    sent.extend(message("x"));
    let delivery = client.deliver(FROM, &[NORA, NILS], &sent).await;
    assert!(delivery.expect("a dialog").is_accepted());
    let report = arrives(&scene.smart_host, &[FROM]).await;
    let text = String::from_utf8_lossy(&report.content);
    assert!(
        text.contains("Message-ID:") && !text.contains("X-MS-Exchange"),
        "{text}"
    );
    is_settled(&scene).await;
}

#[tokio::test]
async fn a_report_that_cannot_be_delivered_makes_no_other() {
    let scene = Scene::with(keeps).await;
    scene
        .smart_host
        .script(|script| script.on(Stage::End, Act::reply(550, "5.1.1 no such sender")));
    scene
        .notes
        .script(|script| script.recipient(NILS, Act::reply(550, "5.1.1 no")));
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver(FROM, &[NORA, NILS], &message("x")).await;
    assert!(delivery.expect("a dialog").is_accepted());
    let told = scene
        .event(|event| matches!(event, twinmx::event::Event::SetAside { .. }))
        .await;
    assert!(told.to_string().contains("no sender"), "{told}");
    assert_eq!(scene.gateway.waiting(), 1);
}
