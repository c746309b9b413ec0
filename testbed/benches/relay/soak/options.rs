//! What was asked for.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use super::super::arguments::bounded;

#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// The gateway's program.
    pub(super) twinmx: PathBuf,
    pub(super) kills: u64,
    /// It goes on for so long, with as many kills as there are.
    pub(super) time: Option<Duration>,
    pub(super) seed: u64,
    pub(super) json: bool,
}

impl Options {
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let mut options = Self {
            twinmx: PathBuf::from("target/release/twinmx"),
            kills: 100,
            time: None,
            seed: 1,
            json: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--json" {
                options.json = true;
                continue;
            }
            let value = words
                .next()
                .ok_or_else(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--twinmx" => options.twinmx = value.into(),
                "--kills" => options.kills = bounded(word, value, 1, 10_000)?,
                "--minutes" => {
                    let minutes: u64 = bounded(word, value, 1, 10_000)?;
                    options.time = Some(Duration::from_secs(60 * minutes));
                }
                "--seed" => options.seed = bounded(word, value, 0, u64::MAX)?,
                _ => return Err(format!("unknown option {word:?}")),
            }
        }
        Ok(options)
    }

    /// The rest of a client after each message: so many come in all as the sinks keep records of.
    pub(super) fn pause(&self, clients: usize) -> Duration {
        let kills = u32::try_from(self.kills).unwrap_or(u32::MAX);
        let time = self.time.unwrap_or(ROUND * kills);
        let clients = u32::try_from(clients).unwrap_or(u32::MAX);
        (time * clients / MESSAGES).max(PAUSE_MIN)
    }

    pub(super) fn is_terminal(&self) -> bool {
        std::io::stderr().is_terminal()
    }
}

/// A life of the gateway, about.
const ROUND: Duration = Duration::from_secs(4);
const MESSAGES: u32 = 80_000;
/// Postfix has to keep up, on a small machine.
const PAUSE_MIN: Duration = Duration::from_millis(60);

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn options_are_understood() {
        let check = |line, kills, minutes: Option<u64>, seed, json| {
            let options = parsed(line).expect("it is right");
            let time = minutes.map(|minutes| Duration::from_secs(60 * minutes));
            let found = (options.kills, options.time, options.seed, options.json);
            assert_eq!(found, (kills, time, seed, json), "{line}");
        };
        check("", 100, None, 1, false);
        check("--kills 7 --seed 0 --json", 7, None, 0, true);
        check("--minutes 30 --twinmx x", 100, Some(30), 1, false);
    }

    #[test]
    fn mistakes_are_named() {
        let check = |line, complaint: &str| assert_eq!(parsed(line), Err(complaint.to_owned()));
        check("--fast 1", "unknown option \"--fast\"");
        check("--kills", "--kills needs a value");
        check(
            "--kills 0",
            "--kills is a number from 1 to 10000, not \"0\"",
        );
    }

    #[test]
    fn a_long_soak_is_a_slow_one() {
        let pause = |line: &str| parsed(line).expect("it is right").pause(6);
        assert_eq!(pause("--kills 100"), PAUSE_MIN);
        assert_eq!(pause("--minutes 60"), Duration::from_millis(270));
    }
}
