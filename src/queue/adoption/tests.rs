use std::fs;

use super::super::selection::Selection;
use super::super::steering::tests::{keep, open};
use super::*;

/// A spool whose gateway is dead, with so many messages, and a copy of it.
async fn dead(root: &Path, messages: usize) -> (std::path::PathBuf, std::path::PathBuf) {
    let (dir, copy) = (root.join("dead"), root.join("copy"));
    let (queue, _events) = open(&dir);
    for number in 0..messages {
        keep(
            &queue,
            &format!("a{number}@example.net"),
            &[("nora@contoso.com", "notes")],
        )
        .await;
    }
    queue.close();
    drop(queue);
    copy_files(&dir, &copy);
    (dir, copy)
}

fn copy_files(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir(to).expect("it is made");
    for entry in fs::read_dir(from).expect("it is there") {
        let entry = entry.expect("readable");
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("room");
        }
    }
}

/// Every message of ours: its sender, and whether it is on hold.
fn ours(queue: &Queue) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    queue.select(&Selection::default(), |_, listed| {
        all.push((listed.from, listed.hold.is_some()));
        true
    });
    all.sort();
    all
}

fn expected(messages: usize) -> Vec<(String, bool)> {
    let mut all: Vec<_> = (0..messages)
        .map(|number| (format!("a{number}@example.net"), false))
        .collect();
    all.sort();
    all
}

/// As if we had stopped before our copies were let go.
async fn forget_the_end(queue: &Queue) {
    for id in queue.spool.ids() {
        let state = queue
            .spool
            .read(id)
            .expect("it is there")
            .state
            .expect("it has one");
        let mut state: State = serde_json::from_slice(&state).expect("ours");
        state.hold = Some("it is being taken over".to_owned());
        state.adopted.as_mut().expect("it is marked").is_pending = true;
        let text = serde_json::to_vec(&state).expect("JSON").into();
        queue
            .commit(Batch::of(Entry::State { id, state: text }))
            .await
            .expect("it is written");
        queue.waiting().put(id, &state);
    }
}

#[tokio::test]
async fn every_message_is_ours_once_wherever_it_was_interrupted() {
    const MESSAGES: usize = limits::ADOPT_AT_A_TIME + 1;
    let root = tempfile::tempdir().expect("a directory");
    let (dir, copy) = dead(root.path(), MESSAGES).await;
    let (queue, _events) = open(&root.path().join("ours"));
    let mut looked = Vec::new();
    let adopted = queue.adopt(&dir, |done, total| {
        looked.push((done, total));
        true
    });
    let adopted = adopted.await.expect("it is taken over");
    assert_eq!(
        (adopted.found, adopted.adopted, adopted.resumed),
        (65, 65, 0)
    );
    assert_eq!(looked, [(0, 65), (64, 65)]);
    assert_eq!(ours(&queue), expected(MESSAGES));
    assert_eq!(
        queue.waiting().shapes()[0].waiting,
        MESSAGES,
        "they may be tried"
    );

    // Settled there, not yet let go here.
    forget_the_end(&queue).await;
    let again = queue
        .adopt(&dir, |_, _| true)
        .await
        .expect("nothing is left there");
    assert_eq!((again.found, again.adopted), (0, 0));
    assert_eq!(ours(&queue), expected(MESSAGES));

    // Copied here, not yet settled there.
    forget_the_end(&queue).await;
    copy_files(&copy, &dir);
    let again = queue
        .adopt(&dir, |_, _| true)
        .await
        .expect("the rest of it");
    assert_eq!((again.found, again.adopted, again.resumed), (65, 65, 65));
    assert_eq!(ours(&queue), expected(MESSAGES));
    let theirs = SystemDisk::existing(&dir).expect("it is there");
    let findings = Spool::inspect(&theirs, |_| {}).expect("readable");
    assert_eq!(findings.messages, 0, "all of it is settled there");
}

