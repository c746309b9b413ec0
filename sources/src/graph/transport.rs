//! HTTPS to the login host and to Graph: what is sent, how much of an answer is taken, and what a failure means.

use std::error::Error;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use rustls::CertificateError;

use super::answer::Answer;
use super::{Access, GraphError};

/// A client for one round. Nothing of the environment counts, no redirect is followed, nothing is tried twice.
pub(super) struct Transport {
    client: Client,
    answer_seconds: u64,
    has_proxy: bool,
}

impl Transport {
    pub(super) fn new(access: &Access) -> Result<Self, GraphError> {
        let mut tls = rustls::ClientConfig::clone(&access.tls);
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(true)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .gzip(true)
            .user_agent(concat!("twinmx/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(access.patience.connect)
            .timeout(access.patience.answer);
        if let Some(proxy) = &access.proxy {
            builder = builder.proxy(proxy.reveal()?);
        }
        let client = builder.build();
        Ok(Self {
            client: client.map_err(|error| GraphError::Inside(causes(&error.without_url())))?,
            answer_seconds: access.patience.answer.as_secs(),
            has_proxy: access.proxy.is_some(),
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends it, and reads all of the answer up to a bound.
    pub(super) async fn exchange(
        &self,
        request: RequestBuilder,
        server: &str,
        octets_max: usize,
    ) -> Result<Answer, GraphError> {
        let explain = |error| self.explain(error, server);
        let mut response = request.send().await.map_err(explain)?;
        let body = self.body(&mut response, server, octets_max).await?;
        let status = response.status().as_u16();
        Ok(Answer::new(status, response.headers(), body))
    }

    /// Counted as it is unpacked, so that a small answer cannot become a large one.
    async fn body(
        &self,
        response: &mut Response,
        server: &str,
        octets_max: usize,
    ) -> Result<Vec<u8>, GraphError> {
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| self.explain(error, server))? else {
                return Ok(body);
            };
            if body.len() + chunk.len() > octets_max {
                let server = server.to_owned();
                return Err(GraphError::TooLong { server, octets_max });
            }
            body.extend_from_slice(&chunk);
        }
    }

    /// What a failure means for whoever looks after it.
    fn explain(&self, error: reqwest::Error, server: &str) -> GraphError {
        let error = error.without_url();
        let server = server.to_owned();
        if let Some(trouble) = tls_trouble(&error) {
            return GraphError::Tls {
                server,
                why: trouble,
            };
        }
        let why = causes(&error);
        if error.is_connect() && self.has_proxy {
            return GraphError::Proxy { server, why };
        }
        if error.is_connect() {
            return GraphError::Unreachable { server, why };
        }
        match error.is_timeout() {
            true => GraphError::Silent {
                server,
                seconds: self.answer_seconds,
            },
            false => GraphError::Lost { server, why },
        }
    }
}

/// The words of an error and of all that caused it, each once.
fn causes(error: &reqwest::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        if words.last() != Some(&text) {
            words.push(text);
        }
        next = cause.source();
    }
    words.join(": ")
}

/// What TLS has against the server, somewhere in the causes.
fn tls_trouble(error: &reqwest::Error) -> Option<String> {
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(cause) = next {
        if let Some(trouble) = cause.downcast_ref::<rustls::Error>() {
            return Some(in_words(trouble));
        }
        let inner = cause.downcast_ref::<std::io::Error>();
        if let Some(inner) = inner.and_then(|error| error.get_ref()) {
            let inner: &(dyn Error + 'static) = inner;
            if let Some(trouble) = inner.downcast_ref::<rustls::Error>() {
                return Some(in_words(trouble));
            }
            next = Some(inner);
            continue;
        }
        next = cause.source();
    }
    None
}

fn in_words(trouble: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(certificate) = trouble else {
        return format!("the TLS handshake failed: {trouble}");
    };
    match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired; is something between us and it?".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet; compare this machine's clock".to_owned()
        }
        CertificateError::UnknownIssuer => {
            "its certificate comes from an authority that is not trusted; if a proxy opens TLS here, put its authority into trust_roots".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("its certificate is for another name ({certificate}); is something between us and it?")
        }
        other => format!("its certificate cannot be used: {other}"),
    }
}
