//! A small file system in memory, in a mount namespace of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// It is there as long as this is, and for those who [enter](Tmpfs::door).
pub(crate) struct Tmpfs {
    holder: Child,
    at: PathBuf,
}

impl Tmpfs {
    /// At the directory `at`, with options of tmpfs(5).
    pub(crate) fn mount(at: &Path, options: &str) -> Self {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--"]);
        if !rustix::process::geteuid().is_root() {
            command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "--mount", "--"]);
        }
        // It ends with its input, which is ours.
        let script = "mount -t tmpfs -o \"$1\" twinmx \"$2\" && echo mounted && exec cat";
        let mut holder = command
            .args(["sh", "-c", script, "tmpfs", options])
            .arg(at)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare is there");
        let mut said = String::new();
        let stdout = holder.stdout.take().expect("piped");
        let heard = BufReader::new(stdout).read_line(&mut said);
        assert!(heard.is_ok() && said == "mounted\n", "no tmpfs: {said:?}");
        let at = at.to_owned();
        Self { holder, at }
    }

    /// The words before a program that is to see it.
    pub(crate) fn door(&self) -> Vec<String> {
        let mut words = vec!["nsenter".to_owned(), "--mount".to_owned()];
        if !rustix::process::geteuid().is_root() {
            words.extend(["--user", "--preserve-credentials"].map(str::to_owned));
        }
        words.push(format!("--target={}", self.holder.id()));
        words
    }

    /// Where it is seen from outside.
    pub(crate) fn path(&self) -> PathBuf {
        let root = format!("/proc/{}/root", self.holder.id());
        let within = self.at.strip_prefix("/").expect("an absolute path");
        Path::new(&root).join(within)
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        _ = self.holder.kill();
        _ = self.holder.wait();
    }
}
