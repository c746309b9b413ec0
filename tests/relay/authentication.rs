//! Who a message is from: what is written, what is refused, and what is neither.

use testbed::nameserver::{NameServer, Told};
use twinmx::event::Event;

use crate::scene::{INTERNET, NOTES, Scene, Setup, message};

const NORA: &str = "nora@contoso.com";
const CLEO: &str = "cleo@contoso.com";

/// A scene whose internet has `pass.test` (SPF passes, p=reject), `fail.test` (SPF fails, p=reject), `lax.test` (SPF
/// fails, p=none) and `mute.test` (SERVFAIL); 127.0.0.1 is the only client that SPF knows.
async fn scene(domain: &str, change: impl FnOnce(&mut Setup)) -> (Scene, NameServer) {
    let names = NameServer::start().await.expect("a name server");
    for (name, spf, dmarc) in [
        (
            "pass.test",
            "v=spf1 ip4:127.0.0.1 -all",
            "v=DMARC1; p=reject",
        ),
        (
            "fail.test",
            "v=spf1 ip4:192.0.2.1 -all",
            "v=DMARC1; p=reject",
        ),
        ("lax.test", "v=spf1 ip4:192.0.2.1 -all", "v=DMARC1; p=none"),
    ] {
        names.text(name, spf);
        names.text(&format!("_dmarc.{name}"), dmarc);
    }
    for name in ["mute.test", "_dmarc.mute.test"] {
        names.tell(name, Told::Failure);
    }
    let scene = Scene::with(|setup| {
        setup.name_server = Some(names.address());
        setup.domain = format!("postmaster = \"admin@contoso.com\"\n{domain}");
        change(setup);
    });
    (scene.await, names)
}

/// From an author of `domain`, with `body`.
fn of(domain: &str, body: &str) -> Vec<u8> {
    let text = String::from_utf8(message(body)).expect("text");
    text.replace("example.net>\r\nTo", &format!("{domain}>\r\nTo"))
        .into_bytes()
}

/// Code and enhanced code of the last reply.
async fn sent(scene: &Scene, reverse: &str, to: &[&str], content: &[u8]) -> (u16, String) {
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver(reverse, to, content)
        .await
        .expect("a dialog");
    let reply = delivery.end.expect("a reply to the end of data");
    (reply.code, reply.enhanced().unwrap_or_default().to_owned())
}

/// What was found out about the next message.
pub(super) async fn record(scene: &Scene) -> String {
    let is_it = |event: &Event| matches!(event, Event::Authenticated { .. });
    match scene.event(is_it).await {
        Event::Authenticated { record, .. } => record,
        _ => unreachable!("it was asked for"),
    }
}

fn field(content: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(content)
        .replace("\r\n\t", " ")
        .replace("\r\n ", " ");
    let mut lines = text.lines().take_while(|line| !line.is_empty());
    let found = lines.find(|line| line.starts_with(&format!("{name}: ")));
    found.map(str::to_owned)
}

const RESULTS: &str = "Authentication-Results";

/// More than is held back of a message, in lines.
fn large() -> String {
    "a line of some length that is not the last one of its kind\r\n".repeat(6_000)
}

#[tokio::test]
async fn a_report_is_written_above_the_message_and_changes_nothing_of_it() {
    let (scene, _names) = scene("authentication = \"report\"", |_| {}).await;
    let forged = "authentication-results: (x) mx.contoso.com 1; dmarc=pass\r\nAuthentication-Results: other.test; spf=pass\r\n";
    for (reverse, results) in [
        ("a@pass.test", "spf=pass smtp.mailfrom=pass.test"),
        ("a@fail.test", "spf=fail smtp.mailfrom=fail.test"),
        ("a@mute.test", "spf=temperror smtp.mailfrom=mute.test"),
    ] {
        let content = of("pass.test", "x");
        let with_forgery = [forged.as_bytes(), &content].concat();
        assert_eq!(sent(&scene, reverse, &[NORA], &with_forgery).await.0, 250);
        let got = scene.notes.next_message().await.expect("it arrives");
        let written = field(got.below(0), RESULTS).expect("our results");
        assert!(
            written.starts_with("Authentication-Results: mx.contoso.com; "),
            "{written}"
        );
        assert!(written.contains(results), "{written}");
        let kept = "Authentication-Results: other.test; spf=pass\r\n";
        assert_eq!(
            got.below(2),
            [kept.as_bytes(), &content].concat(),
            "ours and Received"
        );
        let record = record(&scene).await;
        assert!(
            record.contains(results.split(' ').next().expect("a word")),
            "{record}"
        );
    }
}

