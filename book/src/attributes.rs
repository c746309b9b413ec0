//! One object's attributes as a source gives them.
//!
//! Names are compared without regard to case and without options such as `;binary`. Active Directory cuts a long list
//! into ranges (`member;range=0-1499`, [MS-ADTS] 3.1.1.3.1.3.3): the parts are put together here, and
//! [`Attributes::unfinished`] says what is still to be asked for.

use std::cmp::Ordering;

use crate::limits::{ATTRIBUTE_NAME_OCTETS_MAX, ATTRIBUTES_MAX, VALUE_OCTETS_MAX, VALUES_MAX};

/// The attributes of one object, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Attributes {
    /// In the order of the names, which are in lower case.
    lists: Vec<(Box<str>, List)>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct List {
    values: Vec<Box<[u8]>>,
    /// Where the next range begins, while there is one.
    next: Option<u64>,
}

/// Why an attribute was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AttributeError {
    /// Empty or past its bound.
    #[error(
        "the name of an attribute is empty or has more than {ATTRIBUTE_NAME_OCTETS_MAX} octets"
    )]
    Name,
    /// One past the bound.
    #[error("an object has more than {ATTRIBUTES_MAX} attributes")]
    Attributes,
    /// One past the bound.
    #[error("an attribute has more than {VALUES_MAX} values")]
    Values,
    /// One past the bound.
    #[error("a value has more than {VALUE_OCTETS_MAX} octets")]
    Value,
}

impl Attributes {
    /// Adds a value under a name as the source wrote it, with its options.
    pub fn add(&mut self, name: &str, value: &[u8]) -> Result<(), AttributeError> {
        self.extend(name, [value])
    }

    /// Adds the values of one attribute. What does not fit leaves the attribute as it was.
    pub fn extend<'v>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = &'v [u8]>,
    ) -> Result<(), AttributeError> {
        let description = Description::of(name)?;
        let place = self.place(&description.name);
        if place.is_err() && self.lists.len() == ATTRIBUTES_MAX {
            return Err(AttributeError::Attributes);
        }
        let before = place.map_or(0, |place| self.lists[place].1.values.len());
        let mut added = Vec::new();
        for value in values {
            if value.len() > VALUE_OCTETS_MAX {
                return Err(AttributeError::Value);
            }
            if before + added.len() == VALUES_MAX {
                return Err(AttributeError::Values);
            }
            added.push(value.into());
        }
        // Active Directory sends the plain name, without values, beside the name with its range.
        if added.is_empty() && description.range.is_none() && place.is_ok() {
            return Ok(());
        }
        let place = place.unwrap_or_else(|place| {
            self.lists
                .insert(place, (description.name, List::default()));
            place
        });
        let list = &mut self.lists[place].1;
        list.values.extend(added);
        match description.range {
            Some(Range::To(last)) => list.next = Some(last.saturating_add(1)),
            Some(Range::Last) => list.next = None,
            None => {}
        }
        Ok(())
    }

    /// Whether there is such an attribute, even without a value.
    pub fn has(&self, name: &str) -> bool {
        self.list(name).is_some()
    }

    /// Its values as octets.
    pub fn octets(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let list = self.list(name);
        list.into_iter()
            .flat_map(|list| list.values.iter().map(|value| &**value))
    }

    /// Its values that are text, without blanks around them; empty ones are passed over.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let texts = self
            .octets(name)
            .filter_map(|value| std::str::from_utf8(value).ok());
        texts.map(str::trim).filter(|text| !text.is_empty())
    }

    /// The first of its values that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next()
    }

    /// The attributes of which only a part was given, and the number of the next value to ask for
    /// (`member;range=1500-*`).
    pub fn unfinished(&self) -> impl Iterator<Item = (&str, u64)> {
        let lists = self.lists.iter();
        lists.filter_map(|(name, list)| Some((&**name, list.next?)))
    }

    /// Whether only a part of this attribute was given.
    pub fn is_unfinished(&self, name: &str) -> bool {
        self.list(name).is_some_and(|list| list.next.is_some())
    }

    /// The names, in lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().map(|(name, _)| &**name)
    }

    fn list(&self, name: &str) -> Option<&List> {
        self.place(name).ok().map(|place| &self.lists[place].1)
    }

    /// Where a name is, or would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.lists
            .binary_search_by(|(known, _)| in_lower_case(known, name))
    }
}

