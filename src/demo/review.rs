//! What came of a scene, compared with what must.

use std::fmt::Debug;

use memchr::memmem;
use serde::Serialize;
use testbed::reply::Reply;

use super::dialog::{DialogError, Heard};
use super::house::{Arrivals, House, Sees};
use super::scene::{End, Recipient, Scene};
use crate::code::Code;
use crate::event::{Event, Outcome};

/// One message and its fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// Its number in the play, from 1.
    pub number: usize,
    /// What it is about.
    pub what: &'static str,
    /// One row a recipient.
    pub recipients: Vec<Row>,
    /// What else the operator was told, each with its code if it has one.
    pub notices: Vec<String>,
    /// What was not as it must be; empty: all was.
    pub differences: Vec<String>,
}

/// One recipient, as the gateway told its operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Reverse path.
    pub from: String,
    /// Forward path.
    pub to: String,
    /// Whose mail it was taken for.
    pub origin: String,
    /// Where it went or would have gone.
    pub side: String,
    /// The reason.
    pub why: String,
    /// TLS from the client; `null`: in clear.
    pub client_tls: Option<&'static str>,
    /// TLS to the hop, or why there was none.
    pub hop_tls: String,
    /// Octets of content.
    pub size: u64,
    /// Whether TNEF in it became MIME.
    pub converted: bool,
    /// What became of it.
    pub result: String,
    /// The gateway's reply to the client.
    pub reply: String,
}

/// Everything that the three witnesses say.
#[derive(Debug)]
pub(super) struct Witnessed {
    pub(super) heard: Result<Heard, DialogError>,
    pub(super) arrivals: [Arrivals; 4],
    pub(super) events: Vec<Event>,
    /// Where the directories contradict each other, if that is looked at.
    pub(super) conflicts: Vec<String>,
}

impl Review {
    pub(super) fn of(number: usize, scene: &Scene, witnessed: &Witnessed) -> Self {
        let mut findings = Findings::default();
        match &witnessed.heard {
            Ok(heard) => client(scene, heard, &mut findings),
            Err(error) => findings.0.push(error.to_string()),
        }
        for arrivals in &witnessed.arrivals {
            house(number, scene, arrivals, &mut findings);
        }
        let recipients = outcomes(scene, witnessed, &mut findings)
            .into_iter()
            .map(Row::of)
            .collect();
        let mut notices = notices(scene, &witnessed.events, &mut findings);
        notices.splice(0..0, conversions(scene, &witnessed.events, &mut findings));
        notices.splice(0..0, dropped(scene, &witnessed.events, &mut findings));
        notices.extend(explained(scene, &witnessed.conflicts, &mut findings));
        Self {
            number,
            what: scene.what,
            recipients,
            notices,
            differences: findings.0,
        }
    }

    /// The scene could not be performed.
    pub(super) fn cut_short(number: usize, scene: &Scene, why: &str) -> Self {
        Self {
            number,
            what: scene.what,
            recipients: Vec::new(),
            notices: Vec::new(),
            differences: vec![why.to_owned()],
        }
    }

    /// Everything was as it must be.
    pub fn is_right(&self) -> bool {
        self.differences.is_empty()
    }
}

impl Row {
    fn of(outcome: &Outcome<'_>) -> Self {
        Self {
            from: outcome.from.to_string(),
            to: outcome.to.to_string(),
            origin: outcome.origin.to_string(),
            side: outcome.destination.to_string(),
            why: outcome.why.to_string(),
            client_tls: outcome.client_tls.as_ref().map(|tls| tls.version),
            hop_tls: outcome.hop_tls.to_string(),
            size: outcome.size,
            converted: outcome.converted,
            result: outcome.result.to_string(),
            reply: outcome.reply.to_string(),
        }
    }
}

/// What is not as it must be.
#[derive(Debug, Default)]
struct Findings(Vec<String>);

