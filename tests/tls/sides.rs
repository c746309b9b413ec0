//! What a client must show to speak for a side.

use testbed::certificates::{Authority, Certificate, Key, Leaf, Purpose, Validity};
use testbed::client::Client;
use testbed::tls::ClientTls;
use twinmx::event::Event;

use crate::scene::{INTERNET, NOTES, Scene, TENANT, message};

const NAME: &str = "mail.protection.outlook.com";

/// The origin that mail of our tenant has when the client shows this certificate. It is accepted in any case.
async fn origin(scene: &Scene, certificate: &Certificate) -> String {
    let mut client = scene.proven(certificate).await;
    let sent = [
        format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n").as_bytes(),
        &message("x"),
    ]
    .concat();
    let delivery = client
        .deliver("x@fabrikam.com", &["nora@contoso.com"], &sent)
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
    scene.outcome().await.origin.into_owned()
}

#[tokio::test]
async fn a_certificate_speaks_for_the_cloud_only_if_everything_about_it_is_right() {
    let scene = Scene::start().await;
    let root = scene.notary.root.clone();
    for (what, certificate, expected) in [
        ("as it is", root.issue(&Leaf::new(NAME)), "cloud"),
        ("SAN only", root.issue(&Leaf::dns_only([NAME])), "cloud"),
        (
            "one name of many",
            root.issue(&Leaf::new("a.example").dns(["b.example", NAME, "c.example"])),
            "cloud",
        ),
        (
            "the name in capitals",
            root.issue(&Leaf::new(&NAME.to_ascii_uppercase())),
            "cloud",
        ),
        (
            "another CN",
            root.issue(&Leaf::new("mail.example.net").dns([NAME])),
            "cloud",
        ),
        (
            "the last name of many",
            root.issue(&Leaf::new("a.example").dns(many_names().chain([NAME.to_owned()]))),
            "cloud",
        ),
        (
            "an old key",
            root.issue(&Leaf::new(NAME).key(Key::Rsa2048)),
            "cloud",
        ),
        (
            "the CN alone, and other names",
            root.issue(&Leaf::new(NAME).dns(["mail.example.net"])),
            "internet",
        ),
        (
            "many names, none of them right",
            root.issue(&Leaf::new("a.example").dns(many_names())),
            "internet",
        ),
        (
            "a wildcard",
            root.issue(&Leaf::new("*.protection.outlook.com")),
            "internet",
        ),
        (
            "a wider wildcard",
            root.issue(&Leaf::new("*.outlook.com")),
            "internet",
        ),
        (
            "a NUL in the name",
            root.issue(&Leaf::new("mail.protection.outlook.com\0.example.net")),
            "internet",
        ),
        (
            "a NUL behind the name",
            root.issue(&Leaf::new("mail.protection.outlook.com\0")),
            "internet",
        ),
        (
            "a blank before the name",
            root.issue(&Leaf::new(" mail.protection.outlook.com")),
            "internet",
        ),
        (
            "a dot before the name",
            root.issue(&Leaf::new(".mail.protection.outlook.com")),
            "internet",
        ),
        (
            "an underscore in it",
            root.issue(&Leaf::new("mail_protection.outlook.com")),
            "internet",
        ),
        (
            "for servers only",
            root.issue(&Leaf::new(NAME).purpose(Purpose::Server)),
            "cloud",
        ),
        (
            "no usage stated",
            root.issue(&Leaf::new(NAME).purpose(Purpose::Unstated)),
            "cloud",
        ),
        (
            "through an intermediate",
            root.intermediate("I").issue(&Leaf::new(NAME)),
            "cloud",
        ),
        (
            "without its chain",
            root.intermediate("I")
                .issue(&Leaf::new(NAME))
                .without_chain(),
            "internet",
        ),
        (
            "CN only",
            root.issue(&Leaf::common_name_only(NAME)),
            "internet",
        ),
        (
            "another name",
            root.issue(&Leaf::new("mail.example.net")),
            "internet",
        ),
        (
            "a longer name",
            root.issue(&Leaf::new("mail.protection.outlook.com.example.net")),
            "internet",
        ),
        (
            "expired",
            root.issue(&Leaf::new(NAME).valid(Validity::Past)),
            "internet",
        ),
        (
            "not yet valid",
            root.issue(&Leaf::new(NAME).valid(Validity::Future)),
            "internet",
        ),
        (
            "self-signed",
            Certificate::self_signed(&Leaf::new(NAME)),
            "internet",
        ),
        (
            "another authority",
            Authority::new("Elsewhere").issue(&Leaf::new(NAME)),
            "internet",
        ),
        (
            "an authority that may vouch for such names",
            root.constrained("Outlook", "outlook.com")
                .issue(&Leaf::new(NAME)),
            "cloud",
        ),
        (
            "an authority that may vouch for other names",
            root.constrained("Other", "example.net")
                .issue(&Leaf::new(NAME)),
            "internet",
        ),
        (
            "an authority that may vouch for one of its names",
            root.constrained("Mixed", "example.net")
                .issue(&Leaf::new("a.example.net").dns(["a.example.net", NAME])),
            "internet",
        ),
        (
            "issued by a leaf",
            root.issue(&Leaf::new("x"))
                .misused_as_authority()
                .issue(&Leaf::new(NAME)),
            "internet",
        ),
    ] {
        assert_eq!(origin(&scene, &certificate).await, expected, "{what}");
    }
    let good = scene.notary.cloud.clone();
    assert_eq!(
        origin(&scene, &good).await,
        "cloud",
        "the right one works right after"
    );
}

fn many_names() -> impl Iterator<Item = String> {
    (0..300).map(|n| format!("mx{n}.mail.protection.outlook.com"))
}

