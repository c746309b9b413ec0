//! STARTTLS in all its ways.

use super::*;
use crate::certificates::{Authority, Certificate, Leaf, Purpose, Validity};
use crate::client::Fault;
use crate::tls::{ClientDemand, ClientTls, ServerTls, Version};

struct Bench {
    authority: Authority,
    certificate: Certificate,
}

impl Bench {
    fn new() -> Self {
        let authority = Authority::new("Root");
        let certificate = authority.issue(&Leaf::new("sink.example"));
        Self {
            authority,
            certificate,
        }
    }

    fn server(&self) -> ServerTls {
        ServerTls::showing(&self.certificate)
    }

    fn client(&self) -> ClientTls {
        ClientTls::trusting([&self.authority], "sink.example")
    }
}

async fn offering(tls: ServerTls) -> Sink {
    Sink::builder()
        .script(|s| s.starttls(StartTls::Offered(tls)))
        .start()
        .await
        .expect("a port")
}

/// In TLS 1.3 the server's judgement comes with the first reply.
async fn secured(sink: &Sink, tls: &ClientTls) -> Result<Client, ClientError> {
    let mut client = session(sink).await.starttls(tls).await?;
    client.ehlo("client.example").await?;
    Ok(client)
}

#[tokio::test]
async fn a_session_under_tls_shows_both_ends_what_the_other_is() {
    let bench = Bench::new();
    for version in [Version::V12, Version::V13] {
        let demand = ClientDemand::Of(vec![bench.authority.clone()]);
        let sink = offering(bench.server().only(version).demanding(demand)).await;
        let own = bench
            .authority
            .issue(&Leaf::new("mx.contoso.com").dns(["mx.contoso.com", "*.contoso.com"]));
        let tls = bench.client().showing(&own);
        let mut client = secured(&sink, &tls).await.expect("TLS");
        assert!(!client.offers("STARTTLS"), "not twice");
        let info = client.tls().expect("TLS").clone();
        assert_eq!(
            (info.version, info.peer),
            (version, Some(bench.certificate.names()))
        );
        assert_eq!(
            (tls.certificate_requests(), tls.certificate_hints().len()),
            (1, 1)
        );
        assert_eq!(deliver(&mut client, b"x\r\n").await.expect("a reply"), 250);
        let seen = next(&sink).await.tls.clone().expect("TLS");
        assert_eq!(
            seen.client_certificate_names(),
            ["mx.contoso.com", "*.contoso.com"]
        );
        assert_eq!(
            (seen.version, seen.server_name.as_deref()),
            (version, Some("sink.example"))
        );
        assert_eq!(sink.counts().handshakes, 1);
    }
}

#[tokio::test]
async fn tls_that_is_required_is_required() {
    let bench = Bench::new();
    let sink = Sink::start().await.expect("a port");
    sink.script(|s| s.starttls(StartTls::Required(bench.server())));
    let mut client = session(&sink).await;
    assert_eq!(client.mail("").await.expect("a reply").code, 530);
    assert_eq!(client.command("NOOP").await.expect("a reply").code, 250);
    let mut client = client.starttls(&bench.client()).await.expect("TLS");
    assert_eq!(
        client.mail("").await.expect("a reply").code,
        503,
        "EHLO is forgotten"
    );
    client.ehlo("c").await.expect("a reply");
    assert_eq!(client.mail("").await.expect("a reply").code, 250);
}

#[tokio::test]
async fn bad_servers_are_seen_by_a_client_that_looks() {
    let bench = Bench::new();
    let leaf = || Leaf::new("sink.example");
    let middle = bench.authority.intermediate("Middle");
    let stolen = bench
        .certificate
        .clone()
        .with_key_of(&bench.authority.issue(&leaf()));
    let check = async |what: &str, certificate: Certificate, good: bool, unverified: bool| {
        let sink = offering(ServerTls::showing(&certificate)).await;
        assert_eq!(
            secured(&sink, &bench.client()).await.is_ok(),
            good,
            "{what}"
        );
        let blind = ClientTls::unverified("sink.example");
        assert_eq!(
            secured(&sink, &blind).await.is_ok(),
            unverified,
            "{what}, unverified"
        );
        assert_eq!(
            sink.counts().handshakes,
            usize::from(good) + usize::from(unverified),
            "{what}"
        );
    };
    check("good", bench.certificate.clone(), true, true).await;
    check("behind an intermediate", middle.issue(&leaf()), true, true).await;
    check(
        "no chain",
        middle.issue(&leaf()).without_chain(),
        false,
        true,
    )
    .await;
    check(
        "other name",
        bench.authority.issue(&Leaf::new("other.example")),
        false,
        true,
    )
    .await;
    check(
        "common name only",
        bench
            .authority
            .issue(&Leaf::common_name_only("sink.example")),
        false,
        true,
    )
    .await;
    check(
        "expired",
        bench.authority.issue(&leaf().valid(Validity::Past)),
        false,
        true,
    )
    .await;
    check(
        "not yet valid",
        bench.authority.issue(&leaf().valid(Validity::Future)),
        false,
        true,
    )
    .await;
    check(
        "for clients",
        bench.authority.issue(&leaf().purpose(Purpose::Client)),
        false,
        true,
    )
    .await;
    check(
        "self-signed",
        Certificate::self_signed(&leaf()),
        false,
        true,
    )
    .await;
    check(
        "other authority",
        Authority::new("Root").issue(&leaf()),
        false,
        true,
    )
    .await;
    check(
        "issued by a leaf",
        bench.certificate.misused_as_authority().issue(&leaf()),
        false,
        true,
    )
    .await;
    check("stolen", stolen, false, false).await;
}

