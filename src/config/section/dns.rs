//! `[dns]`: how names are looked up.

use super::{Keys, Section};
use crate::code::Code;
use crate::config::Dns;
use crate::config::fault::Fault;
use crate::config::value::duration::Span;
use crate::config::value::name_server::NameServer;
use crate::limits::DNS_SERVERS;

pub(crate) const KEYS: Keys = Keys {
    section: "dns",
    names: &["servers", "timeout", "special_networks"],
};

pub(super) fn read(section: &mut Section<'_, '_>) -> Dns {
    let servers = section.list::<NameServer>("servers");
    if servers.len() > DNS_SERVERS {
        let path = section.path.key("servers");
        let message = format!("`{path}` has {} servers", servers.len());
        let fault = Fault::new(Code::OUT_OF_BOUNDS, message);
        section.refuse("servers", fault.label(format!("at most {DNS_SERVERS}")));
    }
    Dns {
        servers: servers.into_iter().map(|server| server.0).collect(),
        timeout: section
            .bounded(
                "timeout",
                Span::seconds(5),
                Span::seconds(1)..=Span::seconds(15),
            )
            .0,
        special_networks: section.list("special_networks"),
    }
}
