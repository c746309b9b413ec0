//! The questions, put to name servers by hickory, and what its answers mean.
//!
//! The library follows aliases, but takes a chain that never ends for a name without records, and a referral of a server
//! that does not recurse as well: both are told from that here, because they must not bounce mail.

use std::net::{IpAddr, Ipv4Addr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError as Semantic, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::system_conf::read_system_conf;

use super::{DnsError, Trouble};
use crate::config::Dns;
use crate::limits;

/// Our servers and bounds, in the library's words.
pub(super) fn parts(dns: &Dns) -> (ResolverConfig, ResolverOpts) {
    let (config, mut options) = match dns.servers.as_slice() {
        [] => system(),
        servers => {
            let servers = servers
                .iter()
                .map(|server| name_server(server.ip(), server.port()));
            let config = ResolverConfig::from_name_servers(servers.collect());
            (config, ResolverOpts::default())
        }
    };
    options.timeout = dns.timeout;
    options.attempts = RETRIES;
    options.edns0 = true;
    options.cache_size = limits::DNS_CACHE;
    options.positive_max_ttl = Some(limits::DNS_POSITIVE_TTL);
    options.negative_max_ttl = Some(limits::DNS_NEGATIVE_TTL);
    options.max_active_requests = limits::QUEUE_ATTEMPTS;
    options.preserve_intermediates = true; // aliases are counted
    (config, options)
}

/// A resolver of these parts.
pub(super) fn resolver(
    (config, options): (ResolverConfig, ResolverOpts),
) -> Result<TokioResolver, NetError> {
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        .with_options(options)
        .build()
}

/// Where the system names no server it means the one on this machine (resolv.conf(5)).
fn system() -> (ResolverConfig, ResolverOpts) {
    read_system_conf().unwrap_or_else(|_| {
        let here = name_server(Ipv4Addr::LOCALHOST.into(), 53);
        let config = ResolverConfig::from_name_servers(vec![here]);
        (config, ResolverOpts::default())
    })
}

fn name_server(address: IpAddr, port: u16) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(address);
    for connection in &mut server.connections {
        connection.port = port;
    }
    server
}

/// How a name is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// As DNS has it.
    Absolute,
    /// As people write it: the system's search list may complete it.
    Searched,
}

/// The records of one type behind a name, aliases followed.
pub(super) async fn records(
    resolver: &TokioResolver,
    written: &str,
    scope: Scope,
    kind: RecordType,
) -> Result<Vec<RData>, DnsError> {
    let Ok(mut name) = Name::from_ascii(written) else {
        return Err(DnsError::NoSuchName);
    };
    if scope == Scope::Absolute {
        name.set_fqdn(true);
    }
    match resolver.lookup(name.clone(), kind).await {
        Ok(found) => {
            let start = match scope {
                Scope::Absolute => &name,
                // A search list may have found it under another name.
                Scope::Searched => found.query().name(),
            };
            behind(start, kind, found.answers())
        }
        Err(error) => match meaning(&error) {
            Err(NoRecords::Unproven) => nothing(resolver, name).await,
            Err(NoRecords::Proven) => Err(DnsError::NoData),
            Ok(error) => Err(error),
        },
    }
}

/// No records, and no word of the zone that there are none: an alias may lead in a circle.
async fn nothing(resolver: &TokioResolver, name: Name) -> Result<Vec<RData>, DnsError> {
    let alias = resolver.lookup(name, RecordType::CNAME).await;
    match alias {
        Ok(found) if found.answers().iter().any(is_alias) => Err(broken("its aliases have no end")),
        Ok(_) => Err(DnsError::NoData),
        Err(error) => match meaning(&error) {
            Err(_) => Err(DnsError::NoData),
            Ok(error) => Err(error),
        },
    }
}

fn is_alias(record: &Record) -> bool {
    matches!(record.data, RData::CNAME(_))
}

/// The records at the end of the aliases of `start`; what else the answer holds was not asked for.
fn behind(start: &Name, kind: RecordType, answers: &[Record]) -> Result<Vec<RData>, DnsError> {
    let mut owner = start;
    for _ in 0..=limits::DNS_ALIASES {
        let alias = answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *owner => Some(&target.0),
            _ => None,
        });
        let Some(target) = alias else {
            let here = answers.iter().filter(|one| one.name == *owner);
            let wanted = here.filter(|one| one.record_type() == kind);
            let found: Vec<_> = wanted.map(|one| one.data.clone()).collect();
            return match found.is_empty() {
                true => Err(broken("it holds other records than were asked for")),
                false => Ok(found),
            };
        };
        owner = target;
    }
    Err(broken("too many aliases"))
}

/// No records of this type.
enum NoRecords {
    /// The zone says so.
    Proven,
    /// Nobody says anything.
    Unproven,
}

/// What the library's error means.
fn meaning(error: &NetError) -> Result<DnsError, NoRecords> {
    Ok(match error {
        NetError::Dns(Semantic::NoRecordsFound(nothing)) => match nothing.response_code {
            ResponseCode::NXDomain => DnsError::NoSuchName,
            ResponseCode::NoError if nothing.soa.is_some() => return Err(NoRecords::Proven),
            ResponseCode::NoError if nothing.ns.is_some() => {
                broken("a referral, the server does not recurse")
            }
            ResponseCode::NoError => return Err(NoRecords::Unproven),
            code => failed(code),
        },
        NetError::Dns(Semantic::ResponseCode(code)) => failed(*code),
        NetError::Timeout | NetError::NoConnections | NetError::Io(_) | NetError::Busy => {
            DnsError::Temporary(Trouble::Silent)
        }
        other => broken(&other.to_string()),
    })
}

