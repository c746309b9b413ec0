//! The words in which faults are told. Each `NAME.toml` has its `NAME.txt`; `TWINMX_BLESS=1` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use super::said;

/// Compares a text with the file that holds what is expected.
pub(super) fn expect(path: &Path, actual: &str) {
    if std::env::var_os("TWINMX_BLESS").is_some() {
        fs::write(path, actual).expect("the expectation can be written");
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(
        actual == expected,
        "{} differs; TWINMX_BLESS=1 writes it anew. Now it is:\n{actual}",
        path.display()
    );
}

#[test]
fn every_broken_file_is_told_in_the_expected_words() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configuration");
    let mut files: Vec<PathBuf> = fs::read_dir(&directory)
        .expect("is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    assert!(files.len() >= 7, "only {} files found", files.len());
    for path in files {
        let text = fs::read_to_string(&path).expect("readable");
        expect(&path.with_extension("txt"), &said(&text).to_string());
    }
}
