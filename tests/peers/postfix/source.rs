//! smtp-source(1), the load generator that comes with Postfix.

use std::net::SocketAddr;

use super::super::program::{self, Finished};

/// Sends messages of its own making to one address.
pub(crate) struct Source {
    arguments: Vec<String>,
}

impl Source {
    /// `count` messages over `sessions` connections at a time.
    pub(crate) fn new(count: usize, sessions: usize) -> Self {
        let arguments = format!("-m {count} -s {sessions}");
        Self {
            arguments: arguments.split(' ').map(str::to_owned).collect(),
        }
    }

    pub(crate) fn paths(self, reverse_path: &str, forward_path: &str) -> Self {
        self.with(["-f", reverse_path]).with(["-t", forward_path])
    }

    /// Octets of each body.
    pub(crate) fn length(self, octets: usize) -> Self {
        self.with(["-l", &octets.to_string()])
    }

    /// Several messages over one connection.
    pub(crate) fn keep_connections(self) -> Self {
        self.with(["-d"])
    }

    pub(crate) async fn send(self, address: SocketAddr) -> Finished {
        let place = address.to_string();
        let mut arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        arguments.push(&place);
        program::run("/usr/sbin/smtp-source", &arguments, b"").await
    }

    fn with<const N: usize>(mut self, words: [&str; N]) -> Self {
        self.arguments.extend(words.map(str::to_owned));
        self
    }
}
