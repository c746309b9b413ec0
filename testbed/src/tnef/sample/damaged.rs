//! What senders and hops on the way have damaged.

use super::Sample;
use super::facts::State;
use crate::tnef::attachment::Attachment;
use crate::tnef::attribute::{Attribute, Checksum, Stream, id};
use crate::tnef::message::{Body, Message};

pub(super) fn all() -> Vec<Sample> {
    let sample = |name, state, stream: &Stream| damaged(name, state, stream.bytes());
    let second = [whole().bytes(), whole().bytes()].concat();
    vec![
        sample("damaged-checksum", State::Readable, &wrong_checksums()),
        sample(
            "damaged-no-last-checksum",
            State::Readable,
            &whole().ending_in(Checksum::Missing),
        ),
        sample("damaged-junk", State::Readable, &junk(b"\r\n")),
        sample("damaged-one-octet-more", State::Readable, &junk(b"\0")),
        sample(
            "damaged-unknown-attributes",
            State::Readable,
            &unknown_attributes(),
        ),
        sample(
            "damaged-properties-last",
            State::Readable,
            &properties_last(),
        ),
        sample("damaged-cut", State::Cut, &cut(40)),
        sample("damaged-cut-in-a-header", State::Cut, &cut_in_header()),
        sample("damaged-huge-count", State::Cut, &huge_count()),
        sample("damaged-huge-length", State::Cut, &huge_length()),
        sample("damaged-signature", State::Nothing, &no_tnef()),
        sample("damaged-empty", State::Nothing, &Stream::new(1)),
        damaged("damaged-second-stream", State::Readable, second),
        damaged("damaged-no-octets", State::Nothing, Vec::new()),
    ]
}

fn damaged(name: &str, state: State, bytes: Vec<u8>) -> Sample {
    Sample::written(name, message(), bytes).known(|facts| facts.state = state)
}

fn message() -> Message {
    Message::note("Damaged")
        .body(Body::Plain("Mostly harmless.\r\n".to_owned()))
        .attach(Attachment::file("first.txt", *b"first\r\n"))
        .attach(Attachment::file("last.txt", *b"last\r\n"))
}

fn whole() -> Stream {
    message().stream()
}

fn wrong_checksums() -> Stream {
    let mut stream = whole();
    for attribute in &mut stream.attributes {
        attribute.checksum = Checksum::Wrong;
    }
    stream
}

fn junk(junk: &[u8]) -> Stream {
    let mut stream = whole();
    stream.junk = junk.to_vec();
    stream
}

fn unknown_attributes() -> Stream {
    let mut stream = whole();
    let unknown = Attribute::message(0x0006_9999, *b"?");
    stream.attributes.insert(3, unknown);
    stream
}

/// The message's properties stand below the attachments.
fn properties_last() -> Stream {
    let mut stream = whole();
    let is_properties = |a: &Attribute| a.id == id::MESSAGE_PROPERTIES;
    let place = stream.attributes.iter().position(is_properties);
    if let Some(place) = place {
        let properties = stream.attributes.remove(place);
        stream.attributes.push(properties);
    }
    stream
}

fn cut(octets: usize) -> Stream {
    let mut stream = whole();
    stream.cut = octets;
    stream
}

/// Only the level and half of the number of the last attribute are left.
fn cut_in_header() -> Stream {
    let stream = whole();
    let last = stream.attributes.last().map_or(0, |a| a.data.len() + 2);
    cut(last + 6)
}

/// The properties of the last attachment count four thousand million.
fn huge_count() -> Stream {
    let mut stream = whole();
    if let Some(last) = stream.attributes.last_mut() {
        last.data[..4].fill(0xFF);
    }
    stream
}

/// An attribute of four thousand million octets at the end.
fn huge_length() -> Stream {
    let mut stream = whole();
    let header = [&[2][..], &id::ATTACH_DATA.to_le_bytes(), &[0xFF; 4]].concat();
    stream.junk = header;
    stream
}

fn no_tnef() -> Stream {
    let mut stream = whole();
    stream.signature = 0x0403_4B50;
    stream
}
