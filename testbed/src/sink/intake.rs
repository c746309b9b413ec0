//! DATA as a sink reads it (RFC 5321 §4.5.2): strictly, or by one of the lax rules that made SMTP smuggling possible.

/// What a sink takes for the end of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOfData {
    /// CRLF "." CRLF only.
    CrLf,
    /// A bare LF ends a line too.
    AnyLf,
    /// A bare CR and a bare LF end a line too.
    AnyCrOrLf,
    /// NULs are dropped before anything else is looked at.
    BlindToNul,
}

/// Takes the dots out and finds the end. All other octets are kept as they came, so that a test can look for bare CR, LF
/// and NUL.
#[derive(Debug)]
pub(super) struct Intake {
    rule: EndOfData,
    state: State,
    /// Octets beyond are counted, not kept.
    max: usize,
    content: Vec<u8>,
    octets: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    LineStart,
    /// After a bare CR that ended a line: a LF belongs to it.
    LineStartAfterCr,
    Text,
    Cr,
    Dot,
    DotCr,
    Done,
}

/// How far a push came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    /// The terminator came; so many of the pushed octets belong to the message.
    Done {
        used: usize,
    },
}

impl Intake {
    pub(super) fn new(rule: EndOfData, max: usize) -> Self {
        Self {
            rule,
            state: State::LineStart,
            max,
            content: Vec::new(),
            octets: 0,
        }
    }

    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    pub(super) fn into_content(self) -> Vec<u8> {
        self.content
    }

    pub(super) fn push(&mut self, input: &[u8]) -> Progress {
        let mut at = 0;
        while at < input.len() {
            if self.state == State::Text {
                let rest = &input[at..];
                let plain = rest
                    .iter()
                    .position(|o| matches!(o, b'\r' | b'\n' | 0))
                    .unwrap_or(rest.len());
                self.keep(&rest[..plain]);
                at += plain;
                if at == input.len() {
                    break;
                }
            }
            let taken = self.step(input[at]);
            at += usize::from(taken);
            if self.state == State::Done {
                return Progress::Done { used: at };
            }
        }
        Progress::More
    }

    /// Takes one octet; `false`: it belongs to what comes after the message.
    fn step(&mut self, octet: u8) -> bool {
        if octet == 0 && self.rule == EndOfData::BlindToNul {
            return true;
        }
        self.state = match (self.state, octet) {
            (State::LineStart | State::LineStartAfterCr, b'.') => State::Dot,
            (State::LineStartAfterCr, b'\n') => self.kept(octet, State::LineStart),
            (State::Dot, b'\r') => State::DotCr,
            (State::Dot, b'\n') if self.any_lf() => State::Done,
            (State::DotCr, b'\n') => State::Done,
            (State::DotCr, _) if self.rule == EndOfData::AnyCrOrLf => {
                self.state = State::Done;
                return false;
            }
            (State::DotCr, _) => {
                self.keep(b"\r");
                self.after(State::Cr, octet)
            }
            (state, _) => self.after(state, octet),
        };
        true
    }

    /// The state after an octet that is content.
    fn after(&mut self, state: State, octet: u8) -> State {
        let next = match octet {
            b'\r' if self.rule == EndOfData::AnyCrOrLf => State::LineStartAfterCr,
            b'\r' => State::Cr,
            b'\n' if state == State::Cr || self.any_lf() => State::LineStart,
            _ => State::Text,
        };
        self.kept(octet, next)
    }

    fn kept(&mut self, octet: u8, next: State) -> State {
        self.keep(&[octet]);
        next
    }

    fn keep(&mut self, octets: &[u8]) {
        let room = self
            .max
            .saturating_sub(self.content.len())
            .min(octets.len());
        self.content.extend_from_slice(&octets[..room]);
        self.octets += octets.len();
    }

    fn any_lf(&self) -> bool {
        matches!(self.rule, EndOfData::AnyLf | EndOfData::AnyCrOrLf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Content, and what is left after the terminator; `None`: it did not come.
    fn read(rule: EndOfData, wire: &str, cut: usize) -> Option<(String, String)> {
        let mut intake = Intake::new(rule, 1000);
        let mut start = 0;
        while start < wire.len() {
            let end = (start + cut).min(wire.len());
            if let Progress::Done { used } = intake.push(&wire.as_bytes()[start..end]) {
                let content = String::from_utf8(intake.into_content()).expect("UTF-8");
                return Some((content, wire[start + used..].to_owned()));
            }
            start = end;
        }
        None
    }

    fn check(rule: EndOfData, wire: &str, expected: Option<(&str, &str)>) {
        for cut in 1..=wire.len() {
            let expected = expected.map(|(content, rest)| (content.to_owned(), rest.to_owned()));
            assert_eq!(
                read(rule, wire, cut),
                expected,
                "{rule:?} {wire:?} in pieces of {cut}"
            );
        }
    }

    #[test]
    fn only_crlf_dot_crlf_ends_data_by_the_strict_rule() {
        let strict = |wire: &str, expected| check(EndOfData::CrLf, wire, expected);
        strict(".\r\n", Some(("", "")));
        strict("a\r\n.\r\nQUIT", Some(("a\r\n", "QUIT")));
        strict("..a\r\n.\r\n", Some((".a\r\n", "")));
        strict("...\r\n.\r\n", Some(("..\r\n", "")));
        strict("a\n.\r\n", None);
        strict("a\n.\n", None);
        strict("a\r\n.\n", None);
        strict("a\r.\r\n", None);
        strict("a\r\n.\r\r\n.\r\n", Some(("a\r\n\r\r\n", "")));
        strict("a\r\n\0.\r\n", None);
        strict("a\n.\n\r\n.\r\n", Some(("a\n.\n\r\n", "")));
    }

    #[test]
    fn the_lax_rules_end_earlier() {
        check(EndOfData::AnyLf, "a\n.\nMAIL", Some(("a\n", "MAIL")));
        check(EndOfData::AnyLf, "a\n.\r\nMAIL", Some(("a\n", "MAIL")));
        check(EndOfData::AnyLf, "a\r\n.\nMAIL", Some(("a\r\n", "MAIL")));
        check(EndOfData::AnyLf, "a\r.\r\n", None);
        check(EndOfData::AnyCrOrLf, "a\r.\rMAIL", Some(("a\r", "MAIL")));
        check(EndOfData::AnyCrOrLf, "a\r.\r\nMAIL", Some(("a\r", "MAIL")));
        check(
            EndOfData::AnyCrOrLf,
            "a\r\n.\r\nMAIL",
            Some(("a\r\n", "MAIL")),
        );
        check(
            EndOfData::BlindToNul,
            "a\r\n\0.\0\r\0\nMAIL",
            Some(("a\r\n", "MAIL")),
        );
    }

    #[test]
    fn octets_beyond_the_bound_are_counted_and_not_kept() {
        let check = |content: &str, kept: &str| {
            let mut intake = Intake::new(EndOfData::CrLf, 4);
            let wire = format!("{content}\r\n.\r\n");
            assert_eq!(
                intake.push(wire.as_bytes()),
                Progress::Done { used: wire.len() }
            );
            assert_eq!(intake.octets(), content.len() + 2);
            assert_eq!(intake.into_content(), kept.as_bytes());
        };
        check("ab", "ab\r\n");
        check("abc", "abc\r");
    }
}
