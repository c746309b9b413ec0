//! What another verifier has found out, as its Authentication-Results fields tell it (RFC 8601 §2.2).
//!
//! Whether that verifier is to be believed is the caller's question. Here only counts what is said of this very message: of
//! its reverse path, the client's name, its author.

use crate::alignment::canonical;
use crate::limits;
use crate::verdict::{Dkim, Dmarc, DmarcPolicy, Outcome, Spf, bounded};

/// What is told. A method that is not there was not told of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The name under which it is told.
    pub(crate) by: String,
    pub(crate) mail_from: Option<Spf>,
    pub(crate) helo: Option<Spf>,
    /// One for each signature; a single one without domain says that there is none.
    pub(crate) dkim: Vec<Dkim>,
    pub(crate) dmarc: Option<ToldDmarc>,
}

/// What is told of DMARC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToldDmarc {
    pub(crate) outcome: Outcome,
    /// The author's domain; empty: it is not said.
    pub(crate) from: String,
    pub(crate) policy: Option<DmarcPolicy>,
}

impl Told {
    /// What these fields tell under the name `by`, the uppermost first: for each method the first field counts that speaks
    /// of it. `values` are the values of all Authentication-Results fields.
    pub fn by<'v>(by: &str, values: impl Iterator<Item = &'v [u8]>) -> Self {
        let mut told = Self {
            by: bounded(by),
            ..Self::default()
        };
        for value in values.take(limits::SIGNATURES_MAX) {
            let mut pieces = pieces(&String::from_utf8_lossy(value)).into_iter();
            let names_it = pieces.next().is_some_and(|first| {
                let name = first.words.first();
                name.is_some_and(|name| canonical(name) == canonical(by))
            });
            if names_it {
                told.add(&pieces.collect::<Vec<_>>());
            }
        }
        told
    }

    /// Nothing is told.
    pub fn is_empty(&self) -> bool {
        self.mail_from.is_none()
            && self.helo.is_none()
            && self.dkim.is_empty()
            && self.dmarc.is_none()
    }

    /// Signatures, if they were all verified: what failed for the moment may be tried again here.
    pub(crate) fn signatures(&self) -> &[Dkim] {
        let is_open = |one: &Dkim| one.outcome == Outcome::TempError;
        match self.dkim.iter().any(is_open) {
            true => &[],
            false => &self.dkim,
        }
    }

    /// DMARC as it was told, if that speaks of this author; what the author's domain asks for is what DNS says of it.
    pub(crate) fn dmarc(&self, found: Dmarc) -> Dmarc {
        let Some(told) = &self.dmarc else {
            return found;
        };
        let of_another = !told.from.is_empty() && told.from != found.from;
        // Without a policy that is known a failure would be let pass.
        let policy = found.policy.or(told.policy);
        let is_open = told.outcome == Outcome::Fail
            && found.outcome == Outcome::TempError
            && policy.is_none();
        let is_unsettled = told.outcome == Outcome::TempError;
        if found.from.is_empty() || of_another || is_open || is_unsettled {
            return found;
        }
        Dmarc {
            outcome: told.outcome,
            policy,
            through: found.through.filter(|_| told.outcome == Outcome::Pass),
            ..found
        }
    }

    fn add(&mut self, pieces: &[Piece]) {
        let has_dkim = !self.dkim.is_empty();
        for piece in pieces {
            let Some((method, outcome)) = piece.result() else {
                continue;
            };
            match method {
                "spf" => self.add_spf(piece, outcome),
                "dkim" if !has_dkim && self.dkim.len() < limits::SIGNATURES_MAX => {
                    self.dkim.push(dkim(piece, outcome));
                }
                "dmarc" if self.dmarc.is_none() => {
                    self.dmarc = Some(ToldDmarc {
                        outcome,
                        from: piece.domain("header.from").unwrap_or_default(),
                        policy: piece.policy(),
                    });
                }
                _ => {}
            }
        }
    }

    fn add_spf(&mut self, piece: &Piece, outcome: Outcome) {
        let [mail_from, helo] = ["smtp.mailfrom", "smtp.helo"].map(|name| piece.domain(name));
        let place = match (&mail_from, &helo) {
            (Some(_), _) => &mut self.mail_from,
            (None, Some(_)) => &mut self.helo,
            (None, None) => return, // of whom it speaks is anybody's guess
        };
        if let (None, Some(domain)) = (&place, mail_from.or(helo)) {
            *place = Some(Spf { outcome, domain });
        }
    }
}

