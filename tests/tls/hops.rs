//! What a hop must show before it sees an envelope.

use testbed::certificates::{Authority, Certificate, Leaf, Purpose, Validity};
use testbed::sink::{Act, Sink, Stage, StartTls};
use testbed::tls::{ClientDemand, ServerTls};
use twinmx::event::Event;

use crate::scene::{INTERNET, Notary, Scene, message};

/// Mail for the cloud whose hop behaves as `change` says: not one command of an envelope, and 451.
async fn untrusted(what: &str, change: impl FnOnce(&Notary, &Sink)) {
    let scene = Scene::start().await;
    change(&scene.notary, &scene.cloud);
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    let reply = delivery.end.expect("a reply to the end of data");
    assert_eq!(
        (reply.code, reply.enhanced()),
        (451, Some("4.7.5")),
        "{what}: {}",
        reply.text()
    );
    scene
        .event(|event| matches!(event, Event::HopDistrusted { .. }))
        .await;
    for connection in scene.cloud.connections() {
        let envelope = connection
            .commands
            .iter()
            .find(|line| line.to_ascii_uppercase().starts_with("MAIL"));
        assert_eq!(
            envelope, None,
            "{what}: an envelope was shown to a hop that is not trusted"
        );
    }
    assert!(scene.nothing_arrived(), "{what}");

    scene.cloud.script(|script| {
        script
            .behave()
            .starttls(StartTls::Required(scene.notary.cloud_hop()))
    });
    let delivery = client
        .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(
        delivery.is_accepted(),
        "{what}: delivered once the hop is repaired"
    );
}

/// The cloud's hop shows this certificate and asks for ours.
async fn certificate(what: &str, make: impl FnOnce(&Authority) -> Certificate) {
    untrusted(what, |notary, cloud| {
        let tls = ServerTls::showing(&make(&notary.root)).demanding(ClientDemand::Any);
        cloud.script(|script| script.starttls(StartTls::Required(tls)));
    })
    .await;
}

#[tokio::test]
async fn a_cloud_hop_with_a_bad_certificate_sees_no_envelope() {
    let name = "mail.protection.outlook.com";
    certificate("another name", |root| {
        root.issue(&Leaf::new("mail.example.net"))
    })
    .await;
    certificate("the name as CN only", |root| {
        root.issue(&Leaf::common_name_only(name))
    })
    .await;
    certificate("a name that only begins so", |root| {
        root.issue(&Leaf::new(&format!("{name}.example.net")))
    })
    .await;
    certificate("expired", |root| {
        root.issue(&Leaf::new(name).valid(Validity::Past))
    })
    .await;
    certificate("not yet valid", |root| {
        root.issue(&Leaf::new(name).valid(Validity::Future))
    })
    .await;
    certificate("for clients", |root| {
        root.issue(&Leaf::new(name).purpose(Purpose::Client))
    })
    .await;
    certificate("self-signed", |_| {
        Certificate::self_signed(&Leaf::new(name))
    })
    .await;
    certificate("another authority", |_| {
        Authority::new("Elsewhere").issue(&Leaf::new(name))
    })
    .await;
    certificate("without its chain", |root| {
        root.intermediate("I")
            .issue(&Leaf::new(name))
            .without_chain()
    })
    .await;
    certificate("issued by a leaf", |root| {
        root.issue(&Leaf::new("x"))
            .misused_as_authority()
            .issue(&Leaf::new(name))
    })
    .await;
}

#[tokio::test]
async fn a_cloud_hop_that_does_not_ask_for_our_certificate_sees_no_envelope() {
    untrusted("does not ask", |notary, cloud| {
        let tls = ServerTls::showing(&notary.cloud);
        cloud.script(|script| script.starttls(StartTls::Offered(tls)));
    })
    .await;
}

#[tokio::test]
async fn stripping_starttls_does_not_bring_clear_text() {
    untrusted("not offered", |_, cloud| {
        cloud.script(|script| script.starttls(StartTls::Absent))
    })
    .await;
}

