//! Which messages wait, for which side, until when: what the queue knows without reading the spool.
//!
//! Small: there may be a million of them, and the words of their envelopes stay on the disk.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use spool::QueueId;

use super::at_hand::AtHand;
use super::state::State;

/// Everything that waits.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    messages: HashMap<QueueId, Message>,
    /// By number, as messages name them.
    sides: Vec<Side>,
}

#[derive(Debug)]
struct Message {
    legs: Legs,
    /// Attempts under way; nothing else may be settled meanwhile.
    busy: u16,
    /// Whoever put it in busy is not through with it: nobody else tries it, whatever is noted of it.
    in_hand: bool,
    is_held: bool,
    at_hand: Option<Box<AtHand>>,
}

/// Most messages have one.
type Legs = Box<[Leg]>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leg {
    side: u16,
    is_busy: bool,
    next: i64,
}

#[derive(Debug)]
struct Side {
    name: Arc<str>,
    due: BTreeSet<(i64, QueueId)>,
    busy: usize,
}

/// What waits for one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) side: Arc<str>,
    pub(crate) waiting: usize,
    pub(crate) busy: usize,
    /// The earliest next attempt.
    pub(crate) next: Option<i64>,
}

/// Whether a message was got hold of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grip {
    Seized,
    /// An attempt is under way, or somebody else changes it.
    Busy,
    Gone,
}

impl Waiting {
    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Takes a message in, or takes down its new state. Legs under way stay so. Says whether it is the next one of a side.
    pub(crate) fn put(&mut self, id: QueueId, state: &State) -> bool {
        let busy: Vec<u16> = self.messages.get(&id).map_or(Vec::new(), |known| {
            let busy = known.legs.iter().filter(|leg| leg.is_busy);
            busy.map(|leg| leg.side).collect()
        });
        let known = self.messages.get(&id);
        let (count, in_hand) = known.map_or((0, false), |known| (known.busy, known.in_hand));
        self.withdraw(id);
        let mut legs: Vec<Leg> = Vec::new();
        for (name, next) in state.legs() {
            let side = self.side(name);
            legs.push(Leg {
                side,
                is_busy: busy.contains(&side),
                next,
            });
        }
        for side in busy {
            if !legs.iter().any(|leg| leg.side == side) {
                legs.push(Leg {
                    side,
                    is_busy: true,
                    next: i64::MAX,
                });
            }
        }
        let message = Message {
            legs: legs.into(),
            busy: count,
            in_hand,
            is_held: state.hold.is_some(),
            at_hand: None,
        };
        let is_next = self.offer(id, &message);
        self.messages.insert(id, message);
        is_next
    }

    /// Takes in a message that somebody is working on: it is not tried before [`Self::put`] after [`Self::released`].
    pub(crate) fn put_busy(&mut self, id: QueueId) {
        let message = Message {
            legs: Box::default(),
            busy: 1,
            in_hand: true,
            is_held: false,
            at_hand: None,
        };
        self.messages.insert(id, message);
    }

    /// Keeps it in memory until it is taken, or anything of it changes.
    pub(super) fn lend(&mut self, id: QueueId, at_hand: Option<Box<AtHand>>) {
        if let Some(message) = self.messages.get_mut(&id) {
            message.at_hand = at_hand;
        }
    }

    /// Gives it back, if it is here.
    pub(super) fn at_hand(&mut self, id: QueueId) -> Option<Box<AtHand>> {
        self.messages.get_mut(&id)?.at_hand.take()
    }

    /// Its custody has ended.
    pub(crate) fn remove(&mut self, id: QueueId) {
        self.withdraw(id);
        if let Some(message) = self.messages.remove(&id) {
            for leg in message.legs.iter().filter(|leg| leg.is_busy) {
                self.sides[usize::from(leg.side)].busy -= 1;
            }
        }
    }

    pub(crate) fn has(&self, id: QueueId) -> bool {
        self.messages.contains_key(&id)
    }

