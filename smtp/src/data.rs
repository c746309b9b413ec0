//! DATA framing.
