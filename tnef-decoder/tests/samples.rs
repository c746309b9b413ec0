//! Real streams. They are for running against and are no part of the project: where they are not, nothing is tested here,
//! and that is said aloud.

mod place;
mod rtf;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tnef_decoder::{
    Attachment, Data, DecodeError, Ending, Limits, Message, Stream, StreamError, Tolerance, lzfu,
};

#[test]
fn every_sample_gives_what_other_decoders_agree_on() {
    let Some(samples) = Samples::find() else {
        return;
    };
    let mut counts = Counts::default();
    for entry in samples.of_kind("tnef") {
        let octets = samples.read(entry);
        stream(entry, &octets, &mut counts);
    }
    for entry in samples.of_kind("lzfu") {
        compressed(entry, &samples.read(entry), &mut counts);
    }
    say(&format!("samples: {counts:?}"));
    assert!(counts.streams > 0 && counts.compressed > 0, "{counts:?}");
}

#[derive(Debug, Default)]
struct Counts {
    streams: usize,
    rejected: usize,
    messages: usize,
    with_tolerance: usize,
    attachments: usize,
    agreed_attachments: usize,
    agreed_classes: usize,
    agreed_subjects: usize,
    agreed_rtf: usize,
    compressed: usize,
    agreed_compressed: usize,
}

fn stream(entry: &Json, octets: &[u8], counts: &mut Counts) {
    counts.streams += 1;
    let file = &entry["file"];
    let message = match Message::decode(octets, &Limits::default()) {
        Ok(message) => message,
        Err(DecodeError::Stream(StreamError::NoSignature { .. })) => {
            assert!(!octets.starts_with(b"\x78\x9f\x3e\x22"), "{file}");
            counts.rejected += 1;
            return;
        }
        Err(DecodeError::NoAttributes { .. }) => {
            assert!(tagged(entry, "malformed:badlevel@6/17"), "{file}");
            counts.rejected += 1;
            return;
        }
        Err(error) => panic!("{file}: {error}"),
    };
    assert!(
        !tagged(entry, "malformed:badsig"),
        "{file} is no TNEF and must stay what it is"
    );
    every_octet_is_accounted_for(file, octets);
    counts.with_tolerance += usize::from(!message.tolerated.is_empty());
    let cut = |found: &Tolerance| {
        matches!(
            found,
            Tolerance::Damaged { .. } | Tolerance::UnknownType { .. }
        )
    };
    let is_cut = message.tolerated.iter().any(cut);
    assert!(
        !is_cut || tagged(entry, "malformed:truncated"),
        "{file}: {:?}",
        message.tolerated
    );
    as_expected(entry, &message, counts);
    let mut found = Vec::new();
    gather(&message, octets.len(), counts, &mut found);
    attachments(entry, &found, counts);
}

fn tagged(entry: &Json, tag: &str) -> bool {
    let tags = entry["contains"].as_array().expect("it is described");
    tags.iter().any(|one| one == tag)
}

fn every_octet_is_accounted_for(file: &Json, octets: &[u8]) {
    let mut stream = Stream::open(octets).expect("it was decoded");
    let read: usize = stream.by_ref().map(|attribute| attribute.octets()).sum();
    let left = match stream.ending() {
        Some(Ending::Complete) => 0,
        Some(Ending::Junk { octets }) => octets,
        other => panic!("{file}: {other:?}"),
    };
    assert_eq!(6 + read + left, octets.len(), "{file}");
}

fn as_expected(entry: &Json, message: &Message<'_>, counts: &mut Counts) {
    let (file, expected) = (&entry["file"], &entry["expected"]);
    if let Some(class) = expected["message_class"]["agreed"].as_str() {
        assert_eq!(message.class_written.as_deref(), Some(class), "{file}");
        counts.agreed_classes += 1;
    }
    if let Some(subject) = expected["subject"]["agreed"].as_str() {
        assert_eq!(message.subject().as_deref(), Some(subject), "{file}");
        counts.agreed_subjects += 1;
    }
    if let Some(expected) = expected["rtf"]["sha256"].as_str() {
        let rtf = message.rtf(&Limits::default()).expect("it has RTF");
        let rtf = rtf.expect("it can be expanded").rtf;
        assert_eq!(sha256(&rtf), expected, "{file}");
        counts.agreed_rtf += 1;
    }
}

/// What one attachment holds, by hash, and what it is called.
struct Found {
    name: String,
    sha256: String,
}

