//! What is sent: `SIZE:SESSIONS:MODE`, and behind it `:tls`, `:resumed`, `:split` and `:rN`, or a course, as wanted.

use std::fmt;
use std::str::FromStr;

use testbed::load::{Pipelining, Turnover, Writes};

use super::course::{Course, WAITING_MAX};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scenario {
    /// Octets of a message.
    pub(super) octets: usize,
    pub(super) sessions: usize,
    pub(super) turnover: Turnover,
    pub(super) pipelining: Pipelining,
    pub(super) tls: Tls,
    /// Of source and counter.
    pub(super) writes: Writes,
    /// Of each message.
    pub(super) recipients: usize,
    pub(super) course: Course,
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    Clear,
    /// STARTTLS from the source, mutual TLS to the counter, as far as the relay can. Every connection from the source
    /// begins with a full handshake.
    Spoken,
    /// The same, but the source resumes its sessions (RFC 8446 §2.2).
    Resumed,
}

impl Tls {
    pub(super) fn is_spoken(self) -> bool {
        self != Self::Clear
    }
}

/// About twenty minutes with all peers, five rounds and three seconds.
pub(super) const DEFAULT: &str = "10k:20:many,10k:20:1,10k:20:manyp,10k:1:many,10k:100:many,\
1k:20:many,100k:20:many,5m:20:many,10k:20:many:split,10k:20:many:tls";

/// About two minutes with all peers, two rounds and one and a half seconds.
pub(super) const QUICK: &str = "10k:20:many,10k:20:1,5m:20:many,10k:20:many:tls";

/// What TLS costs: some ten minutes with all peers, five rounds and three seconds.
pub(super) const TLS: &str = "10k:20:many:tls,10k:20:1:tls,100k:20:many:tls,5m:20:many:tls,\
1:20:hello:tls,1:20:hello:tls:resumed";

/// Some two minutes of that.
pub(super) const TLS_QUICK: &str = "10k:20:many:tls,1:20:hello:tls,1:20:hello:tls:resumed";

/// What is kept: some fifteen minutes with all peers, five rounds and three seconds.
pub(super) fn spool(waiting: u64) -> String {
    format!(
        "10k:20:many:hold,10k:1:many:hold,10k:20:many:stored,10k:20:many:sides,1k:20:many:w{waiting}"
    )
}

/// Scenarios with commas between them.
pub(super) fn list(text: &str) -> Result<Vec<Scenario>, String> {
    text.split(',').map(str::parse).collect()
}

impl FromStr for Scenario {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text).ok_or_else(|| {
            format!(
                "no scenario {text:?}: SIZE:SESSIONS:MODE[:tls[:resumed]][:split][:rN], SIZE in octets, k or m, SESSIONS \
                 up to 1000, MODE 1 or many (messages a connection), 1p or manyp (pipelined), or hello (no message), \
                 resumed: clients take their TLS sessions up again, split: every write in pieces, N recipients a message, up to {RECIPIENTS_MAX}; or, instead of all these, hold, stored, \
                 sides, or wN with N messages that wait, up to {WAITING_MAX}"
            )
        })
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Scenario {
    /// For people.
    pub(super) fn words(&self) -> String {
        let size = self.name.split(':').next().unwrap_or_default();
        let size = match size.strip_suffix('k') {
            _ if self.course == Course::Hello => "nothing".to_owned(),
            Some(number) => format!("{number} KiB"),
            None => size.replace('m', " MiB"),
        };
        let sessions = match self.sessions {
            1 => "1 session".to_owned(),
            sessions => format!("{sessions} sessions"),
        };
        let turnover = match self.turnover {
            _ if self.course == Course::Hello => "greeting, EHLO and QUIT",
            Turnover::Never => "many messages a connection",
            Turnover::EachMessage => "one message a connection",
        };
        let pipelining = match self.pipelining {
            Pipelining::On => ", pipelined",
            Pipelining::Off => "",
        };
        let tls = match self.tls {
            Tls::Spoken => ", TLS",
            Tls::Resumed => ", TLS resumed",
            Tls::Clear => "",
        };
        let writes = match self.writes {
            Writes::Split => ", split writes",
            Writes::Whole => "",
        };
        let recipients = match self.recipients {
            1 => String::new(),
            recipients => format!(", {recipients} recipients a message"),
        };
        let course = self.course.words();
        format!("{size}, {sessions}, {turnover}{pipelining}{tls}{writes}{recipients}{course}")
    }
}

