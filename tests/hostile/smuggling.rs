//! SMTP smuggling: text inside one message that some hop could take for the end of it and for another (CVE-2023-51764,
//! -51765, -51766, CVE-2024-27305).

use testbed::sink::EndOfData;

use super::Dice;
use crate::scene::{INTERNET, NOTES, SCANNER, Scene, message};

/// Look-alikes of the end of data, from the published research and its variations.
pub(crate) const LOOK_ALIKES: &[&str] = &[
    "\n.\n",
    "\n.\r\n",
    "\r\n.\n",
    "\r.\r",
    "\r.\r\n",
    "\r\n.\r",
    "\n.\r",
    "\r.\n",
    "\n\n.\r\n",
    "\n\r\n.\n",
    "\r\n\0.\r\n",
    "\r\n.\0\r\n",
    "\r\n\0.\0\r\n",
    "\n\0.\n",
    "\r\n.\r\r\n",
    "\r\n.\n\r\n",
    "\r\n\r.\r\n",
    "\r\n.\0\n",
    "\r\n\0.\n",
    "\r\0\n.\r\n",
    "\r\n.\r\0\n",
    "\0\n.\n\0",
    "\r\r\n.\r\r\n",
    "\n\r.\n\r",
];

pub(crate) const INNER: &str = "MAIL FROM:<boss@contoso.com>\r\nRCPT TO:<nora@contoso.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n";

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
        assert_eq!(
            (reply.code, reply.enhanced()),
            (550, Some("5.6.0")),
            "{look_alike:?}: {}",
            reply.text()
        );
        assert_eq!(
            client.command("NOOP").await.expect("NOOP").code,
            250,
            "{look_alike:?}: one answer a message"
        );
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
        let reply = client
            .bdat_last(content.as_bytes())
            .await
            .expect("one answer");
        assert_eq!(
            (reply.code, reply.enhanced()),
            (550, Some("5.6.0")),
            "{look_alike:?}: {}",
            reply.text()
        );
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
    assert_eq!(
        client
            .bdat_last(content.as_bytes())
            .await
            .expect("BDAT")
            .code,
        250
    );
    assert_eq!(
        scene
            .notes
            .next_message()
            .await
            .expect("it arrives")
            .below(1),
        content.as_bytes()
    );
    assert_eq!(scene.notes.messages().len(), 1);
}

#[tokio::test]
async fn a_bare_newline_found_while_the_body_streams_aborts_the_hop() {
    for chunking in [true, false] {
        let scene = Scene::start().await;
        if !chunking {
            scene.notes.script(|script| script.without("CHUNKING"));
        }
        let mut client = scene.client(INTERNET).await;
        client.mail("a@example.net").await.expect("MAIL");
        client.rcpt("nora@contoso.com").await.expect("RCPT");
        let mut content = message(&"good line\r\n".repeat(20_000));
        content.extend_from_slice(b"bad\nline\r\n.\r\n");
        client.data_raw(&content).await.expect("DATA");
        assert_eq!(client.read_reply().await.expect("a reply").code, 550);
        scene.notes.next_aborted().await.expect("it is hung up on");
        assert!(scene.nothing_arrived(), "chunking: {chunking}");
    }
}

#[tokio::test]
async fn what_an_old_device_of_a_side_sends_may_be_normalised() {
    for (policy, code) in [("refuse", 550), ("normalise", 250)] {
        let scene =
            Scene::with(|setup| setup.notes_format = format!("bare_newline = \"{policy}\"")).await;
        let mut client = scene.client(NOTES).await;
        client.mail("nora@contoso.com").await.expect("MAIL");
        client.rcpt("cleo@contoso.com").await.expect("RCPT");
        client
            .data_raw(b"Subject: x\r\n\r\none\ntwo\r.\nthree\r\n.\r\n")
            .await
            .expect("DATA");
        assert_eq!(
            client.read_reply().await.expect("a reply").code,
            code,
            "{policy}"
        );
        if code == 250 {
            let got = scene.cloud.next_message().await.expect("it arrives");
            assert_eq!(
                got.below(1),
                b"Subject: x\r\n\r\none\r\ntwo\r\n.\r\nthree\r\n"
            );
        }
    }
}

