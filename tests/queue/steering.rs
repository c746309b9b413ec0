//! Looking at the queue, and changing it.

use serde_json::Value;
use twinmx::event::Event;

use super::{NILS, NORA, died, kept, lines, queue, typed, waits};

#[tokio::test]
async fn what_waits_is_shown_with_the_last_word_on_it() {
    let scene = waits().await;
    let first = kept(&scene, "anna@example.net", &[NORA]).await;
    let second = kept(&scene, "bob@example.org", &[NORA, NILS]).await;

    let said = queue(&scene, &["list", "--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let list = lines(&said.out);
    let ids: Vec<_> = list
        .iter()
        .map(|one| one["id"].as_str().expect("text"))
        .collect();
    assert_eq!(ids, [&first, &second]);
    let one = &list[1];
    assert_eq!(one["from"], "bob@example.org");
    assert_eq!(one["recipients"][1]["to"], NILS);
    assert_eq!(one["recipients"][1]["side"], "notes");
    assert_eq!(one["recipients"][1]["fate"], "waiting");
    assert!(
        one["recipients"][1]["reply"]
            .as_str()
            .is_some_and(|reply| reply.starts_with("451 4.4.1")),
        "{one}"
    );
    assert_eq!(one["hold"], Value::Null);

    for (words, expected) in [
        (&["--sender", "anna"][..], vec![&first]),
        (&["--sender", "*@EXAMPLE.org"], vec![&second]),
        (&["--recipient", "nils@"], vec![&second]),
        (&["--side", "notes"], vec![&first, &second]),
        (&["--side", "cloud"], vec![]),
        (&["--reason", "4.4.1"], vec![&first, &second]),
        (&["--held"], vec![]),
        (&["--older-than", "1h"], vec![]),
        (&["--younger-than", "1h"], vec![&first, &second]),
        (&[&*first, "--side", "notes"], vec![&first]),
    ] {
        let said = queue(&scene, &[&["list", "--json"], words].concat()).await;
        let found = lines(&said.out);
        let found: Vec<_> = found
            .iter()
            .map(|one| one["id"].as_str().expect("text"))
            .collect();
        assert_eq!(
            (said.code, found),
            (Some(0), expected.iter().map(|id| id.as_str()).collect()),
            "{words:?}: {}",
            said.err
        );
    }

    let said = queue(&scene, &["list"]).await;
    assert!(
        said.out.contains(&format!("{first}  2")) && said.out.contains("\n2 messages, "),
        "{}",
        said.out
    );
    assert!(
        said.out
            .contains("    <nora@contoso.com>  notes  1 attempt, next in "),
        "{}",
        said.out
    );
    assert!(said.out.contains("\n        451 4.4.1 "), "{}", said.out);

    let said = queue(
        &scene,
        &["show", &first.to_lowercase(), "0000000000000", "--json"],
    )
    .await;
    assert_eq!(
        (said.code, lines(&said.out).len()),
        (Some(66), 1),
        "{said:?}"
    );
    assert_eq!(said.err, "twinmx: 0000000000000 is not in the queue\n");
    assert_eq!(queue(&scene, &["show", "nonsense"]).await.code, Some(66));
}

#[tokio::test]
async fn the_shape_counts_by_side_and_age() {
    let scene = waits().await;
    let first = kept(&scene, "anna@example.net", &[NORA]).await;
    kept(&scene, "", &[NILS]).await;
    queue(&scene, &["hold", &first]).await;
    let said = queue(&scene, &["shape", "--json"]).await;
    let table: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(table["rows"][0]["name"], "notes");
    assert_eq!(table["rows"][0]["messages"], 2);
    assert_eq!(table["rows"][0]["held"], 1);
    assert_eq!(table["total"]["ages"][0], 2);
    assert_eq!(table["minutes"][8], 1280);
    let said = queue(&scene, &["shape", "--by", "sender"]).await;
    let rows: Vec<Vec<&str>> = said
        .out
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows[0][..3], ["TOTAL", "5", "10"]);
    let names: Vec<_> = rows[1..].iter().map(|row| (row[0], row[1])).collect();
    assert_eq!(names, [("total", "2"), ("<>", "1"), ("example.net", "1")]);
}

#[tokio::test]
async fn a_change_says_what_it_means_counts_and_can_be_rehearsed() {
    let scene = waits().await;
    let id = kept(&scene, "anna@example.net", &[NORA]).await;
    kept(&scene, "bob@example.org", &[NORA]).await;
    for verb in ["retry", "hold", "release", "bounce", "remove"] {
        let said = queue(&scene, &[verb]).await;
        assert_eq!(said.code, Some(64), "{verb}: {said:?}");
        let said = queue(&scene, &[verb, "--all", "--dry-run"]).await;
        assert_eq!(said.code, Some(0), "{verb}: {said:?}");
        assert!(said.out.contains("2 messages would be "), "{}", said.out);
    }
    assert_eq!(scene.gateway.waiting(), 2);
    let said = queue(&scene, &["remove", "--sender", "anna@example.net"]).await;
    assert_eq!(
        (said.code, &*said.out),
        (Some(0), "1 of 1 messages removed\n")
    );
    assert_eq!(scene.gateway.waiting(), 1);
    let event = scene
        .event(|event| matches!(event, Event::Steered { .. }))
        .await;
    assert_eq!(event.code().map(|code| code.number), Some(610));
    assert_eq!(
        event.to_string(),
        format!("message {id}: an operator removed it, and nobody is told")
    );
    let said = queue(&scene, &["remove", &id, "--json"]).await;
    assert_eq!(said.code, Some(66), "{said:?}");
    let said = queue(&scene, &["release", "--all"]).await;
    assert_eq!(said.code, Some(75), "nothing is on hold: {said:?}");
    assert!(said.err.contains("it is not on hold"), "{said:?}");
}

#[tokio::test]
async fn a_held_message_stays_and_a_released_one_goes() {
    let scene = waits().await;
    let id = kept(&scene, "anna@example.net", &[NORA]).await;
    let said = queue(&scene, &["hold", &id, "--why", "ask Nils"]).await;
    assert_eq!(
        (said.code, &*said.out),
        (Some(0), "1 of 1 messages put on hold\n"),
        "{said:?}"
    );
    let scene = scene.restarted().await;
    let said = queue(&scene, &["list", "--held"]).await;
    assert!(said.out.contains("ON HOLD: ask Nils"), "{said:?}");
    scene.notes.come_back().await;
    let said = queue(&scene, &["retry", &id]).await;
    assert_eq!(said.code, Some(75), "{said:?}");
    let said = queue(&scene, &["release", &id]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let got = scene.notes.next_message().await.expect("it goes");
    assert_eq!(got.recipients(), [NORA]);
}

#[tokio::test]
async fn the_sender_of_a_bounced_message_is_told() {
    let scene = waits().await;
    let id = kept(&scene, "anna@example.net", &[NORA]).await;
    let said = queue(&scene, &["bounce", &id, "--json"]).await;
    let told: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(
        (said.code, &told["changed"]),
        (Some(0), &Value::from(1)),
        "{said:?}"
    );
    assert_eq!(told["messages"][&id], serde_json::json!({ "done": {} }));
    let report = scene.smart_host.next_message().await.expect("a report");
    assert_eq!(report.recipients(), ["anna@example.net"]);
    let text = String::from_utf8_lossy(&report.content).into_owned();
    assert!(
        text.contains("An administrator took the message out of the queue"),
        "{text}"
    );
}

#[tokio::test]
async fn a_side_that_is_back_is_drained_and_one_that_is_down_is_not() {
    let scene = waits().await;
    for _ in 0..3 {
        kept(&scene, "anna@example.net", &[NORA]).await;
    }
    let said = queue(&scene, &["drain", "elsewhere"]).await;
    assert_eq!(said.code, Some(64), "{said:?}");
    let said = queue(&scene, &["drain", "cloud"]).await;
    assert_eq!(
        (said.code, &*said.out),
        (Some(0), "nothing waits for cloud any more\n"),
        "{said:?}"
    );
    // A new gateway does not leave a hop alone that was down before.
    let scene = scene.restarted().await;
    scene.notes.come_back().await;
    let said = queue(&scene, &["drain", "notes"]).await;
    assert_eq!(
        (said.code, &*said.out),
        (Some(0), "nothing waits for notes any more\n"),
        "{said:?}"
    );
    assert_eq!(scene.notes.messages().len(), 3);

    scene.notes.go_down().await;
    kept(&scene, "anna@example.net", &[NORA]).await;
    let said = queue(&scene, &["drain", "notes"]).await;
    assert_eq!(said.code, Some(75), "{said:?}");
    assert!(
        said.out
            .starts_with("1 messages still wait for notes: each was tried"),
        "{said:?}"
    );
}

#[tokio::test]
async fn without_the_gateway_the_queue_is_read_and_not_changed() {
    let scene = waits().await;
    let id = kept(&scene, "anna@example.net", &[NORA]).await;
    let dir = died(scene).await;
    let said = typed(dir.path(), &["queue", "list", "--json"]).await;
    assert_eq!(
        (said.code, &lines(&said.out)[0]["id"]),
        (Some(0), &Value::from(&*id)),
        "{said:?}"
    );
    assert!(said.err.contains("the gateway does not run"), "{said:?}");
    let said = typed(dir.path(), &["queue", "show", &id]).await;
    assert!(
        said.code == Some(0) && said.out.contains("anna@example.net"),
        "{said:?}"
    );
    let said = typed(dir.path(), &["queue", "shape"]).await;
    assert!(
        said.code == Some(0) && said.out.contains("notes"),
        "{said:?}"
    );
    for verb in ["retry", "hold", "release", "bounce", "remove"] {
        let said = typed(dir.path(), &["queue", verb, "--all"]).await;
        assert_eq!(said.code, Some(69), "{verb}: {said:?}");
        assert!(
            said.err.contains("only it can change its queue"),
            "{said:?}"
        );
    }
    let said = typed(dir.path(), &["queue", "drain", "notes"]).await;
    assert_eq!(said.code, Some(69), "{said:?}");
}
