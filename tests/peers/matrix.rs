//! The matrix of flawed certificates with other people's TLS at the other end: each flaw once with OpenSSL, in both
//! directions, and some with Postfix.

mod hop;
mod papers;

use testbed::certificates::Purpose;
use twinmx::event::Event;

use super::openssl::s_client_saying;
use super::*;
use crate::scene::{INTERNET, OTHER_TENANT, Scene, Setup, TENANT};
use crate::tls::matrix::{Direction, Eku, Expected, Flaw, Issuers, Verdict, from_client, from_hop};
use hop::OpensslHop;
use papers::Papers;

const SENDER: &str = "x@fabrikam.com";
const NORA: &str = "nora@contoso.com";
const CLEO: &str = "cleo@contoso.com";

fn letter(flaw: Flaw) -> Vec<u8> {
    let tenant = match flaw {
        Flaw::OtherTenant => OTHER_TENANT,
        _ => TENANT,
    };
    format!(
        "X-MS-Exchange-CrossTenant-Id: {tenant}\r\nMessage-ID: <{flaw:?}@fabrikam.com>\r\nFrom: <{SENDER}>\r\n\
         Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nSubject: {flaw:?}\r\n\r\nx\r\n"
    )
    .into_bytes()
}

/// The cloud is believed by certificates of the matrix.
async fn believing(papers: &Papers) -> Scene {
    let (roots, lists) = papers.trust();
    Scene::with(|setup| {
        setup.cloud_accept = format!("client_ca = {roots:?}\ncrl = {lists:?}");
    })
    .await
}

/// Only certificates of the matrix make a hop the cloud's.
fn trusting(setup: &mut Setup, papers: &Papers, hop: std::net::SocketAddr) {
    let (roots, lists) = papers.trust();
    setup.cloud_hops = vec![hop];
    setup.cloud_tls += &format!("\ntrust_roots = {roots:?}\ncrl = {lists:?}");
}

/// What became of a client's message is what the matrix says.
async fn judged(scene: &Scene, expected: Expected, what: &str) {
    let events = scene
        .events_until(|event| matches!(event, Event::Outcome(_)))
        .await;
    let origin = events.iter().find_map(|event| match event {
        Event::Outcome(outcome) => Some(outcome.origin.to_string()),
        _ => None,
    });
    let believed = match expected.verdict {
        Verdict::Believed => "cloud",
        _ => "internet",
    };
    assert_eq!(origin.as_deref(), Some(believed), "{what}");
    let cause = events.iter().find_map(|event| match event {
        Event::ClientDistrusted { why, .. } => Some(why.to_string()),
        Event::TenantMismatch { found, .. } => Some(found.clone()),
        _ => None,
    });
    is_told(expected, cause, what);
}

/// Whether a hop is believed, and what the sender and the operator hear.
async fn delivered(scene: &Scene, expected: Expected, what: &str) {
    let mut client = scene.client(INTERNET).await;
    let sent = client.deliver(SENDER, &[CLEO], &letter(Flaw::Sound)).await;
    let sent = sent.expect("a dialog");
    let reply = match expected.verdict {
        Verdict::Believed => (250, Some("2.0.0")),
        _ => (451, Some("4.7.5")),
    };
    let heard = (sent.verdict().code, sent.verdict().enhanced());
    assert_eq!(heard, reply, "{what}: {:?}", sent.verdict());
    let events = scene
        .events_until(|event| matches!(event, Event::Outcome(_)))
        .await;
    let cause = events.into_iter().find_map(|event| match event {
        Event::HopDistrusted { why, .. } => Some(why),
        _ => None,
    });
    is_told(expected, cause, what);
}

#[track_caller]
fn is_told(expected: Expected, cause: Option<String>, what: &str) {
    match (expected.cause, cause) {
        (None, None) => {}
        (Some(wanted), Some(cause)) => {
            assert!(cause.contains(wanted), "{what}: not {wanted:?}: {cause}");
        }
        (wanted, cause) => panic!("{what}: {cause:?} and not {wanted:?}"),
    }
}

