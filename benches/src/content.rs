//! Decoding messages: DATA with its dots, BDAT with its counts.

use bytes::BytesMut;
use smtp::BareNewline;
use smtp::chunk::{self, Chunk, ChunkDecoder};
use smtp::data::{self, DataDecoder};

use crate::message::{self, Lines, READ, SEGMENT};
use crate::{HotPath, Work};

pub(crate) fn data() -> Vec<HotPath> {
    let path = |name: &str, octets: usize, lines, read| {
        let name = format!("data/{name}");
        HotPath::new(name, Work::Octets(octets as u64), move || {
            by_data(octets, lines, read)
        })
    };
    vec![
        path("1KB", 1_000, Lines::Plain, READ),
        path("10KB", 10_000, Lines::Plain, READ),
        path("10KB/segments", 10_000, Lines::Plain, SEGMENT),
        path("10KB/dots", 10_000, Lines::Dots, READ),
        path("1MB", 1_000_000, Lines::Plain, READ),
        path("1MB/segments", 1_000_000, Lines::Plain, SEGMENT),
        path("1MB/dots", 1_000_000, Lines::Dots, READ),
    ]
}

pub(crate) fn chunks() -> Vec<HotPath> {
    let path = |name: &str, octets: usize, chunk, read| {
        let name = format!("chunk/{name}");
        HotPath::new(name, Work::Octets(octets as u64), move || {
            by_chunks(octets, chunk, read)
        })
    };
    vec![
        path("1KB", 1_000, usize::MAX, READ),
        path("10KB", 10_000, usize::MAX, READ),
        path("10KB/segments", 10_000, usize::MAX, SEGMENT),
        path("1MB", 1_000_000, usize::MAX, READ),
        path("1MB/in-chunks", 1_000_000, 64 * 1024, READ),
    ]
}

fn by_data(octets: usize, lines: Lines, read: usize) -> impl FnMut() -> u64 {
    let wire = message::on_the_wire(&message::message(octets, lines));
    let mut input = BytesMut::with_capacity(READ);
    move || {
        let mut decoder = DataDecoder::new(BareNewline::Refuse, u64::MAX);
        let mut taken = 0;
        for read in wire.chunks(read) {
            input.extend_from_slice(read);
            loop {
                match decoder.decode(&mut input) {
                    data::Decoded::Body(content) => taken += content.len() as u64,
                    data::Decoded::NeedInput => break,
                    data::Decoded::End => return taken,
                    data::Decoded::Fault(fault) => panic!("{fault}"),
                }
            }
        }
        panic!("the message has no end")
    }
}

fn by_chunks(octets: usize, chunk: usize, read: usize) -> impl FnMut() -> u64 {
    let message = message::message(octets, Lines::Plain);
    let mut input = BytesMut::with_capacity(READ);
    move || {
        let mut decoder = ChunkDecoder::new(BareNewline::Refuse, u64::MAX);
        let (mut taken, mut left) = (0, message.len());
        for chunk in message.chunks(chunk) {
            left -= chunk.len();
            decoder.begin(Chunk {
                size: chunk.len() as u64,
                last: left == 0,
            });
            taken += one_chunk(&mut decoder, chunk, read, &mut input);
        }
        taken
    }
}

fn one_chunk(decoder: &mut ChunkDecoder, chunk: &[u8], read: usize, input: &mut BytesMut) -> u64 {
    let mut taken = 0;
    for read in chunk.chunks(read) {
        input.extend_from_slice(read);
        loop {
            match decoder.decode(input) {
                chunk::Decoded::Body(content) => taken += content.len() as u64,
                chunk::Decoded::NeedInput => break,
                chunk::Decoded::ChunkEnd | chunk::Decoded::End => return taken,
                chunk::Decoded::Fault(fault) => panic!("{fault}"),
            }
        }
    }
    panic!("the chunk has no end")
}
