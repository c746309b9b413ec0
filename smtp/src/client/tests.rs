use super::*;
use crate::envelope::{BodyKind, MailFrom, Notify, OriginalRecipient, RcptTo, Ret};
use crate::extension::SizeLimit;
use crate::path::{ForwardPath, Mailbox, ReversePath};
use crate::xtext::Xtext;

/// A hop written down: what it says, what it hears, what the client makes of it.
struct Hop {
    client: Client,
    input: BytesMut,
    out: BytesMut,
}

impl Hop {
    fn new(policy: HelloPolicy) -> Self {
        Self {
            client: Client::new("mx.example".into(), policy),
            input: BytesMut::new(),
            out: BytesMut::new(),
        }
    }

    /// A hop that greeted and offers these keywords.
    fn ready(keywords: &str) -> Self {
        let mut hop = Self::new(HelloPolicy::EhloOnly);
        assert_eq!(hop.says("220 hop\r\n"), ClientEvent::NeedInput);
        let lines: String = keywords
            .split(',')
            .map(|k| format!("250-{k}\r\n"))
            .collect();
        let event = hop.says(&format!("250-hop\r\n{lines}250 HELP\r\n"));
        assert!(matches!(event, ClientEvent::Ready(_)), "{event:?}");
        hop.heard();
        hop
    }

    fn says(&mut self, octets: &str) -> ClientEvent {
        self.input.extend_from_slice(octets.as_bytes());
        self.client.poll(&mut self.input, &mut self.out)
    }

    fn heard(&mut self) -> String {
        String::from_utf8_lossy(&self.out.split()).into_owned()
    }

    fn begin(&mut self, recipients: &[&str], transfer: Transfer) {
        let envelope = envelope(recipients);
        self.client.begin(&envelope, transfer, &mut self.out);
    }

    fn body(&mut self, text: &'static str) {
        let content = Content::new(text.as_bytes().into());
        self.client.body(content, &mut self.out);
    }
}

fn envelope(recipients: &[&str]) -> HopEnvelope {
    let rcpt = |text: &&str| RcptTo::new(ForwardPath::parse(text).expect("a path"));
    HopEnvelope {
        mail: MailFrom::new(ReversePath::parse("a@b.example").expect("a path")),
        recipients: recipients.iter().map(rcpt).collect(),
    }
}

fn codes(event: ClientEvent) -> (u16, Vec<u16>, Option<u16>) {
    let ClientEvent::Envelope(replies) = event else {
        panic!("not the replies to an envelope: {event:?}")
    };
    let value = |reply: &HopReply| reply.code.value();
    let recipients = replies.recipients.iter().map(value).collect();
    (
        value(&replies.mail),
        recipients,
        replies.data.as_ref().map(value),
    )
}

#[test]
fn greeting_and_hello() {
    let check = |policy: HelloPolicy, said: &[&str], heard: &str, expected: &str| {
        let mut hop = Hop::new(policy);
        let events: Vec<_> = said.iter().map(|s| hop.says(s)).collect();
        let event = match events.last().expect("an event") {
            ClientEvent::Ready(capabilities) => format!("ready {:?}", capabilities.size),
            ClientEvent::Failed(error) => error.to_string(),
            other => format!("{other:?}"),
        };
        assert!(event.starts_with(expected), "{said:?}: {event}");
        assert_eq!(hop.heard(), heard, "{said:?}");
    };
    use HelloPolicy::{EhloOnly, HeloFallback};
    let ehlo = "EHLO mx.example\r\n";
    let both = "EHLO mx.example\r\nHELO mx.example\r\n";
    check(
        EhloOnly,
        &["220-a\r\n220 b\r\n", "250-hop\r\n250 SIZE 7\r\n"],
        ehlo,
        "ready Max(7)",
    );
    check(
        EhloOnly,
        &["2", "20 a\r\n", "250 hop\r\n"],
        ehlo,
        "ready NotOffered",
    );
    check(EhloOnly, &["554 no\r\n"], "", "the hop's greeting was 554");
    check(
        EhloOnly,
        &["421 busy\r\n"],
        "",
        "the hop's greeting was 421",
    );
    check(
        EhloOnly,
        &["250 hello\r\n"],
        "",
        "the hop's greeting was 250",
    );
    check(
        EhloOnly,
        &["SSH-2.0-x\r\n"],
        "",
        "the hop does not speak SMTP",
    );
    check(
        EhloOnly,
        &["220 a\r\n", "502 no\r\n"],
        ehlo,
        "the hop refused EHLO with 502",
    );
    check(
        HeloFallback,
        &["220 a\r\n", "450 no\r\n"],
        ehlo,
        "the hop refused EHLO with 450",
    );
    check(
        HeloFallback,
        &["220 a\r\n", "502 no\r\n", "250-x\r\n250 SIZE 7\r\n"],
        both,
        "ready NotOffered",
    );
    check(
        HeloFallback,
        &["220 a\r\n", "502 no\r\n", "502 no\r\n"],
        both,
        "the hop refused EHLO with 502",
    );
    check(EhloOnly, &["220 a\r\n", "421 bye\r\n"], ehlo, "Closing");
    // Said before it could have heard us.
    check(
        EhloOnly,
        &["220 a\r\n250 hop\r\n"],
        ehlo,
        "the hop said 250 out of turn",
    );
    check(
        HeloFallback,
        &["220 a\r\n", "502 no\r\n250 hop\r\n"],
        both,
        "the hop said 250 out of turn",
    );
}

