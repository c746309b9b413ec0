//! Who a message of the internet is from, as far as that is known before anything of it leaves.
//!
//! What fits into the hold-back buffer is verified there. What is larger is held to its end where the verdict decides over it
//! or is sealed; otherwise it streams, and what it turns out to be is only told.

use std::sync::Arc;

use authentication::{Envelope, Evidence, Examination, Ruling, Verdict};
use smtp::envelope::MailFrom;
use smtp::header_scan::HeaderBlock;
use smtp::{Answer, LineCheck};

use super::Sender;
use super::body::{HeldBack, Rest, Stop};
use super::conversion::cannot_hold;
use crate::authentication::{Demand, answer};
use crate::event::Event;
use crate::hold::{Hold, HoldError};
use crate::upstream::Source;

/// A message that is looked at.
pub(super) struct Vetting<'a> {
    pub(super) demand: Demand,
    pub(super) mail: &'a MailFrom,
    pub(super) source: &'a Source,
    pub(super) sender: &'a Sender<'a>,
}

/// How far that came.
pub(super) enum Vetted {
    /// It may go on.
    Known(Arc<Verdict>),
    /// It may not.
    Stopped(Answer),
    /// It streams; what is known of it comes after it.
    Open,
}

impl Vetting<'_> {
    /// `held` is what came behind the header block. Both hold the same message afterwards.
    pub(super) async fn vet(
        &self,
        header: &HeaderBlock,
        held: &mut HeldBack,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Vetted, Stop> {
        held.fill(rest).await?;
        let mut examination = Examination::begin(header.clone().into_content().into_bytes());
        held.pieces()
            .iter()
            .for_each(|piece| examination.take(piece));
        if !held.is_whole() {
            if !self.demand.holds {
                rest.examine(examination);
                return Ok(Vetted::Open);
            }
            self.hold(held, rest, &mut examination).await?;
        }
        let verdict = self.verify(&examination.finish()).await;
        Ok(match self.told(&verdict) {
            Some(answer) => Vetted::Stopped(answer),
            None => Vetted::Known(Arc::new(verdict)),
        })
    }

    /// The verdict on what has gone already.
    pub(super) async fn conclude(&self, examination: Examination) {
        let verdict = self.verify(&examination.finish()).await;
        self.told(&verdict); // it is too late for an answer
    }

    /// All of it, in the order in which it came.
    async fn hold(
        &self,
        held: &mut HeldBack,
        rest: &mut Rest<'_, '_>,
        examination: &mut Examination,
    ) -> Result<(), Stop> {
        let mut hold: Hold = self.or_refuse(self.sender.services.holding.begin())?;
        for piece in std::mem::take(held).into_pieces() {
            self.or_refuse(hold.take(&piece).await)?;
        }
        while let Some(piece) = rest.next().await? {
            examination.take(&piece);
            self.or_refuse(hold.take(&piece).await)?;
        }
        *rest = Rest::Held(Box::new(hold), Box::new(LineCheck::new()));
        held.fill(rest).await
    }

    async fn verify(&self, evidence: &Evidence) -> Verdict {
        let reverse = self.mail.path.to_string();
        let envelope = Envelope {
            client: self.source.client,
            helo: &self.source.helo,
            reverse: &reverse,
            hostname: &self.sender.generation.config.hostname,
            told: self.source.told.as_ref(),
        };
        let verifier = self.sender.services.verifier();
        verifier.verify(evidence, &envelope).await
    }

    /// Tells the operator; what the client hears, if the message must not go on.
    fn told(&self, verdict: &Verdict) -> Option<Answer> {
        let sender = self.sender;
        let (session, transaction) = (sender.session, sender.transaction);
        let from = self.mail.path.to_string();
        let events = &sender.services.events;
        let record = format!("{verdict}{}", self.source);
        if let (Some(upstream), None) = (&self.source.upstream, self.source.client) {
            events.emit(Event::ClientNotTold {
                session,
                transaction,
                upstream: upstream.clone(),
            });
        }
        let ruling = self.demand.rule(
            &sender.generation.config,
            verdict,
            self.source.client,
            self.mail,
        );
        events.emit(Event::Authenticated {
            session,
            transaction,
            from: from.clone(),
            record,
        });
        if let Ruling::Note(_) = ruling {
            let client = sender.peer.ip();
            events.emit(Event::SenderDoubtful {
                session,
                client,
                from,
            });
        }
        answer(&ruling)
    }

    fn or_refuse<T>(&self, held: Result<T, HoldError>) -> Result<T, Stop> {
        held.map_err(|error| Stop::Refuse(cannot_hold(self.sender, &error).into()))
    }
}
