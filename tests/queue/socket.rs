//! The control socket itself: its bounds, its version, who may connect.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use twinmx::limits;

use super::{NORA, kept, queue, waits};
use crate::scene::Scene;

/// Says a line, and what is answered first. `None`: nothing.
async fn answer(stream: &mut BufReader<UnixStream>, line: &[u8]) -> Option<Value> {
    // It may be cut off in the middle of what is too long.
    let _ = stream.write_all(line).await;
    let mut said = String::new();
    stream.read_line(&mut said).await.ok()?;
    serde_json::from_str(&said).ok()
}

async fn connect(scene: &Scene) -> BufReader<UnixStream> {
    let path = scene.dir.path().join("state/control.sock");
    BufReader::new(UnixStream::connect(path).await.expect("it listens"))
}

const LIST: &[u8] = b"{\"version\":1,\"list\":{\"selection\":{}}}\n";

#[tokio::test]
async fn it_is_for_its_owner_and_goes_with_the_gateway() {
    let scene = waits().await;
    let path = scene.dir.path().join("state/control.sock");
    let mode = std::fs::metadata(&path)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let scene = scene.restarted().await;
    assert_eq!(queue(&scene, &["list"]).await.code, Some(0));
    super::died(scene).await;
    assert!(!path.exists());
}

#[tokio::test]
async fn another_version_or_nonsense_is_told_so() {
    let scene = waits().await;
    for (line, expected) in [
        (
            &b"{\"version\":2,\"list\":{\"selection\":{}}}\n"[..],
            "version 2 is spoken on one side, 1 on the other",
        ),
        (b"list\n", "not understood"),
        (b"{\"version\":1,\"proceed\":{}}\n", "nothing was asked for"),
        (
            b"{\"version\":1,\"change\":{\"change\":{\"remove\":{}},\"selection\":{}}}\n",
            "say which messages",
        ),
    ] {
        let said = answer(&mut connect(&scene).await, line)
            .await
            .expect("an answer");
        let text = said["error"]["text"].as_str().expect("an error");
        assert!(text.contains(expected), "{said}");
        assert_eq!(said["version"], 1);
    }
}

#[tokio::test]
async fn a_request_is_as_long_as_its_bound_and_no_longer() {
    let scene = waits().await;
    for (octets, expected) in [
        (limits::CONTROL_LINE, "end"),
        (limits::CONTROL_LINE + 1, "error"),
    ] {
        let mut line = LIST.to_vec();
        line.pop();
        line.resize(octets, b' ');
        line.push(b'\n');
        let said = answer(&mut connect(&scene).await, &line)
            .await
            .expect("an answer");
        assert!(!said[expected].is_null(), "{octets}: {said}");
    }
}

#[tokio::test]
async fn one_operator_past_the_bound_is_turned_away() {
    let scene = waits().await;
    let mut open = Vec::new();
    for _ in 0..limits::CONTROL_CONNECTIONS {
        open.push(connect(&scene).await);
    }
    let mut last = open.pop().expect("there are some");
    let mut late = connect(&scene).await;
    let said = answer(&mut late, b"").await.expect("an answer");
    assert_eq!(said["error"]["fault"], "later", "{said}");
    let said = answer(&mut last, LIST).await.expect("an answer");
    assert!(
        !said["end"].is_null(),
        "the last one that fits is served: {said}"
    );
}

#[tokio::test]
async fn nothing_is_changed_for_somebody_who_left_before_he_said_so() {
    let scene = waits().await;
    let id = kept(&scene, "anna@example.net", &[NORA]).await;
    let request = format!(
        "{{\"version\":1,\"change\":{{\"change\":{{\"remove\":{{}}}},\"selection\":{{\"ids\":[\"{id}\"]}}}}}}\n"
    );
    let mut stream = connect(&scene).await;
    let said = answer(&mut stream, request.as_bytes())
        .await
        .expect("an answer");
    assert_eq!(said["matched"]["messages"], 1);
    drop(stream);
    assert_eq!(queue(&scene, &["show", &id]).await.code, Some(0));
    let mut stream = connect(&scene).await;
    answer(&mut stream, request.as_bytes())
        .await
        .expect("an answer");
    let said = answer(&mut stream, b"{\"version\":1,\"proceed\":{}}\n")
        .await
        .expect("an answer");
    assert_eq!(said["changed"]["id"], *id);
    assert_eq!(queue(&scene, &["show", &id]).await.code, Some(66));
}
