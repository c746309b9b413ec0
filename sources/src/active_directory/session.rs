//! One round over one connection.

use book::Key;
use mirror::Round;

use super::controller::Controller;
use crate::batch::Batch;
use crate::ldap::{Connection, Object, Pages, Search};
use crate::{Plan, Progress, SourceError, Summary};

/// A connection, what is at its other end, and what came of the round so far.
pub(super) struct Session<'a> {
    pub(super) plan: &'a Plan,
    pub(super) connection: Connection,
    pub(super) controller: Controller,
    pub(super) summary: Summary,
    progress: &'a mut dyn FnMut(Progress),
}

impl<'a> Session<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        connection: Connection,
        controller: Controller,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Self {
        Self {
            plan,
            connection,
            controller,
            summary: Summary::default(),
            progress,
        }
    }

    /// What is looked for at each base, narrowed by another filter.
    pub(super) fn searches(&self, narrowed: Option<&str>) -> Vec<Search> {
        let bases = self.controller.bases.iter();
        bases
            .map(|base| {
                let mut search = self.plan.search(base, &[KEY]);
                if let Some(narrowed) = narrowed {
                    search.filter = format!("(&{narrowed}{})", search.filter);
                }
                search
            })
            .collect()
    }

    /// Reads what a search finds into a round, page by page. What is committed on the way is so with `cursor`.
    pub(super) async fn take(
        &mut self,
        search: &Search,
        round: &mut Round<'_>,
        cursor: Option<&str>,
        met: &mut dyn FnMut(Key),
    ) -> Result<(), SourceError> {
        let Self {
            plan,
            connection,
            summary,
            progress,
            ..
        } = self;
        let mut batch = Batch::after(summary.objects);
        let mut pages = Pages::of(plan.page_size);
        while !pages.is_at_end() {
            let mut take = |object: Object| {
                if let Some(key) = key(&object) {
                    met(key);
                }
                Ok(plan.reading.take_object(&object, round, summary)?)
            };
            let read = connection.page(search, &mut pages, &mut take).await;
            if let Err(error) = read {
                batch.broke_off(round, cursor);
                return Err(error);
            }
            batch.page(summary.objects, round, cursor)?;
            progress(summary.progress(None));
        }
        refer(&pages, summary);
        Ok(())
    }

    /// Says how far one is.
    pub(super) fn report(&mut self) {
        (self.progress)(self.summary.progress(None));
    }

    /// The keys of what a search finds.
    pub(super) async fn keys(
        &mut self,
        search: &Search,
        met: &mut dyn FnMut(Key) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let mut search = search.clone();
        search.attributes = vec![KEY.to_owned()];
        let mut pages = Pages::of(self.plan.page_size);
        while !pages.is_at_end() {
            let mut take = |object: Object| key(&object).map_or(Ok(()), &mut *met);
            self.connection.page(&search, &mut pages, &mut take).await?;
        }
        Ok(())
    }
}

pub(super) fn key(object: &Object) -> Option<Key> {
    let octets = object.attributes.octets(KEY).next()?;
    Key::from_attribute(KEY, octets)
}

/// A domain always refers to the partitions beside it, in which there is nobody.
fn refer(pages: &Pages, summary: &mut Summary) {
    let is_beside = |to: &str| {
        let name = to
            .splitn(4, '/')
            .nth(3)
            .unwrap_or_default()
            .to_ascii_lowercase();
        BESIDE.iter().any(|beside| name.starts_with(beside))
    };
    let others = pages.referrals.iter().filter(|to| !is_beside(to));
    others.for_each(|to| summary.refer(to));
}

/// What objects are told apart by. Nothing else is left of one that was deleted.
pub(super) const KEY: &str = "objectGUID";
const BESIDE: &[&str] = &[
    "cn=configuration,",
    "dc=domaindnszones,",
    "dc=forestdnszones,",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_may_be_in_is_referred_to() {
        let mut pages = Pages::of(1);
        pages.referrals = [
            "ldap://contoso.com/CN=Configuration,DC=contoso,DC=com",
            "ldap://ForestDnsZones.contoso.com/DC=ForestDnsZones,DC=contoso,DC=com",
            "ldap://DomainDnsZones.contoso.com/DC=DomainDnsZones,DC=contoso,DC=com",
            "ldap://asia.contoso.com/DC=asia,DC=contoso,DC=com",
            "",
        ]
        .map(str::to_owned)
        .to_vec();
        let mut summary = Summary::default();
        refer(&pages, &mut summary);
        assert_eq!(
            summary.referrals,
            ["ldap://asia.contoso.com/DC=asia,DC=contoso,DC=com", ""]
        );
    }
}