fn read(text: &str) -> Option<Scenario> {
    let mut parts = text.split(':');
    let (size, sessions, mode) = (parts.next()?, parts.next()?, parts.next()?);
    let (turnover, pipelining) = match mode {
        "1" | "hello" => (Turnover::EachMessage, Pipelining::Off),
        "1p" => (Turnover::EachMessage, Pipelining::On),
        "many" => (Turnover::Never, Pipelining::Off),
        "manyp" => (Turnover::Never, Pipelining::On),
        _ => return None,
    };
    let (mut tls, mut writes, mut recipients) = (Tls::Clear, Writes::Whole, 1);
    let mut course = match mode {
        "hello" => Course::Hello,
        _ => Course::Through,
    };
    let parts: Vec<&str> = parts.collect();
    // Whatever is kept goes in clear, and as a whole.
    if let ([part], Course::Through) = (parts.as_slice(), course)
        && let Some(named) = Course::named(part)
    {
        course = named;
    }
    for part in parts {
        match (part, part.strip_prefix('r')) {
            _ if !matches!(course, Course::Through | Course::Hello) => {}
            ("tls", _) => tls = Tls::Spoken,
            ("resumed", _) if tls == Tls::Spoken => tls = Tls::Resumed,
            _ if course == Course::Hello => return None,
            ("split", _) => writes = Writes::Split,
            (_, Some(number)) => {
                let number = number.parse().ok();
                recipients = number.filter(|n| (1..=RECIPIENTS_MAX).contains(n))?;
            }
            _ => return None,
        }
    }
    Some(Scenario {
        octets: octets(size)?,
        sessions: sessions.parse().ok().filter(|n| (1..=1000).contains(n))?,
        turnover,
        pipelining,
        tls,
        writes,
        recipients,
        course,
        name: text.to_owned(),
    })
}

fn octets(size: &str) -> Option<usize> {
    let (number, unit) = match size.as_bytes().last()? {
        b'k' => (&size[..size.len() - 1], 1 << 10),
        b'm' => (&size[..size.len() - 1], 1 << 20),
        _ => (size, 1),
    };
    let octets = number.parse::<usize>().ok()?.checked_mul(unit)?;
    // The gateway and Postfix are configured for 150 MiB.
    (1..=150 << 20).contains(&octets).then_some(octets)
}

