//! Mail that python3-dkim has signed, and what it says of ours.

use std::io::Write as _;

use testbed::message::{Needs, Sample};
use testbed::nameserver::NameServer;
use testbed::tnef;
use twinmx::event::Event;

use super::{Peer, program, python, require};
use crate::hostile::Dice;
use crate::scene::{INTERNET, Scene, message};

const KEY: &str = include_str!("../../authentication/tests/key.pem");
const KEY_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/authentication/tests/key.pem");
const NORA: &str = "nora@contoso.com";
const CLEO: &str = "cleo@contoso.com";

fn record() -> String {
    let sealer = authentication::Sealer::new("x.test", "x", KEY.as_bytes());
    sealer.expect("a key").record()
}

/// What a script prints that has `dkim`, `message` and `arguments`.
async fn dkim(script: &str, message: &[u8], arguments: &[&str]) -> String {
    let script = format!(
        "import sys, dkim\nmessage = sys.stdin.buffer.read()\narguments = [a.encode() for a in sys.argv[1:]]\n{script}\n"
    );
    let all = [&["-I", "-c", &script][..], arguments].concat();
    let finished = program::run(python::PYTHON, &all, message).await;
    finished.succeeded().to_owned()
}

/// The message below a signature of example.net.
async fn signed(message: &[u8]) -> Vec<u8> {
    let script = "sys.stdout.buffer.write(dkim.sign(message, b'test', b'example.net', arguments[0], \
                  canonicalize=(b'relaxed', b'relaxed')))";
    let field = dkim(script, message, &[KEY]).await;
    [field.as_bytes(), message].concat()
}

async fn still_verifies(message: &[u8]) -> bool {
    let script = "print(dkim.verify(message, dnsfunc=lambda name, timeout=5: arguments[0]))";
    dkim(script, message, &[&record()]).await.trim() == "True"
}

async fn arc_verdict(message: &[u8]) -> String {
    let script = "cv, sets, why = dkim.arc_verify(message, dnsfunc=lambda name, timeout=5: arguments[0])\n\
                  print((cv or b'error').decode(), len(sets), why)";
    dkim(script, message, &[&record()]).await
}

/// Both sides seal; example.net has its key, and a policy.
async fn scene(more: &str) -> (Scene, NameServer) {
    let names = NameServer::start().await.expect("a name server");
    names.text("test._domainkey.example.net", &record());
    names.text("_dmarc.example.net", "v=DMARC1; p=reject");
    let scene = Scene::with(|setup| {
        setup.name_server = Some(names.address());
        setup.domain = format!("postmaster = \"admin@contoso.com\"\nauthentication = \"{more}\"");
    });
    (scene.await, names)
}

async fn sealing() -> (Scene, NameServer) {
    let names = NameServer::start().await.expect("a name server");
    names.text("test._domainkey.example.net", &record());
    let scene = Scene::with(|setup| {
        setup.name_server = Some(names.address());
        setup.notes_format = "arc_seal = true".to_owned();
        setup.cloud_accept = "[side.cloud.format]\narc_seal = true".to_owned();
        setup.more = format!(
            "[arc]\ndomain = \"contoso.com\"\nselector = \"arc\"\nprivate_key = \"{KEY_FILE}\""
        );
    });
    (scene.await, names)
}

async fn send(scene: &Scene, to: &str, content: &[u8]) {
    let mut client = scene.client(INTERNET).await;
    let delivery = client.deliver("a@elsewhere.test", &[to], content).await;
    let delivery = delivery.expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
}

/// Lines whose end the relaxed form must forget.
fn awkward(lines: usize) -> Vec<u8> {
    message(&format!(
        "{}\r\n \t\r\n\r\n \r\n",
        "some text \t\r\n".repeat(lines)
    ))
}