fn dkim(piece: &Piece, outcome: Outcome) -> Dkim {
    let domain = piece.domain("header.d").or(piece.domain("header.i"));
    let text = |name| piece.property(name).map(bounded).unwrap_or_default();
    Dkim {
        // A signature of nobody speaks for nobody.
        outcome: match (&domain, outcome) {
            (None, Outcome::Pass) => Outcome::Neutral,
            (_, outcome) => outcome,
        },
        domain: domain.unwrap_or_default(),
        selector: text("header.s"),
        signature: text("header.b"),
        fault: None,
    }
}

/// What stands between two semicolons.
#[derive(Debug, Default)]
struct Piece {
    words: Vec<String>,
    comments: String,
}

impl Piece {
    /// `method = result`.
    fn result(&self) -> Option<(&str, Outcome)> {
        let (method, result) = self.words.first()?.split_once('=')?;
        let method = method.split('/').next()?; // its version
        let outcome = match result.to_ascii_lowercase().as_str() {
            "pass" => Outcome::Pass,
            "fail" | "hardfail" => Outcome::Fail, // RFC 8601 §2.7.2: the former word
            "softfail" => Outcome::SoftFail,
            "neutral" => Outcome::Neutral,
            "none" | "bestguesspass" => Outcome::None,
            "policy" => Outcome::Policy,
            "permerror" => Outcome::PermError,
            "temperror" => Outcome::TempError,
            _ => return None,
        };
        let known = ["spf", "dkim", "dmarc"];
        let method = known
            .into_iter()
            .find(|one| method.eq_ignore_ascii_case(one))?;
        Some((method, outcome))
    }

    fn property(&self, name: &str) -> Option<&str> {
        let mut words = self.words.iter().filter_map(|word| word.split_once('='));
        words
            .find(|(one, _)| one.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The domain of a property, which may be an address.
    fn domain(&self, name: &str) -> Option<String> {
        let value = self.property(name)?;
        let domain = value.rsplit_once('@').map_or(value, |(_, domain)| domain);
        let domain = canonical(domain.trim_matches(['<', '>']));
        (!domain.is_empty()).then(|| bounded(&domain))
    }

    /// Many write what the author's domain asks for into a comment: `(p=reject sp=none)`.
    fn policy(&self) -> Option<DmarcPolicy> {
        let said = self.property("policy.published-domain-policy");
        let words = self.comments.split([' ', ',', ';', '\t']);
        let commented = words.filter_map(|word| word.split_once('='));
        let mut commented = commented.filter(|(name, _)| name.eq_ignore_ascii_case("p"));
        let policy = said.or_else(|| commented.next().map(|(_, value)| value))?;
        match policy.to_ascii_lowercase().as_str() {
            "none" => Some(DmarcPolicy::None),
            "quarantine" => Some(DmarcPolicy::Quarantine),
            "reject" => Some(DmarcPolicy::Reject),
            _ => None,
        }
    }
}

/// The value in pieces: comments aside, quoted strings without their quotes, blanks around `=` taken out.
fn pieces(value: &str) -> Vec<Piece> {
    let (mut pieces, mut piece) = (Vec::new(), Piece::default());
    let (mut word, mut depth, mut quoted) = (String::new(), 0_usize, false);
    let mut joins = false; // an `=` stands before
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' if quoted || depth > 0 => {
                let escaped = rest.next().unwrap_or(' ');
                match depth {
                    0 => word.push(escaped),
                    _ => piece.comments.push(' '),
                }
            }
            '"' if depth == 0 => quoted = !quoted,
            _ if quoted => word.push(c),
            '(' => {
                depth += 1;
                piece.comments.push(' ');
            }
            ')' if depth > 0 => {
                depth -= 1;
                piece.comments.push(' ');
            }
            _ if depth > 0 => piece.comments.push(c),
            ';' => {
                piece.end(&mut word, &mut joins);
                pieces.push(std::mem::take(&mut piece));
            }
            ' ' | '\t' | '\r' | '\n' => piece.end(&mut word, &mut joins),
            '=' if word.is_empty() && !piece.words.is_empty() && !joins => {
                word = piece.words.pop().unwrap_or_default();
                word.push('=');
            }
            other => word.push(other),
        }
    }
    piece.end(&mut word, &mut joins);
    pieces.push(piece);
    pieces
}