/// What a leg of the gateway takes at most, so that every relay gets all of them at once.
const RECIPIENTS_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_understood() {
        let check = |text: &str, octets, sessions, turnover, pipelining, tls, words: &str| {
            let scenario: Scenario = text.parse().expect(text);
            assert_eq!(
                (scenario.octets, scenario.sessions),
                (octets, sessions),
                "{text}"
            );
            assert_eq!(
                (scenario.turnover, scenario.pipelining),
                (turnover, pipelining),
                "{text}"
            );
            assert_eq!(
                (scenario.tls, scenario.words().as_str()),
                (tls, words),
                "{text}"
            );
            assert_eq!(scenario.to_string(), text);
        };
        use Pipelining::{Off, On};
        use Turnover::{EachMessage, Never};
        check(
            "10k:20:many",
            10_240,
            20,
            Never,
            Off,
            Tls::Clear,
            "10 KiB, 20 sessions, many messages a connection",
        );
        check(
            "5m:1:1",
            5 << 20,
            1,
            EachMessage,
            Off,
            Tls::Clear,
            "5 MiB, 1 session, one message a connection",
        );
        check(
            "500:7:1p:tls",
            500,
            7,
            EachMessage,
            On,
            Tls::Spoken,
            "500, 7 sessions, one message a connection, pipelined, TLS",
        );
        check(
            "150m:1000:manyp",
            150 << 20,
            1_000,
            Never,
            On,
            Tls::Clear,
            "150 MiB, 1000 sessions, many messages a connection, pipelined",
        );
    }

    #[test]
    fn writes_and_recipients_are_understood() {
        let check = |text: &str, writes, recipients, words: &str| {
            let scenario: Scenario = text.parse().expect(text);
            assert_eq!((scenario.writes, scenario.recipients), (writes, recipients));
            assert!(scenario.words().ends_with(words), "{}", scenario.words());
        };
        check("1k:2:many", Writes::Whole, 1, "a connection");
        check("1k:2:many:split", Writes::Split, 1, ", split writes");
        check(
            "1k:2:many:r100",
            Writes::Whole,
            100,
            ", 100 recipients a message",
        );
        check(
            "1k:2:1:tls:split:r2",
            Writes::Split,
            2,
            ", TLS, split writes, 2 recipients a message",
        );
    }

    #[test]
    fn what_a_client_remembers_is_understood() {
        let check = |text: &str, tls, course, words: &str| {
            let scenario: Scenario = text.parse().expect(text);
            assert_eq!((scenario.tls, scenario.course), (tls, course), "{text}");
            assert_eq!(scenario.words(), words);
        };
        check(
            "1k:2:1:tls:resumed",
            Tls::Resumed,
            Course::Through,
            "1 KiB, 2 sessions, one message a connection, TLS resumed",
        );
        check(
            "1:2:hello:tls",
            Tls::Spoken,
            Course::Hello,
            "nothing, 2 sessions, greeting, EHLO and QUIT, TLS",
        );
        check(
            "1:2:hello",
            Tls::Clear,
            Course::Hello,
            "nothing, 2 sessions, greeting, EHLO and QUIT",
        );
    }

    #[test]
    fn courses_are_understood() {
        let check = |text: &str, course, words: &str| {
            let scenario: Scenario = text.parse().expect(text);
            assert_eq!((scenario.course, scenario.recipients), (course, 1));
            assert!(scenario.words().ends_with(words), "{}", scenario.words());
        };
        check("1k:2:many", Course::Through, "a connection");
        check("1k:2:many:hold", Course::Hold, "while the next hop is down");
        check(
            "1k:2:many:w100000",
            Course::Waiting(100_000),
            "while 100000 wait for another side",
        );
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "10k",
            "10k:20",
            "10k:0:1",
            "10k:1001:1",
            "151m:1:1",
            "0:1:1",
            "10g:1:1",
            "1k:1:2",
            "1k:1:1:ssl",
            "1k:1:1:tls:",
            "-1:1:1",
            "1k:1:1:r0",
            "1k:1:1:r101",
            "1k:1:1:r",
            "1k:1:1:hold:tls",
            "1k:1:1:r2:sides",
            "1k:1:1:w0",
            "1k:1:1:hold:stored",
            "1k:1:1:resumed",
            "1k:1:hello:r2",
            "1k:1:hello:hold",
        ] {
            assert!(text.parse::<Scenario>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_lists_are_right() {
        assert_eq!(list(DEFAULT).map(|scenarios| scenarios.len()), Ok(10));
        assert_eq!(list(QUICK).map(|scenarios| scenarios.len()), Ok(4));
        assert_eq!(list(TLS).map(|scenarios| scenarios.len()), Ok(6));
        let spool = list(&spool(WAITING_MAX)).map(|scenarios| scenarios.len());
        assert_eq!(spool, Ok(5));
    }
}