#[tokio::test]
async fn openssl_as_a_client_is_believed_as_the_matrix_says() {
    let Some(()) = require(&[Peer::Openssl]) else {
        return;
    };
    let papers = Papers::new(Issuers::new());
    let scene = believing(&papers).await;
    for flaw in Flaw::ALL {
        let what = format!("OpenSSL, {flaw:?}");
        let expected = from_client(Eku::Either, flaw, Purpose::Both);
        let shown = papers.certificate(Direction::Inbound, flaw).await;
        let letter = String::from_utf8(letter(flaw)).expect("it is ASCII");
        let lines = format!(
            "EHLO openssl.test\r\nMAIL FROM:<{SENDER}>\r\nRCPT TO:<{NORA}>\r\nDATA\r\n{letter}.\r\nQUIT\r\n"
        );
        let mut arguments = shown.arguments();
        arguments.extend(["-cipher", "ALL:@SECLEVEL=0"]);
        let shaken = s_client_saying(scene.mx, &arguments, &lines).await;
        if expected.verdict == Verdict::NoHandshake {
            let event = scene
                .event(|event| matches!(event, Event::ClientTlsFailed { .. }))
                .await;
            let Event::ClientTlsFailed { why, .. } = event else {
                unreachable!("{event:?}")
            };
            is_told(expected, Some(why), &what);
            assert!(!shaken.output.contains("250 2."), "{what}: {shaken:?}");
            continue;
        }
        assert!(shaken.output.contains("250 2.0.0 "), "{what}: {shaken:?}");
        judged(&scene, expected, &what).await;
    }
    println!("{} cells with OpenSSL as a client", Flaw::ALL.len());
}

#[tokio::test]
async fn openssl_as_a_hop_is_believed_as_the_matrix_says() {
    let Some(()) = require(&[Peer::Openssl]) else {
        return;
    };
    let papers = Papers::new(Issuers::new());
    for flaw in Flaw::ALL {
        let what = format!("OpenSSL, {flaw:?}");
        let expected = from_hop(flaw, Purpose::Both);
        let shown = papers.certificate(Direction::Outbound, flaw).await;
        let hop = OpensslHop::start(&shown).await;
        let scene = Scene::with(|setup| trusting(setup, &papers, hop.address())).await;
        delivered(&scene, expected, &what).await;
        let envelopes = hop
            .heard()
            .iter()
            .filter(|line| line.starts_with("MAIL"))
            .count();
        let believed = expected.verdict == Verdict::Believed;
        assert_eq!(
            envelopes,
            usize::from(believed),
            "{what}: {:?}",
            hop.heard()
        );
    }
    println!("{} cells with OpenSSL as a hop", Flaw::ALL.len());
}

/// What a Postfix can be set up with; one of each kind of reason.
const WITH_POSTFIX: [Flaw; 4] = [
    Flaw::Sound,
    Flaw::OtherTenant,
    Flaw::Expired,
    Flaw::RevokedIntermediate,
];

#[tokio::test]
async fn postfix_as_a_client_is_believed_as_the_matrix_says() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let papers = Papers::new(Issuers::new());
    let scene = believing(&papers).await;
    let ours = scene.notary.root.write_to(papers.path(), "ours");
    let ours = ours.expect("a file");
    for flaw in WITH_POSTFIX {
        let shown = papers.certificate(Direction::Inbound, flaw).await;
        let sender = Postfix::builder()
            .relay_to(scene.mx)
            .verify_hop(&ours, "mx.contoso.com")
            .client_identity(shown.chain(), shown.key())
            .start()
            .await;
        sender.submit(SENDER, &[NORA], &letter(flaw)).await;
        let expected = from_client(Eku::Either, flaw, Purpose::Both);
        judged(&scene, expected, &format!("Postfix, {flaw:?}")).await;
        sender.logged("status=sent (250 2.0.0 ", 1).await;
    }
    println!("{} cells with Postfix as a client", WITH_POSTFIX.len());
}

#[tokio::test]
async fn postfix_as_a_hop_is_believed_as_the_matrix_says() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let papers = Papers::new(Issuers::new());
    for flaw in WITH_POSTFIX {
        let shown = papers.certificate(Direction::Outbound, flaw).await;
        let hop = Postfix::builder()
            .identity(shown.chain(), shown.key())
            .parameter("smtpd_tls_ask_ccert", "yes")
            .start()
            .await;
        let scene = Scene::with(|setup| trusting(setup, &papers, hop.address())).await;
        let expected = from_hop(flaw, Purpose::Both);
        delivered(&scene, expected, &format!("Postfix, {flaw:?}")).await;
        match expected.verdict {
            Verdict::Believed => drop(hop.stored(1).await),
            _ => assert_eq!(hop.log_count(" mail="), 0, "{flaw:?}"),
        }
    }
    println!("{} cells with Postfix as a hop", WITH_POSTFIX.len());
}
