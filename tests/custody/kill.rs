//! The program under load is killed again and again, while both of its hops come and go: what it acknowledged arrives.

use std::sync::Arc;
use std::time::Duration;

use testbed::sink::{Act, Gate, Sink, Stage};
use testbed::witness::{Acknowledged, Arrivals, Letter, Sender, speak, unaltered};
use tokio::process::Command;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{CARL, FROM, NILS, NORA, PLACES, write_configuration};
use crate::program::{Program, free_port};
use crate::scene::message;

const KILLS: usize = 10;
const CLIENTS: usize = 6;
const SENDER: Sender = Sender {
    from: "a@example.net",
    to: |_| vec!["nora@contoso.com", "carl@contoso.com"],
    content: Letter::content,
    pause: Duration::ZERO,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_arrives_whenever_the_program_is_killed() {
    let hops = [
        Arc::new(Sink::start().await.expect("a hop")),
        Arc::new(Sink::start().await.expect("a hop")),
    ];
    let arrived = [(); 2].map(|()| Arc::new(Arrivals::default()));
    for (hop, arrived) in hops.iter().zip(&arrived) {
        let judge = unaltered(1, SENDER.content);
        tokio::spawn(Arc::clone(arrived).collect(Arc::clone(hop), judge));
    }
    let dir = tempfile::tempdir().expect("a directory");
    let mx = free_port();
    write_configuration(dir.path(), mx, [hops[0].addr(), hops[1].addr()]);
    let ledger = Arc::new(Acknowledged::default());
    let clients: Vec<JoinHandle<()>> = (0..CLIENTS)
        .map(|_| tokio::spawn(speak(mx, SENDER, Arc::clone(&ledger))))
        .collect();
    let mut dir = Some(dir);
    let mut cuts = 0;
    for round in 0..KILLS {
        let program = Program::launch(dir.take().expect("given back"), mx);
        let before = ledger.count();
        // Some die young, some after much work; half of them while a hop is down, just after they took custody.
        let lives = 5 + (round * 37) % 60;
        let hop = &hops[round % 2];
        reached(&ledger, before + lives / 3).await;
        hop.go_down().await;
        cuts += 1;
        reached(&ledger, before + 2 * lives / 3).await;
        if round % 4 < 2 {
            hop.come_back().await;
        }
        reached(&ledger, before + lives).await;
        dir = Some(program.kill());
        hop.come_back().await;
    }
    ledger.end();
    for client in clients {
        client.await.expect("no panic");
    }
    let _program = Program::launch(dir.take().expect("given back"), mx);
    let acknowledged = ledger.letters();
    for arrived in &arrived {
        let all = arrived.has(&acknowledged);
        if timeout(WAIT, all).await.is_err() {
            panic!(
                "lost: {:?} of {}",
                arrived.missing(&acknowledged),
                acknowledged.len()
            );
        }
        assert!(arrived.damaged().is_empty(), "{:?}", arrived.damaged());
    }
    let extra: usize = arrived.iter().map(|arrived| arrived.extra()).sum();
    println!(
        "{} messages acknowledged to two recipients each, {KILLS} kills, {cuts} losses of a hop: none lost, {extra} extra copies",
        acknowledged.len(),
    );
    // A kill or a cut can only double what was on its way just then.
    assert!(extra <= (KILLS * 2 + cuts) * PLACES, "{extra} extra copies");
}

/// One side refuses somebody, so that the message is ours before it gives its last word; the other says nothing for long.
#[tokio::test]
async fn what_one_hop_took_is_noted_while_another_takes_its_time() {
    let [notes, other] = [
        Arc::new(Sink::start().await.expect("a hop")),
        Arc::new(Sink::start().await.expect("a hop")),
    ];
    notes.script(|script| script.recipient(NILS, Act::reply(550, "5.1.1 no such user")));
    let gate = Gate::new();
    other.script(|script| script.on(Stage::End, Act::normal().after(&gate)));
    let dir = tempfile::tempdir().expect("a directory");
    let mx = free_port();
    write_configuration(dir.path(), mx, [notes.addr(), other.addr()]);
    let people = format!("address,side\n{NORA},notes\n{NILS},notes\n{CARL},other\n");
    std::fs::write(dir.path().join("people.csv"), people).expect("people");
    let program = Program::launch(dir, mx);
    let mut client = program.client().await;
    let sent = message("split");
    let letter = sent.clone();
    let split = tokio::spawn(async move {
        let recipients = [NORA, NILS, CARL];
        client.deliver(FROM, &recipients, &letter).await
    });
    let at_notes = timeout(WAIT, notes.next_message()).await;
    let at_notes = at_notes.expect("in time").expect("a session");
    assert_eq!(at_notes.recipients(), [NORA]);
    timeout(WAIT, gate.reached(1))
        .await
        .expect("in time")
        .expect("it waits");
    until(&program, |list| list.contains("\"delivered\"")).await;
    // What is committed later stands behind the note.
    let mut second = program.client().await;
    let later = second.deliver(FROM, &[NORA, NILS], &message("later")).await;
    assert!(later.expect("a dialog").is_accepted());
    let dir = program.kill();
    split.abort();
    other.script(|script| script.on(Stage::End, Act::normal()));
    let program = Program::launch(dir, mx);
    let at_other = timeout(WAIT, other.next_message()).await;
    at_other.expect("in time").expect("a session");
    until(&program, str::is_empty).await;
    let to_notes = notes.messages();
    let copies = to_notes.iter().filter(|one| one.below(1) == sent);
    assert_eq!(copies.count(), 1);
}

/// Waits until what is in the queue is so.
async fn until(program: &Program, is_so: impl Fn(&str) -> bool) {
    let asked = timeout(WAIT, async {
        loop {
            let output = Command::new(env!("CARGO_BIN_EXE_twinmx"))
                .args(["queue", "list", "--json", "--config"])
                .arg(&program.file)
                .output()
                .await;
            let output = output.expect("it runs");
            let list = String::from_utf8(output.stdout).expect("text");
            if is_so(&list) {
                return;
            }
        }
    });
    asked.await.expect("in time");
}

async fn reached(ledger: &Acknowledged, count: usize) {
    let reached = timeout(WAIT, ledger.reached(count)).await;
    reached.expect("the load goes on");
}

const WAIT: Duration = Duration::from_secs(120);
