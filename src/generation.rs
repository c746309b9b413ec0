//! One generation of what the configuration and its files say, replaced whole on a reload.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use authentication::Sealer;

use crate::config::{ArcIdentity, Config};
use crate::deliver::Way;
use crate::dns::{Networks, Own};
use crate::queue::Terms;
use crate::tls::{Material, Stamp, TlsError};

/// Immutable; a session looks at one generation for the length of a transaction.
#[derive(Debug)]
pub(crate) struct Generation {
    /// Tells pooled connections and remembered standings of former generations apart.
    pub(crate) number: u64,
    /// The configuration.
    pub(crate) config: Arc<Config>,
    /// What routing needs of it.
    pub(crate) policy: Arc<routing::Policy>,
    /// What the queue needs of it.
    pub(crate) terms: Terms,
    /// The ways out.
    pub(crate) ways: Vec<Arc<Way>>,
    /// Who we are to DNS.
    pub(crate) own: Own,
    /// Where foreign domains' exchangers may be.
    pub(crate) special: Networks,
    /// Who vouches for mail, in whose name; `None`: nobody.
    pub(crate) sealer: Option<Sealer>,
    /// Certificates, keys, roots, lists.
    pub(crate) material: Material,
    /// What the files behind it looked like just before they were read.
    pub(crate) stamp: Stamp,
}

impl Generation {
    /// Reads every file that `config` names; nothing is in force until the caller says so.
    pub(crate) fn load(config: Arc<Config>) -> Result<Self, TlsError> {
        let stamp = Stamp::of(&config);
        let material = Material::load(&config)?;
        let sealer = config.arc.as_ref().map(sealer).transpose()?;
        let policy = Arc::new(crate::route::policy(&config));
        Ok(Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            ways: Way::all(&config),
            own: Own::of(&config),
            special: Networks::new(&config.dns.special_networks),
            terms: Terms::of(&config),
            config,
            policy,
            sealer,
            material,
            stamp,
        })
    }

    /// The way to a side, or (`None`) to the internet.
    pub(crate) fn way(&self, side: Option<&str>) -> Option<&Arc<Way>> {
        self.ways.iter().find(|way| way.side.as_deref() == side)
    }
}

fn sealer(arc: &ArcIdentity) -> Result<Sealer, TlsError> {
    let wrong = |why: String| TlsError::File {
        path: arc.private_key.clone(),
        why,
    };
    let pem = std::fs::read(&arc.private_key).map_err(|error| wrong(error.to_string()))?;
    let sealer = Sealer::new(&arc.domain, &arc.selector, &pem);
    sealer.map_err(|error| wrong(error.to_string()))
}

static NEXT: AtomicU64 = AtomicU64::new(1);