#[tokio::test]
async fn signed_mail_of_any_size_passes_here_and_behind_us() {
    let Some(()) = require(&[Peer::Dkim]) else {
        return;
    };
    for (mode, lines) in [
        ("report", 1),
        ("report", 20_000),
        ("enforce", 1),
        ("enforce", 20_000),
    ] {
        let (scene, _names) = scene(mode).await;
        send(&scene, NORA, &signed(&awkward(lines)).await).await;
        let got = scene.notes.next_message().await.expect("it arrives");
        assert!(still_verifies(got.below(0)).await, "{mode} {lines}");
        let is_it = |event: &Event| matches!(event, Event::Authenticated { .. });
        let said = scene.event(is_it).await.to_string();
        assert!(
            said.contains("dkim=pass (example.net test)"),
            "{mode} {lines}: {said}"
        );
        assert!(
            said.contains("dmarc=pass (from example.net, p=reject, by dkim)"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn our_seals_verify_behind_us() {
    let Some(()) = require(&[Peer::Dkim]) else {
        return;
    };
    let (scene, _names) = sealing().await;
    for lines in [1, 20_000] {
        send(&scene, CLEO, &signed(&awkward(lines)).await).await;
        let got = scene.cloud.next_message().await.expect("it arrives");
        let said = arc_verdict(got.below(0)).await;
        assert!(said.starts_with("pass 1 "), "{said}");
        assert!(still_verifies(got.below(0)).await);
    }
}

#[tokio::test]
async fn what_was_converted_keeps_its_record_and_is_sealed_as_it_left() {
    let Some(()) = require(&[Peer::Dkim]) else {
        return;
    };
    let (scene, _names) = sealing().await;
    scene.notes.script(|script| script.without("8BITMIME"));
    let whole = tnef::sample("meeting-request").eml();
    send(&scene, NORA, &signed(&whole).await).await;
    let got = scene.notes.next_message().await.expect("it arrives");
    let text = String::from_utf8_lossy(got.below(0)).to_ascii_lowercase();
    assert!(!text.contains("application/ms-tnef"), "it is converted");
    assert!(text.contains("dkim=pass header.d=example.net"), "{text}");
    assert!(!still_verifies(got.below(0)).await, "it was changed");
    let said = arc_verdict(got.below(0)).await;
    assert!(said.starts_with("pass 1 "), "{said}\n{text}");
}

/// Prints, for each message on its input, a signature in each pair of canonical forms, then what a verifier makes of those it
/// has; each message comes behind its length.
const MANY: &str = "\
while message:\n\
\x20   length, _, message = message.partition(b'\\n')\n\
\x20   one, message = message[:int(length)], message[int(length):]\n\
\x20   if arguments[0] == b'sign':\n\
\x20       for head in (b'simple', b'relaxed'):\n\
\x20           for body in (b'simple', b'relaxed'):\n\
\x20               field = dkim.sign(one, b'test', b'example.net', arguments[1], canonicalize=(head, body))\n\
\x20               print(field.hex())\n\
\x20   else:\n\
\x20       print(dkim.verify(one, dnsfunc=lambda name, timeout=5: arguments[1]))\n";

async fn many(task: &str, argument: &str, messages: &[Vec<u8>]) -> Vec<String> {
    let mut input = Vec::new();
    for one in messages {
        input.extend_from_slice(format!("{}\n", one.len()).as_bytes());
        input.extend_from_slice(one);
    }
    let said = dkim(MANY, &input, &[task, argument]).await;
    said.lines().map(str::to_owned).collect()
}

fn octets(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(|pair| octet(pair).expect("two digits")).collect()
}

/// A message of whatever canonical forms treat in one way and servers like to treat in another.
fn odd(number: u64) -> Sample {
    const FIELDS: &[&str] = &[
        "X-Fold:\r\n first\r\n\t second \r\n",
        "X-Blanks:   two  blanks \t \r\n",
        "x-CASE: Lower\r\n",
        "X-Empty:\r\n",
        "X-Colons: a: b : c\r\n",
        "X-Twice: 1\r\nX-Twice: 2\r\n",
        "Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n",
        "To: people:;\r\n",
    ];
    const LINES: &[&str] = &[
        "\r\n",
        " \r\n",
        "\t \r\n",
        "text\r\n",
        "text \t\r\n",
        ".\r\n",
        "..\r\n",
        ".dot\r\n",
        "From x\r\n",
        "a  b\r\n",
        "--\r\n",
        "=20\r\n",
    ];
    let mut dice = Dice(number);
    let mut text = format!("From: a@example.net\r\nSubject: odd {number}\r\n");
    for _ in 0..dice.roll(6) {
        text.push_str(dice.pick(FIELDS));
    }
    text.push_str("\r\n");
    for _ in 0..dice.roll(12) {
        text.push_str(dice.pick(LINES));
    }
    Sample {
        id: number.to_string(),
        what: "an odd one",
        content: text.into_bytes(),
        needs: Needs::Nothing,
    }
}

#[tokio::test]
async fn signatures_over_messages_of_every_shape_verify_behind_us() {
    let Some(()) = require(&[Peer::Dkim]) else {
        return;
    };
    let mut samples = testbed::message::all("signed");
    let has_body = |one: &[u8]| one.windows(4).any(|octets| octets == b"\r\n\r\n");
    samples.retain(|one| one.needs != Needs::Chunking && has_body(&one.content));
    samples.extend((0..50).map(odd));
    let plain: Vec<Vec<u8>> = samples.iter().map(|one| one.content.clone()).collect();
    let fields = many("sign", KEY, &plain).await;
    assert_eq!(fields.len(), 4 * samples.len());
    let scene = Scene::with(|setup| setup.notes_tls = "mode = \"none\"".to_owned()).await;
    // What is dropped was never signed: it stands above.
    let dropped = "X-MS-Exchange-Organization-SCL : -1\r\nAuthentication-Results: mx.contoso.com; dkim=pass\r\nX-OriginatorOrg:\r\n x\r\n";
    let mut client = scene.client(INTERNET).await;
    let mut came = Vec::new();
    for (number, field) in fields.iter().enumerate() {
        let sample = &samples[number / 4];
        let field = octets(field);
        let sent = [dropped.as_bytes(), &field, &sample.content].concat();
        for (to, sink) in [(NORA, &scene.notes), (CLEO, &scene.cloud)] {
            let parameters = sample.needs.mail_parameters();
            let delivery = client
                .deliver_with("a@elsewhere.test", parameters, &[to], &sent)
                .await;
            let delivery = delivery.expect("a dialog");
            assert!(
                delivery.is_accepted(),
                "{}: {:?}",
                sample.what,
                delivery.verdict()
            );
            let got = sink.next_message().await.expect("it arrives");
            assert_eq!(
                got.below(1).len(),
                sent.len() - dropped.len(),
                "{}",
                sample.what
            );
            came.push(got.below(0).to_vec());
        }
    }
    let verdicts = many("verify", &record(), &came).await;
    for (number, verdict) in verdicts.iter().enumerate() {
        let sample = &samples[number / 8];
        assert_eq!(verdict, "True", "{}, form {}", sample.what, number / 2 % 4);
    }
    assert_eq!(verdicts.len(), came.len());
    let line = format!(
        "signatures: {} made by python3-dkim verify behind us\n",
        came.len()
    );
    _ = std::io::stderr().write_all(line.as_bytes());
}
