//! The `twinmx` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    twinmx::cli::main()
}
