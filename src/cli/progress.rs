//! How far long work is: a bar on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal as _, Write};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Progress {
    total: u64,
    done: u64,
    /// What is counted.
    what: &'static str,
    kind: Kind,
    began: Instant,
    /// When the next sign is due.
    due: Instant,
    /// The bar stands in the last line.
    shown: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bar,
    Lines,
}

impl Progress {
    pub(super) fn new(total: u64, what: &'static str) -> Self {
        let kind = match io::stderr().is_terminal() {
            true => Kind::Bar,
            false => Kind::Lines,
        };
        Self::of(kind, total, what, Instant::now())
    }

    fn of(kind: Kind, total: u64, what: &'static str, now: Instant) -> Self {
        Self {
            total,
            done: 0,
            what,
            kind,
            began: now,
            due: now + kind.pause(),
            shown: false,
        }
    }

    /// One more is done.
    pub(super) fn step(&mut self, to: &mut dyn Write) -> io::Result<()> {
        self.stand_at(Instant::now(), self.done + 1, to)
    }

    /// So much is done, of so much.
    pub(super) fn stand(&mut self, done: u64, total: u64, to: &mut dyn Write) -> io::Result<()> {
        self.total = total;
        self.stand_at(Instant::now(), done, to)
    }

    /// So much of `name` is done; who knows of how much.
    pub(super) fn reach(
        &mut self,
        name: &str,
        done: u64,
        total: Option<u64>,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        self.reach_at(Instant::now(), name, done, total, to)
    }

    fn reach_at(
        &mut self,
        now: Instant,
        name: &str,
        done: u64,
        total: Option<u64>,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        if now < self.due {
            return Ok(());
        }
        self.due = now + self.kind.pause();
        let seconds = now.duration_since(self.began).as_secs();
        let of = total.map_or_else(String::new, |total| format!(" of about {total}"));
        let text = format!("{name}: {done}{of} {}, {seconds} s", self.what);
        match self.kind {
            Kind::Lines => writeln!(to, "{text}"),
            Kind::Bar => {
                self.clear(to)?;
                self.shown = true;
                match total {
                    Some(total) => write!(to, "{} {text}", bar(done, total))?,
                    None => write!(to, "{text}")?,
                }
                to.flush()
            }
        }
    }

    fn stand_at(&mut self, now: Instant, done: u64, to: &mut dyn Write) -> io::Result<()> {
        self.done = done;
        if now < self.due {
            return Ok(());
        }
        self.due = now + self.kind.pause();
        let (done, total, what) = (self.done, self.total, self.what);
        match self.kind {
            Kind::Lines => writeln!(to, "{done} of {total} {what}"),
            Kind::Bar => {
                self.clear(to)?;
                self.shown = true;
                write!(to, "{} {done} of {total}", bar(done, total))?;
                to.flush()
            }
        }
    }

    /// Takes the bar away, so that something else can be said.
    pub(super) fn clear(&mut self, to: &mut dyn Write) -> io::Result<()> {
        match std::mem::take(&mut self.shown) {
            true => write!(to, "\r\x1b[K"),
            false => Ok(()),
        }
    }
}

impl Kind {
    fn pause(self) -> Duration {
        match self {
            Self::Bar => Duration::from_millis(100),
            Self::Lines => Duration::from_secs(10),
        }
    }
}

fn bar(done: u64, total: u64) -> String {
    let filled = usize::try_from(done.saturating_mul(WIDTH as u64) / total.max(1));
    let filled = filled.map_or(WIDTH, |filled| filled.min(WIDTH));
    let (full, empty) = ("#".repeat(filled), "-".repeat(WIDTH - filled));
    format!("[{full}{empty}]")
}

const WIDTH: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: Kind, seconds: &[f64]) -> String {
        let start = Instant::now();
        let (mut progress, mut out) = (Progress::of(kind, 4, "files", start), Vec::new());
        for second in seconds {
            progress.clear(&mut out).expect("a vector");
            let now = start + Duration::from_secs_f64(*second);
            progress
                .stand_at(now, progress.done + 1, &mut out)
                .expect("a vector");
        }
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_line_every_ten_seconds_and_a_bar_that_is_drawn_anew() {
        assert_eq!(
            told(Kind::Lines, &[1.0, 9.9, 10.0, 25.0]),
            "3 of 4 files\n4 of 4 files\n"
        );
        let half = format!("[{}{}] 2 of 4", "#".repeat(20), "-".repeat(20));
        let three = format!("[{}{}] 3 of 4", "#".repeat(30), "-".repeat(10));
        assert_eq!(
            told(Kind::Bar, &[0.05, 0.2, 0.4]),
            format!("{half}\r\x1b[K{three}")
        );
    }

    #[test]
    fn a_source_is_told_with_its_time_and_with_a_bar_where_it_is_known_how_much_it_has() {
        let check = |kind: Kind, total: Option<u64>, expected: &str| {
            let start = Instant::now();
            let (mut progress, mut out) = (Progress::of(kind, 0, "entries", start), Vec::new());
            for (second, done) in [(0.05, 1), (10.0, 50), (10.05, 60)] {
                let now = start + Duration::from_secs_f64(second);
                let reached = progress.reach_at(now, "ad", done, total, &mut out);
                reached.expect("a vector");
            }
            progress.clear(&mut out).expect("a vector");
            assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
        };
        check(Kind::Lines, None, "ad: 50 entries, 10 s\n");
        check(
            Kind::Lines,
            Some(100),
            "ad: 50 of about 100 entries, 10 s\n",
        );
        check(Kind::Bar, None, "ad: 50 entries, 10 s\r\x1b[K");
        let half = format!("[{}{}]", "#".repeat(20), "-".repeat(20));
        let expected = format!("{half} ad: 50 of about 100 entries, 10 s\r\x1b[K");
        check(Kind::Bar, Some(100), &expected);
    }
}
