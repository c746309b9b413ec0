//! What was found when a spool was read.

use std::fmt;

use bytes::Bytes;

use crate::id::QueueId;
use crate::limits::FINDINGS_NAMED_MAX;

/// A live message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub id: QueueId,
    /// As it was added.
    pub meta: Bytes,
    /// The latest state.
    pub state: Option<Bytes>,
    /// Length of the message.
    pub octets: u64,
}

/// The result of reading all of a spool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Live messages.
    pub messages: u64,
    /// Their octets.
    pub octets: u64,
    /// Segments of the log that were read.
    pub segments: u64,
    /// Records that were read and verified.
    pub records: u64,
    /// What was not as it was written. It is kept in `quarantine/`.
    pub damaged: Vec<Damage>,
    /// Damage that is not named above, since there is so much of it.
    pub damaged_more: u64,
    /// Where the log ends within something begun: writing was interrupted, nothing of it was acknowledged.
    pub unfinished: Vec<Damage>,
    /// Files without a record, removed: nothing of them was acknowledged.
    pub void_files: u64,
    /// Files that are none of ours; they are left alone.
    pub stray: Vec<String>,
}

/// Octets that cannot be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub name: String,
    /// Where it begins in the file.
    pub offset: u64,
    /// How many octets it takes.
    pub octets: u64,
    /// What is wrong.
    pub what: &'static str,
}

impl Findings {
    /// Whether all was as it was written.
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty() && self.damaged_more == 0
    }

    pub(crate) fn damage(&mut self, damage: Damage) {
        match self.damaged.len() < FINDINGS_NAMED_MAX {
            true => self.damaged.push(damage),
            false => self.damaged_more += 1,
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} messages ({} octets) in {} segments, {} records verified",
            self.messages, self.octets, self.segments, self.records
        )?;
        for end in &self.unfinished {
            write!(f, "; not finished: {end}")?;
        }
        if self.void_files > 0 {
            write!(f, "; {} files without a record", self.void_files)?;
        }
        for damage in &self.damaged {
            write!(f, "; DAMAGED: {damage}")?;
        }
        if self.damaged_more > 0 {
            write!(f, "; and {} more DAMAGED", self.damaged_more)?;
        }
        for name in &self.stray {
            write!(f, "; not ours: {name:?}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            offset,
            octets,
            what,
        } = self;
        write!(f, "{name}: {what} ({octets} octets at {offset})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_beyond_the_bound_are_counted() {
        let mut findings = Findings::default();
        for count in 1..=FINDINGS_NAMED_MAX + 1 {
            findings.damage(Damage {
                name: "log".to_owned(),
                offset: 0,
                octets: 1,
                what: "damaged",
            });
            let named = count.min(FINDINGS_NAMED_MAX);
            let more = (count - named) as u64;
            assert_eq!(
                (findings.damaged.len(), findings.damaged_more),
                (named, more)
            );
        }
    }
}
