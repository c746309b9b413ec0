//! Memory does not grow with a message: measured on the program itself.

use std::time::Duration;

use testbed::client::Client;
use testbed::sink::Sink;
use tokio::task::JoinSet;

use crate::program::Program;

const MIB: usize = 1 << 20;
/// What a few sessions with full buffers may cost in a debug build, in KiB.
const ALLOWED_KIB: u64 = 4 * 1024;

/// What the program needs at most while `client` does its worst, beyond what it needed to get going.
async fn costs<F: Future<Output = ()>>(program: &Program, worst: impl FnOnce() -> F) -> u64 {
    deliver(program.client().await, MIB).await;
    let before = program.peak_kib();
    worst().await;
    program.peak_kib() - before
}

async fn begun(program: &Program) -> Client {
    let mut client = program.client().await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    client
}

/// A message of so many octets.
async fn deliver(mut client: Client, octets: usize) {
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    client
        .data_raw(b"Subject: large\r\n\r\n")
        .await
        .expect("DATA");
    let block = format!("{}\r\n", "0123456789abcdef".repeat(62)).repeat(66);
    for _ in 0..octets / block.len() {
        client.send_raw(block.as_bytes()).await.expect("it is read");
    }
    client.send_raw(b".\r\n").await.expect("it is read");
    assert_eq!(client.read_reply().await.expect("an answer").code, 250);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_any_size_passes_through_a_few_buffers() {
    let notes = Sink::counting().start().await.expect("a sink");
    let program = Program::start(notes.addr());
    let one = costs(&program, || async {
        deliver(program.client().await, 100 * MIB).await
    })
    .await;
    assert!(one < ALLOWED_KIB, "100 MiB of body cost {one} KiB");
    let three = costs(&program, || async {
        let mut senders = JoinSet::new();
        for _ in 0..3 {
            senders.spawn(deliver(program.client().await, 50 * MIB));
        }
        senders.join_all().await;
    })
    .await;
    assert!(
        three < ALLOWED_KIB,
        "three times 50 MiB of body cost {three} KiB"
    );
    assert_eq!(notes.counts().accepted, 1 + 1 + 1 + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_and_a_line_without_end_are_dropped_as_they_come() {
    let notes = Sink::counting().start().await.expect("a sink");
    let program = Program::start(notes.addr());
    let field = "X-Filler: never ends\r\n".repeat(3000);
    let line = "x".repeat(64 * 1024);
    for (what, block) in [("header", &field), ("line", &line)] {
        let cost = costs(&program, || async {
            let mut client = begun(&program).await;
            client.data_raw(b"").await.expect("DATA");
            for _ in 0..100 * MIB / block.len() {
                client.send_raw(block.as_bytes()).await.expect("it is read");
            }
            client.send_raw(b"\r\n.\r\n").await.expect("it is read");
            assert_eq!(client.read_reply().await.expect("an answer").code, 552);
        })
        .await;
        assert!(cost < ALLOWED_KIB, "100 MiB of {what} cost {cost} KiB");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn octets_that_come_one_by_one_are_not_dearer_than_others() {
    let notes = Sink::counting().start().await.expect("a sink");
    let program = Program::start(notes.addr());
    // Never whole and never enough to go on: all of it is held back.
    let chunks = costs(&program, || async {
        let mut client = begun(&program).await;
        client.bdat(b"Subject: x\r\n\r\n").await.expect("a chunk");
        client
            .send_raw("BDAT 1\r\nx".repeat(30_000).as_bytes())
            .await
            .expect("it is read");
        client
            .send_raw(b"RSET\r\nQUIT\r\n")
            .await
            .expect("it is read");
        client.ending().await.expect("the end");
    })
    .await;
    assert!(
        chunks < 2048,
        "30 000 chunks of one octet cost {chunks} KiB"
    );
    let packets = costs(&program, || async {
        let mut client = begun(&program).await;
        client.data_raw(b"Subject: x\r\n\r\n").await.expect("DATA");
        let mut packets = tokio::time::interval(Duration::from_millis(1));
        for _ in 0..2000 {
            client.send_raw(b"x").await.expect("it is read");
            packets.tick().await;
        }
        client.abort();
    })
    .await;
    assert!(
        packets < 2048,
        "2000 packets of one octet cost {packets} KiB"
    );
}
