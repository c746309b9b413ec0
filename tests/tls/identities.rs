//! Which of our certificates a hop is shown, and on which listeners a client's counts.

use testbed::certificates::{Authority, Leaf, Validity};
use testbed::client::Client;
use testbed::sink::{Act, Message};
use testbed::tls::ClientTls;

use crate::scene::{INTERNET, NOTES, Scene, Setup, TENANT, message};

/// The name in the certificate that the cloud was shown for mail of our own people from this address.
async fn shown(scene: &Scene, from: &str) -> Vec<String> {
    shown_for(scene, from, "a@contoso.com", "From: a@contoso.com").await
}

/// The same for this reverse path and these fields.
async fn shown_for(scene: &Scene, from: &str, reverse: &str, fields: &str) -> Vec<String> {
    let mut client = scene.client(from).await;
    let sent = format!("{fields}\r\nSubject: x\r\n\r\nx\r\n");
    let delivery = client
        .deliver(reverse, &["cleo@contoso.com"], sent.as_bytes())
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
    let got = scene.cloud.next_message().await.expect("it arrives");
    names(&got)
}

fn names(got: &Message) -> Vec<String> {
    let tls = got.tls.as_ref().expect("TLS");
    tls.client_certificate_names().to_vec()
}

/// A cloud that is shown `internal.contoso.com` for internal mail and `external.contoso.com` for the rest, and whatever
/// else `change` says.
async fn two_faced(dir: &std::path::Path, change: impl FnOnce(&mut Setup)) -> Scene {
    let ours = Authority::new("Ours").intermediate("Ours below");
    for name in ["internal", "external"] {
        ours.issue(&Leaf::new(&format!("{name}.contoso.com")))
            .write_to(dir, name)
            .expect("files");
    }
    let more = identity(dir, "sides", "internal") + &identity(dir, "internet", "external");
    let scene = Scene::with(|setup| {
        setup.more = more;
        change(setup);
    })
    .await;
    scene.cloud_asks_for_anybody();
    scene
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
    let scene = two_faced(dir.path(), |_| {}).await;
    assert_eq!(shown(&scene, NOTES).await, ["internal.contoso.com"]);
    assert_eq!(shown(&scene, INTERNET).await, ["external.contoso.com"]);
    assert_eq!(
        shown(&scene, NOTES).await,
        ["internal.contoso.com"],
        "pooled connections are kept apart"
    );
}

/// Reverse path, fields, and whether the mail of a side is internal.
const LETTERS: &[(&str, &str, bool)] = &[
    ("nora@contoso.com", "From: Nora <nora@contoso.com>", true),
    (
        "NORA@Contoso.com",
        "from: \"Nord, Nora\"\r\n <nora@CONTOSO.com>",
        true,
    ),
    (
        "nora@contoso.com",
        "From: a@contoso.com, b@contoso.com\r\nSender: a@contoso.com",
        true,
    ),
    // A stranger's mail that comes back: from a group, a forward, an answer of his system.
    ("ann@fabrikam.com", "From: Ann <ann@fabrikam.com>", false),
    ("nora@contoso.com", "From: Ann <ann@fabrikam.com>", false),
    ("ann@fabrikam.com", "From: Nora <nora@contoso.com>", false),
    (
        "nora@contoso.com",
        "From: nora@contoso.com, ann@fabrikam.com",
        false,
    ),
    (
        "nora@contoso.com",
        "From: nora@contoso.com\r\nSender: ann@fabrikam.com",
        false,
    ),
    (
        "nora@contoso.com",
        "From: nora@contoso.com\r\nFrom: nora@contoso.com",
        false,
    ),
    ("nora@contoso.com", "From : nora@contoso.com", false),
    ("nora@contoso.com", "From: us: nora@contoso.com;", false),
    ("nora@contoso.com", "From: nora", false),
    ("nora@contoso.com", "To: cleo@contoso.com", false),
    (
        "cleo@contoso.mail.onmicrosoft.com",
        "From: cleo@contoso.mail.onmicrosoft.com",
        false,
    ),
    // Reports and automatic answers quote what strangers chose.
    ("", "From: postmaster@contoso.com", false),
    (
        "",
        "From: Nora <nora@contoso.com>\r\nAuto-Submitted: auto-replied",
        false,
    ),
];

