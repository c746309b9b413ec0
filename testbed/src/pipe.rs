//! A blocking connection, in clear or over TLS, with what has been read of it.
//!
//! One thread a connection: nothing else is so cheap for each message, and the programs between source and sink are to
//! be measured, not these.

use std::io::{self, IoSlice, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use memchr::memchr;
use rustls::{ClientConnection, ServerConnection, StreamOwned};

use crate::limits;
use crate::load::Writes;
use crate::tls::{ClientTls, ServerTls};

/// One end of a connection.
#[derive(Debug)]
pub(crate) struct Pipe {
    stream: Stream,
    input: Room,
    /// What is read and not yet taken lies in between.
    begin: usize,
    end: usize,
    writes: Writes,
}

#[derive(Debug)]
enum Stream {
    Clear(TcpStream),
    Client(Box<StreamOwned<ClientConnection, TcpStream>>),
    Server(Box<StreamOwned<ServerConnection, TcpStream>>),
    /// Between the two, for one assignment.
    Gone,
}

/// Memory for what is read. It outlives its connection: with one message a connection a new one each time would cost
/// more than the message.
#[derive(Debug)]
pub(crate) struct Room(Box<[u8]>);

impl Default for Room {
    fn default() -> Self {
        Self(vec![0; limits::FLOOD_READ].into_boxed_slice())
    }
}

impl Pipe {
    /// Connects. Everything here is on loopback, where nobody is silent: a connection is there or it is refused.
    pub(crate) fn connect(
        server: SocketAddr,
        patience: Duration,
        room: Room,
        writes: Writes,
    ) -> io::Result<Self> {
        Self::new(TcpStream::connect(server)?, patience, room, writes)
    }

    /// Around a connection that has been accepted.
    pub(crate) fn new(
        stream: TcpStream,
        patience: Duration,
        room: Room,
        writes: Writes,
    ) -> io::Result<Self> {
        stream.set_nodelay(writes == Writes::Whole)?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        Ok(Self {
            stream: Stream::Clear(stream),
            input: room,
            begin: 0,
            end: 0,
            writes,
        })
    }

    /// Speaks TLS from now on, as the client.
    pub(crate) fn connect_tls(&mut self, tls: &ClientTls) -> io::Result<()> {
        let mut tcp = self.take_clear()?;
        let mut connection =
            ClientConnection::new(tls.config(), tls.server_name()).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut tcp)?;
        }
        self.stream = Stream::Client(Box::new(StreamOwned::new(connection, tcp)));
        Ok(())
    }

    /// Speaks TLS from now on, as the server.
    pub(crate) fn accept_tls(&mut self, tls: &ServerTls) -> io::Result<()> {
        let mut tcp = self.take_clear()?;
        let mut connection = ServerConnection::new(tls.config()).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut tcp)?;
        }
        self.stream = Stream::Server(Box::new(StreamOwned::new(connection, tcp)));
        Ok(())
    }

    fn take_clear(&mut self) -> io::Result<TcpStream> {
        // What came before the handshake was said by nobody in particular (RFC 3207 §4.2).
        (self.begin, self.end) = (0, 0);
        match std::mem::replace(&mut self.stream, Stream::Gone) {
            Stream::Clear(tcp) => Ok(tcp),
            _ => Err(io::Error::other("TLS is spoken already")),
        }
    }

    /// In clear, so that TLS can still be offered.
    pub(crate) fn is_clear(&self) -> bool {
        matches!(self.stream, Stream::Clear(_))
    }

    /// What has been read and not taken.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.input.0[self.begin..self.end]
    }

    /// So much of it is done with.
    pub(crate) fn done(&mut self, octets: usize) {
        self.begin += octets;
        if self.begin == self.end {
            (self.begin, self.end) = (0, 0);
        }
    }

    /// Reads more behind what is pending; `false`: the other end has closed.
    pub(crate) fn fill(&mut self) -> io::Result<bool> {
        if self.begin > 0 {
            self.input.0.copy_within(self.begin..self.end, 0);
            self.end -= self.begin;
            self.begin = 0;
        }
        if self.end == self.input.0.len() {
            return Err(io::Error::other("a line or a header without end"));
        }
        let octets = self.stream.read(&mut self.input.0[self.end..])?;
        self.end += octets;
        Ok(octets > 0)
    }

    /// The octets of the next line, its LF included; `None`: the other end has closed.
    pub(crate) fn line(&mut self) -> io::Result<Option<usize>> {
        let mut searched = 0;
        loop {
            let pending = self.pending();
            if let Some(at) = memchr(b'\n', &pending[searched..]) {
                return Ok(Some(searched + at + 1));
            }
            searched = pending.len();
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Writes whole lines; if split, each without its end first.
    pub(crate) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        match self.writes {
            Writes::Whole => self.stream.write_all(lines)?,
            Writes::Split => {
                for line in lines.split_inclusive(|&octet| octet == b'\n') {
                    let (text, end) = line.split_at(line.len().saturating_sub(2));
                    self.stream.write_all(text)?;
                    self.stream.flush()?;
                    self.stream.write_all(end)?;
                }
            }
        }
        self.stream.flush()
    }

    /// Writes all of it in order; if split, each slice by itself, and the last three octets.
    pub(crate) fn write_slices(&mut self, slices: &mut [IoSlice<'_>]) -> io::Result<()> {
        match self.writes {
            Writes::Whole => self.write_at_once(slices),
            Writes::Split => {
                for slice in slices {
                    let (text, end) = slice.split_at(slice.len().saturating_sub(3));
                    for part in [text, end] {
                        self.stream.write_all(part)?;
                        self.stream.flush()?;
                    }
                }
                Ok(())
            }
        }
    }

    fn write_at_once(&mut self, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
        while !slices.is_empty() {
            match self.stream.write_vectored(slices)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                octets => IoSlice::advance_slices(&mut slices, octets),
            }
        }
        self.stream.flush()
    }

    /// Says so and closes; the room is for the next.
    pub(crate) fn close(mut self) -> Room {
        match &mut self.stream {
            Stream::Client(tls) => tls.conn.send_close_notify(),
            Stream::Server(tls) => tls.conn.send_close_notify(),
            Stream::Clear(_) | Stream::Gone => {}
        }
        // Nobody waits for it.
        _ = self.stream.flush();
        self.input
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match self {
                Self::Clear(stream) => stream.read(into),
                Self::Client(stream) => stream.read(into),
                Self::Server(stream) => stream.read(into),
                Self::Gone => return Err(io::ErrorKind::NotConnected.into()),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

impl Write for Stream {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(octets)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Clear(stream) => stream.write_vectored(slices),
            Self::Client(stream) => stream.write_vectored(slices),
            Self::Server(stream) => stream.write_vectored(slices),
            Self::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clear(_) | Self::Gone => Ok(()),
            Self::Client(stream) => stream.flush(),
            Self::Server(stream) => stream.flush(),
        }
    }
}
