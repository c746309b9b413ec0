//! Taking command lines from the stream.

use bytes::BytesMut;
use memchr::memchr2;

use crate::limits::{
    COMMAND_FLOOD_OCTETS_MAX, COMMAND_LINE_OCTETS_MAX, MAIL_PARAMETERS_OCTETS_MAX,
    RCPT_PARAMETERS_OCTETS_MAX,
};

/// Finds line ends, looking at each octet once; keeps nothing of a line that is too long.
#[derive(Debug, Default)]
pub(crate) struct CommandReader {
    scanned: usize,
    dropped: usize,
}

/// Why there is no line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LineError {
    /// A line was dropped; the next one may be well.
    TooLong,
    /// A CR or LF that is no part of a CRLF. Whoever reads it as a line end sees other commands than we do: give up.
    BareNewline,
    /// No line end in sight, or none that helps: give up.
    Flood,
}

impl CommandReader {
    /// The next line without its CRLF.
    pub(crate) fn next(&mut self, input: &mut BytesMut) -> Result<Option<BytesMut>, LineError> {
        let fresh = input.get(self.scanned..).unwrap_or_default();
        let found = memchr2(b'\r', b'\n', fresh).map(|at| self.scanned + at);
        self.scanned = found.unwrap_or(input.len());
        match found {
            Some(end) => match &input[end..] {
                [b'\r', b'\n', ..] => self.line(input, end),
                [b'\r'] => Ok(None),
                _ => Err(LineError::BareNewline),
            },
            None => self.unfinished(input),
        }
    }

    fn line(&mut self, input: &mut BytesMut, end: usize) -> Result<Option<BytesMut>, LineError> {
        let mut line = input.split_to(end + 2);
        let octets = self.dropped + line.len();
        *self = Self::default();
        let hopeless = octets > COMMAND_FLOOD_OCTETS_MAX || is_bdat(&line);
        match octets > OCTETS_MAX {
            true if hopeless => Err(LineError::Flood),
            true => Err(LineError::TooLong),
            false => {
                line.truncate(end);
                Ok(Some(line))
            }
        }
    }

    fn unfinished(&mut self, input: &mut BytesMut) -> Result<Option<BytesMut>, LineError> {
        if self.dropped == 0 && input.len() >= OCTETS_MAX && is_bdat(input) {
            return Err(LineError::Flood);
        }
        if input.len() >= OCTETS_MAX || self.dropped > 0 {
            self.dropped += input.len();
            self.scanned = 0;
            input.clear();
        }
        match self.dropped >= COMMAND_FLOOD_OCTETS_MAX {
            true => Err(LineError::Flood),
            false => Ok(None),
        }
    }
}

/// Octets that follow a BDAT must not be taken for commands, and this one does not say how many there are.
fn is_bdat(line: &[u8]) -> bool {
    line.get(..4)
        .is_some_and(|verb| verb.eq_ignore_ascii_case(b"BDAT"))
}

/// The longest of all commands; [`super::parse`] knows how long each may be.
const OCTETS_MAX: usize = COMMAND_LINE_OCTETS_MAX
    + match MAIL_PARAMETERS_OCTETS_MAX > RCPT_PARAMETERS_OCTETS_MAX {
        true => MAIL_PARAMETERS_OCTETS_MAX,
        false => RCPT_PARAMETERS_OCTETS_MAX,
    };

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines and errors of a stream that comes in pieces of a given size.
    fn read(wire: &[u8], piece: usize) -> Vec<Result<String, LineError>> {
        let (mut reader, mut input) = (CommandReader::default(), BytesMut::new());
        let mut found = Vec::new();
        for octets in wire.chunks(piece) {
            input.extend_from_slice(octets);
            loop {
                match reader.next(&mut input) {
                    Ok(Some(line)) => found.push(Ok(String::from_utf8_lossy(&line).into())),
                    Ok(None) => break,
                    Err(LineError::TooLong) => found.push(Err(LineError::TooLong)),
                    Err(error) => {
                        found.push(Err(error));
                        return found;
                    }
                }
            }
            assert!(
                input.len() < OCTETS_MAX + piece,
                "the reader lets lines pile up"
            );
        }
        found
    }

    #[test]
    fn lines_do_not_depend_on_how_they_arrive() {
        let check = |wire: &str, expected: &[Result<&str, LineError>]| {
            for piece in [1, 2, 3, 7, 1000, 1 << 20] {
                let found = read(wire.as_bytes(), piece);
                let expected: Vec<_> = expected.iter().map(|e| e.map(str::to_owned)).collect();
                assert_eq!(found, expected, "{wire:.40?} in pieces of {piece}");
            }
        };
        let line = |octets: usize| "x".repeat(octets - 2);
        let wire = |octets: usize| line(octets) + "\r\nNOOP\r\n";
        check("NOOP\r\nQUIT\r\n", &[Ok("NOOP"), Ok("QUIT")]);
        check("\r\n", &[Ok("")]);
        check("NOOP\r", &[]);
        check("NOOP\nQUIT\r\n", &[Err(LineError::BareNewline)]);
        check("NOOP\rQUIT\r\n", &[Err(LineError::BareNewline)]);
        check("NOOP\r\r\n", &[Err(LineError::BareNewline)]);
        check(
            "NOOP\r\n\nQUIT\r\n",
            &[Ok("NOOP"), Err(LineError::BareNewline)],
        );
        check(&wire(OCTETS_MAX), &[Ok(&line(OCTETS_MAX)), Ok("NOOP")]);
        check(
            &wire(OCTETS_MAX + 1),
            &[Err(LineError::TooLong), Ok("NOOP")],
        );
        check(
            &wire(COMMAND_FLOOD_OCTETS_MAX),
            &[Err(LineError::TooLong), Ok("NOOP")],
        );
        check(
            &wire(COMMAND_FLOOD_OCTETS_MAX + 1),
            &[Err(LineError::Flood)],
        );
        check(
            &line(10 * COMMAND_FLOOD_OCTETS_MAX),
            &[Err(LineError::Flood)],
        );
        let bdat = format!("Bdat 1{}\r\nNOOP\r\n", " ".repeat(OCTETS_MAX));
        check(&bdat, &[Err(LineError::Flood)]);
        check(&(line(5000) + "\nQUIT\r\n"), &[Err(LineError::BareNewline)]);
    }
}