#[tokio::test]
async fn a_stolen_certificate_is_of_no_use_without_its_key() {
    let scene = Scene::start().await;
    let thief = scene.notary.root.issue(&Leaf::new("mail.example.net"));
    let stolen = scene.notary.cloud.clone().with_key_of(&thief);
    let tls = ClientTls::trusting([&scene.notary.root], "mx.contoso.com").showing(&stolen);
    let client = scene.client(INTERNET).await.starttls(&tls).await;
    // In TLS 1.3 our end is ready before the gateway has looked.
    if let Ok(mut client) = client {
        assert!(
            client.ehlo("cloud").await.is_err(),
            "the handshake proves possession of the key"
        );
    }
    scene
        .event(|event| matches!(event, Event::ClientTlsFailed { .. }))
        .await;
    assert_eq!(
        origin(&scene, &scene.notary.cloud).await,
        "cloud",
        "its owner is believed as before"
    );
}

#[tokio::test]
async fn a_name_with_a_star_in_the_configuration_stands_for_one_label() {
    let scene = Scene::with(|setup| {
        setup.scanner_accept = "certificate_names = [\"*.scan.contoso.com\"]".to_owned();
    })
    .await;
    for (name, expected) in [
        ("a.scan.contoso.com", "scanner"),
        ("*.scan.contoso.com", "scanner"),
        ("scan.contoso.com", "internet"),
        ("a.b.scan.contoso.com", "internet"),
        ("*.contoso.com", "internet"),
        ("ascan.contoso.com", "internet"),
    ] {
        assert_eq!(
            origin(&scene, &scene.notary.root.issue(&Leaf::new(name))).await,
            expected,
            "{name}"
        );
    }
}

#[tokio::test]
async fn usage_is_judged_as_configured() {
    for (eku, purpose, expected) in [
        ("client", Purpose::Client, "cloud"),
        ("client", Purpose::Server, "internet"),
        ("server", Purpose::Server, "cloud"),
        ("server", Purpose::Client, "internet"),
        ("either", Purpose::Server, "cloud"),
    ] {
        let scene = Scene::with(|setup| setup.cloud_accept = format!("eku = \"{eku}\"")).await;
        let certificate = scene.notary.root.issue(&Leaf::new(NAME).purpose(purpose));
        assert_eq!(
            origin(&scene, &certificate).await,
            expected,
            "{eku} and {purpose:?}"
        );
    }
}

#[tokio::test]
async fn a_revoked_certificate_speaks_for_nobody() {
    let dir = tempfile::tempdir().expect("a directory");
    let root = Authority::new("Cloud clients");
    let (good, revoked) = (root.issue(&Leaf::new(NAME)), root.issue(&Leaf::new(NAME)));
    let (roots, list) = (dir.path().join("roots.pem"), dir.path().join("list.pem"));
    std::fs::write(&roots, root.pem()).expect("the root");
    std::fs::write(&list, root.revoke([&revoked]).pem()).expect("the list");
    let accept = format!(
        "client_ca = \"{}\"\ncrl = \"{}\"",
        roots.display(),
        list.display()
    );
    let scene = Scene::with(|setup| setup.cloud_accept = accept).await;
    assert_eq!(origin(&scene, &good).await, "cloud");
    assert_eq!(origin(&scene, &revoked).await, "internet");
}

#[tokio::test]
async fn all_asks_for_certificate_and_network() {
    for (networks, expected) in [("127.0.0.1/32", "cloud"), ("127.0.0.9/32", "internet")] {
        let accept = format!("networks = [\"{networks}\"]\nrequire = \"all\"");
        let scene = Scene::with(|setup| setup.cloud_accept = accept).await;
        let certificate = scene.notary.cloud.clone();
        assert_eq!(origin(&scene, &certificate).await, expected, "{networks}");
    }
}

#[tokio::test]
async fn no_hints_are_sent_about_whose_certificates_would_do() {
    let scene = Scene::start().await;
    let tls =
        ClientTls::trusting([&scene.notary.root], "mx.contoso.com").showing(&scene.notary.cloud);
    scene
        .client(INTERNET)
        .await
        .starttls(&tls)
        .await
        .expect("the handshake");
    assert_eq!(tls.certificate_requests(), 1);
    assert!(tls.certificate_hints().is_empty());
}

/// What MAIL hears on a listener where only sides may speak.
async fn mail_reply(client: &mut Client) -> (u16, String) {
    let reply = client.mail("a@example.net").await.expect("MAIL");
    (reply.code, reply.enhanced().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn where_proof_is_required_only_sides_speak() {
    let scene = Scene::with(|setup| setup.listener = "require_proof = true".to_owned()).await;
    assert_eq!(
        mail_reply(&mut scene.client(INTERNET).await).await,
        (530, "5.7.0".to_owned())
    );
    let stranger = scene.notary.root.issue(&Leaf::new("mail.example.net"));
    assert_eq!(
        mail_reply(&mut scene.proven(&stranger).await).await,
        (550, "5.7.1".to_owned())
    );
    assert_eq!(mail_reply(&mut scene.client(NOTES).await).await.0, 250);
    assert_eq!(
        mail_reply(&mut scene.proven(&scene.notary.cloud).await)
            .await
            .0,
        250
    );
}

#[tokio::test]
async fn a_foreign_tenant_loses_its_trust_and_not_our_recipients() {
    let scene = Scene::with(|setup| setup.listener = "require_proof = true".to_owned()).await;
    let mut client = scene.proven(&scene.notary.cloud).await;
    let delivery = client
        .deliver("x@fabrikam.com", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted());
    assert_eq!(scene.outcome().await.origin, "internet");
}
