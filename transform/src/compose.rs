//! One TNEF message becomes one MIME entity.

use bytes::Bytes;
use tnef_decoder::{LimitExceeded, Message};

use crate::entity::Entity;
use crate::options::Options;
use crate::outer::Outer;
use crate::report::Report;

/// What a TNEF message became.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composed {
    /// Fields for the header around it, without those that it may have already: name and value.
    pub fields: Vec<(String, String)>,
    /// Body and attachments.
    pub entity: Entity,
    /// What was mapped, dropped, kept.
    pub report: Report,
}

/// Why no MIME was made of a TNEF message: it is to go on as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unconvertible {
    /// It costs more than allowed.
    #[error(transparent)]
    Limit(#[from] LimitExceeded),
    /// It would have too many parts.
    #[error("it has more than {most} parts")]
    Parts {
        /// How many it may have.
        most: usize,
    },
}

/// Makes MIME of `message`, which was read from `source`.
pub fn compose(
    _message: &Message<'_>,
    _source: &Bytes,
    _outer: &Outer,
    _options: &Options,
) -> Result<Composed, Unconvertible> {
    Ok(Composed::default())
}
