//! The project's chores, run as `cargo xtask`.
//!
//! It only orchestrates: it starts cargo and other programs, times them and
//! adds up what they report. It links nothing of the gateway, so it builds in
//! seconds and works when the gateway does not compile.

mod arguments;
mod bench;
mod fuzz;
mod licences;
mod peers;
mod program;
mod soak;
mod stages;
mod tally;
mod test;
mod workspace;

use std::process::ExitCode;

use arguments::Request;

fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)) {
        Ok(Request::Test(options)) => test::run(&options),
        Ok(Request::Bench(bench)) => bench::run(&bench),
        Ok(Request::Soak(soak)) => soak::run(&soak),
        Ok(Request::Help) => {
            print!("{}\n{}\n{}", arguments::USAGE, bench::USAGE, soak::USAGE);
            ExitCode::SUCCESS
        }
        Err(complaint) => {
            eprintln!("cargo xtask: {complaint}\n\n{}", arguments::USAGE);
            ExitCode::from(64)
        }
    }
}
