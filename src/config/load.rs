//! From a file to a [`Config`], or to everything that is wrong with it.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use toml::de::DeTable;

use super::fault::Fault;
use super::key_path::KeyPath;
use super::reading::Reading;
use super::{Config, Diagnostics, check, files, section};
use crate::code::Code;
use crate::limits::CONFIG_FILE_MAX;

/// A configuration that can be used, with what was odd about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Warnings only.
    pub warnings: Diagnostics,
}

impl Config {
    /// Reads a file, and the certificates and keys it names. Either the file is right, or every fault is named.
    pub fn load(path: &Path) -> Result<Loaded, Diagnostics> {
        let name = path.display().to_string();
        let text = match read_text(path) {
            Ok(text) => text,
            Err(fault) => {
                let mut reading = Reading::new("", &name);
                reading.refuse_at(&KeyPath::default(), None, fault);
                return Err(reading.finish());
            }
        };
        let (config, mut reading) = read(&text, &name);
        files::check(&config, &mut reading, SystemTime::now());
        conclude(config, reading)
    }

    /// Reads a text. Looks at nothing else: certificates, keys and sources stay untouched.
    pub fn parse(text: &str, file_name: &str) -> Result<Loaded, Diagnostics> {
        let (config, reading) = read(text, file_name);
        conclude(config, reading)
    }
}

fn read(text: &str, name: &str) -> (Config, Reading) {
    let mut reading = Reading::new(text, name);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        reading.not_toml(error.span(), error.message());
    }
    let config = section::root::read(&mut reading, table.get_ref());
    check::all(&config, &mut reading);
    (config, reading)
}

fn conclude(config: Config, reading: Reading) -> Result<Loaded, Diagnostics> {
    let diagnostics = reading.finish();
    if diagnostics.errors() > 0 {
        Err(diagnostics)
    } else {
        Ok(Loaded {
            config,
            warnings: diagnostics,
        })
    }
}

fn read_text(path: &Path) -> Result<String, Fault> {
    let unreadable = |why: String| {
        Fault::new(
            Code::CONFIG_UNREADABLE,
            format!("the configuration cannot be read: {why}"),
        )
    };
    let mut octets = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    file.take(CONFIG_FILE_MAX + 1)
        .read_to_end(&mut octets)
        .map_err(|error| unreadable(error.to_string()))?;
    if octets.len() as u64 > CONFIG_FILE_MAX {
        return Err(unreadable("it is larger than 1 MiB".into()));
    }
    String::from_utf8(octets).map_err(|error| {
        unreadable(format!(
            "octet {} is not UTF-8",
            error.utf8_error().valid_up_to() + 1
        ))
    })
}
