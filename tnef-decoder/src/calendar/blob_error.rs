//! Why octets are not the structure they should be.

/// A structure that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It ends before a field that must be there.
    #[error("the octets end before {wanted} more at {at}")]
    Truncated {
        /// Where the field begins.
        at: usize,
        /// How many octets it needs.
        wanted: usize,
    },
    /// It begins or continues with something else.
    #[error("{field} is {found:#x}")]
    Unknown {
        /// The field, as the specification names it.
        field: &'static str,
        /// What is there.
        found: u64,
    },
    /// A count above its bound in [`limits`](crate::limits).
    #[error("{found} {counted} are more than {max}")]
    TooMany {
        /// What is counted.
        counted: Counted,
        /// The count in the octets.
        found: u64,
        /// The bound.
        max: usize,
    },
}

/// What a structure may have too many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Deleted instances of a series.
    DeletedInstances,
    /// Modified instances of a series.
    ModifiedInstances,
    /// Exceptions of a series.
    Exceptions,
    /// Rules of a time zone.
    TimeZoneRules,
}

impl std::fmt::Display for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::DeletedInstances => "deleted instances",
            Self::ModifiedInstances => "modified instances",
            Self::Exceptions => "exceptions",
            Self::TimeZoneRules => "time zone rules",
        })
    }
}
