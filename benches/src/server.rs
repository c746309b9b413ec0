//! The server's end of a session: commands, replies, the message.

use bytes::BytesMut;
use smtp::{BareNewline, Event, Offer, Reply, Server, Settings};

use crate::message::{self, Lines, READ, SEGMENT};
use crate::{HotPath, Work};

pub(crate) fn paths() -> Vec<HotPath> {
    let session = |name: &str, writes: fn() -> Vec<Vec<u8>>| {
        let name = format!("server/{name}");
        HotPath::new(
            name,
            Work::Octets(OCTETS as u64),
            move || sessions(writes()),
        )
    };
    let transaction = |name: &str, writes: fn() -> Vec<Vec<u8>>| {
        let name = format!("server/transaction/{name}");
        HotPath::new(name, Work::Octets(OCTETS as u64), move || {
            transactions(writes())
        })
    };
    vec![
        session("session", || {
            vec![
                EHLO.into(),
                MAIL.into(),
                RCPT.into(),
                DATA.into(),
                wire(),
                QUIT.into(),
            ]
        }),
        transaction("turns", || {
            vec![MAIL.into(), RCPT.into(), DATA.into(), wire()]
        }),
        transaction("pipelined", || vec![envelope(1), wire()]),
        transaction("segments", || {
            let segments = wire();
            let segments = segments.chunks(SEGMENT).map(Vec::from);
            std::iter::once(envelope(1)).chain(segments).collect()
        }),
        transaction("chunks", || vec![in_one_write()]),
        transaction("100-recipients", || vec![envelope(100), wire()]),
    ]
}

/// Octets of each message.
pub(crate) const OCTETS: usize = 10_000;

/// A client that pipelines: MAIL, RCPT and DATA.
pub(crate) fn envelope(recipients: usize) -> Vec<u8> {
    [MAIL, &RCPT.repeat(recipients), DATA].concat().into_bytes()
}

/// The message after DATA.
pub(crate) fn wire() -> Vec<u8> {
    message::on_the_wire(&message::message(OCTETS, Lines::Plain))
}

/// A server that has said its greeting.
pub(crate) fn greeted(out: &mut BytesMut) -> Server {
    let mut server = Server::new(settings());
    server.greet(out);
    server
}

pub(crate) const EHLO: &str = "EHLO relay4.fabrikam.example\r\n";
const MAIL: &str = "MAIL FROM:<bob.stone@fabrikam.example> SIZE=10000\r\n";
const RCPT: &str = "RCPT TO:<person.0000017@contoso.com>\r\n";
const DATA: &str = "DATA\r\n";
const QUIT: &str = "QUIT\r\n";

fn in_one_write() -> Vec<u8> {
    let message = message::message(OCTETS, Lines::Plain);
    let commands = format!("{MAIL}{RCPT}BDAT {OCTETS} LAST\r\n");
    [commands.as_bytes(), &message].concat()
}

fn settings() -> Settings {
    Settings {
        hostname: "mx.contoso.com".into(),
        offer: Offer {
            size: 150 << 20,
            eight_bit_mime: true,
            smtp_utf8: true,
            dsn: true,
            start_tls: true,
        },
        recipients_max: 500,
        bare_newline: BareNewline::Refuse,
        message_size_max: 150 << 20,
    }
}

/// From the greeting to QUIT.
fn sessions(writes: Vec<Vec<u8>>) -> impl FnMut() -> u64 {
    let (mut input, mut out) = (BytesMut::with_capacity(READ), BytesMut::new());
    move || {
        let server = greeted(&mut out);
        let mut house = House { server, taken: 0 };
        for octets in &writes {
            house.hear(octets, &mut input, &mut out);
        }
        house.taken
    }
}

/// On a connection that stays.
fn transactions(writes: Vec<Vec<u8>>) -> impl FnMut() -> u64 {
    let (mut input, mut out) = (BytesMut::with_capacity(READ), BytesMut::new());
    let server = greeted(&mut out);
    let mut house = House { server, taken: 0 };
    house.hear(EHLO.as_bytes(), &mut input, &mut out);
    move || {
        house.taken = 0;
        for octets in &writes {
            house.hear(octets, &mut input, &mut out);
        }
        house.taken
    }
}

/// It takes everything.
struct House {
    server: Server,
    taken: u64,
}

impl House {
    fn hear(&mut self, octets: &[u8], input: &mut BytesMut, out: &mut BytesMut) {
        input.extend_from_slice(octets);
        loop {
            match self.server.poll(input, out) {
                Event::NeedInput | Event::Quit => break,
                Event::Mail(_) => self.server.accept_mail(out),
                Event::Rcpt(_) => self.server.accept_rcpt(out),
                Event::Begin(_) => {}
                Event::Body(content) => self.taken += content.len() as u64,
                Event::End => self.server.finish(Reply::ACCEPTED.into(), out),
                other => panic!("{other:?}"),
            }
        }
        // Written to the client.
        out.clear();
    }
}
