//! The configuration: one TOML file, the single truth, never written by the daemon.
//!
//! These are the values as the gateway uses them, every one checked and every default filled in. How a file becomes
//! them, and what is said about a file that does not, is the business of the modules below.

mod check;
mod diagnostic;
mod directory;
mod effective;
mod fault;
mod files;
mod key_path;
mod load;
mod nearest;
mod preset;
mod reading;
mod render;
mod section;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use directory::{
    Bind, ChangeBy, Directory, DirectoryKind, Graph, GraphCloud, GraphCredential, GroupExpansion,
    Ldap, LdapServer, LdifAttributes, Place, Proxy, SecretPlace, Words,
};
pub use effective::{Effective, bounds};
pub use load::Loaded;
pub use section::{ALL_KEYS, Keys};
pub(crate) use value::duration::seconds;

/// Everything a configuration file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Greeting, EHLO and Received name.
    pub hostname: String,
    /// Snapshot, loop key, later spool and trace.
    pub state_dir: PathBuf,
    /// Our own certificate; without it STARTTLS is not offered.
    pub tls: Option<Identity>,
    /// Roots for every side that names none.
    pub trust_roots: TrustRoots,
    /// File with the secret of the loop token; `None`: one made in `state_dir`.
    pub loop_key: Option<PathBuf>,
    /// In whose name mail is sealed; `None`: in nobody's.
    pub arc: Option<ArcIdentity>,
    /// Where we listen.
    pub listeners: Vec<Listener>,
    /// The domains whose recipients we know; in the order of the file.
    pub domains: Vec<Domain>,
    /// `[routing]`.
    pub routing: Routing,
    /// The sides, in the order of the file.
    pub sides: Vec<Side>,
    /// The mail filters in front of us, in the order of the file.
    pub upstreams: Vec<Upstream>,
    /// The directory sources, in the order of the file.
    pub directories: Vec<Directory>,
    /// The way out to foreign domains.
    pub internet: Option<Internet>,
    /// `[dns]`.
    pub dns: Dns,
    /// `[limits]`.
    pub limits: Limits,
    /// `[spool]`.
    pub spool: Spool,
    /// `[console]`; `None`: off.
    pub console: Option<SocketAddr>,
}

/// A certificate chain with its key, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Full chain, leaf first.
    pub certificate: PathBuf,
    /// Private key of the leaf.
    pub private_key: PathBuf,
}

/// Where trust in a peer's certificate chain begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustRoots {
    /// The operating system's.
    System,
    /// A PEM file.
    File(PathBuf),
}

/// `[[listener]]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// Its name in `accept.listeners` and in events.
    pub name: String,
    /// Address and port; port 0 lets the system choose.
    pub address: SocketAddr,
    /// Only a proven side may speak here.
    pub require_proof: bool,
    /// Who may send a PROXY protocol v2 header.
    pub proxy_from: Vec<IpNet>,
}

/// `[domain."NAME"]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Lower-case A-labels.
    pub name: String,
    /// What becomes of a recipient nobody knows.
    pub unknown_recipient: UnknownRecipient,
    /// Where postmaster@, abuse@ and `<Postmaster>` go.
    pub postmaster: Option<String>,
    /// Sender authentication for internet mail.
    pub authentication: Authentication,
    /// Internet mail that claims to be from this domain.
    pub own_senders: OwnSenders,
    /// Who may send such mail, whatever else is known of it.
    pub own_sender_services: Vec<SendingService>,
}

/// One entry of `own_sender_services`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendingService {
    /// A network that its mail comes from.
    Network(IpNet),
    /// A domain that signs it (lower-case A-labels).
    Signer(String),
}

/// `[arc]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArcIdentity {
    /// `d=` (lower-case A-labels).
    pub domain: String,
    /// `s=`
    pub selector: String,
    /// PEM file with an RSA key.
    pub private_key: PathBuf,
}

/// `unknown_recipient`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownRecipient {
    /// 550 5.1.1
    Reject,
    /// 451
    Defer,
    /// To this side, while its people are not all known yet.
    Side(String),
}

/// `authentication`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// Nothing is verified.
    Off,
    /// Results are written, nothing is refused.
    Report,
    /// A failing message is refused.
    Enforce,
}

