//! A private Postfix that shares nothing with the system's. Everything is at its default but what makes it private, what
//! sends its mail to the counter, and three bounds: processes, connections of one client (all come from 127.0.0.1) and
//! the size of a message.

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use testbed::counter::Count;

use super::daemon::{self, Daemon};
use super::scenario::Tls;
use super::stage::{Stage, write};
use super::stop::{PACE, Stop};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It answers when the message is in its queue, and delivers then.
    Queue,
    /// It answers what the next hop answers (smtpd_proxy_filter).
    Proxy,
    /// Everything goes into its hold queue.
    Hold,
    /// As [`Self::Queue`]; nobody listens at its next hop. It does not try again within the five minutes of its defaults.
    Defer,
    /// It stands for one of the gateway's sides, and is tried hard: what it could not pass on goes soon.
    Side,
}

pub(super) fn start(mode: Mode, stage: &Stage, stop: &Stop) -> Result<Daemon, String> {
    Postfix::prepare(mode, stage)?.run(stop)
}

/// One that is configured. It may run more than once: what is in its queue stays.
#[derive(Debug)]
pub(super) struct Postfix {
    name: &'static str,
    home: PathBuf,
    pub(super) address: SocketAddr,
}

impl Postfix {
    pub(super) fn prepare(mode: Mode, stage: &Stage) -> Result<Self, String> {
        if !Path::new(PROGRAM).is_file() {
            return Err("Postfix is not installed".to_owned());
        }
        if !rustix::process::geteuid().is_root() {
            return Err("Postfix starts for root only".to_owned());
        }
        let (name, options) = match mode {
            Mode::Queue => ("postfix-queue", String::new()),
            Mode::Defer => ("postfix-defer", String::new()),
            Mode::Side => ("postfix-side", String::new()),
            Mode::Hold => (
                "postfix-hold",
                "-o smtpd_client_restrictions=check_client_access,static:HOLD".to_owned(),
            ),
            // It speaks no TLS to the next hop.
            Mode::Proxy => (
                "postfix-proxy",
                format!("-o smtpd_proxy_filter={}", stage.hop),
            ),
        };
        let home = stage.directory(name)?;
        let directories = DIRECTORIES.map(|name| home.join(name));
        for directory in &directories {
            fs::create_dir(directory)
                .map_err(|error| format!("{}: {error}", directory.display()))?;
        }
        give_to_postfix(&directories[2])?;
        let address = daemon::free_address()?;
        let mut main = main(stage, &home, &directories)?;
        if mode == Mode::Side {
            main.push_str(SIDE);
            // Its tools write there themselves, as its user, when it starts again after it was ended in the midst of work.
            let log = home.join("mail.log");
            write(&log, "")?;
            give_to_postfix(&log)?;
        }
        write(&directories[0].join("main.cf"), &main)?;
        let master = MASTER
            .replace("ADDRESS", &address.to_string())
            .replace("OPTIONS", &options);
        write(&directories[0].join("master.cf"), &master)?;
        Ok(Self {
            name,
            home,
            address,
        })
    }

    pub(super) fn run(&self, stop: &Stop) -> Result<Daemon, String> {
        // Its master must not outlive us if we are killed, and nobody tells it: so it has a process namespace of its own, which
        // ends with its first process. That stays a shell, for the kernel tells no program that changes its user.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", "unshare", "--pid", "--fork"]);
        command.args(["--kill-child", "--", "sh", "-c", "\"$@\"; exit", "first"]);
        command
            .arg(PROGRAM)
            .arg("-c")
            .arg(self.home.join(DIRECTORIES[0]))
            .arg("start-fg");
        let log = self.home.join("log");
        Daemon::start(self.name, &mut command, self.address, &log, stop)
    }
}

