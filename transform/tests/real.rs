//! Messages and streams that were really sent, where they are at hand.

use std::fs;

use serde_json::Value as Json;
use tnef_decoder::{Limits, Message};

use crate::compose::samples::{find, say};
use crate::mail::{convert, in_base64, mixed, shape, text, tnef};

#[test]
fn every_real_message_is_converted() {
    let Some((directory, index)) = find() else {
        return;
    };
    let entries = index["files"].as_array().expect("a list");
    let of_kind = |kind: &'static str| {
        let named = move |entry: &&Json| entry["kind"] == kind;
        entries.iter().filter(named).map(|entry| {
            let file = entry["file"].as_str().expect("a name");
            let octets = fs::read(directory.join(file)).expect("it is there");
            (file.to_owned(), octets)
        })
    };
    let mut messages = 0;
    for (file, octets) in of_kind("eml") {
        // Some are the body alone.
        let is_whole =
            octets.windows(6).any(|six| six == b"\nFrom:") || octets.starts_with(b"From");
        let header =
            "Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        let message = match is_whole {
            true => octets,
            false => [header.as_bytes(), &octets].concat(),
        };
        let converted = convert(message).unwrap_or_else(|| panic!("{file}: there is TNEF"));
        assert!(
            converted.report.has_converted(),
            "{file}: {}",
            converted.report
        );
        let shape = shape(&converted.message.to_vec());
        assert!(!shape.contains("ms-tnef"), "{file}: {shape}");
        messages += 1;
    }
    let (mut streams, mut kept) = (0, 0);
    for (file, octets) in of_kind("tnef") {
        let part = tnef(&in_base64(&octets));
        let is_readable = Message::decode(&octets, &Limits::default()).is_ok();
        for message in [mixed("", &[&text("Forwarded."), &part]), part] {
            let converted = convert(message).unwrap_or_else(|| panic!("{file}: it says so"));
            let report = converted.report;
            assert_eq!(report.has_converted(), is_readable, "{file}: {report}");
        }
        streams += 1;
        kept += usize::from(!is_readable);
    }
    say(&format!(
        "{messages} real messages, {streams} streams, of which {kept} are kept"
    ));
    assert!(messages > 0 && streams > kept);
}
