//! A hop that says anything at any time, and a caller that does everything in any order: the client writes no end of
//! data but at `terminate`, and nothing before a go-ahead.

#![no_main]

use arbitrary::Arbitrary;
use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp::chunk::{Chunk, ChunkDecoder, Decoded};
use smtp::{
    BareNewline, Client, ClientEvent, Content, ForwardPath, HelloPolicy, HopEnvelope, MailFrom,
    RcptTo, ReversePath, Transfer,
};

#[derive(Arbitrary, Debug)]
enum Operation {
    Say(Vec<u8>),
    Line(Line),
    Begin { recipients: u8, chunks: bool },
    Body(Vec<u8>),
    Terminate,
    Reset,
    Quit,
    StartTls,
    Secured,
}

#[derive(Arbitrary, Debug)]
enum Line {
    Greeting,
    Capabilities,
    Ok,
    Start,
    Refused,
    Closing,
}

fuzz_target!(|operations: Vec<Operation>| {
    let mut client = Client::new("mx.example".into(), HelloPolicy::HeloFallback);
    let (mut input, mut out) = (BytesMut::new(), BytesMut::new());
    let mut open = None;
    for operation in operations {
        match operation {
            Operation::Say(octets) => input.extend_from_slice(&octets),
            Operation::Line(line) => input.extend_from_slice(line.wire().as_bytes()),
            Operation::Begin { recipients, chunks } => {
                let transfer = if chunks {
                    Transfer::Chunks
                } else {
                    Transfer::Data
                };
                client.begin(&envelope(recipients % 5 + 1), transfer, &mut out);
            }
            Operation::Body(octets) => {
                if let Some(content) = content(&octets) {
                    client.body(content, &mut out);
                }
            }
            Operation::Terminate => {
                client.terminate(&mut out);
                open = None;
            }
            Operation::Reset => client.reset(&mut out),
            Operation::Quit => client.quit(&mut out),
            Operation::StartTls => client.start_tls(&mut out),
            Operation::Secured => client.secured(&mut out),
        }
        if let Some(start) = open {
            let data: &[u8] = &out[start..];
            let with_crlf = [b"\r\n", data].concat();
            assert!(
                !with_crlf.windows(5).any(|w| w == b"\r\n.\r\n"),
                "an end by itself"
            );
        }
        loop {
            match client.poll(&mut input, &mut out) {
                ClientEvent::NeedInput => break,
                ClientEvent::Envelope(replies) => {
                    open = (replies.is_data_open()).then_some(out.len());
                }
                ClientEvent::StartTls => assert!(input.is_empty(), "said in clear, kept for TLS"),
                ClientEvent::Failed(_) | ClientEvent::Closing(_) => open = None,
                _ => {}
            }
        }
        assert!(input.len() < 2048, "input piles up");
    }
});

impl Line {
    fn wire(&self) -> &'static str {
        match self {
            Self::Greeting => "220 hop\r\n",
            Self::Capabilities => "250-hop\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 SIZE 100\r\n",
            Self::Ok => "250 2.0.0 ok\r\n",
            Self::Start => "354 go\r\n",
            Self::Refused => "550-5.1.1 no\r\n550 5.1.1 never\r\n",
            Self::Closing => "421 4.3.2 bye\r\n",
        }
    }
}

fn envelope(recipients: u8) -> HopEnvelope {
    let rcpt = |n| RcptTo::new(ForwardPath::parse(&format!("r{n}@d.example")).expect("a path"));
    HopEnvelope {
        mail: MailFrom::new(ReversePath::Null),
        recipients: (0..recipients).map(rcpt).collect(),
    }
}

fn content(octets: &[u8]) -> Option<Content> {
    let mut decoder = ChunkDecoder::new(BareNewline::Normalise, u64::MAX);
    let size = octets.len() as u64;
    decoder.begin(Chunk { size, last: true });
    let mut input = BytesMut::from(octets);
    match decoder.decode(&mut input) {
        Decoded::Body(content) => Some(content),
        Decoded::NeedInput | Decoded::Fault(_) | Decoded::ChunkEnd | Decoded::End => None,
    }
}
