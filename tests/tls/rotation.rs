//! Certificates are renewed while mail flows, again and again.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use testbed::certificates::{Certificate, Leaf};
use testbed::load::{Load, Report, Turnover};
use testbed::tls::ClientTls;
use twinmx::event::Event;

use crate::scene::Scene;

/// How often both certificates are renewed.
const RENEWALS: usize = 4;
/// Of each round of the load, each on a connection of its own.
const MESSAGES: usize = 60;
const SESSIONS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_session_fails_while_certificates_are_renewed() {
    let dir = tempfile::tempdir().expect("a directory");
    let write = |scene: &Scene, number: usize| {
        let root = &scene.notary.root;
        let server = root.issue(&Leaf::new("mx.contoso.com"));
        let client = root.issue(&Leaf::new(&format!("own-{number}.contoso.com")));
        client.write_to(dir.path(), "own").expect("the files");
        server.write_to(scene.dir.path(), "mx").expect("the files");
    };
    let first = Certificate::self_signed(&Leaf::new("own.contoso.com"));
    let (chain, key) = first.write_to(dir.path(), "own").expect("the files");
    let scene = Scene::with(|setup| {
        setup.more = format!(
            "[[side.cloud.identity]]\norigin = \"any\"\ncertificate = {chain:?}\nprivate_key = {key:?}\n"
        );
    })
    .await;
    write(&scene, 0);
    reloaded(&scene).await;
    let tls = ClientTls::trusting([&scene.notary.root], "mx.contoso.com");
    let over = AtomicBool::new(false);
    let load = async {
        let mut reports: Vec<Report> = Vec::new();
        while !over.load(Ordering::Acquire) {
            let load = Load::new(&format!("round-{}", reports.len()), ["cleo@contoso.com"]);
            let load = load.messages(MESSAGES).sessions(SESSIONS).size(5_000);
            let load = load.turnover(Turnover::EachMessage).tls(&tls);
            reports.push(load.run(scene.mx).await.expect("a load within bounds"));
        }
        reports
    };
    let renewals = async {
        for number in 1..=RENEWALS {
            write(&scene, number);
            reloaded(&scene).await;
        }
        over.store(true, Ordering::Release);
    };
    let (reports, ()) = tokio::join!(load, renewals);
    let accepted: Vec<String> = reports
        .iter()
        .flat_map(|one| one.accepted.clone())
        .collect();
    for report in &reports {
        assert!(report.failed.is_empty(), "{:?}", report.failed[0]);
        assert!(report.refused.is_empty(), "{:?}", report.refused[0]);
    }
    let counted = scene.cloud.count(&accepted);
    assert!(counted.is_perfect(), "{counted:?}");
    let shown: BTreeSet<String> = scene
        .cloud
        .connections()
        .iter()
        .filter_map(|one| Some(one.tls.as_ref()?.client_certificate_names().concat()))
        .collect();
    println!(
        "{} sessions while certificates were renewed {RENEWALS} times: none failed, each message arrived once",
        accepted.len()
    );
    assert!(
        shown.len() > 1,
        "the hop saw the certificates change: {shown:?}"
    );
}

/// Until what was written is in use.
async fn reloaded(scene: &Scene) {
    scene
        .event(|event| matches!(event, Event::TlsReloaded))
        .await;
}
