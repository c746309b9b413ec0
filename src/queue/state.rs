//! How far a message in custody has come: the fate of each recipient, and when it is tried next.
//!
//! Pure: the time is an argument. What is here is what the spool keeps, as JSON; the latest counts.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use smtp::Enhanced;
use smtp::reply::Class;

use crate::limits;
use crate::transaction::Word;

/// The state of one message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// In the order of the envelope.
    pub(crate) recipients: Vec<Recipient>,
    /// Why nothing is tried; `None`: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hold: Option<String>,
    /// How often an attempt broke off by a fault of ours.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) crashes: u32,
    /// How often in a row the process died while it was tried alone.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) deaths: u32,
    /// Where it was before it was ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) adopted: Option<Box<super::adoption::Mark>>,
}

/// The state of one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recipient {
    pub(crate) fate: Fate,
    /// Where it goes, as was decided last.
    pub(crate) side: String,
    /// Attempts that were answered, or should have been.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) attempts: u32,
    /// Not before this; seconds since 1970.
    pub(crate) next: i64,
    /// When it was tried last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tried: Option<i64>,
    /// The hop that was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hop: Option<String>,
    /// Its reply, word for word, or what we saw instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) said: Option<Said>,
    /// The sender knows that it takes long.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) warned: bool,
}

/// What becomes of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fate {
    /// Nothing yet.
    Waiting,
    /// A hop took it.
    Delivered,
    /// Nobody tries any more, and whoever wants to know is told.
    Failed,
}

/// The last word on a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Said {
    /// Of the last reply, or the nearest to what we saw.
    pub(crate) status: (u8, u16, u16),
    /// Lines are parted by line ends.
    pub(crate) text: String,
    /// A hop said it.
    pub(crate) by_hop: bool,
}

/// When to try again, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience<'a> {
    /// Waits between attempts; the last repeats.
    pub(crate) retry: &'a [Duration],
    /// From the reception on.
    pub(crate) expire: Duration,
    pub(crate) received: i64,
    /// Spreads what failed together; any number that stays the same for a message.
    pub(crate) seed: u64,
}

/// What changed for a recipient in a way that somebody may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// A hop took it.
    Delivered {
        /// It will not report itself.
        is_silent: bool,
    },
    /// Refused, or too old.
    Failed {
        /// Too old.
        expired: bool,
    },
    /// An operator ended it.
    Removed,
    /// It has waited long.
    Delayed,
}

impl State {
    /// Every recipient is to be tried at `now`.
    pub(crate) fn fresh(sides: impl Iterator<Item = String>, now: i64) -> Self {
        let recipients = sides.map(|side| Recipient {
            fate: Fate::Waiting,
            side,
            attempts: 0,
            next: now,
            tried: None,
            hop: None,
            said: None,
            warned: false,
        });
        Self {
            recipients: recipients.collect(),
            ..Self::default()
        }
    }

    /// Nothing is known but that nothing is to be tried.
    pub(crate) fn held(why: &str) -> Self {
        Self {
            hold: Some(why.to_owned()),
            ..Self::default()
        }
    }

    /// Whether custody can end.
    pub(crate) fn is_settled(&self) -> bool {
        self.waiting().next().is_none()
    }

    /// Whether nothing is left to be done, by us or by an operator.
    pub(crate) fn is_over(&self) -> bool {
        self.is_settled() && self.hold.is_none()
    }

    /// What was news of a recipient has not happened, but that a hop took it. It is tried again, not before `next`.
    pub(crate) fn take_back(&mut self, number: usize, news: News, next: i64) {
        let Some(one) = self.recipients.get_mut(number) else {
            return;
        };
        match news {
            News::Failed { .. } | News::Removed => {
                one.fate = Fate::Waiting;
                one.next = next;
            }
            News::Delayed => one.warned = false,
            News::Delivered { .. } => {}
        }
    }

    /// Whether somebody will not get it.
    pub(crate) fn has_failed(&self) -> bool {
        self.recipients.iter().any(|one| one.fate == Fate::Failed)
    }

