//! S/MIME in TNEF (MS-OXCMAIL §2.1.3.3.10): the entity that was signed or encrypted is the one attachment, and is passed on
//! octet for octet, so that signatures stay good (RFC 8551 §3.1).

use bytes::Bytes;
use memchr::memmem;
use tnef_decoder::{Data, Message};

use crate::entity::{Disposition, Entity, Label};
use crate::field::field;
use crate::media_type::MediaType;

/// The entity of a signed or encrypted message; `None`: it is none, or not in the one way that is known.
pub(crate) fn entity(message: &Message<'_>, share: impl Fn(&[u8]) -> Bytes) -> Option<Entity> {
    if !is_class(&message.class) {
        return None;
    }
    let [attachment] = message.attachments.as_slice() else {
        return None;
    };
    let Data::Bytes(octets) = attachment.data() else {
        return None;
    };
    if let Some(kind) = cms_kind(&octets) {
        let label = Label {
            media_type: "application/pkcs7-mime",
            parameters: &[("smime-type", kind)],
            name: Some("smime.p7m"),
            disposition: Some(Disposition::Attachment),
            content_id: None,
        };
        return Some(Entity::file(label, share(&octets)));
    }
    inner(&share(&octets))
}

fn is_class(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    let classes = ["ipm.note.smime", "ipm.note.secure"];
    classes.iter().any(|one| {
        class
            .strip_prefix(one)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// A MIME entity: the fields of its content, and its body as it is. Of its other fields the header around has its own.
fn inner(octets: &Bytes) -> Option<Entity> {
    let octets = canonical(octets)?;
    let end = memmem::find(&octets, b"\r\n\r\n")? + 2;
    if !octets.get(..end)?.is_ascii() {
        return None;
    }
    let mut header = Vec::new();
    let mut is_content = false;
    for line in octets.get(..end)?.split_inclusive(|octet| *octet == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let colon = memchr::memchr(b':', line)?;
            let name = line.get(..colon)?.trim_ascii_end();
            let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'-';
            if name.is_empty() || !name.iter().all(is_name) {
                return None;
            }
            is_content = name
                .get(..8)
                .is_some_and(|begin| begin.eq_ignore_ascii_case(b"content-"));
        }
        if is_content {
            header.extend_from_slice(line);
        }
    }
    let kind = MediaType::read(field(&header, "Content-Type")?.value);
    is_secure(&kind.value).then(|| Entity::verbatim(header.into(), octets.slice(end + 2..)))
}

/// What such a message may hold (RFC 8551 §3.2, §3.5). Anything else, a damaged type say, is nothing that a client
/// would verify, and is safe as a file only.
fn is_secure(media_type: &str) -> bool {
    matches!(
        media_type,
        "multipart/signed" | "application/pkcs7-mime" | "application/x-pkcs7-mime"
    )
}

/// With CRLF at the ends of lines, which is what was signed (RFC 8551 §3.1.1); `None`: no mail can carry it.
fn canonical(octets: &Bytes) -> Option<Bytes> {
    let mut begin = 0;
    let mut is_canonical = true;
    for end in memchr::memchr_iter(b'\n', octets).chain([octets.len()]) {
        let line = octets.get(begin..end)?;
        let is_last = end == octets.len();
        let octets_of_text = line.strip_suffix(b"\r").unwrap_or(line).len();
        if octets_of_text > LINE_OCTETS_MAX || memchr::memchr(0, line).is_some() {
            return None;
        }
        let bare = memchr::memchr(b'\r', line);
        is_canonical &= bare == (!is_last).then(|| line.len().wrapping_sub(1));
        begin = end + 1;
    }
    if is_canonical {
        return Some(octets.clone());
    }
    let mut out = Vec::with_capacity(octets.len() + octets.len() / 32);
    let mut rest = &octets[..];
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(b"\r\n");
        let is_pair = rest[at..].starts_with(b"\r\n");
        rest = &rest[at + 1 + usize::from(is_pair)..];
    }
    out.extend_from_slice(rest);
    Some(out.into())
}

/// What a bare CMS object is (RFC 5652 §3); `None`: it is none.
fn cms_kind(octets: &[u8]) -> Option<&'static str> {
    let head = octets.get(..octets.len().min(CMS_HEAD))?;
    if !head.starts_with(&[0x30])
        || !head
            .get(1)
            .is_some_and(|length| *length >= 0x80 || *length > 8)
    {
        return None;
    }
    let has = |object: &[u8]| memmem::find(head, object).is_some();
    Some(match () {
        () if has(SIGNED) => "signed-data",
        () if has(AUTHENTICATED) => "authEnveloped-data",
        () if has(COMPRESSED) => "compressed-data",
        () => "enveloped-data",
    })
}

/// RFC 5322 §2.1.1.
const LINE_OCTETS_MAX: usize = 998;
/// A sequence, an object identifier: they are at the beginning.
const CMS_HEAD: usize = 32;
/// id-signedData, id-ct-authEnvelopedData and id-ct-compressedData.
const SIGNED: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const AUTHENTICATED: &[u8] = &[
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17,
];
const COMPRESSED: &[u8] = &[
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x09,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(octets: &[u8], header: &str, body: &[u8]) {
        let entity = inner(&Bytes::copy_from_slice(octets)).unwrap();
        let (found, segments) = entity.into_header_and_body();
        assert_eq!(found, header);
        assert_eq!(segments.to_vec(), body);
    }

    #[test]
    fn the_body_is_what_it_was() {
        check(
            b"MIME-Version: 1.0\r\nContent-Type: multipart/signed;\r\n\tboundary=x\r\n\r\n--x\r\n\xe4\r\n",
            "Content-Type: multipart/signed;\r\n\tboundary=x\r\n",
            b"--x\r\n\xe4\r\n",
        );
        check(
            b"content-type: application/PKCS7-mime; smime-type=signed-data\n\nx\ny",
            "content-type: application/PKCS7-mime; smime-type=signed-data\r\n",
            b"x\r\ny",
        );
    }

    #[test]
    fn what_no_mail_can_carry_is_not_the_body() {
        let check = |octets: &[u8]| assert_eq!(inner(&Bytes::copy_from_slice(octets)), None);
        check(b"Content-Type: multipart/signed\r\n\r\n\0");
        check(b"Content-Type: multipart/signed");
        check(b"Hello\r\n\r\nworld");
        check(b"Subject: x\r\n\r\nworld");
        check(b"Content-Type: multipart/signed; boundary=\xe4\r\n\r\nworld");
        check(b"Content-Type: multiart/signed; boundary=x\r\n\r\n--x\r\n\xe4");
        check(b"Content-Type: text/html\r\n\r\nworld");
        let long = [b'x'; 999];
        check(&[b"Content-Type: multipart/signed\r\n\r\n", &long[..]].concat());
    }

    #[test]
    fn bare_objects_say_what_they_are() {
        let check = |octets: &[u8], expected| assert_eq!(cms_kind(octets), expected);
        check(&[&[0x30, 0x80, 6, 9], SIGNED].concat(), Some("signed-data"));
        check(&[0x30, 0x82, 4, 0, 1, 2], Some("enveloped-data"));
        check(b"Content-Type: a/b", None);
        check(b"", None);
    }
}
