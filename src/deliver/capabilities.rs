//! What each side can do, as far as we know.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use smtp::extension::{Capabilities, SizeLimit};
use tokio::time::Instant;

use crate::config::SideKind;
use crate::limits;

/// The last EHLO reply of each way, for an hour.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<HashMap<String, (Capabilities, Instant)>>); // an instant a message, shared by nature

impl Remembered {
    pub(super) fn put(&self, way: &str, capabilities: &Capabilities) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(way.to_owned(), (*capabilities, Instant::now()));
    }

    pub(super) fn get(&self, way: &str) -> Option<Capabilities> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (capabilities, since) = all.get(way)?;
        (since.elapsed() < limits::CAPABILITIES_AGE).then_some(*capabilities)
    }
}

/// What a system of this kind is known to offer, until its own EHLO says more.
pub(super) fn preset(kind: SideKind) -> Capabilities {
    let (smtp_utf8, dsn) = match kind {
        SideKind::ExchangeOnline => (true, true),
        SideKind::Exchange | SideKind::Domino | SideKind::GroupWise => (false, true),
        SideKind::Smtp => (false, false),
    };
    Capabilities {
        size: SizeLimit::NotOffered,
        eight_bit_mime: true,
        smtp_utf8,
        dsn,
        pipelining: false,
        chunking: false,
        start_tls: false,
        enhanced_status_codes: false,
    }
}
