//! Peers that are unpacked, not installed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt::{self, Installation};
use crate::program;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unpacked {
    Exim,
    OpenSmtpd,
}

impl fmt::Display for Unpacked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exim => "Exim",
            Self::OpenSmtpd => "OpenSMTPD",
        })
    }
}

impl Unpacked {
    const ALL: [Self; 2] = [Self::Exim, Self::OpenSmtpd];

    pub(crate) fn missing(directory: &Path) -> Vec<Self> {
        let mut missing = Self::ALL.to_vec();
        missing.retain(|peer| !peer.root(directory).is_dir());
        missing
    }

    pub(crate) fn package(self) -> &'static str {
        match self {
            Self::Exim => "exim4-daemon-light",
            Self::OpenSmtpd => "opensmtpd",
        }
    }

    /// The directory that the tests lay over the system's.
    fn root(self, directory: &Path) -> PathBuf {
        directory.join(match self {
            Self::Exim => "exim",
            Self::OpenSmtpd => "opensmtpd",
        })
    }

    /// Loads and unpacks the package and what it needs that the system has not got.
    pub(crate) fn fetch(self, directory: &Path) -> Result<(), String> {
        let draft = directory.join(format!("{}.draft", self.package()));
        let unpacked = draft.join("root");
        let told = |error: std::io::Error| format!("{}: {error}", draft.display());
        if draft.exists() {
            fs::remove_dir_all(&draft).map_err(told)?;
        }
        fs::create_dir_all(&unpacked).map_err(told)?;
        self.download(&draft)?;
        for entry in fs::read_dir(&draft).map_err(told)? {
            let file = entry.map_err(told)?.path();
            if file.extension().is_some_and(|extension| extension == "deb") {
                program::ask(Command::new("dpkg").arg("-x").arg(&file).arg(&unpacked))?;
            }
        }
        // Only a whole one gets the name that the tests look for.
        fs::rename(&unpacked, self.root(directory)).map_err(told)?;
        fs::remove_dir_all(&draft).map_err(told)
    }

    fn download(self, draft: &Path) -> Result<(), String> {
        let attempt = || {
            let mut download = Command::new("apt-get");
            download.current_dir(draft).args(["download", "--quiet"]);
            match Installation::names_of(&[self.package()]) {
                names if names.is_empty() => Err(format!("no package {}", self.package())),
                names => program::ask(download.args(names)),
            }
        };
        if attempt().is_err() {
            // The lists are missing or name versions that are gone.
            apt::update();
            attempt()?;
        }
        Ok(())
    }
}