/// What differs from run to run, behind what does not.
fn main(stage: &Stage, home: &Path, directories: &[PathBuf; 3]) -> Result<String, String> {
    let hop = match stage.tls {
        Tls::Spoken | Tls::Resumed => stage.demanding_hop,
        Tls::Clear => stage.hop,
    };
    let mut main = MAIN.to_owned();
    let mut set = |name: &str, value: String| {
        writeln!(main, "{name} = {value}").map_err(|error| error.to_string())
    };
    set("queue_directory", directories[1].display().to_string())?;
    set("data_directory", directories[2].display().to_string())?;
    set("maillog_file", home.join("mail.log").display().to_string())?;
    set("maillog_file_prefixes", home.display().to_string())?;
    set(
        "relay_transport",
        format!("smtp:[{}]:{}", hop.ip(), hop.port()),
    )?;
    set(
        "default_process_limit",
        (stage.connections + 100).max(300).to_string(),
    )?;
    if stage.tls.is_spoken() {
        let identity = stage.identity();
        let files = format!("{}, {}", identity.key.display(), identity.chain.display());
        set("smtpd_tls_security_level", "may".to_owned())?;
        set("smtpd_tls_chain_files", files.clone())?;
        set("smtp_tls_security_level", "encrypt".to_owned())?;
        set("smtp_tls_chain_files", files)?;
    }
    Ok(main)
}

/// Waits until its queue holds as many messages as it has accepted: they stand for those that would arrive.
pub(super) fn drained(
    stage: &Stage,
    name: &str,
    accepted: u64,
    stop: &Stop,
) -> Result<Count, String> {
    let queue = stage.path(name).join("queue");
    let deadline = Instant::now() + PATIENCE;
    loop {
        // A message that goes from one directory to the next may be seen twice, or not at all.
        let files: u64 = QUEUES.iter().map(|name| files(&queue.join(name))).sum();
        if files == accepted || Instant::now() > deadline {
            return Ok(Count {
                unique: files.min(accepted),
                duplicates: files.saturating_sub(accepted),
                ..Count::default()
            });
        }
        stop.pause(PACE)?;
    }
}

/// Files below a directory.
fn files(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let count = |entry: fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => files(&entry.path()),
        Ok(kind) => u64::from(kind.is_file()),
        Err(_) => 0,
    };
    entries.map(count).sum()
}

/// Its version, if it is here.
pub(super) fn version() -> Option<String> {
    let told = Command::new("/usr/sbin/postconf")
        .args(["-d", "-h", "mail_version"])
        .output();
    let told = String::from_utf8_lossy(&told.ok()?.stdout)
        .trim()
        .to_owned();
    (!told.is_empty()).then_some(told)
}

/// Postfix keeps its caches there under its own name.
fn give_to_postfix(path: &Path) -> Result<(), String> {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let postfix = users
        .lines()
        .find_map(|line| line.strip_prefix("postfix:x:"));
    let id = postfix.and_then(|rest| rest.split(':').next()?.parse().ok());
    let id = id.ok_or("there is no user postfix")?;
    chown(path, Some(id), None).map_err(|error| format!("{}: {error}", path.display()))
}

const DIRECTORIES: [&str; 3] = ["etc", "queue", "data"];

/// What comes is not touched, although it comes from this machine.
const SIDE: &str = "\
local_header_rewrite_clients =
minimal_backoff_time = 2s
maximal_backoff_time = 3s
queue_run_delay = 1s
";

/// Where messages are, of all queues.
const QUEUES: [&str; 5] = ["maildrop", "incoming", "active", "deferred", "hold"];

const PATIENCE: Duration = Duration::from_secs(20);

const PROGRAM: &str = "/usr/sbin/postfix";

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
relay_domains = contoso.com
smtpd_client_connection_count_limit = 0
message_size_limit = 209715200
mailbox_size_limit = 0
";

/// Debian's, without what does not take part and without chroot.
const MASTER: &str = "\
ADDRESS   inet  n - n - - smtpd OPTIONS
pickup    unix  n - n 60 1 pickup
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
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_in_every_queue() {
        let home = tempfile::tempdir().expect("a directory");
        let queue = home.path();
        fs::create_dir_all(queue.join("deferred/A")).expect("directories");
        fs::create_dir_all(queue.join("hold")).expect("directories");
        for file in ["deferred/A/A1", "deferred/A/A2", "hold/B1"] {
            fs::write(queue.join(file), "").expect("a file");
        }
        assert_eq!(files(queue), 3);
        assert_eq!(files(&queue.join("active")), 0);
    }
}
