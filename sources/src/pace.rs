//! When to ask again.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use tokio::time::timeout;

use crate::SourceError;
use crate::limits::{RETRY_WAIT_MAX, RETRY_WAIT_MIN, SERVER_WAIT_MAX};

/// When to ask again: after the poll interval or, after failures, sooner at first and ever later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    poll: Duration,
    failures: u32,
    asked: Option<Duration>,
}

impl Pace {
    /// A source that is asked this often.
    pub fn of(poll: Duration) -> Self {
        Self {
            poll,
            failures: 0,
            asked: None,
        }
    }

    /// Whether the last round went well.
    pub fn is_well(&self) -> bool {
        self.failures == 0
    }

    /// How a round went that may take `most` at the longest.
    pub(crate) async fn limited<T>(
        most: Duration,
        round: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let seconds = most.as_secs();
        let ended = timeout(most, round).await;
        ended.unwrap_or(Err(SourceError::Endless { seconds }))
    }

    /// The next round comes by how this one went.
    pub(crate) fn follow<T>(&mut self, round: &Result<T, SourceError>) {
        match round {
            Ok(_) => self.succeeded(),
            Err(error) => self.failed(error),
        }
    }

    /// A round went well.
    pub fn succeeded(&mut self) {
        *self = Self::of(self.poll);
    }

    /// A round failed, and the server may have named a time.
    pub fn failed(&mut self, error: &SourceError) {
        self.failures = self.failures.saturating_add(1);
        self.asked = error.retry_after().map(|asked| asked.min(SERVER_WAIT_MAX));
    }

    /// How long to wait now. Several gateways do not come back at the same moment.
    pub fn wait(&self) -> Duration {
        let share = RandomState::new().hash_one(self.failures) % 1_000;
        self.wait_with(share as u32)
    }

    /// With a share of a thousand that chance gives.
    fn wait_with(&self, share: u32) -> Duration {
        if self.failures == 0 {
            return self.poll;
        }
        let doubled = RETRY_WAIT_MIN.saturating_mul(1 << (self.failures - 1).min(20));
        let most = doubled.min(RETRY_WAIT_MAX);
        let jittered = most / 2 + most / 2 * share / 1_000;
        jittered.max(self.asked.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{GraphError, Refusal};

    #[test]
    fn failures_are_waited_out_ever_longer() {
        let mut pace = Pace::of(Duration::from_secs(60));
        assert_eq!(pace.wait(), Duration::from_secs(60));
        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            pace.failed(&SourceError::Empty);
            let (least, most) = (pace.wait_with(0), pace.wait_with(1_000));
            assert_eq!(most, Duration::from_secs(expected));
            assert_eq!(least, most / 2);
            assert!(pace.wait() <= most && pace.wait() >= least);
        }
        pace.succeeded();
        assert_eq!(pace.wait(), Duration::from_secs(60));
    }

    #[test]
    fn a_time_that_a_server_names_is_bounded() {
        for (asked, expected) in [
            (SERVER_WAIT_MAX, SERVER_WAIT_MAX),
            (SERVER_WAIT_MAX + Duration::from_secs(1), SERVER_WAIT_MAX),
        ] {
            let mut pace = Pace::of(Duration::from_secs(60));
            pace.failed(&SourceError::from(GraphError::Busy {
                server: "graph.microsoft.com".to_owned(),
                refusal: Refusal {
                    status: 503,
                    code: String::new(),
                    text: String::new(),
                },
                after: Some(asked),
            }));
            assert_eq!(pace.wait(), expected, "{asked:?}");
        }
    }
}
