//! What a hop's reply means for the mail: the one place where a reply becomes accept, defer or refuse.

use smtp::{Answer, Class, HopReply, Reply};

/// The meaning of one reply for the recipients it concerns.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    Accept,
    Defer(Answer),
    Refuse(Answer),
}

impl Verdict {
    /// A 5xx that speaks of us and not of the mail is temporary: an expired certificate must not bounce a domain's
    /// mail. Anything that makes no sense here is temporary too.
    pub(crate) fn of(reply: &HopReply) -> Self {
        match reply.class() {
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
        ] {
            let verdict = match Verdict::of(&reply(code, enhanced)) {
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
}
