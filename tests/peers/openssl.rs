//! OpenSSL's s_client: a handshake by other people, with all that was shown in it.

use std::net::SocketAddr;

use super::program::{self, Finished};

/// Runs `openssl s_client -starttls smtp` with more arguments; afterwards it says
/// QUIT and waits for the server to hang up.
pub(crate) async fn s_client(address: SocketAddr, arguments: &[&str]) -> Finished {
    s_client_saying(address, arguments, "QUIT\r\n").await
}

/// As [`s_client`], but it says this.
pub(crate) async fn s_client_saying(
    address: SocketAddr,
    arguments: &[&str],
    lines: &str,
) -> Finished {
    let address = address.to_string();
    let mut all = vec!["s_client", "-starttls", "smtp", "-name", "s_client.test"];
    all.extend(["-connect", &address, "-ign_eof"]);
    all.extend(arguments);
    program::run("/usr/bin/openssl", &all, lines.as_bytes()).await
}
