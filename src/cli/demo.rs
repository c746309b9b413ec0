//! `twinmx demo`: a shared domain on loopback.

use std::io::{self, IsTerminal};
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::Streams;
use super::exit::Exit;
use crate::demo::{self, Review, Stage, StageError, TENANT, Table, event_line};

/// Show a shared domain at work: the gateway, stand-ins for the cloud and Notes, fifty people, some thirty messages
///
/// Nothing leaves this machine and nothing is left on it. Exits 0 if every message had the outcome it must have, 65 if
/// one had not, 75 if it took longer than a minute.
#[derive(Debug, Args)]
pub struct Demo {
    /// Keep everything running afterwards and show what comes in, until Ctrl-C
    #[arg(long)]
    stay: bool,
    /// One JSON document instead of the table
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        // Two runtimes: whatever the performance does to the threads and timers of its own, the watch goes on.
        let performance = Builder::new_multi_thread().enable_all().build()?;
        let outside = Builder::new_current_thread().enable_all().build()?;
        let ended = outside.block_on(self.show(&performance, streams));
        performance.shutdown_timeout(END); // what hangs is not waited for
        ended
    }

    async fn show(&self, performance: &Runtime, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let began = Instant::now();
        let mut stop = Stop::new()?;
        let mut play = Play::begin(performance, began + demo::TIME);
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let table = (!self.json).then(|| Table::new(colour));
        let mut reviews = Vec::new();
        let ended = follow(&mut play, &mut stop, table, &mut reviews, streams).await?;
        let took = began.elapsed();
        let right = reviews.iter().all(Review::is_right);
        match (table, &ended) {
            (None, ended) => {
                let expected = right && ended.is_ok();
                let report = Report {
                    expected,
                    seconds: took.as_secs_f64(),
                    messages: &reviews,
                };
                serde_json::to_writer_pretty(&mut *streams.out, &report)?;
                writeln!(streams.out)?;
            }
            (Some(table), Ok(_)) => write!(streams.out, "{}", table.foot(&reviews, took))?,
            (Some(_), Err(_)) => {}
        }
        let mut stage = match ended {
            Ok(stage) => stage,
            Err((why, exit)) => {
                writeln!(streams.err, "twinmx: {why}")?;
                return Ok(exit);
            }
        };
        if self.stay {
            stay(&mut stage, &mut stop, streams).await?;
        }
        let _ = timeout(END, stage.clear()).await; // whoever has a session open is not waited for
        Ok(if right { Exit::Success } else { Exit::BadData })
    }
}

/// Everything may take so long to end.
const END: Duration = Duration::from_secs(1);

/// Collects the reviews, and shows each when it comes where there is a table.
async fn follow(
    play: &mut Play,
    stop: &mut Stop,
    table: Option<Table>,
    reviews: &mut Vec<Review>,
    streams: &mut Streams<'_>,
) -> io::Result<Result<Box<Stage>, (String, Exit)>> {
    if let Some(table) = table {
        write!(streams.out, "{}", table.head())?;
    }
    loop {
        let next = tokio::select! {
            next = play.next() => next,
            () = stop.wanted() => Next::Failed("stopped".to_owned(), Exit::TryAgain),
        };
        match next {
            Next::Review(review) => {
                if let Some(table) = table {
                    write!(streams.out, "{}", table.review(&review))?;
                    streams.out.flush()?;
                }
                reviews.push(review);
            }
            Next::Ended(stage) => return Ok(Ok(stage)),
            Next::Failed(why, exit) => return Ok(Err((why, exit))),
        }
    }
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    /// Every message had the outcome it must have.
    expected: bool,
    seconds: f64,
    messages: &'a [Review],
}

/// The performance, as seen from outside.
struct Play {
    reviews: mpsc::UnboundedReceiver<Review>,
    doing: watch::Receiver<String>,
    task: JoinHandle<Result<Stage, StageError>>,
    until: Instant,
}

enum Next {
    Review(Review),
    Ended(Box<Stage>),
    Failed(String, Exit),
}

