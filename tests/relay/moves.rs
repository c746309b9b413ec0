//! People move, directories are wrong or gone: what the mail does meanwhile.

use routing::{Address, Snapshot};
use testbed::reply::Reply;

use crate::scene::{INTERNET, NOTES, PEOPLE, Scene, TENANT, message};

/// Everybody is needed for a move to be believed in so small a company.
const MOVES: &str = "shrink_max = 1.0\nmove_max = 1.0";

fn lives(address: &str, side: &str) -> impl Fn(&Snapshot) -> bool {
    let address = Address::parse(address).expect("an address");
    move |snapshot| {
        snapshot
            .lookup(&address)
            .is_some_and(|found| found.side().is_some_and(|name| name.as_str() == side))
    }
}

async fn rcpt(scene: &Scene, from: &str, to: &str) -> Reply {
    let mut client = scene.client(from).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt(to).await.expect("RCPT")
}

fn nora_in_the_cloud() -> String {
    PEOPLE.replace(
        "nora@contoso.com,notes,,",
        "nora@contoso.com,cloud,nora@contoso.mail.onmicrosoft.com,",
    )
}

#[tokio::test]
async fn mail_follows_a_person_who_moves() {
    let scene = Scene::with(|setup| setup.directory = MOVES.to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    assert!(
        client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog")
            .is_accepted()
    );
    scene
        .notes
        .next_message()
        .await
        .expect("before the move to Notes");
    scene
        .people(&nora_in_the_cloud(), lives("nora@contoso.com", "cloud"))
        .await;
    assert!(
        client
            .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
            .await
            .expect("a dialog")
            .is_accepted()
    );
    let got = scene.cloud.next_message().await.expect("then to the cloud");
    assert_eq!(got.recipients(), ["nora@contoso.mail.onmicrosoft.com"]);
}

#[tokio::test]
async fn a_contradiction_is_temporary_while_the_move_settles_and_names_both_sides() {
    let scene = Scene::with(|setup| setup.directory = MOVES.to_owned()).await;
    scene
        .people(&nora_in_the_cloud(), lives("nora@contoso.com", "cloud"))
        .await;
    assert_eq!(
        rcpt(&scene, NOTES, "nora@contoso.com").await.code,
        250,
        "Notes knows of the move"
    );
    // The cloud has not heard of her yet and sends her mail to us.
    let mut client = scene.proven(&scene.notary.cloud).await;
    let sent = [
        format!("X-MS-Exchange-CrossTenant-Id: {TENANT}\r\n").as_bytes(),
        &message("x"),
    ]
    .concat();
    let delivery = client
        .deliver("cleo@contoso.com", &["nora@contoso.com"], &sent)
        .await
        .expect("a dialog");
    let reply = delivery.verdict();
    assert_eq!(
        (reply.code, reply.enhanced()),
        (451, Some("4.4.6")),
        "{}",
        reply.text()
    );
    assert!(
        reply.text().contains("cloud") && reply.text().contains("notes"),
        "{}",
        reply.text()
    );
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn a_contradiction_that_never_moved_is_permanent() {
    let scene = Scene::start().await;
    let reply = rcpt(&scene, NOTES, "nora@contoso.com").await;
    assert_eq!((reply.code, reply.enhanced()), (550, Some("5.4.6")));
}

#[tokio::test]
async fn a_source_that_lost_everybody_is_not_believed() {
    let scene = Scene::start().await;
    std::fs::write(
        scene.dir.path().join("people.csv"),
        "address,side\ncleo@contoso.com,cloud\n",
    )
    .expect("a short file");
    scene
        .event(|event| event.to_string().contains("held back"))
        .await;
    assert_eq!(rcpt(&scene, INTERNET, "nora@contoso.com").await.code, 250);
}

#[tokio::test]
async fn a_source_that_is_gone_leaves_everybody_known() {
    let scene = Scene::start().await;
    std::fs::remove_file(scene.dir.path().join("people.csv")).expect("the file goes");
    scene
        .event(|event| {
            event
                .code()
                .is_some_and(|code| (200..300).contains(&code.number))
        })
        .await;
    assert_eq!(rcpt(&scene, INTERNET, "nora@contoso.com").await.code, 250);
    assert_eq!(
        rcpt(&scene, INTERNET, "nobody@contoso.com").await.code,
        550,
        "the snapshot is still young"
    );
}

#[tokio::test]
async fn an_old_snapshot_defers_whom_it_does_not_know() {
    let scene = Scene::with(|setup| setup.routing = "stale_after = \"1s\"".to_owned()).await;
    std::fs::remove_file(scene.dir.path().join("people.csv")).expect("the file goes");
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(100));
    let mut last = 550;
    for _ in 0..100 {
        last = rcpt(&scene, INTERNET, "nobody@contoso.com").await.code;
        if last != 550 {
            break;
        }
        ticks.tick().await;
    }
    assert_eq!(last, 451);
    assert_eq!(
        rcpt(&scene, INTERNET, "nora@contoso.com").await.code,
        250,
        "who is known is served for ever"
    );
}