    /// Where it is to go.
    pub(super) fn sides(&self, id: QueueId) -> Vec<Arc<str>> {
        let legs = self.messages.get(&id).map_or(&[][..], |known| &known.legs);
        let name = |leg: &Leg| Arc::clone(&self.sides[usize::from(leg.side)].name);
        legs.iter().map(name).collect()
    }

    /// Whether an attempt is under way.
    pub(crate) fn is_busy(&self, id: QueueId) -> bool {
        self.messages.get(&id).is_some_and(|known| known.busy > 0)
    }

    /// Whether nothing is tried.
    pub(crate) fn is_held(&self, id: QueueId) -> bool {
        self.messages.get(&id).is_some_and(|known| known.is_held)
    }

    /// The next message of `side` that is due at `now`, unless `places` are taken; its leg is under way until
    /// [`Self::done`].
    pub(crate) fn take(&mut self, side: &str, now: i64, places: usize) -> Option<QueueId> {
        let number = self.sides.iter().position(|one| &*one.name == side)?;
        let (next, id) = *self.sides[number].due.first()?;
        if next > now || self.sides[number].busy >= places {
            return None;
        }
        let side = u16::try_from(number).ok()?;
        self.sides[number].due.pop_first();
        self.sides[number].busy += 1;
        let message = self.messages.get_mut(&id)?;
        message.busy += 1;
        let leg = message.legs.iter_mut().find(|leg| leg.side == side)?;
        leg.is_busy = true;
        Some(id)
    }

    /// The leg of `side` is not tried before `next`.
    pub(crate) fn delay(&mut self, id: QueueId, side: &str, next: i64) {
        let number = self.sides.iter().position(|one| &*one.name == side);
        if let (Some(number), Some(message)) = (number, self.messages.get_mut(&id)) {
            for leg in &mut message.legs {
                if usize::from(leg.side) == number && leg.is_busy {
                    leg.next = next;
                }
            }
        }
    }

    /// The attempt at the leg of `side` has ended. Its next time comes with [`Self::put`]. Says whether there is anything
    /// else for that side.
    pub(crate) fn done(&mut self, id: QueueId, side: &str) -> bool {
        let number = self.sides.iter().position(|one| &*one.name == side);
        let waits = |side: Option<&Side>| side.is_some_and(|side| !side.due.is_empty());
        let Some(message) = self.messages.get_mut(&id) else {
            return waits(number.map(|number| &self.sides[number]));
        };
        message.busy = message.busy.saturating_sub(1);
        let Some(number) = number else { return false };
        let side = &mut self.sides[number];
        for leg in &mut message.legs {
            if usize::from(leg.side) == number && leg.is_busy {
                leg.is_busy = false;
                side.busy -= 1;
                if !message.is_held && leg.next < i64::MAX {
                    side.due.insert((leg.next, id));
                }
            }
        }
        waits(Some(side))
    }

    /// Whoever put it in busy is through with it.
    pub(crate) fn released(&mut self, id: QueueId) {
        if let Some(message) = self.messages.get_mut(&id) {
            message.busy = message.busy.saturating_sub(1);
            message.in_hand = false;
        }
    }

    /// Keeps a message from being tried until [`Self::let_go`] or [`Self::put`] after [`Self::released`], if nobody works
    /// on it.
    pub(crate) fn seize(&mut self, id: QueueId) -> Grip {
        match self.messages.get_mut(&id) {
            None => return Grip::Gone,
            Some(known) if known.busy > 0 => return Grip::Busy,
            Some(known) => known.busy = 1,
        }
        self.withdraw(id);
        Grip::Seized
    }

    /// A seized message goes on as it was.
    pub(crate) fn let_go(&mut self, id: QueueId) {
        self.released(id);
        if let Some(message) = self.messages.remove(&id) {
            self.offer(id, &message);
            self.messages.insert(id, message);
        }
    }

    /// What waits for each side, in the order in which they were first seen.
    pub(crate) fn shapes(&self) -> Vec<Shape> {
        let shape = |side: &Side| Shape {
            side: Arc::clone(&side.name),
            waiting: side.due.len(),
            busy: side.busy,
            next: side.due.first().map(|(next, _)| *next),
        };
        self.sides.iter().map(shape).collect()
    }

