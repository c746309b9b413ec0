//! The certificate of a client that would speak for the cloud.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use testbed::certificates::{Certificate, Purpose};
use testbed::client::{Client, ClientError};
use testbed::tls::ClientTls;
use twinmx::event::Event;

use super::{Direction, Eku, Expected, Flaw, Issuers, PURPOSES, Verdict, from_client};
use crate::scene::{OTHER_TENANT, Scene, TENANT, message};

#[tokio::test]
async fn a_client_is_believed_if_everything_about_its_certificate_is_right() {
    let dir = tempfile::tempdir().expect("a directory");
    let issuers = Issuers::new();
    let mut hall = Hall {
        issuers: &issuers,
        refusals: BTreeSet::new(),
    };
    let mut cells = 0;
    for eku in [Eku::Either, Eku::Client, Eku::Server] {
        let scene = scene(eku, &issuers, dir.path()).await;
        for flaw in Flaw::ALL {
            for purpose in PURPOSES {
                hall.cell(&scene, eku, flaw, purpose).await;
                cells += 1;
            }
        }
    }
    println!("{cells} cells: 3 values of eku, 14 flaws, 4 usages, as a client");
    assert_eq!(cells, 3 * Flaw::ALL.len() * PURPOSES.len());
    let said: Vec<_> = hall.refusals.iter().collect();
    assert_eq!(said.len(), 1, "nobody learns what was wrong: {said:?}");
}

/// A gateway where anybody may speak, and on another listener sides alone.
async fn scene(eku: Eku, issuers: &Issuers, dir: &std::path::Path) -> Scene {
    let (roots, lists) = issuers.write_to(dir);
    let eku = format!("{eku:?}").to_ascii_lowercase();
    Scene::with(|setup| {
        setup.listener = "[[listener]]\nname = \"inside\"\naddress = \"127.0.0.1:0\"\n\
                          require_proof = true"
            .to_owned();
        setup.cloud_accept = format!("eku = {eku:?}\nclient_ca = {roots:?}\ncrl = {lists:?}");
    })
    .await
}

struct Hall<'a> {
    issuers: &'a Issuers,
    /// Every reply that a certificate which proves nothing was given.
    refusals: BTreeSet<String>,
}

impl Hall<'_> {
    async fn cell(&mut self, scene: &Scene, eku: Eku, flaw: Flaw, purpose: Purpose) {
        let what = format!("eku {eku:?}, {flaw:?}, for {purpose:?}");
        let certificate = self.issuers.certificate(Direction::Inbound, flaw, purpose);
        let expected = from_client(eku, flaw, purpose);
        let inside = scene.gateway.address("inside").await.expect("it listens");
        if expected.verdict == Verdict::NoHandshake {
            for address in [inside, scene.mx] {
                hung_up_on(scene, address, &certificate, expected, &what).await;
            }
            return;
        }
        let mut client = shown(scene, inside, &certificate).await.expect("a session");
        let reply = client.mail("x@fabrikam.com").await.expect("MAIL");
        match expected.verdict {
            Verdict::Distrusted => {
                assert_eq!(
                    (reply.code, reply.enhanced()),
                    (550, Some("5.7.1")),
                    "{what}: {reply:?}"
                );
                self.refusals.insert(reply.text());
            }
            // The tenant is in the message.
            _ => assert_eq!(reply.code, 250, "{what}: {reply:?}"),
        }
        drop(client);

        let mut client = shown(scene, scene.mx, &certificate)
            .await
            .expect("a session");
        let tenant = match flaw {
            Flaw::OtherTenant => OTHER_TENANT,
            _ => TENANT,
        };
        let header = format!("X-MS-Exchange-CrossTenant-Id: {tenant}\r\n");
        let sent = [header.as_bytes(), &message("x")].concat();
        let delivery = client
            .deliver("x@fabrikam.com", &["nora@contoso.com"], &sent)
            .await
            .expect("a dialog");
        assert!(
            delivery.is_accepted(),
            "{what}: anybody may write to us: {:?}",
            delivery.verdict()
        );
        drop(client);
        judged(scene, expected, &what).await;
    }
}

/// What the outcome and the events before it say.
async fn judged(scene: &Scene, expected: Expected, what: &str) {
    let events = scene
        .events_until(|event| matches!(event, Event::Outcome(_)))
        .await;
    let origin = match events.last() {
        Some(Event::Outcome(outcome)) => outcome.origin.to_string(),
        other => unreachable!("{other:?}"),
    };
    let believed = match expected.verdict {
        Verdict::Believed => "cloud",
        _ => "internet",
    };
    assert_eq!(origin, believed, "{what}");
    let causes: Vec<String> = events
        .iter()
        .filter_map(|event| match event {
            Event::ClientDistrusted { side, why, .. } if side == "cloud" => Some(why.to_string()),
            Event::TenantMismatch { side, found, .. } if side == "cloud" => Some(found.clone()),
            _ => None,
        })
        .collect();
    let times = match (expected.verdict, expected.cause) {
        (_, None) => 0,
        // The session that had to prove itself was not heard out.
        (Verdict::NotOurTenant, Some(_)) => 1,
        (_, Some(_)) => 2,
    };
    assert_eq!(causes.len(), times, "{what}: {causes:?}");
    for cause in causes {
        let wanted = expected.cause.unwrap_or_default();
        assert!(cause.contains(wanted), "{what}: not {wanted:?}: {cause}");
    }
}

/// A client that has shown its certificate and said EHLO again.
async fn shown(
    scene: &Scene,
    address: SocketAddr,
    certificate: &Certificate,
) -> Result<Client, ClientError> {
    let tls = ClientTls::trusting([&scene.notary.root], "mx.contoso.com").showing(certificate);
    let mut client = Client::connect(address).await?;
    client.ehlo("client.example.net").await?;
    let mut client = client.starttls(&tls).await?;
    client.ehlo("client.example.net").await?;
    Ok(client)
}

async fn hung_up_on(
    scene: &Scene,
    address: SocketAddr,
    certificate: &Certificate,
    expected: Expected,
    what: &str,
) {
    let session = shown(scene, address, certificate).await;
    assert!(
        session.is_err(),
        "{what}: not a word after such a handshake"
    );
    let event = scene
        .event(|event| matches!(event, Event::ClientTlsFailed { .. }))
        .await;
    let Event::ClientTlsFailed { why, .. } = event else {
        unreachable!("{event:?}")
    };
    let wanted = expected
        .cause
        .expect("a handshake does not fail for nothing");
    assert!(why.contains(wanted), "{what}: not {wanted:?}: {why}");
}
