//! Clients that mean harm, or do it: nothing of theirs becomes a message, and others are served.

use testbed::client::Client;
use testbed::tls::ClientTls;
use twinmx::event::Event;

use crate::scene::{INTERNET, NOTES, Scene, message};

/// Look-alikes of the end of data, from the published research and its variations.
const LOOK_ALIKES: &[&str] = &[
    "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\n.\r", "\r.\n", "\n\n.\r\n", "\n\r\n.\n", "\r\n\0.\r\n",
    "\r\n.\0\r\n", "\r\n\0.\0\r\n", "\n\0.\n", "\r\n.\r\r\n", "\r\n.\n\r\n", "\r\n\r.\r\n",
];

const INNER: &str = "MAIL FROM:<boss@contoso.com>\r\nRCPT TO:<nora@contoso.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n";

#[tokio::test]
async fn nothing_but_crlf_dot_crlf_ends_a_message() {
    let scene = Scene::start().await;
    for look_alike in LOOK_ALIKES {
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nora@contoso.com").await.expect("RCPT");
        let data = format!("Subject: outer\r\n\r\nouter{look_alike}{INNER}");
        client.data_raw(data.as_bytes()).await.expect("DATA");
        let reply = client.read_reply().await.expect("one answer");
        assert_eq!((reply.code, reply.enhanced()), (550, Some("5.6.0")), "{look_alike:?}: {}", reply.text());
        assert_eq!(client.command("NOOP").await.expect("NOOP").code, 250, "{look_alike:?}: one answer a message");
    }
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn chunks_smuggle_nothing_either() {
    let scene = Scene::start().await;
    for look_alike in LOOK_ALIKES {
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nora@contoso.com").await.expect("RCPT");
        let content = format!("Subject: outer\r\n\r\nouter{look_alike}{INNER}");
        let reply = client.bdat_last(content.as_bytes()).await.expect("one answer");
        assert_eq!((reply.code, reply.enhanced()), (550, Some("5.6.0")), "{look_alike:?}: {}", reply.text());
    }
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn a_whole_dialog_inside_a_chunk_is_one_message() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    let content = format!("Subject: outer\r\n\r\nouter\r\n.\r\n{INNER}end\r\n");
    assert_eq!(client.bdat_last(content.as_bytes()).await.expect("BDAT").code, 250);
    assert_eq!(scene.notes.next_message().await.expect("it arrives").below(1), content.as_bytes());
    assert_eq!(scene.notes.messages().len(), 1);
}

#[tokio::test]
async fn a_bare_newline_found_while_the_body_streams_aborts_the_hop() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    let mut content = message(&"good line\r\n".repeat(20_000));
    content.extend_from_slice(b"bad\nline\r\n.\r\n");
    client.data_raw(&content).await.expect("DATA");
    assert_eq!(client.read_reply().await.expect("a reply").code, 550);
    assert!(scene.notes.messages().is_empty());
}

#[tokio::test]
async fn what_an_old_device_of_a_side_sends_may_be_normalised() {
    for (policy, code) in [("refuse", 550), ("normalise", 250)] {
        let scene = Scene::with(|setup| setup.notes_format = format!("bare_newline = \"{policy}\"")).await;
        let mut client = scene.client(NOTES).await;
        client.mail("nora@contoso.com").await.expect("MAIL");
        client.rcpt("cleo@contoso.com").await.expect("RCPT");
        client.data_raw(b"Subject: x\r\n\r\none\ntwo\r.\nthree\r\n.\r\n").await.expect("DATA");
        assert_eq!(client.read_reply().await.expect("a reply").code, code, "{policy}");
        if code == 250 {
            let got = scene.cloud.next_message().await.expect("it arrives");
            assert_eq!(got.below(1), b"Subject: x\r\n\r\none\r\ntwo\r\n.\r\nthree\r\n");
        }
    }
}

#[tokio::test]
async fn what_is_sent_before_the_handshake_is_never_answered_inside() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    client.send_raw(b"STARTTLS\r\nMAIL FROM:<a@example.net>\r\nNOOP\r\n").await.expect("sent");
    client.expect(220).await.expect("ready for TLS");
    let mut client = client.secure(&ClientTls::unverified("mx.contoso.com")).await.expect("the handshake");
    let reply = client.command("RCPT TO:<nora@contoso.com>").await.expect("RCPT");
    assert_eq!(reply.code, 503, "no transaction was opened in clear, and EHLO is forgotten");
}

