//! What was done to the TNEF of one mail.
//!
//! The field says it on the way: `X-Twinmx-Conversion: tnef; result=converted; class=IPM.Note; attachments=2; dropped=40`. One
//! that came from outside cannot be believed. It is dropped from a message that gets ours, and left alone in others, which pass
//! octet for octet.

use std::fmt;

use tnef_decoder::DecodeError;

use crate::check::Fault;
use crate::compose::Unconvertible;
use crate::limits::PARTS_NAMED_MAX;
use crate::report::Report as Losses;
use crate::structure::Excess;

/// The name of the field.
pub const FIELD: &str = "X-Twinmx-Conversion";

/// Of one mail: every part that was TNEF, or said so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    parts: Vec<Conversion>,
}

/// What became of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// Its number among the parts, as `2` or `1.3`; empty: it is the message.
    pub place: String,
    /// What kind of item it is, where that could be read.
    pub class: Option<String>,
    /// The method of its calendar (RFC 5546 §1.4).
    pub method: Option<String>,
    /// What it was to the message around it.
    pub standing: Standing,
    /// What became of it.
    pub fate: Fate,
}

/// What TNEF is to the message around it ([MS-OXCMAIL] §2.1.3.2.26).
///
/// [MS-OXCMAIL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmail/
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The same message: nothing says otherwise.
    Same,
    /// Another message, which somebody handed on.
    Other,
}

/// What became of TNEF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// MIME stands in its place; this was lost.
    Converted(Losses),
    /// It is as it was.
    Kept(Kept),
}

/// Why TNEF is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Kept {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
    /// No MIME can be made of it.
    #[error(transparent)]
    Unconvertible(#[from] Unconvertible),
    /// It is encoded in a way that nobody knows.
    #[error("its transfer encoding is not known")]
    Encoding,
    /// A signature or a key depends on every octet of it.
    #[error("it is signed or encrypted")]
    Sealed,
    /// It came late in a message that streamed, and is too large to be held.
    #[error("it has more than {most} octets and came late")]
    Size {
        /// How many octets may be held.
        most: usize,
    },
    /// The message has too many parts, or too deep ones.
    #[error("the message has {0}")]
    Structure(#[from] Excess),
    /// The result was not what was meant.
    #[error("the result has a fault: {0}")]
    Check(#[from] Fault),
}

impl Kept {
    /// One word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Unreadable(DecodeError::Limit(_)) | Self::Unconvertible(_) => "limit",
            Self::Unreadable(_) => "unreadable",
            Self::Encoding => "encoding",
            Self::Sealed => "sealed",
            Self::Size { .. } => "size",
            Self::Structure(_) => "structure",
            Self::Check(_) => "check",
        }
    }
}

impl Report {
    /// Every part that was TNEF, or said so, in their order.
    pub fn parts(&self) -> &[Conversion] {
        &self.parts
    }

    /// Whether anything was converted.
    pub fn has_converted(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| matches!(part.fate, Fate::Converted(_)))
    }

    /// Why TNEF is as it was, where it is.
    pub fn kept(&self) -> Option<String> {
        let kept = self.parts.iter().filter_map(|part| match &part.fate {
            Fate::Kept(why) if part.place.is_empty() => Some(why.to_string()),
            Fate::Kept(why) => Some(format!("part {}: {why}", part.place)),
            Fate::Converted(_) => None,
        });
        let kept: Vec<String> = kept.take(PARTS_NAMED_MAX).collect();
        (!kept.is_empty()).then(|| kept.join("; "))
    }

    pub(crate) fn add(&mut self, conversion: Conversion) {
        self.parts.push(conversion);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// All of it is as it was.
    pub(crate) fn all_kept(mut self, why: &Kept) -> Self {
        for part in &mut self.parts {
            part.fate = Fate::Kept(why.clone());
        }
        self
    }

    /// The field, folded, with its line end.
    pub(crate) fn field(&self) -> String {
        let mut field = format!("{FIELD}:");
        let mut column = field.len();
        let value = self.to_string();
        for word in value.split(' ') {
            if column + 1 + word.len() > FOLDED_OCTETS && column > FIELD.len() + 1 {
                field.push_str("\r\n");
                column = 0;
            }
            field.push(' ');
            field.push_str(word);
            column += 1 + word.len();
        }
        field.push_str("\r\n");
        field
    }
}

