//! Answers in pages (RFC 2696).

use lber::structures::{ASNTag, Integer, OctetString, Sequence, Tag};
use ldap3::controls::RawControl;

use super::{Answer, Connection, Object, Search, ber};
use crate::SourceError;
use crate::limits::COOKIE_OCTETS_MAX;

/// How far a search in pages is. It can only go on over the connection that it began on.
#[derive(Clone, Debug)]
pub struct Pages {
    /// Objects a page; `None`: the server knows no pages.
    size: Option<u32>,
    cookie: Vec<u8>,
    ended: bool,
    /// Where parts of the answer are that this server does not have.
    pub referrals: Vec<String>,
}

impl Pages {
    /// A search that has not begun, in pages of so many objects.
    pub fn of(size: u32) -> Self {
        Self {
            size: Some(size),
            cookie: Vec::new(),
            ended: false,
            referrals: Vec::new(),
        }
    }

    /// A search whose whole answer is one page, for a server that knows no others. What does not fit into its limit is
    /// an error.
    pub fn one() -> Self {
        Self {
            size: None,
            ..Self::of(0)
        }
    }

    /// Whether the last page was read.
    pub fn is_at_end(&self) -> bool {
        self.ended
    }
}

impl Connection {
    /// Reads the next page of a search, each object with all of its values. Lists that came in part are completed
    /// after the page, so that no more than a page of them is ever waited with. The controls of the page's end are
    /// given back.
    pub async fn page(
        &mut self,
        search: &Search,
        pages: &mut Pages,
        take: &mut dyn FnMut(Object) -> Result<(), SourceError>,
    ) -> Result<Vec<RawControl>, SourceError> {
        let mut asked = search.clone();
        if let Some(size) = pages.size {
            asked.controls.push(request(size, &pages.cookie));
        }
        let mut answers = self.search(&asked).await?;
        let mut cut = Vec::new();
        let controls = loop {
            match answers.next(self).await? {
                Answer::Object(object) if object.attributes.unfinished().next().is_some() => {
                    cut.push(object);
                }
                Answer::Object(object) => take(object)?,
                Answer::Referral(to) => pages.referrals.push(to),
                Answer::Info(_) => {}
                Answer::Done(controls) => break controls,
            }
        };
        for mut object in cut {
            self.complete(&mut object).await?;
            take(object)?;
        }
        if pages.size.is_some() {
            pages.cookie = cookie(&controls)?;
        }
        pages.ended = pages.cookie.is_empty();
        Ok(controls)
    }
}

fn request(size: u32, cookie: &[u8]) -> RawControl {
    let value = Tag::Sequence(Sequence {
        inner: vec![
            Tag::Integer(Integer {
                inner: i64::from(size),
                ..Integer::default()
            }),
            Tag::OctetString(OctetString {
                inner: cookie.to_vec(),
                ..OctetString::default()
            }),
        ],
        ..Sequence::default()
    });
    RawControl {
        ctype: PAGED_RESULTS.to_owned(),
        // A server that does not know pages would give what fits into its limit, and we should believe that it is all.
        crit: true,
        val: Some(ber::encoded(value.into_structure())),
    }
}

/// Where the next page begins; empty: there is none.
fn cookie(controls: &[RawControl]) -> Result<Vec<u8>, SourceError> {
    let control = controls
        .iter()
        .find(|control| control.ctype == PAGED_RESULTS);
    let value = control.and_then(|control| control.val.as_deref());
    let Some(value) = value else {
        return Err(SourceError::malformed(
            "a page does not say whether it is the last one",
        ));
    };
    let cookie = ber::parts(ber::element(value)?)?.into_iter().nth(1);
    match cookie.map(ber::octets).transpose()? {
        Some(cookie) if cookie.len() <= COOKIE_OCTETS_MAX => Ok(cookie),
        _ => Err(SourceError::malformed(
            "the cookie of a page is missing or too long",
        )),
    }
}

/// The control of pages.
pub const PAGED_RESULTS: &str = "1.2.840.113556.1.4.319";

#[cfg(test)]
mod tests {
    use super::*;

    fn with_value(value: &[u8]) -> Vec<RawControl> {
        vec![RawControl {
            ctype: PAGED_RESULTS.to_owned(),
            crit: false,
            val: Some(value.to_vec()),
        }]
    }

    #[test]
    fn a_page_is_asked_for() {
        let first = request(1_000, b"");
        assert!(first.crit);
        assert_eq!(first.val.unwrap(), b"\x30\x06\x02\x02\x03\xe8\x04\x00");
        assert_eq!(
            request(5, b"ab").val.unwrap(),
            b"\x30\x07\x02\x01\x05\x04\x02ab"
        );
    }

    #[test]
    fn the_end_of_a_page_says_where_the_next_one_begins() {
        let of = |value: &[u8]| cookie(&with_value(value)).ok();
        assert_eq!(of(b"\x30\x07\x02\x01\x00\x04\x02ab"), Some(b"ab".to_vec()));
        assert_eq!(of(b"\x30\x05\x02\x01\x00\x04\x00"), Some(Vec::new()));
        assert_eq!(of(b"\x30\x03\x02\x01\x00"), None);
        assert_eq!(of(b"\x30\x05\x02\x01\x00\x04"), None);
        assert_eq!(of(b""), None);
        assert!(cookie(&[]).is_err());
    }

    #[test]
    fn a_cookie_is_bounded() {
        let check = |length: usize| {
            let echoed = request(1, &vec![b'c'; length]).val.unwrap();
            cookie(&with_value(&echoed)).is_ok()
        };
        assert!(check(COOKIE_OCTETS_MAX));
        assert!(!check(COOKIE_OCTETS_MAX + 1));
    }
}