impl Findings {
    fn compare<T: PartialEq + Debug>(&mut self, what: &str, expected: T, found: T) {
        if expected != found {
            self.0
                .push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }
}

/// The replies, as the client heard them.
fn client(scene: &Scene, heard: &Heard, findings: &mut Findings) {
    let codes = |reply: &Reply| (reply.code, reply.enhanced().unwrap_or_default().to_owned());
    findings.compare("the reply to MAIL", 250, heard.mail.code);
    let expected: Vec<_> = scene
        .to
        .iter()
        .map(|recipient| owned(recipient.expected.end.at_rcpt()))
        .collect();
    findings.compare(
        "the replies to RCPT",
        expected,
        heard.recipients.iter().map(codes).collect(),
    );
    let end = scene
        .to
        .iter()
        .find_map(|recipient| recipient.expected.end.at_end());
    findings.compare(
        "the reply to the end of data",
        end.map(owned),
        heard.end.as_ref().map(codes),
    );
    findings.compare("the reply to QUIT", 221, heard.goodbye.code);
}

fn owned((code, enhanced): (u16, &str)) -> (u16, String) {
    (code, enhanced.to_owned())
}

impl End {
    fn at_rcpt(self) -> (u16, &'static str) {
        match self {
            Self::NotTaken(code, enhanced) => (code, enhanced),
            Self::Arrives(..)
            | Self::NotDelivered(..)
            | Self::Kept
            | Self::ArrivesLate(..)
            | Self::Reported(_) => (250, "2.1.5"),
        }
    }

