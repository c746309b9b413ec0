//! `twinmx demo`, as a person runs it: from any directory, and with nothing left behind.

use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use testbed::client::Client;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{ChildStdout, Command};
use tokio::time::timeout;

use crate::scene::message;

/// Longer than the demonstration gives itself.
const WAIT: Duration = Duration::from_secs(70);

/// A directory to run it in, and one for its files.
struct Place {
    current: TempDir,
    temporary: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = || tempfile::tempdir().expect("a directory");
        Self {
            current: directory(),
            temporary: directory(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_twinmx"));
        command
            .arg("demo")
            .args(arguments)
            .current_dir(&self.current)
            .env("TMPDIR", self.temporary.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let output = timeout(WAIT, self.command(arguments).output()).await;
        output.expect("it ends").expect("it starts")
    }

    fn assert_clean(&self) {
        for directory in [&self.current, &self.temporary] {
            let left = std::fs::read_dir(directory).expect("the directory");
            let left: Vec<_> = left
                .filter_map(Result::ok)
                .map(|entry| entry.path())
                .collect();
            assert!(left.is_empty(), "left behind: {left:?}");
        }
    }
}

#[tokio::test]
async fn every_message_has_the_outcome_it_must_have() {
    let place = Place::new();
    let output = place.run(&[]).await;
    let (table, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(output.status.code(), Some(0), "{table}{errors}");
    let ticks = table.lines().filter(|line| line.contains("  ✓  ")).count();
    assert!(ticks >= 20, "{table}");
    assert!(!table.contains('✗') && !table.contains('\x1b'), "{table}");
    assert!(
        table.contains(&format!("{ticks} messages, all of them")),
        "{table}"
    );
    assert_eq!(errors, "");
    place.assert_clean();
}

#[tokio::test]
async fn a_program_can_read_it() {
    let place = Place::new();
    let output = place.run(&["--json"]).await;
    assert_eq!(output.status.code(), Some(0));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one document");
    assert_eq!(report["expected"], true);
    let messages = report["messages"].as_array().expect("a list");
    assert!(messages.len() >= 20);
    let first = &messages[0]["recipients"][0];
    for (field, expected) in [
        ("to", "anna.berg@contoso.com"),
        ("origin", "internet"),
        ("side", "cloud"),
        ("why", "primary address of a recipient in source people"),
        ("hop_tls", "TLSv1.3 verified"),
        ("result", "delivered"),
    ] {
        assert_eq!(first[field], expected, "{first}");
    }
    place.assert_clean();
}

#[tokio::test]
async fn it_stays_tells_what_comes_and_leaves_nothing() {
    let place = Place::new();
    let mut process = place
        .command(&["--stay"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
    let swaks = line_with(&mut lines, "swaks --server ").await;
    let server = swaks
        .split(' ')
        .nth(2)
        .expect("an address")
        .parse()
        .expect("an address");
    line_with(&mut lines, "Ctrl-C").await;

    let mut client = Client::connect(server).await.expect("a greeting");
    client.ehlo("client.example.net").await.expect("EHLO");
    let delivery = client
        .deliver(
            "you@fabrikam.com",
            &["bernd.gross@contoso.com"],
            &message("x"),
        )
        .await;
    assert!(delivery.expect("a dialog").is_accepted());
    let told = line_with(&mut lines, "<you@fabrikam.com>").await;
    assert!(
        told.contains("<bernd.gross@contoso.com> at notes"),
        "{told}"
    );

    let id = process
        .id()
        .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
        .expect("it runs");
    kill_process(id, Signal::INT).expect("it runs");
    let status = timeout(WAIT, process.wait())
        .await
        .expect("it ends")
        .expect("it ends");
    assert_eq!(status.code(), Some(0));
    place.assert_clean();
}

async fn line_with(lines: &mut Lines<BufReader<ChildStdout>>, words: &str) -> String {
    let search = async {
        loop {
            let line = lines
                .next_line()
                .await
                .expect("text")
                .unwrap_or_else(|| panic!("it ended before {words:?}"));
            if line.contains(words) {
                return line;
            }
        }
    };
    timeout(WAIT, search)
        .await
        .unwrap_or_else(|_| panic!("it never said {words:?}"))
}
