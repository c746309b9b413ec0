//! A relay that runs until it is dropped.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::account::Account;
use super::cgroup::Cgroup;
use super::stop::{PACE, Stop};

pub(crate) struct Daemon {
    name: &'static str,
    child: Child,
    address: SocketAddr,
    account: Account,
    log: PathBuf,
}

impl Daemon {
    /// Starts it and waits until it greets. What it prints goes into `log`.
    pub(super) fn start(
        name: &'static str,
        command: &mut Command,
        address: SocketAddr,
        log: &Path,
        stop: &Stop,
    ) -> Result<Self, String> {
        let told = |error: std::io::Error| format!("{name} cannot be started: {error}");
        let group = Cgroup::make(name);
        let output = File::create(log).map_err(told)?;
        let mut wrapped = wrapped(command, group.as_ref());
        let child = wrapped
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output.try_clone().map_err(told)?)
            .stderr(output)
            .spawn()
            .map_err(told)?;
        let account = match group {
            Some(group) => Account::Group(group),
            None => Account::Tree(child.id()),
        };
        let mut daemon = Self {
            name,
            child,
            address,
            account,
            log: log.to_owned(),
        };
        daemon.greeted(stop)?;
        Ok(daemon)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    /// Without a word, as when the power goes.
    pub(super) fn kill(mut self) {
        self.signal(Signal::KILL);
        self.wait(FAREWELL);
    }

    fn greeted(&mut self, stop: &Stop) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while !greets(self.address) {
            let ended = matches!(self.child.try_wait(), Ok(Some(_)));
            if ended || Instant::now() > deadline {
                return Err(format!(
                    "{} does not greet: {}",
                    self.name,
                    self.last_words()
                ));
            }
            stop.pause(PACE)?;
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n  ")
    }

    /// To all of it, and only what is in its own group or below it: a shell around a program passes nothing on.
    fn signal(&self, signal: Signal) {
        for pid in self.account.pids() {
            let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
            // It may have ended meanwhile.
            _ = pid.map(|pid| kill_process(pid, signal));
        }
    }

    fn wait(&mut self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        loop {
            let ended = matches!(self.child.try_wait(), Ok(Some(_)));
            let left = match &self.account {
                Account::Group(group) => group.pids(),
                Account::Tree(_) => Vec::new(),
            };
            if ended && left.is_empty() {
                return true;
            }
            if Instant::now() > deadline {
                return false;
            }
            thread::park_timeout(PACE);
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        for signal in [Signal::TERM, Signal::KILL] {
            self.signal(signal);
            if self.wait(FAREWELL) {
                return;
            }
        }
        eprintln!("{} cannot be ended", self.name);
    }
}

/// An address on 127.0.0.1 where nobody listens, below the ports that the kernel gives out by itself.
pub(super) fn free_address() -> Result<SocketAddr, String> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(std::process::id() % u32::from(PORTS)).unwrap_or(0);
    (0..PORTS)
        .map(|_| FIRST_PORT + (begin + NEXT.fetch_add(1, Ordering::Relaxed)) % PORTS)
        .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .ok_or_else(|| "no port is free on 127.0.0.1".to_owned())
}

/// Told to end when we are gone without a word, and in its control group from the first instruction.
fn wrapped(command: &Command, group: Option<&Cgroup>) -> Command {
    let mut wrapped = Command::new("setpriv");
    wrapped.args(["--pdeathsig", "TERM", "--"]);
    if let Some(group) = group {
        let script = r#"echo $$ > "$0" && exec "$@""#;
        wrapped.args(["sh", "-c", script]).arg(group.door());
    }
    wrapped.arg(command.get_program()).args(command.get_args());
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            wrapped.env(key, value);
        }
    }
    wrapped
}

/// It greets, and is left in peace.
fn greets(address: SocketAddr) -> bool {
    let Ok(stream) = TcpStream::connect_timeout(&address, PATIENCE) else {
        return false;
    };
    let (timed, mut line) = (stream.set_read_timeout(Some(PATIENCE)), String::new());
    let mut reader = BufReader::new(&stream);
    let greeted = timed.is_ok() && reader.read_line(&mut line).is_ok() && line.starts_with("220");
    if greeted {
        let quit = (&stream).write_all(b"QUIT\r\n");
        _ = quit.and_then(|()| reader.read_line(&mut line));
    }
    greeted
}

/// A large spool is read first.
const PATIENCE: Duration = Duration::from_secs(90);
const FAREWELL: Duration = Duration::from_secs(5);
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;
