//! The bench program. It orchestrates; source, counter and holder run as processes of their own, so that their work is
//! told from the relay's.

mod abuse;
mod account;
mod arguments;
mod besieger;
mod cell;
mod cgroup;
mod counter;
mod course;
pub(crate) mod daemon;
mod field;
mod hold;
mod holder;
mod idle;
mod machine;
mod measurement;
mod memory;
mod nginx;
mod peer;
mod picture;
mod postfix;
mod process;
mod results;
mod run;
pub(crate) mod scenario;
mod soak;
mod source;
pub(crate) mod stage;
pub(crate) mod stop;
mod table;
pub(crate) mod twinmx;
pub(crate) mod verdict;
mod waiting;
mod worker;

use std::process::ExitCode;

use arguments::Request;

pub(crate) fn main() -> ExitCode {
    // Cargo says --bench to every bench.
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    arguments.retain(|argument| argument != "--bench");
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(complaint) => {
            eprintln!("bench: {complaint}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode, String> {
    match arguments {
        [role, order] if role == source::ROLE => source::work(order),
        [role, order] if role == counter::ROLE => counter::work(order),
        [role, order] if role == holder::ROLE => holder::work(order),
        [role, order] if role == besieger::ROLE => besieger::work(order),
        _ => match arguments::parse(arguments)? {
            Request::Relay(options) => run::run(&options),
            Request::Idle(options) => idle::run(&options),
            Request::Abuse(options) => abuse::run(&options),
            Request::Soak(options) => soak::run(&options),
        },
    }
}
