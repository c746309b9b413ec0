use proptest::prelude::*;

use super::*;
use crate::field::field;

fn in_pieces(message: &[u8], cuts: &[usize]) -> (Vec<u8>, Result<Rewritten, Impossible>) {
    let mut seven = SevenBit::new();
    let mut out = Segments::default();
    let mut rest = Bytes::copy_from_slice(message);
    for cut in cuts.iter().copied().chain([usize::MAX]) {
        let piece = rest.split_to(cut.min(rest.len()));
        seven.push(piece, &mut out);
    }
    let done = seven.finish(&mut out);
    (out.to_vec(), done)
}

fn check(message: impl AsRef<[u8]>, expected: &str) {
    let message = message.as_ref();
    let shown = String::from_utf8_lossy(message);
    let (written, done) = in_pieces(message, &[]);
    assert!(done.is_ok(), "{done:?}: {shown}");
    assert_eq!(
        String::from_utf8(written).expect("ASCII"),
        expected,
        "{shown}"
    );
}

fn check_impossible(message: impl AsRef<[u8]>, expected: &Impossible) {
    let message = message.as_ref();
    let (_, done) = in_pieces(message, &[]);
    let shown = String::from_utf8_lossy(message);
    assert_eq!(done.as_ref(), Err(expected), "{shown}");
}

#[test]
fn what_is_7_bit_stays() {
    for message in [
        "",
        "Subject: x\r\n\r\nHello\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n",
        "Content-Transfer-Encoding: x-y\r\n\r\nHello\n\r",
        "no header",
    ] {
        check(message, message);
        assert_eq!(
            in_pieces(message.as_bytes(), &[1; 200]).1,
            Ok(Rewritten::default())
        );
    }
}

#[test]
fn bodies_are_encoded() {
    let eight = "Content-Transfer-Encoding: 8bit\r\n";
    let version = "MIME-Version: 1.0\r\n";
    check(
        format!("{version}Content-Type: text/plain; charset=utf-8\r\n{eight}\r\nGrüße = \r\n"),
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe =3D=20\r\n",
    );
    // Without labels.
    check(
        "Subject: x\r\n\r\nGrüße",
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe",
    );
    check(
        b"Subject: x\r\n\r\nGr\xfc\xdfe",
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=unknown-8bit\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe",
    );
    // What is no text, and what is binary.
    check(
        format!("{version}Content-Type: image/png\r\n{eight}\r\nä"),
        "MIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nw6Q=\r\n",
    );
    check(
        format!(
            "{version}Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nä\n"
        ),
        "MIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nw6QK\r\n",
    );
    // A label that says more than there is.
    check(
        format!("{version}{eight}Content-Type: text/plain\r\n\r\nHello\r\n"),
        "MIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\nHello\r\n",
    );
    // Octets where none may be.
    check(
        "Content-Transfer-Encoding: base64\r\n\r\nw6ä=\r\n",
        "Content-Transfer-Encoding: base64\r\n\r\nw6??=\r\n",
    );
    check(
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n=41ä\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n=41=C3=A4\r\n",
    );
}

/// Found by fuzzing: a line that was no delimiter became one.
#[test]
fn nothing_is_left_out_of_a_line() {
    let multipart = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n";
    check(
        [multipart.as_bytes(), b"Content-Transfer-Encoding: base64\r\n\r\n\r\n--b\xe8\r\nContent-Transfer-Encoding: 8bit\r\n"].concat(),
        &format!("{multipart}Content-Transfer-Encoding: base64\r\n\r\n\r\n--b?\r\nContent-Transfer-Encoding: 8bit\r\n"),
    );
}

#[test]
fn multiparts_and_messages_are_gone_into() {
    let eight = "Content-Transfer-Encoding: 8bit\r\n";
    check(
        format!(
            "MIME-Version: 1.0\r\n{eight}Content-Type: multipart/mixed; boundary=b\r\n\r\nprö\r\n--b\r\n{eight}\r\nä\r\n--b\r\n\
             Content-Type: message/rfc822\r\n{eight}\r\nSubject: ö\r\n\r\nx\r\n--b\r\nX: y\r\n\r\nplain\r\n--b--\r\nepi"
        ),
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 7bit\r\n\r\npr??\r\n--b\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A4\r\n--b\r\n\
         Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: =?utf-8?B?w7Y=?=\r\n\r\nx\r\n--b\r\nX: y\r\n\r\nplain\r\n--b--\r\nepi",
    );
}

#[test]
fn fields_are_encoded() {
    let check = |field: &[u8], expected: &str| {
        check(
            [field, b"\r\n\r\n"].concat(),
            &format!("{expected}\r\n\r\n"),
        );
    };
    check(
        "Subject: Grüße aus Köln, Anna".as_bytes(),
        "Subject: =?utf-8?B?R3LDvMOfZQ==?= aus =?utf-8?B?S8O2bG4s?= Anna",
    );
    check(
        "Subject: ä ö\r\n ü".as_bytes(),
        "Subject: =?utf-8?B?w6Qgw7Ygw7w=?=",
    );
    check(b"X-Any: \xe4", "X-Any: =?unknown-8bit?B?5A==?=");
    check(
        "From: Jürgen \"X\" <j@x>, b@y, \"Ä, B\" <c@z>".as_bytes(),
        "From: =?utf-8?B?SsO8cmdlbiBY?= <j@x> , b@y, =?utf-8?B?w4QsIEI=?= <c@z>",
    );
    check(
        "To: Gäste: a@b;".as_bytes(),
        "To: =?utf-8?B?R8Okc3Rl?= : a@b;",
    );
    check(
        "Content-Disposition: attachment; filename=\"ä;.txt\"; size=1".as_bytes(),
        "Content-Disposition: attachment; filename*=utf-8''%C3%A4%3B.txt; size=1",
    );
    let long = format!("Subject: {}", "ä".repeat(100));
    let (written, _) = in_pieces(format!("{long}\r\n\r\n").as_bytes(), &[]);
    let written = String::from_utf8(written).expect("ASCII");
    assert!(written.lines().all(|line| line.len() <= 76), "{written}");
    assert_eq!(
        crate::encoded_word::decode(&written.replace("\r\n ", " ")).trim_end(),
        long
    );
}

