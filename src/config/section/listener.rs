//! `[[listener]]`: where we listen.

use std::net::{Ipv6Addr, SocketAddr};

use ipnet::IpNet;
use toml::de::DeValue;

use super::root::name_fault;
use super::{Keys, Section};
use crate::config::Listener;
use crate::config::fault::Fault;
use crate::config::value::{Value, text};

pub(crate) const KEYS: Keys = Keys {
    section: "listener",
    names: &["name", "address", "require_proof", "proxy_from"],
};

pub(super) fn read_all(root: &mut Section<'_, '_>) -> Vec<Listener> {
    let tables = root.tables("listener");
    if tables.is_empty() && !root.has("listener") {
        root.miss(
            "listener",
            "[[listener]] with name = \"mx\" and address = \"[::]:25\"",
        );
    }
    tables
        .into_iter()
        .map(|(path, table)| read(Section::open(root.reading, path, &KEYS, Some(table))))
        .collect()
}

fn read(mut section: Section<'_, '_>) -> Listener {
    let name = section
        .required::<String>("name", "name = \"mx\"")
        .unwrap_or_default();
    if section.has("name")
        && !name.is_empty()
        && let Some(fault) = name_fault(&name)
    {
        section.refuse("name", fault);
    }
    let address = section.required::<SocketAddr>("address", "address = \"[::]:25\"");
    let require_proof = section.or("require_proof", false);
    let proxy_from = section.list::<IpNet>("proxy_from");
    Listener {
        name,
        address: address.unwrap_or_else(|| (Ipv6Addr::UNSPECIFIED, 0).into()),
        require_proof,
        proxy_from,
    }
}

impl Value for SocketAddr {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        written.parse().map_err(|_| {
            Fault::bad(
                format!("`{written}` is not an address with its port"),
                "write \"[::]:25\" for all addresses, \"0.0.0.0:25\" for all of IPv4, or one address of this machine",
            )
        })
    }
}
