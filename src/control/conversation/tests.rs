use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::*;

/// Our end of a connection, and the other one.
fn pair() -> (Writer, UnixStream) {
    let (ours, theirs) = UnixStream::pair().expect("two sockets");
    (Writer(ours.into_split().1), theirs)
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_does_not_read_is_let_go() {
    let (mut writer, theirs) = pair();
    let began = Instant::now();
    while writer.say(&Answer::End {}).await.is_ok() {}
    let waited = began.elapsed();
    let slack = Duration::from_millis(10);
    assert!(
        (limits::CONTROL_WRITE..limits::CONTROL_WRITE + slack).contains(&waited),
        "{waited:?}"
    );
    drop(theirs);
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_reads_at_last_hears_the_rest() {
    let (mut writer, mut theirs) = pair();
    let reads = tokio::spawn(async move {
        let almost = limits::CONTROL_WRITE - Duration::from_millis(10);
        assert!(timeout(almost, pending::<()>()).await.is_err());
        let mut octets = vec![0; 1 << 20];
        while theirs.read(&mut octets).await.is_ok_and(|count| count > 0) {}
    });
    // More than a socket holds.
    for _ in 0..50_000 {
        assert!(writer.say(&Answer::End {}).await.is_ok());
    }
    drop(writer);
    reads.await.expect("it reads to the end");
}

#[tokio::test]
async fn no_more_changes_are_begun_than_may_be_at_a_time() {
    let (open, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let change = |number: usize| {
        let (open, most) = (&open, &most);
        async move {
            most.fetch_max(open.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            yield_now().await;
            open.fetch_sub(1, Ordering::Relaxed);
            number
        }
    };
    let count = limits::CONTROL_CHANGES + 1;
    let done: Vec<usize> = abreast((0..count).map(change)).collect().await;
    assert_eq!(done, (0..count).collect::<Vec<_>>());
    assert_eq!(most.into_inner(), limits::CONTROL_CHANGES);
}
