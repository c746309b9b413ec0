//! OpenLDAP's slapd, private to a test: its files in a directory of its own, on free ports of 127.0.0.1, gone with who
//! started it.
//!
//! Its content is loaded before it starts, from LDIF (RFC 2849), which takes seconds for a hundred thousand people.
//! Besides the schemas that come with it, it knows the attributes by which Domino and GroupWise route.

mod ldif;
mod setup;

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

pub use ldif::{Ldif, person_uuid};
pub use setup::{READER, READER_PASSWORD, SUFFIX, Setup};
use setup::{ROOT, ROOT_PASSWORD};

/// A server.
#[derive(Debug)]
pub struct Slapd {
    home: PathBuf,
    plain: SocketAddr,
    tls: SocketAddr,
    offers_tls: bool,
    process: Option<Child>,
}

impl Slapd {
    /// Whether there is such a program, and if not, what is missing.
    pub fn is_here() -> Result<(), String> {
        for program in [SLAPD, SLAPADD, LDAPMODIFY] {
            if !Path::new(program).exists() {
                return Err(format!(
                    "no {program} (Debian packages slapd and ldap-utils)"
                ));
            }
        }
        Ok(())
    }

    /// Loads the content and starts the server. `home` is a directory for it alone.
    pub fn start(home: &Path, setup: &Setup, content: &str) -> io::Result<Self> {
        let mut server = Self {
            home: home.to_owned(),
            plain: free_address()?,
            tls: free_address()?,
            offers_tls: setup.certificate.is_some(),
            process: None,
        };
        fs::write(
            home.join("foreign.schema"),
            include_str!("slapd/foreign.schema"),
        )?;
        fs::write(server.configuration(), setup.lines(home))?;
        server.load(content)?;
        server.restart()?;
        Ok(server)
    }

    /// Replaces everything it has while it is down, as a restored backup would.
    pub fn replace(&mut self, content: &str) -> io::Result<()> {
        self.kill();
        fs::remove_dir_all(self.home.join("db"))?;
        self.load(content)?;
        self.restart()
    }

    /// Gives it another setup. What it has stays.
    pub fn set_up(&mut self, setup: &Setup) -> io::Result<()> {
        self.kill();
        self.offers_tls = setup.certificate.is_some();
        fs::write(self.configuration(), setup.lines(&self.home))?;
        self.restart()
    }

    /// Starts it again, where it was.
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill();
        let urls = match self.offers_tls {
            true => format!("ldap://{} ldaps://{}", self.plain, self.tls),
            false => format!("ldap://{}", self.plain),
        };
        let log = fs::File::create(self.home.join("log"))?;
        let mut command = Command::new("/usr/bin/setpriv");
        command.args([
            "--pdeathsig",
            "KILL",
            "--",
            SLAPD,
            "-d",
            "0",
            "-h",
            &urls,
            "-f",
        ]);
        command.arg(self.configuration());
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        self.process = Some(command.spawn()?);
        self.await_start()
    }

    /// Ends it without a warning, as a power failure would.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            _ = process.kill();
            _ = process.wait();
        }
    }

    /// Makes changes by LDIF with change types (RFC 2849).
    pub fn change(&self, changes: &str) -> io::Result<()> {
        let mut command = Command::new(LDAPMODIFY);
        command.args(["-x", "-D", ROOT, "-w", ROOT_PASSWORD, "-H"]);
        command.arg(format!("ldap://{}", self.plain));
        fed(command, changes).map(drop)
    }

    /// Where it speaks without TLS from the first octet on.
    pub fn plain(&self) -> SocketAddr {
        self.plain
    }

    /// Where it speaks TLS from the first octet on.
    pub fn tls(&self) -> SocketAddr {
        self.tls
    }

    fn configuration(&self) -> PathBuf {
        self.home.join("slapd.conf")
    }

    fn load(&self, content: &str) -> io::Result<()> {
        fs::create_dir_all(self.home.join("db"))?;
        let mut command = Command::new(SLAPADD);
        command.args(["-q", "-w", "-b", SUFFIX, "-f"]);
        fed(
            {
                command.arg(self.configuration());
                command
            },
            content,
        )
        .map(drop)
    }

    fn await_start(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(self.plain).is_err() {
            let process = self.process.as_mut();
            let ended = process.map(Child::try_wait).transpose()?.flatten();
            if ended.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(self.home.join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("slapd did not start: {log}")));
            }
            // It cannot say when it listens.
            std::thread::park_timeout(PACE);
        }
        Ok(())
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.home.join("log")).unwrap_or_default();
            eprintln!("--- log of slapd\n{log}");
        }
    }
}

/// Runs a program with this as its input.
fn fed(mut command: Command, input: &str) -> io::Result<Output> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.spawn()?;
    let mut pipe = process.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let written = std::thread::scope(|scope| {
        // It may complain before it has read everything.
        let writer = scope.spawn(move || pipe.write_all(input.as_bytes()));
        let output = process.wait_with_output();
        _ = writer.join();
        output
    })?;
    match written.status.success() {
        true => Ok(written),
        false => {
            let words = String::from_utf8_lossy(&written.stderr).into_owned();
            Err(io::Error::other(words))
        }
    }
}

/// An address on 127.0.0.1 where nobody listens, below the ports that outgoing connections take, so that it is still
/// free after a restart.
fn free_address() -> io::Result<SocketAddr> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id().wrapping_mul(41) % u32::from(PORTS)) as u16;
    for _ in 0..PORTS {
        let offset = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(start) % PORTS;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST_PORT + offset));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

const SLAPD: &str = "/usr/sbin/slapd";
const SLAPADD: &str = "/usr/sbin/slapadd";
const LDAPMODIFY: &str = "/usr/bin/ldapmodify";
const FIRST_PORT: u16 = 14_000;
const PORTS: u16 = 5_000;
const PATIENCE: Duration = Duration::from_secs(60);
const PACE: Duration = Duration::from_millis(10);
