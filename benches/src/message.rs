//! The messages that take the paths.

use std::fmt::Write as _;

use bytes::BytesMut;
use smtp::data::{DataDecoder, Decoded};
use smtp::{BareNewline, Content};

/// What one read brings at most, as in the gateway.
pub(crate) const READ: usize = 64 * 1024;

/// What one segment brings on an Ethernet.
pub(crate) const SEGMENT: usize = 1448;

/// How the body looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lines {
    /// An attachment: base64, no line begins with a dot.
    Plain,
    /// Each line begins with a dot: the worst that can come.
    Dots,
}

/// A message of just so many octets, as it is before any stuffing.
pub(crate) fn message(octets: usize, lines: Lines) -> Vec<u8> {
    let line: &[u8] = match lines {
        Lines::Plain => {
            b"VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZywgZGF5IGJ5IGRheSEh\r\n"
        }
        Lines::Dots => b".he quick brown fox jumps over the lazy dog, day after day after day\r\n",
    };
    let mut message = FIELDS.to_vec();
    while message.len() + 2 * line.len() < octets {
        message.extend_from_slice(line);
    }
    // The last line is what is missing.
    message.resize(octets - 2, b'x');
    message.extend_from_slice(b"\r\n");
    message
}

/// The same after DATA: stuffed, with its end.
pub(crate) fn on_the_wire(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(message.len() + 5);
    for line in message.split_inclusive(|&octet| octet == b'\n') {
        if line.starts_with(b".") {
            wire.push(b'.');
        }
        wire.extend_from_slice(line);
    }
    wire.extend_from_slice(b".\r\n");
    wire
}

/// The same as the engine gives it out.
pub(crate) fn content(message: &[u8]) -> Content {
    let mut input = BytesMut::from(&on_the_wire(message)[..]);
    match DataDecoder::new(BareNewline::Refuse, u64::MAX).decode(&mut input) {
        Decoded::Body(content) => content,
        other => panic!("a whole message, not {other:?}"),
    }
}

/// A header block as it comes from the internet, after four hops, with its empty line.
pub(crate) fn well_travelled_header() -> Vec<u8> {
    let mut fields = String::new();
    for hop in (1..=4).rev() {
        write!(
            fields,
            "Received: from relay{hop}.fabrikam.example (relay{hop}.fabrikam.example [192.0.2.{hop}])\r\n\
             \t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\
             \tby relay{}.fabrikam.example (Postfix) with ESMTPS id 4B7Zq{hop}3Xk2z9\r\n\
             \tfor <anna.berg@contoso.com>; Fri, 21 Nov 2025 13:52:0{hop} +0000 (UTC)\r\n",
            hop + 1
        )
        .expect("a String takes everything");
    }
    let signature = "b=0123456789ABCDEF0123456789abcdef0123456789ABCDEF0123456789abcdef012\r\n\t ";
    write!(
        fields,
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=fabrikam.example;\r\n\
         \ts=s2025; h=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\
         \t{}==\r\n",
        signature.repeat(5)
    )
    .expect("a String takes everything");
    for number in 0..12 {
        write!(
            fields,
            "X-Field-{number}: a value of an ordinary length\r\n"
        )
        .expect("a String takes everything");
    }
    let mut header = fields.into_bytes();
    header.extend_from_slice(FIELDS);
    header
}

const FIELDS: &[u8] = b"Date: Fri, 21 Nov 2025 13:52:00 +0000\r\n\
    From: \"Bob Stone\" <bob.stone@fabrikam.example>\r\n\
    To: \"Anna Berg\" <anna.berg@contoso.com>\r\n\
    Subject: The figures of the third quarter\r\n\
    Message-ID: <4B7Zq3Xk2z9.20251121135200@fabrikam.example>\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: application/pdf; name=\"figures.pdf\"\r\n\
    Content-Transfer-Encoding: base64\r\n\
    \r\n";
