//! What the directory costs: many people, and real servers. `cargo xtask bench directory` builds and runs it.
//!
//! It belongs to the gateway's own package, whose keeper it drives; the crate `benches` beside it links no gateway.

// A bench without a harness runs no tests: those of its parts run with the integration tests, in tests/bench.rs.
#![cfg_attr(test, allow(dead_code, unused_imports))]

#[path = "program.rs"]
mod program;

fn main() -> std::process::ExitCode {
    program::main()
}
