//! Cut-through: the message goes on to its next hop while its sender waits, and 250 is the hop's own.
//!
//! Where messages may be kept, what the hop does not take for everybody is handed to [`super::custody`].

use smtp::envelope::RcptTo;
use smtp::header_scan::{HeaderBlock, Strictness};
use smtp::{Answer, Class, Reply};

use super::Sender;
use super::body::{Body, HeldBack, Rest, Stop};
use super::conversion;
use super::courier::{Begun, Courier, Letter, Sent, Word};
use super::custody::{Deposit, Settled};
use super::draft::{self, AtRcpt, Draft};
use super::head;
use super::report::{self, Progress};
use super::vetting::{Vetted, Vetting};
use crate::authentication::Demand;
use crate::identity::{self, Shown};
use crate::inbound::{Inbound, Lost};
use crate::origin::Standing;
use crate::upstream::Source;

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
        demand: None,
    };
    let mut body = Body::new(inbound);
    let conveyed = carrier.convey(&mut body).await;
    carrier.conclude(&mut body).await;
    let answer = match conveyed {
        Ok(Ending::Each(settled)) => {
            carrier.settle_each(&body, &settled);
            return body.answer(settled.answer).await;
        }
        Ok(Ending::Same(answer)) | Err(Stop::Refuse(answer)) => answer,
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

/// What became of a message.
enum Ending {
    /// The same for all of its recipients.
    Same(Answer),
    /// For each recipient something.
    Each(Box<Settled>),
}

struct Carrier<'a> {
    draft: Draft,
    sender: &'a Sender<'a>,
    progress: Progress,
    /// The message is looked at while it streams.
    demand: Option<(Demand, Source)>,
}

