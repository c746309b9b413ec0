//! Whom a From or Sender field names (RFC 5322 §3.4, RFC 6532), for a reader that does not guess.
//!
//! Mail systems read odd fields differently. What any of them might take for somebody else is not read at all: obsolete
//! forms, groups, quoted local parts, routes, address literals, and texts beside an address that look like another.

use routing::Address;

/// All mailboxes, as they are spelled. `None`: it is no list of mailboxes beyond doubt.
pub(super) fn mailboxes(value: &[u8]) -> Option<Vec<String>> {
    let text = unfolded(std::str::from_utf8(value).ok()?)?;
    let mut reader = Reader(&text);
    let mut mailboxes = Vec::new();
    loop {
        mailboxes.push(reader.mailbox()?);
        if reader.0.is_empty() {
            return Some(mailboxes);
        }
        reader.expect(',')?;
    }
}

/// Without its folds (RFC 5322 §2.2.3). A line of blanks may be the end of the header to others.
fn unfolded(value: &str) -> Option<String> {
    let mut lines = value.split("\r\n");
    let first = lines.next()?;
    let mut text = first.to_owned();
    for line in lines {
        if line.trim_matches([' ', '\t']).is_empty() {
            return None;
        }
        text.push_str(line);
    }
    let is_text = |c: char| c == '\t' || !c.is_control();
    text.chars().all(is_text).then_some(text)
}

struct Reader<'t>(&'t str);

impl<'t> Reader<'t> {
    /// `name <local@domain>` or `local@domain`; what is read is behind it afterwards.
    fn mailbox(&mut self) -> Option<String> {
        self.blanks()?;
        let begin = self.0;
        let is_named = self.name()?;
        if !is_named {
            self.0 = begin;
        }
        let address = self.address()?.to_owned();
        if is_named {
            self.expect('>')?;
        }
        self.blanks()?;
        Some(address)
    }

    /// The words before an angle bracket, and the bracket. False: there is none.
    fn name(&mut self) -> Option<bool> {
        loop {
            match self.0.chars().next() {
                Some('<') => {
                    self.expect('<')?;
                    return Some(true);
                }
                Some('"') => self.quoted()?,
                Some(c) if is_word(c) => {
                    self.take(is_word);
                }
                _ => return Some(false),
            }
            self.blanks()?;
        }
    }

    fn address(&mut self) -> Option<&'t str> {
        let begin = self.0;
        let local = self.take(is_word);
        self.expect('@')?;
        let domain = self.take(is_word);
        let address = &begin[..local.len() + 1 + domain.len()];
        // Somebody may decode a word wherever it stands (RFC 2047 §5 forbids it here).
        if local.contains("=?") {
            return None;
        }
        Address::parse(address).ok()?;
        Some(address)
    }

    /// A quoted word. One that would show an address to a reader that does not know its escapes is none.
    fn quoted(&mut self) -> Option<()> {
        let inside = self.0.strip_prefix('"')?;
        let mut escaped = false;
        let end = inside.char_indices().find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let (content, rest) = inside.split_at(end?.0);
        self.0 = &rest[1..];
        let hides = content.contains('\\') && content.contains(['<', '>', '@', ',']);
        (!hides).then_some(())
    }

    /// Blanks and comments. Of these only what is plain text to everybody.
    fn blanks(&mut self) -> Option<()> {
        loop {
            self.0 = self.0.trim_start_matches([' ', '\t']);
            let Some(inside) = self.0.strip_prefix('(') else {
                return Some(());
            };
            let (content, rest) = inside.split_once(')')?;
            if content.contains(['(', '\\', '"', '<', '>', '@', ',', ':', ';']) {
                return None;
            }
            self.0 = rest;
        }
    }

    fn take(&mut self, is_meant: impl Fn(char) -> bool) -> &'t str {
        let end = self.0.find(|c| !is_meant(c)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        self.0 = self.0.strip_prefix(wanted)?;
        Some(())
    }
}

/// What atoms have, and the dot (RFC 5322 §3.2.3, RFC 6532 §3.2).
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_field_names() {
        let ours = Some(vec!["contoso.com"]);
        for (value, expected) in [
            (" nora@contoso.com", ours.clone()),
            (" <nora@contoso.com>", ours.clone()),
            (" Nora Nord <nora@contoso.com>", ours.clone()),
            (" Dr. N. Nord <Nora@CONTOSO.com>", Some(vec!["CONTOSO.com"])),
            (" \"Nord, Nora\" <nora@contoso.com>\t", ours.clone()),
            (" \"nora@contoso.com\" <nora@contoso.com>", ours.clone()),
            (" \"the \\\"N\\\"\" <nora@contoso.com>", ours.clone()),
            (" nora@contoso.com (Nora Nord)", ours.clone()),
            (" Nora\r\n\tNord\r\n <nora@contoso.com>", ours.clone()),
            (" =?utf-8?q?Nora?= <nora@contoso.com>", ours.clone()),
            (" Jörg <jörg@contoso.com>", ours.clone()),
            (
                " a@contoso.com, B <b@fabrikam.com>",
                Some(vec!["contoso.com", "fabrikam.com"]),
            ),
            (" n@bücher.example", Some(vec!["bücher.example"])),
            // What some would read otherwise.
            ("", None),
            (" ", None),
            (" Nora", None),
            (" <>", None),
            (" <nora>", None),
            (" people: nora@contoso.com;", None),
            (" undisclosed-recipients:;", None),
            (" nora@contoso.com <x@fabrikam.com>", None),
            (" <x@fabrikam.com> nora@contoso.com", None),
            (" <x@fabrikam.com> <nora@contoso.com>", None),
            (" nora@contoso.com,", None),
            (" ,nora@contoso.com", None),
            (" a@contoso.com b@fabrikam.com", None),
            (" a@contoso.com; b@fabrikam.com", None),
            (" <@fabrikam.com:nora@contoso.com>", None),
            (" \"x@fabrikam.com\"@contoso.com", None),
            (" \"a\\\" <x@fabrikam.com>\" <nora@contoso.com>", None),
            (" nora @ contoso.com", None),
            (" nora@contoso.com(x@fabrikam.com)", None),
            (" (a (b) c) nora@contoso.com", None),
            (" (nora@contoso.com", None),
            (" \"Nora <nora@contoso.com>", None),
            (" nora@[192.0.2.1]", None),
            (" =?utf-8?q?x?=@contoso.com", None),
            (" =?utf-8?q?nora@contoso.com?=", None),
            (" nora@contoso.com\r\n \r\n", None),
            (" Nora\u{7} <nora@contoso.com>", None),
            (" Nora\n <nora@contoso.com>", None),
            (" Nora\u{85}<nora@contoso.com>", None),
            (" nora@contoso.com.", None),
            (" nora@contoso..com", None),
            (" .nora@contoso.com", None),
        ] {
            let found = mailboxes(value.as_bytes());
            let domain = |one: &String| one.rsplit('@').next().map(str::to_owned);
            let found: Option<Vec<String>> =
                found.map(|all| all.iter().filter_map(domain).collect());
            let found: Option<Vec<&str>> = found
                .as_ref()
                .map(|all| all.iter().map(|one| &**one).collect());
            assert_eq!(found, expected, "{value:?}");
        }
        assert_eq!(mailboxes(b" N\xfcrnberg <nora@contoso.com>"), None);
    }
}
