//! Every bound of this crate.
//!
//! What comes from outside names counts, lengths and depths; none of them is believed. Lengths of data need no bound, since
//! data is a part of the input and is not copied; what is counted, nested or expanded has one here.

use std::fmt;

/// Attributes read from one stream. Real messages have about 30, and five more for each attachment.
pub const ATTRIBUTES_MAX: usize = 100_000;

/// Findings kept of one stream.
pub const TOLERANCES_MAX: usize = 64;

/// Deleted dates, and modified dates, of one series of appointments. Outlook ends a series after 999 instances.
pub const INSTANCE_DATES_MAX: usize = 4096;
/// Exceptions of one series of appointments.
pub const EXCEPTIONS_MAX: usize = 4096;
/// Rules of one time zone ([MS-OXOCAL] 2.2.1.41 states the same bound).
///
/// [MS-OXOCAL]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxocal/
pub const TIME_ZONE_RULES_MAX: usize = 1024;
/// Years a series without end is written out for where no rule can say it.
pub const EXPANSION_YEARS_MAX: i16 = 5;
/// Instances a series is written out to where no rule can say it: one a day.
pub const EXPANSION_INSTANCES_MAX: usize = 1830;

/// What one message may cost. The defaults are far above what real mail has and keep memory below four times the input
/// and a mebibyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Messages within messages; the outermost is at 0.
    pub depth: usize,
    /// Attributes of one stream.
    pub attributes: usize,
    /// Properties of one message, of one recipient or of one attachment.
    pub properties: usize,
    /// Rows of a recipient table.
    pub recipients: usize,
    /// Attachments of one message.
    pub attachments: usize,
    /// Values of one multi-valued property.
    pub values: usize,
    /// Octets of one property's name.
    pub name_octets: usize,
    /// Octets that one compressed body may become.
    pub decoded_octets: usize,
    /// Tokens of one RTF body.
    pub rtf_tokens: usize,
    /// Groups within groups of an RTF body.
    pub rtf_depth: usize,
    /// Pictures in one RTF body.
    pub rtf_pictures: usize,
    /// Tables in one RTF body.
    pub rtf_tables: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 32,
            attributes: ATTRIBUTES_MAX,
            properties: 16_384,
            recipients: 20_000,
            attachments: 2_048,
            values: 65_536,
            name_octets: 1_024,
            decoded_octets: 128 << 20,
            rtf_tokens: 2 << 20,
            rtf_depth: 1_024,
            rtf_pictures: 4_096,
            rtf_tables: 16_384,
        }
    }
}

/// A bound of [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// [`Limits::depth`]
    Depth,
    /// [`Limits::attributes`]
    Attributes,
    /// [`Limits::properties`]
    Properties,
    /// [`Limits::recipients`]
    Recipients,
    /// [`Limits::attachments`]
    Attachments,
    /// [`Limits::values`]
    Values,
    /// [`Limits::name_octets`]
    NameOctets,
    /// [`Limits::decoded_octets`]
    DecodedOctets,
    /// [`Limits::rtf_tokens`]
    RtfTokens,
    /// [`Limits::rtf_depth`]
    RtfDepth,
    /// [`Limits::rtf_pictures`]
    RtfPictures,
    /// [`Limits::rtf_tables`]
    RtfTables,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Depth => "messages within messages",
            Self::Attributes => "attributes",
            Self::Properties => "properties",
            Self::Recipients => "recipients",
            Self::Attachments => "attachments",
            Self::Values => "values of one property",
            Self::NameOctets => "octets of a property's name",
            Self::DecodedOctets => "octets of decoded text",
            Self::RtfTokens => "tokens of RTF",
            Self::RtfDepth => "groups of RTF within each other",
            Self::RtfPictures => "pictures in RTF",
            Self::RtfTables => "tables in RTF",
        })
    }
}

/// The input has more of something than its reader allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {most} {limit}")]
pub struct LimitExceeded {
    /// Of what.
    pub limit: Limit,
    /// How many are allowed.
    pub most: usize,
}

impl LimitExceeded {
    /// `Ok` while `count` does not exceed `most`.
    pub fn check(limit: Limit, count: usize, most: usize) -> Result<(), Self> {
        match count > most {
            true => Err(Self { limit, most }),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_itself_is_allowed() {
        assert_eq!(LimitExceeded::check(Limit::Values, 3, 3), Ok(()));
        let exceeded = LimitExceeded::check(Limit::Values, 4, 3);
        let exceeded = exceeded.expect_err("one too many");
        assert_eq!(exceeded.to_string(), "more than 3 values of one property");
    }
}
