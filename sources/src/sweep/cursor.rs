//! Where the readings of a source without a memory stand.

use super::stamp::Stamp;

/// When everything was last read, and the time of the last change among it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cursor {
    /// In seconds since 1970, by our clock.
    pub(super) full_at: u64,
    /// By the server's clock; `None`: it does not say when its objects changed.
    pub(super) changed: Option<Stamp>,
}

impl Cursor {
    pub(super) fn to_text(self) -> String {
        match self.changed {
            Some(changed) => format!("{FORM} {} {changed}", self.full_at),
            None => format!("{FORM} {}", self.full_at),
        }
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        if words.next() != Some(FORM) {
            return None;
        }
        let full_at = words.next()?.parse().ok()?;
        let changed = match words.next() {
            Some(word) => Some(Stamp::parse(word)?),
            None => None,
        };
        Some(Self { full_at, changed })
    }
}

const FORM: &str = "sweep1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_kept_as_text() {
        for (changed, text) in [
            (Stamp::parse("20261122060000Z"), "sweep1 5 20261122060000Z"),
            (None, "sweep1 5"),
        ] {
            let cursor = Cursor {
                full_at: 5,
                changed,
            };
            assert_eq!(cursor.to_text(), text);
            assert_eq!(Cursor::from_text(text), Some(cursor));
        }
        for text in ["", "sweep1", "sweep1 x", "sync1 5", "sweep1 5 x"] {
            assert_eq!(Cursor::from_text(text), None, "{text:?}");
        }
    }
}
