//! Where real streams are, if they are anywhere. The tests of every crate that reads them share this file.

use std::env;
use std::path::{Path, PathBuf};

/// Names the directory, and where it is otherwise, from the root of the workspace.
const SAMPLES: (&str, &str) = ("TWINMX_TNEF_SAMPLES", "../shared/corpus/tnef");

pub(crate) fn directory() -> PathBuf {
    let (variable, otherwise) = SAMPLES;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    env::var_os(variable).map_or(root.join(otherwise), PathBuf::from)
}

/// To be said aloud where nothing is tested.
pub(crate) fn absent() -> String {
    let (variable, _) = SAMPLES;
    format!("SKIPPED: no samples; ${variable} may say where they are")
}
