//! A peer that Debian does not have, in a virtual environment of Python's.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program;

/// Its name below the directory of peers.
pub(crate) const TNEFPARSE: &str = "tnefparse";

/// What is installed, by version and hash.
const REQUIREMENTS: &str = include_str!("tnefparse.txt");

/// Loads tnefparse, if it is not there.
pub(crate) fn provide(directory: &Path) -> Result<(), String> {
    let root = directory.join(TNEFPARSE);
    if root.is_dir() {
        return Ok(());
    }
    println!(
        "{TNEFPARSE} is needed too, only unpacked below the build directory:\n  {REQUIREMENTS}"
    );
    let draft = directory.join(format!("{TNEFPARSE}.draft"));
    let told = |error: std::io::Error| format!("{}: {error}", draft.display());
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(told)?;
    }
    fs::create_dir_all(directory).map_err(told)?;
    program::ask(Command::new("python3").args(["-m", "venv"]).arg(&draft))?;
    let requirements = draft.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).map_err(told)?;
    let mut pip = Command::new(draft.join("bin/python3"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "-r",
    ]);
    program::ask(pip.arg(&requirements))?;
    // Only a whole one gets the name that the tests look for.
    fs::rename(&draft, &root).map_err(told)
}