#[test]
fn replies_are_matched_to_a_pipelined_envelope() {
    let mut hop = Hop::ready("PIPELINING");
    hop.begin(&["x@y.example", "Postmaster"], Transfer::Data);
    let said =
        "MAIL FROM:<a@b.example>\r\nRCPT TO:<x@y.example>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n";
    assert_eq!(hop.heard(), said);
    assert_eq!(
        hop.says("250 ok\r\n550-5.1.1 no\r\n550 5.1.1 really\r\n250 o"),
        ClientEvent::NeedInput
    );
    let event = hop.says("k\r\n354 go\r\n");
    assert_eq!(codes(event), (250, vec![550, 250], Some(354)));
    hop.body("a\r\n.b\r");
    hop.body("\n");
    assert_eq!(hop.heard(), "a\r\n..b\r\n");
    assert_eq!(hop.client.octets_sent(), 7);
    hop.client.terminate(&mut hop.out);
    assert_eq!(hop.heard(), ".\r\n");
    let event = hop.says("250 2.0.0 queued\r\n");
    assert!(matches!(event, ClientEvent::Final(reply) if reply.text() == "queued"));

    hop.begin(&["x@y.example"], Transfer::Data);
    let event = hop.says("250 ok\r\n550 no\r\n554 none\r\n");
    assert_eq!(codes(event), (250, vec![550], Some(554)));
    hop.heard();
    hop.body("never\r\n");
    hop.client.terminate(&mut hop.out);
    assert_eq!(hop.heard(), "", "a message without a go-ahead");
    hop.client.reset(&mut hop.out);
    assert_eq!(hop.heard(), "RSET\r\n");
    assert_eq!(hop.says("250 ok\r\n"), ClientEvent::ResetDone);
    hop.client.quit(&mut hop.out);
    assert_eq!(hop.heard(), "QUIT\r\n");
    assert!(matches!(hop.says("221 bye\r\n"), ClientEvent::Closing(_)));
}

#[test]
fn a_hop_that_does_not_pipeline_hears_one_command_at_a_time() {
    let mut hop = Hop::ready("CHUNKING");
    hop.begin(&["x@y.example", "z@y.example"], Transfer::Chunks);
    assert_eq!(hop.heard(), "MAIL FROM:<a@b.example>\r\n");
    hop.says("250 ok\r\n");
    assert_eq!(hop.heard(), "RCPT TO:<x@y.example>\r\n");
    hop.says("450 later\r\n");
    assert_eq!(hop.heard(), "RCPT TO:<z@y.example>\r\n");
    hop.says("250 ok\r\n");
    assert_eq!(hop.heard(), "DATA\r\n", "chunks need pipelining");
    assert_eq!(
        codes(hop.says("354 go\r\n")),
        (250, vec![450, 250], Some(354))
    );

    let mut hop = Hop::ready("HELP");
    hop.begin(&["x@y.example"], Transfer::Data);
    assert_eq!(codes(hop.says("550 no\r\n")), (550, vec![], None));
    hop.heard();
    hop.begin(&["x@y.example"], Transfer::Data);
    hop.says("250 ok\r\n");
    hop.heard();
    assert_eq!(codes(hop.says("550 no\r\n")), (250, vec![550], None));
    assert_eq!(hop.heard(), "", "DATA for nobody");

    let mut hop = Hop::ready("HELP");
    hop.begin(&["x@y.example"], Transfer::Data);
    assert_eq!(hop.says("250 ok\r\n250 ok\r\n"), unexpected("250 ok\r\n"));
}

fn unexpected(reply: &str) -> ClientEvent {
    let reply = HopReply::parse(reply).expect("a reply");
    ClientEvent::Failed(ClientError::Unexpected(reply))
}

