//! A message from our server to our client and through a second server is the same octets.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use smtp::{
    BareNewline, Client, ClientEvent, Content, Envelope, Event, HelloPolicy, HopEnvelope, Offer,
    Reply, Server, Settings, Transfer,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_message_passes_through_unchanged(
        lines in prop::collection::vec("[.a\0]{0,5}", 0..20),
        inward in transfers(),
        onward in transfers(),
        piece in 1_usize..20,
    ) {
        let is_look_alike = |line: &String| {
            let only = line.chars().all(|c| c == '.' || c == '\0');
            only && line.contains('\0') && line.matches('.').count() <= 1
        };
        let lines: Vec<String> = lines.into_iter().filter(|l| !is_look_alike(l)).collect();
        let message: String = lines.iter().map(|l| format!("{l}\r\n")).collect();

        let (envelope, received) = receive(&wire_of(&message, inward), piece);
        prop_assert_eq!(&text(&received), &message);
        let onward_wire = send(envelope, received, onward);
        let (_, arrived) = receive(&onward_wire, piece);
        prop_assert_eq!(&text(&arrived), &message);
    }
}

fn transfers() -> impl Strategy<Value = Transfer> {
    prop_oneof![Just(Transfer::Data), Just(Transfer::Chunks)]
}

const ENVELOPE: &str = "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n";

/// As a client that is not ours would write it.
fn wire_of(message: &str, transfer: Transfer) -> String {
    match transfer {
        Transfer::Chunks => {
            let (first, second) = message.split_at(message.len() / 2);
            let (one, two) = (first.len(), second.len());
            format!("{ENVELOPE}BDAT {one}\r\n{first}BDAT {two} LAST\r\n{second}")
        }
        Transfer::Data => {
            let stuffed = format!("\r\n{message}").replace("\r\n.", "\r\n..");
            format!("{ENVELOPE}DATA{stuffed}.\r\n")
        }
    }
}

/// What a server makes of one message that comes in pieces.
fn receive(wire: &str, piece: usize) -> (Envelope, Vec<Content>) {
    let mut server = Server::new(settings());
    let (mut input, mut out) = (BytesMut::new(), BytesMut::new());
    let (mut envelope, mut content) = (None, Vec::new());
    for octets in wire.as_bytes().chunks(piece) {
        input.extend_from_slice(octets);
        loop {
            match server.poll(&mut input, &mut out) {
                Event::NeedInput => break,
                Event::Mail(_) => server.accept_mail(&mut out),
                Event::Rcpt(_) => server.accept_rcpt(&mut out),
                Event::Begin(begun) => envelope = Some(begun),
                Event::Body(piece) => content.push(piece),
                Event::End => {
                    server.finish(Reply::ACCEPTED.into(), &mut out);
                    return (envelope.expect("an envelope"), content);
                }
                other => panic!("{other:?} in {wire:?}"),
            }
        }
    }
    panic!("no end in {wire:?}")
}

/// Everything our client writes for one message.
fn send(envelope: Envelope, content: Vec<Content>, transfer: Transfer) -> String {
    let mut client = Client::new("x".into(), HelloPolicy::EhloOnly);
    let (mut input, mut out) = (BytesMut::new(), BytesMut::new());
    let mut hear = |client: &mut Client, octets: &'static str, out: &mut BytesMut| {
        input.extend_from_slice(Bytes::from_static(octets.as_bytes()).as_ref());
        client.poll(&mut input, out)
    };
    hear(&mut client, "220 hop\r\n", &mut out);
    hear(
        &mut client,
        "250-hop\r\n250-PIPELINING\r\n250 CHUNKING\r\n",
        &mut out,
    );
    let envelope = HopEnvelope {
        mail: envelope.mail,
        recipients: envelope.recipients,
    };
    client.begin(&envelope, transfer, &mut out);
    let replies = match transfer {
        Transfer::Data => "250 ok\r\n250 ok\r\n354 go\r\n",
        Transfer::Chunks => "250 ok\r\n250 ok\r\n",
    };
    let event = hear(&mut client, replies, &mut out);
    assert!(matches!(event, ClientEvent::Envelope(replies) if replies.is_go_ahead()));
    for piece in content {
        client.body(piece, &mut out);
    }
    client.terminate(&mut out);
    String::from_utf8(out.to_vec()).expect("text")
}

fn settings() -> Settings {
    Settings {
        hostname: "mx.example".into(),
        offer: Offer {
            size: 1 << 20,
            eight_bit_mime: true,
            smtp_utf8: true,
            dsn: true,
            start_tls: false,
        },
        recipients_max: 10,
        bare_newline: BareNewline::Refuse,
        message_size_max: 1 << 20,
    }
}

fn text(content: &[Content]) -> String {
    let octets: Vec<u8> = content.iter().flat_map(|c| c.to_vec()).collect();
    String::from_utf8(octets).expect("text")
}
