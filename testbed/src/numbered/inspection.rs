//! What a receiver makes of a numbered message while it arrives.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{DIGITS, FIELD, LINE, LINES, PATTERN, closing};
use crate::limits;

/// A message that has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Its number; `None`: it has none.
    pub number: Option<u64>,
    /// Below the trace fields every octet is as it was sent.
    pub intact: bool,
}

/// Looks at messages one after the other, in whatever pieces they come.
#[derive(Debug)]
pub struct Inspection {
    state: State,
}

/// What is searched for in a header.
#[derive(Debug)]
struct Marks {
    end_of_head: Finder<'static>,
    end_of_data: Finder<'static>,
    field: Finder<'static>,
}

#[derive(Debug)]
enum State {
    /// So many octets of the header were searched in vain.
    Head {
        searched: usize,
    },
    Body(Body),
    /// It is not what was sent: only its end is of interest.
    Astray {
        number: Option<u64>,
        end: End,
    },
}

/// What follows the header if nothing is damaged, and how much of it has come.
#[derive(Debug)]
struct Body {
    number: u64,
    lines: usize,
    at: usize,
    closing: [u8; DIGITS + 5],
}

static MARKS: LazyLock<Marks> = LazyLock::new(|| Marks {
    end_of_head: Finder::new(b"\r\n\r\n"),
    end_of_data: Finder::new(b"\r\n.\r\n"),
    field: Finder::new(FIELD),
});

impl Default for Inspection {
    fn default() -> Self {
        Self::new()
    }
}

impl Inspection {
    /// Ready for the first message.
    pub fn new() -> Self {
        Self {
            state: State::Head { searched: 0 },
        }
    }

    /// Takes what there is of the message; how many octets of `input` are done with, and the message if that was its
    /// end. The rest is to be shown again, with more behind it. Octets behind the end are left alone.
    pub fn take(&mut self, input: &[u8]) -> (usize, Option<Arrival>) {
        let mut used = 0;
        loop {
            let rest = &input[used..];
            let step = match &mut self.state {
                State::Head { searched } => match MARKS.head(rest, searched) {
                    Some((octets, next)) => Step::Next(octets, next),
                    None => Step::Wait(0),
                },
                State::Body(body) => body.take(rest),
                State::Astray { number, end } => match end.find(rest) {
                    Some(octets) => Step::Arrived(octets, *number, false),
                    None => Step::Wait(rest.len()),
                },
            };
            match step {
                Step::Wait(octets) => return (used + octets, None),
                Step::Next(octets, state) => {
                    used += octets;
                    self.state = state;
                }
                Step::Arrived(octets, number, intact) => {
                    self.state = State::Head { searched: 0 };
                    return (used + octets, Some(Arrival { number, intact }));
                }
            }
        }
    }
}

enum Step {
    Wait(usize),
    Next(usize, State),
    Arrived(usize, Option<u64>, bool),
}

impl Marks {
    /// Finds the end of the header and the number in it.
    fn head(&self, input: &[u8], searched: &mut usize) -> Option<(usize, State)> {
        let found = self.end_of_head.find(&input[*searched..]);
        let header = match found {
            Some(at) => &input[..*searched + at + 4],
            None => input,
        };
        // Its end comes first: it has no empty line.
        let ended = header.starts_with(b".\r\n") || self.end_of_data.find(header).is_some();
        if ended || (found.is_none() && input.len() >= limits::NUMBERED_HEADER_MAX) {
            return Some((0, State::astray(None)));
        }
        if found.is_none() {
            *searched = input.len().saturating_sub(3);
            return None;
        }
        let state = match self.number(header) {
            Some((number, lines)) if lines % LINE == 0 => State::Body(Body {
                number,
                lines,
                at: 0,
                closing: closing(number),
            }),
            other => State::astray(other.map(|(number, _)| number)),
        };
        Some((header.len(), state))
    }

    /// The number and the octets of the lines that the header announces.
    fn number(&self, header: &[u8]) -> Option<(u64, usize)> {
        let value = &header[self.field.find(header)? + FIELD.len() + 2..];
        let number = digits(value.get(..DIGITS)?)?;
        let body = digits(value.get(DIGITS + 1..2 * DIGITS + 1)?)?;
        let lines = usize::try_from(body).ok()?.checked_sub(DIGITS + 2)?;
        Some((number, lines))
    }
}

impl State {
    /// At the begin of a line.
    fn astray(number: Option<u64>) -> Self {
        let end = End { matched: 2 };
        Self::Astray { number, end }
    }
}

fn digits(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

impl Body {
    fn take(&mut self, input: &[u8]) -> Step {
        let mut used = 0;
        while used < input.len() {
            let expected = self.expected();
            let octets = expected.len().min(input.len() - used);
            if expected[..octets] != input[used..used + octets] {
                let (number, end) = (Some(self.number), self.end());
                return Step::Next(used, State::Astray { number, end });
            }
            used += octets;
            self.at += octets;
            if self.at == self.lines + self.closing.len() {
                return Step::Arrived(used, Some(self.number), true);
            }
        }
        Step::Wait(used)
    }

    /// What comes next, as far as it lies in one piece.
    fn expected(&self) -> &[u8] {
        match self.lines.checked_sub(self.at) {
            None | Some(0) => &self.closing[self.at - self.lines..],
            Some(left) => {
                let phase = self.at % (LINES * LINE);
                let pattern = &PATTERN[phase..];
                &pattern[..left.min(pattern.len())]
            }
        }
    }

    /// How much of an end of data stands just before this place.
    fn end(&self) -> End {
        let since_begin_of_line = match self.at.checked_sub(self.lines) {
            Some(octets) => &self.closing[..octets],
            None => {
                let phase = self.at % (LINES * LINE);
                &PATTERN[phase - phase % LINE..phase]
            }
        };
        let mut end = End { matched: 2 };
        _ = end.find(since_begin_of_line);
        end
    }
}

/// Looks for CRLF "." CRLF octet by octet; only damaged messages come here.
#[derive(Debug)]
struct End {
    matched: usize,
}

impl End {
    /// The octets up to the end of data, with it.
    fn find(&mut self, input: &[u8]) -> Option<usize> {
        const MARK: &[u8] = b"\r\n.\r\n";
        for (at, &octet) in input.iter().enumerate() {
            self.matched = match octet {
                _ if octet == MARK[self.matched] => self.matched + 1,
                b'\r' => 1,
                _ => 0,
            };
            if self.matched == MARK.len() {
                return Some(at + 1);
            }
        }
        None
    }
}
