//! What counts as one client.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// An address of IPv4, or a /64 of IPv6: the last 64 bits are a host's to choose, afresh for each connection if it
/// likes (RFC 4291 §2.5.1).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Network {
    /// An address.
    V4([u8; 4]),
    /// The first half of one.
    V6([u8; 8]),
}

impl Network {
    /// The network of this address; an IPv4 address in the clothing of IPv6 is itself.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(octets) => IpAddr::from(*octets).fmt(f),
            Self::V6(half) => {
                let address = u128::from(u64::from_be_bytes(*half)) << 64;
                write!(f, "{}/64", Ipv6Addr::from(address))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_what_one_host_may_choose_from() {
        let check = |address: &str, expected: &str| {
            let address = address.parse().expect("an address");
            assert_eq!(Network::of(address).to_string(), expected, "{address}");
        };
        check("192.0.2.1", "192.0.2.1");
        check("::ffff:192.0.2.1", "192.0.2.1");
        check("2001:db8:1:2::", "2001:db8:1:2::/64");
        check("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64");
        check("2001:db8:1:3::1", "2001:db8:1:3::/64");
        check("::1", "::/64");
    }
}
