//! Name servers: `"192.0.2.53"`, `"127.0.0.1:5353"`, `"[2001:db8::53]:53"`.

use std::net::{IpAddr, SocketAddr};

use toml::de::DeValue;

use super::hop::with_port;
use super::{Value, text};
use crate::config::fault::Fault;

const PORT: u16 = 53;
const NOTE: &str =
    "write its address, as in \"192.0.2.53\", \"127.0.0.1:5353\" or \"[2001:db8::53]:53\"";

/// An address, because a name would need a name server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameServer(pub(crate) SocketAddr);

impl Value for NameServer {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        parse(written).map(Self).ok_or_else(|| {
            let message = format!("`{written}` is not the address of a name server");
            Fault::bad(message, NOTE)
        })
    }
}

fn parse(written: &str) -> Option<SocketAddr> {
    if let Ok(address) = written.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, PORT));
    }
    let (host, port) = with_port(written, PORT)?;
    Some(SocketAddr::new(host.parse().ok()?, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_is_an_address() {
        for (written, expected) in [
            ("192.0.2.53", Some("192.0.2.53:53")),
            ("127.0.0.1:5353", Some("127.0.0.1:5353")),
            ("2001:db8::53", Some("[2001:db8::53]:53")),
            ("[2001:db8::53]:5353", Some("[2001:db8::53]:5353")),
            ("ns.contoso.com", None),
            ("192.0.2.53:0", None),
            ("", None),
        ] {
            let read = parse(written).map(|server| server.to_string());
            assert_eq!(read.as_deref(), expected, "{written}");
        }
    }
}