    fn side(&mut self, name: &str) -> u16 {
        let known = self.sides.iter().position(|one| &*one.name == name);
        let number = known.unwrap_or_else(|| {
            self.sides.push(Side {
                name: name.into(),
                due: BTreeSet::new(),
                busy: 0,
            });
            self.sides.len() - 1
        });
        // There are as many as the configuration ever had sides.
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    fn offer(&mut self, id: QueueId, message: &Message) -> bool {
        if message.is_held || message.in_hand {
            return false;
        }
        let mut is_next = false;
        for leg in message.legs.iter().filter(|leg| !leg.is_busy) {
            let due = &mut self.sides[usize::from(leg.side)].due;
            due.insert((leg.next, id));
            is_next |= due.first() == Some(&(leg.next, id));
        }
        is_next
    }

    fn withdraw(&mut self, id: QueueId) {
        if let Some(message) = self.messages.get(&id) {
            for leg in &message.legs {
                self.sides[usize::from(leg.side)]
                    .due
                    .remove(&(leg.next, id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: usize = 9;

    fn id(number: u64) -> QueueId {
        QueueId::from_number(number)
    }

    fn state(legs: &[(&str, i64)]) -> State {
        let mut state = State::fresh(legs.iter().map(|(side, _)| (*side).to_owned()), 0);
        for (one, (_, next)) in state.recipients.iter_mut().zip(legs) {
            one.next = *next;
        }
        state
    }

    #[test]
    fn the_earliest_is_next_and_sides_do_not_wait_for_each_other() {
        let mut waiting = Waiting::default();
        waiting.put(id(1), &state(&[("notes", 30)]));
        waiting.put(id(2), &state(&[("notes", 10), ("cloud", 20)]));
        assert_eq!(waiting.take("notes", 9, MANY), None);
        assert_eq!(waiting.take("notes", 10, MANY), Some(id(2)));
        assert_eq!(waiting.take("notes", 29, MANY), None);
        assert_eq!(
            waiting.take("cloud", 20, MANY),
            Some(id(2)),
            "while notes is busy"
        );
        assert_eq!(waiting.take("notes", 30, MANY), Some(id(1)));
        assert_eq!(waiting.take("elsewhere", 99, MANY), None);
    }

    #[test]
    fn no_more_are_taken_than_have_a_place() {
        let mut waiting = Waiting::default();
        for number in 1..=3 {
            waiting.put(id(number), &state(&[("notes", 10), ("cloud", 10)]));
        }
        assert_eq!(waiting.take("notes", 10, 0), None);
        assert_eq!(waiting.take("notes", 10, 2), Some(id(1)));
        assert_eq!(waiting.take("notes", 10, 2), Some(id(2)));
        assert_eq!(waiting.take("notes", 10, 2), None);
        assert_eq!(waiting.take("cloud", 10, 2), Some(id(1)), "has its own");
        waiting.remove(id(1));
        assert_eq!(waiting.take("notes", 10, 2), Some(id(3)));
    }

    #[test]
    fn a_leg_under_way_is_not_taken_again() {
        let mut waiting = Waiting::default();
        waiting.put(id(1), &state(&[("notes", 10), ("cloud", 10)]));
        assert_eq!(waiting.take("notes", 10, MANY), Some(id(1)));
        waiting.put(id(1), &state(&[("notes", 10), ("cloud", 50)]));
        assert_eq!(waiting.take("notes", 99, MANY), None);
        waiting.done(id(1), "notes");
        waiting.put(id(1), &state(&[("notes", 60)]));
        assert_eq!(waiting.take("notes", 59, MANY), None);
        assert_eq!(waiting.take("cloud", 99, MANY), None);
        assert_eq!(waiting.take("notes", 60, MANY), Some(id(1)));
        assert!(waiting.is_busy(id(1)));
        waiting.remove(id(1));
        assert!(!waiting.has(id(1)));
        assert!(waiting.shapes().iter().all(|side| side.busy == 0));
    }

    #[test]
    fn what_is_seized_is_not_taken_until_it_is_let_go() {
        let mut waiting = Waiting::default();
        waiting.put(id(1), &state(&[("notes", 10), ("cloud", 10)]));
        assert_eq!(waiting.seize(id(2)), Grip::Gone);
        assert_eq!(waiting.seize(id(1)), Grip::Seized);
        assert_eq!(waiting.seize(id(1)), Grip::Busy);
        assert_eq!(waiting.take("notes", 99, MANY), None);
        waiting.let_go(id(1));
        assert_eq!(waiting.take("notes", 99, MANY), Some(id(1)));
        assert_eq!(waiting.seize(id(1)), Grip::Busy, "while an attempt runs");
        waiting.done(id(1), "notes");
        assert_eq!(waiting.seize(id(1)), Grip::Seized);
        waiting.released(id(1));
        waiting.put(id(1), &state(&[("cloud", 20)]));
        assert_eq!(waiting.take("cloud", 20, MANY), Some(id(1)));
    }

    #[test]
    fn what_could_not_be_read_comes_later() {
        let mut waiting = Waiting::default();
        waiting.put(id(1), &state(&[("notes", 10)]));
        assert_eq!(waiting.take("notes", 10, MANY), Some(id(1)));
        waiting.delay(id(1), "notes", 70);
        waiting.done(id(1), "notes");
        assert_eq!(waiting.take("notes", 69, MANY), None);
        assert_eq!(waiting.take("notes", 70, MANY), Some(id(1)));
    }

    #[test]
    fn who_waits_for_the_next_one_is_told() {
        let mut waiting = Waiting::default();
        assert!(waiting.put(id(1), &state(&[("notes", 30)])));
        assert!(
            !waiting.put(id(2), &state(&[("notes", 30)])),
            "it is the second"
        );
        assert!(waiting.put(id(3), &state(&[("notes", 40), ("cloud", 90)])));
        assert!(waiting.put(id(4), &state(&[("notes", 20)])));
        let held = State {
            hold: Some("the operator".to_owned()),
            ..state(&[("notes", 10)])
        };
        assert!(!waiting.put(id(5), &held));
        assert_eq!(waiting.take("cloud", 90, MANY), Some(id(3)));
        assert!(
            !waiting.put(id(3), &state(&[("cloud", 95)])),
            "it is under way"
        );
        assert!(waiting.done(id(3), "cloud"), "it waits again");
        assert_eq!(waiting.take("cloud", 95, MANY), Some(id(3)));
        waiting.remove(id(3));
        assert!(!waiting.done(id(3), "cloud"), "nobody waits for that side");
        assert_eq!(waiting.take("notes", 20, MANY), Some(id(4)));
        waiting.remove(id(4));
        assert!(waiting.done(id(4), "notes"), "others wait");
    }

    #[test]
    fn what_is_held_or_in_hand_is_not_taken() {
        let mut waiting = Waiting::default();
        let held = State {
            hold: Some("the operator".to_owned()),
            ..state(&[("notes", 10)])
        };
        waiting.put(id(1), &held);
        waiting.put_busy(id(2));
        assert_eq!(waiting.take("notes", 99, MANY), None);
        assert!(waiting.is_held(id(1)) && !waiting.is_held(id(2)));
        let is_next = waiting.put(id(2), &state(&[("notes", 10)]));
        assert!(!is_next, "what is noted of it offers it to nobody");
        assert_eq!(waiting.take("notes", 99, MANY), None);
        waiting.released(id(2));
        waiting.put(id(2), &state(&[("notes", 10)]));
        assert_eq!(waiting.take("notes", 99, MANY), Some(id(2)));
        waiting.put(id(1), &state(&[("notes", 10)]));
        assert_eq!(waiting.take("notes", 99, MANY), Some(id(1)));
        assert_eq!(waiting.len(), 2);
    }
}
