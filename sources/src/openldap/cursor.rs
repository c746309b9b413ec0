//! Where a synchronisation of several bases goes on, as a mirror keeps it.

use super::cookie::Cookie;

/// Where each base stands, and when everything was last read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cursor {
    /// In seconds since 1970.
    pub(super) full_at: u64,
    /// In the order of the bases.
    pub(super) cookies: Vec<Cookie>,
}

impl Cursor {
    /// As text: its form, when everything was read, and a word for each base.
    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{FORM} {}", self.full_at);
        for cookie in &self.cookies {
            text.push(' ');
            text.push_str(&cookie.to_word());
        }
        text
    }

    /// From text; `None`, where it is of another form or for another number of bases.
    pub(super) fn from_text(text: &str, bases: usize) -> Option<Self> {
        let mut words = text.split(' ');
        if words.next() != Some(FORM) {
            return None;
        }
        let full_at = words.next()?.parse().ok()?;
        let cookies: Vec<Cookie> = words.map(Cookie::from_word).collect::<Option<_>>()?;
        (cookies.len() == bases).then_some(Self { full_at, cookies })
    }
}

const FORM: &str = "sync1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_kept_as_text() {
        let cursor = Cursor {
            full_at: 1_795_000_000,
            cookies: vec![Cookie::read(b"rid=000,csn=1#2#3#4"), Cookie::read(b"a b")],
        };
        let text = cursor.to_text();
        assert_eq!(text, "sync1 1795000000 rid=000,csn=1#2#3#4 a%20b");
        assert_eq!(Cursor::from_text(&text, 2), Some(cursor));
        assert_eq!(Cursor::from_text(&text, 1), None);
    }

    #[test]
    fn another_text_is_no_cursor() {
        for text in [
            "",
            "sync1",
            "sync1 x c",
            "sync2 1 c",
            "sync1 1",
            "sync1 1 c d",
            "sync1 1 %",
        ] {
            assert_eq!(Cursor::from_text(text, 1), None, "{text:?}");
        }
    }
}
