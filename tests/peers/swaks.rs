//! swaks, a person at the command line. It prints the dialogue.

use std::net::SocketAddr;

use super::program::{self, Finished};

/// Runs `swaks --server ADDRESS` with more arguments, the message on its standard
/// input if `--data -` is among them.
pub(crate) async fn swaks(address: SocketAddr, arguments: &[&str], input: &[u8]) -> Finished {
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let mut all = vec!["--server", &host, "--port", &port, "--timeout", "50"];
    all.extend(["--helo", "swaks.test"]);
    all.extend(arguments);
    program::run("/usr/bin/swaks", &all, input).await
}
