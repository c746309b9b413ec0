//! Postfix: as the sending server with a real queue, and as a next hop.

mod configuration;
mod queue;
mod source;

use std::net::SocketAddr;
use std::path::Path;

use super::daemon::{Daemon, Home, Program};
use super::port;
use super::program::{self, Finished};
use super::store::{Lines, Store, Stored};
use configuration::Delivery;

pub(crate) use queue::Queued;
pub(crate) use source::Source;

pub(crate) struct Postfix {
    daemon: Daemon,
    store: Store,
}

/// What a Postfix is to do: without a word, take all mail from 127.0.0.1 and store it.
#[derive(Default)]
pub(crate) struct Builder {
    delivery: Delivery,
    address: Option<SocketAddr>,
    parameters: Vec<(String, String)>,
}

impl Builder {
    /// The sending server: everything goes on to `hop`, and is tried again soon if that fails.
    pub(crate) fn relay_to(mut self, hop: SocketAddr) -> Self {
        self.delivery = Delivery::Relay(hop);
        self
    }

    /// Where it listens, if somebody had to know before it ran.
    pub(crate) fn at(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Its connections come from this address.
    pub(crate) fn speaking_from(self, address: &str) -> Self {
        self.parameter("smtp_bind_address", address)
    }

    /// What was put off stays in the queue until it is flushed.
    pub(crate) fn patient(self) -> Self {
        self.parameter("minimal_backoff_time", "1h")
            .parameter("maximal_backoff_time", "1h")
            .parameter("queue_run_delay", "1h")
    }

    /// Counts messages and throws them away.
    pub(crate) fn discard(mut self) -> Self {
        self.delivery = Delivery::Discard;
        self
    }

    /// Offers STARTTLS with this certificate.
    pub(crate) fn identity(self, chain: &Path, key: &Path) -> Self {
        self.parameter("smtpd_tls_security_level", "may")
            .parameter("smtpd_tls_chain_files", paths(&[key, chain]))
            .parameter("smtpd_tls_received_header", "yes")
    }

    /// Takes mail only over TLS from a client with a certificate of the authority at `roots`.
    pub(crate) fn demand_certificate(self, roots: &Path) -> Self {
        self.parameter("smtpd_tls_security_level", "encrypt")
            .parameter("smtpd_tls_req_ccert", "yes")
            .parameter("smtpd_tls_CAfile", roots.display())
    }

    /// Sends only over TLS to a hop that shows a certificate for `name` of the authority at `roots`.
    pub(crate) fn verify_hop(self, roots: &Path, name: &str) -> Self {
        self.parameter("smtp_tls_security_level", "secure")
            .parameter("smtp_tls_CAfile", roots.display())
            .parameter("smtp_tls_secure_cert_match", name)
    }

    /// Sends over TLS where a hop offers it, and takes up former sessions.
    pub(crate) fn opportunistic(self) -> Self {
        self.parameter("smtp_tls_security_level", "may").parameter(
            "smtp_tls_session_cache_database",
            "btree:$data_directory/sessions",
        )
    }

    /// The certificate that it shows to the hop.
    pub(crate) fn client_identity(self, chain: &Path, key: &Path) -> Self {
        self.parameter("smtp_tls_chain_files", paths(&[key, chain]))
    }

    /// Refuses a forward path: `action` as in access(5), `550 5.1.1 Nobody`.
    pub(crate) fn refuse(self, forward_path: &str, action: &str) -> Self {
        let table = format!("check_recipient_access inline:{{ {{ {forward_path} = {action} }} }}");
        self.parameter("smtpd_recipient_restrictions", table)
    }

    /// Any other parameter; the last word on it counts.
    pub(crate) fn parameter(mut self, name: &str, value: impl ToString) -> Self {
        self.parameters.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) async fn start(self) -> Postfix {
        let address = self.address.unwrap_or_else(port::free);
        let home = Home::at("postfix", address);
        let store = Store::new(&home, Lines::CrLf);
        let directory = configuration::write(&home, &store, self.delivery, &self.parameters);
        let directory = directory.display().to_string();
        let program = Program::new(["/usr/sbin/postfix", "-c", &directory, "start-fg"]);
        let daemon = Daemon::start("postfix", home, program).await;
        Postfix { daemon, store }
    }
}

impl Postfix {
    pub(crate) fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.daemon.address()
    }

    /// Puts a message into the queue, as a program on its own machine would. Lines
    /// may end in LF or CRLF.
    pub(crate) async fn submit(&self, reverse_path: &str, forward_paths: &[&str], content: &[u8]) {
        let mut arguments = vec!["-i", "-f", reverse_path, "--"];
        arguments.extend(forward_paths);
        let sent = self.run("/usr/sbin/sendmail", "-C", &arguments, content);
        sent.await.succeeded();
    }

    /// Waits until `count` messages have been stored; all of them, oldest first.
    pub(crate) async fn stored(&self, count: usize) -> Vec<Stored> {
        self.store.wait_for(count).await
    }

    /// What has been stored so far.
    pub(crate) fn messages(&self) -> Vec<Stored> {
        self.store.messages()
    }

    /// Waits until `count` recipients of messages have been discarded.
    pub(crate) async fn discarded(&self, count: usize) {
        self.logged("relay=none, ", count).await;
    }

    /// How many recipients of messages have been discarded so far.
    pub(crate) fn discard_count(&self) -> usize {
        self.daemon.log().count("relay=none, ")
    }

    /// Waits for `count` lines of the mail log that hold `text`.
    pub(crate) async fn logged(&self, text: &str, count: usize) {
        if let Err(reason) = self.daemon.log().wait_for(text, count).await {
            panic!("Postfix {reason}");
        }
    }

    /// How many lines of the mail log so far hold `text`.
    pub(crate) fn log_count(&self, text: &str) -> usize {
        self.daemon.log().count(text)
    }

    /// The ids of the messages whose recipients were discarded so far, one for each.
    pub(crate) fn discarded_ids(&self) -> Vec<String> {
        let queue_id = |line: &str| line.split(": ").nth(1).map(str::to_owned);
        let log = self.daemon.log();
        let named = log.lines("message-id=");
        let id_of = |queued: &String| {
            let line = named
                .iter()
                .find(|line| queue_id(line).as_ref() == Some(queued));
            line.and_then(|line| Some(line.split_once("message-id=")?.1.to_owned()))
        };
        let discarded = log.lines("relay=none, ");
        let queued = discarded.iter().filter_map(|line| queue_id(line));
        queued.filter_map(|queued| id_of(&queued)).collect()
    }

    /// How many messages it has taken into its queue so far, if none of them was put off.
    pub(crate) fn taken(&self) -> usize {
        self.log_count("(queue active)")
    }

    /// What waits in the queue.
    pub(crate) async fn queue(&self) -> Vec<Queued> {
        let listed = self.run("/usr/sbin/postqueue", "-c", &["-j"], b"").await;
        queue::parse(listed.succeeded())
    }

    /// Tries everything in the queue again now.
    pub(crate) async fn flush(&self) {
        let flushed = self.run("/usr/sbin/postqueue", "-c", &["-f"], b"");
        flushed.await.succeeded();
    }

    async fn run(&self, path: &str, flag: &str, arguments: &[&str], input: &[u8]) -> Finished {
        let configuration = configuration::directory(self.daemon.path());
        let configuration = configuration.display().to_string();
        let mut all = vec![flag, &configuration];
        all.extend(arguments);
        program::run(path, &all, input).await
    }
}

fn paths(paths: &[&Path]) -> String {
    let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    paths.join(", ")
}
