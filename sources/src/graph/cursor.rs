//! Where a source goes on, as the text that the mirror keeps.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::link::{Link, Origin};
use super::stream::Stream;
use crate::limits::WAITING_MAX;

/// Where each of the three goes on, and what must be known of the readings before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cursor {
    /// Whether everything is being read, and not only what changed.
    pub(super) full: bool,
    /// When everything was last begun to be read, since 1970.
    since: Duration,
    /// Users with an address that this full reading gave, or the last one.
    pub(super) people: u64,
    /// And those of the one before it.
    pub(super) before: u64,
    places: [Place; 3],
    /// Those with a licence and no mailbox yet. Their mailbox will be no change of theirs that a delta query names.
    waiting: Vec<String>,
}

/// Where one of the three goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// At the beginning.
    Start,
    /// With a further page.
    Next(Link),
    /// With what changed since it was read.
    Changes(Link),
}

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u8,
    full: bool,
    since: u64,
    people: u64,
    before: u64,
    users: StoredPlace,
    groups: StoredPlace,
    contacts: StoredPlace,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StoredPlace {
    Start,
    Next(String),
    Delta(String),
}

impl Cursor {
    /// The beginning of everything.
    pub(super) fn new(now: Duration) -> Self {
        Self {
            full: true,
            since: Duration::from_secs(now.as_secs()),
            people: 0,
            before: 0,
            places: [const { Place::Start }; 3],
            waiting: Vec::new(),
        }
    }

    /// Once more from the beginning, remembering how many there were.
    pub(super) fn again(&self, now: Duration) -> Self {
        Self {
            before: if self.full { self.before } else { self.people },
            ..Self::new(now)
        }
    }

    /// Reads what [`Self::text`] wrote. `None`: it is none of ours, or leads to another host than it is now.
    pub(super) fn parse(text: &str, origin: &Origin) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        let place = |place: &StoredPlace| place.read(origin);
        (stored.v == VERSION).then_some(Self {
            full: stored.full,
            since: Duration::from_secs(stored.since),
            people: stored.people,
            before: stored.before,
            places: [
                place(&stored.users)?,
                place(&stored.groups)?,
                place(&stored.contacts)?,
            ],
            waiting: stored.waiting,
        })
    }

    pub(super) fn text(&self) -> String {
        let [users, groups, contacts] = self.places.each_ref().map(StoredPlace::of);
        let stored = Stored {
            v: VERSION,
            full: self.full,
            since: self.since.as_secs(),
            people: self.people,
            before: self.before,
            users,
            groups,
            contacts,
            waiting: self.waiting.clone(),
        };
        serde_json::to_string(&stored).expect("texts and numbers can be written as JSON")
    }

    pub(super) fn place(&self, stream: Stream) -> &Place {
        &self.places[stream as usize]
    }

    pub(super) fn set(&mut self, stream: Stream, place: Place) {
        self.places[stream as usize] = place;
    }

    /// Groups whose members come on several pages are put together from the first of these on. Which ones had begun
    /// where a reading broke off is not kept, so they are read from the beginning.
    pub(super) fn rewind_groups(&mut self) {
        if let Place::Next(_) = self.place(Stream::Groups) {
            self.set(Stream::Groups, Place::Start);
        }
    }

    /// Whether everything is to be read again.
    pub(super) fn is_due(&self, every: Option<Duration>, now: Duration) -> bool {
        every.is_some_and(|every| now.saturating_sub(self.since) >= every)
    }

    pub(super) fn waiting(&self) -> &[String] {
        &self.waiting
    }

    /// Whether somebody waits for a mailbox. There is room for so many; the next full reading asks for all.
    pub(super) fn set_waiting(&mut self, id: &str, waits: bool) {
        let place = self.waiting.iter().position(|known| known == id);
        match (place, waits) {
            (None, true) if self.waiting.len() < WAITING_MAX && id.len() <= ID_OCTETS_MAX => {
                self.waiting.push(id.to_owned());
            }
            (Some(place), false) => {
                self.waiting.remove(place);
            }
            (Some(_), true) | (None, _) => {}
        }
    }
}

