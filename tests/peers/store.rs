//! Messages that a peer has taken in, kept as files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::PATIENCE;
use super::daemon::Home;

pub(super) const PACE: Duration = Duration::from_millis(20);

/// A message as a peer has stored it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) reverse_path: String,
    pub(crate) forward_paths: Vec<String>,
    /// Everything that arrived, below the fields that the peer added. Lines end in CRLF.
    pub(crate) content: Vec<u8>,
}

/// How the peer hands over its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// As they came.
    CrLf,
    /// As Unix has them.
    Lf,
}

/// Fields that mail servers put on top on arrival and delivery.
const TRACE_FIELDS: &[&str] = &[
    "delivered-to",
    "delivery-date",
    "envelope-to",
    "received",
    "return-path",
    "x-original-to",
];

impl Stored {
    /// The content below all trace fields at its top: what the first sender gave,
    /// if no hop has changed it.
    pub(crate) fn below_trace(&self) -> &[u8] {
        let mut rest = &self.content[..];
        while let Some(length) = trace_field(rest) {
            rest = &rest[length..];
        }
        rest
    }

    /// The trace fields at the top, newest first.
    pub(crate) fn trace(&self) -> String {
        let length = self.content.len() - self.below_trace().len();
        String::from_utf8_lossy(&self.content[..length]).into_owned()
    }

    fn read(file: &[u8], lines: Lines) -> Option<Self> {
        let end = file.windows(2).position(|pair| pair == b"\n\n")?;
        let paths = String::from_utf8_lossy(&file[..end]).into_owned();
        let mut paths = paths
            .lines()
            .map(|line| line.trim_matches(['<', '>']).to_owned());
        let reverse_path = paths.next()?;
        let content = &file[end + 2..];
        Some(Self {
            reverse_path,
            forward_paths: paths.collect(),
            content: match lines {
                Lines::CrLf => content.to_vec(),
                Lines::Lf => with_crlf(content),
            },
        })
    }
}

/// The length of the trace field at the start of `text`, with its continuation lines.
fn trace_field(text: &[u8]) -> Option<usize> {
    let colon = text.iter().position(|&octet| octet == b':')?;
    let name = text[..colon].to_ascii_lowercase();
    if !TRACE_FIELDS.iter().any(|field| field.as_bytes() == name) {
        return None;
    }
    let goes_on = |at: usize| matches!(text.get(at), Some(b' ' | b'\t'));
    let mut ends = (1..=text.len()).filter(|&at| text[at - 1] == b'\n');
    ends.find(|&at| !goes_on(at))
}

fn with_crlf(content: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(content.len());
    for &octet in content {
        if octet == b'\n' {
            lines.push(b'\r');
        }
        lines.push(octet);
    }
    lines
}

pub(super) struct Store {
    directory: PathBuf,
    script: PathBuf,
    lines: Lines,
}

impl Store {
    pub(super) fn new(home: &Home, lines: Lines) -> Self {
        Self {
            directory: home.open_directory("messages"),
            script: home.write("store.sh", include_str!("store.sh")),
            lines,
        }
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The words before the paths, for a peer that runs a program for each message.
    pub(super) fn command(&self) -> String {
        format!(
            "/bin/sh {} {}",
            self.script.display(),
            self.directory.display()
        )
    }

    /// Waits until there are `count` messages; all that have come, oldest first.
    pub(super) async fn wait_for(&self, count: usize) -> Vec<Stored> {
        let deadline = Instant::now() + PATIENCE;
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            let messages = self.messages();
            if messages.len() >= count {
                return messages;
            }
            let found = messages.len();
            let late = Instant::now() >= deadline;
            assert!(!late, "{found} of {count} messages in {PATIENCE:?}");
        }
    }

    pub(super) fn messages(&self) -> Vec<Stored> {
        let mut files: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.directory)
            .expect("the store is ours")
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let whole = entry.file_name().to_str()?.starts_with("message.");
                let written = entry.metadata().ok()?.modified().ok()?;
                whole.then(|| (written, entry.path()))
            })
            .collect();
        files.sort();
        let read = |(_, path): &(SystemTime, PathBuf)| {
            let file = fs::read(path).expect("a stored message can be read");
            Stored::read(&file, self.lines).expect("the script writes the paths first")
        };
        files.iter().map(read).collect()
    }
}

mod tests {
    use super::*;

    #[test]
    fn a_stored_file_is_read_back() {
        let file =
            b"<>\n<a@x>\n<b@y>\n\nReceived: by x\n\tfor y;\nReturn-Path: <>\nSubject: a\n\nb\n";
        let stored = Stored::read(file, Lines::Lf).expect("it is well formed");
        assert_eq!(stored.reverse_path, "");
        assert_eq!(stored.forward_paths, ["a@x", "b@y"]);
        assert_eq!(stored.below_trace(), b"Subject: a\r\n\r\nb\r\n");
        assert_eq!(
            stored.trace(),
            "Received: by x\r\n\tfor y;\r\nReturn-Path: <>\r\n"
        );
    }
}
