//! What these tests begin with: a tenant, an application registered in it, a mirror.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use book::{Preset, PresetKind, Setting, System};
use mirror::{Mirror, Proposal};
use routing::Domain;
use serde_json::{Value, json};
use sources::graph::{Access, Credential, Endpoints, Graph, GraphError, Patience};
use sources::{Reading, Secret, SourceError, Summary};
use tempfile::TempDir;
use testbed::certificates::{Authority, Certificate, Key, Leaf};
use testbed::graph::{Registration, Tenant};
use testbed::tls::ClientTls;

/// How long a test waits for what must come.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
pub(super) const TENANT: &str = "8f1c0d52-6d5b-4d0c-9f6e-2d7a3a1b0c11";
pub(super) const CLIENT: &str = "3b0f2c6e-77aa-4f0e-8c55-90f0b8a2d4e7";
pub(super) const SECRET: &str = "Xq8~a-Very+Secret/Value=17";

/// A tenant, and what is needed to read it.
pub(super) struct Scene {
    pub(super) tenant: Tenant,
    pub(super) certificate: Certificate,
    pub(super) directory: TempDir,
    pub(super) access: Access,
    pub(super) preset: Preset,
}

impl Scene {
    /// One whose application proves itself by a certificate.
    pub(super) async fn new() -> Self {
        let authority = Authority::new("Root of the test");
        let server = authority.issue(&Leaf::new("localhost"));
        Self::showing(authority, &server).await
    }

    /// One whose server shows this.
    pub(super) async fn showing(authority: Authority, server: &Certificate) -> Self {
        let certificate = Certificate::self_signed(&Leaf::new("twinmx").key(Key::Rsa2048));
        let registration = Registration {
            tenant_id: TENANT.to_owned(),
            client_id: CLIENT.to_owned(),
            secrets: vec![SECRET.to_owned()],
            certificates: vec![certificate.clone()],
        };
        let tenant = Tenant::start(server, registration).await.unwrap();
        let directory = TempDir::new().unwrap();
        let credential = by_certificate(&certificate, &directory);
        let access = Access {
            tenant_id: TENANT.to_owned(),
            client_id: CLIENT.to_owned(),
            credential,
            endpoints: Endpoints {
                login: tenant.origin(),
                graph: tenant.origin(),
            },
            tls: ClientTls::trusting([&authority], "localhost").config(),
            proxy: None,
            mailbox_purpose: false,
            poll: Duration::from_millis(1),
            full_every: None,
            patience: Patience {
                retry_min: Duration::from_millis(1),
                ..Patience::default()
            },
        };
        Self {
            tenant,
            certificate,
            directory,
            access,
            preset: Preset::of(PresetKind::MicrosoftGraph),
        }
    }

    /// The source, as the configuration is now.
    pub(super) fn source(&self) -> Graph {
        let setting = Setting {
            shared: vec![Domain::parse("contoso.com").unwrap()],
            routing: Vec::new(),
        };
        let preset = self.preset.clone();
        Graph::new(self.access.clone(), Reading { preset, setting }).unwrap()
    }

    /// The mirror, as another run of the gateway finds it.
    pub(super) fn mirror(&self) -> Mirror {
        Mirror::open(&self.directory.path().join("mirror"), "graph").unwrap()
    }

    /// Writes a secret, and says how to get it.
    pub(super) fn secret(&self, name: &str, text: &str) -> Secret {
        let file = self.directory.path().join(name);
        std::fs::write(&file, text).unwrap();
        Secret::in_file(&file)
    }

    /// People with addresses, as many as this.
    pub(super) fn people(&self, count: usize) {
        for number in 0..count {
            self.tenant.put_user(user(number, json!({})));
        }
    }
}

/// A round of a source, into a mirror.
pub(super) async fn round(source: &mut Graph, mirror: &mut Mirror) -> Result<Summary, SourceError> {
    in_time(source.round(mirror, &mut |_| {})).await
}

/// A round that goes wrong as this source says it.
pub(super) async fn failure(source: &mut Graph, mirror: &mut Mirror) -> GraphError {
    match round(source, mirror).await {
        Err(SourceError::Graph(error)) => *error,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(PATIENCE, future).await;
    ended.expect("it must come to an end")
}

pub(super) fn by_certificate(certificate: &Certificate, directory: &TempDir) -> Credential {
    let (certificate, key) = certificate.write_to(directory.path(), "app").unwrap();
    Credential::Certificate {
        certificate,
        private_key: Secret::in_file(&key),
    }
}

pub(super) fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// Somebody, with more properties than these.
pub(super) fn user(number: usize, more: Value) -> Value {
    let mut user = json!({
        "id": id(number), "displayName": format!("Person {number}"), "userType": "Member",
        "userPrincipalName": format!("p{number}@contoso.com"), "mail": format!("p{number}@contoso.com"),
        "proxyAddresses": [format!("SMTP:p{number}@contoso.com"), format!("smtp:p{number}@contoso.onmicrosoft.com")],
        "accountEnabled": true,
    });
    let own = user.as_object_mut().unwrap();
    own.extend(more.as_object().unwrap().clone());
    user
}

pub(super) fn licence() -> Value {
    json!([{"service": "exchange", "capabilityStatus": "Enabled", "servicePlanId": id(0)}])
}

pub(super) fn group(name: &str, more: Value) -> Value {
    let mut group = json!({
        "id": format!("a0000000-0000-4000-8000-{name:0>12}"), "displayName": name, "mailEnabled": true,
        "mail": format!("{name}@contoso.com"), "proxyAddresses": [format!("SMTP:{name}@contoso.com")], "groupTypes": ["Unified"],
    });
    let own = group.as_object_mut().unwrap();
    own.extend(more.as_object().unwrap().clone());
    group
}

pub(super) fn group_id(name: &str) -> String {
    group(name, json!({}))["id"].as_str().unwrap().to_owned()
}

/// Believes everything, and gives each primary address with where its mail goes.
pub(super) fn believed(mirror: &mut Mirror) -> BTreeMap<String, String> {
    mirror.believe().unwrap();
    let entries = mirror.view().believed().map(Result::unwrap);
    entries
        .map(|entry| {
            let place = format!("{:?} {}", entry.kind, entry.location);
            (entry.primary.unwrap().to_string(), place)
        })
        .collect()
}

/// The members of a group that is believed, their numbers in order.
pub(super) fn members(mirror: &mut Mirror, name: &str) -> Vec<usize> {
    mirror.believe().unwrap();
    let key = book::Key::from_text(&group_id(name)).unwrap();
    let group = mirror.view().believed_one(&key).unwrap().unwrap();
    let mut numbers: Vec<usize> = group
        .members
        .iter()
        .map(|member| match member {
            book::Reference::Object(id) => id.rsplit('-').next().unwrap().parse().unwrap(),
            book::Reference::Address(address) => panic!("{address}"),
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

/// What would become of those who are believed.
pub(super) fn proposal(mirror: &Mirror) -> Proposal {
    mirror.proposal().unwrap()
}

/// The system of a side, for whoever sets one.
pub(super) fn cloud() -> System {
    System::Cloud
}
