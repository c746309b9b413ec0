//! Servers that take a connection and are of no use.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use book::PresetKind;
use sources::ldap::{Connection, Server};
use sources::limits::BASES_MAX;
use sources::{OpenLdap, SourceError, Sweep, Wait};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::scene::{Kept, access, plan, round, sweep};

/// A server that says this to whoever comes, and then stays silent.
async fn saying(words: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut buffer = [0; 1024];
                _ = stream.write_all(words).await;
                while let Ok(1..) = stream.read(&mut buffer).await {}
            });
        }
    });
    address
}

async fn opened(address: SocketAddr, start_tls: bool) -> SourceError {
    let mut access = access(address, None);
    access.start_tls = start_tls;
    access.patience.connect = Duration::from_millis(200);
    access.patience.answer = Duration::from_millis(300);
    Connection::open(&access).await.unwrap_err()
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let silent = saying(b"").await;
    let error = opened(silent, false).await;
    assert!(
        matches!(
            error,
            SourceError::Silent {
                wait: Wait::Answer,
                ..
            }
        ),
        "{error}"
    );
    let error = opened(silent, true).await;
    assert!(
        matches!(
            error,
            SourceError::Silent {
                wait: Wait::Connect,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_ldap_is_told() {
    for words in [
        b"220 mx.contoso.com ESMTP\r\n".as_slice(),
        b"\x30\x80\x01\x01",
        b"HTTP/1.1 400 Bad\r\n",
    ] {
        let words = words.to_vec().leak();
        let error = opened(saying(words).await, false).await;
        assert!(matches!(error, SourceError::Malformed(_)), "{error}");
    }
}

#[tokio::test]
async fn a_message_of_another_shape_is_an_error() {
    // The answer to a bind that has no result code, one that is text, and one that is no answer to anything.
    for words in [
        b"\x30\x05\x02\x01\x01\x61\x00".as_slice(),
        b"\x30\x0c\x02\x01\x01\x61\x07\x04\x01\x00\x04\x00\x04\x00",
        b"\x30\x03\x02\x01\x01",
        b"\x30\x02\x05\x00",
        b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x7f",
    ] {
        let error = opened(saying(words).await, false).await;
        let is_told = matches!(
            error,
            SourceError::Malformed(_) | SourceError::Silent { .. } | SourceError::Lost { .. }
        );
        assert!(is_told, "{words:x?}: {error}");
    }
}

#[tokio::test]
async fn a_message_that_is_too_long_is_not_awaited() {
    let error = opened(saying(b"\x30\x84\x7f\xff\xff\xff").await, false).await;
    assert!(
        matches!(error, SourceError::MessageTooLong { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn servers_are_tried_one_after_the_other() {
    let nobody = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        listener.local_addr().unwrap()
    };
    let mut access = access(nobody, None);
    let error = Connection::open(&access).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
    let other = saying(b"220 x\r\n").await;
    access
        .servers
        .push(Server::parse(&format!("ldap://{other}")).unwrap());
    match Connection::open(&access).await.unwrap_err() {
        SourceError::Servers(errors) => assert_eq!(errors.len(), 2),
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_source_that_cannot_name_what_is_gone_is_not_set_up() {
    let address = saying(b"").await;
    let mut plan = plan(PresetKind::OpenLdap, "dc=contoso,dc=com");
    assert!(OpenLdap::new(access(address, None), plan.clone()).is_ok());
    plan.reading.preset.set("attributes.key", &["uid"]).unwrap();
    assert!(OpenLdap::new(access(address, None), plan.clone()).is_err());
    plan.reading
        .preset
        .set("attributes.key", &["entryUUID"])
        .unwrap();
    for (bases, is_right) in [(0, false), (BASES_MAX, true), (BASES_MAX + 1, false)] {
        plan.bases = vec!["dc=contoso,dc=com".to_owned(); bases];
        let source = OpenLdap::new(access(address, None), plan.clone());
        assert_eq!(source.is_ok(), is_right, "{bases}");
        let sweep = Sweep::new(access(address, None), plan.clone());
        assert_eq!(sweep.is_ok(), is_right, "{bases}");
    }
}

#[tokio::test]
async fn a_round_has_an_end() {
    let mut access = access(saying(b"").await, None);
    access.patience.round = Duration::from_millis(50);
    let plan = plan(PresetKind::OpenLdap, "dc=contoso,dc=com");
    let mut kept = Kept::new("");
    let mut source = OpenLdap::new(access.clone(), plan.clone()).unwrap();
    let error = round(&mut source, &mut kept).await.unwrap_err();
    assert!(matches!(error, SourceError::Endless { .. }), "{error}");
    let mut source = Sweep::new(access, plan).unwrap();
    let error = sweep(&mut source, &mut kept).await.unwrap_err();
    assert!(matches!(error, SourceError::Endless { .. }), "{error}");
}
