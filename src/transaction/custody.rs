//! Messages that may become ours: for several sides at once, for some recipients only, or for a side that is down.
//!
//! The message is whole before any hop hears of it. Each leg goes as far as its terminator; if all of them did, for all
//! recipients, they get it, and nothing is kept. Otherwise the message is committed first. From then on it is ours: what
//! a leg's hop says after that is noted, and the client hears 250. A commit that fails drops every leg unterminated.

use std::ops::Range;
use std::sync::Arc;

use futures_util::future::join_all;
use smtp::header_scan::HeaderBlock;
use smtp::{Answer, Class, Insert, Notify, Reply};

use super::body::{HeldBack, Rest, Stop};
use super::copy::{self, Copy};
use super::courier::{Begun, Courier, Letter, Open, Sent, Word};
use super::draft::{Leg, Planned};
use super::relay::worst;
use super::report::Progress;
use super::roster::Named;
use crate::config::WhenDown;
use crate::deliver::Answered;
use crate::event::Event;
use crate::limits;
use crate::queue::{
    Custody, Heard, Ledger, Mail, Original, Queue, QueueError, Reception, Recipient, State,
    UNDECIDED, now,
};

/// What became of a message.
#[derive(Debug)]
pub(super) struct Settled {
    /// As the client hears it.
    pub(super) answer: Answer,
    /// In the order of the legs.
    pub(super) legs: Vec<Ended>,
}

/// What became of a leg.
#[derive(Debug)]
pub(super) struct Ended {
    /// For each recipient; `None`: it is in the queue.
    pub(super) words: Vec<Option<Word>>,
    pub(super) progress: Progress,
}

impl Settled {
    /// A single leg that nothing was kept of.
    pub(super) fn of(answer: Answer, courier: Courier<'_>, words: Vec<Word>) -> Self {
        let words = words.into_iter().map(Some).collect();
        Self::of_legs(answer, vec![courier], vec![words])
    }

    fn of_legs(answer: Answer, couriers: Vec<Courier<'_>>, words: Vec<Vec<Option<Word>>>) -> Self {
        let legs = couriers.into_iter().zip(words);
        let legs = legs.map(|(courier, words)| Ended {
            words,
            progress: Progress {
                hop: courier.hop,
                report: courier.report,
                ..Progress::default()
            },
        });
        Self {
            answer,
            legs: legs.collect(),
        }
    }
}

/// A message with its legs.
pub(super) struct Deposit<'a> {
    pub(super) letter: Letter<'a>,
    pub(super) legs: &'a [Leg],
    /// Members of groups on whom nothing can be decided yet.
    pub(super) undecided: &'a [Planned],
    /// Groups that are expanded.
    pub(super) groups: &'a [Named],
    pub(super) queue: &'a Arc<Queue>,
}

/// How far a leg is.
enum Stage {
    /// Its hop waits for the terminator; some recipients may have been refused.
    Sent(Box<Answered>, Vec<(usize, Word)>),
    /// One word for each recipient.
    Over(Vec<Word>),
    /// Its hop gave no session.
    Waits(Word),
    /// It is the queue's from the beginning.
    Kept,
}

