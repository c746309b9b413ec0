//! A control group for one relay: the kernel itself adds up the time of everything that ever ran in it.

use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(super) struct Cgroup {
    directory: PathBuf,
    version: Version,
}

#[derive(Debug, Clone, Copy)]
enum Version {
    One,
    Two,
}

impl Cgroup {
    /// `None`: there are none here, or they are not for us to make.
    pub(super) fn make(name: &str) -> Option<Self> {
        let root = Path::new("/sys/fs/cgroup");
        let (parent, version) = match root.join("cgroup.controllers").exists() {
            true => (root.to_owned(), Version::Two),
            false => (root.join("cpuacct"), Version::One),
        };
        let directory = parent.join(format!("twinmx-bench-{}-{name}", std::process::id()));
        fs::create_dir(&directory).ok()?;
        let group = Self { directory, version };
        // A directory that is no control group counts nothing.
        group.cpu().is_some().then_some(group)
    }

    /// Where a process writes its number to be in it.
    pub(super) fn door(&self) -> PathBuf {
        self.directory.join("cgroup.procs")
    }

    pub(super) fn pids(&self) -> Vec<u32> {
        let text = fs::read_to_string(self.door()).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// CPU seconds.
    pub(super) fn cpu(&self) -> Option<f64> {
        match self.version {
            Version::One => {
                let text = fs::read_to_string(self.directory.join("cpuacct.usage")).ok()?;
                Some(text.trim().parse::<f64>().ok()? / 1e9)
            }
            Version::Two => {
                let text = fs::read_to_string(self.directory.join("cpu.stat")).ok()?;
                let usage = text
                    .lines()
                    .find_map(|line| line.strip_prefix("usage_usec "))?;
                Some(usage.parse::<f64>().ok()? / 1e6)
            }
        }
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // It is empty, or somebody could not be ended, which was said then.
        _ = fs::remove_dir(&self.directory);
    }
}
