//! Lines and octets over a simulated connection. It knows nothing of the protocol engine, so that a fault there is not
//! mirrored here.

use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::wire::{End, Heard};

/// One end, and what has come.
#[derive(Debug)]
pub(super) struct Talk {
    end: End,
    input: BytesMut,
}

impl Talk {
    pub(super) fn over(end: End) -> Self {
        Self {
            end,
            input: BytesMut::new(),
        }
    }

    pub(super) async fn say(&mut self, octets: &[u8]) -> io::Result<()> {
        self.end.write_all(octets).await
    }

    /// To be filled in when the other end has read all that was said so far.
    pub(super) fn heard(&self) -> Heard {
        self.end.heard()
    }

    /// The next line, without its end.
    pub(super) async fn line(&mut self) -> io::Result<String> {
        let line = self.until(b"\r\n").await?;
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    /// What comes before `mark`; the mark goes, too.
    pub(super) async fn until(&mut self, mark: &[u8]) -> io::Result<Bytes> {
        let mut looked = 0;
        loop {
            if let Some(at) = memchr::memmem::find(&self.input[looked..], mark) {
                let mut taken = self.input.split_to(looked + at + mark.len());
                taken.truncate(looked + at);
                return Ok(taken.freeze());
            }
            looked = self.input.len().saturating_sub(mark.len() - 1);
            self.more().await?;
        }
    }

    pub(super) async fn octets(&mut self, count: usize) -> io::Result<Bytes> {
        while self.input.len() < count {
            self.more().await?;
        }
        Ok(self.input.split_to(count).freeze())
    }

    /// The code and the last line of a reply.
    pub(super) async fn reply(&mut self) -> io::Result<(u16, String)> {
        loop {
            let line = self.line().await?;
            let code = line.get(..3).and_then(|code| code.parse().ok());
            let code = code.ok_or(io::ErrorKind::InvalidData)?;
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok((code, line));
            }
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.end.read_buf(&mut self.input).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}