#[tokio::test]
async fn somebody_who_does_not_listen_stops_it_between_two_groups() {
    const MESSAGES: usize = limits::ADOPT_AT_A_TIME + 1;
    let root = tempfile::tempdir().expect("a directory");
    let (dir, _copy) = dead(root.path(), MESSAGES).await;
    let (queue, _events) = open(&root.path().join("ours"));
    let stopped = queue.adopt(&dir, |done, _| done == 0).await;
    assert!(matches!(stopped, Err(AdoptError::Abandoned)), "{stopped:?}");
    assert_eq!(ours(&queue).len(), limits::ADOPT_AT_A_TIME);
    let rest = queue
        .adopt(&dir, |_, _| true)
        .await
        .expect("the rest of it");
    assert_eq!((rest.found, rest.adopted), (1, 1));
    assert_eq!(ours(&queue), expected(MESSAGES));
}

#[tokio::test]
async fn a_hold_of_theirs_is_one_of_ours_and_a_living_spool_is_left_alone() {
    let root = tempfile::tempdir().expect("a directory");
    let dir = root.path().join("other");
    let (other, _their_events) = open(&dir);
    let id = keep(&other, "a@example.net", &[("nora@contoso.com", "notes")]).await;
    let mut state = State::fresh(["notes".to_owned()].into_iter(), 0);
    state.hold = Some("by Nils".to_owned());
    let text = serde_json::to_vec(&state).expect("JSON").into();
    other
        .commit(Batch::of(Entry::State { id, state: text }))
        .await
        .expect("it is written");

    let (queue, _events) = open(&root.path().join("ours"));
    let alive = queue.adopt(&dir, |_, _| true).await;
    assert!(
        matches!(alive, Err(AdoptError::Open(OpenError::InUse))),
        "{alive:?}"
    );
    let own = queue.adopt(&root.path().join("ours"), |_, _| true).await;
    assert!(
        matches!(own, Err(AdoptError::Open(OpenError::InUse))),
        "{own:?}"
    );
    let empty = queue.adopt(root.path(), |_, _| true).await;
    assert!(matches!(empty, Err(AdoptError::NoSpool)), "{empty:?}");
    let missing = queue.adopt(&root.path().join("x"), |_, _| true).await;
    assert!(
        matches!(missing, Err(AdoptError::Missing(_))),
        "{missing:?}"
    );

    other.close();
    drop(other);
    queue
        .adopt(&dir, |_, _| true)
        .await
        .expect("its owner is gone");
    let mut holds = Vec::new();
    queue.select(&Selection::default(), |_, listed| {
        holds.push((listed.hold, listed.adopted_from));
        true
    });
    let from = dir.display().to_string();
    assert_eq!(holds, [(Some("by Nils".to_owned()), Some(from))]);
}

#[tokio::test]
async fn what_cannot_be_read_is_left_there_and_named_up_to_a_bound() {
    for (messages, named) in [
        (limits::ADOPT_NAMED, limits::ADOPT_NAMED),
        (limits::ADOPT_NAMED + 1, limits::ADOPT_NAMED),
    ] {
        let root = tempfile::tempdir().expect("a directory");
        let dir = root.path().join("other");
        let (other, _their_events) = open(&dir);
        let add = |_| {
            Batch::of(Entry::Add {
                id: other.spool.fresh_id(),
                meta: "not JSON".into(),
                content: Content::Pieces(vec!["x".into()]),
            })
        };
        let fates = other.spool.append((0..messages).map(add).collect());
        assert!(fates.iter().all(Result::is_ok));
        other.close();
        drop(other);
        let (queue, _events) = open(&root.path().join("ours"));
        let adopted = queue.adopt(&dir, |_, _| true).await.expect("the rest");
        let left = adopted.left.len();
        assert_eq!(
            (adopted.adopted, left, adopted.left_more),
            (0, named, (messages - named) as u64)
        );
        assert!(ours(&queue).is_empty());
    }
}
