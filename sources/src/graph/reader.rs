//! One reading: the three streams one after the other, page by page, into a round of the mirror.

mod groups;
mod mailboxes;

use std::collections::HashSet;

use book::{AttributeError, Entry, Key, Odd, Record, graph_object};
use mirror::{Extent, Mirror, MirrorError, Round};
use serde_json::{Map, Value};

use super::cursor::{Cursor, Place};
use super::link::Link;
use super::page::{Next, Page};
use super::session::{Outcome, Session};
use super::stream::Stream;
use super::{Access, GraphError};
use crate::limits::PAGES_MAX;
use crate::{Progress, Reading, Summary};

/// One reading.
pub(super) struct Reader<'r, 'a> {
    pub(super) access: &'r Access,
    pub(super) reading: &'r Reading,
    pub(super) session: &'r mut Session<'a>,
    pub(super) progress: &'r mut dyn FnMut(Progress),
}

/// Why a reading came to no end.
pub(super) enum Broken {
    /// Everything is to be read again, this stream from here on.
    Resync(Stream, Option<Link>),
    /// For good.
    Error(GraphError),
}

/// What a reading knows while it goes on.
struct Work {
    extent: Extent,
    cursor: Cursor,
    summary: Summary,
    /// About how many objects there will be.
    expected: Option<u64>,
    pages: u64,
    /// Groups that this reading has met.
    groups: HashSet<Key>,
    /// Users whose mailbox was asked for.
    asked: HashSet<String>,
}

type Object = Map<String, Value>;

impl Reader<'_, '_> {
    /// Reads all that is left of a full reading, or all that changed.
    pub(super) async fn read(
        mut self,
        mirror: &mut Mirror,
        extent: Extent,
        cursor: Cursor,
    ) -> Result<Summary, Broken> {
        let entries_before = mirror.facts()?.entries;
        let mut round = mirror.round(extent)?;
        let mut work = Work::new(extent, cursor);
        work.expected = (work.summary.full && entries_before > 0).then_some(entries_before);
        for stream in Stream::ALL {
            self.stream(stream, &mut round, &mut work).await?;
        }
        self.ask_again(&mut round, &mut work).await?;
        if work.cursor.people == 0 && work.summary.entries == 0 {
            work.expect_some(entries_before, &mut round)?;
        }
        work.cursor.full = false;
        round.finish(Some(&work.cursor.text()))?;
        Ok(work.summary)
    }

    async fn stream(
        &mut self,
        stream: Stream,
        round: &mut Round<'_>,
        work: &mut Work,
    ) -> Result<(), Broken> {
        let mut link = match work.cursor.place(stream) {
            Place::Start => stream.start(&self.reading.preset, self.session.origin())?,
            Place::Next(link) | Place::Changes(link) => link.clone(),
        };
        loop {
            let Page { objects, next } = self.page(stream, &link, work).await?;
            self.take_all(stream, objects, round, work).await?;
            let place = match &next {
                Next::Page(next) if *next == link => {
                    let circle = "a page names itself as the next one";
                    return Err(GraphError::malformed(circle).into());
                }
                Next::Page(next) => Place::Next(next.clone()),
                Next::Changes(changes) => Place::Changes(changes.clone()),
                Next::End => unreachable!("a page of a delta query names where it goes on"),
            };
            if stream == Stream::Users
                && matches!(next, Next::Changes(_))
                && work.cursor.people == 0
            {
                work.expect_some(work.cursor.before, round)?;
            }
            work.cursor.set(stream, place);
            round.commit(Some(&work.cursor.text()))?;
            match next {
                Next::Page(next) => link = next,
                Next::Changes(_) | Next::End => return Ok(()),
            }
        }
    }

    async fn page(&mut self, stream: Stream, link: &Link, work: &mut Work) -> Result<Page, Broken> {
        work.turn_page()?;
        match self.session.get(link, stream.subject()).await? {
            Outcome::Body(body) => Ok(Page::of_delta(&body, self.session.origin())?),
            Outcome::Resync(location) => Err(Broken::Resync(stream, location)),
            Outcome::Missing => {
                let what = format!("Graph knows no delta query of {}", stream.subject().what);
                Err(GraphError::Malformed(what).into())
            }
        }
    }

