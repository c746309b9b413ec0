//! One scene: who sends what to whom in which manner, and what must come of it.

use super::cast::Speaker;
use super::house::House;
use super::letter::Letter;
use crate::code::Code;

/// One message and its expected fate.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) what: &'static str,
    pub(super) speaker: Speaker,
    pub(super) from: &'static str,
    /// Parameters of MAIL.
    pub(super) parameters: &'static str,
    pub(super) to: Vec<Recipient>,
    pub(super) letter: Letter,
    pub(super) manner: Manner,
    /// Whose mail the gateway must take it for.
    pub(super) origin: &'static str,
    /// What the gateway must tell its operator besides the outcomes.
    pub(super) notices: Vec<Code>,
    /// Who moves to the cloud, and when.
    pub(super) moves: Option<(Moment, &'static str)>,
    /// What `directory conflicts` must say when it is over.
    pub(super) explained: &'static [&'static str],
    /// Which house is down until the message has been answered.
    pub(super) asleep: Option<House>,
    /// Where a report to the sender must arrive.
    pub(super) report: Option<House>,
}

/// When somebody moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before the message is sent.
    Before,
    /// Between its envelope and its content.
    Within,
}

/// How the message is sent.
#[derive(Debug)]
pub(super) enum Manner {
    /// DATA.
    Data,
    /// BDAT, in chunks of so many octets (RFC 3030).
    Chunks(usize),
    /// DATA, and the second half only after this house has received a part of the first.
    HalfAndHalf(House),
    /// DATA, and then these octets in place of the letter, end of data included.
    Raw(Vec<u8>),
    /// DATA, and what this house received last in place of the letter.
    Returned(House),
}

/// One recipient.
#[derive(Debug)]
pub(super) struct Recipient {
    pub(super) path: &'static str,
    pub(super) expected: Expected,
}

/// What must become of one recipient.
#[derive(Debug)]
pub(super) struct Expected {
    /// Where it goes or would have gone, as the event names it.
    pub(super) side: &'static str,
    /// Part of the reason that the event gives.
    pub(super) why: &'static str,
    /// Which house is told the envelope.
    pub(super) told: Option<House>,
    pub(super) end: End,
}

