//! Exim: as a next hop that stores what it is given, and as a server that sends it on.

use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::daemon::{Daemon, Home, Program};
use super::store::{Lines, Store, Stored};
use super::{PATIENCE, unpacked};

pub(crate) struct Exim {
    // Stopped before the store is gone.
    _daemon: Daemon,
    address: SocketAddr,
    store: Store,
    main_log: PathBuf,
}

/// What it is to do: without a word, take everything and store it.
#[derive(Default)]
pub(crate) struct Builder {
    onward: Option<(SocketAddr, Custody)>,
}

/// Who has the message while Exim sends it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Custody {
    /// It is in Exim's queue.
    Queue,
    /// Its sender still waits.
    CutThrough,
}

const CONFIGURATION: &str = r#"
primary_hostname = exim.test
spool_directory = HOME/spool
log_file_path = HOME/spool/log/%slog
pid_file_path = HOME/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = PORT
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max = 200
smtp_accept_max_per_connection = 0
smtp_accept_queue_per_connection = 0
message_size_limit = 200M
tls_advertise_hosts =
log_selector = +tls_cipher
acl_smtp_mail = accept
acl_smtp_rcpt = recipient
acl_smtp_data = accept
begin acl
recipient:
  accept RECIPIENT
begin routers
onward:
  driver = accept
  domains = ONWARD
  transport = onward
everybody:
  driver = accept
  transport = store
begin transports
onward:
  driver = smtp
  hosts = 127.0.0.1
  port = HOP
  allow_localhost
store:
  driver = pipe
  command = /bin/sh HOME/deliver.sh $pipe_addresses
  user = nobody
  group = nogroup
  batch_max = 1000
  use_crlf
  message_prefix =
  message_suffix =
  log_output
begin retry
* * F,1h,1s
"#;

impl Builder {
    /// Mail for contoso.com goes on to `hop`, out of Exim's queue.
    pub(crate) fn relay_to(mut self, hop: SocketAddr) -> Self {
        self.onward = Some((hop, Custody::Queue));
        self
    }

    /// Mail for contoso.com goes on to `hop` while its sender waits for an answer.
    pub(crate) fn cut_through_to(mut self, hop: SocketAddr) -> Self {
        self.onward = Some((hop, Custody::CutThrough));
        self
    }

    fn configuration(&self, home: &Home) -> String {
        let (domains, hop, custody) = match self.onward {
            None => ("", 0, Custody::Queue),
            Some((hop, custody)) => ("contoso.com", hop.port(), custody),
        };
        let recipient = match custody {
            Custody::Queue => "",
            Custody::CutThrough => "control = cutthrough_delivery/defer=pass",
        };
        CONFIGURATION
            .replace("HOME", &home.path().display().to_string())
            .replace("PORT", &home.address().port().to_string())
            .replace("ONWARD", domains)
            .replace("HOP", &hop.to_string())
            .replace("RECIPIENT", recipient)
    }

    pub(crate) async fn start(self) -> Exim {
        let home = Home::new("exim");
        let store = Store::new(&home, Lines::CrLf);
        // Exim makes what is below it under the user that it becomes.
        let spool = home.open_directory("spool");
        let scratch = home.open_directory("scratch");
        let address = home.address();
        // Exim puts no reverse path on a command line: a stranger chose it.
        let deliver = format!("exec {} \"$SENDER\" \"$@\"\n", store.command());
        home.write("deliver.sh", &deliver);
        let file = home.write("exim.conf", &self.configuration(&home));
        let script = format!(
            "mkdir -p /etc/exim4 && cp {} /etc/exim4/exim4.conf && exec /usr/sbin/exim4 -bdf -q1m",
            file.display()
        );
        let main_log = spool.join("log/mainlog");
        let program = Program::new(["/bin/sh", "-c", &script])
            .over(unpacked("exim"), scratch)
            .logs_to(main_log.clone())
            .logs_to(spool.join("log/paniclog"));
        let daemon = Daemon::start("exim", home, program).await;
        Exim {
            _daemon: daemon,
            address,
            store,
            main_log,
        }
    }
}

impl Exim {
    pub(crate) fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until `count` messages have been stored; all of them, oldest first.
    pub(crate) async fn stored(&self, count: usize) -> Vec<Stored> {
        self.store.wait_for(count).await
    }

    /// Waits for a line of the main log that holds all these words; that line.
    pub(crate) async fn logged(&self, words: &[&str]) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut pace = interval(super::store::PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            pace.tick().await;
            let log = std::fs::read_to_string(&self.main_log).unwrap_or_default();
            let found = log
                .lines()
                .find(|line| words.iter().all(|&word| line.contains(word)));
            if let Some(line) = found {
                return line.to_owned();
            }
            assert!(Instant::now() < deadline, "Exim did not log {words:?}");
        }
    }
}
