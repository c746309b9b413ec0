//! What a message becomes on its way to a side that cannot read TNEF.
//!
//! It is held while it may be TNEF as a whole (memory first, then a file), converted when it is there, and let go as soon as
//! it is clear that it need not be. Whatever goes wrong with it here, it goes on as it came, or stays with its sender.

use std::sync::Arc;

use bytes::Bytes;
use smtp::header_scan::HeaderBlock;
use smtp::{Content, Reply, TraceField};
use transform::{Options, Passage, Possibility, Report, Segment, Segments, Watch, convert};

use super::Sender;
use super::body::{HeldBack, Rest, Stop};
use super::outflow::{Made, Outflow};
use crate::converter::{NotConverted, Room};
use crate::deliver::Known;
use crate::event::Event;
use crate::hold::{Hold, HoldError};
use crate::limits;

/// A message as it goes to a hop.
#[derive(Debug)]
pub(super) enum Parcel {
    /// As it came.
    Plain(HeldBack),
    /// Held or rewritten.
    Outflow(Box<Outflow>),
}

impl Parcel {
    pub(super) fn known(&self) -> Known {
        match self {
            Self::Plain(held) => held.known(),
            Self::Outflow(outflow) => outflow.known(),
        }
    }
}

/// A message on its way to a side that wants MIME.
pub(super) struct Conversion<'a> {
    pub(super) options: &'a Arc<Options>,
    pub(super) sender: &'a Sender<'a>,
    /// Our trace field: above everything, and no part of what is converted.
    pub(super) trace: TraceField,
}

/// Whether the message may have to be whole before it is known what goes on of it.
pub(super) fn needs_all(header: &HeaderBlock, held: &HeldBack) -> bool {
    if held.is_whole() {
        return false;
    }
    let header = header.clone().into_content();
    let (watch, possibility) = Watch::new(&header);
    let mut lookout = Lookout { watch, possibility };
    held.pieces().iter().for_each(|piece| lookout.look(piece));
    !lookout.is_plain() && !lookout.is_gone()
}

/// What is known of a message while it comes.
struct Lookout {
    watch: Watch,
    possibility: Possibility,
}

impl Lookout {
    fn look(&mut self, octets: &[u8]) {
        if self.possibility == Possibility::Open {
            self.possibility = self.watch.push(octets);
        }
    }

    /// Nothing has to be done to it.
    fn is_plain(&self) -> bool {
        self.watch.is_plain()
    }

    fn is_gone(&self) -> bool {
        self.possibility == Possibility::Gone
    }
}

/// How far it came before something had to be done with it.
enum Gathered {
    /// There is no TNEF in it, and none can come.
    Plain(HeldBack),
    /// What is held back of every message is enough to know.
    Little(HeldBack),
    /// All of it was held.
    All(Hold),
    /// It need not be held any longer.
    Gone(Hold),
}