impl StoredPlace {
    fn of(place: &Place) -> Self {
        match place {
            Place::Start => Self::Start,
            Place::Next(link) => Self::Next(link.as_str().to_owned()),
            Place::Changes(link) => Self::Delta(link.as_str().to_owned()),
        }
    }

    fn read(&self, origin: &Origin) -> Option<Place> {
        Some(match self {
            Self::Start => Place::Start,
            Self::Next(link) => Place::Next(origin.accept(link).ok()?),
            Self::Delta(link) => Place::Changes(origin.accept(link).ok()?),
        })
    }
}

/// The format that this program writes.
const VERSION: u8 = 1;
/// An object's id is a GUID.
const ID_OCTETS_MAX: usize = 36;

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::*;
    use crate::limits::LINK_OCTETS_MAX;

    fn origin(text: &str) -> Origin {
        Origin::of(&Url::parse(text).unwrap()).unwrap()
    }

    fn cursor() -> Cursor {
        let origin = origin("https://g.example");
        let mut cursor = Cursor::new(Duration::from_secs(1_000));
        cursor.set(Stream::Users, Place::Changes(origin.link("/u").unwrap()));
        cursor.set(Stream::Groups, Place::Next(origin.link("/g").unwrap()));
        cursor.people = 7;
        cursor.set_waiting("a", true);
        cursor
    }

    #[test]
    fn what_is_written_is_read() {
        let text = cursor().text();
        assert_eq!(
            Cursor::parse(&text, &origin("https://g.example")),
            Some(cursor())
        );
        assert_eq!(
            text,
            r#"{"v":1,"full":true,"since":1000,"people":7,"before":0,"users":{"delta":"https://g.example/u"},"groups":{"next":"https://g.example/g"},"contacts":"start","waiting":["a"]}"#
        );
    }

    #[test]
    fn a_cursor_of_another_host_or_kind_is_none() {
        let text = cursor().text();
        assert_eq!(Cursor::parse(&text, &origin("https://h.example")), None);
        let own = origin("https://g.example");
        assert_eq!(
            Cursor::parse(&text.replace(r#""v":1"#, r#""v":2"#), &own),
            None
        );
        assert_eq!(Cursor::parse("", &own), None);
        assert_eq!(Cursor::parse("uSNChanged=7", &own), None);
    }

    #[test]
    fn how_many_there_were_is_not_forgotten() {
        let now = Duration::from_secs(2_000);
        let mut done = cursor();
        done.full = false;
        let again = done.again(now);
        assert_eq!((again.full, again.people, again.before), (true, 0, 7));
        assert_eq!(*again.place(Stream::Users), Place::Start);
        assert_eq!(again.again(now).before, 7);
    }

    #[test]
    fn everything_is_read_when_it_is_due() {
        let check = |every: Option<u64>, now: u64, expected: bool| {
            let every = every.map(Duration::from_secs);
            assert_eq!(
                cursor().is_due(every, Duration::from_secs(now)),
                expected,
                "{now}"
            );
        };
        check(None, u64::MAX, false);
        check(Some(100), 1_099, false);
        check(Some(100), 1_100, true);
        check(Some(100), 0, false);
    }

    #[test]
    fn those_who_wait_are_bounded_and_fit() {
        let long = format!("https://g.example/{}", "a".repeat(LINK_OCTETS_MAX - 18));
        let own = origin("https://g.example");
        let mut cursor = cursor();
        for stream in Stream::ALL {
            cursor.set(stream, Place::Changes(own.accept(&long).unwrap()));
        }
        for number in 0..=WAITING_MAX {
            cursor.set_waiting(&format!("{number:036}"), true);
            cursor.set_waiting(&format!("{number:036}"), true);
        }
        assert_eq!(cursor.waiting().len(), WAITING_MAX);
        assert!(cursor.text().len() <= 64 << 10, "{}", cursor.text().len());
        cursor.set_waiting("a", false);
        assert_eq!(cursor.waiting().len(), WAITING_MAX - 1);
    }

    #[test]
    fn groups_that_were_not_finished_begin_again() {
        let mut cursor = cursor();
        cursor.rewind_groups();
        assert_eq!(*cursor.place(Stream::Groups), Place::Start);
        assert_ne!(*cursor.place(Stream::Users), Place::Start);
    }
}
