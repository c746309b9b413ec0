//! The top of the file, and the sections of one or two keys: `[tls]`, `[loop]`, `[routing]`, `[console]`.

use std::path::PathBuf;

use toml::de::DeTable;

use super::{
    Keys, Section, arc, directory, dns, domain, internet, limits, listener, side, spool, upstream,
};
use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::key_path::KeyPath;
use crate::config::reading::Reading;
use crate::config::value::domain_name::DomainName;
use crate::config::value::duration::Span;
use crate::config::{Config, Identity, Routing, TrustRoots};

pub(crate) const KEYS: Keys = Keys {
    section: "",
    names: &[
        "hostname",
        "state_dir",
        "tls",
        "loop",
        "arc",
        "listener",
        "domain",
        "routing",
        "side",
        "upstream",
        "directory",
        "internet",
        "dns",
        "limits",
        "spool",
        "console",
    ],
};
pub(crate) const TLS_KEYS: Keys = Keys {
    section: "tls",
    names: &["certificate", "private_key", "trust_roots"],
};
pub(crate) const LOOP_KEYS: Keys = Keys {
    section: "loop",
    names: &["key"],
};
pub(crate) const ROUTING_KEYS: Keys = Keys {
    section: "routing",
    names: &["settle", "stale_after"],
};
pub(crate) const CONSOLE_KEYS: Keys = Keys {
    section: "console",
    names: &["address"],
};

/// Where the gateway keeps its state unless told otherwise.
const STATE_DIR: &str = "/var/lib/twinmx";

/// Reads the whole file.
pub(crate) fn read(reading: &mut Reading, table: &DeTable<'_>) -> Config {
    let mut root = Section::open(reading, KeyPath::default(), &KEYS, Some(table));
    let hostname = root.required::<DomainName>("hostname", "hostname = \"mx.contoso.com\"");
    let state_dir = root
        .file("state_dir")
        .unwrap_or_else(|| PathBuf::from(STATE_DIR));
    let (tls, trust_roots) = tls(&mut root.child("tls", &TLS_KEYS));
    let internet = internet::read(&mut root);
    let sides = side::read_all(&mut root);
    let upstreams = upstream::read_all(&mut root);
    let mut directories = directory::read_all(&mut root);
    directory::resolve(&mut directories, &sides);
    Config {
        hostname: hostname.map_or_else(String::new, |name| name.0),
        state_dir,
        tls,
        trust_roots,
        loop_key: root.child("loop", &LOOP_KEYS).file("key"),
        arc: arc::read(&mut root.child("arc", &arc::KEYS)),
        listeners: listener::read_all(&mut root),
        domains: domain::read_all(&mut root),
        routing: routing(&mut root.child("routing", &ROUTING_KEYS)),
        sides,
        upstreams,
        directories,
        dns: dns::read(&mut root.child("dns", &dns::KEYS)),
        limits: limits::read(&mut root.child("limits", &limits::KEYS)),
        spool: spool::read(&mut root.child("spool", &spool::KEYS), internet.is_some()),
        internet,
        console: console(&mut root.child("console", &CONSOLE_KEYS)),
    }
}

fn tls(section: &mut Section<'_, '_>) -> (Option<Identity>, TrustRoots) {
    let identity = match (section.file("certificate"), section.file("private_key")) {
        (Some(certificate), Some(private_key)) => Some(Identity {
            certificate,
            private_key,
        }),
        (Some(_), None) => {
            section.miss("private_key", "private_key = \"/etc/twinmx/mx.key\"");
            None
        }
        (None, Some(_)) => {
            section.miss("certificate", "certificate = \"/etc/twinmx/mx.pem\"");
            None
        }
        (None, None) => None,
    };
    (identity, trust_roots(section).unwrap_or(TrustRoots::System))
}

/// `trust_roots`: the word "system", or a PEM file.
pub(super) fn trust_roots(section: &mut Section<'_, '_>) -> Option<TrustRoots> {
    let written: String = section.optional("trust_roots")?;
    Some(if written == "system" {
        TrustRoots::System
    } else {
        TrustRoots::File(section.reading.beside(&written))
    })
}

fn routing(section: &mut Section<'_, '_>) -> Routing {
    Routing {
        settle: section
            .bounded("settle", Span::hours(24), Span::seconds(0)..=Span::days(30))
            .0,
        stale_after: section
            .bounded(
                "stale_after",
                Span::hours(24),
                Span::seconds(1)..=Span::days(365),
            )
            .0,
    }
}

fn console(section: &mut Section<'_, '_>) -> Option<std::net::SocketAddr> {
    let address = section.or("address", "off".to_owned());
    if address != "off" {
        section.refuse(
            "address",
            Fault::not_built(
                "the console is not built yet",
                "leave it out, or at \"off\"",
            ),
        );
    }
    None
}

/// A name given to a side, a listener or a source: it stands in events, commands and metrics.
pub(super) fn name_fault(name: &str) -> Option<Fault> {
    const NAME_MAX: usize = 63;
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    let fits =
        (1..=NAME_MAX).contains(&name.len()) && name.bytes().all(allowed) && !name.starts_with('-');
    let fault = || Fault::new(Code::BAD_VALUE, format!("`{name}` is not a name"));
    (!fits).then(|| fault().note("write a name of 1 to 63 lower-case letters, digits and hyphens"))
}
