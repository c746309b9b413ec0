//! Every file in `tests/dialogs` is a session: `C:` what the client says, `S:` what the server answers, `E:` the events.
//!
//! Each is played in turns, where the order of all lines has to be as written, then byte by byte and as one glued
//! block, where answers and events have to be the same. `C|` is a line without its CRLF; `\r \n \0 \xNN \\` are
//! escapes. `settings:` in the first lines changes the server. The house answers by local part: it refuses the sender
//! `banned` and the recipients `unknown` and `later`, and has no next hop for the messages of `hopless`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bytes::BytesMut;
use smtp::{
    Answer, BareNewline, Event, ForwardPath, Insert, Mailbox, Offer, RcptTo, Reply, ReversePath,
    Server, Settings,
};

#[test]
fn every_dialog_runs_as_written_however_it_is_cut() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogs");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder of dialogs")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(files.len() >= 10, "dialogs are missing");
    for file in files {
        let text = fs::read_to_string(&file).expect("a dialog");
        let dialog = Dialog::parse(&text);
        let name = file.display();
        assert_eq!(dialog.in_turns(), dialog.body, "{name}");
        let expected = answers_and_events(&dialog.body);
        assert_eq!(dialog.in_pieces(1), expected, "{name}, byte by byte");
        if !dialog.body.contains("E: start tls") {
            assert_eq!(dialog.in_pieces(usize::MAX), expected, "{name}, glued");
        }
    }
}

struct Dialog {
    settings: Settings,
    body: String,
    turns: Vec<Vec<u8>>,
}

impl Dialog {
    fn parse(text: &str) -> Self {
        let mut settings = default_settings();
        let (mut body, mut turns) = (String::new(), Vec::new());
        for line in text.lines() {
            if let Some(words) = line.strip_prefix("settings:") {
                words
                    .split_whitespace()
                    .for_each(|w| apply(w, &mut settings));
                continue;
            }
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let said = line.strip_prefix("C:").map(|said| (said, "\r\n"));
            let said = said.or(line.strip_prefix("C|").map(|said| (said, "")));
            if let Some((said, end)) = said {
                let mut octets = unescape(said.strip_prefix(' ').unwrap_or(said));
                octets.extend_from_slice(end.as_bytes());
                turns.push(octets);
            }
            writeln!(body, "{line}").expect("a String takes everything");
        }
        Self {
            settings,
            body,
            turns,
        }
    }

    fn in_turns(&self) -> String {
        let mut session = Session::new(self.settings.clone());
        session.greet();
        let mut turns = self.turns.iter();
        for line in self.body.lines().filter(|l| l.starts_with('C')) {
            writeln!(session.transcript, "{line}").expect("a String takes everything");
            session.hear(turns.next().expect("a turn for each line"));
        }
        session.transcript
    }

    fn in_pieces(&self, size: usize) -> String {
        let mut session = Session::new(self.settings.clone());
        session.greet();
        let wire = self.turns.concat();
        for piece in wire.chunks(size.min(wire.len().max(1))) {
            session.hear(piece);
        }
        session.transcript
    }
}

/// The server, and a house that answers it.
struct Session {
    server: Server,
    input: BytesMut,
    message: Vec<u8>,
    transcript: String,
    over: bool,
}

impl Session {
    fn new(settings: Settings) -> Self {
        Self {
            server: Server::new(settings),
            input: BytesMut::new(),
            message: Vec::new(),
            transcript: String::new(),
            over: false,
        }
    }

    fn greet(&mut self) {
        let mut out = BytesMut::new();
        self.server.greet(&mut out);
        self.note(&out, None);
    }

    fn hear(&mut self, octets: &[u8]) {
        if self.over {
            return;
        }
        self.input.extend_from_slice(octets);
        loop {
            let mut out = BytesMut::new();
            let event = self.server.poll(&mut self.input, &mut out);
            self.note(&out, self.describe(&event));
            match event {
                Event::NeedInput => return,
                Event::Quit | Event::Close => {
                    self.over = true;
                    return;
                }
                other => self.answer(other),
            }
        }
    }

