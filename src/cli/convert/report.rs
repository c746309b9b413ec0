//! What became of one input, as people and programs read it.

use std::fmt;

use serde_json::{Value, json};
use transform::Report;
use transform::conversion::{Conversion, Fate as PartFate, Standing};

use crate::cli::exit::Exit;

/// One input.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) file: String,
    pub(super) output: Option<String>,
    fate: Fate,
    report: Report,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// There is no TNEF in it.
    Unchanged,
    /// All its TNEF is MIME now.
    Converted,
    /// Some TNEF is as it was.
    Kept(String),
    /// It is neither message nor TNEF.
    Skipped,
    /// Nothing can be done with it.
    Unusable(String),
    /// It cannot be read.
    NotRead(String),
    /// The result cannot be written.
    NotWritten(String),
}

impl Fate {
    /// One word for it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Converted => "converted",
            Self::Kept(_) => "kept",
            Self::Skipped => "skipped",
            Self::Unusable(_) => "unusable",
            Self::NotRead(_) => "not-read",
            Self::NotWritten(_) => "not-written",
        }
    }

    fn why(&self) -> Option<&str> {
        match self {
            Self::Unchanged | Self::Converted | Self::Skipped => None,
            Self::Kept(why) | Self::Unusable(why) | Self::NotRead(why) | Self::NotWritten(why) => {
                Some(why)
            }
        }
    }
}

impl Entry {
    /// An input without TNEF, as long as nothing else is said of it.
    pub(super) fn new(file: String) -> Self {
        Self {
            file,
            output: None,
            fate: Fate::Unchanged,
            report: Report::default(),
        }
    }

    pub(super) fn fail(&mut self, fate: Fate) {
        self.fate = fate;
        self.output = None;
    }

    pub(super) fn converted(&mut self, report: Report) {
        self.fate = report.kept().map_or(Fate::Converted, Fate::Kept);
        self.report = report;
    }

    pub(super) fn fate(&self) -> &Fate {
        &self.fate
    }

    pub(super) fn exit(&self) -> Exit {
        match self.fate {
            Fate::Unchanged | Fate::Converted | Fate::Skipped => Exit::Success,
            Fate::Kept(_) | Fate::Unusable(_) => Exit::BadData,
            Fate::NotRead(_) => Exit::NoInput,
            Fate::NotWritten(_) => Exit::CannotCreate,
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "file": self.file,
            "output": self.output,
            "result": self.fate.word(),
            "why": self.fate.why(),
            "parts": self.report.parts().iter().map(part_json).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name is the file system's, a class is the sender's.
        write!(f, "{}: ", self.file.escape_debug())?;
        match &self.fate {
            Fate::Unchanged => f.write_str("no TNEF in it")?,
            Fate::Skipped => f.write_str("skipped, neither a message (.eml) nor TNEF")?,
            Fate::Converted => write!(f, "converted ({})", self.report)?,
            Fate::Kept(why) => write!(f, "TNEF stays as it was: {}", why.escape_debug())?,
            Fate::Unusable(why) => write!(f, "cannot be converted: {why}")?,
            Fate::NotRead(why) => write!(f, "cannot be read: {why}")?,
            Fate::NotWritten(why) => write!(f, "cannot be written: {why}")?,
        }
        match &self.output {
            Some(output) => write!(f, " -> {}", output.escape_debug()),
            None => Ok(()),
        }
    }
}

fn part_json(part: &Conversion) -> Value {
    let mut json = json!({
        "part": part.place,
        "class": part.class,
        "method": part.method,
        "message": match part.standing {
            Standing::Same => "same",
            Standing::Other => "other",
        },
    });
    let more = match &part.fate {
        PartFate::Kept(why) => json!({ "result": "kept", "why": why.to_string() }),
        PartFate::Converted(losses) => json!({
            "result": "converted",
            "attachments": losses.attachments(),
            "messages": losses.messages(),
            "mapped": losses.mapped(),
            "kept": losses.kept(),
            "dropped": losses.dropped_by_reason()
                .map(|(reason, count)| (reason.as_str().to_owned(), count.into()))
                .collect::<serde_json::Map<_, _>>(),
            "without_place": losses.unmapped(),
            "notes": losses.notes().iter()
                .map(|note| json!({ "subject": note.subject, "outcome": note.outcome.as_str() }))
                .collect::<Vec<_>>(),
        }),
    };
    if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
        json.extend(more);
    }
    json
}
