//! What the queue holds itself to.

use std::time::Duration;

use testbed::sink::Act;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;
use twinmx::limits;

use super::{MOMENT, sized};
use crate::mime::leaves;
use crate::scene::{INTERNET, Scene, pass};

const FROM: &str = "a@example.net";
const NORA: &str = "nora@contoso.com";
const NILS: &str = "nils@contoso.com";

/// A gateway that may keep mail.
async fn keeps() -> Scene {
    Scene::with(|setup| {
        setup.internet_from = Some("\"notes\"".to_owned());
    })
    .await
}

#[tokio::test]
async fn the_size_of_a_message_that_a_report_returns() {
    let at = usize::try_from(limits::REPORT_RETURNS).expect("small");
    for (octets, returned) in [(at, "message/rfc822"), (at + 1, "text/rfc822-headers")] {
        let scene = keeps().await;
        scene
            .notes
            .script(|script| script.recipient(NILS, Act::reply(550, "5.1.1 no")));
        let mut client = scene.client(INTERNET).await;
        let sent = sized(octets);
        client.mail_with(FROM, "RET=FULL").await.expect("MAIL");
        for to in [NORA, NILS] {
            client.rcpt(to).await.expect("RCPT");
        }
        assert_eq!(client.data(&sent).await.expect("DATA").code, 250);
        let report = scene.smart_host.next_message().await.expect("a report");
        let leaves = leaves(&report.content);
        let last = leaves.last().expect("what is returned");
        assert_eq!(last.media_type, returned, "{octets} octets");
    }
}

async fn connect(scene: &Scene) -> BufReader<UnixStream> {
    let path = scene.dir.path().join("state/control.sock");
    BufReader::new(UnixStream::connect(path).await.expect("it listens"))
}

/// What is answered to a line. `None`: nobody listens any more.
async fn said(stream: &mut BufReader<UnixStream>, line: &str) -> Option<String> {
    let line = format!("{line}\n");
    let written = stream.write_all(line.as_bytes()).await;
    let mut said = String::new();
    let read = timeout(WAIT, stream.read_line(&mut said)).await;
    let read = read.expect("an end");
    (written.is_ok() && read.is_ok_and(|count| count > 0)).then_some(said)
}

/// After so long a silence behind `before`. Whether he is still heard, or was left before he said a word.
async fn is_heard(scene: &Scene, before: Option<&str>, silence: Duration, line: &str) -> bool {
    let mut stream = connect(scene).await;
    if let Some(before) = before {
        said(&mut stream, before).await.expect("an answer");
    }
    // Who comes later has been heard: so the first one's silence has begun.
    said(&mut connect(scene).await, LIST).await.expect("a list");
    pass(silence).await;
    let left = timeout(MOMENT, stream.read_line(&mut String::new())).await;
    match left {
        Ok(ended) => ended.is_ok_and(|count| count > 0),
        Err(_) => said(&mut stream, line).await.is_some(),
    }
}

const LIST: &str = "{\"version\":1,\"list\":{\"selection\":{}}}";

#[tokio::test]
async fn the_patience_with_an_operator() {
    let change =
        "{\"version\":1,\"change\":{\"change\":{\"remove\":{}},\"selection\":{\"all\":true}}}";
    let proceed = "{\"version\":1,\"proceed\":{}}";
    for (before, bound, line) in [
        (None, limits::CONTROL_REQUEST, LIST),
        (Some(change), limits::CONTROL_DECISION, proceed),
    ] {
        // It is left for a moment of the wall's clock besides.
        for (silence, expected) in [(bound - 5 * MOMENT, true), (bound, false)] {
            let scene = keeps().await;
            let heard = is_heard(&scene, before, silence, line).await;
            assert_eq!(heard, expected, "{before:?}, then {silence:?}");
        }
    }
}

const WAIT: Duration = Duration::from_secs(60);
