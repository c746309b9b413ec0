//! A session as a list of operations: any octets, any answers, TLS, changed settings, in any order.

#![no_main]

use arbitrary::Arbitrary;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp::{BareNewline, Event, HopReply, Offer, Reply, Server, Settings};

#[derive(Arbitrary, Debug)]
enum Operation {
    Say(Vec<u8>),
    Line(Line),
    Chunk { octets: Vec<u8>, last: bool },
    Accept,
    Refuse { later: bool },
    RefuseBody,
    Normalise(bool),
    Poll,
}

/// Well-formed lines, so that the fuzzer need not find them first.
#[derive(Arbitrary, Debug)]
enum Line {
    Ehlo,
    Mail { size: u16 },
    Rcpt,
    Data,
    End,
    Rset,
    StartTls,
    Quit,
}

fuzz_target!(|operations: Vec<Operation>| {
    let mut session = Session::new();
    for operation in operations {
        session.run(operation);
    }
});

#[derive(Clone, Copy, PartialEq, Debug)]
enum Stage {
    Between,
    Body,
    Refused,
    Ended,
    Over,
}

struct Session {
    server: Server,
    input: BytesMut,
    out: BytesMut,
    stage: Stage,
}

impl Session {
    fn new() -> Self {
        let mut session = Self {
            server: Server::new(settings(BareNewline::Refuse)),
            input: BytesMut::new(),
            out: BytesMut::new(),
            stage: Stage::Between,
        };
        session.server.greet(&mut session.out);
        session
    }

    fn run(&mut self, operation: Operation) {
        match operation {
            Operation::Say(octets) => self.say(&octets),
            Operation::Line(line) => self.say(line.wire().as_bytes()),
            Operation::Chunk { octets, last } => {
                let last = if last { " LAST" } else { "" };
                self.say(format!("BDAT {}{last}\r\n", octets.len()).as_bytes());
                self.say(&octets);
            }
            Operation::Accept => {
                self.server.accept_mail(&mut self.out);
                self.server.accept_rcpt(&mut self.out);
                self.finish(Reply::ACCEPTED);
            }
            Operation::Refuse { later } => {
                let reply = if later {
                    Reply::LOCAL_ERROR
                } else {
                    Reply::UNKNOWN_RECIPIENT
                };
                self.server.refuse_mail(reply.into(), &mut self.out);
                self.server.refuse_rcpt(reply.into(), &mut self.out);
                self.finish(reply);
            }
            Operation::RefuseBody => {
                self.server.refuse_body(Reply::NEXT_HOP_DOWN.into());
                if self.stage == Stage::Body {
                    self.stage = Stage::Refused;
                }
            }
            Operation::Normalise(on) => self.server.set_settings(settings(match on {
                true => BareNewline::Normalise,
                false => BareNewline::Refuse,
            })),
            Operation::Poll => {}
        }
        self.poll();
        self.judge_replies();
    }

    fn say(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
    }

    fn finish(&mut self, reply: Reply) {
        self.server.finish(reply.into(), &mut self.out);
        if self.stage == Stage::Ended {
            self.stage = Stage::Between;
        }
    }

    fn poll(&mut self) {
        loop {
            let event = self.server.poll(&mut self.input, &mut self.out);
            self.stage = match (self.stage, event) {
                (stage @ (Stage::Between | Stage::Body | Stage::Refused), Event::NeedInput) => {
                    assert!(self.input.len() < 2048, "input piles up");
                    self.stage = stage;
                    return;
                }
                (Stage::Between, Event::Mail(_) | Event::Rcpt(_)) => return,
                (Stage::Between, Event::Begin(envelope)) => {
                    assert!(!envelope.recipients.is_empty());
                    Stage::Body
                }
                (Stage::Body, Event::Body(content)) => {
                    assert!(!content.is_empty());
                    Stage::Body
                }
                (Stage::Body, Event::Fault(_)) => Stage::Refused,
                (Stage::Body | Stage::Ended, Event::End) => {
                    self.stage = Stage::Ended;
                    return;
                }
                (Stage::Refused, Event::Refused) => Stage::Between,
                (Stage::Between | Stage::Body | Stage::Refused, Event::Reset) => Stage::Between,
                (Stage::Between, Event::StartTls) => {
                    assert!(self.input.is_empty(), "said in clear, kept for TLS");
                    self.server.secured();
                    assert!(self.server.hello().is_none());
                    Stage::Between
                }
                (_, Event::Quit | Event::Close) => {
                    self.stage = Stage::Over;
                    return;
                }
                (stage, event) => panic!("{event:?} while {stage:?}"),
            }
        }
    }

    /// What is written is whole replies.
    fn judge_replies(&mut self) {
        let out = self.out.split();
        let text = std::str::from_utf8(&out).expect("ASCII");
        for line in text.split_inclusive("\r\n") {
            let alone = line.replacen('-', " ", usize::from(line.as_bytes()[3] == b'-'));
            let reply = HopReply::parse(&alone).expect("a reply");
            let refusal = reply.code.value() >= 400;
            assert!(!refusal || reply.enhanced.is_some(), "{line:?}");
        }
    }
}

impl Line {
    fn wire(&self) -> String {
        match self {
            Self::Ehlo => "EHLO x\r\n".into(),
            Self::Mail { size } => format!("MAIL FROM:<a@b.example> SIZE={size}\r\n"),
            Self::Rcpt => "RCPT TO:<c@d.example>\r\n".into(),
            Self::Data => "DATA\r\n".into(),
            Self::End => "\r\n.\r\n".into(),
            Self::Rset => "RSET\r\n".into(),
            Self::StartTls => "STARTTLS\r\n".into(),
            Self::Quit => "QUIT\r\n".into(),
        }
    }
}

fn settings(bare_newline: BareNewline) -> Settings {
    Settings {
        hostname: "mx.example".into(),
        offer: Offer {
            size: 1000,
            eight_bit_mime: true,
            smtp_utf8: true,
            dsn: true,
            start_tls: true,
        },
        recipients_max: 5,
        bare_newline,
        message_size_max: 1000,
    }
}