impl Play {
    fn begin(performance: &Runtime, until: Instant) -> Self {
        let (told, reviews) = mpsc::unbounded_channel();
        let (tell, doing) = watch::channel(String::new());
        Self {
            reviews,
            doing,
            task: performance.spawn(demo::perform(told, tell)),
            until,
        }
    }

    async fn next(&mut self) -> Next {
        let next = async {
            match self.reviews.recv().await {
                Some(review) => Next::Review(review),
                None => match (&mut self.task).await {
                    Ok(Ok(stage)) => Next::Ended(Box::new(stage)),
                    Ok(Err(error)) => Next::Failed(error.to_string(), exit_for(&error)),
                    Err(error) => Next::Failed(error.to_string(), Exit::BadData),
                },
            }
        };
        if let Ok(next) = timeout_at(self.until, next).await {
            return next;
        }
        let doing = self.doing.borrow().clone();
        Next::Failed(
            format!(
                "stopped after {} s, waiting for {doing}",
                demo::TIME.as_secs()
            ),
            Exit::TryAgain,
        )
    }
}

fn exit_for(error: &StageError) -> Exit {
    match error {
        StageError::Files(_) => Exit::CannotCreate,
        StageError::Configuration(_) => Exit::Configuration,
        StageError::Port(_) | StageError::Gateway(_) | StageError::People => Exit::Unreachable,
    }
}

/// Says how to take part, then what happens, until Ctrl-C.
async fn stay(stage: &mut Stage, stop: &mut Stop, streams: &mut Streams<'_>) -> io::Result<()> {
    write!(streams.out, "{}", invitation(stage))?;
    streams.out.flush()?;
    loop {
        tokio::select! {
            event = stage.next_event() => match event {
                Some(event) => if let Some(line) = event_line(&event) {
                    writeln!(streams.out, "{line}")?;
                    streams.out.flush()?;
                },
                None => break,
            },
            () = stop.wanted() => break,
        }
    }
    Ok(())
}

/// Ctrl-C, or the end that a service manager wants. Either leaves nothing behind.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn wanted(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn invitation(stage: &Stage) -> String {
    let (mx, inside, directory) = (stage.mx(), stage.inside(), stage.directory().display());
    format!(
        "\nEverything stays up. Try, from another terminal:\n\n\
         swaks --server {mx} --from you@fabrikam.com --to anna.berg@contoso.com      # she lives in the cloud\n\
         swaks --server {mx} --from you@fabrikam.com --to bernd.gross@contoso.com    # he lives in Notes\n\
         swaks --server {inside} --from bernd.gross@contoso.com --to anna.berg@contoso.com    # Notes speaks\n\
         swaks --server {mx} --tls --tls-cert {directory}/cloud.pem --tls-key {directory}/cloud.key \\\n      \
               --from anna.berg@contoso.com --to bernd.gross@contoso.com \\\n      \
               --header 'X-MS-Exchange-CrossTenant-Id: {TENANT}'    # the cloud speaks\n\n\
         Configuration: {}\n\
         People:        {directory}/people.csv (reread when it changes)\n\
         Ctrl-C ends it and removes {directory}.\n\n",
        stage.configuration().display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_play_that_hangs_is_stopped_and_says_what_it_waited_for() {
        let (_told, reviews) = mpsc::unbounded_channel();
        let (tell, doing) = watch::channel(String::new());
        tell.send_replace("message 3 to come to its end".to_owned());
        let until = Instant::now() + demo::TIME;
        let mut play = Play {
            reviews,
            doing,
            task: tokio::spawn(std::future::pending()),
            until,
        };
        match play.next().await {
            Next::Failed(why, Exit::TryAgain) => {
                assert_eq!(
                    why,
                    "stopped after 60 s, waiting for message 3 to come to its end"
                );
            }
            Next::Failed(..) | Next::Review(_) | Next::Ended(_) => panic!("it was not stopped"),
        }
        assert_eq!(Instant::now(), until);
    }
}
