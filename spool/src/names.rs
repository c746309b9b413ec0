//! What the files of a spool are called.

use crate::id::QueueId;

/// Says whose spool it is and its version.
pub(crate) const FORMAT: &str = "format";
/// Becomes [`FORMAT`].
pub(crate) const FORMAT_NEW: &str = "format.new";
/// What could not be believed.
pub(crate) const QUARANTINE: &str = "quarantine";

/// A file, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    Format,
    FormatNew,
    Segment(u64),
    Spare(u64),
    Draft(u64),
    Message(QueueId),
    Stray,
}

impl Named {
    pub(crate) fn parse(name: &str) -> Self {
        let number = |prefix: &str| {
            let digits = name.strip_prefix(prefix)?;
            let number = u64::from_str_radix(digits, 16).ok()?;
            // One file has one name.
            (format!("{number:016x}") == digits).then_some(number)
        };
        let message = || {
            let id: QueueId = name.strip_suffix(MESSAGE)?.parse().ok()?;
            (name == self::message(id)).then_some(id)
        };
        match name {
            FORMAT => Self::Format,
            FORMAT_NEW => Self::FormatNew,
            _ => (number(SEGMENT).map(Self::Segment))
                .or_else(|| number(SPARE).map(Self::Spare))
                .or_else(|| number(DRAFT).map(Self::Draft))
                .or_else(|| message().map(Self::Message))
                .unwrap_or(Self::Stray),
        }
    }
}

pub(crate) fn segment(generation: u64) -> String {
    format!("{SEGMENT}{generation:016x}")
}

pub(crate) fn spare(number: u64) -> String {
    format!("{SPARE}{number:016x}")
}

pub(crate) fn draft(number: u64) -> String {
    format!("{DRAFT}{number:016x}")
}

pub(crate) fn message(id: QueueId) -> String {
    format!("{id}{MESSAGE}")
}

const SEGMENT: &str = "log-";
const SPARE: &str = "spare-";
const DRAFT: &str = "draft-";
const MESSAGE: &str = ".msg";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_a_file_is() {
        let check = |name: &str, expected| assert_eq!(Named::parse(name), expected, "{name}");
        check("format", Named::Format);
        check("format.new", Named::FormatNew);
        check(&segment(1), Named::Segment(1));
        check(&spare(u64::MAX), Named::Spare(u64::MAX));
        check(&draft(9), Named::Draft(9));
        let id = QueueId::from_number(30);
        check(&message(id), Named::Message(id));
        check(&message(id).to_lowercase(), Named::Stray);
        check("log-1", Named::Stray);
        check("log-000000000000000G", Named::Stray);
        check("log-+00000000000000f", Named::Stray);
        check("log-000000000000000F", Named::Stray);
        check("core", Named::Stray);
        check("", Named::Stray);
    }
}
