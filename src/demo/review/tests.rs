//! A review finds what is not as it must be, whichever witness shows it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use testbed::reply::Reply;
use testbed::sink::{ForwardPath, Message, Transfer};

use super::*;
use crate::demo::cast::Speaker;
use crate::demo::scene::{arrives, not_taken};
use crate::event::{Fate, SessionId};

const WHY: &str = "no directory source knows this address";
const UNKNOWN: (u16, &str) = (550, "5.1.1 unknown");

/// Bernd exists and lives behind the smart host, which sees no certificate; nobody else does.
fn scene() -> Scene {
    Scene::new("a scene", Speaker::Internet, "iris@fabrikam.com")
        .to(
            "bernd@contoso.com",
            arrives(House::SmartHost, "bernd@contoso.com", "primary address"),
        )
        .to("nobody@contoso.com", not_taken(550, "5.1.1", "none", WHY))
}

fn reply((code, text): (u16, &str)) -> Reply {
    Reply {
        code,
        lines: vec![text.to_owned()],
    }
}

fn outcome(
    to: &str,
    destination: &str,
    why: &str,
    result: Fate,
    (code, text): (u16, &str),
) -> Outcome<'static> {
    let hop_tls = if result == Fate::Delivered {
        "none (not offered)"
    } else {
        NOT_CONTACTED
    };
    Outcome {
        session: SessionId(1),
        transaction: 1,
        queue_id: None,
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
        origin: "internet".to_owned().into(),
        upstream: None,
        from: "iris@fabrikam.com".to_owned().into(),
        to: to.to_owned().into(),
        destination: destination.to_owned().into(),
        why: why.to_owned().into(),
        hop: None,
        client_tls: None,
        hop_tls: hop_tls.to_owned().into(),
        identity: None,
        converted: false,
        size: 1,
        result,
        reply: format!("{code} {text}").into(),
    }
}

fn message() -> Message {
    let received = "Received: from a\r\n\tby mx.contoso.com (twinmx) with ESMTP; now\r\n";
    let letter = scene()
        .letter
        .arrives("iris@fabrikam.com", "bernd@contoso.com", 1);
    Message {
        reverse_path: "iris@fabrikam.com".to_owned(),
        mail_parameters: Vec::new(),
        forward_paths: vec![ForwardPath {
            path: "bernd@contoso.com".to_owned(),
            parameters: Vec::new(),
        }],
        octets: letter.len(),
        content: [received.as_bytes(), &letter].concat(),
        hello: "mx.contoso.com".to_owned(),
        tls: None,
        transfer: Transfer::Data,
        early_octets: 0,
        connection: 0,
        peer: (Ipv4Addr::LOCALHOST, 1).into(),
    }
}

/// All as it must be.
struct Told {
    heard: Heard,
    message: Message,
    envelopes: usize,
    outcomes: [Outcome<'static>; 2],
}

impl Told {
    fn new() -> Self {
        Self {
            heard: Heard {
                mail: reply((250, "2.1.0 ok")),
                recipients: vec![reply((250, "2.1.5 ok")), reply(UNKNOWN)],
                end: Some(reply((250, "2.0.0 taken"))),
                goodbye: reply((221, "2.0.0 bye")),
            },
            message: message(),
            envelopes: 1,
            outcomes: [
                outcome("nobody@contoso.com", "none", WHY, Fate::Refused, UNKNOWN),
                outcome(
                    "bernd@contoso.com",
                    "internet",
                    "primary address of",
                    Fate::Delivered,
                    (250, "2.0.0 taken"),
                ),
            ],
        }
    }

