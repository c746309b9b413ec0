//! What is held.

use bytes::Bytes;
use proptest::prelude::*;
use transform::limits::PREAMBLE_OCTETS_MAX;
use transform::{Possibility, Watch};

use crate::mail::{mixed, text, tnef, winmail};

/// After each piece; the first is the header block.
fn watched(message: &[u8], cuts: &[usize]) -> Vec<Possibility> {
    let end = message.windows(4).position(|four| four == b"\r\n\r\n");
    let (header, mut rest) = message.split_at(end.map_or(message.len(), |end| end + 4));
    let (mut watch, known) = Watch::new(header);
    let mut all = vec![known];
    for cut in cuts.iter().copied().chain([usize::MAX]) {
        let (piece, after) = rest.split_at(cut.min(rest.len()));
        all.push(watch.push(piece));
        rest = after;
    }
    all
}

fn check(message: &str, header: Possibility, whole: Possibility) {
    let all = watched(message.as_bytes(), &[]);
    assert_eq!((all[0], all[1]), (header, whole), "{message}");
}

use Possibility::{Certain, Gone, Open};

#[test]
fn a_message_is_held_while_it_may_be_tnef() {
    let leaf = |header: &str, body: &str| format!("{header}\r\n\r\n{body}");
    check(
        &leaf("Content-Type: application/ms-tnef", ""),
        Certain,
        Certain,
    );
    check(
        &leaf("Content-Type: x/y; name=winmail.dat", "x"),
        Certain,
        Certain,
    );
    check(
        &leaf("Content-Disposition: attachment; filename=win.dat", "x"),
        Certain,
        Certain,
    );
    check(&leaf("Subject: x", "Hello"), Open, Gone);
    let octets = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64";
    check(&leaf(octets, "eJ8+IgEA"), Open, Certain);
    check(&leaf(octets, "eJ8+"), Open, Open);
    check(&leaf(octets, "Zm9v"), Open, Gone);
    check(&leaf("Content-Type: message/rfc822", ""), Gone, Gone);
}

#[test]
fn only_a_leaf_is_known_to_be_plain() {
    let check = |message: &str, expected: bool| {
        let (mut watch, _) = Watch::new(b"");
        watch.push(message.as_bytes());
        assert_eq!(watch.is_plain(), expected, "{message}");
        let has_tnef = transform::has_tnef(&Bytes::from(message.to_owned()));
        assert!(!(has_tnef && expected), "{message}");
    };
    check("Subject: x\r\n\r\nHello", true);
    check("Content-Type: image/png\r\n\r\nPNG", true);
    check("Content-Type: application/ms-tnef\r\n\r\n", false);
    check("Content-Type: x/y; name=winmail.dat\r\n\r\nx", false);
    check(
        "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nHello",
        false,
    );
    check(&mixed("", &[&text("Hello."), &text("Bye.")]), false);
}

#[test]
fn a_multipart_is_held_until_its_second_part() {
    let hello = text("Hello.");
    let hidden = tnef(&winmail("x")).replace("application/ms-tnef; name=winmail.dat", "x/y");
    let png = "Content-Type: image/png\r\n\r\nPNG";
    check(&mixed("", &[&hello, &tnef("")]), Open, Certain);
    check(&mixed("", &[&hello, &hidden]), Open, Certain);
    check(&mixed("", &[&hello, png]), Open, Gone);
    check(&mixed("", &[&hello]).replace("--b--\r\n", ""), Open, Open);
    check(&mixed("", &[&tnef("")]), Open, Certain);
    check(&mixed("", &[png, &tnef("")]), Open, Gone);
    check(&mixed("", &[&hello, &hello, &tnef("")]), Open, Gone);
    check(
        &mixed(
            "",
            &[
                &mixed("", &[&hello, &tnef("")])
                    .replace("=b", "=c")
                    .replace("--b", "--c"),
                &hello,
            ],
        ),
        Open,
        Certain,
    );
    let multipart = |kind: &str| mixed("", &[&hello, &tnef("")]).replacen("mixed", kind, 1);
    check(&multipart("x-unknown"), Open, Certain);
    for kind in ["alternative", "related", "signed", "encrypted", "report"] {
        check(&multipart(kind), Gone, Gone);
    }
    // What is signed is not looked into.
    let signed = multipart("signed")
        .replace("=b", "=c")
        .replace("--b", "--c");
    check(&mixed("", &[&signed, &hello]), Open, Gone);
    check(&mixed("", &[&hello, &signed]), Open, Gone);
}

#[test]
fn a_preamble_is_waited_for_to_its_bound() {
    let with = |octets: usize| {
        let preamble = "x".repeat(octets - "\r\n--b\r\n".len());
        let message = mixed("", &[&text("Hello."), &tnef("")]);
        let message = message.replacen("--b\r\n", &format!("{preamble}\r\n--b\r\n"), 1);
        watched(message.as_bytes(), &[1000, 50_000])[3]
    };
    assert_eq!(with(PREAMBLE_OCTETS_MAX), Certain);
    assert_eq!(with(PREAMBLE_OCTETS_MAX + 1), Gone);
}

#[test]
fn too_much_structure_is_not_held() {
    let deep = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(200);
    assert_eq!(watched(deep.as_bytes(), &[])[1], Gone);
}

proptest! {
    #[test]
    fn the_cuts_change_nothing(
        which in 0usize..6,
        cuts in proptest::collection::vec(0usize..60, 0..60),
    ) {
        let hello = tnef(&winmail("Hello."));
        let hidden = hello.replace("application/ms-tnef; name=winmail.dat", "x/y");
        let message = match which {
            0 => mixed("", &[&text("Hello."), &hello]),
            1 => mixed("", &[&text("Hello."), &hidden]),
            2 => hello,
            3 => mixed("", &[&text("Hello."), "\r\nx\r\n--bx\r\n"]),
            4 => "Content-Transfer-Encoding: base64\r\n\r\n eJ8+\r\n Ig".to_owned(),
            _ => hidden,
        };
        let message = message.into_bytes();
        let whole = watched(&message, &[]);
        let cut = watched(&message, &cuts);
        prop_assert_eq!(whole.last(), cut.last());
    }
}
