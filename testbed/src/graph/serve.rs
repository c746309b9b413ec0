//! HTTPS: connections, questions, answers.

use std::convert::Infallible;
use std::future;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING};
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::Shared;
use super::reply::{Manner, Reply};
use super::request::{Question, Seen};
use crate::limits::GRAPH_BODY_MAX;
use crate::tls::ServerTls;

/// Serves until it is aborted, and all its connections with it.
pub(super) async fn serve(listener: TcpListener, tls: ServerTls, shared: Arc<Shared>) {
    let mut config = rustls::ServerConfig::clone(&tls.config());
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(stream, acceptor.clone(), Arc::clone(&shared)));
    }
}

async fn connection(stream: TcpStream, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    // A client that does not believe us ends the handshake, which is what some tests want.
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
    let builder = Builder::new(TokioExecutor::new());
    let _ = builder
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Sent>, Infallible> {
    let header = |name| {
        let value = request.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let takes_gzip = header(ACCEPT_ENCODING).is_some_and(|codings| codings.contains("gzip"));
    let authorization = header(AUTHORIZATION);
    let target = request.uri().path_and_query();
    let seen = Seen {
        method: request.method().to_string(),
        target: target.map(ToString::to_string).unwrap_or_default(),
        is_http2: request.version() == Version::HTTP_2,
        takes_gzip,
    };
    let body = Limited::new(request.into_body(), GRAPH_BODY_MAX)
        .collect()
        .await;
    let body = body.map(|body| body.to_bytes()).unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    let zips = shared.inner().zips;
    let reply = shared.reply(&Question::new(seen, authorization, body));
    if reply.manner == Manner::Never {
        future::pending::<()>().await;
    }
    Ok(response(reply, takes_gzip && zips))
}

fn response(mut reply: Reply, zips: bool) -> Response<Sent> {
    let is_packed = match reply.manner {
        Manner::Packed => true,
        Manner::Whole if zips => {
            reply.body = packed(&reply.body);
            true
        }
        Manner::Whole | Manner::Cut | Manner::Never => false,
    };
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        builder = builder.header(*name, value);
    }
    if is_packed {
        builder = builder.header(CONTENT_ENCODING, "gzip");
    }
    let body = match reply.manner {
        Manner::Cut => Sent::half(reply.body),
        Manner::Whole | Manner::Packed | Manner::Never => Sent::whole(reply.body),
    };
    builder.body(body).unwrap_or_default()
}

pub(super) fn packed(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(octets);
    written
        .and_then(|()| encoder.finish())
        .expect("a vector takes all that is written to it")
}

/// A body that may break off.
#[derive(Default)]
struct Sent {
    octets: Option<Bytes>,
    breaks: bool,
}

impl Sent {
    fn whole(octets: Vec<u8>) -> Self {
        Self {
            octets: Some(octets.into()),
            breaks: false,
        }
    }

    fn half(mut octets: Vec<u8>) -> Self {
        octets.truncate(octets.len() / 2);
        Self {
            octets: Some(octets.into()),
            breaks: true,
        }
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let frame = self.octets.take().map(|octets| Ok(Frame::data(octets)));
        let end = self
            .breaks
            .then(|| Err(io::ErrorKind::ConnectionReset.into()));
        Poll::Ready(frame.or(end))
    }
}
