//! What goes wrong because a test wants it to.

/// What becomes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A status with Graph's way of saying why, and a `Retry-After` as it stands.
    Status {
        /// Such as 429.
        status: u16,
        /// Such as `TooManyRequests`.
        code: String,
        /// Seconds or a date.
        retry_after: Option<String>,
    },
    /// 410, and where to begin anew.
    Gone {
        /// The header `Location`.
        location: Option<String>,
    },
    /// The first half of the answer, and then nothing more: the connection breaks.
    Cut,
    /// The page before, once more, after which it goes on with this one.
    Replay,
    /// Every object of the page twice.
    Duplicates,
    /// A page without objects that says it is the last one.
    Nothing,
    /// Every second object is left out, of this page and of all that follow it.
    Half,
    /// A page that stops within a string, with a status as if it were whole.
    Garbage,
    /// So many octets that say nothing, packed.
    Bomb(usize),
    /// A page whose next one is there.
    NextAt(String),
    /// Status 302 to there.
    Redirect(String),
    /// No answer at all.
    Silence,
    /// An error whose words repeat all that the request said.
    Echo,
}

/// Those that are still to happen.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Ordered>);

#[derive(Debug)]
struct Ordered {
    part: String,
    answers: usize,
    fault: Fault,
}

impl Fault {
    /// Status 429, to come back after so many seconds.
    pub fn throttled(retry_after: &str) -> Self {
        Self::Status {
            status: 429,
            code: "TooManyRequests".to_owned(),
            retry_after: Some(retry_after.to_owned()),
        }
    }

    /// A status without a time.
    pub fn status(status: u16, code: &str) -> Self {
        Self::Status {
            status,
            code: code.to_owned(),
            retry_after: None,
        }
    }
}

impl Faults {
    pub(super) fn order(&mut self, answers: usize, part: &str, fault: Fault) {
        self.0.push(Ordered {
            part: part.to_owned(),
            answers,
            fault,
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What becomes of the answer to this question. The first that is due happens, and all of them count.
    pub(super) fn next(&mut self, target: &str) -> Option<Fault> {
        let mut due = None;
        for (place, ordered) in self.0.iter_mut().enumerate() {
            if !target.contains(&ordered.part) || due.is_some() {
                continue;
            }
            match ordered.answers.checked_sub(1) {
                Some(answers) => ordered.answers = answers,
                None => due = Some(place),
            }
        }
        due.map(|place| self.0.remove(place).fault)
    }
}
