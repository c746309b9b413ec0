//! The bench program: in turns the conversion, on one core and in this process, and each unpacker, a process a file.

mod arguments;
mod clock;
mod conversion;
mod lzfu;
mod memory;
mod results;
mod set;
mod unpacker;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use arguments::Options;
use clock::Clock;
use memory::Memory;
use results::{Results, Row};
use set::Set;
use unpacker::Unpacker;

pub(crate) fn main() -> ExitCode {
    // Cargo says --bench to every bench.
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    words.retain(|word| word != "--bench");
    let done = match words.as_slice() {
        [role, file] if role == memory::ROLE => memory::work(Path::new(file)),
        _ => arguments::parse(&words).and_then(|options| run(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            eprintln!("bench: {complaint}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let clock = Clock::start();
    // What the unpackers write stays in memory, as what we write does.
    let home = tempfile::tempdir_in("/dev/shm").map_err(|error| format!("/dev/shm: {error}"))?;
    let unpackers = Unpacker::found(&options.tools);
    let mut results = Results::default();
    for set in Set::all(options)? {
        println!("\n{set}");
        results.add(compare(&set, &unpackers, home.path(), &clock, options)?);
        print!("{}", results.last());
    }
    results.lzfu = lzfu::measure(&clock, options.rounds);
    println!("\ncompressed RTF: {:.0} MB/s of output", results.lzfu);
    results.memory = Memory::measure(home.path())?;
    println!("memory: {}", results.memory);
    fs::create_dir_all(&options.out)
        .map_err(|error| format!("{}: {error}", options.out.display()))?;
    results.write(&options.out)
}

fn compare(
    set: &Set,
    unpackers: &[Unpacker],
    home: &Path,
    clock: &Clock,
    options: &Options,
) -> Result<Row, String> {
    let files = set.write_to(home)?;
    let mut row = Row::of(set);
    for round in 1..=options.rounds {
        let ours = conversion::measure(set, clock)?;
        row.ours.push(ours);
        println!("  round {round}: conversion {:.4} s", ours);
        for unpacker in unpackers {
            let theirs = unpacker.measure(&files, home, clock)?;
            println!("  round {round}: {unpacker} {:.4} s", theirs);
            row.theirs.entry(unpacker.name).or_default().push(theirs);
        }
    }
    Ok(row)
}
