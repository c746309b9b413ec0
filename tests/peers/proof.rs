//! The peers among themselves: what they are asked to do, they do.

use super::*;

const FROM: &str = "alice@contoso.test";
const TO: &str = "bob@fabrikam.test";

/// Whole as far as fields go, so that no server completes it; dots to stuff, a
/// long line, octets above 127, an empty line at the end.
fn message() -> Vec<u8> {
    let long = "x".repeat(900);
    let text = format!(
        "Message-ID: <1@contoso.test>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\
         From: <{FROM}>\nTo: <{TO}>\nSubject: proof\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\
         \n.\n..dots\nGr\u{fc}\u{df}e\n{long}\n\n"
    );
    text.replace('\n', "\r\n").into_bytes()
}

#[track_caller]
fn is_ours(stored: &Stored) {
    assert_eq!(stored.reverse_path, FROM);
    assert_eq!(stored.forward_paths, [TO]);
    let below = String::from_utf8_lossy(stored.below_trace());
    assert_eq!(below, String::from_utf8_lossy(&message()));
}

#[tokio::test]
async fn one_postfix_hands_its_queue_to_another() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let hop = Postfix::builder().start().await;
    let sender = Postfix::builder().relay_to(hop.address()).start().await;
    sender.submit(FROM, &[TO], &message()).await;
    is_ours(&hop.stored(1).await[0]);
    sender
        .logged("status=sent (250 2.0.0 Ok: queued as", 1)
        .await;
}

#[tokio::test]
async fn postfix_keeps_what_its_hop_puts_off() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let busy = Postfix::builder().refuse(TO, "451 4.3.0 Later");
    let busy = busy.start().await;
    let sender = Postfix::builder().relay_to(busy.address()).start().await;
    sender.submit(FROM, &[TO], &message()).await;
    // It tries more than once by itself.
    sender.logged("status=deferred", 2).await;
    sender.flush().await;
    let queue = sender.queue().await;
    assert_eq!(queue.len(), 1, "{queue:?}");
    assert_eq!(queue[0].forward_path, TO);
    assert!(queue[0].reason.contains("451 4.3.0"), "{queue:?}");
    assert_eq!(busy.messages(), []);
}

