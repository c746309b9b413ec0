//! A message from its sender to its hop: all the pure code that it meets, in the gateway's order.

use std::hint::black_box;

use bytes::BytesMut;
use routing::{Address, Decision, Origin};
use smtp::{Content, Event, ForwardPath, HopEnvelope, Reply, Server, Strictness, Transfer};

use crate::client::{self, Connection, MODERN};
use crate::decision::{self, NOW};
use crate::header;
use crate::message::READ;
use crate::server::{self, OCTETS};
use crate::{HotPath, Work};

pub(crate) fn paths() -> Vec<HotPath> {
    let work = Work::Octets(OCTETS as u64);
    vec![HotPath::new("relay/10KB", work, relay)]
}

fn relay() -> impl FnMut() -> u64 {
    let (mut input, mut out) = (BytesMut::with_capacity(READ), BytesMut::new());
    let mut gateway = Gateway::new(&mut out);
    gateway.hear(server::EHLO.as_bytes(), &mut input, &mut out);
    let (envelope, wire) = (server::envelope(1), server::wire());
    move || {
        gateway.hear(&envelope, &mut input, &mut out);
        gateway.hear(&wire, &mut input, &mut out);
        std::mem::take(&mut gateway.sent)
    }
}

struct Gateway {
    server: Server,
    hop: Connection,
    /// What the hop says to each envelope.
    replies: Vec<String>,
    decide: Box<dyn Fn(&Address) -> Decision>,
    envelope: Option<HopEnvelope>,
    held: Vec<Content>,
    /// Octets of the last message that went on, without our own field.
    sent: u64,
}

impl Gateway {
    fn new(out: &mut BytesMut) -> Self {
        let (snapshot, policy) = (decision::snapshot(1_000), decision::policy());
        Self {
            server: server::greeted(out),
            hop: Connection::open(&MODERN),
            replies: client::replies(&MODERN, Transfer::Data, 1),
            decide: Box::new(move |path| {
                routing::decide(path, &Origin::Internet, &snapshot, &policy, NOW)
            }),
            envelope: None,
            held: Vec::new(),
            sent: 0,
        }
    }

    fn hear(&mut self, octets: &[u8], input: &mut BytesMut, out: &mut BytesMut) {
        input.extend_from_slice(octets);
        loop {
            match self.server.poll(input, out) {
                Event::NeedInput => break,
                Event::Mail(_) => self.server.accept_mail(out),
                Event::Rcpt(rcpt) => {
                    self.delivers(&rcpt.path);
                    self.server.accept_rcpt(out);
                }
                Event::Begin(envelope) => {
                    let (mail, recipients) = (envelope.mail, envelope.recipients);
                    self.envelope = Some(HopEnvelope { mail, recipients });
                }
                Event::Body(content) => self.held.push(content),
                Event::End => {
                    self.sent = self.hand_over();
                    self.server.finish(Reply::ACCEPTED.into(), out);
                }
                other => panic!("{other:?}"),
            }
        }
        out.clear();
    }

    fn delivers(&self, path: &ForwardPath) {
        let ForwardPath::Mailbox(mailbox) = path else {
            panic!("{path:?}");
        };
        let address = Address::from_parts(mailbox.local_part(), mailbox.domain());
        let decision = (self.decide)(black_box(&address.expect("an address")));
        assert!(matches!(decision, Decision::Deliver { .. }), "{decision:?}");
    }

    fn hand_over(&mut self) -> u64 {
        let (block, rest) = header::scan(Strictness::Fields, self.held.drain(..));
        let ours = header::trace_field();
        let pieces = [block.prepend(&ours).into_content(), rest];
        let envelope = self.envelope.take().expect("a message after its envelope");
        let sent = self
            .hop
            .transact(&envelope, Transfer::Data, &self.replies, pieces);
        sent - ours.as_str().len() as u64
    }
}
