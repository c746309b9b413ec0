//! What was asked for on the command line.

use std::path::PathBuf;

#[derive(Debug)]
pub(super) struct Options {
    /// Where unpackers are that are only unpacked themselves.
    pub(super) tools: PathBuf,
    /// Where results go.
    pub(super) out: PathBuf,
    pub(super) rounds: usize,
    /// The one set to take, if not all.
    pub(super) only: Option<String>,
    /// A directory of streams to convert besides those that are made here.
    pub(super) samples: Option<PathBuf>,
}

pub(super) fn parse(words: &[String]) -> Result<Options, String> {
    let mut options = Options {
        tools: PathBuf::from("target/peers"),
        out: PathBuf::from("target/bench"),
        rounds: 5,
        only: None,
        samples: None,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--quick" {
            options.rounds = 1;
            continue;
        }
        let value = words
            .next()
            .ok_or_else(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--only" => options.only = Some(value.clone()),
            "--tools" => options.tools = value.into(),
            "--out" => options.out = value.into(),
            "--samples" => options.samples = Some(value.into()),
            "--rounds" => {
                let number = value.parse().ok().filter(|n| (1..=100).contains(n));
                let wrong = || format!("--rounds is a number from 1 to 100, not {value:?}");
                options.rounds = number.ok_or_else(wrong)?;
            }
            _ => return Err(format!("unknown option {word:?}")),
        }
    }
    Ok(options)
}
