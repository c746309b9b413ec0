//! The directory while it lives, and the commands that ask it.

mod commands;
mod compared;
mod groups;
mod live;
mod unknown;

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use twinmx::config::Config;

/// A company's files: a configuration, a state directory, a source `people`.
struct Company {
    dir: TempDir,
}

const PEOPLE: &str = "\
address,side,routing_address,aliases
cleo@contoso.com,cloud,cleo.c@contoso.mail.onmicrosoft.com,cc@contoso.com
nora@contoso.com,notes,,
admin@contoso.com,notes,,
";

impl Company {
    fn new() -> Self {
        let company = Self {
            dir: tempfile::tempdir().expect("a directory"),
        };
        fs::create_dir(company.path("state")).expect("a state directory");
        company.write(PEOPLE);
        company.configure("");
        company
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Puts the source in place as a careful export does.
    fn write(&self, people: &str) {
        fs::write(self.path("people.new"), people).expect("a draft");
        fs::rename(self.path("people.new"), self.path("people.csv")).expect("a source");
    }

    fn configure(&self, more: &str) {
        let dir = self.dir.path().display();
        let mut text = String::new();
        write!(
            text,
            "hostname = \"mx.contoso.com\"\nstate_dir = \"{dir}/state\"\n{more}\n\
             [[listener]]\nname = \"mx\"\naddress = \"127.0.0.1:0\"\n\
             [domain.\"contoso.com\"]\npostmaster = \"admin@contoso.com\"\n\
             [side.cloud]\nkind = \"smtp\"\nrecipient = \"routing-address\"\nnext_hop = [\"cloud.contoso.com:25\"]\n\
             routing_domains = [\"contoso.mail.onmicrosoft.com\"]\n\
             [side.notes]\nkind = \"domino\"\nnext_hop = [\"notes.contoso.com:25\"]\n\
             [[directory]]\nname = \"people\"\nkind = \"csv\"\npath = \"{dir}/people.csv\"\n"
        )
        .expect("memory");
        fs::write(self.path("twinmx.toml"), text).expect("a configuration");
    }

    fn config(&self) -> Config {
        Config::load(&self.path("twinmx.toml"))
            .unwrap_or_else(|faults| panic!("{faults}"))
            .config
    }
}

/// `count` people, all in Notes.
fn crowd(count: usize) -> String {
    let lines: String = (0..count)
        .map(|number| format!("p{number}@contoso.com,notes\n"))
        .collect();
    format!("address,side\n{lines}")
}