#[tokio::test]
async fn clients_are_asked_for_certificates_as_demanded() {
    let bench = Bench::new();
    let own = bench.authority.issue(&Leaf::new("mx.contoso.com"));
    let foreign = Certificate::self_signed(&Leaf::new("mx.contoso.com"));
    let check = async |demand: ClientDemand, version: Version, expected: [bool; 3]| {
        let sink = offering(bench.server().demanding(demand.clone()).only(version)).await;
        let none = secured(&sink, &bench.client()).await.is_ok();
        let good = secured(&sink, &bench.client().showing(&own)).await.is_ok();
        let bad = secured(&sink, &bench.client().showing(&foreign))
            .await
            .is_ok();
        assert_eq!([none, good, bad], expected, "{demand:?} {version:?}");
        let failures = expected.iter().filter(|&&ok| !ok).count();
        sink.wait_until("failed handshakes", |book| {
            book.counts().failed_handshakes == failures
        })
        .await
        .expect("all");
    };
    for version in [Version::V12, Version::V13] {
        let roots = || vec![bench.authority.clone()];
        check(ClientDemand::Nothing, version, [true, true, true]).await;
        check(ClientDemand::Wish, version, [true, true, true]).await;
        check(ClientDemand::Any, version, [false, true, true]).await;
        check(ClientDemand::Of(roots()), version, [false, true, false]).await;
        check(ClientDemand::WishOf(roots()), version, [true, true, false]).await;
    }
}

#[tokio::test]
async fn versions_that_do_not_meet_fail() {
    let bench = Bench::new();
    let sink = offering(bench.server().only(Version::V13)).await;
    let error = secured(&sink, &bench.client().only(Version::V12))
        .await
        .expect_err("no common version");
    assert!(matches!(error.fault, Fault::Io(_)), "{error}");
    let departure = sink.departure(0).await.expect("an end");
    assert!(
        matches!(
            departure,
            Departure {
                how: How::Handshake(_),
                place: Place::Handshake
            }
        ),
        "{departure:?}"
    );
}

#[tokio::test]
async fn resumption_is_seen_on_both_ends() {
    let bench = Bench::new();
    for version in [Version::V12, Version::V13] {
        let sink = offering(bench.server().only(version)).await;
        let tls = bench.client();
        for expected in [false, true] {
            let client = secured(&sink, &tls).await.expect("TLS");
            assert_eq!(
                client.tls().map(|t| t.resumed),
                Some(expected),
                "{version:?}"
            );
            client.quit().await.expect("a reply");
        }
        assert_eq!(sink.counts().resumed, 1);
    }
}

#[tokio::test]
async fn starttls_can_be_refused_garbled_and_followed_by_clear_text() {
    let bench = Bench::new();
    let sink = offering(bench.server()).await;
    let after = |act: Act| sink.script(|s| s.once(Stage::StartTls, act));

    after(Act::reply(454, "4.7.0 not now"));
    let mut client = session(&sink).await;
    assert_eq!(client.command("STARTTLS").await.expect("a reply").code, 454);
    assert_eq!(
        deliver(&mut client, b"x\r\n")
            .await
            .expect("it goes on in clear"),
        250
    );

    after(
        Act::reply(220, "go ahead")
            .followed_by(b"junk, and no handshake".as_slice())
            .then_close(),
    );
    let error = secured(&sink, &bench.client()).await.expect_err("garbage");
    assert!(
        matches!(error.fault, Fault::Io(_) | Fault::ClearText { octets: 22 }),
        "{error}"
    );

    after(Act::normal().followed_by(b"250 injected\r\n".as_slice()));
    let error = secured(&sink, &bench.client())
        .await
        .expect_err("clear text behind the 220");
    assert!(
        matches!(error.fault, Fault::Io(_) | Fault::ClearText { octets: 14 }),
        "{error}"
    );

    let plain = Sink::start().await.expect("a port");
    assert_eq!(
        session(&plain)
            .await
            .command("STARTTLS")
            .await
            .expect("a reply")
            .code,
        502
    );
}

#[tokio::test]
async fn what_was_said_in_clear_behind_starttls_is_not_answered_under_tls() {
    let bench = Bench::new();
    let sink = offering(bench.server()).await;
    let mut client = session(&sink).await;
    client
        .send_raw(b"STARTTLS\r\nNOOP\r\n")
        .await
        .expect("taken");
    client.expect(220).await.expect("go ahead");
    if let Ok(mut client) = client.secure(&bench.client()).await {
        assert_eq!(
            client.command("EHLO c").await.expect("a reply").lines[0],
            "sink.example"
        );
    }
}

#[tokio::test]
async fn the_stand_ins_are_what_they_stand_for() {
    let bench = Bench::new();
    let certificate = bench
        .authority
        .issue(&Leaf::new("mail.protection.outlook.com"));
    let cloud = Sink::cloud(&certificate, &bench.authority)
        .start()
        .await
        .expect("a port");
    let tls = ClientTls::trusting([&bench.authority], "mail.protection.outlook.com");
    secured(&cloud, &tls)
        .await
        .expect_err("no certificate shown");
    let own = bench.authority.issue(&Leaf::new("mx.contoso.com"));
    let mut client = secured(&cloud, &tls.showing(&own)).await.expect("TLS");
    assert!(client.offers("CHUNKING") && client.offers("SMTPUTF8"));
    assert_eq!(deliver(&mut client, b"x\r\n").await.expect("a reply"), 250);

    let notes = Sink::notes().start().await.expect("a port");
    let mut client = session(&notes).await;
    assert!(client.offers("8BITMIME") && !client.offers("CHUNKING") && !client.offers("STARTTLS"));
    assert_eq!(deliver(&mut client, b"x\r\n").await.expect("a reply"), 250);
}