#[tokio::test]
async fn nothing_is_looked_at_where_nobody_asks() {
    let (scene, _names) = scene("authentication = \"off\"", |_| {}).await;
    assert_eq!(
        sent(&scene, "a@fail.test", &[NORA], &of("fail.test", "x"))
            .await
            .0,
        250
    );
    let got = scene.notes.next_message().await.expect("it arrives");
    assert_eq!(field(got.below(0), RESULTS), None);
}

#[tokio::test]
async fn a_side_is_believed_without_being_looked_at() {
    let (scene, _names) = scene(
        "authentication = \"enforce\"\nown_senders = \"refuse\"",
        |_| {},
    )
    .await;
    let mut client = scene.client(NOTES).await;
    let content = of("fail.test", "x");
    let delivery = client
        .deliver("a@fail.test", &[CLEO], &content)
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
    let got = scene.cloud.next_message().await.expect("it arrives");
    assert_eq!(got.below(1), content);
}

#[tokio::test]
async fn enforcing_refuses_failures_and_defers_silence_of_any_size() {
    for body in ["x".to_owned(), large()] {
        let (scene, _names) = scene("authentication = \"enforce\"", |_| {}).await;
        for (author, reverse, expected) in [
            ("fail.test", "a@fail.test", (550, "5.7.1")),
            ("pass.test", "a@fail.test", (550, "5.7.1")), // SPF of another domain proves nothing
            ("fail.test", "a@pass.test", (550, "5.7.1")),
            ("mute.test", "a@pass.test", (451, "4.7.1")),
            ("pass.test>, <b@lax.test", "a@pass.test", (550, "5.7.1")),
        ] {
            let answer = sent(&scene, reverse, &[NORA], &of(author, &body)).await;
            assert_eq!((answer.0, &*answer.1), expected, "{author} {reverse}");
        }
        assert!(scene.notes.messages().is_empty() && scene.notes.aborted().is_empty());
        for (author, reverse) in [("pass.test", "a@pass.test"), ("lax.test", "a@lax.test")] {
            let content = of(author, &body);
            assert_eq!(
                sent(&scene, reverse, &[NORA], &content).await.0,
                250,
                "{author}"
            );
            let got = scene.notes.next_message().await.expect("it arrives");
            assert!(field(got.below(0), RESULTS).is_some());
            assert!(
                got.below(2) == content,
                "of {author}, {} octets",
                content.len()
            );
        }
    }
}

#[tokio::test]
async fn who_is_named_by_another_domain_of_ours_gets_the_strictest() {
    let (scene, _names) = scene("authentication = \"enforce\"", |setup| {
        setup.more = "[domain.\"lax.example\"]\npostmaster = \"admin@contoso.com\"\n".to_owned();
    })
    .await;
    let content = of("fail.test", "x");
    for (to, code) in [
        ("cleo@contoso.mail.onmicrosoft.com", 550),
        ("Postmaster", 550),
        ("postmaster@lax.example", 250),
    ] {
        assert_eq!(
            sent(&scene, "a@fail.test", &[to], &content).await.0,
            code,
            "{to}"
        );
    }
}

#[tokio::test]
async fn a_large_message_under_report_streams_and_is_told_of() {
    let (scene, _names) = scene("authentication = \"report\"", |_| {}).await;
    let content = of("pass.test", &large());
    assert_eq!(sent(&scene, "a@pass.test", &[NORA], &content).await.0, 250);
    let got = scene.notes.next_message().await.expect("it arrives");
    assert!(got.below(1) == content, "only Received above it");
    assert!(
        record(&scene)
            .await
            .contains("dmarc=pass (from pass.test, p=reject, by spf)")
    );
}

#[tokio::test]
async fn every_leg_has_the_same_results_also_from_the_spool() {
    let always = |setup: &mut Setup| {
        setup.internet_from = Some(String::new());
        setup.more = "[spool]\nalways = true".to_owned();
    };
    let direct = |setup: &mut Setup| setup.internet_from = Some(String::new());
    for change in [&always as &dyn Fn(&mut Setup), &direct] {
        let (scene, _names) = scene("authentication = \"report\"", change).await;
        let content = of("pass.test", "x");
        assert_eq!(
            sent(&scene, "a@pass.test", &[NORA, CLEO], &content).await.0,
            250
        );
        let notes = scene.notes.next_message().await.expect("it arrives");
        let cloud = scene.cloud.next_message().await.expect("it arrives");
        let written = field(notes.below(0), RESULTS).expect("our results");
        assert!(
            written.contains("dmarc=pass (p=reject) header.from=pass.test"),
            "{written}"
        );
        assert_eq!(field(cloud.below(0), RESULTS), Some(written));
        assert_eq!((notes.below(2), cloud.below(2)), (&*content, &*content));
    }
}

