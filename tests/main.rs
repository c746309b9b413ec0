//! The integration tests: one binary, one module a subject.

mod bench;
mod configuration;
mod convert;
mod custody;
#[cfg(feature = "demo")]
mod demo;
mod hostile;
mod lifecycle;
mod limits;
mod mime;
mod peers;
mod program;
mod queue;
mod relay;
mod routing;
mod scene;
mod tidy;
mod tls;
mod tmpfs;
