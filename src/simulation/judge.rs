//! What must be true of every run, by what clients and hops saw.
//!
//! 1. Who was told 250 has lost nobody: each recipient was delivered, or its sender was told, or is still in the spool.
//! 2. A copy more than one is allowed for each reply that was lost, and for each crash between a hop's 250 and the note
//!    of it. After a 250 that was heard and noted nobody is asked again.
//! 3. A recipient is delivered where the directory says that it lives, and never where its message came from unless it
//!    has moved there since.
//! 4. What a client was refused is not delivered, unless the hop's own word was lost.
//! 5. A report is about something that has happened, goes to who wants it, and is made once.
//! 6. Nothing of a message is altered below our trace fields.
//! 7. Everything comes to an end: what is left in the spool is on hold, for a reason.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::life::SLOWEST;
use super::people::Home;
use super::remains::Remain;
use super::report::{Action, Report};
use super::setting::Setting;
use super::witness::{Addressee, Letter, Taking, Witness};
use crate::queue::Fate;

/// Everything there is to judge by.
pub(super) struct Case<'a> {
    pub(super) witness: &'a Witness,
    pub(super) setting: &'a Setting,
    pub(super) remains: &'a [Remain],
    reports: Vec<Seen>,
    /// Takings of clients' messages, by message.
    copies: BTreeMap<usize, Vec<&'a Taking>>,
}

/// A report, and where it was seen.
struct Seen {
    report: Report,
    /// Who got it.
    to: Vec<String>,
    /// `None`: it is still in the spool.
    at: Option<Instant>,
}

impl<'a> Case<'a> {
    pub(super) fn of(witness: &'a Witness, setting: &'a Setting, remains: &'a [Remain]) -> Self {
        let mut copies: BTreeMap<usize, Vec<&Taking>> = BTreeMap::new();
        let mut reports = Vec::new();
        for taking in &witness.takings {
            match (taking.letter(), Report::read(&taking.content)) {
                (Some(number), _) => copies.entry(number).or_default().push(taking),
                (None, Some(report)) => reports.push(Seen {
                    report,
                    to: taking.recipients.clone(),
                    at: Some(taking.taken),
                }),
                (None, None) => {}
            }
        }
        for remain in remains.iter().filter(|one| one.letter.is_none()) {
            reports.extend(Report::read(&remain.content).map(|report| Seen {
                report,
                to: remain.recipients.iter().map(|(to, _)| to.clone()).collect(),
                at: None,
            }));
        }
        Self {
            witness,
            setting,
            remains,
            reports,
            copies,
        }
    }

    /// Reports that were made.
    pub(super) fn reports(&self) -> usize {
        self.reports.len()
    }

    /// Everything that should not have happened.
    pub(super) fn violations(&self) -> Vec<String> {
        let mut found = self.witness.panics.clone();
        for (number, letter) in self.witness.letters.iter().enumerate() {
            for one in &letter.recipients {
                let complaints = [
                    self.lost(number, letter, one),
                    self.repeated(number, letter, one),
                    self.unwanted(number, letter, one),
                ];
                let who = |what| format!("m{number} to {}: {what}", one.address);
                found.extend(complaints.into_iter().flatten().map(who));
                found.extend(self.misled(number, letter, one).into_iter().map(who));
            }
        }
        found.extend(
            self.witness
                .takings
                .iter()
                .filter_map(|one| self.altered(one)),
        );
        found.extend(self.reports.iter().flat_map(|seen| self.unfounded(seen)));
        found.extend(self.remains.iter().filter_map(|one| self.stuck(one)));
        found
    }

    /// 1.
    fn lost(&self, number: usize, letter: &Letter, one: &Addressee) -> Option<String> {
        if !letter.is_acknowledged() || one.said != Some(250) {
            return None;
        }
        let is_here = |remain: &&Remain| remain.letter == Some(number);
        let kept = self.remains.iter().filter(is_here).any(|remain| {
            let of = |(to, fate): &(String, Fate)| *to == one.address && *fate != Fate::Delivered;
            remain.recipients.iter().any(of)
        });
        let told = self.told(number, one, Action::Failed).next().is_some();
        let nobody_asks = !wants(one, Action::Failed) && self.may_fail(letter, one, None);
        let delivered = self.copies(number, one).next().is_some();
        (!(delivered || told || kept || nobody_asks))
            .then(|| "it was acknowledged and is lost".to_owned())
    }

