//! Clients: they say what they have to say, in the ways that SMTP has for it, and some leave in the middle.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout};

use super::chance::Chance;
use super::door::Door;
use super::people::{DOMAIN, Home};
use super::talk::Talk;
use super::witness::{Addressee, Letter, Witnesses};

/// One client, for a session or more.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) door: Arc<Door>,
    pub(super) witnesses: Witnesses,
    pub(super) chance: Chance,
    /// Whose it is; `None`: the internet's.
    pub(super) from: Option<Home>,
    /// How many people others write to.
    pub(super) people: usize,
}

/// How a client says what it has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// A command, a reply, a command.
    Patient,
    /// All commands of a message at once (RFC 2920).
    Pipelined,
    /// In chunks (RFC 3030).
    Chunked,
}

/// A message on its way to us.
struct Saying<'a> {
    number: usize,
    witnesses: &'a Witnesses,
    chance: &'a mut Chance,
    talk: &'a mut Talk,
}

impl Client {
    /// Some sessions with some messages each, at random times within `span`.
    pub(super) async fn live(mut self, span: Duration) {
        let until = Instant::now() + span;
        let mut wait = self.chance.seconds(0..=span.as_secs() / 2);
        loop {
            sleep(wait).await;
            if Instant::now() >= until {
                return;
            }
            // However a session ends, the witness knows what was said in it.
            let _ = self.session().await;
            wait = self.chance.seconds(1..=90);
        }
    }

    async fn session(&mut self) -> io::Result<()> {
        let end = self.door.knock(self.address(), &mut self.chance);
        let mut talk = Talk::over(end.ok_or(io::ErrorKind::ConnectionRefused)?);
        expect(&mut talk, 220).await?;
        talk.say(b"EHLO client.test\r\n").await?;
        expect(&mut talk, 250).await?;
        for _ in 0..=self.chance.below(2) {
            let number = self.think();
            // Most stay to the end.
            let patience = match self.chance.one_in(8) {
                true => self.chance.millis(0..=1_500),
                false => PATIENCE,
            };
            let saying = Saying {
                number,
                witnesses: &self.witnesses,
                chance: &mut self.chance,
                talk: &mut talk,
            };
            let said = timeout(patience, saying.say()).await;
            self.witnesses.look().letters[number].ended = Some(Instant::now());
            said.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
            sleep(self.chance.millis(0..=3_000)).await;
        }
        talk.say(b"QUIT\r\n").await?;
        expect(&mut talk, 221).await
    }

    /// A side is known by its address.
    fn address(&self) -> SocketAddr {
        (
            [
                192,
                0,
                2,
                if self.from.is_some() { NOTES } else { STRANGER },
            ],
            40_000,
        )
            .into()
    }

    /// Thinks of a message.
    fn think(&mut self) -> usize {
        let mut witness = self.witnesses.look();
        let (number, now, chance) = (witness.letters.len(), Instant::now(), &mut self.chance);
        let reverse = match chance.below(8) {
            0 => String::new(),
            // A report finds its way to one of our people.
            1 | 2 => format!("p{}@{DOMAIN}", self.people + number % SENDERS),
            _ => format!("m{number}@sender.test"),
        };
        let mut recipients: Vec<Addressee> = Vec::new();
        for _ in 0..=chance.below(4) {
            let person = match chance.one_in(25) {
                true => NOBODY + chance.below(9),
                false => chance.below(self.people),
            };
            let address = format!("p{person}@{DOMAIN}");
            if !recipients.iter().any(|one| one.address == address) {
                recipients.push(Addressee {
                    person: witness.people.number(&address),
                    address,
                    notify: *chance.pick(&NOTIFY),
                    asked: now,
                    said: None,
                });
            }
        }
        let content = content(number, chance);
        let to: Vec<_> = recipients.iter().map(|one| &*one.address).collect();
        let what = format!(
            "m{number} of {:?} from <{reverse}> to {}, {} octets",
            self.from.map(Home::name),
            to.join(" "),
            content.len()
        );
        witness.note(&what);
        witness.letters.push(Letter {
            reverse,
            from: self.from,
            recipients,
            content,
            began: now,
            said: None,
            ended: None,
        });
        number
    }
}

