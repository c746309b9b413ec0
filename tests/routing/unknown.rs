//! `twinmx directory unknown`, beside a gateway that refuses and after its end.

use std::path::Path;

use serde_json::Value;
use twinmx::limits::UNKNOWN_KEPT;

use crate::queue::{Said, typed};
use crate::scene::{INTERNET, NOTES, PEOPLE, Scene};

async fn unknown(dir: &Path, words: &[&str]) -> Said {
    typed(dir, &[&["directory", "unknown"], words].concat()).await
}

async fn listed(dir: &Path) -> Value {
    let said = unknown(dir, &["--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"))
}

/// Addresses, counts, and who may have been meant.
fn ranked(list: &Value) -> Vec<(&str, u64, &str)> {
    let all = list["unknown"].as_array().expect("a list");
    all.iter()
        .map(|sought| {
            let nearest = sought["nearest"]["address"].as_str().unwrap_or("-");
            let address = sought["address"].as_str().expect("an address");
            (address, sought["count"].as_u64().expect("a count"), nearest)
        })
        .collect()
}

/// Names these recipients in one transaction; what each is answered.
async fn ask(scene: &Scene, from: &str, to: &[&str]) -> Vec<u16> {
    let mut client = scene.client(from).await;
    let mut codes = Vec::new();
    client
        .command("MAIL FROM:<anna@example.net>")
        .await
        .expect("a reply");
    for recipient in to {
        let reply = client.command(&format!("RCPT TO:<{recipient}>")).await;
        codes.push(reply.expect("a reply").code);
    }
    codes
}

#[tokio::test]
async fn who_is_refused_as_unknown_is_counted_and_ranked() {
    // Nothing is kept here; an operator is heard all the same.
    let scene = Scene::start().await;
    let codes = ask(
        &scene,
        INTERNET,
        &[
            "noar@contoso.com",
            "Noar@Contoso.com",
            "cleo_cloud@contoso.com",
            "zacharias@contoso.com",
            "somebody@elsewhere.example",
            "nora@contoso.com",
            "not an address@contoso.com",
        ],
    )
    .await;
    assert_eq!(codes[..6], [550, 550, 550, 550, 550, 250], "{codes:?}");
    // Known, but from the wrong side: that is another matter.
    assert!(ask(&scene, NOTES, &["nils@contoso.com"]).await[0] >= 400);
    assert_eq!(ask(&scene, NOTES, &["noar@contoso.com"]).await, [550]);

    let expected = [
        ("noar@contoso.com", 3, "nora@contoso.com"),
        ("zacharias@contoso.com", 1, "-"),
        ("cleo_cloud@contoso.com", 1, "cleo.cloud@contoso.com"),
    ];
    let sorted = |list: &Value| {
        let mut all: Vec<(String, u64, String)> = ranked(list)
            .into_iter()
            .map(|(address, count, nearest)| (address.to_owned(), count, nearest.to_owned()))
            .collect();
        all.sort();
        all
    };
    let mut wanted = expected.map(|(a, c, n)| (a.to_owned(), c, n.to_owned()));
    wanted.sort();
    let dir = scene.dir.path();
    let list = listed(dir).await;
    assert_eq!(sorted(&list), wanted);
    assert_eq!(
        ranked(&list)[0].0,
        "noar@contoso.com",
        "the most frequent first"
    );
    assert_eq!(
        (&list["requests"], &list["displaced"]),
        (&5.into(), &0.into())
    );
    let first = &list["unknown"][0];
    assert_eq!(first["nearest"]["likeness"], "one-edit");
    assert_eq!(first["networks"], serde_json::json!(["127.0.0.0/24"]));

    let said = unknown(dir, &["--limit", "1"]).await;
    let mut lines = said.out.lines();
    let line = lines.next().expect("a line");
    assert!(
        line.trim_start()
            .starts_with("3  noar@contoso.com  last 20"),
        "{line}"
    );
    assert!(
        line.ends_with("nearest: nora@contoso.com (one letter differs)"),
        "{line}"
    );
    let sum = lines.next().expect("a line");
    assert!(
        sum.starts_with("5 requests") && sum.ends_with("3 addresses are on the list"),
        "{sum}"
    );
    assert_eq!(lines.next(), None);

    // It outlives the gateway.
    let scene = scene.restarted().await;
    let dir = scene.dir.path();
    assert_eq!(ask(&scene, INTERNET, &["noar@contoso.com"]).await, [550]);
    assert_eq!(ranked(&listed(dir).await)[0].1, 4);
    // Somebody gets the address that was asked for.
    let people = PEOPLE.replace("nora.notes@", "noar@contoso.com;nora.notes@");
    let noar = routing::Address::parse("noar@contoso.com").expect("an address");
    scene
        .people(&people, |snapshot| snapshot.lookup(&noar).is_some())
        .await;
    scene.gateway.drain().await;
    let dir = scene.dir;
    let list = listed(dir.path()).await;
    assert_eq!(
        ranked(&list)[0],
        ("noar@contoso.com", 4, "noar@contoso.com")
    );
    assert_eq!(list["unknown"][0]["nearest"]["likeness"], "known-now");
}

