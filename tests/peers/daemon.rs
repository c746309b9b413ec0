//! A mail program that runs until its test is over.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::log::Log;
use super::{PATIENCE, port};

/// How soon we look again whether it listens, if it prints nothing meanwhile.
const PACE: Duration = Duration::from_millis(20);

/// A private directory and an address, before anything runs there.
pub(super) struct Home {
    directory: TempDir,
    address: SocketAddr,
}

impl Home {
    /// In /tmp, whatever TMPDIR says: Unix sockets have short names, and the
    /// users that a mail server becomes must be able to reach it.
    pub(super) fn new(name: &str) -> Self {
        Self::at(name, port::free())
    }

    /// At an address that is known already.
    pub(super) fn at(name: &str, address: SocketAddr) -> Self {
        let directory = tempfile::Builder::new()
            .prefix(&format!("twinmx-{name}-"))
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir_in("/tmp")
            .expect("a directory can be made in /tmp");
        Self { directory, address }
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, content).expect("a file can be written in our own directory");
        path
    }

    /// A directory that any user may write to.
    pub(super) fn open_directory(&self, name: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir(&path).expect("a directory can be made in our own directory");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o1777)).expect("it is ours");
        path
    }
}

/// A running mail program. Dropping it ends all its processes.
pub(super) struct Daemon {
    name: &'static str,
    home: Home,
    child: Child,
    log: Log,
    /// Logs that it writes by itself.
    log_files: Vec<PathBuf>,
}

impl Daemon {
    /// Starts `program`, as root in namespaces of its own, and waits until it
    /// greets. It does not outlive the thread that polls this first: the test's.
    pub(super) async fn start(name: &'static str, home: Home, program: Program) -> Self {
        let mut daemon = Self::spawn(name, home, program);
        daemon.greeted().await;
        daemon
    }

    /// The same for one that speaks another protocol, and prints `word` when it is ready.
    pub(super) async fn start_until(
        name: &'static str,
        home: Home,
        program: Program,
        word: &str,
    ) -> Self {
        let daemon = Self::spawn(name, home, program);
        let ready = daemon.log.wait_for(word, 1).await;
        ready.unwrap_or_else(|reason| panic!("{name} {reason}"));
        daemon
    }

    fn spawn(name: &'static str, home: Home, program: Program) -> Self {
        let (child, log) = program.spawn().unwrap_or_else(|error| {
            panic!("{name} cannot be started: {error}");
        });
        Self {
            name,
            home,
            child,
            log,
            log_files: program.log_files,
        }
    }

    async fn greeted(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        while let Err(reason) = greets(self.home.address()).await {
            let alive = self.log.next_line(PACE).await;
            assert!(alive, "{} ended before it listened", self.name);
            assert!(
                Instant::now() < deadline,
                "{} at {}: {reason}",
                self.name,
                self.home.address()
            );
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.home.address()
    }

    pub(super) fn path(&self) -> &Path {
        self.home.path()
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// Asks the program to end, and waits until it has.
    pub(super) fn end(mut self) {
        let asked = kill_process(self.program(), Signal::TERM);
        asked.unwrap_or_else(|error| panic!("{} was already gone: {error}", self.name));
        _ = self.child.wait();
    }

    /// The program itself, below what was started around it.
    fn program(&self) -> Pid {
        let mut process = Pid::from_child(&self.child);
        while let Some(child) = only_child(process) {
            process = child;
        }
        process
    }

    fn first_process(&self) -> Option<Pid> {
        only_child(Pid::from_child(&self.child))
    }

    fn print_logs(&self) {
        eprintln!("--- log of {}\n{}", self.name, self.log.text());
        for file in &self.log_files {
            let text = fs::read(file).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            eprintln!("--- {}\n{text}", file.display());
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // The kernel ends a process namespace with its first process, and
        // `unshare` returns when all of it is gone. Where there is none (a
        // single process of somebody who is not root) the child is all.
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let ended = match self.first_process() {
            Some(first) => kill_process(first, Signal::KILL).map_err(std::io::Error::from),
            None => self.child.kill(),
        };
        if let Err(error) = ended {
            eprintln!("{} was already gone: {error}", self.name);
        }
        _ = self.child.wait();
        if std::thread::panicking() {
            self.print_logs();
        }
    }
}

/// What to start, and on which file system.
pub(super) struct Program {
    command: Vec<String>,
    /// A tree that is laid over the system's.
    overlay: Option<(PathBuf, PathBuf)>,
    log_files: Vec<PathBuf>,
}

impl Program {
    pub(super) fn new<S: ToString>(command: impl IntoIterator<Item = S>) -> Self {
        Self {
            command: command.into_iter().map(|word| word.to_string()).collect(),
            overlay: None,
            log_files: Vec::new(),
        }
    }

    /// Runs where the unpacked packages in `tree` look installed; what is
    /// written there is kept in memory at `scratch`, an empty directory.
    pub(super) fn over(mut self, tree: PathBuf, scratch: PathBuf) -> Self {
        self.overlay = Some((tree, scratch));
        self
    }

    pub(super) fn logs_to(mut self, file: PathBuf) -> Self {
        self.log_files.push(file);
        self
    }

    fn spawn(&self) -> std::io::Result<(Child, Log)> {
        let (output, input) = std::io::pipe()?;
        let mut command = Command::new("/usr/bin/setpriv");
        command.args(["--pdeathsig", "KILL", "--"]);
        if rustix::process::geteuid().is_root() {
            command.args(["/usr/bin/unshare", "--mount", "--pid", "--mount-proc"]);
            command.args(["--fork", "--kill-child", "--"]);
            // The first process stays a shell: a server that changes its user
            // would no longer be told of the death of `unshare`.
            command.args(["/bin/sh", "-c", "\"$@\"; exit", "first"]);
        }
        if let Some((tree, scratch)) = &self.overlay {
            command.args(["/bin/sh", "-c", include_str!("overlay.sh"), "overlay"]);
            command.arg(tree).arg(scratch);
        }
        command
            .args(&self.command)
            .stdin(Stdio::null())
            .stdout(input.try_clone()?)
            .stderr(input);
        Ok((command.spawn()?, Log::of(output)))
    }
}

/// The child of a process that has no more than one.
fn only_child(process: Pid) -> Option<Pid> {
    let process = process.as_raw_nonzero();
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    Pid::from_raw(children.ok()?.split_whitespace().next()?.parse().ok()?)
}

async fn greets(address: SocketAddr) -> Result<(), String> {
    let connected = TcpStream::connect(address).await;
    let stream = connected.map_err(|error| error.to_string())?;
    let mut greeting = String::new();
    let mut reader = BufReader::new(stream);
    match timeout(PATIENCE, reader.read_line(&mut greeting)).await {
        Ok(Ok(_)) if greeting.starts_with("220") => Ok(()),
        Ok(Ok(_)) => Err(format!("it greets with {greeting:?}")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!(
            "it takes a connection and says nothing for {PATIENCE:?}"
        )),
    }
}
