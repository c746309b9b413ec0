//! Which of several controllers a source keeps to.

use super::controller::Controller;
use super::cursor::{Cursor, Place};
use super::refusal;
use crate::ldap::{Access, Connection, Server};
use crate::limits::FAILURES_OF_HOME_MAX;
use crate::{Plan, SourceError};

/// The controller that a source keeps to: its numbers mean nothing to the others, so that each change of controller
/// costs a full reading.
#[derive(Debug, Default)]
pub(super) struct Home {
    server: Option<Server>,
    /// One after the other.
    failures: u32,
}

impl Home {
    /// Connects to the controller that `cursor` is of, if there is one, or to the first that takes it.
    pub(super) async fn open(
        &mut self,
        access: &Access,
        plan: &Plan,
        cursor: Option<&Cursor>,
    ) -> Result<(Connection, Controller), SourceError> {
        let needs_home = matches!(cursor.map(|cursor| &cursor.place), Some(Place::Usn { .. }));
        if needs_home
            && self.failures < FAILURES_OF_HOME_MAX
            && let Some(server) = &self.server
        {
            let opened = open(access, plan, server).await;
            self.failures = match &opened {
                Err(error) if error.is_of_one_server() => self.failures + 1,
                _ => 0,
            };
            return opened;
        }
        let (server, opened) = first(access, plan, cursor).await?;
        self.server = Some(server);
        self.failures = 0;
        Ok(opened)
    }
}

type Opened = (Connection, Controller);

/// The controller that the cursor is of; if that is none of them, the first that can be used. A server that refuses
/// the password is the last one asked: the others would refuse it too, and count the attempts.
async fn first(
    access: &Access,
    plan: &Plan,
    cursor: Option<&Cursor>,
) -> Result<(Server, Opened), SourceError> {
    let (mut usable, mut failed) = (None, Vec::new());
    for server in &access.servers {
        match open(access, plan, server).await {
            Ok(opened) => {
                let is_home = match cursor.map(|cursor| &cursor.place) {
                    Some(Place::Usn { invocation, .. }) => *invocation == opened.1.invocation,
                    Some(Place::DirSync { .. }) | None => true,
                };
                if is_home {
                    return Ok((server.clone(), opened));
                }
                usable.get_or_insert((server.clone(), opened));
            }
            Err(error) if error.is_of_one_server() => failed.push(error),
            Err(error) => return Err(error),
        }
    }
    match (usable, failed.len()) {
        (Some(usable), _) => Ok(usable),
        (None, 0) => Err(SourceError::Setting("there is no server".to_owned())),
        (None, 1) => Err(failed.remove(0)),
        (None, _) => Err(SourceError::Servers(failed)),
    }
}

async fn open(access: &Access, plan: &Plan, server: &Server) -> Result<Opened, SourceError> {
    let opened = Connection::open_at(access, server).await;
    let mut connection = opened.map_err(refusal::explain)?;
    let controller = Controller::ask(&mut connection, &plan.bases).await?;
    Ok((connection, controller))
}
