//! Host names to addresses, by the system's resolver.

use std::io;
use std::net::SocketAddr;

use crate::config::Hop;
use crate::limits;

/// The addresses of a hop, in the resolver's order, at most [`limits::HOP_ADDRESSES`].
pub(crate) async fn addresses(hop: &Hop) -> io::Result<Vec<SocketAddr>> {
    first(tokio::net::lookup_host((hop.host.as_str(), hop.port)).await?)
}

fn first(found: impl Iterator<Item = SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    let some: Vec<SocketAddr> = found.take(limits::HOP_ADDRESSES).collect();
    if some.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "the name has no address",
        ));
    }
    Ok(some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_past_the_bound_is_left_out() {
        let many =
            |count: usize| (0..count).map(|port| SocketAddr::from(([127, 0, 0, 1], port as u16)));
        assert!(first(many(0)).is_err());
        for count in [limits::HOP_ADDRESSES, limits::HOP_ADDRESSES + 1] {
            let found = first(many(count)).expect("addresses");
            assert_eq!(found, many(limits::HOP_ADDRESSES).collect::<Vec<_>>());
        }
    }
}
