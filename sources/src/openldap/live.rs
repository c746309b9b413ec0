//! A search that stays, and says what happens as it happens (RFC 4533 §3.4).

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use tokio::time::timeout;

use super::control::{Mode, request};
use super::cursor::Cursor;
use super::refresh::{KEY, Refresh};
use crate::ldap::{Access, Answer, Answers, Connection};
use crate::limits::{CHANGES_TOGETHER, QUIET_NEWS_MAX, TOGETHER_WAIT};
use crate::{Plan, SourceError};

/// One search for each base, over one connection.
#[derive(Debug)]
pub(super) struct Live {
    connection: Connection,
    searches: Vec<Answers>,
    pub(super) refreshes: Vec<Refresh>,
    /// What was heard and is not in the mirror yet, with the place of its base.
    heard: Vec<(usize, Answer)>,
}

impl Live {
    /// Begins to follow from where a cursor stands.
    pub(super) async fn begin(
        access: &Access,
        plan: &Plan,
        cursor: &Cursor,
    ) -> Result<Self, SourceError> {
        let mut connection = Connection::open(access).await?;
        let (mut searches, mut refreshes) = (Vec::new(), Vec::new());
        for (base, cookie) in plan.bases.iter().zip(&cursor.cookies) {
            let mut search = plan.search(base, &[KEY]);
            let control = request(Mode::RefreshAndPersist, Some(&cookie.octets()));
            search.controls.push(control);
            searches.push(connection.search(&search).await?);
            refreshes.push(Refresh::from(Some(cookie.clone())));
        }
        Ok(Self {
            connection,
            searches,
            refreshes,
            heard: Vec::new(),
        })
    }

    /// Whether all that happened before it began was said.
    pub(super) fn is_refreshed(&self) -> bool {
        self.refreshes.iter().all(|refresh| refresh.is_over)
    }

    /// Returns when something was said about an object. It may be given up at any time.
    pub(super) async fn hear(&mut self) -> Result<(), SourceError> {
        loop {
            let is_news = |(_, answer): &(usize, Answer)| Refresh::is_news(answer);
            if self.heard.iter().any(is_news) || self.heard.len() >= QUIET_NEWS_MAX {
                return Ok(());
            }
            let heard = self.any().await?;
            self.heard.push(heard);
        }
    }

    /// What was said, and what else comes without a pause, up to a bound. Before the refresh is over the next message
    /// is waited for.
    pub(super) async fn batch(&mut self) -> Result<Vec<(usize, Answer)>, SourceError> {
        let answer = self.connection.answer_wait();
        while self.heard.len() < CHANGES_TOGETHER {
            let wait = match self.is_refreshed() || !self.heard.is_empty() {
                true => TOGETHER_WAIT,
                false => answer,
            };
            match timeout(wait, self.any()).await {
                Ok(heard) => self.heard.push(heard?),
                Err(_) if wait == TOGETHER_WAIT => break,
                Err(_) => return Err(self.connection.silent()),
            }
        }
        Ok(std::mem::take(&mut self.heard))
    }

    /// Whether the server is still there, though it has nothing to say.
    pub(super) async fn check(&mut self) -> Result<(), SourceError> {
        self.connection.root_dse(&[]).await.map(drop)
    }

    /// The next message of any of the searches.
    async fn any(&mut self) -> Result<(usize, Answer), SourceError> {
        let Self {
            connection,
            searches,
            ..
        } = self;
        let next = std::future::poll_fn(|context| {
            for (place, search) in searches.iter_mut().enumerate() {
                // Given up, it loses nothing.
                let polled = pin!(search.item()).poll(context);
                if let Poll::Ready(item) = polled {
                    return Poll::Ready(item.map(|item| (place, item)));
                }
            }
            Poll::Pending
        });
        let (place, item) = connection.awaited(next).await?;
        let answer = searches[place].read(item, connection).await?;
        Ok((place, answer))
    }
}
