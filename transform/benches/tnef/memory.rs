//! What a large conversion takes in memory, what came in included. A process of its own is looked at.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use testbed::tnef::large;

use super::conversion;

pub(super) const ROLE: &str = "memory";

/// Octets.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Memory {
    pub(super) stream: usize,
    pub(super) most: usize,
}

impl Memory {
    pub(super) fn measure(home: &Path) -> Result<Self, String> {
        let sample = large(STREAM_OCTETS);
        let file = home.join("memory.eml");
        fs::write(&file, sample.eml()).map_err(|error| format!("{}: {error}", file.display()))?;
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let child = Command::new(program).arg(ROLE).arg(&file).output();
        let output = child.map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout);
        let most = said.trim().parse::<usize>();
        let complaint = |_| String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Self {
            stream: sample.bytes.len(),
            most: most.map_err(complaint)?,
        })
    }
}

/// In the process.
pub(super) fn work(file: &Path) -> Result<(), String> {
    let before = status("VmRSS:");
    let message = fs::read(file).map_err(|error| error.to_string())?;
    let converted = transform::convert(&Bytes::from(message), &conversion::options());
    let converted = converted.ok_or("it was not seen to be TNEF")?;
    let written = converted.message.write_to(&mut std::io::sink());
    written.map_err(|error| error.to_string())?;
    println!("{}", status("VmHWM:").saturating_sub(before));
    Ok(())
}

fn status(name: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| {
        line.trim()
            .strip_suffix(" kB")?
            .trim()
            .parse::<usize>()
            .ok()
    });
    kib.unwrap_or(0) * 1024
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stream, most) = (self.stream as f64, self.most as f64);
        let times = (most - MEBIBYTE) / stream;
        write!(
            f,
            "{:.1} MiB for a stream of {:.1} MiB: {times:.2} times and 1 MiB",
            most / MEBIBYTE,
            stream / MEBIBYTE
        )
    }
}

const STREAM_OCTETS: usize = 32 << 20;
const MEBIBYTE: f64 = 1_048_576.0;
