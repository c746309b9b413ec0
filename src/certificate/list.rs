//! What stands at the head of a revocation list (RFC 5280 §5.1.2); those of public authorities are too long to be read whole
//! for that.

use x509_parser::asn1_rs::{Header, Integer};
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::{AlgorithmIdentifier, X509Name};

use super::Finding;

/// Whose list it is, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListHeader {
    pub(crate) issuer: String,
    /// Seconds since 1970.
    pub(crate) made: i64,
    /// `None`: it does not say.
    pub(crate) until: Option<i64>,
}

impl ListHeader {
    /// `None`: it is no list.
    pub(crate) fn read(list: &[u8]) -> Option<Self> {
        let (rest, _list) = Header::from_der(list).ok()?;
        let (rest, _to_be_signed) = Header::from_der(rest).ok()?;
        let rest = match rest.first() {
            Some(&INTEGER) => Integer::from_der(rest).ok()?.0, // the version, absent in the first one
            _ => rest,
        };
        let (rest, _) = AlgorithmIdentifier::from_der(rest).ok()?;
        let (rest, issuer) = X509Name::from_der(rest).ok()?;
        let (rest, made) = ASN1Time::from_der(rest).ok()?;
        let until = ASN1Time::from_der(rest).ok();
        Some(Self {
            issuer: issuer.to_string(),
            made: made.timestamp(),
            until: until.map(|(_, until)| until.timestamp()),
        })
    }

    /// Of each authority the newest list alone: it replaces those before it.
    pub(crate) fn newest(mut all: Vec<Self>) -> Vec<Self> {
        all.sort_by(|one, other| (&one.issuer, other.made).cmp(&(&other.issuer, one.made)));
        all.dedup_by(|one, before| one.issuer == before.issuer);
        all
    }

    /// Whether it should have been replaced by now.
    pub(crate) fn finding(&self, now: i64) -> Option<Finding> {
        let since = self.until.filter(|until| now > *until)?;
        Some(Finding::OldList {
            issuer: self.issuer.clone(),
            since,
        })
    }
}

const INTEGER: u8 = 2;
