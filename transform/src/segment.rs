//! Octets to be written: parts of what came, and what we made.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// As it is.
    Octets(Bytes),
    /// To be written in base64, in lines of 76 (RFC 2045 §6.8), each with its CRLF.
    Base64(Bytes),
}

/// A message, or a part of one, in pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segments(pub Vec<Segment>);

impl Segments {
    /// Writes all of it; nothing is ever whole in memory but what came.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        for segment in &self.0 {
            match segment {
                Segment::Octets(octets) => out.write_all(octets)?,
                Segment::Base64(octets) => write_base64(octets, out)?,
            }
        }
        Ok(())
    }
}

fn write_base64(octets: &[u8], out: &mut impl Write) -> io::Result<()> {
    let mut line = String::with_capacity(78);
    for chunk in octets.chunks(57) {
        line.clear();
        STANDARD.encode_string(chunk, &mut line);
        line.push_str("\r\n");
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}
