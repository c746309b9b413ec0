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
    /// With its TCP proxy, for the bench.
    Nginx,
    /// Unpacks winmail.dat, for a bench.
    Tnef,
    /// The same.
    Ytnef,
}

impl fmt::Display for Unpacked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exim => "Exim",
            Self::OpenSmtpd => "OpenSMTPD",
            Self::Nginx => "nginx",
            Self::Tnef => "tnef",
            Self::Ytnef => "ytnef",
        })
    }
}

impl Unpacked {
    /// Those of `wanted` that are not there.
    pub(crate) fn missing(wanted: &[Self], directory: &Path) -> Vec<Self> {
        let mut missing = wanted.to_vec();
        missing.retain(|peer| !peer.root(directory).is_dir());
        missing
    }

    pub(crate) fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Exim => &["exim4-daemon-light"],
            Self::OpenSmtpd => &["opensmtpd"],
            Self::Nginx => &["nginx", "libnginx-mod-stream"],
            Self::Tnef => &["tnef"],
            Self::Ytnef => &["ytnef-tools"],
        }
    }

    /// The directory that the tests lay over the system's, or that the bench takes programs from.
    fn root(self, directory: &Path) -> PathBuf {
        directory.join(match self {
            Self::Exim => "exim",
            Self::OpenSmtpd => "opensmtpd",
            Self::Nginx => "nginx",
            Self::Tnef => "tnef",
            Self::Ytnef => "ytnef",
        })
    }

    /// Loads and unpacks the packages and what they need that the system has not got.
    pub(crate) fn fetch(self, directory: &Path) -> Result<(), String> {
        let draft = directory.join(format!("{}.draft", self.packages()[0]));
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
            match Installation::names_of(self.packages()) {
                names if names.is_empty() => Err(format!("no package {}", self.packages()[0])),
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