/// How it ends for one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The house has the message for this path.
    Arrives(House, &'static str),
    /// RCPT is answered so.
    NotTaken(u16, &'static str),
    /// The end of data is answered so.
    NotDelivered(u16, &'static str),
    /// It is ours, and waits.
    Kept,
    /// It is ours, and arrives when the house is there again, for this path.
    ArrivesLate(House, &'static str),
    /// The house refuses it when others got it already: its sender is told.
    Reported(u16),
}

impl Scene {
    pub(super) fn new(what: &'static str, speaker: Speaker, from: &'static str) -> Self {
        Self {
            what,
            speaker,
            from,
            parameters: "",
            to: Vec::new(),
            letter: Letter::new(what),
            manner: Manner::Data,
            origin: speaker.origin(),
            notices: Vec::new(),
            moves: None,
            explained: &[],
            asleep: None,
            report: None,
        }
    }

    pub(super) fn to(mut self, path: &'static str, expected: Expected) -> Self {
        self.to.push(Recipient { path, expected });
        self
    }

    pub(super) fn with(mut self, parameters: &'static str) -> Self {
        self.parameters = parameters;
        self
    }

    pub(super) fn letter(mut self, change: impl FnOnce(Letter) -> Letter) -> Self {
        self.letter = change(self.letter);
        self
    }

    pub(super) fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// The gateway must take the sender for somebody else than it claims to be, and tell so.
    pub(super) fn taken_for(mut self, origin: &'static str, notice: Code) -> Self {
        self.origin = origin;
        self.notice(notice)
    }

    pub(super) fn notice(mut self, notice: Code) -> Self {
        self.notices.push(notice);
        self
    }

    pub(super) fn after_moving(mut self, address: &'static str) -> Self {
        self.moves = Some((Moment::Before, address));
        self
    }

    pub(super) fn while_moving(mut self, address: &'static str) -> Self {
        self.moves = Some((Moment::Within, address));
        self
    }

    pub(super) fn explained(mut self, words: &'static [&'static str]) -> Self {
        self.explained = words;
        self
    }

    /// Who moves at that moment.
    pub(super) fn moves(&self, moment: Moment) -> Option<&'static str> {
        let (when, address) = self.moves?;
        (when == moment).then_some(address)
    }

    pub(super) fn while_down(mut self, house: House) -> Self {
        self.asleep = Some(house);
        self
    }

    pub(super) fn reported_at(mut self, house: House) -> Self {
        self.report = Some(house);
        self
    }

    /// How many envelopes this house must be told.
    pub(super) fn envelopes(&self, house: House) -> usize {
        let told = |recipient: &Recipient| recipient.expected.told == Some(house);
        usize::from(self.to.iter().any(told)) + usize::from(self.report == Some(house))
    }

    /// How many messages must arrive there.
    pub(super) fn messages(&self, house: House) -> usize {
        let arrives = usize::from(!self.arrivals(house).is_empty());
        arrives + usize::from(self.report == Some(house))
    }

    /// Whether what the client hears is what is told of each recipient.
    pub(super) fn has_one_word(&self) -> bool {
        !self.is_split() && self.report.is_none()
    }

    /// Whether its recipients live on several sides.
    fn is_split(&self) -> bool {
        let taken = |recipient: &&Recipient| !matches!(recipient.expected.end, End::NotTaken(..));
        let taken = self.to.iter().filter(taken);
        let mut sides = taken.map(|recipient| recipient.expected.side);
        let first = sides.next();
        sides.any(|side| Some(side) != first)
    }

    /// The recipients for whom the message must arrive at this house, in the form that it wants.
    pub(super) fn arrivals(&self, house: House) -> Vec<&'static str> {
        let path = |recipient: &Recipient| match recipient.expected.end {
            End::Arrives(at, path) | End::ArrivesLate(at, path) if at == house => Some(path),
            _ => None,
        };
        self.to.iter().filter_map(path).collect()
    }
}

impl Expected {
    /// It is this house that says so.
    pub(super) fn by(mut self, house: House) -> Self {
        self.told = Some(house);
        self
    }
}

/// It arrives there, for this path.
pub(super) fn arrives(house: House, path: &'static str, why: &'static str) -> Expected {
    Expected {
        side: house.side(),
        why,
        told: Some(house),
        end: End::Arrives(house, path),
    }
}

/// RCPT is refused; `side` is where the event says it would have gone.
pub(super) fn not_taken(
    code: u16,
    enhanced: &'static str,
    side: &'static str,
    why: &'static str,
) -> Expected {
    Expected {
        side,
        why,
        told: None,
        end: End::NotTaken(code, enhanced),
    }
}

/// RCPT is taken, and the end of data is refused.
pub(super) fn not_delivered(
    code: u16,
    enhanced: &'static str,
    side: &'static str,
    why: &'static str,
) -> Expected {
    Expected {
        side,
        why,
        told: None,
        end: End::NotDelivered(code, enhanced),
    }
}

/// It is taken, and waits for its side.
pub(super) fn kept(side: &'static str, why: &'static str) -> Expected {
    Expected {
        side,
        why,
        told: None,
        end: End::Kept,
    }
}

/// It is taken, and arrives there as soon as the house is back.
pub(super) fn arrives_late(house: House, path: &'static str, why: &'static str) -> Expected {
    Expected {
        end: End::ArrivesLate(house, path),
        ..arrives(house, path, why)
    }
}

/// It is taken, and the house refuses it: the sender is told by a report.
pub(super) fn reported(house: House, code: u16, why: &'static str) -> Expected {
    Expected {
        side: house.side(),
        why,
        told: Some(house),
        end: End::Reported(code),
    }
}
