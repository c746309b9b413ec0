//! What is converted.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use testbed::tnef::{Sample, large, samples};

use super::arguments::Options;

pub(super) struct Set {
    pub(super) name: String,
    pub(super) mails: Vec<Mail>,
}

/// One stream, and the message it comes in.
pub(super) struct Mail {
    pub(super) message: Bytes,
    stream: Vec<u8>,
}

impl Set {
    pub(super) fn all(options: &Options) -> Result<Vec<Self>, String> {
        let of = |name: &str, samples: Vec<Sample>| Self {
            name: name.to_owned(),
            mails: samples.iter().map(Mail::of).collect(),
        };
        let small = |sample: &Sample| sample.bytes.len() <= SMALL_OCTETS && is_whole(sample);
        let mut sets = vec![
            of(
                "large",
                [1, 4, 16].map(|mebibytes| large(mebibytes << 20)).into(),
            ),
            of("small", samples().into_iter().filter(small).collect()),
        ];
        if let Some(directory) = &options.samples {
            sets.push(Self::read(directory)?);
        }
        if let Some(only) = &options.only {
            sets.retain(|set| set.name == *only);
        }
        Ok(sets)
    }

    /// The streams in a directory, in messages of our own making.
    fn read(directory: &Path) -> Result<Self, String> {
        let told = |error: std::io::Error| format!("{}: {error}", directory.display());
        let mut files: Vec<PathBuf> = fs::read_dir(directory)
            .map_err(told)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        files.sort();
        let streams = files.iter().filter_map(|file| fs::read(file).ok());
        let streams = streams.filter(|stream| stream.starts_with(SIGNATURE));
        let shell = testbed::tnef::sample(SHELL);
        let mail = |stream: Vec<u8>| {
            Mail::of(&Sample {
                bytes: stream,
                ..shell.clone()
            })
        };
        Ok(Self {
            name: "given".to_owned(),
            mails: streams.map(mail).collect(),
        })
    }

    /// Octets of all messages.
    pub(super) fn octets(&self) -> usize {
        self.mails.iter().map(|mail| mail.message.len()).sum()
    }

    /// The streams by themselves, for programs that read files.
    pub(super) fn write_to(&self, home: &Path) -> Result<Vec<PathBuf>, String> {
        let write = |(at, mail): (usize, &Mail)| {
            let file = home.join(format!("{}-{at}.dat", self.name));
            let written = fs::write(&file, &mail.stream);
            written.map_err(|error| format!("{}: {error}", file.display()))?;
            Ok(file)
        };
        self.mails.iter().enumerate().map(write).collect()
    }
}

impl Mail {
    fn of(sample: &Sample) -> Self {
        Self {
            message: sample.eml().into(),
            stream: sample.bytes.clone(),
        }
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mails, octets) = (self.mails.len(), self.octets());
        write!(f, "{}: {mails} messages, {octets} octets", self.name)
    }
}

/// Damaged ones are another matter: some of the unpackers do not end on them.
fn is_whole(sample: &Sample) -> bool {
    !sample.name.starts_with("damaged")
}

const SMALL_OCTETS: usize = 16 * 1024;
const SIGNATURE: &[u8] = b"\x78\x9f\x3e\x22";
/// What a stream of which only the octets are known is put into.
const SHELL: &str = "text";
