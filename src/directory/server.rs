//! A source that is asked over a network.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use mirror::Mirror;
use sources::Progress;

use crate::config::{Config, Directory};

/// What a server does in time.
pub(super) type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A source that is asked over a network. It lives in a thread of its own, so it may block for its mirror.
pub(super) trait Server {
    /// All that its mirror's content depends on besides the directory itself.
    fn fingerprint(&self) -> String;

    /// Reads what is new, and says how far it is. Dropped halfway, the mirror keeps what was committed.
    fn round<'a>(
        &'a mut self,
        mirror: &'a mut Mirror,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Answer<'a, Result<(), ServerError>>;

    /// Returns when there is probably something new, or it is time to look.
    fn wait(&mut self) -> Answer<'_, ()>;
}

/// Why a server could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ServerError {
    /// What is wrong, and what to do.
    pub(super) why: String,
    /// When the server wants to be asked again.
    pub(super) retry_after: Option<Duration>,
    /// Its mirror is of no use any more.
    pub(super) is_damage: bool,
}

/// Makes the server of a source, in its thread.
pub(super) type Make = Box<dyn FnOnce() -> Box<dyn Server> + Send>;

/// Knows which sources are servers.
#[derive(Clone)]
pub(super) struct Servers(Arc<MakeOf>);

type MakeOf = dyn Fn(&Directory, &Config) -> Option<Make> + Send + Sync;

impl Servers {
    pub(super) fn by(
        make: impl Fn(&Directory, &Config) -> Option<Make> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(make))
    }

    /// `None`: it is a file.
    pub(super) fn make(&self, source: &Directory, config: &Config) -> Option<Make> {
        (self.0)(source, config)
    }
}

impl fmt::Debug for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Servers").finish_non_exhaustive()
    }
}
