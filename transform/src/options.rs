//! How messages are converted for one side.

use tnef_decoder::Limits;
use tnef_decoder::icalendar::Profile;
use tnef_decoder::vcard::Version;

/// What the reader of the result understands, and what a conversion may cost.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whose calendar reads it.
    pub profile: Profile,
    /// Which vCard it reads.
    pub vcard: Version,
    /// Our name: in Message-IDs that have to be made, and in reports.
    pub hostname: String,
    /// What one TNEF stream may cost.
    pub limits: Limits,
}

impl Options {
    /// For a reader of whom nothing is known, with the usual limits.
    pub fn new(hostname: impl Into<String>) -> Self {
        Self {
            profile: Profile::default(),
            vcard: Version::default(),
            hostname: hostname.into(),
            limits: Limits::default(),
        }
    }

    /// The same, with at most so many octets from any one thing that is compressed.
    pub fn with_decoded_octets(mut self, most: usize) -> Self {
        self.limits.decoded_octets = most;
        self
    }
}
