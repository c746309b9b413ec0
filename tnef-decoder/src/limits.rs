//! Every bound of this crate. Lengths need none: data is a part of the input, and nothing is copied.

/// Attributes read from one stream. Real messages have about 30, and five more for each attachment.
pub const ATTRIBUTES_MAX: usize = 100_000;
