//! What one TNEF part becomes, before it has a place.

use bytes::Bytes;
use tnef_decoder::Message;

use crate::compose::{Composed, compose};
use crate::conversion::{Kept, Standing};
use crate::options::Options;
use crate::outer::Outer;
use crate::structure::Part;
use crate::transfer_encoding::{Decoder, TransferEncoding};

/// A TNEF part that was read.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) class: Option<String>,
    pub(crate) standing: Standing,
    pub(crate) composition: Result<Box<Composition>, Kept>,
}

/// MIME, and what matters for its place.
#[derive(Debug)]
pub(crate) struct Composition {
    pub(crate) composed: Composed,
    /// The TNEF itself has a plain text; otherwise we made it of something else.
    pub(crate) has_text: bool,
    /// Its key is that of the message, not only absent.
    pub(crate) is_proven: bool,
}

impl Draft {
    /// Reads the body of a part, which may be in pieces.
    pub(crate) fn make(
        part: &Part,
        body: impl IntoIterator<Item = Bytes>,
        outer: &Outer,
        options: &Options,
    ) -> Self {
        let mut draft = Self {
            class: None,
            standing: Standing::Same,
            composition: Err(Kept::Encoding),
        };
        if part.encoding != TransferEncoding::Other {
            let source = decoded(part.encoding, body);
            draft.composition = draft.compose(&source, outer, options);
        }
        draft
    }

    fn compose(
        &mut self,
        source: &Bytes,
        outer: &Outer,
        options: &Options,
    ) -> Result<Box<Composition>, Kept> {
        let message = Message::decode(source, &options.limits)?;
        self.class = Some(message.class.clone().into_owned());
        let belonging = Belonging::of(message.correlation_key(), outer);
        if belonging == Belonging::Refuted {
            self.standing = Standing::Other;
        }
        Ok(Box::new(Composition {
            has_text: message.text().is_some_and(|text| !text.trim().is_empty()),
            is_proven: belonging == Belonging::Proven,
            composed: compose(&message, source, outer, options)?,
        }))
    }
}

fn decoded(encoding: TransferEncoding, body: impl IntoIterator<Item = Bytes>) -> Bytes {
    let mut body: Vec<Bytes> = body.into_iter().collect();
    if encoding.is_identity() && body.len() == 1 {
        return body.remove(0);
    }
    let octets = body.iter().map(Bytes::len).sum();
    let mut source = Vec::with_capacity(encoding.decoded_most(octets));
    let mut decoder = Decoder::new(encoding);
    for piece in body {
        decoder.push(&piece, &mut source);
    }
    decoder.finish(&mut source);
    source.into()
}

/// Whether TNEF is of the message that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Belonging {
    Proven,
    Unsaid,
    Refuted,
}

impl Belonging {
    /// The key is the Message-ID of the message it was written for, and the header repeats it. On the way a Message-ID may be
    /// replaced; so one that differs refutes nothing.
    fn of(key: Option<&[u8]>, outer: &Outer) -> Self {
        let Some(key) = key.map(bare).filter(|key| !key.is_empty()) else {
            return Self::Unsaid;
        };
        let is_key = |id: &Option<String>| id.as_ref().map(|id| bare(id.as_bytes()) == key);
        match (is_key(&outer.correlator), is_key(&outer.message_id)) {
            (Some(true), _) | (None, Some(true)) => Self::Proven,
            (Some(false), _) => Self::Refuted,
            (None, _) => Self::Unsaid,
        }
    }
}

fn bare(id: &[u8]) -> &[u8] {
    let id = id.trim_ascii();
    let id = id.strip_prefix(b"<").unwrap_or(id);
    id.strip_suffix(b">").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_decides() {
        let check = |key: Option<&str>, header: &str, expected: Belonging| {
            let outer = Outer::read(header.as_bytes());
            let found = Belonging::of(key.map(str::as_bytes), &outer);
            assert_eq!(found, expected, "{key:?} {header}");
        };
        let same = "X-MS-TNEF-Correlator:\r\n\t<a@b>\r\nMessage-ID: <c@d>\r\n";
        check(Some("<a@b>"), same, Belonging::Proven);
        check(Some("a@b"), same, Belonging::Proven);
        check(Some("<c@d>"), same, Belonging::Refuted);
        check(Some("<e@f>"), same, Belonging::Refuted);
        check(None, same, Belonging::Unsaid);
        check(Some(""), same, Belonging::Unsaid);
        check(Some("<c@d>"), "Message-ID: <c@d>\r\n", Belonging::Proven);
        check(Some("<e@f>"), "Message-ID: <c@d>\r\n", Belonging::Unsaid);
        check(
            Some("<e@f>"),
            "X-MS-TNEF-Correlator:\r\n",
            Belonging::Unsaid,
        );
    }
}
