//! One answer of a server, whole.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};

use super::pause::retry_after;

/// A status, what its header says to us, and all of its body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) location: Option<String>,
    pub(super) body: Vec<u8>,
}

/// What a status means for whoever asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    /// The body is what was asked for.
    Fine,
    /// We are to go elsewhere.
    Redirect,
    /// The token is none.
    Unauthorised,
    /// We may not.
    Forbidden,
    /// Later.
    Busy,
    /// No.
    Refused,
}

impl Answer {
    pub(super) fn new(status: u16, headers: &HeaderMap, body: Vec<u8>) -> Self {
        let text = |name| headers.get(name)?.to_str().ok();
        Self {
            status,
            retry_after: text(RETRY_AFTER).and_then(|text| retry_after(text, SystemTime::now())),
            location: text(LOCATION).map(str::to_owned),
            body,
        }
    }

    pub(super) fn meaning(&self) -> Meaning {
        Meaning::of(self.status)
    }
}

impl Meaning {
    pub(super) fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::Fine,
            300..=399 => Self::Redirect,
            401 => Self::Unauthorised,
            403 => Self::Forbidden,
            // 500 and 502 pass as well, says Microsoft's page on errors; 509 is an older word for 429.
            429 | 500 | 502 | 503 | 504 | 509 => Self::Busy,
            _ => Self::Refused,
        }
    }
}
