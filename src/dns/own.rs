//! Who we are to DNS, so that mail is never delivered to ourselves (RFC 5321 §5.1).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use super::DnsError;
use crate::config::Config;

/// Our name and where we listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    hostname: String,
    listeners: Vec<SocketAddr>,
}

impl Own {
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            hostname: config.hostname.clone(),
            listeners: config.listeners.iter().map(|one| one.address).collect(),
        }
    }

    /// Whether a host with these addresses, spoken to at `port`, is this gateway.
    pub(super) fn is(
        &self,
        host: &str,
        addresses: Result<&Vec<IpAddr>, &DnsError>,
        port: u16,
    ) -> bool {
        let addresses = addresses.map_or(&[] as &[IpAddr], Vec::as_slice);
        host.eq_ignore_ascii_case(&self.hostname)
            || addresses.iter().any(|one| self.listens_at(*one, port))
    }

    fn listens_at(&self, address: IpAddr, port: u16) -> bool {
        let address = address.to_canonical();
        let there = self.listeners.iter().filter(|one| one.port() == port);
        there.map(SocketAddr::ip).any(|listener| {
            listener.to_canonical() == address
                || listener.is_unspecified() && is_of_this_machine(address)
        })
    }
}

/// Whether the system would speak to `address` from that very address, as it does with its own alone. Nothing is sent.
fn is_of_this_machine(address: IpAddr) -> bool {
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let source = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((address, DISCARD))?;
        socket.local_addr()
    });
    let is_same = |source: SocketAddr| source.ip() == address;
    address.is_loopback() || address.is_unspecified() || source.is_ok_and(is_same)
}

/// RFC 863: any port would do.
const DISCARD: u16 = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_this_gateway_by_name_or_by_address_and_port() {
        let own = |listener: &str| Own {
            hostname: "mx.contoso.com".to_owned(),
            listeners: vec![listener.parse().expect("an address")],
        };
        let nowhere = "192.0.2.1:25";
        for (listener, host, address, port, expected) in [
            (nowhere, "mx.contoso.com", "192.0.2.9", 25, true),
            (nowhere, "MX.Contoso.COM", "192.0.2.9", 2525, true),
            (nowhere, "mx2.contoso.com", "192.0.2.9", 25, false),
            (nowhere, "mx2.contoso.com", "192.0.2.1", 25, true),
            (nowhere, "mx2.contoso.com", "::ffff:192.0.2.1", 25, true),
            (nowhere, "mx2.contoso.com", "192.0.2.1", 2525, false),
            ("[::]:25", "mx2.contoso.com", "127.0.0.1", 25, true),
            ("0.0.0.0:25", "mx2.contoso.com", "::1", 25, true),
            ("[::]:25", "mx2.contoso.com", "0.0.0.0", 25, true),
            ("[::]:25", "mx2.contoso.com", "127.0.0.1", 2525, false),
            ("[::]:25", "mx2.contoso.com", "192.0.2.1", 25, false),
        ] {
            let addresses = vec![address.parse().expect("an address")];
            let found = own(listener).is(host, Ok(&addresses), port);
            assert_eq!(found, expected, "{listener} {host} {address}:{port}");
        }
        assert!(!own("[::]:25").is("mx2.contoso.com", Err(&DnsError::NoData), 25));
    }

    #[test]
    fn a_machine_knows_its_own_addresses() {
        // An address of this machine beside loopback, where it has one: the source of what would go out.
        let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
        if socket.connect("192.0.2.1:9").is_ok() {
            let own = socket.local_addr().expect("connected").ip();
            assert!(is_of_this_machine(own), "{own}");
        }
        assert!(!is_of_this_machine(
            "192.0.2.1".parse().expect("an address")
        ));
    }
}
