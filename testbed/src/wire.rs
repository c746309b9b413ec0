//! A transport with what was read from it and not yet used. It waits as long as it is let: its users set the bounds.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::limits;
use crate::transport::Transport;

#[derive(Debug)]
pub(crate) struct Wire {
    transport: Transport,
    input: Vec<u8>,
    /// Where the unused octets of `input` begin.
    used: usize,
}

/// What `Wire::line` found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line without its line end.
    Whole(Vec<u8>),
    /// More than the allowed octets and no line end.
    TooLong,
    /// The peer closed; so many octets of a line had come.
    End { octets: usize },
}

impl Wire {
    pub(crate) fn new(transport: Transport) -> Self {
        Self {
            transport,
            input: Vec::new(),
            used: 0,
        }
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn into_transport(self) -> Transport {
        self.transport
    }

    /// The octets that came and are not used yet.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.input[self.used..]
    }

    /// Uses so many of the pending octets up.
    pub(crate) fn consume(&mut self, octets: usize) {
        self.used += octets;
        debug_assert!(
            self.used <= self.input.len(),
            "no more can be used than came"
        );
        if self.used == self.input.len() {
            self.input.clear();
            self.used = 0;
        }
    }

    /// Reads once more; 0 is the end. Nothing is lost if the wait is given up.
    pub(crate) async fn fill(&mut self) -> io::Result<usize> {
        if self.used > 0 {
            self.input.drain(..self.used);
            self.used = 0;
        }
        self.input.reserve(limits::READ);
        self.transport.read_buf(&mut self.input).await
    }

    /// The next line of at most `max` octets with its LF. A bare LF ends a line too: this end judges nothing.
    pub(crate) async fn line(&mut self, max: usize) -> io::Result<Line> {
        let mut searched = 0;
        loop {
            let found = self.pending()[searched..]
                .iter()
                .position(|&octet| octet == b'\n')
                .map(|at| searched + at);
            match found {
                Some(at) if at < max => {
                    let line = &self.pending()[..at];
                    let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                    self.consume(at + 1);
                    return Ok(Line::Whole(line));
                }
                None if self.pending().len() < max => searched = self.pending().len(),
                _ => return Ok(Line::TooLong),
            }
            if self.fill().await? == 0 {
                return Ok(Line::End {
                    octets: self.pending().len(),
                });
            }
        }
    }

    /// Writes everything.
    pub(crate) async fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.transport.write_all(octets).await?;
        self.transport.flush().await
    }

    /// Says that nothing more will be written (TLS: close_notify before).
    pub(crate) async fn finish(&mut self) -> io::Result<()> {
        self.transport.shutdown().await
    }
}