    async fn take_all(
        &mut self,
        stream: Stream,
        mut objects: Vec<Object>,
        round: &mut Round<'_>,
        work: &mut Work,
    ) -> Result<(), GraphError> {
        for object in &mut objects {
            stream.name_class(object);
        }
        match stream {
            Stream::Users if self.access.mailbox_purpose => {
                self.ask_purposes(&mut objects, work).await?;
            }
            Stream::Groups => self.settle_members(&mut objects, round, work).await?,
            Stream::Users | Stream::Contacts => {}
        }
        for object in &objects {
            let entries = work.summary.entries;
            self.take(object, round, work)?;
            if stream == Stream::Users && work.cursor.full {
                work.cursor.people += work.summary.entries - entries;
            }
        }
        (self.progress)(work.summary.progress(work.expected));
        Ok(())
    }

    /// Takes one object; whoever has more than fits stays as it was.
    fn take(
        &self,
        object: &Object,
        round: &mut Round<'_>,
        work: &mut Work,
    ) -> Result<(), GraphError> {
        let id = id(object).unwrap_or_default();
        match graph_object::attributes(object) {
            Ok(attributes) => self
                .reading
                .take(&attributes, round, &mut work.summary)
                .map_err(GraphError::from),
            Err(error) => {
                work.summary.objects += 1;
                work.summary.note(id, too_much(error));
                match Key::from_text(id) {
                    Some(key) => Ok(round.seen(&key)?),
                    None => Ok(()),
                }
            }
        }
    }

    fn entry(&self, object: &Object) -> Option<Box<Entry>> {
        let attributes = graph_object::attributes(object).ok()?;
        match self.reading.preset.read(&attributes, &self.reading.setting) {
            Record::Entry(entry, _) => Some(entry),
            Record::Gone(_) | Record::Passed(..) | Record::NoKey => None,
        }
    }
}

impl Work {
    fn new(extent: Extent, cursor: Cursor) -> Self {
        let full = extent != Extent::Changes;
        Self {
            extent,
            cursor,
            summary: Summary {
                full,
                ..Summary::default()
            },
            expected: None,
            pages: 0,
            groups: HashSet::new(),
            asked: HashSet::new(),
        }
    }

    /// One more page, of whatever.
    fn turn_page(&mut self) -> Result<(), GraphError> {
        self.pages += 1;
        match self.pages <= PAGES_MAX {
            true => Ok(()),
            false => Err(GraphError::Pages(PAGES_MAX)),
        }
    }

    /// A full reading that gave nobody, where there were some before, is no truth: the next round begins again.
    fn expect_some(&mut self, before: u64, round: &mut Round<'_>) -> Result<(), GraphError> {
        if !self.cursor.full || before == 0 {
            return Ok(());
        }
        self.cursor = self.cursor.again(super::now());
        round.commit(Some(&self.cursor.text()))?;
        Err(GraphError::Empty { before })
    }
}

fn id(object: &Object) -> Option<&str> {
    object.get("id")?.as_str()
}

fn too_much(error: AttributeError) -> Odd {
    let (what, max) = match error {
        AttributeError::Name | AttributeError::Attributes => {
            ("attributes", book::limits::ATTRIBUTES_MAX)
        }
        AttributeError::Values => ("values of an attribute", book::limits::VALUES_MAX),
        AttributeError::Value => ("octets in a value", book::limits::VALUE_OCTETS_MAX),
    };
    Odd::TooMany { what, max }
}

impl From<GraphError> for Broken {
    fn from(error: GraphError) -> Self {
        Self::Error(error)
    }
}

impl From<MirrorError> for Broken {
    fn from(error: MirrorError) -> Self {
        Self::Error(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_bounded() {
        let cursor = Cursor::new(super::super::now());
        let mut work = Work::new(Extent::Full, cursor);
        work.pages = PAGES_MAX - 1;
        assert!(work.turn_page().is_ok());
        assert!(matches!(
            work.turn_page(),
            Err(GraphError::Pages(PAGES_MAX))
        ));
    }
}
