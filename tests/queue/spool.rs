//! The spool as files: verified, copied out, taken over.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{NORA, died, kept, queue, typed, waits};
use crate::scene::{INTERNET, Scene, message};

/// Two messages wait: one in the log, one in a file of its own.
async fn with_mail() -> (Scene, Vec<u8>) {
    let scene = waits().await;
    kept(&scene, "anna@example.net", &[NORA]).await;
    let large = message(&"a line\r\n".repeat(150_000));
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver("bob@example.org", &[NORA], &large).await;
    assert!(delivery.expect("a dialog").is_accepted());
    (scene, large)
}

fn spool(dir: &Path) -> PathBuf {
    dir.join("state/spool")
}

/// Every file with its content.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(dir)
        .expect("it is there")
        .map_while(Result::ok);
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).expect("readable")))
        .collect();
    files.sort();
    files
}

/// Changes an octet of these words, in whichever file of the spool has them first.
fn damage(dir: &Path, words: &str) {
    for (path, mut octets) in files(dir) {
        let found = memchr::memmem::find(&octets, words.as_bytes());
        if let Some(at) = found {
            octets[at] ^= 1;
            return fs::write(path, octets).expect("ours");
        }
    }
    panic!("{words} is nowhere");
}

#[tokio::test]
async fn a_sound_spool_is_called_so_while_its_gateway_runs_and_after() {
    let (scene, _) = with_mail().await;
    let said = typed(scene.dir.path(), &["spool", "check"]).await;
    assert!(
        said.code == Some(0)
            && said.out.contains(": 2 messages, ")
            && said.out.ends_with("\nsound\n"),
        "{said:?}"
    );
    let dir = died(scene).await;
    let before = files(&spool(dir.path()));
    let place = spool(dir.path());
    for place in [place.as_path(), place.parent().expect("state")] {
        let place = place.to_str().expect("plain");
        let said = typed(dir.path(), &["spool", "check", place, "--json"]).await;
        let found: Value = serde_json::from_str(&said.out).expect("JSON");
        assert_eq!(
            (said.code, &found["sound"], &found["messages"]),
            (Some(0), &Value::from(true), &Value::from(2)),
            "{said:?}"
        );
    }
    assert!(files(&spool(dir.path())) == before, "nothing was changed");
    let nowhere = dir.path().to_str().expect("plain");
    assert_eq!(
        typed(dir.path(), &["spool", "check", nowhere]).await.code,
        Some(66)
    );
    assert_eq!(
        typed(dir.path(), &["spool", "check", "/nonexistent"])
            .await
            .code,
        Some(66)
    );
}

#[tokio::test]
async fn damage_is_found_and_what_is_sound_is_copied_out() {
    let (scene, large) = with_mail().await;
    let dir = died(scene).await;
    let out = dir.path().join("out");
    let export = ["spool", "export", "--out", out.to_str().expect("plain")];
    let said = typed(dir.path(), &export).await;
    assert!(
        said.code == Some(0) && said.out.starts_with("2 messages written"),
        "{said:?}"
    );
    let written = files(&out);
    assert_eq!(written.len(), 4, "two messages, two envelopes");
    assert!(
        written.iter().any(|(_, octets)| *octets == large),
        "as it was received"
    );
    for (path, octets) in written
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "json"))
    {
        let described: Value = serde_json::from_slice(octets).expect("JSON");
        let id = path.file_stem().and_then(|stem| stem.to_str());
        assert_eq!(described["message"]["id"].as_str(), id);
        assert_eq!(described["envelope"]["recipients"][0]["forward_path"], NORA);
        assert_eq!(described["state"]["recipients"][0]["side"], "notes");
    }
    let said = typed(dir.path(), &export).await;
    assert!(
        said.out.starts_with("0 messages written") && said.out.contains("2 were there"),
        "{said:?}"
    );

    damage(&spool(dir.path()), "a line");
    let said = typed(dir.path(), &["spool", "check"]).await;
    assert!(
        said.code == Some(65) && said.out.contains("DAMAGED: message "),
        "{said:?}"
    );
    fs::remove_dir_all(&out).expect("ours");
    let said = typed(dir.path(), &export).await;
    assert!(
        said.code == Some(65) && said.out.starts_with("1 messages written"),
        "{said:?}"
    );
    assert_eq!(files(&out).len(), 2, "nothing of the damaged one");

    damage(&spool(dir.path()), "anna@example.net");
    let said = typed(dir.path(), &["spool", "check", "--json"]).await;
    let found: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(
        (said.code, &found["sound"]),
        (Some(65), &Value::from(false)),
        "{said:?}"
    );
}

#[tokio::test]
async fn the_mail_of_a_dead_gateway_is_delivered_by_another() {
    let (scene, large) = with_mail().await;
    let heir = waits().await;
    let place = scene.dir.path().join("state").display().to_string();
    let said = typed(heir.dir.path(), &["spool", "adopt", &place]).await;
    assert!(
        said.code == Some(75) && said.err.contains("another process owns this spool"),
        "{said:?}"
    );
    let dir = died(scene).await;

    let said = typed(heir.dir.path(), &["spool", "adopt", &place, "--dry-run"]).await;
    assert!(
        said.code == Some(0) && said.out.starts_with("2 messages would be taken over"),
        "{said:?}"
    );
    assert_eq!(heir.gateway.waiting(), 0);
    let said = typed(heir.dir.path(), &["spool", "adopt", &place, "--json"]).await;
    let adopted: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(
        (said.code, &adopted["adopted"]),
        (Some(0), &Value::from(2)),
        "{said:?}"
    );
    let said = queue(&heir, &["list"]).await;
    assert!(
        said.out.contains("taken over from ") && said.out.contains("2 messages"),
        "{said:?}"
    );
    let said = typed(dir.path(), &["queue", "list"]).await;
    assert!(
        said.code == Some(0) && said.out.starts_with("0 messages"),
        "{said:?}"
    );
    let said = typed(heir.dir.path(), &["spool", "adopt", &place]).await;
    assert!(
        said.code == Some(0) && said.out.starts_with("0 of 0 messages"),
        "{said:?}"
    );

    heir.notes.come_back().await;
    queue(&heir, &["retry", "--all"]).await;
    let mut got = Vec::new();
    for _ in 0..2 {
        let message = heir.notes.next_message().await.expect("it goes");
        assert_eq!(message.recipients(), [NORA]);
        got.push(message.below(1).to_vec());
    }
    assert!(got.contains(&large));

    let place = dir.path().display().to_string();
    assert_eq!(
        typed(heir.dir.path(), &["spool", "adopt", &place])
            .await
            .code,
        Some(66),
        "there is no spool"
    );
    let own = heir.dir.path().join("state").display().to_string();
    assert_eq!(
        typed(heir.dir.path(), &["spool", "adopt", &own]).await.code,
        Some(75),
        "its own is in use"
    );
    let dead = died(heir).await;
    let said = typed(dead.path(), &["spool", "adopt", &place]).await;
    assert_eq!(said.code, Some(69), "{said:?}");
}
