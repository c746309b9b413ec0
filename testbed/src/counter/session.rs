//! One session of a counter.

use std::io;
use std::net::TcpStream;

use super::Shared;
use crate::limits;
use crate::numbered::{Arrival, Inspection};
use crate::pipe::{Pipe, Room};

pub(super) struct Session<'a> {
    pipe: Pipe,
    shared: &'a Shared,
    inspection: Inspection,
    /// Replies to commands that came in one piece go out in one piece.
    output: Vec<u8>,
}

/// Whether there is more to come.
#[derive(PartialEq)]
enum Then {
    GoOn,
    Over,
}

impl<'a> Session<'a> {
    pub(super) fn new(stream: TcpStream, room: Room, shared: &'a Shared) -> io::Result<Self> {
        Ok(Self {
            pipe: Pipe::new(stream, limits::SINK_IDLE, room, shared.writes)?,
            shared,
            inspection: Inspection::new(),
            output: Vec::with_capacity(512),
        })
    }

    /// To its end; the room is for the next.
    pub(super) fn run(mut self) -> io::Result<Room> {
        self.shared.tally.connected();
        self.reply("220 counter.test ESMTP")?;
        while let Some(octets) = self.pipe.line()? {
            let verb = Verb::of(&self.pipe.pending()[..octets]);
            self.pipe.done(octets);
            if self.answer(verb)? == Then::Over {
                break;
            }
        }
        Ok(self.pipe.close())
    }

    fn answer(&mut self, verb: Verb) -> io::Result<Then> {
        match verb {
            Verb::Ehlo => self.reply(match (self.pipe.is_clear(), &self.shared.tls) {
                (true, Some(_)) => {
                    "250-counter.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 200000000\r\n250 STARTTLS"
                }
                _ => "250-counter.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 200000000",
            })?,
            Verb::StartTls => match &self.shared.tls {
                Some(tls) if self.pipe.is_clear() => {
                    self.reply("220 2.0.0 Go ahead")?;
                    self.pipe.accept_tls(tls)?;
                    self.shared.tally.secured();
                }
                _ => self.reply("502 5.5.1 Not here")?,
            },
            Verb::Data => {
                self.reply("354 Go ahead")?;
                let arrival = self.message()?;
                self.shared.tally.arrived(arrival);
                self.reply("250 2.0.0 Counted")?;
            }
            Verb::Quit => {
                self.reply("221 2.0.0 Bye")?;
                return Ok(Then::Over);
            }
            Verb::Other => self.reply("250 2.0.0 OK")?,
        }
        Ok(Then::GoOn)
    }

    /// Reads a message to its end. One that breaks off was not sent.
    fn message(&mut self) -> io::Result<Arrival> {
        loop {
            let (used, arrival) = self.inspection.take(self.pipe.pending());
            self.pipe.done(used);
            if let Some(arrival) = arrival {
                return Ok(arrival);
            }
            if !self.pipe.fill()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn reply(&mut self, text: &str) -> io::Result<()> {
        self.output.extend_from_slice(text.as_bytes());
        self.output.extend_from_slice(b"\r\n");
        if self.pipe.pending().is_empty() {
            self.pipe.write(&self.output)?;
            self.output.clear();
        }
        Ok(())
    }
}

enum Verb {
    Ehlo,
    StartTls,
    Data,
    Quit,
    Other,
}

impl Verb {
    fn of(line: &[u8]) -> Self {
        let is = |verb: &str| {
            let word = line.get(..verb.len());
            word.is_some_and(|word| word.eq_ignore_ascii_case(verb.as_bytes()))
        };
        match line.first().map(u8::to_ascii_uppercase) {
            Some(b'E') if is("EHLO") => Self::Ehlo,
            Some(b'S') if is("STARTTLS") => Self::StartTls,
            Some(b'D') if is("DATA") => Self::Data,
            Some(b'Q') if is("QUIT") => Self::Quit,
            _ => Self::Other,
        }
    }
}
