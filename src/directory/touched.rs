//! The people whom a source that is held back would touch, for whoever is to say that it is right.

use book::Entry;
use mirror::{Change, MirrorError, Touched, View};

use crate::limits::DIRECTORY_TOUCHED;

/// The people whom a source that is held back would touch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TouchedPeople {
    /// The first of them, one a line.
    pub(crate) kept: Vec<String>,
    /// All of them.
    pub(crate) total: usize,
}

impl TouchedPeople {
    pub(super) fn of(view: &View) -> Result<Self, MirrorError> {
        let mut people = Self::default();
        for touched in view.touched()? {
            people.note(&touched?);
        }
        Ok(people)
    }

    fn note(&mut self, touched: &Touched) {
        let Some(before) = &touched.before else {
            return;
        };
        let what = match (touched.change, &touched.after) {
            (Change::Added | Change::Changed, _) => return,
            (Change::Moved, Some(after)) => format!("{}, now {}", before.location, after.location),
            (Change::Moved, None) => format!("{}, now found elsewhere", before.location),
            (Change::Narrowed, after) => format!("loses {}", lost(before, after.as_ref())),
            (Change::Lost, _) => "is gone".to_owned(),
        };
        self.total += 1;
        if self.kept.len() < DIRECTORY_TOUCHED {
            let who = before.addresses().next().map(ToString::to_string);
            let who = who.unwrap_or_else(|| before.key.to_string());
            self.kept.push(format!("{who} {what}"));
        }
    }
}

/// The addresses that somebody has no more.
fn lost(before: &Entry, after: Option<&Entry>) -> String {
    let is_left = |address| after.is_some_and(|after| after.addresses().any(|own| own == address));
    let lost = before.addresses().filter(|address| !is_left(*address));
    lost.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use book::{Key, Location, System};
    use mirror::{Extent, Mirror};
    use routing::Address;

    use super::*;

    fn person(number: usize, side: &str, aliases: &[&str]) -> Entry {
        let key = Key::from_text(&format!("{number:05}")).unwrap();
        let mut entry = Entry::new(key, Location::In(System::Side(side.into())));
        entry.primary = Some(Address::parse(&format!("p{number}@c.example")).unwrap());
        entry.aliases = aliases
            .iter()
            .map(|text| Address::parse(text).unwrap())
            .collect();
        entry
    }

    fn touched(before: &[Entry], after: &[Entry]) -> TouchedPeople {
        let dir = tempfile::tempdir().unwrap();
        let mut mirror = Mirror::open(&dir.path().join("m.sqlite"), "").unwrap();
        for entries in [before, after] {
            mirror.believe().unwrap();
            let mut round = mirror.round(Extent::Full).unwrap();
            entries.iter().for_each(|entry| round.put(entry).unwrap());
            round.finish(None).unwrap();
        }
        TouchedPeople::of(mirror.view()).unwrap()
    }

    #[test]
    fn each_is_one_line() {
        let plain = |number| person(number, "notes", &[]);
        let found = touched(
            &[
                plain(1),
                plain(2),
                person(3, "notes", &["x@c.example"]),
                plain(4),
            ],
            &[
                person(2, "cloud", &[]),
                plain(3),
                person(4, "notes", &["y@c.example"]),
                plain(5),
            ],
        );
        let expected = [
            "p1@c.example is gone",
            "p2@c.example lives in notes, now lives in cloud",
            "p3@c.example loses x@c.example",
        ];
        assert_eq!(
            (found.kept, found.total),
            (expected.map(str::to_owned).into(), 3)
        );
    }

    #[test]
    fn they_are_listed_up_to_a_bound() {
        let shown = |count: usize| {
            let all: Vec<Entry> = (0..count)
                .map(|number| person(number, "notes", &[]))
                .collect();
            let found = touched(&all, &[]);
            (found.kept.len(), found.total)
        };
        assert_eq!(
            shown(DIRECTORY_TOUCHED),
            (DIRECTORY_TOUCHED, DIRECTORY_TOUCHED)
        );
        assert_eq!(
            shown(DIRECTORY_TOUCHED + 1),
            (DIRECTORY_TOUCHED, DIRECTORY_TOUCHED + 1)
        );
    }
}
