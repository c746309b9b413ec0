//! A simulated connection: what one end writes arrives at the other after a while, in order, or not at all.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// One end of a connection. Dropping it closes the connection.
#[derive(Debug)]
pub(crate) struct End {
    wire: Arc<Mutex<Wire>>,
    /// Which of the two.
    number: usize,
    sleep: Pin<Box<Sleep>>,
}

/// A connection that can be cut by others.
#[derive(Debug, Clone)]
pub(crate) struct Cable {
    wire: Weak<Mutex<Wire>>,
    number: usize,
}

/// When the other end had read all that was written so far.
pub(crate) type Heard = Arc<OnceLock<Instant>>;

#[derive(Debug)]
struct Wire {
    latency: Duration,
    /// What each end says.
    streams: [Stream; 2],
}

#[derive(Debug, Default)]
struct Stream {
    under_way: VecDeque<(Instant, Bytes)>,
    octets: usize,
    written: u64,
    read: u64,
    marks: Vec<(u64, Heard)>,
    /// What comes behind all of it.
    end: Option<(Instant, Ending)>,
    /// Nobody reads it any more.
    unread: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Closed,
    Reset,
}

/// Both ends of a new connection.
pub(crate) fn connect(latency: Duration) -> (End, End) {
    let wire = Arc::new(Mutex::new(Wire {
        latency,
        streams: Default::default(),
    }));
    let end = |number| End {
        wire: Arc::clone(&wire),
        number,
        sleep: Box::pin(sleep_until(Instant::now())),
    };
    (end(0), end(1))
}

impl End {
    pub(crate) fn cable(&self) -> Cable {
        Cable {
            wire: Arc::downgrade(&self.wire),
            number: self.number,
        }
    }

    /// To be filled in when the other end has read all that was written so far.
    pub(crate) fn heard(&self) -> Heard {
        let heard = Heard::default();
        let mut wire = lock(&self.wire);
        let stream = &mut wire.streams[self.number];
        stream.marks.push((stream.written, Arc::clone(&heard)));
        heard
    }
}

impl Cable {
    /// The end that this cable came from is gone from one instant to the next. What it has written may still arrive.
    pub(crate) fn cut(&self, arrives: bool) {
        let Some(wire) = self.wire.upgrade() else {
            return;
        };
        let mut wire = lock(&wire);
        let at = Instant::now() + wire.latency;
        let said = &mut wire.streams[self.number];
        if !arrives {
            said.under_way.clear();
        }
        said.end(at, Ending::Reset);
        let heard = &mut wire.streams[1 - self.number];
        heard.under_way.clear();
        heard.unread = true;
        heard.end = Some((Instant::now(), Ending::Reset));
        heard.wake();
    }
}

impl Stream {
    fn end(&mut self, at: Instant, ending: Ending) {
        let at = self.under_way.back().map_or(at, |(last, _)| at.max(*last));
        self.end.get_or_insert((at, ending));
        self.wake();
    }

    fn wake(&mut self) {
        let wakers = [self.reader.take(), self.writer.take()];
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}

impl AsyncRead for End {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut wire = lock(&this.wire);
        let stream = &mut wire.streams[1 - this.number];
        loop {
            let due = match (stream.under_way.front(), stream.end) {
                (Some((due, _)), _) => *due,
                (None, Some((due, _))) => due,
                (None, None) => {
                    stream.reader = Some(cx.waker().clone());
                    return Poll::Pending;
                }
            };
            if due > Instant::now() {
                if this.sleep.deadline() != due {
                    this.sleep.as_mut().reset(due);
                }
                stream.reader = Some(cx.waker().clone());
                std::task::ready!(this.sleep.as_mut().poll(cx));
                continue;
            }
            let Some((_, octets)) = stream.under_way.front_mut() else {
                let ending = stream.end.map_or(Ending::Closed, |(_, ending)| ending);
                return Poll::Ready(match ending {
                    Ending::Closed => Ok(()),
                    Ending::Reset => Err(io::ErrorKind::ConnectionReset.into()),
                });
            };
            let count = octets.len().min(buf.remaining());
            buf.put_slice(&octets[..count]);
            octets.advance(count);
            if octets.is_empty() {
                stream.under_way.pop_front();
            }
            stream.octets -= count;
            stream.read += count as u64;
            let (now, read) = (Instant::now(), stream.read);
            stream.marks.retain(|(at, heard)| {
                let is_heard = *at <= read;
                if is_heard {
                    let _ = heard.set(now); // once
                }
                !is_heard
            });
            if let Some(writer) = stream.writer.take() {
                writer.wake();
            }
            return Poll::Ready(Ok(()));
        }
    }
}

impl AsyncWrite for End {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let mut wire = lock(&this.wire);
        let latency = wire.latency;
        let is_cut = matches!(wire.streams[1 - this.number].end, Some((at, Ending::Reset)) if at <= Instant::now());
        let stream = &mut wire.streams[this.number];
        if is_cut || stream.unread || stream.end.is_some() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let room = WINDOW.saturating_sub(stream.octets);
        if room == 0 {
            stream.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let count = buf.len().min(room);
        let due = Instant::now() + latency;
        stream
            .under_way
            .push_back((due, Bytes::copy_from_slice(&buf[..count])));
        stream.octets += count;
        stream.written += count as u64;
        if let Some(reader) = stream.reader.take() {
            reader.wake();
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = lock(&self.wire);
        let at = Instant::now() + wire.latency;
        wire.streams[self.number].end(at, Ending::Closed);
        Poll::Ready(Ok(()))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let mut wire = lock(&self.wire);
        let at = Instant::now() + wire.latency;
        wire.streams[self.number].end(at, Ending::Closed);
        let heard = &mut wire.streams[1 - self.number];
        heard.unread = true;
        heard.wake();
    }
}

fn lock(wire: &Mutex<Wire>) -> MutexGuard<'_, Wire> {
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As much may be under way in one direction.
const WINDOW: usize = 64 * 1024;
