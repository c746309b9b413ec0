//! Who may have been meant: the known address that is nearest to each unknown one.
//!
//! One pass over everybody. Of each known address only the first and the last letters are looked up, without each one or
//! two of them, among the same of the unknown ones: two names within two edits of each other share such a remainder (the
//! symmetric deletion of SymSpell). What is found so is compared letter by letter.

use std::collections::HashMap;
use std::fmt;

use routing::{Address, Snapshot};

use super::form::{Form, hash, letters};
use super::remainder::{Side, remainders};

/// A known address that may have been meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nearest {
    pub(crate) address: String,
    pub(crate) likeness: Likeness,
}

/// What is between the two, the smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// It is known by now.
    Same,
    /// The same name in another domain.
    OtherDomain,
    /// The same name with other or no separators, in another order, or without a tag.
    OtherForm,
    /// One letter is missing, too many, another, or two are swapped.
    OneEdit,
    /// Both of the first two.
    OtherFormAndDomain,
    /// Two of those.
    TwoEdits,
}

impl Likeness {
    /// The word for programs.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Same => "known-now",
            Self::OtherDomain => "other-domain",
            Self::OtherForm => "other-form",
            Self::OneEdit => "one-edit",
            Self::OtherFormAndDomain => "other-form-and-domain",
            Self::TwoEdits => "two-edits",
        }
    }
}

impl fmt::Display for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "known now",
            Self::OtherDomain => "in another domain",
            Self::OtherForm => "the same name, written otherwise",
            Self::OneEdit => "one letter differs",
            Self::OtherFormAndDomain => "the same name, written otherwise, in another domain",
            Self::TwoEdits => "two letters differ",
        })
    }
}

/// For each unknown address who may have been meant.
pub(crate) fn find(unknown: &[Address], snapshot: &Snapshot) -> Vec<Option<Nearest>> {
    let mut search = Search::of(unknown);
    for (local, domain) in snapshot.each_address() {
        search.compare(local, domain);
    }
    let found = search.wanted.into_iter().zip(unknown);
    found
        .map(|(wanted, address)| match snapshot.lookup(address) {
            Some(_) => Some(Nearest {
                address: address.canonical().to_owned(),
                likeness: Likeness::Same,
            }),
            None => wanted
                .best
                .map(|(likeness, address)| Nearest { address, likeness }),
        })
        .collect()
}

/// One address that somebody looks for.
struct Wanted<'a> {
    local: &'a str,
    domain: &'a str,
    form: Form,
    /// Edits that are looked at.
    edits: u32,
    best: Option<(Likeness, String)>,
}

struct Search<'a> {
    wanted: Vec<Wanted<'a>>,
    /// Who has such letters at the begin, and at the end.
    ends: [Ends; 2],
    /// Who has the same letters in this or another order of the parts.
    forms: HashMap<u64, Vec<u32>>,
    letters: Vec<u8>,
}

/// Who has which remainder of the letters at one end.
#[derive(Default)]
struct Ends {
    /// A bit a remainder, by its hash: most of what is asked for is not there, and this fits a cache.
    bits: Vec<u64>,
    names: HashMap<u64, Vec<u32>>,
}

impl<'a> Search<'a> {
    fn of(unknown: &'a [Address]) -> Self {
        let mut search = Self {
            wanted: Vec::new(),
            ends: [Ends::new(), Ends::new()],
            forms: HashMap::new(),
            letters: Vec::new(),
        };
        for (number, address) in unknown.iter().enumerate() {
            search.add(number as u32, address);
        }
        search
    }

    fn add(&mut self, number: u32, address: &'a Address) {
        let (local, domain) = (address.folded_local(), address.domain());
        letters(local, &mut self.letters);
        for (ends, side) in self.ends.iter_mut().zip([Side::First, Side::Last]) {
            remainders(&self.letters, side, |remainder| ends.add(remainder, number));
        }
        let form = Form::of(local);
        for key in form.keys() {
            let names = self.forms.entry(key).or_default();
            if names.last() != Some(&number) {
                names.push(number);
            }
        }
        let edits = match self.letters.len() {
            0..=1 => 0,
            2..=SHORT => 1,
            _ => 2,
        };
        self.wanted.push(Wanted {
            local,
            domain,
            form,
            edits,
            best: None,
        });
    }

