//! The programs that people unpack winmail.dat with.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::clock::Clock;

pub(super) struct Unpacker {
    pub(super) name: &'static str,
    program: PathBuf,
    /// Where its libraries are, if it is only unpacked.
    libraries: Option<PathBuf>,
}

impl Unpacker {
    /// Those that are installed, or lie below `tools`.
    pub(super) fn found(tools: &Path) -> Vec<Self> {
        let find = |name: &'static str| {
            let found = Self::installed(name).or_else(|| Self::below(tools, name));
            if found.is_none() {
                println!(
                    "{name} is left out: it is neither installed nor below {}",
                    tools.display()
                );
            }
            found
        };
        ["tnef", "ytnef"].into_iter().filter_map(find).collect()
    }

    fn installed(name: &'static str) -> Option<Self> {
        let program = Path::new("/usr/bin").join(name);
        program.is_file().then_some(Self {
            name,
            program,
            libraries: None,
        })
    }

    fn below(tools: &Path, name: &'static str) -> Option<Self> {
        let root = tools.join(name);
        let program = root.join("usr/bin").join(name);
        let libraries = fs::read_dir(root.join("usr/lib")).ok();
        let libraries = libraries.and_then(|mut entries| entries.next()?.ok());
        program.is_file().then(|| Self {
            name,
            program,
            libraries: libraries.map(|entry| entry.path()),
        })
    }

    /// CPU seconds for all files, once, without those that it takes to do nothing.
    pub(super) fn measure(
        &self,
        files: &[PathBuf],
        home: &Path,
        clock: &Clock,
    ) -> Result<f64, String> {
        let empty = home.join("empty.dat");
        fs::write(&empty, EMPTY).map_err(|error| format!("{}: {error}", empty.display()))?;
        // The clock goes by hundredths: all of one kind, and then as many of the other.
        let begun = clock.children();
        let mut times = 0;
        while times == 0 || clock.children() - begun < LEAST_SECONDS {
            files.iter().try_for_each(|file| self.unpack(file, home))?;
            times += 1;
        }
        let full = clock.children() - begun;
        for _ in 0..times {
            files.iter().try_for_each(|_| self.unpack(&empty, home))?;
        }
        let idle = clock.children() - begun - full;
        Ok((full - idle) / f64::from(times))
    }

    fn unpack(&self, file: &Path, home: &Path) -> Result<(), String> {
        let told = |error: std::io::Error| format!("{self}: {error}");
        let into = home.join("unpacked");
        fs::create_dir_all(&into).map_err(told)?;
        let mut command = Command::new(&self.program);
        match self.name {
            "tnef" => command.args(["--overwrite", "-C"]).arg(&into),
            _ => command.arg("-f").arg(&into),
        };
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command.arg(file);
        // What it makes of it is not our affair here.
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().map(drop).map_err(told)
    }
}

impl fmt::Display for Unpacker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A stream with nothing in it.
const EMPTY: &[u8] = b"\x78\x9f\x3e\x22\x01\x00";
const LEAST_SECONDS: f64 = 2.0;
