//! The hash of a body, piece by piece, in one of the two canonical forms (RFC 6376 §3.4.3, §3.4.4).
//!
//! Invariant: the hash does not depend on where the body is cut.

use aws_lc_rs::digest::{Context, SHA256};

/// Which octets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// All but empty lines at the end.
    Simple,
    /// Neither blanks at the end of a line; a run of blanks counts as one.
    Relaxed,
}

/// See the module's text.
#[derive(Clone)]
pub(crate) struct BodyHash {
    form: Form,
    sha256: Context,
    /// Line ends that have come and count only if something follows.
    line_ends: u64,
    /// A CR has come; its LF has not.
    after_cr: bool,
    /// Blanks have come that count only if something follows in their line.
    blank: bool,
    is_empty: bool,
}

impl std::fmt::Debug for BodyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BodyHash({:?})", self.form)
    }
}

impl BodyHash {
    pub(crate) fn new(form: Form) -> Self {
        Self {
            form,
            sha256: Context::new(&SHA256),
            line_ends: 0,
            after_cr: false,
            blank: false,
            is_empty: true,
        }
    }

    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// What comes next of the body.
    pub(crate) fn take(&mut self, mut octets: &[u8]) {
        while let Some(&first) = octets.first() {
            match first {
                b'\n' => {
                    (self.after_cr, self.blank) = (false, false);
                    self.line_ends += 1;
                    octets = &octets[1..];
                    continue;
                }
                // No message that we take has a CR without its LF; should there be one, it is text.
                _ if self.after_cr => {
                    self.after_cr = false;
                    self.put(b"\r");
                    continue;
                }
                b'\r' => self.after_cr = true,
                b' ' | b'\t' if self.form == Form::Relaxed => self.blank = true,
                _ => {
                    let end = octets.iter().position(|octet| self.ends_run(*octet));
                    let (run, rest) = octets.split_at(end.unwrap_or(octets.len()));
                    self.put(run);
                    octets = rest;
                    continue;
                }
            }
            octets = &octets[1..];
        }
    }

    /// The hash of all of it.
    pub(crate) fn finish(mut self) -> [u8; 32] {
        if self.after_cr {
            self.put(b"\r");
        }
        // An empty body is one line end in the simple form (RFC 6376 §3.4.3), and nothing in the relaxed one (§3.4.4).
        if self.form == Form::Simple || !self.is_empty {
            self.sha256.update(b"\r\n");
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(self.sha256.finish().as_ref());
        hash
    }

    fn ends_run(&self, octet: u8) -> bool {
        match self.form {
            Form::Simple => matches!(octet, b'\r' | b'\n'),
            Form::Relaxed => matches!(octet, b'\r' | b'\n' | b' ' | b'\t'),
        }
    }

    fn put(&mut self, text: &[u8]) {
        while self.line_ends > 0 {
            let now = self.line_ends.min((LINE_ENDS.len() / 2) as u64);
            self.sha256.update(&LINE_ENDS[..now as usize * 2]);
            self.line_ends -= now;
        }
        if std::mem::take(&mut self.blank) {
            self.sha256.update(b" ");
        }
        self.sha256.update(text);
        self.is_empty = false;
    }
}

const LINE_ENDS: &[u8] = &{
    let mut ends = [b'\r'; 128];
    let mut at = 1;
    while at < ends.len() {
        ends[at] = b'\n';
        at += 2;
    }
    ends
};

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::digest;
    use proptest::prelude::*;

    use super::*;

    fn hash(form: Form, body: &[u8], piece: usize) -> [u8; 32] {
        let mut hash = BodyHash::new(form);
        body.chunks(piece.max(1)).for_each(|piece| hash.take(piece));
        hash.finish()
    }

    fn check(form: Form, body: &str, canonical: &str) {
        let expected = digest(&SHA256, canonical.as_bytes());
        for piece in 1..=body.len().max(1) {
            assert_eq!(
                hash(form, body.as_bytes(), piece),
                expected.as_ref(),
                "{form:?} of {body:?} in pieces of {piece}"
            );
        }
    }

    #[test]
    fn canonical_forms() {
        use Form::{Relaxed, Simple};
        // RFC 6376 §3.4.5
        check(Relaxed, " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n");
        check(Simple, " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n");
        for (body, relaxed, simple) in [
            ("", "", "\r\n"),
            ("\r\n", "", "\r\n"),
            ("\r\n\r\n\r\n", "", "\r\n"),
            (" \t\r\n", "", " \t\r\n"),
            ("x", "x\r\n", "x\r\n"),
            ("x \t", "x\r\n", "x \t\r\n"),
            ("x\r\n \r\n\t\r\n", "x\r\n", "x\r\n \r\n\t\r\n"),
            ("x\r\n\r\n \r\n\r\n", "x\r\n", "x\r\n\r\n \r\n"),
            ("x\r\n \r\ny\r\n", "x\r\n\r\ny\r\n", "x\r\n \r\ny\r\n"),
            ("\r\n\r\nx\r\n", "\r\n\r\nx\r\n", "\r\n\r\nx\r\n"),
            ("\t x\ty  z \r\n", " x y z\r\n", "\t x\ty  z \r\n"),
        ] {
            check(Relaxed, body, relaxed);
            check(Simple, body, simple);
        }
    }

    #[test]
    fn more_line_ends_than_are_put_at_once() {
        let body = format!("x{}y\r\n", "\r\n".repeat(LINE_ENDS.len()));
        check(Form::Relaxed, &body, &body);
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(body in "[ax \t\r\n]{0,60}", piece in 1_usize..9) {
            for form in [Form::Relaxed, Form::Simple] {
                let whole = hash(form, body.as_bytes(), usize::MAX);
                prop_assert_eq!(hash(form, body.as_bytes(), piece), whole);
            }
        }
    }
}
