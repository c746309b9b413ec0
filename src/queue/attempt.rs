//! One attempt at one leg of a message in custody.
//!
//! The side is decided again each time: people move while their mail waits. What the directory does not know any more waits
//! on, and is never refused for it.

use std::borrow::Cow;
use std::panic::resume_unwind;
use std::sync::Arc;

use routing::{Decision, Deferral, Destination, Origin, Refusal, SideName};
use smtp::header_scan::{HeaderBlock, HeaderScan, Progress, Strictness};
use smtp::{Content, LineCheck, Reply};
use spool::{QueueId, ReadError, Reader};

use super::at_hand::AtHand;
use super::report::Original;
use super::state::News;
use super::{Heard, Ledger, Mail, Queue, State, mail, now};
use crate::deliver::Way;
use crate::event::{Event, Fate, Outcome, SessionId};
use crate::generation::Generation;
use crate::identity::Shown;
use crate::services::Services;
use crate::transaction::{
    Courier, Leg, Letter, Planned, Sender, Source, StoredContent, Word, answer_to, tell_conversion,
    why_member,
};
use crate::{blocking, limits};

/// See the module's text.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) queue: Arc<Queue>,
    pub(super) services: Arc<Services>,
    pub(super) id: QueueId,
    /// Where the leg goes, as was decided last.
    pub(super) side: Arc<str>,
}

/// Seconds until a message is looked at again that could not be read.
const UNREADABLE_WAIT: i64 = 60;

/// The message as it was received.
struct Letterhead {
    header: HeaderBlock,
    content: StoredContent,
}

/// What is to be done with those whose turn it is.
#[derive(Default)]
struct Plan {
    portions: Vec<Portion>,
    /// On those who cannot be tried now.
    words: Vec<(usize, Word)>,
}

/// As many recipients as one transaction takes, and their numbers.
struct Portion {
    leg: Leg,
    numbers: Vec<usize>,
}

/// Why the leg was not tried.
enum Untried {
    /// The spool cannot give the message out.
    Unreadable(ReadError),
    /// It has ended meanwhile.
    Gone,
}

impl Attempt {
    /// Tries, and notes what came of it.
    pub(super) async fn run(self) {
        match self.tried().await {
            Ok(()) => {}
            // What the disk would not give may be had later; what it altered may not.
            Err(Untried::Unreadable(ReadError::Disk(error))) => {
                self.services.events.emit(Event::SpoolFailed {
                    why: format!("message {}: {error}", self.id),
                });
                let later = now() + UNREADABLE_WAIT;
                self.queue.waiting().delay(self.id, &self.side, later);
            }
            Err(Untried::Unreadable(error)) => self.set_aside(&error),
            Err(Untried::Gone) => self.queue.waiting().remove(self.id),
        }
    }

    async fn tried(&self) -> Result<(), Untried> {
        let at_hand = self.queue.waiting().at_hand(self.id);
        if let Some(at_hand) = at_hand {
            let AtHand {
                ledger,
                header,
                content,
                ..
            } = *at_hand;
            self.deliver(&ledger, Letterhead { header, content }).await;
            return Ok(());
        }
        let (spool, id) = (self.queue.spool().clone(), self.id);
        let ledger = self.queue.ledger(id);
        let read = blocking::spawn(move || {
            let stored = spool.read(id)?;
            Ok((stored.meta, stored.state, beginning(stored.content)?))
        });
        let (meta, state, (header, content)) = match read.await {
            Ok(Ok(read)) => read,
            Ok(Err(ReadError::Unknown(_))) => return Err(Untried::Gone),
            Ok(Err(error)) => return Err(Untried::Unreadable(error)),
            // A fault of ours counts as one of the attempt.
            Err(broken) if broken.is_panic() => resume_unwind(broken.into_panic()),
            Err(_) => return Ok(()), // the runtime ends
        };
        let parsed = || {
            let mail: Mail = serde_json::from_slice(&meta).ok()?;
            let state: State = match &state {
                Some(state) => serde_json::from_slice(state).ok()?,
                None => State::default(),
            };
            Some((mail, state))
        };
        if !ledger.fill(parsed) {
            return Err(Untried::Unreadable(ReadError::Damaged {
                name: id.to_string(),
                offset: 0,
            }));
        }
        let letterhead = Letterhead { header, content };
        self.deliver(&ledger, letterhead).await;
        Ok(())
    }