    fn answer(&mut self, event: Event) {
        let mut out = BytesMut::new();
        match event {
            Event::Mail(mail) => match verdict(mail_local_part(&mail.path)) {
                None => self.server.accept_mail(&mut out),
                Some(answer) => self.server.refuse_mail(answer, &mut out),
            },
            Event::Rcpt(rcpt) => match verdict(local_part(&rcpt)) {
                None => self.server.accept_rcpt(&mut out),
                Some(answer) => self.server.refuse_rcpt(answer, &mut out),
            },
            Event::Body(content) => self.message.extend_from_slice(&content),
            Event::Begin(envelope) if mail_local_part(&envelope.mail.path) == "hopless" => {
                self.message.clear();
                self.server.refuse_body(Reply::NEXT_HOP_DOWN.into());
            }
            Event::Begin(_) => self.message.clear(),
            Event::End => {
                let answer = Reply::ACCEPTED.with(Insert::new("queued"));
                self.server.finish(answer, &mut out);
            }
            Event::StartTls => self.server.secured(),
            Event::Fault(_) | Event::Refused | Event::Reset => {}
            Event::NeedInput | Event::Quit | Event::Close => unreachable!("dealt with above"),
        }
        self.note(&out, None);
    }

    fn describe(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::NeedInput | Event::Mail(_) | Event::Rcpt(_) | Event::Body(_) => return None,
            Event::Begin(envelope) => {
                let recipients: Vec<_> = envelope
                    .recipients
                    .iter()
                    .map(|r| r.path.to_string())
                    .collect();
                format!("begin <{}> {}", envelope.mail.path, recipients.join(" "))
            }
            Event::End => format!("end {}", self.message.escape_ascii()),
            Event::Fault(fault) => format!("fault: {fault}"),
            Event::Refused => "refused".into(),
            Event::Reset => "reset".into(),
            Event::StartTls => "start tls".into(),
            Event::Quit => "quit".into(),
            Event::Close => "close".into(),
        })
    }

    fn note(&mut self, out: &[u8], event: Option<String>) {
        let text = std::str::from_utf8(out).expect("replies are ASCII");
        for line in text.split_inclusive("\r\n") {
            let line = line.strip_suffix("\r\n").expect("replies are whole lines");
            writeln!(self.transcript, "S: {line}").expect("a String takes everything");
        }
        if let Some(event) = event {
            writeln!(self.transcript, "E: {event}").expect("a String takes everything");
        }
    }
}

fn verdict(local_part: &str) -> Option<Answer> {
    match local_part {
        "banned" => Some(Reply::SENDER_NOT_ALLOWED.into()),
        "unknown" => Some(Reply::UNKNOWN_RECIPIENT.into()),
        "later" => Some(Reply::UNKNOWN_LATER.into()),
        _ => None,
    }
}

fn mail_local_part(path: &ReversePath) -> &str {
    match path {
        ReversePath::Null => "",
        ReversePath::Mailbox(mailbox) => mailbox.local_part(),
    }
}

fn local_part(rcpt: &RcptTo) -> &str {
    match &rcpt.path {
        ForwardPath::Postmaster => "postmaster",
        ForwardPath::Mailbox(mailbox) => Mailbox::local_part(mailbox),
    }
}

fn default_settings() -> Settings {
    Settings {
        hostname: "mx.example".into(),
        offer: Offer {
            size: 1000,
            eight_bit_mime: true,
            smtp_utf8: true,
            dsn: true,
            start_tls: true,
        },
        recipients_max: 3,
        bare_newline: BareNewline::Refuse,
        message_size_max: 1000,
    }
}

fn apply(word: &str, settings: &mut Settings) {
    match word {
        "normalise" => settings.bare_newline = BareNewline::Normalise,
        "offer-nothing" => {
            settings.offer = Offer {
                size: settings.offer.size,
                eight_bit_mime: false,
                smtp_utf8: false,
                dsn: false,
                start_tls: false,
            };
        }
        other => {
            let size = other.strip_prefix("size=").expect("a setting");
            settings.message_size_max = size.parse().expect("a number");
            settings.offer.size = settings.message_size_max;
        }
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return octets,
            [b'\\', b'x', high, low, tail @ ..] => {
                let hex = String::from_utf8_lossy(&[*high, *low]).into_owned();
                octets.push(u8::from_str_radix(&hex, 16).expect("two hexadecimal digits"));
                tail
            }
            [b'\\', escape, tail @ ..] => {
                octets.push(match escape {
                    b'r' => b'\r',
                    b'n' => b'\n',
                    b'0' => 0,
                    other => *other,
                });
                tail
            }
            [octet, tail @ ..] => {
                octets.push(*octet);
                tail
            }
        }
    }
}

fn answers_and_events(body: &str) -> String {
    let lines = body.lines().filter(|line| !line.starts_with('C'));
    lines.fold(String::new(), |all, line| all + line + "\n")
}
