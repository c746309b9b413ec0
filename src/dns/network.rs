//! Addresses that no foreign domain's hosts have: they mean this machine, or nobody.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

/// Networks of special use whose addresses count all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Networks(Vec<IpNet>);

impl Networks {
    pub(crate) fn new(listed: &[IpNet]) -> Self {
        Self(listed.to_vec())
    }

    /// Whether mail to strangers may go there. Private networks (RFC 1918) may be reached by those who use them, so they
    /// count; loopback, link-local, multicast and "this host" never mean another company's server.
    pub(crate) fn take(&self, address: IpAddr) -> bool {
        let address = address.to_canonical(); // ::ffff:127.0.0.1 is 127.0.0.1
        !is_special(address) || self.0.iter().any(|network| network.contains(&address))
    }
}

/// RFC 6890.
fn is_special(address: IpAddr) -> bool {
    let common = address.is_loopback() || address.is_unspecified() || address.is_multicast();
    common
        || match address {
            IpAddr::V4(v4) => {
                v4.is_link_local() || v4.octets()[0] == 0 || v4 == Ipv4Addr::BROADCAST
            }
            IpAddr::V6(v6) => v6.is_unicast_link_local(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_this_machine_or_nobody_is_refused_unless_it_is_listed() {
        let none = Networks::new(&[]);
        let lab = Networks::new(&["127.0.0.0/8".parse().expect("a network")]);
        for (address, usual, listed) in [
            ("192.0.2.1", true, true),
            ("10.0.0.1", true, true),
            ("2001:db8::1", true, true),
            ("fd00::1", true, true),
            ("127.0.0.1", false, true),
            ("127.255.255.255", false, true),
            ("126.255.255.255", true, true),
            ("::ffff:127.0.0.1", false, true),
            ("::1", false, false),
            ("0.0.0.0", false, false),
            ("0.1.2.3", false, false),
            ("::", false, false),
            ("169.254.1.1", false, false),
            ("fe80::1", false, false),
            ("224.0.0.1", false, false),
            ("ff02::1", false, false),
            ("255.255.255.255", false, false),
        ] {
            let parsed = address.parse().expect("an address");
            let found = (none.take(parsed), lab.take(parsed));
            assert_eq!(found, (usual, listed), "{address}");
        }
    }
}
