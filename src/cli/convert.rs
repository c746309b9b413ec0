//! `twinmx convert`: a message with winmail.dat in, plain MIME out.

mod folder;
mod input;
mod output;
mod report;

use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use tnef_decoder::icalendar::Profile;
use tnef_decoder::vcard::Version;
use transform::{Options, Segments};

use super::Streams;
use super::exit::Exit;
use crate::limits;
use input::Input;
use report::{Entry, Fate};

/// Make plain MIME of a message with winmail.dat, or of a bare winmail.dat
///
/// A filter: one message in, one out, on standard output. What is not TNEF comes out as it went in. A folder is walked,
/// and needs --out. Ends with 0, 65 if something could not be decoded (it is in the output as it was), 66 without input,
/// 73 if a file cannot be made.
#[derive(Debug, Args)]
pub struct Convert {
    /// A message (.eml), a winmail.dat, a folder of both, or - for standard input
    #[arg(value_name = "FILE|DIR|-", default_value = "-")]
    from: PathBuf,
    /// Write files into this folder, never over an input
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Whose calendar reads it
    #[arg(long, value_enum, default_value = "standard")]
    profile: Reader,
    /// Which vCard a contact becomes
    #[arg(long, value_enum, default_value = "4")]
    vcard: CardVersion,
    /// Print the report as JSON; it goes to standard error where the message is on standard output
    #[arg(long)]
    json: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Reader {
    /// Any
    Standard,
    /// HCL Notes and Domino
    Domino,
    /// GroupWise
    #[value(name = "groupwise")]
    GroupWise,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CardVersion {
    /// RFC 6350
    #[value(name = "4")]
    V4,
    /// RFC 2426
    #[value(name = "3")]
    V3,
}

impl Convert {
    /// Does it.
    pub fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        if self.from == Path::new("-") {
            return self.filter_stdin(streams);
        }
        match std::fs::metadata(&self.from) {
            Ok(kind) if kind.is_dir() => folder::run(&self, streams),
            Ok(_) => self.file(streams),
            Err(error) => {
                let path = self.from.display();
                writeln!(streams.err, "twinmx: {path} cannot be read: {error}")?;
                Ok(Exit::NoInput)
            }
        }
    }

    fn filter_stdin(&self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        if self.out.is_some() {
            writeln!(
                streams.err,
                "twinmx: --out needs a file or a folder to convert; standard input goes to standard output"
            )?;
            return Ok(Exit::Usage);
        }
        if io::stdin().is_terminal() {
            writeln!(
                streams.err,
                "twinmx: nothing to convert; name a file or a folder, or pipe a message in"
            )?;
            return Ok(Exit::Usage);
        }
        let mut octets = Vec::new();
        let most = limits::CONVERT_FILE + 1;
        io::stdin().take(most).read_to_end(&mut octets)?;
        self.filter(Input::of(octets), "-", streams)
    }

    fn file(&self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let name = self.from.display().to_string();
        let input = match input::read(&self.from) {
            Ok(input) => input,
            Err(error) => {
                writeln!(streams.err, "twinmx: {name} cannot be read: {error}")?;
                return Ok(Exit::NoInput);
            }
        };
        let Some(out) = &self.out else {
            return self.filter(input, &name, streams);
        };
        let relative = Path::new(self.from.file_name().unwrap_or_default());
        let entry = self.write(input, name, &self.from, relative, out);
        let exit = entry.exit();
        self.tell(&entry, false, streams)?;
        Ok(exit)
    }

    /// One message to standard output.
    fn filter(&self, input: Input, name: &str, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let (entry, made) = self.convert(input, name.to_owned());
        let exit = entry.exit();
        if let (Some(made), false) = (&made, self.dry_run) {
            made.write_to(&mut &mut *streams.out)?;
        }
        let is_free = self.dry_run;
        if self.json || is_free || exit != Exit::Success {
            self.tell(&entry, !is_free, streams)?;
        }
        Ok(exit)
    }

    /// One message into a file below `out`.
    fn write(&self, input: Input, name: String, from: &Path, relative: &Path, out: &Path) -> Entry {
        let target = output::target(out, relative, &input);
        let (mut entry, made) = self.convert(input, name);
        let Some(made) = made else {
            return entry;
        };
        entry.output = Some(target.display().to_string());
        if self.dry_run {
            return entry;
        }
        match output::write(&made, &target, from) {
            Ok(()) => {}
            Err(error) => entry.fail(Fate::NotWritten(error.to_string())),
        }
        entry
    }

    /// What becomes of one input, and the result; `None`: it is no message.
    fn convert(&self, input: Input, name: String) -> (Entry, Option<Segments>) {
        let message = match input.into_message() {
            Ok(message) => message,
            Err(error) => {
                let mut entry = Entry::new(name);
                entry.fail(Fate::Unusable(error.to_string()));
                return (entry, None);
            }
        };
        let mut entry = Entry::new(name);
        match transform::convert(&message, &self.options()) {
            None => (
                entry,
                Some(Segments(vec![transform::Segment::Octets(message)])),
            ),
            Some(converted) => {
                entry.converted(converted.report);
                (entry, Some(converted.message))
            }
        }
    }

    fn tell(&self, entry: &Entry, aside: bool, streams: &mut Streams<'_>) -> io::Result<()> {
        let to: &mut dyn io::Write = match aside {
            true => streams.err,
            false => streams.out,
        };
        if self.json {
            writeln!(to, "{:#}", entry.json())
        } else {
            writeln!(to, "{entry}")
        }
    }

    fn options(&self) -> Options {
        Options {
            profile: match self.profile {
                Reader::Standard => Profile::Standard,
                Reader::Domino => Profile::Domino,
                Reader::GroupWise => Profile::GroupWise,
            },
            vcard: match self.vcard {
                CardVersion::V4 => Version::V4,
                CardVersion::V3 => Version::V3,
            },
            hostname: NOWHERE.to_owned(),
            limits: tnef_decoder::Limits::default(),
        }
    }
}

/// In a Message-ID that has to be made: a name that is nobody's (RFC 2606 §2).
const NOWHERE: &str = "twinmx.invalid";
