//! Messages that stream.

use bytes::Bytes;
use proptest::prelude::*;
use testbed::tnef::mail::Packing;
use testbed::tnef::samples;
use transform::{Passage, Report, Segments};

use crate::mail::{mixed, options, shape, text, tnef, winmail};

fn passed(message: &[u8], held_max: usize, cuts: &[usize]) -> (Vec<u8>, Option<Report>) {
    let mut passage = Passage::new(&options(), held_max);
    let mut out = Segments::default();
    let mut rest = Bytes::copy_from_slice(message);
    for cut in cuts.iter().copied().chain([usize::MAX]) {
        let piece = rest.split_to(cut.min(rest.len()));
        passage.push(piece, &mut out);
    }
    let report = passage.finish(&mut out);
    (out.to_vec(), report)
}

fn check(message: &str, expected: &str, reported: &str) {
    let (written, report) = passed(message.as_bytes(), 1 << 20, &[]);
    assert_eq!(shape(&written), expected);
    let report = report.expect("there is TNEF").to_string();
    assert!(report.starts_with(reported), "{report}");
}

#[test]
fn tnef_that_comes_late_is_converted_in_its_place() {
    let hello = tnef(&winmail("Hello."));
    let png = "Content-Type: image/png\r\n\r\nPNG";
    let one = mixed("", &[&text("x"), png, &hello, png]);
    check(
        &one,
        "mixed[ plain \"x\" png 3 plain \"Hello.\" png 3 ]",
        "tnef; part=3; result=converted; class=IPM.Note",
    );
    let (written, _) = passed(one.as_bytes(), 1 << 20, &[]);
    let written = String::from_utf8(written).expect("ASCII");
    assert!(
        written.contains("--b\r\nX-Twinmx-Conversion: tnef; part=3; result=converted;"),
        "{written}"
    );
    let unsaid = hello.replace("application/ms-tnef; name=winmail.dat", "text/plain");
    check(
        &mixed("", &[png, &unsaid]),
        "mixed[ png 3 plain \"Hello.\" ]",
        "tnef; part=2; result=converted",
    );
    let forward = format!("Content-Type: message/rfc822\r\n\r\nSubject: x\r\n{hello}");
    check(
        &mixed("", &[png, &forward]),
        "mixed[ png 3 message[ plain \"Hello.\" ] ]",
        "tnef; part=2; result=converted",
    );
    // From the beginning.
    check(&hello, "plain \"Hello.\"", "tnef; result=converted");
}

#[test]
fn what_cannot_be_converted_passes_as_it_was() {
    let check = |part: &str, reason: &str| {
        let message = mixed("", &[&text("x"), &text("y"), part]);
        let (written, report) = passed(message.as_bytes(), 5000, &[]);
        let report = report.expect("there is TNEF").to_string();
        assert!(
            report.contains(&format!("result=kept; reason={reason}")),
            "{report}"
        );
        let written = String::from_utf8(written).expect("ASCII");
        let field = written.find("X-Twinmx-Conversion");
        let (before, from_field) = written.split_at(field.unwrap_or(0));
        let (field, after) = from_field.split_at(from_field.len() + before.len() - message.len());
        assert_eq!(format!("{before}{after}"), message);
        assert_eq!(
            field.replace("\r\n", ""),
            match reason {
                "sealed" => String::new(),
                _ => format!("X-Twinmx-Conversion: {report}"),
            }
        );
    };
    check(&tnef("bm8gdG5lZg=="), "unreadable");
    check(&tnef(&"A".repeat(6000)), "size");
    check(&tnef(&winmail("x")).replace("base64", "x-y"), "encoding");
    let sealed = mixed("", &[&tnef(&winmail("x"))])
        .replace("=b", "=c")
        .replace("--b", "--c");
    check(&sealed.replace("mixed", "signed"), "sealed");
}

#[test]
fn a_part_is_held_to_its_bound() {
    let part = tnef(&winmail("Hello."));
    let message = mixed("", &[&text("x"), &text("y"), &part]);
    let converted = |held_max: usize, cuts: &[usize]| {
        let (_, report) = passed(message.as_bytes(), held_max, cuts);
        report.expect("there is TNEF").has_converted()
    };
    for cuts in [&[][..], &[100; 30]] {
        assert!(converted(part.len(), cuts), "{cuts:?}");
        assert!(!converted(part.len() - 1, cuts), "{cuts:?}");
    }
}

#[test]
fn what_may_take_long_is_said() {
    let mut passage = Passage::new(&options(), 1 << 20);
    let mut out = Segments::default();
    assert!(!passage.may_take_long(b"Subject: x\r\n"));
    let message = mixed("", &[&text("x"), &tnef(&winmail("x"))]);
    assert!(passage.may_take_long(&[message.as_bytes(), &[b' '; 1024]].concat()));
    passage.push(
        Bytes::from(message[..message.len() - 100].to_owned()),
        &mut out,
    );
    assert!(passage.may_take_long(b"x"));
}

#[test]
fn every_sample_passes_or_is_converted() {
    for sample in samples() {
        for packing in [Packing::Legacy, Packing::Summary] {
            let message = sample.eml_as(packing);
            let (written, report) = passed(&message, 1 << 26, &[]);
            let report = report.expect("there is TNEF");
            match report.has_converted() {
                true => assert!(!shape(&written).contains("ms-tnef"), "{}", sample.name),
                false => assert!(written.len() > message.len(), "{}", sample.name),
            }
        }
    }
}

#[test]
fn too_much_structure_passes() {
    let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(1000);
    let message = mixed("", &[&deep, &tnef(&winmail("x"))]);
    let (written, _) = passed(message.as_bytes(), 1 << 20, &[7; 200]);
    assert!(written == message.as_bytes());
}

proptest! {
    #[test]
    fn without_tnef_the_same_octets_come_out(
        parts in proptest::collection::vec("[a-z:\\-\r\n ]{0,60}", 0..5),
        cuts in proptest::collection::vec(0usize..40, 0..40),
    ) {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let message = mixed("", &parts);
        let (written, report) = passed(message.as_bytes(), 1000, &cuts);
        prop_assert_eq!(report, None);
        prop_assert_eq!(written, message.into_bytes());
    }

    #[test]
    fn the_cuts_change_nothing(
        which in 0usize..4,
        cuts in proptest::collection::vec(0usize..90, 0..60),
    ) {
        let hello = tnef(&winmail("Hello."));
        let message = match which {
            0 => mixed("", &[&text("x"), &text("y"), &hello, &text("z")]),
            1 => mixed("", &[&text("x"), &tnef("bm8gdG5lZg==")]),
            2 => mixed("", &[&hello.replace("application/ms-tnef; name=winmail.dat", "x/y")]),
            _ => hello,
        };
        for held_max in [300, 1 << 20] {
            let whole = passed(message.as_bytes(), held_max, &[]);
            prop_assert_eq!(&whole, &passed(message.as_bytes(), held_max, &cuts));
        }
    }
}
