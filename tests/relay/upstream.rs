//! A mail filter in front of the gateway: its mail is the internet's, and its sender is somebody else.

use testbed::certificates::Leaf;
use testbed::client::Client;
use testbed::nameserver::NameServer;
use testbed::tls::ClientTls;
use twinmx::event::{Event, Outcome};

use super::authentication::record;
use crate::scene::{INTERNET, NOTES, Scene, Setup, TENANT, message};

const FILTER: &str = "127.0.0.9";
/// Another host of the filter's.
const INNER: &str = "192.0.2.130";
const NORA: &str = "nora@contoso.com";

/// `pass.test` sends from 192.0.2.1 alone, and asks for refusal; the filter is known by its network.
async fn scene(upstream: &str, change: impl FnOnce(&mut Setup)) -> (Scene, NameServer) {
    let names = NameServer::start().await.expect("a name server");
    names.text("pass.test", "v=spf1 ip4:192.0.2.1 -all");
    names.text("_dmarc.pass.test", "v=DMARC1; p=reject");
    // Whoever takes the filter for the sender finds it allowed.
    names.text(
        "filter.test",
        &format!("v=spf1 ip4:{FILTER} ip4:{INNER} -all"),
    );
    names.text("_dmarc.filter.test", "v=DMARC1; p=reject");
    let scene = Scene::with(|setup| {
        setup.name_server = Some(names.address());
        setup.domain =
            "postmaster = \"admin@contoso.com\"\nauthentication = \"enforce\"".to_owned();
        setup.more = format!(
            "[upstream.filter]\nnetworks = [\"{FILTER}/32\", \"192.0.2.128/25\"]\n{upstream}\n"
        );
        change(setup);
    });
    (scene.await, names)
}

fn received(client: &str) -> String {
    format!(
        "Received: from client.example (client.example [{client}])\r\n\tby filter.example (Postfix) with ESMTP id 1;\r\n\t\
         Thu, 1 Jan 1970 00:00:00 +0000\r\n"
    )
}

/// Of an author at `domain`, below `fields`.
fn letter(fields: &str, domain: &str) -> Vec<u8> {
    let text = String::from_utf8(message("x")).expect("text");
    let text = text.replace("example.net>\r\nTo", &format!("{domain}>\r\nTo"));
    format!("{fields}{text}").into_bytes()
}

