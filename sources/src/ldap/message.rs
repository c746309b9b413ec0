//! Where one message ends and the next begins (RFC 4511 §4.1.1, X.690 §8.1.3).
//!
//! Each message is a SEQUENCE of definite length. What is longer than the bound, or no such thing, ends the connection
//! before anybody makes room for it.

use crate::limits::MESSAGE_OCTETS_MAX;

/// Follows the octets of a stream of messages, however they are cut.
#[derive(Debug, Default)]
pub(super) struct Messages {
    state: State,
}

/// Why a stream is no stream of messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unfit {
    /// It does not begin as a message does.
    NotLdap,
    /// It says it is longer than the bound.
    TooLong,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Tag,
    Length,
    /// So many octets of the length are to come, after what they were so far.
    LongLength(u8, usize),
    /// So many octets of the message are to come.
    Content(usize),
}

impl Messages {
    /// Takes the next octets.
    pub(super) fn follow(&mut self, mut octets: &[u8]) -> Result<(), Unfit> {
        while let [first, rest @ ..] = octets {
            octets = rest;
            self.state = match self.state {
                State::Tag if *first == SEQUENCE => State::Length,
                State::Tag => return Err(Unfit::NotLdap),
                State::Length if *first < 0x80 => State::content(usize::from(*first))?,
                State::Length if matches!(*first, 0x81..=0x88) => {
                    State::LongLength(*first & 0x7f, 0)
                }
                State::Length => return Err(Unfit::NotLdap),
                State::LongLength(left, length) => {
                    let length =
                        length.checked_mul(256).ok_or(Unfit::TooLong)? + usize::from(*first);
                    match left {
                        1 => State::content(length)?,
                        left => State::LongLength(left - 1, length),
                    }
                }
                State::Content(left) => {
                    let skipped = rest.len().min(left - 1);
                    octets = &rest[skipped..];
                    State::after(left - 1 - skipped)
                }
            };
        }
        Ok(())
    }

    /// Whether the last message is whole.
    pub(super) fn is_between(&self) -> bool {
        matches!(self.state, State::Tag)
    }
}

impl State {
    fn content(length: usize) -> Result<Self, Unfit> {
        match length {
            0 => Err(Unfit::NotLdap),
            _ if length > MESSAGE_OCTETS_MAX => Err(Unfit::TooLong),
            _ => Ok(Self::Content(length)),
        }
    }

    fn after(left: usize) -> Self {
        match left {
            0 => Self::Tag,
            left => Self::Content(left),
        }
    }
}

const SEQUENCE: u8 = 0x30;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(octets: &[u8], expected: Result<bool, Unfit>) {
        for cut in 0..=octets.len() {
            let mut messages = Messages::default();
            let followed = messages
                .follow(&octets[..cut])
                .and_then(|()| messages.follow(&octets[cut..]));
            assert_eq!(
                followed.map(|()| messages.is_between()),
                expected,
                "{octets:x?} at {cut}"
            );
        }
    }

    #[test]
    fn messages_are_followed_however_they_are_cut() {
        check(&[], Ok(true));
        check(&[0x30, 2, 0xff, 0x30], Ok(true));
        check(&[0x30, 2, 0xff], Ok(false));
        check(
            &[0x30, 1, 0, 0x30, 0x81, 2, 0, 0, 0x30, 0x82, 0, 1, 7],
            Ok(true),
        );
        check(&[0x30, 0x84, 0, 0, 0], Ok(false));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        check(b"HTTP/1.1 400", Err(Unfit::NotLdap));
        check(&[0x30, 0], Err(Unfit::NotLdap));
        check(&[0x30, 0x80, 1, 1], Err(Unfit::NotLdap)); // of indefinite length
        check(&[0x30, 1, 0, 0x16, 3], Err(Unfit::NotLdap));
    }

    #[test]
    fn a_message_is_bounded() {
        let header = |length: usize| {
            let mut header = vec![0x30, 0x88];
            header.extend((length as u64).to_be_bytes());
            header
        };
        check(&header(MESSAGE_OCTETS_MAX), Ok(false));
        check(&header(MESSAGE_OCTETS_MAX + 1), Err(Unfit::TooLong));
        check(
            &[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255],
            Err(Unfit::TooLong),
        );
    }
}
