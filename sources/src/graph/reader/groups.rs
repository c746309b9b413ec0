//! Groups, whose members come in parts and as changes.

use book::{Key, Odd};
use mirror::{Extent, MirrorError, Round};

use super::{Object, Reader, Work, id};
use crate::graph::page::{Next, Page};
use crate::graph::session::Outcome;
use crate::graph::stream::Stream;
use crate::graph::{GraphError, members, purpose};

impl Reader<'_, '_> {
    /// Makes the members of each group all that it has.
    pub(super) async fn settle_members(
        &mut self,
        groups: &mut [Object],
        round: &mut Round<'_>,
        work: &mut Work,
    ) -> Result<(), GraphError> {
        // One group may come several times on one page.
        for group in groups {
            let Some(key) = id(group).and_then(Key::from_text) else {
                continue;
            };
            if self.entry(group).is_none() {
                continue;
            }
            let known = match (round.entry(&key)?, work.extent) {
                (Some(known), Extent::Changes) => members::of(known),
                // It is new, or takes mail only now: what changed does not tell who is in it.
                (None, Extent::Changes) => self.all_members(group, work).await?,
                (Some(known), _) if work.groups.contains(&key) => members::of(known),
                (Some(_) | None, _) => Vec::new(),
            };
            work.groups.insert(key);
            if !members::settle(known, group) {
                let (what, max) = ("members", book::limits::VALUES_MAX);
                let name = id(group).unwrap_or_default().to_owned();
                work.summary.note(&name, Odd::TooMany { what, max });
            }
            self.put_early(group, round)?;
        }
        Ok(())
    }

    /// So that the same group further down the page finds its members.
    fn put_early(&self, group: &Object, round: &mut Round<'_>) -> Result<(), MirrorError> {
        match self.entry(group) {
            Some(entry) => round.put(&entry),
            None => Ok(()),
        }
    }

    async fn all_members(
        &mut self,
        group: &Object,
        work: &mut Work,
    ) -> Result<Vec<String>, GraphError> {
        let Some(id) = id(group).filter(|id| purpose::is_id(id)) else {
            return Ok(Vec::new());
        };
        let path = format!("/v1.0/groups/{id}/members?$select=id&$top=999");
        let mut link = self.session.origin().link(&path)?;
        let mut ids = Vec::new();
        loop {
            work.turn_page()?;
            let subject = Stream::Groups.subject();
            let Outcome::Body(body) = self.session.get(&link, subject).await? else {
                return Ok(ids);
            };
            let page = Page::of_list(&body, self.session.origin())?;
            let found = page.objects.iter().filter_map(super::id);
            ids.extend(found.map(str::to_owned));
            match page.next {
                Next::Page(next) if ids.len() <= book::limits::VALUES_MAX => link = next,
                Next::Page(_) | Next::Changes(_) | Next::End => return Ok(ids),
            }
        }
    }
}