    fn at_end(self) -> Option<(u16, &'static str)> {
        match self {
            Self::NotTaken(..) => None,
            Self::Arrives(..) | Self::Kept | Self::ArrivesLate(..) | Self::Reported(_) => {
                Some((250, "2.0.0"))
            }
            Self::NotDelivered(code, enhanced) => Some((code, enhanced)),
        }
    }
}

/// What came to a house, octet by octet.
fn house(number: usize, scene: &Scene, arrivals: &Arrivals, findings: &mut Findings) {
    let name = arrivals.house.side();
    let expected = scene.arrivals(arrivals.house);
    findings.compare(
        &format!("envelopes told to {name}"),
        scene.envelopes(arrivals.house),
        arrivals.envelopes,
    );
    findings.compare(
        &format!("messages at {name}"),
        scene.messages(arrivals.house),
        arrivals.messages.len(),
    );
    findings.compare(
        &format!("messages without an end at {name}"),
        0,
        arrivals.unfinished,
    );
    if scene.report == Some(arrivals.house) {
        return report(scene, arrivals, findings);
    }
    let [message] = arrivals.messages.as_slice() else {
        return;
    };
    findings.compare(
        &format!("the reverse path at {name}"),
        scene.from,
        &message.reverse_path,
    );
    findings.compare(
        &format!("the recipients at {name}"),
        expected,
        message.recipients(),
    );
    let sees = match &message.tls {
        None => Sees::ClearText,
        Some(tls)
            if tls
                .client_certificate_names()
                .iter()
                .any(|name| name == "mx.contoso.com") =>
        {
            Sees::Certificate
        }
        Some(_) => Sees::Tls,
    };
    findings.compare(
        &format!("what {name} saw of us"),
        arrivals.house.sees(),
        sees,
    );
    let first = message.fields().into_iter().next().unwrap_or_default();
    let ours = first.0 == "Received" && first.1.contains("by mx.contoso.com (twinmx) ");
    findings.compare(&format!("our Received field on top at {name}"), true, ours);
    let to = scene.to.first().map_or("", |recipient| recipient.path);
    let difference = match scene.letter.becomes() {
        Some(pieces) => lacks(pieces, message.below(1)),
        None => differ(
            &scene.letter.arrives(scene.from, to, number),
            message.below(1),
        ),
    };
    findings
        .0
        .extend(difference.map(|difference| format!("the message at {name} {difference}")));
}

/// A report goes to the sender, from nobody.
fn report(scene: &Scene, arrivals: &Arrivals, findings: &mut Findings) {
    let [message] = arrivals.messages.as_slice() else {
        return;
    };
    findings.compare("the report's reverse path", "", &*message.reverse_path);
    findings.compare(
        "the report's reader",
        vec![scene.from],
        message.recipients(),
    );
    for recipient in &scene.to {
        let words = format!("Final-Recipient: rfc822; {}", recipient.path);
        let is_told = memmem::find(&message.content, words.as_bytes()).is_some();
        let failed = matches!(recipient.expected.end, End::Reported(_));
        findings.compare(
            &format!("a word on {} in the report", recipient.path),
            failed,
            is_told,
        );
    }
}

/// What is not in a message that was TNEF, or still is.
fn lacks(pieces: &[&str], found: &[u8]) -> Option<String> {
    let has = |piece: &str| memmem::find(found, piece.as_bytes()).is_some();
    if has("application/ms-tnef") {
        return Some("is still TNEF".to_owned());
    }
    let missing = pieces.iter().find(|piece| !has(piece))?;
    Some(format!("has no {missing:?}"))
}

/// Where two contents part.
fn differ(expected: &[u8], found: &[u8]) -> Option<String> {
    if expected == found {
        return None;
    }
    let at = expected
        .iter()
        .zip(found)
        .take_while(|(a, b)| a == b)
        .count();
    let there = |octets: &[u8]| {
        String::from_utf8_lossy(&octets[at..octets.len().min(at + 40)]).into_owned()
    };
    Some(format!(
        "differs at octet {at} of {} (found {}): expected {:?}, found {:?}",
        expected.len(),
        found.len(),
        there(expected),
        there(found)
    ))
}

/// What the gateway told: one outcome a recipient, in the order of the recipients.
fn outcomes<'a>(
    scene: &Scene,
    witnessed: &'a Witnessed,
    findings: &mut Findings,
) -> Vec<&'a Outcome<'static>> {
    let all = witnessed.events.iter().filter_map(outcome_of);
    let (later, outcomes): (Vec<_>, Vec<_>) = all.partition(|one| one.queue_id.is_some());
    findings.compare(
        "the number of outcomes told",
        scene.to.len(),
        outcomes.len(),
    );
    let mut told = Vec::new();
    for (index, recipient) in scene.to.iter().enumerate() {
        let Some(outcome) = outcomes.iter().find(|outcome| outcome.to == recipient.path) else {
            findings
                .0
                .push(format!("no outcome was told for {}", recipient.path));
            continue;
        };
        told.push(*outcome);
        compare_outcome(scene, recipient, outcome, findings);
        if matches!(recipient.expected.end, End::ArrivesLate(..)) {
            let of = |one: &&&Outcome<'_>| one.to == recipient.path;
            let fates: Vec<_> = later
                .iter()
                .filter(of)
                .map(|one| one.result.to_string())
                .collect();
            findings.compare("what was told later", vec!["delivered".to_owned()], fates);
        }
        if let Ok(heard) = &witnessed.heard {
            let refused = heard
                .recipients
                .get(index)
                .filter(|reply| !reply.is_positive());
            let heard = refused.or(heard.end.as_ref()).map(ToString::to_string);
            // Otherwise each recipient has its own word, and the client hears one for all.
            if scene.has_one_word() {
                findings.compare(
                    "the reply told and the reply heard",
                    Some(&*outcome.reply),
                    heard.as_deref(),
                );
            }
        }
    }
    told
}

fn outcome_of(event: &Event) -> Option<&Outcome<'static>> {
    match event {
        Event::Outcome(outcome) => Some(outcome),
        _ => None,
    }
}

