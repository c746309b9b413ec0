//! A tag and its attributes.

/// `<name attribute="value">` or `</name>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'h> {
    pub(crate) name: &'h str,
    pub(crate) is_end: bool,
    /// What is between the name and the `>`.
    pub(crate) attributes: &'h str,
}

impl<'h> Tag<'h> {
    /// Reads the tag that begins here, and gives what comes after it; `None`: it does not end.
    pub(crate) fn read(html: &'h str) -> Option<(Self, &'h str)> {
        let inner = html.strip_prefix('<')?;
        let (inner, is_end) = match inner.strip_prefix('/') {
            Some(inner) => (inner, true),
            None => (inner, false),
        };
        let is_name = |c: char| !c.is_ascii_whitespace() && c != '>' && c != '/';
        let name_end = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
        let (name, rest) = inner.split_at(name_end);
        let end = end_of_tag(rest.as_bytes())?;
        let tag = Self {
            name,
            is_end,
            attributes: &rest[..end],
        };
        Some((tag, &rest[end + 1..]))
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The name in lower case; empty, if it is longer than `room`.
    pub(crate) fn lower_name<'r>(&self, room: &'r mut [u8]) -> &'r str {
        let Some(room) = room.get_mut(..self.name.len()) else {
            return "";
        };
        room.copy_from_slice(self.name.as_bytes());
        room.make_ascii_lowercase();
        std::str::from_utf8(room).unwrap_or_default()
    }

    /// The value of an attribute as it is written, without its quotes.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'h str> {
        let mut attributes = Attributes(self.attributes);
        attributes
            .find(|(one, _)| one.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// Names and values, one after another.
pub(crate) struct Attributes<'h>(pub(crate) &'h str);

impl<'h> Iterator for Attributes<'h> {
    type Item = (&'h str, &'h str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self
            .0
            .trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        // An equals sign at the beginning is a part of the name.
        let mut others = rest.char_indices().skip(1);
        let end = others.find(|(_, c)| c.is_ascii_whitespace() || matches!(c, '=' | '/'));
        let (name, rest) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        let after = rest.trim_start();
        let Some(value) = after.strip_prefix('=') else {
            self.0 = rest;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quote {
            Some(quote) => {
                let inner = &value[1..];
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            None => {
                let end = value.find(|c: char| c.is_ascii_whitespace());
                value.split_at(end.unwrap_or(value.len()))
            }
        };
        self.0 = rest;
        Some((name, value))
    }
}

/// Where the `>` is; one within quotes does not count.
fn end_of_tag(octets: &[u8]) -> Option<usize> {
    let mut quote = None;
    let mut after_equals = false;
    for (at, octet) in octets.iter().enumerate() {
        match (quote, octet) {
            (Some(open), octet) if octet == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') if after_equals => quote = Some(octet),
            (None, _) => {}
        }
        if !octet.is_ascii_whitespace() {
            after_equals = *octet == b'=' && quote.is_none();
        }
    }
    // The quote never ends: it was none.
    memchr::memchr(b'>', octets)
}
