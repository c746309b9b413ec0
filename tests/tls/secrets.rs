//! What may not be read by whoever reads a log or a crash report.

use std::path::Path;

use testbed::certificates::{Authority, Key, Leaf};
use testbed::tls::ClientTls;

use crate::scene::{INTERNET, Scene, TENANT, message};

const LOOP_KEY: &str = "loop-key-that-nobody-may-read";
const LDAP_PASSWORD: &str = "ldap-password-that-nobody-may-read";
const GRAPH_SECRET: &str = "graph-secret-that-nobody-may-read";
const PROXY_PASSWORD: &str = "proxy-password-that-nobody-may-read";

/// Sources that prove themselves by a password, a secret and a proxy's password. Nobody answers them.
fn sources(dir: &Path) -> String {
    let file = |name: &str, text: &str| {
        let path = dir.join(name);
        std::fs::write(&path, text).expect("the directory is ours");
        path
    };
    let ldap = file("ldap", LDAP_PASSWORD);
    let graph = file("graph", GRAPH_SECRET);
    let proxy = file("proxy", PROXY_PASSWORD);
    format!(
        "[[directory]]\nname = \"ldap\"\nkind = \"openldap\"\nserver = [\"ldaps://localhost:9\"]\n\
         base = [\"dc=contoso\"]\nbind_dn = \"cn=twinmx\"\npassword_file = {ldap:?}\n\
         [directory.sides]\nthird-party = \"notes\"\ncloud = \"cloud\"\nexchange = \"notes\"\n\
         domino = \"notes\"\ngroupwise = \"notes\"\n\
         [[directory]]\nname = \"graph\"\nkind = \"microsoft-graph\"\ntenant_id = \"{TENANT}\"\n\
         client_id = \"{TENANT}\"\nclient_secret_file = {graph:?}\nproxy = \"http://127.0.0.1:9\"\n\
         proxy_user = \"twinmx\"\nproxy_password_file = {proxy:?}\n\
         [directory.sides]\ncloud = \"cloud\"\nexchange = \"notes\"\nthird-party = \"notes\"\n"
    )
}

#[tokio::test]
async fn the_debug_form_of_a_gateway_shows_no_secret() {
    let dir = tempfile::tempdir().expect("a directory");
    let root = Authority::new("Ours").intermediate("Ours below");
    let own = root.issue(&Leaf::new("gateway.test"));
    let (chain, key) = own.write_to(dir.path(), "own").expect("the files");
    let seal = root.issue(&Leaf::new("seal").key(Key::Rsa2048));
    let (_, seal_key) = seal.write_to(dir.path(), "seal").expect("the files");
    let loop_key = dir.path().join("loop.key");
    std::fs::write(&loop_key, LOOP_KEY).expect("the loop key");
    let scene = Scene::with(|setup| {
        setup.more = format!(
            "{}[[side.cloud.identity]]\norigin = \"any\"\ncertificate = {chain:?}\nprivate_key = {key:?}\n\
             [loop]\nkey = {loop_key:?}\n\
             [arc]\ndomain = \"contoso.com\"\nselector = \"arc\"\nprivate_key = {seal_key:?}\n",
            sources(dir.path())
        );
    })
    .await;
    scene.cloud_asks_for_anybody();
    // Something is under way, and something is remembered.
    let client = scene.client(INTERNET).await;
    let tls = ClientTls::trusting([&scene.notary.root], "mx.contoso.com");
    let mut client = client.starttls(&tls).await.expect("the handshake");
    client.ehlo("client.example.net").await.expect("EHLO");
    let delivery = client
        .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
        .await;
    assert!(delivery.expect("a dialog").is_accepted());

    let shown = [
        format!("{:?}", scene.gateway),
        format!("{:#?}", scene.gateway),
    ]
    .concat();
    // It is the whole of it that is looked at.
    for part in [
        "Generation",
        "Material",
        "SingleCertAndKey",
        "Sealer",
        "LoopKey",
    ] {
        assert!(shown.contains(part), "no {part}");
    }
    for text in [LOOP_KEY, LDAP_PASSWORD, GRAPH_SECRET, PROXY_PASSWORD] {
        absent(&shown, text, text.as_bytes());
    }
    let gateway = scene.notary.gateway.key_der();
    absent(&shown, "the key of [tls]", scalar(gateway.secret_der()));
    let own = own.key_der();
    absent(&shown, "the identity's key", scalar(own.secret_der()));
    // Well within the private exponent, which the public numbers of 2048 bits stand before.
    let seal = seal.key_der();
    absent(&shown, "the seal's key", &seal.secret_der()[340..372]);
}

/// The private number in a key on P-256.
fn scalar(pkcs8: &[u8]) -> &[u8] {
    let at = pkcs8.windows(2).position(|octets| octets == [0x04, 0x20]);
    let begin = at.expect("an octet string of 32") + 2;
    &pkcs8[begin..begin + 32]
}

/// No form of these octets stands there.
#[track_caller]
fn absent(shown: &str, what: &str, secret: &[u8]) {
    let part = &secret[8..16];
    let each = |write: fn(&u8) -> String, between: &str| {
        part.iter().map(write).collect::<Vec<_>>().join(between)
    };
    let forms = [
        String::from_utf8_lossy(secret).into_owned(),
        each(|octet| format!("{octet:02x}"), ""),
        each(|octet| format!("{octet:02X}"), ""),
        each(|octet| format!("{octet:02x}"), ", "),
        each(u8::to_string, ", "),
    ];
    for form in forms {
        assert!(!shown.contains(&form), "{what} as {form}");
    }
    // As a list with a line for each.
    let lines = each(u8::to_string, ",\n");
    let shown: String = shown.split(' ').collect();
    assert!(!shown.contains(&lines), "{what} as lines");
}
