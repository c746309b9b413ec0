//! The keys of a source that Microsoft Graph answers.

use toml::de::DeValue;

use super::ldap::secret;
use crate::config::fault::Fault;
use crate::config::section::Section;
use crate::config::section::root::trust_roots;
use crate::config::value::hop;
use crate::config::value::tenant::TenantId;
use crate::config::value::{Value, text};
use crate::config::{Graph, GraphCloud, GraphCredential, Identity, Proxy};

pub(super) const NAMES: &[&str] = &[
    "trust_roots",
    "tenant_id",
    "client_id",
    "certificate",
    "private_key",
    "client_secret_file",
    "client_secret_credential",
    "cloud",
    "proxy",
    "proxy_user",
    "proxy_password_file",
    "proxy_password_credential",
    "mailbox_purpose",
    "poll",
    "full_every",
];

pub(super) fn read(section: &mut Section<'_, '_>) -> Graph {
    let id = |written: Option<TenantId>| written.map_or_else(String::new, |id| id.0);
    Graph {
        tenant_id: id(section.required(
            "tenant_id",
            "tenant_id = \"0f8e4a30-1b2c-4d5e-8f90-a1b2c3d4e5f6\"",
        )),
        client_id: id(section.required(
            "client_id",
            "client_id = \"5c1d9b20-7e6f-4a3b-9c8d-7e6f5a4b3c2d\"",
        )),
        credential: credential(section),
        cloud: section.or("cloud", GraphCloud::Global),
        proxy: proxy(section),
        mailbox_purpose: section.or("mailbox_purpose", false),
        trust_roots: trust_roots(section),
    }
}

fn credential(section: &mut Section<'_, '_>) -> GraphCredential {
    let secret = secret("client_secret_file", "client_secret_credential", section);
    let certificate = section.file("certificate");
    let private_key = section.file("private_key");
    match (secret, certificate, private_key) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
            let key = if section.has("certificate") {
                "certificate"
            } else {
                "private_key"
            };
            let fault = Fault::bad(
                "the application proves itself by a client secret and by a certificate",
                "leave one of them out; the certificate is the better one",
            );
            section.refuse(key, fault);
        }
        (Some(secret), None, None) => return GraphCredential::Secret(secret),
        (None, Some(certificate), Some(private_key)) => {
            return GraphCredential::Certificate(Identity {
                certificate,
                private_key,
            });
        }
        (None, Some(_), None) => {
            section.miss("private_key", "private_key = \"/etc/twinmx/graph.key\"");
        }
        (None, None, _) => {
            section.miss("certificate", "certificate = \"/etc/twinmx/graph.pem\"");
        }
    }
    GraphCredential::Certificate(Identity {
        certificate: Default::default(),
        private_key: Default::default(),
    })
}

fn proxy(section: &mut Section<'_, '_>) -> Option<Proxy> {
    let password = secret("proxy_password_file", "proxy_password_credential", section);
    let user: Option<String> = section.optional("proxy_user");
    let login = match (user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (Some(_), None) => {
            section.miss(
                "proxy_password_file",
                "proxy_password_file = \"/etc/twinmx/proxy-password\"",
            );
            None
        }
        (None, Some(_)) => {
            section.miss("proxy_user", "proxy_user = \"twinmx\"");
            None
        }
        (None, None) => None,
    };
    if login.is_some() && !section.has("proxy") {
        section.miss("proxy", "proxy = \"http://proxy.corp.contoso.com:3128\"");
    }
    let address: ProxyAddress = section.optional("proxy")?;
    Some(Proxy {
        host: address.host,
        port: address.port,
        login,
    })
}

struct ProxyAddress {
    host: String,
    port: u16,
}

impl Value for ProxyAddress {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        let address = written
            .strip_prefix("http://")
            .and_then(|rest| hop::with_port(rest.trim_end_matches('/'), 3128));
        match address {
            Some((host, port)) => Ok(Self { host, port }),
            None => Err(Fault::bad(
                "not the address of an HTTP proxy",
                "write http://HOST:PORT; its user and password have keys of their own",
            )),
        }
    }
}
