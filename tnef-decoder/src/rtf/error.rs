//! Why RTF was not converted.

use crate::limits::LimitExceeded;

/// Why RTF was not converted. What is merely malformed is converted as far as it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RtfError {
    /// It does not begin as RTF does.
    #[error("it does not begin with {{\\rtf")]
    NotRtf,
    /// It contains no HTML and no text of another format ([MS-OXRTFEX] §2.2.3.1).
    #[error("it is RTF of its own and encapsulates nothing")]
    NotEncapsulated,
    /// It has more of something than allowed.
    #[error(transparent)]
    Exceeds(#[from] LimitExceeded),
}
