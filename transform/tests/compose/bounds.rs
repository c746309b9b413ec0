//! Limits, and streams that are not what they say.

use proptest::prelude::*;
use testbed::tnef::attachment::Attachment;
use testbed::tnef::message::{Body, Message};
use testbed::tnef::{rtf, samples};
use tnef_decoder::Limit;
use transform::Unconvertible;
use transform::limits::PARTS_MAX;

use super::reader::{compose, eml, options, parse};

const HEADER: &[u8] = b"From: anna@contoso.com\r\n";

/// A message with so many messages within, each a part with one part within.
fn with_messages(count: usize, files_in_last: usize) -> Vec<u8> {
    let inner = Message::note("I").body(Body::Plain("x".to_owned()));
    let mut note = Message::note("O").body(Body::Plain("x".to_owned()));
    for _ in 0..count {
        note = note.attach(Attachment::message("I", inner.clone()));
    }
    let files = |note: Message, _| note.attach(Attachment::file("f", *b""));
    (0..files_in_last).fold(note, files).bytes()
}

#[test]
fn parts_are_bounded() {
    let mut options = options();
    options.limits.attachments = PARTS_MAX;
    // The text, the whole, and two for each message.
    let messages = 2_000;
    let files = PARTS_MAX - 2 * messages - 2;
    let parts =
        |files| compose(&with_messages(messages, files), HEADER, &options).expect("it is there");
    assert!(parts(files).is_ok());
    assert_eq!(
        parts(files + 1),
        Err(Unconvertible::Parts { most: PARTS_MAX })
    );
}

#[test]
fn a_body_that_expands_too_far_is_not_converted() {
    let html = format!("<html><body>{}</body></html>", "x".repeat(10_000));
    let rtf = rtf::of_html(&html, rtf::Letters::Unicode);
    let length = rtf.len();
    let note = Message::note("Bomb").body(Body::Rtf(rtf)).bytes();
    let mut options = options();
    options.limits.decoded_octets = length;
    assert!(
        compose(&note, HEADER, &options)
            .expect("it is there")
            .is_ok()
    );
    options.limits.decoded_octets = length - 1;
    let Err(Unconvertible::Limit(exceeded)) =
        compose(&note, HEADER, &options).expect("it is there")
    else {
        panic!("it is too large");
    };
    assert_eq!(exceeded.limit, Limit::DecodedOctets);
}

#[test]
fn a_body_that_is_no_rtf_is_a_file() {
    let note = Message::note("Odd")
        .body(Body::Rtf("this is no RTF".to_owned().into()))
        .bytes();
    let composed = compose(&note, HEADER, &options())
        .expect("it is there")
        .expect("it is there");
    let text = eml(HEADER, &composed);
    let message = parse(&text);
    assert_eq!(
        message.attachment(0).expect("it is there").contents(),
        b"this is no RTF"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is altered, what comes out is mail: it can be read, its lines are short, and it has the length it says.
    #[test]
    fn damaged_streams_become_mail(which in 0_usize..1_000, changes in prop::collection::vec((any::<u32>(), any::<u8>()), 0..12), cut in any::<u32>()) {
        let samples = catalogue();
        let mut octets = samples[which % samples.len()].clone();
        for (at, value) in changes {
            let length = octets.len().max(1);
            if let Some(octet) = octets.get_mut(at as usize % length) {
                *octet = value;
            }
        }
        if cut % 3 == 0 {
            octets.truncate(cut as usize % (octets.len() + 1));
        }
        if let Some(Ok(composed)) = compose(&octets, HEADER, &options()) {
            let segments = composed.entity.segments();
            let written = segments.to_vec();
            prop_assert_eq!(segments.len(), written.len());
            // What was signed or encrypted is not touched, 8 bit or not.
            let has = |kind: &[u8]| written.windows(kind.len()).any(|text| text.eq_ignore_ascii_case(kind));
            prop_assert!(written.is_ascii() || has(b"multipart/signed") || has(b"pkcs7-mime"));
            for line in written.split(|octet| *octet == b'\n') {
                prop_assert!(line.len() <= 999);
            }
            let eml = eml(HEADER, &composed);
            prop_assert!(parse(&eml).parts.len() < 1_000);
        }
    }
}

fn catalogue() -> &'static [Vec<u8>] {
    static SAMPLES: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
    SAMPLES.get_or_init(|| samples().into_iter().map(|sample| sample.bytes).collect())
}
