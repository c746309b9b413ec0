//! One file while it is read: what was complained about, and where each value stands.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::diagnostic::{Diagnostic, Diagnostics, Severity};
use super::fault::Fault;
use super::key_path::KeyPath;
use crate::code::Code;
use crate::limits;

/// Gathers every complaint instead of ending at the first.
#[derive(Debug)]
pub(crate) struct Reading {
    text: Arc<str>,
    file: String,
    found: Vec<Diagnostic>,
    places: BTreeMap<KeyPath, Range<usize>>,
    /// Values refused: nothing is concluded from what stands in for them.
    broken: BTreeSet<KeyPath>,
    /// Lines that are not TOML; what was recovered from them is not judged.
    unreadable: Vec<Range<usize>>,
}

impl Reading {
    pub(crate) fn new(text: &str, file: &str) -> Self {
        Self {
            text: text.into(),
            file: file.to_owned(),
            found: Vec::new(),
            places: BTreeMap::new(),
            broken: BTreeSet::new(),
            unreadable: Vec::new(),
        }
    }

    /// Relative paths in a file mean: beside that file.
    pub(crate) fn beside(&self, path: &str) -> PathBuf {
        Path::new(&self.file)
            .parent()
            .unwrap_or(Path::new(""))
            .join(path)
    }

    pub(crate) fn stands(&mut self, path: KeyPath, place: Range<usize>) {
        self.places.insert(path, place);
    }

    /// The same place under a second name.
    pub(crate) fn stands_also(&mut self, path: &KeyPath, also: KeyPath) {
        if let Some(place) = self.place(path) {
            self.stands(also, place);
        }
    }

    /// Where a value stands, or else the section it would stand in.
    pub(crate) fn place(&self, path: &KeyPath) -> Option<Range<usize>> {
        std::iter::successors(Some(path.clone()), KeyPath::parent)
            .find_map(|path| self.places.get(&path).cloned())
    }

    /// A line the TOML parser could not take.
    pub(crate) fn not_toml(&mut self, place: Option<Range<usize>>, message: &str) {
        self.broken.insert(KeyPath::default());
        if let Some(place) = &place {
            self.unreadable.push(self.line_around(place));
        }
        self.push(
            Severity::Error,
            place,
            Fault::new(Code::SYNTAX, format!("not TOML: {message}")),
            None,
        );
    }

    /// A value that is refused.
    pub(crate) fn refuse(&mut self, path: &KeyPath, fault: Fault) {
        let place = self.place(path);
        self.refuse_at(path, place, fault);
    }

    /// The same at a place other than the value's.
    pub(crate) fn refuse_at(&mut self, path: &KeyPath, place: Option<Range<usize>>, fault: Fault) {
        let garbled = place
            .as_ref()
            .is_some_and(|place| self.is_unreadable(place));
        self.broken.insert(path.clone());
        if !garbled {
            self.push(Severity::Error, place, fault, None);
        }
    }

    /// A required value that is not there.
    pub(crate) fn miss(&mut self, section: &KeyPath, path: &KeyPath, fault: Fault) {
        // It may well stand in a line that could not be read.
        if self.unreadable.is_empty() {
            let place = self.place(section);
            self.push(Severity::Error, place, fault, None);
        }
        self.broken.insert(path.clone());
    }

    /// A value already complained about in another way.
    pub(crate) fn stands_broken(&mut self, path: &KeyPath) {
        self.broken.insert(path.clone());
    }

    /// Two values that contradict each other.
    pub(crate) fn refuse_pair(
        &mut self,
        path: &KeyPath,
        first: &KeyPath,
        words: &str,
        fault: Fault,
    ) {
        let related = self.place(first).map(|place| (place, words.to_owned()));
        let place = self.place(path);
        self.push(Severity::Error, place, fault, related);
    }

    /// Something correct, but hardly meant.
    pub(crate) fn warn(&mut self, path: &KeyPath, fault: Fault) {
        let place = self.place(path);
        self.push(Severity::Warning, place, fault, None);
    }

    /// Whether nothing at, above or below this path was refused: only then its value can be reasoned from.
    pub(crate) fn sound(&self, path: &KeyPath) -> bool {
        !self
            .broken
            .iter()
            .any(|broken| path.holds(broken) || broken.holds(path))
    }

    /// Everything said, in the order of the file.
    pub(crate) fn finish(mut self) -> Diagnostics {
        self.found
            .sort_by_key(|one| one.span.as_ref().map_or(0, |span| span.start));
        let left_out = self.found.len().saturating_sub(limits::DIAGNOSTICS_MAX);
        // An error must never hide behind warnings.
        if left_out > 0 {
            self.found
                .sort_by_key(|one| one.severity == Severity::Warning);
            self.found.truncate(limits::DIAGNOSTICS_MAX);
        }
        Diagnostics {
            file: self.file,
            text: self.text,
            list: self.found,
            left_out,
        }
    }

    fn push(
        &mut self,
        severity: Severity,
        span: Option<Range<usize>>,
        fault: Fault,
        related: Option<(Range<usize>, String)>,
    ) {
        let Fault {
            code,
            message,
            label,
            note,
        } = fault;
        let note = note.unwrap_or_else(|| code.advice.to_owned());
        self.found.push(Diagnostic {
            severity,
            code,
            message,
            span,
            label,
            related,
            note,
        });
    }

    fn is_unreadable(&self, place: &Range<usize>) -> bool {
        self.unreadable
            .iter()
            .any(|line| place.start < line.end && line.start <= place.end)
    }

    fn line_around(&self, place: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(place.start);
        let end = self.text.floor_char_boundary(place.end).max(start);
        let first = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let last = self.text[end..]
            .find('\n')
            .map_or(self.text.len(), |at| end + at);
        first..last
    }
}
