//! Mail for a side that cannot read TNEF, and for one that can.

use std::sync::Arc;

use testbed::client::Client;
use testbed::message::{self as samples, Needs};
use testbed::sink::Message;
use testbed::tnef;
use testbed::tnef::mail::Packing;
use twinmx::event::Event;
use twinmx::gateway::HoldMost;
use twinmx::limits;

use crate::mime::{leaves, only};
use crate::scene::{INTERNET, Scene, Setup, message};

const FROM: &str = "a@example.net";
const NORA: &str = "nora@contoso.com";
const CLEO: &str = "cleo@contoso.com";

async fn send(client: &mut Client, to: &str, content: &[u8]) {
    let delivery = client.deliver(FROM, &[to], content).await;
    let delivery = delivery.expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
}

/// How it arrives in Notes.
async fn at_notes(scene: &Scene, content: &[u8]) -> Arc<Message> {
    send(&mut scene.client(INTERNET).await, NORA, content).await;
    scene.notes.next_message().await.expect("it arrives")
}

/// As of a sender with a scanner: text, a document of so many octets, and what else is given.
fn with_document(octets: usize, more: &str) -> Vec<u8> {
    let line = "JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9GbGF0ZURl\r\n";
    let document = line.repeat(octets / line.len() + 1);
    format!(
        "From: a@example.net\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         preamble\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         Gr\u{fc}\u{df}e\r\n.\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{document}{more}--b--\r\nepilogue \t\r\n"
    )
    .into_bytes()
}

/// The part that holds this stream.
fn winmail(stream: &tnef::Sample) -> String {
    let whole = String::from_utf8(stream.eml_as(Packing::Legacy)).expect("ASCII");
    let at = whole.find("Content-Disposition").expect("the part");
    let end = whole.rfind("\r\n--").expect("the last boundary");
    format!("--b\r\n{}\r\n", &whole[at..end])
}

/// Nothing is left of what was held: its file never had a name.
fn nothing_is_left(scene: &Scene, before: &[String]) {
    assert_eq!(entries(scene), before);
}

fn entries(scene: &Scene) -> Vec<String> {
    let state = scene.dir.path().join("state");
    let entries = std::fs::read_dir(state).expect("the state directory");
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_meeting_request_arrives_as_an_invitation() {
    let scene = Scene::start().await;
    let sample = tnef::sample("meeting-request");
    for packing in [Packing::Legacy, Packing::OctetStream, Packing::Summary] {
        let got = at_notes(&scene, &sample.eml_as(packing)).await;
        let names: Vec<String> = got.fields().into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names[..2],
            ["Received", "X-Twinmx-Conversion"],
            "{packing:?}"
        );
        let calendar = only(&got.content, "text/calendar");
        assert_eq!(calendar.method.as_deref(), Some("REQUEST"), "{packing:?}");
        let text = String::from_utf8(calendar.octets).expect("UTF-8");
        assert!(text.contains("METHOD:REQUEST\r\n"), "{text}");
        let types: Vec<String> = leaves(&got.content)
            .into_iter()
            .map(|leaf| leaf.media_type)
            .collect();
        assert!(types.contains(&"text/plain".to_owned()), "{types:?}");
        assert!(!types.iter().any(|kind| kind.contains("tnef")), "{types:?}");
        let told = scene.event(|event| matches!(event, Event::Converted { .. }));
        let told = told.await.to_string();
        assert!(
            told.contains("side notes") && told.contains("method=REQUEST"),
            "{told}"
        );
        assert!(scene.outcome().await.converted);
    }
}

#[tokio::test]
async fn what_is_no_tnef_arrives_octet_for_octet() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let mut sent: Vec<Vec<u8>> = samples::all("same")
        .into_iter()
        .filter(|sample| sample.needs == Needs::Nothing)
        .map(|sample| sample.content)
        .collect();
    // Whole in memory; streamed; longer than what is held in memory.
    sent.extend([1, 60_000, 100_000, 1_000_000].map(|octets| with_document(octets, "")));
    // It may be TNEF until its end: held, in memory and in a file.
    let alone = |octets: usize| {
        let text = "A line of text.\r\n".repeat(octets / 17);
        format!(
            "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n{text}--b--\r\n"
        )
    };
    sent.extend([100, 100_000, 1_000_000].map(|octets| alone(octets).into_bytes()));
    let before = entries(&scene);
    for content in &sent {
        send(&mut client, NORA, content).await;
        let got = scene.notes.next_message().await.expect("it arrives");
        assert!(
            got.below(1) == content,
            "{} octets, beginning {}",
            content.len(),
            content[..content.len().min(300)].escape_ascii()
        );
        assert!(!scene.outcome().await.converted);
    }
    nothing_is_left(&scene, &before);
}

