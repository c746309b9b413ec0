//! What the author's domain says of mail in its name (RFC 9989).

use futures_util::future::join_all;

use crate::alignment::{is_within, tree};
use crate::dns::{Dns, NoAnswer};
use crate::limits::TREE_LABELS_MAX;
use crate::verdict::{Dkim, Dmarc, DmarcPolicy, Outcome, Spf, Through};

/// One record (RFC 9989 §4.7).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    policy: DmarcPolicy,
    subdomains: DmarcPolicy,
    strict_spf: bool,
    strict_dkim: bool,
    testing: bool,
    /// Whether others register domains below it.
    public: Option<bool>,
}

/// The records of a domain and of those above it, the longest name first.
struct Tree<'a> {
    domain: &'a str,
    records: Vec<(&'a str, Record)>,
}

/// Judges one message. `authors`: the domains of its From fields, each once; `fields`: how many From fields it has.
pub(crate) async fn judge(
    dns: &Dns,
    authors: &[String],
    fields: usize,
    spf: &Spf,
    dkim: &[Dkim],
) -> Dmarc {
    let verdict = |outcome, from: &str| Dmarc {
        outcome,
        from: from.to_owned(),
        policy: None,
        testing: false,
        through: None,
    };
    let ([author], 1) = (authors, fields) else {
        return verdict(Outcome::PermError, "");
    };
    let Ok(tree) = Tree::of(dns, author).await else {
        return verdict(Outcome::TempError, author);
    };
    let Some((record, policy)) = tree.policy() else {
        return verdict(Outcome::None, author);
    };
    let found = Dmarc {
        policy: Some(policy),
        testing: record.testing,
        ..verdict(Outcome::Fail, author)
    };
    let by_spf = aligned(dns, &tree, record.strict_spf, spf.outcome, &spf.domain).await;
    let by_dkim = dkim
        .iter()
        .map(|one| aligned(dns, &tree, record.strict_dkim, one.outcome, &one.domain));
    let by_dkim = join_all(by_dkim).await;
    let dkim_passes = by_dkim.contains(&Outcome::Pass);
    let through = match (by_spf == Outcome::Pass, dkim_passes) {
        (true, true) => Some(Through::Both),
        (true, false) => Some(Through::Spf),
        (false, true) => Some(Through::Dkim),
        (false, false) => None,
    };
    let is_open = by_spf == Outcome::TempError || by_dkim.contains(&Outcome::TempError);
    let outcome = match (through, is_open) {
        (Some(_), _) => Outcome::Pass,
        (None, true) => Outcome::TempError,
        (None, false) => Outcome::Fail,
    };
    Dmarc {
        outcome,
        through,
        ..found
    }
}

/// Whether `outcome` for `domain` speaks for the author: pass, fail, or temperror where DNS did not say.
async fn aligned(
    dns: &Dns,
    author: &Tree<'_>,
    strict: bool,
    outcome: Outcome,
    domain: &str,
) -> Outcome {
    let outcome = match outcome {
        Outcome::Pass | Outcome::TempError => outcome,
        _ => return Outcome::Fail,
    };
    if domain == author.domain {
        return outcome;
    }
    let organization = author.organization();
    if strict || !is_within(domain, organization) {
        return Outcome::Fail;
    }
    match Tree::of(dns, domain).await {
        Ok(tree) if tree.organization() == organization => outcome,
        Ok(_) => Outcome::Fail,
        Err(NoAnswer) => Outcome::TempError,
    }
}

impl<'a> Tree<'a> {
    async fn of(dns: &Dns, domain: &'a str) -> Result<Self, NoAnswer> {
        let names = tree(domain, TREE_LABELS_MAX);
        let asked = names
            .iter()
            .map(async |name| dns.texts(&format!("_dmarc.{name}.")).await);
        let mut records = Vec::new();
        for (name, texts) in names.iter().zip(join_all(asked).await) {
            let texts = texts?;
            let mut found = texts.iter().filter_map(|text| Record::parse(text));
            // Several are none (RFC 9989 §4.10).
            if let (Some(record), None) = (found.next(), found.next()) {
                let ends =
                    record.public.is_some() && (record.public == Some(false) || *name != domain);
                records.push((*name, record));
                if ends {
                    break;
                }
            }
        }
        Ok(Self { domain, records })
    }

