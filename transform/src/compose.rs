//! One TNEF message becomes one MIME entity.
//!
//! Its shape is `mixed[ related[ alternative[ plain, html, calendar ], pictures ], files ]`, without the levels that would
//! hold one part. Octets of attachments are not copied: they are parts of the stream that was read.
//!
//! Invariant: what the stream holds is in the result, or the report says what became of it. Held by `fuzz_targets/tnef_conversion.rs`.

mod attachment;
mod body;
mod content;
mod embedded;
mod file_name;
mod item;
mod ledger;
mod mac_binary;
mod marks;
mod media_type;
mod meeting;
mod ole;
mod people;
pub(crate) mod plain;
mod receipt;
mod reference;
mod said;
mod shown;
mod signed;
mod voting;

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;
use tnef_decoder::{LimitExceeded, Message, property_id as id};

use crate::entity::Entity;
use crate::entity::header::text_value;
use crate::limits::PARTS_MAX;
use crate::options::Options;
use crate::outer::Outer;
use crate::report::Report;

/// What a TNEF message became.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composed {
    /// Fields for the header around it, without those that it has already: name and value. A value is ASCII, and folded
    /// where it is long.
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
    message: &Message<'_>,
    source: &Bytes,
    outer: &Outer,
    options: &Options,
) -> Result<Composed, Unconvertible> {
    let mut composer = Composer::new(message, source, options);
    let content = composer.content(message, outer)?;
    let mut fields = content.fields;
    if let Some(subject) = message.subject() {
        fields.push(("Subject".to_owned(), text_value("Subject", &subject)));
    }
    fields.retain(|(name, _)| !outer.has(name));
    Ok(Composed {
        fields,
        entity: content.entity,
        report: composer.report,
    })
}

/// The header fields that a stream without a message around it gives itself: who wrote it, to whom, when, about what. The empty
/// line that ends a header is not among them.
pub fn header_of(message: &Message<'_>) -> String {
    let mut header = embedded::header_of(message);
    header.truncate(header.trim_end_matches("\r\n").len());
    header.push_str("\r\n");
    header
}

/// What all messages of one stream share while they are converted.
struct Composer<'c> {
    source: &'c Bytes,
    options: &'c Options,
    report: Report,
    /// Makes boundaries and ids of one stream others than those of the next, and the same in each run.
    seed: u64,
    boundaries: usize,
    ids: usize,
    parts: usize,
}

impl<'c> Composer<'c> {
    fn new(message: &Message<'_>, source: &'c Bytes, options: &'c Options) -> Self {
        let mut hasher = DefaultHasher::new();
        let begin = source
            .get(..source.len().min(SEED_OCTETS))
            .unwrap_or_default();
        let end = source
            .get(source.len().saturating_sub(SEED_OCTETS)..)
            .unwrap_or_default();
        let id = message.properties.text(id::INTERNET_MESSAGE_ID);
        (message.key, source.len(), begin, end, id).hash(&mut hasher);
        Self {
            source,
            options,
            report: Report::default(),
            seed: hasher.finish(),
            boundaries: 0,
            ids: 0,
            parts: 0,
        }
    }

    /// Octets of the stream without a copy, others with one.
    fn share(&self, octets: &[u8]) -> Bytes {
        let [begin, source] = [octets, self.source].map(|octets| octets.as_ptr() as usize);
        let end = begin + octets.len();
        match begin >= source && end <= source + self.source.len() && !octets.is_empty() {
            true => self.source.slice_ref(octets),
            false => Bytes::copy_from_slice(octets),
        }
    }

    /// Always of the same length, so that none begins another.
    fn boundary(&mut self) -> String {
        self.boundaries += 1;
        format!("=_twinmx_{:016x}_{:06}", self.seed, self.boundaries)
    }

    fn content_id(&mut self) -> String {
        self.ids += 1;
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let host: String = self.options.hostname.chars().filter(is_plain).collect();
        let host = if host.is_empty() { "localhost" } else { &host };
        format!("{}.{:016x}@{host}", self.ids, self.seed)
    }

    /// Counts a part.
    fn part(&mut self) -> Result<(), Unconvertible> {
        self.parts += 1;
        match self.parts <= PARTS_MAX {
            true => Ok(()),
            false => Err(Unconvertible::Parts { most: PARTS_MAX }),
        }
    }
}

/// At each end of the stream.
const SEED_OCTETS: usize = 512;
