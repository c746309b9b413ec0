//! The gateway as an administrator runs it: everybody is looked up, every bound and every event is on, and the log goes to
//! a file. Two bounds are raised: connections of one client, for all come from 127.0.0.1, and connections to the hop, which
//! the others have as many of as there are sessions.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use super::daemon::{self, Daemon};
use super::scenario::Tls;
use super::stage::{Identity, Stage, write};
use super::stop::Stop;

pub(crate) fn start(stage: &Stage, stop: &Stop) -> Result<Daemon, String> {
    let home = stage.directory("twinmx")?;
    let address = daemon::free_address()?;
    let tls = match stage.tls {
        Tls::Clear => None,
        Tls::Spoken => Some(stage.identity()),
    };
    let hop = match stage.tls {
        Tls::Clear => stage.hop,
        Tls::Spoken => stage.demanding_hop,
    };
    let file = home.join("twinmx.toml");
    write(&home.join("people.csv"), &people())?;
    write(
        &file,
        &configuration(&home, &address.to_string(), &hop.to_string(), tls.as_ref()),
    )?;
    let mut command = Command::new(&stage.twinmx);
    command.arg("run").arg("--config").arg(&file);
    Daemon::start("twinmx", &mut command, address, &home.join("log"), stop)
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

fn people() -> String {
    let mut text = "address,side,routing_address,aliases\n".to_owned();
    for (number, address) in addresses().into_iter().enumerate() {
        // A string takes everything.
        _ = writeln!(text, "{address},notes,,p{number}@contoso.com");
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
[limits]
connections_per_client = 20000
"#
    )
}

const PEOPLE: usize = 4_000;
