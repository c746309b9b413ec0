//! Host names to addresses, by the system's resolver.

use std::io;
use std::net::SocketAddr;

use crate::config::Hop;
use crate::limits;

/// The addresses of a hop, in the resolver's order, at most [`limits::HOP_ADDRESSES`].
pub(crate) async fn addresses(hop: &Hop) -> io::Result<Vec<SocketAddr>> {
    let found: Vec<SocketAddr> = tokio::net::lookup_host((hop.host.as_str(), hop.port))
        .await?
        .take(limits::HOP_ADDRESSES)
        .collect();
    if found.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        ));
    }
    Ok(found)
}