    /// Those whose fate is open, by their number.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (usize, &Recipient)> {
        let numbered = self.recipients.iter().enumerate();
        numbered.filter(|(_, one)| one.fate == Fate::Waiting)
    }

    /// For each side the time of its next attempt, the earliest first.
    pub(crate) fn legs(&self) -> Vec<(&str, i64)> {
        let mut legs: Vec<(&str, i64)> = Vec::new();
        for (_, one) in self.waiting() {
            match legs.iter_mut().find(|(side, _)| *side == one.side) {
                Some((_, next)) => *next = one.next.min(*next),
                None => legs.push((&one.side, one.next)),
            }
        }
        legs.sort_by_key(|(_, next)| *next);
        legs
    }

    /// Takes down what was said of a recipient, and says what is news in it.
    pub(crate) fn heard(
        &mut self,
        number: usize,
        word: &Word,
        now: i64,
        patience: &Patience<'_>,
    ) -> Option<News> {
        let one = self.recipients.get_mut(number)?;
        if one.fate != Fate::Waiting {
            return None;
        }
        one.tried = Some(now);
        one.hop = word.hop.as_ref().map(|told| told.hop.clone());
        one.said = Some(Said::of(word));
        match word.answer.class() {
            Class::Positive => {
                one.fate = Fate::Delivered;
                Some(News::Delivered {
                    is_silent: !word.hop_reports,
                })
            }
            Class::Permanent => {
                one.fate = Fate::Failed;
                Some(News::Failed { expired: false })
            }
            Class::Transient | Class::Intermediate => {
                let wait = patience.wait(one.attempts);
                one.attempts = one.attempts.saturating_add(1);
                one.next = now.saturating_add(wait);
                Self::aged(one, now, patience)
            }
        }
    }

    /// What the passing of time alone changes.
    fn aged(one: &mut Recipient, now: i64, patience: &Patience<'_>) -> Option<News> {
        let age = Duration::from_secs(u64::try_from(now - patience.received).unwrap_or(0));
        if age >= patience.expire {
            one.fate = Fate::Failed;
            return Some(News::Failed { expired: true });
        }
        let late = !one.warned && age >= limits::DELAY_WARNING;
        one.warned |= late;
        late.then_some(News::Delayed)
    }
}

impl Said {
    fn of(word: &Word) -> Self {
        let class = match word.answer.class() {
            Class::Positive | Class::Intermediate => 2,
            Class::Transient => 4,
            Class::Permanent => 5,
        };
        let enhanced = word.answer.enhanced();
        let status = enhanced.map_or(
            (class, 0, 0),
            |Enhanced {
                 subject, detail, ..
             }| { (class, subject, detail) },
        );
        match &word.reply {
            Some(reply) => Self {
                status,
                text: verbatim(reply),
                by_hop: true,
            },
            None => Self {
                status,
                text: word.answer.to_string(),
                by_hop: false,
            },
        }
    }

    /// As a report wants it.
    pub(crate) fn enhanced(&self) -> Enhanced {
        let (class, subject, detail) = self.status;
        Enhanced {
            class,
            subject,
            detail,
        }
    }
}

impl Patience<'_> {
    /// Seconds until the next attempt, spread by a fifth in each direction: what failed together need not come back
    /// together.
    fn wait(&self, attempts: u32) -> i64 {
        let last = self.retry.len().saturating_sub(1);
        let index = usize::try_from(attempts).map_or(last, |attempts| attempts.min(last));
        let wait = self.retry.get(index).copied().unwrap_or(DEFAULT_WAIT);
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX / 1000);
        let mix = (self.seed ^ u64::from(attempts)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let spread = 800 + mix % 401;
        let millis = millis.saturating_mul(spread) / 1000;
        i64::try_from(millis.div_ceil(1000))
            .unwrap_or(i64::MAX)
            .max(1)
    }
}

const DEFAULT_WAIT: Duration = Duration::from_secs(60);

