//! Addresses to come from: on loopback all of 127.0.0.0/8 is ours, and each address is a network of its own.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::{TcpSocket, TcpStream};

/// One of 127.64.0.0/10: nobody else comes from there.
pub(super) fn address(number: usize) -> IpAddr {
    let number = u32::try_from(number % HOSTS).unwrap_or(0);
    Ipv4Addr::from(FIRST + number).into()
}

pub(super) async fn connect(source: IpAddr, server: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // They come and go: an address must not run out of ports that nobody uses any more.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::new(source, 0))?;
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

const FIRST: u32 = u32::from_be_bytes([127, 64, 0, 1]);
const HOSTS: usize = 1 << 20;
