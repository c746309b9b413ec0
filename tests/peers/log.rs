//! What a peer prints, line by line, to be waited on.

use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::PATIENCE;

/// Lines are kept up to this many octets in all: a peer that talks without end ends the test, not the machine.
const OCTETS_MAX: usize = 4 << 20;

pub(super) struct Log(watch::Receiver<Vec<String>>);

impl Log {
    /// Reads in a thread of its own until the last process that writes there is gone.
    pub(super) fn of(output: impl Read + Send + 'static) -> Self {
        let (lines, log) = watch::channel(Vec::new());
        std::thread::spawn(move || {
            let mut octets = 0;
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                octets += line.len() + 1;
                assert!(octets < OCTETS_MAX, "the peer's log grows without end");
                let line = String::from_utf8_lossy(&line).into_owned();
                lines.send_modify(|lines| lines.push(line));
            }
        });
        Self(log)
    }

    /// Waits for lines, `count` of them, that hold `text`.
    pub(super) async fn wait_for(&self, text: &str, count: usize) -> Result<(), String> {
        let mut log = self.0.clone();
        let found =
            |lines: &Vec<String>| lines.iter().filter(|l| l.contains(text)).count() >= count;
        match timeout(PATIENCE, log.wait_for(found)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(format!("ended before it said {text:?}")),
            Err(_) => Err(format!("did not say {text:?} in {PATIENCE:?}")),
        }
    }

    pub(super) fn count(&self, text: &str) -> usize {
        self.0.borrow().iter().filter(|l| l.contains(text)).count()
    }

    /// The lines so far that hold `text`.
    pub(super) fn lines(&self, text: &str) -> Vec<String> {
        let log = self.0.borrow();
        let found = log.iter().filter(|line| line.contains(text));
        found.cloned().collect()
    }

    /// Returns at the next line, or when `pace` is over. `false`: there will be no more lines.
    pub(super) async fn next_line(&mut self, pace: Duration) -> bool {
        !matches!(timeout(pace, self.0.changed()).await, Ok(Err(_)))
    }

    pub(super) fn text(&self) -> String {
        self.0
            .borrow()
            .iter()
            .fold(String::new(), |mut text, line| {
                _ = writeln!(text, "  {line}");
                text
            })
    }
}
