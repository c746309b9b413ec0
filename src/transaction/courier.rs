//! One leg of one message on its way: from the header block to the last word of its hop.
//!
//! Until the terminator nothing is settled: a leg that is dropped before it closes its hop's socket as it stands.

use std::sync::Arc;

use routing::Address;
use smtp::client::{EnvelopeReplies, HopEnvelope};
use smtp::envelope::{BodyKind, MailFrom, OriginalRecipient, RcptTo};
use smtp::extension::SizeLimit;
use smtp::header_scan::HeaderBlock;
use smtp::path::{ForwardPath, Mailbox};
use smtp::server::Hello;
use smtp::{Answer, Class, HopReply, Insert, Reply};
use tokio::time::Instant;
use transform::Report;

use super::Sender;
use super::body::{HeldBack, Rest, Stop};
use super::conversion::{self, Conversion, Parcel};
use super::draft::{Leg, Planned};
use super::head;
use super::outflow::{Outflow, Stall};
use super::sealing::Sealing;
use super::stored::StoredContent;
use crate::converter::NotConverted;
use crate::deliver::{
    Answered, Contact, HopError, Known, Tender, Told, Verdict, Way, speaks_of_us,
};
use crate::event::Event;
use crate::identity::Shown;
use crate::limits;
use crate::origin::Standing;

/// What all legs of a message share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter<'a> {
    pub(crate) mail: &'a MailFrom,
    /// Which of our certificates hops are shown.
    pub(crate) shown: Shown,
    /// Whose it is, for good.
    pub(crate) standing: &'a Standing,
    /// What the client said of itself.
    pub(crate) hello: Option<&'a Hello>,
    /// When it was received (RFC 5322 §3.3); `None`: now.
    pub(crate) date: Option<&'a str>,
    /// Who it is from; `None`: it was not looked at, or is still being looked at.
    pub(crate) verdict: Option<&'a authentication::Verdict>,
    pub(crate) sender: &'a Sender<'a>,
}

/// What is said of one recipient, and by whom.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// As its sender hears it.
    pub(crate) answer: Answer,
    /// The hop's own words; `None`: they are ours.
    pub(crate) reply: Option<HopReply>,
    /// The hop that was asked.
    pub(crate) hop: Option<Arc<Told>>,
    /// It tells senders what becomes of their mail (RFC 3461).
    pub(crate) hop_reports: bool,
}

impl Word {
    /// No hop has said anything.
    pub(crate) fn ours(answer: impl Into<Answer>) -> Self {
        Self {
            answer: answer.into(),
            reply: None,
            hop: None,
            hop_reports: false,
        }
    }

    pub(crate) fn class(&self) -> Class {
        self.answer.class()
    }
}

/// Carries one leg.
#[derive(Debug)]
pub(crate) struct Courier<'a> {
    letter: Letter<'a>,
    leg: &'a Leg,
    /// The hop that answered.
    pub(super) hop: Option<Arc<Told>>,
    hop_reports: bool,
    /// What was converted; `None`: there was no TNEF, or it was to stay.
    pub(super) report: Option<Box<Report>>,
}

/// How far a leg came before anything of the message left.
#[derive(Debug)]
pub(super) enum Begun {
    /// The hop waits for the message.
    Open(Box<Open>),
    /// It refused every recipient, or we must not send; one word for each.
    Closed(Vec<Word>),
    /// No hop gave a session.
    Down(Word),
}

/// A hop that has taken the envelope.
#[derive(Debug)]
pub(super) struct Open {
    answered: Answered,
    parcel: Parcel,
    /// The recipients, by their number, that it refused. It must not deliver to the others unless these are provided for.
    pub(super) refused: Vec<(usize, Word)>,
}

/// How the message went.
#[derive(Debug)]
pub(super) enum Sent {
    /// All of it; the hop waits for the terminator.
    Whole(Box<Answered>),
    /// The hop had enough, or is gone.
    Broken(Word),
}

impl<'a> Courier<'a> {
    pub(crate) fn new(letter: Letter<'a>, leg: &'a Leg) -> Self {
        Self {
            letter,
            leg,
            hop: None,
            hop_reports: false,
            report: None,
        }
    }

    /// What was converted.
    pub(crate) fn report(&self) -> Option<&Report> {
        self.report.as_deref()
    }