#[test]
fn some_messages_cannot_be_rewritten() {
    check_impossible(
        "Message-ID: <ä@b>\r\n\r\n",
        &Impossible::Field("Message-ID".to_owned()),
    );
    check_impossible("To: ä@b\r\n\r\n", &Impossible::Field("To".to_owned()));
    check_impossible(
        "Content-Type: x/y; ä=b\r\n\r\n",
        &Impossible::Field("Content-Type".to_owned()),
    );
    check_impossible(
        "Content-Transfer-Encoding: x-y\r\n\r\nä",
        &Impossible::Encoding,
    );
    check_impossible(
        "Content-Type: message/partial; id=x\r\n\r\nä",
        &Impossible::Partial,
    );
    let boundary = "Content-Type: multipart/mixed; boundary=\u{e4}; boundary=b\r\n\r\n--b\r\n\r\n";
    check_impossible(boundary, &Impossible::Field("Content-Type".to_owned()));
    let signed = |part: &str| {
        format!(
            "Content-Type: multipart/signed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--b\r\n{part}\r\n--b--\r\n"
        )
    };
    check_impossible(signed("\r\nä"), &Impossible::Signed);
    check_impossible(signed("Subject: ä\r\n\r\nx"), &Impossible::Signed);
    // With a label that says more than there is, its octets stay.
    let plain = signed("Content-Transfer-Encoding: 8bit\r\n\r\nx");
    check(&plain, &plain);
    let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(200);
    check_impossible(deep, &Impossible::Structure(Excess::Depth));
}

#[test]
fn what_is_signed_in_a_message_ends_with_it() {
    let message = "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n\
                   --b\r\n\r\nx\r\n--b--\r\n--a\r\nContent-Type: text/plain\r\n\r\nä\r\n--a--\r\n";
    let expected = message.replace(
        "text/plain\r\n\r\nä",
        "text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A4",
    );
    check(message, &expected);
}

#[test]
fn a_body_is_looked_at_to_the_bound() {
    let message = |before: usize, label: &str| {
        let body = "x\r\n".repeat(before / 3 + 1);
        format!(
            "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n{label}\r\n{}ä\r\n",
            &body[..before]
        )
    };
    let eight = "Content-Transfer-Encoding: 8bit\r\n";
    for cuts in [&[][..], &[1000; 80]] {
        let done =
            |before: usize, label: &str| in_pieces(message(before, label).as_bytes(), cuts).1;
        let encoded = Ok(Rewritten {
            parts: 1,
            fields: 0,
        });
        assert_eq!(done(LOOK_OCTETS_MAX - 1, ""), encoded);
        assert_eq!(done(LOOK_OCTETS_MAX, ""), Err(Impossible::Label));
        assert_eq!(done(LOOK_OCTETS_MAX, eight), encoded);
    }
}

#[test]
fn a_fault_is_known_at_once() {
    let mut seven = SevenBit::new();
    let mut out = Segments::default();
    seven.push("Date: ä\r\n\r\nx".into(), &mut out);
    seven.push("x".repeat(100_000).into(), &mut out);
    assert_eq!(seven.fault(), Some(&Impossible::Field("Date".to_owned())));
}

#[test]
fn lines_that_we_begin_are_no_delimiters() {
    let body = format!("{}--b--\r\nä", "x".repeat(75));
    let message = format!("MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n{body}");
    let (written, _) = in_pieces(message.as_bytes(), &[]);
    let written = String::from_utf8(written).expect("ASCII");
    assert!(written.contains("xx=\r\n=2D-b--\r\n"), "{written}");
    assert!(written.lines().all(|line| line.len() <= 76), "{written}");
}

fn bodies() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just("\r\n".to_owned()),
            Just(" \r\n".to_owned()),
            Just("\r".to_owned()),
            Just("\n".to_owned()),
            Just("=".to_owned()),
            Just("ä".to_owned()),
            "[a-z \t-]{0,90}",
        ],
        0..30,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_body_says_the_same(body in bodies(), which in 0usize..3, cuts in proptest::collection::vec(0usize..50, 0..30)) {
        let media_type = ["text/plain", "image/png", "text/x"][which];
        let message = format!("MIME-Version: 1.0\r\nContent-Type: {media_type}\r\n\r\n{body}");
        let (written, done) = in_pieces(message.as_bytes(), &[]);
        prop_assert!(done.is_ok());
        prop_assert!(written.is_ascii());
        prop_assert_eq!(&in_pieces(message.as_bytes(), &cuts).0, &written);
        let end = written.windows(4).position(|four| four == b"\r\n\r\n").expect("a body") + 4;
        let encoding = field(&written[..end], "Content-Transfer-Encoding");
        let encoding = encoding.map_or_else(TransferEncoding::default, |field| TransferEncoding::read(field.value));
        let decoded = encoding.decode(&written[end..]);
        prop_assert_eq!(String::from_utf8_lossy(&decoded), body);
    }

    #[test]
    fn any_octets_come_out_as_7_bit(
        message in proptest::collection::vec(any::<u8>(), 0..300),
        cuts in proptest::collection::vec(0usize..50, 0..10),
    ) {
        let (written, done) = in_pieces(&message, &cuts);
        prop_assert!(done.is_err() || written.is_ascii());
    }
}
