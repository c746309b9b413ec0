//! What is known of a message's sender: the record that the event tells, that the spool keeps, and that fields are made of.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits;

/// The words of RFC 8601 §2.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is what it claims to be.
    Pass,
    /// It is not.
    Fail,
    /// SPF: it probably is not.
    SoftFail,
    /// Nothing can be said for it or against it.
    Neutral,
    /// There is nothing to verify.
    None,
    /// It would pass, but not by our rules.
    Policy,
    /// What it names cannot be understood or does not exist.
    PermError,
    /// DNS did not answer; later it may.
    TempError,
}

/// What became of one SPF check (RFC 7208).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spf {
    /// Its result.
    pub outcome: Outcome,
    /// The domain that was asked.
    pub domain: String,
}

/// What became of one signature (RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dkim {
    /// Its result.
    pub outcome: Outcome,
    /// `d=`; empty: the signature could not be read.
    pub domain: String,
    /// `s=`
    pub selector: String,
    /// The beginning of `b=`: it tells signatures of one domain apart (RFC 6008).
    pub signature: String,
    /// Why it does not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<DkimFault>,
}

/// Why a signature does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DkimFault {
    /// It cannot be read.
    Syntax,
    /// Its time is over.
    Expired,
    /// It covers only the beginning of the body, so that anybody may add to it (RFC 6376 §8.2).
    Length,
    /// SHA-1, or an algorithm that nobody knows (RFC 8301 §3.1).
    Algorithm,
    /// The body is not the one that was signed.
    Body,
    /// The signature is not of the header or not by the key.
    Signature,
    /// There is no key, it cannot be used, or it was revoked.
    Key,
    /// DNS did not answer.
    Dns,
}

/// What the author's domain says of it (RFC 9989).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dmarc {
    /// Its result.
    pub outcome: Outcome,
    /// The author's domain; empty: there is not exactly one.
    pub from: String,
    /// What its owner asks for where it fails; `None`: there is no record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<DmarcPolicy>,
    /// Its owner only tries it out (RFC 9989 §4.7, `t=y`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub testing: bool,
    /// By what it passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<Through>,
}

/// `p=`, `sp=` or `np=`, whichever counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DmarcPolicy {
    /// Nothing is asked for.
    None,
    /// It is to be treated as suspicious.
    Quarantine,
    /// It is to be refused.
    Reject,
}

/// What speaks for the author's domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Through {
    /// The network that it came from.
    Spf,
    /// A signature.
    Dkim,
    /// Both.
    Both,
}

/// What became of the chain of those who handed the message on (RFC 8617).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arc {
    /// None, pass, fail, or temperror.
    pub outcome: Outcome,
    /// How many sets there are.
    pub sets: u32,
    /// Who sealed last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sealer: String,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// SPF of the reverse path; `None`: it is null, and only the client's name counts (RFC 7208 §2.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<Spf>,
    /// SPF of the name in HELO or EHLO.
    pub helo: Spf,
    /// One for each signature, the uppermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dkim: Vec<Dkim>,
    /// Signatures beyond [`limits::SIGNATURES_MAX`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
    /// DMARC.
    pub dmarc: Dmarc,
    /// Every domain in From fields, whatever DMARC can make of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// ARC.
    pub arc: Arc,
    /// Who told some of it: we have not verified that ourselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<String>,
}

impl Verdict {
    /// The SPF check that counts for DMARC (RFC 9989 §4.4.1).
    pub fn spf(&self) -> &Spf {
        self.mail_from.as_ref().unwrap_or(&self.helo)
    }

    /// Domains with a signature that passes.
    pub fn signers(&self) -> impl Iterator<Item = &str> {
        let passes = |dkim: &&Dkim| dkim.outcome == Outcome::Pass;
        self.dkim.iter().filter(passes).map(|dkim| &*dkim.domain)
    }

