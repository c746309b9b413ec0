//! RTF bodies.
pub mod token;
