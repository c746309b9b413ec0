//! Certificates are renewed by others while mail flows.

use testbed::certificates::Leaf;
use testbed::tls::ClientTls;
use twinmx::event::Event;

use crate::scene::{INTERNET, Scene, message};

#[tokio::test]
async fn a_renewed_certificate_is_in_use_a_moment_later_and_a_broken_one_never() {
    let scene = Scene::start().await;
    let renewed = scene
        .notary
        .root
        .issue(&Leaf::new("mx.contoso.com").dns(["renewed.contoso.com"]));
    renewed
        .write_to(scene.dir.path(), "mx")
        .expect("the new files");
    scene
        .event(|event| matches!(event, Event::TlsReloaded))
        .await;
    let tls = ClientTls::trusting([&scene.notary.root], "renewed.contoso.com");
    scene
        .client(INTERNET)
        .await
        .starttls(&tls)
        .await
        .expect("the new name is shown");

    let chain = std::fs::read_dir(scene.dir.path())
        .expect("the directory")
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("mx"))
        });
    for file in chain {
        std::fs::write(file, "not PEM at all").expect("a broken file");
    }
    scene
        .event(|event| matches!(event, Event::TlsReloadFailed { .. }))
        .await;
    scene
        .client(INTERNET)
        .await
        .starttls(&tls)
        .await
        .expect("the former stays in use");
}

#[tokio::test]
async fn a_reload_does_not_disturb_a_session() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("cleo@contoso.com").await.expect("RCPT");
    scene
        .notary
        .root
        .issue(&Leaf::new("mx.contoso.com"))
        .write_to(scene.dir.path(), "mx")
        .expect("the new files");
    scene
        .event(|event| matches!(event, Event::TlsReloaded))
        .await;
    assert_eq!(client.data(&message("x")).await.expect("DATA").code, 250);
}

#[tokio::test]
async fn a_connection_from_before_a_renewal_is_not_used_again() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let to = ["cleo@contoso.com"];
    for round in 1..=2 {
        for _ in 0..2 {
            let delivery = client.deliver("a@example.net", &to, &message("x")).await;
            assert!(delivery.expect("a dialog").is_accepted());
        }
        assert_eq!(scene.cloud.connections().len(), round);
        let name = format!("renewed-{round}.contoso.com");
        let renewed = scene
            .notary
            .root
            .issue(&Leaf::new("mx.contoso.com").dns([name]));
        renewed
            .write_to(scene.dir.path(), "mx")
            .expect("the new files");
        scene
            .event(|event| matches!(event, Event::TlsReloaded))
            .await;
    }
    let second = scene.cloud.messages()[2].tls.clone().expect("TLS");
    assert_eq!(second.client_certificate_names(), ["renewed-1.contoso.com"]);
}
