//! Real servers behind the gateway must see exactly the messages that it accepted: the published look-alikes of the end of
//! data, and generated bodies (CVE-2023-51764, -51765, -51766, CVE-2024-27305).

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;

use testbed::client::Client;

use super::{Aiosmtpd, Exim, Peer, Postfix, Stored, require, unpacked};
use crate::hostile::Dice;
use crate::hostile::smuggling::{INNER, LOOK_ALIKES, body};
use crate::scene::{INTERNET, SCANNER, Scene};

const SENDER: &str = "sender@example.net";
const NORA: &str = "nora@contoso.com";

/// Look-alikes that are content beyond doubt, so that the gateway takes them.
const HARMLESS: &[&str] = &[
    "\r\n. \r\n",
    "\r\n.\t\r\n",
    "\r\n .\r\n",
    "\r\n..\r\n",
    "\r\n...\r\n",
    "\r\n.x\r\n",
    "\r\n\u{85}.\u{85}\r\n",
    "\r\n\u{2028}.\u{2028}",
    "\r\n.\u{b}\r\n",
    "\r\n.\u{c}\r\n",
    "\r\n.\u{1a}\r\n",
    "\r\n=2E\r\n",
];

/// What was accepted, by number: the content, where every octet of it has one meaning.
type Accepted = BTreeMap<usize, Option<Vec<u8>>>;

/// One gateway before one server, and all that was sent through it.
struct Trial {
    scene: Scene,
    sent: usize,
    accepted: Accepted,
}

impl Trial {
    async fn before(hop: SocketAddr) -> Self {
        let scene = Scene::with(|setup| {
            setup.notes_hops = vec![hop];
            setup.scanner_accept = "[side.scanner.format]\nbare_newline = \"normalise\"".to_owned();
        });
        Self {
            scene: scene.await,
            sent: 0,
            accepted: Accepted::new(),
        }
    }

    /// Everything that a server adds where it is missing.
    fn header(&mut self) -> String {
        self.sent += 1;
        format!(
            "From: {SENDER}\r\nTo: {NORA}\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{}@smuggling.test>\r\n",
            self.sent
        )
    }

    async fn envelope(&mut self, client: &mut Client) {
        assert_eq!(client.mail(SENDER).await.expect("MAIL").code, 250);
        assert_eq!(client.rcpt(NORA).await.expect("RCPT").code, 250);
    }

    fn answered(&mut self, code: u16, content: Option<Vec<u8>>) {
        if code == 250 {
            self.accepted.insert(self.sent, content);
        }
    }

    /// `wire` goes behind DATA in as many writes as there are pieces.
    async fn data(&mut self, client: &mut Client, pieces: &[&[u8]], is_clear: bool) {
        self.envelope(client).await;
        assert_eq!(client.command("DATA").await.expect("DATA").code, 354);
        for piece in pieces {
            client.send_raw(piece).await.expect("octets go out");
            tokio::task::yield_now().await;
        }
        let reply = client.read_reply().await.expect("one answer");
        let content = unstuffed(&pieces.concat());
        self.answered(reply.code, is_clear.then_some(content));
        // There is one answer a message.
        assert_eq!(client.command("NOOP").await.expect("NOOP").code, 250);
    }

    async fn chunks(&mut self, client: &mut Client, first: &[u8], last: &[u8], is_clear: bool) {
        self.envelope(client).await;
        let taken = client.bdat(first).await.expect("a chunk").code == 250;
        let reply = match taken {
            true => client.bdat_last(last).await.expect("one answer"),
            false => {
                client.command("RSET").await.expect("RSET");
                return;
            }
        };
        let mut content = [first, last].concat();
        if !content.ends_with(b"\r\n") {
            content.extend_from_slice(b"\r\n"); // every server behind us has lines
        }
        self.answered(reply.code, is_clear.then_some(content));
    }

    /// Each look-alike by DATA and by BDAT, and cut at each of its octets.
    async fn look_alikes(&mut self) {
        for from in [INTERNET, SCANNER] {
            let mut client = self.scene.client(from).await;
            for look_alike in LOOK_ALIKES.iter().chain(HARMLESS) {
                let is_clear = is_clear(look_alike);
                let head = format!("{}Subject: outer\r\n\r\nouter", self.header());
                let wire = format!("{head}{look_alike}{INNER}");
                self.data(&mut client, &[wire.as_bytes()], is_clear).await;
                for cut in 0..=look_alike.len() {
                    if cut % 2 == usize::from(from == INTERNET) {
                        continue; // each cut from one of the two
                    }
                    let head = format!("{}Subject: outer\r\n\r\nouter", self.header());
                    let wire = format!("{head}{look_alike}{INNER}").into_bytes();
                    let (first, last) = wire.split_at(head.len() + cut);
                    match cut % 4 < 2 {
                        true => self.data(&mut client, &[first, last], is_clear).await,
                        false => self.chunks(&mut client, first, last, is_clear).await,
                    }
                }
            }
        }
    }

    async fn generated(&mut self, rounds: usize, seed: u64) {
        let mut dice = Dice(seed);
        for from in [INTERNET, SCANNER] {
            let mut client = self.scene.client(from).await;
            for _ in 0..rounds / 2 {
                let text = format!("{}{}", self.header(), body(&mut dice));
                let is_clear = is_clear(&text);
                if dice.once_in(2) {
                    let wire = format!("{text}\r\n.\r\n");
                    self.data(&mut client, &[wire.as_bytes()], is_clear).await;
                } else {
                    let (first, last) = text.as_bytes().split_at(dice.roll(text.len()));
                    self.chunks(&mut client, first, last, is_clear).await;
                }
            }
        }
    }

