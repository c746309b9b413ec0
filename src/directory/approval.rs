//! Somebody says that a source held back is right.
//!
//! The word is a file in the state directory that names the content by its SHA-256: it reaches a running gateway
//! without a way to talk to it, survives a restart, and is worth nothing for any other content.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Approves the content with this digest. The gateway sees it at its next look.
pub(crate) fn approve(state_dir: &Path, source: &str, digest: &str) -> io::Result<()> {
    let (path, draft) = (path(state_dir, source), state_dir.join(format!(".approved-{source}")));
    let mut file = File::create(&draft)?;
    writeln!(file, "{digest}")?;
    file.sync_all()?;
    fs::rename(&draft, &path)
}

/// The digest approved for a source.
pub(super) fn approved(state_dir: &Path, source: &str) -> Option<String> {
    fs::read_to_string(path(state_dir, source)).ok().map(|text| text.trim().to_owned())
}

/// The content is in force: the word has done its work.
pub(super) fn discharge(state_dir: &Path, source: &str) {
    let _ = fs::remove_file(path(state_dir, source)); // it stays where we may not write, and does no harm
}

fn path(state_dir: &Path, source: &str) -> PathBuf {
    state_dir.join(format!("approved-{source}"))
}