#[tokio::test]
async fn tnef_passes_as_it_is_where_it_is_understood_or_wanted() {
    let keeping = |setup: &mut Setup| setup.notes_format = "tnef = \"keep\"".to_owned();
    let scene = Scene::with(keeping).await;
    let mut client = scene.client(INTERNET).await;
    for sample in [tnef::sample("meeting-request"), tnef::large(400_000)] {
        let content = sample.eml();
        for (to, sink) in [(NORA, &scene.notes), (CLEO, &scene.cloud)] {
            send(&mut client, to, &content).await;
            let got = sink.next_message().await.expect("it arrives");
            assert!(got.below(1) == content, "{} for {to}", sample.name);
        }
    }
}

#[tokio::test]
async fn a_message_longer_than_memory_is_held_in_a_file_that_nobody_sees() {
    let scene = Scene::start().await;
    let before = entries(&scene);
    let sample = tnef::large(2_000_000);
    for packing in [Packing::Legacy, Packing::Summary] {
        let got = at_notes(&scene, &sample.eml_as(packing)).await;
        let [file] = &sample.facts.files[..] else {
            panic!("one file")
        };
        let leaf = leaves(&got.content)
            .into_iter()
            .find(|leaf| leaf.name.as_deref() == Some("large.bin"))
            .expect("it is there");
        assert!(leaf.octets == file.octets, "{packing:?}");
        // The hop was told the size of what it got.
        let size = format!("SIZE={}", got.octets);
        assert!(
            got.mail_parameters.contains(&size),
            "{:?}",
            got.mail_parameters
        );
    }
    nothing_is_left(&scene, &before);
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_leaves_nothing_behind() {
    let scene = Scene::start().await;
    let before = entries(&scene);
    let content = tnef::large(2_000_000).eml();
    let mut client = scene.client(INTERNET).await;
    client.mail(FROM).await.expect("MAIL");
    client.rcpt(NORA).await.expect("RCPT");
    let begun = client.data_raw(&content[..content.len() / 2]).await;
    assert_eq!(begun.expect("DATA").code, 354);
    client.abort();
    let outcome = scene.outcome().await;
    assert_eq!(outcome.reply.split(' ').next(), Some("451"));
    assert_eq!(outcome.hop, None, "nobody was asked yet");
    assert!(scene.nothing_arrived());
    nothing_is_left(&scene, &before);
}

#[tokio::test]
async fn tnef_that_shows_late_is_converted_in_its_place() {
    let scene = Scene::start().await;
    let sample = tnef::sample("attachment-files");
    // The document is longer than what is held back, so it has gone on when TNEF comes.
    for octets in [1_000, 500_000] {
        let sent = with_document(octets, &winmail(&sample));
        let got = at_notes(&scene, &sent).await;
        let text = got.below(1).escape_ascii().to_string();
        let types: Vec<String> = leaves(&got.content)
            .into_iter()
            .map(|leaf| leaf.media_type)
            .collect();
        assert!(!types.iter().any(|kind| kind.contains("tnef")), "{types:?}");
        assert_eq!(
            only(&got.content, "application/pdf").name.as_deref(),
            Some("x.pdf")
        );
        for file in &sample.facts.files {
            let found = leaves(&got.content)
                .into_iter()
                .any(|leaf| leaf.octets == file.octets && leaf.name.is_some());
            assert!(found, "{:?} of {types:?}", file.name);
        }
        // What stood before it, and behind it, is as it was.
        let at = sent
            .windows(12)
            .position(|w| w == b"Content-Disp")
            .expect("it");
        let document = &sent[sent.windows(8).position(|w| w == b"preamble").expect("it")..at];
        let document = document.escape_ascii().to_string();
        assert!(text.contains(&document), "{octets}: what came before");
        assert!(got.content.ends_with(b"--b--\r\nepilogue \t\r\n"));
        scene
            .event(|event| matches!(event, Event::Converted { .. }))
            .await;
        assert!(scene.outcome().await.converted);
    }
}

#[tokio::test]
async fn somebody_elses_tnef_is_offered_beside_the_text() {
    let scene = Scene::start().await;
    let sample = tnef::sample("attachment-files");
    let got = at_notes(&scene, &sample.eml_as(Packing::Uncorrelated)).await;
    let field = &got.field("X-Twinmx-Conversion")[0];
    assert!(field.contains("message=other"), "{field}");
    let names: Vec<_> = leaves(&got.content)
        .into_iter()
        .filter_map(|leaf| leaf.name)
        .collect();
    assert!(names.iter().any(|name| name == "noise.bin"), "{names:?}");
}

#[tokio::test]
async fn what_cannot_be_read_goes_on_as_it_was_and_is_told() {
    let scene = Scene::start().await;
    let part = "Content-Type: application/ms-tnef; name=winmail.dat\r\n\
                Content-Transfer-Encoding: base64\r\n\r\nbm8gdG5lZiBhdCBhbGwK\r\n";
    for octets in [1_000, 200_000] {
        let sent = with_document(octets, &format!("--b\r\n{part}"));
        let got = at_notes(&scene, &sent).await;
        assert!(
            got.content
                .ends_with(format!("{part}--b--\r\nepilogue \t\r\n").as_bytes())
        );
        let told = got
            .content
            .windows(29)
            .filter(|octets| octets.starts_with(b"X-Twinmx-Conversion: tnef; "));
        assert_eq!(told.count(), 1, "{octets}");
        let kept = scene
            .event(|event| matches!(event, Event::TnefKept { .. }))
            .await;
        assert_eq!(kept.code().map(|code| code.number), Some(407));
        assert!(!scene.outcome().await.converted);
    }
}

#[tokio::test]
async fn the_firewall_has_had_its_say_before() {
    let scene = Scene::start().await;
    let mut content = b"X-MS-Exchange-Organization-AuthAs: Internal\r\n\
        X-Twinmx-Conversion: tnef; result=converted; class=FORGED\r\n"
        .to_vec();
    content.extend(tnef::sample("meeting-request").eml());
    let got = at_notes(&scene, &content).await;
    assert!(got.field("X-MS-Exchange-Organization-AuthAs").is_empty());
    let fields = got.field("X-Twinmx-Conversion");
    assert_eq!(fields.len(), 1, "{fields:?}");
    assert!(!fields[0].contains("FORGED"), "{fields:?}");
}

#[tokio::test]
async fn a_hop_that_refuses_chunks_gets_what_was_converted_by_data() {
    let scene = Scene::start().await;
    scene.notes.script(|script| script.without("CHUNKING"));
    let got = at_notes(&scene, &tnef::large(600_000).eml()).await;
    assert!(got.content.ends_with(b"\r\n"));
    let got = at_notes(
        &scene,
        &with_document(300_000, &winmail(&tnef::sample("meeting-request"))),
    )
    .await;
    assert_eq!(
        only(&got.content, "text/calendar").method.as_deref(),
        Some("REQUEST")
    );
}

#[tokio::test]
async fn the_hop_is_asked_only_when_the_message_is_whole() {
    let scene = Scene::start().await;
    let content = tnef::large(500_000).eml();
    let (first, rest) = content.split_at(content.len() / 2);
    let mut client = scene.client(INTERNET).await;
    client.mail(FROM).await.expect("MAIL");
    client.rcpt(NORA).await.expect("RCPT");
    assert_eq!(client.bdat(first).await.expect("BDAT").code, 250);
    assert!(scene.notes.connections().is_empty(), "too early");
    assert_eq!(client.bdat_last(rest).await.expect("LAST").code, 250);
    let got = scene.notes.next_message().await.expect("it arrives");
    assert!(
        leaves(&got.content)
            .iter()
            .any(|leaf| leaf.name.as_deref() == Some("large.bin"))
    );
}

#[tokio::test]
async fn plain_mail_for_a_converting_side_still_streams() {
    let scene = Scene::start().await;
    let whole = message(&"A line of text.\r\n".repeat(20_000));
    let (first, rest) = whole.split_at(200_000);
    let mut client = scene.client(INTERNET).await;
    client.mail(FROM).await.expect("MAIL");
    client.rcpt(NORA).await.expect("RCPT");
    assert_eq!(client.bdat(first).await.expect("BDAT").code, 250);
    let asked = scene
        .notes
        .wait_until("a connection", |book| !book.connections().is_empty());
    asked.await.expect("it does not wait for the end");
    assert_eq!(client.bdat_last(rest).await.expect("LAST").code, 250);
    let got = scene.notes.next_message().await.expect("it arrives");
    assert!(got.below(1) == whole);
}

#[tokio::test]
async fn a_message_that_cannot_be_held_stays_with_its_sender() {
    let scene = Scene::start().await;
    std::fs::remove_dir_all(scene.dir.path().join("state")).expect("it is there");
    let mut client = scene.client(INTERNET).await;
    let content = tnef::large(1_000_000).eml();
    let delivery = client.deliver(FROM, &[NORA], &content).await;
    let delivery = delivery.expect("a dialog");
    let verdict = delivery.verdict();
    assert_eq!((verdict.code, verdict.enhanced()), (451, Some("4.3.0")));
    let told = scene.event(|event| matches!(event, Event::HoldFailed { .. }));
    assert_eq!(told.await.code().map(|code| code.number), Some(408));
    assert!(scene.nothing_arrived());
    // What fits into memory needs no disk.
    send(&mut client, NORA, &tnef::sample("meeting-request").eml()).await;
}

#[tokio::test]
async fn parts_that_show_late_at_the_bound_and_one_past() {
    let scene = Scene::start().await;
    let whole = with_document(100_000, &winmail(&tnef::large(100_000)));
    let (first, rest) = whole.split_at(whole.len() - 50_000);
    let mut slow = Vec::new();
    for _ in 0..limits::LATE_PARTS {
        let mut client = scene.client(INTERNET).await;
        client.mail(FROM).await.expect("MAIL");
        client.rcpt(NORA).await.expect("RCPT");
        assert_eq!(client.bdat(first).await.expect("BDAT").code, 250);
        slow.push(client);
    }
    let got = at_notes(&scene, &whole).await;
    let text = got.content.escape_ascii().to_string();
    assert!(text.contains("result=kept; reason=size"));
    for mut client in slow {
        assert_eq!(client.bdat_last(rest).await.expect("LAST").code, 250);
        let got = scene.notes.next_message().await.expect("it arrives");
        assert_eq!(
            only(&got.content, "application/octet-stream")
                .name
                .as_deref(),
            Some("large.bin")
        );
    }
}

/// Half of a message is held by one session; another one's finds no place, and is taken as soon as there is one again.
#[tokio::test]
async fn one_message_too_many_stays_with_its_sender() {
    let usual = HoldMost::default();
    let content = tnef::large(400_000).eml();
    let bounds = [
        HoldMost {
            messages: 1,
            ..usual
        },
        // What is in memory of each message is not counted.
        HoldMost {
            octets: content.len(),
            ..usual
        },
    ];
    for held in bounds {
        let scene = Scene::with(|setup| setup.held = held).await;
        let (first, rest) = content.split_at(content.len() - 1_000);
        let mut client = scene.client(INTERNET).await;
        client.mail(FROM).await.expect("MAIL");
        client.rcpt(NORA).await.expect("RCPT");
        assert_eq!(client.bdat(first).await.expect("BDAT").code, 250);
        let mut late = scene.client(INTERNET).await;
        let refused = late.deliver(FROM, &[NORA], &content).await;
        let refused = refused.expect("a dialog");
        assert_eq!(refused.verdict().code, 452, "{held:?}");
        assert!(scene.notes.messages().is_empty(), "{held:?}");
        let told = scene.event(|event| matches!(event, Event::HoldFailed { .. }));
        assert_eq!(told.await.code().map(|code| code.number), Some(408));
        assert_eq!(client.bdat_last(rest).await.expect("LAST").code, 250);
        scene.notes.next_message().await.expect("it arrives");
        send(&mut late, NORA, &content).await;
        scene.notes.next_message().await.expect("it arrives");
    }
}
