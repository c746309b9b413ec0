//! TLS to a server, from the first octet or after StartTLS (RFC 4511 §4.14, RFC 4513 §3).

use std::io;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::message::Messages;
use super::outcome::Refusal;
use super::{Access, Server, ber};
use crate::limits::START_TLS_OCTETS_MAX;
use crate::source::{SourceError, TlsTrouble};

/// Makes TLS of a connection.
pub(super) async fn secure(
    access: &Access,
    server: &Server,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, SourceError> {
    let trouble = |trouble| SourceError::Tls {
        server: server.to_string(),
        trouble,
    };
    let config = access.tls.as_ref();
    let config = config.ok_or_else(|| trouble(TlsTrouble::NotSetUp))?;
    let name = access.server_name.as_deref().unwrap_or(server.host());
    let name = ServerName::try_from(name.to_owned())
        .map_err(|_| trouble(TlsTrouble::NoName(name.to_owned())))?;
    let connector = TlsConnector::from(Arc::<ClientConfig>::clone(config));
    let connected = connector.connect(name, stream).await;
    connected.map_err(|error| trouble(explain(&error)))
}

/// Asks for TLS on a connection that has said nothing yet. Whatever came with the answer is not taken for an answer
/// under TLS.
pub(super) async fn start(server: &Server, stream: &mut TcpStream) -> Result<(), SourceError> {
    let lost = |error| SourceError::Lost {
        server: server.to_string(),
        error,
    };
    stream.write_all(START_TLS).await.map_err(lost)?;
    let mut answer = Vec::new();
    let mut messages = Messages::default();
    loop {
        let octet = stream.read_u8().await.map_err(lost)?;
        answer.push(octet);
        let fit = messages.follow(&[octet]).is_ok();
        if !fit || answer.len() > START_TLS_OCTETS_MAX {
            return Err(SourceError::malformed("the answer to StartTLS is no LDAP"));
        }
        if messages.is_between() {
            break;
        }
    }
    match refusal(&answer)? {
        None => Ok(()),
        Some(refusal) => Err(SourceError::Tls {
            server: server.to_string(),
            trouble: TlsTrouble::StartRefused(refusal),
        }),
    }
}

/// What the answer says, if it does not say yes.
fn refusal(answer: &[u8]) -> Result<Option<Refusal>, SourceError> {
    let mut message = ber::parts(ber::element(answer)?)?.into_iter();
    let operation = message.nth(1);
    let operation = operation.filter(|operation| operation.id == EXTENDED_RESPONSE);
    let Some(operation) = operation else {
        return Err(SourceError::malformed(
            "StartTLS was answered with something else",
        ));
    };
    let mut parts = ber::parts(operation)?.into_iter();
    let mut next = || {
        parts
            .next()
            .ok_or(SourceError::malformed("an answer ends too early"))
    };
    let code = ber::integer(next()?)?;
    let (_, text) = (next()?, next()?);
    let code = u32::try_from(code).unwrap_or(u32::MAX);
    Ok((code != 0).then(|| {
        Refusal::new(
            code,
            &String::from_utf8_lossy(&ber::octets(text).unwrap_or_default()),
        )
    }))
}

/// What a failed handshake means for whoever looks after it.
fn explain(error: &io::Error) -> TlsTrouble {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        Some(Error::InvalidCertificate(certificate)) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                TlsTrouble::Expired
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsTrouble::NotValidYet
            }
            CertificateError::UnknownIssuer => TlsTrouble::UnknownIssuer,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsTrouble::OtherName(certificate.to_string())
            }
            CertificateError::Revoked => TlsTrouble::Revoked,
            other => TlsTrouble::Certificate(other.to_string()),
        },
        Some(other) => TlsTrouble::Handshake(other.to_string()),
        None => TlsTrouble::Handshake(error.to_string()),
    }
}

/// Message 1: an extended request of that name.
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
const EXTENDED_RESPONSE: u64 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_start_tls_is_read() {
        let yes = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00";
        assert!(refusal(yes).unwrap().is_none());
        let no = b"\x30\x0f\x02\x01\x01\x78\x0a\x0a\x01\x02\x04\x00\x04\x03off";
        let no = refusal(no).unwrap().unwrap();
        assert_eq!((no.code, no.text.as_str()), (2, "off"));
        let other = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00";
        assert!(refusal(other).is_err());
        assert!(refusal(&yes[..9]).is_err());
    }
}