fn failed(code: ResponseCode) -> DnsError {
    DnsError::Temporary(Trouble::Failed(code.to_str().to_owned()))
}

fn broken(why: &str) -> DnsError {
    DnsError::Temporary(Trouble::Broken(why.to_owned()))
}

/// Of a question that no server answered.
const RETRIES: usize = 1;

#[cfg(test)]
mod tests {
    use hickory_resolver::net::NoRecords as Missing;
    use hickory_resolver::proto::op::Query;
    use hickory_resolver::proto::rr::rdata::{A, CNAME};

    use super::*;

    fn name(text: &str) -> Name {
        Name::from_ascii(text).expect("a name")
    }

    fn address(owner: &str) -> Record {
        Record::from_rdata(name(owner), 60, RData::A(A::new(192, 0, 2, 1)))
    }

    fn alias(owner: &str, target: &str) -> Record {
        Record::from_rdata(name(owner), 60, RData::CNAME(CNAME(name(target))))
    }

    /// `a0 -> a1 -> ...`, and an address at the end.
    fn chain(aliases: usize) -> Vec<Record> {
        let links =
            (0..aliases).map(|n| alias(&format!("a{n}.example."), &format!("a{}.example.", n + 1)));
        links
            .chain([address(&format!("a{aliases}.example."))])
            .collect()
    }

    #[test]
    fn aliases_are_followed_up_to_the_bound() {
        for (aliases, expected) in [
            (0, Ok(1)),
            (1, Ok(1)),
            (limits::DNS_ALIASES, Ok(1)),
            (limits::DNS_ALIASES + 1, Err(broken("too many aliases"))),
        ] {
            let mut records = chain(aliases);
            records.reverse(); // in whatever order they come
            let found = behind(&name("a0.example."), RecordType::A, &records);
            assert_eq!(found.map(|found| found.len()), expected, "{aliases}");
        }
        let circle = [
            alias("a.example.", "b.example."),
            alias("b.example.", "a.example."),
        ];
        let found = behind(&name("a.example."), RecordType::A, &circle);
        assert_eq!(found, Err(broken("too many aliases")));
    }

    #[test]
    fn what_was_not_asked_for_is_not_taken() {
        let found = behind(&name("a.example."), RecordType::A, &[address("b.example.")]);
        assert!(matches!(
            found,
            Err(DnsError::Temporary(Trouble::Broken(_)))
        ));
    }

    #[test]
    fn no_error_of_the_moment_is_taken_for_a_word_of_the_zone() {
        let check = |error: NetError, expected: Option<Trouble>| {
            let found = match meaning(&error) {
                Ok(DnsError::Temporary(trouble)) => Some(trouble),
                Ok(DnsError::NoSuchName | DnsError::NoData) | Err(_) => None,
            };
            let kind = |trouble: &Trouble| std::mem::discriminant(trouble);
            assert_eq!(
                found.as_ref().map(kind),
                expected.as_ref().map(kind),
                "{error}"
            );
        };
        let failed = || Some(Trouble::Failed(String::new()));
        let broken = || Some(Trouble::Broken(String::new()));
        let code = |code| NetError::from(Semantic::ResponseCode(code));
        check(code(ResponseCode::ServFail), failed());
        check(code(ResponseCode::Refused), failed());
        check(code(ResponseCode::NotImp), failed());
        check(code(ResponseCode::FormErr), failed());
        check(NetError::Timeout, Some(Trouble::Silent));
        check(NetError::NoConnections, Some(Trouble::Silent));
        check(
            NetError::from(std::io::Error::other("x")),
            Some(Trouble::Silent),
        );
        check(NetError::Busy, Some(Trouble::Silent));
        check(NetError::Truncated, broken());
        check(NetError::QueryCaseMismatch, broken());
        let query = || Query::query(name("a.example."), RecordType::MX);
        let nothing = |code| NetError::from(Missing::new(query(), code));
        check(nothing(ResponseCode::NXDomain), None);
        check(nothing(ResponseCode::NoError), None);
        check(nothing(ResponseCode::ServFail), failed());
        let mut referral = Missing::new(query(), ResponseCode::NoError);
        referral.ns = Some(std::sync::Arc::new([]));
        check(NetError::from(referral), broken());
    }

    #[test]
    fn the_systems_servers_count_where_none_are_named() {
        let mut dns = Dns {
            servers: Vec::new(),
            timeout: std::time::Duration::from_secs(3),
            special_networks: Vec::new(),
        };
        let (config, options) = parts(&dns);
        assert!(!config.name_servers().is_empty());
        assert_eq!((options.timeout, options.edns0), (dns.timeout, true));
        let bounds = (options.positive_max_ttl, options.negative_max_ttl);
        let expected = (limits::DNS_POSITIVE_TTL, limits::DNS_NEGATIVE_TTL);
        assert_eq!(bounds, (Some(expected.0), Some(expected.1)));
        assert_eq!(options.cache_size, limits::DNS_CACHE);
        dns.servers = vec!["127.0.0.1:5353".parse().expect("an address")];
        let (config, _) = parts(&dns);
        let [server] = config.name_servers() else {
            panic!("{config:?}");
        };
        let ports: Vec<_> = server.connections.iter().map(|one| one.port).collect();
        assert_eq!(ports, [5353, 5353], "UDP and TCP");
    }
}