impl Conversion<'_> {
    /// `held` is what came behind the header block. There is a report if the message was converted as a whole.
    pub(super) async fn prepare(
        self,
        header: HeaderBlock,
        held: HeldBack,
        rest: &mut Rest<'_, '_>,
    ) -> Result<(Parcel, Option<Report>), Stop> {
        let lead = self.trace.clone().into_content();
        let passage = || Passage::new(self.options, limits::LATE_PART);
        let outflow = match self.gather(header.into_content(), held, rest).await? {
            Gathered::Plain(mut held) => {
                held.lead_with(lead);
                return Ok((Parcel::Plain(held), None));
            }
            Gathered::Little(held) if held.is_whole() => return self.little(held).await,
            Gathered::All(hold) => return self.held(hold).await,
            Gathered::Little(held) => Outflow::of_held_back(held),
            Gathered::Gone(hold) => Outflow::of_hold(hold),
        };
        let outflow = outflow.through(passage()).led_by(lead);
        Ok((Parcel::Outflow(Box::new(outflow)), None))
    }

    /// Reads on until enough is known, or all of it is here.
    async fn gather(
        &self,
        header: Content,
        mut held: HeldBack,
        rest: &mut Rest<'_, '_>,
    ) -> Result<Gathered, Stop> {
        let (watch, possibility) = Watch::new(&header);
        let mut lookout = Lookout { watch, possibility };
        held.pieces().iter().for_each(|piece| lookout.look(piece));
        held.lead_with(header);
        while held.has_room() && !lookout.is_plain() {
            let Some(content) = rest.next().await? else {
                held.end();
                return Ok(Gathered::Little(held));
            };
            lookout.look(&content);
            held.take(content);
        }
        if lookout.is_plain() {
            held.fill(rest).await?;
            return Ok(Gathered::Plain(held));
        }
        if lookout.is_gone() {
            return Ok(Gathered::Little(held));
        }
        let mut hold = self.or_refuse(self.sender.services.holding.begin())?;
        for piece in held.into_pieces() {
            self.or_refuse(hold.take(&piece).await)?;
        }
        while let Some(content) = rest.next().await? {
            lookout.look(&content);
            self.or_refuse(hold.take(&content).await)?;
            if lookout.is_gone() {
                return Ok(Gathered::Gone(hold));
            }
        }
        Ok(Gathered::All(hold))
    }

    /// A whole message that is in memory, as most are.
    async fn little(self, mut held: HeldBack) -> Result<(Parcel, Option<Report>), Stop> {
        let message = held.join();
        if transform::has_tnef(&message) {
            let room = self.room(message.len() as u64).await?;
            if let Some((made, report)) = self.convert(message).await? {
                return Ok(self.made(made, Some(report), room));
            }
        }
        held.lead_with(self.trace.into_content());
        Ok((Parcel::Plain(held), None))
    }

    /// A whole message that was held.
    async fn held(self, hold: Hold) -> Result<(Parcel, Option<Report>), Stop> {
        let room = self.room(hold.octets()).await?;
        let message = self.or_refuse(hold.whole().await)?;
        if let Some((made, report)) = self.convert(message.clone()).await? {
            return Ok(self.made(made, Some(report), room));
        }
        let same = Made::of(Segments(vec![Segment::Octets(message)]));
        let same = same.map_err(|fault| HoldError::File(std::io::Error::other(fault)));
        let same = self.or_refuse(same)?;
        Ok(self.made(same, None, room))
    }

    fn made(self, made: Made, report: Option<Report>, room: Room) -> (Parcel, Option<Report>) {
        let outflow = Outflow::of_made(made, room).led_by(self.trace.into_content());
        (Parcel::Outflow(Box::new(outflow)), report)
    }

    /// `None`: there is nothing to convert, or we cannot and have said so.
    async fn convert(&self, message: Bytes) -> Result<Option<(Made, Report)>, Stop> {
        let options = Arc::clone(self.options);
        let work = move || {
            let converted = convert(&message, &options)?;
            Some((Made::of(converted.message), converted.report))
        };
        match self.sender.services.converter.run(work).await {
            Ok(None) => Ok(None),
            Ok(Some((Ok(made), report))) => Ok(Some((made, report))),
            Ok(Some((Err(fault), _))) => {
                self.keep(fault.to_string());
                Ok(None)
            }
            Err(NotConverted::Busy) => Err(Stop::Refuse(Reply::NO_ROOM.into())),
            Err(broken @ NotConverted::Panicked) => {
                self.keep(broken.to_string());
                Ok(None)
            }
        }
    }

    async fn room(&self, octets: u64) -> Result<Room, Stop> {
        let room = self.sender.services.converter.room(octets).await;
        room.map_err(|_| Stop::Refuse(Reply::NO_ROOM.into()))
    }

    fn or_refuse<T>(&self, held: Result<T, HoldError>) -> Result<T, Stop> {
        held.map_err(|error| Stop::Refuse(cannot_hold(self.sender, &error).into()))
    }

    /// The message goes on as it came; that is a fault of ours.
    fn keep(&self, why: String) {
        let sender = self.sender;
        sender.services.events.emit(Event::TnefKept {
            session: sender.session,
            transaction: sender.transaction,
            why,
        });
    }
}

/// Tells the operator, and says what the client is told.
pub(super) fn cannot_hold(sender: &Sender<'_>, error: &HoldError) -> Reply {
    sender.services.events.emit(Event::HoldFailed {
        session: sender.session,
        why: error.to_string(),
    });
    match error {
        HoldError::Full(_) => Reply::NO_ROOM,
        HoldError::File(error) if error.kind() == std::io::ErrorKind::StorageFull => Reply::NO_ROOM,
        HoldError::File(_) => Reply::LOCAL_ERROR,
    }
}
