//! Next hops: `"host:25"`, `"[2001:db8::1]:25"`.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use toml::de::DeValue;

use super::domain_name::DomainName;
use super::{Value, text};
use crate::config::Hop;
use crate::config::fault::Fault;

const PORT: u16 = 25;
const NOTE: &str =
    "write host:port, as in \"mail.example.com:25\", \"10.0.0.5:25\" or \"[2001:db8::1]:25\"";

impl Hop {
    /// Whether the host is an address and not a name.
    pub fn is_address(&self) -> bool {
        self.host.parse::<std::net::IpAddr>().is_ok()
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        match written.starts_with(SIDE) {
            true => Err(Fault::bad("only [internet] leads through a side", NOTE)),
            false => parse(written),
        }
    }
}

/// One entry of `[internet]`'s `next_hop`.
pub(crate) enum WayOut {
    Hop(Hop),
    /// The hops of this side, spoken to as that side is.
    Side(String),
}

impl Value for WayOut {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        match written.strip_prefix(SIDE) {
            Some(side) => Ok(Self::Side(side.to_owned())),
            None => parse(written).map(Self::Hop),
        }
    }
}

const SIDE: &str = "side:";

fn parse(written: &str) -> Result<Hop, Fault> {
    if let Some(later) = later_form(written) {
        return Err(later);
    }
    if written.parse::<Ipv6Addr>().is_ok() {
        return Err(Fault::bad("an IPv6 address without brackets", NOTE)
            .label(format!("did you mean `[{written}]:{PORT}`?")));
    }
    match with_port(written, PORT) {
        Some((host, port)) => Ok(Hop { host, port }),
        None => Err(Fault::bad(
            format!("`{written}` is not a host with its port"),
            NOTE,
        )),
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

/// Forms that name a hop to be looked up; hosts found through DNS come later.
fn later_form(written: &str) -> Option<Fault> {
    const HOSTS: &str = "name the hosts themselves, in the order to try them";
    (written == "mx" || written.starts_with("mx:"))
        .then(|| Fault::not_built("looked up hosts are not built yet", HOSTS))
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
            ("mx:contoso.com", None),
            ("mx", None),
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
    fn looked_up_hosts_are_refused_as_not_built() {
        let fault = parse("mx:contoso.com:25").expect_err("must be refused");
        assert_eq!(fault.message, "looked up hosts are not built yet");
    }
}
