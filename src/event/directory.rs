//! What the directory has to tell the operator.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use routing::{Snapshot, Span};

use super::Event;
use crate::code::Code;
use crate::directory::{Complaint, SidelessSystem};
use crate::limits::DIRECTORY_EVENT_LINES;

/// A new set of recipients is in force.
pub(crate) fn published(snapshot: &Snapshot) -> Event {
    let (people, addresses) = (snapshot.len(), snapshot.addresses());
    event(
        Code::DIRECTORY_CHANGED,
        format!("the directory has {people} recipients with {addresses} addresses"),
    )
}

/// A source gives nothing now.
pub(crate) fn source_failed(source: &str, place: &str, why: &str) -> Event {
    event(
        Code::SOURCE_FAILED,
        format!(
            "directory source {source}, {place}: {why}; what was last read of it stays in force"
        ),
    )
}

/// A source that failed or was held back is in force again.
pub(crate) fn source_back(source: &str, people: usize) -> Event {
    event(
        Code::SOURCE_BACK,
        format!("directory source {source} is read again: {people} recipients"),
    )
}

/// A source lost or moved more people than is believed.
pub(crate) fn source_held_back(source: &str, why: &str) -> Event {
    let text = format!(
        "directory source {source} is held back: {why}; what was last read of it stays in force. \
         If this is right: twinmx directory sync --force {source}"
    );
    event(Code::SOURCE_HELD_BACK, text)
}

/// Lines of a source could not be used.
pub(crate) fn source_problems(
    source: &str,
    place: &str,
    problems: &[Complaint],
    total: usize,
) -> Event {
    let lines = some_of(problems.iter().map(ToString::to_string), total);
    event(
        Code::SOURCE_PROBLEMS,
        format!("directory source {source}, {place}: {lines}"),
    )
}

/// Records contradict each other.
pub(crate) fn conflicts(conflicts: &[String], total: usize) -> Event {
    event(
        Code::DIRECTORY_CONFLICT,
        some_of(conflicts.iter().cloned(), total),
    )
}

/// Nobody can be asked for the people of a system.
pub(crate) fn sideless(system: &SidelessSystem) -> Event {
    event(Code::NO_SIDE_FOR_SYSTEM, system.to_string())
}

/// What was stored cannot be used.
pub(crate) fn store_unusable(path: &Path, why: &str) -> Event {
    let text = format!(
        "stored snapshot {}: {why}; the directory is built from its sources alone",
        path.display()
    );
    event(Code::SNAPSHOT_UNUSABLE, text)
}

/// The copy of a source cannot be used.
pub(crate) fn copy_unusable(path: &Path, why: &str) -> Event {
    let text = format!(
        "{}: {why}; it is set aside and the source is read anew, meanwhile the directory stays as it is",
        path.display()
    );
    event(Code::SNAPSHOT_UNUSABLE, text)
}

/// The snapshot cannot be stored.
pub(crate) fn store_unwritable(path: &Path, why: &str) -> Event {
    let text = format!(
        "snapshot {} cannot be written: {why}; routing goes on, a restart would go back",
        path.display()
    );
    event(Code::SNAPSHOT_UNWRITABLE, text)
}

/// The sources hold more than fits.
pub(crate) fn too_large(why: &str) -> Event {
    event(
        Code::DIRECTORY_TOO_LARGE,
        format!("the sources were read but not taken: {why}; the former directory stays in force"),
    )
}

/// From now on unknown recipients are deferred.
pub(crate) fn stale(age: Duration) -> Event {
    event(
        Code::DIRECTORY_STALE,
        format!(
            "the directory was last read {} ago; unknown recipients are deferred",
            Span(age)
        ),
    )
}

/// Unknown recipients are refused again.
pub(crate) fn fresh() -> Event {
    event(
        Code::DIRECTORY_FRESH,
        "the directory is up to date again; unknown recipients are treated as configured".into(),
    )
}

/// The task that reads the sources has ended.
pub(crate) fn stopped(why: &str) -> Event {
    event(
        Code::DIRECTORY_STOPPED,
        format!("the sources are no longer read: {why}"),
    )
}

/// Some of the list of unknown recipients cannot be read.
pub(crate) fn unknown_damaged(path: &Path, lines: usize) -> Event {
    let text = format!(
        "list of unknown recipients {}: {lines} lines of it are damaged, these are counted anew",
        path.display()
    );
    event(Code::UNKNOWN_LIST, text)
}

/// The list of unknown recipients cannot be used.
pub(crate) fn unknown_unusable(path: &Path, why: &dyn fmt::Display) -> Event {
    let text = format!(
        "list of unknown recipients {}: {why}; it is set aside and begun anew",
        path.display()
    );
    event(Code::UNKNOWN_LIST, text)
}

/// The list of unknown recipients cannot be written.
pub(crate) fn unknown_unwritable(path: &Path, why: &dyn fmt::Display) -> Event {
    let text = format!(
        "list of unknown recipients {} cannot be written: {why}; a restart would go back",
        path.display()
    );
    event(Code::UNKNOWN_LIST, text)
}

fn event(code: Code, text: String) -> Event {
    Event::Directory { code, text }
}

fn some_of(lines: impl Iterator<Item = String>, total: usize) -> String {
    let mut shown: Vec<String> = lines.take(DIRECTORY_EVENT_LINES).collect();
    if total > shown.len() {
        shown.push(format!("and {} more", total - shown.len()));
    }
    shown.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_shows_some_lines_and_counts_the_rest() {
        let shown = |count: usize| some_of((0..count).map(|n| n.to_string()), count);
        assert_eq!(shown(2), "0; 1");
        assert!(shown(DIRECTORY_EVENT_LINES).ends_with("; 9"));
        assert!(shown(DIRECTORY_EVENT_LINES + 1).ends_with("; 9; and 1 more"));
    }
}
