//! What is to be measured.

use std::path::PathBuf;
use std::str::FromStr;

use super::step::Step;

#[derive(Debug, PartialEq)]
pub(super) enum Arguments {
    Run(Options),
    /// One step, in the directory where the ones before it left what it needs.
    Step(Step, PathBuf),
}

#[derive(Debug, PartialEq)]
pub(super) struct Options {
    /// How many synthetic people, one after the other.
    pub(super) people: Vec<u64>,
    /// People in Samba; none: it is left out.
    pub(super) samba: u64,
    pub(super) slapd: u64,
    /// Where the mirrors are made.
    pub(super) directory: PathBuf,
    pub(super) out: PathBuf,
    pub(super) json: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            people: vec![1_000_000],
            samba: 5_000,
            slapd: 100_000,
            directory: PathBuf::from("/var/tmp"),
            out: PathBuf::from("target/bench"),
            json: false,
        }
    }
}

impl Arguments {
    pub(super) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments;
        let mut options = Options::default();
        while let Some(word) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--step" => {
                    let step = value()?;
                    let step = Step::named(&step).ok_or(format!("no step {step:?}"))?;
                    let home = arguments.next().ok_or("--step needs a directory")?;
                    return Ok(Self::Step(step, home.into()));
                }
                "--people" => options.people = vec![number(&value()?)?],
                "--growth" => options.people = GROWTH.to_vec(),
                "--samba" => options.samba = number(&value()?)?,
                "--slapd" => options.slapd = number(&value()?)?,
                "--directory" => options.directory = value()?.into(),
                "--out" => options.out = value()?.into(),
                "--json" => options.json = true,
                "--bench" => {} // Cargo says so
                other => return Err(format!("unknown option {other:?}")),
            }
        }
        options.people.retain(|people| *people > 0);
        Ok(Self::Run(options))
    }
}

impl Options {
    /// The steps with real servers.
    pub(super) fn peers(&self) -> Vec<Step> {
        let (samba, slapd) = (self.samba, self.slapd);
        let steps = [Step::Samba { people: samba }, Step::Slapd { people: slapd }];
        let wanted = |step: &Step| step.people() > 0;
        steps.into_iter().filter(wanted).collect()
    }
}

fn number<N: FromStr>(text: &str) -> Result<N, String> {
    let digits = text.replace('_', "");
    digits.parse().map_err(|_| format!("{text:?} is no number"))
}

const GROWTH: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

pub(super) const USAGE: &str = "\
  --people N      synthetic people in two sources, 1000000; 0: none
  --growth        10,000, 100,000, 1,000,000 and 10,000,000 of them
  --samba N       people in a Samba domain controller, 5000; 0: none
  --slapd N       people in an OpenLDAP server, 100000; 0: none
  --directory DIR where mirrors are made, /var/tmp
  --out DIR       where directory.json and directory.md go
  --json          print JSON instead of tables
";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_understood() {
        let check = |line: &str, expected: Options| {
            assert_eq!(parsed(line), Ok(Arguments::Run(expected)), "{line}");
        };
        check("", Options::default());
        let growth = Options {
            people: GROWTH.to_vec(),
            samba: 100_000,
            slapd: 0,
            json: true,
            ..Options::default()
        };
        check("--growth --samba 100_000 --slapd 0 --json --bench", growth);
        let none = Options {
            people: Vec::new(),
            ..Options::default()
        };
        check("--people 0", none);
        for (line, complaint) in [
            ("--people", "--people needs a value"),
            ("--people x", "\"x\" is no number"),
            ("--colour", "unknown option \"--colour\""),
            ("--step brew", "no step \"brew\""),
        ] {
            assert_eq!(parsed(line), Err(complaint.to_owned()), "{line}");
        }
    }

    #[test]
    fn a_step_names_itself() {
        let options = Options::default();
        for step in Step::of_people(7).into_iter().chain(options.peers()) {
            let line = format!("--step {} /x", step.name());
            assert_eq!(parsed(&line), Ok(Arguments::Step(step, "/x".into())));
        }
    }
}
