//! What a conversion may still cost.

use crate::limits::{Limit, LimitExceeded, Limits};

/// Counts what [`Limits`] bound.
#[derive(Debug, Clone)]
pub(super) struct Budget<'a> {
    limits: &'a Limits,
    tokens: usize,
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, tokens: 0 }
    }

    /// One more token was read.
    pub(super) fn token(&mut self) -> Result<(), LimitExceeded> {
        self.tokens += 1;
        LimitExceeded::check(Limit::RtfTokens, self.tokens, self.limits.rtf_tokens)
    }

    /// So many groups are open.
    pub(super) fn depth(&self, groups: usize) -> Result<(), LimitExceeded> {
        LimitExceeded::check(Limit::RtfDepth, groups, self.limits.rtf_depth)
    }

    /// So many octets have been written.
    pub(super) fn output(&self, octets: usize) -> Result<(), LimitExceeded> {
        LimitExceeded::check(Limit::DecodedOctets, octets, self.limits.decoded_octets)
    }

    /// So many tables have begun.
    pub(super) fn tables(&self, tables: usize) -> Result<(), LimitExceeded> {
        LimitExceeded::check(Limit::RtfTables, tables, self.limits.rtf_tables)
    }

    /// So many pictures have been found.
    pub(super) fn pictures(&self, pictures: usize) -> Result<(), LimitExceeded> {
        LimitExceeded::check(Limit::RtfPictures, pictures, self.limits.rtf_pictures)
    }
}
