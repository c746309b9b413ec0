//! How fast relays are, side by side on loopback: the gateway, a TCP proxy and two kinds of mail server between one
//! source and one counter. `cargo xtask bench` builds and runs it.

// A bench without a harness runs no tests: those of its parts run with the integration tests, in tests/bench.rs.
#![cfg_attr(test, allow(dead_code, unused_imports))]

#[path = "relay/program.rs"]
mod program;

fn main() -> std::process::ExitCode {
    program::main()
}