    /// All of it, for a message that nobody waits for: one word for each recipient.
    pub(crate) async fn carry(&mut self, header: HeaderBlock, content: StoredContent) -> Vec<Word> {
        let (held, mut rest) = content.open();
        let open = match self.begin(header, held, &mut rest).await {
            Ok(Begun::Open(open)) => *open,
            Ok(Begun::Closed(words)) => return words,
            Ok(Begun::Down(word)) => return self.all(&word),
            Err(stop) => return self.all(&Word::ours(stop.answer())),
        };
        let refused = open.refused.clone();
        let word = match self.send(open, &mut rest).await {
            Ok(Sent::Whole(answered)) => self.finish(*answered).await,
            Ok(Sent::Broken(word)) => word,
            Err(stop) => Word::ours(stop.answer()),
        };
        self.words(&word, refused)
    }

    /// `word` for everybody but those who were refused.
    pub(super) fn words(&self, word: &Word, refused: Vec<(usize, Word)>) -> Vec<Word> {
        let mut words = self.all(word);
        for (index, refusal) in refused {
            words[index] = refusal;
        }
        words
    }

    /// Brings the envelope to the hop.
    pub(super) async fn begin(
        &mut self,
        header: HeaderBlock,
        held: HeldBack,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Begun, Stop> {
        let judged = match head::judge(header, &self.letter, self.leg) {
            Ok(judged) => judged,
            Err(answer) => return Ok(Begun::Closed(self.all(&Word::ours(answer)))),
        };
        let parcel = self.parcel(judged, held, rest).await?;
        let sender = self.letter.sender;
        let tender = Tender {
            envelope: self.envelope(parcel.known()),
            content: parcel.known(),
            way: Arc::clone(&self.leg.way),
            domain: self.leg.domain.clone(),
            identity: self.letter.shown.origin(),
        };
        let contact = sender.services.deliver.contact(&tender, sender.generation);
        let answered = match contact.await {
            Contact::Answered(answered) => answered,
            Contact::Incapable(answer) | Contact::NoRoute(answer) => {
                return Ok(Begun::Closed(self.all(&Word::ours(answer))));
            }
            Contact::Down(answer) => return Ok(Begun::Down(Word::ours(answer))),
        };
        self.hop = Some(answered.told());
        self.hop_reports = answered.capabilities().is_some_and(|can| can.dsn);
        match self.read_replies(&answered.replies) {
            Ok(refused) => Ok(Begun::Open(Box::new(Open {
                answered: *answered,
                parcel,
                refused,
            }))),
            Err(words) => {
                sender.services.deliver.abandon(*answered).await;
                Ok(Begun::Closed(words))
            }
        }
    }

    /// The message, by the shortest way that it may take, as far as its terminator.
    pub(super) async fn send(&mut self, open: Open, rest: &mut Rest<'_, '_>) -> Result<Sent, Stop> {
        let Open {
            answered, parcel, ..
        } = open;
        let narrow = !answered.takes(parcel.known());
        let seals = self.leg.way.arc_seal && self.letter.verdict.is_some();
        let outflow = match parcel {
            Parcel::Plain(held) if !narrow && !seals => {
                return self.stream(held, answered, rest).await;
            }
            Parcel::Plain(held) => Outflow::of_held_back(held),
            Parcel::Outflow(outflow) => *outflow,
        };
        let outflow = match narrow {
            true => outflow.in_seven_bit(),
            false => outflow,
        };
        let outflow = match seals {
            true => match Box::pin(self.sealed(outflow, rest)).await {
                Ok(outflow) => outflow,
                Err(stall) => return Ok(Sent::Broken(Word::ours(self.stalled(stall)?))),
            },
            false => outflow,
        };
        Box::pin(self.flow(outflow, answered, rest)).await
    }

    /// The terminator, and the hop's last word.
    pub(super) async fn finish(&self, mut answered: Answered) -> Word {
        let deadline = Instant::now() + limits::HOP_FINAL_REPLY;
        answered.connection.terminate();
        if let Err(error) = answered.connection.push().await {
            return self.lost(&error);
        }
        match answered.connection.final_reply(deadline).await {
            Ok(reply) => {
                self.letter.sender.services.deliver.keep(answered);
                self.verdict(reply)
            }
            Err(error) => self.lost(&error),
        }
    }

    /// The message in the form that its side wants.
    async fn parcel(
        &mut self,
        judged: head::Judged,
        mut held: HeldBack,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Parcel, Stop> {
        let Some(options) = &self.leg.way.conversion else {
            held.lead_with(judged.header.prepend(&judged.trace).into_content());
            held.fill(rest).await?;
            return Ok(Parcel::Plain(held));
        };
        // Boxed, as is everything that few messages need: the others do not pay for it.
        let conversion = Conversion {
            options,
            sender: self.letter.sender,
            trace: judged.trace,
        };
        let (parcel, report) = Box::pin(conversion.prepare(judged.header, held, rest)).await?;
        self.report = report.map(Box::new);
        Ok(parcel)
    }

    fn envelope(&self, known: Known) -> HopEnvelope {
        let declared = self.letter.mail;
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
            recipients: self.leg.recipients.iter().map(recipient).collect(),
        }
    }

    /// Whom the hop refused; an error if that was everybody.
    fn read_replies(&self, replies: &EnvelopeReplies) -> Result<Vec<(usize, Word)>, Vec<Word>> {
        if let Some(word) = self.unless_accepted(&replies.mail) {
            return Err(self.all(&word));
        }
        let numbered = replies.recipients.iter().enumerate();
        let refused: Vec<(usize, Word)> = numbered
            .filter_map(|(index, reply)| Some((index, self.unless_accepted(reply)?)))
            .collect();
        if refused.len() == self.leg.recipients.len() {
            return Err(refused.into_iter().map(|(_, word)| word).collect());
        }
        match &replies.data {
            Some(reply) if reply.code.value() != 354 => {
                let word = self
                    .unless_accepted(reply)
                    .unwrap_or_else(|| self.said(Reply::NEXT_HOP_LOST, None));
                let mut words = self.all(&word);
                for (index, refusal) in refused {
                    words[index] = refusal;
                }
                Err(words)
            }
            Some(_) | None => Ok(refused),
        }
    }

    fn unless_accepted(&self, reply: &HopReply) -> Option<Word> {
        let way = &self.leg.way;
        let deliver = &self.letter.sender.services.deliver;
        deliver.heard(way, self.leg.domain.as_deref(), reply);
        if speaks_of_us(reply) {
            let hop = self.hop.as_ref().map_or("", |told| &told.hop);
            deliver.refuses_us(way, hop, reply);
        }
        match Verdict::of(reply, way.trust()) {
            Verdict::Accept => None,
            Verdict::Defer(answer) | Verdict::Refuse(answer) => {
                Some(self.said(answer, Some(reply.clone())))
            }
        }
    }

    fn verdict(&self, reply: HopReply) -> Word {
        self.unless_accepted(&reply).unwrap_or_else(|| {
            let answer = Reply::ACCEPTED.with(Insert::new(&reply.text()));
            self.said(answer, Some(reply))
        })
    }

    fn said(&self, answer: impl Into<Answer>, reply: Option<HopReply>) -> Word {
        Word {
            answer: answer.into(),
            reply,
            hop: self.hop.clone(),
            hop_reports: self.hop_reports,
        }
    }

    /// Nobody knows what the hop made of it, so it stays with its sender.
    fn lost(&self, error: &HopError) -> Word {
        let reply = match error {
            HopError::Silent | HopError::TooSlow => Reply::NEXT_HOP_SILENT,
            _ => Reply::NEXT_HOP_LOST,
        };
        self.said(reply, None)
    }

    pub(super) fn way(&self) -> &Way {
        &self.leg.way
    }

    /// Whether another leg leads to the same hops.
    pub(super) fn follows(&self, other: &Leg) -> bool {
        other.leads(&self.leg.way, self.leg.domain.as_deref())
    }

    /// Recipients.
    pub(super) fn count(&self) -> usize {
        self.leg.recipients.len()
    }

    /// The same for everybody.
    pub(super) fn all(&self, word: &Word) -> Vec<Word> {
        vec![word.clone(); self.leg.recipients.len()]
    }

    /// A message that was held, or is rewritten on its way.
    async fn flow(
        &mut self,
        mut outflow: Outflow,
        mut answered: Answered,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Sent, Stop> {
        let (mut sent, mut staged) = (0_u64, 0);
        let whole = matches!(outflow.known(), Known::Whole { .. });
        loop {
            let piece = match outflow
                .next(rest, &self.letter.sender.services.converter)
                .await
            {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(stall) => return Ok(Sent::Broken(Word::ours(self.stalled(stall)?))),
            };
            sent += piece.len() as u64;
            staged += piece.len();
            if let Some(reply) = outgrows(&answered, sent) {
                return Ok(Sent::Broken(self.said(reply, None)));
            }
            answered.connection.stage(piece);
            if whole && staged < limits::HOLD_BACK_BYTES {
                continue; // the rest is here, and goes in the same write
            }
            staged = 0;
            if let Err(error) = answered.connection.push().await {
                return Ok(Sent::Broken(self.lost(&error)));
            }
            match answered.connection.heed().await {
                Ok(None) => {}
                Ok(Some(refusal)) => return Ok(Sent::Broken(self.verdict(refusal))),
                Err(error) => return Ok(Sent::Broken(self.lost(&error))),
            }
        }
        if let Some(report) = outflow.report() {
            self.report = Some(Box::new(report));
        }
        Ok(self.whole(answered).await)
    }

    /// With our seal, where there is a key for it and something to say.
    async fn sealed(&self, outflow: Outflow, rest: &mut Rest<'_, '_>) -> Result<Outflow, Stall> {
        let sender = self.letter.sender;
        match (&sender.generation.sealer, self.letter.verdict) {
            (Some(sealer), Some(verdict)) => {
                let sealing = Sealing {
                    sealer,
                    verdict,
                    sender,
                };
                sealing.seal(outflow, rest).await
            }
            _ => Ok(outflow),
        }
    }

    /// A message that cannot go on stays with its sender. What has gone of it has no end.
    fn stalled(&self, stall: Stall) -> Result<Answer, Stop> {
        let why = match stall {
            Stall::Stop(stop) => return Err(stop),
            Stall::Hold(error) => {
                return Ok(conversion::cannot_hold(self.letter.sender, &error).into());
            }
            Stall::Narrow(why) => {
                return Ok(Reply::HOP_LACKS_8BITMIME.with(Insert::new(&why.to_string())));
            }
            Stall::Rewrite(NotConverted::Busy) => return Ok(Reply::NO_ROOM.into()),
            Stall::Rewrite(broken @ NotConverted::Panicked) => broken.to_string(),
            Stall::Lines(fault) => fault.to_string(),
        };
        let sender = self.letter.sender;
        sender.services.events.emit(Event::RewriteFailed {
            session: sender.session,
            transaction: sender.transaction,
            why,
        });
        Ok(Reply::LOCAL_ERROR.into())
    }

    /// A message as it came. Leaving early drops the connection as it is.
    async fn stream(
        &self,
        held: HeldBack,
        mut answered: Answered,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Sent, Stop> {
        let mut sent = 0_u64;
        let whole = held.is_whole();
        for piece in held.into_pieces() {
            sent += piece.as_bytes().len() as u64;
            answered.connection.stage(piece);
        }
        if !whole && let Err(error) = answered.connection.push().await {
            return Ok(Sent::Broken(self.lost(&error)));
        }
        while let Some(piece) = rest.next().await? {
            sent += piece.as_bytes().len() as u64;
            if let Some(reply) = outgrows(&answered, sent) {
                return Ok(Sent::Broken(self.said(reply, None)));
            }
            answered.connection.stage(piece);
            if let Err(error) = answered.connection.push().await {
                return Ok(Sent::Broken(self.lost(&error)));
            }
            match answered.connection.heed().await {
                Ok(None) => {}
                Ok(Some(refusal)) => return Ok(Sent::Broken(self.verdict(refusal))),
                Err(error) => return Ok(Sent::Broken(self.lost(&error))),
            }
        }
        Ok(self.whole(answered).await)
    }

    /// Listens a last time before the terminator.
    async fn whole(&self, mut answered: Answered) -> Sent {
        match answered.connection.heed().await {
            Ok(None) => Sent::Whole(Box::new(answered)),
            Ok(Some(refusal)) => Sent::Broken(self.verdict(refusal)),
            Err(error) => Sent::Broken(self.lost(&error)),
        }
    }
}

/// What a hop cannot take may show only after the message has begun to stream.
fn outgrows(answered: &Answered, sent: u64) -> Option<Reply> {
    match answered.capabilities()?.size {
        SizeLimit::Max(max) if sent > max => Some(Reply::TOO_LARGE),
        SizeLimit::Max(_) | SizeLimit::Unbounded | SizeLimit::NotOffered => None,
    }
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
