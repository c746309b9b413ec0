use std::path::Path;
use std::time::Duration;

use serde_json::json;
use spool::Content;
use tokio::sync::mpsc::UnboundedReceiver;

use super::super::added;
use super::*;
use crate::event::Events;

pub(in crate::queue) fn mail(from: &str, to: &[&str]) -> Mail {
    let recipients: Vec<_> = to.iter().map(|to| json!({ "forward_path": to })).collect();
    let mail = json!({
        "received": now() - 600,
        "session": 17,
        "transaction": 1,
        "client": "192.0.2.1",
        "origin": "internet",
        "reverse_path": from,
        "recipients": recipients,
    });
    serde_json::from_value(mail).expect("as we write it")
}

pub(in crate::queue) fn open(dir: &Path) -> (Arc<Queue>, UnboundedReceiver<Event>) {
    let (events, tap) = Events::tapped();
    let (queue, findings) = Queue::open(dir, &dir.join("attempts"), events).expect("a spool");
    assert!(findings.is_sound(), "{findings}");
    (queue, tap)
}

/// Takes a message into custody that is due in an hour.
pub(in crate::queue) async fn keep(queue: &Queue, from: &str, to: &[(&str, &str)]) -> QueueId {
    let names: Vec<&str> = to.iter().map(|(to, _)| *to).collect();
    let sides = to.iter().map(|(_, side)| (*side).to_owned());
    let state = State::fresh(sides, now() + 3600);
    let content = Content::Pieces(vec!["Subject: x\r\n\r\nx\r\n".into()]);
    let id = queue.spool.fresh_id();
    let entries = added(id, &mail(from, &names), &state, content).expect("JSON");
    queue.commit(Batch(entries)).await.expect("it is kept");
    queue.waiting().put(id, &state);
    id
}

fn terms() -> Terms {
    Terms {
        retry: vec![Duration::from_secs(60)],
        expire: Duration::from_secs(86_400),
        hostname: "mx.contoso.com".to_owned(),
        postmaster: "postmaster@contoso.com".to_owned(),
    }
}

async fn change(queue: &Queue, id: QueueId, change: Change) -> Changed {
    queue.change(id, change, terms()).await
}

fn hold() -> Change {
    Change::Hold {
        why: "by Nils".to_owned(),
    }
}

fn all(queue: &Queue) -> Vec<Listed> {
    let mut all = Vec::new();
    queue.select(&Selection::default(), |_, listed| {
        all.push(listed);
        true
    });
    all
}

fn due(queue: &Queue, side: &str) -> Option<QueueId> {
    queue.waiting().take(side, now(), 1)
}

#[tokio::test]
async fn a_held_message_is_not_tried_until_it_is_released_even_by_another_process() {
    let dir = tempfile::tempdir().expect("a directory");
    let (queue, mut events) = open(dir.path());
    let id = keep(&queue, "a@example.net", &[("nora@contoso.com", "notes")]).await;
    assert_eq!(change(&queue, id, hold()).await, Changed::Done {});
    let told = events.try_recv().expect("an event").to_string();
    assert_eq!(
        told,
        format!("message {id}: an operator put it on hold (by Nils)")
    );
    assert!(matches!(
        change(&queue, id, hold()).await,
        Changed::Left { .. }
    ));
    let retry = Change::Retry { side: None };
    assert!(matches!(
        change(&queue, id, retry).await,
        Changed::Left { .. }
    ));
    queue.close();
    drop(queue);

    let (queue, _events) = open(dir.path());
    assert_eq!(all(&queue)[0].hold.as_deref(), Some("by Nils"));
    assert_eq!(queue.waiting().take("notes", i64::MAX, 1), None);
    assert_eq!(
        change(&queue, id, Change::Release {}).await,
        Changed::Done {}
    );
    assert_eq!(due(&queue, "notes"), Some(id));
}

#[tokio::test]
async fn a_retry_is_now_for_the_side_that_is_meant() {
    let dir = tempfile::tempdir().expect("a directory");
    let (queue, _events) = open(dir.path());
    let to = [("nora@contoso.com", "notes"), ("cleo@contoso.com", "cloud")];
    let id = keep(&queue, "a@example.net", &to).await;
    assert_eq!(due(&queue, "notes"), None);
    let notes = Change::Retry {
        side: Some("notes".to_owned()),
    };
    assert_eq!(change(&queue, id, notes).await, Changed::Done {});
    assert_eq!(due(&queue, "cloud"), None);
    assert_eq!(due(&queue, "notes"), Some(id));
    let retry = Change::Retry { side: None };
    assert_eq!(
        change(&queue, id, retry.clone()).await,
        Changed::Busy {},
        "an attempt is under way"
    );
    assert!(all(&queue)[0].busy);
    queue.waiting().done(id, "notes");
    assert_eq!(change(&queue, id, retry).await, Changed::Done {});
    assert_eq!(due(&queue, "cloud"), Some(id));
}

