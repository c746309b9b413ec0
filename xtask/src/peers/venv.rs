//! Peers that Debian does not have, each in a virtual environment of Python's.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::program;

/// One of them.
#[derive(Debug)]
pub(crate) struct Venv {
    /// Its name below the directory of peers.
    name: &'static str,
    /// What is installed, by version and hash.
    requirements: &'static str,
}

/// All of them. The older aiosmtpd is there for what it does wrong: it ends messages at bare line feeds (CVE-2024-27305).
pub(crate) const ALL: &[Venv] = &[
    Venv {
        name: "tnefparse",
        requirements: include_str!("tnefparse.txt"),
    },
    Venv {
        name: "aiosmtpd-1.4.4",
        requirements: include_str!("aiosmtpd-1.4.4.txt"),
    },
    Venv {
        name: "aiosmtpd-1.4.6",
        requirements: include_str!("aiosmtpd-1.4.6.txt"),
    },
];

impl Venv {
    /// Whether it is here.
    pub(crate) fn is_here(&self, directory: &Path) -> bool {
        directory.join(self.name).is_dir()
    }

    /// Loads it, if it is not there.
    pub(crate) fn provide(&self, directory: &Path) -> Result<(), String> {
        if self.is_here(directory) {
            return Ok(());
        }
        let Self { name, requirements } = self;
        println!(
            "{name} is needed too, only unpacked below the build directory:\n  {requirements}"
        );
        let draft = directory.join(format!("{name}.draft"));
        let told = |error: std::io::Error| format!("{}: {error}", draft.display());
        if draft.exists() {
            fs::remove_dir_all(&draft).map_err(told)?;
        }
        fs::create_dir_all(directory).map_err(told)?;
        program::ask(Command::new("python3").args(["-m", "venv"]).arg(&draft))?;
        let file = draft.join("requirements.txt");
        fs::write(&file, requirements).map_err(told)?;
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
        program::ask(pip.arg(&file))?;
        // Only a whole one gets the name that the tests look for.
        fs::rename(&draft, directory.join(name)).map_err(told)
    }
}
