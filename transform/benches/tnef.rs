//! How fast TNEF becomes MIME, beside the programs that unpack it. `cargo xtask bench tnef` builds and runs it.

#[path = "tnef/program.rs"]
mod program;

fn main() -> std::process::ExitCode {
    program::main()
}
