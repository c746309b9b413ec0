use spool::{Fault, SimulatedDisk, Steps};
use tokio::join;

use super::attempt::beginning;
use super::state::Fate;
use super::steering::tests::mail;
use super::*;
use smtp::Reply;

/// A queue whose disk is told when to write, and when to fail.
struct Bench {
    queue: Arc<Queue>,
    disk: SimulatedDisk,
    steps: Steps,
    original: Original,
}

impl Bench {
    fn new() -> Self {
        let disk = SimulatedDisk::default();
        let options = Options {
            segment_octets: Some(1 << 16),
            ..Options::default()
        };
        let mut steps = None;
        let start = |spool: &Spool| {
            let (committer, stepped) = Committer::stepped(spool.clone(), |_| {});
            steps = Some(stepped);
            Ok(committer)
        };
        let shared = Arc::new(disk.clone());
        let opened = Queue::open_on(shared, None, options, Events::to_log(), start);
        let (queue, _) = opened.expect("a spool");
        let id = queue.spool.fresh_id();
        let entries = added(id, &mail("", &["x@contoso.com"]), &State::held("x"), text());
        let fates = queue.spool.append(vec![Batch(entries.expect("JSON"))]);
        assert!(fates.iter().all(Result::is_ok));
        let stored = queue.spool.read(id).expect("it is there");
        let (header, _) = beginning(stored.content).expect("a message");
        queue.spool.append(vec![Batch::of(Entry::Settle { id })]);
        let nothing: Option<std::iter::Empty<Bytes>> = None;
        Self {
            queue,
            disk,
            steps: steps.expect("it has been started"),
            original: Original::of(&header, nothing, 10),
        }
    }

    /// In custody, with this said of its recipients already.
    async fn take(&self, words: &[(usize, Word)]) -> Custody {
        let to = ["nora@contoso.com", "carl@contoso.com"];
        let state = State::fresh(["notes", "cloud"].map(str::to_owned).into_iter(), now());
        let mail = mail("a@example.net", &to);
        let terms = terms();
        let heard = self.heard(words, &terms);
        let write = async { self.steps.write() };
        let (taken, _) = join!(self.queue.take(mail, state, text(), &heard), write);
        taken.expect("it is kept")
    }

    async fn note(&self, ledger: &Arc<Ledger>, words: &[(usize, Word)]) -> bool {
        let terms = terms();
        let heard = self.heard(words, &terms);
        let write = async { self.steps.write() };
        let (noted, _) = join!(self.queue.note(ledger, &heard), write);
        noted.is_ok()
    }

    fn heard<'a>(&'a self, words: &'a [(usize, Word)], terms: &'a Terms) -> Heard<'a> {
        Heard {
            words,
            terms,
            original: &self.original,
        }
    }

    fn next_write_fails(&self) {
        let fault = Fault::Refused(std::io::ErrorKind::Other);
        self.disk.fail_once(self.disk.steps(), fault);
    }

    /// Messages that a restart would find.
    fn stored(&self) -> usize {
        self.queue.spool.len()
    }
}

fn terms() -> Terms {
    Terms {
        retry: vec![Duration::from_secs(60)],
        expire: Duration::from_secs(86_400),
        hostname: "mx.contoso.com".to_owned(),
        postmaster: "postmaster@contoso.com".to_owned(),
    }
}

fn text() -> Content {
    Content::Pieces(vec!["Subject: x\r\n\r\nx\r\n".into()])
}

fn taken() -> Word {
    Word::ours(Reply::ACCEPTED)
}

fn refused() -> Word {
    Word::ours(Reply::HOP_REFUSED)
}

#[tokio::test]
async fn of_what_is_settled_at_once_only_the_report_is_kept() {
    for (words, expected) in [
        ([(0, taken()), (1, taken())], 0),
        ([(0, taken()), (1, refused())], 1),
    ] {
        let bench = Bench::new();
        drop(bench.take(&words).await);
        assert_eq!((bench.stored(), bench.queue.len()), (expected, expected));
    }
}

#[tokio::test]
async fn what_the_disk_refused_to_note_is_written_again() {
    let bench = Bench::new();
    let custody = bench.take(&[]).await;
    bench.next_write_fails();
    let words = [(0, taken()), (1, taken())];
    assert!(bench.note(&custody.ledger, &words).await);
    drop(custody);
    assert_eq!((bench.stored(), bench.queue.len()), (1, 0));
    assert!(bench.queue.write_again());
    assert!(bench.steps.write());
    assert_eq!(bench.stored(), 0);
    assert!(!bench.queue.write_again(), "once");
}

#[tokio::test]
async fn who_failed_is_tried_again_where_the_report_could_not_be_kept() {
    let bench = Bench::new();
    let custody = bench.take(&[]).await;
    bench.next_write_fails();
    let words = [(0, taken()), (1, refused())];
    assert!(!bench.note(&custody.ledger, &words).await);
    let fates = |custody: &Custody| {
        let state = custody.ledger.state();
        state
            .recipients
            .iter()
            .map(|one| one.fate)
            .collect::<Vec<_>>()
    };
    assert_eq!(fates(&custody), [Fate::Delivered, Fate::Waiting]);
    assert!(bench.queue.write_again() && bench.steps.write());
    assert_eq!((bench.stored(), bench.queue.len()), (1, 1));
    assert!(bench.note(&custody.ledger, &[(1, refused())]).await);
    drop(custody);
    assert_eq!((bench.stored(), bench.queue.len()), (1, 1), "the report");
}

/// The report of a success may be lost, and nobody gets the message again for it.
#[tokio::test]
async fn whom_a_hop_took_is_not_tried_again_where_the_report_could_not_be_kept() {
    let bench = Bench::new();
    let custody = bench.take(&[]).await;
    let words = [(0, taken()), (1, taken())];
    assert!(bench.note(&custody.ledger, &words).await);
    let news = [0, 1].map(|number| (number, News::Delivered { is_silent: true }));
    bench.queue.take_back(&custody.ledger, &news);
    drop(custody);
    assert_eq!(bench.queue.len(), 0);
}
