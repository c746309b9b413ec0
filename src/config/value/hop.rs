//! Next hops: `"host:25"`, `"[2001:db8::1]:25"`.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use toml::de::DeValue;

use super::domain_name::DomainName;
use super::{Value, text};
use crate::config::fault::Fault;
use crate::config::{Hop, Lookup};

const PORT: u16 = 25;
const NOTE: &str = "write host:port, as in \"mail.example.com:25\", \"10.0.0.5:25\" or \"[2001:db8::1]:25\", or mx:NAME";

impl Hop {
    /// Whether the host is an address and not a name.
    pub fn is_address(&self) -> bool {
        self.host.parse::<std::net::IpAddr>().is_ok()
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lookup == Lookup::Exchangers {
            write!(f, "{MX}{SEPARATOR}")?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl Value for Hop {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        if written.starts_with(SIDE) {
            return Err(Fault::bad("only [internet] leads through a side", NOTE));
        }
        match exchangers_port(written) {
            Some(_) => Err(Fault::bad(
                "only [internet] leads to the exchangers of each recipient's domain",
                "write mx:NAME to look up the exchangers of NAME",
            )),
            None => parse(written),
        }
    }
}

/// One entry of `[internet]`'s `next_hop`.
pub(crate) enum WayOut {
    Hop(Hop),
    /// The hops of this side, spoken to as that side is.
    Side(String),
    /// The exchangers of each recipient's domain, at this port.
    Exchangers(u16),
}

impl WayOut {
    /// Why nothing can stand beside it.
    pub(crate) fn lonely(&self) -> Option<&'static str> {
        match self {
            Self::Hop(_) => None,
            Self::Side(_) => {
                Some("a side as the way out stands alone: its hops are tried in its own order")
            }
            Self::Exchangers(_) => {
                Some("\"mx\" stands alone: each domain has its own hosts and their order")
            }
        }
    }
}

impl Value for WayOut {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        if let Some(side) = written.strip_prefix(SIDE) {
            return Ok(Self::Side(side.to_owned()));
        }
        match exchangers_port(written) {
            Some(port) => Ok(Self::Exchangers(port)),
            None => parse(written).map(Self::Hop),
        }
    }
}

const SIDE: &str = "side:";
const MX: &str = "mx";
const SEPARATOR: char = ':';

/// `mx` and `mx:PORT` name no domain. No domain consists of digits.
fn exchangers_port(written: &str) -> Option<u16> {
    port(written.strip_prefix(MX)?, PORT)
}

fn parse(written: &str) -> Result<Hop, Fault> {
    let looked_up = written
        .strip_prefix(MX)
        .and_then(|rest| rest.strip_prefix(SEPARATOR));
    let (lookup, name) = match looked_up {
        Some(name) => (Lookup::Exchangers, name),
        None => (Lookup::Addresses, written),
    };
    if name.parse::<Ipv6Addr>().is_ok() {
        return Err(Fault::bad("an IPv6 address without brackets", NOTE)
            .label(format!("did you mean `[{name}]:{PORT}`?")));
    }
    let fault = || {
        let message = format!("`{written}` is not a host with its port");
        Fault::bad(message, NOTE)
    };
    let (host, port) = with_port(name, PORT).ok_or_else(fault)?;
    let hop = Hop { host, port, lookup };
    match lookup == Lookup::Exchangers && hop.is_address() {
        true => Err(Fault::bad("an address has no exchangers", NOTE)),
        false => Ok(hop),
    }
}

/// A host, and its port if one is written: `host`, `host:25`, `[2001:db8::1]:25`.
pub(crate) fn with_port(written: &str, default: u16) -> Option<(String, u16)> {
    if let Some(rest) = written.strip_prefix('[') {
        let (address, after) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        return Some((address.to_string(), port(after, default)?));
    }
    let (host, after) = written
        .find(':')
        .map_or((written, ""), |at| written.split_at(at));
    Some((host_name(host)?, port(after, default)?))
}

/// `""`: the default.
fn port(written: &str, default: u16) -> Option<u16> {
    match written.strip_prefix(':') {
        None => written.is_empty().then_some(default),
        Some(digits) if digits.bytes().all(|c| c.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port != 0)
        }
        Some(_) => None,
    }
}

/// Hosts inside a company have underscores at times; DNS does not mind.
fn host_name(written: &str) -> Option<String> {
    if let Ok(address) = written.parse::<Ipv4Addr>() {
        return Some(address.to_string());
    }
    let plain = written.replace('_', "x");
    let name = DomainName::parse(&plain)?;
    Some(if written.is_ascii() {
        written.to_ascii_lowercase()
    } else if plain == written {
        name.0
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hops_are_read_and_written_alike() {
        for (written, expected) in [
            ("mail.Example.com:2525", Some("mail.example.com:2525")),
            ("mail.example.com", Some("mail.example.com:25")),
            ("old_notes.corp:25", Some("old_notes.corp:25")),
            ("bücher.example:25", Some("xn--bcher-kva.example:25")),
            ("10.0.0.5:25", Some("10.0.0.5:25")),
            ("[2001:DB8::1]:25", Some("[2001:db8::1]:25")),
            ("[::1]", Some("[::1]:25")),
            ("2001:db8::1", None),
            ("mail:0", None),
            ("mail:65535", Some("mail:65535")),
            ("mail:65536", None),
            ("mail:+25", None),
            ("mail:", None),
            (":25", None),
            ("[mail]:25", None),
            ("[::1]25", None),
            ("mx:Contoso.com", Some("mx:contoso.com:25")),
            ("mx:contoso.com:2525", Some("mx:contoso.com:2525")),
            ("mx:10.0.0.5", None),
            ("mx:", None),
            ("mx.contoso.com", Some("mx.contoso.com:25")),
            ("side:cloud", None),
            ("smtp://mail:25", None),
            ("", None),
        ] {
            assert_eq!(
                parse(written).ok().map(|hop| hop.to_string()).as_deref(),
                expected,
                "{written}"
            );
        }
    }

    #[test]
    fn exchangers_of_each_domain_have_a_port_and_no_name() {
        for (written, expected) in [
            ("mx", Some(25)),
            ("mx:2525", Some(2525)),
            ("mx:0", None),
            ("mx:65536", None),
            ("mx:contoso.com", None),
            ("mxhost", None),
        ] {
            assert_eq!(exchangers_port(written), expected, "{written}");
        }
    }
}
