//! What an operator hears of certificates and lists before peers complain.

use std::path::Path;
use std::time::{Duration, SystemTime};

use testbed::certificates::{Authority, Certificate, Leaf, Purpose, Validity};
use twinmx::event::Event;
use twinmx::limits;

use crate::scene::{INTERNET, Scene, message, pass};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Below an authority that the scene knows of by its list of roots.
struct Office {
    files: tempfile::TempDir,
    root: Authority,
}

impl Office {
    fn new() -> Self {
        let files = tempfile::tempdir().expect("a directory");
        let root = Authority::new("Office");
        std::fs::write(files.path().join("roots.pem"), root.pem()).expect("the root");
        Self { files, root }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.files.path().join(name)
    }

    fn write(&self, leaf: &Leaf) {
        let written = self.root.issue(leaf).write_to(self.files.path(), "own");
        written.expect("the files");
    }

    /// The cloud's hop trusts anybody and is shown a certificate of this office.
    async fn scene(&self) -> Scene {
        let (chain, key) = (self.file("own.pem"), self.file("own.key"));
        let roots = self.file("roots.pem");
        let scene = Scene::with(|setup| {
            setup.cloud_accept = format!("client_ca = {roots:?}");
            setup.more = format!(
                "[[side.cloud.identity]]\norigin = \"any\"\ncertificate = {chain:?}\nprivate_key = {key:?}\n"
            );
        })
        .await;
        scene.cloud_asks_for_anybody();
        scene
    }
}

fn lasting(days: u32) -> Leaf {
    let now = SystemTime::now();
    Leaf::new("gateway.test").valid(Validity::Between(now - DAY, now + days * DAY))
}

/// The next thing found about a certificate or a list: its code, its file, and the words.
async fn found(scene: &Scene) -> (u16, String) {
    let event = scene
        .event(|event| matches!(event, Event::CertificateFound { .. }))
        .await;
    let code = event.code().expect("it has one");
    (code.number, event.to_string())
}

fn is_about(text: &str, file: &Path, words: &str) {
    assert!(text.starts_with(&file.display().to_string()), "{text}");
    assert!(text.contains(words), "{text}");
}

#[tokio::test]
async fn the_end_of_a_certificate_is_told_at_the_start_and_when_another_one_is_in_use() {
    let office = Office::new();
    office.write(&lasting(10));
    let scene = office.scene().await;
    let (code, text) = found(&scene).await;
    assert_eq!(code, 311);
    is_about(&text, &office.file("own.pem"), "in less than 14 days");
    // Renewed with one that is hardly better, and then with one that names no clients.
    office.write(&lasting(20));
    let (code, text) = found(&scene).await;
    assert_eq!(code, 311);
    is_about(&text, &office.file("own.pem"), "in less than 30 days");
    office.write(&lasting(90).purpose(Purpose::Server));
    let (code, text) = found(&scene).await;
    assert_eq!(code, 315);
    is_about(&text, &office.file("own.pem"), "does not name clients");
    // An expired one is still shown: a hop may be kinder than we are.
    office.write(&Leaf::new("gateway.test").valid(Validity::Past));
    let (code, text) = found(&scene).await;
    assert_eq!(code, 312);
    is_about(&text, &office.file("own.pem"), "expired at");
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["cleo@contoso.com"], &message("x"))
        .await;
    assert!(delivery.expect("a dialog").is_accepted());
}

#[tokio::test]
async fn the_end_of_a_certificate_is_looked_for_while_nothing_changes() {
    let office = Office::new();
    // A moment too long to be told at the start.
    let end = SystemTime::now() + 30 * DAY + Duration::from_secs(2);
    let validity = Validity::Between(SystemTime::now() - DAY, end);
    office.write(&Leaf::new("gateway.test").valid(validity));
    let scene = office.scene().await;
    while SystemTime::now() + 30 * DAY < end {
        tokio::task::yield_now().await;
    }
    pass(limits::CERTIFICATES_INTERVAL).await;
    let (code, text) = found(&scene).await;
    assert_eq!(code, 311);
    is_about(&text, &office.file("own.pem"), "in less than 30 days");
}

