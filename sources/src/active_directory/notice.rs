//! A controller that says when something changes ([MS-ADTS] 3.1.1.3.4.1.9).
//!
//! It says that, and is not asked what: a round finds out. Whatever goes wrong here costs only time, because one looks
//! every now and then anyway.

use std::time::Duration;

use book::Scope;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::controller::{NOTIFICATION, plain};
use crate::SourceError;
use crate::ldap::{Access, Answer, Answers, Connection, Search, Server};
use crate::limits::NOTICES_GATHER;

/// A second connection, over which changes are told.
#[derive(Debug, Default)]
pub(super) struct Notice {
    ear: Option<Ear>,
    /// The controller says no, and would again.
    refused: bool,
}

#[derive(Debug)]
struct Ear {
    connection: Connection,
    answers: Answers,
}

impl Notice {
    /// Begins to listen to a controller, unless it does already. True if whatever changes from now on is heard, and was
    /// not before.
    pub(super) async fn listen(&mut self, access: &Access, server: &Server, domain: &str) -> bool {
        let is_same = |ear: &Ear| ear.connection.server() == server;
        if self.refused || self.ear.as_ref().is_some_and(is_same) {
            return false;
        }
        match Ear::open(access, server, domain).await {
            Ok(ear) => self.ear = Some(ear),
            Err(error) => self.failed(&error),
        }
        self.ear.is_some()
    }

    /// Waits until something changes, and then until what changes with it has gathered; at most so long.
    pub(super) async fn wait(&mut self, most: Duration) {
        let end = Instant::now() + most;
        let Some(ear) = &mut self.ear else {
            return sleep_until(end).await;
        };
        let heard = match timeout_at(end, ear.next()).await {
            Ok(Ok(())) => {
                let gathered = end.min(Instant::now() + NOTICES_GATHER);
                timeout_at(gathered, ear.rest()).await.unwrap_or(Ok(()))
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Ok(()),
        };
        if let Err(error) = heard {
            self.failed(&error);
            sleep_until(end).await;
        }
    }

    fn failed(&mut self, error: &SourceError) {
        self.ear = None;
        self.refused |= matches!(error, SourceError::Refused { .. });
    }
}

impl Ear {
    async fn open(access: &Access, server: &Server, domain: &str) -> Result<Self, SourceError> {
        let mut connection = Connection::open_at(access, server).await?;
        // A controller takes no other filter, and below the whole domain no other scope.
        let search = Search {
            base: domain.to_owned(),
            scope: Scope::Subtree,
            filter: "(objectClass=*)".to_owned(),
            attributes: vec!["objectClass".to_owned()],
            controls: vec![plain(NOTIFICATION)],
        };
        let answers = connection.search(&search).await?;
        // A connection moves only while an answer is awaited: this one says that the question was heard.
        connection.root_dse(&[]).await?;
        Ok(Self {
            connection,
            answers,
        })
    }

    /// The next change.
    async fn next(&mut self) -> Result<(), SourceError> {
        loop {
            let item = self.connection.awaited(self.answers.item()).await?;
            match self.answers.read(item, &self.connection).await? {
                Answer::Object(_) => return Ok(()),
                Answer::Info(_) | Answer::Referral(_) => {}
                Answer::Done(_) => return Err(SourceError::malformed("the notices ended")),
            }
        }
    }

    /// Passes over whatever comes.
    async fn rest(&mut self) -> Result<(), SourceError> {
        loop {
            self.next().await?;
        }
    }
}
