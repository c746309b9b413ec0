//! The program itself: start, reload, drain, end.

use std::net::TcpListener;
use std::process::Command;

use testbed::client::Client;
use testbed::load::Load;
use testbed::sink::{Act, Gate, Sink, Stage};

use crate::program::{Program, free_port, write_configuration};
use crate::scene::message;

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_reloads_and_a_bad_file_changes_nothing() {
    let notes = Sink::start().await.expect("a sink");
    let program = Program::start(notes.addr());
    assert_eq!(code_for_unknown(&program).await, 550);

    write_configuration(&program.file, program.mx, notes.addr(), "defer");
    program.signal("HUP");
    program.says("TWX-0501");
    assert_eq!(code_for_unknown(&program).await, 451);

    std::fs::write(
        &program.file,
        "hostname = \"mx.contoso.com\"\nlistner = 1\n",
    )
    .expect("a bad file");
    program.signal("HUP");
    let line = program.says("TWX-0502");
    assert!(line.contains("twinmx.toml"), "{line}");
    assert_eq!(
        code_for_unknown(&program).await,
        451,
        "the former configuration stays in force"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_opens_new_listeners_and_closes_old_ones() {
    let notes = Sink::start().await.expect("a sink");
    let mut program = Program::start(notes.addr());
    let (old, new) = (program.mx, free_port());
    let mut open = program.client().await;
    write_configuration(&program.file, new, notes.addr(), "reject");
    program.signal("HUP");
    program.says("TWX-0501");
    program.mx = new;
    assert_eq!(code_for_unknown(&program).await, 550);
    let ending = open
        .ending()
        .await
        .expect("the old listener's sessions end");
    assert!(ending.before.starts_with(b"421 4.3.2"), "{ending:?}");
    assert!(
        Client::connect(old).await.is_err(),
        "nobody listens there any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_that_closes_a_listener_lets_its_transactions_end() {
    let notes = Sink::start().await.expect("a sink");
    let gate = Gate::new();
    notes.script(|script| script.on(Stage::End, Act::normal().after(&gate)));
    let program = Program::start(notes.addr());
    let mut busy = program.client().await;
    let sent = message("x");
    let (delivery, ()) = tokio::join!(
        busy.deliver("a@example.net", &["nora@contoso.com"], &sent),
        async {
            gate.reached(1)
                .await
                .expect("the message waits for its reply");
            for _ in 0..2 {
                write_configuration(&program.file, free_port(), notes.addr(), "reject");
                program.signal("HUP");
                program.says("TWX-0501");
            }
            gate.release();
        }
    );
    assert!(
        delivery.expect("a dialog").is_accepted(),
        "the transaction ended as it should"
    );
    assert!(
        busy.ending()
            .await
            .expect("and then its session")
            .before
            .starts_with(b"421 4.3.2")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn termination_lets_a_transaction_end_and_idle_sessions_go() {
    let notes = Sink::start().await.expect("a sink");
    let gate = Gate::new();
    notes.script(|script| script.on(Stage::End, Act::normal().after(&gate)));
    let program = Program::start(notes.addr());
    let (mut idle, mut busy) = (program.client().await, program.client().await);
    let sent = message("x");
    let (delivery, ()) = tokio::join!(
        busy.deliver("a@example.net", &["nora@contoso.com"], &sent),
        async {
            gate.reached(1)
                .await
                .expect("the message waits for its reply");
            program.signal("TERM");
            let ending = idle.ending().await.expect("an idle session ends at once");
            assert!(ending.before.starts_with(b"421 4.3.2"), "{ending:?}");
            gate.release();
        }
    );
    assert!(
        delivery.expect("a dialog").is_accepted(),
        "the transaction ended as it should"
    );
    assert_eq!(program.exit_code(), Some(0));
}

#[test]
fn a_broken_configuration_starts_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("twinmx.toml");
    let mx = free_port();
    write_configuration(&file, mx, free_port(), "perhaps");
    let output = Command::new(env!("CARGO_BIN_EXE_twinmx"))
        .args(["run", "--config"])
        .arg(&file)
        .output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("TWX-01") && said.contains("twinmx.toml:8:"),
        "{said}"
    );
    assert!(!dir.path().join("state").exists(), "nothing was made");
    assert!(std::net::TcpStream::connect(mx).is_err(), "nothing listens");
}

#[test]
fn a_port_that_is_taken_is_said_so() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("people.csv"), "address,side\n").expect("people");
    let file = dir.path().join("twinmx.toml");
    write_configuration(
        &file,
        taken.local_addr().expect("its address"),
        free_port(),
        "reject",
    );
    let output = Command::new(env!("CARGO_BIN_EXE_twinmx"))
        .args(["run", "--config"])
        .arg(&file)
        .output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(69));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("cannot listen on"),
        "{output:?}"
    );
}

/// The program has a thread a core, each with connections of its own; the bound is for all of them together.
#[tokio::test(flavor = "multi_thread")]
async fn threads_share_the_places_that_a_side_gives() {
    let notes = Sink::start().await.expect("a sink");
    let program = Program::start(notes.addr());
    let text = std::fs::read_to_string(&program.file).expect("the configuration");
    let kind = "kind = \"domino\"\n";
    let text = text.replace(kind, &format!("{kind}max_connections = 2\n"));
    std::fs::write(&program.file, text).expect("the configuration");
    program.signal("HUP");
    program.says("TWX-0501");
    let load = Load::new("places", ["nora@contoso.com"]).messages(96);
    let report = load.sessions(16).size(2_000).run(program.mx).await;
    let report = report.expect("a load");
    assert!(report.failed.is_empty(), "{}", report.failed[0].1);
    assert!(notes.count(&report.accepted).is_perfect());
    // None is closed as long as it may be used again, so no more than these were ever open.
    let opened = notes.connections().len();
    assert!((1..=2).contains(&opened), "{opened} connections");
}

/// Its own sockets share their port among each other; with another gateway's they must not.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_gateway_on_the_same_address_does_not_start() {
    let notes = Sink::start().await.expect("a sink");
    let program = Program::start(notes.addr());
    let output = Command::new(env!("CARGO_BIN_EXE_twinmx"))
        .args(["run", "--config"])
        .arg(&program.file)
        .output();
    let output = output.expect("the program runs");
    assert_eq!(output.status.code(), Some(69));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("cannot listen on"), "{said}");
    assert_eq!(code_for_unknown(&program).await, 550, "the first goes on");
}

async fn code_for_unknown(program: &Program) -> u16 {
    let mut client = program.client().await;
    client.mail("a@example.net").await.expect("MAIL");
    client.rcpt("nobody@contoso.com").await.expect("RCPT").code
}
