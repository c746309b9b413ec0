//! What came of it.

use std::fmt;

use serde_json::json;
use testbed::witness::Letter;

use super::sides::Sides;

/// What a way of the gateway may have on its way at a time.
pub(super) const PLACES: usize = 20;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    seed: u64,
    pub(super) kills: u64,
    /// How often each side went.
    cuts: [u64; 2],
    pub(super) seconds: u64,
    pub(super) begun: usize,
    accepted: usize,
    /// At Notes, at the other side, and reports: that have come, that should have and have not, and copies too many.
    came: [usize; 3],
    lost: [Vec<usize>; 3],
    extra: usize,
    damaged: Vec<String>,
    /// Arrivals just before a kill, of all kills.
    unnoted: usize,
}

impl Tally {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// So many arrived just before.
    pub(super) fn killed(&mut self, unnoted: usize) {
        self.kills += 1;
        self.unnoted += unnoted;
    }

    pub(super) fn close(
        &mut self,
        letters: &[Letter],
        sides: &Sides,
        is_reported: fn(Letter) -> bool,
    ) {
        self.accepted = letters.len();
        self.cuts = sides.cuts;
        let numbers = |list: Vec<Letter>| list.into_iter().map(|letter| letter.0).collect();
        self.lost = sides.missing(letters, is_reported).map(numbers);
        for (number, arrivals) in sides.arrivals.iter().enumerate() {
            self.came[number] = arrivals.count();
            self.extra += arrivals.extra();
            self.damaged.extend(arrivals.damaged());
        }
    }

    /// A kill may double what was on its way to any hop, or arrived and was not noted on the disk; a cut what was on its way to
    /// that hop, and what Postfix passed on just then.
    fn extra_max(&self) -> usize {
        let times = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let [notes, other] = self.cuts;
        let ways = 3 * times(self.kills) + 2 * times(notes) + times(other);
        PLACES * ways + self.unnoted
    }

    pub(super) fn is_sound(&self) -> bool {
        self.faults().is_empty()
    }

    /// For people; empty: none.
    pub(super) fn faults(&self) -> String {
        let mut faults = Vec::new();
        let names = ["lost at Notes", "lost at the other side", "not reported"];
        for (list, what) in self.lost.iter().zip(names) {
            if !list.is_empty() {
                let some: Vec<_> = list.iter().take(20).collect();
                faults.push(format!("{} {what}: {some:?}", list.len()));
            }
        }
        if let Some(first) = self.damaged.first() {
            faults.push(format!("{} damaged: {first}", self.damaged.len()));
        }
        if self.extra > self.extra_max() {
            faults.push(format!("{} copies too many", self.extra));
        }
        faults.join("; ")
    }

    pub(super) fn json(&self) -> serde_json::Value {
        json!({
            "seed": self.seed,
            "kills": self.kills,
            "cuts": { "notes": self.cuts[0], "other": self.cuts[1] },
            "seconds": self.seconds,
            "begun": self.begun,
            "accepted": self.accepted,
            "delivered": { "notes": self.came[0], "other": self.came[1] },
            "reported": self.came[2],
            "lost": { "notes": self.lost[0], "other": self.lost[1], "reports": self.lost[2] },
            "damaged": self.damaged,
            "duplicates": self.extra,
            "duplicates_at_most": self.extra_max(),
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [notes, other] = self.cuts;
        let [at_notes, at_other, reports] = self.came;
        let lost: usize = self.lost.iter().map(Vec::len).sum();
        writeln!(
            f,
            "{} kills (seed {}), Postfix ended {notes} times, the sink {other} times, {} s",
            self.kills, self.seed, self.seconds
        )?;
        writeln!(
            f,
            "{} messages begun, {} acknowledged: {at_notes} arrived behind Postfix, {at_other} at the sink, {reports} \
             reports; {lost} lost, {} damaged",
            self.begun,
            self.accepted,
            self.damaged.len(),
        )?;
        write!(
            f,
            "{} copies came twice, of at most {} that may",
            self.extra,
            self.extra_max()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_damaged_or_doubled_too_often_is_a_fault() {
        let check = |change: fn(&mut Tally), expected: &str| {
            let mut tally = Tally::new(1);
            tally.killed(5);
            change(&mut tally);
            assert_eq!(tally.faults(), expected);
            assert_eq!(tally.is_sound(), expected.is_empty());
        };
        check(|_| {}, "");
        check(|tally| tally.lost[0].push(7), "1 lost at Notes: [7]");
        check(|tally| tally.lost[2].push(7), "1 not reported: [7]");
        check(
            |tally| tally.damaged.push("number 7".to_owned()),
            "1 damaged: number 7",
        );
        check(|tally| tally.extra = 3 * PLACES + 5, "");
        check(|tally| tally.extra = 3 * PLACES + 6, "66 copies too many");
        check(
            |tally| {
                tally.cuts = [1, 1];
                tally.extra = 6 * PLACES + 5;
            },
            "",
        );
    }
}
