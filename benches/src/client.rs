//! The client's end of a session with a hop.

use bytes::BytesMut;
use smtp::{
    Client, ClientEvent, Content, ForwardPath, HelloPolicy, HopEnvelope, MailFrom, RcptTo,
    ReversePath, Transfer,
};

use crate::message::{self, Lines};
use crate::server::OCTETS;
use crate::{HotPath, Work};

pub(crate) fn paths() -> Vec<HotPath> {
    let transaction = |name: &str, hop: &'static Hop, transfer, recipients| {
        let name = format!("client/transaction/{name}");
        HotPath::new(name, Work::Octets(OCTETS as u64), move || {
            transactions(hop, transfer, recipients)
        })
    };
    vec![
        HotPath::new("client/session", Work::Octets(OCTETS as u64), sessions),
        transaction("turns", &PLAIN, Transfer::Data, 1),
        transaction("pipelined", &MODERN, Transfer::Data, 1),
        transaction("chunks", &MODERN, Transfer::Chunks, 1),
        transaction("100-recipients", &MODERN, Transfer::Data, 100),
    ]
}

/// What a hop says.
pub(crate) struct Hop {
    hello: &'static str,
}

/// A hop that offers what Exchange and Postfix offer.
pub(crate) static MODERN: Hop = Hop {
    hello: "250-mail.contoso.example\r\n250-SIZE 157286400\r\n250-PIPELINING\r\n250-DSN\r\n\
        250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-CHUNKING\r\n250 SMTPUTF8\r\n",
};

/// A hop that takes one command after the other.
static PLAIN: Hop = Hop {
    hello: "250-mail.contoso.example\r\n250-SIZE 157286400\r\n250 8BITMIME\r\n",
};

/// The connection to a hop that takes everything.
pub(crate) struct Connection {
    client: Client,
    input: BytesMut,
    out: BytesMut,
}

impl Connection {
    /// Greeting and EHLO are through.
    pub(crate) fn open(hop: &Hop) -> Self {
        let mut connection = Self {
            client: Client::new("mx.contoso.com".into(), HelloPolicy::EhloOnly),
            input: BytesMut::with_capacity(4096),
            out: BytesMut::with_capacity(64 * 1024),
        };
        connection.hear("220 mail.contoso.example ready\r\n");
        match connection.hear(hop.hello) {
            ClientEvent::Ready(_) => connection,
            other => panic!("{other:?}"),
        }
    }

    /// One transaction; `replies` are to MAIL, to each RCPT and to DATA, as one read brings them.
    pub(crate) fn transact(
        &mut self,
        envelope: &HopEnvelope,
        transfer: Transfer,
        replies: &[String],
        pieces: impl IntoIterator<Item = Content>,
    ) -> u64 {
        self.client.begin(envelope, transfer, &mut self.out);
        let mut event = ClientEvent::NeedInput;
        for reply in replies {
            event = self.hear(reply);
        }
        match event {
            ClientEvent::Envelope(replies) if replies.is_go_ahead() => {}
            other => panic!("{other:?}"),
        }
        let mut pieces = pieces.into_iter().peekable();
        while let Some(piece) = pieces.next() {
            match pieces.peek() {
                Some(_) => self.client.body(piece, &mut self.out),
                None => self.client.body_last(piece, &mut self.out),
            }
        }
        match self.hear("250 2.0.0 queued as 4B7Zq3Xk2z9\r\n") {
            ClientEvent::Final(_) => self.client.octets_sent(),
            other => panic!("{other:?}"),
        }
    }

    fn hear(&mut self, reply: &str) -> ClientEvent {
        // Written to the hop.
        self.out.clear();
        self.input.extend_from_slice(reply.as_bytes());
        self.client.poll(&mut self.input, &mut self.out)
    }
}

/// What a hop says to an envelope of DATA: at once where it pipelines.
pub(crate) fn replies(hop: &Hop, transfer: Transfer, recipients: usize) -> Vec<String> {
    let mut replies = vec!["250 2.1.0 Sender OK\r\n".to_owned()];
    replies.extend((0..recipients).map(|_| "250 2.1.5 Recipient OK\r\n".to_owned()));
    if transfer == Transfer::Data {
        replies.push("354 End data with <CR><LF>.<CR><LF>\r\n".to_owned());
    }
    match hop.hello.contains("PIPELINING") {
        true => vec![replies.concat()],
        false => replies,
    }
}

/// From a person to so many.
pub(crate) fn envelope(recipients: usize) -> HopEnvelope {
    let sender = ReversePath::parse("bob.stone@fabrikam.example").expect("a path");
    let recipient = ForwardPath::parse("anna.berg@contoso.com").expect("a path");
    let mut mail = MailFrom::new(sender);
    mail.size = Some(OCTETS as u64);
    HopEnvelope {
        mail,
        recipients: vec![RcptTo::new(recipient); recipients],
    }
}

fn transactions(hop: &Hop, transfer: Transfer, recipients: usize) -> impl FnMut() -> u64 + use<> {
    let mut connection = Connection::open(hop);
    let (envelope, replies) = (envelope(recipients), replies(hop, transfer, recipients));
    let content = message::content(&message::message(OCTETS, Lines::Plain));
    move || connection.transact(&envelope, transfer, &replies, [content.clone()])
}

/// Each message on a connection of its own.
fn sessions() -> impl FnMut() -> u64 {
    let (envelope, replies) = (envelope(1), replies(&MODERN, Transfer::Data, 1));
    let content = message::content(&message::message(OCTETS, Lines::Plain));
    move || {
        let mut connection = Connection::open(&MODERN);
        let sent = connection.transact(&envelope, Transfer::Data, &replies, [content.clone()]);
        connection.client.quit(&mut connection.out);
        match connection.hear("221 2.0.0 Bye\r\n") {
            ClientEvent::Closing(_) => sent,
            other => panic!("{other:?}"),
        }
    }
}
