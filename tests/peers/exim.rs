//! Exim as a next hop that stores what it is given.

use std::net::SocketAddr;

use super::daemon::{Daemon, Home, Program};
use super::store::{Lines, Store, Stored};
use super::unpacked;

pub(crate) struct Exim {
    // Stopped before the store is gone.
    _daemon: Daemon,
    address: SocketAddr,
    store: Store,
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
message_size_limit = 200M
tls_advertise_hosts =
acl_smtp_mail = accept
acl_smtp_rcpt = accept
acl_smtp_data = accept
begin routers
everybody:
  driver = accept
  transport = store
begin transports
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

impl Exim {
    pub(crate) async fn start() -> Self {
        let home = Home::new("exim");
        let store = Store::new(&home, Lines::CrLf);
        // Exim makes what is below it under the user that it becomes.
        let spool = home.open_directory("spool");
        let scratch = home.open_directory("scratch");
        let address = home.address();
        // Exim puts no reverse path on a command line: a stranger chose it.
        let deliver = format!("exec {} \"$SENDER\" \"$@\"\n", store.command());
        home.write("deliver.sh", &deliver);
        let configuration = CONFIGURATION
            .replace("HOME", &home.path().display().to_string())
            .replace("PORT", &address.port().to_string());
        let file = home.write("exim.conf", &configuration);
        let script = format!(
            "mkdir -p /etc/exim4 && cp {} /etc/exim4/exim4.conf && exec /usr/sbin/exim4 -bdf -q1m",
            file.display()
        );
        let program = Program::new(["/bin/sh", "-c", &script])
            .over(unpacked("exim"), scratch)
            .logs_to(spool.join("log/mainlog"))
            .logs_to(spool.join("log/paniclog"));
        let daemon = Daemon::start("exim", home, program).await;
        Self {
            _daemon: daemon,
            address,
            store,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until `count` messages have been stored; all of them, oldest first.
    pub(crate) async fn stored(&self, count: usize) -> Vec<Stored> {
        self.store.wait_for(count).await
    }
}
