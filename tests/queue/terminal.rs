//! On a terminal an operator is asked before anything changes. The terminal is that of script(1).

use std::process::Stdio;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use super::{NORA, WAIT, kept, waits};
use crate::scene::Scene;

const QUESTION: &str = "Go on? [y/N] ";

/// Types a command, and the answer if there is a question. How it ended, and all that was to be seen.
async fn typed(scene: &Scene, words: &[&str], answer: &str) -> (Option<i32>, String) {
    let file = scene.dir.path().join("twinmx.toml");
    let line = format!(
        "exec {} queue {} --config {}",
        env!("CARGO_BIN_EXE_twinmx"),
        words.join(" "),
        file.display()
    );
    let mut script = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("script is there");
    let mut keys = script.stdin.take().expect("piped");
    let mut screen = script.stdout.take().expect("piped");
    let mut seen = String::new();
    let dialog = async {
        let mut answer = Some(answer);
        let mut octets = [0; 4096];
        while let Ok(count @ 1..) = screen.read(&mut octets).await {
            seen.push_str(&String::from_utf8_lossy(&octets[..count]));
            if let Some(answer) = answer.take_if(|_| seen.ends_with(QUESTION)) {
                let line = format!("{answer}\n");
                keys.write_all(line.as_bytes()).await.expect("it is heard");
            }
        }
        script.wait().await.expect("it ends").code()
    };
    let code = timeout(WAIT, dialog).await.expect("it ends");
    (code, seen)
}

#[tokio::test]
async fn nothing_is_changed_unless_the_answer_is_yes() {
    let scene = waits().await;
    let id = kept(&scene, "anna@example.net", &[NORA]).await;
    for answer in ["n", "", "no", "yes please"] {
        let (code, seen) = typed(&scene, &["remove", &id], answer).await;
        assert_eq!(code, Some(0), "{answer:?}: {seen}");
        assert!(
            seen.contains(&format!("1 message would be removed. {QUESTION}")),
            "{answer:?}: {seen}"
        );
        assert!(seen.contains("nothing was changed"), "{answer:?}: {seen}");
        assert_eq!(scene.gateway.waiting(), 1, "{answer:?}");
    }
    for (words, answer, after) in [
        (["hold", &id], "y", "1 of 1 messages put on hold"),
        (["release", &id], "Y", "1 of 1 messages released"),
        (["remove", "--all"], "YES", "1 of 1 messages removed"),
    ] {
        let (code, seen) = typed(&scene, &words, answer).await;
        assert_eq!(code, Some(0), "{answer:?}: {seen}");
        assert!(
            seen.contains(QUESTION) && seen.contains(after),
            "{answer:?}: {seen}"
        );
    }
    assert_eq!(scene.gateway.waiting(), 0);
}

#[tokio::test]
async fn nobody_is_asked_who_said_so_or_changes_nothing() {
    let scene = waits().await;
    let id = kept(&scene, "anna@example.net", &[NORA]).await;
    for words in [
        &["remove", &id, "--dry-run"][..],
        &["remove", "--sender", "nobody@example.net"],
        &["list"],
        &["remove", &id, "--yes"],
    ] {
        assert_eq!(scene.gateway.waiting(), 1, "before {words:?}");
        let (code, seen) = typed(&scene, words, "n").await;
        assert_eq!(code, Some(0), "{words:?}: {seen}");
        assert!(!seen.contains("Go on?"), "{words:?}: {seen}");
    }
    assert_eq!(scene.gateway.waiting(), 0);
}
