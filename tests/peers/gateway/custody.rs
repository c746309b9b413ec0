//! What the kernel is asked for before a message is answered, as strace shows it.

use std::path::Path;
use std::sync::Arc;

use testbed::sink::Sink;
use testbed::witness::Letter;

use super::super::strace::{Call, Watch};
use super::*;
use crate::custody::write_configuration;
use crate::program::{Program, free_port};

const CARL: &str = "carl@contoso.com";

/// A program that speaks for two sides, and the sides.
struct House {
    program: Program,
    hops: [Arc<Sink>; 2],
    scratch: tempfile::TempDir,
}

impl House {
    async fn start() -> Self {
        let hops = [
            Arc::new(Sink::start().await.expect("a hop")),
            Arc::new(Sink::start().await.expect("a hop")),
        ];
        let dir = tempfile::tempdir().expect("a directory");
        let mx = free_port();
        write_configuration(dir.path(), mx, [hops[0].addr(), hops[1].addr()]);
        let program = Program::launch(dir, mx);
        let scratch = tempfile::tempdir().expect("a directory");
        let house = Self {
            program,
            hops,
            scratch,
        };
        // The directory has been read, and what a start writes is written.
        house.sends(Letter(0).of_lines(1), &[NORA]).await;
        house
    }

    async fn sends(&self, content: Vec<u8>, to: &[&str]) -> String {
        let mut client = self.program.client().await;
        let delivery = client.deliver(SENDER, to, &content).await;
        let reply = delivery.expect("a dialog").verdict().clone();
        assert_eq!(reply.code, 250, "{reply:?}");
        // Once this is answered, the call that said so has come back, and is in the trace.
        client.command("NOOP").await.expect("NOOP");
        reply.to_string()
    }

    /// What the program did while `content` was sent, and the number of the call that said 250 to its end.
    async fn watched(&self, content: Vec<u8>, to: &[&str]) -> (Vec<Call>, usize) {
        let watch = Watch::begin(self.program.id(), CALLS, self.scratch.path());
        let reply = self.sends(content, to).await;
        let calls = watch.end();
        let says = |call: &Call| call.arguments.contains(&format!("\"{}", reply.trim_end()));
        let said = calls.iter().position(says);
        let said = said.unwrap_or_else(|| panic!("nobody says {reply:?}: {calls:#?}"));
        (calls, said)
    }
}

const CALLS: &str = "write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2";

fn syncs(call: &Call) -> bool {
    ["fsync", "fdatasync"].contains(&&*call.name)
}

/// The first call behind `after` that has come back well, of one of these names, with all of these words.
#[track_caller]
fn next<'a>(calls: &'a [Call], after: &Call, names: &[&str], words: &[&str]) -> &'a Call {
    let found = calls.iter().find(|call| {
        call.begun > after.ended
            && names.contains(&&*call.name)
            && words.iter().all(|word| call.arguments.contains(word))
    });
    let found = found.unwrap_or_else(|| panic!("no {names:?} with {words:?}: {calls:#?}"));
    assert!(!found.result.starts_with('-'), "{found:?}");
    found
}

/// The first call that writes these words.
#[track_caller]
fn written<'a>(calls: &'a [Call], words: &[&str]) -> &'a Call {
    let before = Call {
        begun: 0,
        ended: 0,
        name: String::new(),
        arguments: String::new(),
        result: String::new(),
    };
    next(calls, &before, WRITES, words)
}

const WRITES: &[&str] = &["write", "writev", "pwrite64", "pwritev", "pwritev2"];

/// The descriptor that a call is about, with its path.
fn file(call: &Call) -> &str {
    let end = call.arguments.find('>').map_or(0, |end| end + 1);
    &call.arguments[..end]
}

#[tokio::test]
async fn a_kept_message_is_written_then_synced_then_acknowledged() {
    let Some(()) = require(&[Peer::Strace]) else {
        return;
    };
    let house = House::start().await;
    house.hops[0].go_down().await;
    let (calls, said) = house.watched(Letter(4711).of_lines(50), &[NORA]).await;
    let data = written(&calls, &["/state/spool/", "Subject: number 4711"]);
    let synced = next(&calls, data, &["fsync", "fdatasync"], &[file(data)]);
    assert_eq!(synced.result, "0");
    assert!(synced.ended < calls[said].begun, "{calls:#?}");
}

#[tokio::test]
async fn a_large_one_has_its_content_and_its_name_on_the_disk_before_its_record() {
    let Some(()) = require(&[Peer::Strace]) else {
        return;
    };
    let house = House::start().await;
    house.hops[0].go_down().await;
    let (calls, said) = house.watched(Letter(4712).of_lines(40_000), &[NORA]).await;
    // What follows its beginning is in the same file; the last of it counts.
    let draft = file(written(&calls, &["/state/spool/", "Subject: number 4712"])).to_owned();
    let data = calls
        .iter()
        .rfind(|call| WRITES.contains(&&*call.name) && file(call) == draft);
    let synced = next(
        &calls,
        data.expect("the first"),
        &["fsync", "fdatasync"],
        &[&draft],
    );
    let name = Path::new(draft.trim_end_matches('>')).file_name();
    let name = name.and_then(|name| name.to_str()).expect("a name");
    let renames = ["rename", "renameat", "renameat2"];
    let named = next(&calls, synced, &renames, &[name]);
    let listed = next(&calls, named, &["fsync"], &["/state/spool>"]);
    let record = next(&calls, listed, WRITES, &["/state/spool/"]);
    let kept = next(&calls, record, &["fsync", "fdatasync"], &[file(record)]);
    assert!(kept.ended < calls[said].begun, "{calls:#?}");
}

#[tokio::test]
async fn a_split_message_that_all_take_costs_no_sync() {
    let Some(()) = require(&[Peer::Strace]) else {
        return;
    };
    let house = House::start().await;
    for lines in [10, 10_000, 40_000] {
        let (calls, _) = house
            .watched(Letter(lines).of_lines(lines), &[NORA, CARL])
            .await;
        let synced = calls.iter().find(|call| syncs(call));
        assert_eq!(synced, None, "{lines} lines");
    }
    let got = house.hops[1].next_message().await.expect("it arrives");
    assert_eq!(got.recipients(), [CARL]);
}
