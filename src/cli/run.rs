//! `twinmx run`: the gateway in the foreground.

use std::io::{self, IsTerminal};
use std::net::TcpListener;
use std::path::Path;

use clap::{Args, ValueEnum};
use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use tracing_subscriber::EnvFilter;

use super::exit::Exit;
use super::{ConfigFile, Streams};
use crate::config::{Config, Loaded};
use crate::event::log::{Log, Writing};
use crate::event::text::Text;
use crate::event::{Event, Events};
use crate::gateway::{Gateway, StartError};
use crate::workers::Workers;

/// Run the gateway: SIGHUP reloads the configuration, SIGTERM and SIGINT drain and end
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    file: ConfigFile,
    /// How events are written to standard error
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// One readable line an event
    Text,
    /// One JSON object an event
    Json,
}

impl Run {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let _writing = log_to_stderr(self.log_format)?;
        let passed = passed_sockets()?;
        let workers = Workers::one_per_core()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        match runtime.block_on(serve(&self.file.config, config, passed, workers)) {
            Ok(()) => Ok(Exit::Success),
            Err(ServeError::Start(error)) => {
                writeln!(streams.err, "twinmx: {error}")?;
                Ok(exit_for(&error))
            }
            Err(ServeError::Signals(error)) => Err(error),
        }
    }
}

enum ServeError {
    Start(StartError),
    Signals(io::Error),
}

async fn serve(
    file: &Path,
    config: Config,
    passed: Vec<TcpListener>,
    workers: Workers,
) -> Result<(), ServeError> {
    let events = Events::to_log();
    // Signals first: one that comes while we start must not kill us half way.
    let mut signals = Signals::new().map_err(ServeError::Signals)?;
    let gateway = Gateway::start_on(config, events.clone(), passed, workers)
        .await
        .map_err(ServeError::Start)?;
    tell_systemd(&[NotifyState::Ready]);
    while let Told::Reload = signals.next().await {
        reload(file, &gateway, &events).await;
    }
    tell_systemd(&[NotifyState::Stopping]);
    gateway.drain().await;
    Ok(())
}

/// Checked first; a file that is not right leaves everything as it is.
async fn reload(file: &Path, gateway: &Gateway, events: &Events) {
    let reloading = NotifyState::monotonic_usec_now().map(|now| [NotifyState::Reloading, now]);
    if let Ok(states) = &reloading {
        tell_systemd(states);
    }
    let refused = match Config::load(file) {
        Ok(Loaded { config, .. }) => gateway
            .reload(config)
            .await
            .err()
            .map(|error| error.to_string()),
        Err(faults) => Some(faults.in_one_line()),
    };
    let file = file.to_owned();
    events.emit(match refused {
        None => Event::Reloaded { file },
        Some(why) => Event::ReloadRefused { file, why },
    });
    tell_systemd(&[NotifyState::Ready]);
}

/// What the operator wants.
enum Told {
    Reload,
    End,
}

struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The next one; until then systemd's watchdog is kept content.
    async fn next(&mut self) -> Told {
        let Some(period) = sd_notify::watchdog_enabled() else {
            return self.told().await;
        };
        let mut ticks = interval(period / 2);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                told = self.told() => return told,
                _ = ticks.tick() => tell_systemd(&[NotifyState::Watchdog]),
            }
        }
    }

    async fn told(&mut self) -> Told {
        tokio::select! {
            _ = self.hangup.recv() => Told::Reload,
            _ = self.terminate.recv() => Told::End,
            _ = self.interrupt.recv() => Told::End,
        }
    }
}

/// Without systemd nobody listens, which is no fault.
fn tell_systemd(states: &[NotifyState<'_>]) {
    let _ = sd_notify::notify(states);
}

/// Sockets that systemd opened for us, so that port 25 needs no privilege of ours.
fn passed_sockets() -> io::Result<Vec<TcpListener>> {
    let mut passed = ListenFd::from_env();
    (0..passed.len())
        .filter_map(|index| passed.take_tcp_listener(index).transpose())
        .collect()
}

/// The log is written as long as the value lives.
fn log_to_stderr(format: LogFormat) -> io::Result<Writing> {
    let filter = EnvFilter::try_from_env("TWINMX_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let (log, writing) = Log::start(io::stderr())?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(log)
        .with_target(false);
    // A second logger, as in tests that run a command twice, changes nothing.
    let _ = match format {
        LogFormat::Text if io::stderr().is_terminal() => log.with_ansi(true).try_init(),
        LogFormat::Text => log.with_ansi(false).event_format(Text).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    Ok(writing)
}

fn exit_for(error: &StartError) -> Exit {
    match error {
        StartError::Tls(_) | StartError::LoopKey(_) | StartError::Resolver(_) => {
            Exit::Configuration
        }
        StartError::StateDir { .. } => Exit::CannotCreate,
        StartError::Directory(_) | StartError::Spool { .. } => Exit::InputOutput,
        StartError::Listen { error, .. } if error.kind() == io::ErrorKind::PermissionDenied => {
            Exit::NoPermission
        }
        StartError::Listen { .. } => Exit::Unreachable,
    }
}