    async fn deliver(&self, ledger: &Arc<Ledger>, letterhead: Letterhead) {
        let Letterhead { header, content } = letterhead;
        let octets = content.octets();
        let generation = self.services.generation.load_full();
        let terms = &generation.terms;
        let original = Original::of(&header, content.pieces(), octets);
        let mut content = Some(content);
        let Plan {
            portions,
            mut words,
        } = self.plan(ledger, &generation);
        for Portion { leg, numbers } in portions {
            let peer = ledger.mail().peer();
            let standing = ledger.mail().standing(&generation.config);
            let sender = Sender {
                session: SessionId(ledger.mail().session),
                transaction: ledger.mail().transaction,
                peer: &peer,
                standing: &standing,
                generation: &generation,
                services: &self.services,
            };
            let Some(mut mail) = ledger.mail().mail_from() else {
                continue;
            };
            mail.size = Some(octets);
            // A large one goes to as many as one transaction takes; the others' turn comes at once.
            let again = content.as_ref().and_then(StoredContent::again);
            let Some(content) = std::mem::replace(&mut content, again) else {
                break;
            };
            let hello = ledger.mail().hello();
            let date = crate::clock::rfc5322(ledger.mail().received);
            let letter = Letter {
                mail: &mail,
                shown: Shown::of(&standing, &mail.path, &header, &generation.config),
                standing: &standing,
                hello: hello.as_ref(),
                date: Some(&date),
                verdict: ledger.mail().verdict.as_deref(),
                sender: &sender,
            };
            let shown = letter.shown.told(&leg.way);
            let mut courier = Courier::new(letter, &leg);
            let said = courier.carry(header.clone(), content).await;
            tell_conversion(&leg, &sender, courier.report());
            for (number, word) in numbers.into_iter().zip(said) {
                let identity = shown.clone().filter(|_| word.hop.is_some());
                self.tell(ledger, &leg, number, &word, identity, octets);
                words.push((number, word));
            }
        }
        let heard = Heard {
            words: &words,
            terms,
            original: &original,
        };
        let noted = self.queue.note(ledger, &heard).await;
        match noted {
            Ok(news) => self.tell_news(ledger, &news),
            Err(error) => self.services.events.emit(Event::SpoolFailed {
                why: error.to_string(),
            }),
        }
    }

    /// Decides anew.
    fn plan(&self, ledger: &Ledger, generation: &Generation) -> Plan {
        let snapshot = self.services.directory.snapshot();
        let mut plan = Plan::default();
        let mut state = ledger.state();
        let now = now();
        for (number, one) in state.recipients.iter_mut().enumerate() {
            if one.fate != super::state::Fate::Waiting || *one.side != *self.side || one.next > now
            {
                continue;
            }
            let Some(recipient) = ledger.mail().recipients.get(number) else {
                continue;
            };
            let (Some(address), Some(rcpt)) = (recipient.address(), recipient.rcpt()) else {
                plan.words.push((number, Word::ours(Reply::LOCAL_ERROR)));
                continue;
            };
            let through = recipient.through();
            let decided = match (&through, &address) {
                (Some(_), Some(address)) => {
                    crate::route::decide_member(address, &snapshot, &generation.policy)
                }
                _ => decide(address.as_ref(), ledger.mail(), generation, &snapshot),
            };
            let (to, path, why) = match decided {
                Decision::Deliver { to, path, why } => match &through {
                    Some(through) => (to, path, why_member(through, &why)),
                    None => (to, path, why.to_string()),
                },
                other => {
                    plan.words.push((number, Word::ours(deferred(&other))));
                    continue;
                }
            };
            let name = match &to {
                Destination::Side(side) => Some(side.as_str()),
                Destination::Internet => None,
            };
            let Some(way) = generation.way(name) else {
                plan.words.push((number, Word::ours(Reply::UNKNOWN_LATER)));
                continue;
            };
            if way.name() != &*self.side {
                one.side = way.name().to_owned(); // its turn comes at once, among the mail of that side
                continue;
            }
            let planned = Planned {
                rcpt,
                address,
                path,
                why,
                through,
            };
            plan.add(way, number, planned);
        }
        plan
    }

    /// One line a recipient.
    fn tell(
        &self,
        ledger: &Ledger,
        leg: &Leg,
        number: usize,
        word: &Word,
        identity: Option<Cow<'static, str>>,
        octets: u64,
    ) {
        let Some(recipient) = ledger.mail().recipients.get(number) else {
            return;
        };
        let hop = word.hop.as_deref();
        let planned = leg
            .recipients
            .iter()
            .find(|one| one.rcpt.path.to_string() == recipient.forward_path);
        self.services.events.outcome(&Outcome {
            session: SessionId(ledger.mail().session),
            transaction: ledger.mail().transaction,
            queue_id: Some(ledger.id.to_string().into()),
            client: ledger.mail().client,
            origin: origin_name(ledger.mail()).into(),
            upstream: ledger.mail().upstream.as_deref().map(Into::into),
            from: (&*ledger.mail().reverse_path).into(),
            to: (&*recipient.forward_path).into(),
            destination: leg.way.name().into(),
            why: planned.map_or("", |one| &one.why).into(),
            hop: hop.map(|told| told.hop.as_str().into()),
            client_tls: None,
            hop_tls: hop
                .map_or("none (not contacted)", |told| &told.security)
                .into(),
            identity,
            size: octets,
            converted: false,
            result: Fate::of(&word.answer),
            reply: word.answer.to_string().into(),
        });
    }

