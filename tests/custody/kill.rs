//! The program under load is killed again and again, while both of its hops come and go: what it acknowledged arrives.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use testbed::client::Client;
use testbed::sink::{Message, Sink};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::program::{Program, free_port};

const KILLS: usize = 10;
const CLIENTS: usize = 6;
/// What a way may have on its way at a time.
const PLACES: usize = 20;
const RECIPIENTS: [&str; 2] = ["nora@contoso.com", "carl@contoso.com"];

/// What is known of the load.
#[derive(Debug, Default)]
struct Ledger {
    next: AtomicUsize,
    /// Numbers of messages that were answered 250.
    acknowledged: Mutex<Vec<usize>>,
    changed: Notify,
    over: AtomicBool,
}

/// What one hop has, by number.
#[derive(Debug, Default)]
struct Arrived {
    copies: Mutex<HashMap<usize, usize>>,
    changed: Notify,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_arrives_whenever_the_program_is_killed() {
    let hops = [
        Arc::new(Sink::start().await.expect("a hop")),
        Arc::new(Sink::start().await.expect("a hop")),
    ];
    let arrived = [(); 2].map(|()| Arc::new(Arrived::default()));
    for (hop, arrived) in hops.iter().zip(&arrived) {
        tokio::spawn(collect(Arc::clone(hop), Arc::clone(arrived)));
    }
    let dir = tempfile::tempdir().expect("a directory");
    let mx = free_port();
    write_configuration(dir.path(), mx, [hops[0].addr(), hops[1].addr()]);
    let ledger = Arc::new(Ledger::default());
    let clients: Vec<JoinHandle<()>> = (0..CLIENTS)
        .map(|_| tokio::spawn(speak(mx, Arc::clone(&ledger))))
        .collect();
    let mut dir = Some(dir);
    let mut cuts = 0;
    for round in 0..KILLS {
        let program = Program::launch(dir.take().expect("given back"), mx);
        let before = ledger.count();
        // Some die young, some after much work; half of them while a hop is down, just after they took custody.
        let lives = 5 + (round * 37) % 60;
        let hop = &hops[round % 2];
        ledger.reached(before + lives / 3).await;
        hop.go_down().await;
        cuts += 1;
        ledger.reached(before + 2 * lives / 3).await;
        if round % 4 < 2 {
            hop.come_back().await;
        }
        ledger.reached(before + lives).await;
        dir = Some(program.kill());
        hop.come_back().await;
    }
    ledger.over.store(true, Ordering::Release);
    for client in clients {
        client.await.expect("no panic");
    }
    let _program = Program::launch(dir.take().expect("given back"), mx);
    let acknowledged = ledger.acknowledged.lock().expect("no panic").clone();
    for arrived in &arrived {
        let all = arrived.has(&acknowledged);
        if timeout(WAIT, all).await.is_err() {
            panic!(
                "lost: {:?} of {}",
                arrived.missing(&acknowledged),
                acknowledged.len()
            );
        }
    }
    let extra: usize = arrived.iter().map(|arrived| arrived.extra()).sum();
    println!(
        "{} messages acknowledged to {} recipients each, {KILLS} kills, {cuts} losses of a hop: none lost, {extra} extra copies",
        acknowledged.len(),
        RECIPIENTS.len(),
    );
    // A kill or a cut can only double what was on its way just then.
    assert!(extra <= (KILLS * 2 + cuts) * PLACES, "{extra} extra copies");
}

impl Ledger {
    fn count(&self) -> usize {
        self.acknowledged.lock().expect("no panic").len()
    }

    async fn reached(&self, count: usize) {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                if self.count() >= count {
                    return;
                }
                changed.await;
            }
        };
        timeout(WAIT, waiting).await.expect("the load goes on");
    }
}

impl Arrived {
    fn missing(&self, wanted: &[usize]) -> Vec<usize> {
        let copies = self.copies.lock().expect("no panic");
        let missing = wanted.iter().filter(|number| !copies.contains_key(number));
        missing.copied().collect()
    }

    async fn has(&self, wanted: &[usize]) {
        loop {
            let changed = self.changed.notified();
            if self.missing(wanted).is_empty() {
                return;
            }
            changed.await;
        }
    }

    fn extra(&self) -> usize {
        let copies = self.copies.lock().expect("no panic");
        copies.values().map(|count| count - 1).sum()
    }
}

/// One client: message after message, and a new connection whenever one is lost.
async fn speak(mx: SocketAddr, ledger: Arc<Ledger>) {
    while !ledger.over.load(Ordering::Acquire) {
        let Ok(mut client) = Client::connect(mx).await else {
            tokio::task::yield_now().await;
            continue;
        };
        if client.ehlo("client.example.net").await.is_err() {
            continue;
        }
        while !ledger.over.load(Ordering::Acquire) {
            let number = ledger.next.fetch_add(1, Ordering::Relaxed);
            let sent = content(number);
            match client.deliver("a@example.net", &RECIPIENTS, &sent).await {
                Ok(delivery) if delivery.is_accepted() => {
                    ledger.acknowledged.lock().expect("no panic").push(number);
                    ledger.changed.notify_waiters();
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }
}

/// Takes down what a hop has, and that it is what was sent.
async fn collect(hop: Arc<Sink>, arrived: Arc<Arrived>) {
    loop {
        let Ok(message) = hop.next_message().await else {
            continue;
        };
        let number = number(&message);
        assert!(
            message.below(1) == content(number),
            "number {number} was altered"
        );
        *arrived
            .copies
            .lock()
            .expect("no panic")
            .entry(number)
            .or_default() += 1;
        arrived.changed.notify_waiters();
    }
}

/// Every tenth is too large to be kept in memory.
fn content(number: usize) -> Vec<u8> {
    let lines = match number % 10 {
        0 => 10_000,
        few => few * 20,
    };
    let mut text =
        format!("Subject: number {number}\r\nMessage-ID: <{number}@example.net>\r\n\r\n");
    for line in 0..lines {
        text.push_str(&format!(
            "line {line} of number {number}, and nothing else\r\n"
        ));
    }
    text.into_bytes()
}

fn number(message: &Message) -> usize {
    let subject = message.field("Subject");
    let number = subject.first().and_then(|text| text.rsplit(' ').next());
    number
        .and_then(|text| text.trim().parse().ok())
        .expect("a number")
}

fn write_configuration(dir: &Path, mx: SocketAddr, hops: [SocketAddr; 2]) {
    let people = "address,side\nnora@contoso.com,notes\ncarl@contoso.com,other\n";
    std::fs::write(dir.join("people.csv"), people).expect("people");
    let [notes, other] = hops;
    let dir = dir.display();
    let text = format!(
        r#"
hostname = "mx.contoso.com"
state_dir = "{dir}/state"
[[listener]]
name = "mx"
address = "{mx}"
[domain."contoso.com"]
postmaster = "nora@contoso.com"
[side.notes]
kind = "domino"
next_hop = ["{notes}"]
max_connections = {PLACES}
[side.notes.tls]
mode = "none"
[side.other]
kind = "smtp"
next_hop = ["{other}"]
max_connections = {PLACES}
[side.other.tls]
mode = "none"
[[directory]]
name = "people"
kind = "csv"
path = "{dir}/people.csv"
[internet]
next_hop = ["{notes}"]
[spool]
retry = ["1s"]
"#
    );
    std::fs::write(format!("{dir}/twinmx.toml"), text).expect("the configuration");
}

const WAIT: Duration = Duration::from_secs(120);