#[test]
fn chunks_and_their_replies() {
    let mut hop = Hop::ready("PIPELINING,CHUNKING");
    hop.begin(&["x@y.example"], Transfer::Chunks);
    assert_eq!(
        hop.heard(),
        "MAIL FROM:<a@b.example>\r\nRCPT TO:<x@y.example>\r\n"
    );
    assert_eq!(
        codes(hop.says("250 ok\r\n250 ok\r\n")),
        (250, vec![250], None)
    );
    hop.body("a\r\n.\r\n");
    hop.body("");
    hop.body("b");
    assert_eq!(hop.heard(), "BDAT 6\r\na\r\n.\r\nBDAT 1\r\nb");
    assert_eq!(hop.says("250 ok\r\n"), ClientEvent::NeedInput);
    let event = hop.says("552 full\r\n");
    assert!(matches!(event, ClientEvent::Chunk(reply) if reply.code.value() == 552));
    hop.body("c");
    hop.client.terminate(&mut hop.out);
    assert_eq!(hop.heard(), "BDAT 1\r\ncBDAT 0 LAST\r\n");
    assert_eq!(hop.says("250 ok\r\n"), ClientEvent::NeedInput);
    let event = hop.says("554 no\r\n");
    assert!(matches!(event, ClientEvent::Final(reply) if reply.code.value() == 554));

    hop.begin(&["x@y.example"], Transfer::Chunks);
    hop.says("250 ok\r\n250 ok\r\n");
    hop.heard();
    let content = Content::new(b"whole\r\n".as_slice().into());
    hop.client.body_last(content, &mut hop.out);
    assert_eq!(hop.heard(), "BDAT 7 LAST\r\nwhole\r\n");
    assert!(matches!(hop.says("250 ok\r\n"), ClientEvent::Final(_)));

    hop.begin(&["x@y.example"], Transfer::Chunks);
    hop.says("250 ok\r\n250 ok\r\n");
    assert_eq!(
        hop.says("250 ok\r\n"),
        unexpected("250 ok\r\n"),
        "a reply to no chunk"
    );
}

#[test]
fn parameters_are_written_only_where_they_are_offered() {
    let check = |offered: &str, mail: &str, rcpt: &str| {
        let mut hop = Hop::ready(&format!("PIPELINING,CHUNKING,{offered}"));
        let mut envelope = envelope(&["x@y.example"]);
        envelope.mail.size = Some(10);
        envelope.mail.body = BodyKind::SevenBit;
        envelope.mail.ret = Some(Ret::Headers);
        envelope.mail.envid = Some(Xtext::encode(b"a b"));
        envelope.recipients[0].notify = Some(Notify::Never);
        envelope.recipients[0].orcpt = OriginalRecipient::parse("rfc822;o@y.example");
        hop.client.begin(&envelope, Transfer::Chunks, &mut hop.out);
        assert_eq!(
            hop.heard(),
            format!("MAIL FROM:<a@b.example>{mail}\r\nRCPT TO:<x@y.example>{rcpt}\r\n")
        );
    };
    check("HELP", "", "");
    check("SIZE", " SIZE=10", "");
    check("SIZE 10", " SIZE=10", "");
    check("8BITMIME", " BODY=7BIT", "");
    check(
        "DSN",
        " RET=HDRS ENVID=a+20b",
        " NOTIFY=NEVER ORCPT=rfc822;o@y.example",
    );
}

#[test]
fn an_original_recipient_that_outgrew_its_limit_is_left_out() {
    let check = |letters: usize, written: bool| {
        let mailbox = Mailbox::parse(&format!("{}@y.example", "ü".repeat(letters)));
        let mut envelope = envelope(&["x@y.example"]);
        let orcpt = OriginalRecipient::of(&mailbox.expect("a mailbox"));
        envelope.recipients[0].orcpt = Some(orcpt);
        let mut hop = Hop::ready("PIPELINING,DSN");
        hop.client.begin(&envelope, Transfer::Data, &mut hop.out);
        assert_eq!(hop.heard().contains(" ORCPT=utf-8;"), written, "{letters}");
    };
    check(64, true);
    // At most 64 of two octets in a local part: the rest of the growth is the domain's.
    let domain = "ü".repeat(31);
    let long = Mailbox::parse(&format!("{}@{domain}.{domain}", "ü".repeat(64)));
    assert!(!OriginalRecipient::of(&long.expect("a mailbox")).fits());
}

