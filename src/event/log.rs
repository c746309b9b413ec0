//! Where the lines of the log go: to standard error, by a thread of their own.
//!
//! A gateway that writes a line a message must not wait for whoever reads the log, and not enter the kernel for each
//! line. Lines keep their order; the first after a pause goes out at once, those behind it gather for
//! [`limits::LOG_GATHER`]. Whoever says more than [`limits::LOG_BYTES`] ahead of a slow reader waits: no line is dropped.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use tracing_subscriber::fmt::MakeWriter;

use crate::limits;

/// Takes whole lines. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Log(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    pending: Mutex<Pending>, // held to add a line or to take all of them
    said: Condvar,
    taken: Condvar,
    over: Condvar,
}

#[derive(Debug, Default)]
struct Pending {
    lines: Vec<u8>,
    ended: bool,
}

/// Keeps the log going; dropping it writes what is left.
#[derive(Debug)]
pub(crate) struct Writing {
    log: Log,
    thread: Option<JoinHandle<()>>,
}

impl Log {
    /// A log that is written to `target`.
    pub(crate) fn start(target: impl Write + Send + 'static) -> io::Result<(Self, Writing)> {
        let log = Self(Arc::default());
        let shared = Arc::clone(&log.0);
        let thread = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || shared.write_to(target))?;
        let writing = Writing {
            log: log.clone(),
            thread: Some(thread),
        };
        Ok((log, writing))
    }
}

impl Shared {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thread.
    fn write_to(&self, mut target: impl Write) {
        let mut lines = Vec::new();
        loop {
            let ended = {
                let pending = self.pending();
                let quiet = |pending: &mut Pending| pending.lines.is_empty() && !pending.ended;
                let waited = self.said.wait_while(pending, quiet);
                let mut pending = waited.unwrap_or_else(PoisonError::into_inner);
                std::mem::swap(&mut pending.lines, &mut lines);
                pending.ended
            };
            self.taken.notify_all();
            let _ = target.write_all(&lines); // nobody is left who could be told
            lines.clear();
            lines.shrink_to(limits::LOG_BYTES / 8);
            if ended {
                return;
            }
            let pending = self.pending();
            let goes_on = |pending: &mut Pending| !pending.ended;
            let gathered = self
                .over
                .wait_timeout_while(pending, limits::LOG_GATHER, goes_on);
            drop(gathered);
        }
    }
}

impl Write for &Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let full = |pending: &mut Pending| pending.lines.len() >= limits::LOG_BYTES;
        let waited = self.0.taken.wait_while(self.0.pending(), full);
        let mut pending = waited.unwrap_or_else(PoisonError::into_inner);
        if pending.ended {
            return io::stderr().write(line); // said after the end: at least not lost
        }
        let first = pending.lines.is_empty();
        pending.lines.extend_from_slice(line);
        drop(pending);
        if first {
            self.0.said.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = &'a Log;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.log.0.pending().ended = true;
        self.log.0.said.notify_one();
        self.log.0.over.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // its panic has been told
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Hands on what is written, one write at a time, as far as it is let.
    struct Slow {
        writes: mpsc::Sender<Vec<u8>>,
        lets: mpsc::Receiver<()>,
    }

    impl Write for Slow {
        fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
            let _ = self.writes.send(lines.to_vec());
            let _ = self.lets.recv();
            Ok(lines.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow() -> (Slow, mpsc::Receiver<Vec<u8>>, mpsc::Sender<()>) {
        let ((writes, written), (go_on, lets)) = (mpsc::channel(), mpsc::channel());
        (Slow { writes, lets }, written, go_on)
    }

    #[test]
    fn lines_keep_their_order_and_gather_behind_a_slow_reader() {
        let (target, written, go_on) = slow();
        let (log, writing) = Log::start(target).expect("a thread");
        (&log).write_all(b"first\n").expect("room");
        assert_eq!(written.recv().expect("a write"), b"first\n");
        for line in ["second\n", "third\n"] {
            (&log).write_all(line.as_bytes()).expect("room");
        }
        go_on.send(()).expect("it waits");
        assert_eq!(written.recv().expect("a write"), b"second\nthird\n");
        drop(go_on);
        drop(writing);
    }

    #[test]
    fn whoever_is_too_far_ahead_waits_and_nothing_is_lost() {
        let (target, written, go_on) = slow();
        let (log, writing) = Log::start(target).expect("a thread");
        (&log).write_all(b"x").expect("room");
        assert_eq!(written.recv().expect("a write").len(), 1);
        // One octet below the bound there is room for one more line, whatever its length; at the bound there is not.
        (&log)
            .write_all(&vec![b'y'; limits::LOG_BYTES - 1])
            .expect("room");
        (&log).write_all(b"z").expect("room");
        let (told, tell) = mpsc::channel();
        let ahead = {
            let log = log.clone();
            thread::spawn(move || {
                (&log).write_all(b"late").expect("room in the end");
                told.send(()).expect("the test listens");
            })
        };
        assert!(tell.try_recv().is_err(), "the bound is reached");
        go_on.send(()).expect("it waits");
        assert_eq!(written.recv().expect("a write").len(), limits::LOG_BYTES);
        tell.recv().expect("there is room again");
        drop(go_on);
        ahead.join().expect("it has ended");
        drop(writing);
        assert_eq!(written.recv().expect("a write"), b"late");
    }

    #[test]
    fn what_is_left_at_the_end_is_written() {
        let (target, written, go_on) = slow();
        drop(go_on);
        let (log, writing) = Log::start(target).expect("a thread");
        for _ in 0..100 {
            (&log).write_all(b"line\n").expect("room");
        }
        drop(writing);
        let all: Vec<u8> = written.try_iter().flatten().collect();
        assert_eq!(all, b"line\n".repeat(100));
    }
}