#[tokio::test]
async fn a_connection_that_was_shown_the_internal_certificate_carries_internal_mail_only() {
    let dir = tempfile::tempdir().expect("a directory");
    let scene = two_faced(dir.path(), |_| {}).await;
    for round in 0..3 {
        for (reverse, fields, is_internal) in LETTERS {
            for (from, expected) in [(NOTES, *is_internal), (INTERNET, false)] {
                let expected = if expected { "internal" } else { "external" };
                let names = shown_for(&scene, from, reverse, fields).await;
                let letter = format!("{round}: <{reverse}> {fields:?} from {from}");
                assert_eq!(names, [format!("{expected}.contoso.com")], "{letter}");
                let told = scene.outcome().await.identity.expect("two certificates");
                let as_told = told.starts_with("sides");
                assert_eq!(as_told, expected == "internal", "{letter}: {told}");
            }
        }
    }
    let all = scene.cloud.messages();
    let mut by_connection = std::collections::BTreeMap::new();
    for got in &all {
        let kinds: &mut Vec<_> = by_connection.entry(got.connection).or_default();
        kinds.push(names(got));
    }
    assert!(
        by_connection.len() < all.len() / 4,
        "connections are used again"
    );
    for kinds in by_connection.values() {
        assert!(kinds.iter().all(|one| one == &kinds[0]), "{kinds:?}");
    }
}

#[tokio::test]
async fn one_connection_at_a_time_is_not_shared_between_both_either() {
    let dir = tempfile::tempdir().expect("a directory");
    let scene = two_faced(dir.path(), |setup| {
        setup.cloud = "max_connections = 1".to_owned()
    })
    .await;
    for _ in 0..5 {
        for (reverse, expected) in [
            ("nora@contoso.com", "internal"),
            ("x@fabrikam.com", "external"),
        ] {
            let names = shown_for(&scene, NOTES, reverse, "From: nora@contoso.com").await;
            assert_eq!(names, [format!("{expected}.contoso.com")]);
        }
    }
}

#[tokio::test]
async fn what_waited_in_the_queue_is_judged_as_it_came() {
    let dir = tempfile::tempdir().expect("a directory");
    let scene = two_faced(dir.path(), |setup| {
        setup.internet_from = Some("\"notes\"".to_owned());
        setup.more = format!("{}[spool]\nalways = true\n", setup.more);
    })
    .await;
    for (number, (reverse, fields, is_internal)) in LETTERS.iter().enumerate() {
        let mut client = scene.client(NOTES).await;
        let sent = format!("X-Number: {number}\r\n{fields}\r\n\r\nx\r\n");
        let delivery = client
            .deliver(reverse, &["cleo@contoso.com"], sent.as_bytes())
            .await;
        assert!(delivery.expect("a dialog").is_accepted());
        let got = scene.cloud.next_message().await.expect("it arrives");
        let expected = if *is_internal { "internal" } else { "external" };
        let letter = format!("<{reverse}> {fields:?}");
        assert_eq!(names(&got), [format!("{expected}.contoso.com")], "{letter}");
        assert_eq!(got.below(1), sent.as_bytes(), "{letter}");
    }
}

#[tokio::test]
async fn a_report_of_ours_is_no_internal_mail() {
    let dir = tempfile::tempdir().expect("a directory");
    let scene = two_faced(dir.path(), |setup| {
        setup.internet_from = Some("\"notes\", \"cloud\"".to_owned());
    })
    .await;
    scene
        .smart_host
        .script(|script| script.recipient("b@elsewhere.example", Act::reply(550, "5.1.1 nobody")));
    let mut client = scene.proven(&scene.notary.cloud).await;
    let sent =
        format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\nFrom: carl@contoso.com\r\n\r\nx\r\n");
    let two = ["b@elsewhere.example", "nora@contoso.com"];
    let delivery = client
        .deliver("carl@contoso.com", &two, sent.as_bytes())
        .await;
    assert!(delivery.expect("a dialog").is_accepted());
    let got = scene.cloud.next_message().await.expect("the report");
    assert_eq!(got.reverse_path, "");
    assert_eq!(names(&got), ["external.contoso.com"]);
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