    /// 2.
    fn repeated(&self, number: usize, letter: &Letter, one: &Addressee) -> Option<String> {
        let copies: Vec<_> = self.copies(number, one).collect();
        for first in &copies {
            let Some(heard) = first.heard.get() else {
                let excused =
                    first.is_lost || self.breaks_between(first.begun, first.taken + REPLY);
                if !excused {
                    return Some("a hop's 250 was not waited for".to_owned());
                }
                continue;
            };
            if self.breaks_between(*heard, self.noted(letter, *heard)) {
                continue;
            }
            let is_again = |other: &&&Taking| other.begun > *heard;
            if copies.iter().find(is_again).is_some() {
                return Some("it was delivered again after its 250 was heard and noted".to_owned());
            }
        }
        let clean = copies.iter().filter(|one| {
            one.heard
                .get()
                .is_some_and(|heard| !self.breaks_between(*heard, self.noted(letter, *heard)))
        });
        (clean.count() > 1).then(|| "it was delivered twice".to_owned())
    }

    /// 3.
    fn misled(&self, number: usize, letter: &Letter, one: &Addressee) -> Vec<String> {
        let people = &self.witness.people;
        let Some(person) = one.person else {
            let copies = self.copies(number, one);
            return copies
                .map(|_| "nobody has that address".to_owned())
                .collect();
        };
        let mut found = Vec::new();
        for copy in self.copies(number, one) {
            let Some(home) = copy.home else {
                found.push("it went to the internet".to_owned());
                continue;
            };
            let in_person = letter.ended.is_none_or(|ended| copy.begun <= ended);
            let since = match in_person || !self.setting.fits_one_envelope {
                true => one.asked,
                false => one.asked.max(copy.begun - DECIDED),
            };
            if !people.lived(person, home, since, copy.begun) {
                found.push(format!(
                    "it was delivered on {home:?}, where it did not live"
                ));
            }
            let came_back = people.lived(person, home.other(), one.asked, copy.begun)
                || self.was_nowhere(person, one.asked, copy.begun);
            if letter.from == Some(home) && !came_back {
                found.push("it was given back to the side that it came from".to_owned());
            }
        }
        found
    }

    /// 4.
    fn unwanted(&self, number: usize, letter: &Letter, one: &Addressee) -> Option<String> {
        let mut copies = self.copies(number, one);
        if one.said.is_some_and(|code| code != 250) && copies.next().is_some() {
            return Some("it was refused at RCPT and delivered".to_owned());
        }
        let is_refused = letter.said.is_some_and(|(_, code)| code != 250);
        let is_clean = |copy: &&Taking| !copy.is_lost && copy.heard.get().is_some();
        if is_refused
            && !self.has_failed_disk(letter)
            && self.copies(number, one).any(|one| is_clean(&one))
        {
            return Some("its sender was refused, and it was delivered".to_owned());
        }
        None
    }

    /// 5.
    fn unfounded(&self, seen: &Seen) -> Vec<String> {
        let report = &seen.report;
        let Some(letter) = self.witness.letters.get(report.letter) else {
            return vec![format!("{report:?} is about nothing")];
        };
        let mut found = Vec::new();
        for (to, action) in &report.fates {
            let Some(one) = letter.recipients.iter().find(|one| one.address == *to) else {
                found.push(format!("{report:?} is about a stranger"));
                continue;
            };
            let number = report.letter;
            let has_happened = match action {
                Action::Failed => self.may_fail(letter, one, seen.at),
                Action::Delayed => false, // no message of a run is so old
                Action::Relayed => self.copies(number, one).next().is_some(),
            };
            let mut others = self.told(number, one, *action);
            let complaint = if one.said != Some(250) {
                "a recipient who was refused"
            } else if !has_happened {
                "what did not happen"
            } else if !wants(one, *action) {
                "what nobody wants to hear"
            } else if others.any(|other| other.report.id != report.id) {
                "what another report is about"
            } else if letter.reverse.is_empty() || seen.to != [letter.reverse.clone()] {
                "somebody else's message"
            } else if letter.said.is_some_and(|(_, code)| code != 250)
                && !self.has_failed_disk(letter)
            {
                "a message that was refused"
            } else {
                continue;
            };
            found.push(format!(
                "m{number}: {} of {to} is about {complaint}",
                report.id
            ));
        }
        found
    }

    /// 6.
    fn altered(&self, taking: &Taking) -> Option<String> {
        let Some(number) = taking.letter() else {
            let is_whole = Report::read(&taking.content).is_some();
            return (!is_whole).then(|| format!("nobody wrote this: {:?}", taking.content));
        };
        let letter = self.witness.letters.get(number)?;
        let is_sound = taking.content.ends_with(&letter.content)
            && taking.content.starts_with(b"Received: ")
            && taking.reverse == letter.reverse;
        (!is_sound).then(|| format!("m{number} was altered"))
    }

