//! The full name of a key: `side.notes.next_hop[0]`.

use std::fmt;

/// A dotted path from the root of the file; the root itself is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct KeyPath(String);

impl KeyPath {
    /// A path given as text, for the checks that look for a value they know.
    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The path of a key within this table.
    pub(crate) fn key(&self, name: &str) -> Self {
        let bare = !name.is_empty()
            && name
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
        let name = if bare {
            name.to_owned()
        } else {
            format!("{name:?}")
        };
        Self(if self.0.is_empty() {
            name
        } else {
            format!("{}.{name}", self.0)
        })
    }

    /// The path of an element of this list.
    pub(crate) fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The table or list this stands in; `None` for the root.
    pub(crate) fn parent(&self) -> Option<Self> {
        if self.0.is_empty() {
            return None;
        }
        let mut quoted = false;
        let mut cut = 0;
        for (at, c) in self.0.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '.' | '[' if !quoted => cut = at,
                _ => {}
            }
        }
        Some(Self(self.0[..cut].to_owned()))
    }

    /// Whether `other` is this path or lies below it.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        match other.0.strip_prefix(&self.0) {
            Some(rest) => self.0.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']),
            None => false,
        }
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> KeyPath {
        KeyPath::default()
            .key("domain")
            .key("contoso.com")
            .key("postmaster")
    }

    #[test]
    fn a_path_is_written_as_in_the_file() {
        assert_eq!(path().to_string(), "domain.\"contoso.com\".postmaster");
        assert_eq!(
            KeyPath::of("listener").index(2).key("name").to_string(),
            "listener[2].name"
        );
    }

    #[test]
    fn parents_respect_quotes() {
        let chain: Vec<String> = std::iter::successors(Some(path()), KeyPath::parent)
            .map(|path| path.to_string())
            .collect();
        assert_eq!(
            chain,
            [
                "domain.\"contoso.com\".postmaster",
                "domain.\"contoso.com\"",
                "domain",
                ""
            ]
        );
    }

    #[test]
    fn a_path_holds_what_lies_below_it_only() {
        let side = KeyPath::of("side.a");
        for (other, expected) in [
            ("side.a", true),
            ("side.a.tls", true),
            ("side.a[0]", true),
            ("side.ab", false),
            ("side", false),
        ] {
            assert_eq!(side.holds(&KeyPath::of(other)), expected, "{other}");
        }
        assert!(KeyPath::default().holds(&side));
    }
}