impl Piece {
    fn end(&mut self, word: &mut String, joins: &mut bool) {
        if word.is_empty() {
            return;
        }
        let word = std::mem::take(word);
        match (*joins, self.words.last_mut()) {
            (true, Some(last)) => last.push_str(&word),
            _ => self.words.push(word),
        }
        let ends_open = |last: &String| last.find('=') == Some(last.len() - 1);
        *joins = self.words.last().is_some_and(ends_open);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(values: &[&str]) -> Told {
        Told::by("filter.example", values.iter().map(|one| one.as_bytes()))
    }

    fn spf(outcome: Outcome, domain: &str) -> Option<Spf> {
        Some(Spf {
            outcome,
            domain: domain.to_owned(),
        })
    }

    #[test]
    fn every_common_way_to_say_it() {
        for value in [
            "filter.example; spf=pass smtp.mailfrom=example.net; dkim=pass header.d=example.net header.s=s1 header.b=abc; dmarc=pass (p=reject) header.from=example.net",
            " Filter.EXAMPLE 1;\r\n\tSPF=pass (ok; spf=fail) smtp.MailFrom=ann@example.net;\r\n\tdkim = pass reason=\"a;b\" header.i=@Example.net header.s=s1\r\n\t header.b=abc ;dmarc=pass (policy=x p=reject sp=none) header.from=Example.NET",
            "(c) filter.example.; spf/1=pass smtp.mailfrom=<ann@example.net>; dkim= pass header.d =example.net header.s=\"s1\" header.b=abc; dmarc=pass policy.published-domain-policy=reject header.from=example.net; x=y",
        ] {
            let told = told(&[value]);
            assert_eq!(told.mail_from, spf(Outcome::Pass, "example.net"), "{value}");
            let [dkim] = told.dkim.as_slice() else {
                panic!("one signature: {told:?}")
            };
            let said = (
                dkim.outcome,
                &*dkim.domain,
                &*dkim.selector,
                &*dkim.signature,
            );
            assert_eq!(said, (Outcome::Pass, "example.net", "s1", "abc"), "{value}");
            let dmarc = told.dmarc.expect("DMARC");
            assert_eq!(
                (dmarc.outcome, &*dmarc.from),
                (Outcome::Pass, "example.net")
            );
            assert_eq!(dmarc.policy, Some(DmarcPolicy::Reject), "{value}");
        }
    }

    #[test]
    fn what_is_not_said_is_not_known() {
        for value in [
            "",
            ";",
            "filter.example; none",
            "filter.example",
            "other.example; spf=pass smtp.mailfrom=example.net",
            "filter.example.net; spf=pass smtp.mailfrom=example.net",
            "\"filter.example; spf=pass smtp.mailfrom=example.net\"",
            "filter.example; spf=maybe smtp.mailfrom=example.net",
            "filter.example; spf=pass",
            "filter.example; (spf=pass smtp.mailfrom=example.net",
            "filter.example; x-spf=pass smtp.mailfrom=example.net",
        ] {
            let told = told(&[value]);
            assert!(told.is_empty(), "{value}: {told:?}");
        }
        assert_eq!(
            told(&["filter.example; dkim=pass"]).dkim[0].outcome,
            Outcome::Neutral,
            "a pass of nobody is none"
        );
    }

    #[test]
    fn the_uppermost_field_counts_method_by_method() {
        let told = told(&[
            "other.example; spf=pass smtp.mailfrom=c.example",
            "filter.example; spf=fail smtp.mailfrom=a.example",
            "filter.example; spf=pass smtp.mailfrom=b.example; dkim=fail header.d=b.example",
            "filter.example; dkim=pass header.d=c.example",
        ]);
        assert_eq!(told.mail_from, spf(Outcome::Fail, "a.example"));
        assert_eq!(told.dkim.len(), 1);
        assert_eq!(told.dkim[0].outcome, Outcome::Fail);
    }

    #[test]
    fn signatures_at_the_limit_and_one_past() {
        let many = |count: usize| {
            let one = "; dkim=pass header.d=a.example".repeat(count);
            told(&[&format!("filter.example{one}")]).dkim.len()
        };
        assert_eq!(many(limits::SIGNATURES_MAX), limits::SIGNATURES_MAX);
        assert_eq!(many(limits::SIGNATURES_MAX + 1), limits::SIGNATURES_MAX);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_only_under_its_name(text in "[ -~\r\n\t\u{fc}]{0,200}") {
            let _ = told(&[&format!("filter.example;{text}")]);
            let of_another = told(&[&format!("x{text}")]);
            prop_assert!(of_another.is_empty());
        }
    }
}