    /// A last message, after which nothing can come any more that went before it on a connection.
    async fn last(&mut self) {
        let mut client = self.scene.client(INTERNET).await;
        let wire = format!("{}Subject: last\r\n\r\nx\r\n.\r\n", self.header());
        self.data(&mut client, &[wire.as_bytes()], true).await;
    }

    fn compare(&self, server: &str, stored: &[Stored]) {
        let mut seen: BTreeMap<usize, &Stored> = BTreeMap::new();
        for one in stored {
            assert_eq!(
                one.reverse_path,
                SENDER,
                "{server}: {}",
                one.content.escape_ascii()
            );
            assert_eq!(one.forward_paths, [NORA], "{server}");
            let again = seen.insert(number(one), one);
            assert!(again.is_none(), "{server}: {} came twice", number(one));
        }
        let (came, went): (Vec<_>, Vec<_>) =
            (seen.keys().collect(), self.accepted.keys().collect());
        assert_eq!(came, went, "{server} sees what we accepted");
        let mut compared = 0;
        for (number, content) in &self.accepted {
            let (Some(content), came) = (content, seen[number].below_trace()) else {
                continue;
            };
            compared += 1;
            assert!(
                came == &content[..],
                "{server}: {number} came as\n{}\nand went as\n{}",
                came.escape_ascii(),
                content.escape_ascii()
            );
        }
        let (sent, accepted) = (self.sent, self.accepted.len());
        assert!(
            accepted > sent / 8 && accepted < sent && compared > 20,
            "{accepted} of {sent}"
        );
        let line = format!(
            "smuggling: {server}: {sent} messages sent, {accepted} accepted and seen, {compared} of them compared octet by octet\n"
        );
        _ = std::io::stderr().write_all(line.as_bytes());
    }
}

/// Nothing in it that a server may store in its own way, or that we normalise.
fn is_clear(text: &str) -> bool {
    let others = text.replace("\r\n", "");
    !others.contains(['\r', '\n', '\0'])
}

/// What DATA says (RFC 5321 §4.5.2).
fn unstuffed(wire: &[u8]) -> Vec<u8> {
    let wire = wire.strip_suffix(b".\r\n").unwrap_or(wire);
    let mut content = Vec::with_capacity(wire.len());
    let mut starts = true;
    for (at, octet) in wire.iter().enumerate() {
        if !(starts && *octet == b'.') {
            content.push(*octet);
        }
        starts = wire[..=at].ends_with(b"\r\n");
    }
    content
}

fn number(stored: &Stored) -> usize {
    let text = String::from_utf8_lossy(&stored.content).into_owned();
    let id = text.split_once("Message-ID: <").map(|(_, rest)| rest);
    let number = id.and_then(|rest| rest.split_once("@smuggling.test>"));
    number
        .and_then(|(number, _)| number.parse().ok())
        .unwrap_or_else(|| panic!("a message that nobody sent: {text:?}"))
}

#[tokio::test]
async fn aiosmtpd_sees_the_messages_that_we_accepted_also_the_version_that_is_known_to_be_fooled() {
    let Some(()) = require(&[Peer::AiosmtpdLax, Peer::AiosmtpdStrict]) else {
        return;
    };
    for (seed, version) in [Peer::AiosmtpdLax, Peer::AiosmtpdStrict]
        .into_iter()
        .enumerate()
    {
        let environment = unpacked(&version.to_string());
        let server = Aiosmtpd::builder().of(&environment).start().await;
        let mut trial = Trial::before(server.address()).await;
        trial.look_alikes().await;
        trial.generated(600, seed as u64).await;
        trial.last().await;
        let stored = server.stored(trial.accepted.len()).await;
        trial.compare(&version.to_string(), &stored);
    }
}

#[tokio::test]
async fn postfix_sees_the_messages_that_we_accepted() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    // Debian's default takes bare line feeds for line ends.
    let server = Postfix::builder().start().await;
    let mut trial = Trial::before(server.address()).await;
    trial.look_alikes().await;
    trial.generated(200, 11).await;
    trial.last().await;
    let stored = server.stored(trial.accepted.len()).await;
    trial.compare("postfix", &stored);
}

#[tokio::test]
async fn exim_sees_the_messages_that_we_accepted() {
    let Some(()) = require(&[Peer::Exim]) else {
        return;
    };
    let server = Exim::builder().start().await;
    let mut trial = Trial::before(server.address()).await;
    trial.look_alikes().await;
    trial.generated(200, 12).await;
    trial.last().await;
    let stored = server.stored(trial.accepted.len()).await;
    trial.compare("exim", &stored);
}

#[tokio::test]
async fn the_older_aiosmtpd_is_fooled_where_nobody_stands_before_it() {
    let Some(()) = require(&[Peer::AiosmtpdLax]) else {
        return;
    };
    let server = Aiosmtpd::builder()
        .of(&unpacked("aiosmtpd-1.4.4"))
        .start()
        .await;
    let mut client = Client::connect(server.address()).await.expect("a greeting");
    client.ehlo("client.example.net").await.expect("EHLO");
    client.mail(SENDER).await.expect("MAIL");
    client.rcpt(NORA).await.expect("RCPT");
    let wire = format!("Subject: outer\r\n\r\nouter\n.\r\n{INNER}");
    client.data_raw(wire.as_bytes()).await.expect("DATA");
    let stored = server.stored(2).await;
    assert!(
        stored
            .iter()
            .any(|one| one.reverse_path == "boss@contoso.com"),
        "the trial can fail"
    );
}
