use std::collections::BTreeSet;

use super::facts::State;
use super::*;
use crate::tnef::codepage::CodePage;
use crate::tnef::property::Strings;

#[test]
fn every_sample_has_its_own_name() {
    let all = samples();
    let names: BTreeSet<&str> = all.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names.len(), all.len());
    assert!(all.len() >= 120, "{}", all.len());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    assert!(names.iter().all(|name| name.chars().all(plain)));
    assert_eq!(sample("meeting-counter").name, "meeting-counter");
}

#[test]
fn samples_are_the_same_in_every_run() {
    for (first, second) in samples().iter().zip(samples()) {
        assert!(first.bytes == second.bytes, "{}", first.name);
        assert!(first.eml() == second.eml(), "{}", first.name);
    }
}

/// Level, number and data of each attribute, by nothing but the lengths.
fn attributes(bytes: &[u8]) -> Option<Vec<(u8, u32, Vec<u8>)>> {
    let mut rest = bytes.strip_prefix(&[0x78, 0x9F, 0x3E, 0x22])?.get(2..)?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let number = |at: usize| Some(u32::from_le_bytes(rest.get(at..at + 4)?.try_into().ok()?));
        let (id, length) = (number(1)?, number(5)? as usize);
        let data = rest.get(9..9 + length)?;
        let sum = data
            .iter()
            .fold(0_u16, |sum, o| sum.wrapping_add((*o).into()));
        if rest.get(9 + length..11 + length)? != sum.to_le_bytes() {
            return None;
        }
        found.push((rest[0], id, data.to_vec()));
        rest = &rest[11 + length..];
    }
    Some(found)
}

#[test]
fn whole_samples_are_whole_and_damaged_ones_are_not() {
    for sample in samples() {
        let attributes = attributes(&sample.bytes);
        let sound = attributes.is_some();
        match sample.name.as_str() {
            // Odd only to those who understand what they read.
            "damaged-unknown-attributes"
            | "damaged-properties-last"
            | "damaged-huge-count"
            | "damaged-empty" => {
                assert!(sound, "{}", sample.name);
            }
            _ => assert_eq!(sound, sample.facts.state == State::Whole, "{}", sample.name),
        }
    }
}

#[test]
fn the_message_comes_first() {
    for sample in samples() {
        let Some(attributes) = attributes(&sample.bytes) else {
            continue;
        };
        let levels: Vec<u8> = attributes.iter().map(|(level, ..)| *level).collect();
        let expected = sample.name != "damaged-properties-last";
        assert_eq!(levels.is_sorted(), expected, "{}", sample.name);
    }
}

/// A character that its code page has not would be a question mark, and the facts would not be true.
#[test]
fn no_sample_loses_a_character() {
    for sample in samples() {
        let Strings::In(page) = sample.message.form.strings else {
            continue;
        };
        let Facts { subject, text, .. } = &sample.facts;
        let texts = std::iter::once(subject).chain(text);
        let people = sample.message.recipients.iter().map(|r| &r.mailbox.name);
        for text in texts.chain(people) {
            assert!(page.try_encode(text).is_some(), "{} {text}", sample.name);
        }
    }
    assert!(CodePage::Oem850.try_encode("Grüße aus Köln ½").is_some());
}

#[test]
fn a_large_sample_is_as_large_as_it_says() {
    let large = large(1 << 20);
    assert_eq!(large.facts.files[0].octets.len(), 1 << 20);
    assert!(large.bytes.len() > 1 << 20);
}