/// Compares a name in lower case with one in any.
fn in_lower_case(known: &str, name: &str) -> Ordering {
    known
        .bytes()
        .cmp(name.bytes().map(|octet| octet.to_ascii_lowercase()))
}

/// A name with its options (RFC 2849 calls both together the attribute description).
struct Description {
    name: Box<str>,
    range: Option<Range>,
}

enum Range {
    /// Up to and with this one; there are more.
    To(u64),
    Last,
}

impl Description {
    fn of(text: &str) -> Result<Self, AttributeError> {
        if text.len() > ATTRIBUTE_NAME_OCTETS_MAX {
            return Err(AttributeError::Name);
        }
        let lower = text.trim().to_ascii_lowercase();
        let mut options = lower.split(';');
        let name = options.next().unwrap_or_default().trim();
        if name.is_empty() {
            return Err(AttributeError::Name);
        }
        let range = options.find_map(Range::of);
        let name = name.into();
        Ok(Self { name, range })
    }
}

impl Range {
    fn of(option: &str) -> Option<Self> {
        let (_, last) = option.strip_prefix("range=")?.split_once('-')?;
        match last {
            "*" => Some(Self::Last),
            number => number.parse().ok().map(Self::To),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Attributes {
        let mut attributes = Attributes::default();
        for (name, value) in pairs {
            attributes.add(name, value.as_bytes()).unwrap();
        }
        attributes
    }

    #[test]
    fn names_are_found_in_any_case_and_without_options() {
        let found = of(&[
            ("Mail", " a@contoso.com "),
            ("cn;lang-de", "A"),
            ("MAIL", ""),
        ]);
        assert_eq!(found.text("mAIL"), Some("a@contoso.com"));
        assert_eq!(found.texts("mail").count(), 1);
        assert_eq!(found.octets("mail").count(), 2);
        assert_eq!(found.text("CN"), Some("A"));
        assert!(!found.has("sn"));
    }

    #[test]
    fn ranges_are_put_together() {
        let mut group = Attributes::default();
        group.extend("member", []).unwrap();
        group
            .extend("member;range=0-1", [b"a".as_slice(), b"b"])
            .unwrap();
        assert_eq!(group.unfinished().collect::<Vec<_>>(), [("member", 2)]);
        group.extend("member", []).unwrap();
        assert!(group.is_unfinished("Member"));
        group.extend("Member;Range=2-*", [b"c".as_slice()]).unwrap();
        assert_eq!(group.unfinished().count(), 0);
        assert_eq!(group.texts("member").collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn an_odd_range_is_no_range() {
        for name in [
            "member;range=",
            "member;range=0",
            "member;range=0-x",
            "member;binary",
        ] {
            let group = of(&[(name, "a")]);
            assert_eq!(group.unfinished().count(), 0, "{name}");
            assert_eq!(group.text("member"), Some("a"), "{name}");
        }
        let last = format!("member;range=0-{}", u64::MAX);
        assert_eq!(
            of(&[(&last, "a")]).unfinished().next(),
            Some(("member", u64::MAX))
        );
    }

    #[test]
    fn everything_is_bounded() {
        let mut object = Attributes::default();
        let name = |length: usize| "n".repeat(length);
        let longest = name(ATTRIBUTE_NAME_OCTETS_MAX);
        assert_eq!(object.add(&longest, b""), Ok(()));
        let longer = name(ATTRIBUTE_NAME_OCTETS_MAX + 1);
        assert_eq!(object.add(&longer, b""), Err(AttributeError::Name));
        assert_eq!(object.add(";binary", b""), Err(AttributeError::Name));
        let value = vec![b'v'; VALUE_OCTETS_MAX + 1];
        assert_eq!(object.add("v", &value[1..]), Ok(()));
        assert_eq!(object.add("v", &value), Err(AttributeError::Value));
        let values = || std::iter::repeat_n(b"m".as_slice(), VALUES_MAX);
        assert_eq!(object.extend("m", values()), Ok(()));
        assert_eq!(object.add("m", b"m"), Err(AttributeError::Values));
        assert_eq!(object.octets("m").count(), VALUES_MAX);
        for number in object.lists.len()..ATTRIBUTES_MAX {
            assert_eq!(object.add(&number.to_string(), b""), Ok(()));
        }
        assert_eq!(object.add("another", b""), Err(AttributeError::Attributes));
        assert_eq!(object.add("v", b""), Ok(()));
    }
}
