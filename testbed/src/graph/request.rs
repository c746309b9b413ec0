//! One question, as it came.

use std::collections::BTreeMap;

use super::form;

/// A question that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Such as `GET`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Whether it was over HTTP/2.
    pub is_http2: bool,
    /// Whether a compressed answer would do.
    pub takes_gzip: bool,
}

/// The parts of a question that its answer depends on.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) seen: Seen,
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) authorization: Option<String>,
    pub(super) body: String,
}

impl Seen {
    /// Whether this is in its path or query.
    pub fn has(&self, part: &str) -> bool {
        self.target.contains(part)
    }
}

impl Question {
    pub(super) fn new(seen: Seen, authorization: Option<String>, body: String) -> Self {
        let (path, query) = seen.target.split_once('?').unwrap_or((&seen.target, ""));
        Self {
            path: path.to_owned(),
            query: form::read(query),
            authorization,
            body,
            seen,
        }
    }
}