impl Carrier<'_> {
    /// Says what became of every recipient.
    fn settle(&mut self, body: &Body<'_>, answer: &Answer) {
        self.progress.size = body.octets();
        for leg in &self.draft.legs {
            report::conversion(leg, self.sender, self.progress.report.as_deref());
        }
        report::outcome(&self.draft, self.sender, &self.progress, answer);
        if answer.class() == Class::Positive {
            self.forget_refusals();
        }
    }

    /// The same, where it differs.
    fn settle_each(&mut self, body: &Body<'_>, settled: &Settled) {
        let legs = self.draft.legs.iter().zip(&settled.legs);
        for (leg, ending) in legs {
            let progress = Progress {
                size: body.octets(),
                standing: self.progress.standing.clone(),
                shown: self.progress.shown,
                ..ending.progress.clone()
            };
            report::conversion(leg, self.sender, progress.report.as_deref());
            report::each(
                &self.draft,
                leg,
                self.sender,
                &progress,
                settled,
                &ending.words,
            );
        }
        report::undecided(&self.draft, self.sender, &self.progress, settled);
        if settled.answer.class() == Class::Positive {
            self.forget_refusals();
        }
    }

    fn forget_refusals(&self) {
        for key in &self.draft.heard {
            self.sender.services.deliver.refusals().forget(*key);
        }
    }

    /// What a message that streamed turned out to be.
    async fn conclude(&self, body: &mut Body<'_>) {
        if let (Some((demand, source)), Some(examination)) = (&self.demand, body.examined()) {
            let vetting = Vetting {
                demand: *demand,
                mail: &self.draft.mail,
                source,
                sender: self.sender,
            };
            Box::pin(vetting.conclude(examination)).await;
        }
    }

    async fn convey(&mut self, body: &mut Body<'_>) -> Result<Ending, Stop> {
        let hold_back = self.sender.services.hold_back.clone().try_acquire_owned();
        let Ok(_place) = hold_back else {
            return Ok(Ending::Same(Reply::LOCAL_ERROR.into()));
        };
        let (header, mut held) = body.header(self.strictness()).await?;
        let standing = head::settle(&header, self.sender);
        self.progress.standing = Some(standing.clone());
        if self.sender.standing.is_provisional()
            && let Some(answer) = self.reconsider(&standing)
        {
            return Ok(Ending::Same(answer));
        }
        if let Some(list) = draft::may_send_as(&standing, self.sender)
            && identity::is_from_others(&header, &list)
        {
            return Ok(Ending::Same(Reply::SENDER_NOT_ALLOWED.into()));
        }
        // By what was received: what is dropped or converted later was part of whom it says it is from.
        let config = &self.sender.generation.config;
        let shown = Shown::of(&standing, &self.draft.mail.path, &header, config);
        self.progress.shown = Some(shown);
        let hello = body.hello().cloned();
        let mut rest = Rest::Client(body);
        let demand = Demand::of(
            &self.sender.generation.config,
            &standing,
            &self.draft.mail,
            &self.draft.legs,
            &self.draft.undecided,
        );
        let verdict = match demand {
            // Boxed, as is everything that not every message needs.
            Some(demand) => {
                let peer = self.sender.peer;
                let source = Source::of(&standing, &header, peer, hello.as_ref(), config);
                let vetting = Vetting {
                    demand,
                    mail: &self.draft.mail,
                    source: &source,
                    sender: self.sender,
                };
                match Box::pin(vetting.vet(&header, &mut held, &mut rest)).await? {
                    Vetted::Known(verdict) => Some(verdict),
                    Vetted::Stopped(answer) => return Ok(Ending::Same(answer)),
                    Vetted::Open => {
                        self.demand = Some((demand, source));
                        None
                    }
                }
            }
            None => None,
        };
        let letter = Letter {
            mail: &self.draft.mail,
            shown,
            standing: &standing,
            hello: hello.as_ref(),
            date: None,
            verdict: verdict.as_deref(),
            sender: self.sender,
        };
        match (self.draft.legs.as_slice(), self.sender.custody()) {
            ([leg], None) if self.draft.undecided.is_empty() => {
                let mut courier = Courier::new(letter, leg);
                let answer = self.direct(&mut courier, header, held, &mut rest).await;
                (self.progress.hop, self.progress.report) = (courier.hop, courier.report);
                answer.map(Ending::Same)
            }
            (legs, Some(queue)) => {
                let deposit = Deposit {
                    letter,
                    legs,
                    undecided: &self.draft.undecided,
                    groups: &self.draft.groups,
                    queue,
                };
                // Boxed: who keeps nothing does not pay for it.
                let settled = Box::pin(self.deposit(&deposit, header, held, &mut rest)).await?;
                Ok(Ending::Each(Box::new(settled)))
            }
            _ => Ok(Ending::Same(Reply::LOCAL_ERROR.into())),
        }
    }

    /// A message that is refused for the moment where its hop does not take it for all recipients.
    async fn direct(
        &self,
        courier: &mut Courier<'_>,
        header: HeaderBlock,
        held: HeldBack,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Answer, Stop> {
        Ok(match courier.begin(header, held, rest).await? {
            Begun::Down(word) => word.answer,
            Begun::Closed(words) => worst(words),
            // Unterminated: the hop must not deliver to those it accepted.
            Begun::Open(open) if !open.refused.is_empty() => self.divide(open.refused),
            Begun::Open(open) => match courier.send(*open, rest).await? {
                Sent::Whole(answered) => courier.finish(*answered).await.answer,
                Sent::Broken(word) => word.answer,
            },
        })
    }

    /// A message that may be kept. A single leg streams as long as its hop takes it for everybody; what has gone of it
    /// until then is still here.
    async fn deposit(
        &self,
        deposit: &Deposit<'_>,
        header: HeaderBlock,
        mut held: HeldBack,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Settled, Stop> {
        let ([leg], []) = (deposit.legs, deposit.undecided) else {
            return deposit.settle(header, held, rest, None).await;
        };
        let is_down = self.sender.services.deliver.is_down(&leg.way);
        if self.sender.generation.config.spool.always || is_down {
            return deposit.settle(header, held, rest, None).await;
        }
        held.fill(rest).await?;
        if leg.way.conversion.is_some() && conversion::needs_all(&header, &held) {
            return deposit.settle(header, held, rest, None).await;
        }
        let mut courier = Courier::new(deposit.letter, leg);
        let (kept_header, kept) = (header.clone(), held.clone());
        let word = match courier.begin(header, held, rest).await? {
            Begun::Down(word) if !self.sender.keeps_when_down() => word,
            Begun::Down(word) => {
                return deposit.settle(kept_header, kept, rest, Some(word)).await;
            }
            Begun::Closed(words) => {
                let answer = worst(words.clone());
                return Ok(Settled::of(answer, courier, words));
            }
            Begun::Open(open) if open.refused.is_empty() => {
                match courier.send(*open, rest).await? {
                    Sent::Whole(answered) => courier.finish(*answered).await,
                    Sent::Broken(word) => word,
                }
            }
            Begun::Open(open) if kept.is_whole() => {
                return deposit.divided(courier, *open, kept_header, kept).await;
            }
            // It goes to the hop again once it is whole here.
            Begun::Open(open) => {
                drop(open);
                return deposit.settle(kept_header, kept, rest, None).await;
            }
        };
        let words = courier.all(&word);
        if deposit.owes_report(&words) {
            deposit.report_relayed(&words, kept_header, kept).await;
        }
        Ok(Settled::of(word.answer, courier, words))
    }

    /// A stranger's header must be one to every parser; a proven system may have its habits.
    fn strictness(&self) -> Strictness {
        match self.sender.standing {
            Standing::Internet | Standing::Upstream(_) | Standing::Provisional(_) => {
                Strictness::Fields
            }
            Standing::Side(_) => Strictness::Lenient,
        }
    }

    /// Decides anew for the origin that the header block has shown. Recipients that turn out to be unservable count as
    /// refused by a hop.
    fn reconsider(&mut self, standing: &Standing) -> Option<Answer> {
        if self.draft.opened_too_much(&draft::origin(standing)) {
            let sender = Sender {
                standing,
                ..*self.sender
            };
            let refused = self.draft.plan_again(&sender);
            return self.refused_now(refused);
        }
        let decided = self.draft.decide_again(standing, self.sender);
        if decided.iter().all(Result::is_ok) {
            let mut legs = Vec::new();
            for (way, planned) in decided.into_iter().flatten() {
                draft::add(&mut legs, &way, planned);
            }
            self.draft.legs = legs;
            return None;
        }
        let recipients = self
            .draft
            .legs
            .iter_mut()
            .flat_map(|leg| &mut leg.recipients);
        let mut refused = Vec::new();
        for (index, (planned, decided)) in recipients.zip(decided).enumerate() {
            match decided {
                Ok((_, again)) => *planned = again,
                Err(refusal) => {
                    planned.why = refusal.why;
                    refused.push((index, Word::ours(refusal.answer)));
                }
            }
        }
        Some(self.divide(refused))
    }

    /// The answer where some forward paths cannot be served after all.
    fn refused_now(&self, refused: Vec<(RcptTo, AtRcpt)>) -> Option<Answer> {
        if refused.is_empty() {
            return None;
        }
        if self.draft.legs.is_empty() {
            let words = refused.into_iter();
            let words = words.map(|(_, refusal)| Word::ours(refusal.answer));
            return Some(worst(words.collect()));
        }
        let refusals = self.sender.services.deliver.refusals();
        let reverse = self.draft.mail.path.to_string();
        for (rcpt, refusal) in refused {
            let forward = rcpt.path.to_string();
            let key = refusals.key(&refusal.destination, &reverse, &forward);
            refusals.remember(key, refusal.answer);
        }
        Some(Reply::SOME_REFUSED.into())
    }

    /// The answer for a message of whose recipients some (by number) were refused; those are remembered, so that the
    /// retry hears it at RCPT.
    fn divide(&self, refused: Vec<(usize, Word)>) -> Answer {
        let recipients: Vec<_> = self
            .draft
            .legs
            .iter()
            .flat_map(|leg| {
                leg.recipients
                    .iter()
                    .map(|planned| (leg.way.name(), planned))
            })
            .collect();
        if refused.len() == recipients.len() {
            return worst(refused.into_iter().map(|(_, word)| word).collect());
        }
        let refusals = self.sender.services.deliver.refusals();
        let reverse = self.draft.mail.path.to_string();
        for (index, word) in refused {
            if let Some((way, planned)) = recipients.get(index) {
                let forward = planned.rcpt.path.to_string();
                refusals.remember(refusals.key(way, &reverse, &forward), word.answer);
            }
        }
        Reply::SOME_REFUSED.into()
    }
}

/// One answer for all of them: as long as one may still succeed, the sender shall try again.
pub(super) fn worst(mut words: Vec<Word>) -> Answer {
    if words.is_empty() {
        return Reply::LOCAL_ERROR.into();
    }
    let deferred = words.iter().position(|one| one.class() != Class::Permanent);
    words.swap_remove(deferred.unwrap_or(0)).answer
}
