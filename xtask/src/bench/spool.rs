//! `cargo xtask bench spool`: the store alone, beside a log and a file for each message.

use std::path::PathBuf;

use crate::program;
use crate::workspace::Workspace;

#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    /// Where the store is made: on the disk that is of interest.
    pub(super) directory: PathBuf,
    /// One of [`PARTS`]; `None`: all of them.
    pub(super) part: Option<String>,
    /// For the bench program: what it makes of them depends on the part.
    pub(super) numbers: Vec<String>,
}

impl Options {
    pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            directory: PathBuf::from("/var/tmp"),
            part: None,
            numbers: Vec::new(),
        };
        while let Some(word) = arguments.next() {
            match word.as_str() {
                "--directory" => {
                    let directory = arguments.next().ok_or("--directory needs a value")?;
                    options.directory = directory.into();
                }
                part if PARTS.contains(&part) && options.part.is_none() => {
                    options.part = Some(word);
                }
                number if options.part.is_some() && number.parse::<u64>().is_ok() => {
                    options.numbers.push(word);
                }
                other => return Err(format!("unknown option {other:?}")),
            }
        }
        Ok(options)
    }
}

pub(super) fn run(workspace: &Workspace, options: &Options) -> Result<(), String> {
    // Cargo runs a bench in the directory of its package.
    let directory = std::path::absolute(&options.directory)
        .map_err(|error| format!("{}: {error}", options.directory.display()))?;
    let wanted = |part: &&&str| options.part.as_ref().is_none_or(|named| named == *part);
    for part in PARTS.iter().filter(wanted) {
        let mut command = workspace.cargo();
        command.args([
            "bench",
            "--locked",
            "--package",
            "spool",
            "--bench",
            "store",
            "--",
        ]);
        command.arg(part).arg(&directory).args(&options.numbers);
        if !program::show(&mut command).succeeded() {
            return Err("the bench did not end well".to_owned());
        }
    }
    Ok(())
}

const PARTS: [&str; 3] = ["store", "recovery", "memory"];