    /// RFC 9989 §4.10.2.
    fn organization(&self) -> &'a str {
        match self.records.last() {
            None => self.domain,
            Some((name, record)) if record.public == Some(true) && *name != self.domain => {
                let below = self.domain.len() - name.len() - 1;
                let from = self.domain[..below].rfind('.').map_or(0, |dot| dot + 1);
                &self.domain[from..]
            }
            Some((name, _)) => name,
        }
    }

    /// The record that counts, and what it asks for (RFC 9989 §4.10.1).
    fn policy(&self) -> Option<(&Record, DmarcPolicy)> {
        if let Some((name, record)) = self.records.first()
            && *name == self.domain
        {
            return Some((record, record.policy));
        }
        let organization = self.organization();
        let of_organization = |(name, _): &&(&str, Record)| *name == organization;
        let found = self.records.iter().find(of_organization);
        let (_, record) = found.or(self.records.last())?;
        Some((record, record.subdomains))
    }
}

impl Record {
    /// `None`: it is something else.
    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let mut tags = text.split(';').filter_map(|tag| {
            let (name, value) = tag.split_once('=')?;
            Some((name.trim(), value.trim()))
        });
        (tags.next()? == ("v", "DMARC1")).then_some(())?;
        let tags: Vec<_> = tags.collect();
        let tag = |name: &str| tags.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
        let tag = |name| tag(name).map(|(_, value)| *value);
        let is = |name, word: &str| tag(name).is_some_and(|value| value.eq_ignore_ascii_case(word));
        let policy = match tag("p").map(policy) {
            Some(Some(policy)) => policy,
            // What cannot be read asks for nothing, where reports are wanted at least (RFC 9989 §4.7).
            _ if tag("rua").is_some() => DmarcPolicy::None,
            _ => return None,
        };
        Some(Self {
            policy,
            subdomains: tag("sp").and_then(self::policy).unwrap_or(policy),
            strict_spf: is("aspf", "s"),
            strict_dkim: is("adkim", "s"),
            testing: is("t", "y"),
            public: match tag("psd") {
                Some("y" | "Y") => Some(true),
                Some("n" | "N") => Some(false),
                _ => None,
            },
        })
    }
}

fn policy(word: &str) -> Option<DmarcPolicy> {
    let all = [
        DmarcPolicy::None,
        DmarcPolicy::Quarantine,
        DmarcPolicy::Reject,
    ];
    all.into_iter()
        .find(|one| one.to_string().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree_of(domain: &'static str, records: &[(&'static str, &str)]) -> Tree<'static> {
        let records = records
            .iter()
            .map(|(name, text)| (*name, Record::parse(text.as_bytes()).expect("a record")));
        Tree {
            domain,
            records: records.collect(),
        }
    }

    #[test]
    fn records() {
        use DmarcPolicy::{None as Nothing, Quarantine, Reject};
        for (text, expected) in [
            ("v=DMARC1; p=reject", Some((Reject, Reject, false))),
            (
                "v=DMARC1;p=Reject;sp=none;adkim=s",
                Some((Reject, Nothing, true)),
            ),
            (
                "v=DMARC1; p=quarantine; sp=odd",
                Some((Quarantine, Quarantine, false)),
            ),
            (
                "v=DMARC1; p=odd; rua=mailto:a@example.org",
                Some((Nothing, Nothing, false)),
            ),
            ("v=DMARC1; p=odd", None),
            ("v=DMARC1", None),
            ("p=reject; v=DMARC1", None),
            ("v=spf1 -all", None),
            ("", None),
        ] {
            let found = Record::parse(text.as_bytes());
            let found = found.map(|one| (one.policy, one.subdomains, one.strict_dkim));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn organizations_and_policies() {
        let none = "v=DMARC1; p=none; sp=reject";
        let public = "v=DMARC1; p=reject; psd=y";
        let check = |tree: Tree<'_>, organization: &str, policy: Option<DmarcPolicy>| {
            assert_eq!(tree.organization(), organization, "of {}", tree.domain);
            assert_eq!(tree.policy().map(|(_, policy)| policy), policy);
        };
        check(tree_of("a.example.org", &[]), "a.example.org", None);
        let org = ("example.org", none);
        check(
            tree_of("example.org", &[org]),
            "example.org",
            Some(DmarcPolicy::None),
        );
        check(
            tree_of("a.example.org", &[org]),
            "example.org",
            Some(DmarcPolicy::Reject),
        );
        check(
            tree_of("a.example.org", &[("a.example.org", none), org]),
            "example.org",
            Some(DmarcPolicy::None),
        );
        check(
            tree_of("x.y.bank", &[("bank", public)]),
            "y.bank",
            Some(DmarcPolicy::Reject),
        );
        check(
            tree_of("y.bank", &[("bank", public)]),
            "y.bank",
            Some(DmarcPolicy::Reject),
        );
    }
}