impl Deposit<'_> {
    /// Reads the message to its end, and settles it. `down` is what was said of the only leg, if its hops were asked
    /// already.
    pub(super) async fn settle(
        &self,
        header: HeaderBlock,
        held: HeldBack,
        rest: &mut Rest<'_, '_>,
        down: Option<Word>,
    ) -> Result<Settled, Stop> {
        let declared = self.letter.mail.size;
        let copy = Copy::gather(self.queue, header, held, rest, declared).await?;
        let mut couriers: Vec<Courier<'_>> = self
            .legs
            .iter()
            .map(|leg| Courier::new(self.letter, leg))
            .collect();
        let stages = match down {
            Some(word) => vec![Stage::Waits(word)],
            None => {
                let numbered = couriers.iter_mut().enumerate();
                join_all(numbered.map(|(number, courier)| self.begin(number, courier, &copy))).await
            }
        };
        let (answer, words) = self.conclude(&couriers, stages, copy).await;
        Ok(Settled::of_legs(answer, couriers, words))
    }

    /// A single leg whose hop has refused some recipients, and waits for the message.
    pub(super) async fn divided(
        &self,
        mut courier: Courier<'_>,
        open: Open,
        header: HeaderBlock,
        held: HeldBack,
    ) -> Result<Settled, Stop> {
        let mut rest = Rest::Nothing;
        let declared = self.letter.mail.size;
        let copy = Copy::gather(self.queue, header, held, &mut rest, declared).await?;
        let refused = open.refused.clone();
        let stage = match courier.send(open, &mut rest).await? {
            Sent::Whole(answered) => Stage::Sent(answered, refused),
            Sent::Broken(word) => Stage::Over(courier.words(&word, refused)),
        };
        let couriers = vec![courier];
        let (answer, words) = self.conclude(&couriers, vec![stage], copy).await;
        Ok(Settled::of_legs(answer, couriers, words))
    }

    /// Whether somebody wants to hear that a hop took it which will not say so itself. `words`: one for each recipient.
    pub(super) fn owes_report<'w>(&self, words: impl IntoIterator<Item = &'w Word>) -> bool {
        let wants = |planned: &Planned| {
            matches!(planned.rcpt.notify, Some(Notify::On { success: true, .. }))
        };
        let expands = self.groups.iter().any(Named::wants_success);
        let is_silent = |word: &Word| word.class() == Class::Positive && !word.hop_reports;
        let recipients = self.legs.iter().flat_map(|leg| &leg.recipients);
        let mut each = recipients.zip(words);
        let is_expanded = |word: &Word| word.class() == Class::Positive && expands;
        each.any(|(planned, word)| wants(planned) && is_silent(word) || is_expanded(word))
    }

    /// Tells the sender of a message that was not kept.
    pub(super) async fn report_relayed(&self, words: &[Word], header: HeaderBlock, held: HeldBack) {
        let octets = held.octets() + header.clone().into_content().len() as u64;
        let pieces = held.pieces().iter().map(|piece| piece.as_bytes().clone());
        let behind = held.is_whole().then_some(pieces);
        let original = Original::of(&header, behind, octets);
        let words = words.iter().cloned().enumerate().chain(self.expanded());
        let words: Vec<_> = words.collect();
        self.relayed(&self.heard(&words, &original)).await;
    }

    /// One leg, as far as its terminator.
    async fn begin(&self, number: usize, courier: &mut Courier<'_>, copy: &Copy) -> Stage {
        let sender = self.letter.sender;
        let spool = &sender.generation.config.spool;
        let before = &self.legs[..number];
        // Members of a group beyond what its hop takes at once go one transaction after the other, and so do foreign domains
        // beyond those that the client is kept waiting for.
        let foreign = before.iter().filter(|leg| leg.domain.is_some()).count();
        let is_further = before.iter().any(|leg| courier.follows(leg))
            || courier.way().is_by_domain() && foreign >= limits::DOMAINS_AT_ONCE;
        if spool.always || is_further {
            return Stage::Kept;
        }
        if sender.services.deliver.is_down(courier.way()) {
            return Stage::Waits(Word::ours(Reply::NEXT_HOP_DOWN));
        }
        let (held, mut rest) = copy.content().open();
        let open = match courier.begin(copy.header(), held, &mut rest).await {
            Ok(Begun::Open(open)) => *open,
            Ok(Begun::Closed(words)) => return Stage::Over(words),
            Ok(Begun::Down(word)) => return Stage::Waits(word),
            Err(stop) => return Stage::Over(courier.all(&Word::ours(stop.answer()))),
        };
        let refused = open.refused.clone();
        match courier.send(open, &mut rest).await {
            Ok(Sent::Whole(answered)) => Stage::Sent(answered, refused),
            Ok(Sent::Broken(word)) => Stage::Over(courier.words(&word, refused)),
            Err(stop) => Stage::Over(courier.words(&Word::ours(stop.answer()), refused)),
        }
    }

    /// Commits if it must, lets the hops have what they took, and says what became of it.
    async fn conclude(
        &self,
        couriers: &[Courier<'_>],
        stages: Vec<Stage>,
        copy: Copy,
    ) -> (Answer, Vec<Vec<Option<Word>>>) {
        let keeps = self.keeps();
        let taken = stages.iter().any(|stage| matches!(stage, Stage::Sent(..)));
        let waits = |stage: &Stage| matches!(stage, Stage::Waits(_) | Stage::Kept);
        let waits = stages.iter().any(waits);
        let clean = |stage: &Stage| matches!(stage, Stage::Sent(_, refused) if refused.is_empty());
        if !(taken || waits && keeps) {
            let words = unsettled(couriers, stages);
            let said = words.iter().flatten().cloned().collect();
            return (worst(said), some(words));
        }
        let original = copy.original();
        if !(self.undecided.is_empty() && stages.iter().all(clean)) {
            let mut known = known(couriers, &stages);
            known.extend(self.expanded());
            return match self.take(copy, &self.heard(&known, &original)).await {
                Ok(custody) => {
                    let mut first = 0;
                    let legs = couriers.iter().zip(stages).map(|(courier, stage)| {
                        let numbers = first..first + courier.count();
                        first = numbers.end;
                        (numbers, courier, stage)
                    });
                    let ledger = &Arc::clone(&custody.ledger);
                    let finished = legs.map(async |(numbers, courier, stage)| {
                        let words = finish((courier, stage)).await;
                        self.note(ledger, numbers, &words, &known, &original).await;
                        words
                    });
                    let words = join_all(finished).await;
                    kept(&custody, words)
                }
                // The hops' connections are dropped: no terminator.
                Err(error) => (self.not_kept(&error), some(unsettled(couriers, stages))),
            };
        }
        let words = join_all(couriers.iter().zip(stages).map(finish)).await;
        let said = || words.iter().flatten().flatten();
        let is_delivered = |word: &Word| word.class() == Class::Positive;
        if said().all(is_delivered) {
            if self.owes_report(said()) {
                let mut all = numbered(&words);
                all.extend(self.expanded());
                self.relayed(&self.heard(&all, &original)).await;
            }
            let answer = match (words.as_slice(), said().next()) {
                ([_], Some(word)) => word.answer.clone(),
                _ => Reply::ACCEPTED.into(),
            };
            return (answer, words);
        }
        if !said().any(is_delivered) {
            return (worst(said().cloned().collect()), words);
        }
        let mut all = numbered(&words);
        all.extend(self.expanded());
        match self.take(copy, &self.heard(&all, &original)).await {
            Ok(custody) => kept(&custody, words),
            Err(error) => (self.not_kept(&error), words),
        }
    }

    /// What a leg's hop said after the commit. Noted at once: another leg's hop may take minutes, and whatever happens until
    /// then must not bring a second copy to this one.
    async fn note(
        &self,
        ledger: &Arc<Ledger>,
        numbers: Range<usize>,
        words: &[Option<Word>],
        known: &[(usize, Word)],
        original: &Original,
    ) {
        let is_news = |(number, _): &(usize, Word)| !known.iter().any(|(one, _)| one == number);
        let said = numbers.zip(words.iter().cloned());
        let said = said.filter_map(|(number, word)| Some((number, word?)));
        let news: Vec<_> = said.filter(is_news).collect();
        let heard = self.heard(&news, original);
        if !news.is_empty()
            && let Err(error) = self.queue.note(ledger, &heard).await
        {
            // The message is ours all the same: some of it may be delivered twice, nothing is lost.
            self.failed(&error);
        }
    }

    async fn take(&self, copy: Copy, heard: &Heard<'_>) -> Result<Custody, QueueError> {
        let (mail, state) = (self.mail(), self.state());
        // Nobody has been asked yet: its turn comes at once.
        let at_hand = copy.at_hand().filter(|_| heard.words.is_empty());
        let content = copy.into_content().await?;
        let mut custody = self.queue.take(mail, state, content, heard).await?;
        if let Some((header, content)) = at_hand {
            custody.is_at_hand(header, content);
        }
        Ok(custody)
    }

    /// Reports that a silent hop leaves to us. They come late rather than never: the message itself is delivered.
    async fn relayed(&self, heard: &Heard<'_>) {
        let (mail, state) = (self.mail(), self.state());
        if let Err(error) = self.queue.relayed(&mail, state, heard).await {
            self.failed(&error);
        }
    }

    fn heard<'h>(&'h self, words: &'h [(usize, Word)], original: &'h Original) -> Heard<'h> {
        Heard {
            words,
            terms: &self.letter.sender.generation.terms,
            original,
        }
    }

    /// Whether what waits for a hop may be kept.
    fn keeps(&self) -> bool {
        let spool = &self.letter.sender.generation.config.spool;
        spool.always || spool.when_down == WhenDown::Spool
    }

    fn mail(&self) -> Mail {
        let sender = self.letter.sender;
        let reception = Reception {
            received: now(),
            session: sender.session,
            transaction: sender.transaction,
            peer: sender.peer,
            hello: self.letter.hello,
            standing: self.letter.standing,
        };
        let recipients = self.legs.iter().flat_map(|leg| &leg.recipients);
        let recipients = recipients.chain(self.undecided).map(|planned| {
            let through = planned.through.as_deref().unwrap_or_default();
            Recipient::of(&planned.rcpt, through)
        });
        let groups = self.told_groups();
        let groups = groups.map(|named| Recipient::expanded(&named.rcpt));
        let mail = Mail::of_client(reception, self.letter.mail, recipients.chain(groups));
        mail.verified(self.letter.verdict)
    }

    /// Groups whose sender wants to hear that they were expanded.
    fn told_groups(&self) -> impl Iterator<Item = &Named> {
        self.groups.iter().filter(|named| named.wants_success())
    }

    /// The word on each of these groups, by its number behind all recipients: nothing more is to be done for it.
    fn expanded(&self) -> impl Iterator<Item = (usize, Word)> {
        let recipients = self.legs.iter().map(|leg| leg.recipients.len());
        let first = recipients.sum::<usize>() + self.undecided.len();
        let groups = (first..).zip(self.told_groups());
        groups.map(|(number, _)| (number, Word::ours(Reply::ACCEPTED)))
    }

    fn state(&self) -> State {
        let sides = self.legs.iter().flat_map(|leg| {
            let name = leg.way.name().to_owned();
            std::iter::repeat_n(name, leg.recipients.len())
        });
        let open = self.undecided.len() + self.told_groups().count();
        let undecided = std::iter::repeat_n(UNDECIDED.to_owned(), open);
        State::fresh(sides.chain(undecided), now())
    }

    fn not_kept(&self, error: &QueueError) -> Answer {
        self.failed(error);
        match error {
            QueueError::Spool(error) => copy::answer(error),
            QueueError::Text(_) => Reply::LOCAL_ERROR.into(),
        }
    }

    fn failed(&self, error: &QueueError) {
        self.letter.sender.services.events.emit(Event::SpoolFailed {
            why: error.to_string(),
        });
    }
}

