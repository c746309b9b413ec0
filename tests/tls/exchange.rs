//! How keys are agreed upon: in a way that withstands a quantum computer, where the other end knows one. And for which
//! cipher suite.

use testbed::client::Client;
use testbed::sink::StartTls;
use testbed::tls::{ClientTls, Version};

use crate::scene::{INTERNET, Scene, message};

const HYBRID: &str = "X25519MLKEM768";
/// The other ends here would rather have 256.
const SUITE_13: &str = "TLS13_AES_128_GCM_SHA256";
const SUITE_12: &str = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

#[tokio::test]
async fn a_client_agrees_on_the_best_that_it_knows() {
    let scene = Scene::start().await;
    let tls = || ClientTls::trusting([&scene.notary.root], "mx.contoso.com");
    for (tls, expected, suite) in [
        (tls(), HYBRID, SUITE_13),
        (tls().classical(), "X25519", SUITE_13),
        (tls().only(Version::V13), HYBRID, SUITE_13),
        // It exists in TLS 1.3 only.
        (tls().only(Version::V12), "X25519", SUITE_12),
    ] {
        let client = scene.client(INTERNET).await;
        let mut client: Client = client.starttls(&tls).await.expect("the handshake");
        let agreed = client.tls().expect("TLS");
        assert_eq!(agreed.key_exchange, expected);
        assert_eq!(agreed.cipher_suite, suite);
        client.ehlo("inside").await.expect("EHLO");
        let delivery = client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await;
        assert!(delivery.expect("a dialog").is_accepted(), "{expected}");
    }
}

#[tokio::test]
async fn a_hop_agrees_on_the_best_that_it_knows() {
    for (classical, expected) in [(false, HYBRID), (true, "X25519")] {
        let scene = Scene::start().await;
        let hop = scene.notary.cloud_hop();
        let hop = if classical { hop.classical() } else { hop };
        scene
            .cloud
            .script(|script| script.starttls(StartTls::Required(hop)));
        let mut client = scene.client(INTERNET).await;
        let delivery = client
            .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
            .await;
        assert!(delivery.expect("a dialog").is_accepted());
        let got = scene.cloud.next_message().await.expect("it arrives");
        let agreed = got.tls.as_ref().expect("TLS");
        assert_eq!(agreed.key_exchange, expected);
        assert_eq!(agreed.cipher_suite, SUITE_13);
    }
}
