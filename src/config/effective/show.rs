//! Each section with its keys.

mod directory;

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use toml::Value;

use super::{Header, Shown};
use crate::config::value::byte_size::ByteSize;
use crate::config::value::duration::Span;
use crate::config::*;

pub(super) fn sections(config: &Config) -> Vec<Shown> {
    let mut all = vec![Shown {
        path: Vec::new(),
        header: Header::Top,
        entries: Vec::new(),
    }];
    all[0].add("hostname", text(&config.hostname));
    all[0].add("state_dir", file(&config.state_dir));
    all.push(tls(config));
    all.push(Shown::table(["loop"]).with("key", config.loop_key.as_deref().map(file)));
    all.extend(config.arc.as_ref().map(arc));
    all.extend(config.listeners.iter().map(listener));
    all.extend(config.domains.iter().map(domain));
    let routing = Shown::table(["routing"]);
    all.push(
        routing
            .and("settle", span(config.routing.settle))
            .and("stale_after", span(config.routing.stale_after)),
    );
    all.extend(config.sides.iter().flat_map(side));
    all.extend(config.upstreams.iter().map(upstream));
    all.extend(config.directories.iter().flat_map(directory::sections));
    all.extend(config.internet.iter().flat_map(internet));
    all.push(dns(&config.dns));
    all.push(limits(&config.limits));
    all.push(spool(&config.spool));
    let address = config
        .console
        .map_or_else(|| "off".to_owned(), |address| address.to_string());
    all.push(Shown::table(["console"]).and("address", text(&address)));
    all
}

impl Shown {
    fn table<const N: usize>(path: [&str; N]) -> Self {
        Self {
            path: path.map(str::to_owned).to_vec(),
            header: Header::Table,
            entries: Vec::new(),
        }
    }

    fn list<const N: usize>(path: [&str; N]) -> Self {
        Self {
            header: Header::List,
            ..Self::table(path)
        }
    }

    fn add(&mut self, key: &'static str, value: Value) {
        self.entries.push((key, value));
    }

    fn and(mut self, key: &'static str, value: Value) -> Self {
        self.add(key, value);
        self
    }

    /// A key that has no default is shown only where it is set.
    fn with(mut self, key: &'static str, value: Option<Value>) -> Self {
        self.entries.extend(value.map(|value| (key, value)));
        self
    }
}

fn tls(config: &Config) -> Shown {
    let identity = config.tls.as_ref();
    Shown::table(["tls"])
        .with("certificate", identity.map(|one| file(&one.certificate)))
        .with("private_key", identity.map(|one| file(&one.private_key)))
        .and("trust_roots", roots(&config.trust_roots))
}

fn arc(arc: &ArcIdentity) -> Shown {
    Shown::table(["arc"])
        .and("domain", text(&arc.domain))
        .and("selector", text(&arc.selector))
        .and("private_key", file(&arc.private_key))
}

fn listener(listener: &Listener) -> Shown {
    Shown::list(["listener"])
        .and("name", text(&listener.name))
        .and("address", text(&listener.address))
        .and("require_proof", Value::Boolean(listener.require_proof))
        .and("proxy_from", texts(&listener.proxy_from))
}

fn domain(domain: &Domain) -> Shown {
    let unknown = match &domain.unknown_recipient {
        UnknownRecipient::Reject => "reject".to_owned(),
        UnknownRecipient::Defer => "defer".to_owned(),
        UnknownRecipient::Side(name) => format!("side:{name}"),
    };
    Shown::table(["domain", &domain.name])
        .and("unknown_recipient", text(&unknown))
        .with("postmaster", domain.postmaster.as_ref().map(text))
        .and("authentication", text(&domain.authentication))
        .and("own_senders", text(&domain.own_senders))
        .and("own_sender_services", texts(&domain.own_sender_services))
}

fn side(side: &Side) -> Vec<Shown> {
    let name = side.name.as_str();
    let mut all = vec![
        Shown::table(["side", name])
            .and("kind", text(&side.kind))
            .and("next_hop", texts(&side.next_hop))
            .and("recipient", text(&side.recipient))
            .and("routing_domains", texts(&side.routing_domains))
            .and("max_connections", number(side.max_connections as u64))
            .and(
                "recipients_per_transaction",
                number(side.recipients_per_transaction as u64),
            ),
        hop_tls(Shown::table(["side", name, "tls"]), &side.tls),
    ];
    all.extend(side.identities.iter().map(|one| {
        Shown::list(["side", name, "identity"])
            .and("origin", text(&one.origin))
            .and("certificate", file(&one.identity.certificate))
            .and("private_key", file(&one.identity.private_key))
    }));
    all.extend(
        side.accept
            .as_ref()
            .map(|accept| self::accept(name, accept)),
    );
    all.push(
        Shown::table(["side", name, "format"])
            .and("tnef", text(&side.format.tnef))
            .and("vcard", text(&side.format.vcard))
            .and("arc_seal", Value::Boolean(side.format.arc_seal))
            .and("bare_newline", text(&side.format.bare_newline)),
    );
    all
}