#[tokio::test]
async fn our_own_domain_is_not_anybodys() {
    let ours = "a@contoso.com";
    for (own, services, author, reverse, expected) in [
        ("report", "[]", "contoso.com", ours, 250),
        ("refuse-envelope", "[]", "example.net", ours, 550),
        ("refuse-envelope", "[]", "contoso.com", "a@pass.test", 250),
        ("refuse", "[]", "contoso.com", "a@pass.test", 550),
        ("refuse", "[]", "sub.contoso.com", "a@pass.test", 550),
        ("refuse", "[]", "example.net", ours, 550),
        ("refuse", "[]", "pass.test", "a@pass.test", 250),
        ("refuse", "[\"127.0.0.0/8\"]", "contoso.com", ours, 250),
        (
            "refuse",
            "[\"192.0.2.0/24\", \"service.test\"]",
            "contoso.com",
            ours,
            550,
        ),
    ] {
        let domain = format!("own_senders = \"{own}\"\nown_sender_services = {services}");
        let (scene, names) = scene(&domain, |_| {}).await;
        let answer = sent(&scene, reverse, &[NORA], &of(author, "x")).await;
        assert_eq!(answer.0, expected, "{own} {services} {author} {reverse}");
        assert_eq!(scene.notes.messages().is_empty(), expected != 250);
        if (own, expected) == ("refuse", 550) && author == "contoso.com" {
            // What passes DMARC as us is us.
            names.text("contoso.com", "v=spf1 ip4:127.0.0.1 -all");
            names.text("_dmarc.contoso.com", "v=DMARC1; p=reject");
            let again = self::scene(&domain, |setup| setup.name_server = Some(names.address()));
            let (scene, _) = again.await;
            assert_eq!(sent(&scene, ours, &[NORA], &of(author, "x")).await.0, 250);
        }
    }
}

#[tokio::test]
async fn whoever_claims_us_while_dns_is_silent_is_asked_to_come_again() {
    let (scene, names) = scene("own_senders = \"refuse\"", |_| {}).await;
    for name in ["contoso.com", "_dmarc.contoso.com"] {
        names.tell(name, Told::Failure);
    }
    let answer = sent(&scene, "a@contoso.com", &[NORA], &of("contoso.com", "x")).await;
    assert_eq!((answer.0, &*answer.1), (451, "4.7.1"));
}

#[tokio::test]
async fn under_report_a_doubtful_sender_is_told_of() {
    let (scene, _names) = scene("authentication = \"report\"", |_| {}).await;
    assert_eq!(
        sent(&scene, "a@contoso.com", &[NORA], &of("contoso.com", "x"))
            .await
            .0,
        250
    );
    scene
        .event(|event| matches!(event, Event::SenderDoubtful { .. }))
        .await;
}

#[tokio::test]
async fn a_seal_stands_above_everything_on_its_way_to_the_side_that_wants_it() {
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/authentication/tests/key.pem");
    let (scene, _names) = scene("", |setup| {
        setup.cloud_accept = "[side.cloud.format]\narc_seal = true".to_owned();
        setup.more =
            format!("[arc]\ndomain = \"contoso.com\"\nselector = \"arc\"\nprivate_key = \"{key}\"");
    })
    .await;
    for body in ["x".to_owned(), large()] {
        let content = of("pass.test", &body);
        assert_eq!(sent(&scene, "a@pass.test", &[CLEO], &content).await.0, 250);
        let got = scene.cloud.next_message().await.expect("it arrives");
        assert!(
            got.below(0)
                .starts_with(b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=contoso.com; s=arc;")
        );
        let told = field(got.below(0), "ARC-Authentication-Results").expect("our results");
        assert!(
            told.contains("i=1; mx.contoso.com; spf=pass smtp.mailfrom=pass.test;"),
            "{told}"
        );
        assert!(
            got.below(5) == content,
            "three of the set, ours, and Received"
        );
        // The other side does not want it.
        assert_eq!(sent(&scene, "a@pass.test", &[NORA], &content).await.0, 250);
        let got = scene.notes.next_message().await.expect("it arrives");
        assert!(got.below(1) == content, "only Received");
    }
}
