//! A deadline that moves often and is seldom reached.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::time::{Instant, Sleep, sleep_until};

/// One timer for the whole life of a connection. A timer for each wait would be entered and taken out of the runtime's
/// wheel for every command; this one is moved only when it goes off too early, or when a deadline comes nearer.
#[derive(Debug)]
pub(crate) struct Alarm(Pin<Box<Sleep>>);

/// The deadline came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Late;

impl Alarm {
    /// An alarm whose first deadline will hardly be before `around`.
    pub(crate) fn new(around: Instant) -> Self {
        Self(Box::pin(sleep_until(around)))
    }

    /// Waits for `work`, but not beyond `deadline`.
    pub(crate) async fn before<T>(
        &mut self,
        deadline: Instant,
        work: impl Future<Output = T>,
    ) -> Result<T, Late> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            if self.0.deadline() > deadline {
                self.0.as_mut().reset(deadline);
            }
            while self.0.as_mut().poll(context).is_ready() {
                if Instant::now() >= deadline {
                    return Poll::Ready(Err(Late));
                }
                self.0.as_mut().reset(deadline); // it stood for an earlier wait
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn each_wait_ends_at_its_own_deadline() {
        let start = Instant::now();
        let mut alarm = Alarm::new(start + 5 * SECOND);
        for (deadline, expected) in [(9, 9), (12, 12), (10, 12), (13, 13)] {
            let late = alarm
                .before(start + deadline * SECOND, pending::<()>())
                .await;
            assert_eq!(late, Err(Late));
            let now = (Instant::now() - start).as_secs();
            assert_eq!(now, expected, "a deadline after {deadline} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_is_done_in_time_is_not_late() {
        let start = Instant::now();
        let mut alarm = Alarm::new(start + SECOND);
        assert_eq!(alarm.before(start, ready(1)).await, Ok(1), "done at once");
        let slow = || timeout(2 * SECOND, pending::<()>());
        assert!(alarm.before(start + 3 * SECOND, slow()).await.is_ok());
        assert!(alarm.before(start + 3 * SECOND, slow()).await.is_err());
    }
}