/// All attachments, those of messages within the message too. What is read is bounded by what there is.
fn gather(message: &Message<'_>, octets: usize, counts: &mut Counts, found: &mut Vec<Found>) {
    counts.messages += 1;
    assert!(4 * message.properties.iter().count() <= 4 * 30 + octets);
    assert_eq!(message.properties.iter().count(), message.properties.len());
    assert_eq!(message.recipients.iter().count(), message.recipients.len());
    let mut within = 0;
    for attachment in &message.attachments {
        counts.attachments += 1;
        within += add(attachment, found);
        if let Some(inner) = attachment.embedded(&Limits::default()) {
            let inner = inner.expect("it is a message");
            assert!(inner.tolerated.is_empty(), "{:?}", inner.tolerated);
            gather(&inner, octets, counts, found);
        }
    }
    assert!(within <= octets, "more is attached than there is");
}

fn add(attachment: &Attachment<'_>, found: &mut Vec<Found>) -> usize {
    let name = attachment.file_name().unwrap_or_default().into_owned();
    let data = attachment.data();
    let octets = match &data {
        Data::Bytes(octets) => octets,
        Data::Message(octets) | Data::Ole(octets) | Data::Stream(octets) => *octets,
        Data::None => &[],
    };
    let mut put = |octets: &[u8]| {
        let (name, sha256) = (name.clone(), sha256(octets));
        found.push(Found { name, sha256 });
    };
    put(octets);
    // Where there is more, some decoders give the text that says so.
    if let (Data::Message(_) | Data::Ole(_), Some(placeholder)) = (&data, attachment.octets) {
        put(placeholder);
    }
    octets.len()
}

fn attachments(entry: &Json, found: &[Found], counts: &mut Counts) {
    let file = &entry["file"];
    let agreed = entry["expected"]["attachments_agreed"].as_array();
    for expected in agreed.into_iter().flatten() {
        let wanted = expected["sha256"].as_str().expect("a hash");
        let mut same: Vec<&Found> = found.iter().filter(|one| one.sha256 == wanted).collect();
        let occurrences = expected["occurrences"].as_u64().expect("a count") as usize;
        assert!(same.len() >= occurrences, "{file}: {expected}");
        if let Some(name) = expected["name"].as_str() {
            same.retain(|one| names_agree(&one.name, name));
            let names: Vec<_> = found.iter().map(|one| &one.name).collect();
            assert!(!same.is_empty(), "{file}: {name:?} among {names:?}");
        }
        counts.agreed_attachments += occurrences;
    }
}

/// The other decoders write files, so a name may be theirs in part.
fn names_agree(ours: &str, theirs: &str) -> bool {
    let plain = |name: &str| -> String {
        let letters = name
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '_' });
        letters.collect()
    };
    plain(ours) == plain(theirs)
}

fn compressed(entry: &Json, octets: &[u8], counts: &mut Counts) {
    let file = &entry["file"];
    let found = lzfu::decompress(octets, Limits::default().decoded_octets);
    let found = found.unwrap_or_else(|error| panic!("{file}: {error}"));
    counts.compressed += 1;
    if let Some(expected) = entry["expected"]["decompress"]["agreed"]["sha256"].as_str() {
        assert_eq!(sha256(&found.rtf), expected, "{file}");
        counts.agreed_compressed += 1;
    }
}

fn sha256(octets: &[u8]) -> String {
    let digest = Sha256::digest(octets);
    digest.iter().map(|octet| format!("{octet:02x}")).collect()
}

pub(crate) struct Samples {
    directory: PathBuf,
    index: Json,
}

impl Samples {
    pub(crate) fn find() -> Option<Self> {
        let directory = place::directory();
        let Ok(index) = fs::read(directory.join("INDEX.json")) else {
            say(&place::absent());
            return None;
        };
        let index = serde_json::from_slice(&index).expect("the index is JSON");
        Some(Self { directory, index })
    }

    pub(crate) fn of_kind<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s Json> {
        let files = self.index["files"]
            .as_array()
            .expect("the index lists files");
        files.iter().filter(move |entry| entry["kind"] == kind)
    }

    pub(crate) fn read(&self, entry: &Json) -> Vec<u8> {
        let file = entry["file"].as_str().expect("it has a path");
        let octets = fs::read(self.directory.join(file)).expect("it can be read");
        assert_eq!(entry["sha256"], sha256(&octets), "{file}");
        octets
    }
}

/// Past the capture of passing tests.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr takes it");
}
