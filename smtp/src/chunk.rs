//! BDAT framing.