async fn sent(scene: &Scene, from: &str, reverse: &str, content: &[u8]) -> (u16, String) {
    let mut client = scene.client(from).await;
    let delivery = client.deliver(reverse, &[NORA], content).await;
    let reply = delivery
        .expect("a dialog")
        .end
        .expect("a reply to the end of data");
    (reply.code, reply.enhanced().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_client_is_the_one_that_the_filter_names() {
    let (scene, _names) = scene("", |_| {}).await;
    let good = letter(&received("192.0.2.1"), "pass.test");
    assert_eq!(sent(&scene, FILTER, "a@pass.test", &good).await.0, 250);
    let record = record(&scene).await;
    assert!(record.starts_with("spf=pass (pass.test)"), "{record}");
    assert!(
        record.ends_with(" through filter (client 192.0.2.1)"),
        "{record}"
    );
    let told = scene.outcome().await;
    assert_eq!(
        (&*told.origin, told.upstream.as_deref()),
        ("internet", Some("filter"))
    );
    let got = scene.notes.next_message().await.expect("it arrives");
    assert_eq!(
        got.below(2),
        good,
        "our results, our Received field, and nothing else"
    );

    let bad = letter(&received("192.0.2.2"), "pass.test");
    let (code, enhanced) = sent(&scene, FILTER, "a@pass.test", &bad).await;
    assert_eq!(
        (code, &*enhanced),
        (550, "5.7.1"),
        "SPF fails for that client"
    );
}

#[tokio::test]
async fn the_filters_own_address_never_passes() {
    let (scene, _names) = scene("", |_| {}).await;
    let within =
        format!("Received: from scan (scan [{FILTER}]) by filter.example with ESMTP; x\r\n");
    for fields in [
        "",
        "Received: by filter.example with local; x\r\n",
        "Received: from [192.0.2.1] by filter.example with ESMTP; x\r\n",
        "Received: from x (x [127.0.0.1]) by filter.example with ESMTP; x\r\n",
        &within,
        &received(INNER),
    ] {
        let content = letter(fields, "filter.test");
        let (code, enhanced) = sent(&scene, FILTER, "a@filter.test", &content).await;
        assert_eq!((code, &*enhanced), (451, "4.7.1"), "{fields:?}");
        scene
            .event(|event| matches!(event, Event::ClientNotTold { .. }))
            .await;
        let record = record(&scene).await;
        assert!(
            record.starts_with("spf=temperror (filter.test)"),
            "{record}"
        );
        assert!(record.ends_with("(client unknown)"), "{record}");
    }
    // From anybody else a Received field says nothing at all.
    let content = letter(&received("192.0.2.1"), "pass.test");
    assert_eq!(sent(&scene, INTERNET, "a@pass.test", &content).await.0, 550);
}

#[tokio::test]
async fn a_filter_of_several_hosts_says_so() {
    let (scene, _names) = scene("received_hops = 2", |_| {}).await;
    let within = "Received: from scan.example ([10.0.0.7]) by out.filter.example with ESMTP; x\r\n";
    let forged = received("192.0.2.1");
    for (client, code) in [("192.0.2.1", 250), ("192.0.2.2", 550)] {
        let fields = format!("{within}{}{forged}", received(client));
        let content = letter(&fields, "pass.test");
        assert_eq!(
            sent(&scene, FILTER, "a@pass.test", &content).await.0,
            code,
            "{client}"
        );
    }
}

const RESULTS: &str = "Authentication-Results: filter.example; spf=pass smtp.mailfrom=pass.test;\r\n dmarc=pass header.from=pass.test\r\n";

#[tokio::test]
async fn its_results_stand_in_for_ours_where_they_are_trusted() {
    let name = "authserv_id = \"filter.example\"\n";
    for (trust, code) in [("true", 250), ("false", 550)] {
        let upstream = format!("{name}trust_results = {trust}");
        let (scene, _names) = scene(&upstream, |_| {}).await;
        let fields = format!("{RESULTS}{}", received("192.0.2.2"));
        let content = letter(&fields, "pass.test");
        assert_eq!(
            sent(&scene, FILTER, "a@pass.test", &content).await.0,
            code,
            "{trust}"
        );
        if code == 250 {
            let record = record(&scene).await;
            assert!(record.contains("as told by filter.example"), "{record}");
            let got = scene.notes.next_message().await.expect("it arrives");
            let text = String::from_utf8_lossy(got.below(0));
            assert!(text.contains("(as told by filter.example);"), "{text}");
            assert_eq!(got.below(2), content, "the filter's field stays");
        }
        // Nobody else may say so.
        assert_eq!(sent(&scene, INTERNET, "a@pass.test", &content).await.0, 550);
        // And what is said of somebody else does not count.
        let other = content.clone();
        let other = String::from_utf8(other)
            .expect("text")
            .replace("=pass.test", "=other.test");
        let (code, _) = sent(&scene, FILTER, "a@pass.test", other.as_bytes()).await;
        assert_eq!(code, 550);
    }
}

#[tokio::test]
async fn results_in_the_filters_name_are_forged_wherever_else_they_come_from() {
    let upstream = "authserv_id = \"filter.example\"";
    let (scene, _names) = scene(upstream, |setup| {
        setup.domain = "postmaster = \"admin@contoso.com\"".to_owned();
    })
    .await;
    let forged = format!("{RESULTS}authentication-results : (x) FILTER.example 1; dkim=pass\r\n");
    let kept = "Authentication-Results: other.example; spf=pass\r\n";
    let ours = "Authentication-Results: mx.contoso.com; spf=pass\r\n";
    let rest = message("x");
    let sent = [ours.as_bytes(), forged.as_bytes(), kept.as_bytes(), &rest].concat();
    for (from, to, expected) in [
        (
            INTERNET,
            "cleo@contoso.com",
            [kept.as_bytes(), &rest].concat(),
        ),
        (NOTES, "cleo@contoso.com", [kept.as_bytes(), &rest].concat()),
        (
            FILTER,
            "cleo@contoso.com",
            [forged.as_bytes(), kept.as_bytes(), &rest].concat(),
        ),
    ] {
        let mut client = scene.client(from).await;
        let delivery = client.deliver("a@example.net", &[to], &sent).await;
        assert!(delivery.expect("a dialog").is_accepted());
        let got = scene.cloud.next_message().await.expect("it arrives");
        assert_eq!(got.below(1), expected, "from {from}");
    }
}

#[tokio::test]
async fn it_is_known_by_its_certificate_and_asked_for_it() {
    let (scene, _names) = scene(
        "certificate_names = [\"out.filter.example\"]\nrequire = \"all\"",
        |_| {},
    )
    .await;
    let issuer = scene.notary.root.intermediate("Filter's issuer");
    let own = issuer.issue(&Leaf::new("out.filter.example"));
    let other = issuer.issue(&Leaf::new("other.example"));
    let void = testbed::certificates::Certificate::self_signed(&Leaf::new("out.filter.example"));
    for (certificate, from, known) in [
        (&own, FILTER, true),
        (&own, INTERNET, false),
        (&other, FILTER, false),
        (&void, FILTER, false),
    ] {
        let client = scene.client(from).await;
        let tls = ClientTls::trusting([&scene.notary.root], "mx.contoso.com").showing(certificate);
        let mut client = client.starttls(&tls).await.expect("the handshake");
        client.ehlo("out.filter.example").await.expect("EHLO");
        let content = letter(&received("192.0.2.1"), "pass.test");
        let delivery = client
            .deliver("a@pass.test", &[NORA], &content)
            .await
            .expect("a dialog");
        assert_eq!(delivery.is_accepted(), known, "{:?}", delivery.verdict());
        let told: Outcome<'_> = scene.outcome().await;
        assert_eq!(
            (&*told.origin, told.upstream.is_some()),
            ("internet", known)
        );
    }
    let mut client = scene.client(FILTER).await;
    let content = letter(&received("192.0.2.1"), "pass.test");
    let delivery = client.deliver("a@pass.test", &[NORA], &content).await;
    assert!(
        !delivery.expect("a dialog").is_accepted(),
        "no certificate, no proof"
    );
}

#[tokio::test]
async fn it_may_speak_where_proof_is_required_and_is_no_side_there_either() {
    let (scene, _names) = scene("", |setup| {
        setup.listener = "require_proof = true".to_owned();
        setup.internet_from = Some("\"notes\"".to_owned());
    })
    .await;
    let mut stranger = scene.client(INTERNET).await;
    assert!(
        !stranger
            .mail("a@pass.test")
            .await
            .expect("MAIL")
            .is_positive()
    );
    let internal = "X-MS-Exchange-Organization-AuthAs: Internal\r\n";
    let rest = letter(&received("192.0.2.1"), "pass.test");
    let content = [internal.as_bytes(), &rest].concat();
    assert_eq!(sent(&scene, FILTER, "a@pass.test", &content).await.0, 250);
    let got = scene.notes.next_message().await.expect("it arrives");
    assert_eq!(got.below(2), rest, "it may not say what is internal");
    let mut client = scene.client(FILTER).await;
    client.mail("nora@contoso.com").await.expect("MAIL");
    let away = client.rcpt("b@elsewhere.example").await.expect("RCPT");
    assert_eq!(away.code, 550, "nor send mail away");
}

/// What a message for Nora hears at RCPT, where a client that sends too many hears of it.
async fn asked(client: &mut Client) -> u16 {
    client.mail("a@example.net").await.expect("MAIL");
    let code = client.rcpt(NORA).await.expect("RCPT").code;
    client.command("RSET").await.expect("RSET");
    code
}

#[tokio::test]
async fn limits_for_clients_do_not_hold_it_up() {
    let (scene, _names) = scene("", |setup| {
        setup.limits = "connections_per_client = 1\nmessages_per_client = 1".to_owned();
    })
    .await;
    for (from, expected) in [(FILTER, [250, 250]), (INTERNET, [250, 450])] {
        let mut client = scene.client(from).await;
        let mut codes = Vec::new();
        for _ in 0..2 {
            codes.push(asked(&mut client).await);
        }
        assert_eq!(codes, expected, "{from}");
    }
    let _first = scene.client(FILTER).await;
    let mut second = scene.client(FILTER).await;
    assert_eq!(second.command("NOOP").await.expect("NOOP").code, 250);
}

#[tokio::test]
async fn nor_if_only_its_certificate_shows_it() {
    let (scene, _names) = scene("certificate_names = [\"out.filter.example\"]", |setup| {
        setup.limits = "messages_per_client = 1".to_owned();
        setup.more = setup.more.replace(
            &format!("networks = [\"{FILTER}/32\", \"192.0.2.128/25\"]\n"),
            "",
        );
    })
    .await;
    let issuer = scene.notary.root.intermediate("Filter's issuer");
    for (name, expected) in [
        ("out.filter.example", [250, 250]),
        ("other.example", [250, 450]),
    ] {
        let certificate = issuer.issue(&Leaf::new(name));
        let from = if name == "other.example" {
            INTERNET
        } else {
            FILTER
        };
        let tls = ClientTls::trusting([&scene.notary.root], "mx.contoso.com").showing(&certificate);
        let mut client = scene
            .client(from)
            .await
            .starttls(&tls)
            .await
            .expect("the handshake");
        client.ehlo(name).await.expect("EHLO");
        let mut codes = Vec::new();
        for _ in 0..2 {
            codes.push(asked(&mut client).await);
        }
        assert_eq!(codes, expected, "{name}");
    }
}

#[tokio::test]
async fn a_void_certificate_in_its_name_is_told_of() {
    let (scene, _names) = scene("certificate_names = [\"out.filter.example\"]", |_| {}).await;
    let void = testbed::certificates::Certificate::self_signed(&Leaf::new("out.filter.example"));
    let tls = ClientTls::trusting([&scene.notary.root], "mx.contoso.com").showing(&void);
    let client = scene.client(INTERNET).await;
    client.starttls(&tls).await.expect("the handshake");
    let told = scene
        .event(|event| matches!(event, Event::UpstreamDistrusted { .. }))
        .await;
    assert!(
        told.to_string()
            .contains("does not speak for upstream filter"),
        "{told}"
    );
}

#[tokio::test]
async fn a_side_that_shows_the_filters_certificate_is_the_filter() {
    // Whoever shows both is trusted less.
    let (scene, _names) = scene("certificate_names = [\"out.filter.example\"]", |_| {}).await;
    let issuer = scene.notary.root.intermediate("Somebody's issuer");
    let both = Leaf::dns_only(["mail.protection.outlook.com", "out.filter.example"]);
    let certificate = issuer.issue(&both);
    let mut client = scene.proven(&certificate).await;
    let internal = "X-MS-Exchange-Organization-AuthAs: Internal\r\n";
    let rest = letter(&received("192.0.2.1"), "pass.test");
    let tenant = format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n");
    let content = [tenant.as_bytes(), internal.as_bytes(), &rest].concat();
    let delivery = client.deliver("a@pass.test", &[NORA], &content).await;
    assert!(delivery.expect("a dialog").is_accepted());
    let got = scene.notes.next_message().await.expect("it arrives");
    assert_eq!(got.below(2), rest);
    let told = scene.outcome().await;
    assert_eq!(
        (&*told.origin, told.upstream.as_deref()),
        ("internet", Some("filter"))
    );
}

#[tokio::test]
async fn what_waited_in_the_queue_is_still_the_filters() {
    let (scene, _names) = scene("authserv_id = \"filter.example\"", |setup| {
        setup.internet_from = Some(String::new());
        setup.more = format!("{}[spool]\nalways = true\n", setup.more);
    })
    .await;
    let fields = format!("{RESULTS}{}", received("192.0.2.1"));
    let content = letter(&fields, "pass.test");
    assert_eq!(sent(&scene, FILTER, "a@pass.test", &content).await.0, 250);
    let got = scene.notes.next_message().await.expect("it arrives");
    assert_eq!(got.below(2), content);
    loop {
        let told = scene.outcome().await;
        assert_eq!(told.upstream.as_deref(), Some("filter"));
        if told.queue_id.is_some() {
            break;
        }
    }
}