#[tokio::test]
async fn a_bounce_ends_custody_of_the_message_and_begins_that_of_its_report() {
    let dir = tempfile::tempdir().expect("a directory");
    let (queue, _events) = open(dir.path());
    let id = keep(&queue, "a@example.net", &[("nora@contoso.com", "notes")]).await;
    assert_eq!(
        change(&queue, id, Change::Bounce {}).await,
        Changed::Done {}
    );
    let check = |queue: &Queue| {
        let [report] = &all(queue)[..] else {
            panic!("one report")
        };
        assert_eq!(
            (&*report.from, &*report.recipients[0].to),
            ("", "a@example.net")
        );
        assert_eq!(report.recipients[0].side, "undecided");
    };
    check(&queue);
    let report = queue.spool().ids()[0];
    let mut content = queue.spool().read(report).expect("it is there").content;
    let text = content.next().expect("sound").expect("not empty");
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(
        text.contains("An administrator took the message out of the queue"),
        "{text}"
    );
    assert!(text.contains("Action: failed"), "{text}");
    assert!(due(&queue, "").is_some(), "the report may go out");
    queue.close();
    drop(queue);
    check(&open(dir.path()).0);
}

#[tokio::test]
async fn what_nobody_can_be_told_of_is_removed_or_tried_again_but_not_bounced() {
    let dir = tempfile::tempdir().expect("a directory");
    let (queue, _events) = open(dir.path());
    let id = keep(&queue, "", &[("nora@contoso.com", "notes")]).await;
    assert!(matches!(
        change(&queue, id, Change::Bounce {}).await,
        Changed::Left { .. }
    ));
    // As after a refusal.
    let mut state = State::fresh(["notes".to_owned()].into_iter(), 0);
    state.recipients[0].fate = Fate::Failed;
    state.hold = Some("refused".to_owned());
    let text = serde_json::to_vec(&state).expect("JSON").into();
    let entry = Entry::State { id, state: text };
    queue.commit(Batch::of(entry)).await.expect("it is written");
    queue.waiting().put(id, &state);
    assert_eq!(
        change(&queue, id, Change::Release {}).await,
        Changed::Done {}
    );
    assert_eq!(due(&queue, "notes"), Some(id));
    queue.waiting().done(id, "notes");
    assert_eq!(
        change(&queue, id, Change::Remove {}).await,
        Changed::Done {}
    );
    assert_eq!(
        change(&queue, id, Change::Remove {}).await,
        Changed::Gone {}
    );
    assert!(all(&queue).is_empty() && queue.spool().is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_can_be_removed_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a directory");
    let (queue, _events) = open(dir.path());
    let id = queue.spool().fresh_id();
    let content = Content::Pieces(vec!["x".into()]);
    let entry = Entry::Add {
        id,
        meta: "not JSON".into(),
        content,
    };
    queue.commit(Batch::of(entry)).await.expect("it is written");
    queue.waiting().put(id, &State::default());
    assert!(all(&queue)[0].hold.is_some());
    for unfit in [
        Change::Retry { side: None },
        hold(),
        Change::Release {},
        Change::Bounce {},
    ] {
        let changed = change(&queue, id, unfit.clone()).await;
        assert!(
            matches!(changed, Changed::Left { .. }),
            "{unfit:?}: {changed:?}"
        );
    }
    assert_eq!(
        change(&queue, id, Change::Remove {}).await,
        Changed::Done {}
    );
    assert!(queue.spool().is_empty());
}

#[tokio::test]
async fn a_change_that_the_disk_refuses_is_not_told_as_done() {
    let dir = tempfile::tempdir().expect("a directory");
    let (queue, _events) = open(dir.path());
    let id = keep(&queue, "a@example.net", &[("nora@contoso.com", "notes")]).await;
    queue.close();
    assert!(matches!(
        change(&queue, id, hold()).await,
        Changed::Failed { .. }
    ));
    assert_eq!(all(&queue)[0].hold, None);
    assert_eq!(
        queue.waiting().take("notes", i64::MAX, 1),
        Some(id),
        "it goes on as it was"
    );
}
