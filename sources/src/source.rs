//! What all sources do.

mod error;

use mirror::Mirror;

pub use error::{SourceError, TlsTrouble, Wait};

use crate::graph::Graph;
use crate::{ActiveDirectory, OpenLdap, Progress, Summary, Sweep};

/// A directory source over the network.
#[derive(Debug)]
#[non_exhaustive]
pub enum Source {
    /// From one domain controller, by its numbers or by DirSync.
    ActiveDirectory(Box<ActiveDirectory>),
    /// By content synchronisation (RFC 4533).
    OpenLdap(Box<OpenLdap>),
    /// Microsoft Graph, by delta query.
    Graph(Box<Graph>),
    /// By reading everything and comparing.
    Sweep(Box<Sweep>),
}

impl Source {
    /// Reads what is new, or everything where it must. Whatever breaks it off, the mirror keeps what was committed.
    pub async fn round(
        &mut self,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        match self {
            Self::ActiveDirectory(source) => source.round(mirror, progress).await,
            Self::OpenLdap(source) => source.round(mirror, progress).await,
            Self::Graph(source) => source.round(mirror, progress).await,
            Self::Sweep(source) => source.round(mirror, progress).await,
        }
    }

    /// Returns when there is probably something new, or it is time to look.
    pub async fn wait(&mut self) {
        match self {
            Self::ActiveDirectory(source) => source.wait().await,
            Self::OpenLdap(source) => source.wait().await,
            Self::Graph(source) => source.wait().await,
            Self::Sweep(source) => source.wait().await,
        }
    }

    /// All that its mirror's content depends on besides the directory itself.
    pub fn fingerprint(&self) -> String {
        match self {
            Self::ActiveDirectory(source) => source.fingerprint(),
            Self::OpenLdap(source) => source.fingerprint(),
            Self::Graph(source) => source.fingerprint(),
            Self::Sweep(source) => source.fingerprint(),
        }
    }
}