#[tokio::test]
async fn a_chain_without_its_end_is_told() {
    let office = Office::new();
    let branch = office.root.intermediate("Branch");
    let leaf = branch.issue(&lasting(90)).without_chain();
    office.write(&lasting(90));
    let scene = office.scene().await;
    // No check stands between a program that renews certificates and the gateway that reads them.
    let written = leaf.write_to(office.files.path(), "own");
    written.expect("the files");
    let (code, text) = found(&scene).await;
    assert_eq!(code, 313);
    is_about(
        &text,
        &office.file("own.pem"),
        "the chain ends below CN=Branch",
    );
}

#[tokio::test]
async fn the_lists_of_filters_in_front_of_us_are_looked_at_too() {
    let office = Office::new();
    let (roots, list) = (office.file("roots.pem"), office.file("list.pem"));
    let old = office.root.revoke_in(Validity::Past, []);
    std::fs::write(&list, old.pem()).expect("the list");
    let scene = Scene::with(|setup| {
        setup.more = format!(
            "[upstream.filter]\ncertificate_names = [\"filter.example\"]\nclient_ca = {roots:?}\ncrl = {list:?}\n"
        );
    })
    .await;
    let (code, text) = found(&scene).await;
    assert_eq!(code, 317);
    is_about(&text, &list, "the list of CN=Office");
}

#[tokio::test]
async fn an_expired_root_is_told() {
    let office = Office::new();
    office.write(&lasting(90));
    let scene = office.scene().await;
    let old = Certificate::self_signed(&Leaf::new("old-root").valid(Validity::Past));
    let both = office.root.pem() + &old.chain_pem();
    std::fs::write(office.file("roots.pem"), both).expect("the roots");
    let (code, text) = found(&scene).await;
    assert_eq!(code, 318);
    is_about(
        &text,
        &office.file("roots.pem"),
        "the root CN=old-root was over",
    );
}

#[tokio::test]
async fn an_expired_revocation_list_is_still_used_with_an_event() {
    let office = Office::new();
    let name = "mail.protection.outlook.com";
    let good = office.root.issue(&Leaf::new(name));
    let revoked = office.root.issue(&Leaf::new(name));
    let (roots, list) = (office.file("roots.pem"), office.file("list.pem"));
    let old = office.root.revoke_in(Validity::Past, [&revoked]);
    std::fs::write(&list, old.pem()).expect("the list");
    let scene = Scene::with(|setup| {
        setup.cloud_accept = format!("client_ca = {roots:?}\ncrl = {list:?}\neku = \"either\"");
        setup.listener = "require_proof = true".to_owned();
    })
    .await;
    let (code, text) = found(&scene).await;
    assert_eq!(code, 317);
    is_about(
        &text,
        &list,
        "the list of CN=Office should have been replaced by",
    );
    for (certificate, expected) in [(&good, 250), (&revoked, 550)] {
        let mut client = scene.proven(certificate).await;
        let reply = client.mail("x@fabrikam.com").await.expect("MAIL");
        assert_eq!(reply.code, expected);
    }
    // Of two lists by one authority the newer one counts, wherever it stands.
    let new = office.root.revoke([&good]);
    std::fs::write(&list, old.pem() + &new.pem()).expect("both lists");
    scene
        .event(|event| matches!(event, Event::TlsReloaded))
        .await;
    for (certificate, expected) in [(&good, 550), (&revoked, 250)] {
        let mut client = scene.proven(certificate).await;
        let reply = client.mail("x@fabrikam.com").await.expect("MAIL");
        assert_eq!(reply.code, expected);
    }
    // DER is taken as well.
    std::fs::write(&list, old.der()).expect("the old list");
    let (code, _) = found(&scene).await;
    assert_eq!(code, 317);
    let mut client = scene.proven(&revoked).await;
    let reply = client.mail("x@fabrikam.com").await.expect("MAIL");
    assert_eq!(reply.code, 550);
}
