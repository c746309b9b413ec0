//! Where a synchronisation stands (RFC 4533 §2.1.2).
//!
//! To a client a cookie is a sequence of octets. OpenLDAP's has two ways of its own that matter. It names the replica
//! that said it (`sid`), and a replica takes a client that shows its name for that replica and keeps changes from it.
//! And of several replicas that write, the cookie of one change names only the replica of that change; what is known
//! of the others is in the cookies before it.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Where a synchronisation stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Cookie {
    /// OpenLDAP's: the last change of each replica, by the replica's number.
    Changes(BTreeMap<String, String>),
    /// Anything else.
    Opaque(Vec<u8>),
}

impl Cookie {
    pub(super) fn read(octets: &[u8]) -> Self {
        let changes = std::str::from_utf8(octets).ok().and_then(changes);
        changes.map_or_else(|| Self::Opaque(octets.to_vec()), Self::Changes)
    }

    /// Goes on to where a newer one stands.
    pub(super) fn advance(&mut self, newer: &[u8]) {
        match (&mut *self, Self::read(newer)) {
            (Self::Changes(known), Self::Changes(newer)) => {
                for (replica, change) in newer {
                    let known = known.entry(replica).or_default();
                    // They begin with their time.
                    if *known < change {
                        *known = change;
                    }
                }
            }
            (_, newer) => *self = newer,
        }
    }

    /// As it is shown to a server.
    pub(super) fn octets(&self) -> Vec<u8> {
        match self {
            Self::Opaque(octets) => octets.clone(),
            Self::Changes(changes) => {
                let changes: Vec<&str> = changes.values().map(String::as_str).collect();
                format!("rid=000,csn={}", changes.join(";")).into_bytes()
            }
        }
    }

    /// As a word: whatever is not plain is written as `%` and two digits.
    pub(super) fn to_word(&self) -> String {
        let mut word = String::new();
        for octet in self.octets() {
            match octet {
                b'!'..=b'~' if octet != b'%' => word.push(char::from(octet)),
                other => _ = write!(word, "%{other:02x}"),
            }
        }
        word
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        let mut octets = Vec::new();
        let mut rest = word.as_bytes();
        loop {
            rest = match rest {
                [] => return (!octets.is_empty()).then(|| Self::read(&octets)),
                [b'%', high, low, rest @ ..] => {
                    let digit = |digit: u8| char::from(digit).to_digit(16);
                    octets.push((digit(*high)? << 4 | digit(*low)?) as u8);
                    rest
                }
                [b'%', ..] => return None,
                [octet, rest @ ..] => {
                    octets.push(*octet);
                    rest
                }
            };
        }
    }
}

/// The changes of a cookie in the form of OpenLDAP: `rid=000,sid=001,csn=TIME#COUNT#REPLICA#MOD;...`.
fn changes(text: &str) -> Option<BTreeMap<String, String>> {
    let mut changes = BTreeMap::new();
    for part in text.split(',') {
        match part.split_once('=')? {
            ("rid" | "sid" | "delcsn", _) => {}
            ("csn", list) => {
                for change in list.split(';') {
                    let replica = change.split('#').nth(2)?;
                    changes.insert(replica.to_owned(), change.to_owned());
                }
            }
            _ => return None,
        }
    }
    (!changes.is_empty()).then_some(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cookies: &[&str]) -> String {
        let mut cookie = Cookie::read(cookies[0].as_bytes());
        for newer in &cookies[1..] {
            cookie.advance(newer.as_bytes());
        }
        String::from_utf8(cookie.octets()).unwrap()
    }

    #[test]
    fn each_replica_keeps_its_last_change() {
        let check = |cookies: &[&str], expected: &str| assert_eq!(after(cookies), expected);
        let (a1, a2) = (
            "20261122060000.000001Z#000000#001#000000",
            "20261122060500.000000Z#000000#001#000000",
        );
        let b1 = "20261122060100.000000Z#000000#002#000000";
        check(
            &[&format!("rid=000,csn={a1}")],
            &format!("rid=000,csn={a1}"),
        );
        let both = format!("rid=000,sid=002,csn={a1};{b1}");
        check(&[&both], &format!("rid=000,csn={a1};{b1}"));
        let one = format!("rid=000,sid=001,csn={a2}");
        check(&[&both, &one], &format!("rid=000,csn={a2};{b1}"));
        let late = format!("rid=000,csn={a1}");
        check(&[&both, &one, &late], &format!("rid=000,csn={a2};{b1}"));
    }

    #[test]
    fn a_cookie_of_another_kind_is_kept_as_it_is() {
        for cookie in ["x", "rid=000", "rid=000,csn=x", "csn", "a=b,csn=x#y#z"] {
            assert_eq!(after(&[cookie]), cookie);
            assert_eq!(after(&["first", cookie]), cookie);
        }
    }

    #[test]
    fn a_cookie_is_written_as_a_word_and_read_back() {
        let check = |octets: &[u8], word: &str| {
            let cookie = Cookie::read(octets);
            assert_eq!(cookie.to_word(), word);
            assert_eq!(Cookie::from_word(word), Some(cookie));
        };
        let change = "rid=000,csn=20261122060000.000001Z#000000#000#000000";
        check(change.as_bytes(), change);
        check(b"\x00 a%\xff", "%00%20a%25%ff");
        for wrong in ["", "%", "%4", "%zz", "%+1"] {
            assert_eq!(Cookie::from_word(wrong), None, "{wrong}");
        }
    }
}
