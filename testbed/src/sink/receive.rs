//! Content of a message: DATA (RFC 5321 §4.1.1.4) and BDAT (RFC 3030 §2), and what becomes of it.

use super::intake::{Intake, Progress};
use super::script::Within;
use super::session::{Draft, Session, failed};
use super::{Act, Departure, How, Message, Place, Stage, Transfer};
use crate::limits;

impl Session {
    pub(super) async fn data(&mut self) -> Result<(), How> {
        let nobody = self
            .draft
            .as_ref()
            .is_none_or(|draft| draft.forward_paths.is_empty());
        let act = if nobody {
            // A script may ask for a body all the same, as some servers do.
            match self.read_script(|s| s.always(Stage::Data)) {
                Some(act) if self.draft.is_some() => act,
                _ => return self.say("503 5.5.1 no valid recipients").await,
            }
        } else {
            self.take(|s| s.take(Stage::Data))
        };
        self.hold(&act).await?;
        let early_octets = self.wire.pending().len();
        if self.speak(&act, "354 go ahead").await? != Some(354) {
            return Ok(());
        }
        let mut intake = Intake::new(
            self.read_script(|s| s.end_of_data),
            self.shared.bounds.content,
        );
        let mut within = self.take(|s| s.take_within_data());
        self.place = Place::Data;
        let read = self.read_data(&mut intake, &mut within).await;
        let draft = self.draft.get_or_insert_default();
        draft.early_octets = early_octets;
        draft.octets = intake.octets();
        draft.content = intake.into_content();
        read?;
        self.end().await
    }

    async fn read_data(
        &mut self,
        intake: &mut Intake,
        within: &mut Option<Within>,
    ) -> Result<(), How> {
        loop {
            let pending = self.wire.pending();
            let progress = intake.push(pending);
            let used = match progress {
                Progress::More => pending.len(),
                Progress::Done { used } => used,
            };
            self.wire.consume(used);
            match progress {
                Progress::Done { .. } => return Ok(()),
                Progress::More => self.act_within(intake.octets(), within).await?,
            }
            self.more().await?;
        }
    }

    /// One chunk; the command tells us how many octets follow it, whatever we think of it.
    pub(super) async fn chunk(&mut self, octets: usize, last: bool) -> Result<(), How> {
        let welcome = self
            .draft
            .as_ref()
            .is_some_and(|d| !d.forward_paths.is_empty() && !d.broken);
        if let Some(draft) = self.draft.as_mut().filter(|_| welcome) {
            draft.transfer = Transfer::Bdat;
        }
        let mut within = if welcome {
            self.take(|s| s.take_within_data())
        } else {
            None
        };
        let mut missing = octets;
        while missing > 0 {
            self.place = if welcome {
                Place::Chunk { missing }
            } else {
                self.place
            };
            if self.wire.pending().is_empty() {
                self.more().await?;
            }
            let taken = self.wire.pending().len().min(missing);
            if let Some(draft) = self.draft.as_mut().filter(|_| welcome) {
                draft.octets += taken;
                let room = self
                    .shared
                    .bounds
                    .content
                    .saturating_sub(draft.content.len())
                    .min(taken);
                draft
                    .content
                    .extend_from_slice(&self.wire.pending()[..room]);
            }
            self.wire.consume(taken);
            missing -= taken;
            if missing > 0 {
                let come = self.draft.as_ref().map_or(0, |d| d.octets);
                self.act_within(come, &mut within).await?;
            }
        }
        if !welcome {
            return self.say("503 5.5.1 no transaction to put this into").await;
        }
        if last {
            return self.end().await;
        }
        self.place = Place::BetweenChunks;
        let code = self
            .perform(Stage::Chunk, &format!("250 2.0.0 {octets} octets"))
            .await?;
        if let Some(draft) = self.draft.as_mut() {
            draft.broken = code.is_none_or(|code| code / 100 != 2);
        }
        Ok(())
    }

    /// The message has ended: recorded first, answered then, so that whoever sees our reply finds the message.
    async fn end(&mut self) -> Result<(), How> {
        self.place = Place::End;
        let act = self.take(|s| s.take(Stage::End));
        self.hold(&act).await?;
        let Some(draft) = self.draft.take() else {
            return Ok(());
        };
        (self.place, self.served) = (Place::Idle, self.served + 1);
        let too_large = draft.octets > self.shared.bounds.content;
        let message = self.message(draft);
        if too_large {
            self.record(|book, _| book.refuse(message));
            return self.say("552 5.3.4 too large").await;
        }
        let reply = format!(
            "250 2.0.0 taken, message {} of connection {}",
            self.served, self.number
        );
        if act.takes_message() {
            // Before the book is opened: a large message takes its time to be verified.
            let stamp = message.stamp();
            self.record(|book, _| book.accept(message, stamp));
        } else {
            self.record(|book, _| book.refuse(message));
        }
        self.speak(&act, &reply).await.map(drop)
    }

    /// If the transaction has content, it becomes a record: aborted, or refused if only our reply was missing.
    pub(super) fn record_unfinished(&mut self, departure: &Departure) {
        let Some(draft) = self.draft.take() else {
            return;
        };
        let message = self.message(draft);
        match self.place {
            Place::Greeting | Place::Handshake | Place::Idle | Place::Transaction => {}
            Place::Data | Place::Chunk { .. } | Place::BetweenChunks => {
                self.record(|book, _| book.abort(message, departure.clone()));
            }
            Place::End => self.record(|book, _| book.refuse(message)),
        }
    }

    /// What the script wants when so many octets have come. Nothing is read while it waits at a gate.
    async fn act_within(&mut self, octets: usize, within: &mut Option<Within>) -> Result<(), How> {
        let Some(Within { act, .. }) = within.take_if(|w| octets >= w.octets) else {
            return Ok(());
        };
        if let Some(gate) = &act.gate {
            gate.arrive();
            gate.opened().await;
        }
        let normal = Act::normal();
        // A well-behaved server says nothing within data.
        if act.say != normal.say || !act.extra.is_empty() || act.then != normal.then {
            self.speak(&act, "").await?;
        }
        Ok(())
    }

    async fn more(&mut self) -> Result<(), How> {
        let filled = tokio::time::timeout(limits::SINK_IDLE, self.wire.fill()).await;
        match filled
            .map_err(|_| How::Fault("idle for too long".to_owned()))?
            .map_err(failed)?
        {
            0 => Err(How::Closed),
            _ => Ok(()),
        }
    }

    fn message(&self, draft: Draft) -> Message {
        Message {
            reverse_path: draft.reverse_path,
            mail_parameters: draft.mail_parameters,
            forward_paths: draft.forward_paths,
            content: draft.content,
            octets: draft.octets,
            hello: self.hello.clone().unwrap_or_default(),
            tls: self.tls.clone(),
            transfer: draft.transfer,
            early_octets: draft.early_octets,
            connection: self.number,
            peer: self.peer,
        }
    }
}
