//! What was done to a message, and what was lost by it.

use std::fmt;

use crate::limits::{REPORTED_NAMES_MAX, REPORTED_NOTES_MAX};

/// Of one message, those within it included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    mapped: usize,
    kept: usize,
    dropped: Vec<(Reason, usize)>,
    unmapped: Vec<String>,
    unmapped_count: usize,
    attachments: usize,
    messages: usize,
    notes: Vec<Note>,
    notes_count: usize,
}

/// Why a property has no place in the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It means something to the store it came from alone: keys, sizes, identifiers, flags.
    Technical,
    /// Something else that was mapped says the same.
    Repeated,
    /// It says how the message came: the header around it does that.
    Transport,
    /// It is text, and mail has no place for it.
    NoPlace,
}

/// Something that deserves a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about: a file name, a property, a class.
    pub subject: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of something that is not mapped as usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A message within is too deep: its TNEF is a file.
    KeptTooDeep,
    /// A message within cannot be read: its TNEF is a file.
    KeptUnreadable,
    /// An object that nothing is known of: its storage is a file.
    KeptStorage,
    /// Of an object its own file is here; the storage around it is gone, and with it how the object was drawn.
    DroppedStorage,
    /// A body that cannot be read is a file.
    KeptBody,
    /// Its texts are in a file beside.
    KeptTexts,
    /// The resource fork of a Macintosh file is gone, its data is here.
    DroppedResourceFork,
    /// An object within RTF is gone; a picture of it may be here.
    DroppedObject,
    /// A file that was never in the message: where it was is told.
    Referenced,
    /// The attachment has no data.
    Empty,
    /// It is said by something else: a task in its calendar, an exception in its series.
    Merged,
    /// A series that no rule says: its days are listed, or lost.
    NoRule,
    /// A series that cannot be read: the first instance is there.
    LostRecurrence,
    /// Nothing says when it is: there is no calendar.
    NoCalendar,
    /// No address is known for somebody who takes part.
    NoAddress,
    /// The stream is damaged here; what could be read is here.
    Damaged,
}

impl Report {
    /// Properties whose meaning is in the result.
    pub fn mapped(&self) -> usize {
        self.mapped
    }

    /// Properties that are kept beside the message.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Properties that are not in the result, all reasons together.
    pub fn dropped(&self) -> usize {
        self.dropped.iter().map(|(_, count)| count).sum()
    }

    /// How many were left out, by reason.
    pub fn dropped_by_reason(&self) -> impl Iterator<Item = (Reason, usize)> + '_ {
        self.dropped.iter().copied()
    }

    /// Names of properties that hold text and have no place, the first [`REPORTED_NAMES_MAX`] of them.
    pub fn unmapped(&self) -> &[String] {
        &self.unmapped
    }

    /// How many such properties there were.
    pub fn unmapped_count(&self) -> usize {
        self.unmapped_count
    }

    /// Files, messages and pictures in the result, those within messages within included.
    pub fn attachments(&self) -> usize {
        self.attachments
    }

    /// TNEF messages that were converted, those within included.
    pub fn messages(&self) -> usize {
        self.messages
    }

    /// What deserves a sentence, the first [`REPORTED_NOTES_MAX`].
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// How many such there were.
    pub fn notes_count(&self) -> usize {
        self.notes_count
    }

    /// Adds what was done to another part of the same mail.
    pub fn add(&mut self, other: Self) {
        self.mapped += other.mapped;
        self.kept += other.kept;
        for (reason, count) in other.dropped {
            self.count_dropped(reason, count);
        }
        self.attachments += other.attachments;
        self.messages += other.messages;
        self.unmapped_count += other.unmapped_count;
        self.notes_count += other.notes_count;
        self.unmapped.extend(other.unmapped);
        self.unmapped.truncate(REPORTED_NAMES_MAX);
        self.notes.extend(other.notes);
        self.notes.truncate(REPORTED_NOTES_MAX);
    }

    pub(crate) fn count_mapped(&mut self) {
        self.mapped += 1;
    }

    pub(crate) fn count_kept(&mut self) {
        self.kept += 1;
    }

    pub(crate) fn count_dropped(&mut self, reason: Reason, count: usize) {
        match self.dropped.iter_mut().find(|(one, _)| *one == reason) {
            Some((_, sum)) => *sum += count,
            None => self.dropped.push((reason, count)),
        }
    }

    pub(crate) fn add_unmapped(&mut self, name: impl FnOnce() -> String) {
        self.unmapped_count += 1;
        if self.unmapped.len() < REPORTED_NAMES_MAX {
            self.unmapped.push(name());
        }
    }

    pub(crate) fn count_attachment(&mut self) {
        self.attachments += 1;
    }

    pub(crate) fn count_message(&mut self) {
        self.messages += 1;
    }

    pub(crate) fn note(&mut self, subject: impl Into<String>, outcome: Outcome) {
        self.notes_count += 1;
        if self.notes.len() < REPORTED_NOTES_MAX {
            let subject = subject.into();
            self.notes.push(Note { subject, outcome });
        }
    }
}

