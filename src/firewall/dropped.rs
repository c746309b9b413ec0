//! What a header block lost, in few words, whatever somebody wrote into it.

use std::fmt;

/// Names of fields, each once, the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dropped {
    names: Vec<String>,
    /// Fields that are not named.
    more: usize,
}

impl Dropped {
    pub(super) fn note(&mut self, name: &[u8]) {
        let name = String::from_utf8_lossy(&name[..name.len().min(NAME_OCTETS)]);
        if self.names.iter().any(|one| one.eq_ignore_ascii_case(&name)) {
            return;
        }
        match self.names.len() < NAMES {
            true => self.names.push(name.into_owned()),
            false => self.more += 1,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(", "))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

const NAMES: usize = 5;
/// As much as a field's line has at most, by RFC 5322 §2.1.1.
const NAME_OCTETS: usize = 78;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_words_are_said_of_many_fields() {
        let check = |names: &[&str], expected: &str| {
            let mut dropped = Dropped::default();
            names.iter().for_each(|name| dropped.note(name.as_bytes()));
            assert_eq!(dropped.to_string(), expected);
            assert_eq!(dropped.is_empty(), names.is_empty());
        };
        check(&[], "");
        check(&["X-A", "x-a", "X-B"], "X-A, X-B");
        check(&["a", "b", "c", "d", "e"], "a, b, c, d, e");
        check(&["a", "b", "c", "d", "e", "f"], "a, b, c, d, e and 1 more");
        let (long, longer) = ("n".repeat(NAME_OCTETS), "n".repeat(NAME_OCTETS + 1));
        check(&[&long], &long);
        check(&[&longer], &long);
    }
}
