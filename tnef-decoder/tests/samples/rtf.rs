//! Bodies in RTF. Two independent decoders agree on what most of them encapsulate, but for white space; upstream projects
//! keep the results of some. What encapsulates nothing must become HTML and text.

use std::borrow::Cow;
use std::fs;

use serde_json::Value as Json;
use tnef_decoder::rtf::{Document, EncapsulatedKind, Kind, RtfError, de_encapsulate, to_html};
use tnef_decoder::{Limits, Message, lzfu};

use super::{Samples, say, sha256};

#[test]
fn every_rtf_gives_what_other_decoders_agree_on() {
    let Some(samples) = Samples::find() else {
        return;
    };
    let mut counts = Counts::default();
    for entry in samples.of_kind("rtf") {
        body(&samples, entry, &samples.read(entry), &mut counts);
    }
    for entry in samples.of_kind("lzfu") {
        let limits = Limits::default();
        let found = lzfu::decompress(&samples.read(entry), limits.decoded_octets);
        body(&samples, entry, &found.expect("RTF").rtf, &mut counts);
    }
    for entry in samples.of_kind("tnef") {
        in_message(entry, &samples.read(entry), &mut counts);
    }
    say(&format!("samples of RTF: {counts:?}"));
    assert!(counts.agreed > 0 && counts.native > 0, "{counts:?}");
    assert_eq!(counts.agreed, counts.agreed_on, "{counts:?}");
}

#[derive(Debug, Default)]
struct Counts {
    bodies: usize,
    encapsulated: usize,
    native: usize,
    /// Two decoders agree on so many, and so many are equal.
    agreed_on: usize,
    agreed: usize,
    /// They differ on so many; so many are what one of them gives.
    disputed: usize,
    as_one_says: usize,
    /// No other decoder took these.
    read_alone: usize,
    upstream: usize,
}

fn body(samples: &Samples, entry: &Json, rtf: &[u8], counts: &mut Counts) {
    let expected = &entry["expected"];
    let Some(text) = read(&entry["file"], rtf, counts) else {
        assert!(expected["deencapsulate"].is_null(), "{}", entry["file"]);
        let html = to_html(rtf, &Limits::default()).expect("RTF").html;
        let letters = |text: &str| words_of(&shown(text)).collect::<String>();
        upstream(samples, entry, counts, |theirs| {
            letters(theirs) == letters(&html)
        });
        return;
    };
    let found = sha256(without_white_space(&text.1).as_bytes());
    let Some(opinions) = expected["deencapsulate"].as_object() else {
        counts.read_alone += 1;
        return;
    };
    let mode = match text.0 {
        EncapsulatedKind::Html => "html",
        EncapsulatedKind::Text => "text",
    };
    let says_so = |one: &Json| one["sha256_no_whitespace"] == found.as_str() && one["mode"] == mode;
    let supporters = opinions.values().filter(|one| says_so(one)).count();
    if opinions["agreed_ignoring_whitespace"] == true {
        counts.agreed_on += 1;
        counts.agreed += usize::from(supporters == 2);
        assert_eq!(supporters, 2, "{}", entry["file"]);
    } else {
        counts.disputed += 1;
        counts.as_one_says += usize::from(supporters == 1);
    }
    upstream(samples, entry, counts, |theirs| {
        without_white_space(theirs) == without_white_space(&text.1)
    });
}

/// What it encapsulates; `None`: it is a document of its own, which has been read and written.
fn read(file: &Json, rtf: &[u8], counts: &mut Counts) -> Option<(EncapsulatedKind, String)> {
    let limits = Limits::default();
    counts.bodies += 1;
    match de_encapsulate(rtf, &limits) {
        Ok(found) => {
            counts.encapsulated += 1;
            Some((found.kind, found.text))
        }
        Err(RtfError::NotEncapsulated) => {
            counts.native += 1;
            let document = Document::read(rtf, &limits).expect("RTF");
            let text = document.to_text(&limits).expect("it is small");
            let html = document.into_html(&limits).expect("it is small").html;
            let shown = shown(&html);
            let written = without_white_space(&text);
            assert!(!text.contains('\u{fffd}'), "{file}: {text}");
            assert!(
                words_of(&written).eq(words_of(&shown)),
                "{file}: {text}\n{html}"
            );
            None
        }
        Err(error) => panic!("{file}: {error}"),
    }
}

/// One of an upstream project's results, which are for several of its readers.
fn upstream(samples: &Samples, entry: &Json, counts: &mut Counts, is_same: impl Fn(&str) -> bool) {
    let Some(results) = entry["expected"]["upstream"].as_array() else {
        return;
    };
    let is_ours = |result: &Json| {
        let file = result["file"].as_str().expect("it has a path");
        let octets = fs::read(samples.directory.join(file)).expect("it can be read");
        is_same(&String::from_utf8_lossy(&octets))
    };
    assert!(results.iter().any(is_ours), "{}", entry["file"]);
    counts.upstream += 1;
}

fn in_message(entry: &Json, octets: &[u8], counts: &mut Counts) {
    let Some(expected) = entry["expected"]["rtf"].as_object() else {
        return;
    };
    let message = Message::decode(octets, &Limits::default()).expect("TNEF");
    let rtf = message.rtf(&Limits::default()).expect("it has RTF");
    let rtf = rtf.expect("it can be expanded").rtf;
    let kind = match Kind::of(&rtf).expect("RTF") {
        Kind::EncapsulatedHtml => Json::from("html"),
        Kind::EncapsulatedText => Json::from("text"),
        Kind::Native => Json::Null,
    };
    assert_eq!(kind, expected["encapsulates"], "{}", entry["file"]);
    read(&entry["file"], &rtf, counts);
}

/// What the decoders' language calls white space.
fn without_white_space(text: &str) -> String {
    let is_space = |c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c);
    text.chars().filter(|&c| !is_space(c)).collect()
}

/// The text between HTML's tags.
fn shown(html: &str) -> String {
    let pieces = html.split('<').filter_map(|piece| piece.split_once('>'));
    let text: String = pieces.map(|(_, text)| text).collect();
    let text = ["&nbsp;", "&shy;"]
        .iter()
        .fold(Cow::from(text), |text, name| text.replace(name, "").into());
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    without_white_space(&text.replace("&amp;", "&"))
}

/// Letters alone: markers of lists and the addresses of links are written in different ways.
fn words_of(text: &str) -> impl Iterator<Item = char> {
    let mut in_address = false;
    text.chars().filter(move |&c| {
        in_address = (in_address || c == '<') && c != '>';
        !in_address && c.is_alphabetic()
    })
}
