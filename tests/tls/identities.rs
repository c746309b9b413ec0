//! Which of our certificates a hop is shown, and on which listeners a client's counts.

use testbed::certificates::{Authority, Leaf, Validity};
use testbed::client::Client;
use testbed::tls::ClientTls;

use crate::scene::{INTERNET, NOTES, Scene, TENANT, message};

/// The name in the certificate that the cloud was shown for mail from this address.
async fn shown(scene: &Scene, from: &str) -> Vec<String> {
    let mut client = scene.client(from).await;
    let delivery = client
        .deliver("a@contoso.com", &["cleo@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
    let got = scene.cloud.next_message().await.expect("it arrives");
    got.tls
        .as_ref()
        .expect("TLS")
        .client_certificate_names()
        .to_vec()
}

/// `[[side.cloud.identity]]` for this origin, with files of this stem.
fn identity(dir: &std::path::Path, origin: &str, stem: &str) -> String {
    let file = |ending: &str| dir.join(format!("{stem}.{ending}")).display().to_string();
    let (chain, key) = (file("pem"), file("key"));
    format!(
        "[[side.cloud.identity]]\norigin = \"{origin}\"\ncertificate = \"{chain}\"\nprivate_key = \"{key}\"\n"
    )
}

#[tokio::test]
async fn mail_of_sides_and_of_strangers_goes_under_names_of_its_own() {
    let dir = tempfile::tempdir().expect("a directory");
    let ours = Authority::new("Ours").intermediate("Ours below");
    for name in ["internal", "external"] {
        ours.issue(&Leaf::new(&format!("{name}.contoso.com")))
            .write_to(dir.path(), name)
            .expect("files");
    }
    let more =
        identity(dir.path(), "sides", "internal") + &identity(dir.path(), "internet", "external");
    let scene = Scene::with(|setup| setup.more = more.clone()).await;
    scene.cloud_asks_for_anybody();
    assert_eq!(shown(&scene, NOTES).await, ["internal.contoso.com"]);
    assert_eq!(shown(&scene, INTERNET).await, ["external.contoso.com"]);
    assert_eq!(
        shown(&scene, NOTES).await,
        ["internal.contoso.com"],
        "pooled connections are kept apart"
    );
}

#[tokio::test]
async fn of_several_identities_the_newest_valid_one_is_shown() {
    let dir = tempfile::tempdir().expect("a directory");
    let ours = Authority::new("Ours").intermediate("Ours below");
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let now = std::time::SystemTime::now();
    for (name, validity) in [
        ("old", Validity::Between(now - day * 60, now + day * 5)),
        ("new", Validity::Between(now - day, now + day * 60)),
        ("over", Validity::Past),
        ("early", Validity::Future),
    ] {
        let leaf = Leaf::new(&format!("{name}.contoso.com")).valid(validity);
        ours.issue(&leaf).write_to(dir.path(), name).expect("files");
    }
    let more: String = ["old", "new", "over", "early"]
        .map(|name| identity(dir.path(), "any", name))
        .concat();
    let scene = Scene::with(|setup| setup.more = more.clone()).await;
    scene.cloud_asks_for_anybody();
    assert_eq!(shown(&scene, INTERNET).await, ["new.contoso.com"]);
}

#[tokio::test]
async fn proof_counts_only_on_its_listeners_and_is_asked_for_only_there() {
    let listener =
        "proxy_from = []\n[[listener]]\nname = \"inside\"\naddress = \"127.0.0.1:0\"".to_owned();
    let scene = Scene::with(|setup| {
        setup.listener = listener.clone();
        setup.cloud_accept = "listeners = [\"inside\"]".to_owned();
    })
    .await;
    let inside = scene.gateway.address("inside").await.expect("it listens");
    for (address, asked, origin) in [(scene.mx, 0, "internet"), (inside, 1, "cloud")] {
        let tls = ClientTls::trusting([&scene.notary.root], "mx.contoso.com")
            .showing(&scene.notary.cloud);
        let mut client = Client::connect(address).await.expect("a greeting");
        client.ehlo("cloud").await.expect("EHLO");
        let mut client = client.starttls(&tls).await.expect("the handshake");
        client.ehlo("cloud").await.expect("EHLO");
        assert_eq!(tls.certificate_requests(), asked, "{origin}");
        let sent = [
            format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n").as_bytes(),
            &message("x"),
        ]
        .concat();
        assert!(
            client
                .deliver("c@contoso.com", &["nora@contoso.com"], &sent)
                .await
                .expect("a dialog")
                .is_accepted()
        );
        assert_eq!(scene.outcome().await.origin, origin);
    }
}
