//! Mail that python3-dkim has signed, and what it says of ours.

use testbed::nameserver::NameServer;
use testbed::tnef;
use twinmx::event::Event;

use super::{Peer, program, python, require};
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
