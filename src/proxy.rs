//! The PROXY protocol, version 2: a load balancer in front of us says who has really connected.
//!
//! Only networks that a listener names are believed, and they have to say it: a connection of theirs that begins with
//! anything else is closed, since its client would otherwise be taken for the balancer, with all that it may do.
//! Nothing behind the header is read here.

use std::io;
use std::net::SocketAddr;

use proxy_header::{ParseConfig, Protocol, ProxyHeader};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

use crate::limits::{PROXY_HEADER, PROXY_HEADER_BYTES};

/// Why it is not known who has connected. `Display` is the operator's sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProxyError {
    #[error(
        "it is in the listener's proxy_from and began with something else than a PROXY protocol header of version 2; \
         have the balancer send one, or take it out of proxy_from"
    )]
    NoHeader,
    #[error("its PROXY protocol header has {0} octets, more than {PROXY_HEADER_BYTES}")]
    TooLong(usize),
    #[error("its PROXY protocol header speaks of datagrams")]
    NoTcp,
    #[error("it is in the listener's proxy_from and sent no PROXY protocol header within {} s", PROXY_HEADER.as_secs())]
    Late,
    #[error("it closed the connection within its PROXY protocol header")]
    Closed(#[source] io::Error),
}

/// Reads the header, and returns who has connected. What the balancer asks on its own behalf, such as whether we are
/// well, and what it does not know the sender of comes from `balancer`.
pub(crate) async fn client(
    stream: &mut (impl AsyncRead + Unpin),
    balancer: SocketAddr,
) -> Result<SocketAddr, ProxyError> {
    let header = timeout(PROXY_HEADER, read(stream));
    let header = header.await.map_err(|_| ProxyError::Late)??;
    let parsed = ProxyHeader::parse(&header, ONLY_V2);
    let (header, _) = parsed.map_err(|_| ProxyError::NoHeader)?;
    match header.proxied_address() {
        Some(client) if client.protocol == Protocol::Stream => Ok(client.source),
        Some(_) => Err(ProxyError::NoTcp),
        None => Ok(balancer),
    }
}

/// The octets of the header, and not one more.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, ProxyError> {
    let mut header = vec![0; FIXED];
    let read = stream.read_exact(&mut header).await;
    read.map_err(ProxyError::Closed)?;
    if !header.starts_with(SIGNATURE) {
        return Err(ProxyError::NoHeader);
    }
    let rest = u16::from_be_bytes([header[FIXED - 2], header[FIXED - 1]]);
    let whole = FIXED + usize::from(rest);
    if whole > PROXY_HEADER_BYTES {
        return Err(ProxyError::TooLong(whole));
    }
    header.resize(whole, 0);
    let read = stream.read_exact(&mut header[FIXED..]).await;
    read.map(|_| header).map_err(ProxyError::Closed)
}

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The signature, version and command, family and protocol, length of the rest.
const FIXED: usize = 16;
const ONLY_V2: ParseConfig = ParseConfig {
    include_tlvs: false,
    allow_v1: false,
    allow_v2: true,
};

#[cfg(test)]
mod tests {
    use super::*;

    const BALANCER: &str = "192.0.2.1:4711";
    const V4: &[u8] = &[198, 51, 100, 7, 203, 0, 113, 1, 0x9c, 0x40, 0, 25];

    fn header(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = (rest.len() as u16).to_be_bytes();
        [SIGNATURE, &[0x20 | command, family], &length, rest].concat()
    }

    async fn check(sent: &[u8], expected: Result<&str, &str>) {
        let behind = b"EHLO early.example\r\n";
        let sent = [sent, behind].concat();
        let mut stream = sent.as_slice();
        let found = client(&mut stream, BALANCER.parse().unwrap()).await;
        let found = found.map(|address| address.to_string());
        match (found, expected) {
            (Ok(found), Ok(expected)) => {
                assert_eq!(found, expected);
                assert_eq!(stream, behind, "what is behind it is not touched");
            }
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (found, expected) => panic!("{found:?}, expected {expected:?}"),
        }
    }

    #[tokio::test]
    async fn the_client_is_who_the_balancer_says() {
        check(&header(1, 0x11, V4), Ok("198.51.100.7:40000")).await;
        let v6 = [
            &[0x20, 1, 0xd, 0xb8][..],
            &[0; 11],
            &[9],
            &[0; 16],
            &[0, 80, 0, 25],
        ]
        .concat();
        check(&header(1, 0x21, &v6), Ok("[2001:db8::9]:80")).await;
        let extended = [V4, &[4, 0, 2, 0, 0]].concat();
        check(&header(1, 0x11, &extended), Ok("198.51.100.7:40000")).await;
    }

    #[tokio::test]
    async fn what_the_balancer_asks_for_itself_is_its_own() {
        check(&header(0, 0x11, V4), Ok(BALANCER)).await;
        check(&header(0, 0, b""), Ok(BALANCER)).await;
        check(&header(1, 0, b"whatever"), Ok(BALANCER)).await;
        check(&header(1, 0x31, &[0; 216]), Ok(BALANCER)).await;
    }

    #[tokio::test]
    async fn everything_else_is_no_client() {
        let other = Err("something else");
        check(b"PROXY TCP4 198.51.100.7 203.0.113.1 40000 25\r\n", other).await;
        check(b"EHLO client.example\r\n", other).await;
        let mut version = header(1, 0x11, V4);
        version[12] = 0x11;
        check(&version, other).await;
        check(&header(2, 0x11, V4), other).await;
        check(&header(1, 0x41, V4), other).await;
        check(&header(1, 0x11, &V4[..11]), other).await;
        check(&header(1, 0x31, &[0; 215]), other).await;
        check(&header(1, 0x12, V4), Err("datagrams")).await;
    }

    #[tokio::test]
    async fn a_header_has_a_bound() {
        let filled = |octets: usize| {
            let mut rest = V4.to_vec();
            rest.resize(octets - FIXED, 0);
            header(1, 0x11, &rest)
        };
        check(&filled(PROXY_HEADER_BYTES), Ok("198.51.100.7:40000")).await;
        check(&filled(PROXY_HEADER_BYTES + 1), Err("more than")).await;
    }

    #[tokio::test]
    async fn a_header_that_ends_early_is_none() {
        let whole = header(1, 0x11, V4);
        for octets in 0..whole.len() {
            let mut stream = &whole[..octets];
            let found = client(&mut stream, BALANCER.parse().unwrap()).await;
            assert!(
                matches!(found, Err(ProxyError::Closed(_))),
                "{octets}: {found:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_header_does_not_take_for_ever() {
        let (mut ours, theirs) = tokio::io::duplex(64);
        let began = tokio::time::Instant::now();
        let found = client(&mut ours, BALANCER.parse().unwrap()).await;
        assert!(matches!(found, Err(ProxyError::Late)), "{found:?}");
        assert_eq!(began.elapsed(), PROXY_HEADER);
        drop(theirs);
    }
}
