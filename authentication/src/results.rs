//! The verdict as a header field (RFC 8601): for whoever reads the message behind us.
//!
//! Every value of a message or its envelope is written as one token of letters, digits and a few signs; what a token cannot
//! have becomes `?`. So nobody can end a result, begin another one, or open a comment.

use std::fmt::Write as _;

use crate::verdict::{Spf, Verdict, Word};

/// The name of the field.
pub const NAME: &str = "Authentication-Results";

/// Its folded value, in the name of `hostname`.
pub fn value(hostname: &str, verdict: &Verdict) -> String {
    let mut text = format!("{}", Word(hostname));
    if let Some(name) = &verdict.told_by {
        let _ = write!(text, "\r\n\t(as told by {})", Word(name));
    }
    for result in results(verdict) {
        text.push_str(FOLD);
        text.push_str(&result);
    }
    text
}

/// The next result begins on a line of its own.
const FOLD: &str = ";\r\n\t";

fn results(verdict: &Verdict) -> Vec<String> {
    let mut results = Vec::with_capacity(4 + verdict.dkim.len());
    if let Some(spf) = &verdict.mail_from {
        results.push(self::spf(spf, "mailfrom"));
    }
    results.push(spf(&verdict.helo, "helo"));
    if verdict.dkim.is_empty() {
        results.push("dkim=none".to_owned());
    }
    for dkim in &verdict.dkim {
        let mut text = format!("dkim={}", dkim.outcome);
        if let Some(fault) = dkim.fault {
            let _ = write!(text, " reason=\"{}\"", fault.words());
        }
        property(&mut text, "header.d", &dkim.domain);
        property(&mut text, "header.s", &dkim.selector);
        property(&mut text, "header.b", &dkim.signature);
        results.push(text);
    }
    let dmarc = &verdict.dmarc;
    let mut text = format!("dmarc={}", dmarc.outcome);
    if let Some(policy) = dmarc.policy {
        let _ = write!(text, " (p={policy})");
    }
    property(&mut text, "header.from", &dmarc.from);
    results.push(text);
    results.push(format!("arc={}", verdict.arc.outcome));
    results
}

fn spf(spf: &Spf, of: &str) -> String {
    let mut text = format!("spf={}", spf.outcome);
    property(&mut text, &format!("smtp.{of}"), &spf.domain);
    text
}

/// What is empty is not there.
fn property(text: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        // A long value begins a line of its own.
        let blank = if value.len() > 60 { "\r\n\t " } else { " " };
        let _ = write!(text, "{blank}{name}={}", Word(value));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits;
    use crate::verdict::{Arc, Dkim, DkimFault, Dmarc, DmarcPolicy, Outcome};

    /// With `foreign` wherever a stranger chooses.
    fn verdict(foreign: &str) -> Verdict {
        let spf = |outcome| Spf {
            outcome,
            domain: foreign.to_owned(),
        };
        let dkim = |fault| Dkim {
            outcome: Outcome::Pass,
            domain: foreign.to_owned(),
            selector: foreign.to_owned(),
            signature: foreign.to_owned(),
            fault,
        };
        Verdict {
            mail_from: Some(spf(Outcome::SoftFail)),
            helo: spf(Outcome::None),
            dkim: vec![dkim(None), dkim(Some(DkimFault::Body))],
            left_out: 0,
            dmarc: Dmarc {
                outcome: Outcome::Pass,
                from: foreign.to_owned(),
                policy: Some(DmarcPolicy::Reject),
                testing: false,
                through: None,
            },
            authors: Vec::new(),
            arc: Arc {
                outcome: Outcome::None,
                sets: 0,
                sealer: foreign.to_owned(),
            },
            told_by: None,
        }
    }

    #[test]
    fn every_method_has_its_line() {
        let expected = "mx.contoso.com;\r\n\tspf=softfail smtp.mailfrom=a.test;\r\n\tspf=none smtp.helo=a.test;\r\n\t\
                        dkim=pass header.d=a.test header.s=a.test header.b=a.test;\r\n\t\
                        dkim=pass reason=\"the body is not the one that was signed\" header.d=a.test header.s=a.test \
                        header.b=a.test;\r\n\tdmarc=pass (p=reject) header.from=a.test;\r\n\tarc=none";
        assert_eq!(value("mx.contoso.com", &verdict("a.test")), expected);
    }

    /// What a reader takes from the field: comments and quoted strings aside, the pieces between semicolons.
    fn pieces(value: &str) -> Vec<String> {
        let unfolded = value.replace("\r\n\t", "");
        unfolded
            .split(';')
            .map(|one| one.trim().to_owned())
            .collect()
    }

    proptest! {
        #[test]
        fn nobody_adds_a_result_or_a_line(foreign in any::<String>()) {
            let value = value("mx.contoso.com", &verdict(&foreign));
            prop_assert!(value.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t' | b'\r' | b'\n')));
            let found = pieces(&value);
            prop_assert_eq!(found.len(), 7);
            for (piece, begin) in found[1..].iter().zip(["spf=softfail", "spf=none", "dkim=pass", "dkim=pass reason=", "dmarc=pass", "arc=none"]) {
                prop_assert!(piece.starts_with(begin), "{}", piece);
            }
            prop_assert_eq!(value.matches('(').count(), 1); // ours
            prop_assert_eq!(value.matches('"').count(), 2); // ours
            for line in value.split("\r\n").skip(1) {
                prop_assert!(line.starts_with('\t') && line.len() <= limits::LINE_OCTETS_MAX, "{}", line);
                prop_assert!(!line.trim().is_empty());
            }
            prop_assert_eq!(value.replace("\r\n", "").matches(['\r', '\n']).count(), 0);
        }

        #[test]
        fn the_record_is_one_line(foreign in any::<String>()) {
            let record = verdict(&foreign).to_string();
            prop_assert!(record.bytes().all(|b| (b' '..=b'~').contains(&b)), "{}", record);
            prop_assert_eq!(record.matches(" dmarc=").count(), 1);
        }
    }

    #[test]
    fn values_at_the_limit_and_one_past() {
        let long = |octets: usize| verdict(&"x".repeat(octets)).to_string();
        let most = limits::VALUE_OCTETS_MAX;
        assert!(long(most).contains(&"x".repeat(most)));
        assert_eq!(long(most), long(most + 1));
    }
}
