//! Cut-through: the message goes on to its next hop while its sender waits, and 250 is the hop's own.

mod sending;

use std::sync::Arc;

use routing::Address;
use smtp::client::{EnvelopeReplies, HopEnvelope};
use smtp::envelope::{BodyKind, MailFrom, OriginalRecipient, RcptTo};
use smtp::header_scan::Strictness;
use smtp::path::{ForwardPath, Mailbox};
use smtp::{Answer, Class, HopReply, Insert, Reply};

use super::Sender;
use super::body::{Body, Stop};
use super::conversion::{Conversion, Parcel};
use super::draft::{self, AtRcpt, Draft, Planned};
use super::head::{self, Stopped};
use super::report::{self, Progress};
use crate::deliver::{Contact, Known, Leg, Verdict, Way, speaks_of_us};
use crate::inbound::{Inbound, Lost};
use crate::origin::Standing;

/// Carries the message of `draft` and answers the client.
pub(super) async fn carry(
    draft: Draft,
    inbound: &mut Inbound,
    sender: &Sender<'_>,
) -> Result<(), Lost> {
    let mut carrier = Carrier {
        draft,
        sender,
        progress: Progress::default(),
    };
    let mut body = Body::new(inbound);
    let answer = match carrier.convey(&mut body).await {
        Ok(answer) | Err(Stop::Refuse(answer)) => answer,
        Err(Stop::Fault(reply)) => {
            carrier.settle(&body, &reply.into());
            return body.swallow().await;
        }
        Err(Stop::Reset) => {
            carrier.settle(&body, &Reply::CLIENT_GAVE_UP.into());
            return Ok(());
        }
        Err(Stop::Lost(lost)) => {
            carrier.settle(&body, &Reply::CLIENT_GAVE_UP.into());
            return Err(lost);
        }
    };
    carrier.settle(&body, &answer);
    body.answer(answer).await
}

struct Carrier<'a> {
    draft: Draft,
    sender: &'a Sender<'a>,
    progress: Progress,
}