    /// One known address.
    fn compare(&mut self, local: &str, domain: &str) {
        let form = Form::of(local);
        for key in form.keys() {
            for number in self.forms.get(&key).into_iter().flatten() {
                self.wanted[*number as usize].compare_form(local, domain, &form);
            }
        }
        letters(local, &mut self.letters);
        let first = self.ends[0].candidates(&self.letters, Side::First);
        if first.total == 0 {
            return;
        }
        let last = self.ends[1].candidates(&self.letters, Side::Last);
        let fewer = if first.total <= last.total {
            first
        } else {
            last
        };
        for names in fewer.lists() {
            for number in *names {
                self.wanted[*number as usize].compare_letters(local, domain);
            }
        }
    }
}

impl Wanted<'_> {
    fn compare_form(&mut self, local: &str, domain: &str, form: &Form) {
        let likeness = match (local == self.local, domain == self.domain) {
            (true, true) => return, // it is looked up
            (true, false) => Likeness::OtherDomain,
            (false, true) if form.is_like(&self.form) => Likeness::OtherForm,
            (false, false) if form.is_like(&self.form) => Likeness::OtherFormAndDomain,
            (false, _) => return,
        };
        self.offer(likeness, local, domain);
    }

    fn compare_letters(&mut self, local: &str, domain: &str) {
        if domain != self.domain || local.len().abs_diff(self.local.len()) > MOST_OCTETS {
            return;
        }
        let edits = match &self.best {
            Some((likeness, _)) if *likeness < Likeness::OneEdit => return,
            Some((Likeness::OneEdit, _)) => 1,
            Some(_) | None => self.edits,
        };
        // An edit adds a letter and takes one away at the most.
        if (self.form.present ^ Form::present(local)).count_ones() > 2 * edits {
            return;
        }
        let likeness = match strsim::osa_distance(self.local, local) {
            1 if edits >= 1 => Likeness::OneEdit,
            2 if edits >= 2 => Likeness::TwoEdits,
            _ => return,
        };
        self.offer(likeness, local, domain);
    }

    /// Of two that are equally near, the first in the alphabet: an answer is to be the same each time.
    fn offer(&mut self, likeness: Likeness, local: &str, domain: &str) {
        let is_nearer = match &self.best {
            None => true,
            Some((best, _)) if likeness != *best => likeness < *best,
            Some((_, address)) => format!("{local}@{domain}") < *address,
        };
        if is_nearer {
            self.best = Some((likeness, format!("{local}@{domain}")));
        }
    }
}

impl Ends {
    fn new() -> Self {
        Self {
            bits: vec![0; BITS / 64],
            names: HashMap::new(),
        }
    }

    fn add(&mut self, remainder: u64, number: u32) {
        let bit = bit(remainder);
        self.bits[bit / 64] |= 1 << (bit % 64);
        let names = self.names.entry(remainder).or_default();
        if names.last() != Some(&number) {
            names.push(number);
        }
    }

    /// Those that share a remainder with these letters.
    fn candidates(&self, letters: &[u8], side: Side) -> Candidates<'_> {
        let mut found = Candidates::default();
        remainders(letters, side, |remainder| {
            let bit = bit(remainder);
            if self.bits[bit / 64] & 1 << (bit % 64) != 0
                && let Some(names) = self.names.get(&remainder)
            {
                found.total += names.len();
                found.lists[found.count] = names;
                found.count += 1;
            }
        });
        found
    }
}

/// Lists of names, some of them several times.
#[derive(Default)]
struct Candidates<'a> {
    lists: [&'a [u32]; super::remainder::MOST],
    count: usize,
    total: usize,
}

impl<'a> Candidates<'a> {
    fn lists(&self) -> &[&'a [u32]] {
        &self.lists[..self.count]
    }
}

fn bit(remainder: u64) -> usize {
    (hash(remainder) >> (64 - BITS.ilog2())) as usize
}

/// Letters of a name that is so short that two edits would make another of it.
const SHORT: usize = 5;
/// Two letters, in UTF-8.
const MOST_OCTETS: usize = 8;
/// A thousand names have some thirty thousand remainders.
const BITS: usize = 1 << 20;

#[cfg(test)]
mod tests;
