//! `[[directory]]`: where recipients come from, as the file says.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use book::{Preset, PresetKind, Setting, System};
use routing::{Domain, SideName};

use super::{Config, Identity, TrustRoots};

/// `[[directory]]`
#[derive(Debug, Clone, PartialEq)]
pub struct Directory {
    /// Its name in events and commands.
    pub name: String,
    /// What its records mean.
    pub words: Words,
    /// Where it is.
    pub place: Place,
    /// Who expands its groups.
    pub group_expansion: GroupExpansion,
    /// How often a server is asked what changed.
    pub poll: Duration,
    /// How often a server is read in full, whatever it says has changed.
    pub full_every: Duration,
    /// Held back when it lost more than this share of its recipients.
    pub shrink_max: f64,
    /// Held back when more than this share of its recipients moved to another side.
    pub move_max: f64,
}

/// `group_expansion` of a directory source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupExpansion {
    /// The side that owns a group.
    Owner,
    /// The gateway, where members live on several sides.
    Gateway,
}

/// What the records of a source mean: its `kind`, with what the file replaces of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Words {
    /// `address,side,routing_address,aliases`
    Csv,
    /// RFC 2849.
    Ldif(LdifAttributes),
    /// A system whose words are known.
    Preset(Box<Preset>),
}

/// `kind` of a directory source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectoryKind {
    /// Our own table.
    Csv,
    /// RFC 2849.
    Ldif,
    /// A system whose words are known.
    Preset(PresetKind),
}

/// Where a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// An LDAP server.
    Ldap(Ldap),
    /// Microsoft Graph.
    Graph(Graph),
}

/// `[directory.attributes]` (LDIF)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdifAttributes {
    /// Primary address. Default `mail`.
    pub address: String,
    /// Side name. Default `twinmxSide`.
    pub side: String,
    /// Routing address. Default `mailRoutingAddress`.
    pub routing_address: String,
    /// Further addresses (a leading `smtp:` is taken off). Default `mailLocalAddress` and `proxyAddresses`.
    pub aliases: Vec<String>,
    /// The side of entries that have no side attribute; `None`: such an entry is reported and left out.
    pub default_side: Option<String>,
}

/// An LDAP server, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ldap {
    /// Servers with the same content, in the order in which they are tried.
    pub servers: Vec<LdapServer>,
    /// Whether `ldap://` goes on under TLS (RFC 4513 §3).
    pub start_tls: bool,
    /// The name that the certificate must carry; `None`: the server's.
    pub server_name: Option<String>,
    /// `None`: those of `[tls]`.
    pub trust_roots: Option<TrustRoots>,
    /// Where searches begin.
    pub base: Vec<String>,
    /// `None`: anonymously.
    pub bind: Option<Bind>,
    /// Entries that are asked for at a time (RFC 2696).
    pub page_size: u32,
    /// How changes are found.
    pub change_by: ChangeBy,
}

/// One LDAP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdapServer {
    /// `ldaps://`
    pub tls: bool,
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// Who we are to an LDAP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// The name: a distinguished name, or what the server takes in its place.
    pub dn: String,
    /// The password.
    pub password: SecretPlace,
}

/// Where a secret is. The configuration never holds one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// A file.
    File(PathBuf),
    /// A credential that systemd passes to the service (`LoadCredential=`).
    Credential(String),
}

/// `change_by`: how an LDAP server is asked for what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeBy {
    /// Active Directory: uSNChanged, against one domain controller.
    Usn,
    /// Active Directory: the DirSync control.
    DirSync,
    /// OpenLDAP: RFC 4533.
    Syncrepl,
    /// modifyTimestamp, with everything compared from time to time.
    ModifyTimestamp,
    /// Everything is compared each time.
    Compare,
}

/// Microsoft Graph, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The tenant.
    pub tenant_id: String,
    /// The registered application.
    pub client_id: String,
    /// How we prove to be it.
    pub credential: GraphCredential,
    /// The national cloud.
    pub cloud: GraphCloud,
    /// The HTTP proxy on the way there.
    pub proxy: Option<Proxy>,
    /// Whether it is asked what a mailbox is for.
    pub mailbox_purpose: bool,
    /// `None`: those of `[tls]`.
    pub trust_roots: Option<TrustRoots>,
}

/// How we prove to be a registered application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphCredential {
    /// By a signature.
    Certificate(Identity),
    /// By a client secret.
    Secret(SecretPlace),
}

