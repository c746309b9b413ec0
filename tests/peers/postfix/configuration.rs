//! main.cf and master.cf of a private instance. It shares nothing with the system's Postfix.

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::super::daemon::Home;
use super::super::store::Store;

/// Where accepted mail goes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Delivery {
    #[default]
    Store,
    Discard,
    Relay(SocketAddr),
}

/// What is put off is tried again soon, but not within a second: a message whose last
/// attempt has not been closed is "skipped, still being delivered", and that for a minute.
const MAIN: &str = "\
compatibility_level = 3.6
mail_owner = postfix
setgid_group = postdrop
myhostname = postfix.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
disable_dns_lookups = yes
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_tls_loglevel = 1
smtp_tls_loglevel = 1
smtp_line_length_limit = 0
message_size_limit = 209715200
mailbox_size_limit = 0
maillog_file = /dev/stdout
minimal_backoff_time = 2s
maximal_backoff_time = 3s
queue_run_delay = 1s
default_destination_concurrency_failed_cohort_limit = 100
";

/// The services that take mail, keep it and send it. The store is pipe(8): it
/// adds no field and hands over the paths as they are.
const MASTER: &str = "\
ADDRESS   inet  n - n - - smtpd
pickup    unix  n - n 1 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
scache    unix  - - n - 1 scache
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
store     unix  - n n - - pipe flags=q user=nobody null_sender= eol=\\r\\n
  argv=COMMAND ${sender} ${recipient}
";

pub(super) fn directory(home: &Path) -> PathBuf {
    home.join("etc")
}

/// Writes both files and what Postfix needs around them; the directory they are in.
pub(super) fn write(
    home: &Home,
    store: &Store,
    delivery: Delivery,
    parameters: &[(String, String)],
) -> PathBuf {
    let directory = directory(home.path());
    for made in ["etc", "queue", "data"] {
        fs::create_dir(home.path().join(made)).expect("the home is ours and empty");
    }
    give_to_postfix(&home.path().join("data"));
    home.write("etc/main.cf", &main(home, delivery, parameters));
    let master = MASTER
        .replace("ADDRESS", &home.address().to_string())
        .replace("COMMAND", &store.command());
    home.write("etc/master.cf", &master);
    directory
}

fn main(home: &Home, delivery: Delivery, parameters: &[(String, String)]) -> String {
    let given = |line: &&str| {
        let name = line.split(" =").next();
        !parameters
            .iter()
            .any(|(given, _)| Some(given.as_str()) == name)
    };
    let mut text: String = MAIN
        .lines()
        .filter(given)
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut set = |name: &str, value: &str| {
        writeln!(text, "{name} = {value}").expect("a string takes everything");
    };
    let path = home.path().display();
    set("queue_directory", &format!("{path}/queue"));
    set("data_directory", &format!("{path}/data"));
    match delivery {
        Delivery::Store => set("default_transport", "store"),
        Delivery::Discard => set("default_transport", "discard"),
        Delivery::Relay(hop) => set("relayhost", &format!("[{}]:{}", hop.ip(), hop.port())),
    }
    for (name, value) in parameters {
        set(name, value);
    }
    text
}

/// Postfix keeps its caches there under its own name.
fn give_to_postfix(path: &Path) {
    let users = fs::read_to_string("/etc/passwd").expect("every system has one");
    let postfix = users
        .lines()
        .find_map(|line| line.strip_prefix("postfix:x:"));
    let id = postfix.and_then(|rest| rest.split(':').next()?.parse().ok());
    let id = id.expect("installing Postfix has made its user");
    std::os::unix::fs::chown(path, Some(id), None).expect("we are root");
}