#[tokio::test]
async fn header_lines_that_are_no_fields_are_refused_from_strangers() {
    let scene = Scene::start().await;
    for header in [
        "no field at all\r\nSubject: x\r\n\r\nx\r\n",
        "Subject: x\r\nno field\r\n\r\nx\r\n",
        " a continuation of nothing\r\nSubject: x\r\n\r\nx\r\n",
        "Subject: nul \0 in it\r\n\r\nx\r\n",
        ": no name\r\n\r\nx\r\n",
    ] {
        let mut client = scene.client(INTERNET).await;
        let delivery = client.deliver("a@example.net", &["nora@contoso.com"], header.as_bytes()).await.expect("a dialog");
        assert_eq!((delivery.verdict().code, delivery.verdict().enhanced()), (550, Some("5.6.0")), "{header:?}");
    }
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn relay_tricks_are_refused_at_rcpt() {
    let scene = Scene::start().await;
    for path in [
        "user%elsewhere.example@contoso.com",
        "elsewhere.example!user@contoso.com",
        "@contoso.com:user@elsewhere.example",
        "user@elsewhere.example@contoso.com",
        "\"user@elsewhere.example\"@contoso.com",
        "user@[192.0.2.1]",
        "user@[127.0.0.1]",
        "user@",
        "@contoso.com",
        "nora@contoso.com\0",
        "nora@cont\u{43e}so.com",
        "user@elsewhere.example",
        "nora@contoso.com.",
        "nora@.contoso.com",
        "nora\"@contoso.com",
        "nora@contoso.com>,<x@elsewhere.example",
    ] {
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        let reply = client.rcpt(path).await.expect("RCPT");
        assert!(reply.is_permanent(), "{path:?}: {} {}", reply.code, reply.text());
    }
    assert!(scene.nothing_arrived());
}

#[tokio::test]
async fn verify_and_expand_tell_nothing() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let known = client.command("VRFY nora@contoso.com").await.expect("VRFY");
    let unknown = client.command("VRFY nobody@contoso.com").await.expect("VRFY");
    assert_eq!(known, unknown);
    assert_eq!(known.code, 252);
    assert!(client.command("EXPN staff").await.expect("EXPN").is_permanent());
}

#[tokio::test]
async fn a_line_without_an_end_is_cut_off() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let flood = vec![b'x'; 1 << 20];
    let mut sent = 0;
    while sent < 64 && client.send_raw(&flood).await.is_ok() {
        sent += 1;
    }
    assert!(sent < 64, "64 MB of one command line were read");
    scene.event(|event| matches!(event, Event::ClientCutOff { .. })).await;
    others_are_served(&scene).await;
}

#[tokio::test]
async fn bad_commands_come_to_an_end() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let mut last = 0;
    for _ in 0..1000 {
        match client.command("NONSENSE").await {
            Ok(reply) => last = reply.code,
            Err(_) => break,
        }
    }
    assert_eq!(last, 421);
    scene.event(|event| matches!(event, Event::ClientCutOff { .. })).await;
    others_are_served(&scene).await;
}

#[tokio::test]
async fn a_silent_client_is_let_go() {
    let scene = Scene::with(|setup| setup.limits = "client_idle = \"1s\"".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    let reply = client.read_reply().await.expect("a last word");
    assert_eq!((reply.code, reply.enhanced()), (421, Some("4.4.2")));
}

#[tokio::test]
async fn a_slow_drip_is_silence() {
    let scene = Scene::with(|setup| setup.limits = "client_idle = \"2s\"".to_owned()).await;
    let mut client = scene.client(INTERNET).await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nora@contoso.com").await.expect("RCPT");
    client.data_raw(b"Subject: x\r\n\r\n").await.expect("DATA");
    let mut drip = tokio::time::interval(std::time::Duration::from_millis(50));
    let mut drops = 0;
    while drops < 400 && client.send_raw(b"x").await.is_ok() {
        drip.tick().await;
        drops += 1;
    }
    assert!(drops < 400, "20 s of dripping were allowed where 2 s of silence are");
    assert!(scene.nothing_arrived());
    others_are_served(&scene).await;
}

#[tokio::test]
async fn glued_transactions_are_separate_messages() {
    let scene = Scene::start().await;
    let mut client = scene.client(INTERNET).await;
    let one = "MAIL FROM:<a@example.net>\r\nRCPT TO:<nora@contoso.com>\r\nBDAT 20 LAST\r\nSubject: one\r\n\r\none\r\n";
    let two = "MAIL FROM:<b@example.net>\r\nRCPT TO:<nils@contoso.com>\r\nBDAT 20 LAST\r\nSubject: two\r\n\r\ntwo\r\n";
    let three = "QUIT\r\n";
    let [one, two] = [one, two].map(|text| {
        let (head, body) = text.split_once("LAST\r\n").expect("a chunk");
        format!("{}LAST\r\n{body}", head.replace("20", &body.len().to_string()))
    });
    client.send_raw(format!("{one}{two}{three}").as_bytes()).await.expect("sent");
    for expected in [250, 250, 250, 250, 250, 250, 221] {
        assert_eq!(client.read_reply().await.expect("a reply").code, expected);
    }
    let messages = scene.notes.messages();
    let seen: Vec<_> = messages.iter().map(|got| (got.reverse_path.as_str(), got.recipients()[0])).collect();
    assert_eq!(seen, [("a@example.net", "nora@contoso.com"), ("b@example.net", "nils@contoso.com")]);
}

async fn others_are_served(scene: &Scene) {
    let mut client: Client = scene.client(INTERNET).await;
    let delivery = client.deliver("a@example.net", &["nora@contoso.com"], &message("x")).await.expect("a dialog");
    assert!(delivery.is_accepted());
}