#[test]
fn nothing_is_written_that_the_hop_cannot_take() {
    let check = |offered: &str, change: &dyn Fn(&mut HopEnvelope), expected: Option<Reply>| {
        let mut hop = Hop::ready(&format!("PIPELINING,{offered}"));
        let mut envelope = envelope(&["x@y.example"]);
        change(&mut envelope);
        hop.client.begin(&envelope, Transfer::Data, &mut hop.out);
        assert_eq!(hop.heard().is_empty(), expected.is_some(), "{offered}");
        if let Some(reply) = expected {
            assert_eq!(hop.says(""), ClientEvent::Failed(ClientError::Unfit(reply)));
            hop.begin(&["x@y.example"], Transfer::Data);
            assert!(!hop.heard().is_empty(), "the connection stands");
        }
    };
    let size = |envelope: &mut HopEnvelope| envelope.mail.size = Some(11);
    check("SIZE 11", &size, None);
    check("SIZE", &size, None);
    check("HELP", &size, None);
    check("SIZE 10", &size, Some(Reply::TOO_LARGE));
    let eight_bit = |envelope: &mut HopEnvelope| envelope.mail.body = BodyKind::EightBit;
    check("8BITMIME", &eight_bit, None);
    check("HELP", &eight_bit, Some(Reply::HOP_LACKS_8BITMIME));
    let utf8 = |envelope: &mut HopEnvelope| envelope.mail.smtp_utf8 = true;
    check("SMTPUTF8", &utf8, None);
    check("HELP", &utf8, Some(Reply::HOP_LACKS_SMTPUTF8));
    let umlaut = |envelope: &mut HopEnvelope| {
        envelope.recipients[0].path = ForwardPath::parse("ü@y.example").expect("a path");
    };
    check("SMTPUTF8", &umlaut, None);
    check("HELP", &umlaut, Some(Reply::HOP_LACKS_SMTPUTF8));
    assert_eq!(Capabilities::default().size, SizeLimit::NotOffered);
}

#[test]
fn nothing_said_in_clear_is_heard_inside_tls() {
    let mut hop = Hop::ready("STARTTLS,AUTH");
    hop.client.start_tls(&mut hop.out);
    assert_eq!(hop.heard(), "STARTTLS\r\n");
    let injected = "220 go\r\n250-evil\r\n250 SIZE 1\r\n";
    assert_eq!(hop.says(injected), ClientEvent::StartTls);
    assert!(hop.input.is_empty());
    hop.client.secured(&mut hop.out);
    assert_eq!(hop.client.capabilities(), None);
    assert_eq!(hop.heard(), "EHLO mx.example\r\n");
    let event = hop.says("250-hop\r\n250 DSN\r\n");
    assert!(matches!(event, ClientEvent::Ready(c) if c.dsn && !c.start_tls));

    for refusal in ["454 later\r\n", "500 what\r\n", "250 yes?\r\n"] {
        let mut hop = Hop::ready("STARTTLS");
        hop.client.start_tls(&mut hop.out);
        let event = hop.says(refusal);
        assert!(
            matches!(event, ClientEvent::Failed(ClientError::StartTls(_))),
            "{event:?}"
        );
        hop.heard();
        hop.client.secured(&mut hop.out);
        assert_eq!(hop.heard(), "", "no handshake, no EHLO after it");
    }
}

#[test]
fn a_421_is_recognised_anywhere_and_other_words_out_of_turn_too() {
    let closing =
        |event: ClientEvent| assert!(matches!(event, ClientEvent::Closing(_)), "{event:?}");
    let open = || {
        let mut hop = Hop::ready("PIPELINING,CHUNKING");
        hop.begin(&["x@y.example"], Transfer::Data);
        hop
    };
    closing(Hop::ready("HELP").says("421 bye\r\n"));
    closing(open().says("421 bye\r\n"));
    closing(open().says("250 ok\r\n421 bye\r\n"));
    let mut hop = open();
    hop.says("250 ok\r\n250 ok\r\n354 go\r\n");
    hop.body("x\r\n");
    closing(hop.says("421 bye\r\n"));
    let mut hop = open();
    hop.says("250 ok\r\n250 ok\r\n354 go\r\n");
    hop.body("x\r\n");
    assert_eq!(
        hop.says("250 done\r\n"),
        unexpected("250 done\r\n"),
        "before the end"
    );
    let mut hop = open();
    hop.says("250 ok\r\n250 ok\r\n354 go\r\n");
    hop.client.terminate(&mut hop.out);
    assert!(matches!(
        hop.says("250 ok\r\n421 bye\r\n"),
        ClientEvent::Final(_)
    ));
    hop.begin(&["x@y.example"], Transfer::Data);
    closing(hop.says(""));
    let mut hop = Hop::ready("PIPELINING");
    assert_eq!(hop.says("250 hello?\r\n"), unexpected("250 hello?\r\n"));
    assert_eq!(hop.says("250 more\r\n"), ClientEvent::NeedInput);
    assert!(hop.input.is_empty(), "a dead connection gathers nothing");
}

#[test]
fn a_reply_that_was_there_before_the_command_is_not_its_reply() {
    let mut hop = Hop::ready("PIPELINING");
    hop.begin(&["x@y.example"], Transfer::Data);
    let event = hop.says("250 ok\r\n250 ok\r\n354 go\r\n250 done already\r\n");
    assert_eq!(codes(event), (250, vec![250], Some(354)));
    hop.client.terminate(&mut hop.out);
    assert_eq!(hop.says(""), unexpected("250 done already\r\n"));
}
