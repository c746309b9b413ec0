//! Winmail.dat from the cloud, on its way to a Notes that is a real mail server.

use testbed::tnef;
use testbed::tnef::mail::Packing;
use twinmx::event::Event;

use super::*;
use crate::mime::{leaves, only};
use crate::scene::TENANT;

/// As Exchange Online says it of its own tenant's mail.
fn from_the_cloud(message: &[u8]) -> Vec<u8> {
    let tenant = format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n");
    [tenant.as_bytes(), message].concat()
}

/// Sends it by mutual TLS.
async fn send(scene: &Scene, message: &[u8]) {
    let mut cloud = scene.proven(&scene.notary.cloud).await;
    let message = from_the_cloud(message);
    let sent = cloud.deliver(CLEO, &[NORA], &message);
    let sent = sent.await.expect("a dialog");
    assert!(sent.is_accepted(), "{:?}", sent.verdict());
}

fn types(stored: &Stored) -> Vec<String> {
    let leaves = leaves(&stored.content).into_iter();
    leaves.map(|leaf| leaf.media_type).collect()
}

#[tokio::test]
async fn a_meeting_and_files_arrive_in_postfix_as_plain_mime() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let meeting = tnef::sample("meeting-request");
    let files = tnef::sample("attachment-files");
    // Longer than what is held in memory.
    let large = tnef::large(1_500_000);
    let mut sent = 0;
    for (sample, packing) in [
        (&meeting, Packing::Legacy),
        (&meeting, Packing::Summary),
        (&files, Packing::Legacy),
        (&large, Packing::Summary),
    ] {
        send(&scene, &sample.eml_as(packing)).await;
        assert_eq!(scene.outcome().await.origin, "cloud");
        sent += 1;
        let stored = notes.stored(sent).await.pop().expect("it arrives");
        passed_us(&stored);
        let below = String::from_utf8_lossy(stored.below_trace()).into_owned();
        assert!(below.starts_with("X-Twinmx-Conversion: tnef; "), "{below}");
        assert!(!types(&stored).iter().any(|kind| kind.contains("tnef")));
        if sample.facts.calendar.is_some() {
            let calendar = only(&stored.content, "text/calendar");
            assert_eq!(calendar.method.as_deref(), Some("REQUEST"));
        }
        for file in &sample.facts.files {
            let there = leaves(&stored.content)
                .into_iter()
                .any(|leaf| leaf.name.as_deref() == Some(&file.name) && leaf.octets == file.octets);
            assert!(there, "{} of {}", file.name, sample.name);
        }
    }
}

#[tokio::test]
async fn what_is_not_tnef_arrives_in_postfix_octet_for_octet() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().start().await;
    let scene = with_notes(notes.address()).await;
    let part = "--b\r\nContent-Type: text/x-odd ;name = \"a b\"\r\nX-Own:\t1\r\n\r\n .odd\t \r\n.\r\nGr\u{fc}\u{df}e\r\n";
    let winmail = String::from_utf8(tnef::sample("meeting-request").eml()).expect("ASCII");
    let at = winmail.find("Content-Disposition").expect("the part");
    let winmail = &winmail[at..winmail.rfind("\r\n--").expect("its end")];
    let message = format!(
        "From: c@contoso.com\r\nDate: Fri, 21 Nov 2025 13:52:00 +0000\r\nMessage-ID: <own@contoso.com>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         {part}--b\r\n{winmail}\r\n{part}--b--\r\n"
    );
    send(&scene, message.as_bytes()).await;
    let unreadable = message.replace("eJ8+", "AAAA");
    send(&scene, unreadable.as_bytes()).await;
    let stored = notes.stored(2).await;
    let text = |stored: &Stored| String::from_utf8_lossy(&stored.content).into_owned();
    let is_kept = |one: &&Stored| text(one).contains("result=kept");
    let kept = stored.iter().find(is_kept).expect("one is kept");
    let converted = stored.iter().find(|one| !is_kept(one)).expect("one is not");
    assert_eq!(
        text(converted).matches(part).count(),
        2,
        "{}",
        text(converted)
    );
    assert!(types(converted).contains(&"text/calendar".to_owned()));
    let at = unreadable.find("From: ").expect("it");
    assert!(text(kept).ends_with(&unreadable[at..]), "{}", text(kept));
    let told = scene.event(|event| matches!(event, Event::TnefKept { .. }));
    assert_eq!(told.await.code().map(|code| code.number), Some(407));
}

#[tokio::test]
async fn a_postfix_that_takes_seven_bit_gets_seven_bit() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let notes = Postfix::builder().parameter("smtpd_discard_ehlo_keywords", "8bitmime, smtputf8");
    let notes = notes.start().await;
    let scene = with_notes(notes.address()).await;
    let wide = message::latin1("narrow");
    let plain = message::plain("as-it-is");
    for sample in [&wide, &plain] {
        send(&scene, &sample.content).await;
    }
    let stored = notes.stored(2).await;
    let find = |id: &str| {
        let id = format!("<{id}@");
        let mut found = stored
            .iter()
            .filter(|one| String::from_utf8_lossy(&one.content).contains(&id));
        found.next().expect("it arrives")
    };
    let narrow = find("narrow");
    assert!(narrow.content.is_ascii());
    assert!(String::from_utf8_lossy(&narrow.content).contains("Sch=F6ne Gr=FC=DFe aus K=F6ln"));
    assert!(find("as-it-is").below_trace().ends_with(&plain.content));
}
