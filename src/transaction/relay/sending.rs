//! The body of a message on its way to a hop that has answered the envelope.

use smtp::extension::SizeLimit;
use smtp::{Answer, Insert, Reply};
use tokio::time::Instant;

use super::Carrier;
use crate::converter::NotConverted;
use crate::deliver::{Answered, HopError, Known, Way};
use crate::event::Event;
use crate::limits;
use crate::transaction::body::{Body, HeldBack, Stop};
use crate::transaction::conversion::{self, Parcel};
use crate::transaction::outflow::{Outflow, Stall};

impl Carrier<'_> {
    /// The body, by the shortest way that it may take.
    pub(super) async fn send(
        &mut self,
        body: &mut Body<'_>,
        parcel: Parcel,
        answered: Answered,
        way: &Way,
    ) -> Result<Answer, Stop> {
        let narrow = !answered.takes(parcel.known());
        let outflow = match parcel {
            Parcel::Plain(held) if !narrow => return self.stream(body, held, answered, way).await,
            Parcel::Plain(held) => Outflow::of_held_back(held),
            Parcel::Outflow(outflow) => *outflow,
        };
        let outflow = match narrow {
            true => outflow.in_seven_bit(),
            false => outflow,
        };
        Box::pin(self.flow(body, outflow, answered, way)).await
    }

    /// A message that was held, or is rewritten on its way.
    async fn flow(
        &mut self,
        body: &mut Body<'_>,
        mut outflow: Outflow,
        mut answered: Answered,
        way: &Way,
    ) -> Result<Answer, Stop> {
        let (mut sent, mut staged) = (0_u64, 0);
        let whole = matches!(outflow.known(), Known::Whole { .. });
        loop {
            let piece = match outflow.next(body, &self.sender.services.converter).await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(stall) => return self.stalled(stall),
            };
            sent += piece.len() as u64;
            staged += piece.len();
            if let Some(reply) = outgrows(&answered, sent) {
                return Ok(reply.into());
            }
            answered.connection.stage(piece);
            if whole && staged < limits::HOLD_BACK_BYTES {
                continue; // the rest is here, and goes in the same write
            }
            staged = 0;
            if let Err(error) = answered.connection.push().await {
                return Ok(lost(&error));
            }
            match answered.connection.heed().await {
                Ok(None) => {}
                Ok(Some(refusal)) => return Ok(self.verdict(way, &refusal)),
                Err(error) => return Ok(lost(&error)),
            }
        }
        if let Some(report) = outflow.report() {
            self.progress.report = Some(Box::new(report));
        }
        Ok(self.finish(answered, way).await)
    }

    /// A message that cannot go on stays with its sender. What has gone of it has no end.
    fn stalled(&self, stall: Stall) -> Result<Answer, Stop> {
        let why = match stall {
            Stall::Stop(stop) => return Err(stop),
            Stall::Hold(error) => return Ok(conversion::cannot_hold(self.sender, &error).into()),
            Stall::Narrow(why) => {
                return Ok(Reply::HOP_LACKS_8BITMIME.with(Insert::new(&why.to_string())));
            }
            Stall::Rewrite(NotConverted::Busy) => return Ok(Reply::NO_ROOM.into()),
            Stall::Rewrite(broken @ NotConverted::Panicked) => broken.to_string(),
            Stall::Lines(fault) => fault.to_string(),
        };
        self.sender.services.events.emit(Event::RewriteFailed {
            session: self.sender.session,
            transaction: self.sender.transaction,
            why,
        });
        Ok(Reply::LOCAL_ERROR.into())
    }

    /// The body, then the terminator, but only after the client's own. Leaving early drops the connection as it is.
    async fn stream(
        &self,
        body: &mut Body<'_>,
        held: HeldBack,
        mut answered: Answered,
        way: &Way,
    ) -> Result<Answer, Stop> {
        let mut sent = 0_u64;
        let whole = held.is_whole();
        for piece in held.into_pieces() {
            sent += piece.as_bytes().len() as u64;
            answered.connection.stage(piece);
        }
        if !whole && let Err(error) = answered.connection.push().await {
            return Ok(lost(&error));
        }
        while let Some(piece) = body.next().await? {
            sent += piece.as_bytes().len() as u64;
            if let Some(reply) = outgrows(&answered, sent) {
                return Ok(reply.into());
            }
            answered.connection.stage(piece);
            if let Err(error) = answered.connection.push().await {
                return Ok(lost(&error));
            }
            match answered.connection.heed().await {
                Ok(None) => {}
                Ok(Some(refusal)) => return Ok(self.verdict(way, &refusal)),
                Err(error) => return Ok(lost(&error)),
            }
        }
        Ok(self.finish(answered, way).await)
    }

    /// The terminator, and the hop's last word.
    async fn finish(&self, mut answered: Answered, way: &Way) -> Answer {
        let deadline = Instant::now() + limits::HOP_FINAL_REPLY;
        match answered.connection.heed().await {
            Ok(None) => {}
            Ok(Some(refusal)) => return self.verdict(way, &refusal),
            Err(error) => return lost(&error),
        }
        answered.connection.terminate();
        if let Err(error) = answered.connection.push().await {
            return lost(&error);
        }
        match answered.connection.final_reply(deadline).await {
            Ok(reply) => {
                let answer = self.verdict(way, &reply);
                self.sender.services.deliver.keep(answered);
                answer
            }
            Err(error) => lost(&error),
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

/// Nobody knows what the hop made of it, so it stays with its sender.
fn lost(error: &HopError) -> Answer {
    match error {
        HopError::Silent | HopError::TooSlow => Reply::NEXT_HOP_SILENT.into(),
        _ => Reply::NEXT_HOP_LOST.into(),
    }
}