/// What was converted: the messages that are TNEF, and no other.
fn conversions(scene: &Scene, events: &[Event], findings: &mut Findings) -> Vec<String> {
    let told = events
        .iter()
        .filter(|event| matches!(event, Event::Converted { .. }));
    let told: Vec<String> = told.map(ToString::to_string).collect();
    let expected = usize::from(scene.letter.becomes().is_some());
    findings.compare("the number of conversions told", expected, told.len());
    told
}

/// What a message that went on said and was not let say.
fn dropped(scene: &Scene, events: &[Event], findings: &mut Findings) -> Vec<String> {
    let told = events
        .iter()
        .filter(|event| matches!(event, Event::FieldsDropped { .. }));
    let told: Vec<String> = told.map(ToString::to_string).collect();
    let goes_on = House::ALL.iter().any(|house| scene.messages(*house) > 0);
    let forbidden: Vec<&str> = scene.letter.forbidden().collect();
    let expected = usize::from(goes_on && !forbidden.is_empty());
    findings.compare("the number of losses told", expected, told.len());
    for (told, name) in told
        .iter()
        .flat_map(|told| forbidden.iter().map(move |name| (told, name)))
    {
        findings.compare(&format!("a word on {name}"), true, told.contains(name));
    }
    told
}

/// What an operator should act on. The directory tells of itself in its own time.
fn notices(scene: &Scene, events: &[Event], findings: &mut Findings) -> Vec<String> {
    let told = events
        .iter()
        .filter(|event| !matches!(event, Event::Directory { .. }));
    let told: Vec<_> = told
        .filter_map(|event| Some((event.code()?, event)))
        .collect();
    let codes = |codes: &[Code]| codes.iter().map(Code::to_string).collect::<Vec<_>>();
    let found: Vec<Code> = told.iter().map(|(code, _)| *code).collect();
    findings.compare(
        "the notices to the operator",
        codes(&scene.notices),
        codes(&found),
    );
    told.into_iter()
        .map(|(code, event)| format!("{code}: {event}"))
        .collect()
}

/// What the directories say against each other, if the scene is about that.
fn explained(scene: &Scene, conflicts: &[String], findings: &mut Findings) -> Vec<String> {
    let said = conflicts.join("\n");
    for words in scene.explained {
        if !said.contains(words) {
            findings.compare("what explains the conflict", *words, &*said);
        }
    }
    conflicts.to_vec()
}

fn compare_outcome(
    scene: &Scene,
    recipient: &Recipient,
    outcome: &Outcome<'_>,
    findings: &mut Findings,
) {
    let expected = &recipient.expected;
    let (code, _) = expected.end.at_end().unwrap_or(expected.end.at_rcpt());
    let result = match code / 100 {
        _ if matches!(expected.end, End::Kept | End::ArrivesLate(..)) => "queued",
        _ if matches!(expected.end, End::Reported(_)) => "refused",
        2 => "delivered",
        4 => "deferred",
        _ => "refused",
    };
    let mut compare = |what: &str, expected: &str, found: &str| {
        findings.compare(&format!("{what} of {}", recipient.path), expected, found);
    };
    compare("origin", scene.origin, &outcome.origin);
    compare("reverse path", scene.from, &outcome.from);
    compare("side", expected.side, &outcome.destination);
    compare("result", result, &outcome.result.to_string());
    let client_tls = outcome.client_tls.as_ref().map(|tls| tls.version);
    compare(
        "the client's TLS",
        scene.speaker.tls().unwrap_or("none"),
        client_tls.unwrap_or("none"),
    );
    compare(
        "the hop's TLS",
        match expected.end {
            End::ArrivesLate(..) => NOT_CONTACTED,
            _ => expected.told.map_or(NOT_CONTACTED, House::security),
        },
        &outcome.hop_tls,
    );
    if !outcome.why.contains(expected.why) {
        compare("reason", expected.why, &outcome.why);
    }
}

/// As the events put it.
const NOT_CONTACTED: &str = "none (not contacted)";

#[cfg(test)]
mod tests;
