//! The servers that the configuration names, ready to be asked.

use std::time::Duration;

use mirror::Mirror;
use sources::graph::{Access as Tenant, Cloud, Credential, Graph, Proxy};
use sources::ldap::{Access, Login};
use sources::{
    ActiveDirectory, OpenLdap, Plan, Progress, Reading, Secret, Source, SourceError, Sweep,
};

use super::server::{Answer, Make, Server, ServerError, Servers};
use crate::config::{self, ChangeBy, Config, Directory, Place, SecretPlace, TrustRoots, Words};
use crate::tls::directory_client;

/// The servers that a configuration can name.
pub(super) fn servers() -> Servers {
    Servers::by(|source, config| {
        let known = Known::of(source, config)?;
        let make = || -> Box<dyn Server> { Box::new(Asked { known, made: None }) };
        Some(Box::new(make) as Make)
    })
}

/// A server, made anew when its certificate is not taken: the roots may come later than we do.
struct Asked {
    known: Known,
    made: Option<Source>,
}

/// All that is known of a server beforehand.
struct Known {
    place: Reached,
    poll: Duration,
    full_every: Duration,
    reading: Reading,
    trusted: TrustRoots,
}

/// Where a server is, and how it is asked.
enum Reached {
    Ldap(config::Ldap),
    Graph(config::Graph),
}

/// Why a server cannot be asked.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Source(#[from] SourceError),
    #[error("{0}")]
    Tls(#[from] crate::tls::TlsError),
    #[error("{0}")]
    Server(#[from] sources::ldap::ServerError),
}

impl Known {
    /// `None`: the source is a file.
    fn of(source: &Directory, config: &Config) -> Option<Self> {
        let (place, trusted) = match &source.place {
            Place::File(_) => return None,
            Place::Ldap(ldap) => (Reached::Ldap(ldap.clone()), &ldap.trust_roots),
            Place::Graph(graph) => (Reached::Graph(graph.clone()), &graph.trust_roots),
        };
        let Words::Preset(preset) = &source.words else {
            return None;
        };
        Some(Self {
            place,
            poll: source.poll,
            full_every: source.full_every,
            reading: Reading {
                preset: (**preset).clone(),
                setting: source.setting(config),
            },
            trusted: trusted.clone().unwrap_or(config.trust_roots.clone()),
        })
    }

    fn make(&self) -> Result<Source, Fault> {
        match &self.place {
            Reached::Ldap(ldap) => self.ldap(ldap),
            Reached::Graph(graph) => Ok(Source::Graph(Box::new(Graph::new(
                self.tenant(graph)?,
                self.reading.clone(),
            )?))),
        }
    }

    fn ldap(&self, ldap: &config::Ldap) -> Result<Source, Fault> {
        let access = self.access(ldap)?;
        let mut plan = Plan {
            bases: ldap.base.clone(),
            page_size: ldap.page_size,
            poll: self.poll,
            full_every: self.full_every,
            reading: self.reading.clone(),
        };
        let by = match ldap.change_by {
            ChangeBy::Usn => Some(sources::ChangeBy::Usn),
            ChangeBy::DirSync => Some(sources::ChangeBy::DirSync),
            ChangeBy::Syncrepl => {
                return Ok(Source::OpenLdap(Box::new(OpenLdap::new(access, plan)?)));
            }
            ChangeBy::Compare => {
                plan.full_every = Duration::ZERO;
                None
            }
            ChangeBy::ModifyTimestamp => None,
        };
        Ok(match by {
            Some(by) => Source::ActiveDirectory(Box::new(ActiveDirectory::new(access, plan, by)?)),
            None => Source::Sweep(Box::new(Sweep::new(access, plan)?)),
        })
    }

    fn access(&self, ldap: &config::Ldap) -> Result<Access, Fault> {
        let parsed =
            |server: &config::LdapServer| sources::ldap::Server::parse(&server.to_string());
        let servers = ldap.servers.iter().map(parsed);
        let is_protected = ldap.start_tls || ldap.servers.iter().any(|server| server.tls);
        Ok(Access {
            servers: servers.collect::<Result<_, _>>()?,
            start_tls: ldap.start_tls,
            server_name: ldap.server_name.clone(),
            tls: match is_protected {
                true => Some(directory_client(&self.trusted)?),
                false => None,
            },
            login: ldap.bind.as_ref().map(|bind| Login {
                dn: bind.dn.clone(),
                password: secret(&bind.password),
            }),
            patience: Default::default(),
        })
    }

    fn tenant(&self, graph: &config::Graph) -> Result<Tenant, Fault> {
        let cloud = match graph.cloud {
            config::GraphCloud::Global => Cloud::Global,
            config::GraphCloud::UsGovernment => Cloud::UsGovernment,
            config::GraphCloud::UsGovernmentDod => Cloud::UsGovernmentDod,
            config::GraphCloud::China => Cloud::China,
        };
        Ok(Tenant {
            tenant_id: graph.tenant_id.clone(),
            client_id: graph.client_id.clone(),
            credential: match &graph.credential {
                config::GraphCredential::Certificate(identity) => Credential::Certificate {
                    certificate: identity.certificate.clone(),
                    private_key: Secret::in_file(&identity.private_key),
                },
                config::GraphCredential::Secret(place) => Credential::Secret(secret(place)),
            },
            endpoints: cloud.endpoints(),
            tls: directory_client(&self.trusted)?,
            proxy: graph.proxy.as_ref().map(|proxy| Proxy {
                url: proxy.to_string(),
                login: proxy
                    .login
                    .as_ref()
                    .map(|(user, password)| (user.clone(), secret(password))),
            }),
            mailbox_purpose: graph.mailbox_purpose,
            poll: self.poll,
            full_every: Some(self.full_every),
            patience: Default::default(),
        })
    }
}

impl Asked {
    fn made(&mut self) -> Result<&mut Source, Fault> {
        let made = match self.made.take() {
            Some(made) => made,
            None => self.known.make()?,
        };
        Ok(self.made.insert(made))
    }
}

impl Server for Asked {
    fn fingerprint(&self) -> String {
        let place = match &self.known.place {
            Reached::Ldap(ldap) => {
                format!("{:?} {:?} {:?}", ldap.servers, ldap.base, ldap.change_by)
            }
            Reached::Graph(graph) => format!("{} {:?}", graph.tenant_id, graph.cloud),
        };
        let Reading { preset, setting } = &self.known.reading;
        format!("{place} {:?} {setting:?}", preset.lines())
    }

    fn round<'a>(
        &'a mut self,
        mirror: &'a mut Mirror,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Answer<'a, Result<(), ServerError>> {
        Box::pin(async move {
            let source = self.made().map_err(|fault| ServerError {
                why: fault.to_string(),
                retry_after: None,
                is_damage: false,
            })?;
            let read = source.round(mirror, progress).await;
            read.map(drop).map_err(|error| {
                if matches!(error, SourceError::Tls { .. }) {
                    self.made = None; // other roots may be there the next time
                }
                ServerError {
                    why: error.to_string(),
                    retry_after: error.retry_after(),
                    is_damage: matches!(&error, SourceError::Mirror(error) if error.is_damage()),
                }
            })
        })
    }

    fn wait(&mut self) -> Answer<'_, ()> {
        Box::pin(async move {
            match &mut self.made {
                Some(source) => source.wait().await,
                None => tokio::time::sleep(self.known.poll).await,
            }
        })
    }
}

fn secret(place: &SecretPlace) -> Secret {
    Secret::in_file(&place.path())
}
