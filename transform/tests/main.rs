//! The crate as its users see it, over the catalogue of samples.

mod compose;