impl Saying<'_> {
    async fn say(mut self) -> io::Result<()> {
        let manner = *self
            .chance
            .pick(&[Manner::Patient, Manner::Pipelined, Manner::Chunked]);
        let (mut commands, content) = self.words();
        let envelope = commands.len();
        if manner == Manner::Pipelined {
            commands.push("DATA\r\n".to_owned());
        }
        if manner != Manner::Patient {
            self.talk.say(commands.concat().as_bytes()).await?;
        }
        let mut accepted = 0;
        for (at, command) in commands.iter().enumerate().take(envelope) {
            if manner == Manner::Patient {
                self.talk.say(command.as_bytes()).await?;
            }
            accepted += self.hears_of(at).await?;
        }
        if manner == Manner::Patient && accepted > 0 {
            self.talk.say(b"DATA\r\n").await?;
        }
        let code = match (manner, accepted) {
            (Manner::Patient | Manner::Chunked, 0) => None,
            (Manner::Chunked, _) => Some(self.chunks(&content).await?),
            (Manner::Patient | Manner::Pipelined, _) => match self.talk.reply().await?.0 {
                354 => Some(self.lines(&content).await?),
                code => Some(code),
            },
        };
        if let Some(code) = code {
            self.is_told(code);
        }
        if code != Some(250) {
            self.talk.say(b"RSET\r\n").await?;
            expect(self.talk, 250).await?;
        }
        Ok(())
    }

    /// MAIL and every RCPT.
    fn words(&mut self) -> (Vec<String>, Bytes) {
        let witness = self.witnesses.look();
        let letter = &witness.letters[self.number];
        let returns = if self.chance.one_in(4) {
            " RET=FULL"
        } else {
            ""
        };
        let mail = format!(
            "MAIL FROM:<{}> ENVID=m{}{returns}\r\n",
            letter.reverse, self.number
        );
        let recipients = letter.recipients.iter().map(|one| match one.notify {
            Some(notify) => format!("RCPT TO:<{}> NOTIFY={notify}\r\n", one.address),
            None => format!("RCPT TO:<{}>\r\n", one.address),
        });
        let commands = std::iter::once(mail).chain(recipients).collect();
        (commands, letter.content.clone())
    }

    /// The reply to a command of the envelope; how many recipients that makes.
    async fn hears_of(&mut self, at: usize) -> io::Result<usize> {
        let (code, text) = self.talk.reply().await?;
        let Some(number) = at.checked_sub(1) else {
            return Ok(0);
        };
        let mut witness = self.witnesses.look();
        let one = &mut witness.letters[self.number].recipients[number];
        one.said = Some(code);
        if code != 250 {
            let what = format!("m{} is told of {}: {text}", self.number, one.address);
            witness.note(&what);
        }
        Ok(usize::from(code == 250))
    }

    /// The message as lines (RFC 5321 §4.5.2).
    async fn lines(&mut self, content: &[u8]) -> io::Result<u16> {
        let mut stuffed = Vec::with_capacity(content.len() + 8);
        for line in content.split_inclusive(|octet| *octet == b'\n') {
            if line.starts_with(b".") {
                stuffed.push(b'.');
            }
            stuffed.extend_from_slice(line);
        }
        stuffed.extend_from_slice(b".\r\n");
        for piece in self.pieces(&stuffed) {
            self.talk.say(piece).await?;
            self.breathes().await;
        }
        Ok(self.talk.reply().await?.0)
    }

    async fn chunks(&mut self, content: &[u8]) -> io::Result<u16> {
        let pieces = self.pieces(content);
        let last = pieces.len() - 1;
        for (at, piece) in pieces.into_iter().enumerate() {
            let mark = if at == last { " LAST" } else { "" };
            let command = format!("BDAT {}{mark}\r\n", piece.len());
            self.talk.say(&[command.as_bytes(), piece].concat()).await?;
            let (code, _) = self.talk.reply().await?;
            if at == last || code != 250 {
                return Ok(code);
            }
            self.breathes().await;
        }
        Ok(0)
    }

    fn pieces<'o>(&mut self, octets: &'o [u8]) -> Vec<&'o [u8]> {
        octets
            .chunks(octets.len() / (1 + self.chance.below(3)) + 1)
            .collect()
    }

    async fn breathes(&mut self) {
        if self.chance.one_in(2) {
            sleep(self.chance.millis(0..=500)).await;
        }
    }

    fn is_told(&self, code: u16) {
        let mut witness = self.witnesses.look();
        witness.note(&format!("m{} is told {code}", self.number));
        witness.letters[self.number].said = Some((Instant::now(), code));
    }
}

async fn expect(talk: &mut Talk, wanted: u16) -> io::Result<()> {
    match talk.reply().await?.0 {
        code if code == wanted => Ok(()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Mostly small; some are too large for a hop to wait for all of it, and a few for memory.
fn content(number: usize, chance: &mut Chance) -> Bytes {
    let octets = match chance.below(1_000) {
        0 => 270_000,
        1..=8 => 70_000,
        9..=99 => 6_000,
        _ => 10 + chance.below(1_000),
    };
    let mut text = format!(
        "From: <a@sender.test>\r\nMessage-ID: {}\r\nSubject: number {number}\r\n\r\n",
        Letter::message_id(number)
    );
    let lines = [
        "a line like any other, and nothing else in it\r\n",
        ".\r\n",
        "..and one that begins with dots\r\n",
        "\r\n",
    ];
    let end = text.len() + octets;
    while text.len() < end {
        let line = match chance.one_in(4) {
            true => chance.below(lines.len()),
            false => 0,
        };
        text.push_str(lines[line]);
    }
    text.into()
}

const NOTIFY: [Option<&str>; 8] = [
    None,
    None,
    None,
    None,
    Some("NEVER"),
    Some("FAILURE"),
    Some("SUCCESS,FAILURE"),
    Some("DELAY"),
];
/// Our people who only write.
pub(super) const SENDERS: usize = 4;
/// Numbers from here on are nobody's.
const NOBODY: usize = 900;
/// Addresses that clients speak from.
pub(super) const NOTES: u8 = 100;
const STRANGER: u8 = 7;
/// Clients wait for ten minutes (RFC 5321 §4.5.3.2.6).
const PATIENCE: Duration = Duration::from_secs(10 * 60);