    /// Nothing more could be found out.
    pub(crate) fn unknown(domain: &str, helo: &str) -> Self {
        let spf = |domain: &str| Spf {
            outcome: Outcome::TempError,
            domain: bounded(domain),
        };
        Self {
            mail_from: (!domain.is_empty()).then(|| spf(domain)),
            helo: spf(helo),
            dkim: Vec::new(),
            left_out: 0,
            dmarc: Dmarc {
                outcome: Outcome::TempError,
                from: String::new(),
                policy: None,
                testing: false,
                through: None,
            },
            authors: Vec::new(),
            arc: Arc {
                outcome: Outcome::TempError,
                sets: 0,
                sealer: String::new(),
            },
            told_by: None,
        }
    }
}

/// As much of a value as we repeat.
pub(crate) fn bounded(value: &str) -> String {
    let mut end = value.len().min(limits::VALUE_OCTETS_MAX);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value[..end].to_owned()
}

impl Spf {
    /// DNS answered.
    pub(crate) fn is_settled(&self) -> bool {
        self.outcome != Outcome::TempError
    }
}

impl Outcome {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::Neutral => "neutral",
            Self::None => "none",
            Self::Policy => "policy",
            Self::PermError => "permerror",
            Self::TempError => "temperror",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl DkimFault {
    /// In a few words, of which none is anybody else's.
    pub fn words(self) -> &'static str {
        match self {
            Self::Syntax => "it cannot be read",
            Self::Expired => "its time is over",
            Self::Length => "it covers only the beginning of the body",
            Self::Algorithm => "its algorithm is too weak or unknown",
            Self::Body => "the body is not the one that was signed",
            Self::Signature => "it does not fit the header or the key",
            Self::Key => "there is no such key",
            Self::Dns => "DNS did not answer",
        }
    }
}

impl fmt::Display for DmarcPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        })
    }
}

impl fmt::Display for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spf => "spf",
            Self::Dkim => "dkim",
            Self::Both => "spf and dkim",
        })
    }
}

/// The record for the log: one line, every foreign value as one printable word.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.mail_from {
            Some(spf) => write!(f, "spf={} ({})", spf.outcome, Word(&spf.domain))?,
            None => f.write_str("spf=none (null reverse path)")?,
        }
        write!(
            f,
            " helo={} ({})",
            self.helo.outcome,
            Word(&self.helo.domain)
        )?;
        if self.dkim.is_empty() {
            f.write_str(" dkim=none")?;
        }
        for dkim in &self.dkim {
            let (domain, selector) = (Word(&dkim.domain), Word(&dkim.selector));
            write!(f, " dkim={} ({domain} {selector}", dkim.outcome)?;
            match dkim.fault {
                Some(fault) => write!(f, ": {})", fault.words())?,
                None => f.write_str(")")?,
            }
        }
        if self.left_out > 0 {
            write!(f, " and {} more signatures", self.left_out)?;
        }
        let dmarc = &self.dmarc;
        write!(f, " dmarc={} (from {}", dmarc.outcome, Word(&dmarc.from))?;
        if let Some(policy) = dmarc.policy {
            write!(f, ", p={policy}")?;
        }
        if let Some(through) = dmarc.through {
            write!(f, ", by {through}")?;
        }
        write!(f, ") arc={}", self.arc.outcome)?;
        if self.arc.sets > 0 {
            let sealer = Word(&self.arc.sealer);
            write!(f, " ({} sets, last by {sealer})", self.arc.sets)?;
        }
        if let Some(name) = &self.told_by {
            write!(f, " as told by {}", Word(name))?;
        }
        Ok(())
    }
}

/// A foreign value as one printable word of bounded length.
pub(crate) struct Word<'a>(pub(crate) &'a str);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        if self.0.is_empty() {
            return f.write_char('-');
        }
        for c in bounded(self.0).chars() {
            let is_plain = c.is_ascii_alphanumeric() || "-._@+=/:[]".contains(c);
            f.write_char(if is_plain { c } else { '?' })?;
        }
        Ok(())
    }
}

fn is_zero(value: &usize) -> bool {
    *value == 0
}
