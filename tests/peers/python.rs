//! Python's smtplib: a client by other people.

use std::net::SocketAddr;

use super::program::{self, Finished};

pub(super) const PYTHON: &str = "/usr/bin/python3";

/// Runs a script in which `smtp` is a connected `smtplib.SMTP` that has not yet
/// said EHLO, and `message` the octets given.
pub(crate) async fn smtplib(address: SocketAddr, script: &str, message: &[u8]) -> Finished {
    let all = format!(
        "import smtplib, ssl, sys\n\
         message = sys.stdin.buffer.read()\n\
         smtp = smtplib.SMTP(sys.argv[1], int(sys.argv[2]), local_hostname='smtplib.test', timeout=50)\n\
         smtp.set_debuglevel(1)\n\
         {script}\n\
         smtp.quit()\n"
    );
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    program::run(PYTHON, &["-I", "-c", &all, &host, &port], message).await
}
