//! A password or key that lies in a file.
//!
//! It is read at each use, so that a new one counts without a restart, and has no form in which it could be printed.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::limits::SECRET_OCTETS_MAX;

/// Where a secret is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Secret {
    file: PathBuf,
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file.
    #[error("the secret in {} cannot be read: {error}", file.display())]
    Io {
        /// Which.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Past its bound.
    #[error("the secret in {} has more than {SECRET_OCTETS_MAX} octets", .0.display())]
    TooLong(PathBuf),
    /// Nothing in it.
    #[error("the file {} is empty; write the secret into it", .0.display())]
    Empty(PathBuf),
    /// Not text.
    #[error("the secret in {} is no UTF-8 text", .0.display())]
    NotText(PathBuf),
}

/// The text of a secret.
pub struct Revealed(String);

impl Secret {
    /// The one in this file.
    pub fn in_file(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
        }
    }

    /// Reads it; a line end behind it is no part of it.
    pub fn reveal(&self) -> Result<Revealed, SecretError> {
        let io = |error| SecretError::Io {
            file: self.file.clone(),
            error,
        };
        let mut octets = Vec::new();
        let file = File::open(&self.file).map_err(io)?;
        file.take(SECRET_OCTETS_MAX + 1)
            .read_to_end(&mut octets)
            .map_err(io)?;
        if octets.len() as u64 > SECRET_OCTETS_MAX {
            return Err(SecretError::TooLong(self.file.clone()));
        }
        let text =
            String::from_utf8(octets).map_err(|_| SecretError::NotText(self.file.clone()))?;
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(SecretError::Empty(self.file.clone())),
            secret => Ok(Revealed(secret.to_owned())),
        }
    }
}

impl Revealed {
    /// The text, for whoever it is shown to.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(octets: &[u8]) -> Result<Revealed, SecretError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), octets).unwrap();
        Secret::in_file(file.path()).reveal()
    }

    #[test]
    fn the_line_end_is_no_part_of_a_secret() {
        for (octets, expected) in [
            ("s3cret\n", "s3cret"),
            ("s3cret\r\n", "s3cret"),
            (" s3 cret ", " s3 cret "),
        ] {
            assert_eq!(secret(octets.as_bytes()).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn what_is_no_secret_is_told() {
        assert!(matches!(secret(b"\n"), Err(SecretError::Empty(_))));
        assert!(matches!(secret(b"\xff"), Err(SecretError::NotText(_))));
        let missing = Secret::in_file(Path::new("/nonexistent/secret")).reveal();
        assert!(matches!(missing, Err(SecretError::Io { .. })));
    }

    #[test]
    fn a_secret_is_bounded() {
        let max = SECRET_OCTETS_MAX as usize;
        assert_eq!(secret(&vec![b'x'; max]).unwrap().as_str().len(), max);
        assert!(matches!(
            secret(&vec![b'x'; max + 1]),
            Err(SecretError::TooLong(_))
        ));
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", secret(b"s3cret").unwrap()), "(secret)");
    }
}
