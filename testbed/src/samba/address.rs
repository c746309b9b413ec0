//! A loopback address that nobody else uses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU8, Ordering};

/// One of 127.0.0.0/8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Address(Ipv4Addr);

impl Address {
    /// Another one at each call: our process in two octets, the call in the third. Below 128 are those that people and
    /// other programs use.
    pub(super) fn new() -> Self {
        let [_, _, high, low] = std::process::id().to_be_bytes();
        let call = NEXT.fetch_add(1, Ordering::Relaxed) % 127 + 128;
        Self(Ipv4Addr::new(127, call, high, low))
    }

    pub(super) fn ip(self) -> Ipv4Addr {
        self.0
    }

    pub(super) fn port(self, port: u16) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(self.0), port)
    }

    /// Whether we may listen there, and nobody does.
    pub(super) fn listenable(self) -> io::Result<()> {
        TcpListener::bind(self.port(LDAP)).map(drop)
    }
}

/// The ports of LDAP and of LDAP over TLS.
pub(super) const LDAP: u16 = 389;
pub(super) const LDAPS: u16 = 636;

static NEXT: AtomicU8 = AtomicU8::new(0);
