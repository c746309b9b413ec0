//! One step of the bench, and the process that takes it.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::{Trouble, in_force, memory, mirrors, peer, unknown};

/// See the module's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Both sources are read into new mirrors.
    FirstRead { people: u64 },
    /// What they say is believed.
    Believe { people: u64 },
    /// Both are read again and say the same.
    ReadAgain { people: u64 },
    /// A gateway's directory starts without a snapshot: it gathers, builds and stores; then one line of a file changes.
    InForce { people: u64 },
    /// It starts again, with the snapshot.
    Restart { people: u64 },
    /// For a thousand unknown recipients the nearest known address is looked for.
    Unknown { people: u64 },
    /// A real domain controller.
    Samba { people: u64 },
    /// A real OpenLDAP.
    Slapd { people: u64 },
}

impl Step {
    /// Those that follow one another in one directory.
    pub(super) fn of_people(people: u64) -> Vec<Self> {
        vec![
            Self::FirstRead { people },
            Self::Believe { people },
            Self::ReadAgain { people },
            Self::InForce { people },
            Self::Restart { people },
            Self::Unknown { people },
        ]
    }

    pub(super) fn people(&self) -> u64 {
        self.parts().1
    }

    /// What it is, without how many.
    pub(super) fn kind(&self) -> &'static str {
        self.parts().0
    }

    /// For the command line.
    pub(super) fn name(&self) -> String {
        let (kind, people) = self.parts();
        format!("{kind}:{people}")
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        let (kind, people) = name.split_once(':')?;
        let people = people.parse().ok()?;
        let peers = [Self::Samba { people }, Self::Slapd { people }];
        let mut all = Self::of_people(people).into_iter().chain(peers);
        all.find(|step| step.kind() == kind)
    }

    fn parts(&self) -> (&'static str, u64) {
        match *self {
            Self::FirstRead { people } => ("first-read", people),
            Self::Believe { people } => ("believe", people),
            Self::ReadAgain { people } => ("read-again", people),
            Self::InForce { people } => ("in-force", people),
            Self::Restart { people } => ("restart", people),
            Self::Unknown { people } => ("unknown", people),
            Self::Samba { people } => ("samba", people),
            Self::Slapd { people } => ("slapd", people),
        }
    }

    /// Takes it in a process of its own.
    pub(super) fn in_process(&self, home: &Path) -> Result<Value, Trouble> {
        eprintln!("{} ...", self.name());
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--step", &self.name()]).arg(home);
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut said = String::new();
        if let Some(mut pipe) = child.stdout.take() {
            pipe.read_to_string(&mut said)?;
        }
        match child.wait()?.success() {
            true => Ok(serde_json::from_str(&said)?),
            false => Err(format!("the step {} did not end well", self.name()).into()),
        }
    }

    /// Takes it here, and prints its figures.
    pub(super) fn take(&self, home: &Path) -> Result<(), Trouble> {
        println!("{}", self.figures(home)?);
        Ok(())
    }

    /// Takes it here.
    pub(super) fn figures(&self, home: &Path) -> Result<Value, Trouble> {
        let began = Instant::now();
        let mut figures = match *self {
            Self::FirstRead { people } | Self::ReadAgain { people } => mirrors::read(home, people)?,
            Self::Believe { people } => mirrors::believe(home, people)?,
            Self::InForce { people } => in_force::build_and_change(home, people)?,
            Self::Restart { people } => in_force::restart(home, people)?,
            Self::Unknown { people } => unknown::nearest(home, people)?,
            Self::Samba { people } => peer::samba::measure(home, people)?,
            Self::Slapd { people } => peer::slapd::measure(home, people)?,
        };
        if figures["seconds"].is_null() {
            figures["seconds"] = json!(began.elapsed().as_secs_f64());
        }
        figures["peak_kib"] = json!(memory::peak_kib());
        Ok(figures)
    }
}