    fn tell_news(&self, ledger: &Ledger, news: &[(usize, News)]) {
        for (number, one) in news {
            let to = ledger.mail().recipients.get(*number);
            if let (News::Failed { expired }, Some(to)) = (one, to) {
                self.services.events.emit(Event::GivenUp {
                    id: ledger.id.to_string(),
                    to: to.forward_path.clone(),
                    expired: *expired,
                });
            }
        }
    }

    fn set_aside(&self, error: &ReadError) {
        let why = error.to_string();
        self.services.events.emit(Event::SetAside {
            id: self.id.to_string(),
            why: why.clone(),
        });
        self.queue.waiting().put(self.id, &State::held(&why));
    }
}

impl Plan {
    fn add(&mut self, way: &Arc<Way>, number: usize, planned: Planned) {
        let domain = way.domain_of(&planned.path);
        let has_room = |portion: &&mut Portion| {
            portion.leg.domain == domain && portion.leg.recipients.len() < way.recipients
        };
        match self.portions.iter_mut().rev().find(has_room) {
            Some(portion) => {
                portion.leg.recipients.push(planned);
                portion.numbers.push(number);
            }
            None => self.portions.push(Portion {
                leg: Leg {
                    way: Arc::clone(way),
                    domain,
                    recipients: vec![planned],
                },
                numbers: vec![number],
            }),
        }
    }
}

/// Whoever moved since we took the message may live on the side that it came from by now.
fn decide(
    address: Option<&routing::Address>,
    mail: &Mail,
    generation: &Generation,
    snapshot: &routing::Snapshot,
) -> Decision {
    let policy = &generation.policy;
    let stranger = || crate::route::decide(address, &Origin::Internet, snapshot, policy);
    let origin = match &mail.origin {
        mail::Origin::Side { name, .. } => Origin::Side(SideName::from(name.as_str())),
        mail::Origin::Internet | mail::Origin::Gateway => Origin::Internet,
    };
    let decision = crate::route::decide(address, &origin, snapshot, policy);
    match (&mail.origin, decision, address) {
        (
            mail::Origin::Side { .. },
            Decision::Refuse(Refusal::WrongSide { .. })
            | Decision::Defer(Deferral::Settling { .. } | Deferral::WrongSideStale { .. }),
            _,
        ) => stranger(),
        // A report goes home, wherever that is.
        (mail::Origin::Gateway, Decision::Refuse(Refusal::RelayDenied), Some(path)) => {
            Decision::Deliver {
                to: Destination::Internet,
                path: path.clone(),
                why: routing::Why::WayOut,
            }
        }
        (_, decision, _) => decision,
    }
}

/// A recipient whom nobody knows any more may be known again tomorrow.
fn deferred(decision: &Decision) -> smtp::Answer {
    let answer = answer_to(decision);
    match answer.class() {
        smtp::Class::Permanent => Reply::UNKNOWN_LATER.into(),
        _ => answer,
    }
}

fn origin_name(mail: &Mail) -> &str {
    match &mail.origin {
        mail::Origin::Internet => "internet",
        mail::Origin::Side { name, .. } => name,
        mail::Origin::Gateway => "gateway",
    }
}

/// The header block, and what comes behind it: in memory where it is small.
pub(super) fn beginning(mut reader: Reader) -> Result<(HeaderBlock, StoredContent), ReadError> {
    let octets = reader.octets();
    let mut scan = Some(HeaderScan::new(limits::HEADER_BYTES, Strictness::Lenient));
    let mut check = LineCheck::new();
    let mut pieces: Vec<Content> = Vec::new();
    let mut header = None;
    let mut read = 0;
    while header.is_none() || (octets <= limits::HELD_IN_MEMORY as u64 && read < octets) {
        let Some(block) = reader.next()? else { break };
        read += block.len() as u64;
        let piece = check.pass(block).map_err(|_| no_message())?;
        match &mut scan {
            None => pieces.push(piece),
            Some(scanning) => match scanning.push(piece).map_err(|_| no_message())? {
                Progress::More => {}
                Progress::Complete {
                    header: found,
                    rest,
                } => {
                    header = Some(found);
                    pieces.push(rest);
                    scan = None;
                }
            },
        }
    }
    let header = match (header, scan) {
        (Some(header), _) => header,
        (None, Some(scan)) => scan.end().map_err(|_| no_message())?,
        (None, None) => return Err(no_message()),
    };
    let source: Option<(Source, LineCheck)> = (read < octets).then(|| {
        let source: Source = Box::new(move || reader.next());
        (source, check)
    });
    Ok((header, StoredContent::new(pieces, octets, source)))
}

/// What is on the disk is sound, and yet not what we wrote.
fn no_message() -> ReadError {
    ReadError::Damaged {
        name: "the header block".to_owned(),
        offset: 0,
    }
}
