//! The keys of a source that an LDAP server answers.

use book::PresetKind;
use toml::de::DeValue;

use super::DirectoryKind;
use crate::code::Code;
use crate::config::fault::Fault;
use crate::config::section::Section;
use crate::config::section::root::trust_roots;
use crate::config::value::domain_name::DomainName;
use crate::config::value::hop;
use crate::config::value::word::Word;
use crate::config::value::{Value, text};
use crate::config::{Bind, ChangeBy, Ldap, LdapServer, SecretPlace};
use crate::limits::LDAP_PAGE_MAX;

pub(super) const NAMES: &[&str] = &[
    "server",
    "start_tls",
    "server_name",
    "trust_roots",
    "base",
    "bind_dn",
    "password_file",
    "password_credential",
    "page_size",
    "change_by",
    "poll",
    "full_every",
];

pub(super) fn read(kind: DirectoryKind, section: &mut Section<'_, '_>) -> Ldap {
    if !section.has("server") {
        section.miss("server", "server = [\"ldaps://dc1.corp.contoso.com\"]");
    }
    // A domain controller says itself where its domain begins.
    let is_known = kind == DirectoryKind::Preset(PresetKind::ActiveDirectory);
    if !section.has("base") && !is_known {
        section.miss("base", "base = [\"dc=corp,dc=contoso,dc=com\"]");
    }
    let servers = section.list("server");
    let start_tls = section.or("start_tls", false);
    guard_the_way(&servers, start_tls, section);
    Ldap {
        servers,
        start_tls,
        server_name: section
            .optional::<DomainName>("server_name")
            .map(|name| name.0),
        trust_roots: trust_roots(section),
        base: section.list("base"),
        bind: bind(section),
        page_size: section.bounded::<u64>("page_size", 1_000, 1..=LDAP_PAGE_MAX) as u32,
        change_by: change_by(kind, section),
    }
}

/// The directory decides where mail goes, and the password opens it: nobody on the way may read or change either.
fn guard_the_way(servers: &[LdapServer], start_tls: bool, section: &mut Section<'_, '_>) {
    let path = section.path.key("server");
    for (index, server) in servers.iter().enumerate() {
        let fault = match (server.tls, start_tls) {
            (false, false) if !is_loopback(&server.host) => Fault::new(
                Code::CLEAR_DIRECTORY,
                format!("{server} would be asked in clear text"),
            ),
            (true, true) => Fault::bad(
                format!("{server} is under TLS from the first octet"),
                "write ldap:// with start_tls = true, or ldaps:// without it",
            ),
            _ => continue,
        };
        section.reading.refuse(&path.index(index), fault);
    }
}

fn is_loopback(host: &str) -> bool {
    let address: Option<std::net::IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

fn bind(section: &mut Section<'_, '_>) -> Option<Bind> {
    let password = secret("password_file", "password_credential", section);
    let dn: Option<String> = section.optional("bind_dn");
    match (dn, password) {
        (Some(dn), Some(password)) => Some(Bind { dn, password }),
        (Some(_), None) => {
            section.miss(
                "password_file",
                "password_file = \"/etc/twinmx/ldap-password\"",
            );
            None
        }
        (None, Some(_)) => {
            section.miss(
                "bind_dn",
                "bind_dn = \"cn=twinmx,ou=services,dc=corp,dc=contoso,dc=com\"",
            );
            None
        }
        (None, None) => None,
    }
}

/// A secret lies in a file or is a credential of the service; never in the configuration, never in two places.
pub(super) fn secret(
    file: &'static str,
    credential: &'static str,
    section: &mut Section<'_, '_>,
) -> Option<SecretPlace> {
    let name: Option<String> = section.optional(credential);
    let path = section.file(file);
    let fault = match (&path, &name) {
        (Some(_), Some(_)) => Some(Fault::bad(
            format!("the secret is in `{file}` and in `{credential}`"),
            "leave one of them out",
        )),
        (None, Some(name)) if name.contains('/') => Some(Fault::bad(
            format!("`{name}` is not the name of a credential"),
            "write the name before the colon of LoadCredential=NAME:FILE",
        )),
        _ => None,
    };
    if let Some(fault) = fault {
        section.refuse(credential, fault);
    }
    path.map(SecretPlace::File)
        .or(name.map(SecretPlace::Credential))
}

/// How changes are found, as far as a server of this kind can tell.
fn change_by(kind: DirectoryKind, section: &mut Section<'_, '_>) -> ChangeBy {
    let possible = ways(kind);
    let written = section.or("change_by", possible[0]);
    if possible.contains(&written) {
        return written;
    }
    let words: Vec<&str> = possible.iter().map(|way| way.word()).collect();
    let fault = Fault::bad(
        format!("a source of kind \"{kind}\" does not say by \"{written}\" what changed"),
        format!("write one of: {}", words.join(", ")),
    );
    section.refuse("change_by", fault);
    possible[0]
}

/// The first is the default.
fn ways(kind: DirectoryKind) -> &'static [ChangeBy] {
    match kind {
        DirectoryKind::Preset(PresetKind::ActiveDirectory) => {
            &[ChangeBy::Usn, ChangeBy::DirSync, ChangeBy::Compare]
        }
        DirectoryKind::Preset(PresetKind::OpenLdap) => &[
            ChangeBy::Syncrepl,
            ChangeBy::ModifyTimestamp,
            ChangeBy::Compare,
        ],
        _ => &[ChangeBy::ModifyTimestamp, ChangeBy::Compare],
    }
}

impl Value for LdapServer {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        let bad = || {
            Fault::bad(
                format!("`{written}` is not an LDAP server"),
                "write ldaps://HOST, or ldap://HOST with start_tls = true; a port other than 636 and 389 goes behind a colon",
            )
        };
        let (tls, rest) = match written.split_once("://") {
            Some(("ldaps", rest)) => (true, rest),
            Some(("ldap", rest)) => (false, rest),
            _ => return Err(bad()),
        };
        let port = if tls { 636 } else { 389 };
        let (host, port) = hop::with_port(rest.trim_end_matches('/'), port).ok_or_else(bad)?;
        Ok(Self { tls, host, port })
    }
}
