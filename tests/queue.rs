//! `twinmx queue` and `twinmx spool`, as an administrator types them, beside a gateway that runs or is dead.

mod socket;
mod spool;
mod steering;
mod terminal;

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::scene::{INTERNET, Scene, message};

const NORA: &str = "nora@contoso.com";
const NILS: &str = "nils@contoso.com";

/// A gateway that keeps mail for Notes, which is down, and does not try again while a test runs.
async fn waits() -> Scene {
    let scene = Scene::with(|setup| {
        setup.internet_from = Some("\"notes\"".to_owned());
        setup.more = "[spool]\nretry = [\"1h\"]\n".to_owned();
    })
    .await;
    scene.notes.go_down().await;
    scene
}

/// Sends to Nora, and says under which name it is kept.
async fn kept(scene: &Scene, from: &str, to: &[&str]) -> String {
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver(from, to, &message("x")).await;
    let reply = delivery.expect("a dialog").end.expect("a reply");
    assert_eq!(reply.code, 250, "{reply:?}");
    let line = &reply.lines[0];
    let id = line
        .rsplit([' ', '(', ')', ':'])
        .find(|word| word.len() == 13);
    let id = id.unwrap_or_else(|| panic!("no name in {line}")).to_owned();
    // Until its first attempt has ended it is under way.
    let settled = async {
        loop {
            let said = queue(scene, &["show", &id, "--json"]).await;
            let shown: Value =
                serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
            if shown["busy"] == false {
                return;
            }
        }
    };
    tokio::time::timeout(WAIT, settled)
        .await
        .expect("it is tried and waits");
    id
}

const WAIT: std::time::Duration = std::time::Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// `twinmx queue` with the configuration of the scene.
async fn queue(scene: &Scene, words: &[&str]) -> Said {
    typed(scene.dir.path(), &[&["queue"], words].concat()).await
}

/// `twinmx` with the configuration in `dir`.
pub(crate) async fn typed(dir: &Path, words: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_twinmx"));
    command
        .args(words)
        .arg("--config")
        .arg(dir.join("twinmx.toml"));
    let output: Output = command
        .stdin(Stdio::null())
        .output()
        .await
        .expect("it runs");
    let text = |octets: Vec<u8>| String::from_utf8(octets).expect("text");
    Said {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Ends the gateway and keeps what it had.
async fn died(scene: Scene) -> TempDir {
    let Scene { gateway, dir, .. } = scene;
    gateway.drain().await;
    dir
}

fn lines(text: &str) -> Vec<Value> {
    let line = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {text}"));
    text.lines().map(line).collect()
}
