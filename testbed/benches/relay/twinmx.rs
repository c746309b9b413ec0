//! The gateway as an administrator runs it: everybody is looked up, every bound and every event is on, and the log goes to
//! a file. Three bounds are raised: connections and new connections of one client, for all come from 127.0.0.1, and
//! connections to the hop, which the others have as many of as there are sessions.

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::daemon::{self, Daemon};
use super::scenario::Tls;
use super::stage::{Custody, Doors, Identity, Stage, write};
use super::stop::Stop;

pub(crate) fn start(stage: &Stage, stop: &Stop) -> Result<Daemon, String> {
    Gateway::prepare("twinmx", stage)?.run(stop)
}

/// A gateway that is configured. It may run more than once: what it has kept stays.
#[derive(Debug)]
pub(super) struct Gateway {
    name: &'static str,
    program: PathBuf,
    home: PathBuf,
    address: SocketAddr,
}

impl Gateway {
    pub(super) fn prepare(name: &'static str, stage: &Stage) -> Result<Self, String> {
        let gateway = Self {
            name,
            program: stage.twinmx.clone(),
            home: stage.directory(name)?,
            address: daemon::free_address()?,
        };
        let sides = match stage.custody.and_then(|custody| custody.other_hop) {
            None => ["notes", "notes"],
            Some(_) => ["notes", "cloud"],
        };
        write(&gateway.home.join("people.csv"), &people(sides))?;
        write(&gateway.file(), &gateway.configuration(stage))?;
        Ok(gateway)
    }

    pub(super) fn run(&self, stop: &Stop) -> Result<Daemon, String> {
        let mut command = Command::new(&self.program);
        command.arg("run").arg("--config").arg(self.file());
        let log = self.home.join("log");
        Daemon::start(self.name, &mut command, self.address, &log, stop)
    }

    /// When anything in its spool was written last. Its log is written in place, so that its size says nothing.
    pub(super) fn spool_written(&self) -> Option<SystemTime> {
        written(&self.home.join("state/spool"))
    }

    fn file(&self) -> PathBuf {
        self.home.join("twinmx.toml")
    }

    fn configuration(&self, stage: &Stage) -> String {
        let (tls, hop) = match stage.tls {
            Tls::Clear => (None, stage.hop),
            Tls::Spoken | Tls::Resumed => (Some(stage.identity()), stage.demanding_hop),
        };
        let (address, hop) = (self.address.to_string(), hop.to_string());
        let mut text = configuration(&self.home, &address, &hop, tls.as_ref());
        if stage.doors == Doors::Wide {
            text.push_str(WIDE);
        }
        if let Some(custody) = &stage.custody {
            text.push_str(&kept(custody, &hop));
        }
        text
    }
}

/// The latest change of a directory, or of anything in it.
fn written(directory: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let inside = entries.filter_map(|entry| match entry.file_type().ok()?.is_dir() {
        true => written(&entry.path()),
        false => entry.metadata().ok()?.modified().ok(),
    });
    let own = fs::metadata(directory).ok()?.modified().ok();
    inside.chain(own).max()
}

/// Its version, if it is here.
pub(super) fn version(program: &Path) -> Option<String> {
    let told = Command::new(program).arg("--version").output().ok()?;
    let told = String::from_utf8_lossy(&told.stdout).trim().to_owned();
    Some(told.strip_prefix("twinmx ").unwrap_or(&told).to_owned())
}

/// The company: each of them gets mail in turn.
pub(crate) fn addresses() -> Vec<String> {
    let address = |number| format!("person.{number:04}@contoso.com");
    (0..PEOPLE).map(address).collect()
}

/// They are of these sides in turn.
fn people(sides: [&str; 2]) -> String {
    let mut text = "address,side,routing_address,aliases\n".to_owned();
    for (number, address) in addresses().into_iter().enumerate() {
        let side = sides[number % 2];
        // A string takes everything.
        _ = writeln!(text, "{address},{side},,p{number}@contoso.com");
    }
    text
}

fn configuration(home: &Path, address: &str, hop: &str, tls: Option<&Identity>) -> String {
    let home = home.display();
    let (own, to_hop) = match tls {
        None => (String::new(), "mode = \"none\"".to_owned()),
        Some(identity) => {
            let Identity {
                authority,
                chain,
                key,
            } = identity;
            let (authority, chain, key) = (authority.display(), chain.display(), key.display());
            let own = format!(
                "[tls]\ncertificate = \"{chain}\"\nprivate_key = \"{key}\"\ntrust_roots = \"{authority}\"\n"
            );
            (
                own,
                "mode = \"mutual\"\nserver_names = [\"counter.test\"]".to_owned(),
            )
        }
    };
    format!(
        r#"hostname = "mx.contoso.com"
state_dir = "{home}/state"
{own}
[[listener]]
name = "mx"
address = "{address}"
[domain."contoso.com"]
postmaster = "person.0000@contoso.com"
[side.notes]
kind = "domino"
next_hop = ["{hop}"]
max_connections = 100
[side.notes.tls]
{to_hop}
[[directory]]
name = "people"
kind = "csv"
path = "{home}/people.csv"
"#
    )
}

/// What is added where messages are kept. The way out is for reports; there are none. Waits are short, so that what waits
/// for a hop is not long in coming once it is up.
fn kept(custody: &Custody, hop: &str) -> String {
    let other = custody.other_hop.map_or_else(String::new, |other| {
        format!(
            r#"[side.cloud]
kind = "smtp"
next_hop = ["{other}"]
max_connections = 100
[side.cloud.tls]
mode = "none"
"#
        )
    });
    format!(
        r#"{other}[internet]
next_hop = ["{hop}"]
[internet.tls]
mode = "none"
[spool]
when_down = "spool"
always = {}
retry = ["5s"]
"#,
        custody.always
    )
}

const PEOPLE: usize = 4_000;
const WIDE: &str = "[limits]\nconnections_per_client = 20000\nnew_connections_per_client = 0\n";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_write_in_place_is_seen() {
        let home = tempfile::tempdir().expect("a directory");
        let spool = home.path().join("spool/parts");
        fs::create_dir_all(&spool).expect("directories");
        fs::write(spool.join("1.seg"), "record").expect("a file");
        let spool = home.path().join("spool");
        let before = written(&spool).expect("it is there");
        let segment = fs::File::options()
            .write(true)
            .open(spool.join("parts/1.seg"));
        let segment = segment.expect("the file");
        segment.set_modified(before).expect("its time");
        assert_eq!(written(&spool), Some(before));
        let later = before + Duration::from_nanos(1);
        segment.set_modified(later).expect("its time");
        assert_eq!(written(&spool), Some(later));
        assert_eq!(written(&home.path().join("nothing")), None);
    }

    #[test]
    fn sides_have_every_second_of_the_company() {
        let check = |sides, rows: [&str; 2]| {
            let text = people(sides);
            let found: Vec<&str> = text.lines().skip(1).take(2).collect();
            assert_eq!(found, rows);
            assert_eq!(text.lines().count(), PEOPLE + 1);
        };
        let first = "person.0000@contoso.com,notes,,p0@contoso.com";
        check(
            ["notes", "notes"],
            [first, "person.0001@contoso.com,notes,,p1@contoso.com"],
        );
        check(
            ["notes", "cloud"],
            [first, "person.0001@contoso.com,cloud,,p1@contoso.com"],
        );
    }
}
