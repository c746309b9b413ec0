//! The certificate of a hop that would take the cloud's mail.

use std::collections::BTreeSet;

use testbed::certificates::Purpose;
use testbed::sink::StartTls;
use testbed::tls::{ClientDemand, ServerTls};
use twinmx::event::Event;
use twinmx::limits;

use super::{Direction, Expected, Flaw, Issuers, PURPOSES, Verdict, from_hop};
use crate::scene::{INTERNET, Scene, message, pass};

#[tokio::test]
async fn a_hop_gets_mail_if_everything_about_its_certificate_is_right() {
    let dir = tempfile::tempdir().expect("a directory");
    let issuers = Issuers::new();
    let (roots, lists) = issuers.write_to(dir.path());
    let scene = Scene::with(|setup| {
        setup.cloud_tls += &format!("\ntrust_roots = {roots:?}\ncrl = {lists:?}");
    })
    .await;
    let mut replies = BTreeSet::new();
    let mut cells = 0;
    for flaw in Flaw::ALL {
        for purpose in PURPOSES {
            replies.extend(cell(&scene, &issuers, flaw, purpose).await);
            cells += 1;
        }
    }
    println!("{cells} cells: 14 flaws, 4 usages, as a hop");
    assert_eq!(cells, Flaw::ALL.len() * PURPOSES.len());
    assert_eq!(
        replies.len(),
        1,
        "no sender learns what was wrong: {replies:?}"
    );
}

/// What the sender was told, if the hop was not believed.
async fn cell(scene: &Scene, issuers: &Issuers, flaw: Flaw, purpose: Purpose) -> Option<String> {
    let what = format!("{flaw:?}, for {purpose:?}");
    let shown = issuers.certificate(Direction::Outbound, flaw, purpose);
    let tls = ServerTls::showing(&shown).demanding(ClientDemand::Any);
    scene
        .cloud
        .script(|script| script.starttls(StartTls::Required(tls)));
    // Neither connections nor memories of the cell before.
    pass(limits::POOL_AGE).await;
    let before = (
        scene.cloud.connections().len(),
        scene.cloud.messages().len(),
    );
    let delivery = scene
        .client(INTERNET)
        .await
        .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    let reply = delivery.end.clone().expect("a reply to the end of data");
    let expected = from_hop(flaw, purpose);
    let taken = scene.cloud.messages().len() - before.1;
    let connections = scene.cloud.connections();
    let commands = connections[before.0..].iter().flat_map(|one| &one.commands);
    let envelopes = commands.filter(|line| line.starts_with("MAIL")).count();
    told(scene, expected, &what).await;
    match expected.verdict {
        Verdict::Believed => {
            assert_eq!(
                (reply.code, taken, envelopes),
                (250, 1, 1),
                "{what}: {reply:?}"
            );
            None
        }
        _ => {
            let heard = (reply.code, reply.enhanced(), taken, envelopes);
            assert_eq!(heard, (451, Some("4.7.5"), 0, 0), "{what}: {reply:?}");
            Some(reply.text())
        }
    }
}

/// What the operator was told before the outcome.
async fn told(scene: &Scene, expected: Expected, what: &str) {
    let events = scene
        .events_until(|event| matches!(event, Event::Outcome(_)))
        .await;
    let causes: Vec<&String> = events
        .iter()
        .filter_map(|event| match event {
            Event::HopDistrusted { side, why, .. } if side == "cloud" => Some(why),
            _ => None,
        })
        .collect();
    match (expected.cause, causes.as_slice()) {
        (None, []) => {}
        (Some(wanted), [cause]) => {
            assert!(cause.contains(wanted), "{what}: not {wanted:?}: {cause}");
        }
        _ => panic!("{what}: {causes:?}"),
    }
}
