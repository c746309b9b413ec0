//! The gateway among real mail servers: what leaves one of them arrives at another.

mod activation;
mod chunks;
mod cloud;
mod cloud_first;
mod conversion;
mod custody;
mod handshake;
mod hops;
mod person;
mod queue;
mod reports;
mod restart;
mod senders;

use testbed::message::{self, Needs, Sample};
use testbed::stamp::Stamp;

use super::*;
use crate::scene::{INTERNET, Scene, Setup};

/// Nobody of ours; reports to him stay with who made them.
const SENDER: &str = "sender@example.net";
const NORA: &str = "nora@contoso.com";
const NILS: &str = "nils@contoso.com";
const CLEO: &str = "cleo@contoso.com";
/// How the cloud knows her.
const CLEO_ROUTED: &str = "cleo@contoso.mail.onmicrosoft.com";

/// A kind of each, as far as a server can keep it in a queue: there every line has an end.
fn samples(prefix: &str) -> Vec<Sample> {
    let mut samples = message::all(prefix);
    samples.retain(|sample| sample.needs != Needs::Chunking);
    samples
}

/// Exim ends every header with an empty line, also one below which nothing comes.
fn has_body(sample: &Sample) -> bool {
    sample
        .content
        .windows(4)
        .any(|octets| octets == b"\r\n\r\n")
}

/// A small message with everything that a server might miss.
fn letter(id: &str) -> Vec<u8> {
    message::plain(id).content
}

/// Each message is there once, octet for octet below the trace fields, and nothing else is.
#[track_caller]
fn exactly(stored: &[Stored], sent: &[Sample]) {
    for sample in sent {
        let copies: Vec<_> = stored.iter().filter(|one| is(one, &sample.id)).collect();
        assert_eq!(copies.len(), 1, "copies of {} ({})", sample.id, sample.what);
        let (came, went) = (copies[0].below_trace(), &sample.content[..]);
        assert!(
            came == went,
            "{} arrived as\n{}\nand went as\n{}",
            sample.what,
            came.escape_ascii(),
            went.escape_ascii()
        );
    }
    assert_eq!(stored.len(), sent.len());
}

/// Whether it is the message of this id, damaged or not.
fn is(stored: &Stored, id: &str) -> bool {
    matches!(Stamp::of(&stored.content), Stamp::Intact(it) | Stamp::Damaged(it) if it == id)
}

/// Our own field in a trace, once.
#[track_caller]
fn passed_us(stored: &Stored) {
    let trace = stored.trace();
    let ours = trace.matches("by mx.contoso.com (twinmx)").count();
    assert_eq!(ours, 1, "{trace}");
}

/// Sends all of them on one connection from the internet to Nora.
async fn send_all(scene: &Scene, samples: &[Sample]) {
    let mut client = scene.client(INTERNET).await;
    for sample in samples {
        let parameters = sample.needs.mail_parameters();
        let sent = client.deliver_with(SENDER, parameters, &[NORA], &sample.content);
        let sent = sent.await.expect("a dialog");
        assert!(sent.is_accepted(), "{}: {:?}", sample.what, sent.verdict());
    }
}

/// A scene whose Notes is a server of the test.
async fn with_notes(hop: std::net::SocketAddr) -> Scene {
    Scene::with(|setup| setup.notes_hops = vec![hop]).await
}
