//! The houses that mail goes to, each with a stand-in for what would be there.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use testbed::certificates::{Authority, Certificate, Leaf};
use testbed::sink::{Act, Connection, Message, Sink, StartTls};
use testbed::tls::ServerTls;

/// Where a message can arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum House {
    /// Exchange Online: it demands our certificate.
    Cloud,
    /// Notes: TLS with a certificate that nobody verifies.
    Notes,
    /// The way out, in clear.
    SmartHost,
    /// What answers in place of another company's Exchange Online, with another name.
    Impostor,
}

impl House {
    pub(super) const ALL: [Self; 4] = [Self::Cloud, Self::Notes, Self::SmartHost, Self::Impostor];

    /// As the configuration and the events name it.
    pub(super) const fn side(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Notes => "notes",
            Self::SmartHost => "internet",
            Self::Impostor => "northwind",
        }
    }

    /// TLS towards it, as the events put it.
    pub(super) const fn security(self) -> &'static str {
        match self {
            Self::Cloud | Self::Impostor => "TLSv1.3 verified",
            Self::Notes => "TLSv1.3 unverified",
            Self::SmartHost => "none (not offered)",
        }
    }

    /// What it must have seen of us when it took a message.
    pub(super) const fn sees(self) -> Sees {
        match self {
            Self::Cloud | Self::Impostor => Sees::Certificate,
            Self::Notes => Sees::Tls,
            Self::SmartHost => Sees::ClearText,
        }
    }
}

/// What a house sees of whoever delivers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sees {
    ClearText,
    Tls,
    /// TLS, with our certificate.
    Certificate,
}

/// A stand-in for each house.
#[derive(Debug)]
pub(super) struct Houses {
    cloud: Sink,
    notes: Sink,
    smart_host: Sink,
    impostor: Sink,
}

impl Houses {
    /// `cloud`: the certificate of Exchange Online. Whoever delivers there must show one of `root`.
    pub(super) async fn open(root: &Authority, cloud: &Certificate) -> io::Result<Self> {
        let own = Certificate::self_signed(&Leaf::new("domino.corp.contoso.com"));
        let other = root.issue(&Leaf::new("mail.proseware.example"));
        let full = Act::reply(452, "4.2.2 This mailbox is full");
        let gone = Act::reply(550, "5.1.1 This person has left the company");
        Ok(Self {
            cloud: Sink::cloud(cloud, root)
                .kept_octets_max(KEPT_OCTETS)
                .start()
                .await?,
            notes: Sink::notes()
                .kept_octets_max(KEPT_OCTETS)
                .script(|script| {
                    script
                        .starttls(StartTls::Offered(ServerTls::showing(&own)))
                        .recipient(FULL_MAILBOX, full)
                        .recipient(GONE, gone)
                })
                .start()
                .await?,
            smart_host: Sink::builder()
                .kept_octets_max(KEPT_OCTETS)
                .script(|script| script.hostname("smarthost.corp.contoso.com"))
                .start()
                .await?,
            impostor: Sink::cloud(&other, root)
                .kept_octets_max(KEPT_OCTETS)
                .start()
                .await?,
        })
    }

    pub(super) fn at(&self, house: House) -> &Sink {
        match house {
            House::Cloud => &self.cloud,
            House::Notes => &self.notes,
            House::SmartHost => &self.smart_host,
            House::Impostor => &self.impostor,
        }
    }

    pub(super) fn address(&self, house: House) -> SocketAddr {
        self.at(house).addr()
    }
}

/// What has come to one house.
#[derive(Debug)]
pub(super) struct Arrivals {
    pub(super) house: House,
    /// Envelopes that were begun.
    pub(super) envelopes: usize,
    pub(super) messages: Vec<Arc<Message>>,
    /// Messages that began and never ended.
    pub(super) unfinished: usize,
}

impl Houses {
    /// Everything so far.
    pub(super) fn arrivals(&self, house: House) -> Arrivals {
        let sink = self.at(house);
        Arrivals {
            house,
            envelopes: sink.connections().iter().map(envelopes).sum(),
            messages: sink.messages(),
            unfinished: sink.aborted().len(),
        }
    }
}

impl Arrivals {
    /// What was not there before.
    pub(super) fn since(mut self, before: &Self) -> Self {
        self.envelopes -= before.envelopes;
        self.messages.drain(..before.messages.len());
        self.unfinished -= before.unfinished;
        self
    }
}

/// Envelopes that were begun on this connection.
fn envelopes(connection: &Connection) -> usize {
    let begins = |line: &&String| {
        line.get(..5)
            .is_some_and(|verb| verb.eq_ignore_ascii_case("MAIL "))
    };
    connection.commands.iter().filter(begins).count()
}

/// Octets of content that were announced on this connection, chunk by chunk.
pub(super) fn announced(connection: &Connection) -> usize {
    connection.commands.iter().map(|line| chunk(line)).sum()
}

/// Octets that a `BDAT` line announces.
fn chunk(line: &str) -> usize {
    let mut words = line.split_ascii_whitespace();
    let is_chunk = words
        .next()
        .is_some_and(|verb| verb.eq_ignore_ascii_case("BDAT"));
    let octets = words.next().and_then(|word| word.parse().ok());
    octets.filter(|_| is_chunk).unwrap_or(0)
}

/// The person in Notes who gets no more mail.
pub(super) const FULL_MAILBOX: &str = "kitchen@contoso.com";

/// The person whom the directory still has in Notes, and Notes does not.
pub(super) const GONE: &str = "elena.popescu@contoso.com";

/// Enough for the play. With `--stay` later messages are counted, not kept.
const KEPT_OCTETS: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_octets_of_a_chunk_stand_behind_its_verb() {
        for (line, expected) in [
            ("BDAT 65536", 65_536),
            ("bdat 12 LAST", 12),
            ("BDAT 0 LAST", 0),
            ("BDAT", 0),
            ("BDAT many", 0),
            ("MAIL FROM:<a@b> SIZE=12", 0),
            ("DATA", 0),
        ] {
            assert_eq!(chunk(line), expected, "{line}");
        }
    }
}
