//! A verifier whose only source is a name server on loopback.

use std::net::IpAddr;
use std::time::Duration;

use authentication::{Dns, Envelope, Evidence, Told, Verdict, Verifier};
use bytes::Bytes;
use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use testbed::nameserver::NameServer;

pub(crate) struct Scene {
    pub(crate) names: NameServer,
    verifier: Verifier,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        let names = NameServer::start().await.expect("a socket");
        let mut connection = ConnectionConfig::udp();
        connection.port = names.address().port();
        let server = NameServerConfig::new(names.address().ip(), true, vec![connection]);
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        let mut options = ResolverOpts::default();
        options.timeout = Duration::from_millis(500);
        options.attempts = 1;
        let resolver = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .with_options(options)
            .build()
            .expect("a resolver");
        Self {
            names,
            verifier: Verifier::new(Dns::new(resolver)),
        }
    }

    /// From 192.0.2.1, which says that it is client.example.net.
    pub(crate) async fn verify(&self, message: &[u8], reverse: &str) -> Verdict {
        let client = Some("192.0.2.1".parse().expect("an address"));
        self.verify_from(client, None, message, reverse).await
    }

    /// The same from this client, with what is told of it.
    pub(crate) async fn verify_from(
        &self,
        client: Option<IpAddr>,
        told: Option<&Told>,
        message: &[u8],
        reverse: &str,
    ) -> Verdict {
        let envelope = Envelope {
            client,
            helo: "client.example.net",
            reverse,
            hostname: "mx.contoso.com",
            told,
        };
        let (header, body) = split(message);
        let evidence = Evidence::of(Bytes::copy_from_slice(header), body);
        self.verifier.verify(&evidence, &envelope).await
    }
}

/// The header block with its empty line, and the body.
pub(crate) fn split(message: &[u8]) -> (&[u8], &[u8]) {
    let end = message.windows(4).position(|four| four == b"\r\n\r\n");
    message.split_at(end.map_or(message.len(), |at| at + 4))
}