#[tokio::test]
async fn postfix_takes_mail_from_a_proven_client_alone() {
    let Some(()) = require(&[Peer::Postfix, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Authority").await;
    let stranger = Authority::new("Stranger").await;
    let server = authority.issue("hop.test").await;
    let hop = Postfix::builder()
        .identity(&server.chain, &server.key)
        .demand_certificate(&authority.roots())
        .start()
        .await;
    for (issuer, name) in [(&stranger, "stranger.test"), (&authority, "gateway.test")] {
        let shown = issuer.issue(name).await;
        let sender = Postfix::builder()
            .relay_to(hop.address())
            .verify_hop(&authority.roots(), "hop.test")
            .client_identity(&shown.chain, &shown.key)
            .start()
            .await;
        sender.submit(FROM, &[TO], &message()).await;
        match name {
            "stranger.test" => sender.logged("status=deferred", 1).await,
            _ => is_ours(&hop.stored(1).await[0]),
        }
    }
    let stored = hop.messages();
    assert_eq!(stored.len(), 1);
    let trace = stored[0].trace();
    let proven = "(Client CN \"gateway.test\", Issuer \"Authority\" (verified OK))";
    assert!(trace.contains(proven), "{trace}");
}

#[tokio::test]
async fn a_counting_postfix_counts_what_smtp_source_sends() {
    let Some(()) = require(&[Peer::Postfix]) else {
        return;
    };
    let hop = Postfix::builder().discard().start().await;
    let source = Source::new(20, 4).paths(FROM, TO).length(5_000);
    let sent = source.keep_connections().send(hop.address()).await;
    sent.succeeded();
    hop.discarded(20).await;
    assert_eq!(hop.discard_count(), 20);
    assert_eq!(hop.messages(), []);
}

#[tokio::test]
async fn swaks_sends_to_exim() {
    let Some(()) = require(&[Peer::Swaks, Peer::Exim]) else {
        return;
    };
    let exim = Exim::builder().start().await;
    let (file, arguments) = letter();
    let sent = swaks(exim.address(), &words(&arguments), b"").await;
    drop(file);
    assert!(sent.succeeded().contains("<-  250 OK id="), "{sent:?}");
    is_ours(&exim.stored(1).await[0]);
}

#[tokio::test]
async fn swaks_sends_to_opensmtpd() {
    let Some(()) = require(&[Peer::Swaks, Peer::OpenSmtpd]) else {
        return;
    };
    let smtpd = OpenSmtpd::start().await;
    let (file, arguments) = letter();
    let sent = swaks(smtpd.address(), &words(&arguments), b"").await;
    drop(file);
    assert!(sent.succeeded().contains("<-  250 2.0.0"), "{sent:?}");
    is_ours(&smtpd.stored(1).await[0]);
}

#[tokio::test]
async fn swaks_says_how_it_was_refused() {
    let Some(()) = require(&[Peer::Swaks, Peer::Postfix]) else {
        return;
    };
    let hop = Postfix::builder().refuse(TO, "550 5.1.1 Nobody");
    let hop = hop.start().await;
    let (file, arguments) = letter();
    let refused = swaks(hop.address(), &words(&arguments), b"").await;
    drop(file);
    // swaks(1): 24 is "no recipient was accepted".
    assert_eq!(refused.code(), Some(24), "{refused:?}");
    assert!(refused.output.contains("<** 550 5.1.1"), "{refused:?}");
}

#[tokio::test]
async fn swaks_shows_its_certificate_to_aiosmtpd() {
    let Some(()) = require(&[Peer::Swaks, Peer::Aiosmtpd, Peer::Openssl]) else {
        return;
    };
    let authority = Authority::new("Authority").await;
    let (server, client) = (authority.issue("hop.test"), authority.issue("person.test"));
    let (server, client) = tokio::join!(server, client);
    let hop = Aiosmtpd::builder()
        .identity(&server.chain, &server.key)
        .demand_certificate(&authority.roots())
        .start()
        .await;
    let (file, mut arguments) = letter();
    arguments.push("--tls".to_owned());
    let without = swaks(hop.address(), &words(&arguments), b"").await;
    assert!(!without.status.success(), "{without:?}");
    for (option, path) in [("--tls-cert", &client.chain), ("--tls-key", &client.key)] {
        arguments.extend([option.to_owned(), path.display().to_string()]);
    }
    let sent = swaks(hop.address(), &words(&arguments), b"").await;
    drop(file);
    assert!(sent.succeeded().contains("=== TLS started with cipher"));
    let stored = hop.stored(1).await;
    assert_eq!(stored.len(), 1);
    is_ours(&stored[0]);
}

#[tokio::test]
async fn smtplib_sends_to_aiosmtpd_octet_for_octet() {
    let Some(()) = require(&[Peer::Smtplib, Peer::Aiosmtpd]) else {
        return;
    };
    let hop = Aiosmtpd::builder().start().await;
    let script = format!("smtp.sendmail('{FROM}', ['{TO}'], message, ['BODY=8BITMIME'])");
    let sent = smtplib(hop.address(), &script, &message()).await;
    sent.succeeded();
    assert!(sent.errors.contains("250-SMTPUTF8"), "{sent:?}");
    let stored = hop.stored(1).await.remove(0);
    is_ours(&stored);
    assert_eq!(stored.content, message(), "aiosmtpd adds nothing");
}

/// The words for swaks that send the message, which it reads from a file.
fn letter() -> (tempfile::NamedTempFile, Vec<String>) {
    let mut file = tempfile::NamedTempFile::new().expect("a file can be made");
    // swaks ends the last line by itself.
    let message = message();
    let unended = &message[..message.len() - 2];
    file.write_all(unended).expect("it can be written");
    let data = format!("@{}", file.path().display());
    let words = ["--from", FROM, "--to", TO, "--data", &data];
    let arguments = words.map(str::to_owned).to_vec();
    (file, arguments)
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}
