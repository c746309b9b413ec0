//! Networks: `"10.20.0.0/16"`, `"2001:db8::/32"`, or one address.

use std::net::IpAddr;

use ipnet::IpNet;
use toml::de::DeValue;

use super::{Value, text};
use crate::config::fault::Fault;

const NOTE: &str = "write a network like 10.20.0.0/16 or 2001:db8::/32, or one address";

impl Value for IpNet {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        parse(text(value)?)
    }
}

fn parse(written: &str) -> Result<IpNet, Fault> {
    let network = match written.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => written
            .parse()
            .map_err(|_| Fault::bad(format!("`{written}` is not a network"), NOTE))?,
    };
    // An IPv4 client of an IPv6 socket is judged by its IPv4 address.
    if let IpNet::V6(v6) = network
        && let Some(v4) = v6.addr().to_ipv4_mapped()
        && v6.prefix_len() >= 96
    {
        let meant = format!("{v4}/{}", v6.prefix_len() - 96);
        return Err(Fault::bad("an IPv4 network written as IPv6", NOTE)
            .label(format!("did you mean `{meant}`?")));
    }
    if network.trunc() != network {
        let meant = network.trunc();
        return Err(
            Fault::bad("an address inside a network, not the network", NOTE)
                .label(format!("did you mean `{meant}`?")),
        );
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_whole() {
        for (written, expected) in [
            ("10.20.0.0/16", Some("10.20.0.0/16")),
            ("10.0.0.5", Some("10.0.0.5/32")),
            ("2001:db8::/32", Some("2001:db8::/32")),
            ("::1", Some("::1/128")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("10.20.1.0/16", None),
            ("::ffff:10.0.0.0/104", None),
            ("10.20.0.0/33", None),
            ("10.20", None),
            ("localhost", None),
        ] {
            assert_eq!(
                parse(written)
                    .ok()
                    .map(|network| network.to_string())
                    .as_deref(),
                expected,
                "{written}"
            );
        }
    }
}
