//! What the directory costs: many people, and real servers. `cargo xtask bench directory` builds and runs it.
//!
//! It belongs to the gateway's own package, whose keeper it drives; the crate `benches` beside it links no gateway.

mod program;

fn main() -> std::process::ExitCode {
    program::main()
}
