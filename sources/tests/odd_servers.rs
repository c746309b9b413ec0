//! Servers that take a connection and are of no use.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use book::{Attributes, PresetKind};
use sources::ldap::{Connection, Object, Server};
use sources::limits::{BASES_MAX, RANGES_MAX};
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

#[tokio::test]
async fn ranges_of_a_list_are_bounded() {
    // The first one came with the object.
    for (values, is_whole) in [(RANGES_MAX + 1, true), (RANGES_MAX + 2, false)] {
        let access = access(giving_ranges(values).await, None);
        let mut connection = Connection::open(&access).await.unwrap();
        let mut attributes = Attributes::default();
        let first = b"cn=0".as_slice();
        attributes.extend("member;range=0-0", [first]).unwrap();
        let mut object = Object {
            dn: "cn=all".to_owned(),
            attributes,
            controls: Vec::new(),
            left_out: Vec::new(),
        };
        connection.complete(&mut object).await.unwrap();
        assert_eq!(object.attributes.texts("member").count(), RANGES_MAX + 1);
        assert_eq!(object.attributes.is_unfinished("member"), !is_whole);
    }
}

/// A server that takes every bind, and gives a list of `values` members one by one, as ranges.
async fn giving_ranges(values: usize) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut asked).await {
            // Behind the head of the message, whose length takes one octet here: its identifier, then the operation.
            let (head, id) = asked.split_at(2);
            assert!(head[1] < 0x80 && id[0] == 0x02, "{head:x?}");
            let (id, operation) = id.split_at(2 + usize::from(id[1]));
            let (id, operation) = (id.to_vec(), operation[0]);
            let text = String::from_utf8_lossy(&asked[..length]);
            let from = text.split_once("range=").map(|(_, rest)| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse::<usize>().unwrap()
            });
            let answer = match (operation, from) {
                (0x60, _) => message(&id, &done(0x61)),
                (_, None) => message(&id, &done(0x65)),
                (_, Some(from)) => {
                    let range = match from + 1 < values {
                        true => format!("member;range={from}-{from}"),
                        false => format!("member;range={from}-*"),
                    };
                    let value = element(0x31, &element(0x04, format!("cn={from}").as_bytes()));
                    let attribute = [element(0x04, range.as_bytes()), value].concat();
                    let attributes = element(0x30, &element(0x30, &attribute));
                    let entry = element(0x64, &[element(0x04, b"cn=all"), attributes].concat());
                    [message(&id, &entry), message(&id, &done(0x65))].concat()
                }
            };
            if stream.write_all(&answer).await.is_err() {
                break;
            }
        }
    });
    address
}

/// `id`: as it came.
fn message(id: &[u8], operation: &[u8]) -> Vec<u8> {
    element(0x30, &[id, operation].concat())
}

/// Success, with nothing more to say.
fn done(tag: u8) -> Vec<u8> {
    element(tag, &[0x0a, 1, 0, 0x04, 0, 0x04, 0])
}

/// BER (X.690 §8.1), with a length of one octet or, behind 0x82, of two.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() < 0x80 {
        true => vec![tag, length[1]],
        false => vec![tag, 0x82, length[0], length[1]],
    };
    [head.as_slice(), content].concat()
}
