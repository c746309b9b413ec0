//! The message that is reported on, or its header (RFC 6522 §3 and §4, RFC 6533 §5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use smtp::Ret;

use crate::due;
use crate::field;
use crate::limits::LINE_OCTETS_MAX;
use crate::notice::{Notice, Original, Way};
use crate::quoted_printable;

/// The third part.
#[derive(Debug)]
pub(crate) struct Returned {
    /// Its own header with the empty line.
    pub(crate) header: Vec<u8>,
    /// What it holds.
    pub(crate) pieces: Vec<Bytes>,
    encoding: Encoding,
    is_global: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Encoding {
    SevenBit,
    EightBit,
    QuotedPrintable,
    Base64,
}

impl Returned {
    pub(crate) fn of(notice: &Notice<'_>) -> Self {
        let actions = notice.recipients.iter().map(|r| r.fate.action());
        let original = &notice.original;
        match (due::returned(notice.ret, actions), original.content) {
            (Ret::Full, Some(pieces)) if octets(pieces) <= notice.return_octets_max => {
                Self::message(original, pieces, notice.way)
            }
            (Ret::Full | Ret::Headers, _) => Self::fields(original, notice.way),
        }
    }

    /// Whether it has octets above 127.
    pub(crate) fn is_eight_bit(&self) -> bool {
        self.encoding == Encoding::EightBit
    }

    /// Whether only a hop with SMTPUTF8 takes it.
    pub(crate) fn is_international(&self) -> bool {
        self.is_global && self.is_eight_bit()
    }

    /// message/rfc822 is never encoded (RFC 2046 §5.2.1), message/global may be (RFC 6532 §3.7).
    fn message(original: &Original<'_>, pieces: &[Bytes], way: Way) -> Self {
        let is_global = is_international(original);
        let eight_bit = !pieces.iter().all(|piece| piece.is_ascii());
        let encoding = match (is_global, way) {
            (true, Way::Ascii) => Encoding::Base64,
            (true, Way::Utf8) => Encoding::EightBit,
            (false, _) if eight_bit => Encoding::EightBit,
            (false, _) => Encoding::SevenBit,
        };
        let pieces = match encoding {
            Encoding::Base64 => vec![base64(&pieces.concat()).into()],
            _ => pieces.to_vec(),
        };
        let kind = if is_global {
            "message/global"
        } else {
            "message/rfc822"
        };
        Self::new(kind, encoding, pieces, is_global)
    }

    fn fields(original: &Original<'_>, way: Way) -> Self {
        let fields = original.fields();
        let is_global = is_international(original);
        let encoding = match is_plain(fields) {
            true => Encoding::SevenBit,
            false if is_global && way == Way::Utf8 && has_sound_lines(fields) => Encoding::EightBit,
            false => Encoding::QuotedPrintable,
        };
        let pieces = match encoding {
            Encoding::QuotedPrintable => quoted_printable::encode(fields),
            _ => fields.to_vec(),
        };
        let kind = match is_global {
            true => "message/global-headers",
            false => "text/rfc822-headers",
        };
        Self::new(kind, encoding, vec![pieces.into()], is_global)
    }

    fn new(kind: &str, encoding: Encoding, pieces: Vec<Bytes>, is_global: bool) -> Self {
        let mut header = Vec::with_capacity(128);
        field::put(&mut header, "Content-Type", kind);
        if let Some(name) = encoding.name() {
            field::put(&mut header, "Content-Transfer-Encoding", name);
        }
        header.extend_from_slice(b"\r\n");
        Self {
            header,
            pieces,
            encoding,
            is_global,
        }
    }
}

impl Encoding {
    /// `None` for the default.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::SevenBit => None,
            Self::EightBit => Some("8bit"),
            Self::QuotedPrintable => Some("quoted-printable"),
            Self::Base64 => Some("base64"),
        }
    }
}

/// A header in UTF-8 (RFC 6532). One in some older 8-bit code is returned as the octets it is.
fn is_international(original: &Original<'_>) -> bool {
    !original.header.is_ascii() && str::from_utf8(original.header).is_ok()
}

fn is_plain(fields: &[u8]) -> bool {
    fields.is_ascii() && has_sound_lines(fields)
}

fn has_sound_lines(fields: &[u8]) -> bool {
    let mut lines = fields.split(|&octet| octet == b'\n').peekable();
    while let Some(line) = lines.next() {
        let line = match lines.peek() {
            Some(_) => match line.strip_suffix(b"\r") {
                Some(line) => line,
                None => return false,
            },
            None => line,
        };
        if line.len() > LINE_OCTETS_MAX || line.iter().any(|o| matches!(o, b'\r' | 0)) {
            return false;
        }
    }
    true
}

fn octets(pieces: &[Bytes]) -> u64 {
    pieces.iter().map(|piece| piece.len() as u64).sum()
}

fn base64(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len() / 57 * 78 + 78);
    for line in octets.chunks(57) {
        out.extend_from_slice(STANDARD.encode(line).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out
}
