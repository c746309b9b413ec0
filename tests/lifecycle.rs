//! The program itself: start, reload, drain, end.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;
use testbed::client::Client;
use testbed::sink::{Act, Gate, Sink, Stage};

use crate::scene::message;

/// `twinmx run` in a process of its own.
struct Program {
    process: Child,
    log: Receiver<String>,
    file: PathBuf,
    mx: SocketAddr,
    _dir: TempDir,
}

impl Program {
    fn start(notes: SocketAddr) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mx = free_port();
        std::fs::write(dir.path().join("people.csv"), "address,side\nnora@contoso.com,notes\n").expect("people");
        let file = dir.path().join("twinmx.toml");
        write_configuration(&file, mx, notes, "reject");
        let mut process = Command::new(env!("CARGO_BIN_EXE_twinmx"))
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
        let program = Self { process, log, file, mx, _dir: dir };
        program.says("listener mx on ");
        program
    }

    /// Waits until a line of the log has these words.
    fn says(&self, words: &str) -> String {
        let mut said = Vec::new();
        loop {
            match self.log.recv_timeout(Duration::from_secs(20)) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => said.push(line),
                Err(_) => panic!("nothing with {words:?}; the log: {said:#?}"),
            }
        }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.process.id().to_string()]).status();
        assert!(status.expect("kill").success());
    }

    async fn client(&self) -> Client {
        let mut client = Client::connect(self.mx).await.expect("a greeting");
        client.ehlo("client.example.net").await.expect("EHLO");
        client
    }

    async fn code_for_unknown(&self) -> u16 {
        let mut client = self.client().await;
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nobody@contoso.com").await.expect("RCPT").code
    }

    fn exit_code(mut self) -> Option<i32> {
        self.process.wait().expect("it ends").code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port")
}

fn write_configuration(file: &Path, mx: SocketAddr, notes: SocketAddr, unknown: &str) {
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

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_reloads_and_a_bad_file_changes_nothing() {
    let notes = Sink::start().await.expect("a sink");
    let program = Program::start(notes.addr());
    assert_eq!(program.code_for_unknown().await, 550);

    write_configuration(&program.file, program.mx, notes.addr(), "defer");
    program.signal("HUP");
    program.says("TWX-0501");
    assert_eq!(program.code_for_unknown().await, 451);

    std::fs::write(&program.file, "hostname = \"mx.contoso.com\"\nlistner = 1\n").expect("a bad file");
    program.signal("HUP");
    let line = program.says("TWX-0502");
    assert!(line.contains("twinmx.toml"), "{line}");
    assert_eq!(program.code_for_unknown().await, 451, "the former configuration stays in force");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_opens_new_listeners_and_closes_old_ones() {
    let notes = Sink::start().await.expect("a sink");
    let mut program = Program::start(notes.addr());
    let (old, new) = (program.mx, free_port());
    let mut open = program.client().await;
    write_configuration(&program.file, new, notes.addr(), "reject");
    program.signal("HUP");
    program.says("TWX-0501");
    program.mx = new;
    assert_eq!(program.code_for_unknown().await, 550);
    let ending = open.ending().await.expect("the old listener's sessions end");
    assert!(ending.before.starts_with(b"421 4.3.2"), "{ending:?}");
    assert!(Client::connect(old).await.is_err(), "nobody listens there any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn termination_lets_a_transaction_end_and_idle_sessions_go() {
    let notes = Sink::start().await.expect("a sink");
    let gate = Gate::new();
    notes.script(|script| script.on(Stage::End, Act::normal().after(&gate)));
    let program = Program::start(notes.addr());
    let (mut idle, mut busy) = (program.client().await, program.client().await);
    let sent = message("x");
    let (delivery, ()) = tokio::join!(busy.deliver("a@example.net", &["nora@contoso.com"], &sent), async {
        gate.reached(1).await.expect("the message waits for its reply");
        program.signal("TERM");
        let ending = idle.ending().await.expect("an idle session ends at once");
        assert!(ending.before.starts_with(b"421 4.3.2"), "{ending:?}");
        gate.release();
    });
    assert!(delivery.expect("a dialog").is_accepted(), "the transaction ended as it should");
    assert_eq!(program.exit_code(), Some(0));
}

#[test]
fn a_broken_configuration_starts_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("twinmx.toml");
    let mx = free_port();
    write_configuration(&file, mx, free_port(), "perhaps");
    let output = Command::new(env!("CARGO_BIN_EXE_twinmx")).args(["run", "--config"]).arg(&file).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("TWX-01") && said.contains("twinmx.toml:8:"), "{said}");
    assert!(!dir.path().join("state").exists(), "nothing was made");
    assert!(std::net::TcpStream::connect(mx).is_err(), "nothing listens");
}

#[test]
fn a_port_that_is_taken_is_said_so() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("people.csv"), "address,side\n").expect("people");
    let file = dir.path().join("twinmx.toml");
    write_configuration(&file, taken.local_addr().expect("its address"), free_port(), "reject");
    let output = Command::new(env!("CARGO_BIN_EXE_twinmx")).args(["run", "--config"]).arg(&file).output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot listen on"), "{output:?}");
}