/// `own_senders`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnSenders {
    /// An event.
    Report,
    /// A reverse path of ours is refused.
    RefuseEnvelope,
    /// So is a From field of ours.
    Refuse,
}

/// `[routing]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing {
    /// A side change this young makes a contradiction temporary.
    pub settle: Duration,
    /// A snapshot older than this defers unknown recipients.
    pub stale_after: Duration,
}

/// `[side.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// NAME.
    pub name: String,
    /// The preset.
    pub kind: SideKind,
    /// Tried in order; empty: this side only sends.
    pub next_hop: Vec<Hop>,
    /// The recipient form this side wants.
    pub recipient: RecipientForm,
    /// Looked up as the person, who may live elsewhere now (lower-case A-labels).
    pub routing_domains: Vec<String>,
    /// Connections to this side at a time.
    pub max_connections: usize,
    /// RCPT commands in one transaction.
    pub recipients_per_transaction: usize,
    /// How we speak to its hops.
    pub tls: HopTls,
    /// The certificates we show its hops; empty: `[tls]`.
    pub identities: Vec<HopIdentity>,
    /// Who speaks for it when it connects to us; `None`: nobody.
    pub accept: Option<Accept>,
    /// What it can read and what it sends.
    pub format: Format,
}

/// `kind`: what a system is like where the file does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SideKind {
    /// Exchange Online.
    ExchangeOnline,
    /// Exchange on premises.
    Exchange,
    /// HCL Notes/Domino.
    Domino,
    /// GroupWise.
    GroupWise,
    /// Anything else.
    Smtp,
}

/// One entry of `next_hop`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hop {
    /// Host name or address literal without brackets; the domain whose exchangers they are.
    pub host: String,
    /// Port.
    pub port: u16,
    /// What is looked up.
    pub lookup: Lookup,
}

/// What a hop's name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// The host itself: its addresses.
    Addresses,
    /// The hosts that its MX records name (RFC 5321 §5.1): written `mx:NAME`.
    Exchangers,
}

/// `recipient`: what RCPT says to a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientForm {
    /// The routing address, where the record has one.
    RoutingAddress,
    /// The primary address.
    Primary,
    /// What the sender wrote.
    AsGiven,
}

/// `[side.NAME.tls]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HopTls {
    /// How much is demanded.
    pub mode: TlsMode,
    /// Names one of which the hop's certificate must carry; empty: the hop's host.
    pub server_names: Vec<NamePattern>,
    /// Roots; `None`: `[tls]`'s.
    pub trust_roots: Option<TrustRoots>,
    /// Revocation list.
    pub crl: Option<PathBuf>,
}

/// `mode`, from strict to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TlsMode {
    /// Clear text only.
    None,
    /// TLS where the hop offers it, unverified.
    Opportunistic,
    /// TLS always, unverified.
    Encrypt,
    /// TLS with a verified chain and name.
    Verify,
    /// The same, and the hop must have asked for our certificate.
    Mutual,
}

/// A DNS name a certificate must carry: exact, or `*.parent` for exactly one label under it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NamePattern {
    /// The whole name, lower-case.
    Exact(String),
    /// `*.` was written before this parent.
    OneLabelUnder(String),
}

/// `[[side.NAME.identity]]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HopIdentity {
    /// For mail of which origin.
    pub origin: IdentityOrigin,
    /// The certificate itself.
    pub identity: Identity,
}

/// `origin` of an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentityOrigin {
    /// All mail.
    Any,
    /// Mail of a proven side.
    Sides,
    /// Everything else.
    Internet,
}

/// `[side.NAME.accept]`
#[derive(Debug, Clone, PartialEq)]
pub struct Accept {
    /// DNS names (SAN) one of which a client certificate must carry.
    pub certificate_names: Vec<NamePattern>,
    /// The tenant whose mail it must be; required where many tenants share the certificate.
    pub tenant_id: Option<String>,
    /// Networks of the clients.
    pub networks: Vec<IpNet>,
    /// Whether one proof is enough.
    pub require: Require,
    /// Which extended key usage a client certificate needs.
    pub eku: Eku,
    /// Roots for client certificates; `None`: `[tls]`'s.
    pub client_ca: Option<PathBuf>,
    /// Revocation list for client certificates.
    pub crl: Option<PathBuf>,
    /// Names of the listeners where this proof counts; empty: all.
    pub listeners: Vec<String>,
    /// The only addresses this side may send as; empty: any.
    pub may_send_as: Vec<String>,
}

