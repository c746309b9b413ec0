//! One session of a flood.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Report, Shared};
use crate::limits;
use crate::load::{Errand, Pipelining, Turnover, Writes};
use crate::numbered::Template;
use crate::pipe::{Pipe, Room};
use crate::tls::ClientTls;

pub(super) struct Session {
    shared: Arc<Shared>,
    template: Template,
    pipe: Option<Pipe>,
    /// Between two connections.
    room: Option<Room>,
    report: Report,
    command: String,
}

impl Session {
    pub(super) fn new(shared: Arc<Shared>, template: Template) -> Self {
        Self {
            shared,
            template,
            pipe: None,
            room: None,
            report: Report::default(),
            command: String::new(),
        }
    }

    pub(super) fn run(mut self) -> Report {
        let mut failures = 0;
        while let Some(number) = self.shared.next() {
            match self.send(number) {
                Ok(latency) => self.report.accept(latency),
                Err(error) => {
                    // After an error the connection is in no state to go on with.
                    self.pipe = None;
                    self.report.fail(error.to_string());
                    failures += 1;
                    if failures == limits::FLOOD_FAILURES_MAX {
                        break;
                    }
                    thread::park_timeout(AFTER_FAILURE);
                }
            }
        }
        // Every message has its fate; how the farewell goes does not change it.
        _ = self.hang_up();
        self.report
    }

    fn send(&mut self, number: u64) -> io::Result<Duration> {
        let begun = Instant::now();
        let mut pipe = match self.pipe.take() {
            Some(pipe) => pipe,
            None => self.connect()?,
        };
        let errand = self.shared.flood.errand;
        if errand == Errand::Mail {
            self.transact(&mut pipe, number)?;
        }
        let latency = begun.elapsed();
        self.pipe = Some(pipe);
        if self.shared.flood.turnover == Turnover::EachMessage || errand == Errand::Greeting {
            self.hang_up()?;
        }
        Ok(latency)
    }

    fn transact(&mut self, pipe: &mut Pipe, number: u64) -> io::Result<()> {
        let pipelining = self.shared.flood.pipelining;
        self.command.clear();
        self.command.push_str(MAIL);
        if pipelining == Pipelining::Off {
            self.say(pipe, 2)?;
        }
        let each = self.shared.flood.recipients_each;
        for nth in 0..each {
            self.name(number.wrapping_mul(each as u64) + nth as u64);
            if pipelining == Pipelining::Off {
                self.say(pipe, 2)?;
            }
        }
        self.command.push_str("DATA\r\n");
        pipe.write(self.command.as_bytes())?;
        if pipelining == Pipelining::On {
            for _ in 0..=each {
                hear(pipe, 2)?;
            }
        }
        hear(pipe, 3)?;
        self.template.number(number);
        pipe.write_slices(&mut self.template.wire().map(IoSlice::new))?;
        hear(pipe, 2)
    }

    /// RCPT for the recipient of this number.
    fn name(&mut self, number: u64) {
        let recipients = &self.shared.flood.recipients;
        let at = usize::try_from(number % recipients.len() as u64).unwrap_or(0);
        for part in ["RCPT TO:<", &recipients[at], ">\r\n"] {
            self.command.push_str(part);
        }
    }

    /// Says what has been put together, and reads the reply.
    fn say(&mut self, pipe: &mut Pipe, class: u8) -> io::Result<()> {
        say(pipe, &self.command, class)?;
        self.command.clear();
        Ok(())
    }

    fn connect(&mut self) -> io::Result<Pipe> {
        let flood = &self.shared.flood;
        let room = self.room.take().unwrap_or_default();
        let pipe = connect(flood.server, flood.tls.as_ref(), room, flood.writes)?;
        self.report.connections += 1;
        Ok(pipe)
    }

    fn hang_up(&mut self) -> io::Result<()> {
        if let Some(mut pipe) = self.pipe.take() {
            say(&mut pipe, "QUIT\r\n", 2)?;
            self.room = Some(pipe.close());
        }
        Ok(())
    }
}

/// Connects, says EHLO, and over TLS once more.
pub(crate) fn connect(
    server: SocketAddr,
    tls: Option<&ClientTls>,
    room: Room,
    writes: Writes,
) -> io::Result<Pipe> {
    let mut pipe = Pipe::connect(server, limits::FLOOD_WAIT, room, writes)?;
    hear(&mut pipe, 2)?;
    say(&mut pipe, EHLO, 2)?;
    if let Some(tls) = tls {
        say(&mut pipe, "STARTTLS\r\n", 2)?;
        pipe.connect_tls(tls)?;
        say(&mut pipe, EHLO, 2)?;
    }
    Ok(pipe)
}

fn say(pipe: &mut Pipe, command: &str, class: u8) -> io::Result<()> {
    pipe.write(command.as_bytes())?;
    hear(pipe, class)
}

/// Reads one reply, which must be of this class (RFC 5321 §4.2.1).
fn hear(pipe: &mut Pipe, class: u8) -> io::Result<()> {
    loop {
        let octets = pipe.line()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let line = &pipe.pending()[..octets];
        let (first, separator) = (line.first().copied(), line.get(3).copied());
        if first != Some(b'0' + class) {
            let line = String::from_utf8_lossy(line).trim_end().to_owned();
            return Err(io::Error::other(line));
        }
        pipe.done(octets);
        if separator != Some(b'-') {
            return Ok(());
        }
    }
}

const EHLO: &str = "EHLO load.fabrikam.com\r\n";
const MAIL: &str = "MAIL FROM:<sender@fabrikam.com>\r\n";

/// A server that refuses at once is not asked again at once.
const AFTER_FAILURE: Duration = Duration::from_millis(20);