    fn review(self) -> Review {
        let mut arrivals = House::ALL.map(|house| Arrivals {
            house,
            envelopes: 0,
            messages: Vec::new(),
            unfinished: 0,
        });
        arrivals[2].envelopes = self.envelopes;
        arrivals[2].messages.push(Arc::new(self.message));
        let events = self.outcomes.into_iter().map(Event::Outcome).collect();
        Review::of(
            1,
            &scene(),
            &Witnessed {
                heard: Ok(self.heard),
                arrivals,
                events,
                conflicts: Vec::new(),
            },
        )
    }
}

#[test]
fn three_witnesses_that_agree_leave_nothing_to_say() {
    let review = Told::new().review();
    assert_eq!(review.differences, [""; 0]);
    let to: Vec<&str> = review
        .recipients
        .iter()
        .map(|row| row.to.as_str())
        .collect();
    assert_eq!(
        to,
        ["bernd@contoso.com", "nobody@contoso.com"],
        "in the order in which they were named"
    );
}

#[test]
fn each_witness_can_spoil_it() {
    let check = |what: &str, spoil: fn(&mut Told), expected: &str| {
        let mut told = Told::new();
        spoil(&mut told);
        let differences = told.review().differences;
        let found = differences
            .iter()
            .any(|difference| difference.contains(expected));
        assert!(found, "{what}: {differences:?} lacks {expected:?}");
    };
    check("mail", |t| t.heard.mail.code = 451, "the reply to MAIL");
    check(
        "rcpt",
        |t| t.heard.recipients[1].code = 250,
        "the replies to RCPT",
    );
    check(
        "enhanced code",
        |t| t.heard.recipients[1].lines = vec!["5.1.2".to_owned()],
        "the replies to RCPT",
    );
    check(
        "end",
        |t| t.heard.end = None,
        "the reply to the end of data",
    );
    check(
        "an answer too many",
        |t| t.heard.goodbye.code = 250,
        "the reply to QUIT",
    );
    check(
        "a second envelope",
        |t| t.envelopes = 2,
        "envelopes told to internet",
    );
    check(
        "reverse path",
        |t| t.message.reverse_path.clear(),
        "the reverse path at internet",
    );
    check(
        "another's path",
        |t| t.message.forward_paths.clear(),
        "the recipients at internet",
    );
    check(
        "an octet more",
        |t| t.message.content.push(b'x'),
        "differs at octet",
    );
    check(
        "an octet less",
        |t| {
            t.message.content.pop();
        },
        "differs at octet",
    );
    check(
        "another octet",
        |t| t.message.content.reverse(),
        "our Received field on top",
    );
    check(
        "origin",
        |t| t.outcomes[1].origin = "cloud".into(),
        "origin of bernd@contoso.com",
    );
    check(
        "side",
        |t| t.outcomes[1].destination = "notes".into(),
        "side of bernd@contoso.com",
    );
    check(
        "reason",
        |t| t.outcomes[0].why = "a whim".into(),
        "reason of nobody@contoso.com",
    );
    check(
        "result",
        |t| t.outcomes[0].result = Fate::Deferred,
        "result of nobody@contoso.com",
    );
    check(
        "TLS",
        |t| t.outcomes[1].hop_tls = "TLSv1.3".into(),
        "the hop's TLS of bernd@contoso.com",
    );
    check(
        "another reply told",
        |t| t.outcomes[0].reply = "sorry".into(),
        "the reply told and the reply heard",
    );
    check(
        "nothing told",
        |t| t.outcomes[0].to = "x".into(),
        "no outcome was told for nobody@contoso.com",
    );
}

#[test]
fn a_notice_must_be_one_that_is_expected() {
    let findings = |scene: &Scene, events: &[Event]| {
        let mut findings = Findings::default();
        notices(scene, events, &mut findings);
        findings.0
    };
    let loops = || Event::LoopBroken {
        session: SessionId(1),
        path: "a@b".to_owned(),
        side: "notes".to_owned(),
    };
    assert_eq!(findings(&scene(), &[]).len(), 0);
    assert_eq!(findings(&scene(), &[loops()]).len(), 1);
    let looping = scene().notice(Code::LOOP_BROKEN);
    assert_eq!(findings(&looping, &[]).len(), 1);
    assert_eq!(findings(&looping, &[loops()]).len(), 0);
    assert_eq!(findings(&looping, &[loops(), loops()]).len(), 1);
}

#[test]
fn a_conflict_must_be_explained_as_it_must() {
    let findings = |conflicts: &[String]| {
        let mut findings = Findings::default();
        let scene = scene().explained(&["still points to Notes", "Set-MailUser"]);
        explained(&scene, conflicts, &mut findings);
        findings.0.len()
    };
    let told = |words: &str| words.to_owned();
    assert_eq!(findings(&[]), 2);
    assert_eq!(findings(&[told("it still points to Notes")]), 1);
    assert_eq!(
        findings(&[told("it still points to Notes; Set-MailUser")]),
        0
    );
}
