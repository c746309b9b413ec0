//! How a part shows that it is TNEF: by its type, by the name of the file, or by how it begins.

use tnef_decoder::SIGNATURE;

use crate::limits::SIGNATURE_OCTETS_MAX;
use crate::structure::{Kind, Part};
use crate::transfer_encoding::TransferEncoding;

/// What is known of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suspicion {
    /// It says that it is TNEF.
    Said,
    /// It begins as TNEF does, whatever it says.
    Shown,
    /// It is none.
    None,
    /// More of its body is needed.
    Open,
}

impl Suspicion {
    /// By the header alone.
    pub(crate) fn of_header(part: &Part) -> Self {
        let is_said =
            || is_tnef(&part.media.value) || part.file_name().is_some_and(|n| is_winmail(&n));
        match part.kind {
            Kind::Multipart | Kind::Message => Self::None,
            Kind::Leaf if is_said() => Self::Said,
            Kind::Leaf if part.encoding == TransferEncoding::Other => Self::None,
            Kind::Leaf => Self::Open,
        }
    }

    /// By the beginning of the body; `is_all`: no more of it comes.
    pub(crate) fn of_body(part: &Part, body: &[u8], is_all: bool) -> Self {
        match Self::of_header(part) {
            Self::Open => Self::of_opening(part, body, is_all),
            known => known,
        }
    }

    /// By the beginning of the body alone, where the header left it open.
    pub(crate) fn of_opening(part: &Part, body: &[u8], is_all: bool) -> Self {
        let window = &body[..body.len().min(SIGNATURE_OCTETS_MAX)];
        let is_all = is_all || window.len() == SIGNATURE_OCTETS_MAX;
        let signature = SIGNATURE.to_le_bytes();
        // Most bodies show within a few octets that they are something else.
        for window in [&window[..window.len().min(16)], window] {
            let decoded = part.encoding.decode(window);
            let compared = decoded.len().min(signature.len());
            if decoded[..compared] != signature[..compared] {
                return Self::None;
            }
            if compared == signature.len() {
                return Self::Shown;
            }
        }
        match is_all {
            true => Self::None,
            false => Self::Open,
        }
    }
}

/// The registered type, and the one that senders use.
fn is_tnef(media_type: &str) -> bool {
    matches!(
        media_type,
        "application/ms-tnef" | "application/vnd.ms-tnef"
    )
}

/// `winmail.dat`, and what was made of it on the way: `winmail(1).dat`, `win.dat`.
fn is_winmail(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("win") && name.ends_with(".dat")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{Event, Scanner};

    fn part(header: &str) -> Part {
        let mut found = None;
        let mut scanner = Scanner::new();
        let header = format!("{header}\r\n\r\n");
        scanner.push(header.as_bytes(), &mut |event| {
            if let Event::Begin(part) = event {
                found.get_or_insert(part);
            }
        });
        found.expect("a part begins")
    }

    #[test]
    fn tnef_is_known_by_its_header() {
        let check = |header: &str, expected: Suspicion| {
            assert_eq!(Suspicion::of_header(&part(header)), expected, "{header}");
        };
        check("Content-Type: application/ms-tnef", Suspicion::Said);
        check(
            "Content-Type: Application/Vnd.MS-TNEF; name=x",
            Suspicion::Said,
        );
        check("Content-Type: a/b; name=\"WINMAIL.DAT\"", Suspicion::Said);
        check(
            "Content-Disposition: attachment; filename*=''winmail%281%29.dat",
            Suspicion::Said,
        );
        check("Content-Type: a/b; name=owin.dat", Suspicion::Open);
        check("Content-Type: text/plain", Suspicion::Open);
        check(
            "Content-Type: a/b\r\nContent-Transfer-Encoding: x-y",
            Suspicion::None,
        );
        check(
            "Content-Type: multipart/mixed; boundary=winmail.dat",
            Suspicion::None,
        );
        check(
            "Content-Type: message/rfc822; name=winmail.dat",
            Suspicion::None,
        );
    }

    #[test]
    fn tnef_is_known_by_how_it_begins() {
        let check = |encoding: &str, body: &[u8], is_all: bool, expected: Suspicion| {
            let part = part(&format!("Content-Transfer-Encoding: {encoding}"));
            assert_eq!(
                Suspicion::of_body(&part, body, is_all),
                expected,
                "{body:?}"
            );
        };
        check("base64", b"", false, Suspicion::Open);
        check("base64", b"", true, Suspicion::None);
        check("base64", b"\r\n eJ8", false, Suspicion::Open);
        check("base64", b"eJ8+I", false, Suspicion::Open);
        check("base64", b"eJ8+Ig", false, Suspicion::Shown);
        check("base64", b"eJ8+\r\nIgEA", false, Suspicion::Shown);
        check("base64", b"eJ8+J", true, Suspicion::None);
        check("base64", b"Zm9v", false, Suspicion::None);
        check("quoted-printable", b"x=9F", false, Suspicion::Open);
        check("quoted-printable", b"x=9F>\"=01", false, Suspicion::Shown);
        check("binary", b"\x78\x9f\x3e\x22", false, Suspicion::Shown);
        check("binary", b"\x78\x9e", false, Suspicion::None);
    }

    #[test]
    fn what_is_looked_at_is_bounded() {
        let part = part("Content-Transfer-Encoding: base64");
        let check = |blanks: usize, expected: Suspicion| {
            let body = [&*b" ".repeat(blanks), b"eJ8+Ig=="].concat();
            assert_eq!(
                Suspicion::of_body(&part, &body, false),
                expected,
                "{blanks}"
            );
        };
        check(SIGNATURE_OCTETS_MAX - 6, Suspicion::Shown);
        check(SIGNATURE_OCTETS_MAX - 5, Suspicion::None);
    }
}