impl Conversion {
    pub(crate) fn field(self) -> String {
        Report { parts: vec![self] }.field()
    }
}

/// The value of the field: ASCII, on one line.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts.iter().take(PARTS_NAMED_MAX).enumerate() {
            let before = if at == 0 { "" } else { ", " };
            write!(f, "{before}{part}")?;
        }
        match self.parts.len().saturating_sub(PARTS_NAMED_MAX) {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tnef;")?;
        if !self.place.is_empty() {
            write!(f, " part={};", self.place)?;
        }
        match &self.fate {
            Fate::Converted(_) => f.write_str(" result=converted")?,
            Fate::Kept(why) => write!(f, " result=kept; reason={}", why.as_str())?,
        }
        if self.standing == Standing::Other {
            f.write_str("; message=other")?;
        }
        for (name, value) in [("class", &self.class), ("method", &self.method)] {
            if let Some(value) = value.as_deref().and_then(token) {
                write!(f, "; {name}={value}")?;
            }
        }
        if let Fate::Converted(losses) = &self.fate {
            let (attachments, dropped) = (losses.attachments(), losses.dropped());
            write!(f, "; attachments={attachments}; dropped={dropped}")?;
        }
        Ok(())
    }
}

/// Of what a sender wrote, what may stand in a field of ours.
fn token(value: &str) -> Option<String> {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '{' | '}');
    let token: String = value.chars().filter(allowed).take(TOKEN_OCTETS).collect();
    (!token.is_empty()).then_some(token)
}

/// Lines are folded before so many octets.
const FOLDED_OCTETS: usize = 76;
/// A class has at most 255 characters, and most have thirty.
const TOKEN_OCTETS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn conversion(place: &str, fate: Fate) -> Conversion {
        Conversion {
            place: place.to_owned(),
            class: Some("IPM.Schedule.Meeting.Request\r\nBcc: ä".to_owned()),
            method: Some("REQUEST".to_owned()),
            standing: Standing::Same,
            fate,
        }
    }

    #[test]
    fn the_field_is_folded_ascii() {
        let converted = conversion("2", Fate::Converted(Losses::default()));
        assert_eq!(
            converted.clone().field(),
            "X-Twinmx-Conversion: tnef; part=2; result=converted;\r\n \
             class=IPM.Schedule.Meeting.RequestBcc; method=REQUEST; attachments=0;\r\n dropped=0\r\n"
        );
        let mut report = Report::default();
        assert_eq!(report.kept(), None);
        report.add(converted);
        report.add(conversion("", Fate::Kept(Kept::Sealed)));
        report.add(conversion("1.2", Fate::Kept(Kept::Size { most: 5 })));
        assert!(report.has_converted());
        let kept = report.kept().expect("two are");
        assert_eq!(
            kept,
            "it is signed or encrypted; part 1.2: it has more than 5 octets and came late"
        );
        let field = report.field();
        assert!(
            field.contains("result=kept; reason=sealed") && field.is_ascii(),
            "{field}"
        );
        assert!(
            field.lines().all(|line| line.len() <= FOLDED_OCTETS),
            "{field}"
        );
    }

    #[test]
    fn parts_beyond_the_bound_are_counted() {
        let mut report = Report::default();
        for _ in 0..PARTS_NAMED_MAX {
            report.add(conversion("1", Fate::Kept(Kept::Encoding)));
        }
        assert!(!report.to_string().contains("more"));
        report.add(conversion("1", Fate::Kept(Kept::Encoding)));
        assert!(report.to_string().ends_with(", and 1 more"));
    }
}