fn hop_tls(shown: Shown, tls: &HopTls) -> Shown {
    shown
        .and("mode", text(&tls.mode))
        .and("server_names", texts(&tls.server_names))
        .with("trust_roots", tls.trust_roots.as_ref().map(roots))
        .with("crl", tls.crl.as_deref().map(file))
}

fn accept(name: &str, accept: &Accept) -> Shown {
    proof(Shown::table(["side", name, "accept"]), accept)
        .and("may_send_as", texts(&accept.may_send_as))
}

fn proof(shown: Shown, accept: &Accept) -> Shown {
    shown
        .and("certificate_names", texts(&accept.certificate_names))
        .with("tenant_id", accept.tenant_id.as_ref().map(text))
        .and("networks", texts(&accept.networks))
        .and("require", text(&accept.require))
        .and("eku", text(&accept.eku))
        .with("client_ca", accept.client_ca.as_deref().map(file))
        .with("crl", accept.crl.as_deref().map(file))
        .and("listeners", texts(&accept.listeners))
}

fn upstream(upstream: &Upstream) -> Shown {
    proof(Shown::table(["upstream", &upstream.name]), &upstream.accept)
        .and("received_hops", number(upstream.received_hops as u64))
        .with("authserv_id", upstream.authserv_id.as_ref().map(text))
        .and("trust_results", Value::Boolean(upstream.trust_results))
}

fn internet(internet: &Internet) -> Vec<Shown> {
    let shown = Shown::table(["internet"])
        .and("next_hop", texts(&way_out(internet)))
        .and("from", texts(&internet.from));
    vec![
        shown,
        hop_tls(Shown::table(["internet", "tls"]), &internet.tls),
    ]
}

fn dns(dns: &Dns) -> Shown {
    Shown::table(["dns"])
        .and("servers", texts(&dns.servers))
        .and("timeout", span(dns.timeout))
        .and("special_networks", texts(&dns.special_networks))
}

fn limits(limits: &Limits) -> Shown {
    Shown::table(["limits"])
        .and("message_size", text(&ByteSize(limits.message_size)))
        .and("recipients", number(limits.recipients as u64))
        .and(
            "connections_per_client",
            number(limits.connections_per_client as u64),
        )
        .and(
            "new_connections_per_client",
            number(limits.new_connections_per_client.into()),
        )
        .and(
            "messages_per_client",
            number(limits.messages_per_client.into()),
        )
        .and(
            "recipients_per_client",
            number(limits.recipients_per_client.into()),
        )
        .and(
            "unknown_per_client",
            number(limits.unknown_per_client.into()),
        )
        .and("early_talkers", text(&limits.early_talkers))
        .and("greeting_delay", span(limits.greeting_delay))
        .and("client_idle", span(limits.client_idle))
        .and("hop_envelope", span(limits.hop_envelope))
        .and("exempt", texts(&limits.exempt))
}

/// As `next_hop` is written.
fn way_out(internet: &Internet) -> Vec<String> {
    match (&internet.through, internet.exchangers) {
        (Some(side), _) => vec![format!("side:{side}")],
        (None, Some(port)) => vec![format!("mx:{port}")],
        (None, None) => internet.next_hop.iter().map(ToString::to_string).collect(),
    }
}

fn spool(spool: &Spool) -> Shown {
    Shown::table(["spool"])
        .and("when_down", text(&spool.when_down))
        .and("always", Value::Boolean(spool.always))
        .and(
            "retry",
            Value::Array(spool.retry.iter().copied().map(span).collect()),
        )
        .and("expire", span(spool.expire))
}

fn text(value: &impl Display) -> Value {
    Value::String(value.to_string())
}

fn texts(values: &[impl Display]) -> Value {
    Value::Array(values.iter().map(|one| text(one)).collect())
}

fn file(path: &Path) -> Value {
    Value::String(path.display().to_string())
}

fn roots(roots: &TrustRoots) -> Value {
    match roots {
        TrustRoots::System => Value::String("system".to_owned()),
        TrustRoots::File(path) => file(path),
    }
}

fn span(duration: Duration) -> Value {
    text(&Span(duration))
}

fn number(value: u64) -> Value {
    Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}