#[tokio::test]
async fn what_an_operator_has_seen_to_is_forgotten() {
    let scene = Scene::start().await;
    let names = [
        "a@contoso.com",
        "b@contoso.com",
        "c@contoso.com",
        "d@contoso.com",
    ];
    assert_eq!(ask(&scene, INTERNET, &names).await, [550; 4]);
    let dir = scene.dir.path();
    let check = |said: Said, code: i32, out: &str| {
        assert_eq!(
            (said.code, said.out.trim_end()),
            (Some(code), out),
            "{said:?}"
        );
    };
    check(
        unknown(dir, &["--forget", "A@contoso.com"]).await,
        0,
        "1 addresses forgotten",
    );
    check(
        unknown(dir, &["--forget", "a@contoso.com"]).await,
        66,
        "0 addresses forgotten",
    );
    check(
        unknown(dir, &["--forget", "b", "--forget", "c@contoso.com"]).await,
        65,
        "",
    );
    check(
        unknown(dir, &["--forget-all", "--forget", "b@contoso.com"]).await,
        64,
        "",
    );
    assert_eq!(ranked(&listed(dir).await).len(), 3);
    scene.gateway.drain().await;
    let dir = scene.dir.path();
    check(
        unknown(dir, &["--forget", "b@contoso.com"]).await,
        0,
        "1 addresses forgotten",
    );
    assert_eq!(ranked(&listed(dir).await).len(), 2);
    check(
        unknown(dir, &["--forget-all"]).await,
        0,
        "2 addresses forgotten",
    );
    assert_eq!(ranked(&listed(dir).await), []);
}

#[tokio::test]
async fn as_many_are_shown_as_are_asked_for() {
    // So many from one address would be a harvest.
    let scene = Scene::with(|setup| setup.limits = "unknown_per_client = 0".to_owned()).await;
    let names: Vec<String> = (0..200)
        .map(|number| format!("guess{number}@contoso.com"))
        .collect();
    for names in names.chunks(5) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(ask(&scene, INTERNET, &names).await, [550; 5]);
    }
    let dir = scene.dir.path();
    let said = unknown(dir, &["--limit", &(UNKNOWN_KEPT + 1).to_string(), "--json"]).await;
    let list: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(ranked(&list).len(), 200);
    assert_eq!(
        ranked(&listed(dir).await).len(),
        20,
        "so many unless more are asked for"
    );
}

#[tokio::test]
async fn where_nothing_was_ever_refused_there_is_nothing_to_show() {
    let scene = Scene::start().await;
    for _ in 0..2 {
        let list = listed(scene.dir.path()).await;
        assert_eq!((ranked(&list), &list["requests"]), (Vec::new(), &0.into()));
    }
}
