//! `twinmx run` in a process of its own, between loopback stand-ins.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;
use testbed::client::Client;

/// See the module's text.
pub(crate) struct Program {
    process: Child,
    log: Receiver<String>,
    pub(crate) file: PathBuf,
    pub(crate) mx: SocketAddr,
    dir: Option<TempDir>,
}

impl Program {
    pub(crate) fn start(notes: SocketAddr) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mx = free_port();
        std::fs::write(
            dir.path().join("people.csv"),
            "address,side\nnora@contoso.com,notes\n",
        )
        .expect("people");
        let file = dir.path().join("twinmx.toml");
        write_configuration(&file, mx, notes, "reject");
        Self::launch(dir, mx)
    }

    /// With the configuration `twinmx.toml` in `dir`, whose listener `mx` is there.
    pub(crate) fn launch(dir: TempDir, mx: SocketAddr) -> Self {
        Self::launch_behind(&[], dir, mx)
    }

    /// The same by another program, which becomes ours.
    pub(crate) fn launch_behind(words: &[String], dir: TempDir, mx: SocketAddr) -> Self {
        let file = dir.path().join("twinmx.toml");
        let own = [env!("CARGO_BIN_EXE_twinmx").to_owned()];
        let words = [words, &own[..]].concat();
        let mut process = Command::new(&words[0])
            .args(&words[1..])
            .args(["run", "--config"])
            .arg(&file)
            .env_remove("NOTIFY_SOCKET")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (lines, log) = channel();
        let stderr = process.stderr.take().expect("piped");
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = lines.send(line);
            }
        });
        let program = Self {
            process,
            log,
            file,
            mx,
            dir: Some(dir),
        };
        program.says("listener mx on ");
        program
    }

    /// Waits until a line of the log has these words.
    pub(crate) fn says(&self, words: &str) -> String {
        let mut said = Vec::new();
        loop {
            match self.log.recv_timeout(Duration::from_secs(20)) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => said.push(line),
                Err(_) => panic!("nothing with {words:?}; the log: {said:#?}"),
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args(["-s", name, &self.process.id().to_string()])
            .status();
        assert!(status.expect("kill").success());
    }

    pub(crate) async fn client(&self) -> Client {
        let mut client = Client::connect(self.mx).await.expect("a greeting");
        client.ehlo("client.example.net").await.expect("EHLO");
        client
    }

    /// The most memory that it has ever held, in KiB (proc_pid_status(5)).
    pub(crate) fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))
            .expect("it runs");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .expect("the line is there");
        line.trim()
            .trim_end_matches("kB")
            .trim()
            .parse()
            .expect("a number")
    }

    /// Ends it as a loss of power would, and gives back where it lived.
    pub(crate) fn kill(mut self) -> TempDir {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
        self.dir.take().expect("it is taken once")
    }

    pub(crate) fn exit_code(mut self) -> Option<i32> {
        self.process.wait().expect("it ends").code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .expect("a free port")
}

pub(crate) fn write_configuration(file: &Path, mx: SocketAddr, notes: SocketAddr, unknown: &str) {
    let dir = file.parent().expect("a directory").display();
    let text = format!(
        r#"
hostname = "mx.contoso.com"
state_dir = "{dir}/state"
[[listener]]
name = "mx"
address = "{mx}"
[domain."contoso.com"]
unknown_recipient = "{unknown}"
postmaster = "nora@contoso.com"
[side.notes]
kind = "domino"
next_hop = ["{notes}"]
[side.notes.tls]
mode = "none"
[[directory]]
name = "people"
kind = "csv"
path = "{dir}/people.csv"
"#
    );
    std::fs::write(file, text).expect("the configuration");
}
