//! A next hop: a small SMTP server in all kinds of weather. What it takes it tells the witness before it says so.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, sleep};

use super::chance::Chance;
use super::people::Home;
use super::talk::Talk;
use super::wire::{End, Heard};
use super::witness::{Refusal, Taking, Witnesses};

/// One hop.
#[derive(Debug)]
pub(super) struct Hop {
    pub(super) address: SocketAddr,
    /// Whose it is; `None`: it is the way to the internet.
    home: Option<Home>,
    /// What it offers at EHLO beyond the usual.
    extensions: Vec<&'static str>,
    /// Which weather there is from when on.
    weather: Vec<(Instant, Weather)>,
    chance: Mutex<Chance>,
    witnesses: Witnesses,
}

/// How a hop behaves for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Fair,
    /// No connection.
    Refusing,
    /// No answer to a connection.
    Silent,
    /// 421 to whoever comes.
    Leaving,
    /// Refuses, defers, throttles, cuts, and keeps silent at any point, now and then.
    Rough,
    /// All of that seldom, and takes its time.
    Slow,
}

/// What a hop does where it is its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    /// Says this instead.
    Says(u16, &'static str),
    /// Refuses for good, and means it.
    Refuses,
    Cuts,
    /// Cuts after it has done what was asked, and before it says so.
    CutsLate,
    KeepsSilent,
}

/// One transaction.
#[derive(Debug)]
struct Envelope {
    reverse: String,
    recipients: Vec<String>,
    begun: Instant,
}

impl Hop {
    pub(super) fn new(
        address: SocketAddr,
        home: Option<Home>,
        span: Duration,
        mut chance: Chance,
        witnesses: Witnesses,
    ) -> Arc<Self> {
        let extensions = ["8BITMIME", "CHUNKING", "DSN", "ENHANCEDSTATUSCODES"];
        let extensions = extensions
            .into_iter()
            .filter(|_| !chance.one_in(3))
            .collect();
        Arc::new(Self {
            address,
            home,
            extensions,
            weather: forecast(span, &mut chance),
            chance: Mutex::new(chance),
            witnesses,
        })
    }

    /// Whether it takes a connection. `None`: it does not say.
    pub(super) fn answers(&self) -> Option<bool> {
        match self.weather() {
            Weather::Refusing => Some(false),
            Weather::Silent => None,
            Weather::Fair | Weather::Leaving | Weather::Rough | Weather::Slow => Some(true),
        }
    }

    pub(super) fn latency(&self) -> Duration {
        self.decide(|chance| chance.millis(1..=40))
    }

    /// Talks until either side has enough.
    pub(super) async fn serve(self: Arc<Self>, end: End) {
        // However it ends, the other side sees it.
        let _ = self.converse(&mut Talk::over(end)).await;
    }

