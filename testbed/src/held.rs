//! Connections that have said EHLO and sit there, as clients do that keep a connection for later.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use crate::flood;
use crate::limits;
use crate::load::Writes;
use crate::pipe::{Pipe, Room};
use crate::tls::ClientTls;

/// Held until this is dropped.
#[derive(Debug, Default)]
pub struct Held {
    connections: Vec<Pipe>,
    fault: Option<io::Error>,
}

impl Held {
    /// Opens so many one after the other, fewer when the time is up or one fails.
    pub fn open(server: SocketAddr, count: usize, tls: Option<&ClientTls>, until: Instant) -> Self {
        let mut held = Self::default();
        while held.count() < count.min(limits::HELD_CONNECTIONS_MAX) && Instant::now() < until {
            match flood::connect(server, tls, Room::default(), Writes::Whole) {
                Ok(connection) => held.connections.push(connection),
                Err(error) => {
                    held.fault = Some(error);
                    break;
                }
            }
        }
        held
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.connections.len()
    }

    /// Why there are no more.
    pub fn fault(&self) -> Option<&io::Error> {
        self.fault.as_ref()
    }
}
