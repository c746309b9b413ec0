//! The buttons of a vote: PidLidVerbStream ([MS-OXOMSG] §2.2.1.74).
//!
//! [MS-OXOMSG]: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxomsg/

use tnef_decoder::{CodePage, CodePages};

use crate::limits::VOTING_OPTIONS_MAX;

/// The options to vote for, in their order. What cannot be read is left out.
pub(crate) fn options(stream: &[u8], pages: CodePages) -> Vec<String> {
    let mut reader = Reader(stream);
    read(&mut reader, pages).unwrap_or_default()
}

fn read(reader: &mut Reader<'_>, pages: CodePages) -> Option<Vec<String>> {
    let _version = reader.take(2)?;
    let count = usize::try_from(reader.u32()?).ok()?;
    let mut verbs = Vec::new();
    for _ in 0..count.min(VOTING_OPTIONS_MAX) {
        match verb(reader, pages) {
            Some(verb) => verbs.push(verb),
            None => return Some(only_votes(verbs)),
        }
    }
    // The same names follow in UTF-16, if it is a stream of Outlook 2000 or later.
    let wide = wide_names(reader, verbs.len());
    for ((_, name), wide) in verbs.iter_mut().zip(wide.unwrap_or_default()) {
        *name = wide;
    }
    Some(only_votes(verbs))
}

fn only_votes(verbs: Vec<(bool, String)>) -> Vec<String> {
    let votes = verbs
        .into_iter()
        .filter(|(is_vote, name)| *is_vote && !name.trim().is_empty());
    votes.map(|(_, name)| name).collect()
}

fn verb(reader: &mut Reader<'_>, pages: CodePages) -> Option<(bool, String)> {
    let kind = reader.u32()?;
    let name = pages.text(reader.counted(1)?).into_owned();
    let _class = reader.counted(1)?;
    let _internal = reader.counted(1)?;
    let _name_again = reader.counted(1)?;
    // Seven numbers, one of them of a single octet.
    let _rest = reader.take(4 + 1 + 4 + 4 + 4 + 4 + 4 + 4)?;
    Some((kind == VOTE, name))
}

fn wide_names(reader: &mut Reader<'_>, count: usize) -> Option<Vec<String>> {
    let _version = reader.take(2)?;
    (0..count)
        .map(|_| {
            let name = reader.counted(2)?;
            let _again = reader.counted(2)?;
            Some(CodePage::UTF_16.decode(name).into_owned())
        })
        .collect()
}

struct Reader<'s>(&'s [u8]);

impl<'s> Reader<'s> {
    fn take(&mut self, octets: usize) -> Option<&'s [u8]> {
        let (taken, rest) = self.0.split_at_checked(octets)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(*self.take(4)?.first_chunk()?))
    }

    /// A text after its count of units.
    fn counted(&mut self, unit: usize) -> Option<&'s [u8]> {
        let count = *self.take(1)?.first()?;
        self.take(usize::from(count) * unit)
    }
}

/// VerbType of an option; 2 is a way to answer.
const VOTE: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_takes_nothing_but_what_is_damaged() {
        let pages = CodePages::default();
        assert!(options(b"", pages).is_empty());
        assert!(options(&[2, 1, 0xff, 0xff, 0xff, 0xff], pages).is_empty());
        let mut stream = vec![
            2, 1, 2, 0, 0, 0, 4, 0, 0, 0, 2, b'J', b'a', 0, 0, 2, b'J', b'a',
        ];
        stream.extend([0; 29]);
        assert_eq!(options(&stream, pages), ["Ja"]);
    }

    #[test]
    fn options_are_read_to_their_bound() {
        let found = |count: usize| {
            let mut verb = vec![4, 0, 0, 0, 1, b'x', 0, 0, 1, b'x'];
            verb.extend([0; 29]);
            let mut stream = vec![2, 1, u8::try_from(count).expect("few"), 0, 0, 0];
            (0..count).for_each(|_| stream.extend(&verb));
            options(&stream, CodePages::default()).len()
        };
        assert_eq!(found(VOTING_OPTIONS_MAX), VOTING_OPTIONS_MAX);
        assert_eq!(found(VOTING_OPTIONS_MAX + 1), VOTING_OPTIONS_MAX);
    }
}
