//! Octets out, replies in, and the ways to part.

use std::io;

use super::{Client, ClientError, Fault, Task};
use crate::deadline::within;
use crate::limits;
use crate::reply::{Reply, ReplyLine};
use crate::wire::Line;

/// How a server ended the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// What it still said.
    pub before: Vec<u8>,
    /// How it left.
    pub manner: Manner,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// End of file; under TLS after a close_notify.
    Closed,
    /// End of file under TLS without a close_notify (RFC 8446 §6.1).
    Truncated,
    /// TCP reset.
    Reset,
}

impl Manner {
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Some(Self::Truncated),
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted => Some(Self::Reset),
            _ => None,
        }
    }
}

impl Client {
    /// Sends one line and reads the reply to it.
    pub async fn command(&mut self, line: &str) -> Result<Reply, ClientError> {
        self.send_line(line).await?;
        self.read_reply().await
    }

    /// Sends all lines in one write, then reads as many replies (RFC 2920).
    pub async fn pipeline(&mut self, lines: &[&str]) -> Result<Vec<Reply>, ClientError> {
        let octets: String = lines.iter().flat_map(|line| [*line, "\r\n"]).collect();
        self.send_raw(octets.as_bytes()).await?;
        let mut replies = Vec::with_capacity(lines.len());
        for line in lines {
            self.last = format!("{line:?} in a pipeline");
            replies.push(self.read_reply().await?);
        }
        Ok(replies)
    }

    /// Sends these octets as they are.
    pub async fn send_raw(&mut self, octets: &[u8]) -> Result<(), ClientError> {
        self.last = shown(octets);
        self.write(octets).await
    }

    /// Reads one reply.
    pub async fn read_reply(&mut self) -> Result<Reply, ClientError> {
        match within(self.reply()).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(fault)) => Err(self.error(Task::Reply, fault)),
            Err(_) => Err(self.error(Task::Reply, Fault::Silence)),
        }
    }

    /// Reads one reply, which must have this code.
    pub async fn expect(&mut self, wanted: u16) -> Result<Reply, ClientError> {
        let got = self.read_reply().await?;
        if got.code == wanted {
            Ok(got)
        } else {
            Err(self.error(Task::Reply, Fault::Unexpected { wanted, got }))
        }
    }

    /// Waits until the server ends the connection.
    pub async fn ending(&mut self) -> Result<Ending, ClientError> {
        let read_on = async {
            loop {
                match self.wire.fill().await {
                    Ok(0) => return Ok(Manner::Closed),
                    Ok(_) if self.wire.pending().len() > limits::READ_AHEAD_MAX => {
                        return Err(Fault::TooLong);
                    }
                    Ok(_) => {}
                    Err(error) => return Manner::of(&error).ok_or(Fault::Io(error)),
                }
            }
        };
        match within(read_on).await.unwrap_or(Err(Fault::Silence)) {
            Ok(manner) => Ok(Ending {
                before: self.wire.pending().to_vec(),
                manner,
            }),
            Err(fault) => Err(self.error(Task::End, fault)),
        }
    }

    /// Sends QUIT, reads the reply and closes.
    pub async fn quit(mut self) -> Result<Reply, ClientError> {
        let reply = self.command("QUIT").await?;
        // The server may be gone already; we have its reply.
        let _ = within(self.wire.finish()).await;
        Ok(reply)
    }

    /// Says that nothing more will come (TLS: by close_notify) and goes on reading.
    pub async fn half_close(&mut self) -> Result<(), ClientError> {
        self.last = "closing our half".to_owned();
        match within(self.wire.finish()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.error(Task::Write, Fault::Io(error))),
            Err(_) => Err(self.error(Task::Write, Fault::Silence)),
        }
    }

    /// Goes without a word: no QUIT, under TLS no close_notify.
    pub fn abort(self) {
        drop(self);
    }

    /// Goes with a TCP reset.
    pub fn reset(self) -> Result<(), ClientError> {
        let last = self.last;
        self.wire.into_transport().reset().map_err(|e| ClientError {
            task: Task::End,
            last,
            fault: Fault::Io(e),
        })
    }

    pub(super) async fn send_line(&mut self, line: &str) -> Result<(), ClientError> {
        self.last = format!("{line:?}");
        self.write(format!("{line}\r\n").as_bytes()).await
    }

    pub(super) async fn write(&mut self, octets: &[u8]) -> Result<(), ClientError> {
        // Bounded for each piece: a long message may take its time as long as it moves.
        for piece in octets.chunks(limits::READ) {
            match within(self.wire.write(piece)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(self.error(Task::Write, Fault::Io(error))),
                Err(_) => return Err(self.error(Task::Write, Fault::Silence)),
            }
        }
        Ok(())
    }

    async fn reply(&mut self) -> Result<Reply, Fault> {
        let mut lines = Vec::new();
        let mut code = None;
        while lines.len() < limits::REPLY_LINES_MAX {
            let octets = match self.wire.line(limits::REPLY_LINE_MAX).await? {
                Line::Whole(octets) => octets,
                Line::TooLong => return Err(Fault::TooLong),
                Line::End { .. } => return Err(Fault::Closed),
            };
            let no_reply = || Fault::NotAReply(String::from_utf8_lossy(&octets).into_owned());
            let line = ReplyLine::parse(&octets).ok_or_else(no_reply)?;
            if *code.get_or_insert(line.code) != line.code {
                return Err(no_reply());
            }
            lines.push(line.text);
            if line.last {
                return Ok(Reply {
                    code: line.code,
                    lines,
                });
            }
        }
        Err(Fault::TooLong)
    }
}

/// The beginning of what was sent, for an error.
fn shown(octets: &[u8]) -> String {
    let beginning = String::from_utf8_lossy(&octets[..octets.len().min(60)]);
    let more = if octets.len() > 60 {
        format!(" ... ({} octets)", octets.len())
    } else {
        String::new()
    };
    format!("{beginning:?}{more}")
}