/// What generated bodies are made of: everything that some reader takes for a line end, a dot, or nothing at all.
const CRUMBS: &[&str] = &[
    "\r\n",
    "\r\n",
    "\r\n.",
    "\r\n..",
    "\r",
    "\n",
    "\r\r\n",
    "\n\r",
    ".",
    "..",
    ".\r\n",
    "\0",
    " ",
    "\t",
    "a",
    "text",
    "\x1a",
    "\u{b}",
    "\u{85}",
    "\u{2028}",
    "QUIT\r\n",
    "DATA\r\n",
    "RSET\r\n",
    "MAIL FROM:<boss@contoso.com>\r\n",
    "RCPT TO:<nora@contoso.com>\r\n",
];
/// The same without what is refused at once, so that enough of it goes through.
const CLEAN_CRUMBS: &[&str] = &[
    "\r\n",
    "\r\n.",
    "\r\n..",
    "\r\n...\r\n",
    "..\r\n",
    "a",
    " ",
    "\r\n.a",
    "a\0b",
    "\r\n\0\0x\r\n",
    "\r\n \r\n",
    "\u{85}",
    "\u{2028}.\u{2028}",
    "DATA\r\n",
    "MAIL FROM:<boss@contoso.com>\r\n",
];

/// A body as a client writes it to the wire, its end not among it.
pub(crate) fn body(dice: &mut Dice) -> String {
    let crumbs = if dice.once_in(2) {
        CRUMBS
    } else {
        CLEAN_CRUMBS
    };
    let length = 1 + dice.roll(14);
    let mut body = String::from("Subject: x\r\n\r\n");
    for _ in 0..length {
        body.push_str(dice.pick(crumbs));
        if let Some(end) = body.find("\r\n.\r\n") {
            body.insert(end + 2, '.'); // its end, and nobody's attack
        }
    }
    if body.ends_with("\r\n.") {
        body.push('.');
    }
    body
}

/// Generated bodies from `origin` to a smart host that ends messages by `rule`: it must see as many messages as were
/// accepted, and what they were sent as.
async fn a_lax_hop_sees_what_was_accepted(rule: EndOfData, origin: &str, seed: u64) {
    let scene = Scene::with(|setup| {
        setup.notes_format = "bare_newline = \"normalise\"".to_owned();
        setup.internet_from = Some("\"notes\", \"scanner\"".to_owned());
    })
    .await;
    scene
        .smart_host
        .script(|script| script.end_of_data(rule).without("CHUNKING"));
    let mut dice = Dice(seed);
    let mut client = scene.client(origin).await;
    let mut accepted = 0;
    for round in 0..ROUNDS {
        let body = body(&mut dice);
        client.mail("a@contoso.com").await.expect("MAIL");
        client.rcpt("b@elsewhere.example").await.expect("RCPT");
        let reply = if dice.once_in(2) {
            client
                .data_raw(format!("{body}\r\n.\r\n").as_bytes())
                .await
                .expect("DATA");
            client.read_reply().await.expect("one answer")
        } else {
            client.bdat_last(body.as_bytes()).await.expect("one answer")
        };
        accepted += usize::from(reply.is_positive());
        let counts = scene.smart_host.counts();
        assert_eq!(
            (counts.accepted, counts.refused, counts.aborted),
            (accepted, 0, 0),
            "{rule:?} from {origin}, round {round}: {body:?}: {}",
            reply.text()
        );
    }
    assert!(
        accepted > ROUNDS / 8 && (accepted < ROUNDS || origin == NOTES),
        "{accepted} of {ROUNDS} accepted"
    );
    for connection in scene.smart_host.connections() {
        let strange = connection
            .commands
            .iter()
            .find(|line| line.contains("boss@") || line.contains("nora@"));
        assert_eq!(strange, None, "{rule:?} from {origin}");
    }
}

const ROUNDS: usize = 300;

#[tokio::test]
async fn hops_with_lax_line_ends_see_the_same_messages_as_we_do() {
    for (number, rule) in [
        EndOfData::CrLf,
        EndOfData::AnyLf,
        EndOfData::AnyCrOrLf,
        EndOfData::BlindToNul,
    ]
    .into_iter()
    .enumerate()
    {
        a_lax_hop_sees_what_was_accepted(rule, SCANNER, number as u64).await;
        a_lax_hop_sees_what_was_accepted(rule, NOTES, 100 + number as u64).await;
    }
}
