//! Repeats one hot path, for a tool that counts instructions.
//!
//! `hot-path` prints all paths, a line each: the name, the unit and the amount of work in one run. `hot-path NAME RUNS`
//! takes that path so often. Only what happens below `measured` is the path; the rest is preparation.

use std::hint::black_box;
use std::process::ExitCode;

use benches::{HotPath, Run, Work};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, runs] = &arguments[..] else {
        HotPath::all().iter().for_each(print);
        return ExitCode::SUCCESS;
    };
    let Ok(runs) = runs.parse::<u64>() else {
        eprintln!("hot-path: {runs:?} is not a number of runs");
        return ExitCode::from(64);
    };
    let Some(path) = HotPath::all().into_iter().find(|path| path.name() == name) else {
        eprintln!("hot-path: there is no path {name:?}");
        return ExitCode::from(64);
    };
    let mut run = path.prepare();
    // Buffers grow once.
    let done = run();
    assert_eq!(measured(&mut run, runs), runs * done);
    ExitCode::SUCCESS
}

fn print(path: &HotPath) {
    let unit = match path.work() {
        Work::Octets(_) => "octets",
        Work::Elements(_) => "elements",
    };
    println!("{} {unit} {}", path.name(), path.work().amount());
}

/// Callgrind knows this function by its name.
#[inline(never)]
fn measured(run: &mut Run, runs: u64) -> u64 {
    (0..runs).map(|_| black_box(&mut *run)()).sum()
}