/// Codes and text of every line, as the hop wrote them.
fn verbatim(reply: &smtp::HopReply) -> String {
    let code = reply.code.value();
    let enhanced = reply
        .enhanced
        .map_or(String::new(), |one| format!("{one} "));
    let last = reply.lines.len().saturating_sub(1);
    let lines = reply.lines.iter().enumerate().map(|(number, line)| {
        let mark = if number < last { '-' } else { ' ' };
        format!("{code}{mark}{enhanced}{line}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use smtp::{HopReply, Reply};

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn patience(retry: &[Duration]) -> Patience<'_> {
        Patience {
            retry,
            expire: Duration::from_secs(5 * 24 * 3600),
            received: 0,
            seed: 7,
        }
    }

    fn word(reply: &str) -> Word {
        let reply = HopReply::parse(reply).expect("a reply");
        let verdict = crate::deliver::Verdict::of(&reply, crate::deliver::Trust::Side);
        Word {
            answer: match verdict {
                crate::deliver::Verdict::Accept => Reply::ACCEPTED.into(),
                crate::deliver::Verdict::Defer(answer)
                | crate::deliver::Verdict::Refuse(answer) => answer,
            },
            reply: Some(reply),
            hop: None,
            hop_reports: false,
        }
    }

    #[test]
    fn words_become_fates() {
        let check = |reply: &str, fate, news, said: &str| {
            let mut state = State::fresh(["notes".to_owned()].into_iter(), 0);
            let found = state.heard(0, &word(reply), 10, &patience(&[MINUTE]));
            assert_eq!((state.recipients[0].fate, found), (fate, news), "{reply}");
            let text = state.recipients[0].said.as_ref().map(|said| &*said.text);
            assert_eq!(text, Some(said));
        };
        check(
            "250 2.0.0 ok\r\n",
            Fate::Delivered,
            Some(News::Delivered { is_silent: true }),
            "250 2.0.0 ok",
        );
        let failed = Some(News::Failed { expired: false });
        check(
            "550-5.1.1 no\r\n550 5.1.1 such\r\n",
            Fate::Failed,
            failed,
            "550-5.1.1 no\n550 5.1.1 such",
        );
        check(
            "451 4.3.2 later\r\n",
            Fate::Waiting,
            None,
            "451 4.3.2 later",
        );
    }

    #[test]
    fn waits_grow_and_are_spread_by_a_fifth() {
        let retry = [MINUTE, 5 * MINUTE];
        for (attempts, wait) in [(0, 60), (1, 300), (2, 300), (1000, 300)] {
            for seed in 0..200 {
                let patience = Patience {
                    seed,
                    ..patience(&retry)
                };
                let found = patience.wait(attempts);
                assert!((wait * 4 / 5..=wait * 6 / 5).contains(&found), "{found}");
            }
        }
    }

    #[test]
    fn a_sender_is_warned_once_and_told_at_the_end() {
        let retry = [MINUTE];
        let patience = patience(&retry);
        let mut state = State::fresh(["notes".to_owned()].into_iter(), 0);
        let late = i64::try_from(limits::DELAY_WARNING.as_secs()).expect("small");
        let end = i64::try_from(patience.expire.as_secs()).expect("small");
        let expired = Some(News::Failed { expired: true });
        for (now, news) in [
            (late - 1, None),
            (late, Some(News::Delayed)),
            (late + 1, None),
            (end - 1, None),
            (end, expired),
            (end + 1, None),
        ] {
            let found = state.heard(0, &word("451 4.3.2 later\r\n"), now, &patience);
            assert_eq!(found, news, "at {now}");
        }
        assert!(state.is_settled());
    }

    #[test]
    fn each_side_has_its_next_attempt() {
        let sides = ["cloud", "notes", "cloud"].map(str::to_owned);
        let mut state = State::fresh(sides.into_iter(), 100);
        state.recipients[0].next = 300;
        state.recipients[2].next = 200;
        assert_eq!(state.legs(), [("notes", 100), ("cloud", 200)]);
        state.recipients[1].fate = Fate::Delivered;
        assert_eq!(state.legs(), [("cloud", 200)]);
    }
}
