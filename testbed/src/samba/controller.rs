//! A controller that serves a domain.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::address::{Address, LDAP, LDAPS};
use super::{Domain, SAMBA, SETPRIV, SambaError, io_error};
use crate::certificates::Certificate;
use crate::limits::SAMBA_START;

/// A running domain controller. It is killed when it is dropped, and with the thread that started it.
#[derive(Debug)]
pub struct Controller {
    /// Before the domain, whose files go with it.
    process: Process,
    domain: Domain,
    address: Address,
}

/// A controller that was killed. Its database and its address wait for another one.
#[derive(Debug)]
pub struct Stopped {
    domain: Domain,
    address: Address,
}

#[derive(Debug)]
struct Process(Child);

impl Controller {
    /// Serves this domain, and waits until it listens.
    pub async fn start(domain: Domain, certificate: &Certificate) -> Result<Self, SambaError> {
        Self::start_at(domain, certificate, Address::new()).await
    }

    /// Kills it.
    pub fn stop(self) -> Stopped {
        drop(self.process);
        Stopped {
            domain: self.domain,
            address: self.address,
        }
    }

    async fn start_at(
        domain: Domain,
        certificate: &Certificate,
        address: Address,
    ) -> Result<Self, SambaError> {
        let paths = domain.paths();
        let tls = domain.directory().join("tls");
        fs::create_dir_all(&tls).map_err(io_error("a directory for certificates"))?;
        certificate
            .write_to(&tls, "dc")
            .map_err(io_error("writing a certificate"))?;
        for name in ["run", "state", "cache"] {
            fs::create_dir_all(domain.directory().join(name)).map_err(io_error(name))?;
        }
        paths.write_configuration(Some(address.ip()))?;
        let log = File::create(paths.log()).map_err(io_error("a log"))?;
        let errors = log.try_clone().map_err(io_error("a log"))?;
        let child = Command::new(SETPRIV)
            .args(["--pdeathsig", "KILL", "--", SAMBA])
            .args(["--foreground", "--no-process-group", "--model=single"])
            .arg("--debug-stdout")
            .arg(format!("--configfile={}", paths.configuration().display()))
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(io_error(SAMBA))?;
        let mut controller = Self {
            process: Process(child),
            domain,
            address,
        };
        controller.listening().await?;
        Ok(controller)
    }

    /// Where it speaks LDAP, with StartTLS.
    pub fn ldap(&self) -> SocketAddr {
        self.address.port(LDAP)
    }

    /// Where it speaks LDAP over TLS.
    pub fn ldaps(&self) -> SocketAddr {
        self.address.port(LDAPS)
    }

    /// Its database, which may be changed meanwhile.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// What it printed.
    pub fn log(&self) -> String {
        let log = fs::read(self.domain.paths().log()).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    async fn listening(&mut self) -> Result<(), SambaError> {
        let address = self.ldaps();
        let deadline = Instant::now() + SAMBA_START;
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            if TcpStream::connect(address).await.is_ok() {
                return Ok(());
            }
            let ended = matches!(self.process.0.try_wait(), Ok(Some(_)));
            if ended || Instant::now() >= deadline {
                let said = self.log();
                return Err(SambaError::Silent { address, said });
            }
        }
    }
}

impl Stopped {
    /// Another database for the same address.
    #[must_use]
    pub fn with(self, domain: Domain) -> Self {
        Self { domain, ..self }
    }

    /// Serves it again.
    pub async fn start(self, certificate: &Certificate) -> Result<Controller, SambaError> {
        Controller::start_at(self.domain, certificate, self.address).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            _ = self.0.kill();
        }
        _ = self.0.wait();
    }
}

/// How soon we look again whether it listens.
const PACE: Duration = Duration::from_millis(20);
