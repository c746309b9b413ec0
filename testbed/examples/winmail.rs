//! Writes the TNEF samples into a directory: `NAME.tnef`, `NAME.eml`, and what is true of them for other programs to
//! compare: each attachment's octets as `NAME.N.file`, the bodies as `NAME.html` and `NAME.rtf`, a series as
//! `NAME.series` (zone, local start, rule, and the instances in UTC, each in a line).
//!
//! ```text
//! cargo run -p testbed --example winmail -- target/winmail
//! ```

use std::path::Path;
use std::{env, fs, io};

use testbed::tnef::sample::Sample;
use testbed::tnef::sample::facts::Calendar;
use testbed::tnef::{large, samples};

fn main() -> io::Result<()> {
    let directory = env::args_os().nth(1).ok_or_else(|| {
        let usage = "name the directory to write to";
        io::Error::new(io::ErrorKind::InvalidInput, usage)
    })?;
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    let mut all = samples();
    all.push(large(11 << 20));
    for sample in &all {
        write(directory, sample)?;
    }
    println!("{} samples", all.len());
    Ok(())
}

fn write(directory: &Path, sample: &Sample) -> io::Result<()> {
    let path = |kind: &str| directory.join(format!("{}.{kind}", sample.name));
    fs::write(path("tnef"), &sample.bytes)?;
    fs::write(path("eml"), sample.eml())?;
    for (number, file) in sample.facts.files.iter().enumerate() {
        fs::write(path(&format!("{number}.file")), &file.octets)?;
    }
    if let Some(html) = &sample.facts.html {
        fs::write(path("html"), html)?;
    }
    if let Some(rtf) = &sample.facts.rtf {
        fs::write(path("rtf"), rtf)?;
    }
    match &sample.facts.calendar {
        Some(calendar) => fs::write(path("series"), series(calendar)),
        None => Ok(()),
    }
}

fn series(calendar: &Calendar) -> String {
    let meeting = &calendar.meeting;
    let mut lines = vec![
        meeting.zone.key.to_owned(),
        meeting.start.basic(),
        calendar.rule.unwrap_or("").to_owned(),
    ];
    lines.extend(calendar.instances.iter().cloned());
    lines.join("\n") + "\n"
}
