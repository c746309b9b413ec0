//! Ports for programs that cannot tell which one the system gave them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range from which the kernel takes ports by itself, so that neither
/// a listener on port 0 nor an outgoing connection comes in between.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// An address on 127.0.0.1 where nobody listens, given out once.
pub(crate) fn free() -> SocketAddr {
    // Test programs that run at the same time begin at different places.
    let process = std::process::id().wrapping_mul(37) % u32::from(COUNT);
    let process = u16::try_from(process).expect("it is below COUNT");
    (0..COUNT)
        .map(|_| NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(process) % COUNT)
        .map(|offset| SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + offset)))
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("a port is free on 127.0.0.1")
}
