//! The integration tests: one binary, one module a subject.

mod peers;
mod tidy;