/// STARTTLS is offered, and then this comes instead of a handshake: never in clear.
async fn broken_start(what: &str, act: Act) {
    let scene = Scene::start().await;
    scene.cloud.script(|script| script.on(Stage::StartTls, act));
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert_eq!(delivery.verdict().code, 451, "{what}");
    assert!(scene.nothing_arrived(), "{what}");
    for connection in scene.cloud.connections() {
        assert!(
            !connection
                .commands
                .iter()
                .any(|line| line.starts_with("MAIL")),
            "{what}: {:?}",
            connection.commands
        );
    }
}

#[tokio::test]
async fn a_start_of_tls_that_fails_is_never_followed_by_clear_text() {
    broken_start("454", Act::reply(454, "4.7.0 not now")).await;
    broken_start("500", Act::reply(500, "5.5.1 what?")).await;
    broken_start(
        "clear text after 220",
        Act::reply(220, "go ahead").followed_by(b"250 plain\r\n"),
    )
    .await;
    broken_start("closed", Act::close()).await;
}

#[tokio::test]
async fn our_certificate_is_shown_to_the_cloud() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    assert!(
        client
            .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
            .await
            .expect("a dialog")
            .is_accepted()
    );
    let tls = scene
        .cloud
        .next_message()
        .await
        .expect("it arrives")
        .tls
        .clone()
        .expect("TLS");
    assert_eq!(tls.client_certificate_names(), ["mx.contoso.com"]);
}

#[tokio::test]
async fn opportunistic_takes_any_tls_and_none_takes_clear_text() {
    for (mode, tls, expected) in [
        ("opportunistic", true, true),
        ("opportunistic", false, false),
        ("encrypt", true, true),
        ("none", true, false),
    ] {
        let scene = Scene::with(|setup| setup.notes_tls = format!("mode = \"{mode}\"")).await;
        if tls {
            let shown = ServerTls::showing(&Certificate::self_signed(&Leaf::new("notes.test")));
            scene
                .notes
                .script(|script| script.starttls(StartTls::Offered(shown)));
        }
        let mut client = scene.client(INTERNET).await;
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog");
        assert!(delivery.is_accepted(), "{mode}");
        let got = scene.notes.next_message().await.expect("it arrives");
        assert_eq!(got.tls.is_some(), expected, "{mode}, offered: {tls}");
    }
}

#[tokio::test]
async fn verify_and_encrypt_do_not_fall_back() {
    for mode in [
        "mode = \"encrypt\"",
        "mode = \"verify\"\nserver_names = [\"notes.test\"]",
    ] {
        let scene = Scene::with(|setup| setup.notes_tls = mode.to_owned()).await;
        let mut client = scene.client(INTERNET).await;
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog");
        assert_eq!(delivery.verdict().code, 451, "{mode}");
        assert!(scene.nothing_arrived(), "{mode}");
    }
}

#[tokio::test]
async fn a_revoked_hop_sees_no_envelope() {
    let dir = tempfile::tempdir().expect("a directory");
    let list = dir.path().join("list.pem");
    let root = Authority::new("Hops");
    let good = root.issue(&Leaf::new("notes.test"));
    let revoked = root.issue(&Leaf::new("notes.test"));
    std::fs::write(&list, root.revoke([&revoked]).pem()).expect("the list");
    std::fs::write(dir.path().join("hops.pem"), root.pem()).expect("the root");
    let tls = format!(
        "mode = \"verify\"\nserver_names = [\"notes.test\"]\ntrust_roots = \"{}\"\ncrl = \"{}\"",
        dir.path().join("hops.pem").display(),
        list.display()
    );
    for (shown, accepted) in [(&good, true), (&revoked, false)] {
        let scene = Scene::with(|setup| setup.notes_tls = tls.clone()).await;
        scene
            .notes
            .script(|script| script.starttls(StartTls::Required(ServerTls::showing(shown))));
        let mut client = scene.client(INTERNET).await;
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog");
        assert_eq!(delivery.is_accepted(), accepted);
    }
}
