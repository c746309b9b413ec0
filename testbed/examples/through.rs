//! Sends messages through a gateway that another program watches: `through MESSAGES PROGRAM [ARGUMENT]...`.
//!
//! The program is started with `run --config FILE` behind its arguments, for a gateway between the load source and a
//! sink on loopback, and is asked to end once every message has been answered. With 20 sessions, 10 000 octets a
//! message and a pipelined envelope.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use tempfile::TempDir;
use testbed::load::Load;
use testbed::sink::Sink;

type Failure = Box<dyn Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match through(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("through: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn through(arguments: &[String]) -> Result<(), Failure> {
    let [messages, program @ ..] = arguments else {
        return Err("MESSAGES PROGRAM [ARGUMENT]... are wanted".into());
    };
    let messages: usize = messages.parse()?;
    let sink = Sink::builder().keep_nothing().start().await?;
    let gateway = Gateway::start(program, sink.addr())?;
    let load = Load::new("through", ["nora@contoso.com"])
        .messages(messages)
        .sessions(20);
    let report = load.run(gateway.addr).await?;
    if let Some((id, error)) = report.failed.first() {
        return Err(format!("{id}: {error}").into());
    }
    if report.accepted.len() != messages {
        return Err(format!("{} of {messages} were accepted", report.accepted.len()).into());
    }
    gateway.end()
}

struct Gateway {
    process: Child,
    addr: SocketAddr,
    _directory: TempDir,
}

impl Gateway {
    fn start(program: &[String], sink: SocketAddr) -> Result<Self, Failure> {
        let (program, arguments) = program.split_first().ok_or("no program is named")?;
        let directory = tempfile::tempdir()?;
        let addr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let file = directory.path().join("twinmx.toml");
        std::fs::write(&file, configuration(directory.path(), addr, sink))?;
        std::fs::write(
            directory.path().join("people.csv"),
            "address,side\nnora@contoso.com,notes\n",
        )?;
        let mut process = Command::new(program)
            .args(arguments)
            .args(["run", "--config"])
            .arg(&file)
            .env_remove("NOTIFY_SOCKET")
            .stderr(Stdio::piped())
            .spawn()?;
        let log = process.stderr.take().ok_or("it has no log")?;
        let gateway = Self {
            process,
            addr,
            _directory: directory,
        };
        let mut lines = BufReader::new(log).lines();
        if !lines.any(|line| line.is_ok_and(|line| line.contains("listener mx on "))) {
            return Err("the gateway did not start".into());
        }
        // Whatever else it says must be read, or it would wait for us.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(gateway)
    }

    /// Ends it by the signal that lets it, and whoever watches it, finish.
    fn end(mut self) -> Result<(), Failure> {
        let process = self.process.id().to_string();
        Command::new("kill")
            .args(["-s", "TERM", &process])
            .status()?;
        match self.process.wait()? {
            status if status.success() => Ok(()),
            status => Err(format!("the gateway ended with {status}").into()),
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Nothing to end after `end`.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn configuration(directory: &Path, addr: SocketAddr, sink: SocketAddr) -> String {
    let directory = directory.display();
    format!(
        r#"
hostname = "mx.contoso.com"
state_dir = "{directory}/state"
[[listener]]
name = "mx"
address = "{addr}"
[domain."contoso.com"]
postmaster = "nora@contoso.com"
[side.notes]
kind = "domino"
next_hop = ["{sink}"]
[side.notes.tls]
mode = "none"
[[directory]]
name = "people"
kind = "csv"
path = "{directory}/people.csv"
"#
    )
}
