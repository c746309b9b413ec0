//! Where a message came from, as the Received field of the host says that took it (RFC 5321 §4.4).
//!
//! The client chooses some of that text itself: its name in EHLO, what DNS calls it, names in its certificate. So only forms
//! of known mail systems are read, of each only the place where that system writes the address that it saw, and a field
//! that fits none of them says nothing.

use std::net::IpAddr;

/// The from-clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct From {
    pub(super) client: IpAddr,
    /// Its name in HELO or EHLO; empty: it is not told.
    pub(super) helo: String,
}

impl From {
    /// Reads the value of a Received field. `None`: it does not tell beyond doubt.
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let words = words(text)?;
        let (Word::Plain(from), rest) = words.split_first()? else {
            return None;
        };
        from.eq_ignore_ascii_case("from").then_some(())?;
        let (Word::Plain(name), rest) = rest.split_first()? else {
            return None;
        };
        let is_by =
            |word: &Word<'_>| matches!(word, Word::Plain(by) if by.eq_ignore_ascii_case("by"));
        // A second one, or a word before it, was written by somebody else.
        if rest.iter().filter(|word| is_by(word)).count() != 1 {
            return None;
        }
        let clause: Vec<&str> = rest
            .iter()
            .take_while(|word| !is_by(word))
            .map(|word| match word {
                Word::Comment(text) => Some(*text),
                Word::Plain(_) => None,
            })
            .collect::<Option<_>>()?;
        Self::of(name, &clause)
    }

    fn of(name: &str, comments: &[&str]) -> Option<Self> {
        let host = |text: &str| text.trim_matches(['[', ']']).to_owned();
        let mut helo = (!name.eq_ignore_ascii_case("unknown")).then(|| name.to_owned());
        for comment in comments {
            let (seen, said) = greeting(comment);
            if let Some(said) = said {
                helo = Some(host(said));
            }
            if seen.is_empty() {
                continue; // it tells the name only
            }
            let client = address(seen)?;
            let helo = helo.unwrap_or_default();
            return Some(Self { client, helo });
        }
        // Exim, of a client without a name in DNS: `from [192.0.2.1] (helo=client.example)`.
        let told_apart = comments.first().is_some_and(|one| one.starts_with("helo="));
        let client = told_apart.then(|| bracketed(name)).flatten()?;
        let helo = helo.unwrap_or_default();
        Some(Self { client, helo })
    }
}

/// What a comment says besides the client's greeting, and that: `[192.0.2.1] helo=name` (Exim), `HELO name` (qmail).
fn greeting(comment: &str) -> (&str, Option<&str>) {
    let first = |text: &'_ str| text.split([' ', '\t']).next().unwrap_or("").len();
    for mark in ["HELO ", "EHLO "] {
        if let Some(said) = comment.strip_prefix(mark) {
            return ("", Some(&said[..first(said)]));
        }
    }
    if let Some(said) = comment.strip_prefix("helo=") {
        return ("", Some(&said[..first(said)]));
    }
    match comment.split_once(" helo=") {
        Some((seen, said)) => (seen.trim(), Some(&said[..first(said)])),
        None => (comment.trim(), None),
    }
}

/// The address in TCP-info: alone, in brackets alone, or in brackets behind the name that DNS has for it.
fn address(seen: &str) -> Option<IpAddr> {
    if let Ok(alone) = seen.parse::<IpAddr>() {
        return Some(alone.to_canonical()); // Exchange, qmail
    }
    if seen.contains('"') {
        return None; // no name that DNS has
    }
    let mut words = seen.split([' ', '\t']).filter(|word| !word.is_empty());
    let first = words.next()?;
    let (literal, rest) = match first.starts_with('[') {
        true => (first, words.next()),
        false => (words.next()?, words.next()),
    };
    // Exim adds the port: `([192.0.2.1]:2525)`, `([192.0.2.1] port=2525)`.
    let is_port = |word: &str| {
        let digits = word.strip_prefix("port=");
        digits.is_some_and(|digits| digits.bytes().all(|one| one.is_ascii_digit()))
    };
    if rest.is_some_and(|word| !is_port(word)) || words.next().is_some() {
        return None;
    }
    let end = literal.find(']')? + 1;
    let (literal, port) = literal.split_at(end);
    let is_end = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.bytes().all(|one| one.is_ascii_digit()));
    is_end.then(|| bracketed(literal)).flatten()
}