/// `cloud`: the national cloud a tenant is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphCloud {
    /// Worldwide, with the government community cloud (GCC).
    Global,
    /// US Government L4 (GCC High).
    UsGovernment,
    /// US Government L5 (DoD).
    UsGovernmentDod,
    /// China, operated by 21Vianet.
    China,
}

/// An HTTP proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Who we are to it, and the password.
    pub login: Option<(String, SecretPlace)>,
}

impl Directory {
    /// Its `kind`.
    pub fn kind(&self) -> DirectoryKind {
        match &self.words {
            Words::Csv => DirectoryKind::Csv,
            Words::Ldif(_) => DirectoryKind::Ldif,
            Words::Preset(preset) => DirectoryKind::Preset(preset.kind()),
        }
    }

    /// The domains as this source's systems have them.
    pub fn setting(&self, config: &Config) -> Setting {
        let domain = |name: &String| Domain::parse(name).ok();
        let routing = config.sides.iter().flat_map(|side| {
            let system = self.system_of(&side.name);
            let domains = side.routing_domains.iter().filter_map(domain);
            domains.map(move |domain| (domain, system.clone()))
        });
        Setting {
            shared: config
                .domains
                .iter()
                .filter_map(|one| domain(&one.name))
                .collect(),
            routing: routing.collect(),
        }
    }

    /// The side that stands for a system.
    pub fn side_of(&self, system: &System) -> Option<SideName> {
        match &self.words {
            Words::Preset(preset) => preset.side_of(system),
            Words::Csv | Words::Ldif(_) => Some(SideName::from(system.name())),
        }
    }

    /// What this source calls the system behind a side.
    fn system_of(&self, side: &str) -> System {
        let named = match &self.words {
            Words::Preset(preset) => preset.sides().find(|(_, name)| *name == side),
            Words::Csv | Words::Ldif(_) => None,
        };
        named.map_or_else(|| System::Side(side.into()), |(system, _)| system.clone())
    }

    /// Whose words its records are; `None` for files in our own.
    pub fn preset_kind(&self) -> Option<PresetKind> {
        match &self.words {
            Words::Preset(preset) => Some(preset.kind()),
            Words::Csv | Words::Ldif(_) => None,
        }
    }

    /// Whether its records tell who is in a group.
    pub fn tells_members(&self) -> bool {
        match (self.kind(), &self.place) {
            (DirectoryKind::Ldif | DirectoryKind::Preset(PresetKind::ExchangeCsv), _)
            | (DirectoryKind::Preset(PresetKind::GroupWise), Place::File(_)) => false,
            (DirectoryKind::Csv | DirectoryKind::Preset(_), _) => true,
        }
    }

    /// Its file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Ldap(_) | Place::Graph(_) => None,
        }
    }
}

#[cfg(test)]
impl Directory {
    /// A file in our own words, with the bounds that the file gives it by itself.
    pub(crate) fn csv(name: &str, path: &str) -> Self {
        Self {
            name: name.to_owned(),
            words: Words::Csv,
            place: Place::File(path.into()),
            group_expansion: GroupExpansion::Owner,
            poll: Duration::ZERO,
            full_every: Duration::ZERO,
            shrink_max: 0.05,
            move_max: 0.01,
        }
    }
}

impl DirectoryKind {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let known = PresetKind::ALL.into_iter().map(Self::Preset);
        [Self::Csv, Self::Ldif].into_iter().chain(known)
    }

    /// As the file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ldif => "ldif",
            Self::Preset(kind) => kind.name(),
        }
    }
}

impl SecretPlace {
    /// The file it is in. Commands that an administrator runs find the service's credentials where systemd puts them.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Credential(name) => {
                let directory = std::env::var_os("CREDENTIALS_DIRECTORY");
                directory
                    .map_or_else(|| PathBuf::from(CREDENTIALS), PathBuf::from)
                    .join(name)
            }
        }
    }
}

impl fmt::Display for DirectoryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Ldap(ldap) => {
                let servers: Vec<String> = ldap.servers.iter().map(ToString::to_string).collect();
                f.write_str(&servers.join(", "))
            }
            Self::Graph(graph) => write!(f, "tenant {}", graph.tenant_id),
        }
    }
}

impl fmt::Display for LdapServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "ldaps" } else { "ldap" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "http://[{}]:{}", self.host, self.port),
            false => write!(f, "http://{}:{}", self.host, self.port),
        }
    }
}

/// Where systemd keeps the credentials of the service.
const CREDENTIALS: &str = "/run/credentials/twinmx.service";
