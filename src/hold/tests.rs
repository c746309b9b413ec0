use std::path::Path;

use super::*;

fn holding(dir: &Path, messages: usize, octets: usize) -> Arc<Holding> {
    let dir = dir.to_owned();
    Arc::new(Holding::within(
        move || tempfile::tempfile_in(&dir),
        HoldMost { messages, octets },
    ))
}

fn octets(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at / 7 % 251) as u8).collect()
}

async fn hold(holding: &Arc<Holding>, message: &[u8], piece: usize) -> Result<Hold, HoldError> {
    let mut hold = holding.begin()?;
    for piece in message.chunks(piece) {
        hold.take(piece).await?;
    }
    Ok(hold)
}

#[tokio::test]
async fn what_is_held_comes_back_whole_and_in_pieces() {
    let dir = tempfile::tempdir().expect("a directory");
    let holding = holding(dir.path(), 1, 64 << 20);
    let bound = limits::HELD_IN_MEMORY;
    for size in [0, 1, bound - 1, bound, bound + 1, 3 * bound + 17] {
        for piece in [1_000, 65_536, 2 * bound] {
            let message = octets(size);
            let held = hold(&holding, &message, piece).await.expect("it fits");
            assert_eq!(held.octets(), size as u64);
            // No piece of a message is ever cut.
            assert_eq!(
                held.file.is_some(),
                size > bound.max(piece),
                "{size} by {piece}"
            );
            assert!(held.whole().await.expect("it is read") == message);

            let mut held = hold(&holding, &message, piece).await.expect("it fits");
            let mut back = Vec::new();
            while let Some(piece) = held.next().await.expect("it is read") {
                back.extend_from_slice(&piece);
            }
            assert!(back == message, "{size} by {piece}");
            assert_eq!(held.octets(), 0);
        }
    }
}

#[tokio::test]
async fn no_file_is_ever_seen_in_the_directory() {
    let dir = tempfile::tempdir().expect("a directory");
    let holding = holding(dir.path(), 1, 64 << 20);
    let held = hold(&holding, &octets(1 << 20), 65_536).await;
    let entries = || std::fs::read_dir(dir.path()).expect("it is there").count();
    assert!(held.as_ref().is_ok_and(|held| held.file.is_some()));
    assert_eq!(entries(), 0);
    drop(held);
    assert_eq!(entries(), 0);
}

#[tokio::test]
async fn messages_at_the_bound_and_one_past() {
    let dir = tempfile::tempdir().expect("a directory");
    let holding = holding(dir.path(), 2, 0);
    let first = holding.begin().expect("room");
    let _second = holding.begin().expect("room");
    assert!(matches!(holding.begin(), Err(HoldError::Full(_))));
    drop(first);
    assert!(holding.begin().is_ok());
}

#[tokio::test]
async fn octets_on_disk_at_the_bound_and_one_past() {
    let dir = tempfile::tempdir().expect("a directory");
    let spilled = limits::HELD_IN_MEMORY;
    let holding = holding(dir.path(), 9, 2 * spilled);
    // One octet more than memory takes sends what is there to the disk.
    let message = octets(spilled + 1);
    let first = hold(&holding, &message, spilled).await.expect("room");
    let second = hold(&holding, &message, spilled).await.expect("just room");
    let third = hold(&holding, &message, spilled).await;
    assert!(matches!(third, Err(HoldError::Full(_))), "{third:?}");
    drop(first);
    assert!(hold(&holding, &message, spilled).await.is_ok());
    drop(second);
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_gives_its_place_back() {
    let full = || File::options().read(true).write(true).open("/dev/full");
    let holding = Arc::new(Holding::within(
        full,
        HoldMost {
            messages: 1,
            octets: 64 << 20,
        },
    ));
    for _ in 0..2 {
        let held = hold(&holding, &octets(1 << 20), 65_536).await;
        match held {
            Err(HoldError::File(error)) => {
                assert_eq!(error.kind(), io::ErrorKind::StorageFull)
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(holding.disk.available_permits(), (64 << 20) / UNIT);
}