/// The terminator, where one is due.
async fn finish((courier, stage): (&Courier<'_>, Stage)) -> Vec<Option<Word>> {
    let words = match stage {
        Stage::Sent(answered, refused) => {
            let word = courier.finish(*answered).await;
            courier.words(&word, refused)
        }
        Stage::Over(words) => words,
        Stage::Waits(word) => courier.all(&word),
        Stage::Kept => return vec![None; courier.count()],
    };
    words.into_iter().map(Some).collect()
}

/// What was said so far, where no leg gets its terminator.
fn unsettled(couriers: &[Courier<'_>], stages: Vec<Stage>) -> Vec<Vec<Word>> {
    let legs = couriers.iter().zip(stages);
    legs.map(|(courier, stage)| match stage {
        Stage::Sent(_, refused) => courier.words(&Word::ours(Reply::SPOOL_FAILED), refused),
        Stage::Over(words) => words,
        Stage::Waits(word) => courier.all(&word),
        Stage::Kept => courier.all(&Word::ours(Reply::SPOOL_FAILED)),
    })
    .collect()
}

/// What is said before any terminator.
fn known(couriers: &[Courier<'_>], stages: &[Stage]) -> Vec<(usize, Word)> {
    let mut known = Vec::new();
    let mut first = 0;
    for (courier, stage) in couriers.iter().zip(stages) {
        match stage {
            Stage::Sent(_, refused) => {
                let refused = refused.iter().cloned();
                known.extend(refused.map(|(number, word)| (first + number, word)));
            }
            Stage::Over(words) => known.extend((first..).zip(words.iter().cloned())),
            Stage::Waits(word) => known.extend((first..).zip(courier.all(word))),
            Stage::Kept => {}
        }
        first += courier.count();
    }
    known
}

/// Those of whom something was said, by their number.
fn numbered(words: &[Vec<Option<Word>>]) -> Vec<(usize, Word)> {
    let numbered = words.iter().flatten().enumerate();
    numbered
        .filter_map(|(number, word)| Some((number, word.clone()?)))
        .collect()
}

/// It is ours. Who is tried again has no word yet.
fn kept(custody: &Custody, words: Vec<Vec<Option<Word>>>) -> (Answer, Vec<Vec<Option<Word>>>) {
    let answer = Reply::QUEUED.with(Insert::new(&custody.id().to_string()));
    let is_final = |word: &Word| word.class() != Class::Transient;
    let words = words.into_iter().map(|leg| {
        let leg = leg.into_iter();
        leg.map(|word| word.filter(is_final)).collect()
    });
    (answer, words.collect())
}

fn some(words: Vec<Vec<Word>>) -> Vec<Vec<Option<Word>>> {
    words
        .into_iter()
        .map(|leg| leg.into_iter().map(Some).collect())
        .collect()
}