    /// 7.
    fn stuck(&self, remain: &Remain) -> Option<String> {
        let failed = remain
            .recipients
            .iter()
            .any(|(_, fate)| *fate == Fate::Failed);
        let why = remain.hold.as_deref().unwrap_or("");
        let is_set_aside = failed && why == "it was refused and has no sender who could be told";
        (!is_set_aside).then(|| {
            let (id, letter) = (remain.id, remain.letter);
            format!("{id} ({letter:?}) is left: {why:?} {:?}", remain.recipients)
        })
    }

    /// Copies that hops took for this recipient.
    fn copies(&self, number: usize, one: &Addressee) -> impl Iterator<Item = &'a Taking> {
        let copies = self.copies.get(&number).map_or(&[][..], Vec::as_slice);
        let (local, _) = one.address.split_once('@').unwrap_or((&one.address, ""));
        let local = format!("{local}@");
        copies
            .iter()
            .copied()
            .filter(move |copy| copy.recipients.iter().any(|to| to.starts_with(&local)))
    }

    /// Reports that say so of this recipient.
    fn told(&self, number: usize, one: &Addressee, action: Action) -> impl Iterator<Item = &Seen> {
        let address = one.address.clone();
        let says = move |seen: &&Seen| {
            let mut fates = seen.report.fates.iter();
            seen.report.letter == number && fates.any(|(to, was)| *to == address && *was == action)
        };
        self.reports.iter().filter(says)
    }

    /// Whether a hop refused this recipient, or time was up, before `by`.
    fn may_fail(&self, letter: &Letter, one: &Addressee, by: Option<Instant>) -> bool {
        let by = by.unwrap_or_else(Instant::now);
        let (local, _) = one.address.split_once('@').unwrap_or((&one.address, ""));
        let refused = self.witness.refusals.iter().any(|refusal| {
            let concerns = refusal.recipient == "*"
                || refusal
                    .recipient
                    .split_once('@')
                    .is_some_and(|(to, _)| to == local);
            concerns
                && refusal.reverse == letter.reverse
                && refusal.at <= by
                && refusal.at >= letter.began
        });
        refused || by - letter.began + SECOND >= self.setting.config.spool.expire
    }

    /// When it is on the disk that a hop took it, at the latest.
    fn noted(&self, letter: &Letter, heard: Instant) -> Instant {
        let ended = letter.ended.unwrap_or(heard);
        let settled = if self.setting.fits_one_envelope {
            heard
        } else {
            heard + PORTIONS
        };
        let noted = settled.max(if heard <= ended { ended } else { heard }) + NOTE;
        let mut failures = self.witness.disk_failures.iter();
        let fails = failures.rfind(|at| (heard..=noted).contains(at));
        fails.map_or(noted, |at| *at + WRITTEN_AGAIN + NOTE)
    }

    fn breaks_between(&self, from: Instant, to: Instant) -> bool {
        self.witness
            .crashes
            .iter()
            .any(|at| (from..=to).contains(at))
    }

    /// A disk failed while this message was on its way from its client.
    fn has_failed_disk(&self, letter: &Letter) -> bool {
        let until = letter.ended.unwrap_or(letter.began) + NOTE;
        self.witness
            .disk_failures
            .iter()
            .any(|at| (letter.began..=until).contains(at))
    }

    fn was_nowhere(&self, person: usize, from: Instant, to: Instant) -> bool {
        let people = &self.witness.people;
        !Home::ALL
            .iter()
            .any(|home| people.lived(person, *home, from, from))
            || people.was_away(person, from, to)
    }
}

/// Whether the sender of a message wants to hear that (RFC 3461 §4.1).
fn wants(one: &Addressee, action: Action) -> bool {
    match (one.notify, action) {
        (None, Action::Failed | Action::Delayed) => true,
        (None, Action::Relayed) => false,
        (Some(asked), Action::Failed) => asked.contains("FAILURE"),
        (Some(asked), Action::Delayed) => asked.contains("DELAY"),
        (Some(asked), Action::Relayed) => asked.contains("SUCCESS"),
    }
}

const SECOND: Duration = Duration::from_secs(1);
/// A settlement waits for company, for a group before it, and for its own.
const NOTE: Duration = Duration::from_millis(50 + 3 * SLOWEST);
/// What a disk refused is written again.
const WRITTEN_AGAIN: Duration = Duration::from_secs(5);
/// A message that goes to a side in several envelopes is noted after the last.
const PORTIONS: Duration = Duration::from_secs(20 * 60);
/// A reply has arrived.
const REPLY: Duration = Duration::from_secs(1);
/// From the decision on a recipient to the envelope at its hop: as long as contact may take.
const DECIDED: Duration = Duration::from_secs(61);
