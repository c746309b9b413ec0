//! A name server that says what it is told to (RFC 1035): texts and addresses, failures, or nothing at all.
//!
//! Datagrams only, no compression, everything in one answer: what a resolver beside it can take.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// What is said of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// TXT records, each of one text.
    Texts(Vec<String>),
    /// An A record.
    Address(Ipv4Addr),
    /// SERVFAIL.
    Failure,
    /// Nobody hears anything.
    Silence,
}

/// The server; it ends with this value.
#[derive(Debug)]
pub struct NameServer {
    address: SocketAddr,
    names: Arc<Mutex<HashMap<String, Told>>>, // written by tests, read by the one task
    task: JoinHandle<()>,
}

impl NameServer {
    /// Serves on loopback; every name that nothing is told of does not exist.
    pub async fn start() -> std::io::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0").await?;
        let address = socket.local_addr()?;
        let names = Arc::new(Mutex::default());
        let task = tokio::spawn(serve(socket, Arc::clone(&names)));
        Ok(Self {
            address,
            names,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on `name` has this.
    pub fn tell(&self, name: &str, told: Told) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.to_ascii_lowercase(), told);
    }

    /// The same for one text.
    pub fn text(&self, name: &str, text: &str) {
        self.tell(name, Told::Texts(vec![text.to_owned()]));
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(socket: UdpSocket, names: Arc<Mutex<HashMap<String, Told>>>) {
    let mut query = [0; 4096];
    while let Ok((octets, peer)) = socket.recv_from(&mut query).await {
        let answer = {
            let names = names.lock().unwrap_or_else(PoisonError::into_inner);
            answer(&query[..octets], &names)
        };
        if let Some(answer) = answer {
            let _ = socket.send_to(&answer, peer).await; // whoever asked may be gone
        }
    }
}

/// The answer to one question; `None`: there is none.
fn answer(query: &[u8], names: &HashMap<String, Told>) -> Option<Vec<u8>> {
    let (name, end) = name(query)?;
    let question = query.get(HEADER..end + 4)?;
    let kind = u16::from_be_bytes([query[end], query[end + 1]]);
    let told = names.get(&name);
    if told == Some(&Told::Silence) {
        return None;
    }
    let records: Vec<(u16, Vec<u8>)> = match told {
        Some(Told::Texts(texts)) if kind == TXT => {
            texts.iter().map(|text| (TXT, strings(text))).collect()
        }
        Some(Told::Address(address)) if kind == A => vec![(A, address.octets().to_vec())],
        _ => Vec::new(),
    };
    let code = match told {
        Some(Told::Failure) => 2_u16, // SERVFAIL
        Some(_) => 0,
        None => 3, // NXDOMAIN
    };
    let mut out = query[..2].to_vec();
    out.extend((0x8580 | code).to_be_bytes()); // an answer, authoritative, with recursion
    out.extend(1_u16.to_be_bytes());
    out.extend(u16::try_from(records.len()).ok()?.to_be_bytes());
    out.extend([0; 4]);
    out.extend_from_slice(question);
    for (kind, data) in records {
        out.extend(0xc00c_u16.to_be_bytes()); // the name of the question
        out.extend(kind.to_be_bytes());
        out.extend(1_u16.to_be_bytes());
        out.extend(60_u32.to_be_bytes());
        out.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        out.extend(data);
    }
    Some(out)
}

/// The name that is asked for, without its final dot, and where it ends.
fn name(query: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut at = HEADER;
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        let label = query.get(at..at + length)?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        at += length;
    }
}

/// A text in pieces of at most 255 octets (RFC 1035 §3.3.14).
fn strings(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in text.as_bytes().chunks(255) {
        out.push(piece.len() as u8);
        out.extend_from_slice(piece);
    }
    out
}

const HEADER: usize = 12;
const A: u16 = 1;
const TXT: u16 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_answers() {
        let mut query = vec![7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        query.extend(b"\x01a\x04TEST\x00\x00\x10\x00\x01");
        let mut names = HashMap::new();
        let code = |names: &HashMap<_, _>| answer(&query, names).map(|out| (out[3] & 15, out[7]));
        assert_eq!(code(&names), Some((3, 0)));
        for (told, expected) in [
            (
                Told::Texts(vec!["x".repeat(300), "y".to_owned()]),
                Some((0, 2)),
            ),
            (Told::Address(Ipv4Addr::LOCALHOST), Some((0, 0))),
            (Told::Failure, Some((2, 0))),
            (Told::Silence, None),
        ] {
            names.insert("a.test".to_owned(), told);
            assert_eq!(code(&names), expected);
        }
    }
}
