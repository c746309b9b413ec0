//! What a hop's reply means for the mail: the one place where a reply becomes accept, defer or refuse.

use smtp::{Answer, Class, HopReply, Insert, Reply};

/// The meaning of one reply for the recipients it concerns.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    Accept,
    Defer(Answer),
    Refuse(Answer),
}

/// Whose hop it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// One of our sides: its people are ours.
    Side,
    /// A stranger's, or on the way to one.
    Internet,
}

impl Verdict {
    /// A 5xx that speaks of us and not of the mail is temporary: an expired certificate must not bounce a domain's
    /// mail. So is the word of one of our sides that a mailbox gets too much at a time. Anything that makes no sense here
    /// is temporary too.
    pub(crate) fn of(reply: &HopReply, trust: Trust) -> Self {
        match reply.class() {
            Class::Permanent if trust == Trust::Side && is_too_much(reply) => {
                Self::Defer(Reply::HOP_BUSY.with(Insert::new(&reply.text())))
            }
            Class::Positive => Self::Accept,
            Class::Transient => Self::Defer(Answer::of_hop(reply, Reply::HOP_DEFERRED)),
            Class::Permanent if speaks_of_us(reply) => {
                Self::Defer(Reply::NEXT_HOP_REFUSES_US.into())
            }
            Class::Permanent => Self::Refuse(Answer::of_hop(reply, Reply::HOP_REFUSED)),
            Class::Intermediate => Self::Defer(Reply::NEXT_HOP_LOST.into()),
        }
    }
}

/// Syntax and sequence errors, a demand for TLS or authentication, and Exchange Online's words for an unknown or
/// unproven connector (5.7.51, 5.7.64).
pub(crate) fn speaks_of_us(reply: &HopReply) -> bool {
    let by_code = matches!(reply.code.value(), 500..=504 | 530);
    let by_enhanced = reply
        .enhanced
        .is_some_and(|enhanced| enhanced.subject == 7 && matches!(enhanced.detail, 51 | 64));
    reply.class() == Class::Permanent && (by_code || by_enhanced)
}

/// Exchange Online's words for a mailbox (5.2.122), or for one sender to it (5.2.121), that had too much mail within
/// the hour.
fn is_too_much(reply: &HopReply) -> bool {
    let enhanced = reply.enhanced;
    enhanced.is_some_and(|enhanced| enhanced.subject == 2 && matches!(enhanced.detail, 121 | 122))
}

/// Whether the hop asks for less at a time: it is closing (421), its system is busy or throttled (4.3.2, Exchange
/// Online's 4.7.500 to 4.7.699 and 4.7.850 to 4.7.899), or a mailbox had too much.
pub(crate) fn asks_for_less(reply: &HopReply) -> bool {
    let by_enhanced = reply.enhanced.is_some_and(|enhanced| {
        matches!(
            (enhanced.class, enhanced.subject, enhanced.detail),
            (4, 3, 2) | (4, 7, 500..=699 | 850..=899)
        )
    });
    reply.code.value() == 421 || by_enhanced || is_too_much(reply)
}

#[cfg(test)]
mod tests {
    use smtp::reply::{Code, Enhanced};

    use super::*;

    fn reply(code: u16, enhanced: Option<(u8, u16, u16)>) -> HopReply {
        HopReply {
            code: Code::new(code).expect("a code of the table"),
            enhanced: enhanced.map(|(class, subject, detail)| Enhanced {
                class,
                subject,
                detail,
            }),
            lines: vec!["text".to_owned()],
        }
    }

    #[test]
    fn a_reply_that_speaks_of_us_never_bounces_mail() {
        for (code, enhanced, expected) in [
            (250, None, "accept"),
            (451, None, "defer"),
            (421, None, "defer"),
            (550, Some((5, 1, 1)), "refuse"),
            (554, None, "refuse"),
            (552, Some((5, 3, 4)), "refuse"),
            (500, None, "defer"),
            (503, None, "defer"),
            (504, None, "defer"),
            (505, None, "refuse"),
            (530, Some((5, 7, 0)), "defer"),
            (550, Some((5, 7, 51)), "defer"),
            (550, Some((5, 7, 64)), "defer"),
            (550, Some((5, 7, 1)), "refuse"),
            (354, None, "defer"),
            (550, Some((5, 2, 122)), "defer"),
            (550, Some((5, 2, 1)), "refuse"),
        ] {
            let verdict = match Verdict::of(&reply(code, enhanced), Trust::Side) {
                Verdict::Accept => "accept",
                Verdict::Defer(answer) => {
                    assert_eq!(answer.class(), Class::Transient, "{code}");
                    "defer"
                }
                Verdict::Refuse(_) => "refuse",
            };
            assert_eq!(verdict, expected, "{code} {enhanced:?}");
        }
    }
    #[test]
    fn a_stranger_may_have_too_much() {
        let reply = reply(550, Some((5, 2, 122)));
        assert!(matches!(
            Verdict::of(&reply, Trust::Internet),
            Verdict::Refuse(_)
        ));
    }

    #[test]
    fn some_replies_ask_for_less() {
        let check = |code, enhanced, expected| {
            assert_eq!(
                asks_for_less(&reply(code, enhanced)),
                expected,
                "{enhanced:?}"
            );
        };
        check(421, None, true);
        check(451, Some((4, 3, 2)), true);
        check(451, Some((4, 7, 499)), false);
        check(451, Some((4, 7, 500)), true);
        check(451, Some((4, 7, 699)), true);
        check(451, Some((4, 7, 700)), false);
        check(451, Some((4, 7, 850)), true);
        check(550, Some((5, 2, 121)), true);
        check(450, Some((4, 2, 1)), false);
        check(550, Some((5, 7, 500)), false);
    }
}