    async fn converse(&self, talk: &mut Talk) -> io::Result<()> {
        if self.weather() == Weather::Leaving {
            return say(talk, 421, "4.3.2 going away").await;
        }
        self.act(self.mood(&GREETING), talk, 220, "hop.test ESMTP")
            .await?;
        let mut envelope: Option<Envelope> = None;
        let mut chunks = BytesMut::new();
        loop {
            let line = talk.line().await?;
            let verb = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => self.hello(talk).await?,
                "MAIL" => {
                    let mood = self.mood(&MAIL);
                    if self.act(mood, talk, 250, "2.1.0 go on").await? {
                        envelope = Some(Envelope {
                            reverse: path(&line),
                            recipients: Vec::new(),
                            begun: Instant::now(),
                        });
                    } else {
                        envelope = None;
                        self.refuse(mood, &path(&line), &["*".to_owned()]);
                    }
                    chunks.clear();
                }
                "RCPT" => match &mut envelope {
                    Some(envelope) => self.recipient(envelope, &path(&line), talk).await?,
                    None => say(talk, 503, "5.5.1 MAIL first").await?,
                },
                "DATA" => match envelope.take_if(|one| !one.recipients.is_empty()) {
                    Some(envelope) => self.data(envelope, talk).await?,
                    None => say(talk, 554, "5.5.1 nobody to give it to").await?,
                },
                "BDAT" => {
                    let mut words = line.split(' ').skip(1);
                    let count = words
                        .next()
                        .and_then(|count| count.parse().ok())
                        .unwrap_or(0);
                    chunks.extend_from_slice(&talk.octets(count).await?);
                    let is_last = words.next().is_some();
                    match envelope.take_if(|_| is_last) {
                        _ if !is_last => say(talk, 250, "2.0.0 more").await?,
                        Some(one) if !one.recipients.is_empty() => {
                            let content = chunks.split().freeze();
                            self.content(one, content, talk).await?;
                        }
                        _ => say(talk, 554, "5.5.1 nobody to give it to").await?,
                    }
                }
                "RSET" => {
                    envelope = None;
                    say(talk, 250, "2.0.0 forgotten").await?;
                }
                "QUIT" => return say(talk, 221, "2.0.0 bye").await,
                _ => say(talk, 500, "5.5.2 what").await?,
            }
        }
    }

    async fn hello(&self, talk: &mut Talk) -> io::Result<()> {
        let mut text = String::new();
        for line in ["hop.test"].iter().chain(&self.extensions) {
            text.push_str(&format!("{}-{line}\r\n", 250));
        }
        text.push_str(&format!("{} PIPELINING\r\n", 250));
        talk.say(text.as_bytes()).await
    }

    async fn recipient(
        &self,
        envelope: &mut Envelope,
        to: &str,
        talk: &mut Talk,
    ) -> io::Result<()> {
        let mood = self.mood(&RCPT);
        if self.act(mood, talk, 250, "2.1.5 fine").await? {
            envelope.recipients.push(to.to_owned());
        } else {
            self.refuse(mood, &envelope.reverse, &[to.to_owned()]);
        }
        Ok(())
    }

    async fn data(&self, envelope: Envelope, talk: &mut Talk) -> io::Result<()> {
        let mood = self.mood(&DATA);
        if !self.act(mood, talk, 354, "go on").await? {
            self.refuse(mood, &envelope.reverse, &envelope.recipients);
            return Ok(());
        }
        let text = match talk.until(b"\r\n.\r\n").await? {
            text if text.is_empty() => text,
            text => {
                let mut content = BytesMut::with_capacity(text.len() + 2);
                for line in text.split_inclusive(|octet| *octet == b'\n') {
                    content.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
                }
                content.extend_from_slice(b"\r\n");
                content.freeze()
            }
        };
        self.content(envelope, text, talk).await
    }

    /// The message is whole.
    async fn content(&self, envelope: Envelope, content: Bytes, talk: &mut Talk) -> io::Result<()> {
        let mood = self.mood(&FINAL);
        let is_slow = self.weather() == Weather::Slow;
        sleep(self.decide(|chance| chance.millis(0..=if is_slow { 20_000 } else { 30 }))).await;
        match mood {
            Mood::Well => {
                let text = format!("{} 2.6.0 taken\r\n", 250);
                // From here on it is taken, whether or not anybody is there to hear of it.
                let number = self.take(envelope, content, false);
                talk.say(text.as_bytes()).await?;
                self.is_heard(number, talk.heard());
                Ok(())
            }
            Mood::CutsLate => {
                self.take(envelope, content, true);
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Mood::KeepsSilent => {
                if self.decide(|chance| chance.one_in(2)) {
                    self.take(envelope, content, true);
                }
                std::future::pending().await
            }
            other => {
                self.refuse(other, &envelope.reverse, &envelope.recipients);
                self.act(other, talk, 250, "2.6.0 taken").await.map(|_| ())
            }
        }
    }

    fn take(&self, envelope: Envelope, content: Bytes, is_lost: bool) -> usize {
        let mut witness = self.witnesses.look();
        let to = envelope.recipients.join(" ");
        witness.note(&format!(
            "{} takes <{}> for {to}",
            self.name(),
            envelope.reverse
        ));
        witness.takings.push(Taking {
            home: self.home,
            reverse: envelope.reverse,
            recipients: envelope.recipients,
            content,
            begun: envelope.begun,
            taken: Instant::now(),
            heard: Heard::default(),
            is_lost,
        });
        witness.takings.len() - 1
    }

    fn is_heard(&self, number: usize, heard: Heard) {
        self.witnesses.look().takings[number].heard = heard;
    }

    fn refuse(&self, mood: Mood, reverse: &str, recipients: &[String]) {
        if mood != Mood::Refuses {
            return;
        }
        let at = Instant::now();
        let mut witness = self.witnesses.look();
        witness.note(&format!(
            "{} refuses <{reverse}> for {}",
            self.name(),
            recipients.join(" ")
        ));
        let refusals = recipients.iter().map(|recipient| Refusal {
            reverse: reverse.to_owned(),
            recipient: recipient.clone(),
            at,
        });
        witness.refusals.extend(refusals);
    }

    /// Says yes, or does what comes to its mind. `false`: it said no.
    async fn act(&self, mood: Mood, talk: &mut Talk, code: u16, text: &str) -> io::Result<bool> {
        match mood {
            Mood::Well => {
                say(talk, code, text).await?;
                return Ok(true);
            }
            Mood::Says(code, text) => say(talk, code, text).await?,
            Mood::Refuses => say(talk, 550, "5.1.1 nobody of that name").await?,
            Mood::Cuts | Mood::CutsLate => return Err(io::ErrorKind::ConnectionAborted.into()),
            Mood::KeepsSilent => std::future::pending().await,
        }
        Ok(false)
    }

    fn mood(&self, moods: &[Mood]) -> Mood {
        let times = match self.weather() {
            Weather::Rough => 4,
            Weather::Slow => 40,
            _ => return Mood::Well,
        };
        self.decide(|chance| match chance.one_in(times) {
            true => *chance.pick(moods),
            false => Mood::Well,
        })
    }

    fn weather(&self) -> Weather {
        let now = Instant::now();
        let last = self.weather.iter().rev().find(|(since, _)| *since <= now);
        last.map_or(Weather::Fair, |(_, weather)| *weather)
    }

    fn decide<T>(&self, decide: impl FnOnce(&mut Chance) -> T) -> T {
        decide(&mut self.chance.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn name(&self) -> &'static str {
        self.home.map_or("internet", Home::name)
    }
}

/// Some weather for `span`; after that it is fair for good.
fn forecast(span: Duration, chance: &mut Chance) -> Vec<(Instant, Weather)> {
    let began = Instant::now();
    let mut at = Duration::ZERO;
    let mut weather = Vec::new();
    let kinds = [
        Weather::Fair,
        Weather::Fair,
        Weather::Refusing,
        Weather::Silent,
        Weather::Leaving,
        Weather::Rough,
        Weather::Rough,
        Weather::Slow,
    ];
    while at < span {
        weather.push((began + at, *chance.pick(&kinds)));
        at += chance.seconds(1..=120);
    }
    weather.push((began + span, Weather::Fair));
    weather
}

async fn say(talk: &mut Talk, code: u16, text: &str) -> io::Result<()> {
    talk.say(format!("{code} {text}\r\n").as_bytes()).await
}

/// What stands in the angle brackets.
fn path(line: &str) -> String {
    let within = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    within.map_or(String::new(), |(path, _)| path.to_owned())
}

const GREETING: [Mood; 4] = [
    Mood::Says(421, "4.3.2 not now"),
    Mood::Says(554, "5.3.2 not to you"),
    Mood::Cuts,
    Mood::KeepsSilent,
];
const MAIL: [Mood; 6] = [
    Mood::Says(451, "4.7.500 too many"),
    Mood::Says(550, "5.7.64 who are you"),
    Mood::Says(421, "4.3.2 enough"),
    Mood::Refuses,
    Mood::Cuts,
    Mood::KeepsSilent,
];
const RCPT: [Mood; 8] = [
    Mood::Says(450, "4.2.1 later"),
    Mood::Says(450, "4.2.1 later"),
    Mood::Says(550, "5.7.51 who are you"),
    Mood::Says(421, "4.3.2 enough"),
    Mood::Refuses,
    Mood::Refuses,
    Mood::Cuts,
    Mood::KeepsSilent,
];
const DATA: [Mood; 4] = [
    Mood::Says(451, "4.3.0 later"),
    Mood::Refuses,
    Mood::Cuts,
    Mood::KeepsSilent,
];
const FINAL: [Mood; 8] = [
    Mood::Says(452, "4.3.1 no room"),
    Mood::Says(451, "4.7.652 slower"),
    Mood::Refuses,
    Mood::Cuts,
    Mood::CutsLate,
    Mood::CutsLate,
    Mood::CutsLate,
    Mood::KeepsSilent,
];