impl Carrier<'_> {
    /// Says what became of every recipient.
    fn settle(&mut self, body: &Body<'_>, answer: &Answer) {
        self.progress.size = body.octets();
        report::conversion(&self.draft, self.sender, &self.progress);
        report::outcome(&self.draft, self.sender, &self.progress, answer);
        if answer.class() == Class::Positive {
            for key in &self.draft.heard {
                self.sender.services.deliver.refusals().forget(*key);
            }
        }
    }

    async fn convey(&mut self, body: &mut Body<'_>) -> Result<Answer, Stop> {
        let hold_back = self.sender.services.hold_back.clone().try_acquire_owned();
        let Ok(_place) = hold_back else {
            return Ok(Reply::LOCAL_ERROR.into());
        };
        let (header, mut held) = body.header(self.strictness()).await?;
        let standing = head::settle(&header, self.sender);
        self.progress.standing = Some(standing.clone());
        let judged = head::judge(header, &standing, &self.draft, body.hello(), self.sender);
        let judged = match judged {
            Ok(judged) => judged,
            Err(Stopped::All(answer)) => return Ok(answer),
            Err(Stopped::Some(decided)) => return Ok(self.some_undecided(decided)),
        };
        let way = self.adopt(&standing, judged.recipients)?;
        let parcel = match &way.conversion {
            None => {
                held.lead_with(judged.header.prepend(&judged.trace).into_content());
                held.fill(body).await?;
                Parcel::Plain(held)
            }
            // Boxed, as is everything that few messages need: the others do not pay for it.
            Some(options) => {
                let conversion = Conversion {
                    options,
                    sender: self.sender,
                    trace: judged.trace,
                };
                let prepared = Box::pin(conversion.prepare(judged.header, held, body)).await?;
                self.progress.report = prepared.1.map(Box::new);
                prepared.0
            }
        };
        let leg = Leg {
            envelope: self.envelope(parcel.known()),
            content: parcel.known(),
            way,
            identity: self.draft.identity,
        };
        let answered = match self
            .sender
            .services
            .deliver
            .contact(&leg, self.sender.generation)
            .await
        {
            Contact::Answered(answered) => answered,
            Contact::Incapable(answer) | Contact::Down(answer) => return Ok(answer),
        };
        self.progress.hop = Some(answered.told());
        match self.read_replies(&leg.way, &answered.replies) {
            Envelope::Taken => self.send(body, parcel, *answered, &leg.way).await,
            Envelope::Refused(answer) => {
                self.sender.services.deliver.abandon(*answered).await;
                Ok(answer)
            }
            // Unterminated: the hop must not deliver to those it accepted.
            Envelope::Divided => Ok(Reply::SOME_REFUSED.into()),
        }
    }

    /// A stranger's header must be one to every parser; a proven system may have its habits.
    fn strictness(&self) -> Strictness {
        match self.sender.standing {
            Standing::Internet | Standing::Provisional(_) => Strictness::Fields,
            Standing::Side(_) => Strictness::Lenient,
        }
    }

    /// Takes over what the header block settled: forms and identity.
    fn adopt(
        &mut self,
        standing: &Standing,
        recipients: Option<Vec<Planned>>,
    ) -> Result<Arc<Way>, Stop> {
        if let Some(recipients) = recipients {
            self.draft.recipients = recipients;
        }
        self.draft.identity = draft::identity(standing);
        match &self.draft.way {
            Some(way) => Ok(Arc::clone(way)),
            None => Err(Stop::Refuse(Reply::LOCAL_ERROR.into())),
        }
    }

    fn envelope(&self, known: Known) -> HopEnvelope {
        let declared = &self.draft.mail;
        let (size, body) = match known {
            // Many senders declare 8BITMIME for everything; what turns out to be 7-bit may go to any hop.
            Known::Whole {
                octets,
                eight_bit: false,
                ..
            } if declared.body == BodyKind::EightBit => (Some(octets), BodyKind::SevenBit),
            Known::Whole { octets, .. } => (Some(octets), declared.body),
            Known::Part { octets, .. } => {
                (declared.size.map(|size| size.max(octets)), declared.body)
            }
        };
        HopEnvelope {
            mail: MailFrom {
                size,
                body,
                ..declared.clone()
            },
            recipients: self.draft.recipients.iter().map(recipient).collect(),
        }
    }

    /// Recipients that turned out to be unservable once the origin was known count as refused by a hop.
    fn some_undecided(&mut self, decided: Vec<Result<Planned, AtRcpt>>) -> Answer {
        let mut refused = Vec::new();
        for (index, (planned, decided)) in self.draft.recipients.iter_mut().zip(decided).enumerate()
        {
            match decided {
                Ok(same) => *planned = same,
                Err(refusal) => {
                    planned.why = refusal.why;
                    refused.push((index, refusal.answer));
                }
            }
        }
        self.divide(refused)
            .unwrap_or_else(|| Reply::LOCAL_ERROR.into())
    }

    /// The answer for a message of whose recipients some (by number) were refused; those are remembered, so that the
    /// retry hears it at RCPT. `None`: nobody was refused.
    fn divide(&self, refused: Vec<(usize, Answer)>) -> Option<Answer> {
        let first = refused.first().map(|(_, answer)| answer.clone())?;
        if refused.len() == self.draft.recipients.len() {
            let deferred = refused
                .into_iter()
                .map(|(_, answer)| answer)
                .find(|one| one.class() != Class::Permanent);
            return Some(deferred.unwrap_or(first));
        }
        let refusals = self.sender.services.deliver.refusals();
        let way = self.draft.way.as_ref().map_or("none", |way| way.name());
        for (index, answer) in refused {
            if let Some(planned) = self.draft.recipients.get(index) {
                let reverse = self.draft.mail.path.to_string();
                refusals.remember(
                    refusals.key(way, &reverse, &planned.rcpt.path.to_string()),
                    answer,
                );
            }
        }
        Some(Reply::SOME_REFUSED.into())
    }

    fn read_replies(&self, way: &Way, replies: &EnvelopeReplies) -> Envelope {
        if let Some(answer) = self.unless_accepted(way, &replies.mail) {
            return Envelope::Refused(answer);
        }
        let refused: Vec<(usize, Answer)> = replies
            .recipients
            .iter()
            .enumerate()
            .filter_map(|(index, reply)| {
                self.unless_accepted(way, reply)
                    .map(|answer| (index, answer))
            })
            .collect();
        let all = refused.len() == self.draft.recipients.len();
        match (self.divide(refused), &replies.data) {
            (Some(answer), _) if all => Envelope::Refused(answer),
            (Some(_), _) => Envelope::Divided,
            (None, Some(reply)) if reply.code.value() != 354 => Envelope::Refused(
                self.unless_accepted(way, reply)
                    .unwrap_or_else(|| Reply::NEXT_HOP_LOST.into()),
            ),
            (None, _) => Envelope::Taken,
        }
    }

    fn unless_accepted(&self, way: &Way, reply: &HopReply) -> Option<Answer> {
        if speaks_of_us(reply) {
            let hop = self.progress.hop.as_ref().map_or("", |told| &told.hop);
            self.sender.services.deliver.refuses_us(way, hop, reply);
        }
        match Verdict::of(reply) {
            Verdict::Accept => None,
            Verdict::Defer(answer) | Verdict::Refuse(answer) => Some(answer),
        }
    }

    fn verdict(&self, way: &Way, reply: &HopReply) -> Answer {
        self.unless_accepted(way, reply)
            .unwrap_or_else(|| Reply::ACCEPTED.with(Insert::new(&reply.text())))
    }
}

/// What the hop's replies to the envelope amount to.
enum Envelope {
    Taken,
    Refused(Answer),
    /// Some recipients were accepted, some not.
    Divided,
}

/// The recipient in the form its side wants; ORCPT keeps what the sender wrote (RFC 3461 §4.2).
fn recipient(planned: &Planned) -> RcptTo {
    let given = &planned.rcpt;
    if is_as_given(&planned.path, &given.path) {
        return given.clone();
    }
    let Ok(mailbox) = Mailbox::parse(&planned.path.to_string()) else {
        return given.clone();
    };
    let path = ForwardPath::Mailbox(mailbox);
    let orcpt = given.orcpt.clone().or_else(|| match &given.path {
        ForwardPath::Mailbox(original) if path != given.path => {
            Some(OriginalRecipient::of(original))
        }
        ForwardPath::Mailbox(_) | ForwardPath::Postmaster => None,
    });
    RcptTo {
        path,
        notify: given.notify,
        orcpt,
    }
}

fn is_as_given(path: &Address, given: &ForwardPath) -> bool {
    match given {
        ForwardPath::Mailbox(given) => {
            path.local() == given.local_part() && path.domain() == given.domain()
        }
        ForwardPath::Postmaster => false,
    }
}