/// `[upstream.NAME]`: a mail filter in front of us. It speaks for the internet.
#[derive(Debug, Clone, PartialEq)]
pub struct Upstream {
    /// NAME.
    pub name: String,
    /// How it shows that it is this one.
    pub accept: Accept,
    /// Which Received field, from the top, says where its mail came from.
    pub received_hops: usize,
    /// The name in its Authentication-Results fields (lower-case A-labels); `None`: it writes none.
    pub authserv_id: Option<String>,
    /// What they say stands in for what we would verify.
    pub trust_results: bool,
}

/// `require`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Require {
    /// Certificate or network.
    Any,
    /// Certificate and network.
    All,
}

/// `eku`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eku {
    /// clientAuth or serverAuth, or no such extension.
    Either,
    /// clientAuth, or no such extension.
    Client,
    /// serverAuth, or no such extension.
    Server,
}

/// `[side.NAME.format]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// What becomes of TNEF.
    pub tnef: Tnef,
    /// Which vCard a converted contact becomes.
    pub vcard: VCard,
    /// Seal with ARC on the way to this side.
    pub arc_seal: bool,
    /// What becomes of a bare CR or LF that this side sends.
    pub bare_newline: BareNewline,
}

/// `tnef`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tnef {
    /// Pass as it is.
    Keep,
    /// Becomes plain MIME.
    Convert,
}

/// `vcard`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VCard {
    /// RFC 6350.
    V4,
    /// RFC 2426.
    V3,
}

/// `bare_newline`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BareNewline {
    /// 550.
    Refuse,
    /// Each becomes CRLF; still only CRLF.CRLF ends a message.
    Normalise,
}

/// `[internet]`
#[derive(Debug, Clone, PartialEq)]
pub struct Internet {
    /// Smart hosts, tried in order.
    pub next_hop: Vec<Hop>,
    /// The side whose hops take their place.
    pub through: Option<String>,
    /// The port of the recipients' own exchangers, where these take their place: written `mx`.
    pub exchangers: Option<u16>,
    /// Names of the sides whose mail to foreign domains goes this way.
    pub from: Vec<String>,
    /// How we speak to them.
    pub tls: HopTls,
}

/// `[dns]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dns {
    /// Name servers, asked in order; empty: the system's.
    pub servers: Vec<SocketAddr>,
    /// A server that has not answered after this is asked again, or the next one.
    pub timeout: Duration,
    /// Networks of special use into which a foreign domain's exchangers may lead all the same.
    pub special_networks: Vec<IpNet>,
}

/// `[limits]`
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Octets of one message, announced as SIZE.
    pub message_size: u64,
    /// Recipients of one transaction.
    pub recipients: usize,
    /// Connections of one client network at a time.
    pub connections_per_client: usize,
    /// New connections of one client network a minute; 0: no bound.
    pub new_connections_per_client: u32,
    /// Messages of one client network a minute; 0: no bound.
    pub messages_per_client: u32,
    /// Recipients that one client network names a minute; 0: no bound.
    pub recipients_per_client: u32,
    /// Unknown recipients of one client network before it may be a harvest; 0: none is.
    pub unknown_per_client: u32,
    /// What becomes of strangers that speak before the greeting.
    pub early_talkers: EarlyTalkers,
    /// How long they are listened to before it.
    pub greeting_delay: Duration,
    /// A client silent for so long is let go.
    pub client_idle: Duration,
    /// One budget for connect, TLS and envelope over all hops.
    pub hop_envelope: Duration,
    /// Networks the client limits do not apply to.
    pub exempt: Vec<IpNet>,
}

/// `early_talkers`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlyTalkers {
    /// 421 instead of the greeting.
    Refuse,
    /// They are greeted as others are.
    Allow,
}

/// `[spool]`
#[derive(Debug, Clone, PartialEq)]
pub struct Spool {
    /// What to do when no hop gave a session.
    pub when_down: WhenDown,
    /// Every message is stored first.
    pub always: bool,
    /// Waits between attempts; the last repeats.
    pub retry: Vec<Duration>,
    /// An undelivered message is given back after this.
    pub expire: Duration,
}

/// `when_down`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenDown {
    /// 451: it stays with its sender.
    Defer,
    /// We take custody.
    Spool,
}
