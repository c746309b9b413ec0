//! Revocation lists (RFC 5280 §5).

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject;
use webpki::{CertRevocationList, OwnedCertRevocationList};

use super::TlsError;
use super::identity::broken;
use crate::certificate::{Finding, ListHeader};

/// The lists of a file, PEM or DER, the newest first: of two by one authority only the first is asked.
pub(super) fn lists(path: &Path) -> Result<Vec<CertRevocationList<'static>>, TlsError> {
    let mut lists = read(path)?;
    let made = |list: &[u8]| ListHeader::read(list).map_or(i64::MIN, |header| header.made);
    lists.sort_by_key(|list| Reverse(made(list)));
    lists
        .iter()
        .map(|list| {
            OwnedCertRevocationList::from_der(list)
                .map(CertRevocationList::from)
                .map_err(|error| broken(path, format!("unusable revocation list: {error}")))
        })
        .collect()
}

fn read(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
    let octets = std::fs::read(path).map_err(|error| broken(path, error.to_string()))?;
    if octets.first() == Some(&SEQUENCE) {
        return Ok(vec![octets.into()]);
    }
    let lists: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(&octets).collect();
    match lists {
        Ok(lists) if lists.is_empty() => Err(broken(path, "holds no revocation list".to_owned())),
        Ok(lists) => Ok(lists),
        Err(error) => Err(broken(
            path,
            format!("no revocation list could be read: {error}"),
        )),
    }
}

/// What DER begins with here, and PEM never does.
const SEQUENCE: u8 = 0x30;

/// The lists that we go by, as far as time is concerned.
#[derive(Debug, Default)]
pub(super) struct Dates(Vec<(PathBuf, ListHeader)>);

impl Dates {
    /// Of all lists in these files, of each authority the newest.
    pub(super) fn of<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Self, TlsError> {
        let mut files: Vec<&Path> = files.into_iter().collect();
        files.sort_unstable();
        files.dedup();
        let mut all = Vec::new();
        for file in files {
            let lists = read(file)?;
            let headers = lists.iter().filter_map(|list| ListHeader::read(list));
            let newest = ListHeader::newest(headers.collect());
            all.extend(newest.into_iter().map(|header| (file.to_owned(), header)));
        }
        Ok(Self(all))
    }

    /// Those whose time is over at `now`, in seconds since 1970.
    pub(super) fn findings(&self, now: i64) -> impl Iterator<Item = (&Path, Finding)> {
        self.0
            .iter()
            .filter_map(move |(file, header)| Some((file.as_path(), header.finding(now)?)))
    }
}
