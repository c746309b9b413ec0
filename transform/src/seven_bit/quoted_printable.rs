//! Quoted-printable of a text that streams (RFC 2045 §6.7).

/// A line of at most 76 octets, of which the last may be the sign that it goes on.
const LINE: usize = 75;

/// Writes text. What may have to be written otherwise when the line ends waits: a blank, a CR.
#[derive(Debug, Clone, Default)]
pub(super) struct QuotedPrintable {
    column: usize,
    blank: Option<u8>,
    cr: bool,
    out: Vec<u8>,
}

impl QuotedPrintable {
    pub(super) fn push(&mut self, text: &[u8]) -> Vec<u8> {
        self.out.reserve(text.len() + text.len() / 16 + 16);
        let mut rest = text;
        while let Some((&octet, after)) = rest.split_first() {
            let run = match self.blank.is_none() && !self.cr && self.column > 0 {
                true => plain_run(&rest[..rest.len().min(LINE - self.column)]),
                false => 0,
            };
            if run > 0 {
                self.out.extend_from_slice(&rest[..run]);
                self.column += run;
                rest = &rest[run..];
            } else {
                self.octet(octet);
                rest = after;
            }
        }
        std::mem::take(&mut self.out)
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        if let Some(blank) = self.blank.take() {
            match self.cr {
                true => self.literal(blank),
                false => self.escape(blank),
            }
        }
        if self.cr {
            self.escape(b'\r');
        }
        self.out
    }

    fn octet(&mut self, octet: u8) {
        if octet == b'\n' && self.cr {
            // A blank at the end of a line would be lost on the way.
            if let Some(blank) = self.blank.take() {
                self.escape(blank);
            }
            self.out.extend_from_slice(b"\r\n");
            (self.cr, self.column) = (false, 0);
            return;
        }
        if octet == b'\r' && !self.cr {
            self.cr = true;
            return;
        }
        if let Some(blank) = self.blank.take() {
            self.literal(blank);
        }
        if std::mem::take(&mut self.cr) {
            self.escape(b'\r');
        }
        match octet {
            b'\r' => self.cr = true,
            b' ' | b'\t' => self.blank = Some(octet),
            _ if is_plain(octet) => self.literal(octet),
            _ => self.escape(octet),
        }
    }

    fn literal(&mut self, octet: u8) {
        // No line that we begin may look like a delimiter.
        if octet == b'-' && self.column >= LINE {
            self.escape(octet);
            return;
        }
        self.room(1);
        self.out.push(octet);
        self.column += 1;
    }

    fn escape(&mut self, octet: u8) {
        self.room(3);
        push_escape(octet, &mut self.out);
        self.column += 3;
    }

    fn room(&mut self, octets: usize) {
        if self.column + octets > LINE {
            self.out.extend_from_slice(b"=\r\n");
            self.column = 0;
        }
    }
}

/// Octets that stand for themselves wherever they are in a line.
fn plain_run(text: &[u8]) -> usize {
    let end = text.iter().position(|octet| !is_plain(*octet));
    end.unwrap_or(text.len())
}

fn is_plain(octet: u8) -> bool {
    octet.is_ascii_graphic() && octet != b'='
}

/// What is quoted-printable but for some octets that are not ASCII.
pub(super) fn escaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 16);
    for &octet in text {
        match octet.is_ascii() {
            true => out.push(octet),
            false => push_escape(octet, &mut out),
        }
    }
    out
}

fn push_escape(octet: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let [high, low] = [octet >> 4, octet & 15].map(|digit| DIGITS[usize::from(digit)]);
    out.extend_from_slice(&[b'=', high, low]);
}
