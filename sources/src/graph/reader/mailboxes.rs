//! Users whose place is open until their mailbox is asked for.

use std::collections::BTreeSet;

use book::{Kind, Location, WhyUnknown};
use mirror::Round;
use serde_json::json;

use super::{Object, Reader, Work, id};
use crate::graph::session::Outcome;
use crate::graph::stream::Stream;
use crate::graph::{GraphError, purpose};

impl Reader<'_, '_> {
    /// Adds what their mailboxes are for to those users whose place is open without it.
    pub(super) async fn ask_purposes(
        &mut self,
        users: &mut [Object],
        work: &mut Work,
    ) -> Result<(), GraphError> {
        let open = users.iter().filter(|user| self.why_open(user).is_some());
        // Somebody may stand on a page twice.
        let ids: BTreeSet<String> = open
            .filter_map(|user| id(user))
            .map(str::to_owned)
            .collect();
        let ids = Vec::from_iter(ids);
        let found = purpose::ask(self.session, &ids).await?;
        for user in users {
            let Some(id) = id(user).map(str::to_owned) else {
                continue;
            };
            if let Some(purpose) = found.get(&id) {
                add_purpose(user, purpose);
            }
            let waits = self.why_open(user) == Some(WhyUnknown::LicenceAlone);
            work.cursor.set_waiting(&id, waits);
        }
        work.asked.extend(ids);
        Ok(())
    }

    /// Asks again for those who had a licence and no mailbox when they last changed.
    pub(super) async fn ask_again(
        &mut self,
        round: &mut Round<'_>,
        work: &mut Work,
    ) -> Result<(), GraphError> {
        if !self.access.mailbox_purpose {
            return Ok(());
        }
        let waiting = work.cursor.waiting().iter();
        let waiting: Vec<String> = waiting
            .filter(|id| !work.asked.contains(*id))
            .cloned()
            .collect();
        let found = purpose::ask(self.session, &waiting).await?;
        for id in waiting.iter().filter(|id| found.contains_key(*id)) {
            if let Some(mut user) = self.user(id).await? {
                add_purpose(&mut user, &found[id]);
                self.take(&user, round, work)?;
            }
            work.cursor.set_waiting(id, false);
        }
        Ok(())
    }

    /// A single user as the delta query would give it.
    async fn user(&mut self, id: &str) -> Result<Option<Object>, GraphError> {
        let select = Stream::Users.selected(&self.reading.preset).join(",");
        let link = format!("/v1.0/users/{id}?$select={select}");
        let link = self.session.origin().link(&link)?;
        let Outcome::Body(body) = self.session.get(&link, Stream::Users.subject()).await? else {
            return Ok(None);
        };
        let user: Result<Object, _> = serde_json::from_slice(&body);
        let mut user = user.map_err(|_| GraphError::malformed("a user is no JSON object"))?;
        Stream::Users.name_class(&mut user);
        Ok(Some(user))
    }

    /// Why it is not known where a user lives; `None`: it is known, or nobody needs to know.
    fn why_open(&self, user: &Object) -> Option<WhyUnknown> {
        id(user).filter(|id| purpose::is_id(id))?;
        let entry = self.entry(user)?;
        match (entry.kind, entry.location) {
            (Kind::User, Location::Unknown(why)) => Some(why),
            _ => None,
        }
    }
}

fn add_purpose(user: &mut Object, purpose: &str) {
    user.insert(
        "mailboxSettings".to_owned(),
        json!({ "userPurpose": purpose }),
    );
}
