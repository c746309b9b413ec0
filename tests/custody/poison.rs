//! A message that the process dies of is set aside; those that were under way with it are not.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use testbed::sink::{Act, Gate, Sink, Stage};
use testbed::witness::{Arrivals, Letter, unaltered};
use tokio::time::timeout;

use super::{FROM, NORA, PLACES, WAIT, write_configuration};
use crate::program::{Program, free_port};

const CONTENT: fn(Letter) -> Vec<u8> = |letter| letter.of_lines(3);

/// A hop whose last word does not come, and a program that keeps everything first: each attempt lasts until the death.
struct House {
    hop: Arc<Sink>,
    gate: Gate,
    mx: SocketAddr,
    dir: Option<TempDir>,
}

impl House {
    async fn build() -> Self {
        let hop = Arc::new(Sink::start().await.expect("a hop"));
        let gate = Gate::new();
        let held = gate.clone();
        hop.script(|script| script.on(Stage::End, Act::normal().after(&held)));
        let dir = tempfile::tempdir().expect("a directory");
        let mx = free_port();
        write_configuration(dir.path(), mx, [hop.addr(), hop.addr()]);
        let file = std::fs::File::options()
            .append(true)
            .open(dir.path().join("twinmx.toml"));
        let mut file = file.expect("the configuration");
        file.write_all(b"always = true\n").expect("its last table");
        let dir = Some(dir);
        Self { hop, gate, mx, dir }
    }

    fn program(&mut self) -> Program {
        Program::launch(self.dir.take().expect("given back"), self.mx)
    }

    /// It dies when so many attempts have come as far as the hop, since the beginning.
    async fn dies(&mut self, program: Program, attempts: usize) {
        let came = timeout(WAIT, async {
            while self.gate.reached(attempts).await.is_err() {}
        });
        came.await.expect("they are tried");
        self.dir = Some(program.kill());
    }

    /// From now on it answers.
    fn answers(&self) -> Arc<Arrivals> {
        self.hop
            .script(|script| script.on(Stage::End, Act::normal()));
        let arrivals = Arc::new(Arrivals::default());
        tokio::spawn(Arc::clone(&arrivals).collect(Arc::clone(&self.hop), unaltered(1, CONTENT)));
        arrivals
    }
}

async fn sends(program: &Program, letters: std::ops::Range<usize>) {
    let mut client = program.client().await;
    for letter in letters {
        let sent = CONTENT(Letter(letter));
        let delivery = client.deliver(FROM, &[NORA], &sent).await;
        assert!(delivery.expect("a dialog").is_accepted());
    }
}

fn held(program: &Program) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_twinmx"))
        .args(["queue", "list", "--held", "--json", "--config"])
        .arg(&program.file)
        .output()
        .expect("it runs");
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test]
async fn what_the_process_died_of_twice_is_set_aside_and_the_rest_goes_on() {
    let mut house = House::build().await;
    let program = house.program();
    sends(&program, 0..1).await;
    house.dies(program, 1).await;
    let program = house.program();
    house.dies(program, 2).await;
    let arrivals = house.answers();
    let program = house.program();
    let list = held(&program);
    assert!(
        list.contains("the gateway died each time it was tried"),
        "{list}"
    );
    sends(&program, 1..4).await;
    let all = timeout(WAIT, arrivals.has(&[Letter(1), Letter(2), Letter(3)])).await;
    all.expect("the others go on");
    assert_eq!(arrivals.missing(&[Letter(0)]), [Letter(0)]);
}

#[tokio::test]
async fn what_was_under_way_together_is_not_blamed() {
    let mut house = House::build().await;
    let program = house.program();
    sends(&program, 0..PLACES + 5).await;
    house.dies(program, PLACES).await;
    let program = house.program();
    // One of the suspects, alone, and those that were not under way.
    house.dies(program, PLACES + 1 + 5).await;
    let arrivals = house.answers();
    let program = house.program();
    let all: Vec<_> = (0..PLACES + 5).map(Letter).collect();
    let came = timeout(WAIT, arrivals.has(&all)).await;
    assert!(
        came.is_ok(),
        "{:?}: {}",
        arrivals.missing(&all),
        held(&program)
    );
    assert_eq!(held(&program), "");
}
