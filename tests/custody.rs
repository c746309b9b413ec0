//! Mail that is ours until its recipients are settled: several sides, sides that are down, refusals, reports.

mod disk;
mod down;
mod groups;
mod kill;
mod poison;
pub(crate) mod reports;
mod split;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use testbed::sink::{Message, Sink};
use tokio::time::timeout;
use twinmx::event::Fate;

use crate::scene::{Scene, Setup};

const FROM: &str = "a@example.net";
const CLEO: &str = "cleo@contoso.com";
const CARL: &str = "carl@contoso.com";
const NORA: &str = "nora@contoso.com";
const NILS: &str = "nils@contoso.com";

/// A gateway that may keep mail, and tries again soon.
fn keeps(setup: &mut Setup) {
    setup.internet_from = Some("\"notes\"".to_owned());
    setup.more = "[spool]\nretry = [\"1s\"]\n".to_owned();
}

/// The next message, and that it has these recipients.
async fn arrives(sink: &Sink, recipients: &[&str]) -> std::sync::Arc<Message> {
    let got = timeout(WAIT, async {
        loop {
            // A side that gave no session three times is left alone for half a minute.
            if let Ok(message) = sink.next_message().await {
                return message;
            }
        }
    });
    let got = got.await.expect("in time");
    assert_eq!(got.recipients(), recipients);
    got
}

/// What the next recipient of a client's message was told to have come to. The queue may speak in between.
async fn answered(scene: &Scene) -> Fate {
    loop {
        let outcome = scene.outcome().await;
        if outcome.queue_id.is_none() {
            return outcome.result;
        }
    }
}

/// Nothing waits any more.
async fn is_settled(scene: &Scene) {
    let settled = async {
        while scene.gateway.waiting() > 0 {
            tokio::task::yield_now().await;
        }
    };
    if timeout(WAIT, settled).await.is_err() {
        panic!("{} messages still wait", scene.gateway.waiting());
    }
}

/// What a way may have on its way at a time.
const PLACES: usize = 20;

/// Of a program of its own, with Nora on one side and Carl on the other.
pub(crate) fn write_configuration(dir: &Path, mx: SocketAddr, hops: [SocketAddr; 2]) {
    let people = "address,side\nnora@contoso.com,notes\ncarl@contoso.com,other\n";
    std::fs::write(dir.join("people.csv"), people).expect("people");
    let [notes, other] = hops;
    let dir = dir.display();
    let text = format!(
        r#"
hostname = "mx.contoso.com"
state_dir = "{dir}/state"
[[listener]]
name = "mx"
address = "{mx}"
[domain."contoso.com"]
postmaster = "nora@contoso.com"
[side.notes]
kind = "domino"
next_hop = ["{notes}"]
max_connections = {PLACES}
[side.notes.tls]
mode = "none"
[side.other]
kind = "smtp"
next_hop = ["{other}"]
max_connections = {PLACES}
[side.other.tls]
mode = "none"
[[directory]]
name = "people"
kind = "csv"
path = "{dir}/people.csv"
[internet]
next_hop = ["{notes}"]
[spool]
retry = ["1s"]
"#
    );
    std::fs::write(format!("{dir}/twinmx.toml"), text).expect("the configuration");
}

const WAIT: Duration = Duration::from_secs(60);
