//! Sessions that are taken up again: no certificate is shown, and what was shown before is judged anew.

use testbed::certificates::{Authority, Certificate, Leaf};
use testbed::client::Client;
use testbed::tls::{ClientTls, Version};
use twinmx::event::Event;

use crate::scene::{INTERNET, Scene, TENANT, message};

const VERSIONS: [Version; 2] = [Version::V12, Version::V13];
const NAME: &str = "mail.protection.outlook.com";

/// The cloud's clients have an authority and a list of their own, in files that a test changes.
struct House {
    scene: Scene,
    files: tempfile::TempDir,
    authority: Authority,
    certificate: Certificate,
}

impl House {
    async fn open() -> Self {
        let files = tempfile::tempdir().expect("a directory");
        let authority = Authority::new("Cloud clients");
        let (roots, list) = (
            files.path().join("roots.pem"),
            files.path().join("list.pem"),
        );
        std::fs::write(&roots, authority.pem()).expect("the root");
        std::fs::write(&list, authority.revoke([]).pem()).expect("the list");
        let scene = Scene::with(|setup| {
            setup.cloud_accept = format!("client_ca = {roots:?}\ncrl = {list:?}");
        })
        .await;
        Self {
            certificate: authority.issue(&Leaf::new(NAME)),
            scene,
            files,
            authority,
        }
    }

    fn tls(&self, version: Version) -> ClientTls {
        ClientTls::trusting([&self.scene.notary.root], "mx.contoso.com")
            .showing(&self.certificate)
            .only(version)
    }

    /// Whether this session continued another one, and what its mail was taken for.
    async fn session(&self, tls: &ClientTls) -> (bool, String) {
        let client = self.scene.client(INTERNET).await;
        let client = client.starttls(tls).await.expect("the handshake");
        let resumed = resumed(&client);
        (resumed, origin(&self.scene, client).await)
    }

    async fn changed(&self) {
        self.scene
            .event(|event| matches!(event, Event::TlsReloaded))
            .await;
    }
}

fn resumed(client: &Client) -> bool {
    client.tls().expect("TLS").resumed
}

/// What mail of our tenant is taken for. The dialog brings the ticket, too: it comes behind the handshake.
async fn origin(scene: &Scene, mut client: Client) -> String {
    client.ehlo("cloud").await.expect("EHLO");
    let header = format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n");
    let sent = [header.as_bytes(), &message("x")].concat();
    let delivery = client
        .deliver("c@contoso.com", &["nora@contoso.com"], &sent)
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted());
    client.quit().await.expect("QUIT");
    scene.outcome().await.origin.into_owned()
}

#[tokio::test]
async fn a_resumed_session_has_the_standing_of_its_certificate() {
    for version in VERSIONS {
        let house = House::open().await;
        let tls = house.tls(version);
        let cloud = || "cloud".to_owned();
        assert_eq!(house.session(&tls).await, (false, cloud()), "{version:?}");
        for _ in 0..3 {
            assert_eq!(house.session(&tls).await, (true, cloud()), "{version:?}");
        }
        assert_eq!(tls.certificate_requests(), 1, "{version:?}");
    }
}

#[tokio::test]
async fn a_session_from_before_a_revocation_is_worth_nothing() {
    for version in VERSIONS {
        let house = House::open().await;
        let tls = house.tls(version);
        assert_eq!(house.session(&tls).await.1, "cloud");
        assert!(house.session(&tls).await.0, "{version:?}");
        let list = house.authority.revoke([&house.certificate]).pem();
        std::fs::write(house.files.path().join("list.pem"), list).expect("the new list");
        house.changed().await;
        let internet = "internet".to_owned();
        assert_eq!(house.session(&tls).await, (false, internet), "{version:?}");
    }
}

#[tokio::test]
async fn a_session_does_not_outlive_roots_or_identity() {
    let house = House::open().await;
    let tls = house.tls(Version::V13);
    assert_eq!(house.session(&tls).await, (false, "cloud".to_owned()));
    assert!(house.session(&tls).await.0);

    let roots = Authority::new("Others").pem();
    std::fs::write(house.files.path().join("roots.pem"), roots).expect("other roots");
    house.changed().await;
    assert_eq!(house.session(&tls).await, (false, "internet".to_owned()));
    assert!(house.session(&tls).await.0, "and then again");

    let renewed = house.scene.notary.root.issue(&Leaf::new("mx.contoso.com"));
    let written = renewed.write_to(house.scene.dir.path(), "mx");
    written.expect("the new files");
    house.changed().await;
    assert!(!house.session(&tls).await.0);
}

#[tokio::test]
async fn a_session_of_another_listener_is_none() {
    let scene = Scene::with(|setup| {
        setup.listener = "[[listener]]\nname = \"inside\"\naddress = \"127.0.0.1:0\"".to_owned();
        setup.cloud_accept = "listeners = [\"inside\"]".to_owned();
    })
    .await;
    let inside = scene.gateway.address("inside").await.expect("it listens");
    let tls =
        ClientTls::trusting([&scene.notary.root], "mx.contoso.com").showing(&scene.notary.cloud);
    // Nobody is asked for a certificate on the first: what began there must not go on where somebody is.
    for (address, expected) in [(scene.mx, "internet"), (inside, "cloud")] {
        for again in [false, true] {
            let mut client = Client::connect(address).await.expect("a greeting");
            client.ehlo("cloud").await.expect("EHLO");
            let client = client.starttls(&tls).await.expect("the handshake");
            assert_eq!(resumed(&client), again, "{expected}");
            assert_eq!(origin(&scene, client).await, expected);
        }
    }
}

#[tokio::test]
async fn towards_a_hop_that_must_know_us_nothing_is_resumed() {
    let scene = Scene::start().await;
    // Each message on a connection of its own.
    scene
        .cloud
        .script(|script| script.messages_per_connection(1));
    let mut client = scene.client(INTERNET).await;
    for _ in 0..3 {
        let delivery = client
            .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
            .await;
        assert!(delivery.expect("a dialog").is_accepted());
    }
    let connections = scene.cloud.connections();
    assert!(connections.len() >= 3, "{connections:?}");
    for connection in connections {
        let tls = connection.tls.expect("TLS");
        assert!(!tls.resumed);
        assert_eq!(tls.client_certificate_names(), ["mx.contoso.com"]);
    }
}
