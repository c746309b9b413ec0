//! A program that runs once and ends.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

use super::PATIENCE;

/// What it left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Finished {
    /// What it printed, if it exited with 0; otherwise the test ends here.
    #[track_caller]
    pub(crate) fn succeeded(&self) -> &str {
        assert!(self.status.success(), "{self:#?}");
        &self.output
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }
}

/// Runs it with `input`; it is killed when it takes too long or the test ends.
pub(crate) async fn run(path: &str, arguments: &[&str], input: &[u8]) -> Finished {
    run_for(PATIENCE, path, arguments, input).await
}

/// The same for a program that takes its time.
pub(crate) async fn run_for(
    patience: Duration,
    path: &str,
    arguments: &[&str],
    input: &[u8],
) -> Finished {
    let mut child = Command::new(path)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{path} cannot be run: {error}"));
    let mut stdin = child.stdin.take().expect("it was asked for");
    let feed = async move {
        // A program need not read all it is given.
        _ = stdin.write_all(input).await;
    };
    let both = async { tokio::join!(feed, child.wait_with_output()) };
    let ended = timeout(patience, both).await;
    let (_, output) = ended.unwrap_or_else(|_| panic!("{path} did not end in {patience:?}"));
    let output = output.unwrap_or_else(|error| panic!("{path}: {error}"));
    Finished {
        status: output.status,
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
