//! What one network has done of late.

use std::time::Duration;

use smtp::reply::Reply;
use tokio::time::Instant;

use super::harvest::{Harvest, Judgement};
use crate::config::Limits;
use crate::limits::POSTMASTER_TRANSACTIONS;

/// Counts by the minute, and the unknown recipients of a longer while.
#[derive(Debug)]
pub(super) struct Account {
    minute: Minute,
    harvest: Harvest,
}

#[derive(Debug)]
struct Minute {
    since: Instant,
    connections: u32,
    messages: u32,
    recipients: u32,
    /// For postmasters, beyond the bound of messages.
    duties: u32,
    /// That there were too many has been told.
    is_told: bool,
}

/// One past a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Excess {
    pub(super) reply: Reply,
    pub(super) what: &'static str,
    /// For the first time in this minute.
    pub(super) is_new: bool,
}

impl Account {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            minute: Minute::new(now),
            harvest: Harvest::new(now),
        }
    }

    /// One more connection.
    pub(super) fn connect(&mut self, limits: &Limits, now: Instant) -> Result<(), Excess> {
        if self.is_shut(limits, now) {
            return Err(Excess {
                reply: Reply::TOO_MANY_UNKNOWN,
                what: "",
                is_new: false, // it was told when it was shut
            });
        }
        let (minute, most) = (self.minute(now), limits.new_connections_per_client);
        if has_room(&mut minute.connections, most) {
            return Ok(());
        }
        Err(minute.excess(Reply::TOO_MANY_NEW_CONNECTIONS, "connections"))
    }

    /// One more message.
    pub(super) fn message(&mut self, limits: &Limits, now: Instant) -> Result<(), Excess> {
        let (minute, most) = (self.minute(now), limits.messages_per_client);
        if has_room(&mut minute.messages, most) {
            return Ok(());
        }
        Err(minute.excess(Reply::TOO_FAST, "messages"))
    }

    /// One more recipient.
    pub(super) fn recipient(&mut self, limits: &Limits, now: Instant) -> Result<(), Excess> {
        let (minute, most) = (self.minute(now), limits.recipients_per_client);
        if has_room(&mut minute.recipients, most) {
            return Ok(());
        }
        Err(minute.excess(Reply::RECIPIENTS_TOO_FAST, "recipients"))
    }

    /// One more postmaster beyond the bound of messages.
    pub(super) fn duty(&mut self, now: Instant) -> bool {
        has_room(&mut self.minute(now).duties, POSTMASTER_TRANSACTIONS)
    }

    pub(super) fn taken(&mut self, count: u32, now: Instant) {
        self.harvest.taken(count, now);
    }

    pub(super) fn unknown(&mut self, weight: u32, limits: &Limits, now: Instant) -> Judgement {
        self.harvest.unknown(weight, limits.unknown_per_client, now)
    }

    /// Whoever talks before the greeting is told of once a minute.
    pub(super) fn is_news(&mut self, now: Instant) -> bool {
        !std::mem::replace(&mut self.minute(now).is_told, true)
    }

    /// Nothing of it will matter any more.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.minute.is_over(now) && self.harvest.is_over(now)
    }

    fn is_shut(&self, limits: &Limits, now: Instant) -> bool {
        limits.unknown_per_client > 0 && self.harvest.is_shut(now)
    }

    fn minute(&mut self, now: Instant) -> &mut Minute {
        if self.minute.is_over(now) {
            self.minute = Minute::new(now);
        }
        &mut self.minute
    }
}

impl Minute {
    fn new(now: Instant) -> Self {
        Self {
            since: now,
            connections: 0,
            messages: 0,
            recipients: 0,
            duties: 0,
            is_told: false,
        }
    }

    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= MINUTE
    }

    fn excess(&mut self, reply: Reply, what: &'static str) -> Excess {
        Excess {
            reply,
            what,
            is_new: !std::mem::replace(&mut self.is_told, true),
        }
    }
}

/// One more, where so many may be; 0: any number.
fn has_room(count: &mut u32, most: u32) -> bool {
    let has_room = most == 0 || *count < most;
    if has_room {
        *count = count.saturating_add(1);
    }
    has_room
}

pub(super) const MINUTE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::super::tests::limits;
    use super::*;

    /// What a bound of three does, in this minute and in the next.
    fn check(limits: &Limits, step: fn(&mut Account, &Limits, Instant) -> bool, most: u32) {
        let begin = Instant::now();
        let mut account = Account::new(begin);
        for _ in 0..most {
            assert!(step(&mut account, limits, begin));
        }
        let last = begin + MINUTE - Duration::from_millis(1);
        assert!(!step(&mut account, limits, last), "one past the bound");
        assert!(step(&mut account, limits, begin + MINUTE), "a new minute");
    }

    #[test]
    fn every_rate_is_by_the_minute() {
        let mut limits = limits();
        limits.new_connections_per_client = 3;
        limits.messages_per_client = 3;
        limits.recipients_per_client = 3;
        check(&limits, |a, l, now| a.connect(l, now).is_ok(), 3);
        check(&limits, |a, l, now| a.message(l, now).is_ok(), 3);
        check(&limits, |a, l, now| a.recipient(l, now).is_ok(), 3);
        check(&limits, |a, _, now| a.duty(now), POSTMASTER_TRANSACTIONS);
    }

    #[test]
    fn an_excess_is_news_once_a_minute() {
        let mut limits = limits();
        limits.messages_per_client = 1;
        let begin = Instant::now();
        let mut account = Account::new(begin);
        let mut news = |now| {
            let excess = (0..5).filter_map(|_| account.message(&limits, now).err());
            excess.filter(|excess| excess.is_new).count()
        };
        assert_eq!(news(begin), 1);
        assert_eq!(news(begin + MINUTE), 1);
    }

    #[test]
    fn a_table_full_of_them_has_a_known_size() {
        assert!(size_of::<Account>() <= 104, "{}", size_of::<Account>());
    }
}