/// `[192.0.2.1]`, `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3), and `[2001:db8::1]` as many write it.
fn bracketed(literal: &str) -> Option<IpAddr> {
    let inside = literal.strip_prefix('[')?.strip_suffix(']')?;
    let tagged = inside
        .get(..5)
        .is_some_and(|tag| tag.eq_ignore_ascii_case("IPv6:"));
    let inside = if tagged { &inside[5..] } else { inside };
    inside.parse::<IpAddr>().ok().map(|one| one.to_canonical())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word<'t> {
    Plain(&'t str),
    /// Without its parentheses, and without comments within it.
    Comment(&'t str),
}

/// Words and comments up to the semicolon before the date. `None`: parentheses that do not close, or text that runs into
/// them.
fn words(text: &str) -> Option<Vec<Word<'_>>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches(BLANKS);
    while !rest.is_empty() && !rest.starts_with(';') && words.len() < WORDS_MAX {
        let end = match rest.starts_with('(') {
            true => {
                let end = comment_end(rest)?;
                let inside = &rest[1..end - 1];
                // `(name [192.0.2.1] (may be forged))`: what sendmail adds says nothing of the address.
                let own = inside.split('(').next().unwrap_or("");
                words.push(Word::Comment(own.trim_matches(BLANKS)));
                end
            }
            false => {
                let end = rest.find(|c| BLANKS.contains(&c) || "();".contains(c));
                let end = end.unwrap_or(rest.len());
                words.push(Word::Plain(&rest[..end]));
                end
            }
        };
        rest = &rest[end..];
        if !(rest.is_empty() || rest.starts_with(BLANKS) || rest.starts_with(';')) {
            return None;
        }
        rest = rest.trim_start_matches(BLANKS);
    }
    Some(words)
}

fn comment_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(at + 1),
            ')' => depth -= 1,
            '\\' => return None, // no system writes it where the address stands
            _ => {}
        }
    }
    None
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// No from-clause has nearly so many.
const WORDS_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(value: &str, expected: Option<(&str, &str)>) {
        let found = From::parse(value.as_bytes());
        let found = found.map(|from| (from.client.to_string(), from.helo));
        let expected = expected.map(|(client, helo)| (client.to_owned(), helo.to_owned()));
        assert_eq!(found, expected, "{value:?}");
    }

    #[test]
    fn every_known_system_is_understood() {
        let postfix = Some(("192.0.2.1", "client.example.net"));
        for value in [
            // Postfix
            " from client.example.net (client.example.net [192.0.2.1])\r\n\tby filter.example (Postfix) with ESMTP id 1\r\n\tfor <nora@contoso.com>; Thu, 1 Jan 1970 00:00:00 +0000",
            " from client.example.net (unknown [192.0.2.1])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n\t key-exchange X25519)\r\n\t(Client CN \"x [198.51.100.9]\", Issuer x (verified OK))\r\n\tby filter.example (Postfix) with ESMTPS id 1; x",
            // Sendmail
            " from client.example.net (host.example.net [192.0.2.1] (may be forged))\r\n\tby filter.example (8.17.1/8.17.1) with ESMTP id x; y",
            // Exim
            " from client.example.net ([192.0.2.1])\r\n\tby filter.example with esmtp (Exim 4.96)\r\n\tid 1; y",
            " from host.example.net ([192.0.2.1] helo=client.example.net) by filter.example with esmtps (TLS1.3) tls x (Exim 4.96) id 1; y",
            " from [192.0.2.1] (helo=client.example.net) by filter.example with esmtp (Exim 4.96) id 1; y",
            " from host.example.net ([192.0.2.1]:2525 helo=client.example.net) by filter.example with smtp; y",
            " from host.example.net ([192.0.2.1] port=2525 helo=client.example.net) by filter.example with smtp; y",
            // Exchange
            " from client.example.net (192.0.2.1) by filter.example (10.0.0.5) with Microsoft SMTP Server (version=TLS1_2, cipher=x) id 15.2; y",
            // qmail
            " from unknown (HELO client.example.net) (192.0.2.1) by filter.example with SMTP; y",
            // this gateway
            " from client.example.net ([192.0.2.1])\r\n\t(using TLSv1.3 with cipher x)\r\n\tby filter.example (twinmx) with ESMTPS id 1.1; y",
        ] {
            check(value, postfix);
        }
        check(
            " from a.example (a.example [IPv6:2001:db8::1]) by filter.example with ESMTP; y",
            Some(("2001:db8::1", "a.example")),
        );
        check(
            " from a.example (2001:db8::1) by filter.example with x; y",
            Some(("2001:db8::1", "a.example")),
        );
        check(
            " from a.example (a.example [IPv6:::ffff:192.0.2.1]) by filter.example; y",
            Some(("192.0.2.1", "a.example")),
        );
        check(
            " from unknown (unknown [192.0.2.1]) by x; y",
            Some(("192.0.2.1", "")),
        );
    }

    #[test]
    fn what_the_client_chose_is_no_address() {
        // The name in EHLO is an address literal, or looks like a clause.
        check(
            " from [198.51.100.9] (real.example [192.0.2.1]) by x; y",
            Some(("192.0.2.1", "[198.51.100.9]")),
        );
        check(
            " from a.example ([192.0.2.1] helo=[198.51.100.9]) by x; y",
            Some(("192.0.2.1", "198.51.100.9")),
        );
        check(
            " from unknown (HELO [198.51.100.9]) (192.0.2.1) by x; y",
            Some(("192.0.2.1", "198.51.100.9")),
        );
        for forged in [
            " from [198.51.100.9] by x; y",
            " from a.example by x; y",
            " from ([198.51.100.9]) by x; y",
            " from evil ([198.51.100.9]) by x (real [192.0.2.1]) by filter.example; y",
            " from a b ([198.51.100.9]) by x; y",
            " from a.example ([198.51.100.9] [192.0.2.1]) by x; y",
            " from a.example (b [198.51.100.9] c [192.0.2.1]) by x; y",
            " from a.example (\"b\" [198.51.100.9]) by x; y",
            " from a.example (b\\) [198.51.100.9]) by x; y",
            " from a.example (b [198.51.100.9] by x; y",
            " from a.example(b [198.51.100.9]) by x; y",
            " from a.example (b [198.51.100.999]) by x; y",
            " from a.example (b 198.51.100.9) by x; y",
            " from a.example (b [198.51.100.9]x) by x; y",
            " by x with local; y",
            " (from a.example [198.51.100.9]) by x; y",
            " from a.example (b [198.51.100.9])",
            "",
        ] {
            check(forged, None);
        }
    }

    proptest! {
        #[test]
        fn a_name_in_ehlo_moves_no_address(name in "[!-~]{1,30}") {
            let value = format!(" from {name} (real.example [192.0.2.1]) by filter.example with ESMTP; y");
            if let Some(from) = From::parse(value.as_bytes()) {
                prop_assert_eq!(from.client.to_string(), "192.0.2.1", "{}", value);
            }
        }

        #[test]
        fn any_text_is_read(text in "[ -~\r\n\t\u{fc}]{0,200}") {
            let _ = From::parse(text.as_bytes());
        }
    }
}