impl Reason {
    /// One word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Repeated => "repeated",
            Self::Transport => "transport",
            Self::NoPlace => "no-place",
        }
    }
}

impl Outcome {
    /// One word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeptTooDeep => "kept-too-deep",
            Self::KeptUnreadable => "kept-unreadable",
            Self::KeptStorage => "kept-storage",
            Self::DroppedStorage => "dropped-storage",
            Self::KeptBody => "kept-body",
            Self::KeptTexts => "kept-texts",
            Self::DroppedResourceFork => "dropped-resource-fork",
            Self::DroppedObject => "dropped-object",
            Self::Referenced => "referenced",
            Self::Empty => "empty",
            Self::Merged => "merged",
            Self::NoRule => "no-rule",
            Self::LostRecurrence => "lost-recurrence",
            Self::NoCalendar => "no-calendar",
            Self::NoAddress => "no-address",
            Self::Damaged => "damaged",
        }
    }
}

/// `12 mapped, 40 dropped (technical 38, no-place 2), 1 kept, ...`
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} mapped, {} dropped", self.mapped, self.dropped())?;
        for (at, (reason, count)) in self.dropped.iter().enumerate() {
            let before = if at == 0 { " (" } else { ", " };
            write!(f, "{before}{} {count}", reason.as_str())?;
        }
        let after = if self.dropped.is_empty() { "" } else { ")" };
        write!(f, "{after}, {} kept", self.kept)?;
        write!(f, ", {} attachments", self.attachments)?;
        for name in &self.unmapped {
            write!(f, "; no place for {name}")?;
        }
        for note in &self.notes {
            write!(f, "; {}: {:?}", note.outcome.as_str(), note.subject)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_became_of_everything() {
        let mut report = Report::default();
        report.count_mapped();
        report.count_dropped(Reason::Technical, 2);
        report.count_dropped(Reason::NoPlace, 1);
        report.add_unmapped(|| "PidLidBilling".to_owned());
        report.note("a.doc", Outcome::KeptStorage);
        let mut whole = Report::default();
        whole.add(report.clone());
        assert_eq!(whole, report);
        assert_eq!(
            whole.to_string(),
            "1 mapped, 3 dropped (technical 2, no-place 1), 0 kept, 0 attachments; \
             no place for PidLidBilling; kept-storage: \"a.doc\""
        );
    }

    #[test]
    fn its_lists_have_an_end() {
        let mut report = Report::default();
        for number in 0..=REPORTED_NAMES_MAX {
            report.add_unmapped(|| number.to_string());
        }
        for number in 0..=REPORTED_NOTES_MAX {
            report.note(number.to_string(), Outcome::Empty);
        }
        report.add(report.clone());
        assert_eq!(report.unmapped().len(), REPORTED_NAMES_MAX);
        assert_eq!(report.unmapped_count(), 2 * (REPORTED_NAMES_MAX + 1));
        assert_eq!(report.notes().len(), REPORTED_NOTES_MAX);
        assert_eq!(report.notes_count(), 2 * (REPORTED_NOTES_MAX + 1));
    }
}
